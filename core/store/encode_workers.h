// Encoder threads: rows in, encoded segments out. submit() and take() from the writer's thread. Results come in order of submission.
#pragma once

#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "store/segment_encoder.h"

namespace nj::store {

class EncodeWorkers {
public:
    struct Done {
        int64_t segment = 0;
        EncodedSegment encoded;
    };
    explicit EncodeWorkers(int threads);
    ~EncodeWorkers();
    EncodeWorkers(const EncodeWorkers&) = delete;
    EncodeWorkers& operator=(const EncodeWorkers&) = delete;

    void submit(int64_t segment, SegmentRows rows);
    // The next result in order; waits for it when `wait`, else nothing where it is not done yet. Nothing when none is under way.
    std::optional<Done> take(bool wait);
    [[nodiscard]] size_t underway() const { return submitted_ - taken_; }

private:
    void work();

    struct Job {
        uint64_t number;
        int64_t segment;
        SegmentRows rows;
    };
    SegmentEncoder own_;   // without threads: on the caller's
    uint64_t submitted_ = 0, taken_ = 0;
    std::mutex mutex_;
    std::condition_variable ready_, done_;
    // guarded by mutex_
    std::deque<Job> jobs_;
    std::map<uint64_t, Done> results_;
    bool stop_ = false;
    std::vector<std::jthread> threads_;
};

}  // namespace nj::store
