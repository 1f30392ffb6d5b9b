// Order of texts in which runs of digits count as numbers: "item2" before "item10". Pure function.
#pragma once

#include <string_view>

namespace nj::promql {

bool naturallyLess(std::string_view a, std::string_view b);

}  // namespace nj::promql
