// Time × value counts of a measure, with the rows worth opening as exemplars.
#include <algorithm>
#include <cmath>
#include <limits>

#include "analyze/robust.h"
#include "query/capsule/attribute_scan.h"
#include "query/capsule/column_rows.h"
#include "query/capsule/duration_bins.h"
#include "query/capsule/histogram_family.h"
#include "query/capsule/questions.h"

namespace nj::query {
namespace {

constexpr size_t kMaxDots = 200;

// Rows of the picture: evenly spaced in the logarithm between the lowest and highest value.
struct ValueRows {
    std::vector<double> bounds;
    double logLow = 0, logStep = 1;

    static ValueRows of(double low, double high, int wanted) {
        ValueRows rows;
        high = high > 0 && std::isfinite(high) ? high : 1;
        low = std::clamp(low, high * 1e-7, high);
        if (high < low * 1.1)
            high = low * 1.1;
        const auto n = static_cast<size_t>(std::clamp(wanted, 1, 400));
        rows.bounds = analyze::logBounds(low, high, n);
        rows.logLow = std::log(low);
        rows.logStep = (std::log(high) - rows.logLow) / static_cast<double>(n);
        return rows;
    }
    [[nodiscard]] size_t count() const { return bounds.size() - 1; }
    [[nodiscard]] double place(double value) const { return value > 0 ? (std::log(value) - logLow) / logStep : 0; }
    [[nodiscard]] size_t at(double value) const { return static_cast<size_t>(std::clamp(place(value), 0.0, static_cast<double>(count()) - 0.5)); }
};

HeatmapAnswer emptyAnswer(const Columns& columns, const ValueRows& rows) {
    HeatmapAnswer answer;
    answer.from = columns.from;
    answer.width = columns.width;
    answer.bounds = rows.bounds;
    answer.counts.assign(columns.count * rows.count(), 0);
    return answer;
}

// The slowest row of each column.
struct Worst {
    int64_t segment = -1;
    uint32_t row = 0;
    double value = -1;
    TimeNs time = 0;
};

Status addDots(QueryContext& context, const std::vector<Worst>& worst, HeatmapAnswer& answer) {
    for (const Worst& dot : worst) {
        if (dot.segment < 0 || answer.exemplars.size() >= kMaxDots)
            continue;
        NJ_ASSIGN(const store::SegmentView* view, context.view(dot.segment));
        NJ_ASSIGN(const store::TraceIdColumn traces, view->traceIds());
        NJ_ASSIGN(const std::span<const SpanId> spans, view->spanIds());
        const uint32_t code = traces.codes.code(dot.row);
        if (code < traces.table.size() && dot.row < spans.size() && !traces.table[code].empty())
            answer.exemplars.push_back({dot.time, dot.value, traces.table[code], spans[dot.row]});
    }
    return {};
}

Result<HeatmapAnswer> ofSpans(QueryContext& context, const HeatmapQuestion& question, const Columns& columns) {
    NJ_ASSIGN(FilterEvaluator filter, FilterEvaluator::create(context, question.filter, Signal::kSpan));
    BinCounts<uint64_t> all;
    NJ_RETURN_IF_ERROR(scanSegments(context, Signal::kSpan, question.range, filter, [&](const store::SegmentView& view, RowSpan rows, const RowSet* matching) -> Status {
        NJ_ASSIGN(const store::DurationBins bins, view.durationBin());
        if (bins.size() < rows.to)
            return makeError(ErrorCode::kMalformed, "a span segment's columns have different lengths");
        forEachRow(rows, matching, [&](uint32_t row) { all.add(bins[row]); });
        return {};
    }));
    double low = 0, high = 0;
    all.forEach([&](uint16_t bin, uint64_t) {
        low = low == 0 ? sketch::binLower(bin) : low;
        high = sketch::binUpper(bin);
    });
    const ValueRows valueRows = ValueRows::of(low, high, question.rows);
    std::vector<uint16_t> rowOfBin(4096);
    for (size_t bin = 0; bin < rowOfBin.size(); ++bin)
        rowOfBin[bin] = static_cast<uint16_t>(valueRows.at(sketch::binMiddle(static_cast<uint16_t>(std::min<size_t>(bin, 4033)))));
    HeatmapAnswer answer = emptyAnswer(columns, valueRows);
    std::vector<Worst> worst(columns.count);
    NJ_RETURN_IF_ERROR(scanSegments(context, Signal::kSpan, question.range, filter, [&](const store::SegmentView& view, RowSpan rows, const RowSet* matching) -> Status {
        NJ_ASSIGN(const store::DurationBins bins, view.durationBin());
        NJ_ASSIGN(const store::StartColumn start, view.start());
        forEachColumn(start, rows, columns, [&](size_t column, RowSpan part) {
            uint32_t* const cells = answer.counts.data() + column * valueRows.count();
            int32_t slowest = -1;
            uint32_t slowestRow = 0;
            forEachRow(part, matching, [&](uint32_t row) {
                const uint16_t bin = bins[row];
                if (bin >= rowOfBin.size())
                    return;
                ++cells[rowOfBin[bin]];
                ++answer.n;
                if (bin > slowest) {
                    slowest = bin;
                    slowestRow = row;
                }
            });
            if (slowest >= 0 && sketch::binMiddle(static_cast<uint16_t>(slowest)) > worst[column].value)
                worst[column] = {view.info().id, slowestRow, sketch::binMiddle(static_cast<uint16_t>(slowest)), start.at(slowestRow)};
        });
        return {};
    }));
    NJ_RETURN_IF_ERROR(addDots(context, worst, answer));
    return answer;
}

Result<HeatmapAnswer> ofAttribute(QueryContext& context, const HeatmapQuestion& question, const Columns& columns, Signal signal) {
    struct Seen { size_t column; double value; };
    std::vector<Seen> seen;
    std::vector<Worst> worst(columns.count);
    NJ_ASSIGN(FilterEvaluator filter, FilterEvaluator::create(context, question.filter, signal));
    double low = std::numeric_limits<double>::infinity(), high = 0;
    NJ_RETURN_IF_ERROR(scanSegments(context, signal, question.range, filter, [&](const store::SegmentView& view, RowSpan rows, const RowSet* matching) -> Status {
        if (!view.info().hasAttribute(question.measure.key))
            return {};
        NJ_ASSIGN(const store::StartColumn start, view.start());
        return forEachNumber(view, question.measure.key, rows, matching, [&](uint32_t row, double value) {
            const size_t column = columns.at(std::max(start.at(row), columns.from));
            seen.push_back({column, value});
            high = std::max(high, value);
            low = value > 0 ? std::min(low, value) : low;
            if (value > worst[column].value)
                worst[column] = {view.info().id, row, value, start.at(row)};
        });
    }));
    const ValueRows valueRows = ValueRows::of(std::isfinite(low) ? low : 1, high, question.rows);
    HeatmapAnswer answer = emptyAnswer(columns, valueRows);
    for (const Seen& s : seen)
        ++answer.counts[s.column * valueRows.count() + valueRows.at(s.value)];
    answer.n = seen.size();
    NJ_RETURN_IF_ERROR(addDots(context, worst, answer));
    return answer;
}

// A bucket's observations are spread evenly (in the logarithm) over the rows it covers.
void spread(const ValueRows& rows, double lower, double upper, const std::vector<double>& counts, std::vector<double>& cells) {
    const double low = lower > 0 ? std::clamp(rows.place(lower), 0.0, static_cast<double>(rows.count())) : std::isinf(lower) || lower == 0 ? std::max(0.0, rows.place(upper) - 1) : 0;
    const double high = std::isinf(upper) ? std::min(low + 1, static_cast<double>(rows.count())) : std::clamp(rows.place(upper), 0.0, static_cast<double>(rows.count()));
    const double width = high - low;
    for (size_t column = 0; column < counts.size(); ++column) {
        if (counts[column] <= 0)
            continue;
        if (width <= 1e-9) {
            const auto row = static_cast<size_t>(std::clamp(low, 0.0, static_cast<double>(rows.count()) - 0.5));
            cells[column * rows.count() + row] += counts[column];
            continue;
        }
        for (auto row = static_cast<size_t>(low); row < rows.count() && static_cast<double>(row) < high; ++row) {
            const double part = std::min(high, static_cast<double>(row) + 1) - std::max(low, static_cast<double>(row));
            cells[column * rows.count() + row] += counts[column] * part / width;
        }
    }
}

Result<HeatmapAnswer> ofHistogram(QueryContext& context, const HeatmapQuestion& question) {
    HistogramFamily family = HistogramFamily::find(context.snapshot(), question.measure.key, question.filter);
    if (family.empty())
        return makeError(ErrorCode::kNotFound, "no histogram named '" + question.measure.key + "' that the filter leaves");
    const Columns columns = Columns::of(question.range, question.columns, std::min(2 * family.interval(), std::max<DurationNs>(question.range.length() / 4, 1)));
    NJ_RETURN_IF_ERROR(family.load(context, question.range, columns));
    BucketCounts all(columns.count);
    for (const FamilyMember& member : family.members())
        all.merge(member.counts);
    double low = all.lowest();
    if (!(low > 0))
        all.forEach([&](double, double upper, const std::vector<double>&) { low = low > 0 || !(upper > 0) || std::isinf(upper) ? low : upper / 2; });
    const ValueRows valueRows = ValueRows::of(low > 0 ? low : 1e-3, all.highest(), question.rows);
    HeatmapAnswer answer = emptyAnswer(columns, valueRows);
    std::vector<double> cells(answer.counts.size(), 0);
    all.forEach([&](double lower, double upper, const std::vector<double>& counts) { spread(valueRows, lower, upper, counts, cells); });
    for (size_t i = 0; i < cells.size(); ++i)
        answer.counts[i] = static_cast<uint32_t>(std::clamp(std::round(cells[i]), 0.0, 4e9));
    answer.n = static_cast<uint64_t>(std::llround(std::min(all.count(), 9e18)));
    NJ_ASSIGN(const std::vector<Exemplar> exemplars, context.reader().exemplars(context.snapshot(), question.range, family.seriesIds()));
    const size_t step = std::max<size_t>(1, exemplars.size() / kMaxDots);
    for (size_t i = 0; i < exemplars.size() && answer.exemplars.size() < kMaxDots; i += step)
        answer.exemplars.push_back({exemplars[i].time, exemplars[i].value, exemplars[i].traceId, exemplars[i].spanId});
    return answer;
}

}  // namespace

Result<HeatmapAnswer> answerHeatmap(QueryContext& context, const HeatmapQuestion& question) {
    const Columns columns = Columns::of(question.range, question.columns);
    switch (question.measure.kind) {
    case Measure::Kind::kSpanDuration: return ofSpans(context, question, columns);
    case Measure::Kind::kSpanAttribute: return ofAttribute(context, question, columns, Signal::kSpan);
    case Measure::Kind::kLogAttribute: return ofAttribute(context, question, columns, Signal::kLog);
    case Measure::Kind::kHistogram: return ofHistogram(context, question);
    }
    return makeError(ErrorCode::kInvalidArgument, "no such measure");
}

}  // namespace nj::query
