// What moved between baseline and window: metric series, log patterns, events. The ten best, few of one name.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <set>

#include "analyze/robust.h"
#include "base/nan.h"
#include "query/capsule/counter_guess.h"
#include "query/capsule/entity_names.h"
#include "query/capsule/histogram_family.h"
#include "query/capsule/log_kinds.h"
#include "query/capsule/questions.h"

namespace nj::query {
namespace {

constexpr int kColumns = 96, kFinest = 32;   // finest: as a multiple
constexpr DurationNs kScrape = 15 * kSecond;
constexpr size_t kPerName = 2;
constexpr size_t kPerFamily = 3;     // names with the same first word: envoy_…, vllm:…
constexpr size_t kMaxEvents = 3;

// Columns of baseline and window on one axis.
struct Axis {
    Columns columns;
    TimeRange before, after;

    [[nodiscard]] bool in(const TimeRange& range, size_t column) const {
        const TimeNs middle = columns.edge(column) + columns.width / 2;
        return range.contains(middle);
    }
    // Mean per column inside a range.
    [[nodiscard]] std::vector<double> part(const std::vector<double>& values, const TimeRange& range) const {
        std::vector<double> out;
        for (size_t c = 0; c < values.size(); ++c)
            if (in(range, c))
                out.push_back(values[c]);
        return out;
    }
};

// With the fingerprint of a log pattern, so that it can be counted again.
struct Candidate : ChangeRow {
    uint32_t fingerprint = 0;
};

// Series that say nothing by moving: buckets (their family's sum and count speak), times of day, constants with labels.
bool isUseless(const store::SeriesRow& row) {
    for (const std::string_view end : {"_bucket", "_created", "_sum", "_info", "timestamp_seconds", "_time_seconds", "_timestamp"})
        if (row.name.ends_with(end) && row.kind != MetricKind::kCounter)
            return true;
    return row.name.ends_with("_bucket") || row.name.ends_with("_sum") || row.name.starts_with("scrape_") || row.samples < 8;
}

// Fills before, after, score, onset and spark from values per column. False: nothing moved.
bool judge(const Axis& axis, const std::vector<double>& values, double relativeFloor, double absoluteFloor, ChangeRow& row) {
    const std::vector<double> before = axis.part(values, axis.before), after = axis.part(values, axis.after);
    const analyze::Spread spread = analyze::spreadOf(before);
    row.before = analyze::mean(before);
    row.after = analyze::mean(after);
    if (spread.n < 3 || std::isnan(row.after))
        return false;
    const double floor = std::max(std::abs(spread.centre) * relativeFloor, absoluteFloor);
    const double z = analyze::robustZ(analyze::median(after), spread, floor);
    const double size = std::abs(row.after) + std::abs(row.before);
    const double change = size > 0 ? std::abs(row.after - row.before) / size : 0;
    row.score = std::min(std::abs(z), 40.0) * change;
    if (std::abs(z) < 3 || change < 0.02)
        return false;
    size_t first = values.size();
    for (size_t c = values.size(); c-- > 0;)
        if (axis.in(axis.after, c))
            first = c;
    // The onset may lie before the window: a cause does.
    const auto onset = analyze::onsetOf(values, row.before, row.after);
    row.onset = axis.columns.edge(onset.value_or(std::min(first, values.size() - 1)));
    row.spark.reserve(values.size());
    for (const double v : values)
        row.spark.push_back(static_cast<float>(v));
    return true;
}

Status seriesValues(QueryContext& context, const store::SeriesRow& row, const Axis& axis, bool& counter, std::vector<double>& values) {
    const TimeRange range{axis.columns.from, axis.columns.edge(axis.columns.count)};
    values.assign(axis.columns.count, kNaN);
    if (counter) {
        NJ_RETURN_IF_ERROR(forEachIncrease(context, row.id, range, 5 * kMinute, [&](TimeNs time, double increase) {
            double& v = values[axis.columns.at(time)];
            v = (std::isnan(v) ? 0 : v) + increase;
        }));
        for (double& v : values)
            v /= static_cast<double>(axis.columns.width) / 1e9;
        return {};
    }
    std::vector<uint32_t> n(values.size(), 0);
    CounterGuess guess;
    NJ_RETURN_IF_ERROR(context.reader().samples(context.snapshot(), row.id, range, [&](const store::SamplePoint& point) {
        const double value = point.valueBits == kStaleNanBits ? kNaN : point.value();
        if (std::isfinite(value)) {
            guess.add(value);
            const size_t c = axis.columns.at(point.time);
            values[c] = (n[c] == 0 ? 0 : values[c]) + value;
            ++n[c];
        }
        return !context.stop().stop_requested();
    }));
    if (row.kind == MetricKind::kUnknown && guess.counter()) {
        counter = true;
        return seriesValues(context, row, axis, counter, values);
    }
    for (size_t c = 0; c < values.size(); ++c)
        if (n[c] > 0)
            values[c] /= n[c];
    return {};
}

// The labels in which series of one name differ.
std::map<std::string, std::set<std::string>> tellingLabels(const store::Snapshot& snapshot) {
    std::map<std::string, std::map<std::string, std::string>> firstValue;
    std::map<std::string, std::set<std::string>> telling;
    for (const store::SeriesRow& row : snapshot.series())
        for (const KeyValue& label : row.attributes) {
            const std::string value = label.value.display();
            const auto [it, fresh] = firstValue[row.name].try_emplace(label.key, value);
            if (!fresh && it->second != value)
                telling[row.name].insert(label.key);
        }
    return telling;
}

std::string detailOf(const store::Snapshot& snapshot, const store::SeriesRow& row, const std::set<std::string>& telling) {
    std::string out;
    size_t shown = 0;
    for (const KeyValue& label : row.attributes)
        if (telling.contains(label.key) && shown++ < 4)
            out += (out.empty() ? "" : ", ") + label.key + "=" + label.value.display().substr(0, 64);
    if (row.resource != kNoIndex)
        if (const std::string service = snapshot.resource(row.resource).service(); !service.empty())
            out = service + (out.empty() ? "" : ": ") + out;
    return out;
}

Status addSeries(QueryContext& context, const Axis& axis, std::vector<Candidate>& out) {
    const auto telling = tellingLabels(context.snapshot());
    static const std::set<std::string> kNone;
    std::vector<double> values;
    for (const store::SeriesRow& series : context.snapshot().series()) {
        if (isUseless(series) || series.kind == MetricKind::kInfo || series.kind == MetricKind::kStateSet)
            continue;
        const bool composite = series.origin == SeriesOrigin::kOtlp && (series.kind == MetricKind::kHistogram || series.kind == MetricKind::kExponentialHistogram || series.kind == MetricKind::kSummary);
        if (composite)
            continue;
        NJ_RETURN_IF_ERROR(context.checkStop());
        bool counter = isCounter(series);
        NJ_RETURN_IF_ERROR(seriesValues(context, series, axis, counter, values));
        Candidate row;
        if (!judge(axis, values, 0.05, 1e-9, row))
            continue;
        row.what = series.name;
        const auto labels = telling.find(series.name);
        row.detail = detailOf(context.snapshot(), series, labels == telling.end() ? kNone : labels->second);
        row.kind = "series";
        row.unit = counter ? "/s" : series.unit;
        row.n = series.samples;
        row.series = series.id;
        out.push_back(std::move(row));
    }
    return {};
}

// Records per column of every fingerprint that `wanted` takes.
Status countLogs(QueryContext& context, const Axis& axis, const std::function<bool(uint32_t)>& wanted, std::map<uint32_t, std::vector<double>>& counts) {
    for (const TimeRange& range : {axis.before, axis.after})
        for (const store::SegmentInfo* info : context.segments(Signal::kLog, range)) {
            NJ_RETURN_IF_ERROR(context.checkStop());
            NJ_ASSIGN(const store::SegmentView* view, context.view(info->id));
            NJ_ASSIGN(const RowSpan rows, context.rowsIn(*view, range));
            NJ_ASSIGN(const std::vector<uint32_t>* kinds, fingerprintsOf(context, *view, RowSet(info->rows, rows)));
            NJ_ASSIGN(const store::StartColumn start, view->start());
            for (uint32_t row = rows.from; row < rows.to; ++row) {
                if (!wanted((*kinds)[row]))
                    continue;
                auto& list = counts[(*kinds)[row]];
                if (list.empty())
                    list.assign(axis.columns.count, 0);
                ++list[axis.columns.at(std::max(start.at(row), axis.columns.from))];
            }
        }
    return {};
}

Status addLogs(QueryContext& context, const Axis& axis, std::vector<Candidate>& out) {
    std::map<uint32_t, std::vector<double>> counts;
    NJ_RETURN_IF_ERROR(countLogs(context, axis, [](uint32_t) { return true; }, counts));
    const double minutes = static_cast<double>(axis.columns.width) / static_cast<double>(kMinute);
    for (auto& [kind, list] : counts) {
        if (kind >= context.cache().fingerprints.size())
            continue;
        Candidate row;
        row.fingerprint = kind;
        for (double& n : list) {
            row.n += static_cast<uint64_t>(n);
            n /= minutes;
        }
        // A handful of lines is no pattern. One count per column is the noise of counting.
        if (row.n < 8 || !judge(axis, list, 0.25, 1.0 / minutes, row))
            continue;
        row.what = context.cache().fingerprints.view(kind).substr(0, 160);
        row.kind = "log";
        row.unit = "/min";
        out.push_back(std::move(row));
    }
    return {};
}

Status addEvents(QueryContext& context, const Axis& axis, std::vector<Candidate>& out) {
    static const std::map<std::string, double> kWeights = {{"deploy", 80}, {"rollback", 60}, {"scale", 20}, {"restart", 40}, {"oom", 80}, {"throttle", 60}, {"xid", 40}, {"hardware", 20}, {"alert", 20}, {"probe", 10}};
    NJ_ASSIGN(const std::vector<store::EventRow> events, context.reader().events());
    NJ_ASSIGN(const EntityNames* names, entityNames(context));
    std::vector<Candidate> rows;
    for (const store::EventRow& event : events) {
        const auto weight = kWeights.find(event.kind);
        if (weight == kWeights.end() || !(axis.before.contains(event.time) || axis.after.contains(event.time)))
            continue;
        Candidate row;
        row.what = event.title;
        row.detail = event.entity;
        if (event.kind == "xid")
            names->nameDevice(row.what, row.detail);
        row.kind = "event";
        row.after = 1;
        row.n = 1;
        row.onset = event.time;
        // The nearer to the window's start, the likelier its cause.
        const double distance = std::abs(static_cast<double>(event.time - axis.after.from)) / static_cast<double>(std::max<DurationNs>(axis.before.length(), 1));
        row.score = weight->second * std::exp(-distance * 2);
        rows.push_back(std::move(row));
    }
    std::stable_sort(rows.begin(), rows.end(), [](const Candidate& a, const Candidate& b) { return a.score > b.score; });
    rows.resize(std::min(rows.size(), kMaxEvents));
    out.insert(out.end(), std::make_move_iterator(rows.begin()), std::make_move_iterator(rows.end()));
    return {};
}

// What moved first tells cause from effect: the few rows that are shown get their onset from columns as fine as a scrape.
Status refineOnsets(QueryContext& context, const Axis& coarse, std::vector<Candidate>& rows) {
    const TimeRange range{coarse.columns.from, coarse.columns.edge(coarse.columns.count)};
    const auto scrapes = static_cast<int>(std::clamp<int64_t>(range.length() / kScrape, kColumns, kColumns * kFinest));
    const Axis axis{Columns::of(range, scrapes), coarse.before, coarse.after};
    std::set<uint32_t> fingerprints;
    for (const Candidate& row : rows)
        if (row.kind == "log")
            fingerprints.insert(row.fingerprint);
    std::map<uint32_t, std::vector<double>> counts;
    if (!fingerprints.empty())
        NJ_RETURN_IF_ERROR(countLogs(context, axis, [&](uint32_t kind) { return fingerprints.contains(kind); }, counts));
    const double minutes = static_cast<double>(axis.columns.width) / static_cast<double>(kMinute);
    for (Candidate& row : rows) {
        std::vector<double> values;
        if (row.kind == "log") {
            values = std::move(counts[row.fingerprint]);
            for (double& n : values)
                n /= minutes;
        } else if (row.kind == "series") {
            for (const store::SeriesRow& series : context.snapshot().series())
                if (series.id == row.series) {
                    bool counter = isCounter(series);
                    NJ_RETURN_IF_ERROR(seriesValues(context, series, axis, counter, values));
                }
        }
        if (const auto onset = analyze::onsetOf(values, row.before, row.after))
            row.onset = axis.columns.edge(*onset);
    }
    return {};
}

}  // namespace

Result<std::vector<ChangeRow>> answerChanges(QueryContext& context, const ChangesQuestion& question) {
    if (question.range.empty() || question.baseline.empty())
        return std::vector<ChangeRow>();
    std::vector<Candidate> rows;
    const Axis axis{Columns::of({std::min(question.range.from, question.baseline.from), std::max(question.range.to, question.baseline.to)}, kColumns), question.baseline, question.range};
    NJ_RETURN_IF_ERROR(addSeries(context, axis, rows));
    NJ_RETURN_IF_ERROR(addLogs(context, axis, rows));
    NJ_RETURN_IF_ERROR(addEvents(context, axis, rows));
    std::stable_sort(rows.begin(), rows.end(), [](const Candidate& a, const Candidate& b) { return a.score > b.score; });
    std::map<std::string, size_t> perName, perFamily;
    std::vector<Candidate> best;
    for (Candidate& row : rows) {
        const std::string family = row.kind == "series" ? row.what.substr(0, row.what.find_first_of("_:.")) : row.kind + " rows";
        if (best.size() >= question.limit || perName[row.what] >= kPerName || perFamily[family] >= kPerFamily)
            continue;
        ++perName[row.what];
        ++perFamily[family];
        best.push_back(std::move(row));
    }
    NJ_RETURN_IF_ERROR(refineOnsets(context, axis, best));
    return std::vector<ChangeRow>(std::make_move_iterator(best.begin()), std::make_move_iterator(best.end()));
}

}  // namespace nj::query
