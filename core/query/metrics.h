// Questions about metrics by name: which there are, what their labels are, and one metric as lines over time. A backend that answers
// them implements MetricsBackend beside Backend; the terms of backend.h hold for it too.
#pragma once

#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "base/time.h"
#include "model/attribute.h"
#include "model/batch.h"
#include "model/filter.h"

namespace nj::query {

// All series of one name. A classic histogram is one metric: its _bucket, _sum and _count series go by the family's name.
struct MetricName {
    std::string name, unit, description;
    MetricKind kind = MetricKind::kUnknown;
    bool inferred = false;                         // no type was declared: `kind` is what the names of its series say for sure
    bool counter = false;                          // only grows: read as a rate
    bool histogram = false;                        // has quantiles
    uint32_t series = 0;                           // label sets; of a classic histogram without le
    uint64_t samples = 0;
    TimeRange range;
};

// A label key of a metric's series with its values, the most frequent first.
struct MetricLabel {
    std::string key;
    std::vector<std::pair<std::string, uint32_t>> values;   // value, series; at most kMostLabelValues
    uint32_t valueCount = 0;
};
inline constexpr size_t kMostLabelValues = 200;

struct MetricLabelsQuestion {
    std::string name;
    Filter labels;                                 // as in MetricQuestion
};

// kQuantiles needs a histogram; kRate of one is its observations per second.
enum class MetricReading : uint8_t { kValue, kRate, kQuantiles };
// How the series of a group become one line. kNone: every series is a line.
enum class MetricCombine : uint8_t { kNone, kSum, kAvg, kMin, kMax, kP50, kP95, kCount };

struct MetricQuestion {
    std::string name;                              // a MetricName, or the exact name of any series
    TimeRange range;
    std::optional<TimeRange> baseline;
    Filter filter;                                 // of the window: excludes a series only by a label that it has
    Filter labels;                                 // of this metric: every term must hold, a label that is absent does not
    std::optional<MetricReading> reading;          // nothing: rate of a counter, quantiles of a histogram, else the value
    std::optional<MetricCombine> combine;          // nothing: as many lines as can be told apart
    std::vector<std::string> by;                   // label keys; empty = one line over all series (unless kNone)
    std::vector<double> quantiles = {0.5, 0.95, 0.99};
    int columns = 480;                             // fewer where the samples are further apart
    size_t maxLines = 20;
    int64_t mustShow = -1;                         // a series that is never left out
};

struct MetricLine {
    std::string label;                             // values of the labels in which lines differ: "gpu 3, pod vllm-a-0"
    double quantile = 0;                           // kQuantiles
    int64_t series = -1;                           // the one, or the first of the group; of a classic histogram one of its buckets
    uint32_t members = 0;                          // series in it
    std::vector<double> values;                    // per column; NaN = no sample
    std::vector<double> baselineValues;            // of overlaidBaseline(), from the range's start on; empty = not asked for, or none
    double last = 0, min = 0, max = 0, mean = 0, p95 = 0, baseline = 0;   // over the columns; baseline: mean there; NaN = none
    uint64_t n = 0;                                // samples or observations
};

struct MetricExemplar {
    TimeNs time = 0;
    double value = 0;
    TraceId trace;
    SpanId span;
};

struct MetricAnswer {
    TimeNs from = 0;
    DurationNs width = 0;                          // of a column; at least four scrapes long where increases are read
    std::vector<MetricLine> lines;                 // what departs most from its baseline or its peers first
    MetricReading reading = MetricReading::kValue; // as chosen
    MetricCombine combine = MetricCombine::kNone;
    std::vector<std::string> by;                   // what the lines are told apart by
    std::string unit;                              // of the values read: "/s" after a rate's own
    MetricKind kind = MetricKind::kUnknown;
    bool histogram = false;
    std::vector<MetricExemplar> exemplars;         // at most 200
    uint64_t series = 0, seriesRead = 0;           // that match; fewer are read where there are very many
    uint64_t linesInAll = 0;                       // before maxLines
    DurationNs interval = 0;                       // typical distance of samples
};

class Backend;

class MetricsBackend {
public:
    virtual ~MetricsBackend() = default;
    virtual Result<std::vector<MetricName>> metricNames(std::stop_token stop) = 0;   // by name
    virtual Result<std::vector<MetricLabel>> metricLabels(const MetricLabelsQuestion& question, std::stop_token stop) = 0;   // by key
    // kNotFound when no series has the name; kInvalidArgument for quantiles of what is no histogram.
    virtual Result<MetricAnswer> metric(const MetricQuestion& question, std::stop_token stop) = 0;
};
// The backend's own; kUnsupported when it answers no such questions.
Result<MetricsBackend*> metricsOf(Backend& backend);
// What of the baseline is laid over the range: all of it, beginning where the range does, or its last stretch as long as the range.
TimeRange overlaidBaseline(TimeRange range, TimeRange baseline);
// metric() with the lines' baselineValues: the baseline asked for in the same way, line by line. Without a baseline just metric().
Result<MetricAnswer> metricWithBaseline(MetricsBackend& backend, const MetricQuestion& question, std::stop_token stop);

}  // namespace nj::query
