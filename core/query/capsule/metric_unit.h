// The unit of a metric: as declared, else as its name or its help says ("…_seconds", "SM clock frequency (in MHz)"). Pure.
#pragma once

#include <string>
#include <string_view>

namespace nj::query {

// UCUM where it is known ("s", "By", "MHz", "Cel", "W", "%"); "ratio" for shares of one; "" for plain numbers.
std::string metricUnit(std::string_view name, std::string_view declared, std::string_view description);
// Of its increase per second.
std::string rateUnit(std::string_view unit);

}  // namespace nj::query
