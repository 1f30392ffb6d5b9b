// Quantiles and fractions of native and classic histograms, with Prometheus's interpolation. Pure functions.
#pragma once

#include <vector>

#include "promql/histogram/float_histogram.h"

namespace nj::promql {

enum class NanObservations : unsigned char { kNone, kResultIsNan, kResultIsSkewed };
struct NativeQuantile {
    double value = 0;
    NanObservations nan = NanObservations::kNone;
};
NativeQuantile nativeQuantile(double q, const FloatHistogram& histogram);
// The share of observations in (lower, upper]; hasNan: some observations are in no bucket.
double nativeFraction(double lower, double upper, const FloatHistogram& histogram, bool& hasNan);
// Variance estimated from the buckets' middles.
double nativeVariance(const FloatHistogram& histogram);

// A classic bucket: observations <= upperBound.
struct ClassicBucket {
    double upperBound = 0;
    double count = 0;
};
struct ClassicQuantile {
    double value = 0;
    bool forcedMonotonic = false;   // some count was below that of a smaller bound
    double minBucket = 0, maxBucket = 0, maxDifference = 0;   // where
};
// Sorts and mends the buckets.
ClassicQuantile classicQuantile(double q, std::vector<ClassicBucket>& buckets);
double classicFraction(double lower, double upper, std::vector<ClassicBucket>& buckets);

// Observations above (isUpper) or below a limit are removed, the bucket it cuts is interpolated, the sum estimated.
void trimHistogram(FloatHistogram& histogram, double limit, bool isUpper);

// Of plain values, between neighbours; reorders them.
double quantileOf(double q, std::vector<double>& values);

}  // namespace nj::promql
