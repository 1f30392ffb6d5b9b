// What a person types or pastes into the time box, as a range. Pure; any thread.
//
// "all", "incident"; "now-1h", "now-6h to now-5m", "now/d" (now is the end of the data); "15m" (the last 15 minutes); "14:02..14:20",
// "14:02 - 14:20", "14:02 to 14:20" on the day shown; "2026-11-22T03:04Z +15m", "… ±5m"; dates with times; unix s, ms, µs or ns.
// A single instant keeps the length of the range shown, at most ten minutes, around it.
#pragma once

#include <QString>

#include "base/result.h"
#include "base/time.h"

namespace nj::ui {

struct TimeTextContext {
    TimeRange all;        // of the data; its end is "now"
    TimeRange current;    // the range shown
    TimeRange incident;   // what the window opened with; empty = none
    bool utc = true;      // zone of texts that name none
};

Result<TimeRange> parseRangeText(const QString& text, const TimeTextContext& context);
// A text that parses back to the range: "2026-03-17 09:30..2026-03-17 11:50" in the context's zone.
QString editableRangeText(const TimeRange& range, bool utc);

}  // namespace nj::ui
