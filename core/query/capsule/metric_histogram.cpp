// A histogram family as lines: quantiles of its groups, or how many observations they had per second. The Latency view's answer, told as lines.
#include <algorithm>
#include <set>

#include "base/nan.h"
#include "query/capsule/histogram_family.h"
#include "query/capsule/latency_parts.h"
#include "query/capsule/metric_lines.h"
#include "query/capsule/metric_unit.h"

namespace nj::query {
namespace {

// Terms on labels are ANDed to the window's filter.
Filter both(const Filter& filter, const Filter& labels) {
    if (labels.matchesAll())
        return filter;
    Filter out;
    out.root.children = {filter.root, labels.root};
    out.source = filter.source + " " + labels.source;
    return out;
}

// The key that tells the most members apart and still leaves lines that can be told apart.
std::string chosenKey(const std::vector<const AttributeList*>& members, size_t maxLines) {
    for (const std::string& key : tellingKeys(members)) {
        std::set<std::string> values;
        for (const AttributeList* labels : members)
            values.insert(labelOf(*labels, key));
        if (values.size() > 1 && values.size() <= maxLines)
            return key;
    }
    return {};
}

const store::SeriesRow* anySeries(const store::Snapshot& snapshot, int64_t id) {
    const auto found = std::find_if(snapshot.series().begin(), snapshot.series().end(), [&](const store::SeriesRow& row) { return row.id == id; });
    return found == snapshot.series().end() ? nullptr : &*found;
}

MetricLine lineOf(const LatencyGroup& group, HistogramFamily& family, const std::string& key) {
    MetricLine line;
    line.label = group.label.empty() || key.empty() ? std::string() : group.label == "(others)" || group.label == "others" ? group.label : key + "=" + group.label;
    line.n = group.n;
    line.baseline = kNaN;
    for (const FamilyMember& member : family.members())
        if (key.empty() || labelOf(member.labels, key) == group.label) {
            line.members += 1;
            if (line.series < 0)
                line.series = member.series.front();
        }
    return line;
}

}  // namespace

Result<MetricAnswer> metricOfHistogram(QueryContext& context, const MetricQuestion& question) {
    const Filter filter = both(question.filter, question.labels);
    HistogramFamily family = HistogramFamily::find(context.snapshot(), question.name, filter);
    if (family.empty())
        return makeError(ErrorCode::kNotFound, "no metric '" + question.name + "' that the filter leaves");
    MetricAnswer answer;
    answer.histogram = true;
    answer.reading = question.reading.value_or(MetricReading::kQuantiles) == MetricReading::kRate ? MetricReading::kRate : MetricReading::kQuantiles;
    answer.combine = MetricCombine::kSum;   // buckets add up
    answer.series = answer.seriesRead = family.members().size();
    answer.interval = family.interval();
    std::vector<const AttributeList*> labels;
    for (const FamilyMember& member : family.members())
        labels.push_back(&member.labels);
    const std::string key = !question.by.empty() ? question.by.front() : question.combine ? std::string() : chosenKey(labels, question.maxLines);
    if (!key.empty())
        answer.by = {key};
    std::string unit;
    if (const store::SeriesRow* row = anySeries(context.snapshot(), family.members().front().series.front())) {
        answer.kind = row->kind == MetricKind::kUnknown || row->kind == MetricKind::kCounter ? MetricKind::kHistogram : row->kind;
        unit = metricUnit(question.name, row->unit, row->description);
    }
    const bool rate = answer.reading == MetricReading::kRate;
    answer.unit = rate ? "/s" : unit;

    LatencyQuestion asked;
    asked.range = question.range;
    asked.baseline = question.baseline;
    asked.filter = filter;
    asked.measure.kind = Measure::Kind::kHistogram;
    asked.measure.key = question.name;
    asked.splitBy = key;
    asked.quantiles = question.quantiles;
    asked.columns = std::min(question.columns, 240);
    asked.maxGroups = question.maxLines;
    NJ_ASSIGN(const LatencyAnswer latency, latencyOfHistogram(context, asked));
    answer.from = latency.from;
    answer.width = latency.width;
    for (const LatencyGroup& group : latency.groups) {
        const MetricLine base = lineOf(group, family, key);
        if (rate) {
            MetricLine line = base;
            for (const uint64_t count : group.count)
                line.values.push_back(static_cast<double>(count) / (static_cast<double>(latency.width) / 1e9));
            fillStatistics(line);
            if (question.baseline && !question.baseline->empty())
                line.baseline = static_cast<double>(group.baselineN) / (static_cast<double>(question.baseline->length()) / 1e9);
            answer.lines.push_back(std::move(line));
            continue;
        }
        for (size_t q = 0; q < question.quantiles.size(); ++q) {
            MetricLine line = base;
            line.quantile = question.quantiles[q];
            line.values = group.quantile[q];
            fillStatistics(line);
            line.baseline = group.baseline[q];
            answer.lines.push_back(std::move(line));
        }
    }
    if (rate)
        orderLines(answer, question);
    else
        answer.linesInAll = answer.lines.size();
    if (!rate)
        NJ_RETURN_IF_ERROR(addExemplars(context, question.range, family.seriesIds(), answer));
    return answer;
}

}  // namespace nj::query
