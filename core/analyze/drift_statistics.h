// How far a current distribution lies from a reference one: distances of shares over common bins, and tests with their p-values.
// Arguments are counts (not shares) per bin, both of one length; NaN comes back where one of them is empty. Entries that are not finite or
// are negative count as nothing. Pure functions, any thread.
//
// Sources: PSI — S. Lewis, Credit Scoring (1994), which is the symmetric Kullback–Leibler divergence of H. Jeffreys (1946); Jensen–Shannon —
// J. Lin, IEEE Trans. Inf. Theory 37 (1991), the distance being its square root (Endres and Schindelin 2003), natural logarithm: at most
// √ln 2 = 0.8326; Hellinger — with the factor 1/√2, at most 1; Kolmogorov–Smirnov — the series of Kolmogorov (1933) with the correction of
// M. A. Stephens (1970) for small n; χ² — K. Pearson (1900), tail by the incomplete gamma function (Numerical Recipes, 6.2).
#pragma once

#include <span>
#include <vector>

namespace nj::analyze {

// Shares below this count as this in PSI and KL: an empty bin says "fewer than one in ten thousand", not "never".
inline constexpr double kShareFloor = 1e-4;

// Σ (c − r) · ln(c / r).
double populationStability(std::span<const double> reference, std::span<const double> current);
// Σ r · ln(r / c).
double kullbackLeibler(std::span<const double> reference, std::span<const double> current);
// √(½ KL(r‖m) + ½ KL(c‖m)), m = (r + c) / 2; in [0, √ln 2].
double jensenShannonDistance(std::span<const double> reference, std::span<const double> current);
// ‖√r − √c‖ / √2; in [0, 1].
double hellingerDistance(std::span<const double> reference, std::span<const double> current);
// ½ Σ |r − c|: the share that moved; in [0, 1].
double totalVariation(std::span<const double> reference, std::span<const double> current);

struct TestResult {
    double statistic = 0;
    double p = 1;              // of no difference
    double degrees = 0;        // of freedom, χ² only
};
// Σ (observed − expected)² / expected, expected = reference × n_c / n_r. Bins that expect fewer than 5 are pooled (Cochran 1954).
TestResult chiSquareTest(std::span<const double> reference, std::span<const double> current);
// Of a statistic D found with n_r and n_c observations.
double kolmogorovSmirnovP(double statistic, double referenceCount, double currentCount);

// P(X > x) of Kolmogorov's distribution, 2 Σ (−1)^(k−1) e^(−2 k² x²).
double kolmogorovTail(double x);
// P(X > x) of χ² with that many degrees of freedom.
double chiSquareTail(double x, double degrees);

}  // namespace nj::analyze
