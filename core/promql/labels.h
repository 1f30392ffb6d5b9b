// A series' labels and what PromQL does to them. Plain values: any thread may hold one. Label sets are shared as LabelsPtr and never
// changed once shared.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace nj::promql {

inline constexpr std::string_view kMetricName = "__name__";
inline constexpr std::string_view kBucketLabel = "le";

struct Label {
    std::string name;
    std::string value;
    bool operator==(const Label&) const = default;
    auto operator<=>(const Label&) const = default;
};
using Labels = std::vector<Label>;   // sorted by name, with __name__; no empty values
using LabelsPtr = std::shared_ptr<const Labels>;

// "" when the label is absent, as PromQL treats it.
std::string_view labelValue(const Labels& labels, std::string_view name);
inline std::string_view metricName(const Labels& labels) { return labelValue(labels, kMetricName); }
// Sets, or with an empty value removes, one label; keeps the order.
void setLabel(Labels& labels, std::string_view name, std::string_view value);
// Sorts by name and removes empty values; a repeated name keeps its last value.
void normalizeLabels(Labels& labels);
Labels withoutLabels(const Labels& labels, const std::vector<std::string>& names);   // names sorted or not
Labels onlyLabels(const Labels& labels, const std::vector<std::string>& names);
// Without __name__, __type__ and __unit__: what stops being true of a series once a function was applied.
Labels withoutMetadata(const Labels& labels);
bool hasMetadata(const Labels& labels);

// A text that is equal for equal label sets only; the key of maps.
std::string labelsKey(const Labels& labels);
// {__name__="up", job="a"}: as Prometheus prints label sets in messages.
std::string labelsText(const Labels& labels);
bool isLegacyLabelName(std::string_view name);    // [a-zA-Z_][a-zA-Z0-9_]*
bool isLegacyMetricName(std::string_view name);   // and ':'
// Any non-empty valid UTF-8, as Prometheus 3 accepts.
bool isValidLabelName(std::string_view name);

}  // namespace nj::promql
