// The demo incident's parameters, read from resources/demo/scenario.json. Times are seconds after `start`. Immutable once read.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace nj::demo {

// One vLLM replica (70B bf16, four H100): a decode step takes base + perRequest × running, a prefill chunk in it chunk / rate more.
struct EngineModel {
    double stepBase = 0;            // s
    double stepPerRequest = 0;      // s
    double prefillRate = 0;         // tokens/s at full clock
    double prefillChunk = 0;        // tokens a step
    double decodeClockShare = 0;    // how much of a decode step follows the SM clock, 0..1
    double kvTokens = 0;
    double prefillClockShare = 0;   // the same for prefill: at full clock the power limit already holds it back
    double admitShare = 0;          // share of a prompt's blocks that must be free when it is admitted; the rest comes chunk by chunk
    double sharedTokens = 0;        // prompt tokens a running request shares with others at high concurrency
    double maxSequences = 0;
};

struct Scenario {
    uint64_t seed = 0;
    // Arrivals inside the incident, up to tailFrom and from there on, chosen so that the counts of the story hold exactly.
    uint64_t incidentSeed = 0, tailSeed = 0;
    TimeNs start = 0;
    double duration = 0;
    double sampleShare = 0;
    std::array<double, 24> ratePerReplica{};   // requests/s at each hour of the day (UTC), linear between
    // Times.
    double deploy = 0, rolloutSeconds = 0, heat = 0, vectorFrom = 0, vectorTo = 0, throttle = 0, clockRamp = 0, slowRamp = 0, scan = 0, rollback = 0, clockBack = 0;
    double xid63 = 0, fanLow = 0, incidentFrom = 0, incidentTo = 0, tailFrom = 0, gapFrom = 0, gapTo = 0;
    // Requests.
    double promptMedian = 0, promptMedianDeployed = 0, promptSigma = 0, prefixHit = 0, prefixHitDeployed = 0;
    double outputMedian = 0, outputSigma = 0, queryMedian = 0, querySigma = 0, maxModelLen = 0;
    double deadline = 0, backoff = 0;
    std::array<uint32_t, 2> incidentRequests{};   // per replica, first attempts within incidentFrom..incidentTo
    double clockThrottled = 0, clockFull = 0;     // MHz
    EngineModel engine;
    uint32_t scannerRequests = 0;
    uint32_t cutIncident = 0, cutIncidentOther = 0;
    double cutPerMinute = 0, tenantLimitPerMinute = 0, badRequestPerMinute = 0, notFoundPerMinute = 0;
    std::array<uint32_t, 2> rolloutErrors{};

    [[nodiscard]] double rateAt(double t) const;              // requests/s of one replica
    [[nodiscard]] double deployedShare(double t) const;       // share of requests served by the new retriever, 0..1
    [[nodiscard]] double clockShare(double t) const;          // GPU 3's SM clock as a share of full, without its saw-tooth
    // The same as vllm-a's steps feel it: the bursts of hardware slowdown grow with the heat of the memory.
    [[nodiscard]] double effectiveClock(double t) const;
    [[nodiscard]] TimeNs at(double t) const { return start + static_cast<TimeNs>(t * 1e9); }
};

Result<Scenario> readScenario(std::string_view json);

}  // namespace nj::demo
