#include "receive_client.h"

#include <arpa/inet.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <optional>
#include <thread>
#include <vector>

#include <fmt/format.h>

namespace nj::bench {
namespace {

constexpr std::chrono::milliseconds kRest(100);
constexpr int kAttempts = 600;

enum class Sent { kTaken, kLater, kWrong };

class GrpcSender {
public:
    explicit GrpcSender(const SendPlan& plan) : method_(plan.target), stub_(channelTo(plan.address)) {}
    Sent send(const std::string& body) {
        grpc::ClientContext context;
        const grpc::Slice slice(body.data(), body.size(), grpc::Slice::STATIC_SLICE);
        const grpc::ByteBuffer request(&slice, 1);
        grpc::ByteBuffer response;
        grpc::CompletionQueue queue;
        grpc::Status status;
        const auto call = stub_.PrepareUnaryCall(&context, method_, request, &queue);
        call->StartCall();
        call->Finish(&response, &status, nullptr);
        void* tag = nullptr;
        bool ok = false;
        queue.Next(&tag, &ok);
        if (!status.ok() && status.error_code() != grpc::StatusCode::UNAVAILABLE)
            fmt::print(stderr, "WRONG: {}\n", status.error_message());
        return status.ok() ? Sent::kTaken : status.error_code() == grpc::StatusCode::UNAVAILABLE ? Sent::kLater : Sent::kWrong;
    }

private:
    static std::shared_ptr<grpc::Channel> channelTo(const std::string& address) {
        grpc::ChannelArguments arguments;
        arguments.SetInt("grpc.use_local_subchannel_pool", 1);   // a connection each, as separate processes have
        return grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments);
    }
    std::string method_;
    grpc::GenericStub stub_;
};

class HttpSender {
public:
    explicit HttpSender(const SendPlan& plan) : plan_(plan) {}
    ~HttpSender() { end(); }
    HttpSender(const HttpSender&) = delete;
    HttpSender& operator=(const HttpSender&) = delete;
    Sent send(const std::string& body) {
        if (socket_ < 0 && !connect())
            return Sent::kWrong;
        const std::string head = fmt::format("POST {} HTTP/1.1\r\nHost: {}\r\n{}Content-Length: {}\r\n\r\n", plan_.target, plan_.address, plan_.headers, body.size());
        if (!write(head) || !write(body))
            return later();   // told to come later before all was read
        char answer[4096];
        const ssize_t n = recv(socket_, answer, sizeof answer, 0);   // an answer without a body comes in one piece
        if (n > 12 && answer[9] == '2')
            return Sent::kTaken;
        if (n <= 0 || std::strncmp(answer + 9, "503", 3) == 0)
            return later();
        fmt::print(stderr, "WRONG: {}\n", std::string_view(answer, static_cast<size_t>(n)));
        return Sent::kWrong;
    }

private:
    Sent later() {
        end();
        return Sent::kLater;
    }
    void end() {
        if (socket_ >= 0)
            close(socket_);
        socket_ = -1;
    }
    bool connect() {
        socket_ = ::socket(AF_INET, SOCK_STREAM, 0);
        const int now = 1;
        setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &now, sizeof now);
        sockaddr_in to{};
        to.sin_family = AF_INET;
        to.sin_port = htons(static_cast<uint16_t>(std::stoi(plan_.address.substr(plan_.address.rfind(':') + 1))));
        inet_pton(AF_INET, "127.0.0.1", &to.sin_addr);
        return ::connect(socket_, reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0;
    }
    bool write(std::string_view bytes) {
        while (!bytes.empty()) {
            const ssize_t n = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (n <= 0)
                return false;
            bytes.remove_prefix(static_cast<size_t>(n));
        }
        return true;
    }
    const SendPlan& plan_;
    int socket_ = -1;
};

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

struct Progress {
    const std::vector<std::string>& requests;
    std::atomic<size_t> next = 0, later = 0;
    std::atomic<bool> good = true;
};

template <typename Sender>
void work(const SendPlan& plan, Progress& progress) {
    Sender sender(plan);
    auto due = std::chrono::steady_clock::now();
    for (size_t i = progress.next++; i < progress.requests.size(); i = progress.next++) {
        Sent sent = Sent::kLater;
        for (int attempt = 0; attempt < kAttempts && (sent = sender.send(progress.requests[i])) == Sent::kLater; ++attempt) {
            ++progress.later;
            std::this_thread::sleep_for(kRest);
        }
        if (sent != Sent::kTaken) {
            progress.good = false;
            return;
        }
        if (plan.pause > 0)
            std::this_thread::sleep_until(due += std::chrono::duration_cast<std::chrono::steady_clock::duration>(std::chrono::duration<double>(plan.pause)));
    }
}

}  // namespace

std::string sendCommand(const std::string& program, const SendPlan& plan) {
    return fmt::format("exec '{}' --send {} {} {} '{}' {} {} {}", program, plan.grpc ? "grpc" : "http", plan.address, plan.target, plan.headers, plan.file, plan.clients, plan.pause);
}

int sendRequests(int argc, char** argv) {
    if (argc != 7)
        return 2;
    const SendPlan plan{std::strcmp(argv[0], "grpc") == 0, argv[1], argv[2], argv[3], argv[4], std::strtoull(argv[5], nullptr, 10), std::strtod(argv[6], nullptr)};
    const std::vector<std::string> requests = requestsOf(plan.file);
    Progress progress{requests};
    fmt::print("ready\n");
    std::fflush(stdout);
    if (std::getchar() == EOF)
        return 1;
    {
        std::vector<std::jthread> threads;
        for (size_t i = 0; i < plan.clients; ++i)
            threads.emplace_back([&] { plan.grpc ? work<GrpcSender>(plan, progress) : work<HttpSender>(plan, progress); });
    }
    fmt::print("{}\n", progress.later.load());
    std::fflush(stdout);
    return progress.good ? 0 : 1;
}

}  // namespace nj::bench
