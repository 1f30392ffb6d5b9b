// The text of one error row, for the three rows that stand for a group. Used by one question.
#pragma once

#include "query/failures.h"
#include "query/capsule/query_context.h"

namespace nj::query {

inline constexpr size_t kSamples = 3;

// seq and text are set: a log record's body, or a span's name and status message, at most 600 bytes.
Result<ErrorSample> readErrorSample(QueryContext& context, Signal signal, int64_t segment, uint32_t row);

}  // namespace nj::query
