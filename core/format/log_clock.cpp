#include "format/log_clock.h"

#include "model/batch.h"

namespace nj::format {

LogClock::LogClock(const ReaderOptions& options)
    : reference_(options.modifiedAt != 0 ? options.modifiedAt : (options.now != 0 ? options.now : nowNs())),
      referenceIsFile_(options.modifiedAt != 0),
      zone_(options.zoneOffsetMinutes),
      zoneGiven_(options.zoneOffsetMinutes.has_value()) {}

TimeNs LogClock::placeYear(const ParsedTime& parsed, int64_t offset) {
    const auto at = [&](int64_t year) {
        return daysFromCivil(year, parsed.month, parsed.day) * kDay + (parsed.value - daysFromCivil(2000, parsed.month, parsed.day) * kDay);
    };
    yearAssumed_ = true;
    if (year_ == 0) {
        year_ = civilFromTime(reference_).year + 1;
        // A day's grace: the file's date and the log's clock may differ.
        while (at(year_) - offset > reference_ + kDay)
            --year_;
        firstYear_ = year_;
        return at(year_);
    }
    TimeNs local = at(year_);
    constexpr int64_t kHalfYear = 180 * kDay;
    if (local < lastLocal_ - kHalfYear) {
        local = at(year_ + 1);
        // One stray line of another month does not turn the year; December to January does.
        if (parsed.month <= 3 && civilFromTime(lastLocal_).month >= 10) {
            ++year_;
            rollover_ = true;
        } else {
            local = at(year_);
        }
    } else if (local > lastLocal_ + kHalfYear && parsed.month >= 10 && civilFromTime(lastLocal_).month <= 3) {
        local = at(year_ - 1);   // a late line of the old year
    }
    return local;
}

TimeNs LogClock::placeDay(const ParsedTime& parsed, int64_t offset) {
    constexpr int64_t kHalfDay = kDay / 2;
    if (!midnight_) {
        dayAssumed_ = true;
        const TimeNs localReference = reference_ + offset;
        const int64_t day = localReference / kDay - (localReference % kDay < 0 ? 1 : 0);
        midnight_ = day * kDay;
        if (*midnight_ + parsed.value > localReference + kMinute)
            *midnight_ -= kDay;
        return *midnight_ + parsed.value;
    }
    TimeNs local = *midnight_ + parsed.value;
    if (lastLocal_ != 0 && local < lastLocal_ - kHalfDay) {
        *midnight_ += kDay;
        local += kDay;
    } else if (lastLocal_ != 0 && local > lastLocal_ + kHalfDay) {
        local -= kDay;   // a late line of the day before
    }
    return local;
}

TimeNs LogClock::resolve(const ParsedTime& parsed, uint8_t& flags) {
    if (parsed.kind == ParsedTime::Kind::kInstant)
        return parsed.value;
    if (parsed.kind == ParsedTime::Kind::kUptime) {
        flags |= kTimeFromUptime;
        return parsed.value;
    }
    if (!parsed.hasZone) {
        zoneAssumed_ = true;
        flags |= kTimeAssumedZone;
    }
    const int64_t offset = (parsed.hasZone ? parsed.zoneMinutes : zone_.value_or(0)) * kMinute;
    TimeNs local = parsed.value;
    if (parsed.kind == ParsedTime::Kind::kTimeOfDay) {
        local = placeDay(parsed, offset);
        flags |= kTimeAssumedYear;
        lastLocal_ = local;
    } else if (!parsed.hasYear) {
        local = placeYear(parsed, offset);
        flags |= kTimeAssumedYear;
        lastLocal_ = local;
    }
    return local - offset;
}

void LogClock::setDate(TimeNs midnight) {
    midnight_ = midnight;
    lastLocal_ = 0;
}

std::string LogClock::assumptions() const {
    std::string text;
    const auto add = [&](const std::string& sentence) {
        if (!text.empty())
            text += "; ";
        text += sentence;
    };
    const char* from = referenceIsFile_ ? " from the file's date" : " from the time of the import";
    if (zoneAssumed_ && zone_) {
        const int32_t minutes = *zone_ < 0 ? -*zone_ : *zone_;
        char zone[16];
        zone[0] = *zone_ < 0 ? '-' : '+';
        const int32_t hours = minutes / 60;
        zone[1] = static_cast<char>('0' + hours / 10 % 10);
        zone[2] = static_cast<char>('0' + hours % 10);
        zone[3] = ':';
        zone[4] = static_cast<char>('0' + minutes % 60 / 10);
        zone[5] = static_cast<char>('0' + minutes % 10);
        zone[6] = '\0';
        add(std::string("times without zone read as ") + zone + (zoneGiven_ ? " (given)" : " (the file's header)"));
    } else if (zoneAssumed_) {
        add("no zone: UTC assumed");
    }
    if (yearAssumed_)
        add("year " + std::to_string(firstYear_) + from + (rollover_ ? ", New Year noticed on the way" : ""));
    if (dayAssumed_)
        add(std::string("day") + from);
    return text;
}

}  // namespace nj::format
