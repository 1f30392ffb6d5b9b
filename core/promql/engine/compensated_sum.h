// Sums that keep what floating point would lose, and means of them. Plain values.
#pragma once

#include <cmath>

#include "promql/histogram/float_histogram.h"

namespace nj::promql {

// Neumaier's variant of Kahan's sum.
struct CompensatedSum {
    double sum = 0;
    double error = 0;
    void add(double value) {
        const double total = sum + value;
        if (std::isinf(total))
            error = 0;
        else if (std::fabs(sum) >= std::fabs(value))
            error += (sum - total) + value;
        else
            error += (value - total) + sum;
        sum = total;
    }
    [[nodiscard]] double total() const { return std::isinf(sum) ? sum : sum + error; }
};

// The mean by summing up, or, once the sum would overflow, by weighting.
struct CompensatedMean {
    CompensatedSum sum;      // the mean itself once incremental
    double count = 0;
    bool incremental = false;
    void add(double value) {
        ++count;
        if (count == 1) {
            sum.sum = value;
            return;
        }
        if (!incremental) {
            CompensatedSum next = sum;
            next.add(value);
            if (!std::isinf(next.sum)) {
                sum = next;
                return;
            }
            incremental = true;
            sum.sum /= count - 1;
            sum.error /= count - 1;
        }
        const double weight = (count - 1) / count;
        sum.sum *= weight;
        sum.error *= weight;
        sum.add(value / count);
    }
    [[nodiscard]] double mean() const { return incremental ? sum.sum + sum.error : sum.sum / count + sum.error / count; }
};

// The same for histograms. Only like is added to like: incompatible stays set once exponential and custom buckets met.
class HistogramSum {
public:
    void add(const FloatHistogram& histogram, bool forMean);
    [[nodiscard]] bool incompatible() const { return incompatible_; }
    [[nodiscard]] bool boundsReconciled() const { return boundsReconciled_; }
    [[nodiscard]] bool resetCollision() const { return resetSeen_ && noResetSeen_; }
    [[nodiscard]] double count() const { return count_; }
    FloatHistogram sum() const;
    FloatHistogram mean() const;

private:
    FloatHistogram sum_, error_;
    double count_ = 0;
    bool incremental_ = false;
    bool incompatible_ = false, boundsReconciled_ = false, resetSeen_ = false, noResetSeen_ = false;
};

}  // namespace nj::promql
