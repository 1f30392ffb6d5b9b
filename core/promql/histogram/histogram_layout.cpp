#include "promql/histogram/histogram_layout.h"

#include <algorithm>

namespace nj::promql {

namespace {

void append(BucketCounts& to, int32_t index, double count) {
    if (!to.empty() && to.index.back() == index) {
        to.count.back() += count;
        return;
    }
    to.index.push_back(index);
    to.count.push_back(count);
}

// Adds the buckets of one side that lie below the threshold; grows it if it cuts a populated one. True if it grew.
bool absorb(const FloatHistogram& histogram, const BucketCounts& side, double& threshold, double& count) {
    for (size_t i = 0; i < side.size(); ++i) {
        const double lower = exponentialBound(side.index[i] - 1, histogram.schema);
        if (lower >= threshold)
            return false;
        count += side.count[i];
        const double upper = exponentialBound(side.index[i], histogram.schema);
        if (upper > threshold) {
            if (side.count[i] == 0)
                return false;
            threshold = upper;
            return true;
        }
    }
    return false;
}

void dropWithin(const FloatHistogram& histogram, BucketCounts& side, double threshold) {
    BucketCounts kept;
    for (size_t i = 0; i < side.size(); ++i)
        if (exponentialBound(side.index[i], histogram.schema) > threshold)
            append(kept, side.index[i], side.count[i]);
    side = std::move(kept);
}

}  // namespace

void reduceResolution(BucketCounts& counts, int32_t steps) {
    if (steps <= 0)
        return;
    BucketCounts merged;
    merged.index.reserve(counts.size());
    merged.count.reserve(counts.size());
    for (size_t i = 0; i < counts.size(); ++i)
        append(merged, ((counts.index[i] - 1) >> std::min(steps, 31)) + 1, counts.count[i]);
    counts = std::move(merged);
}

ZeroBucketFit fitZeroBucket(const FloatHistogram& histogram, double threshold) {
    ZeroBucketFit fit{threshold, histogram.zeroCount};
    if (threshold == histogram.zeroThreshold)
        return fit;
    while (true) {
        fit.count = histogram.zeroCount;
        absorb(histogram, histogram.positive, fit.threshold, fit.count);
        if (!absorb(histogram, histogram.negative, fit.threshold, fit.count))
            return fit;
    }
}

void widenZeroBucket(FloatHistogram& histogram, double threshold) {
    if (threshold <= histogram.zeroThreshold)
        return;
    const ZeroBucketFit fit = fitZeroBucket(histogram, threshold);
    histogram.zeroCount = fit.count;
    histogram.zeroThreshold = fit.threshold;
    dropWithin(histogram, histogram.positive, fit.threshold);
    dropWithin(histogram, histogram.negative, fit.threshold);
}

void alignZeroBuckets(FloatHistogram& a, FloatHistogram& b) {
    while (a.zeroThreshold != b.zeroThreshold) {
        FloatHistogram& narrower = a.zeroThreshold < b.zeroThreshold ? a : b;
        widenZeroBucket(narrower, std::max(a.zeroThreshold, b.zeroThreshold));
    }
}

std::vector<double> commonBounds(const std::vector<double>& a, const std::vector<double>& b) {
    std::vector<double> common;
    std::set_intersection(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(common));
    return common;
}

BucketCounts rebucketed(const BucketCounts& counts, const std::vector<double>& bounds, const std::vector<double>& fewer) {
    BucketCounts merged;
    size_t at = 0;
    for (size_t i = 0; i < counts.size(); ++i) {
        const auto position = static_cast<size_t>(counts.index[i]);
        if (position >= bounds.size())
            at = fewer.size();
        else
            while (at < fewer.size() && fewer[at] < bounds[position])
                ++at;
        append(merged, static_cast<int32_t>(at), counts.count[i]);
    }
    return merged;
}

}  // namespace nj::promql
