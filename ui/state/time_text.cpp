#include "state/time_text.h"

#include <QDateTime>
#include <QRegularExpression>
#include <algorithm>

#include "theme/number_format.h"

namespace nj::ui {

namespace {

constexpr DurationNs kAroundInstant = 10 * kMinute;

Error notUnderstood(const QString& text) {
    return makeError(ErrorCode::kInvalidArgument,
                     QStringLiteral("“%1” is no time: try 10:40..11:30, now-1h, 2026-03-17T10:57Z +15m, incident or all.").arg(text.left(80)).toStdString());
}

// "/d" and the like round down to the whole unit, in UTC.
Result<TimeNs> relativeToNow(QString text, TimeNs now) {
    QString unit;
    if (const auto slash = text.indexOf(QLatin1Char('/')); slash >= 0) {
        unit = text.mid(slash + 1);
        text.truncate(slash);
    }
    NJ_ASSIGN(TimeNs time, parseTime(text.toStdString(), now));
    if (unit.isEmpty())
        return time;
    const DurationNs size = unit == u"s" ? kSecond : unit == u"m" ? kMinute : unit == u"h" ? kHour : unit == u"d" ? kDay : unit == u"w" ? 7 * kDay : 0;
    if (size == 0)
        return notUnderstood(text);
    return time - ((time % size) + size) % size;
}

TimeNs localToUtc(TimeNs asIfUtc) {
    const QDateTime wall = QDateTime::fromMSecsSinceEpoch(asIfUtc / kMillisecond, Qt::UTC);
    const QDateTime local(wall.date(), wall.time(), Qt::LocalTime);
    return local.toMSecsSinceEpoch() * kMillisecond + asIfUtc % kMillisecond;
}

bool namesZone(const QString& text) {
    static const QRegularExpression zone(QStringLiteral("([zZ]|[+-]\\d\\d:?\\d\\d)$"));
    return text.contains(QLatin1Char(':')) && zone.match(text).hasMatch();
}

bool isClock(const QString& text) {
    static const QRegularExpression clock(QStringLiteral("^\\d{1,2}:\\d\\d(:\\d\\d(\\.\\d{1,9})?)?$"));
    return clock.match(text).hasMatch();
}

Result<TimeNs> instant(const QString& raw, const TimeTextContext& c) {
    QString text = raw.trimmed();
    if (text.endsWith(QStringLiteral(" UTC")))
        text = text.chopped(4) + QLatin1Char('Z');
    if (text.startsWith(QLatin1String("now")))
        return relativeToNow(text, c.all.to);
    if (isClock(text)) {
        if (text.size() < 5 || text.indexOf(QLatin1Char(':')) == 1)
            text.prepend(QLatin1Char('0'));
        text = formatDate(c.current.empty() ? c.all.from : c.current.from, c.utc) + QLatin1Char(' ') + text;
    }
    const bool civil = text.contains(QLatin1Char('-')) && !text.startsWith(QLatin1Char('-'));
    auto time = parseTime(text.toStdString(), c.all.to);
    if (!time.ok())
        return notUnderstood(raw);
    return civil && !c.utc && !namesZone(text) ? localToUtc(*time) : *time;
}

struct Split {
    QString left, right;
    QString how;   // "", "..", "+", "-", "±"
};

Split split(const QString& text) {
    static const QRegularExpression between(QStringLiteral("^(.+?)\\s*(?:\\.\\.|\\bto\\b|\\s-\\s|–|—)\\s*(.+)$"));
    static const QRegularExpression length(QStringLiteral("^(.+?)\\s+([+±-])\\s*([0-9].*)$"));
    if (const auto m = length.match(text); m.hasMatch() && parseDuration(m.captured(3).trimmed().toStdString()).ok())
        return {m.captured(1), m.captured(3).trimmed(), m.captured(2)};
    if (const auto m = between.match(text); m.hasMatch())
        return {m.captured(1), m.captured(2), QStringLiteral("..")};
    return {text, {}, {}};
}

Result<TimeRange> withLength(const Split& parts, const TimeTextContext& c) {
    NJ_ASSIGN(const TimeNs time, instant(parts.left, c));
    NJ_ASSIGN(const DurationNs length, parseDuration(parts.right.toStdString()));
    if (parts.how == u"+")
        return TimeRange{time, time + length};
    if (parts.how == u"-")
        return TimeRange{time - length, time};
    return TimeRange{time - length, time + length};
}

Result<TimeRange> betweenTexts(const Split& parts, const TimeTextContext& c) {
    NJ_ASSIGN(const TimeNs from, instant(parts.left, c));
    TimeTextContext sameDay = c;   // "2026-03-17 09:30..11:50": the second clock belongs to the first's day
    if (!isClock(parts.left.trimmed()))
        sameDay.current = {from, from + 1};
    NJ_ASSIGN(TimeNs to, instant(parts.right, sameDay));
    if (to <= from && isClock(parts.right.trimmed()))
        to += kDay;
    return TimeRange{from, to};
}

}  // namespace

Result<TimeRange> parseRangeText(const QString& typed, const TimeTextContext& c) {
    const QString text = QString(typed).replace(QChar(0x2009), QLatin1Char(' ')).trimmed();   // as the box itself writes ranges
    if (text.isEmpty())
        return notUnderstood(text);
    if (text.compare(QLatin1String("all"), Qt::CaseInsensitive) == 0)
        return c.all;
    if (text.compare(QLatin1String("incident"), Qt::CaseInsensitive) == 0)
        return c.incident.empty() ? c.all : c.incident;
    QString body = text;
    if (body.startsWith(QLatin1String("last "), Qt::CaseInsensitive))
        body = body.mid(5).trimmed();
    const bool plainNumber = body.indexOf(QRegularExpression(QStringLiteral("[^0-9.]"))) < 0;
    if (const auto length = parseDuration(body.toStdString()); length.ok() && !plainNumber && *length > 0)
        return TimeRange{c.all.to - *length, c.all.to};
    const Split parts = split(text);
    Result<TimeRange> range = TimeRange{};
    if (parts.how == u"..") {
        range = betweenTexts(parts, c);
    } else if (!parts.how.isEmpty()) {
        range = withLength(parts, c);
    } else {
        NJ_ASSIGN(const TimeNs time, instant(text, c));
        const DurationNs length = std::min(c.current.empty() ? kAroundInstant : c.current.length(), kAroundInstant);
        range = text.startsWith(QLatin1String("now")) ? TimeRange{time, c.all.to} : TimeRange{time - length / 2, time + length / 2};
    }
    if (range.ok() && range->empty())
        return makeError(ErrorCode::kInvalidArgument, QStringLiteral("“%1” ends before it starts.").arg(text.left(80)).toStdString());
    return range;
}

QString editableRangeText(const TimeRange& range, bool utc) {
    const auto resolution = [](TimeNs t) { return t % kMinute == 0 ? kMinute : t % kSecond == 0 ? kSecond : t % kMillisecond == 0 ? kMillisecond : DurationNs(1); };
    const auto one = [&](TimeNs t) { return formatDateTime(t, utc, resolution(t)); };
    const bool sameDay = formatDate(range.from, utc) == formatDate(range.to, utc);
    return one(range.from) + QStringLiteral("..") + (sameDay ? formatClock(range.to, utc, resolution(range.to)) : one(range.to));
}

}  // namespace nj::ui
