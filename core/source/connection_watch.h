// Ends connections that do not get on: headers that trickle in, bodies under 1 KiB/s, idle ones. libmicrohttpd's own time-out starts again
// with every byte, so that a byte each nine seconds would hold a connection for hours.
// Calls from the server's threads; one thread of its own looks every half second.
#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>
#include <thread>
#include <unordered_map>

namespace nj::source {

struct ConnectionLimits {
    std::chrono::milliseconds header{10'000}, stall{10'000}, idle{60'000};
    uint64_t bytesPerSecond = 1024;
};

class ConnectionWatch {
public:
    explicit ConnectionWatch(ConnectionLimits limits);
    ~ConnectionWatch();

    void opened(const void* connection, int socket);
    void closed(const void* connection);
    // A request's headers are complete; `body` bytes of it have come since.
    void receiving(const void* connection, uint64_t body);
    // The answer is ours to make: no limit.
    void answering(const void* connection);
    // Answered: the next request may begin.
    void idle(const void* connection);
    [[nodiscard]] uint64_t ended() const;

private:
    using Clock = std::chrono::steady_clock;
    struct Entry {
        int socket = -1;
        Clock::time_point deadline, began;
        bool receiving = false;
    };
    void run(const std::stop_token& stop);

    const ConnectionLimits limits_;
    mutable std::mutex mutex_;
    // guarded by mutex_
    std::unordered_map<const void*, Entry> entries_;
    uint64_t ended_ = 0;
    std::jthread thread_;
};

}  // namespace nj::source
