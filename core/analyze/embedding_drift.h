// Drift of vectors: distance of the means and maximum mean discrepancy. Vectors lie one after another, `dimensions` numbers each; a
// remainder is ignored. Pure functions, any thread.
//
// MMD — A. Gretton et al., A Kernel Two-Sample Test, JMLR 13 (2012), eq. 3 (unbiased), RBF kernel exp(−γ d²) with γ = 1 / median², the median
// of pairwise distances in both samples together.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace nj::analyze {

// The component means; empty when there is no whole vector.
std::vector<double> meanVector(std::span<const float> vectors, size_t dimensions);
// 1 − cos of the angle between two vectors, in [0, 2]. NaN for a zero vector or different lengths.
double cosineDistance(std::span<const double> a, std::span<const double> b);
double euclideanDistance(std::span<const double> a, std::span<const double> b);
// Mean off-diagonal Kxx + mean off-diagonal Kyy − 2 mean Kxy; about 0 for samples of one distribution. Takes at most `most` vectors of each,
// evenly spaced. NaN with fewer than two on a side.
double meanDiscrepancy(std::span<const float> reference, std::span<const float> current, size_t dimensions, size_t most = 200);

}  // namespace nj::analyze
