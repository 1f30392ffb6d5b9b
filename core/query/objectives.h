// How many events of an objective were good, what that means for its budget, and how people write its parts. Plain values and pure
// functions; rates and budgets are made by analyze/objective_math.h.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analyze/objective_math.h"
#include "base/result.h"
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

// What the counts of a range say. A page-worthy rate is that of 2 % of the window's budget in an hour.
struct ObjectiveStanding {
    enum class Level : uint8_t { kNoData, kKept, kBurning, kFast } level = Level::kNoData;
    double burnRate = 0;                           // 1 = the budget is just used up at the end of the window
    double consumed = 0;                           // share of the window's budget that the range used
    std::optional<DurationNs> exhaustedIn;         // at this rate, when the budget was whole at the start of the range
};
ObjectiveStanding standingOf(const Objective& objective, const analyze::ObjectiveCounts& counts, DurationNs length);
// From the first to the last column that has observations: a range reaching far beyond the data used no more budget for it.
DurationNs observedLength(const ObjectiveAnswer& answer);

// Times are written in seconds whatever the measure's own unit is: own value × scale = value as written, in that unit.
struct ObjectiveUnit {
    double scale = 1;
    std::string unit;
};
ObjectiveUnit unitOf(const Objective& objective);
// "2.5", "2.5s", "2500 ms" into the objective's own unit. kInvalidArgument with a sentence.
Result<double> parseThreshold(std::string_view text, const Objective& objective);
// "99.9", "99.9 %", "0.999" into 0.999: above 0, below 1.
Result<double> parseTarget(std::string_view text);
// "2.5 s", "99.9 %", "30 d"; "" for a threshold that errors have none of.
std::string thresholdText(const Objective& objective);
std::string targetText(const Objective& objective);
std::string windowText(DurationNs window);
// "99 % within 2.5 s over 30 d", "99.9 % without error over 30 d"
std::string objectiveSentence(const Objective& objective);

}  // namespace nj::query
