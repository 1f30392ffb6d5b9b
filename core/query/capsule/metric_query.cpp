// A metric as lines over time: scalar series read as values or rates, combined by labels.
#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "analyze/robust.h"
#include "base/nan.h"
#include "query/capsule/counter_guess.h"
#include "query/capsule/histogram_family.h"
#include "query/capsule/line_order.h"
#include "query/capsule/metric_lines.h"
#include "query/capsule/metric_unit.h"
#include "query/capsule/questions.h"
#include "query/capsule/series_columns.h"

namespace nj::query {
namespace {

constexpr size_t kMostSeries = 5000;         // read for one answer: 5,000 × 480 columns are 20 MB
constexpr int kBaselineColumns = 24;
constexpr size_t kMostExemplars = 200;
constexpr size_t kGuessedSeries = 3;

double combined(MetricCombine how, std::vector<double>& values) {
    if (how == MetricCombine::kCount)
        return static_cast<double>(values.size());
    if (values.empty())
        return kNaN;
    switch (how) {
    case MetricCombine::kSum: return analyze::mean(values) * static_cast<double>(values.size());
    case MetricCombine::kMin: return *std::min_element(values.begin(), values.end());
    case MetricCombine::kMax: return *std::max_element(values.begin(), values.end());
    case MetricCombine::kP50: return analyze::quantile(values, 0.5);
    case MetricCombine::kP95: return analyze::quantile(values, 0.95);
    default: return analyze::mean(values);
    }
}

// Of series without a declared type the samples tell.
Result<bool> growsOnly(QueryContext& context, const std::vector<MetricSeries>& series, TimeRange range) {
    if (isCounter(*series.front().row))
        return true;
    if (series.front().row->kind != MetricKind::kUnknown)
        return false;
    for (size_t i = 0; i < std::min(series.size(), kGuessedSeries); ++i) {
        CounterGuess guess;
        NJ_RETURN_IF_ERROR(context.reader().samples(context.snapshot(), series[i].row->id, range, [&](const store::SamplePoint& point) {
            if (point.valueBits != kStaleNanBits)
                guess.add(point.value());
            return !context.stop().stop_requested();
        }));
        if (guess.counter())
            return true;
    }
    return false;
}

// Summaries of OTLP are no scalar series: their mean, or their observations per second.
Result<SeriesColumns> readComposite(QueryContext& context, int64_t series, TimeRange range, const Columns& columns, bool rate) {
    NJ_ASSIGN(std::vector<SeriesPoints> points, answerSeriesPoints(context, {{series}, range, static_cast<int>(columns.count), rate}));
    SeriesColumns out;
    out.mean.assign(points.front().last.begin(), points.front().last.end());
    out.mean.resize(columns.count, kNaN);
    out.low = out.high = out.mean;
    for (const double value : out.mean)
        out.n += std::isnan(value) ? 0 : 1;
    return out;
}

class LineReader {
public:
    LineReader(QueryContext& context, const MetricAnswer& answer, DurationNs hold) : context_(context), rate_(answer.reading == MetricReading::kRate), combine_(answer.combine), hold_(hold) {}

    // One vector per column for a group's line; `line` gets the sum of samples, and the true extremes where it is one series.
    Result<std::vector<double>> read(const std::vector<const MetricSeries*>& members, TimeRange range, const Columns& columns, MetricLine* line) {
        std::vector<std::vector<double>> values;
        for (const MetricSeries* member : members) {
            NJ_RETURN_IF_ERROR(context_.checkStop());
            NJ_ASSIGN(SeriesColumns one, readOne(*member->row, range, columns));
            if (line)
                line->n += one.n;
            if (line && members.size() == 1) {
                low_ = one.low;
                high_ = one.high;
            }
            values.push_back(std::move(combine_ == MetricCombine::kMin ? one.low : combine_ == MetricCombine::kMax ? one.high : one.mean));
        }
        if (values.size() == 1 && combine_ != MetricCombine::kCount)
            return std::move(values.front());
        std::vector<double> out(columns.count, kNaN);
        std::vector<double> present;
        for (size_t column = 0; column < columns.count; ++column) {
            present.clear();
            for (const std::vector<double>& one : values)
                if (!std::isnan(one[column]))
                    present.push_back(one[column]);
            out[column] = combined(combine_, present);
        }
        return out;
    }
    void sharpen(MetricLine& line) const {
        if (line.members != 1 || low_.empty())
            return;
        for (const double value : low_)
            line.min = std::fmin(line.min, value);
        for (const double value : high_)
            line.max = std::fmax(line.max, value);
    }

private:
    Result<SeriesColumns> readOne(const store::SeriesRow& row, TimeRange range, const Columns& columns) {
        const bool composite = row.origin == SeriesOrigin::kOtlp && row.kind == MetricKind::kSummary;
        if (composite)
            return readComposite(context_, row.id, range, columns, rate_);
        return rate_ ? readRate(context_, row, range, columns, hold_) : readValues(context_, row, range, columns, hold_);
    }
    QueryContext& context_;
    bool rate_;
    MetricCombine combine_;
    DurationNs hold_;
    std::vector<double> low_, high_;
};

// Every series where they can be told apart; else the label that leaves the most groups that can.
void chooseGrouping(const MetricQuestion& question, const std::vector<MetricSeries>& series, MetricAnswer& answer) {
    std::vector<const AttributeList*> labels;
    for (const MetricSeries& one : series)
        labels.push_back(&one.labels);
    answer.by = question.by;
    answer.combine = question.combine.value_or(MetricCombine::kNone);
    if (!question.combine && series.size() > question.maxLines) {
        const MetricCombine whole = answer.reading == MetricReading::kRate ? MetricCombine::kSum : MetricCombine::kAvg;
        std::map<std::string, std::set<std::string>> values;
        for (const AttributeList* one : labels)
            for (const KeyValue& label : *one)
                values[label.key].insert(labelOf(*one, label.key));
        size_t most = 1;
        for (const auto& [key, its] : values)
            if (its.size() > most && its.size() <= question.maxLines) {
                most = its.size();
                answer.combine = whole;
                answer.by = {key};
            }
        if (most > 1)
            return;
    }
    if (answer.combine == MetricCombine::kNone)
        answer.by = tellingKeys(labels);
}

}  // namespace

void fillStatistics(MetricLine& line) {
    std::vector<double> present;
    for (const double value : line.values)
        if (std::isfinite(value))
            present.push_back(value);
    line.last = present.empty() ? kNaN : present.back();
    line.mean = analyze::mean(present);
    line.p95 = present.empty() ? kNaN : analyze::quantile(present, 0.95);   // sorts
    line.min = present.empty() ? kNaN : present.front();
    line.max = present.empty() ? kNaN : present.back();
}

void orderLines(MetricAnswer& answer, const MetricQuestion& question) {
    orderByDeparture(answer.lines);
    answer.linesInAll = answer.lines.size();
    if (answer.lines.size() <= question.maxLines)
        return;
    const auto wanted = std::find_if(answer.lines.begin(), answer.lines.end(), [&](const MetricLine& line) { return question.mustShow >= 0 && line.series == question.mustShow; });
    if (wanted != answer.lines.end() && static_cast<size_t>(wanted - answer.lines.begin()) >= question.maxLines)
        std::rotate(answer.lines.begin(), wanted, wanted + 1);
    answer.lines.resize(question.maxLines);
}

Status addExemplars(QueryContext& context, TimeRange range, const std::vector<int64_t>& series, MetricAnswer& answer) {
    NJ_ASSIGN(const std::vector<Exemplar> all, context.reader().exemplars(context.snapshot(), range, series));
    const size_t step = std::max<size_t>(1, (all.size() + kMostExemplars - 1) / kMostExemplars);
    for (size_t i = 0; i < all.size(); i += step)
        answer.exemplars.push_back({all[i].time, all[i].value, all[i].traceId, all[i].spanId});
    std::sort(answer.exemplars.begin(), answer.exemplars.end(), [](const auto& a, const auto& b) { return a.time < b.time; });
    return {};
}

Result<MetricAnswer> metricOfSeries(QueryContext& context, const MetricQuestion& question, std::vector<MetricSeries> series) {
    MetricAnswer answer;
    const store::SeriesRow& first = *series.front().row;
    answer.kind = first.kind;
    answer.series = series.size();
    answer.interval = typicalInterval(series);
    if (question.reading == MetricReading::kQuantiles)
        return makeError(ErrorCode::kInvalidArgument, "'" + question.name + "' is no histogram: it has no quantiles");
    if (question.reading) {
        answer.reading = *question.reading;
    } else {
        NJ_ASSIGN(const bool grows, growsOnly(context, series, question.range));
        answer.reading = grows ? MetricReading::kRate : MetricReading::kValue;
    }
    chooseGrouping(question, series, answer);
    if (series.size() > kMostSeries) {
        // The one asked for stays, whatever its place.
        const auto wanted = std::find_if(series.begin(), series.end(), [&](const MetricSeries& one) { return one.row->id == question.mustShow; });
        if (wanted != series.end() && static_cast<size_t>(wanted - series.begin()) >= kMostSeries)
            std::iter_swap(series.begin(), wanted);
        series.resize(kMostSeries);
    }
    answer.seriesRead = series.size();
    const std::string unit = metricUnit(first.name, first.unit, first.description);
    answer.unit = answer.combine == MetricCombine::kCount ? std::string() : answer.reading == MetricReading::kRate ? rateUnit(unit) : unit;

    const DurationNs scrapes = answer.reading == MetricReading::kRate ? 4 : 1;
    const DurationNs longest = std::max<DurationNs>(question.range.length() / 4, 1);
    const Columns columns = Columns::of(question.range, question.columns, std::clamp<DurationNs>(scrapes * answer.interval, 1, longest));
    const DurationNs hold = answer.interval > 0 ? 3 * answer.interval + kSecond : 5 * kMinute;
    answer.from = columns.from;
    answer.width = columns.width;

    // By the values of the keys, in the order of first sight.
    std::vector<std::vector<const MetricSeries*>> groups;
    std::map<std::string, size_t> known;
    for (const MetricSeries& one : series) {
        const std::string key = answer.combine == MetricCombine::kNone ? std::to_string(one.row->id) : labelText(one.labels, answer.by);
        const auto [entry, fresh] = known.try_emplace(key, groups.size());
        if (fresh)
            groups.emplace_back();
        groups[entry->second].push_back(&one);
    }
    LineReader reader(context, answer, hold);
    for (const auto& members : groups) {
        MetricLine line;
        line.label = labelText(members.front()->labels, answer.by);
        line.series = members.front()->row->id;
        for (const MetricSeries* member : members)
            if (member->row->id == question.mustShow)
                line.series = question.mustShow;
        line.members = static_cast<uint32_t>(members.size());
        NJ_ASSIGN(line.values, reader.read(members, question.range, columns, &line));
        fillStatistics(line);
        reader.sharpen(line);
        line.baseline = kNaN;
        if (question.baseline && !question.baseline->empty()) {
            const Columns then = Columns::of(*question.baseline, kBaselineColumns, std::max<DurationNs>(scrapes * answer.interval, 1));
            NJ_ASSIGN(const std::vector<double> before, reader.read(members, *question.baseline, then, nullptr));
            line.baseline = analyze::mean(before);
        }
        answer.lines.push_back(std::move(line));
    }
    orderLines(answer, question);
    std::vector<int64_t> ids;
    for (const MetricSeries& one : series)
        ids.push_back(one.row->id);
    if (answer.reading == MetricReading::kValue)
        NJ_RETURN_IF_ERROR(addExemplars(context, question.range, ids, answer));
    return answer;
}

Result<MetricAnswer> answerMetric(QueryContext& context, const MetricQuestion& question) {
    if (question.range.empty())
        return makeError(ErrorCode::kInvalidArgument, "the time range is empty");
    NJ_ASSIGN(std::vector<MetricSeries> series, findMetricSeries(context, question.name, question.filter, question.labels));
    const bool composite = !series.empty() && (series.front().row->kind == MetricKind::kHistogram || series.front().row->kind == MetricKind::kExponentialHistogram || series.front().row->kind == MetricKind::kGaugeHistogram);
    if (!series.empty() && !composite)
        return metricOfSeries(context, question, std::move(series));
    return metricOfHistogram(context, question);
}

}  // namespace nj::query
