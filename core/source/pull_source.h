// What sources that fetch share: a thread of its own, deliveries that are waited for, retries that grow longer, the state for people.
#pragma once

#include <functional>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>

#include "source/source.h"

namespace nj::source {

class PullSource : public Source {
public:
    // `name` as the manifest shows it; `format` of the manifest.
    PullSource(std::string name, std::string format, DeliveryTarget& target);
    // The most derived class calls stop() in its destructor, because run() is its own.
    ~PullSource() override = default;
    Status start() final;
    void stop() final;
    [[nodiscard]] SourceState state() const final;

protected:
    // The source's work, on its thread. Ok: it is done; kCancelled: it was stopped; another error ends it as failed.
    virtual Status run(std::stop_token stop) = 0;

    [[nodiscard]] const std::string& name() const { return name_; }
    [[nodiscard]] DeliveryTarget& target() const { return target_; }
    // Waits for room, delivers and waits for the commit. kCancelled, or kBusy where it was refused: what it was made of is fetched again.
    Status commit(Batch&& batch, LiveCursor cursor, const std::stop_token& stop);
    // Runs `work` until it succeeds, with growing pauses between (1 s to 30 s) while it fails with kIo, kBusy or kDiskFull; other errors are
    // returned.
    Status retrying(const std::function<Status()>& work, const std::stop_token& stop);
    // False where it was stopped meanwhile.
    static bool sleepFor(DurationNs duration, const std::stop_token& stop);

    void say(std::string activity, double progress = -1);
    void noteError(const std::string& message);
    void noteRequest(uint64_t bytes);

private:
    void setPhase(SourceState::Phase phase);

    const std::string name_, format_;
    DeliveryTarget& target_;
    mutable std::mutex mutex_;
    SourceState state_;     // guarded by mutex_
    std::jthread thread_;
};

}  // namespace nj::source
