// Threads that answer requests from one capsule, each with a reader of its own. A request is given up at its timeout and where its client
// went away. submit() is called from the server's threads; `done` on one of the pool's, exactly once per request that was taken.
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "api/prometheus_api.h"

namespace nj::api {

class QueryPool {
public:
    using Done = std::function<void(Answer)>;

    QueryPool(std::string capsule, Limits limits, unsigned threads, size_t maxWaiting)
        : capsule_(std::move(capsule)), limits_(limits), threads_(threads), maxWaiting_(maxWaiting) {}
    ~QueryPool() { stop(); }

    // Error: the capsule cannot be read.
    Status start();
    // Gives up what runs and waits; all are answered when it returns.
    void stop();
    // `socket`: the client's, open until `done`. False: too many wait already.
    bool submit(Request request, int socket, Done done);

private:
    using Clock = std::chrono::steady_clock;
    struct Job {
        Request request;
        int socket = -1;
        Done done;
        Clock::time_point deadline;
        bool late = false;  // guarded by mutex_
        std::stop_source stop;
    };
    void work(std::unique_ptr<ServedCapsule> capsule);
    void watch(const std::stop_token& stop);
    Answer answered(std::unique_ptr<ServedCapsule>& capsule, const Job& job) const;

    const std::string capsule_;
    const Limits limits_;
    const unsigned threads_;
    const size_t maxWaiting_;
    std::mutex mutex_;
    std::condition_variable wake_;
    // guarded by mutex_
    std::list<std::shared_ptr<Job>> waiting_, running_;
    bool stopping_ = true;
    std::vector<std::jthread> workers_;
    std::jthread watcher_;
};

}  // namespace nj::api
