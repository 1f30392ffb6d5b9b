// Round offsets for a ruler of elapsed time: 0 s, 10 s, 20 s … Plain values, any thread.
#pragma once

#include <QString>
#include <vector>

#include "base/time.h"

namespace nj::ui {

struct DurationTick {
    TimeNs time = 0;
    QString label;   // elapsed since the origin, one unit for the whole ruler
};

// At most maxTicks ticks at 1, 2 or 5 × 10^k of the unit that fits; minutes at 1, 2, 5, 10, 15, 30.
std::vector<DurationTick> durationTicks(TimeNs from, TimeNs to, TimeNs origin, int maxTicks);

}  // namespace nj::ui
