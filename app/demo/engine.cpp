#include "demo/engine.h"

#include <algorithm>
#include <cmath>

namespace nj::demo {

namespace {
constexpr double kToEngine = 0.006;      // gateway to engine, tokenising included
constexpr double kToGateway = 0.004;     // first token to the gateway
constexpr double kCancel = 0.003;        // cancellation to the engine
constexpr double kClockGrid = 5;         // the clock is taken anew so often
constexpr double kEpsilon = 1e-9;
}  // namespace

Engine::Engine(const Scenario& scenario, uint8_t replica, double start) : s_(scenario), m_(scenario.engine), replica_(replica), now_(start) {}

void Engine::submit(Request* request, int attempt) {
    Job job;
    job.request = request;
    job.attempt = attempt;
    const double start = request->attempts[static_cast<size_t>(attempt)].start;
    job.arrival = start + kToEngine;
    job.deadline = start + s_.deadline - kToGateway;
    job.compute = std::max(1.0, static_cast<double>(request->prompt) - request->cached);
    job.chunk = std::min(job.compute, m_.prefillChunk);
    job.kv = request->prompt;
    job.remaining = request->output;
    coming_.push(job);
}

void Engine::rebase(Request* from, Request* to) {
    const auto move = [&](Job& j) {
        if (j.request != nullptr)
            j.request = to + (j.request - from);
    };
    std::vector<Job> coming;
    for (; !coming_.empty(); coming_.pop())
        coming.push_back(coming_.top());
    for (Job& j : coming) {
        move(j);
        coming_.push(j);
    }
    for (Job& j : waiting_)
        move(j);
    move(prefill_);
    for (Job& j : decoding_)
        move(j);
}

double Engine::stepSeconds() const {
    const double slow = 1 + (1 / clock_ - 1) * m_.decodeClockShare;
    double step = (m_.stepBase + m_.stepPerRequest * static_cast<double>(byFinish_.size())) * slow;
    if (prefilling_)
        step += prefill_.chunk / m_.prefillRate * (1 + (1 / clock_ - 1) * m_.prefillClockShare);
    return step;
}

double Engine::sharedPer(size_t running) const { return std::min(m_.sharedTokens, 3.5 * static_cast<double>(running)); }

double Engine::kvTokensUsed() const {
    const size_t n = byFinish_.size();
    double used = kvBase_ + static_cast<double>(n) * virtual_ + (prefilling_ ? prefill_.kv - prefill_.compute : 0);
    used -= sharedPer(n) * static_cast<double>(n);
    return std::max(0.0, used);
}

double Engine::nextEvent(double limit) const {
    double next = std::min(limit, (std::floor(now_ / kClockGrid) + 1) * kClockGrid);
    if (!coming_.empty())
        next = std::min(next, std::max(now_, coming_.top().arrival));
    const double step = stepSeconds();
    if (prefilling_) {
        next = std::min(next, now_ + prefill_.compute / prefill_.chunk * step);
        if (!prefill_.hasFirst)
            next = std::min(next, std::max(now_, prefill_.deadline + kCancel + kToGateway));
    }
    if (!byFinish_.empty()) {
        next = std::min(next, now_ + std::max(0.0, byFinish_.begin()->first - virtual_) * step);
        const double growth = static_cast<double>(byFinish_.size()) + (prefilling_ ? prefill_.chunk : 0);
        next = std::min(next, now_ + std::max(1e-3, (m_.kvTokens - kvTokensUsed()) / growth * step));
    }
    for (const Job& job : waiting_) {
        if (job.hasFirst)
            continue;
        next = std::min(next, std::max(now_, job.deadline + kCancel + kToGateway));
        break;
    }
    return next;
}

void Engine::account(double seconds, double step) {
    const double n = static_cast<double>(byFinish_.size());
    const double steps = seconds / step;
    const double inStep = n + (prefilling_ ? prefill_.chunk : 0);
    g_.busy += seconds;
    g_.prefillBusy += prefilling_ ? seconds : 0;
    g_.generatedTokens += n * steps;
    g_.gapSum += n * seconds;
    // A gap is one step; steps vary a little around their mean, which the buckets would hide.
    const auto gap = static_cast<size_t>(std::lower_bound(kTokenGapBounds.begin(), kTokenGapBounds.end(), step) - kTokenGapBounds.begin());
    g_.gapTokens[gap] += n * steps;
    const auto bucket = static_cast<size_t>(std::lower_bound(kIterationBounds.begin(), kIterationBounds.end(), inStep) - kIterationBounds.begin());
    g_.iterationSteps[bucket] += steps;
    g_.iterationTokens += inStep * steps;
}

void Engine::advance(double to) {
    const double seconds = to - now_;
    if (seconds > 0 && (prefilling_ || !byFinish_.empty())) {
        const double step = stepSeconds();
        account(seconds, step);
        const double steps = seconds / step;
        virtual_ += steps;
        if (prefilling_) {
            const double tokens = std::min(prefill_.compute, steps * prefill_.chunk);
            prefill_.compute -= tokens;
            g_.promptTokens += tokens;
        }
    }
    now_ = to;
    if (now_ >= std::floor(now_ / kClockGrid) * kClockGrid && now_ - std::floor(now_ / kClockGrid) * kClockGrid < kEpsilon)
        clock_ = replica_ == 0 ? s_.effectiveClock(now_) : 1;
}

void Engine::arrive() {
    while (!coming_.empty() && coming_.top().arrival <= now_ + kEpsilon) {
        waiting_.push_back(coming_.top());
        coming_.pop();
    }
}

void Engine::finishPrefill() {
    if (!prefilling_ || prefill_.compute > 1e-6)
        return;
    Attempt& attempt = prefill_.request->attempts[static_cast<size_t>(prefill_.attempt)];
    if (!prefill_.hasFirst) {
        attempt.firstToken = std::min(now_, prefill_.deadline);   // one that crosses its cancellation on the wire was in time
        prefill_.hasFirst = true;
        prefill_.remaining -= 1;
        g_.generatedTokens += 1;
    }
    size_t slot = decoding_.size();
    if (freeSlots_.empty()) {
        decoding_.emplace_back();
    } else {
        slot = freeSlots_.back();
        freeSlots_.pop_back();
    }
    prefill_.virtualStart = virtual_;
    kvBase_ += prefill_.kv - virtual_;
    byFinish_.emplace(virtual_ + prefill_.remaining, slot);
    byAge_.push_back(slot);
    decoding_[slot] = prefill_;
    prefilling_ = false;
}

void Engine::finishDecoded(const Done& done) {
    while (!byFinish_.empty() && byFinish_.begin()->first <= virtual_ + 1e-6) {
        const size_t slot = byFinish_.begin()->second;
        byFinish_.erase(byFinish_.begin());
        const Job job = decoding_[slot];
        kvBase_ -= job.kv - job.virtualStart;
        freeSlots_.push_back(slot);
        byAge_.erase(std::find(byAge_.begin(), byAge_.end(), slot));
        Attempt& attempt = job.request->attempts[static_cast<size_t>(job.attempt)];
        attempt.end = now_;
        attempt.outcome = Outcome::kAnswered;
        done(*job.request, job.attempt, now_);
    }
}

void Engine::expire(const Done& done) {
    const auto late = [&](const Job& job) { return !job.hasFirst && job.deadline + kCancel + kToGateway <= now_ + kEpsilon; };
    const auto cancel = [&](const Job& job) {
        Attempt& attempt = job.request->attempts[static_cast<size_t>(job.attempt)];
        attempt.outcome = Outcome::kDeadline;
        attempt.end = attempt.start + s_.deadline;
        done(*job.request, job.attempt, now_);
    };
    if (prefilling_ && late(prefill_)) {
        prefilling_ = false;
        cancel(prefill_);
    }
    for (auto it = waiting_.begin(); it != waiting_.end();) {
        if (late(*it)) {
            const Job job = *it;
            it = waiting_.erase(it);
            cancel(job);
        } else if (it->hasFirst) {
            ++it;
        } else {
            break;   // the rest came later
        }
    }
}

void Engine::preempt() {
    if (prefilling_ && kvTokensUsed() > m_.kvTokens - 0.5) {   // the youngest of all
        prefilling_ = false;
        prefill_.compute = std::max(1.0, prefill_.kv - prefill_.request->cached);
        ++g_.preemptions;
        ++prefill_.request->attempts[static_cast<size_t>(prefill_.attempt)].preemptions;
        waiting_.push_front(prefill_);
    }
    while (kvTokensUsed() > m_.kvTokens - 0.5 && byAge_.size() > 1) {
        const size_t slot = byAge_.back();
        byAge_.pop_back();
        Job job = decoding_[slot];
        const double generated = virtual_ - job.virtualStart;
        byFinish_.erase({job.virtualStart + job.remaining, slot});
        kvBase_ -= job.kv - job.virtualStart;
        freeSlots_.push_back(slot);
        job.kv += generated;
        job.remaining -= generated;
        job.compute = std::max(1.0, job.kv - job.request->cached);
        job.chunk = std::min(job.compute, m_.prefillChunk);
        ++g_.preemptions;
        ++job.request->attempts[static_cast<size_t>(job.attempt)].preemptions;
        waiting_.push_front(job);
    }
}

void Engine::admit() {
    if (prefilling_ || waiting_.empty() || static_cast<double>(byFinish_.size()) >= m_.maxSequences)
        return;
    const Job& head = waiting_.front();
    if (m_.kvTokens - kvTokensUsed() < head.kv * m_.admitShare)
        return;
    prefill_ = head;
    waiting_.pop_front();
    prefilling_ = true;
    if (!prefill_.hasFirst) {
        prefill_.request->attempts[static_cast<size_t>(prefill_.attempt)].scheduled = now_;
        g_.cachedTokens += prefill_.request->cached;
    }
}

void Engine::settle(const Done& done) {
    arrive();
    finishPrefill();
    finishDecoded(done);
    expire(done);
    preempt();
    admit();
}

void Engine::run(double time, const Done& done) {
    settle(done);
    while (now_ < time) {
        advance(nextEvent(time));
        settle(done);
    }
}

EngineGauges Engine::gauges() const {
    EngineGauges g = g_;
    g.running = static_cast<uint32_t>(byFinish_.size() + (prefilling_ ? 1 : 0));
    g.waiting = static_cast<uint32_t>(waiting_.size());
    g.kvUsed = std::min(1.0, kvTokensUsed() / m_.kvTokens);
    g.clockShare = clock_;
    return g;
}

}  // namespace nj::demo
