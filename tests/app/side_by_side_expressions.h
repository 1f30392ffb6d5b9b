// Expressions that Prometheus 2.42 and the engine answer alike. Windows inside subqueries, whose steps are whole minutes, are no multiples of
// 15 s and selectors there are moved by 7 s: ranges are closed on the left in 2.42 and open since 3.0.
#pragma once

namespace nj::test {

inline constexpr const char* kSideBySide[] = {
#include "side_by_side_expressions.inc"
};

// Answered as Prometheus 3 does, which is not as 2.42 does.
inline constexpr const char* kDiffering[] = {
    // A counter's extrapolation to the start of the window is half a distance where the first sample is far from it, and at most down to
    // zero. 2.42 looks for zero first, and then goes up to 1.1 distances. It shows behind gaps and where a series begins.
    "rate(node_load1[10m])",
    "increase(node_load1[10m])",
    // atan2 drops the name as other arithmetic does.
    "node_load1 atan2 node_memory_MemAvailable_bytes",
    // A range begins behind its left end, where 2.42 takes a sample that lies on it.
    "count_over_time((node_load1 offset 7s)[15m7s:15s])",
};

// What 2.42 does not know.
inline constexpr const char* kNewer[] = {
    "histogram_avg(http_requests_total)",
    "histogram_stddev(http_requests_total)",
    "histogram_stdvar(http_requests_total)",
    "mad_over_time(node_load1[10m])",
    "first_over_time(node_load1[10m])",
    "ts_of_first_over_time(node_load1[10m])",
    "ts_of_last_over_time(node_load1[10m])",
    "ts_of_max_over_time(node_load1[10m])",
    "ts_of_min_over_time(node_load1[10m])",
    "double_exponential_smoothing(node_load1[10m], 0.5, 0.3)",
    "sort_by_label(node_load1, \"instance\")",
    "sort_by_label_desc(node_load1, \"instance\")",
    "info(node_load1)",
    "limitk(2, node_load1)",
    "limit_ratio(0.5, node_load1)",
    "{\"node_load1\"}",
    "rate(http_requests_total[5m] smoothed)",
    "increase(http_requests_total[5m] anchored)",
    "node_load1[2m * 2]",
    "node_load1 + fill(0) up",
    "sum_over_time(node_load1[300])",
};

}  // namespace nj::test
