// Answers to query/log_questions.h from a capsule; see questions.h.
#pragma once

#include "query/capsule/query_context.h"
#include "query/log_questions.h"

namespace nj::query {

Result<LogPatternsAnswer> answerLogPatterns(QueryContext& context, const LogPatternsQuestion& question);
Result<LogRowsAnswer> answerLogRows(QueryContext& context, const LogRowsQuestion& question);

}  // namespace nj::query
