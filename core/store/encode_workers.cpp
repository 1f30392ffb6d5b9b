#include "store/encode_workers.h"

#include "store/heap.h"

namespace nj::store {

EncodeWorkers::EncodeWorkers(int threads) {
    keepFreedMemory();
    for (int i = 0; i < threads; ++i)
        threads_.emplace_back([this] { work(); });
}

EncodeWorkers::~EncodeWorkers() {
    {
        const std::scoped_lock lock(mutex_);
        stop_ = true;
        jobs_.clear();
    }
    ready_.notify_all();
    threads_.clear();
    releaseFreedMemory();
}

void EncodeWorkers::submit(int64_t segment, SegmentRows rows) {
    const uint64_t number = submitted_++;
    if (threads_.empty()) {
        results_.emplace(number, Done{segment, own_.encode(rows)});
        return;
    }
    {
        const std::scoped_lock lock(mutex_);
        jobs_.push_back({number, segment, std::move(rows)});
    }
    ready_.notify_one();
}

std::optional<EncodeWorkers::Done> EncodeWorkers::take(bool wait) {
    if (taken_ == submitted_)
        return std::nullopt;
    std::unique_lock lock(mutex_);
    if (wait)
        done_.wait(lock, [&] { return results_.contains(taken_); });
    const auto it = results_.find(taken_);
    if (it == results_.end())
        return std::nullopt;
    std::optional<Done> result(std::move(it->second));
    results_.erase(it);
    ++taken_;
    return result;
}

void EncodeWorkers::work() {
    SegmentEncoder encoder;
    for (;;) {
        std::unique_lock lock(mutex_);
        ready_.wait(lock, [&] { return stop_ || !jobs_.empty(); });
        if (stop_)
            return;
        Job job = std::move(jobs_.front());
        jobs_.pop_front();
        lock.unlock();
        Done result{job.segment, encoder.encode(job.rows)};
        job.rows = {};
        lock.lock();
        results_.emplace(job.number, std::move(result));
        lock.unlock();
        done_.notify_all();
    }
}

}  // namespace nj::store
