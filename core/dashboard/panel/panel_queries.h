// Asks the queries of a panel: over which range, at which steps, with the variables put in. Runs in the thread of the querier.
#pragma once

#include <memory>

#include "dashboard/panel_answer.h"

namespace nj::dashboard {

struct QueryAnswer {
    const Target* target = nullptr;
    std::string refId;                                 // by the query's place where it has none
    std::string expr, legend;                          // variables put in
    bool instant = false;
    std::shared_ptr<const promql::Matrix> series;      // of an instant query one point each; shared by targets that ask the same
};

struct PanelQueries {
    TimeRange range;
    TimeNs from = 0;                                   // of the first step
    DurationNs step = 0;
    size_t steps = 0;
    std::vector<QueryAnswer> answers;                  // of those that could be asked
    std::vector<std::string> expressions, notes;
    std::vector<PanelProblem> problems;
};

// Native ones.
bool anyHistogram(const PanelQueries& queries);
// How many series have numbers.
size_t seriesWithNumbers(const PanelQueries& queries);
// The dashboard's range, or the panel's own. A note where that is not understood.
TimeRange panelRange(const Panel& panel, const Scope& scope, std::vector<std::string>& notes);
// Errors: cancelled only.
Result<PanelQueries> askQueries(const Panel& panel, const Scope& scope, int columns, const promql::Engine& engine, promql::Querier& querier,
                                const std::stop_token& stop);

}  // namespace nj::dashboard
