// What a panel shows: its queries evaluated, its transformations applied, its series reduced. Plain values.
#pragma once

#include <string>
#include <vector>

#include "base/time.h"
#include "dashboard/frame.h"
#include "dashboard/interpolation.h"
#include "promql/engine.h"

namespace nj::dashboard {

inline constexpr size_t kMostPanelSeries = 200;      // drawn; the others are counted
inline constexpr size_t kMostPanelRows = 5'000;      // of a table

struct PanelSeries {
    std::string name;                // by the legend, or the labels in which the series differ
    std::string refId;
    std::vector<double> values;      // one per step from `from`; NaN = none. Of an instant query one
    double value = 0;                // `calculation` of the panel over the values; NaN = none
    FieldLook look;                  // where it differs from the panel
    bool operator==(const PanelSeries&) const = default;
};

// Of a heatmap: counts by column and bucket. Of a histogram: one column.
struct PanelBuckets {
    std::vector<double> bounds;      // rows + 1, ascending; the first or last may be infinite
    std::vector<double> counts;      // [column * rows + row]
    [[nodiscard]] size_t rows() const { return bounds.size() > 1 ? bounds.size() - 1 : 0; }
};

struct PanelProblem {
    std::string refId;
    std::string what;                // "1:5: parse error: …", "too many samples"
};

struct PanelAnswer {
    TimeRange range;                 // asked for: the panel's own timeFrom and timeShift considered
    TimeNs from = 0;                 // of the first step
    DurationNs step = 0;
    std::vector<PanelSeries> series; // all kinds but tables
    size_t seriesInAll = 0;
    Frame table;                     // of a table
    std::vector<FieldLook> looks;    // of its fields, where they differ from the panel
    size_t rowsInAll = 0;
    PanelBuckets buckets;            // of heatmaps and histograms
    std::vector<std::string> notes;  // warnings and infos of the engine, and what a transformation could not do
    std::vector<PanelProblem> problems;
    // Nothing to show, and why: "No series vllm:lora_requests_info in this capsule.", "Series of up, but none with job="node"." …; else "".
    std::string why;
    std::string unit;                       // of the values, where the panel names none and the metrics tell: an id as unit.h reads it
    std::vector<std::string> expressions;   // as evaluated, variables put in; by query
};

// The panel as one of its fields looks.
Panel looking(const Panel& panel, const FieldLook& look);

// Errors: cancelled only; what is wrong with a query is a problem, or why nothing is shown. `columns`: the points a picture has room for.
// `scope` is the occurrence's; its range is the dashboard's, its interval is set here. Runs in the thread of the querier.
Result<PanelAnswer> answerPanel(const Panel& panel, Scope scope, int columns, const promql::Engine& engine, promql::Querier& querier,
                                std::stop_token stop = {});

// Why the panel shows nothing, where series that a query asks for are not there over the range; "" where it shows something, and, without
// evaluating it, where they all are there. Errors: cancelled only.
Result<std::string> whyNoSeries(const Panel& panel, const Scope& scope, int columns, const promql::Engine& engine, promql::Querier& querier,
                                std::stop_token stop = {});

}  // namespace nj::dashboard
