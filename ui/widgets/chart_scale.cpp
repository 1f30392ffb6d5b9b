#include "widgets/chart_scale.h"

#include <algorithm>
#include <cmath>

namespace nj::ui {
namespace {

// The smallest of 1, 2, 5 × 10^k not below the given step.
double niceStep(double raw) {
    const double power = std::pow(10.0, std::floor(std::log10(raw)));
    for (const double digit : {1.0, 2.0, 2.5, 5.0})
        if (digit * power >= raw * (1 - 1e-9))
            return digit * power;
    return 10 * power;
}

// 1, 3, 10, 30 …: the k-th of them.
double oneThree(int k) {
    const int decade = k >= 0 ? k / 2 : -((1 - k) / 2);
    return (k - 2 * decade == 0 ? 1.0 : 3.0) * std::pow(10.0, decade);
}

int oneThreeBelow(double value) {
    int k = 2 * static_cast<int>(std::floor(std::log10(value)));
    while (oneThree(k + 1) <= value * (1 + 1e-9))
        ++k;
    return k;
}

QVector<double> linearTicks(double low, double high, int maxTicks) {
    const double step = niceStep((high - low) / std::max(1, maxTicks));
    QVector<double> ticks;
    for (double k = std::ceil(low / step - 1e-9); k * step <= high + step * 1e-9 && ticks.size() < 200; k += 1)
        ticks.push_back(k == 0 ? 0 : k * step);
    return ticks;
}

ValueScale niceLog(double min, double max, const ScaleWish& wish) {
    ValueScale scale{true, 0, 0};
    const bool known = std::isfinite(max) && max > 0;
    const double top = known ? max : 10;
    // More than seven decades below the top is the floor of a measurement, not a value worth the height.
    const double bottom = known && std::isfinite(min) && min > 0 ? std::max(min, top * 1e-7) : top / 10;
    scale.low = wish.low && *wish.low > 0 ? *wish.low : oneThree(oneThreeBelow(bottom));
    const int k = oneThreeBelow(top);
    scale.high = wish.high && *wish.high > scale.low ? *wish.high : (oneThree(k) >= top * (1 - 1e-9) ? oneThree(k) : oneThree(k + 1));
    if (scale.high <= scale.low)
        scale.high = scale.low * 10;
    return scale;
}

}  // namespace

double ValueScale::position(double value) const {
    if (std::isnan(value))
        return value;
    if (!log)
        return std::clamp((value - low) / (high - low), 0.0, 1.0);
    if (value <= low)
        return 0;
    return std::min(1.0, std::log(value / low) / std::log(high / low));
}

double ValueScale::valueAt(double position) const {
    return log ? low * std::pow(high / low, position) : low + position * (high - low);
}

ValueScale niceScale(double min, double max, const ScaleWish& wish, int ticks) {
    if (wish.log)
        return niceLog(min, max, wish);
    ValueScale scale;
    const bool known = std::isfinite(min) && std::isfinite(max);
    double low = known ? min : 0, high = known ? max : 1;
    if (wish.fromZero) {
        low = std::min(0.0, low);
        high = std::max(0.0, high);
    }
    if (high - low <= std::max(std::abs(high), std::abs(low)) * 1e-12) {
        high = high == 0 ? 1 : high + std::abs(high) * 0.5;
        if (!wish.fromZero)
            low -= std::abs(low) * 0.5;
    }
    const double step = niceStep((high - low) / std::max(1, ticks));
    scale.low = wish.low ? *wish.low : std::floor(low / step + 1e-9) * step;
    scale.high = wish.high ? *wish.high : std::ceil(high / step - 1e-9) * step;
    if (scale.high <= scale.low)
        scale.high = scale.low + (scale.low == 0 ? 1 : std::abs(scale.low));
    return scale;
}

QVector<double> valueTicks(const ValueScale& scale, int maxTicks) {
    if (!scale.log)
        return linearTicks(scale.low, scale.high, maxTicks);
    QVector<double> ticks;
    const int first = oneThreeBelow(scale.low), last = oneThreeBelow(scale.high);
    // Halves of decades while they fit, then every decade, every second one …
    int stride = 1;
    while ((last - first) / stride > maxTicks)
        stride *= 2;
    for (int k = first; k <= last; ++k) {
        const bool kept = stride == 1 || (k % stride == 0);
        if (kept && oneThree(k) >= scale.low * (1 - 1e-9))
            ticks.push_back(oneThree(k));
    }
    return ticks.size() >= 2 ? ticks : linearTicks(scale.low, scale.high, maxTicks);
}

}  // namespace nj::ui
