// The overview's questions, each one call on a query thread made of several of the backend's. Pure but for the backend.
#pragma once

#include "views/overview_story.h"
#include "views/overview_strips.h"

namespace nj::ui {

struct OverviewScope {
    TimeRange range;
    std::optional<TimeRange> baseline;
    Filter filter;
};

// Errors, entities, volume and events; the rest of OverviewFacts is asked apart, so that both query threads work.
Result<OverviewFacts> askOverview(query::Backend& backend, const OverviewScope& scope, std::stop_token stop);

struct OverviewLatency {
    query::Measure measure;
    query::LatencyAnswer latency;
};
// The measure that tells most about a request, split by what separates most.
Result<OverviewLatency> askOverviewLatency(query::Backend& backend, const OverviewScope& scope, std::stop_token stop);

// Each objective over the range, the columns for a tile; one that cannot be asked (its histogram is not here) is left out.
Result<std::vector<ObjectiveFact>> askOverviewObjectives(query::Backend& backend, const std::vector<Objective>& objectives, TimeRange range, std::stop_token stop);

struct OverviewMetrics {
    StripMetrics strips;
    std::vector<double> tokens;
    double tokensBaseline = 0;
};
// Waiting requests, cache use and generated tokens of a serving engine, where the capsule has them; else nothing.
Result<OverviewMetrics> askOverviewMetrics(query::Backend& backend, const OverviewScope& scope, std::stop_token stop);

}  // namespace nj::ui
