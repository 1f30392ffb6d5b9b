// The rows of one trace out of all segments: spans with their texts, attributes, events and links, and the log records that name the trace.
// Columns are read whole where a segment holds many rows of the trace, row by row where it holds few. Used by one question.
#pragma once

#include <vector>

#include "query/backend.h"
#include "query/capsule/query_context.h"

namespace nj::query {

// Attributes and events of a trace with more spans are left to the span's own detail.
inline constexpr size_t kMaxDetailedSpans = 20'000;
inline constexpr size_t kMaxTraceLogs = 10'000;

// Spans in no particular order, links between them not yet made.
Result<std::vector<TraceSpan>> readTraceSpans(QueryContext& context, const TraceId& id);
// One span, by segment and row, with all its attributes, events and links.
Result<TraceSpan> readSpan(QueryContext& context, const store::SegmentView& view, uint32_t row);
// By time, at most kMaxTraceLogs; `more` counts the others.
Result<std::vector<TraceLog>> readTraceLogs(QueryContext& context, const TraceId& id, uint64_t& more);

}  // namespace nj::query
