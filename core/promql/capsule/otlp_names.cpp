#include "promql/capsule/otlp_names.h"

#include <algorithm>
#include <array>
#include <vector>

namespace nj::promql {

namespace {

struct UnitName {
    std::string_view unit, name;
};
constexpr std::array<UnitName, 27> kUnits = {
    {{"d", "days"},          {"h", "hours"},        {"min", "minutes"},   {"s", "seconds"},      {"ms", "milliseconds"},
     {"us", "microseconds"}, {"ns", "nanoseconds"}, {"By", "bytes"},      {"KiBy", "kibibytes"}, {"MiBy", "mebibytes"},
     {"GiBy", "gibibytes"},  {"TiBy", "tibibytes"}, {"KBy", "kilobytes"}, {"MBy", "megabytes"},  {"GBy", "gigabytes"},
     {"TBy", "terabytes"},   {"m", "meters"},       {"V", "volts"},       {"A", "amperes"},      {"J", "joules"},
     {"W", "watts"},         {"g", "grams"},        {"Cel", "celsius"},   {"Hz", "hertz"},       {"1", ""},
     {"%", "percent"},       {"B", "bytes"}}};
constexpr std::array<UnitName, 7> kPerUnits = {
    {{"s", "second"}, {"m", "minute"}, {"h", "hour"}, {"d", "day"}, {"w", "week"}, {"mo", "month"}, {"y", "year"}}};

template <size_t kSize>
std::string mapped(const std::array<UnitName, kSize>& table, std::string_view unit) {
    for (const UnitName& entry : table)
        if (entry.unit == unit)
            return std::string(entry.name);
    return std::string(unit);
}

bool isWordByte(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }

// The runs of letters and digits of a text; ':' belongs to metric names.
std::vector<std::string> words(std::string_view text) {
    std::vector<std::string> found;
    bool inside = false;
    for (const char c : text) {
        const bool part = isWordByte(c) || c == ':';
        if (part && !inside)
            found.emplace_back();
        if (part)
            found.back() += c;
        inside = part;
    }
    return found;
}

void appendNew(std::vector<std::string>& name, const std::string& text) {
    for (const std::string& word : words(text))
        if (std::find(name.begin(), name.end(), word) == name.end())
            name.push_back(word);
}

// Annotations such as {request} are no part of a name.
std::string_view withoutBraces(std::string_view unit) { return unit.find('{') == std::string_view::npos ? unit : std::string_view(); }

void appendUnit(std::vector<std::string>& name, std::string_view unit) {
    const size_t slash = unit.find('/');
    const std::string_view main = withoutBraces(unit.substr(0, slash));
    if (!main.empty())
        appendNew(name, mapped(kUnits, main));
    if (slash == std::string_view::npos)
        return;
    const std::string_view per = withoutBraces(unit.substr(slash + 1));
    if (per.empty())
        return;
    const std::string perName = mapped(kPerUnits, per);
    if (std::find(name.begin(), name.end(), perName) == name.end())
        appendNew(name, "per " + perName);
}

}  // namespace

std::string otlpMetricName(std::string_view name, std::string_view unit, MetricKind kind, bool monotonic) {
    std::vector<std::string> parts = words(name);
    appendUnit(parts, unit);
    const auto moveToEnd = [&parts](const std::string& word) {
        std::erase(parts, word);
        parts.push_back(word);
    };
    if (kind == MetricKind::kCounter && monotonic)
        moveToEnd("total");
    else if (kind == MetricKind::kGauge && unit == "1")
        moveToEnd("ratio");
    std::string joined;
    for (const std::string& part : parts)
        joined += (joined.empty() ? "" : "_") + part;
    if (!joined.empty() && joined[0] >= '0' && joined[0] <= '9')
        joined.insert(0, "_");
    return joined;
}

std::string otlpLabelName(std::string_view key) {
    std::string name;
    for (const char c : key)
        name += isWordByte(c) || c == '_' ? c : '_';
    if (!name.empty() && name[0] >= '0' && name[0] <= '9')
        name.insert(0, "key_");
    return name;
}

void addIdentity(Labels& labels, const Resource& resource) {
    const auto text = [&](std::string_view key) {
        const AttributeValue* value = findAttribute(resource.attributes, key);
        return value != nullptr ? value->display() : std::string();
    };
    const std::string service = text("service.name");
    const std::string space = text("service.namespace");
    if (!service.empty())
        setLabel(labels, "job", space.empty() ? service : space + "/" + service);
    if (const std::string instance = text("service.instance.id"); !instance.empty())
        setLabel(labels, "instance", instance);
}

void addResourceLabels(Labels& labels, const Resource& resource) {
    for (const KeyValue& entry : resource.attributes)
        if (entry.key != "service.name" && entry.key != "service.namespace" && entry.key != "service.instance.id")
            if (const std::string name = otlpLabelName(entry.key); labelValue(labels, name).empty())
                setLabel(labels, name, entry.value.display());
}

}  // namespace nj::promql
