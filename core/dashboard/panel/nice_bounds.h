// Bounds that people read easily. Pure function, any thread.
#pragma once

#include <vector>

namespace nj::dashboard {

// About `wanted` buckets from below the least to above the most, both finite; by powers where all are positive and span over two decades
// and `mayBeLogarithmic`.
std::vector<double> niceBounds(double least, double most, int wanted, bool mayBeLogarithmic);

}  // namespace nj::dashboard
