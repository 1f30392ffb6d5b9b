#include "query/capsule/histogram_family.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <unordered_map>

#include "analyze/robust.h"
#include "query/capsule/histogram_increase.h"
#include "query/capsule/value_matcher.h"

namespace nj::query {
namespace {

using Op = FilterNode::Op;

std::optional<double> bucketEdge(const AttributeList& labels) {
    const AttributeValue* le = findAttribute(labels, "le");
    if (!le)
        return std::nullopt;
    const std::string text = le->display();
    if (text == "+Inf" || text == "Inf" || text == "inf")
        return std::numeric_limits<double>::infinity();
    double value = 0;
    const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), value);
    return ec == std::errc{} && end == text.data() + text.size() && !std::isnan(value) ? std::optional(value) : std::nullopt;
}

std::string withoutEdge(AttributeList labels) {
    std::erase_if(labels, [](const KeyValue& entry) { return entry.key == "le"; });
    return attributesToJson(labels);
}

enum class Verdict : uint8_t { kNo, kYes, kUnknown };

Verdict judge(const FilterNode& node, const AttributeList& labels) {
    if (node.op == Op::kNot) {
        const Verdict inner = node.children.empty() ? Verdict::kUnknown : judge(node.children.front(), labels);
        return inner == Verdict::kNo ? Verdict::kYes : inner == Verdict::kYes ? Verdict::kNo : Verdict::kUnknown;
    }
    if (node.op == Op::kAnd || node.op == Op::kOr) {
        const Verdict decisive = node.op == Op::kAnd ? Verdict::kNo : Verdict::kYes;
        Verdict out = node.op == Op::kAnd ? Verdict::kYes : Verdict::kNo;
        for (const FilterNode& child : node.children) {
            const Verdict verdict = judge(child, labels);
            if (verdict == decisive)
                return decisive;
            out = verdict == Verdict::kUnknown ? verdict : out;
        }
        return out;
    }
    if (node.field.empty())
        return Verdict::kUnknown;
    std::string_view field = node.field;
    if (field.starts_with("resource."))
        field.remove_prefix(9);
    const std::string value = labelOf(labels, field);
    if (value.empty())
        return Verdict::kUnknown;
    const auto matcher = ValueMatcher::of(node);
    return matcher.ok() && !matcher->text(value) ? Verdict::kNo : Verdict::kYes;
}

}  // namespace

std::string labelOf(const AttributeList& labels, std::string_view key) {
    if (const AttributeValue* value = findAttribute(labels, key))
        return value->display();
    if (key == "service")
        for (const char* alias : {"service.name", "service_name", "job"})
            if (const AttributeValue* value = findAttribute(labels, alias))
                return value->display();
    if (key == "pod" || key == "host")
        for (const char* alias : {key == "pod" ? "k8s.pod.name" : "host.name", key == "pod" ? "exported_pod" : "Hostname"})
            if (const AttributeValue* value = findAttribute(labels, alias))
                return value->display();
    return {};
}

AttributeList labelsOf(const store::Snapshot& snapshot, const store::SeriesRow& series) {
    AttributeList labels = series.attributes;
    if (series.resource != kNoIndex)
        for (const KeyValue& entry : snapshot.resource(series.resource).attributes)
            if (!findAttribute(labels, entry.key))
                labels.push_back(entry);
    return labels;
}

bool mayMatchSeries(const FilterNode& node, const AttributeList& labels) { return judge(node, labels) != Verdict::kNo; }

Status forEachIncrease(QueryContext& context, int64_t series, TimeRange range, DurationNs lookback, const std::function<void(TimeNs, double)>& visit) {
    const TimeNs from = range.from > std::numeric_limits<TimeNs>::min() + lookback ? range.from - lookback : range.from;
    double previous = std::numeric_limits<double>::quiet_NaN();
    return context.reader().samples(context.snapshot(), series, {from, range.to}, [&](const store::SamplePoint& point) {
        const bool gone = point.valueBits == kStaleNanBits || (point.flags & kSampleNoRecordedValue) != 0;
        const double value = gone ? std::numeric_limits<double>::quiet_NaN() : point.value();
        if (point.time >= range.from && !std::isnan(previous) && !std::isnan(value))
            visit(point.time, value >= previous ? value - previous : value);
        previous = value;
        return !context.stop().stop_requested();
    });
}

HistogramFamily HistogramFamily::find(const store::Snapshot& snapshot, const std::string& name, const Filter& filter) {
    HistogramFamily family;
    std::unordered_map<std::string, size_t> classicOf, sums;
    std::vector<double> intervals;
    const auto newMember = [&](AttributeList labels, int64_t series) {
        FamilyMember member;
        member.labels = std::move(labels);
        std::erase_if(member.labels, [](const KeyValue& entry) { return entry.key == "le"; });
        member.series.push_back(series);
        family.members_.push_back(std::move(member));
        return family.members_.size() - 1;
    };
    for (const store::SeriesRow& row : snapshot.series()) {
        if (!std::string_view(row.name).starts_with(name))
            continue;
        const std::string_view rest = std::string_view(row.name).substr(name.size());
        const bool composite = rest.empty() && (row.kind == MetricKind::kHistogram || row.kind == MetricKind::kExponentialHistogram || row.kind == MetricKind::kGaugeHistogram);
        const auto edge = rest == "_bucket" ? bucketEdge(row.attributes) : std::nullopt;
        if (!composite && !edge && rest != "_sum")
            continue;
        AttributeList labels = labelsOf(snapshot, row);
        if (!mayMatchSeries(filter.root, labels))
            continue;
        if (rest == "_sum") {
            sums.emplace(attributesToJson(row.attributes), static_cast<size_t>(row.id));
            continue;
        }
        if (row.samples > 1)
            intervals.push_back(static_cast<double>(row.range.length()) / static_cast<double>(row.samples - 1));
        if (composite) {
            family.composites_.push_back({newMember(std::move(labels), row.id), row.id, row.temporality});
            continue;
        }
        const auto [it, fresh] = classicOf.try_emplace(withoutEdge(row.attributes), family.classics_.size());
        if (fresh)
            family.classics_.push_back({newMember(std::move(labels), row.id), {}, -1});
        else
            family.members_[family.classics_[it->second].member].series.push_back(row.id);
        family.classics_[it->second].edges.push_back({*edge, row.id});
    }
    for (const auto& [key, index] : classicOf) {
        Classic& classic = family.classics_[index];
        std::sort(classic.edges.begin(), classic.edges.end(), [](const Edge& a, const Edge& b) { return a.le < b.le; });
        if (const auto sum = sums.find(key); sum != sums.end())
            classic.sum = static_cast<int64_t>(sum->second);
    }
    if (!intervals.empty())
        family.interval_ = static_cast<DurationNs>(std::clamp(analyze::median(intervals), 0.0, 1e15));
    return family;
}

Status HistogramFamily::load(QueryContext& context, TimeRange range, const Columns& columns) {
    for (FamilyMember& member : members_) {
        member.counts = BucketCounts(columns.count);
        member.sum = 0;
    }
    for (const Classic& classic : classics_)
        NJ_RETURN_IF_ERROR(loadClassic(context, classic, range, columns));
    for (const Composite& composite : composites_)
        NJ_RETURN_IF_ERROR(loadComposite(context, composite, range, columns));
    return context.checkStop();
}

Status HistogramFamily::loadClassic(QueryContext& context, const Classic& classic, TimeRange range, const Columns& columns) {
    FamilyMember& member = members_[classic.member];
    const DurationNs lookback = std::max<DurationNs>(5 * kMinute, 2 * interval_);
    std::vector<double> below(columns.count, 0), upTo(columns.count, 0);
    double lower = -std::numeric_limits<double>::infinity();
    for (const Edge& edge : classic.edges) {
        NJ_RETURN_IF_ERROR(context.checkStop());
        std::fill(upTo.begin(), upTo.end(), 0);
        NJ_RETURN_IF_ERROR(forEachIncrease(context, edge.series, range, lookback, [&](TimeNs time, double increase) { upTo[columns.at(time)] += increase; }));
        for (size_t column = 0; column < columns.count; ++column) {
            member.counts.add(lower, edge.le, column, upTo[column] - below[column]);
            below[column] = std::max(below[column], upTo[column]);
        }
        lower = edge.le;
    }
    if (classic.sum < 0)
        return {};
    return forEachIncrease(context, classic.sum, range, lookback, [&](TimeNs, double increase) { member.sum += increase; });
}

Status HistogramFamily::loadComposite(QueryContext& context, const Composite& composite, TimeRange range, const Columns& columns) {
    FamilyMember& member = members_[composite.member];
    const bool delta = composite.temporality == Temporality::kDelta;
    const DurationNs lookback = std::max<DurationNs>(5 * kMinute, 2 * interval_);
    const TimeNs from = delta || range.from <= std::numeric_limits<TimeNs>::min() + lookback ? range.from : range.from - lookback;
    HistogramIncrease increase(delta);
    return context.reader().histograms(context.snapshot(), composite.series, {from, range.to}, [&](const HistogramPoint& point) {
        const bool counts = increase.advance(point, range.from);
        if (counts && point.time >= range.from) {
            const size_t column = columns.at(point.time);
            increase.forEach([&](double lower, double upper, double n) { member.counts.add(lower, upper, column, n); });
            member.sum += increase.sum();
        }
        return !context.stop().stop_requested();
    });
}

std::vector<int64_t> HistogramFamily::seriesIds() const {
    std::vector<int64_t> ids;
    for (const FamilyMember& member : members_)
        ids.insert(ids.end(), member.series.begin(), member.series.end());
    return ids;
}

}  // namespace nj::query
