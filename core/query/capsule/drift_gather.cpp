#include "query/capsule/drift_gather.h"

#include <algorithm>
#include <charconv>
#include <map>

#include "query/capsule/attribute_scan.h"
#include "query/capsule/histogram_family.h"
#include "query/capsule/row_labels.h"
#include "query/search_syntax.h"

namespace nj::query {
namespace {

using Source = DriftFeature::Source;

constexpr size_t kMostVectors = 400;
constexpr size_t kMostDimensions = 16'384;
constexpr size_t kMostGathered = 64'000'000;

// ["stop"] as stop.
std::string_view bare(std::string_view label) {
    if (label.size() > 4 && label.starts_with("[\"") && label.ends_with("\"]") && label.find(',') == std::string_view::npos)
        return label.substr(2, label.size() - 4);
    return label;
}

Status gatherAttribute(QueryContext& context, const DriftFeature& feature, const Filter& filter, const DriftAxis& axis, DriftTable& table) {
    const Signal signal = feature.source == Source::kLogAttribute ? Signal::kLog : Signal::kSpan;
    NJ_ASSIGN(FilterEvaluator evaluator, FilterEvaluator::create(context, filter, signal));
    RowLabels labels(context, signal, feature.key);
    return scanSegments(context, signal, axis.hull(), evaluator, [&](const store::SegmentView& view, RowSpan rows, const RowSet* matching) -> Status {
        NJ_ASSIGN(const store::StartColumn start, view.start());
        if (!feature.categorical)
            return view.info().hasAttribute(feature.key) ? forEachNumber(view, feature.key, rows, matching, [&](uint32_t row, double value) { table.addValue(value, axis.at(start.at(row))); })
                                                         : Status{};
        NJ_ASSIGN(const std::vector<uint16_t> codes, labels.codes(view));
        forEachRow(rows, matching, [&](uint32_t row) {
            if (codes[row] != RowLabels::kNone)
                table.addLabel(bare(labels.labels()[codes[row]]), 1, axis.at(start.at(row)));
        });
        return {};
    });
}

Status gatherHistogram(QueryContext& context, const DriftFeature& feature, const Filter& filter, const DriftAxis& axis, DriftTable& table) {
    HistogramFamily family = HistogramFamily::find(context.snapshot(), feature.key, filter);
    const auto add = [&](const auto& placeOf) {
        for (const FamilyMember& member : family.members()) {
            const std::string label = table.categorical() ? labelOf(member.labels, feature.label) : std::string();
            if (table.categorical() && label.empty())
                continue;
            member.counts.forEach([&](double lower, double upper, const std::vector<double>& counts) {
                for (size_t c = 0; c < counts.size(); ++c) {
                    if (table.categorical())
                        table.addLabel(label, counts[c], placeOf(c));
                    else
                        table.addBucket(lower, upper, counts[c], placeOf(c));
                }
            });
        }
    };
    // A point tells of the interval before it: half an interval later is where a column's observations are found.
    Columns later = axis.columns;
    later.from += family.interval() / 2;
    NJ_RETURN_IF_ERROR(family.load(context, {axis.trend.from + family.interval() / 2, axis.trend.to + family.interval() / 2}, later));
    add([](size_t column) { return DriftPlace{column, false, false}; });
    NJ_RETURN_IF_ERROR(family.load(context, axis.reference, Columns::of(axis.reference, 1)));
    add([](size_t) { return DriftPlace{DriftPlace::kNoColumn, true, false}; });
    NJ_RETURN_IF_ERROR(family.load(context, axis.current, Columns::of(axis.current, 1)));
    add([](size_t) { return DriftPlace{DriftPlace::kNoColumn, false, true}; });
    return {};
}

Status gatherEvaluation(QueryContext& context, const DriftFeature& feature, const DriftAxis& axis, DriftTable& table) {
    NJ_ASSIGN(const std::vector<store::CapsuleReader::EvaluationRow> rows, context.reader().evaluations());
    for (const auto& row : rows)
        if (row.evaluation.hasScore && row.evaluation.name == feature.key)
            table.addValue(row.evaluation.score, axis.at(row.evaluation.time));
    return {};
}

// Series of a metric that the filter does not exclude, by their label sets.
std::map<std::string, int64_t> seriesOf(QueryContext& context, const std::string& name, const Filter& filter) {
    std::map<std::string, int64_t> out;
    for (const store::SeriesRow& row : context.snapshot().series())
        if (row.name == name && mayMatchSeries(filter.root, labelsOf(context.snapshot(), row)))
            out.emplace(std::to_string(row.resource) + attributesToJson(row.attributes), row.id);
    return out;
}

Status gatherRatio(QueryContext& context, const DriftFeature& feature, const Filter& filter, const DriftAxis& axis, DriftTable& table) {
    const std::map<std::string, int64_t> parts = seriesOf(context, feature.key, filter), wholes = seriesOf(context, feature.label, filter);
    for (const auto& [labels, part] : parts) {
        const auto whole = wholes.find(labels);
        if (whole == wholes.end())
            continue;
        std::unordered_map<TimeNs, double> grown;
        NJ_RETURN_IF_ERROR(forEachIncrease(context, part, axis.hull(), 5 * kMinute, [&](TimeNs time, double increase) { grown[time] = increase; }));
        NJ_RETURN_IF_ERROR(forEachIncrease(context, whole->second, axis.hull(), 5 * kMinute, [&](TimeNs time, double increase) {
            const auto it = grown.find(time);
            if (increase > 0 && it != grown.end())
                table.addValue(it->second / increase, axis.at(time));
        }));
        NJ_RETURN_IF_ERROR(context.checkStop());
    }
    return {};
}

Status gatherGauge(QueryContext& context, const DriftFeature& feature, const Filter& filter, const DriftAxis& axis, DriftTable& table) {
    for (const auto& [labels, series] : seriesOf(context, feature.key, filter)) {
        NJ_RETURN_IF_ERROR(context.reader().samples(context.snapshot(), series, axis.hull(), [&](const store::SamplePoint& point) {
            if (point.valueBits != kStaleNanBits && (point.flags & kSampleNoRecordedValue) == 0)
                table.addValue(point.value(), axis.at(point.time));
            return !context.stop().stop_requested();
        }));
        NJ_RETURN_IF_ERROR(context.checkStop());
    }
    return {};
}

// Counts the vector, and keeps it while there is room; `room` is in numbers.
void keepVector(std::vector<float>& into, double& count, const std::vector<float>& vector, size_t& room) {
    ++count;
    if (into.size() >= kMostVectors * vector.size() || vector.size() > room)
        return;
    into.insert(into.end(), vector.begin(), vector.end());
    room -= vector.size();
}

}  // namespace

std::vector<float> vectorOf(std::string_view json) {
    std::vector<float> out;
    const auto skip = [&] {
        while (!json.empty() && (json.front() == ' ' || json.front() == '\n' || json.front() == '\t'))
            json.remove_prefix(1);
    };
    skip();
    if (json.empty() || json.front() != '[')
        return {};
    json.remove_prefix(1);
    for (;;) {
        skip();
        float value = 0;
        const auto [end, ec] = std::from_chars(json.data(), json.data() + json.size(), value);
        if (ec != std::errc{} || !std::isfinite(value) || out.size() >= kMostDimensions)
            return {};
        out.push_back(value);
        json.remove_prefix(static_cast<size_t>(end - json.data()));
        skip();
        if (json.empty())
            return {};
        const char next = json.front();
        json.remove_prefix(1);
        if (next == ']')
            return out.size() >= 2 ? out : std::vector<float>();
        if (next != ',')
            return {};
    }
}

Filter featureFilter(const DriftFeature& feature, const Filter& filter) {
    if (feature.where.empty())
        return filter;
    Filter out;
    out.root.op = FilterNode::Op::kAnd;
    if (!filter.matchesAll())
        out.root.children.push_back(filter.root);
    for (const auto& [key, value] : feature.where) {
        FilterNode node;
        node.op = FilterNode::Op::kEquals;
        node.field = key;
        node.text = value;
        out.root.children.push_back(std::move(node));
    }
    out.source = formatSearch(out.root);
    return out;
}

Result<DriftTable> gatherDrift(QueryContext& context, const DriftFeature& feature, const Filter& asked, const DriftAxis& axis, bool& filterIgnored) {
    const Filter filter = featureFilter(feature, asked);
    DriftTable table(axis.columns.count, feature.categorical || feature.source == Source::kHistogramLabel);
    filterIgnored = feature.source == Source::kEvaluation && !asked.matchesAll();
    switch (feature.source) {
    case Source::kSpanAttribute:
    case Source::kLogAttribute: NJ_RETURN_IF_ERROR(gatherAttribute(context, feature, filter, axis, table)); break;
    case Source::kHistogram:
    case Source::kHistogramLabel: NJ_RETURN_IF_ERROR(gatherHistogram(context, feature, filter, axis, table)); break;
    case Source::kEvaluation: NJ_RETURN_IF_ERROR(gatherEvaluation(context, feature, axis, table)); break;
    case Source::kCounterRatio: NJ_RETURN_IF_ERROR(gatherRatio(context, feature, filter, axis, table)); break;
    case Source::kGauge: NJ_RETURN_IF_ERROR(gatherGauge(context, feature, filter, axis, table)); break;
    case Source::kEmbedding: return makeError(ErrorCode::kInvalidArgument, "vectors are gathered apart");
    }
    NJ_RETURN_IF_ERROR(context.checkStop());
    table.finish();
    return table;
}

Result<EmbeddingSample> gatherEmbeddings(QueryContext& context, const DriftFeature& feature, const Filter& asked, const DriftAxis& axis) {
    const Signal signal = feature.label == "log" ? Signal::kLog : Signal::kSpan;
    const Filter filter = featureFilter(feature, asked);
    NJ_ASSIGN(FilterEvaluator evaluator, FilterEvaluator::create(context, filter, signal));
    EmbeddingSample out;
    out.columns.resize(axis.columns.count);
    out.columnCounts.assign(axis.columns.count, 0);
    size_t room = kMostGathered;
    NJ_RETURN_IF_ERROR(scanSegments(context, signal, axis.hull(), evaluator, [&](const store::SegmentView& view, RowSpan rows, const RowSet* matching) -> Status {
        if (!view.info().hasAttribute(feature.key))
            return {};
        NJ_ASSIGN(const store::StartColumn start, view.start());
        NJ_ASSIGN(const store::AttributeValues values, view.attribute(feature.key, ValueType::kJson));
        for (size_t entry = 0; entry < values.size(); ++entry) {
            const uint32_t row = values.dense ? static_cast<uint32_t>(entry) : values.rows[entry];
            if (row < rows.from || row >= rows.to || (matching && !matching->test(row)))
                continue;
            const DriftPlace place = axis.at(start.at(row));
            if (!place.counts())
                continue;
            const std::vector<float> vector = vectorOf(values.text(entry));
            if (vector.empty() || (out.dimensions != 0 && vector.size() != out.dimensions))
                continue;   // vectors of another length are another model's: not comparable
            out.dimensions = vector.size();
            if (place.reference)
                keepVector(out.reference, out.referenceCount, vector, room);
            if (place.current)
                keepVector(out.current, out.currentCount, vector, room);
            if (place.column < out.columns.size())
                keepVector(out.columns[place.column], out.columnCounts[place.column], vector, room);
        }
        return context.checkStop();
    }));
    return out;
}

}  // namespace nj::query
