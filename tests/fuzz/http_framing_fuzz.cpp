// What a stranger may send to the HTTP receiver, byte for byte, over a real connection: whatever it is, the receiver answers or hangs up, and
// the next client is answered.
#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <memory>
#include <string>

#include "fuzz_entry.h"
#include "source/receiver.h"

namespace {

class Taken final : public nj::source::DeliveryTarget {
    void deliver(nj::source::Delivery&& delivery) override { delivery.done(nj::source::Outcome::kCommitted, {}); }
    [[nodiscard]] bool hasRoom(size_t) const override { return true; }
    [[nodiscard]] std::string cursor(const std::string&) const override { return {}; }
};

struct Listening {
    Taken target;
    std::unique_ptr<nj::source::Receiver> receiver = nj::source::createHttpReceiver({}, target);
    uint16_t port = 0;
    Listening() {
        if (!receiver->start().ok())
            std::abort();
        const std::string address = receiver->address();
        port = static_cast<uint16_t>(std::stoi(address.substr(address.rfind(':') + 1)));
    }
};

int connected(uint16_t port) {
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const timeval patience{5, 0};
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    if (fd < 0 || connect(fd, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0)
        std::abort();
    return fd;
}

// Sends, says that nothing more comes, and reads to the end.
std::string exchanged(uint16_t port, std::string_view bytes) {
    const int fd = connected(port);
    (void)send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    shutdown(fd, SHUT_WR);
    std::string answer;
    char buffer[4096];
    for (ssize_t n = recv(fd, buffer, sizeof buffer, 0); n > 0; n = recv(fd, buffer, sizeof buffer, 0))
        answer.append(buffer, static_cast<size_t>(n));
    close(fd);
    return answer;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    static Listening listening;
    const std::string answer = exchanged(listening.port, {reinterpret_cast<const char*>(data), size});
    if (!answer.empty() && !answer.starts_with("HTTP/1."))
        std::abort();
    static unsigned runs = 0;
    if (++runs % 16 == 0 && !exchanged(listening.port, "GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").starts_with("HTTP/1.1 200"))
        std::abort();
    return 0;
}
