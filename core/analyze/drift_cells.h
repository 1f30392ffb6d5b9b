// A reference and a current distribution of one number over common cells: what raw samples, histograms and sketches all become before they
// are compared. A cell is a value (lower == upper) or a bucket (lower, upper] whose observations are taken as spread evenly.
// Plain values and pure functions, any thread.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "analyze/drift_statistics.h"

namespace nj::analyze {

struct DriftCell {
    double lower = 0, upper = 0;
    double reference = 0, current = 0;   // observations
};
using DriftCells = std::vector<DriftCell>;   // ascending, not overlapping

// One cell per distinct value. NaN and infinities are left out.
DriftCells cellsOfSamples(std::span<const double> reference, std::span<const double> current);

struct CellTotals {
    double reference = 0, current = 0;
};
CellTotals totalsOf(const DriftCells& cells);

// sup |F_r − F_c|, at the cells' ends. NaN when one is empty.
double kolmogorovSmirnov(const DriftCells& cells);
// ∫ |F_r − F_c| dx, in the value's unit. An open end (±∞) has no width: with such a bucket this is a lower bound.
double wasserstein1(const DriftCells& cells);
// Linear inside a bucket, nearest rank among values. NaN when empty.
double quantileOfCells(const DriftCells& cells, bool current, double q);
// By the cells' middles.
double meanOfCells(const DriftCells& cells, bool current);
double deviationOfCells(const DriftCells& cells, bool current);

// How many bins n observations carry: pure noise makes a PSI of (bins − 1)(1/n_r + 1/n_c) on average, held near 0.04. In [2, 50].
size_t binsFor(double referenceCount, double currentCount);
// Neighbouring cells merged into at most `most` bins of about equal weight in the half-and-half mixture of both, so that no bin is empty of
// both. Twenty cells or fewer that are values stay as they are (Evidently's rule for discrete numbers) if `most` allows.
DriftCells mergedCells(const DriftCells& cells, size_t most);

// Everything the picture and its details say about a pair.
struct DriftStatistics {
    double psi = 0, jensenShannon = 0, hellinger = 0, totalVariation = 0;
    double ks = 0, ksP = 0;                      // numbers only, else NaN
    double wasserstein = 0, normedWasserstein = 0;   // numbers only; normed by max(deviation of the reference, 0.001)
    double chiSquare = 0, chiSquareP = 0, chiDegrees = 0;
    size_t bins = 0;
};
DriftStatistics numericDrift(const DriftCells& cells);
// One entry per category. Beyond binsFor() the rarest share a bin.
DriftStatistics categoricalDrift(std::span<const double> reference, std::span<const double> current);

// The shape of both is one: after moving and stretching the current to the reference's median and quartiles, KS stays under 0.1. A drifted
// score of one shape hints at a changed scale (another embedding model), not at worse results.
bool sameShape(const DriftCells& cells);

// Bins for a picture: evenly spaced, in the logarithm where all values are positive and p95 is over 3 × p5.
struct PictureBins {
    bool logarithmic = false;
    std::vector<double> edges;                     // bins + 1, ascending; empty when there is nothing to show
    std::vector<double> reference, current;        // shares
};
PictureBins pictureBins(const DriftCells& cells, size_t wanted);

}  // namespace nj::analyze
