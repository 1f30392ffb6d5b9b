// How many events of an objective were good. Plain values; rates and budgets are made of them by analyze/objective_math.h.
#pragma once

#include <vector>

#include "analyze/objective_math.h"
#include "model/annotation.h"

namespace nj::query {

struct ObjectiveQuestion {
    Objective objective;                           // its filter is its own: the window's does not narrow it
    TimeRange range;
    int columns = 120;
};
struct ObjectiveAnswer {
    TimeNs from = 0;
    DurationNs width = 0;
    std::vector<analyze::ObjectiveCounts> columns;
    analyze::ObjectiveCounts total;                // of the range
    double relativeError = 0;                      // of the threshold that could be told apart (histogram buckets their own width)
};

}  // namespace nj::query
