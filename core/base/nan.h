// A figure that is missing: no sample, nothing to divide by.
#pragma once

#include <limits>

namespace nj {

inline constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

}  // namespace nj
