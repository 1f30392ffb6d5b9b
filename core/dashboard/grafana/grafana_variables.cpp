#include <re2/re2.h>

#include <algorithm>

#include "dashboard/grafana/grafana_reading.h"
#include "dashboard/label_filters.h"
#include "promql/text/quote.h"

namespace nj::dashboard {
namespace {

std::optional<VariableKind> kindOf(std::string_view type) {
    using enum VariableKind;
    for (const auto& [name, kind] : {std::pair<std::string_view, VariableKind>("query", kQuery), {"custom", kCustom}, {"textbox", kTextBox}, {"interval", kInterval}, {"datasource", kDataSource}, {"constant", kConstant}, {"adhoc", kFilters}})
        if (name == type)
            return kind;
    return std::nullopt;
}

// A query is a text, or since Grafana 8 an object that holds one.
std::string queryOf(const Json& json) {
    const Json& query = at(json, "query");
    for (const char* key : {"query", "expr", "__legacyStringValue"})
        if (std::string text = textAt(query, key); !text.empty())
            return text;
    if (query.is_object() && !textAt(query, "label").empty()) {
        const std::string metric = textAt(query, "metric");
        return "label_values(" + (metric.empty() ? "" : metric + ", ") + textAt(query, "label") + ")";
    }
    const std::string text = asText(query);
    return text.empty() ? textAt(json, "definition") : text;
}

void readOptions(const Json& json, GrafanaReading& reading, Variable& variable) {
    const Json& options = at(json, "options");
    if (!options.is_array())
        return;
    for (const Json& option : options) {
        if (variable.options.size() == kMostOptions)
            return reading.dropped("variable $" + variable.name, "its options behind the first " + std::to_string(kMostOptions), "there are too many");
        const std::string value = textAt(option, "value");
        if (value.empty() || value == kAllValue)
            continue;
        const std::string text = textAt(option, "text");
        variable.options.push_back({text.empty() ? value : text, value});
    }
}

VariableSort sortOf(const Json& json) {
    using enum VariableSort;
    static constexpr VariableSort kSorts[] = {kNone, kText, kTextDescending, kNumber, kNumberDescending, kCaseless, kCaselessDescending};
    static constexpr std::string_view kNames[] = {"disabled", "alphabeticalAsc", "alphabeticalDesc", "numericalAsc", "numericalDesc", "alphabeticalCaseInsensitiveAsc", "alphabeticalCaseInsensitiveDesc"};
    const std::string name = textAt(json, "sort", 50);
    for (size_t i = 0; i < std::size(kNames); ++i)
        if (name == kNames[i])
            return kSorts[i];
    return kSorts[intAt(json, "sort", 0, 0, static_cast<int>(std::size(kSorts)) - 1)];
}

// Label, operator and value, one or several.
void readFilters(const Json& json, GrafanaReading& reading, Variable& variable) {
    for (const char* list : {"baseFilters", "filters"})
        if (const Json& filters = at(json, list); filters.is_array())
            for (const Json& filter : filters) {
                const std::string label = textAt(filter, "key", 200), op = textAt(filter, "operator", 10);
                std::string value = textAt(filter, "value", 2'000);
                if (op == "=|" || op == "!=|") {
                    value.clear();
                    for (const std::string& one : textsAt(filter, "values", kMostFilters))
                        value += (value.empty() ? "" : "|") + re2::RE2::QuoteMeta(one);
                }
                const auto matcher = filterOf(label + (op == "=|" ? "=~" : op == "!=|" ? "!~" : op) + promql::quoteText(value));
                if (matcher && variable.current.size() < kMostFilters)
                    variable.current.push_back(*matcher);
                else
                    reading.dropped("variable $" + variable.name, "the filter '" + (label + " " + op + " " + value).substr(0, 200) + "'", matcher ? "there are too many" : "PromQL has no such matcher");
            }
}

Variable readVariable(const Json& json, VariableKind kind, GrafanaReading& reading) {
    Variable variable;
    variable.kind = kind;
    variable.name = textAt(json, "name", 200);
    variable.label = textAt(json, "label", 500);
    variable.query = queryOf(json);
    variable.regex = textAt(json, "regex", 2'000);
    variable.sort = sortOf(json);
    variable.multi = boolAt(json, "multi");
    variable.includeAll = boolAt(json, "includeAll");
    variable.allValue = textAt(json, "allValue");
    const std::string hide = textAt(json, "hide", 50);
    variable.hidden = hide == "2" || hide == "hideVariable";
    if (kind == VariableKind::kFilters) {
        readFilters(json, reading, variable);
        return variable;
    }
    readOptions(json, reading, variable);
    // The list a custom or interval variable was made of is what counts; its options may be those of another day.
    if ((kind == VariableKind::kCustom || kind == VariableKind::kInterval) && !variable.query.empty())
        variable.options = parseOptionList(variable.query, kind == VariableKind::kCustom);
    if (variable.options.size() > kMostOptions)
        variable.options.resize(kMostOptions);
    const Json& current = at(json, "current");
    for (std::string& value : textsAt(current, "value"))
        if (!value.empty())
            variable.current.push_back(std::move(value));
    if (variable.current.empty() && textAt(current, "text") == "All")
        variable.current = {std::string(kAllValue)};
    if (variable.current.empty() && (kind == VariableKind::kTextBox || kind == VariableKind::kConstant))
        variable.current = {variable.query};
    if (variable.current.empty() && variable.includeAll)
        variable.current = {std::string(kAllValue)};
    if (kind == VariableKind::kDataSource)
        reading.sourceTypes[variable.name] = variable.query;
    return variable;
}

}  // namespace

void readVariables(const Json& list, GrafanaReading& reading) {
    if (list.is_array())
        for (const Json& json : list) {
            const std::string name = textAt(json, "name", 200), type = textAt(json, "type", 50);
            const std::string where = "variable $" + name;
            const auto kind = kindOf(type);
            if (name.empty()) {
                reading.dropped("the dashboard", "a variable", "it has no name");
            } else if (!kind) {
                reading.dropped(where, "the variable", "its type '" + type + "' is not known");
            } else if (reading.dashboard.variables.size() == kMostVariables) {
                reading.dropped(where, "the variable", "a dashboard may have " + std::to_string(kMostVariables) + " variables");
            } else {
                const std::string source = sourceType(at(json, "datasource"), reading);
                if (*kind == VariableKind::kQuery && !source.empty() && source != "prometheus")
                    reading.dropped(where, "its query", "it asks " + source + ", not Prometheus; the saved choice stays");
                Variable variable = readVariable(json, *kind, reading);
                if (*kind == VariableKind::kQuery && !source.empty() && source != "prometheus") {
                    variable.kind = VariableKind::kCustom;
                    variable.query.clear();
                }
                reading.dashboard.variables.push_back(std::move(variable));
            }
        }
    reading.scope = scopeOf(reading.dashboard);
    reading.scope.range = {0, kHour};
}

}  // namespace nj::dashboard
