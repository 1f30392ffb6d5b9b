// The modelled day: every request with its attempts, and both replicas' state at every scrape. Deterministic in (scenario, seed).
// Built once, then read by the writers of the single files. One thread.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <stop_token>
#include <vector>

#include "base/result.h"
#include "demo/engine.h"
#include "demo/request.h"
#include "demo/scenario.h"

namespace nj::demo {

inline constexpr double kScrape = 15;        // s
inline constexpr double kWarmUp = 300;       // s before the start that are modelled but not written
inline constexpr std::array<const char*, 2> kReplicaNames = {"vllm-a", "vllm-b"};
inline constexpr std::array<const char*, 2> kReplicaPods = {"vllm-a-0", "vllm-b-0"};
inline constexpr const char* kModelName = "llama-3.3-70b";
inline constexpr const char* kHeroTraceId = "7b1f4ce26be853a1e0f442b9d8d85e16";

struct Day {
    Scenario scenario;
    uint64_t seed = 0;
    std::vector<Request> requests;                          // by start; those before 0 are warm-up
    std::array<std::vector<EngineGauges>, 2> scrapes;       // [replica][tick], tick i at i × kScrape
    size_t hero = 0;                                        // index of the hero trace's request

    [[nodiscard]] size_t ticks() const { return scrapes[0].size(); }
};

// Counts that the incident seed must bring about; found by `findIncidentSeed`.
struct IncidentCounts {
    std::array<uint32_t, 2> attempts{};
    uint32_t firstDeadlines = 0, secondDeadlines = 0;
    uint32_t otherReplica = 0;           // deadlines on vllm-b
    double firstDeadline = 0, lastDeadline = 0;
};
IncidentCounts countIncident(const Day& day);

Result<Day> modelDay(const Scenario& scenario, uint64_t seed, std::stop_token stop);

// The requests of one replica between two times; used by modelDay.
std::vector<Request> makeTraffic(const Scenario& scenario, uint64_t seed, uint8_t replica);

}  // namespace nj::demo
