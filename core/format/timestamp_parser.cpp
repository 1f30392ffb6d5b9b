#include "format/timestamp_parser.h"

#include <cmath>
#include <cstring>

#include "format/timestamp_zone.h"

namespace nj::format {
namespace {

constexpr int kLastYear = 2200;   // nanoseconds since 1970 end in 2262
constexpr bool isDigit(char c) { return static_cast<unsigned char>(c - '0') < 10; }
constexpr bool isLetter(char c) { return static_cast<unsigned char>((c | 0x20) - 'a') < 26; }

// A position in the text; every read checks the end.
class Cursor {
public:
    explicit Cursor(std::string_view text, size_t at = 0) : text_(text), at_(at) {}
    [[nodiscard]] size_t at() const { return at_; }
    [[nodiscard]] size_t left() const { return text_.size() - at_; }
    [[nodiscard]] char peek(size_t ahead = 0) const { return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0'; }
    [[nodiscard]] std::string_view rest() const { return text_.substr(at_); }
    void skip(size_t n) { at_ += n; }
    bool take(char c) {
        if (peek() != c || left() == 0)
            return false;
        ++at_;
        return true;
    }
    // Exactly n digits.
    bool digits(int n, int& value) {
        if (left() < static_cast<size_t>(n))
            return false;
        int v = 0;
        for (int i = 0; i < n; ++i) {
            const char c = text_[at_ + static_cast<size_t>(i)];
            if (!isDigit(c))
                return false;
            v = v * 10 + (c - '0');
        }
        at_ += static_cast<size_t>(n);
        value = v;
        return true;
    }
    // One or two digits; a blank may stand for the first ("Mar  7").
    bool oneOrTwo(int& value) {
        take(' ');
        if (!isDigit(peek()))
            return false;
        value = peek() - '0';
        ++at_;
        if (isDigit(peek())) {
            value = value * 10 + (peek() - '0');
            ++at_;
        }
        return !isDigit(peek());
    }
    [[nodiscard]] size_t digitRun(size_t limit = 32) const {
        size_t n = 0;
        while (n < limit && isDigit(peek(n)))
            ++n;
        return n;
    }

private:
    std::string_view text_;
    size_t at_;
};

int monthFromName(std::string_view t) {
    if (t.size() < 3)
        return 0;
    const uint32_t key = (static_cast<uint32_t>(t[0] | 0x20) << 16) | (static_cast<uint32_t>(t[1] | 0x20) << 8) | static_cast<uint32_t>(t[2] | 0x20);
    constexpr auto k = [](char a, char b, char c) { return (static_cast<uint32_t>(a) << 16) | (static_cast<uint32_t>(b) << 8) | static_cast<uint32_t>(c); };
    switch (key) {
    case k('j', 'a', 'n'): return 1;
    case k('f', 'e', 'b'): return 2;
    case k('m', 'a', 'r'): return 3;
    case k('a', 'p', 'r'): return 4;
    case k('m', 'a', 'y'): return 5;
    case k('j', 'u', 'n'): return 6;
    case k('j', 'u', 'l'): return 7;
    case k('a', 'u', 'g'): return 8;
    case k('s', 'e', 'p'): return 9;
    case k('o', 'c', 't'): return 10;
    case k('n', 'o', 'v'): return 11;
    case k('d', 'e', 'c'): return 12;
    default: break;
    }
    // Syslog of localised systems.
    struct Foreign {
        std::string_view start;
        int month;
    };
    constexpr Foreign kForeign[] = {{"f\xC3\xA9v", 2}, {"m\xC3\xA4r", 3}, {"M\xC3\xA4r", 3}, {"avr", 4}, {"mai", 5}, {"Mai", 5}, {"juin", 6}, {"juil", 7}, {"ao\xC3\xBB", 8}, {"okt", 10}, {"Okt", 10}, {"d\xC3\xA9" "c", 12}, {"Dez", 12}, {"dez", 12}};
    for (const Foreign& name : kForeign)
        if (t.substr(0, name.start.size()) == name.start)
            return name.month;
    return 0;
}

bool isDayName(std::string_view t) {
    if (t.size() < 3)
        return false;
    for (const char* day : {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"})
        if (t.compare(0, 3, day) == 0)
            return true;
    return false;
}

struct Parts {
    int year = -1, month = 0, day = 0;
    int hour = 0, minute = 0, second = 0;
    int nanosecond = 0;
};

bool validDate(const Parts& p) { return p.month >= 1 && p.month <= 12 && p.day >= 1 && p.day <= 31; }

void takeFraction(Cursor& c, Parts& p) {
    const char mark = c.peek();
    if ((mark != '.' && mark != ',' && mark != ':') || !isDigit(c.peek(1)))
        return;
    if (c.left() > 4 && isDigit(c.peek(2)) && isDigit(c.peek(3)) && !isDigit(c.peek(4))) {   // milliseconds, as most have
        p.nanosecond = ((c.peek(1) - '0') * 100 + (c.peek(2) - '0') * 10 + (c.peek(3) - '0')) * 1'000'000;
        c.skip(4);
        return;
    }
    Cursor probe = c;
    probe.skip(1);
    const size_t n = probe.digitRun(12);
    if (mark == ':' && n != 3 && n != 6)   // "10:58:12:123": some loggers; anything else after ':' is text
        return;
    int value = 0;
    size_t used = 0;
    for (; used < n && used < 9; ++used)
        value = value * 10 + (probe.peek(used) - '0');
    for (size_t i = used; i < 9; ++i)
        value *= 10;
    p.nanosecond = value;
    c.skip(1 + n);
}

// HH:MM:SS with an optional fraction and AM/PM; seconds may be missing when allowed.
bool takeTimeOfDay(Cursor& c, Parts& p, bool secondsOptional = false) {
    if (c.digitRun(3) == 1) {
        if (c.peek(1) != ':')
            return false;
        p.hour = c.peek() - '0';
        c.skip(1);
    } else if (!c.digits(2, p.hour)) {
        return false;
    }
    if (!c.take(':') || !c.digits(2, p.minute))
        return false;
    if (c.peek() == ':' && isDigit(c.peek(1))) {
        c.skip(1);
        if (!c.digits(2, p.second) || isDigit(c.peek()))
            return false;
        takeFraction(c, p);
    } else if (!secondsOptional) {
        return false;
    }
    const std::string_view rest = c.rest();
    if (rest.size() >= 3 && rest[0] == ' ' && (rest[1] == 'A' || rest[1] == 'P') && rest[2] == 'M' && (rest.size() == 3 || !isLetter(rest[3]))) {
        if (p.hour > 12 || p.hour == 0)
            return false;
        p.hour = p.hour % 12 + (rest[1] == 'P' ? 12 : 0);
        c.skip(3);
    }
    return p.hour <= 24 && p.minute <= 59 && p.second <= 60;
}

// "105812", as compact stamps write it.
bool takeCompactTime(Cursor& c, Parts& p) {
    if (!c.digits(2, p.hour) || !c.digits(2, p.minute) || !c.digits(2, p.second) || isDigit(c.peek()))
        return false;
    takeFraction(c, p);
    return p.hour <= 24 && p.minute <= 59 && p.second <= 60;
}

void takeZone(Cursor& c, ParsedTime& out) {
    const std::string_view rest = c.rest();
    const bool blank = !rest.empty() && rest[0] == ' ';
    const size_t at = blank ? 1 : 0;
    if (rest.size() <= at)
        return;
    int32_t minutes = 0;
    const size_t length = parseZone(rest.substr(at), minutes);
    // "12:00:00 -5 items" is no zone: after a blank an offset has all its digits.
    if (length == 0 || (blank && (rest[1] == '+' || rest[1] == '-') && length < 5))
        return;
    out.hasZone = true;
    out.zoneMinutes = minutes;
    c.skip(at + length);
}

TimeNs timeOfDayNs(const Parts& p) {
    return ((static_cast<int64_t>(p.hour) * 60 + p.minute) * 60 + p.second) * kSecond + p.nanosecond;
}

size_t finishCivil(Cursor& c, const Parts& p, ParsedTime& out, bool zone = true) {
    if (!validDate(p))
        return 0;
    out.kind = ParsedTime::Kind::kCivil;
    out.hasYear = p.year >= 0;
    out.month = static_cast<uint8_t>(p.month);
    out.day = static_cast<uint8_t>(p.day);
    const int year = out.hasYear ? p.year : 2000;
    if (year < 1970 || year > kLastYear)
        return 0;
    out.value = daysFromCivil(year, p.month, p.day) * kDay + timeOfDayNs(p);
    if (zone)
        takeZone(c, out);
    return c.at();
}

int fullYear(int twoDigits) { return twoDigits + (twoDigits < 70 ? 2000 : 1900); }

// "2026-03-17 10:58:12…" or with a T, digit by digit in its place: what most lines begin with. 0 leaves it to the parsers of all the others.
size_t parseIsoPlaces(std::string_view text, ParsedTime& out) {
    constexpr size_t kLength = 19;
    if (text.size() <= kLength || text[4] != '-' || text[7] != '-' || (text[10] != ' ' && text[10] != 'T') || text[13] != ':' || text[16] != ':')
        return 0;
    bool right = !isDigit(text[kLength]);
    const auto two = [&](size_t at) {
        right = right && isDigit(text[at]) && isDigit(text[at + 1]);
        return (text[at] - '0') * 10 + (text[at + 1] - '0');
    };
    Parts p;
    p.year = two(0) * 100 + two(2);
    p.month = two(5);
    p.day = two(8);
    p.hour = two(11);
    p.minute = two(14);
    p.second = two(17);
    if (!right || p.year < 1970 || p.year > kLastYear || p.hour > 24 || p.minute > 59 || p.second > 60)
        return 0;
    Cursor c(text, kLength);
    takeFraction(c, p);
    const bool halfDay = c.peek() == ' ' && (c.peek(1) == 'A' || c.peek(1) == 'P') && c.peek(2) == 'M';
    return halfDay ? 0 : finishCivil(c, p, out);
}

// "2026-03-17T10:58:12…" and its relatives with / or . between, and "2026-076T…" (day of year).
size_t parseYearFirst(std::string_view text, ParsedTime& out) {
    Cursor c(text);
    Parts p;
    if (!c.digits(4, p.year))
        return 0;
    const char mark = c.peek();
    if ((mark != '-' && mark != '/' && mark != '.') || p.year < 1970 || p.year > kLastYear)
        return 0;
    c.skip(1);
    if (c.digitRun(4) == 3) {
        int yday = 0;
        c.digits(3, yday);
        if (yday < 1 || yday > 366)
            return 0;
        const CivilTime civil = civilFromTime((daysFromCivil(p.year, 1, 1) + yday - 1) * kDay);
        p.month = civil.month;
        p.day = civil.day;
    } else if (!c.digits(2, p.month) || !c.take(mark) || !c.digits(2, p.day)) {
        return 0;
    }
    const char between = c.peek();
    if (between == ' ' && c.peek(1) == '@' && c.peek(2) == ' ')
        c.skip(2);
    else if (between != 'T' && between != 't' && between != ' ' && between != '_' && between != ':' && between != '-' && between != '\t')
        return 0;
    c.skip(1);
    if (c.peek() == ' ')
        c.skip(1);
    if (!takeTimeOfDay(c, p, between == 'T'))
        return 0;
    return finishCivil(c, p, out);
}

// "17/Mar/2026:10:58:12 +0000", "17-Mar-2026 10:58:12", "17 Mar 2026 10:58:12".
size_t parseDayMonthName(std::string_view text, ParsedTime& out) {
    Cursor c(text);
    Parts p;
    if (!c.oneOrTwo(p.day))
        return 0;
    const char mark = c.peek();
    if (mark != '/' && mark != '-' && mark != ' ')
        return 0;
    c.skip(1);
    p.month = monthFromName(c.rest());
    if (p.month == 0)
        return 0;
    size_t letters = 3;
    while (isLetter(c.peek(letters)))
        ++letters;
    c.skip(letters);
    if (!c.take(mark))
        return 0;
    if (mark == ' ' && c.peek(2) == ':') {   // "17 Mar 10:58:12.123": redis
        if (!takeTimeOfDay(c, p))
            return 0;
        return finishCivil(c, p, out);
    }
    if (!c.digits(4, p.year) || (c.peek() != ':' && c.peek() != ' ' && c.peek() != ','))
        return 0;
    c.skip(c.peek() == ',' && c.peek(1) == ' ' ? 2 : 1);
    if (!takeTimeOfDay(c, p))
        return 0;
    return finishCivil(c, p, out);
}

// "26/03/17 10:58:12" (year first when that fits), "03/17/2026 10:58:12", "17/03/2026 …" when the first number can't be a month,
// "17.03.2026 10:58:12".
size_t parseThreeNumbers(std::string_view text, ParsedTime& out) {
    Cursor c(text);
    int a = 0, b = 0;
    if (!c.oneOrTwo(a))
        return 0;
    const char mark = c.peek();
    if (mark != '/' && mark != '.' && mark != '-')
        return 0;
    c.skip(1);
    if (!c.digits(2, b) || !c.take(mark))
        return 0;
    Parts p;
    const size_t run = c.digitRun(5);
    int third = 0;
    if (run == 4) {
        c.digits(4, third);
        p.year = third;
        const bool dayFirst = mark == '.' || a > 12;
        p.month = dayFirst ? b : a;
        p.day = dayFirst ? a : b;
    } else if (run == 2 && mark == '/') {
        c.digits(2, third);
        p.year = fullYear(a);
        p.month = b;
        p.day = third;
        if (p.month > 12 && a <= 12) {   // 03/17/26
            p.year = fullYear(third);
            p.month = a;
            p.day = b;
        }
    } else {
        return 0;
    }
    if (c.peek() == ',')
        c.skip(1);
    if (!c.take(' ') && !c.take(':'))
        return 0;
    if (!takeTimeOfDay(c, p))
        return 0;
    return finishCivil(c, p, out);
}

// "03-17 10:58:12.123".
size_t parseMonthDayNumbers(std::string_view text, ParsedTime& out) {
    Cursor c(text);
    Parts p;
    if (!c.digits(2, p.month) || !c.take('-') || !c.digits(2, p.day) || !c.take(' ') || !takeTimeOfDay(c, p))
        return 0;
    return finishCivil(c, p, out);
}

size_t parseTimeOnly(std::string_view text, ParsedTime& out) {
    Cursor c(text);
    Parts p;
    if (!takeTimeOfDay(c, p) || c.peek() == '/')
        return 0;
    out.kind = ParsedTime::Kind::kTimeOfDay;
    out.value = timeOfDayNs(p);
    return c.at();
}

// "20260317.105812,123", "20260317 10:58:12", "20260317T105812Z", "260317 105812" (HDFS), "260317 10:58:12" (old MySQL).
size_t parseCompactDate(std::string_view text, size_t run, ParsedTime& out) {
    Cursor c(text);
    Parts p;
    if (run == 8) {
        c.digits(4, p.year);
    } else {
        c.digits(2, p.year);
        p.year = fullYear(p.year);
    }
    c.digits(2, p.month);
    c.digits(2, p.day);
    const char mark = c.peek();
    if (mark != ' ' && mark != '.' && mark != 'T' && mark != '-' && mark != '_')
        return 0;
    c.skip(1);
    if (mark == ' ' && c.peek() == ' ')
        c.skip(1);
    if (c.digitRun(7) == 6 ? !takeCompactTime(c, p) : !takeTimeOfDay(c, p))
        return 0;
    return finishCivil(c, p, out, mark != ' ' || c.peek() != ' ');
}

size_t parseEpoch(std::string_view text, size_t run, ParsedTime& out) {
    int64_t number = 0;
    for (size_t i = 0; i < run; ++i)
        number = number * 10 + (text[i] - '0');
    size_t length = run;
    const char next = run < text.size() ? text[run] : ' ';
    int64_t fraction = 0;
    if (run == 10 && (next == '.' || next == ',') && run + 1 < text.size() && isDigit(text[run + 1])) {
        Cursor c(text, run);
        Parts p;
        takeFraction(c, p);
        fraction = p.nanosecond;
        length = c.at();
    }
    if (length < text.size() && (isLetter(text[length]) || text[length] == '.' || text[length] == '-' || text[length] == '/' || text[length] == '_'))
        return 0;
    if (!instantFromInteger(number, out))
        return 0;
    out.value += fraction;
    return length;
}

// "Mar 17 10:58:12.123", "Mar 17 2026 10:58:12", "Jan 2, 2024 @ 15:04:05.123".
size_t parseMonthName(std::string_view text, ParsedTime& out) {
    Cursor c(text);
    Parts p;
    p.month = monthFromName(text);
    if (p.month == 0)
        return 0;
    size_t letters = 3;
    while (letters < 10 && (isLetter(c.peek(letters)) || static_cast<unsigned char>(c.peek(letters)) >= 0x80))
        ++letters;
    if (letters > 9)
        return 0;
    c.skip(letters);
    if (!c.take(' ') || !c.oneOrTwo(p.day))
        return 0;
    if (c.peek() == ',')
        c.skip(1);
    if (!c.take(' '))
        return 0;
    if (c.digitRun(5) == 4) {
        c.digits(4, p.year);
        if (c.peek() == ',')
            c.skip(1);
        if (!c.take(' '))
            return 0;
        if (c.peek() == '@' && c.peek(1) == ' ')
            c.skip(2);
    }
    if (!takeTimeOfDay(c, p))
        return 0;
    const size_t end = finishCivil(c, p, out);
    if (end == 0 || p.year >= 0)
        return end;
    // "Tue Mar 17 10:58:12 UTC 2026": the year may stand last, in front of nothing or of something that is no digit.
    Cursor tail(text, end);
    int year = 0;
    if (tail.take(' ') && tail.digitRun(5) == 4 && tail.digits(4, year) && year >= 1970 && year <= kLastYear && (tail.peek() == ']' || tail.peek() == ' ' || tail.peek() == '\0' || tail.peek() == ')' || tail.peek() == ':' || tail.peek() == ',')) {
        Parts withYear = p;
        withYear.year = year;
        Cursor last(text, tail.at());
        const bool hasZone = out.hasZone;
        const int32_t minutes = out.zoneMinutes;
        finishCivil(last, withYear, out, false);
        out.hasZone = hasZone;
        out.zoneMinutes = minutes;
        return tail.at();
    }
    return end;
}

// "Tue Mar 17 10:58:12 2026", "Tue, 17 Mar 2026 10:58:12 GMT".
size_t parseDayName(std::string_view text, ParsedTime& out) {
    size_t at = 3;
    while (at < text.size() && at < 9 && isLetter(text[at]))
        ++at;
    if (at < text.size() && text[at] == ',')
        ++at;
    if (at >= text.size() || text[at] != ' ')
        return 0;
    ++at;
    const std::string_view rest = text.substr(at);
    const size_t length = !rest.empty() && isDigit(rest[0]) ? parseDayMonthName(rest, out) : parseMonthName(rest, out);
    return length == 0 ? 0 : at + length;
}

// TAI64N, as multilog and tai64n write: '@', 16 hex digits of 2^62 + TAI seconds, 8 of nanoseconds. TAI is 10 s ahead by definition there.
size_t parseTai(std::string_view text, ParsedTime& out) {
    if (text.size() < 25)
        return 0;
    uint64_t seconds = 0;
    uint64_t nanoseconds = 0;
    for (size_t i = 1; i < 25; ++i) {
        const char c = text[i];
        const int digit = isDigit(c) ? c - '0' : (c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1);
        if (digit < 0)
            return 0;
        uint64_t& target = i < 17 ? seconds : nanoseconds;
        target = target * 16 + static_cast<uint64_t>(digit);
    }
    constexpr uint64_t kBase = 0x4000000000000000ULL;
    if (seconds < kBase || seconds - kBase > 5'000'000'000ULL || nanoseconds >= 1'000'000'000ULL)
        return 0;
    out.kind = ParsedTime::Kind::kInstant;
    out.value = static_cast<int64_t>(seconds - kBase - 10) * kSecond + static_cast<int64_t>(nanoseconds);
    return 25;
}

size_t parseDigitFirst(std::string_view text, ParsedTime& out) {
    size_t run = 1;
    while (run < text.size() && run < 20 && isDigit(text[run]))
        ++run;
    const char next = run < text.size() ? text[run] : '\0';
    switch (run) {
    case 1:
        if (next == ':')
            return parseTimeOnly(text, out);
        if (const size_t n = parseDayMonthName(text, out))
            return n;
        return parseThreeNumbers(text, out);
    case 2:
        if (next == ':')
            return parseTimeOnly(text, out);
        if (next == '-' && text.size() > 5 && text[5] == ' ')
            return parseMonthDayNumbers(text, out);
        if (const size_t n = parseDayMonthName(text, out))
            return n;
        return parseThreeNumbers(text, out);
    case 4:
        if (const size_t n = parseIsoPlaces(text, out))
            return n;
        return parseYearFirst(text, out);
    case 6:
    case 8: return parseCompactDate(text, run, out);
    case 10:
    case 13:
    case 16:
    case 19: return parseEpoch(text, run, out);
    default: return 0;
    }
}

}  // namespace

size_t parseTimestamp(std::string_view text, ParsedTime& out) {
    out = ParsedTime();
    if (text.size() < 8)
        return 0;
    const char first = text[0];
    size_t length = 0;
    if (isDigit(first))
        length = parseDigitFirst(text, out);
    else if (isLetter(first))
        length = isDayName(text) ? parseDayName(text, out) : parseMonthName(text, out);
    else if (first == '@')
        length = parseTai(text, out);
    if (length == 0)
        out = ParsedTime();
    return length;
}

size_t parseKlogTimestamp(std::string_view text, ParsedTime& out) {
    out = ParsedTime();
    Cursor c(text);
    Parts p;
    const size_t run = c.digitRun(9);
    if (run == 8) {
        c.digits(4, p.year);
    } else if (run != 4) {
        return 0;
    }
    if (!c.digits(2, p.month) || !c.digits(2, p.day) || !c.take(' ') || !takeTimeOfDay(c, p))
        return 0;
    const size_t length = finishCivil(c, p, out, false);
    if (length == 0)
        out = ParsedTime();
    return length;
}

bool instantFromInteger(int64_t number, ParsedTime& out) {
    constexpr int64_t kFrom = 946'684'800;      // 2000
    constexpr int64_t kTo = 4'102'444'800;      // 2100
    for (const int64_t unit : {kSecond, kMillisecond, kMicrosecond, int64_t{1}}) {
        const int64_t perSecond = kSecond / unit;
        if (number >= kFrom * perSecond && number < kTo * perSecond) {
            out = ParsedTime();
            out.kind = ParsedTime::Kind::kInstant;
            out.value = number * unit;
            return true;
        }
    }
    return false;
}

bool instantFromNumber(double number, ParsedTime& out) {
    if (!std::isfinite(number) || number < 0 || number > 9e18)
        return false;
    const double whole = std::floor(number);
    if (!instantFromInteger(static_cast<int64_t>(whole), out))
        return false;
    // A double holds seconds since 1970 to about 0.2 µs: finer digits are noise.
    if (whole < 1e10)
        out.value += std::llround((number - whole) * 1e6) * kMicrosecond;
    else if (whole < 1e13)
        out.value += std::llround((number - whole) * 1e3) * kMicrosecond;
    return true;
}

}  // namespace nj::format
