// One number of many, as Grafana's reducers name it. Pure functions, any thread.
#pragma once

#include <span>
#include <string_view>

namespace nj::dashboard {

// "lastNotNull" (also for ""), "last", "first", "firstNotNull", "min", "max", "mean", "median", "sum", "count", "range", "delta", "diff",
// "diffperc" (0–100), "step", "stdDev", "variance", "distinctCount", "changeCount", "logmin", "p1" … "p99"; "allIsNull" and "allIsZero"
// are 1 or 0. NaN among the values is a value that is not there: "first", "last" and "count" see it, the others pass over it.
// NaN: none, or the name is not known.
double calculate(std::string_view calculation, std::span<const double> values);
bool isCalculation(std::string_view name);
// As Grafana heads columns with it: "Last *", "Total"; what is not known stays as it is.
std::string_view calculationTitle(std::string_view name);

}  // namespace nj::dashboard
