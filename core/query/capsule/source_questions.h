// The questions about sources and objectives, answered from a capsule; the rest is in questions.h.
#pragma once

#include "query/capsule/query_context.h"
#include "query/sources.h"

namespace nj::query {

Result<std::vector<DocumentInfo>> answerDocuments(QueryContext& context);
Result<std::string> answerDocumentText(QueryContext& context, int64_t id);
Result<std::vector<DocumentHit>> answerDocumentSearch(QueryContext& context, const std::string& text, size_t limit);
Result<std::vector<MissingFact>> answerMissingFacts(QueryContext& context);
Result<std::optional<TimeRange>> answerDeparture(QueryContext& context);
Result<ObjectiveAnswer> answerObjective(QueryContext& context, const ObjectiveQuestion& question);

}  // namespace nj::query
