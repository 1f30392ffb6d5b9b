// The three ways a latency question is answered, by the kind of its measure, and what they share. Used by latency_query.cpp only.
#pragma once

#include <string>
#include <vector>

#include "query/capsule/questions.h"

namespace nj::query {

Result<LatencyAnswer> latencyOfSpans(QueryContext& context, const LatencyQuestion& question);
Result<LatencyAnswer> latencyOfAttribute(QueryContext& context, const LatencyQuestion& question);
Result<LatencyAnswer> latencyOfHistogram(QueryContext& context, const LatencyQuestion& question);

// Empty groups with their columns laid out.
std::vector<LatencyGroup> emptyGroups(const std::vector<std::string>& names, size_t columns, size_t quantiles);
// Drops groups without observations; the rest by the last quantile's ratio to the baseline, then by n.
void orderGroups(LatencyAnswer& answer);
// Keys a span latency can be split by, the most separating first.
Result<std::vector<std::string>> spanSplits(QueryContext& context, const LatencyQuestion& question);

}  // namespace nj::query
