// What a dashboard's variables stand for, and what is repeated by them.
#include <algorithm>

#include "dashboard/interpolation.h"

namespace nj::dashboard {
namespace {

constexpr size_t kMostCopies = 200;          // of one panel or row: more is no picture
constexpr size_t kMostOccurrences = 10'000;  // of all panels together

std::string textOf(const Variable& variable, const std::string& value) {
    for (const VariableOption& option : variable.options)
        if (option.value == value)
            return option.text;
    return value;
}

// The values that something repeats over, as `unroll` makes copies.
std::vector<std::string> copiesOf(const Repeat& repeat, const Scope& scope) {
    const auto at = repeat.variable.empty() ? scope.variables.end() : scope.variables.find(repeat.variable);
    if (at == scope.variables.end() || at->second.literal)
        return {};
    std::vector<std::string> values = at->second.values;
    if (values.size() > kMostCopies)
        values.resize(kMostCopies);
    return values;
}

Scope narrowedTo(const Scope& scope, const std::map<std::string, std::string, std::less<>>& only) {
    Scope out = scope;
    for (const auto& [name, value] : only)
        if (const auto at = out.variables.find(name); at != out.variables.end()) {
            at->second.values = {value};
            at->second.texts.clear();
        }
    return out;
}

// Copies of a panel stand side by side in the panel's row, or below each other.
void addCopies(std::vector<Occurrence>& out, const Panel& panel, const Scope& scope, const std::map<std::string, std::string, std::less<>>& only, int& shift, size_t& left) {
    const std::vector<std::string> values = copiesOf(panel.repeat, scope);
    if (left < std::max<size_t>(1, values.size()))
        return;
    left -= std::max<size_t>(1, values.size());
    GridPlace place = panel.place;
    place.y += shift;
    if (values.empty()) {
        out.push_back({&panel, interpolate(panel.title, scope), place, only});
        return;
    }
    const int columns = panel.repeat.vertical ? 1 : std::clamp(static_cast<int>(values.size()), 1, std::max(1, panel.repeat.maxPerRow));
    const int width = panel.repeat.vertical ? place.width : std::max(1, kGridColumns / columns);
    for (size_t i = 0; i < values.size(); ++i) {
        auto itsOwn = only;
        itsOwn[panel.repeat.variable] = values[i];
        const int line = static_cast<int>(i) / columns, column = static_cast<int>(i) % columns;
        const GridPlace its{panel.repeat.vertical ? place.x : column * width, place.y + line * place.height, width, place.height};
        std::string title = variablesIn(panel.title).empty() ? panel.title : interpolate(panel.title, narrowedTo(scope, itsOwn));
        out.push_back({&panel, std::move(title), its, std::move(itsOwn)});
    }
    shift += (static_cast<int>(values.size()) - 1) / columns * place.height;
}

RowOccurrence rowOf(const Row& row, const Scope& scope, const std::map<std::string, std::string, std::less<>>& only, size_t& left) {
    RowOccurrence out{&row, interpolate(row.title, scope), {}};
    int shift = 0;
    for (const Panel& panel : row.panels)
        addCopies(out.panels, panel, scope, only, shift, left);
    return out;
}

}  // namespace

VariableValue valueOf(const Variable& variable, const std::vector<std::string>& current) {
    VariableValue out;
    out.regex = variable.multi || variable.includeAll;
    const bool all = std::find(current.begin(), current.end(), kAllValue) != current.end();
    if (all && !variable.allValue.empty()) {
        out.values = {variable.allValue};
        out.literal = true;
    } else if (all) {
        for (const VariableOption& option : variable.options)
            if (option.value != kAllValue) {
                out.values.push_back(option.value);
                out.texts.push_back(option.text);
            }
    } else {
        for (const std::string& value : current) {
            out.values.push_back(value);
            out.texts.push_back(textOf(variable, value));
        }
        if (out.values.empty() && !variable.includeAll && !variable.options.empty()) {
            out.values = {variable.options.front().value};
            out.texts = {variable.options.front().text};
        }
    }
    if (all && out.texts.empty())
        out.texts = {"All"};
    if (out.values.empty() && out.regex) {
        out.values = {".*"};
        out.literal = true;
    }
    return out;
}

Scope scopeOf(const Dashboard& dashboard) {
    Scope scope;
    for (const Variable& variable : dashboard.variables)
        scope.variables[variable.name] = valueOf(variable, variable.current);
    // A variable's value may be made of others.
    for (auto& [name, value] : scope.variables)
        for (std::string& text : value.values)
            if (text.find('$') != std::string::npos && text.size() < 1'000 && !text.starts_with("$__"))
                text = interpolate(text, scope);
    return scope;
}

Scope narrowed(const Scope& scope, const Occurrence& occurrence) { return narrowedTo(scope, occurrence.only); }

std::vector<RowOccurrence> unroll(const Dashboard& dashboard, const Scope& scope) {
    std::vector<RowOccurrence> out;
    size_t left = kMostOccurrences;
    for (const Row& row : dashboard.rows) {
        const std::vector<std::string> values = copiesOf(row.repeat, scope);
        if (values.empty())
            out.push_back(rowOf(row, scope, {}, left));
        for (const std::string& value : values) {
            const std::map<std::string, std::string, std::less<>> only{{row.repeat.variable, value}};
            out.push_back(rowOf(row, narrowedTo(scope, only), only, left));
        }
    }
    return out;
}

}  // namespace nj::dashboard
