#include "promql/engine/sliding_window.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace nj::promql {

void PrefixSums::build(const std::vector<double>& values) {
    clear();
    double greatest = 0;
    double least = std::numeric_limits<double>::max();
    for (const double value : values) {
        const double size = std::fabs(value);
        if (!(size <= std::numeric_limits<double>::max()))
            return;
        greatest = std::max(greatest, size);
        if (size != 0)
            least = std::min(least, size);
    }
    constexpr double kFarApart = 1e12;   // 2^40; with 2^13 samples the error stays below 2^-52 of the least value
    if (greatest > least * kFarApart || greatest > 1e290)
        return;
    high_.resize(values.size() + 1);
    low_.resize(values.size() + 1);
    double high = 0;
    double low = 0;
    for (size_t i = 0; i < values.size(); ++i) {
        high_[i] = high;
        low_[i] = low;
        // Knuth's two-sum, then the carried part.
        const double sum = high + values[i];
        const double part = sum - high;
        low += (high - (sum - part)) + (values[i] - part);
        high = sum + low;
        low -= high - sum;
    }
    high_[values.size()] = high;
    low_[values.size()] = low;
}

void SlidingExtreme::clear() {
    candidates_.clear();
    first_ = 0;
    next_ = 0;
}

}  // namespace nj::promql
