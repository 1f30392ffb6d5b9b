#include "promql/histogram/histogram_quantile.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <optional>

namespace nj::promql {

namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

std::optional<double> quantileOutsideRange(double q) {
    if (std::isnan(q))
        return kNan;
    if (q < 0)
        return -kInfinity;
    if (q > 1)
        return kInfinity;
    return std::nullopt;
}

// A zero bucket beside buckets of one sign only holds nothing of the other sign.
void clampZeroBucket(Bucket& bucket, const FloatHistogram& histogram) {
    if (histogram.usesCustomBuckets() || !(bucket.lower < 0 && bucket.upper > 0))
        return;
    if (histogram.negative.empty() && !histogram.positive.empty())
        bucket.lower = 0;
    else if (histogram.positive.empty() && !histogram.negative.empty())
        bucket.upper = 0;
}

bool interpolatesLinearly(const Bucket& bucket, const FloatHistogram& histogram) {
    return histogram.usesCustomBuckets() || (bucket.lower <= 0 && bucket.upper >= 0);
}

double interpolate(const Bucket& bucket, double fraction, bool linear) {
    if (linear)
        return bucket.lower + (bucket.upper - bucket.lower) * fraction;
    const double logLower = std::log2(std::fabs(bucket.lower));
    const double logUpper = std::log2(std::fabs(bucket.upper));
    if (bucket.lower > 0)
        return std::exp2(logLower + (logUpper - logLower) * fraction);
    return -std::exp2(logUpper + (logLower - logUpper) * (1 - fraction));
}

// How many of a bucket's observations lie below a value within it.
double countBelow(const Bucket& bucket, double value, bool linear) {
    if (linear)
        return bucket.count * (value - bucket.lower) / (bucket.upper - bucket.lower);
    const double logLower = std::log2(std::fabs(bucket.lower));
    const double logUpper = std::log2(std::fabs(bucket.upper));
    const double logValue = std::log2(std::fabs(value));
    const double fraction = value > 0 ? (logValue - logLower) / (logUpper - logLower) : 1 - (logValue - logUpper) / (logLower - logUpper);
    return bucket.count * fraction;
}

}  // namespace

NativeQuantile nativeQuantile(double q, const FloatHistogram& histogram) {
    if (const auto outside = quantileOutsideRange(q))
        return {*outside, NanObservations::kNone};
    if (histogram.count == 0)
        return {kNan, NanObservations::kNone};
    const bool hasNan = std::isnan(histogram.sum);
    const bool forward = hasNan || q < 0.5;
    std::vector<Bucket> buckets = allBuckets(histogram);
    if (!forward)
        std::reverse(buckets.begin(), buckets.end());
    double rank = (forward ? q : 1 - q) * histogram.count;
    double count = 0;
    Bucket bucket;
    for (const Bucket& candidate : buckets) {
        if (candidate.count == 0)
            continue;
        bucket = candidate;
        count += bucket.count;
        if (count >= rank)
            break;
    }
    if (histogram.usesCustomBuckets()) {
        if (std::isinf(bucket.lower) && bucket.lower < 0) {
            if (bucket.upper <= 0)
                return {bucket.upper, NanObservations::kNone};
            bucket.lower = 0;
        } else if (std::isinf(bucket.upper) && bucket.upper > 0) {
            return {bucket.lower, NanObservations::kNone};
        }
    } else {
        clampZeroBucket(bucket, histogram);
    }
    count = std::min(count, histogram.count);
    if (count < rank) {
        if (hasNan)
            return {kNan, NanObservations::kResultIsNan};
        return {bucket.upper, NanObservations::kNone};
    }
    NanObservations nan = NanObservations::kNone;
    if (hasNan) {
        double inBuckets = 0;
        for (const Bucket& each : buckets)
            inBuckets += each.count;
        if (inBuckets < histogram.count)
            nan = NanObservations::kResultIsSkewed;
    }
    rank = forward ? rank - (count - bucket.count) : count - rank;
    return {interpolate(bucket, rank / bucket.count, interpolatesLinearly(bucket, histogram)), nan};
}

namespace {

// Follows the two limits of a fraction through ascending buckets: how many observations lie below each.
class FractionWalk {
public:
    FractionWalk(double lower, double upper) : limits_{lower, upper} {}

    // rankWithin: the rank of a value inside the bucket.
    template <typename RankWithin>
    void visit(double from, double to, double rankBefore, RankWithin rankWithin) {
        for (size_t i = 0; i < 2; ++i) {
            if (set_[i])
                continue;
            if (from >= limits_[i]) {
                ranks_[i] = rankBefore;
                set_[i] = true;
            } else if (to > limits_[i]) {
                ranks_[i] = rankWithin(limits_[i]);
                set_[i] = true;
            }
        }
    }
    // Observations between the limits, of that many in all.
    double between(double total) const {
        const auto bounded = [&](size_t i) { return !set_[i] || ranks_[i] > total ? total : ranks_[i]; };
        return bounded(1) - bounded(0);
    }

private:
    std::array<double, 2> limits_;
    std::array<double, 2> ranks_{};
    std::array<bool, 2> set_{};
};

}  // namespace

double nativeFraction(double lower, double upper, const FloatHistogram& histogram, bool& hasNan) {
    hasNan = false;
    if (histogram.count == 0 || std::isnan(lower) || std::isnan(upper))
        return kNan;
    if (lower >= upper)
        return 0;
    FractionWalk walk(lower, upper);
    double rank = 0;
    for (Bucket bucket : allBuckets(histogram)) {
        const bool aroundZero = bucket.lower <= 0 && bucket.upper >= 0;
        if (aroundZero && histogram.negative.empty() && !histogram.positive.empty())
            bucket.lower = 0;
        else if (aroundZero && histogram.positive.empty() && !histogram.negative.empty())
            bucket.upper = 0;
        const bool linear = histogram.usesCustomBuckets() || aroundZero;
        // An infinite bucket can't be interpolated: none of the last and all of the first one lie below.
        walk.visit(bucket.lower, bucket.upper, rank,
                   [&](double limit) { return bucket.lower == -kInfinity ? bucket.count : rank + countBelow(bucket, limit, linear); });
        rank += bucket.count;
    }
    // Observations of NaN are in no bucket and in no fraction.
    const bool mayHaveNan = std::isnan(histogram.sum);
    hasNan = mayHaveNan && rank < histogram.count;
    return walk.between(mayHaveNan ? rank : histogram.count) / histogram.count;
}

double nativeVariance(const FloatHistogram& histogram) {
    const double mean = histogram.sum / histogram.count;
    double variance = 0;
    for (const Bucket& bucket : allBuckets(histogram)) {
        if (bucket.count == 0)
            continue;
        double middle = 0;
        if (histogram.usesCustomBuckets()) {
            middle = (bucket.upper + bucket.lower) / 2;
        } else if (!(bucket.lower <= 0 && bucket.upper >= 0)) {
            middle = std::sqrt(bucket.upper * bucket.lower);
            if (bucket.upper < 0)
                middle = -middle;
        }
        variance += bucket.count * (middle - mean) * (middle - mean);
    }
    return variance / histogram.count;
}

namespace {

// Equal bounds become one bucket. The buckets are sorted.
void mergeEqualBounds(std::vector<ClassicBucket>& buckets) {
    size_t kept = 0;
    for (size_t i = 1; i < buckets.size(); ++i) {
        if (buckets[i].upperBound == buckets[kept].upperBound)
            buckets[kept].count += buckets[i].count;
        else
            buckets[++kept] = buckets[i];
    }
    buckets.resize(kept + 1);
}

// Makes counts never decrease. Tiny decreases are rounding and go unreported.
void forceMonotonic(std::vector<ClassicBucket>& buckets, ClassicQuantile& result) {
    constexpr double kSmallDifference = 1e-12;
    double previous = buckets[0].count;
    result.minBucket = kInfinity;
    result.maxBucket = -kInfinity;
    for (size_t i = 1; i < buckets.size(); ++i) {
        const double current = buckets[i].count;
        if (current == previous)
            continue;
        if (std::fabs(current - previous) < kSmallDifference * (std::fabs(current) + std::fabs(previous))) {
            buckets[i].count = previous;
            continue;
        }
        if (current < previous) {
            result.forcedMonotonic = true;
            result.minBucket = std::min(result.minBucket, buckets[i].upperBound);
            result.maxBucket = std::max(result.maxBucket, buckets[i].upperBound);
            result.maxDifference = std::max(result.maxDifference, previous - current);
            buckets[i].count = previous;
            continue;
        }
        previous = current;
    }
}

bool sortClassicBuckets(std::vector<ClassicBucket>& buckets) {
    std::sort(buckets.begin(), buckets.end(), [](const ClassicBucket& a, const ClassicBucket& b) { return a.upperBound < b.upperBound; });
    return !buckets.empty() && buckets.back().upperBound == kInfinity;
}

}  // namespace

ClassicQuantile classicQuantile(double q, std::vector<ClassicBucket>& buckets) {
    ClassicQuantile result;
    result.value = kNan;
    if (const auto outside = quantileOutsideRange(q)) {
        result.value = *outside;
        return result;
    }
    if (!sortClassicBuckets(buckets))
        return result;
    mergeEqualBounds(buckets);
    forceMonotonic(buckets, result);
    if (buckets.size() < 2 || buckets.back().count == 0 || std::isnan(buckets.back().count)) {
        result.forcedMonotonic = false;
        return result;
    }
    double rank = q * buckets.back().count;
    size_t at = 0;
    while (at + 1 < buckets.size() && buckets[at].count < rank)
        ++at;
    if (at + 1 == buckets.size()) {
        result.value = buckets[buckets.size() - 2].upperBound;
        return result;
    }
    if (at == 0 && buckets[0].upperBound <= 0) {
        result.value = buckets[0].upperBound;
        return result;
    }
    double lower = 0;
    double count = buckets[at].count;
    if (at > 0) {
        lower = buckets[at - 1].upperBound;
        count -= buckets[at - 1].count;
        rank -= buckets[at - 1].count;
    }
    result.value = lower + (buckets[at].upperBound - lower) * (rank / count);
    return result;
}

double classicFraction(double lower, double upper, std::vector<ClassicBucket>& buckets) {
    if (!sortClassicBuckets(buckets))
        return kNan;
    mergeEqualBounds(buckets);
    const double total = buckets.back().count;
    if (total == 0 || std::isnan(total) || std::isnan(lower) || std::isnan(upper))
        return kNan;
    if (lower >= upper)
        return 0;
    FractionWalk walk(lower, upper);
    double rank = 0;
    double from = buckets[0].upperBound <= 0 ? -kInfinity : 0;
    for (const ClassicBucket& bucket : buckets) {
        walk.visit(from, bucket.upperBound, rank, [&](double limit) {
            return from == -kInfinity ? bucket.count : rank + (bucket.count - rank) * (limit - from) / (bucket.upperBound - from);
        });
        rank = bucket.count;
        from = bucket.upperBound;
    }
    return walk.between(total) / total;
}

double quantileOf(double q, std::vector<double>& values) {
    if (values.empty() || std::isnan(q))
        return kNan;
    if (const auto outside = quantileOutsideRange(q))
        return *outside;
    // NaN counts as the smallest. Only the two values that matter are brought to their places.
    const auto numbers = std::partition(values.begin(), values.end(), [](double value) { return std::isnan(value); });
    const auto last = static_cast<double>(values.size() - 1);
    const double rank = q * last;
    const double floor = std::max(0.0, std::floor(rank));
    const auto lower = values.begin() + static_cast<std::ptrdiff_t>(floor);
    const bool single = floor >= last;
    if (lower >= numbers)
        std::nth_element(numbers, lower, values.end());
    double above = *lower;
    if (!single)
        above = lower + 1 < numbers ? *(lower + 1) : *std::min_element(std::max(lower + 1, numbers), values.end());
    const double weight = rank - floor;
    return *lower * (1 - weight) + above * weight;
}

}  // namespace nj::promql
