// A queue between threads, bounded by the summed cost of what it holds (bytes, say). Any thread may push or pop.
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <utility>

namespace nj {

template <typename T>
class BoundedQueue {
public:
    explicit BoundedQueue(size_t capacity) : capacity_(capacity) {}

    // Waits for room; an item larger than the whole capacity enters alone. False when the queue is closed.
    bool push(T item, size_t cost) {
        std::unique_lock lock(mutex_);
        room_.wait(lock, [&] { return closed_ || used_ == 0 || used_ + cost <= capacity_; });
        if (closed_)
            return false;
        used_ += cost;
        items_.emplace_back(std::move(item), cost);
        filled_.notify_one();
        return true;
    }
    // Never waits. False when full or closed; the item is then untouched.
    bool tryPush(T& item, size_t cost) {
        const std::scoped_lock lock(mutex_);
        if (closed_ || (used_ != 0 && used_ + cost > capacity_))
            return false;
        used_ += cost;
        items_.emplace_back(std::move(item), cost);
        filled_.notify_one();
        return true;
    }
    // Waits for an item; nothing when the queue is closed and drained.
    std::optional<T> pop() {
        std::unique_lock lock(mutex_);
        filled_.wait(lock, [&] { return closed_ || !items_.empty(); });
        return take();
    }
    // Waits for an item, at most until `time`; nothing when none came, or when the queue is closed and drained.
    std::optional<T> popUntil(std::chrono::steady_clock::time_point time) {
        std::unique_lock lock(mutex_);
        filled_.wait_until(lock, time, [&] { return closed_ || !items_.empty(); });
        return take();
    }
    [[nodiscard]] bool hasRoom(size_t cost) const {
        const std::scoped_lock lock(mutex_);
        return !closed_ && (used_ == 0 || used_ + cost <= capacity_);
    }
    [[nodiscard]] bool closed() const {
        const std::scoped_lock lock(mutex_);
        return closed_;
    }
    // Wakes everybody; what is queued can still be popped.
    void close() {
        const std::scoped_lock lock(mutex_);
        closed_ = true;
        filled_.notify_all();
        room_.notify_all();
    }

private:
    // With mutex_ held.
    std::optional<T> take() {
        if (items_.empty())
            return std::nullopt;
        std::optional<T> item(std::move(items_.front().first));
        used_ -= items_.front().second;
        items_.pop_front();
        room_.notify_all();
        return item;
    }

    const size_t capacity_;
    mutable std::mutex mutex_;
    std::condition_variable filled_;
    std::condition_variable room_;
    // guarded by mutex_
    std::deque<std::pair<T, size_t>> items_;
    size_t used_ = 0;
    bool closed_ = false;
};

}  // namespace nj
