#include "base/time.h"

#include <array>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdio>

#include <fmt/format.h>

namespace nj {
namespace {

constexpr int64_t kMaxSeconds = 9'223'372'036;   // largest whole second an int64 of nanoseconds holds

bool digits(std::string_view text, size_t at, size_t count, int& value) {
    if (at + count > text.size())
        return false;
    value = 0;
    for (size_t i = at; i < at + count; ++i) {
        if (text[i] < '0' || text[i] > '9')
            return false;
        value = value * 10 + (text[i] - '0');
    }
    return true;
}

Error badTime(std::string_view text) {
    return makeError(ErrorCode::kInvalidArgument,
                     fmt::format("'{}' is not a time: use RFC 3339 (2026-03-17T10:58:12Z), unix s/ms/ns, or now-15m", text));
}

std::optional<TimeNs> parseUnixNumber(std::string_view text) {
    size_t whole = 0;
    while (whole < text.size() && text[whole] >= '0' && text[whole] <= '9')
        ++whole;
    if (whole == 0 || whole > 19 || (whole < text.size() && text[whole] != '.'))
        return std::nullopt;
    int64_t number = 0;
    if (std::from_chars(text.data(), text.data() + whole, number).ec != std::errc{})
        return std::nullopt;
    int64_t scale = whole <= 10 ? kSecond : whole <= 13 ? kMillisecond : whole <= 16 ? kMicrosecond : 1;
    int64_t fraction = 0;
    int64_t unit = scale;
    for (size_t i = whole + 1; i < text.size(); ++i) {
        if (text[i] < '0' || text[i] > '9')
            return std::nullopt;
        unit /= 10;
        fraction += (text[i] - '0') * unit;
    }
    int64_t out = 0;
    if (__builtin_mul_overflow(number, scale, &out) || __builtin_add_overflow(out, fraction, &out))
        return std::nullopt;
    return out;
}

std::optional<TimeNs> parseRfc3339(std::string_view text) {
    CivilTime c;
    int year = 0;
    if (!digits(text, 0, 4, year) || text.size() < 10 || text[4] != '-' || !digits(text, 5, 2, c.month) || text[7] != '-' ||
        !digits(text, 8, 2, c.day))
        return std::nullopt;
    c.year = year;
    size_t at = 10;
    if (at < text.size() && (text[at] == 'T' || text[at] == 't' || text[at] == ' ')) {
        if (!digits(text, at + 1, 2, c.hour) || at + 3 >= text.size() || text[at + 3] != ':' || !digits(text, at + 4, 2, c.minute))
            return std::nullopt;
        at += 6;
        if (at < text.size() && text[at] == ':') {
            if (!digits(text, at + 1, 2, c.second))
                return std::nullopt;
            at += 3;
            if (at < text.size() && (text[at] == '.' || text[at] == ',')) {
                int unit = 100'000'000;
                for (++at; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at, unit /= 10)
                    c.nanosecond += (text[at] - '0') * unit;
            }
        }
    }
    if (c.month < 1 || c.month > 12 || c.day < 1 || c.day > 31 || c.hour > 24 || c.minute > 59 || c.second > 60 || year < 1678 || year > 2261)
        return std::nullopt;
    int64_t offset = 0;
    if (at < text.size()) {
        if (text[at] == 'Z' || text[at] == 'z') {
            ++at;
        } else if (text[at] == '+' || text[at] == '-') {
            int hours = 0;
            int minutes = 0;
            const int sign = text[at] == '-' ? -1 : 1;
            if (!digits(text, at + 1, 2, hours))
                return std::nullopt;
            at += 3;
            if (at < text.size()) {
                if (text[at] == ':')
                    ++at;
                if (!digits(text, at, 2, minutes))
                    return std::nullopt;
                at += 2;
            }
            offset = sign * (hours * kHour + minutes * kMinute);
        }
    }
    if (at != text.size())
        return std::nullopt;
    return timeFromCivil(c) - offset;
}

}  // namespace

TimeNs nowNs() {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}

int64_t daysFromCivil(int64_t year, int month, int day) {
    year -= month <= 2;
    const int64_t era = (year >= 0 ? year : year - 399) / 400;
    const int64_t yearOfEra = year - era * 400;
    const int64_t dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719468;
}

CivilTime civilFromTime(TimeNs time) {
    int64_t days = time / kDay;
    int64_t rest = time % kDay;
    if (rest < 0) {
        rest += kDay;
        --days;
    }
    days += 719468;
    const int64_t era = (days >= 0 ? days : days - 146096) / 146097;
    const int64_t dayOfEra = days - era * 146097;
    const int64_t yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146096) / 365;
    const int64_t dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
    const int64_t mp = (5 * dayOfYear + 2) / 153;
    CivilTime c;
    c.day = static_cast<int>(dayOfYear - (153 * mp + 2) / 5 + 1);
    c.month = static_cast<int>(mp < 10 ? mp + 3 : mp - 9);
    c.year = yearOfEra + era * 400 + (c.month <= 2);
    c.hour = static_cast<int>(rest / kHour);
    c.minute = static_cast<int>(rest / kMinute % 60);
    c.second = static_cast<int>(rest / kSecond % 60);
    c.nanosecond = static_cast<int>(rest % kSecond);
    return c;
}

TimeNs timeFromCivil(const CivilTime& c) {
    const int64_t seconds = daysFromCivil(c.year, c.month, c.day) * 86400 + c.hour * 3600 + c.minute * 60 + c.second;
    if (seconds > kMaxSeconds || seconds < -kMaxSeconds)
        return seconds > 0 ? INT64_MAX : INT64_MIN;
    return seconds * kSecond + c.nanosecond;
}

std::string formatRfc3339(TimeNs time, int fractionDigits) {
    const CivilTime c = civilFromTime(time);
    std::array<char, 48> buffer{};
    int length = std::snprintf(buffer.data(), buffer.size(), "%04lld-%02d-%02dT%02d:%02d:%02d", static_cast<long long>(c.year), c.month, c.day,
                               c.hour, c.minute, c.second);
    std::string text(buffer.data(), static_cast<size_t>(length));
    if (fractionDigits > 0) {
        length = std::snprintf(buffer.data(), buffer.size(), ".%09d", c.nanosecond);
        text.append(buffer.data(), static_cast<size_t>(1 + fractionDigits));
    }
    text += 'Z';
    return text;
}

Result<DurationNs> parseDuration(std::string_view text) {
    const auto bad = [&] {
        return makeError(ErrorCode::kInvalidArgument, fmt::format("'{}' is not a duration: use 250ms, 2s, 1h30m", text));
    };
    static constexpr std::pair<std::string_view, int64_t> kUnits[] = {
        {"ns", 1}, {"us", kMicrosecond}, {"µs", kMicrosecond}, {"ms", kMillisecond}, {"s", kSecond}, {"m", kMinute},
        {"h", kHour}, {"d", kDay}, {"w", 7 * kDay}, {"y", 365 * kDay}};
    if (text.empty())
        return bad();
    double total = 0;
    size_t at = 0;
    while (at < text.size()) {
        double number = 0;
        const auto [end, ec] = std::from_chars(text.data() + at, text.data() + text.size(), number, std::chars_format::fixed);
        if (ec != std::errc{} || number < 0)
            return bad();
        at = static_cast<size_t>(end - text.data());
        size_t unitEnd = at;
        while (unitEnd < text.size() && (text[unitEnd] < '0' || text[unitEnd] > '9') && text[unitEnd] != '.')
            ++unitEnd;
        const std::string_view unit = text.substr(at, unitEnd - at);
        int64_t scale = unit.empty() && unitEnd == text.size() ? kSecond : 0;
        for (const auto& [name, ns] : kUnits)
            if (unit == name)
                scale = ns;
        if (scale == 0)
            return bad();
        total += number * static_cast<double>(scale);
        at = unitEnd;
    }
    if (!(total < 9.2e18))
        return bad();
    return static_cast<DurationNs>(std::llround(total));
}

Result<TimeNs> parseTime(std::string_view text, TimeNs now) {
    if (text == "now")
        return now;
    if (text.size() > 4 && text.substr(0, 3) == "now" && (text[3] == '-' || text[3] == '+')) {
        auto duration = parseDuration(text.substr(4));
        if (!duration.ok())
            return badTime(text);
        return text[3] == '-' ? now - *duration : now + *duration;
    }
    if (auto unix_ = parseUnixNumber(text))
        return *unix_;
    if (auto rfc = parseRfc3339(text))
        return *rfc;
    return badTime(text);
}

Result<TimeRange> parseTimeRange(std::string_view text, TimeNs now) {
    const size_t dots = text.find("..");
    if (dots == std::string_view::npos)
        return makeError(ErrorCode::kInvalidArgument, fmt::format("'{}' is not a range: write FROM..TO", text));
    NJ_ASSIGN(const TimeNs from, parseTime(text.substr(0, dots), now));
    NJ_ASSIGN(const TimeNs to, parseTime(text.substr(dots + 2), now));
    if (to <= from)
        return makeError(ErrorCode::kInvalidArgument, fmt::format("the range '{}' ends before it starts", text));
    return TimeRange{from, to};
}

std::string formatDuration(DurationNs duration) {
    if (duration < 0)
        return "-" + formatDuration(duration == INT64_MIN ? INT64_MAX : -duration);
    const auto d = static_cast<double>(duration);
    const auto three = [](double value, const char* unit) {
        return fmt::format("{:.{}f} {}", value, value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2, unit);
    };
    if (duration == 0)
        return "0";
    if (d < 1e3)
        return fmt::format("{} ns", duration);
    if (d < 999.5e3)
        return three(d / 1e3, "µs");
    if (d < 999.5e6)
        return three(d / 1e6, "ms");
    if (d < 119.5e9)
        return three(d / 1e9, "s");
    const int64_t seconds = (duration + kSecond / 2) / kSecond;
    if (seconds < 3600)
        return seconds % 60 ? fmt::format("{} m {} s", seconds / 60, seconds % 60) : fmt::format("{} m", seconds / 60);
    const int64_t minutes = seconds / 60;
    if (minutes < 48 * 60)
        return minutes % 60 ? fmt::format("{} h {} m", minutes / 60, minutes % 60) : fmt::format("{} h", minutes / 60);
    const int64_t hours = minutes / 60;
    return hours % 24 ? fmt::format("{} d {} h", hours / 24, hours % 24) : fmt::format("{} d", hours / 24);
}

}  // namespace nj
