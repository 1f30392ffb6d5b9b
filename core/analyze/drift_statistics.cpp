#include "analyze/drift_statistics.h"

#include <algorithm>
#include <cmath>

#include "base/nan.h"

namespace nj::analyze {
namespace {

constexpr double kMinExpected = 5;

double counted(double n) { return n > 0 && std::isfinite(n) ? n : 0; }

double sumOf(std::span<const double> counts) {
    double sum = 0;
    for (const double n : counts)
        sum += counted(n);
    return sum;
}

// Σ term(share of reference, share of current); NaN where there is nothing to compare.
template <typename Term>
double sumOfShares(std::span<const double> reference, std::span<const double> current, Term&& term) {
    const double r = sumOf(reference), c = sumOf(current);
    if (reference.size() != current.size() || !(r > 0) || !(c > 0) || std::isinf(r) || std::isinf(c))
        return kNaN;
    double sum = 0;
    for (size_t i = 0; i < reference.size(); ++i)
        sum += term(counted(reference[i]) / r, counted(current[i]) / c);
    return sum;
}

// The incomplete gamma function P(a, x) by its series; for x < a + 1.
double gammaSeries(double a, double x) {
    double term = 1 / a, sum = term;
    for (int n = 1; n < 1000 && std::abs(term) > std::abs(sum) * 1e-15; ++n) {
        term *= x / (a + n);
        sum += term;
    }
    return sum * std::exp(-x + a * std::log(x) - std::lgamma(a));
}

// Q(a, x) by its continued fraction (Lentz); for x ≥ a + 1.
double gammaFraction(double a, double x) {
    constexpr double kTiny = 1e-300;
    double b = x + 1 - a, c = 1 / kTiny, d = 1 / b, h = d;
    for (int i = 1; i < 1000; ++i) {
        const double an = -i * (i - a);
        b += 2;
        d = an * d + b;
        d = std::abs(d) < kTiny ? kTiny : d;
        c = b + an / c;
        c = std::abs(c) < kTiny ? kTiny : c;
        d = 1 / d;
        h *= d * c;
        if (std::abs(d * c - 1) < 1e-15)
            break;
    }
    return h * std::exp(-x + a * std::log(x) - std::lgamma(a));
}

}  // namespace

double populationStability(std::span<const double> reference, std::span<const double> current) {
    return sumOfShares(reference, current, [](double r, double c) {
        if (r == 0 && c == 0)
            return 0.0;
        r = std::max(r, kShareFloor);
        c = std::max(c, kShareFloor);
        return (c - r) * std::log(c / r);
    });
}

double kullbackLeibler(std::span<const double> reference, std::span<const double> current) {
    return sumOfShares(reference, current, [](double r, double c) { return r == 0 ? 0.0 : r * std::log(r / std::max(c, kShareFloor)); });
}

double jensenShannonDistance(std::span<const double> reference, std::span<const double> current) {
    const double divergence = sumOfShares(reference, current, [](double r, double c) {
        const double m = (r + c) / 2;
        return (r > 0 ? 0.5 * r * std::log(r / m) : 0.0) + (c > 0 ? 0.5 * c * std::log(c / m) : 0.0);
    });
    return std::sqrt(std::max(divergence, 0.0) + 0 * divergence);   // rounding may leave −1e-17; NaN stays NaN
}

double hellingerDistance(std::span<const double> reference, std::span<const double> current) {
    return std::sqrt(sumOfShares(reference, current, [](double r, double c) { return (std::sqrt(r) - std::sqrt(c)) * (std::sqrt(r) - std::sqrt(c)); }) / 2);
}

double totalVariation(std::span<const double> reference, std::span<const double> current) {
    return sumOfShares(reference, current, [](double r, double c) { return std::abs(r - c); }) / 2;
}

TestResult chiSquareTest(std::span<const double> reference, std::span<const double> current) {
    const double r = sumOf(reference), c = sumOf(current);
    if (reference.size() != current.size() || !(r > 0) || !(c > 0))
        return {kNaN, kNaN, 0};
    TestResult out;
    double bins = 0, pooledExpected = 0, pooledObserved = 0;
    const auto add = [&](double expected, double observed) {
        out.statistic += (observed - expected) * (observed - expected) / expected;
        ++bins;
    };
    for (size_t i = 0; i < reference.size(); ++i) {
        const double expected = counted(reference[i]) * c / r, observed = counted(current[i]);
        if (expected >= kMinExpected) {
            add(expected, observed);
        } else {
            pooledExpected += expected;
            pooledObserved += observed;
        }
    }
    // What the reference never had expects half an observation, not none.
    if (pooledExpected > 0 || pooledObserved > 0)
        add(std::max(pooledExpected, 0.5), pooledObserved);
    out.degrees = std::max(bins - 1, 0.0);
    out.p = out.degrees > 0 ? chiSquareTail(out.statistic, out.degrees) : 1;
    return out;
}

double kolmogorovSmirnovP(double statistic, double referenceCount, double currentCount) {
    if (!(referenceCount > 0) || !(currentCount > 0) || std::isnan(statistic))
        return kNaN;
    const double root = std::sqrt(referenceCount / (referenceCount + currentCount) * currentCount);
    return kolmogorovTail((root + 0.12 + 0.11 / root) * statistic);
}

double kolmogorovTail(double x) {
    if (std::isnan(x))
        return kNaN;
    if (x < 0.2)   // the series converges too slowly; the tail is 1 to fifteen digits
        return 1;
    double sum = 0, sign = 1;
    for (int k = 1; k <= 100; ++k) {
        const double term = std::exp(-2.0 * k * k * x * x);
        sum += sign * term;
        if (term < 1e-17)
            break;
        sign = -sign;
    }
    return std::clamp(2 * sum, 0.0, 1.0);
}

double chiSquareTail(double x, double degrees) {
    if (std::isnan(x) || !(degrees > 0))
        return kNaN;
    if (x <= 0)
        return 1;
    if (std::isinf(x))
        return 0;
    const double a = degrees / 2, half = x / 2;
    return std::clamp(half < a + 1 ? 1 - gammaSeries(a, half) : gammaFraction(a, half), 0.0, 1.0);
}

}  // namespace nj::analyze
