// Which metrics there are, and the labels of one.
#include <algorithm>
#include <map>
#include <unordered_map>

#include "query/capsule/counter_guess.h"
#include "query/capsule/metric_series.h"
#include "query/capsule/metric_unit.h"
#include "query/capsule/questions.h"
#include "query/capsule/type_convention.h"

namespace nj::query {
namespace {

bool isComposite(MetricKind kind) { return kind == MetricKind::kHistogram || kind == MetricKind::kExponentialHistogram || kind == MetricKind::kGaugeHistogram; }

// "x_bucket" with an le → "x".
std::string_view familyOf(const store::SeriesRow& row) {
    const std::string_view name = row.name;
    return name.ends_with("_bucket") && findAttribute(row.attributes, "le") ? name.substr(0, name.size() - 7) : std::string_view();
}

void widen(TimeRange& range, const TimeRange& more) {
    if (more.empty())
        return;
    range = range.empty() ? more : TimeRange{std::min(range.from, more.from), std::max(range.to, more.to)};
}

}  // namespace

Result<std::vector<MetricName>> answerMetricNames(QueryContext& context) {
    const std::vector<store::SeriesRow>& rows = context.snapshot().series();
    const TypeConvention convention(rows);
    std::map<std::string_view, MetricName> names;
    for (const store::SeriesRow& row : rows) {
        std::string_view name = row.name;
        const std::string_view family = familyOf(row);
        bool counted = true;
        if (!family.empty()) {
            name = family;
            const AttributeValue* le = findAttribute(row.attributes, "le");
            counted = le && (le->text == "+Inf" || le->text == "Inf");   // one per label set
        } else {
            for (const std::string_view part : {"_sum", "_count"})
                if (name.ends_with(part) && convention.isHistogram(name.substr(0, name.size() - part.size()))) {
                    name.remove_suffix(part.size());
                    counted = false;
                }
        }
        MetricName& entry = names[name];
        if (entry.name.empty()) {
            entry.name = name;
            entry.kind = row.kind;
            entry.inferred = true;
        }
        entry.inferred = entry.inferred && row.kind == MetricKind::kUnknown;
        if (entry.description.empty())
            entry.description = row.description;
        if (entry.unit.empty())
            entry.unit = metricUnit(name, row.unit, row.description);
        entry.histogram = entry.histogram || !family.empty() || isComposite(row.kind);
        entry.counter = entry.counter || (family.empty() && isCounter(row));
        if (entry.histogram) {
            entry.counter = false;
            entry.kind = isComposite(row.kind) ? row.kind : MetricKind::kHistogram;
        }
        entry.series += counted ? 1 : 0;
        entry.samples += row.samples;
        widen(entry.range, row.range);
    }
    std::vector<MetricName> out;
    out.reserve(names.size());
    for (auto& [name, entry] : names) {
        if (entry.inferred)
            entry.kind = convention.kindOf(name);
        entry.inferred = entry.inferred && entry.kind != MetricKind::kUnknown;
        out.push_back(std::move(entry));
    }
    return out;
}

Result<std::vector<MetricLabel>> answerMetricLabels(QueryContext& context, const MetricLabelsQuestion& question) {
    NJ_ASSIGN(std::vector<MetricSeries> series, findMetricSeries(context, question.name, {}, question.labels));
    if (series.empty()) {
        NJ_ASSIGN(series, findMetricSeries(context, question.name + "_bucket", {}, question.labels));
    }
    std::map<std::string, std::unordered_map<std::string, uint32_t>> counts;
    for (const MetricSeries& one : series)
        for (const KeyValue& label : one.labels)
            if (label.key != "le")
                ++counts[label.key][label.value.display()];
    std::vector<MetricLabel> out;
    for (auto& [key, values] : counts) {
        MetricLabel label{key, {values.begin(), values.end()}, static_cast<uint32_t>(values.size())};
        std::sort(label.values.begin(), label.values.end(), [](const auto& a, const auto& b) { return a.second != b.second ? a.second > b.second : a.first < b.first; });
        label.values.resize(std::min(label.values.size(), kMostLabelValues));
        out.push_back(std::move(label));
    }
    return out;
}

}  // namespace nj::query
