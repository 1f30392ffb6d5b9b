#include "query/objectives.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace nj::query {
namespace {

struct TimeUnit {
    std::string_view name;
    double seconds;
};
constexpr std::array kTimeUnits = {TimeUnit{"ns", 1e-9}, TimeUnit{"us", 1e-6}, TimeUnit{"ms", 1e-3}, TimeUnit{"s", 1.0}, TimeUnit{"min", 60.0}, TimeUnit{"h", 3600.0}};

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && text.front() == ' ')
        text.remove_prefix(1);
    while (!text.empty() && text.back() == ' ')
        text.remove_suffix(1);
    return text;
}

// The number a text begins with, and what follows it.
std::optional<std::pair<double, std::string_view>> leadingNumber(std::string_view text) {
    text = trimmed(text);
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || !std::isfinite(value))
        return {};
    return std::pair(value, trimmed(text.substr(static_cast<size_t>(end - text.data()))));
}

}  // namespace

ObjectiveStanding standingOf(const Objective& objective, const analyze::ObjectiveCounts& counts, DurationNs length) {
    ObjectiveStanding standing;
    if (counts.total == 0)
        return standing;
    standing.burnRate = analyze::burnRate(counts, objective.target);
    standing.consumed = analyze::budgetConsumed(standing.burnRate, length, objective.window);
    standing.exhaustedIn = analyze::timeToExhaustion(standing.burnRate, 1 - standing.consumed, objective.window);
    using Level = ObjectiveStanding::Level;
    standing.level = standing.burnRate >= analyze::fastBurnRate(objective.window) ? Level::kFast : standing.burnRate > 1 ? Level::kBurning : Level::kKept;
    return standing;
}

DurationNs observedLength(const ObjectiveAnswer& answer) {
    const auto seen = [](const analyze::ObjectiveCounts& counts) { return counts.total > 0; };
    const auto first = std::find_if(answer.columns.begin(), answer.columns.end(), seen);
    const auto last = std::find_if(answer.columns.rbegin(), answer.columns.rend(), seen);
    return first == answer.columns.end() ? 0 : (last.base() - first) * answer.width;
}

ObjectiveUnit unitOf(const Objective& objective) {
    if (objective.kind == ObjectiveKind::kSpanDuration)
        return {1, "s"};
    for (const TimeUnit& unit : kTimeUnits)
        if (objective.unit == unit.name)
            return {unit.seconds, "s"};
    return {1, objective.unit == "1" ? "" : objective.unit};
}

Result<double> parseThreshold(std::string_view text, const Objective& objective) {
    const auto number = leadingNumber(text);
    if (!number || number->first <= 0)
        return makeError(ErrorCode::kInvalidArgument, fmt::format("'{}' is no threshold: a number above 0, as 2.5 s", text.substr(0, 40)));
    const ObjectiveUnit own = unitOf(objective);
    if (number->second.empty() || number->second == own.unit)
        return number->first / own.scale;
    for (const TimeUnit& unit : kTimeUnits)
        if (own.unit == "s" && number->second == unit.name)
            return number->first * unit.seconds / own.scale;
    return makeError(ErrorCode::kInvalidArgument, own.unit == "s" ? fmt::format("'{}' is no unit of time: ns, us, ms, s, min or h", number->second.substr(0, 40))
                                                                  : fmt::format("the measure is in {}, not in {}", own.unit.empty() ? "plain numbers" : own.unit, number->second.substr(0, 40)));
}

Result<double> parseTarget(std::string_view text) {
    const auto number = leadingNumber(text);
    const bool percent = number && number->second == "%";
    if (number && (percent || number->second.empty())) {
        const double target = percent || number->first >= 1 ? number->first / 100 : number->first;
        if (target > 0 && target < 1)
            return target;
    }
    return makeError(ErrorCode::kInvalidArgument, fmt::format("'{}' is no target: a share above 0 and below 100 %, as 99.9 %", text.substr(0, 40)));
}

std::string thresholdText(const Objective& objective) {
    if (objective.kind == ObjectiveKind::kErrors)
        return {};
    const ObjectiveUnit unit = unitOf(objective);
    const double shown = objective.threshold * unit.scale;
    if (unit.unit == "s" && shown < 1)
        return shown < 1e-3 ? fmt::format("{:.6g} us", shown * 1e6) : fmt::format("{:.6g} ms", shown * 1e3);
    return fmt::format("{:.6g}{}{}", shown, unit.unit.empty() ? "" : " ", unit.unit);
}

std::string targetText(const Objective& objective) { return fmt::format("{:.8g} %", objective.target * 100); }

std::string windowText(DurationNs window) {
    for (const auto& [length, name] : {std::pair(kDay, "d"), {kHour, "h"}, {kMinute, "min"}})
        if (window >= length && window % length == 0)
            return fmt::format("{} {}", window / length, name);
    return formatDuration(window);
}

std::string objectiveSentence(const Objective& objective) {
    const std::string threshold = thresholdText(objective);
    return fmt::format("{} {} over {}", targetText(objective), threshold.empty() ? "without error" : "within " + threshold, windowText(objective.window));
}

}  // namespace nj::query
