// PromQL answered from a capsule by the engine of promql/.
#pragma once

#include "query/capsule/query_context.h"
#include "query/promql.h"

namespace nj::query {

Result<PromqlAnswer> answerPromql(QueryContext& context, const PromqlQuestion& question);
Result<PromqlNames> answerPromqlNames(QueryContext& context);

}  // namespace nj::query
