// The series a metric question is about, the terms on their labels, and how few labels tell them apart. Values of one question.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "model/filter.h"
#include "query/capsule/query_context.h"
#include "query/capsule/value_matcher.h"

namespace nj::query {

// A filter over labels, prepared once for many series. A term on a label that is absent does not hold; free text is looked for in all values.
class LabelFilter {
public:
    static Result<LabelFilter> of(const FilterNode& node);
    [[nodiscard]] bool matches(const AttributeList& labels) const;

private:
    FilterNode::Op op_ = FilterNode::Op::kAnd;
    std::string field_;
    std::optional<ValueMatcher> value_;
    std::optional<TextMatcher> text_;
    std::vector<LabelFilter> children_;
};

struct MetricSeries {
    const store::SeriesRow* row = nullptr;   // of the snapshot
    AttributeList labels;                    // and the resource's where OTLP
};
// Of that exact name, in the snapshot's order. `filter` excludes by labels that are there, `labels` must hold.
Result<std::vector<MetricSeries>> findMetricSeries(QueryContext& context, const std::string& name, const Filter& filter, const Filter& labels);

// Few label keys that tell as many of the series apart as can be: readable ones first, none that says what another already does.
std::vector<std::string> tellingKeys(const std::vector<const AttributeList*>& series);
// "gpu=3, pod=vllm-a-0"; "" without keys.
std::string labelText(const AttributeList& labels, const std::vector<std::string>& keys);
// Median distance of the samples of these series; 0 when unknown.
DurationNs typicalInterval(const std::vector<MetricSeries>& series);

}  // namespace nj::query
