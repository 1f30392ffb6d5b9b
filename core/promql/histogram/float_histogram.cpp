#include "promql/histogram/float_histogram.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <limits>

#include "model/batch.h"
#include "promql/histogram/histogram_layout.h"
#include "promql/text/number_text.h"

namespace nj::promql {

namespace {

void compactCounts(BucketCounts& counts) {
    if (std::find(counts.count.begin(), counts.count.end(), 0.0) == counts.count.end())
        return;
    size_t kept = 0;
    for (size_t i = 0; i < counts.size(); ++i) {
        if (counts.count[i] == 0)
            continue;
        counts.index[kept] = counts.index[i];
        counts.count[kept++] = counts.count[i];
    }
    counts.index.resize(kept);
    counts.count.resize(kept);
}

bool anyInfinite(const BucketCounts& counts) {
    return std::any_of(counts.count.begin(), counts.count.end(), [](double count) { return std::isinf(count); });
}

// A bucket of previous has more than the one here. Both ascend; current may lack what is zero.
bool anyDecreased(const BucketCounts& previous, const BucketCounts& current) {
    size_t at = 0;
    for (size_t i = 0; i < previous.size(); ++i) {
        while (at < current.size() && current.index[at] < previous.index[i])
            ++at;
        const double now = at < current.size() && current.index[at] == previous.index[i] ? current.count[at] : 0;
        if (previous.count[i] > now)
            return true;
    }
    return false;
}

}  // namespace

void FloatHistogram::compact() {
    compactCounts(positive);
    compactCounts(negative);
}

void FloatHistogram::multiply(double factor) {
    zeroCount *= factor;
    count *= factor;
    sum *= factor;
    for (BucketCounts* side : {&positive, &negative})
        for (double& bucket : side->count)
            bucket *= factor;
    if (factor < 0)
        hint = ResetHint::kGauge;   // no counter counts below zero
}

void FloatHistogram::divide(double divisor) {
    zeroCount /= divisor;
    count /= divisor;
    sum /= divisor;
    if (divisor < 0)
        hint = ResetHint::kGauge;
    if (divisor == 0) {   // no bucket layout tells where infinitely or undefinedly many lie
        positive = {};
        negative = {};
        return;
    }
    for (BucketCounts* side : {&positive, &negative})
        for (double& bucket : side->count)
            bucket /= divisor;
}

void FloatHistogram::reduceTo(int32_t lowerSchema) {
    if (usesCustomBuckets() || lowerSchema >= schema)
        return;
    reduceResolution(positive, schema - lowerSchema);
    reduceResolution(negative, schema - lowerSchema);
    schema = lowerSchema;
}

bool FloatHistogram::hasOverflow() const {
    return std::isinf(zeroCount) || std::isinf(count) || std::isinf(sum) || anyInfinite(positive) || anyInfinite(negative);
}

bool FloatHistogram::sameAs(const FloatHistogram& other) const {
    // NaN sums of two histograms are the same sum.
    const bool sums = sum == other.sum || (std::isnan(sum) && std::isnan(other.sum));
    return schema == other.schema && count == other.count && sums && zeroThreshold == other.zeroThreshold && zeroCount == other.zeroCount &&
           customBounds == other.customBounds && positive == other.positive && negative == other.negative;
}

bool FloatHistogram::isResetAfter(const FloatHistogram& previous) const {
    if (hint == ResetHint::kReset)
        return true;
    if (hint == ResetHint::kNotReset)
        return false;
    if (count < previous.count || usesCustomBuckets() != previous.usesCustomBuckets())
        return true;
    if (usesCustomBuckets()) {
        if (customBounds == previous.customBounds)
            return anyDecreased(previous.positive, positive);
        const std::vector<double> common = commonBounds(customBounds, previous.customBounds);
        return anyDecreased(rebucketed(previous.positive, previous.customBounds, common), rebucketed(positive, customBounds, common));
    }
    if (schema > previous.schema || zeroThreshold < previous.zeroThreshold)
        return true;
    const ZeroBucketFit fit = fitZeroBucket(previous, zeroThreshold);
    if (fit.threshold != zeroThreshold || zeroCount < fit.count)   // the own threshold lies within a populated bucket of previous
        return true;
    FloatHistogram fitted = previous;
    widenZeroBucket(fitted, zeroThreshold);
    fitted.reduceTo(schema);
    return anyDecreased(fitted.negative, negative) || anyDecreased(fitted.positive, positive);
}

double exponentialBound(int32_t index, int32_t schema) {
    if (schema <= 0) {
        const int64_t exponent = static_cast<int64_t>(index) << -schema;
        if (exponent == 1024)   // the highest bucket of finite values
            return std::numeric_limits<double>::max();
        return std::ldexp(1.0, static_cast<int>(std::clamp<int64_t>(exponent, -5000, 5000)));
    }
    const int32_t parts = 1 << schema;
    const int32_t part = index & (parts - 1);
    const double fraction = part == 0 ? 0.5 : std::exp2(static_cast<double>(part) / parts) / 2;
    const int32_t exponent = (index >> schema) + 1;
    if (fraction == 0.5 && exponent == 1025)
        return std::numeric_limits<double>::max();
    return std::ldexp(fraction, exponent);
}

namespace {

double boundOf(const FloatHistogram& histogram, int32_t index) {
    if (!histogram.usesCustomBuckets())
        return exponentialBound(index, histogram.schema);
    if (index < 0)
        return -std::numeric_limits<double>::infinity();
    const auto position = static_cast<size_t>(index);
    return position < histogram.customBounds.size() ? histogram.customBounds[position] : std::numeric_limits<double>::infinity();
}

}  // namespace

Bucket positiveBucket(const FloatHistogram& histogram, size_t position) {
    Bucket bucket;
    bucket.index = histogram.positive.index[position];
    bucket.count = histogram.positive.count[position];
    bucket.lower = boundOf(histogram, bucket.index - 1);
    bucket.upper = boundOf(histogram, bucket.index);
    bucket.lowerInclusive = histogram.usesCustomBuckets() && bucket.index == 0;
    bucket.upperInclusive = true;
    return bucket;
}

Bucket negativeBucket(const FloatHistogram& histogram, size_t position) {
    Bucket bucket;
    bucket.index = histogram.negative.index[position];
    bucket.count = histogram.negative.count[position];
    bucket.lower = -boundOf(histogram, bucket.index);
    bucket.upper = -boundOf(histogram, bucket.index - 1);
    bucket.lowerInclusive = true;
    return bucket;
}

Bucket zeroBucket(const FloatHistogram& histogram) {
    return {-histogram.zeroThreshold, histogram.zeroThreshold, true, true, histogram.zeroCount, 0};
}

std::vector<Bucket> allBuckets(const FloatHistogram& histogram) {
    std::vector<Bucket> buckets;
    buckets.reserve(histogram.positive.size() + histogram.negative.size() + 1);
    for (size_t i = histogram.negative.size(); i-- > 0;)
        buckets.push_back(negativeBucket(histogram, i));
    // Buckets that reach into the zero bucket are cut at its border.
    for (Bucket& bucket : buckets)
        if (bucket.upper < 0 && bucket.upper > -histogram.zeroThreshold)
            bucket.upper = -histogram.zeroThreshold;
    if (histogram.zeroCount != 0)
        buckets.push_back(zeroBucket(histogram));
    for (size_t i = 0; i < histogram.positive.size(); ++i) {
        Bucket bucket = positiveBucket(histogram, i);
        if (bucket.lower > 0 && bucket.lower < histogram.zeroThreshold)
            bucket.lower = histogram.zeroThreshold;
        buckets.push_back(bucket);
    }
    return buckets;
}

std::string histogramText(const FloatHistogram& histogram) {
    std::string text = fmt::format("{{count:{}, sum:{}", compactNumber(histogram.count), compactNumber(histogram.sum));
    const auto append = [&text](const Bucket& bucket) {
        if (bucket.count != 0)
            text += fmt::format(", {}{},{}{}:{}", bucket.lowerInclusive ? '[' : '(', compactNumber(bucket.lower),
                                compactNumber(bucket.upper), bucket.upperInclusive ? ']' : ')', compactNumber(bucket.count));
    };
    for (size_t i = histogram.negative.size(); i-- > 0;)
        append(negativeBucket(histogram, i));
    append(zeroBucket(histogram));
    for (size_t i = 0; i < histogram.positive.size(); ++i)
        append(positiveBucket(histogram, i));
    return text + '}';
}

FloatHistogram fromPoint(const nj::HistogramPoint& point) {
    FloatHistogram histogram;
    histogram.count = static_cast<double>(point.count);
    histogram.sum = point.hasSum ? point.sum : std::numeric_limits<double>::quiet_NaN();
    const auto fill = [](BucketCounts& to, const std::vector<uint64_t>& counts, int32_t firstIndex) {
        for (size_t i = 0; i < counts.size(); ++i) {
            if (counts[i] == 0)
                continue;
            to.index.push_back(firstIndex + static_cast<int32_t>(i));
            to.count.push_back(static_cast<double>(counts[i]));
        }
    };
    if (!point.buckets.empty()) {
        histogram.schema = kCustomBucketsSchema;
        histogram.customBounds = point.bounds;
        fill(histogram.positive, point.buckets, 0);
        return histogram;
    }
    histogram.schema = point.scale;
    histogram.zeroThreshold = point.zeroThreshold;
    histogram.zeroCount = static_cast<double>(point.zeroCount);
    fill(histogram.positive, point.positive, point.positiveOffset + 1);   // OTLP counts buckets from their lower border
    fill(histogram.negative, point.negative, point.negativeOffset + 1);
    if (histogram.schema > 8) {
        const int32_t schema = histogram.schema;
        reduceResolution(histogram.positive, schema - 8);
        reduceResolution(histogram.negative, schema - 8);
        histogram.schema = 8;
    }
    return histogram;
}

}  // namespace nj::promql
