// Instants as signed nanoseconds since 1970-01-01T00:00:00Z, and their texts. Pure functions, any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace nj {

using TimeNs = int64_t;       // unix nanoseconds, UTC; 0 means "not known" in rows
using DurationNs = int64_t;

inline constexpr int64_t kMicrosecond = 1'000;
inline constexpr int64_t kMillisecond = 1'000'000;
inline constexpr int64_t kSecond = 1'000'000'000;
inline constexpr int64_t kMinute = 60 * kSecond;
inline constexpr int64_t kHour = 60 * kMinute;
inline constexpr int64_t kDay = 24 * kHour;

// Half-open [from, to).
struct TimeRange {
    TimeNs from = 0;
    TimeNs to = 0;
    [[nodiscard]] DurationNs length() const { return to - from; }
    [[nodiscard]] bool empty() const { return to <= from; }
    [[nodiscard]] bool contains(TimeNs t) const { return t >= from && t < to; }
    [[nodiscard]] bool overlaps(const TimeRange& other) const { return from < other.to && other.from < to; }
    bool operator==(const TimeRange&) const = default;
};

// Wall clock now.
TimeNs nowNs();

// Days from 1970-01-01 of a proleptic Gregorian date; month 1-12. (Howard Hinnant, "chrono-compatible low-level date algorithms".)
int64_t daysFromCivil(int64_t year, int month, int day);
struct CivilTime {
    int64_t year = 1970;
    int month = 1, day = 1, hour = 0, minute = 0, second = 0;
    int nanosecond = 0;
};
CivilTime civilFromTime(TimeNs time);
// Seconds may be 60 (leap) and hours 24; both roll over.
TimeNs timeFromCivil(const CivilTime& civil);

// "2026-03-17T10:58:12.123456789Z"; fraction digits 0, 3, 6 or 9.
std::string formatRfc3339(TimeNs time, int fractionDigits = 9);

// RFC 3339 (also with a blank for the T, without seconds, without zone = UTC), a bare number (unix s, ms, us, ns guessed by
// its digits; a fraction is allowed for seconds), or "now", "now-15m", "now+1h". Error: a sentence naming the text.
Result<TimeNs> parseTime(std::string_view text, TimeNs now);
// "A..B" of two parseTime texts.
Result<TimeRange> parseTimeRange(std::string_view text, TimeNs now);
// Go/Prometheus durations and plain seconds: "250ms", "1h30m", "2s", "1.5s", "15". Units ns us ms s m h d w y.
Result<DurationNs> parseDuration(std::string_view text);
// Three significant digits with unit: "1.42 s", "38.2 ms", "2 h 20 m".
std::string formatDuration(DurationNs duration);

}  // namespace nj
