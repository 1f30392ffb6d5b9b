#include "promql/engine/compensated_sum.h"

namespace nj::promql {

void HistogramSum::add(const FloatHistogram& histogram, bool forMean) {
    if (incompatible_)
        return;
    resetSeen_ = resetSeen_ || histogram.hint == ResetHint::kReset;
    noResetSeen_ = noResetSeen_ || histogram.hint == ResetHint::kNotReset;
    ++count_;
    if (count_ == 1) {
        sum_ = histogram;
        error_ = FloatHistogram();
        error_.schema = sum_.schema;
        error_.zeroThreshold = sum_.zeroThreshold;
        error_.customBounds = sum_.customBounds;
        return;
    }
    HistogramAddition addition;
    if (!incremental_) {
        FloatHistogram next = sum_;
        FloatHistogram nextError = error_;
        addition = addCompensated(next, nextError, histogram);
        if (!addition.incompatible && (!forMean || !next.hasOverflow())) {
            sum_ = std::move(next);
            error_ = std::move(nextError);
            boundsReconciled_ = boundsReconciled_ || addition.boundsReconciled;
            return;
        }
        if (!addition.incompatible) {
            incremental_ = true;
            sum_.divide(count_ - 1);
            error_.divide(count_ - 1);
        }
    }
    if (!addition.incompatible) {
        const double weight = (count_ - 1) / count_;
        FloatHistogram part = histogram;
        part.divide(count_);
        sum_.multiply(weight);
        error_.multiply(weight);
        addition = addCompensated(sum_, error_, part);
    }
    boundsReconciled_ = boundsReconciled_ || addition.boundsReconciled;
    incompatible_ = addition.incompatible;
}

FloatHistogram HistogramSum::sum() const {
    FloatHistogram total = sum_;
    const ResetHint hint = total.hint;
    FloatHistogram error = error_;
    error.hint = hint;
    addTo(total, error);
    total.compact();
    return total;
}

FloatHistogram HistogramSum::mean() const {
    FloatHistogram mean = sum();
    if (!incremental_)
        mean.divide(count_);
    return mean;
}

}  // namespace nj::promql
