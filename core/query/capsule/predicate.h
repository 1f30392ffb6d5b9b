// A filter compiled for one signal of one snapshot: a tree of predicates that turn a segment into the set of its matching rows, column by
// column. Codes are compared, not strings; a segment without the key is skipped by its zone map. Used by one question at a time.
#pragma once

#include <memory>
#include <vector>

#include "query/capsule/query_context.h"
#include "query/capsule/row_set.h"
#include "query/capsule/value_matcher.h"

namespace nj::query {

class Predicate {
public:
    virtual ~Predicate() = default;
    // Those of the candidates that match. Candidates cover the segment's rows.
    virtual Result<RowSet> match(const store::SegmentView& view, const RowSet& candidates) = 0;
    // Rough order of expense: hot columns 1, attribute columns 10, text 100.
    [[nodiscard]] virtual int cost() const = 0;
};

using PredicatePtr = std::unique_ptr<Predicate>;

// One factory per family; `field` is canonical. All work for spans and for logs; what a signal does not have matches nothing.
Result<PredicatePtr> makePredicate(QueryContext& context, const FilterNode& node, Signal signal);
Result<PredicatePtr> makeHotPredicate(QueryContext& context, const FilterNode& node, Signal signal);         // null: no hot field
Result<PredicatePtr> makeAttributePredicate(QueryContext& context, const FilterNode& node, Signal signal);
Result<PredicatePtr> makeTextPredicate(QueryContext& context, const FilterNode& node, Signal signal);
Result<PredicatePtr> makeBodyPredicate(QueryContext& context, const FilterNode& node, Signal signal);        // body:, event:
Result<PredicatePtr> makeOriginPredicate(QueryContext& context, const FilterNode& node, Signal signal);      // pattern:, file:; null: neither

// Rows whose code is set, among the candidates.
RowSet rowsOfCodes(const store::CodeColumn& column, const std::vector<uint8_t>& wanted, const RowSet& candidates);

}  // namespace nj::query
