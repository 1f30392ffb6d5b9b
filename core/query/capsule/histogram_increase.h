// What one composite histogram point adds to the one before it: all of it for delta points and after a reset, the difference for cumulative
// ones. Exponential points of different scale meet at the coarser one. One series at a time.
#pragma once

#include <functional>
#include <map>

#include "model/batch.h"

namespace nj::query {

class HistogramIncrease {
public:
    explicit HistogramIncrease(bool delta) : delta_(delta) {}
    // Takes the next point. False: nothing is known to have been added (the first cumulative point of an older run, no recorded value).
    bool advance(const HistogramPoint& point, TimeNs rangeFrom);
    // Calls visit(lower, upper, count) for the buckets that grew.
    void forEach(const std::function<void(double, double, double)>& visit) const;
    [[nodiscard]] double sum() const { return sum_; }

private:
    bool delta_;
    bool has_ = false;
    HistogramPoint previous_;
    std::map<double, std::pair<double, double>> grown_;   // upper → (lower, count)
    double sum_ = 0;
};

}  // namespace nj::query
