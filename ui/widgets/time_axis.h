// Round instants for a time axis in the chosen zone, with labels that name the date only where it changes. Plain values, any thread.
#pragma once

#include <QString>
#include <QVector>

#include "base/time.h"

namespace nj::ui {

// The zone of the axis: UTC or this computer's, with its daylight saving.
struct AxisZone {
    bool utc = true;
    // Added to an instant it gives the wall clock of the zone.
    [[nodiscard]] DurationNs offset(TimeNs time) const;
    // "UTC" or "UTC+02:00" at that instant.
    [[nodiscard]] QString name(TimeNs time) const;
};

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

// At most maxTicks (≥ 1) round instants of the half-open range. An empty range has none.
TimeTicks timeTicks(TimeRange range, int maxTicks, const AxisZone& zone);

// Wall clock with as many digits as the precision asks for: "11:12", "11:12:07", "11:12:07.492".
QString formatInstant(TimeNs time, DurationNs precision, const AxisZone& zone);
// "2026-03-17".
QString formatDate(TimeNs time, const AxisZone& zone);
// "10:46–11:31", with the dates where they differ.
QString formatSpan(TimeRange range, const AxisZone& zone);

// The part of a range an axis can show without overflow (years 1824–2116).
TimeRange shownRange(TimeRange range);

}  // namespace nj::ui
