// Asks for what a dashboard's variables can be and what they are under a choice. Runs in the thread of the querier.
#pragma once

#include <map>
#include <stop_token>
#include <string>
#include <vector>

#include "dashboard/interpolation.h"
#include "promql/engine.h"

namespace nj::dashboard {

using Choices = std::map<std::string, std::vector<std::string>, std::less<>>;   // by variable; {"$__all"} = All

struct ResolvedVariables {
    std::vector<Variable> variables;    // with the options there are, and the choice that holds
    Scope scope;
    std::vector<Remark> problems;       // queries that failed; their variables keep the options they had
};

// What the variables' queries are about: nothing is asked, which series there are, or what their samples are.
enum class VariableBasis : unsigned char { kNothing, kSeries, kSamples };
VariableBasis basisOf(const std::vector<Variable>& variables);

// In the dashboard's order, so that a variable's query may use those before it. A choice that is not among the options any more gives
// way to All, or to the first option; with `keepChoices` it stays, as one more option. The scope's range is `range`; its interval is the
// caller's to set. Errors: cancelled only.
Result<ResolvedVariables> resolveVariables(const Dashboard& dashboard, const Choices& choices, TimeRange range, const promql::Engine& engine,
                                           promql::Querier& querier, std::stop_token stop = {}, bool keepChoices = false);

}  // namespace nj::dashboard
