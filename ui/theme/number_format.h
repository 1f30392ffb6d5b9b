// How numbers and times are written in the window: three significant digits with a unit, counts with separators, times in the
// workspace's zone. Pure functions, any thread; the decimal point is always '.', as in the data.
#pragma once

#include <QString>

#include "base/time.h"

namespace nj::ui {

// "216,480"
QString formatCount(quint64 count);
// "38.2 k", "1.24 M": for tight places; exact below 10,000.
QString formatShort(double value);
// Three significant digits with unit. Units of time (ns, us, ms, s), bytes (By), ratio (1) and % choose their own scale:
// (0.0382, "s") → "38.2 ms"; (4.4e9, "By") → "4.10 GiB"; (0.126, "ratio") → "12.6 %". Others keep the unit after the number.
QString formatValue(double value, const QString& unit);
// Three significant digits: "1.42", "38.2", "0.00120", "1,900".
QString formatNumber(double value);
// Whether the unit takes a prefix ("1.98 GHz"); others stand behind a number of their own ("38.2 k req/s").
bool takesPrefix(const QString& unit);
// 0.051 → "5.1 %", 1 → "100 %", 0.0002 → "0.02 %".
QString formatShare(double share);
// after/before: "× 2.4", "× 0.41", "new" when before is 0, "–" when both are.
QString formatFactor(double before, double after);

// Zone text: "UTC" or the local zone's abbreviation at that instant.
QString zoneName(TimeNs time, bool utc);
// "10:57", "10:57:04", "10:57:04.492", … as fine as `resolution` needs.
QString formatClock(TimeNs time, bool utc, DurationNs resolution = kMinute);
// "2026-03-17"
QString formatDate(TimeNs time, bool utc);
// "2026-03-17 10:57:04.492"
QString formatDateTime(TimeNs time, bool utc, DurationNs resolution = kMillisecond);
// "09:30 – 11:50", with dates on both sides when they differ.
QString formatRange(const TimeRange& range, bool utc);
// "89.8 s", "2 h 20 m"
QString formatLength(DurationNs duration);

}  // namespace nj::ui
