// nightjar_receive_bench [SPANS [CLIENTS]]: spans a second that are acknowledged (so: synced to disk) over OTLP/gRPC and OTLP/HTTP, in
// requests of 1,000 spans with ten attributes, each client waiting for its answer before it sends the next. Clients and receiver share the
// machine. Prints figures with the target they are held against; fails only when a span is missing afterwards.
#include <arpa/inet.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <thread>

#include <fmt/format.h>

#include "ingest/live_writer.h"
#include "query/backend.h"
#include "source/receiver.h"
#include "store/capsule_writer.h"
#include "synthetic.h"

namespace nj::bench {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> requestsOf(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    std::vector<std::string> requests;
    unsigned char head[4];
    while (in.read(reinterpret_cast<char*>(head), 4)) {
        std::string request(static_cast<size_t>(head[0]) << 24 | static_cast<size_t>(head[1]) << 16 | static_cast<size_t>(head[2]) << 8 | head[3], '\0');
        in.read(request.data(), static_cast<std::streamsize>(request.size()));
        requests.push_back(std::move(request));
    }
    return requests;
}

bool sendGrpc(const std::string& address, const std::vector<std::string>& requests, std::atomic<size_t>& next) {
    const auto channel = grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), [] {
        grpc::ChannelArguments arguments;
        arguments.SetInt("grpc.use_local_subchannel_pool", 1);   // a connection each, as separate processes have
        return arguments;
    }());
    grpc::GenericStub stub(channel);
    for (size_t i = next++; i < requests.size(); i = next++) {
        for (int attempt = 0;; ++attempt) {
            grpc::ClientContext context;
            const grpc::Slice slice(requests[i].data(), requests[i].size(), grpc::Slice::STATIC_SLICE);
            const grpc::ByteBuffer request(&slice, 1);
            grpc::ByteBuffer response;
            grpc::CompletionQueue queue;
            grpc::Status status;
            const auto call = stub.PrepareUnaryCall(&context, "/opentelemetry.proto.collector.trace.v1.TraceService/Export", request, &queue);
            call->StartCall();
            call->Finish(&response, &status, nullptr);
            void* tag = nullptr;
            bool ok = false;
            queue.Next(&tag, &ok);
            if (status.ok())
                break;
            if (status.error_code() != grpc::StatusCode::UNAVAILABLE || attempt > 600) {
                fmt::print("WRONG: {}\n", status.error_message());
                return false;
            }
            std::this_thread::sleep_for(std::chrono::milliseconds(100));
        }
    }
    return true;
}

bool sendHttp(const std::string& address, const std::vector<std::string>& requests, std::atomic<size_t>& next) {
    const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(static_cast<uint16_t>(std::stoi(address.substr(address.rfind(':') + 1))));
    inet_pton(AF_INET, "127.0.0.1", &to.sin_addr);
    if (connect(socket, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0)
        return false;
    bool good = true;
    for (size_t i = next++; good && i < requests.size(); i = next++) {
        const std::string message = fmt::format("POST /v1/traces HTTP/1.1\r\nHost: {}\r\nContent-Type: application/x-protobuf\r\nContent-Length: {}\r\n\r\n", address, requests[i].size()) + requests[i];
        for (size_t sent = 0; good && sent < message.size();) {
            const ssize_t n = send(socket, message.data() + sent, message.size() - sent, MSG_NOSIGNAL);
            good = n > 0;
            sent += n > 0 ? static_cast<size_t>(n) : 0;
        }
        char answer[4096];
        const ssize_t n = good ? recv(socket, answer, sizeof answer, 0) : 0;   // an answer without a body comes in one piece
        good = n > 12 && std::strncmp(answer + 9, "200", 3) == 0;
    }
    close(socket);
    return good;
}

using Send = bool (*)(const std::string&, const std::vector<std::string>&, std::atomic<size_t>&);
using Create = std::unique_ptr<source::Receiver> (*)(source::ListenOptions, source::DeliveryTarget&);

double cpuSeconds() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return static_cast<double>(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) + static_cast<double>(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

bool benchReceiver(const char* what, const char* target, Create create, Send send, const fs::path& dir, const std::vector<std::string>& requests, size_t spans, size_t clients) {
    const std::string capsule = dir / "received.nightjar";
    fs::remove(capsule);
    auto writer = store::CapsuleWriter::open(capsule);
    if (!writer.ok())
        return false;
    bool good = true;
    {
        ingest::LiveWriter live(**writer);
        const auto receiver = create({}, live);
        if (!receiver->start().ok())
            return false;
        std::atomic<size_t> next = 0;
        std::atomic<bool> allGood = true;
        const double cpu = cpuSeconds();
        const auto start = std::chrono::steady_clock::now();
        {
            std::vector<std::jthread> threads;
            for (size_t i = 0; i < clients; ++i)
                threads.emplace_back([&] { allGood = send(receiver->address(), requests, next) && allGood; });
        }
        const double took = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
        receiver->stop();
        live.stop();
        good = allGood;
        fmt::print("{:<44} {:>8.0f} k spans/s   {}\n  CPU of clients and receiver {:.2f} s for {:.2f} s, {} requests told to come later\n", what, static_cast<double>(spans) / took / 1e3, target,
                   cpuSeconds() - cpu, took, receiver->counters().refusedBusy.load());
    }
    good = (*writer)->close().ok() && good;
    auto backend = query::openCapsuleBackend(capsule);
    const auto info = backend.ok() ? (*backend)->info({}) : Result<query::CapsuleInfo>(backend.error());
    if (!info.ok() || info->spans != spans) {
        fmt::print("WRONG: {} of {} spans are there\n", info.ok() ? info->spans : 0, spans);
        good = false;
    }
    return good;
}

int run(size_t spans, size_t clients) {
    const fs::path dir = fs::temp_directory_path() / fmt::format("nightjar-receive-{}", getpid());
    fs::create_directories(dir);
    const std::string input = dir / "spans.pb";
    writeSpans(input, spans);
    const std::vector<std::string> requests = requestsOf(input);
    fmt::print("{} spans, {} clients\n", spans, clients);
    bool good = benchReceiver("OTLP/gRPC, requests of 1,000", "target ≥ 200 k", source::createGrpcReceiver, sendGrpc, dir, requests, spans, clients);
    good = benchReceiver("OTLP/HTTP, requests of 1,000", "", source::createHttpReceiver, sendHttp, dir, requests, spans, clients) && good;
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    fmt::print("memory, highest, with {} MB of requests to send       {} MiB\n", fs::file_size(input) / 1'000'000, usage.ru_maxrss / 1024);
    fs::remove_all(dir);
    return good ? 0 : 1;
}

}  // namespace
}  // namespace nj::bench

int main(int argc, char** argv) {
    return nj::bench::run(argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 500'000, argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 10);
}
