// nightjar_receive_bench [ROWS [CLIENTS [SYNC_MS]]]: rows a second that are acknowledged (so: synced to disk) over OTLP/gRPC, OTLP/HTTP and
// remote write, in requests of 1,000, each client waiting for its answer before it sends the next. The clients are a process of their own
// on the same machine; CPU and memory are the receiver's alone. SYNC_MS: what each sync of the disk takes longer. Prints figures with the
// target they are held against, and what ten SDKs need beside it; fails only when a row is missing afterwards.
#include <fcntl.h>
#include <malloc.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <memory>

#include <fmt/format.h>

#include "ingest/live_writer.h"
#include "query/backend.h"
#include "receive_client.h"
#include "source/receiver.h"
#include "store/capsule_writer.h"
#include "support/fault_vfs.h"
#include "synthetic.h"
#include "synthetic_requests.h"

namespace nj::bench {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

constexpr const char* kProtobuf = "Content-Type: application/x-protobuf\r\n";
constexpr const char* kRemoteWrite = "Content-Type: application/x-protobuf\r\nContent-Encoding: snappy\r\nX-Prometheus-Remote-Write-Version: 0.1.0\r\n";
#define NJ_OTLP(service) "/opentelemetry.proto.collector." service "Service/Export"

struct Load {
    const char* what;
    const char* unit;
    bool grpc;
    const char* target;
    const char* headers;
    const char* file;
    const char* aim;
};
constexpr Load kLoads[] = {
    {"spans, OTLP/gRPC", "spans", true, NJ_OTLP("trace.v1.Trace"), "", "spans", "target ≥ 200 k"},
    {"spans, OTLP/HTTP", "spans", false, "/v1/traces", kProtobuf, "spans", ""},
    {"log records, OTLP/gRPC", "records", true, NJ_OTLP("logs.v1.Logs"), "", "logs", ""},
    {"log records, OTLP/HTTP", "records", false, "/v1/logs", kProtobuf, "logs", ""},
    {"samples, OTLP/gRPC", "samples", true, NJ_OTLP("metrics.v1.Metrics"), "", "metrics", ""},
    {"samples, OTLP/HTTP", "samples", false, "/v1/metrics", kProtobuf, "metrics", ""},
    {"samples, remote write", "samples", false, "/api/v1/write", kRemoteWrite, "remote_write", ""},
};

double cpuSeconds() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return static_cast<double>(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) + static_cast<double>(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

size_t peakMemoryMiB() {
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);)
        if (line.starts_with("VmHWM:"))
            return std::strtoull(line.c_str() + 6, nullptr, 10) / 1024;
    return 0;
}

// The other process: starts, says that it is ready, is let go, and says how often it was told to come later.
class Senders {
public:
    explicit Senders(const SendPlan& plan) {
        int to[2], from[2];
        if (pipe2(to, O_CLOEXEC) != 0 || pipe2(from, O_CLOEXEC) != 0)
            return;
        const std::string command = sendCommand(fs::read_symlink("/proc/self/exe"), plan);
        pid_ = fork();
        if (pid_ == 0) {
            dup2(to[0], STDIN_FILENO);
            dup2(from[1], STDOUT_FILENO);
            execl("/bin/sh", "sh", "-c", command.c_str(), nullptr);
            _exit(127);
        }
        close(to[0]);
        close(from[1]);
        in_ = fdopen(from[0], "r");
        out_ = to[1];
        good_ = line() == "ready\n";
    }
    ~Senders() {
        if (in_)
            fclose(in_);
        close(out_);
        waitpid(pid_, nullptr, 0);
    }
    Senders(const Senders&) = delete;
    Senders& operator=(const Senders&) = delete;
    void go() { good_ = write(out_, "\n", 1) == 1 && good_; }
    // Waits; the number of requests told to come later.
    size_t wait() {
        const std::string answer = line();
        good_ = good_ && !answer.empty();
        return std::strtoull(answer.c_str(), nullptr, 10);
    }
    [[nodiscard]] bool good() const { return good_; }

private:
    std::string line() {
        char text[256];
        return in_ && fgets(text, sizeof text, in_) ? text : "";
    }
    pid_t pid_ = -1;
    FILE* in_ = nullptr;
    int out_ = -1;
    bool good_ = false;
};

bool benchLoad(const Load& load, const fs::path& dir, size_t rows, size_t clients, double pause) {
    const std::string capsule = dir / "received.nightjar";
    for (const char* suffix : {"", "-wal", "-shm"})
        fs::remove(capsule + suffix);
    auto writer = store::CapsuleWriter::open(capsule);
    if (!writer.ok())
        return false;
    bool good = true;
    {
        ingest::LiveWriter live(**writer);
        const auto receiver = (load.grpc ? source::createGrpcReceiver : source::createHttpReceiver)({}, live);
        if (!receiver->start().ok())
            return false;
        Senders senders({load.grpc, receiver->address(), load.target, load.headers, dir / load.file, clients, pause});
        const double cpu = cpuSeconds();
        const auto start = Clock::now();
        senders.go();
        const size_t later = senders.wait();
        const double took = std::chrono::duration<double>(Clock::now() - start).count(), used = cpuSeconds() - cpu;
        receiver->stop();
        live.stop();
        good = senders.good();
        const auto& counters = live.counters();
        if (pause > 0)
            fmt::print("{:<24} CPU of the receiver {:.2f} % of a core, {} MiB\n", load.what, used / took * 100, peakMemoryMiB());
        else
            fmt::print("{:<24} {:>6.0f} k {}/s {:<16} CPU {:.2f} s for {:.2f} s ({:.1f} µs a row), {} MiB, {:.1f} requests a transaction, {} told to come later\n", load.what,
                       static_cast<double>(rows) / took / 1e3, load.unit, load.aim, used, took, used * 1e6 / static_cast<double>(rows), peakMemoryMiB(),
                       static_cast<double>(counters.commits) / static_cast<double>(std::max<uint64_t>(1, counters.groups)), later);
        std::fflush(stdout);
    }
    good = (*writer)->close().ok() && good;
    auto backend = query::openCapsuleBackend(capsule);
    const auto info = backend.ok() ? (*backend)->info({}) : Result<query::CapsuleInfo>(backend.error());
    if (const uint64_t stored = info.ok() ? info->spans + info->logs + info->samples : 0; stored != rows) {
        fmt::print("WRONG: {} of {} {} are there\n", stored, rows, load.unit);
        good = false;
    }
    return good;
}

// In a process of its own, so that its memory is not that of the loads before it.
bool benchAlone(const Load& load, const fs::path& dir, size_t rows, size_t clients, double pause, int syncMs) {
    std::fflush(stdout);
    const pid_t pid = fork();
    if (pid == 0) {
        mallopt(M_ARENA_MAX, 2);   // as `nightjar serve`
        bool good = false;
        {
            const std::unique_ptr<test::FaultVfs> slow = syncMs > 0 ? std::make_unique<test::FaultVfs>() : nullptr;
            if (slow)
                slow->syncMs = syncMs;
            good = benchLoad(load, dir, rows, clients, pause);
        }
        std::fflush(stdout);
        _exit(good ? 0 : 1);
    }
    int status = -1;
    return waitpid(pid, &status, 0) == pid && status == 0;
}

int run(size_t rows, size_t clients, int syncMs) {
    const fs::path dir = fs::temp_directory_path() / fmt::format("nightjar-receive-{}", getpid());
    fs::create_directories(dir);
    writeSpans(dir / "spans", rows);
    writeLogRequests(dir / "logs", rows);
    writeMetricRequests(dir / "metrics", rows);
    writeRemoteWriteRequests(dir / "remote_write", rows);
    fmt::print("{} rows in requests of 1,000, {} clients{}\n", rows, clients, syncMs > 0 ? fmt::format(", each sync {} ms longer", syncMs) : "");
    bool good = true;
    for (const Load& load : kLoads)
        good = benchAlone(load, dir, rows, clients, 0, syncMs) && good;
    // Ten SDKs: each a batch of 512 spans every five seconds, as their batch processors send them by default. A short run leaves it out.
    if (constexpr size_t kMany = 100'000; rows >= kMany) {
        constexpr size_t kSdks = 10, kRounds = 3;
        constexpr double kDelay = 5;
        writeSpans(dir / "spans", kSdks * kRounds * 512, 512);
        fmt::print("{} SDKs, 512 spans every {} s each\n", kSdks, kDelay);
        for (const Load& load : {kLoads[0], kLoads[1]})
            good = benchAlone(load, dir, kSdks * kRounds * 512, kSdks, kDelay, syncMs) && good;
    }
    fs::remove_all(dir);
    return good ? 0 : 1;
}

}  // namespace
}  // namespace nj::bench

int main(int argc, char** argv) {
    if (argc > 1 && std::strcmp(argv[1], "--send") == 0)
        return nj::bench::sendRequests(argc - 2, argv + 2);
    const auto number = [&](int i, size_t preset) { return argc > i ? std::strtoull(argv[i], nullptr, 10) : preset; };
    return nj::bench::run(number(1, 500'000), number(2, 10), static_cast<int>(number(3, 0)));
}
