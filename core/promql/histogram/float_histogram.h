// A native histogram as PromQL calculates with it: float counts, sparse buckets. Plain value; shared ones (HistogramPtr) are never changed.
// Schemas -4…8 are exponential: positive bucket i covers (2^(2^-schema))^(i-1) < v <= (2^(2^-schema))^i. Schema -53 has custom upper
// bounds: bucket i covers (bound[i-1], bound[i]], the last one up to +Inf.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace nj {
struct HistogramPoint;
}

namespace nj::promql {

inline constexpr int32_t kCustomBucketsSchema = -53;

// Counts of some buckets; index ascends. Zero counts may stand here until compacted.
struct BucketCounts {
    std::vector<int32_t> index;
    std::vector<double> count;
    bool operator==(const BucketCounts&) const = default;
    [[nodiscard]] bool empty() const { return index.empty(); }
    [[nodiscard]] size_t size() const { return index.size(); }
};

enum class ResetHint : unsigned char { kUnknown, kReset, kNotReset, kGauge };

struct FloatHistogram {
    ResetHint hint = ResetHint::kUnknown;
    int32_t schema = 0;
    double zeroThreshold = 0;
    double zeroCount = 0;
    double count = 0;
    double sum = 0;
    BucketCounts positive, negative;
    std::vector<double> customBounds;

    [[nodiscard]] bool usesCustomBuckets() const { return schema == kCustomBucketsSchema; }
    // Removes empty buckets.
    void compact();
    void multiply(double factor);
    void divide(double divisor);
    // To a lower resolution; schema must not be above the own. Custom buckets have one schema only.
    void reduceTo(int32_t lowerSchema);
    [[nodiscard]] bool hasOverflow() const;   // a count or the sum is infinite
    // Same layout and counts; the hint does not count. Both compacted.
    [[nodiscard]] bool sameAs(const FloatHistogram& other) const;
    // Whether observations were lost between previous and this one.
    [[nodiscard]] bool isResetAfter(const FloatHistogram& previous) const;
};
using HistogramPtr = std::shared_ptr<const FloatHistogram>;

// How adding went.
struct HistogramAddition {
    bool incompatible = false;        // exponential and custom buckets: nothing was done
    bool boundsReconciled = false;    // custom bounds differed and were cut to the common ones
    bool resetCollision = false;      // one says reset, the other not reset
};
HistogramAddition addTo(FloatHistogram& sum, const FloatHistogram& other);
HistogramAddition subtractFrom(FloatHistogram& difference, const FloatHistogram& other);
// With Neumaier's compensation kept in error, which has the sum's layout afterwards; begin with an empty one.
HistogramAddition addCompensated(FloatHistogram& sum, FloatHistogram& error, const FloatHistogram& other);

// An OTLP or Prometheus histogram of the store. Explicit buckets become custom ones.
FloatHistogram fromPoint(const nj::HistogramPoint& point);

// One bucket with its borders.
struct Bucket {
    double lower = 0, upper = 0;
    bool lowerInclusive = false, upperInclusive = false;
    double count = 0;
    int32_t index = 0;
};
double exponentialBound(int32_t index, int32_t schema);
// All buckets with their order from lowest to highest value, the zero bucket between them if it is populated.
std::vector<Bucket> allBuckets(const FloatHistogram& histogram);
Bucket positiveBucket(const FloatHistogram& histogram, size_t position);
Bucket negativeBucket(const FloatHistogram& histogram, size_t position);
Bucket zeroBucket(const FloatHistogram& histogram);

// {count:10, sum:5, [-0.001,0.001]:2, (0.5,1]:1}: as count_values labels it.
std::string histogramText(const FloatHistogram& histogram);

}  // namespace nj::promql
