// The trend of one feature against its reference, and the stretch that departs in it, to the precision of a column. Pure over a DriftTable.
#pragma once

#include "query/capsule/drift_table.h"
#include "query/drift.h"

namespace nj::query {

inline constexpr size_t kColumnsPerWindow = 15;

// Width of a window, a round one, so that at most 64 fit the range; never under a minute.
DurationNs fittingWindow(DurationNs range);
// Whole windows of kColumnsPerWindow columns each over the range.
DriftAxis driftAxis(const DriftQuestion& question);

// Windows widened (× 2, 4, …) until the middling one holds the minimum; points below it are not judged.
std::vector<DriftPoint> driftTrend(const DriftTable& table, const DriftAxis& axis, double minimum);

struct DepartedStretch {
    TimeNs since = 0;
    std::optional<TimeNs> until;
    double peak = 0;
    size_t windows = 0;      // judged ones of the run
};
// Of the windows that overlap `within`; refined by the change point between both distributions.
std::optional<DepartedStretch> departedStretch(const DriftTable& table, const DriftAxis& axis, const std::vector<DriftPoint>& trend, const TimeRange& within,
                                               double threshold, size_t hold);

}  // namespace nj::query
