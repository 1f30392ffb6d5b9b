// What makes a window's sum or extreme cheap when it moves over a series' samples: no more work per step than samples that enter and leave.
// One thread; begun anew for each series.
#pragma once

#include <cstddef>
#include <vector>

namespace nj::promql {

// Sums from the first sample on, in twice the precision of a double, so that the difference of two is as good as a sum of its own.
class PrefixSums {
public:
    void clear() { high_.clear(); }
    // Leaves itself empty where values are so far apart in size, or not finite, that differences would be worse.
    void build(const std::vector<double>& values);
    [[nodiscard]] bool empty() const { return high_.empty(); }
    [[nodiscard]] double sum(size_t begin, size_t end) const { return (high_[end] - high_[begin]) + (low_[end] - low_[begin]); }

private:
    std::vector<double> high_, low_;   // one more than values
};

// The greatest (or least) of a window whose ends only move forward. NaN counts only where there is nothing else.
class SlidingExtreme {
public:
    void clear();
    template <bool kMax>
    double of(const std::vector<double>& values, size_t begin, size_t end) {
        for (; next_ < end; ++next_) {
            const double value = values[next_];
            if (value != value)
                continue;
            while (candidates_.size() > first_ && (kMax ? values[candidates_.back()] <= value : values[candidates_.back()] >= value))
                candidates_.pop_back();
            candidates_.push_back(next_);
        }
        while (first_ < candidates_.size() && candidates_[first_] < begin)
            ++first_;
        return first_ < candidates_.size() ? values[candidates_[first_]] : values[begin];
    }

private:
    std::vector<size_t> candidates_;   // from first_ on: indexes ascending, values from best to worst
    size_t first_ = 0;
    size_t next_ = 0;
};

}  // namespace nj::promql
