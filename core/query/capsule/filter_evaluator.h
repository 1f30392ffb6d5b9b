// The rows of segments that satisfy a filter, compiled once per question and signal; results are kept per (segment, rows, filter) as long
// as the commit holds. Used by the question's thread.
#pragma once

#include <memory>
#include <string>

#include "model/filter.h"
#include "query/capsule/predicate.h"

namespace nj::query {

class FilterEvaluator {
public:
    // An error of the filter itself (a duration that is none) is kInvalidArgument.
    static Result<FilterEvaluator> create(QueryContext& context, const Filter& filter, Signal signal);

    [[nodiscard]] bool all() const { return !predicate_; }
    // Those rows of the span that match. Null: all of them.
    Result<std::shared_ptr<const RowSet>> match(const store::SegmentView& view, RowSpan rows);

private:
    explicit FilterEvaluator(QueryContext& context) : context_(&context) {}

    QueryContext* context_;
    PredicatePtr predicate_;
    std::string key_;
};

// Calls visit(view, rows, matching) for every segment with rows in the range; `matching` is null when all of `rows` match. Stops at the
// first error, and with kCancelled when the question is withdrawn.
template <typename Visit>
Status scanSegments(QueryContext& context, Signal signal, TimeRange range, FilterEvaluator& filter, Visit&& visit) {
    for (const store::SegmentInfo* info : context.segments(signal, range)) {
        NJ_RETURN_IF_ERROR(context.checkStop());
        NJ_ASSIGN(const store::SegmentView* view, context.view(info->id));
        NJ_ASSIGN(const RowSpan rows, context.rowsIn(*view, range));
        if (rows.empty())
            continue;
        NJ_ASSIGN(const std::shared_ptr<const RowSet> matching, filter.match(*view, rows));
        NJ_RETURN_IF_ERROR(visit(*view, rows, matching.get()));
    }
    return {};
}

// Rows of the span that match, in ascending order.
template <typename Visit>
void forEachRow(RowSpan rows, const RowSet* matching, Visit&& visit) {
    if (matching) {
        matching->forEach(rows, visit);
        return;
    }
    for (uint32_t row = rows.from; row < rows.to; ++row)
        visit(row);
}

}  // namespace nj::query
