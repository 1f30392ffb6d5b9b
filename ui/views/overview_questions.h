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

// Everything of OverviewFacts but changes, tokens and what the workspace knows itself.
Result<OverviewFacts> askOverview(query::Backend& backend, const OverviewScope& scope, std::stop_token stop);

struct OverviewMetrics {
    StripMetrics strips;
    std::vector<double> tokens;
    double tokensBaseline = 0;
};
// Waiting requests, cache use and generated tokens of a serving engine, where the capsule has them; else nothing.
Result<OverviewMetrics> askOverviewMetrics(query::Backend& backend, const OverviewScope& scope, std::stop_token stop);

}  // namespace nj::ui
