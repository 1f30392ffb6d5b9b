// histogram </ limit and histogram >/ limit.
#include <cmath>

#include "promql/histogram/histogram_quantile.h"

namespace nj::promql {

namespace {

// What stays of one bucket, and where the removed observations are thought to lie.
struct Trimmed {
    double kept = 0;
    double removedMiddle = 0;
};

double belowLimit(const Bucket& bucket, double limit, bool positive, bool linear) {
    if (limit <= bucket.lower)
        return 0;
    if (limit >= bucket.upper)
        return bucket.count;
    if (linear)
        return bucket.count * (limit - bucket.lower) / (bucket.upper - bucket.lower);
    const double logLower = std::log2(std::fabs(bucket.lower));
    const double logUpper = std::log2(std::fabs(bucket.upper));
    const double logLimit = std::log2(std::fabs(limit));
    return bucket.count * (positive ? (logLimit - logLower) / (logUpper - logLower) : 1 - (logLimit - logUpper) / (logLower - logUpper));
}

// Nothing is known of how observations spread in a bucket without end; only one from -Inf to a positive bound is read as one from 0.
Trimmed trimInfinite(const Bucket& bucket, double limit, bool isUpper) {
    if (std::isinf(bucket.lower)) {
        const bool fromZero = limit >= 0 && bucket.upper > limit && !std::isinf(bucket.upper);
        if (isUpper) {
            if (limit >= bucket.upper)
                return {bucket.count, 0};
            return fromZero ? Trimmed{bucket.count * limit / bucket.upper, (limit + bucket.upper) / 2} : Trimmed{0, bucket.upper};
        }
        if (limit <= bucket.lower)
            return {bucket.count, 0};
        return fromZero ? Trimmed{bucket.count * (1 - limit / bucket.upper), limit / 2} : Trimmed{0, bucket.upper};
    }
    if (!isUpper && limit <= bucket.lower)
        return {bucket.count, 0};
    return {0, bucket.lower};
}

Trimmed trimBucket(const Bucket& bucket, double limit, bool isUpper, bool positive, bool linear) {
    if (std::isinf(bucket.lower) || std::isinf(bucket.upper))
        return trimInfinite(bucket, limit, isUpper);
    const double below = belowLimit(bucket, limit, positive, linear);
    double middle = (bucket.lower + bucket.upper) / 2;
    if (!linear) {
        middle = std::sqrt(std::fabs(limit) * std::fabs(isUpper ? bucket.lower : bucket.upper));
        middle = positive ? middle : -middle;
    }
    return {isUpper ? below : bucket.count - below, middle};
}

struct TrimTotals {
    double count = 0;
    double removedSum = 0;
    bool hasPositive = false, hasNegative = false;
};

void trimSide(FloatHistogram& histogram, bool positive, double limit, bool isUpper, TrimTotals& totals) {
    const bool custom = histogram.usesCustomBuckets();
    BucketCounts& side = positive ? histogram.positive : histogram.negative;
    for (size_t i = 0; i < side.size(); ++i) {
        const Bucket bucket = positive ? positiveBucket(histogram, i) : negativeBucket(histogram, i);
        if (bucket.count == 0)
            continue;
        if (!positive || (custom && (bucket.upper <= 0 || bucket.lower < 0)))
            totals.hasNegative = true;
        if (positive && (!custom || bucket.upper > 0))
            totals.hasPositive = true;
        const Trimmed trimmed = trimBucket(bucket, limit, isUpper, positive, custom);
        const bool whole = isUpper ? bucket.upper <= limit : bucket.lower >= limit;
        const bool cut = isUpper ? bucket.lower < limit : bucket.upper > limit;
        if (whole) {
            totals.count += bucket.count;
        } else if (cut) {
            totals.removedSum += (bucket.count - trimmed.kept) * trimmed.removedMiddle;
            totals.count += trimmed.kept;
            side.count[i] = trimmed.kept;
        } else {
            // Negative buckets too count as positive here, as they do in Prometheus.
            totals.removedSum += bucket.count * (custom ? trimmed.removedMiddle : std::sqrt(bucket.lower * bucket.upper));
            side.count[i] = 0;
        }
    }
}

}  // namespace

void trimHistogram(FloatHistogram& histogram, double limit, bool isUpper) {
    TrimTotals totals;
    trimSide(histogram, true, limit, isUpper, totals);
    trimSide(histogram, false, limit, isUpper, totals);
    if (histogram.zeroCount > 0) {
        Bucket zero = zeroBucket(histogram);
        const double below = belowLimit(zero, limit, true, true);
        histogram.zeroCount = isUpper ? below : histogram.zeroCount - below;
        totals.count += histogram.zeroCount;
    }
    double sum = totals.count != 0 ? histogram.sum - totals.removedSum : 0;
    if ((!totals.hasNegative && sum < 0) || (!totals.hasPositive && sum > 0))
        sum = 0;
    histogram.count = totals.count;
    histogram.sum = sum;
    histogram.compact();
}

}  // namespace nj::promql
