// The rows of one trace out of all segments: spans with their texts, attributes, events and links, and the log records that name the trace.
// Columns are read whole where a segment holds many rows of the trace, a range of rows where they lie close together. Used by one question.
#pragma once

#include <span>
#include <vector>

#include "analyze/trace_tree.h"
#include "query/backend.h"
#include "query/capsule/query_context.h"

namespace nj::query {

// Attributes and events of a trace with more spans are left to the span's own detail.
inline constexpr size_t kMaxDetailedSpans = 20'000;
inline constexpr size_t kMaxTraceLogs = 10'000;

// Where the spans of a trace lie, and what its shape is made of.
struct TraceRows {
    struct Part {
        const store::SegmentView* view = nullptr;
        std::vector<uint32_t> rows;   // ascending
    };
    std::vector<Part> parts;
    std::vector<analyze::TreeSpan> spans;   // of all rows of the parts in turn
};
Result<TraceRows> findTraceSpans(QueryContext& context, const TraceId& id);
// The spans of the rows, row i at place[i], a permutation: a large trace is put together once, in the order in which it is shown.
Result<std::vector<TraceSpan>> readTraceSpans(QueryContext& context, const TraceRows& rows, std::span<const uint32_t> place);
// One span, by segment and row, with all its attributes, events and links.
Result<TraceSpan> readSpan(QueryContext& context, const store::SegmentView& view, uint32_t row);
// By time, at most kMaxTraceLogs; `more` counts the others.
Result<std::vector<TraceLog>> readTraceLogs(QueryContext& context, const TraceId& id, uint64_t& more);

}  // namespace nj::query
