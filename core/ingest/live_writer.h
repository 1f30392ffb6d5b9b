// The writer's thread of live sources: takes the deliveries that wait, makes them durable in one transaction, then answers them. Deliveries
// come from any thread and wait in a queue bounded in bytes; when it is full they are refused and the sender keeps them.
// While it runs it alone calls the sink. `sink` outlives it.
#pragma once

#include <atomic>
#include <chrono>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "base/bounded_queue.h"
#include "ingest/entity_resolver.h"
#include "model/batch_sink.h"
#include "source/delivery.h"

namespace nj::ingest {

struct LiveWriterOptions {
    size_t queueBytes = 48U << 20;   // decoded, waiting for their commit
    RetentionPolicy retention;
};

struct LiveWriterCounters {
    std::atomic<uint64_t> groups = 0;                                           // transactions
    std::atomic<uint64_t> commits = 0, rows = 0, duplicates = 0, failures = 0;   // deliveries
    std::atomic<uint64_t> droppedRows = 0;                                      // by retention
};

class LiveWriter final : public source::DeliveryTarget {
public:
    explicit LiveWriter(LiveSink& sink, LiveWriterOptions options = {});
    ~LiveWriter() override;

    void deliver(source::Delivery&& delivery) override;
    [[nodiscard]] bool hasRoom(size_t bytes) const override;
    [[nodiscard]] std::string cursor(const std::string& name) const override;
    // Commits what waits, refuses what comes from now on, and gives the sink back. Idempotent.
    void stop();
    [[nodiscard]] const LiveWriterCounters& counters() const { return counters_; }
    // Why the last commit failed; "" after one that did not. Any thread.
    [[nodiscard]] std::string problem() const;

private:
    void run();
    // What became of a delivery's rows is known once its group is committed.
    struct Taken {
        source::Delivery delivery;   // its batch is the sink's
        uint64_t rows = 0;
        bool fresh = false;
    };
    void commitGroup(source::Delivery&& first);
    void take(source::Delivery&& delivery, std::vector<Taken>& group);
    void answer(std::vector<Taken>& group);
    void refuse(std::vector<Taken>& group, const Error& why);
    Result<ImportId> importOf(const source::Delivery& delivery);
    void housekeep();
    void retain();
    void setProblem(std::string problem);

    LiveSink& sink_;
    const RetentionPolicy retention_;
    BoundedQueue<source::Delivery> queue_;
    LiveWriterCounters counters_;
    // Of the writer's thread.
    std::map<std::string, ImportId> imports_;
    EntityResolver resolver_;
    bool entitiesChanged_ = false;
    std::chrono::steady_clock::time_point nextRetention_{};
    size_t alone_ = 0;               // so many deliveries are committed by themselves, after a group that failed
    mutable std::mutex mutex_;
    std::string problem_;                            // guarded by mutex_
    std::map<std::string, std::string> cursors_;     // guarded by mutex_
    std::jthread thread_;
};

}  // namespace nj::ingest
