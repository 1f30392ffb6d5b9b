// Dashboards answered from a capsule by core/dashboard and the engine of promql/.
#pragma once

#include "query/capsule/query_context.h"
#include "query/dashboards.h"

namespace nj::query {

Result<std::vector<dashboard::Dashboard>> answerBuiltInDashboards(QueryContext& context);
Result<std::set<std::string, std::less<>>> answerMetricNamesForDashboards(QueryContext& context);
Result<dashboard::ResolvedVariables> answerVariables(QueryContext& context, const VariablesQuestion& question);
Result<std::vector<AlertCourse>> answerAlertCourses(QueryContext& context, const Definition& rules, TimeRange range);
Result<dashboard::PanelAnswer> answerDashboardPanel(QueryContext& context, const PanelQuestion& question);

}  // namespace nj::query
