// What rows that are about to be dropped leave behind: a metric per minute. Spans become traces.span.metrics.duration (exponential histograms of
// ns by service, span name and status), logs log.record.count (by service and severity), as the OpenTelemetry collector's span-metrics and
// count connectors name them. Deltas, so that several segments of one minute add up. One thread.
#pragma once

#include <map>
#include <string>
#include <tuple>

#include "model/batch.h"
#include "sketch/latency_sketch.h"
#include "store/capsule_reader.h"

namespace nj::store {

// By which health counts what was dropped.
inline constexpr const char* kRetentionReason = "rows dropped by retention";

class RetentionSummary {
public:
    // kMalformed for a damaged segment: nothing of it is taken then.
    Status addSpans(const Snapshot& snapshot, const SegmentView& segment);
    Status addLogs(const Snapshot& snapshot, const SegmentView& segment);
    // Points are a nanosecond apart by `salt`, so that those of an earlier summary of the same minute are not replaced.
    [[nodiscard]] Batch take(int64_t salt);
    [[nodiscard]] bool empty() const { return spans_.empty() && logs_.empty(); }

private:
    struct Durations {
        sketch::LatencySketch sketch;
        double sum = 0;   // ns
    };
    std::map<std::tuple<std::string, std::string, uint8_t, int64_t>, Durations> spans_;   // service, name, status, minute
    std::map<std::tuple<std::string, uint8_t, int64_t>, uint64_t> logs_;                  // service, severity number, minute
};

}  // namespace nj::store
