// From statistics to a verdict: thresholds, the stretch that departs in a trend, and the instant it began. Pure functions, any thread.
#pragma once

#include <cstddef>
#include <optional>
#include <span>

namespace nj::analyze {

enum class DriftVerdict { kNoData, kTooFew, kStable, kModerate, kDrifted };

// PSI's common reading: below 0.1 stable, to 0.25 moderate, above it drifted; under 200 observations on a side nothing is said.
struct DriftThresholds {
    double moderate = 0.1, drifted = 0.25;
    double minimum = 200;
};
// Embeddings: unbiased MMD² with an RBF kernel (Evidently's 0.015); half of it is moderate.
inline constexpr DriftThresholds kEmbeddingThresholds{0.0075, 0.015, 200};

DriftVerdict verdictOf(double statistic, double referenceCount, double currentCount, const DriftThresholds& thresholds = {});

// Windows [from, to) of a trend, NaN = not judged (skipped, breaks nothing).
struct WindowRun {
    size_t from = 0, to = 0;
    double peak = 0;
    size_t judged = 0;
};
// Of the runs of at least `hold` judged windows at or above the threshold the one with the largest sum; nothing where none lasts so long.
std::optional<WindowRun> departedRun(std::span<const double> trend, double threshold, size_t hold = 2);

// Σ count · ln(c / r) over bins for one short column: how much more the column looks like the current distribution than like the reference.
double logLikelihoodRatio(std::span<const double> counts, std::span<const double> reference, std::span<const double> current);
// The column at which a change is most likely when everything before it follows the reference and everything from it on the current: the
// least prefix sum of the ratios (the maximum likelihood change point of E. S. Page's CUSUM with known distributions).
size_t changePoint(std::span<const double> ratios);
// The share of observations that follow the current distribution rather than the reference, by maximum likelihood to 1/64: how far into a
// mixed column a change lies. 0 for an empty column.
double mixtureShare(std::span<const double> counts, std::span<const double> reference, std::span<const double> current);

}  // namespace nj::analyze
