// A trace as JSON of our own (documented in the man page) and as OTLP JSON that other tools open. Pure functions, any thread.
#pragma once

#include <string>
#include <vector>

#include "query/backend.h"

namespace nj::query {

std::string traceJson(const TraceTree& tree);

// Details of the tree's spans, in their order, at most `limit` of them: one question each. kLimit where the trace has more.
Result<std::vector<SpanDetail>> spanDetails(Backend& backend, const TraceTree& tree, size_t limit, std::stop_token stop);
// Spans grouped by their resource, with events, links and attributes; lists and maps leave as JSON text.
std::string traceOtlpJson(const TraceTree& tree, const std::vector<SpanDetail>& details);

}  // namespace nj::query
