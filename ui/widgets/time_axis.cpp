#include "widgets/time_axis.h"

#include <QDateTime>
#include <QTimeZone>
#include <algorithm>
#include <array>

namespace nj::ui {
namespace {

constexpr TimeNs kFarthest = TimeNs{1} << 62;

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

CivilTime civilIn(TimeNs time, const AxisZone& zone) { return civilFromTime(time + zone.offset(time)); }

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

QVector<TimeTick> fixedTicks(TimeRange range, DurationNs step, const AxisZone& zone) {
    // Aligned on the wall clock, so that six-hour ticks stand at 00, 06, 12 and 18 of the zone; weeks on Monday.
    const DurationNs phase = step % (7 * kDay) == 0 ? 4 * kDay : 0;
    QVector<TimeTick> ticks;
    CivilTime last = civilIn(range.from, zone);
    const TimeNs first = floorDiv(range.from + zone.offset(range.from) - phase, step) * step + phase;
    for (TimeNs wall = first;; wall += step) {
        TimeNs time = wall - zone.offset(wall);
        time = wall - zone.offset(time);
        if (time >= range.to)
            break;
        if (time < range.from || (!ticks.isEmpty() && time <= ticks.back().time))
            continue;
        const CivilTime civil = civilIn(time, zone);
        const bool change = !sameDate(civil, last);
        ticks.push_back({time, tickLabel(civil, step, change), change});
        last = civil;
    }
    return ticks;
}

QVector<TimeTick> monthTicks(TimeRange range, int64_t months, const AxisZone& zone) {
    QVector<TimeTick> ticks;
    const CivilTime start = civilIn(range.from, zone);
    int64_t month = floorDiv(start.year * 12 + start.month - 1, months) * months;
    for (;; month += months) {
        CivilTime civil;
        civil.year = floorDiv(month, 12);
        civil.month = static_cast<int>(month - civil.year * 12) + 1;
        const TimeNs wall = timeFromCivil(civil);
        const TimeNs time = wall - zone.offset(wall);
        if (time >= range.to)
            return ticks;
        if (time < range.from)
            continue;
        const QString year = QString::number(civil.year);
        ticks.push_back({time, months % 12 == 0 ? year : QLatin1String(kMonths[static_cast<size_t>(civil.month - 1)]) + QLatin1Char(' ') + year, true});
    }
}

}  // namespace

DurationNs AxisZone::offset(TimeNs time) const {
    if (utc)
        return 0;
    static const QTimeZone local = QTimeZone::systemTimeZone();
    return local.offsetFromUtc(QDateTime::fromMSecsSinceEpoch(floorDiv(time, kMillisecond), Qt::UTC)) * kSecond;
}

QString AxisZone::name(TimeNs time) const {
    if (utc)
        return QStringLiteral("UTC");
    const int64_t minutes = offset(time) / kMinute;
    const int64_t size = minutes < 0 ? -minutes : minutes;
    return QStringLiteral("UTC") + (minutes < 0 ? QChar(0x2212) : QChar(u'+')) + twoDigits(size / 60) + QLatin1Char(':') + twoDigits(size % 60);
}

TimeRange shownRange(TimeRange range) {
    range.from = std::clamp(range.from, -kFarthest, kFarthest - 1);
    range.to = std::clamp(range.to, range.from, kFarthest);
    return range;
}

TimeTicks timeTicks(TimeRange range, int maxTicks, const AxisZone& zone) {
    range = shownRange(range);
    if (range.empty())
        return {};
    static const QVector<DurationNs> steps = fixedSteps();
    // The length may take a step more tick than it holds whole steps.
    const double length = static_cast<double>(range.to) - static_cast<double>(range.from);
    const double room = std::max(1, maxTicks);
    for (const DurationNs step : steps)
        if (length / static_cast<double>(step) + 1 <= room + 0.999)
            return {step, fixedTicks(range, step, zone)};
    for (const int64_t months : {1, 3, 6, 12, 24, 60, 120, 240, 600})
        if (length / (static_cast<double>(kDay) * 30.44 * static_cast<double>(months)) + 1 <= room + 0.999)
            return {0, monthTicks(range, months, zone)};
    return {0, monthTicks(range, 1200, zone)};
}

QString formatInstant(TimeNs time, DurationNs precision, const AxisZone& zone) {
    const CivilTime civil = civilIn(time, zone);
    if (precision >= kDay)
        return monthDay(civil);
    if (precision >= kMillisecond)
        return clockText(civil, precision);
    return clockText(civil, kSecond).left(6) + clockText(civil, precision);
}

QString formatDate(TimeNs time, const AxisZone& zone) {
    const CivilTime c = civilIn(time, zone);
    return QStringLiteral("%1-%2-%3").arg(c.year, 4, 10, QLatin1Char('0')).arg(c.month, 2, 10, QLatin1Char('0')).arg(c.day, 2, 10, QLatin1Char('0'));
}

QString formatSpan(TimeRange range, const AxisZone& zone) {
    const DurationNs precision = range.length() >= 10 * kMinute ? kMinute : range.length() >= 10 * kSecond ? kSecond : kMillisecond;
    const CivilTime from = civilIn(range.from, zone), to = civilIn(range.to, zone);
    const QString dash = QString(QChar(0x2013));
    if (sameDate(from, to))
        return clockText(from, precision) + dash + clockText(to, precision);
    return monthDay(from) + QLatin1Char(' ') + clockText(from, precision) + QLatin1Char(' ') + dash + QLatin1Char(' ') + monthDay(to) + QLatin1Char(' ') +
           clockText(to, precision);
}

}  // namespace nj::ui
