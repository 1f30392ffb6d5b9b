// Archives and compression: the walker over a file of these bytes, with small limits so that an input stays cheap.
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "fuzz_entry.h"
#include "ingest/member_walker.h"

namespace {

class Drain : public nj::ingest::MemberVisitor {
public:
    void onMember(nj::ingest::Member& member) override {
        std::vector<char> buffer(8192);
        while (true) {
            const auto n = member.bytes.read(buffer.data(), buffer.size());
            if (!n.ok() || *n == 0)
                return;
        }
    }
    void onProblem(const std::string&, const nj::Error&) override {}
};

// One scratch file for the whole run: the walker opens files by name.
const std::string& scratchPath() {
    static const std::string path = [] {
        std::string name = "/tmp/nightjar-fuzz-XXXXXX";
        const int fd = ::mkstemp(name.data());
        if (fd < 0)
            std::abort();
        ::close(fd);
        static std::string kept = name;
        std::atexit([] { std::remove(kept.c_str()); });
        return name;
    }();
    return path;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    std::FILE* file = std::fopen(scratchPath().c_str(), "wb");
    if (!file)
        return 0;
    std::fwrite(data, 1, size, file);
    std::fclose(file);
    nj::ingest::DecodeLimits limits;
    limits.decodedBytes = 4U << 20;
    limits.spoolBytes = 1U << 20;
    limits.entries = 500;
    nj::ingest::DecodeBudget total(limits);
    nj::ingest::FileBudget budget(total, {});
    Drain drain;
    nj::ingest::MemberWalker(budget, drain).walk({scratchPath(), size});
    return 0;
}
