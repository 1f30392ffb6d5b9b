// What the two kinds of metric questions (scalar series, histogram families) share: grouping, statistics, order. Used by metric_query.cpp
// and metric_histogram.cpp only.
#pragma once

#include <string>
#include <vector>

#include "query/capsule/metric_series.h"
#include "query/metrics.h"

namespace nj::query {

Result<MetricAnswer> metricOfSeries(QueryContext& context, const MetricQuestion& question, std::vector<MetricSeries> series);
Result<MetricAnswer> metricOfHistogram(QueryContext& context, const MetricQuestion& question);

// last, min, max, mean and p95 of the columns.
void fillStatistics(MetricLine& line);
// What departs most from its baseline or its peers first; cut to maxLines, mustShow kept.
void orderLines(MetricAnswer& answer, const MetricQuestion& question);
Status addExemplars(QueryContext& context, TimeRange range, const std::vector<int64_t>& series, MetricAnswer& answer);

}  // namespace nj::query
