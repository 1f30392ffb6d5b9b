// Which traces have a span that matches, and their rows in the wanted order.
#include <algorithm>

#include "query/capsule/attribute_scan.h"
#include "query/capsule/filter_evaluator.h"
#include "query/capsule/questions.h"
#include "query/capsule/trace_index.h"

namespace nj::query {
namespace {

// Restricts the rows to those whose measure lies in [low, high].
Result<RowSet> rowsInMeasure(const store::SegmentView& view, const TraceListQuestion& question, RowSpan rows, const RowSet* matching) {
    const double low = question.measureRange->first, high = question.measureRange->second;
    RowSet out(view.info().rows);
    if (question.measure.kind == Measure::Kind::kSpanDuration) {
        NJ_ASSIGN(const std::vector<TimeNs> start, view.exactStart());
        NJ_ASSIGN(const std::vector<TimeNs> end, view.exactEnd());
        forEachRow(rows, matching, [&](uint32_t row) {
            const auto duration = static_cast<double>(end[row] - start[row]);
            if (duration >= low && duration <= high)
                out.add(row);
        });
    } else if (question.measure.kind == Measure::Kind::kSpanAttribute) {
        NJ_RETURN_IF_ERROR(forEachNumber(view, question.measure.key, rows, matching, [&](uint32_t row, double value) {
            if (value >= low && value <= high)
                out.add(row);
        }));
    } else {
        out.addSpan(rows);   // no span carries this measure
        if (matching)
            out &= *matching;
    }
    return out;
}

bool before(const TraceIndex::Entry& a, const TraceIndex::Entry& b, TraceListQuestion::Sort sort) {
    using Sort = TraceListQuestion::Sort;
    const auto by = [&](auto x, auto y) { return x != y ? x > y : a.id < b.id; };
    switch (sort) {
    case Sort::kSlowest: return by(a.end - a.start, b.end - b.start);
    case Sort::kFastest: return by(b.end - b.start, a.end - a.start);
    case Sort::kNewest: return by(a.start, b.start);
    case Sort::kOldest: return by(b.start, a.start);
    case Sort::kMostErrors: return a.errors != b.errors ? a.errors > b.errors : by(a.end - a.start, b.end - b.start);
    case Sort::kMostSpans: return by(a.spans, b.spans);
    }
    return false;
}

TraceRow rowOf(const TraceIndex::Entry& entry, const store::Snapshot& snapshot) {
    TraceRow row;
    row.id = entry.id;
    row.start = entry.start;
    row.duration = entry.end - entry.start;
    row.rootService = snapshot.text(entry.rootService);
    row.rootName = snapshot.text(entry.rootName);
    row.spans = entry.spans;
    row.errors = entry.errors;
    row.services = entry.services;
    row.rootMissing = !entry.hasRoot;
    return row;
}

}  // namespace

Result<TraceListAnswer> answerTraceList(QueryContext& context, const TraceListQuestion& question) {
    NJ_ASSIGN(const std::shared_ptr<const TraceIndex> index, TraceIndex::of(context));
    NJ_ASSIGN(FilterEvaluator filter, FilterEvaluator::create(context, question.filter, Signal::kSpan));
    std::vector<uint8_t> hit(index->traces().size(), 0);
    NJ_RETURN_IF_ERROR(scanSegments(context, Signal::kSpan, wholeIfEmpty(question.range), filter, [&](const store::SegmentView& view, RowSpan rows, const RowSet* matching) -> Status {
        RowSet measured;
        if (question.measureRange) {
            NJ_ASSIGN(measured, rowsInMeasure(view, question, rows, matching));
            matching = &measured;
        }
        NJ_ASSIGN(const store::TraceIdColumn ids, view.traceIds());
        const std::vector<uint32_t>& traces = index->codes(view.info().id);
        forEachRow(rows, matching, [&](uint32_t row) {
            const uint32_t code = ids.codes.code(row);
            if (code < traces.size() && traces[code] != kNoIndex)
                hit[traces[code]] = 1;
        });
        return {};
    }));
    std::vector<uint32_t> order;
    for (uint32_t number = 0; number < hit.size(); ++number)
        if (hit[number] != 0)
            order.push_back(number);
    TraceListAnswer answer;
    answer.total = order.size();
    const size_t shown = std::min(order.size(), question.limit);
    std::partial_sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(shown), order.end(),
                      [&](uint32_t a, uint32_t b) { return before(index->traces()[a], index->traces()[b], question.sort); });
    for (size_t i = 0; i < shown; ++i)
        answer.rows.push_back(rowOf(index->traces()[order[i]], context.snapshot()));
    answer.partial = shown < order.size();
    return answer;
}

}  // namespace nj::query
