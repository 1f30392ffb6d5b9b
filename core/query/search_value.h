// Values of the search language: numbers, durations, sizes and the names of severities. Pure functions, any thread.
#pragma once

#include <optional>
#include <string_view>

namespace nj::query {

// "error" → 17, "warning" → 13 …: the first of the four OTLP numbers of that name, either case; nothing for other texts.
std::optional<int> severityNumber(std::string_view name);

// The number a value means to a field, in ns for durations and bytes for sizes. Units count for `duration` always and for other fields
// only with `units` (comparisons: `took:>2s`); without it `version:2s` stays text.
std::optional<double> searchNumber(std::string_view field, std::string_view text, bool units);

}  // namespace nj::query
