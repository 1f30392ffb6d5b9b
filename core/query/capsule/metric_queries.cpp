// Series and their points, drawn per column.
#include <algorithm>
#include <cmath>
#include <limits>

#include "query/capsule/histogram_family.h"
#include "query/capsule/histogram_increase.h"
#include "query/capsule/questions.h"

namespace nj::query {
namespace {

constexpr DurationNs kLookback = 5 * kMinute;

const store::SeriesRow* findSeries(const store::Snapshot& snapshot, int64_t id) {
    const auto& rows = snapshot.series();
    const auto sorted = std::lower_bound(rows.begin(), rows.end(), id, [](const store::SeriesRow& row, int64_t key) { return row.id < key; });
    if (sorted != rows.end() && sorted->id == id)
        return &*sorted;
    const auto found = std::find_if(rows.begin(), rows.end(), [&](const store::SeriesRow& row) { return row.id == id; });
    return found == rows.end() ? nullptr : &*found;
}

SeriesInfo infoOf(const store::Snapshot& snapshot, const store::SeriesRow& row) {
    SeriesInfo info;
    info.id = row.id;
    info.name = row.name;
    info.unit = row.unit;
    info.description = row.description;
    info.kind = row.kind;
    info.monotonic = row.monotonic;
    info.labels = row.attributes;
    if (row.resource != kNoIndex)
        for (const KeyValue& entry : snapshot.resource(row.resource).attributes)
            info.labels.push_back({"resource." + entry.key, entry.value});
    info.samples = row.samples;
    info.range = row.range;
    return info;
}

class ColumnPoints {
public:
    ColumnPoints(int64_t series, TimeRange range, int columns) : columns_(Columns::of(range, columns)) {
        out_.series = series;
        out_.from = columns_.from;
        out_.width = columns_.width;
        const float missing = std::numeric_limits<float>::quiet_NaN();
        out_.min.assign(columns_.count, missing);
        out_.max.assign(columns_.count, missing);
        out_.last.assign(columns_.count, missing);
    }
    void add(TimeNs time, double value) {
        if (std::isnan(value))
            return;
        const size_t column = columns_.at(time);
        const auto v = static_cast<float>(value);
        out_.min[column] = std::isnan(out_.min[column]) ? v : std::min(out_.min[column], v);
        out_.max[column] = std::isnan(out_.max[column]) ? v : std::max(out_.max[column], v);
        out_.last[column] = v;
        if (out_.raw.size() <= columns_.count)
            out_.raw.emplace_back(time, value);
    }
    SeriesPoints take() {
        if (out_.raw.size() >= columns_.count)
            out_.raw.clear();
        return std::move(out_);
    }

private:
    Columns columns_;
    SeriesPoints out_;
};

Status addScalar(QueryContext& context, const store::SeriesRow& series, const SeriesPointsQuestion& question, ColumnPoints& points) {
    const bool delta = series.temporality == Temporality::kDelta;
    // A gauge or an up-down counter falls without being reset.
    const bool falls = series.kind == MetricKind::kGauge || (series.origin == SeriesOrigin::kOtlp && !series.monotonic);
    const TimeNs from = question.rate && question.range.from > std::numeric_limits<TimeNs>::min() + kLookback ? question.range.from - kLookback : question.range.from;
    TimeNs lastTime = 0;
    double last = std::numeric_limits<double>::quiet_NaN();
    return context.reader().samples(context.snapshot(), series.id, {from, question.range.to}, [&](const store::SamplePoint& point) {
        const bool gone = point.valueBits == kStaleNanBits || (point.flags & kSampleNoRecordedValue) != 0;
        const double value = gone ? std::numeric_limits<double>::quiet_NaN() : point.value();
        double shown = value;
        if (question.rate) {
            const TimeNs since = delta && point.start > 0 && point.start < point.time ? point.start : lastTime;
            const double seconds = static_cast<double>(point.time - since) / 1e9;
            const double increase = delta ? value : value >= last || falls ? value - last : value;
            shown = seconds > 0 && (delta ? since > 0 : !std::isnan(last)) ? increase / seconds : std::numeric_limits<double>::quiet_NaN();
        }
        last = value;
        lastTime = point.time;
        if (point.time >= question.range.from)
            points.add(point.time, shown);
        return !context.stop().stop_requested();
    });
}

// The mean of what each point adds, or with `rate` its observations per second.
Status addComposite(QueryContext& context, const store::SeriesRow& series, const SeriesPointsQuestion& question, ColumnPoints& points) {
    const bool delta = series.temporality == Temporality::kDelta;
    const TimeNs from = question.range.from > std::numeric_limits<TimeNs>::min() + kLookback ? question.range.from - kLookback : question.range.from;
    HistogramIncrease increase(delta);
    TimeNs last = 0;
    return context.reader().histograms(context.snapshot(), series.id, {from, question.range.to}, [&](const HistogramPoint& point) {
        if (increase.advance(point, from) && point.time >= question.range.from) {
            double n = 0;
            increase.forEach([&](double, double, double count) { n += count; });
            const TimeNs since = delta && point.start > 0 ? point.start : last;
            const double seconds = static_cast<double>(point.time - since) / 1e9;
            if (question.rate ? since > 0 && seconds > 0 : n > 0)
                points.add(point.time, question.rate ? n / seconds : increase.sum() / n);
        }
        last = point.time;
        return !context.stop().stop_requested();
    });
}

}  // namespace

Result<std::vector<SeriesInfo>> answerSeries(QueryContext& context, const SeriesQuestion& question) {
    std::vector<SeriesInfo> out;
    for (const store::SeriesRow& row : context.snapshot().series()) {
        if (out.size() >= question.limit)
            break;
        if (!question.name.empty() && row.name != question.name)
            continue;
        SeriesInfo info = infoOf(context.snapshot(), row);
        const bool fits = std::all_of(question.labels.begin(), question.labels.end(), [&](const auto& wanted) {
            const AttributeValue* value = findAttribute(info.labels, wanted.first);
            if (!value)
                value = findAttribute(info.labels, "resource." + wanted.first);
            return value && value->display() == wanted.second;
        });
        if (fits)
            out.push_back(std::move(info));
    }
    return out;
}

Result<std::vector<SeriesPoints>> answerSeriesPoints(QueryContext& context, const SeriesPointsQuestion& question) {
    std::vector<SeriesPoints> out;
    for (const int64_t id : question.series) {
        NJ_RETURN_IF_ERROR(context.checkStop());
        ColumnPoints points(id, question.range, question.columns);
        const store::SeriesRow* series = findSeries(context.snapshot(), id);
        if (!series)
            return makeError(ErrorCode::kNotFound, "no series with id " + std::to_string(id));
        const bool composite = series->kind == MetricKind::kHistogram || series->kind == MetricKind::kExponentialHistogram || series->kind == MetricKind::kSummary;
        // Classic histograms and summaries of Prometheus are scalar series of that kind.
        if (composite && series->origin == SeriesOrigin::kOtlp)
            NJ_RETURN_IF_ERROR(addComposite(context, *series, question, points));
        else
            NJ_RETURN_IF_ERROR(addScalar(context, *series, question, points));
        out.push_back(points.take());
    }
    return out;
}

}  // namespace nj::query
