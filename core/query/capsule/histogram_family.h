// A histogram family of the capsule (classic Prometheus X_bucket{le}, OTLP explicit and exponential, native), read as increases per bucket
// and column: reset-aware, delta and cumulative. Used by one question.
#pragma once

#include <string>
#include <vector>

#include "model/filter.h"
#include "query/capsule/bucket_counts.h"
#include "query/capsule/query_context.h"

namespace nj::query {

// One label set of the family (all labels but le).
struct FamilyMember {
    AttributeList labels;            // and the resource's attributes where OTLP
    std::vector<int64_t> series;     // ids; classic: one per le
    BucketCounts counts;             // after load()
    double sum = 0;                  // increase of the sums over the range
};

class HistogramFamily {
public:
    // Members whose labels the filter does not exclude; fields a series has no label for exclude nothing.
    static HistogramFamily find(const store::Snapshot& snapshot, const std::string& name, const Filter& filter);
    [[nodiscard]] bool empty() const { return members_.empty(); }
    // Typical distance of samples; 0 when unknown.
    [[nodiscard]] DurationNs interval() const { return interval_; }
    // Fills the members' counts with the increases of the range.
    Status load(QueryContext& context, TimeRange range, const Columns& columns);
    [[nodiscard]] std::vector<FamilyMember>& members() { return members_; }
    [[nodiscard]] std::vector<int64_t> seriesIds() const;

private:
    struct Edge { double le; int64_t series; };
    struct Classic { size_t member; std::vector<Edge> edges; int64_t sum = -1; };
    struct Composite { size_t member; int64_t series; Temporality temporality; };
    Status loadClassic(QueryContext& context, const Classic& classic, TimeRange range, const Columns& columns);
    Status loadComposite(QueryContext& context, const Composite& composite, TimeRange range, const Columns& columns);

    std::vector<FamilyMember> members_;
    std::vector<Classic> classics_;
    std::vector<Composite> composites_;
    DurationNs interval_ = 0;
};

// Value of a label for splitting and filtering: the label itself, else a resource attribute; "service" also finds service.name,
// service_name and job. Empty when absent.
std::string labelOf(const AttributeList& labels, std::string_view key);
// Labels of a series: its attributes, then its resource's where OTLP.
AttributeList labelsOf(const store::Snapshot& snapshot, const store::SeriesRow& series);
// False only when the filter names a label the series has and its value does not match.
bool mayMatchSeries(const FilterNode& node, const AttributeList& labels);

// Increases of a counter between consecutive samples, each at its later sample's time; a fall is a reset, a stale marker ends the run.
Status forEachIncrease(QueryContext& context, int64_t series, TimeRange range, DurationNs lookback, const std::function<void(TimeNs, double)>& visit);

}  // namespace nj::query
