// Round instants for a time axis in the chosen zone, with labels that name the date only where it changes. Plain values, any thread.
#pragma once

#include <QString>
#include <QVector>

#include "base/time.h"

namespace nj::ui {

struct TimeTick {
    TimeNs time = 0;
    QString label;              // "10:40"; "Mar 17" or "Mar 17 00:30" where the date changes
    bool dateChange = false;
    bool operator==(const TimeTick&) const = default;
};

struct TimeTicks {
    DurationNs step = 0;        // 0 for months and years
    QVector<TimeTick> ticks;    // ascending, inside the range
};

// At most maxTicks (≥ 1) round instants of the half-open range, in UTC or this computer's zone. An empty range has none.
TimeTicks timeTicks(TimeRange range, int maxTicks, bool utc);

// How finely the cursor is worth naming where one pixel covers so many nanoseconds: for formatClock.
DurationNs cursorResolution(double nsPerPixel);

// The part of a range an axis can show without overflow (years 1824–2116).
TimeRange shownRange(TimeRange range);

}  // namespace nj::ui
