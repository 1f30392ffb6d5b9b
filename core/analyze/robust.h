// Robust statistics over small arrays and the search for the stretch that departs most. NaN entries count as missing everywhere.
// Pure functions, any thread.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

namespace nj::analyze {

// NaN where nothing is left.
double mean(const std::vector<double>& values);
double median(std::vector<double> values);
// Sorts the values; nearest rank, q in [0, 1].
double quantile(std::vector<double>& values, double q);

struct Spread {
    double centre = 0;   // median
    double width = 0;    // 1.4826 × median absolute deviation, a standard deviation where values are normal
    size_t n = 0;
};
Spread spreadOf(const std::vector<double>& values);
// The same from the lowest quarter only: what is normal when up to two thirds of the values depart upwards.
Spread lowSpreadOf(std::vector<double> values);
// (value − centre) / max(width, floor); 0 where value is NaN.
double robustZ(double value, const Spread& spread, double floor);

struct Stretch {
    size_t from = 0, to = 0;   // half-open
    double score = 0;
};
// The contiguous stretch with the largest sum of (score − threshold); nothing where no entry passes the threshold. NaN counts as 0.
std::optional<Stretch> worstStretch(const std::vector<double>& scores, double threshold);

// Where values that moved from `before` to `after` began to: the first entry of the stretch that lies most beyond a third of the way.
// A blip ahead of it counts only if the calm between them is shorter. NaN entries are left out.
std::optional<size_t> onsetOf(const std::vector<double>& values, double before, double after);

// n + 1 ascending bounds from low to high, evenly spaced in the logarithm; low > 0.
std::vector<double> logBounds(double low, double high, size_t n);

}  // namespace nj::analyze
