// The overview strip and the event lane.
#include <algorithm>
#include <map>

#include "analyze/rollout.h"
#include "query/capsule/column_rows.h"
#include "query/capsule/entity_names.h"
#include "query/capsule/filter_evaluator.h"
#include "query/capsule/gpu_events.h"
#include "query/capsule/questions.h"

namespace nj::query {
namespace {

constexpr size_t kRoutine = 8;               // events of one kind and entity in the capsule
constexpr uint8_t kDebug = 5;                 // OTLP severity number

constexpr uint8_t kErrorSeverity = 17;

// Adds the matching rows of one signal to `all`, and those whose byte is at least `bad` to `errors`.
Status countSignal(QueryContext& context, const VolumeQuestion& question, Signal signal, const Columns& columns, std::vector<uint32_t>& all, std::vector<uint32_t>& errors) {
    NJ_ASSIGN(FilterEvaluator filter, FilterEvaluator::create(context, question.filter, signal));
    const uint8_t bad = signal == Signal::kSpan ? static_cast<uint8_t>(SpanStatus::kError) : kErrorSeverity;
    return scanSegments(context, signal, question.range, filter, [&](const store::SegmentView& view, RowSpan rows, const RowSet* matching) -> Status {
        NJ_ASSIGN(const store::StartColumn start, view.start());
        NJ_ASSIGN(const std::span<const uint8_t> bytes, signal == Signal::kSpan ? view.status() : view.severity());
        if (start.ticks.size() < rows.to || bytes.size() < rows.to)
            return makeError(ErrorCode::kMalformed, "a segment's columns have different lengths");
        forEachColumn(start, rows, columns, [&](size_t column, RowSpan part) {
            uint32_t n = 0, failed = 0;
            forEachRow(part, matching, [&](uint32_t row) {
                ++n;
                failed += bytes[row] >= bad ? 1U : 0U;
            });
            all[column] += n;
            errors[column] += failed;
        });
        return {};
    });
}

}  // namespace

Result<VolumeAnswer> answerVolume(QueryContext& context, const VolumeQuestion& question) {
    const Columns columns = Columns::of(question.range, question.columns);
    VolumeAnswer answer;
    answer.from = columns.from;
    answer.width = columns.width;
    answer.spans.assign(columns.count, 0);
    answer.logs.assign(columns.count, 0);
    answer.errors.assign(columns.count, 0);
    NJ_RETURN_IF_ERROR(countSignal(context, question, Signal::kSpan, columns, answer.spans, answer.errors));
    NJ_RETURN_IF_ERROR(countSignal(context, question, Signal::kLog, columns, answer.logs, answer.errors));
    return answer;
}

Result<std::vector<EventMark>> answerEvents(QueryContext& context, TimeRange range) {
    const TimeRange wanted = wholeIfEmpty(range);
    NJ_ASSIGN(std::vector<store::EventRow> rows, context.reader().events());
    std::stable_sort(rows.begin(), rows.end(), [](const store::EventRow& a, const store::EventRow& b) { return a.time < b.time; });
    analyze::RolloutHistory rollouts;
    for (store::EventRow& row : rows)
        if (rollouts.isReturn(row.title) && row.kind == "deploy")
            row.kind = "rollback";
    // What repeats all day is no news: it stays on the lane but steps back behind what happened once.
    std::map<std::pair<std::string, std::string>, size_t> times;
    for (const store::EventRow& row : rows)
        ++times[{row.kind, row.entity}];
    std::vector<EventMark> marks;
    for (const store::EventRow& row : rows) {
        const TimeNs end = std::max(row.end, row.time);
        const bool routine = row.severity < kErrorSeverity && times[{row.kind, row.entity}] > kRoutine;
        if (row.time < wanted.to && end >= wanted.from)
            marks.push_back({row.seq, row.time, row.end, row.kind, row.title, row.entity, routine ? kDebug : row.severity, row.logSeq});
    }
    NJ_ASSIGN(const std::vector<EventMark>* throttled, gpuEvents(context));
    for (const EventMark& mark : *throttled)
        if (mark.time < wanted.to && mark.end >= wanted.from)
            marks.push_back(mark);
    NJ_ASSIGN(const EntityNames* names, entityNames(context));
    for (EventMark& mark : marks)
        if (mark.kind == "xid" || mark.kind == "throttle")
            names->nameDevice(mark.title, mark.entity);
    std::stable_sort(marks.begin(), marks.end(), [](const EventMark& a, const EventMark& b) { return a.time < b.time; });
    return marks;
}

}  // namespace nj::query
