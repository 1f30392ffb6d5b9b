// Zones and skews of files: what shift of the rows makes a file read in one zone right in another. Pure; any thread.
#pragma once

#include <QString>
#include <optional>

#include "model/annotation.h"

namespace nj::ui {

// "UTC" → 0, "-07:00" → −420; nothing for another text (the file's times name their zone).
std::optional<int> zoneMinutes(const QString& text);
// "UTC", "UTC−07:00", "UTC+05:30".
QString zoneLabel(int minutes);
// Whole and half hours that are somebody's zone, −12:00 … +14:00, ascending.
QList<int> knownZones();

// A correction of an import: its rows as if its clock had stood in `zone` (nothing: as read) and `skew` behind the truth.
// Deleted where that changes nothing.
TimeCorrection correctionOf(qint64 import, std::optional<int> assumed, std::optional<int> zone, DurationNs skew);
// The skew in a correction of a file that was read in `assumed`.
DurationNs skewOf(const TimeCorrection& correction, std::optional<int> assumed);
// "+1h30m", "-90s", "" = none. Error: a sentence.
Result<DurationNs> parseSkew(const QString& text);
QString skewText(DurationNs skew);
// "shown 9 h earlier than read, as UTC+02:00"
QString correctionText(const TimeCorrection& correction);

}  // namespace nj::ui
