#include "dashboard/panel/nice_bounds.h"

#include <algorithm>
#include <cmath>
#include <span>

namespace nj::dashboard {
namespace {

// 1, 2 or 5 times a power of ten, not below.
double niceAbove(double width) {
    const double power = std::pow(10, std::floor(std::log10(width)));
    for (const double factor : {1.0, 2.0, 5.0})
        if (factor * power >= width * (1 - 1e-9))
            return factor * power;
    return 10 * power;
}

std::vector<double> linear(double least, double most, int wanted) {
    // Neither narrower than doubles of that size tell apart, nor wider than they reach.
    const double size = std::max(std::abs(least), std::abs(most));
    double width = (most / 2 - least / 2) / wanted * 2;
    if (!(width > 0))
        width = size > 0 ? size / 10 : 1;
    width = niceAbove(std::clamp(width, std::max(size * 1e-12, 1e-300), 1e308));
    const double first = std::floor(least / width);
    std::vector<double> bounds{first * width};
    for (int i = 1; i <= 3 * wanted && bounds.back() <= most; ++i)
        if (const double bound = (first + i) * width; bound > bounds.back())
            bounds.push_back(bound);
    if (bounds.size() == 1)
        bounds.push_back(bounds.back() + width);
    return bounds;
}

std::vector<double> logarithmic(double least, double most, int wanted) {
    static constexpr double kTen[] = {1, 1.25, 1.6, 2, 2.5, 3.2, 4, 5, 6.3, 8};
    static constexpr double kFive[] = {1, 1.6, 2.5, 4, 6.3};
    static constexpr double kThree[] = {1, 2, 5};
    static constexpr double kOne[] = {1};
    const int from = static_cast<int>(std::floor(std::log10(least))), to = static_cast<int>(std::floor(std::log10(most)));
    const int decades = to - from + 1;
    const std::span<const double> factors = decades * 10 <= wanted * 3 / 2  ? std::span<const double>(kTen)
                                            : decades * 5 <= wanted * 3 / 2 ? std::span<const double>(kFive)
                                            : decades * 3 <= wanted * 3 / 2 ? std::span<const double>(kThree)
                                                                            : std::span<const double>(kOne);
    const int stride = std::max(1, decades / wanted);
    std::vector<double> bounds;
    for (int power = from; power <= to + stride; power += stride)
        for (const double factor : factors) {
            const double bound = factor * std::pow(10, power);
            // Only the last bound that is below the least, and the first that is above the most.
            if (bound <= least)
                bounds.clear();
            if (!bounds.empty() && bounds.back() > most)
                return bounds;
            if (std::isfinite(bound) && bound > 0 && (bounds.empty() || bound > bounds.back()))
                bounds.push_back(bound);
        }
    if (bounds.size() < 2)
        return linear(least, most, wanted);
    return bounds;
}

}  // namespace

std::vector<double> niceBounds(double least, double most, int wanted, bool mayBeLogarithmic) {
    return mayBeLogarithmic && least > 0 && most / least > 100 ? logarithmic(least, most, wanted) : linear(least, most, wanted);
}

}  // namespace nj::dashboard
