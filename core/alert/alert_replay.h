// What a rule would have done over a range: its expression evaluated at each interval, and the states its alerts went through. Pure but
// for the querier, which belongs to the caller's thread.
#pragma once

#include <stop_token>
#include <string>
#include <vector>

#include "alert/alert_state.h"
#include "promql/engine.h"

namespace nj::alert {

struct AlertHistory {
    std::vector<AlertTrack> tracks;          // in the order of their labels; only those that were ever active
    std::vector<std::string> warnings;       // of the engine
    size_t evaluations = 0;
    size_t overLimit = 0;                    // evaluations that gave more series than the group's limit: nothing was active then
};

// Begins at the first multiple of the group's interval in the range with nothing active, as a server that starts there: what is pending
// at the start is not known to have been so before. Precondition: not a recording rule.
Result<AlertHistory> replayAlert(const Rule& rule, const RuleGroup& group, const promql::Engine& engine, promql::Querier& querier, TimeRange range,
                                 std::stop_token stop = {});

}  // namespace nj::alert
