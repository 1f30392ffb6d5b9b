#include "api/query_pool.h"

#include <poll.h>

#include <algorithm>
#include <new>

namespace nj::api {
namespace {

constexpr std::chrono::milliseconds kLook(50);

// True where the other side has closed the connection; what it may still have sent is not touched.
bool isGone(int socket) {
    pollfd entry{socket, POLLRDHUP, 0};
    return poll(&entry, 1, 0) > 0 && (entry.revents & (POLLRDHUP | POLLHUP | POLLERR)) != 0;
}

}  // namespace

Status QueryPool::start() {
    NJ_ASSIGN(auto first, ServedCapsule::open(capsule_));
    {
        const std::scoped_lock lock(mutex_);
        stopping_ = false;
    }
    for (unsigned i = 0; i < threads_; ++i) workers_.emplace_back([this, served = std::move(first)]() mutable { work(std::move(served)); });
    watcher_ = std::jthread([this](const std::stop_token& stop) { watch(stop); });
    return {};
}

void QueryPool::stop() {
    std::list<std::shared_ptr<Job>> waiting;
    {
        const std::scoped_lock lock(mutex_);
        stopping_ = true;
        waiting.swap(waiting_);
        for (const auto& job : running_) job->stop.request_stop();
    }
    wake_.notify_all();
    for (const auto& job : waiting) job->done(failure(makeError(ErrorCode::kBusy, "the server goes down")));
    workers_.clear();
    watcher_ = {};
}

bool QueryPool::submit(Request request, int socket, Done done) {
    const auto timeout = timeoutOf(request.parameters, limits_);
    auto job = std::make_shared<Job>();
    job->request = std::move(request);
    job->socket = socket;
    job->done = std::move(done);
    job->deadline = Clock::now() + (timeout.ok() ? *timeout : limits_.timeout);
    {
        const std::scoped_lock lock(mutex_);
        if (stopping_ || waiting_.size() >= maxWaiting_)
            return false;
        waiting_.push_back(std::move(job));
    }
    wake_.notify_one();
    return true;
}

Answer QueryPool::answered(std::unique_ptr<ServedCapsule>& capsule, const Job& job) const {
    if (!capsule) {
        auto opened = ServedCapsule::open(capsule_);
        if (!opened.ok())
            return failure(opened.error());
        capsule = std::move(*opened);
    }
    try {
        return answer(*capsule, job.request, limits_, job.stop.get_token());
    } catch (const std::bad_alloc&) {
        return failure(makeError(ErrorCode::kLimit, "the answer needs more memory than there is"));
    }
}

void QueryPool::work(std::unique_ptr<ServedCapsule> capsule) {
    std::unique_lock lock(mutex_);
    for (;;) {
        wake_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
        if (stopping_)
            return;
        running_.splice(running_.end(), waiting_, waiting_.begin());
        const auto at = std::prev(running_.end());
        const std::shared_ptr<Job> job = *at;
        job->late = job->deadline <= Clock::now();
        Answer given;
        if (!job->late) {
            lock.unlock();
            given = answered(capsule, *job);
            lock.lock();
        }
        running_.erase(at);  // its socket is no longer looked at
        const bool late = job->late;
        lock.unlock();
        job->done(late ? timedOut() : std::move(given));
        lock.lock();
    }
}

void QueryPool::watch(const std::stop_token& stop) {
    std::condition_variable_any tick;
    std::unique_lock lock(mutex_);
    while (!stop.stop_requested()) {
        tick.wait_for(lock, stop, kLook, [] { return false; });
        const auto now = Clock::now();
        for (const auto& job : running_) {
            job->late = job->late || job->deadline <= now;
            if (job->late || isGone(job->socket))
                job->stop.request_stop();
        }
        std::list<std::shared_ptr<Job>> over;
        for (auto at = waiting_.begin(); at != waiting_.end();) {
            const auto next = std::next(at);
            if ((*at)->deadline <= now || isGone((*at)->socket))
                over.splice(over.end(), waiting_, at);
            at = next;
        }
        lock.unlock();
        for (const auto& job : over) job->done(timedOut());
        lock.lock();
    }
}

}  // namespace nj::api
