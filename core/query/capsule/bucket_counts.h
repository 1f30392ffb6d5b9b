// Counts by bucket of any layout, over columns: what histogram families of all kinds are turned into. Plain value.
#pragma once

#include <cstddef>
#include <map>
#include <vector>

namespace nj::query {

class BucketCounts {
public:
    explicit BucketCounts(size_t columns = 1) : columns_(columns) {}
    // Observations in (lower, upper]; infinite edges allowed. Amounts that are not positive are left out.
    void add(double lower, double upper, size_t column, double amount);
    void merge(const BucketCounts& other);
    [[nodiscard]] double count(size_t column) const;
    [[nodiscard]] double count() const;
    // Linear inside the bucket; in a bucket without upper edge its lower edge ("at least"). NaN when empty.
    [[nodiscard]] double quantile(size_t column, double q) const;
    [[nodiscard]] double quantile(double q) const;
    // Half the width of the bucket that holds the quantile, relative to its middle; 0 when empty.
    [[nodiscard]] double relativeError(double q) const;
    // Edges of the lowest and highest bucket with observations.
    [[nodiscard]] double lowest() const;
    [[nodiscard]] double highest() const;
    [[nodiscard]] bool empty() const { return buckets_.empty(); }
    // Calls visit(lower, upper, counts by column), ascending.
    template <typename Visit>
    void forEach(Visit&& visit) const {
        for (const auto& [upper, bucket] : buckets_)
            visit(bucket.lower, upper, bucket.counts);
    }

private:
    struct Bucket {
        double lower = 0;
        double total = 0;
        std::vector<double> counts;
    };
    template <typename Amount>
    [[nodiscard]] double quantileOf(double q, double total, const Amount& amount) const;

    size_t columns_;
    std::map<double, Bucket> buckets_;   // by upper edge
};

}  // namespace nj::query
