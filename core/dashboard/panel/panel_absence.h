// Why a panel has nothing to show. Runs in the thread of the querier.
#pragma once

#include "dashboard/panel/panel_queries.h"

namespace nj::dashboard {

// One sentence about the queries that gave nothing; "" where they had no chance. Errors: cancelled only.
Result<std::string> whyNothing(const Panel& panel, const PanelQueries& queries, promql::Querier& querier, const std::stop_token& stop);
// "" where some value is a number; else which expression gives none.
std::string whyNoNumber(const std::vector<PanelSeries>& series, const PanelQueries& queries);

}  // namespace nj::dashboard
