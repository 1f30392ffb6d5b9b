// What the rows of the Metrics view ask, from what they say and the window's range, baseline and filter. Pure functions over a workspace;
// UI thread.
#pragma once

#include "query/backend.h"
#include "query/dashboards.h"
#include "query/promql.h"
#include "state/workspace.h"
#include "views/metric_spec.h"

namespace nj::ui {

query::MetricQuestion metricQuestion(const MetricSpec& spec, const Workspace& workspace);
// overlay: with the baseline to be laid over the range.
query::PromqlQuestion promqlQuestion(const MetricSpec& spec, const Workspace& workspace, bool overlay);
// All observations of the histogram that the question reads.
query::HeatmapQuestion metricHeatQuestion(const query::MetricQuestion& question);

// The last values as a table, or the buckets as a heatmap, of an expression that is not shown as a graph.
query::PanelQuestion promqlPictureQuestion(const MetricSpec& spec, const Workspace& workspace);

// How another tool asks a Prometheus, or nightjar serve --api, for the same: curl -G http://127.0.0.1:9090/api/v1/query_range …
QString promqlCurl(const QString& expression, TimeRange range, DurationNs step);

}  // namespace nj::ui
