#include "dashboard/built_in.h"
#include "promql/capsule/capsule_querier.h"
#include "query/capsule/dashboard_questions.h"

namespace nj::query {

Result<std::set<std::string, std::less<>>> answerMetricNamesForDashboards(QueryContext& context) {
    NJ_ASSIGN(promql::CapsuleQuerier* const querier, context.promql());
    NJ_ASSIGN(const auto names, querier->labelValues(std::string(promql::kMetricName), {}));
    return std::set<std::string, std::less<>>(names.begin(), names.end());
}

Result<std::vector<dashboard::Dashboard>> answerBuiltInDashboards(QueryContext& context) {
    NJ_ASSIGN(const auto names, answerMetricNamesForDashboards(context));
    return dashboard::builtInDashboards(names);
}

Result<dashboard::ResolvedVariables> answerVariables(QueryContext& context, const VariablesQuestion& question) {
    NJ_ASSIGN(promql::CapsuleQuerier* const querier, context.promql());
    return dashboard::resolveVariables(question.dashboard, question.choices, question.range, promql::Engine(), *querier, context.stop());
}

Result<dashboard::PanelAnswer> answerDashboardPanel(QueryContext& context, const PanelQuestion& question) {
    NJ_ASSIGN(promql::CapsuleQuerier* const querier, context.promql());
    return dashboard::answerPanel(question.panel, question.scope, question.columns, promql::Engine(), *querier, context.stop());
}

}  // namespace nj::query
