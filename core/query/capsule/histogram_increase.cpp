#include "query/capsule/histogram_increase.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace nj::query {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

using Grown = std::map<double, std::pair<double, double>>;

void put(Grown& grown, double lower, double upper, double n) {
    if (n == 0 || std::isnan(lower) || std::isnan(upper))
        return;
    auto& slot = grown.try_emplace(upper, lower, 0.0).first->second;
    slot.second += n;
}

// Edge of index k at a scale: base^k, base = 2^(2^-scale).
double edgeOf(int64_t index, int32_t scale) { return std::exp2(std::ldexp(static_cast<double>(index), -scale)); }

void putSide(Grown& grown, const HistogramPoint& point, int32_t scale, bool positive, double sign) {
    const std::vector<uint64_t>& counts = positive ? point.positive : point.negative;
    const int64_t offset = positive ? point.positiveOffset : point.negativeOffset;
    const int shift = std::clamp(point.scale - scale, 0, 62);
    for (size_t i = 0; i < counts.size(); ++i) {
        const int64_t index = (offset + static_cast<int64_t>(i)) >> shift;
        const double near = edgeOf(index, scale), far = edgeOf(index + 1, scale), n = sign * static_cast<double>(counts[i]);
        if (positive)
            put(grown, near, far, n);
        else
            put(grown, -far, -near, n);
    }
}

void putPoint(Grown& grown, const HistogramPoint& point, int32_t scale, bool exponential, double sign) {
    if (exponential) {
        putSide(grown, point, scale, false, sign);
        put(grown, point.negative.empty() ? 0 : -point.zeroThreshold, std::max(0.0, point.zeroThreshold), sign * static_cast<double>(point.zeroCount));
        putSide(grown, point, scale, true, sign);
        return;
    }
    if (point.buckets.size() != point.bounds.size() + 1)
        return;
    for (size_t i = 0; i < point.buckets.size(); ++i)
        put(grown, i == 0 ? -kInfinity : point.bounds[i - 1], i < point.bounds.size() ? point.bounds[i] : kInfinity, sign * static_cast<double>(point.buckets[i]));
}

bool isExponential(const HistogramPoint& point) { return point.buckets.empty() && point.bounds.empty(); }

}  // namespace

bool HistogramIncrease::advance(const HistogramPoint& point, TimeNs rangeFrom) {
    grown_.clear();
    sum_ = 0;
    if ((point.flags & kSampleNoRecordedValue) != 0) {
        has_ = false;
        return false;
    }
    const bool exponential = isExponential(point);
    const bool sameLayout = has_ && isExponential(previous_) == exponential && (exponential || previous_.bounds == point.bounds);
    const bool restarted = has_ && (point.count < previous_.count || (point.start != 0 && point.start > previous_.start && point.start >= previous_.time));
    // The first point counts whole only when its own start says that it began inside the range.
    const bool whole = delta_ || (has_ ? restarted || !sameLayout : point.start != 0 && point.start >= rangeFrom);
    const bool known = delta_ || has_ || whole;
    if (known) {
        const int32_t scale = whole ? point.scale : std::min(point.scale, previous_.scale);
        putPoint(grown_, point, scale, exponential, 1);
        sum_ = point.hasSum ? point.sum : 0;
        if (!whole) {
            putPoint(grown_, previous_, scale, exponential, -1);
            sum_ -= previous_.hasSum ? previous_.sum : 0;
        }
        sum_ = std::isfinite(sum_) ? sum_ : 0;
    }
    if (!delta_)
        previous_ = point;
    has_ = true;
    return known;
}

void HistogramIncrease::forEach(const std::function<void(double, double, double)>& visit) const {
    for (const auto& [upper, entry] : grown_)
        if (entry.second > 0)
            visit(entry.first, upper, entry.second);
}

}  // namespace nj::query
