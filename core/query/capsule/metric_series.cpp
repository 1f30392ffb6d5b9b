#include "query/capsule/metric_series.h"

#include <algorithm>
#include <map>
#include <set>
#include <unordered_map>

#include "analyze/robust.h"
#include "query/capsule/histogram_family.h"

namespace nj::query {
namespace {

constexpr size_t kLongestLabel = 120;

// What people call things by, before what machines do.
int preference(const std::string& key, double meanLength) {
    static const std::vector<std::string> kNamed = {"gpu", "service", "service.name", "replica", "pod", "host", "state", "code", "mode"};
    const auto named = std::find(kNamed.begin(), kNamed.end(), key);
    return named != kNamed.end() ? static_cast<int>(named - kNamed.begin()) : 100 + static_cast<int>(meanLength);
}

struct KeyValues {
    std::string key;
    std::vector<uint32_t> code;   // per series; 0 = absent
    double meanLength = 0;
    size_t distinct = 0;
};

std::vector<KeyValues> codedKeys(const std::vector<const AttributeList*>& series) {
    std::map<std::string, std::unordered_map<std::string, uint32_t>> values;
    std::map<std::string, KeyValues> keys;
    for (size_t i = 0; i < series.size(); ++i)
        for (const KeyValue& label : *series[i]) {
            if (label.key == "le")
                continue;
            KeyValues& entry = keys[label.key];
            entry.code.resize(series.size(), 0);
            const std::string text = label.value.display();
            auto& known = values[label.key];
            entry.code[i] = known.try_emplace(text, static_cast<uint32_t>(known.size() + 1)).first->second;
            entry.meanLength += static_cast<double>(text.size()) / static_cast<double>(series.size());
        }
    std::vector<KeyValues> out;
    for (auto& [key, entry] : keys) {
        entry.key = key;
        entry.distinct = std::set<uint32_t>(entry.code.begin(), entry.code.end()).size();
        if (entry.distinct > 1)
            out.push_back(std::move(entry));
    }
    return out;
}

}  // namespace

Result<LabelFilter> LabelFilter::of(const FilterNode& node) {
    LabelFilter out;
    out.op_ = node.op;
    out.field_ = node.field.starts_with("resource.") ? node.field.substr(9) : node.field;
    for (const FilterNode& child : node.children) {
        NJ_ASSIGN(LabelFilter inner, LabelFilter::of(child));
        out.children_.push_back(std::move(inner));
    }
    if (node.op == FilterNode::Op::kAnd || node.op == FilterNode::Op::kOr || node.op == FilterNode::Op::kNot)
        return out;
    if (node.field.empty()) {
        NJ_ASSIGN(out.text_, TextMatcher::of(node));
    } else {
        NJ_ASSIGN(out.value_, ValueMatcher::of(node));
    }
    return out;
}

bool LabelFilter::matches(const AttributeList& labels) const {
    const auto holds = [&](const LabelFilter& child) { return child.matches(labels); };
    switch (op_) {
    case FilterNode::Op::kAnd: return std::all_of(children_.begin(), children_.end(), holds);
    case FilterNode::Op::kOr: return std::any_of(children_.begin(), children_.end(), holds);
    case FilterNode::Op::kNot: return children_.empty() || !children_.front().matches(labels);
    default: break;
    }
    if (text_)
        return std::any_of(labels.begin(), labels.end(), [&](const KeyValue& label) { return text_->matches(label.value.display()); });
    const std::string value = labelOf(labels, field_);
    return !value.empty() && value_ && value_->text(value);
}

Result<std::vector<MetricSeries>> findMetricSeries(QueryContext& context, const std::string& name, const Filter& filter, const Filter& labels) {
    NJ_ASSIGN(const LabelFilter wanted, LabelFilter::of(labels.root));
    std::vector<MetricSeries> out;
    for (const store::SeriesRow& row : context.snapshot().series()) {
        if (row.name != name)
            continue;
        AttributeList all = labelsOf(context.snapshot(), row);
        if (wanted.matches(all) && mayMatchSeries(filter.root, all))
            out.push_back({&row, std::move(all)});
    }
    return out;
}

std::vector<std::string> tellingKeys(const std::vector<const AttributeList*>& series) {
    std::vector<KeyValues> keys = codedKeys(series);
    std::vector<uint64_t> apart(series.size(), 0);   // code of the tuple so far
    size_t distinct = series.empty() ? 0 : 1;
    std::vector<std::string> out;
    while (distinct < series.size() && !keys.empty()) {
        auto best = keys.end();
        size_t bestCount = distinct;
        for (auto key = keys.begin(); key != keys.end(); ++key) {
            std::set<std::pair<uint64_t, uint32_t>> tuples;
            for (size_t i = 0; i < apart.size(); ++i)
                tuples.emplace(apart[i], key->code[i]);
            const bool better = tuples.size() > bestCount;
            const bool nicer = best != keys.end() && tuples.size() == bestCount && preference(key->key, key->meanLength) < preference(best->key, best->meanLength);
            if (better || nicer) {
                best = key;
                bestCount = tuples.size();
            }
        }
        if (best == keys.end())
            break;
        std::map<std::pair<uint64_t, uint32_t>, uint64_t> codes;
        for (size_t i = 0; i < apart.size(); ++i)
            apart[i] = codes.try_emplace({apart[i], best->code[i]}, codes.size()).first->second;
        distinct = bestCount;
        out.push_back(best->key);
        keys.erase(best);
    }
    return out;
}

std::string labelText(const AttributeList& labels, const std::vector<std::string>& keys) {
    std::string out;
    for (const std::string& key : keys) {
        const std::string value = labelOf(labels, key);
        if (!value.empty())
            out += (out.empty() ? "" : ", ") + key + "=" + (value.size() > kLongestLabel ? value.substr(0, kLongestLabel) + "…" : value);
    }
    return out;
}

DurationNs typicalInterval(const std::vector<MetricSeries>& series) {
    std::vector<double> intervals;
    for (const MetricSeries& one : series)
        if (one.row->samples > 1)
            intervals.push_back(static_cast<double>(one.row->range.length()) / static_cast<double>(one.row->samples - 1));
    return intervals.empty() ? 0 : static_cast<DurationNs>(std::clamp(analyze::median(intervals), 0.0, 1e15));
}

}  // namespace nj::query
