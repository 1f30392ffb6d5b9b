// Places parsed times on the time line: adds the zone, year or date a log leaves out, and remembers what had to be assumed.
// Fed in the file's order. One thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "format/format.h"
#include "format/timestamp_parser.h"

namespace nj::format {

class LogClock {
public:
    explicit LogClock(const ReaderOptions& options);

    // The instant, with timeFlags of model/batch.h. kUptime gives nanoseconds since the start, for setBoot's owner to place.
    // Without a year: the latest one that is not after the file's date for the first line, then New Year is noticed by the jump back
    // over half a year. Without a date: the file's day, then midnight is noticed by a jump back over half a day.
    TimeNs resolve(const ParsedTime& parsed, uint8_t& flags);
    // A day the file names beside its lines ("#Date: 2015-01-13"), for times of day that follow.
    void setDate(TimeNs midnight);
    void setZone(int32_t minutes) { zone_ = minutes; }
    // The file's date, else the wall clock of the import.
    [[nodiscard]] TimeNs reference() const { return reference_; }
    // Sentences for a person; "" = nothing was assumed.
    [[nodiscard]] std::string assumptions() const;

private:
    TimeNs placeYear(const ParsedTime& parsed, int64_t offset);
    TimeNs placeDay(const ParsedTime& parsed, int64_t offset);

    const TimeNs reference_;
    const bool referenceIsFile_;
    std::optional<int32_t> zone_;
    const bool zoneGiven_;
    bool zoneAssumed_ = false, yearAssumed_ = false, dayAssumed_ = false, rollover_ = false;
    int64_t year_ = 0;             // of the last line without one; 0 = none yet
    int64_t firstYear_ = 0;
    std::optional<TimeNs> midnight_;
    TimeNs lastLocal_ = 0;         // last placed time, in local nanoseconds
};

}  // namespace nj::format
