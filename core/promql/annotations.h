// Warnings and infos that an evaluation leaves beside its result, in Prometheus's words. One evaluation's thread; a plain value afterwards.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "promql/syntax/token.h"

namespace nj::promql {

enum class AnnotationKind : unsigned char {
    kInvalidQuantile,
    kInvalidRatio,
    kBadBucketLabel,
    kMixedFloatsHistograms,
    kMixedFloatsHistogramsAggregation,
    kMixedClassicNative,
    kNotCounter,
    kNotGauge,
    kMixedExponentialCustom,
    kIncompatibleBucketLayout,
    kSortInRangeQuery,
    kResetCollision,
    // infos from here on
    kPossibleNonCounter,
    kForcedMonotonicity,
    kIncompatibleTypes,
    kHistogramIgnoredInAggregation,
    kHistogramIgnoredInRange,
    kQuantileNanResult,
    kQuantileNanSkew,
    kFractionNans,
    kBoundsReconciled,
};

class Annotations {
public:
    // detail: what the kind's text names, such as a metric.
    void add(AnnotationKind kind, Span where, std::string_view detail = {});
    void addQuantile(double q, Span where);
    void addRatio(double ratio, double capped, Span where);
    void addBadBucket(std::string_view value, std::string_view metric, Span where);
    void addIncompatibleTypes(std::string_view left, std::string_view op, std::string_view right, Span where);
    void addForcedMonotonicity(std::string_view metric, Span where, TimeNs time, double minBucket, double maxBucket, double difference);

    [[nodiscard]] bool empty() const { return entries_.empty(); }
    // "PromQL warning: … (1:5)", positions in the query's text. In the order of their texts.
    [[nodiscard]] std::vector<std::string> warnings(std::string_view query) const { return texts(query, false); }
    [[nodiscard]] std::vector<std::string> infos(std::string_view query) const { return texts(query, true); }

private:
    struct Monotonicity {
        TimeNs minTime = 0, maxTime = 0;
        double minBucket = 0, maxBucket = 0, maxDifference = 0;
        int count = 0;
    };
    struct Entry {
        bool info = false;
        Span where;
        Monotonicity monotonicity;
    };
    Entry& entry(AnnotationKind kind, std::string text, Span where);
    [[nodiscard]] std::vector<std::string> texts(std::string_view query, bool infos) const;

    std::map<std::string, Entry> entries_;   // by text without position: Prometheus reports each text once
};

}  // namespace nj::promql
