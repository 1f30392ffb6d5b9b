// The questions of query/drift.h, answered from a capsule.
#pragma once

#include "query/capsule/query_context.h"
#include "query/drift.h"

namespace nj::query {

Result<std::vector<DriftFeature>> answerDriftFeatures(QueryContext& context);
Result<DriftAnswer> answerDrift(QueryContext& context, const DriftQuestion& question);

}  // namespace nj::query
