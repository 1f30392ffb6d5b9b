// Which metrics to draw under a trace: the ones of the entities that served it, each beside a peer that did not. Pure functions over
// answers; any thread.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "query/backend.h"
#include "widgets/metric_lanes.h"

namespace nj::ui {

// A series that may become a lane.
struct LaneCandidate {
    query::SeriesInfo series;
    int metric = 0;        // index into the table of known metrics
    bool own = false;      // of an entity that served the trace; else a peer's, for the control
    QString entity;        // "vllm-a-0", "GPU 3"
};

// Series of known metrics (serving engines, GPUs, containers) with their owner, own ones of `entities` first; at most 64.
std::vector<LaneCandidate> laneCandidates(const std::vector<query::SeriesInfo>& all, const std::vector<Entity>& entities);
// Whether the metric's points are asked as a rate.
bool laneIsRate(int metric);
// Lanes in the table's order, at most `limit`: of several own series of one metric the one that departs most from its peers.
std::vector<MetricLane> planLanes(const std::vector<LaneCandidate>& candidates, const std::vector<query::SeriesPoints>& points, const Theme& theme, size_t limit);

}  // namespace nj::ui
