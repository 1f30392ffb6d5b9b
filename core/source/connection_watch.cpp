#include "source/connection_watch.h"

#include <sys/socket.h>

#include <condition_variable>

namespace nj::source {

ConnectionWatch::ConnectionWatch(ConnectionLimits limits) : limits_(limits), thread_([this](const std::stop_token& stop) { run(stop); }) {}

ConnectionWatch::~ConnectionWatch() = default;   // the thread is asked to stop and joined before the entries go

void ConnectionWatch::opened(const void* connection, int socket) {
    const std::scoped_lock lock(mutex_);
    entries_[connection] = {socket, Clock::now() + limits_.header, {}, false};
}

void ConnectionWatch::closed(const void* connection) {
    const std::scoped_lock lock(mutex_);
    entries_.erase(connection);
}

void ConnectionWatch::receiving(const void* connection, uint64_t body) {
    const std::scoped_lock lock(mutex_);
    const auto it = entries_.find(connection);
    if (it == entries_.end())
        return;
    if (!it->second.receiving)
        it->second.began = Clock::now();
    it->second.receiving = true;
    it->second.deadline = it->second.began + limits_.stall + std::chrono::milliseconds(body * 1000 / limits_.bytesPerSecond);
}

void ConnectionWatch::answering(const void* connection) {
    const std::scoped_lock lock(mutex_);
    if (const auto it = entries_.find(connection); it != entries_.end())
        it->second.deadline = Clock::time_point::max();
}

void ConnectionWatch::idle(const void* connection) {
    const std::scoped_lock lock(mutex_);
    if (const auto it = entries_.find(connection); it != entries_.end()) {
        it->second.receiving = false;
        it->second.deadline = Clock::now() + limits_.idle;
    }
}

uint64_t ConnectionWatch::ended() const {
    const std::scoped_lock lock(mutex_);
    return ended_;
}

void ConnectionWatch::run(const std::stop_token& stop) {
    std::condition_variable_any wake;
    std::mutex own;
    while (!stop.stop_requested()) {
        {
            std::unique_lock lock(own);
            wake.wait_for(lock, stop, std::chrono::milliseconds(500), [] { return false; });
        }
        const std::scoped_lock lock(mutex_);
        const auto now = Clock::now();
        for (auto& [connection, entry] : entries_)
            if (entry.deadline < now) {
                // The server sees the end of the stream and closes the descriptor itself: until then it is still this connection's.
                shutdown(entry.socket, SHUT_RDWR);
                entry.deadline = Clock::time_point::max();
                ++ended_;
            }
    }
}

}  // namespace nj::source
