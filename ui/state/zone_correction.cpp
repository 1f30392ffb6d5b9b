#include "state/zone_correction.h"

#include <QCoreApplication>
#include <QStringList>
#include <algorithm>
#include <cstdlib>

#include "theme/number_format.h"

namespace nj::ui {
namespace {

QString zoneTr(const char* text) { return QCoreApplication::translate("nj::ui::ZoneCorrection", text); }

}  // namespace

std::optional<int> zoneMinutes(const QString& text) {
    QString rest = text.startsWith(QLatin1String("UTC")) ? text.mid(3) : text;
    rest.replace(QChar(0x2212), QLatin1Char('-'));
    if (rest.isEmpty())
        return text.isEmpty() ? std::optional<int>() : 0;
    const QChar sign = rest[0];
    const QStringList parts = rest.mid(1).split(QLatin1Char(':'));
    bool hoursOk = false, minutesOk = parts.size() == 1;
    const int hours = parts[0].toInt(&hoursOk), minutes = parts.size() == 2 ? parts[1].toInt(&minutesOk) : 0;
    if ((sign != QLatin1Char('+') && sign != QLatin1Char('-')) || !hoursOk || !minutesOk || parts.size() > 2 || hours > 23 || minutes > 59)
        return {};
    return (sign == QLatin1Char('-') ? -1 : 1) * (hours * 60 + minutes);
}

QString zoneLabel(int minutes) {
    if (minutes == 0)
        return QStringLiteral("UTC");
    return QStringLiteral("UTC%1%2:%3").arg(minutes < 0 ? QChar(0x2212) : QLatin1Char('+')).arg(std::abs(minutes) / 60, 2, 10, QLatin1Char('0')).arg(std::abs(minutes) % 60, 2, 10, QLatin1Char('0'));
}

QList<int> knownZones() {
    QList<int> zones;
    for (int hours = -12; hours <= 14; ++hours)
        zones.append(hours * 60);
    for (const int odd : {-570, -210, 210, 270, 330, 345, 390, 525, 570, 630, 765})
        zones.append(odd);
    std::sort(zones.begin(), zones.end());
    return zones;
}

TimeCorrection correctionOf(qint64 import, std::optional<int> assumed, std::optional<int> zone, DurationNs skew) {
    TimeCorrection correction;
    correction.import = import;
    correction.id = correctionId(import, {});
    // Read as local − assumed, right is local − zone.
    correction.shift = skew + (assumed && zone ? (*assumed - *zone) * kMinute : 0);
    if (assumed && zone && *zone != *assumed)
        correction.zone = zoneLabel(*zone).replace(QChar(0x2212), QLatin1Char('-')).toStdString();
    correction.deleted = correction.shift == 0;
    return correction;
}

DurationNs skewOf(const TimeCorrection& correction, std::optional<int> assumed) {
    const auto zone = zoneMinutes(QString::fromStdString(correction.zone));
    return correction.shift - (assumed && zone ? (*assumed - *zone) * kMinute : 0);
}

Result<DurationNs> parseSkew(const QString& text) {
    QString rest = text.trimmed();
    if (rest.isEmpty())
        return DurationNs{0};
    const bool back = rest.startsWith(QLatin1Char('-')) || rest.startsWith(QChar(0x2212));
    if (back || rest.startsWith(QLatin1Char('+')))
        rest = rest.mid(1);
    NJ_ASSIGN(const DurationNs length, parseDuration(rest.trimmed().toStdString()));
    return back ? -length : length;
}

QString skewText(DurationNs skew) {
    if (skew == 0)
        return {};
    DurationNs left = std::abs(skew);
    QString text = skew < 0 ? QStringLiteral("-") : QStringLiteral("+");
    for (const auto& [unit, name] : {std::pair(kHour, "h"), std::pair(kMinute, "m"), std::pair(kSecond, "s"), std::pair(kMillisecond, "ms")})
        if (left >= unit) {
            text += QString::number(left / unit) + QLatin1String(name);
            left %= unit;
        }
    return text;
}

QString correctionText(const TimeCorrection& correction) {
    const QString zone = QString::fromStdString(correction.zone).replace(QLatin1Char('-'), QChar(0x2212));
    const QString length = formatLength(std::abs(correction.shift));
    const QString moved = (correction.shift > 0 ? zoneTr("shown %1 later than read") : zoneTr("shown %1 earlier than read")).arg(length);
    return zone.isEmpty() ? moved : moved + zoneTr(", as %1").arg(zone);
}

}  // namespace nj::ui
