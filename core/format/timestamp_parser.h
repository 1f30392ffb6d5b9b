// Reads the timestamp a log line starts with, in any of the shapes programs write. No regular expressions, no allocation.
// Pure functions, any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/time.h"

namespace nj::format {

// What a text said, before anything is assumed about it (see LogClock).
struct ParsedTime {
    enum class Kind : uint8_t {
        kNone,
        kCivil,       // a date and a time of day; the year may be missing
        kTimeOfDay,   // no date
        kInstant,     // seconds … nanoseconds since 1970
        kUptime,      // nanoseconds since an unknown start (boot)
    };
    Kind kind = Kind::kNone;
    bool hasZone = false;
    bool hasYear = false;
    uint8_t month = 0, day = 0;        // kCivil
    int32_t zoneMinutes = 0;
    // kCivil: nanoseconds since 1970 as if the clock were UTC (year 2000 when there is none); kTimeOfDay: since midnight;
    // kInstant, kUptime: as said above.
    TimeNs value = 0;

    explicit operator bool() const { return kind != Kind::kNone; }
};

// The timestamp at the start of the text; returns the characters it takes including its zone, 0 when there is none. Shapes:
// 2026-03-17T10:58:12.123Z, 2026-03-17 10:58:12,123 CET, 2026/03/17 …, 2026-076T…, 20260317.105812,123, 260317 105812, 26/03/17 10:58:12,
// 03/17/2026 10:58:12 AM, 17/Mar/2026:10:58:12 +0000, 17 Mar 2026 10:58:12, Mar 17 [2026] 10:58:12, Tue Mar 17 10:58:12 [UTC] 2026,
// Tue, 17 Mar 2026 10:58:12 GMT, 03-17 10:58:12, 10:58:12.123, 1773745092[.123], 1773745092123, …123456, …123456789, @40000000433225833b6e1a8c.
size_t parseTimestamp(std::string_view text, ParsedTime& out);

// "0317 10:58:12.123456" or "20260317 10:58:12.123456", as klog and glog write after their severity letter.
size_t parseKlogTimestamp(std::string_view text, ParsedTime& out);

// An instant from a number in seconds, milliseconds, microseconds or nanoseconds, told apart by its size (years 2000 to 2100).
// Smaller numbers are no instant: nothing is set.
bool instantFromNumber(double number, ParsedTime& out);
bool instantFromInteger(int64_t number, ParsedTime& out);

}  // namespace nj::format
