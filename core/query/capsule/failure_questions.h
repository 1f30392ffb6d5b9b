// Questions a capsule answers beside those of every backend (questions.h).
#pragma once

#include "query/capsule/query_context.h"
#include "query/differences.h"
#include "query/failures.h"

namespace nj::query {

Result<FailuresAnswer> answerFailures(QueryContext& context, const FailuresQuestion& question);
Result<DifferencesAnswer> answerDifferences(QueryContext& context, const DifferencesQuestion& question);

}  // namespace nj::query
