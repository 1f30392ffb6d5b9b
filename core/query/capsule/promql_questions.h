// PromQL answered from a capsule by the engine of promql/.
#pragma once

#include "promql/value.h"
#include "query/capsule/query_context.h"
#include "query/promql.h"

namespace nj::query {

Result<PromqlAnswer> answerPromql(QueryContext& context, const PromqlQuestion& question);
Result<PromqlNames> answerPromqlNames(QueryContext& context);
Result<std::vector<MetricLabel>> answerPromqlLabels(QueryContext& context, const std::string& metric);
Result<PromqlExplanation> answerPromqlExplain(QueryContext& context, const PromqlQuestion& question);

// What of the capsule's exemplars is of the kind of the expression's values, put into the answer: of a gauge its own, of a histogram's
// quantile or mean the family's.
Status addPromqlExemplars(QueryContext& context, const promql::Expr& expr, TimeRange range, MetricAnswer& answer);

// The shortest round step that gives no more than so many.
DurationNs roundStep(DurationNs length, int most);
// The unit of a metric by its Prometheus name.
std::string promqlUnit(QueryContext& context, std::string_view metric);

}  // namespace nj::query
