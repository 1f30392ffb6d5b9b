// The names of enumerators in Nightjar's own dashboard JSON. Pure functions.
#pragma once

#include <optional>
#include <string_view>
#include <utility>

#include "dashboard/dashboard.h"

namespace nj::dashboard {

template <typename E>
struct EnumNames;   // specialised below: `all` is a list of name and enumerator

#define NJ_ENUM_NAMES(E, ...)                                                          \
    template <>                                                                        \
    struct EnumNames<E> {                                                              \
        using enum E;                                                                  \
        static constexpr std::pair<std::string_view, E> all[] = {__VA_ARGS__};         \
    }

NJ_ENUM_NAMES(PanelKind, {"timeseries", kTimeSeries}, {"stat", kStat}, {"gauge", kGauge}, {"bars", kBarGauge}, {"table", kTable}, {"heatmap", kHeatmap}, {"histogram", kHistogram}, {"text", kText});
NJ_ENUM_NAMES(TargetFormat, {"timeseries", kTimeSeries}, {"table", kTable}, {"heatmap", kHeatmap});
NJ_ENUM_NAMES(DrawStyle, {"line", kLine}, {"bars", kBars}, {"points", kPoints});
NJ_ENUM_NAMES(FieldMatch, {"name", kName}, {"regex", kRegex}, {"query", kQuery}, {"type", kType});
NJ_ENUM_NAMES(VariableKind, {"query", kQuery}, {"custom", kCustom}, {"textbox", kTextBox}, {"interval", kInterval}, {"datasource", kDataSource}, {"constant", kConstant}, {"filters", kFilters});
NJ_ENUM_NAMES(VariableSort, {"none", kNone}, {"text", kText}, {"text_descending", kTextDescending}, {"number", kNumber}, {"number_descending", kNumberDescending}, {"caseless", kCaseless}, {"caseless_descending", kCaselessDescending});
NJ_ENUM_NAMES(TransformationKind, {"organize", kOrganize}, {"group_by", kGroupBy}, {"filter_fields", kFilterFields}, {"reduce", kReduce}, {"calculate", kCalculateField}, {"join", kJoinByField}, {"filter_rows", kFilterByValue}, {"merge", kMerge}, {"labels_to_fields", kLabelsToFields}, {"sort", kSortBy}, {"rename", kRenameByRegex});
#undef NJ_ENUM_NAMES

template <typename E>
std::string_view enumName(E value) {
    for (const auto& [name, each] : EnumNames<E>::all)
        if (each == value)
            return name;
    return {};
}
template <typename E>
std::optional<E> enumNamed(std::string_view text) {
    for (const auto& [name, each] : EnumNames<E>::all)
        if (name == text)
            return each;
    return std::nullopt;
}

}  // namespace nj::dashboard
