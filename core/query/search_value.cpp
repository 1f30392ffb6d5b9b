#include "query/search_value.h"

#include <array>
#include <charconv>
#include <cmath>
#include <string>
#include <utility>

#include "base/time.h"

namespace nj::query {
namespace {

std::optional<double> plainNumber(std::string_view text) {
    if (!text.empty() && text.front() == '+')
        text.remove_prefix(1);
    double value = 0;
    const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (ec != std::errc{} || end != text.data() + text.size() || !std::isfinite(value))
        return std::nullopt;
    return value;
}

std::optional<double> sizeNumber(std::string_view text) {
    static constexpr std::array<std::pair<std::string_view, double>, 9> kUnits = {{{"KiB", 1024.0},
                                                                                   {"MiB", 1048576.0},
                                                                                   {"GiB", 1073741824.0},
                                                                                   {"TiB", 1099511627776.0},
                                                                                   {"kB", 1e3},
                                                                                   {"KB", 1e3},
                                                                                   {"MB", 1e6},
                                                                                   {"GB", 1e9},
                                                                                   {"B", 1.0}}};
    for (const auto& [unit, scale] : kUnits) {
        if (!text.ends_with(unit))
            continue;
        if (const auto number = plainNumber(text.substr(0, text.size() - unit.size())))
            return *number * scale;
        return std::nullopt;
    }
    return std::nullopt;
}

std::optional<double> durationNumber(std::string_view text) {
    const bool negative = text.starts_with('-');
    const auto duration = parseDuration(negative ? text.substr(1) : text);
    if (!duration.ok())
        return std::nullopt;
    return negative ? -static_cast<double>(*duration) : static_cast<double>(*duration);
}

}  // namespace

std::optional<int> severityNumber(std::string_view name) {
    static constexpr std::array<std::pair<std::string_view, int>, 11> kNames = {{{"trace", 1},
                                                                                 {"debug", 5},
                                                                                 {"info", 9},
                                                                                 {"notice", 10},
                                                                                 {"warn", 13},
                                                                                 {"warning", 13},
                                                                                 {"error", 17},
                                                                                 {"err", 17},
                                                                                 {"critical", 18},
                                                                                 {"fatal", 21},
                                                                                 {"unknown", 0}}};
    std::string lower(name.substr(0, 16));
    for (char& c : lower)
        c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    for (const auto& [text, number] : kNames)
        if (text == lower)
            return number;
    return std::nullopt;
}

std::optional<double> searchNumber(std::string_view field, std::string_view text, bool units) {
    if (field == "duration")
        return durationNumber(text);
    if (field == "severity")
        if (const auto severity = severityNumber(text))
            return *severity;
    if (const auto number = plainNumber(text))
        return number;
    if (!units)
        return std::nullopt;
    if (const auto size = sizeNumber(text))
        return size;
    return durationNumber(text);
}

}  // namespace nj::query
