#include "theme/number_format.h"

#include <QDateTime>
#include <QLocale>
#include <array>
#include <cmath>

namespace nj::ui {

namespace {

struct Step {
    double size;
    const char* unit;
};

QString withUnit(double value, const QString& unit) {
    const QString number = formatNumber(value);
    return unit.isEmpty() ? number : number + QChar(0x00A0) + unit;
}

// Always three digits, "30.0": measured values, beside others of their kind.
QString threeDigits(double value) {
    const double magnitude = std::fabs(value);
    const int digits = magnitude >= 99.95 ? 0 : magnitude >= 9.995 ? 1 : 2;
    return magnitude >= 999.5 ? formatNumber(value) : (value < 0 ? QStringLiteral("−") : QString()) + QString::number(magnitude, 'f', digits);
}

template <size_t N>
QString scaled(double value, const std::array<Step, N>& steps) {   // steps from large to small
    const double magnitude = std::fabs(value);
    // 0.9995 so that 999.6 µs is written "1.00 ms", not "1,000 µs".
    for (const Step& step : steps)
        if (magnitude >= step.size * 0.9995)
            return threeDigits(value / step.size) + QChar(0x00A0) + QString::fromUtf8(step.unit);
    return withUnit(value / steps.back().size, QString::fromUtf8(steps.back().unit));
}

QString seconds(double s) {
    if (s == 0)
        return withUnit(0, QStringLiteral("s"));
    static constexpr std::array<Step, 4> kSteps{{{1, "s"}, {1e-3, "ms"}, {1e-6, "µs"}, {1e-9, "ns"}}};
    return scaled(s, kSteps);
}

QString bytes(double value) {
    static constexpr std::array<Step, 6> kSteps{
        {{1099511627776.0 * 1024, "PiB"}, {1099511627776.0, "TiB"}, {1073741824, "GiB"}, {1048576, "MiB"}, {1024, "KiB"}, {1, "B"}}};
    return scaled(value, kSteps);
}

QDateTime dateTime(TimeNs time, bool utc) {
    const qint64 ms = time >= 0 ? time / kMillisecond : -((-time + kMillisecond - 1) / kMillisecond);
    return QDateTime::fromMSecsSinceEpoch(ms, utc ? Qt::UTC : Qt::LocalTime);
}

}  // namespace

QString formatCount(quint64 count) {
    static const QLocale locale = [] {
        QLocale l(QLocale::English, QLocale::UnitedStates);
        l.setNumberOptions(QLocale::DefaultNumberOptions);
        return l;
    }();
    return locale.toString(count);
}

QString formatShort(double value) {
    if (std::fabs(value) < 10'000)
        return value == std::floor(value) ? (value < 0 ? QStringLiteral("−") : QString()) + formatCount(static_cast<quint64>(std::fabs(value)))
                                          : formatNumber(value);
    static constexpr std::array<Step, 4> kSteps{{{1e12, "T"}, {1e9, "G"}, {1e6, "M"}, {1e3, "k"}}};
    return scaled(value, kSteps);
}

QString formatNumber(double value) {
    if (std::isnan(value))
        return QStringLiteral("–");
    if (std::isinf(value))
        return value > 0 ? QStringLiteral("∞") : QStringLiteral("−∞");
    const QString sign = value < 0 ? QStringLiteral("−") : QString();
    const double magnitude = std::fabs(value);
    if (magnitude == 0)
        return QStringLiteral("0");
    if (magnitude >= 999.5)
        return magnitude < 1e15 ? sign + formatCount(static_cast<quint64>(std::llround(magnitude))) : QString::number(value, 'g', 3);
    if (magnitude < 1e-4)
        return QString::number(value, 'g', 3);
    const int exponent = static_cast<int>(std::floor(std::log10(magnitude) + 1e-12));
    QString text = QString::number(magnitude, 'f', std::max(0, 2 - exponent));
    // Rounding may have added a digit: 9.996 → "10.00".
    if (magnitude < 9.995 * std::pow(10, exponent))
        return sign + (magnitude == std::floor(magnitude) && magnitude < 1000 ? QString::number(static_cast<int>(magnitude)) : text);
    return sign + QString::number(magnitude, 'f', std::max(0, 1 - exponent));
}

QString formatValue(double value, const QString& unit) {
    if (std::isnan(value) || std::isinf(value))
        return formatNumber(value);
    if (unit == u"s" || unit == u"seconds")
        return seconds(value);
    if (unit == u"ms" || unit == u"milliseconds")
        return seconds(value / 1e3);
    if (unit == u"us" || unit == u"µs")
        return seconds(value / 1e6);
    if (unit == u"ns")
        return seconds(value / 1e9);
    if (unit == u"By" || unit == u"bytes" || unit == u"B")
        return bytes(value);
    if (unit == u"By/s")
        return bytes(value) + QStringLiteral("/s");
    if (unit == u"ratio")
        return formatShare(value);
    if (unit == u"1" || unit.isEmpty())
        return formatShort(value);
    if (unit.startsWith(QLatin1Char('{')))   // UCUM annotations ({request}) are words, not units
        return formatShort(value);
    QString words = unit;
    words.remove(QLatin1Char('{')).remove(QLatin1Char('}'));
    if (std::fabs(value) >= 10'000) {
        const QString text = formatShort(value);
        if (takesPrefix(words))
            return text + words;
        return words.startsWith(QLatin1Char('/')) ? text + words : text + QChar(0x00A0) + words;
    }
    return withUnit(value, words);
}

bool takesPrefix(const QString& unit) {
    for (const char16_t* symbol : {u"Hz", u"W", u"J", u"bit", u"bit/s"})
        if (unit == QStringView(symbol))
            return true;
    return false;
}

QString formatShare(double share) {
    if (std::isnan(share))
        return QStringLiteral("–");
    const double percent = share * 100;
    const double magnitude = std::fabs(percent);
    const int digits = magnitude >= 9.95 || percent == 0 ? 0 : magnitude >= 0.095 ? 1 : 2;
    return QString::number(percent, 'f', digits) + QStringLiteral("\u00A0%");
}

QString formatFactor(double before, double after) {
    if (std::isnan(before) || std::isnan(after) || (before == 0 && after == 0))
        return QStringLiteral("–");
    if (before == 0)
        return QStringLiteral("new");
    if (after == 0)
        return QStringLiteral("gone");
    const double factor = after / before;
    const double magnitude = std::fabs(factor);
    const int digits = magnitude >= 9.95 ? 0 : magnitude >= 0.95 ? 1 : 2;
    return QStringLiteral("×\u00A0") + (magnitude >= 999.5 ? formatCount(static_cast<quint64>(std::llround(magnitude))) : QString::number(factor, 'f', digits));
}

QString zoneName(TimeNs time, bool utc) { return utc ? QStringLiteral("UTC") : dateTime(time, false).timeZoneAbbreviation(); }

QString formatClock(TimeNs time, bool utc, DurationNs resolution) {
    const QDateTime t = dateTime(time, utc);
    if (resolution >= kMinute)
        return t.toString(QStringLiteral("HH:mm"));
    QString text = t.toString(QStringLiteral("HH:mm:ss"));
    if (resolution >= kSecond)
        return text;
    const int digits = resolution >= kMillisecond ? 3 : resolution >= kMicrosecond ? 6 : 9;
    const auto fraction = static_cast<qint64>(((time % kSecond) + kSecond) % kSecond);
    return text + QLatin1Char('.') + QString::number(fraction).rightJustified(9, QLatin1Char('0')).left(digits);
}

QString formatDate(TimeNs time, bool utc) { return dateTime(time, utc).toString(QStringLiteral("yyyy-MM-dd")); }

QString formatDateTime(TimeNs time, bool utc, DurationNs resolution) {
    return formatDate(time, utc) + QLatin1Char(' ') + formatClock(time, utc, resolution);
}

QString formatRange(const TimeRange& range, bool utc) {
    const DurationNs length = range.length();
    const DurationNs resolution = length >= 10 * kMinute ? kMinute : length >= 10 * kSecond ? kSecond : length >= 10 * kMillisecond ? kMillisecond : kMicrosecond;
    const QString dash = QStringLiteral("\u2009–\u2009");
    if (formatDate(range.from, utc) == formatDate(range.to, utc))
        return formatClock(range.from, utc, resolution) + dash + formatClock(range.to, utc, resolution);
    return formatDateTime(range.from, utc, resolution) + dash + formatDateTime(range.to, utc, resolution);
}

QString formatLength(DurationNs duration) { return QString::fromStdString(formatDuration(duration)); }

}  // namespace nj::ui
