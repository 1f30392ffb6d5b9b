#include <algorithm>
#include <map>

#include "dashboard/grafana/grafana_reading.h"

namespace nj::dashboard {
namespace {

constexpr size_t kMostTransformations = 50;
constexpr size_t kMostFields = 500;
using enum TransformationKind;
using Read = void (*)(const Json& options, Transformation& out);

FieldRule& fieldOf(Transformation& out, const std::string& name) {
    for (FieldRule& field : out.fields)
        if (field.name == name)
            return field;
    if (out.fields.size() == kMostFields)
        out.fields.pop_back();
    out.fields.emplace_back().name = name;
    return out.fields.back();
}

void eachMember(const Json& object, auto&& visit) {
    if (object.is_object())
        for (const auto& [key, value] : object.items())
            visit(key, value);
}

void organize(const Json& options, Transformation& out) {
    eachMember(at(options, "indexByName"), [&](const std::string& name, const Json&) {
        fieldOf(out, name).order = intAt(at(options, "indexByName"), name.c_str(), -1, -1, 10'000);
    });
    eachMember(at(options, "renameByName"), [&](const std::string& name, const Json& to) { fieldOf(out, name).rename = asText(to, 500); });
    eachMember(at(options, "excludeByName"), [&](const std::string& name, const Json& hidden) { fieldOf(out, name).hidden = hidden.is_boolean() && hidden.get<bool>(); });
}

void groupBy(const Json& options, Transformation& out) {
    eachMember(at(options, "fields"), [&](const std::string& name, const Json& how) {
        const std::string op = textAt(how, "operation", 20);
        if (op.empty())
            return;
        FieldRule& field = fieldOf(out, name);
        field.op = op;
        field.calculations = textsAt(how, "aggregations", 20);
    });
}

void filterFields(const Json& options, Transformation& out) {
    const Json& include = at(options, "include");
    const Json& exclude = at(options, "exclude");
    out.pattern = textAt(include, "pattern", 2'000);
    for (const std::string& name : textsAt(include, "names", kMostFields))
        fieldOf(out, name);
    for (const std::string& name : textsAt(exclude, "names", kMostFields))
        fieldOf(out, name).hidden = true;
    if (out.pattern.empty() && !textAt(exclude, "pattern").empty()) {
        out.pattern = textAt(exclude, "pattern", 2'000);
        out.exclude = true;
    }
}

void reduce(const Json& options, Transformation& out) {
    out.calculations = textsAt(options, "reducers", 20);
    out.asRows = textAt(options, "mode", 20) != "reduceFields";
}

void calculate(const Json& options, Transformation& out) {
    const Json& binary = at(options, "binary");
    const auto operand = [&](const char* key) {
        const Json& side = at(binary, key);
        if (!side.is_object())
            return asText(side, 500);
        const std::string fixed = textAt(side, "fixed", 50), matched = textAt(at(side, "matcher"), "options", 500);
        return fixed.empty() ? matched : fixed;
    };
    const std::string mode = textAt(options, "mode", 30);
    if (mode == "binary" || (mode.empty() && binary.is_object())) {
        out.left = operand("left");
        out.op = textAt(binary, "operator", 5);
        out.op = out.op.empty() ? "+" : out.op;
        out.right = operand("right");
    } else {
        out.calculations = {textAt(at(options, "reduce"), "reducer", 50)};
        for (const std::string& name : textsAt(at(options, "reduce"), "include", kMostFields))
            fieldOf(out, name);
    }
    out.alias = textAt(options, "alias", 500);
    out.exclude = boolAt(options, "replaceFields");
}

void join(const Json& options, Transformation& out) {
    out.pattern = textAt(options, "byField", 500);
    out.inner = textAt(options, "mode", 20) == "inner";
}

void filterRows(const Json& options, Transformation& out) {
    out.exclude = textAt(options, "type", 20) == "exclude";
    out.any = textAt(options, "match", 20) == "any";
    const Json& filters = at(options, "filters");
    if (!filters.is_array())
        return;
    for (const Json& filter : filters) {
        if (out.fields.size() == kMostFields)
            return;
        const Json& config = at(filter, "config");
        FieldRule& rule = out.fields.emplace_back();   // one field may have several
        rule.name = textAt(filter, "fieldName", 500);
        rule.op = textAt(config, "id", 50);
        rule.value = textAt(at(config, "options"), "value", 500);
        if (rule.op == "between" || rule.op == "range")
            rule.value = textAt(at(config, "options"), "from", 50) + ".." + textAt(at(config, "options"), "to", 50);
    }
}

void labelsToFields(const Json& options, Transformation& out) {
    out.asRows = textAt(options, "mode", 20) == "rows";
    out.alias = textAt(options, "valueLabel", 200);
    for (const std::string& name : textsAt(options, "keepLabels", kMostFields))
        fieldOf(out, name);
}

void sortRows(const Json& options, Transformation& out) {
    const Json& sort = at(options, "sort");
    if (!sort.is_array() || sort.empty())
        return;
    fieldOf(out, textAt(sort.front(), "field", 500));
    out.descending = boolAt(sort.front(), "desc");
}

void renameByRegex(const Json& options, Transformation& out) {
    out.pattern = textAt(options, "regex", 2'000);
    out.replacement = textAt(options, "renamePattern", 2'000);
}

struct Known {
    std::string_view id;
    TransformationKind kind;
    Read read;
};
constexpr Known kKnown[] = {
    {"organize", kOrganize, organize},
    {"groupBy", kGroupBy, groupBy},
    {"filterFieldsByName", kFilterFields, filterFields},
    {"reduce", kReduce, reduce},
    {"calculateField", kCalculateField, calculate},
    {"seriesToColumns", kJoinByField, join},
    {"joinByField", kJoinByField, join},
    {"filterByValue", kFilterByValue, filterRows},
    {"merge", kMerge, [](const Json&, Transformation&) {}},
    {"labelsToFields", kLabelsToFields, labelsToFields},
    {"sortBy", kSortBy, sortRows},
    {"renameByRegex", kRenameByRegex, renameByRegex},
};

}  // namespace

void readTransformations(const Json& list, const std::string& where, GrafanaReading& reading, Panel& panel) {
    if (!list.is_array())
        return;
    for (const Json& json : list) {
        const std::string id = textAt(json, "id", 100);
        const auto* const known = std::find_if(std::begin(kKnown), std::end(kKnown), [&](const Known& each) { return each.id == id; });
        if (boolAt(json, "disabled"))
            continue;
        if (known == std::end(kKnown)) {
            reading.dropped(where, "transformation '" + id + "'", "it is not known");
            continue;
        }
        if (panel.transformations.size() == kMostTransformations)
            return reading.dropped(where, "transformation '" + id + "' and those behind it", "a panel may have " + std::to_string(kMostTransformations));
        Transformation& out = panel.transformations.emplace_back();
        out.kind = known->kind;
        known->read(at(json, "options"), out);
        std::stable_sort(out.fields.begin(), out.fields.end(), [](const FieldRule& a, const FieldRule& b) {
            return static_cast<unsigned>(a.order) < static_cast<unsigned>(b.order);   // -1 last
        });
    }
}

}  // namespace nj::dashboard
