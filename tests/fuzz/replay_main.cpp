// Replays a corpus folder and seeded mutations of its inputs through the entry, without libFuzzer: every build runs it.
// Usage: <name>_fuzz [CORPUS [ITERATIONS]]. The same inputs in the same order on every run; a crash leaves its input in
// crash-<name> in the working directory.
#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

#include "fuzz_entry.h"

namespace {

namespace fs = std::filesystem;

constexpr size_t kIterations = 2'000;
constexpr size_t kMaxBytes = 64U << 10;
constexpr std::chrono::seconds kMaxTime(5);
constexpr std::chrono::seconds kHang(10);

std::string current;
std::string crashName = "crash";

void saveAndDie(int signal) {
    if (std::FILE* file = std::fopen(crashName.c_str(), "wb")) {
        std::fwrite(current.data(), 1, current.size(), file);
        std::fclose(file);
    }
    std::fprintf(stderr, "signal %d; the input is in %s\n", signal, crashName.c_str());
    std::signal(signal, SIG_DFL);
    std::raise(signal);
}

std::vector<std::string> readCorpus(const fs::path& folder) {
    std::vector<fs::path> files;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(folder, error))
        if (entry.is_regular_file())
            files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    std::vector<std::string> inputs;
    for (const fs::path& file : files) {
        std::ifstream in(file, std::ios::binary);
        inputs.emplace_back(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
    }
    return inputs;
}

class Mutator {
public:
    explicit Mutator(const std::vector<std::string>& inputs) : inputs_(inputs) {}

    std::string next() {
        std::string bytes = inputs_[below(inputs_.size())].substr(0, kMaxBytes);
        for (size_t changes = 1 + below(4); changes > 0; --changes)
            change(bytes);
        return bytes;
    }

private:
    size_t below(size_t bound) { return bound == 0 ? 0 : static_cast<size_t>(random_() % bound); }

    void change(std::string& bytes) {
        static constexpr unsigned char kInteresting[] = {0x00, 0x01, 0x7f, 0x80, 0xff, '"', '{', '[', '\\', '\n', '-', '0', '9', ' '};
        const size_t at = below(bytes.size());
        switch (below(7)) {
        case 0:
            if (!bytes.empty())
                bytes[at] = static_cast<char>(bytes[at] ^ (1 << below(8)));
            break;
        case 1:
            if (!bytes.empty())
                bytes[at] = static_cast<char>(kInteresting[below(std::size(kInteresting))]);
            break;
        case 2: bytes.resize(at); break;
        case 3: bytes.erase(at, 1 + below(64)); break;
        case 4: bytes.insert(at, bytes.substr(below(bytes.size()), 1 + below(256))); break;
        case 5: splice(bytes, at); break;
        default: bytes.insert(at, 1 + below(8), static_cast<char>(kInteresting[below(std::size(kInteresting))])); break;
        }
        bytes.resize(std::min(bytes.size(), kMaxBytes));
    }

    void splice(std::string& bytes, size_t at) {
        const std::string& other = inputs_[below(inputs_.size())];
        bytes.resize(at);
        bytes += other.substr(below(other.size()));
    }

    const std::vector<std::string>& inputs_;
    std::mt19937_64 random_{20260317};
};

// False: the input took so long that a program would call it a hang.
bool run(std::string input) {
    current = std::move(input);
    const auto start = std::chrono::steady_clock::now();
    LLVMFuzzerTestOneInput(reinterpret_cast<const uint8_t*>(current.data()), current.size());
    return std::chrono::steady_clock::now() - start < kHang;
}

}  // namespace

int main(int argc, char** argv) {
    crashName = "crash-" + fs::path(argv[0]).filename().string();
    for (const int signal : {SIGSEGV, SIGABRT, SIGBUS, SIGFPE, SIGILL})
        std::signal(signal, saveAndDie);
    std::vector<std::string> inputs = argc > 1 ? readCorpus(argv[1]) : std::vector<std::string>{};
    const size_t fromCorpus = inputs.size();
    inputs.emplace_back();
    const size_t iterations = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : kIterations;
    const auto start = std::chrono::steady_clock::now();
    size_t done = 0;
    bool hung = false;
    for (const std::string& input : inputs)
        hung = !run(input) || hung;
    Mutator mutator(inputs);
    for (; done < iterations && !hung && std::chrono::steady_clock::now() - start < kMaxTime; ++done)
        hung = !run(mutator.next());
    std::printf("%zu corpus inputs, %zu mutations%s\n", fromCorpus, done, hung ? ", one took over 10 s" : "");
    if (fromCorpus == 0)
        std::fprintf(stderr, "no corpus in %s\n", argc > 1 ? argv[1] : "(no folder given)");
    return fromCorpus == 0 || hung ? 1 : 0;
}
