// Errors by kind over time, new ones first, and what they are a share of.
#include <algorithm>

#include "query/capsule/attribute_scan.h"
#include "query/capsule/error_groups.h"
#include "query/capsule/failure_questions.h"
#include "query/capsule/questions.h"

namespace nj::query {
namespace {

// Requests over time: records of access logs and server spans.
class Requests {
public:
    explicit Requests(const Columns& columns) : columns_(columns), logs_(columns.count, 0), spans_(columns.count, 0) {}

    Status add(Signal signal, const store::SegmentView& view, RowSpan rows, const RowSet* matching) {
        NJ_ASSIGN(const store::StartColumn start, view.start());
        const auto count = [&](std::vector<uint32_t>& into, uint32_t row) { ++into[columns_.at(std::max(start.at(row), columns_.from))]; };
        if (signal == Signal::kLog)
            return forEachNumber(view, "http.response.status_code", rows, matching, [&](uint32_t row, double) { count(logs_, row); });
        if ((view.info().kindMask >> static_cast<uint8_t>(SpanKind::kServer) & 1U) == 0)
            return {};
        NJ_ASSIGN(const std::span<const uint8_t> kinds, view.kind());
        forEachRow(rows, matching, [&](uint32_t row) {
            if (row < kinds.size() && kinds[row] == static_cast<uint8_t>(SpanKind::kServer))
                count(spans_, row);
        });
        return {};
    }

    void into(FailuresAnswer& answer) {
        answer.attemptsFromLogs = std::any_of(logs_.begin(), logs_.end(), [](uint32_t n) { return n > 0; });
        answer.attempts = std::move(answer.attemptsFromLogs ? logs_ : spans_);
        for (const Failure& group : answer.groups) {
            if (!answer.attemptsFromLogs || group.signal != Signal::kLog)
                continue;
            // Every attempt but a request's last stands in no access log: its retry does.
            const double retried = group.sameAs < 0 && group.attempts.size() > 1 ? 1 - static_cast<double>(group.attempts.back()) / static_cast<double>(group.count) : 0;
            for (size_t i = 0; i < answer.attempts.size(); ++i) {
                if (group.muted)
                    answer.attempts[i] -= std::min(answer.attempts[i], group.perColumn[i]);
                else
                    answer.attempts[i] += static_cast<uint32_t>(retried * group.perColumn[i] + 0.5);
            }
        }
        for (const uint32_t n : answer.attempts)
            answer.attemptsTotal += n;
        if (answer.attemptsTotal == 0)
            answer.attempts.clear();
    }

private:
    Columns columns_;
    std::vector<uint32_t> logs_, spans_;
};

}  // namespace

Result<FailuresAnswer> answerFailures(QueryContext& context, const FailuresQuestion& question) {
    const Columns columns = Columns::of(question.range, question.columns);
    FailuresAnswer answer;
    answer.from = columns.from;
    answer.width = columns.width;
    ErrorGroups groups(context, question, columns);
    ErrorRows errors(context);
    Requests requests(columns);
    for (const Signal signal : {Signal::kSpan, Signal::kLog}) {
        NJ_ASSIGN(FilterEvaluator filter, FilterEvaluator::create(context, question.filter, signal));
        for (const bool baseline : {false, true}) {
            if (baseline && !question.baseline)
                continue;
            const TimeRange range = baseline ? *question.baseline : question.range;
            const auto visit = [&](const ErrorRow& error) {
                groups.add(signal, error, baseline);
                answer.errors += baseline ? 0 : 1;
            };
            const auto scan = [&](const store::SegmentView& view, RowSpan rows, const RowSet* matching) -> Status {
                if (!baseline) {
                    answer.total += matching ? matching->count() : rows.size();
                    NJ_RETURN_IF_ERROR(requests.add(signal, view, rows, matching));
                }
                NJ_RETURN_IF_ERROR(signal == Signal::kSpan ? errors.ofSpans(view, rows, matching, visit) : errors.ofLogs(view, rows, matching, visit));
                return groups.finishSegment(signal, view);
            };
            NJ_RETURN_IF_ERROR(scanSegments(context, signal, range, filter, scan));
        }
    }
    NJ_ASSIGN(answer.groups, groups.take());
    requests.into(answer);
    return answer;
}

Result<ErrorsAnswer> answerErrors(QueryContext& context, const ErrorsQuestion& question) {
    NJ_ASSIGN(FailuresAnswer failures, answerFailures(context, {question, false}));
    ErrorsAnswer answer{failures.from, failures.width, {}, failures.errors, failures.total};
    answer.groups.assign(failures.groups.begin(), failures.groups.end());
    return answer;
}

}  // namespace nj::query
