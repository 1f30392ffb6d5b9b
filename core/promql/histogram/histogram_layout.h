// Bringing two histograms to one bucket layout: resolution, zero bucket, custom bounds. Pure functions on values.
#pragma once

#include <vector>

#include "promql/histogram/float_histogram.h"

namespace nj::promql {

// Halves the resolution steps times.
void reduceResolution(BucketCounts& counts, int32_t steps);

// What the zero bucket holds when it is widened to a threshold; the threshold grows to the border of a populated bucket it would cut.
struct ZeroBucketFit {
    double threshold = 0;
    double count = 0;
};
ZeroBucketFit fitZeroBucket(const FloatHistogram& histogram, double threshold);
// Widens to a threshold that fitZeroBucket gave; buckets within vanish into the zero bucket.
void widenZeroBucket(FloatHistogram& histogram, double threshold);
// Gives both the same threshold.
void alignZeroBuckets(FloatHistogram& a, FloatHistogram& b);

std::vector<double> commonBounds(const std::vector<double>& a, const std::vector<double>& b);
// Counts of custom buckets under fewer bounds, which are among the present ones.
BucketCounts rebucketed(const BucketCounts& counts, const std::vector<double>& bounds, const std::vector<double>& fewer);

}  // namespace nj::promql
