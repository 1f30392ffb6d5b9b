#include "source/pull_source.h"

#include <algorithm>
#include <condition_variable>
#include <optional>

#include "source/otlp_request.h"

namespace nj::source {
namespace {

constexpr DurationNs kRoomPatience = 20 * kMillisecond;
constexpr DurationNs kFirstPause = kSecond, kLongestPause = 30 * kSecond;

struct Answer {
    std::mutex mutex;
    std::condition_variable given;
    std::optional<Outcome> outcome;
    std::string why;
};

TimeNs newestOf(const Batch& batch) {
    TimeNs newest = 0;
    for (const std::vector<TimeNs>* times : {&batch.spans.start, &batch.logs.time, &batch.samples.time})
        if (!times->empty())
            newest = std::max(newest, *std::max_element(times->begin(), times->end()));
    for (const HistogramPoint& point : batch.histograms)
        newest = std::max(newest, point.time);
    return newest;
}

bool passes(const Error& error) { return error.code == ErrorCode::kIo || error.code == ErrorCode::kBusy || error.code == ErrorCode::kDiskFull; }

}  // namespace

PullSource::PullSource(std::string name, std::string format, DeliveryTarget& target) : name_(std::move(name)), format_(std::move(format)), target_(target) { state_.title = name_; }

Status PullSource::start() {
    stop();
    setPhase(SourceState::Phase::kStarting);
    thread_ = std::jthread([this](const std::stop_token& stop) {
        const Status ended = run(stop);
        const std::scoped_lock lock(mutex_);
        const bool stopped = stop.stop_requested() || (!ended.ok() && ended.error().code == ErrorCode::kCancelled);
        state_.phase = stopped ? SourceState::Phase::kStopped : ended.ok() ? SourceState::Phase::kDone : SourceState::Phase::kFailed;
        state_.activity.clear();
        state_.progress = -1;
        if (stopped || ended.ok())
            return;
        state_.lastError = ended.error().message;
        state_.lastErrorAt = nowNs();
    });
    return {};
}

void PullSource::stop() {
    if (!thread_.joinable())
        return;
    thread_.request_stop();
    thread_.join();
}

SourceState PullSource::state() const {
    const std::scoped_lock lock(mutex_);
    return state_;
}

void PullSource::setPhase(SourceState::Phase phase) {
    const std::scoped_lock lock(mutex_);
    state_.phase = phase;
}

void PullSource::say(std::string activity, double progress) {
    const std::scoped_lock lock(mutex_);
    state_.phase = SourceState::Phase::kRunning;
    state_.activity = std::move(activity);
    state_.progress = progress;
}

void PullSource::noteError(const std::string& message) {
    const std::scoped_lock lock(mutex_);
    state_.lastError = message;
    state_.lastErrorAt = nowNs();
}

void PullSource::noteRequest(uint64_t bytes) {
    const std::scoped_lock lock(mutex_);
    ++state_.requests;
    state_.bytes += bytes;
}

bool PullSource::sleepFor(DurationNs duration, const std::stop_token& stop) {
    std::mutex mutex;
    std::condition_variable_any wake;
    std::unique_lock lock(mutex);
    wake.wait_for(lock, stop, std::chrono::nanoseconds(duration), [] { return false; });
    return !stop.stop_requested();
}

Status PullSource::commit(Batch&& batch, LiveCursor cursor, const std::stop_token& stop) {
    const auto cancelled = [] { return makeError(ErrorCode::kCancelled, "the source was stopped"); };
    const size_t cost = batch.byteSize();
    while (!target_.hasRoom(cost))
        if (!sleepFor(kRoomPatience, stop))
            return cancelled();
    const uint64_t spans = batch.spans.size(), logs = batch.logs.size(), samples = batch.samples.size() + batch.histograms.size();
    const uint64_t rejected = rejectedOf(batch).rows;
    const TimeNs newest = newestOf(batch);
    auto answer = std::make_shared<Answer>();
    Delivery delivery;
    delivery.source = name_;
    delivery.format = format_;
    delivery.batch = std::move(batch);
    delivery.cursor = std::move(cursor);
    delivery.done = [answer](Outcome outcome, const std::string& why) {
        const std::scoped_lock lock(answer->mutex);
        answer->outcome = outcome;
        answer->why = why;
        answer->given.notify_all();
    };
    target_.deliver(std::move(delivery));
    std::unique_lock lock(answer->mutex);
    answer->given.wait(lock, [&] { return answer->outcome.has_value(); });
    if (*answer->outcome == Outcome::kBusy)
        return stop.stop_requested() ? cancelled() : makeError(ErrorCode::kBusy, answer->why);
    const std::scoped_lock mine(mutex_);
    state_.spans += spans;
    state_.logs += logs;
    state_.samples += samples;
    state_.rejected += rejected;
    state_.newest = std::max(state_.newest, newest);
    return {};
}

Status PullSource::retrying(const std::function<Status()>& work, const std::stop_token& stop) {
    DurationNs pause = kFirstPause;
    for (;;) {
        const Status done = work();
        if (stop.stop_requested())
            return makeError(ErrorCode::kCancelled, "the source was stopped");
        if (done.ok() || !passes(done.error()))
            return done;
        {
            const std::scoped_lock lock(mutex_);
            ++state_.retried;
            state_.phase = SourceState::Phase::kWaiting;
            state_.lastError = done.error().message;
            state_.lastErrorAt = nowNs();
        }
        if (!sleepFor(pause, stop))
            return makeError(ErrorCode::kCancelled, "the source was stopped");
        pause = std::min(2 * pause, kLongestPause);
        setPhase(SourceState::Phase::kRunning);
    }
}

}  // namespace nj::source
