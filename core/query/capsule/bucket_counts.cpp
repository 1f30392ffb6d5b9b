#include "query/capsule/bucket_counts.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace nj::query {

void BucketCounts::add(double lower, double upper, size_t column, double amount) {
    if (!(amount > 0) || std::isinf(amount) || std::isnan(upper) || std::isnan(lower) || column >= columns_)
        return;
    Bucket& bucket = buckets_[upper];
    if (bucket.counts.empty()) {
        bucket.counts.assign(columns_, 0);
        bucket.lower = lower;
    }
    // Layouts that share an upper edge: the narrower bucket says where the observations lie.
    bucket.lower = std::max(bucket.lower, lower);
    bucket.counts[column] += amount;
    bucket.total += amount;
}

void BucketCounts::merge(const BucketCounts& other) {
    for (const auto& [upper, bucket] : other.buckets_)
        for (size_t column = 0; column < std::min(columns_, bucket.counts.size()); ++column)
            add(bucket.lower, upper, column, bucket.counts[column]);
}

double BucketCounts::count(size_t column) const {
    double n = 0;
    for (const auto& [upper, bucket] : buckets_)
        n += bucket.counts[column];
    return n;
}

double BucketCounts::count() const {
    double n = 0;
    for (const auto& [upper, bucket] : buckets_)
        n += bucket.total;
    return n;
}

template <typename Amount>
double BucketCounts::quantileOf(double q, double total, const Amount& amount) const {
    if (!(total > 0))
        return std::numeric_limits<double>::quiet_NaN();
    const double rank = q * total;
    double seen = 0, last = 0;
    for (const auto& [upper, bucket] : buckets_) {
        const double n = amount(bucket);
        if (!(n > 0))
            continue;
        // Without an upper edge "at least the lower one" is all that is known; without a lower edge "at most the upper one".
        const double lower = std::isinf(bucket.lower) ? (upper > 0 ? 0 : upper) : bucket.lower;
        last = std::isinf(upper) ? lower : upper;
        if (seen + n >= rank)
            return std::isinf(upper) ? lower : lower + (upper - lower) * std::clamp((rank - seen) / n, 0.0, 1.0);
        seen += n;
    }
    return last;   // rounding of fractional counts
}

double BucketCounts::quantile(size_t column, double q) const {
    return quantileOf(q, count(column), [&](const Bucket& bucket) { return bucket.counts[column]; });
}

double BucketCounts::quantile(double q) const {
    return quantileOf(q, count(), [](const Bucket& bucket) { return bucket.total; });
}

double BucketCounts::relativeError(double q) const {
    const double value = quantile(q);
    for (const auto& [upper, bucket] : buckets_) {
        if (!(bucket.total > 0) || value > upper || std::isinf(upper))
            continue;
        const double lower = std::isinf(bucket.lower) ? 0 : bucket.lower;
        return upper + lower > 0 ? (upper - lower) / (upper + lower) : 0;
    }
    return 0;
}

double BucketCounts::lowest() const {
    for (const auto& [upper, bucket] : buckets_)
        if (bucket.total > 0)
            return std::isinf(bucket.lower) ? std::min(0.0, upper) : bucket.lower;
    return 0;
}

double BucketCounts::highest() const {
    for (auto it = buckets_.rbegin(); it != buckets_.rend(); ++it)
        if (it->second.total > 0)
            return std::isinf(it->first) ? it->second.lower : it->first;
    return 0;
}

}  // namespace nj::query
