// Samples of resource series folded into columns. Query thread.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "query/capsule/query_context.h"
#include "query/capsule/resource_index.h"

namespace nj::query {

using SampleList = std::vector<std::pair<TimeNs, double>>;   // NaN = the series ended there (stale)

// Low, mean and high per column; NaN where no sample covers it.
struct ResourceFold {
    std::vector<float> low, mean, high;
    uint64_t samples = 0;
    DurationNs step = 0;                           // usual distance of samples, 0 = fewer than two
};

// The part of a range that can be added to and subtracted from without overflow (years 1824–2116).
TimeRange workableRange(TimeRange range);
// Samples in the range, ascending; a counter as its increase per second (of cumulative and delta series alike), scaled.
Status readSamples(QueryContext& context, const store::SeriesRow& series, TimeRange range, bool rate, double scale, SampleList& out);
// A sample counts from its instant to the next one, at most 2.5 usual distances: a missed scrape is no gap, an outage is.
ResourceFold foldSamples(const SampleList& samples, TimeRange range, const Columns& columns);
// One row's figure by the metric's rules, from however many series it is made of.
Result<ResourceFold> foldEntry(QueryContext& context, const ResourceEntry& entry, const analyze::ResourceMetric& metric, TimeRange range, const Columns& columns);

}  // namespace nj::query
