// Sums and differences of histograms.
#include <algorithm>
#include <cmath>
#include <optional>

#include "promql/histogram/float_histogram.h"
#include "promql/histogram/histogram_layout.h"

namespace nj::promql {

namespace {

// Both sides' buckets under the union of their indexes.
BucketCounts merged(const BucketCounts& a, const BucketCounts& b, double sign) {
    BucketCounts out;
    out.index.reserve(a.size() + b.size());
    out.count.reserve(a.size() + b.size());
    size_t i = 0;
    size_t j = 0;
    while (i < a.size() || j < b.size()) {
        if (j == b.size() || (i < a.size() && a.index[i] < b.index[j])) {
            out.index.push_back(a.index[i]);
            out.count.push_back(a.count[i++]);
        } else if (i == a.size() || b.index[j] < a.index[i]) {
            out.index.push_back(b.index[j]);
            out.count.push_back(sign * b.count[j++]);
        } else {
            out.index.push_back(a.index[i]);
            out.count.push_back(a.count[i++] + sign * b.count[j++]);
        }
    }
    return out;
}

// value += addend with the lost low part going to error.
void addNeumaier(double& value, double& error, double addend) {
    const double total = value + addend;
    if (std::isinf(total))
        error = 0;
    else if (std::fabs(value) >= std::fabs(addend))
        error += (value - total) + addend;
    else
        error += (addend - total) + value;
    value = total;
}

void addCountsCompensated(BucketCounts& sum, BucketCounts& error, const BucketCounts& other) {
    BucketCounts zeros = other;
    for (double& count : zeros.count)
        count = 0;
    sum = merged(sum, zeros, 1);
    // The error gets every bucket of the sum.
    BucketCounts blank = sum;
    for (double& count : blank.count)
        count = 0;
    error = merged(blank, error, 1);
    size_t at = 0;
    for (size_t i = 0; i < other.size(); ++i) {
        while (sum.index[at] < other.index[i])
            ++at;
        addNeumaier(sum.count[at], error.count[at], other.count[i]);
    }
}

bool mergeHints(FloatHistogram& sum, const FloatHistogram& other) {
    using enum ResetHint;
    if (sum.hint == other.hint || sum.hint == kGauge)
        return false;
    if (other.hint == kGauge) {
        sum.hint = kGauge;
        return false;
    }
    const bool collision = sum.hint != kUnknown && other.hint != kUnknown;
    sum.hint = kUnknown;
    return collision;
}

// Brings sum (and its companion of equal layout) and a copy of other to one layout. nullopt when they never can be.
struct Aligned {
    FloatHistogram other;
    bool boundsReconciled = false;
};

std::optional<Aligned> align(FloatHistogram& sum, const FloatHistogram& other) {
    if (sum.usesCustomBuckets() != other.usesCustomBuckets())
        return std::nullopt;
    Aligned aligned{other, false};
    if (sum.usesCustomBuckets()) {
        if (sum.customBounds != other.customBounds) {
            const std::vector<double> common = commonBounds(sum.customBounds, other.customBounds);
            sum.positive = rebucketed(sum.positive, sum.customBounds, common);
            aligned.other.positive = rebucketed(other.positive, other.customBounds, common);
            sum.customBounds = aligned.other.customBounds = common;
            aligned.boundsReconciled = true;
        }
        return aligned;
    }
    alignZeroBuckets(sum, aligned.other);
    const int32_t schema = std::min(sum.schema, other.schema);
    sum.reduceTo(schema);
    aligned.other.reduceTo(schema);
    return aligned;
}

HistogramAddition combine(FloatHistogram& sum, const FloatHistogram& other, double sign) {
    HistogramAddition result;
    const auto aligned = align(sum, other);
    if (!aligned) {
        result.incompatible = true;
        return result;
    }
    result.boundsReconciled = aligned->boundsReconciled;
    result.resetCollision = mergeHints(sum, other);
    sum.zeroCount += sign * aligned->other.zeroCount;
    sum.count += sign * other.count;
    sum.sum += sign * other.sum;
    sum.positive = merged(sum.positive, aligned->other.positive, sign);
    sum.negative = merged(sum.negative, aligned->other.negative, sign);
    return result;
}

}  // namespace

HistogramAddition addTo(FloatHistogram& sum, const FloatHistogram& other) { return combine(sum, other, 1); }

HistogramAddition subtractFrom(FloatHistogram& difference, const FloatHistogram& other) { return combine(difference, other, -1); }

HistogramAddition addCompensated(FloatHistogram& sum, FloatHistogram& error, const FloatHistogram& other) {
    HistogramAddition result;
    const double thresholdBefore = sum.zeroThreshold;
    const std::vector<double> boundsBefore = sum.customBounds;
    const auto aligned = align(sum, other);
    if (!aligned) {
        result.incompatible = true;
        return result;
    }
    result.boundsReconciled = aligned->boundsReconciled;
    result.resetCollision = mergeHints(sum, other);
    if (sum.usesCustomBuckets()) {
        if (boundsBefore != sum.customBounds)
            error.positive = rebucketed(error.positive, boundsBefore, sum.customBounds);
    } else {
        error.schema = error.positive.empty() && error.negative.empty() ? sum.schema : error.schema;
        if (thresholdBefore != sum.zeroThreshold) {
            error.zeroThreshold = thresholdBefore;
            widenZeroBucket(error, sum.zeroThreshold);
        }
        error.reduceTo(sum.schema);
    }
    error.schema = sum.schema;
    error.zeroThreshold = sum.zeroThreshold;
    error.customBounds = sum.customBounds;
    error.hint = sum.hint;
    addNeumaier(sum.zeroCount, error.zeroCount, aligned->other.zeroCount);
    addNeumaier(sum.count, error.count, other.count);
    addNeumaier(sum.sum, error.sum, other.sum);
    addCountsCompensated(sum.positive, error.positive, aligned->other.positive);
    addCountsCompensated(sum.negative, error.negative, aligned->other.negative);
    return result;
}

}  // namespace nj::promql
