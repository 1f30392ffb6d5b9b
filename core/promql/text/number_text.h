// Numbers and durations as Prometheus reads and writes them. Pure functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"

namespace nj::promql {

// Shortest decimal without exponent: "0.000001", "100000"; NaN, +Inf, -Inf. Go's FormatFloat(v, 'f', -1, 64).
std::string plainNumber(double value);
// Shortest, with exponent below 1e-4 and from 1e6: Go's %g.
std::string compactNumber(double value);
// As values stand in the API's JSON: plain, with exponent below 1e-6 and from 1e21.
std::string apiNumber(double value);
void appendApiNumber(std::string& out, double value);
// Go's %.Ng with a given count of significant digits.
std::string roundedNumber(double value, int digits);
// As OpenMetrics writes le and quantile: like compactNumber, with ".0" on whole numbers.
std::string openMetricsNumber(double value);

// Go's ParseFloat plus hex integers and _ separators between digits: "1e3", "0x1F", "1_000", "+Inf", "nan".
std::optional<double> parseNumber(std::string_view text);
// A number as it stands in an expression: also octal ("017", "0o17") and binary ("0b101"), as Go reads integers.
std::optional<double> parseNumberLiteral(std::string_view text);
// "1h30m", units y w d h m s ms, each once and longest first.
std::optional<DurationNs> parsePromDuration(std::string_view text);
std::string promDurationText(DurationNs duration);   // "1h30m", "0s", "-5m"

}  // namespace nj::promql
