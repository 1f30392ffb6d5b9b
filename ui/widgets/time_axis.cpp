#include "widgets/time_axis.h"

#include <QDateTime>
#include <QTimeZone>
#include <algorithm>
#include <array>

namespace nj::ui {
namespace {

constexpr TimeNs kFarthest = (TimeNs{1} << 62) - 1;   // so that the longest range still fits in 64 bits

const std::array<const char*, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

int64_t floorDiv(int64_t a, int64_t b) {
    const int64_t q = a / b;
    return q - ((a % b != 0 && (a < 0) != (b < 0)) ? 1 : 0);
}

// Steps up to two weeks; longer axes count in months.
QVector<DurationNs> fixedSteps() {
    QVector<DurationNs> steps;
    for (DurationNs power = 1; power < kSecond; power *= 10)
        for (const DurationNs digit : {1, 2, 5})
            steps.push_back(power * digit);
    for (const DurationNs unit : {kSecond, kMinute})
        for (const DurationNs count : {1, 2, 5, 10, 15, 20, 30})
            steps.push_back(unit * count);
    for (const DurationNs hours : {1, 2, 3, 4, 6, 12})
        steps.push_back(hours * kHour);
    for (const DurationNs days : {1, 2, 7, 14})
        steps.push_back(days * kDay);
    return steps;
}

// Added to an instant it gives the wall clock of the zone.
DurationNs wallOffset(bool utc, TimeNs time) {
    if (utc)
        return 0;
    static const QTimeZone local = QTimeZone::systemTimeZone();
    return local.offsetFromUtc(QDateTime::fromMSecsSinceEpoch(floorDiv(time, kMillisecond), Qt::UTC)) * kSecond;
}

CivilTime civilIn(TimeNs time, bool utc) { return civilFromTime(time + wallOffset(utc, time)); }

QString twoDigits(int64_t value) { return QStringLiteral("%1").arg(value, 2, 10, QLatin1Char('0')); }

QString monthDay(const CivilTime& c) {
    return QLatin1String(kMonths[static_cast<size_t>(c.month - 1)]) + QLatin1Char(' ') + QString::number(c.day);
}

QString clockText(const CivilTime& c, DurationNs precision) {
    const QString minutes = twoDigits(c.hour) + QLatin1Char(':') + twoDigits(c.minute);
    if (precision >= kMinute)
        return minutes;
    const QString seconds = minutes + QLatin1Char(':') + twoDigits(c.second);
    if (precision >= kSecond)
        return seconds;
    const int digits = precision >= kMillisecond ? 3 : precision >= kMicrosecond ? 6 : 9;
    const QString fraction = QStringLiteral("%1").arg(c.nanosecond, 9, 10, QLatin1Char('0')).left(digits);
    // Below a millisecond the hour is the same all along the axis: only what moves is worth the room.
    return digits == 3 ? seconds + QLatin1Char('.') + fraction : twoDigits(c.second) + QLatin1Char('.') + fraction;
}

bool sameDate(const CivilTime& a, const CivilTime& b) { return a.day == b.day && a.month == b.month && a.year == b.year; }

QString tickLabel(const CivilTime& c, DurationNs step, bool dateChange) {
    if (step >= kDay)
        return monthDay(c);
    if (!dateChange)
        return clockText(c, step);
    const bool midnight = c.hour == 0 && c.minute == 0 && c.second == 0 && c.nanosecond == 0;
    return midnight ? monthDay(c) : monthDay(c) + QLatin1Char(' ') + clockText(c, step);
}

QVector<TimeTick> fixedTicks(TimeRange range, DurationNs step, bool utc) {
    // Aligned on the wall clock, so that six-hour ticks stand at 00, 06, 12 and 18 of the zone; weeks on Monday.
    const DurationNs phase = step % (7 * kDay) == 0 ? 4 * kDay : 0;
    QVector<TimeTick> ticks;
    CivilTime last = civilIn(range.from, utc);
    const TimeNs first = floorDiv(range.from + wallOffset(utc, range.from) - phase, step) * step + phase;
    for (TimeNs wall = first;; wall += step) {
        TimeNs time = wall - wallOffset(utc, wall);
        time = wall - wallOffset(utc, time);
        if (time >= range.to)
            break;
        if (time < range.from || (!ticks.isEmpty() && time <= ticks.back().time))
            continue;
        const CivilTime civil = civilIn(time, utc);
        const bool change = !sameDate(civil, last);
        ticks.push_back({time, tickLabel(civil, step, change), change});
        last = civil;
    }
    return ticks;
}

QVector<TimeTick> monthTicks(TimeRange range, int64_t months, bool utc) {
    QVector<TimeTick> ticks;
    const CivilTime start = civilIn(range.from, utc);
    int64_t month = floorDiv(start.year * 12 + start.month - 1, months) * months;
    for (;; month += months) {
        CivilTime civil;
        civil.year = floorDiv(month, 12);
        civil.month = static_cast<int>(month - civil.year * 12) + 1;
        const TimeNs wall = timeFromCivil(civil);
        const TimeNs time = wall - wallOffset(utc, wall);
        if (time >= range.to)
            return ticks;
        if (time < range.from)
            continue;
        const QString year = QString::number(civil.year);
        ticks.push_back({time, months % 12 == 0 ? year : QLatin1String(kMonths[static_cast<size_t>(civil.month - 1)]) + QLatin1Char(' ') + year, true});
    }
}

}  // namespace

TimeRange shownRange(TimeRange range) {
    range.from = std::clamp(range.from, -kFarthest, kFarthest - 1);
    range.to = std::clamp(range.to, range.from, kFarthest);
    return range;
}

TimeTicks timeTicks(TimeRange range, int maxTicks, bool utc) {
    range = shownRange(range);
    if (range.empty())
        return {};
    static const QVector<DurationNs> steps = fixedSteps();
    // The length may take a step more tick than it holds whole steps.
    const double length = static_cast<double>(range.length());
    const double room = std::max(1, maxTicks);
    for (const DurationNs step : steps)
        if (length / static_cast<double>(step) + 1 <= room + 0.999)
            return {step, fixedTicks(range, step, utc)};
    for (const int64_t months : {1, 3, 6, 12, 24, 60, 120, 240, 600})
        if (length / (static_cast<double>(kDay) * 30.44 * static_cast<double>(months)) + 1 <= room + 0.999)
            return {0, monthTicks(range, months, utc)};
    return {0, monthTicks(range, 1200, utc)};
}

DurationNs cursorResolution(double nsPerPixel) {
    for (const DurationNs step : {kMinute, kSecond, kMillisecond, kMicrosecond})
        if (nsPerPixel >= static_cast<double>(step) * 0.5)
            return step;
    return 1;
}

}  // namespace nj::ui
