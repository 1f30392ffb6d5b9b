#include "promql/annotations.h"

#include <algorithm>
#include <fmt/format.h>

#include "promql/text/number_text.h"
#include "promql/text/quote.h"

namespace nj::promql {

namespace {

std::string forMetric(std::string text, std::string_view metric) {
    if (!metric.empty())
        text += fmt::format(" for metric name {}", quoteText(metric));
    return text;
}

std::string annotationText(AnnotationKind kind, std::string_view detail) {
    using enum AnnotationKind;
    switch (kind) {
    case kInvalidQuantile: return "quantile value should be between 0 and 1";
    case kInvalidRatio: return "ratio value should be between -1 and 1";
    case kBadBucketLabel: return "bucket label \"le\" is missing or has a malformed value";
    case kMixedFloatsHistograms: return fmt::format("encountered a mix of histograms and floats for metric name {}", quoteText(detail));
    case kMixedFloatsHistogramsAggregation: return "encountered a mix of histograms and floats for aggregation";
    case kMixedClassicNative: return forMetric("vector contains a mix of classic and native histograms", detail);
    case kNotCounter: return fmt::format("this native histogram metric is not a counter: {}", quoteText(detail));
    case kNotGauge: return fmt::format("this native histogram metric is not a gauge: {}", quoteText(detail));
    case kMixedExponentialCustom:
        return fmt::format("vector contains a mix of histograms with exponential and custom buckets schemas for metric name {}",
                           quoteText(detail));
    case kIncompatibleBucketLayout: return fmt::format("incompatible bucket layout encountered for binary operator {}", detail);
    case kSortInRangeQuery: return "sort is ineffective for range queries since results are always ordered by labels";
    case kResetCollision: return fmt::format("conflicting counter resets during histogram {}", detail);
    case kPossibleNonCounter:
        return fmt::format("metric might not be a counter, name does not end in _total/_sum/_count/_bucket: {}", quoteText(detail));
    case kForcedMonotonicity:
        return forMetric(
            "input to histogram_quantile needed to be fixed for monotonicity (see "
            "https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile)",
            detail);
    case kIncompatibleTypes: return std::string(detail);
    case kHistogramIgnoredInAggregation: return fmt::format("ignored histogram in {} aggregation", detail);
    case kHistogramIgnoredInRange:
        return fmt::format("ignored histograms in a range containing both floats and histograms for metric name {}", quoteText(detail));
    case kQuantileNanResult: return forMetric("input to histogram_quantile has NaN observations, result is NaN", detail);
    case kQuantileNanSkew: return forMetric("input to histogram_quantile has NaN observations, result is skewed higher", detail);
    case kFractionNans: return forMetric("input to histogram_fraction has NaN observations, which are excluded from all fractions", detail);
    case kBoundsReconciled: return fmt::format("mismatched custom buckets were reconciled during {}", detail);
    }
    return "";
}

}  // namespace

Annotations::Entry& Annotations::entry(AnnotationKind kind, std::string text, Span where) {
    const bool info = kind >= AnnotationKind::kPossibleNonCounter;
    const auto [at, added] = entries_.try_emplace(fmt::format("PromQL {}: {}", info ? "info" : "warning", text));
    if (added) {
        at->second.info = info;
        at->second.where = where;
    }
    return at->second;
}

void Annotations::add(AnnotationKind kind, Span where, std::string_view detail) { entry(kind, annotationText(kind, detail), where); }

void Annotations::addQuantile(double q, Span where) {
    entry(AnnotationKind::kInvalidQuantile,
          fmt::format("{}, got {}", annotationText(AnnotationKind::kInvalidQuantile, {}), compactNumber(q)), where);
}

void Annotations::addRatio(double ratio, double capped, Span where) {
    entry(AnnotationKind::kInvalidRatio,
          fmt::format("{}, got {}, capping to {}", annotationText(AnnotationKind::kInvalidRatio, {}), compactNumber(ratio),
                      compactNumber(capped)),
          where);
}

void Annotations::addBadBucket(std::string_view value, std::string_view metric, Span where) {
    entry(AnnotationKind::kBadBucketLabel,
          forMetric(fmt::format("{} of {}", annotationText(AnnotationKind::kBadBucketLabel, {}), quoteText(value)), metric), where);
}

void Annotations::addIncompatibleTypes(std::string_view left, std::string_view op, std::string_view right, Span where) {
    add(AnnotationKind::kIncompatibleTypes, where,
        fmt::format("incompatible sample types encountered for binary operator {}: {} {} {}", quoteText(op), left, op, right));
}

void Annotations::addForcedMonotonicity(std::string_view metric, Span where, TimeNs time, double minBucket, double maxBucket,
                                        double difference) {
    Monotonicity& all =
        entry(AnnotationKind::kForcedMonotonicity, annotationText(AnnotationKind::kForcedMonotonicity, metric), where).monotonicity;
    const bool first = all.count == 0;
    all.minTime = first ? time : std::min(all.minTime, time);
    all.maxTime = first ? time : std::max(all.maxTime, time);
    all.minBucket = first ? minBucket : std::min(all.minBucket, minBucket);
    all.maxBucket = first ? maxBucket : std::max(all.maxBucket, maxBucket);
    all.maxDifference = std::max(all.maxDifference, difference);
    ++all.count;
}

std::vector<std::string> Annotations::texts(std::string_view query, bool infos) const {
    std::vector<std::string> texts;
    for (const auto& [text, entry] : entries_) {
        if (entry.info != infos)
            continue;
        std::string full = text;
        if (const Monotonicity& all = entry.monotonicity; all.count > 0)
            full +=
                fmt::format(", from buckets {} to {}, with a max diff of {}, over {} samples from {} to {}", compactNumber(all.minBucket),
                            compactNumber(all.maxBucket), roundedNumber(all.maxDifference, 2), all.count,
                            formatRfc3339(all.minTime - all.minTime % kSecond, 0), formatRfc3339(all.maxTime - all.maxTime % kSecond, 0));
        texts.push_back(fmt::format("{} ({})", full, lineAndColumn(query, entry.where.begin)));
    }
    return texts;
}

}  // namespace nj::promql
