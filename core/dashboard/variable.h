// The variables of a dashboard. Plain values and pure functions, any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace nj::dashboard {

enum class VariableKind : unsigned char { kQuery, kCustom, kTextBox, kInterval, kDataSource, kConstant, kFilters };
enum class VariableSort : unsigned char { kNone, kText, kTextDescending, kNumber, kNumberDescending, kCaseless, kCaselessDescending };

struct VariableOption {
    std::string text, value;
    bool operator==(const VariableOption&) const = default;
};

struct Variable {
    VariableKind kind = VariableKind::kQuery;
    std::string name, label;
    std::string query;                   // of a query: label_values(up, job); of others: what its options were made of
    std::string regex;                   // cuts the answers of a query: /.*pod="([^"]+)".*/
    VariableSort sort = VariableSort::kNone;
    bool multi = false;
    bool includeAll = false;
    std::string allValue;                // stands for All as it is written; "" = all options
    bool hidden = false;
    std::vector<VariableOption> options; // of a query: those of the day it was saved
    std::vector<std::string> current;    // values; {"$__all"} = All; of filters matchers: job="api"
    bool operator==(const Variable&) const = default;
};
inline constexpr std::string_view kAllValue = "$__all";

// What a query variable asks.
enum class VariableQuestion : unsigned char { kLabelNames, kLabelValues, kMetrics, kQueryResult, kSeries };
struct VariableQuery {
    VariableQuestion question = VariableQuestion::kSeries;
    std::string label;                   // of kLabelValues
    std::string argument;                // selector, pattern or expression; "" = all series
    bool operator==(const VariableQuery&) const = default;
};
VariableQuery parseVariableQuery(std::string_view text);

// "1m,10m,1h", "label : value, other": the options of custom and interval variables. A comma behind a backslash is part of a value.
std::vector<VariableOption> parseOptionList(std::string_view text, bool labelled);

// What a query answered → options: cut by the variable's regex (named groups text and value), without repetitions, sorted. A regex
// that does not compile cuts nothing.
std::vector<VariableOption> optionsFrom(const Variable& variable, const std::vector<std::string>& answers);

}  // namespace nj::dashboard
