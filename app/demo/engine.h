// A discrete-event model of one vLLM replica: first come first served, admission by free KV cache, chunked prefill that slows the
// decoding of everybody else, preemption of the youngest, and a gateway that cancels what has no first token by its deadline.
// Because every decoding request advances at the same pace, one virtual token clock serves all of them. One thread.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <queue>
#include <set>
#include <vector>

#include "demo/request.h"
#include "demo/scenario.h"

namespace nj::demo {

// What a scrape of the replica reads.
struct EngineGauges {
    uint32_t running = 0;
    uint32_t waiting = 0;
    double kvUsed = 0;             // 0..1
    double promptTokens = 0;       // computed since the start
    double cachedTokens = 0;
    double generatedTokens = 0;
    uint32_t preemptions = 0;
    double clockShare = 1;
    double busy = 0;               // seconds with a step running since the start
    double prefillBusy = 0;        // of them with a prefill chunk in it
    std::array<double, 20> gapTokens{};   // tokens by inter-token gap, in the buckets of vllm:inter_token_latency_seconds
    double gapSum = 0;
    std::array<double, 14> iterationSteps{};   // steps by tokens in them, in the buckets of vllm:iteration_tokens_total
    double iterationTokens = 0;
};

inline constexpr std::array<double, 19> kTokenGapBounds = {.01, .025, .05, .075, .1, .15, .2, .3, .4, .5, .75, 1, 2.5, 5, 7.5, 10, 20, 40, 80};
inline constexpr std::array<double, 13> kIterationBounds = {1, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384};

class Engine {
public:
    // Replica 0 runs on the cards of which one throttles.
    Engine(const Scenario& scenario, uint8_t replica, double start);

    // Attempts must be handed over in the order of their start; the request must outlive the engine.
    void submit(Request* request, int attempt);
    // Runs until `time`. Finished and cancelled attempts are passed to `done` in time order; done may submit retries that start later.
    void run(double time, const std::function<void(Request&, int, double)>& done);
    [[nodiscard]] EngineGauges gauges() const;
    // For what-if runs: the same state over another copy of the requests.
    void rebase(Request* from, Request* to);

private:
    struct Job {
        Request* request = nullptr;
        int attempt = 0;
        double arrival = 0;       // at the engine
        double deadline = 0;      // at the engine; for the first token
        double compute = 0;       // tokens still to prefill
        double chunk = 0;         // tokens of a full step of this prefill
        double kv = 0;            // prompt tokens (and generated ones after a preemption)
        double remaining = 0;     // output tokens still to come
        double virtualStart = 0;
        bool hasFirst = false;
    };
    struct Later {
        bool operator()(const Job& a, const Job& b) const { return a.arrival > b.arrival; }
    };
    using Done = std::function<void(Request&, int, double)>;

    [[nodiscard]] double stepSeconds() const;
    [[nodiscard]] double kvTokensUsed() const;
    [[nodiscard]] double sharedPer(size_t running) const;
    [[nodiscard]] double nextEvent(double limit) const;
    void advance(double to);
    void account(double seconds, double step);
    void settle(const Done& done);
    void arrive();
    void finishPrefill();
    void finishDecoded(const Done& done);
    void expire(const Done& done);
    void preempt();
    void admit();

    const Scenario& s_;
    const EngineModel& m_;
    uint8_t replica_;
    double now_ = 0;
    double clock_ = 1;
    double virtual_ = 0;
    double kvBase_ = 0;          // sum over decoding of kv - virtualStart
    std::priority_queue<Job, std::vector<Job>, Later> coming_;
    std::deque<Job> waiting_;
    bool prefilling_ = false;
    Job prefill_;
    std::vector<Job> decoding_;                       // by slot
    std::vector<size_t> freeSlots_;
    std::set<std::pair<double, size_t>> byFinish_;    // (virtual finish, slot)
    std::deque<size_t> byAge_;                        // slots in order of admission; finished ones are skipped
    EngineGauges g_;
};

}  // namespace nj::demo
