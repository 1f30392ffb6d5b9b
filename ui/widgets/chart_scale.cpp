#include "widgets/chart_scale.h"

#include <algorithm>
#include <cmath>
#include <initializer_list>
#include <utility>

#include "theme/number_format.h"

namespace nj::ui {
namespace {

// The smallest of 1, 2, 5 × 10^k not below the given step.
double niceStep(double raw) {
    const double power = std::pow(10.0, std::floor(std::log10(raw)));
    for (const double digit : {1.0, 2.0, 2.5, 5.0})
        if (digit * power >= raw * (1 - 1e-9))
            return digit * power;
    return 10 * power;
}

double axisStep(double raw, bool binary) { return binary ? std::exp2(std::ceil(std::log2(raw) - 1e-9)) : niceStep(raw); }

// 1, 3, 10, 30 …: the k-th of them.
double oneThree(int k) {
    const int decade = k >= 0 ? k / 2 : -((1 - k) / 2);
    return (k - 2 * decade == 0 ? 1.0 : 3.0) * std::pow(10.0, decade);
}

int oneThreeBelow(double value) {
    int k = 2 * static_cast<int>(std::floor(std::log10(value)));
    while (oneThree(k + 1) <= value * (1 + 1e-9))
        ++k;
    return k;
}

QVector<double> linearTicks(double low, double high, int maxTicks, bool binary) {
    const double step = axisStep((high - low) / std::max(1, maxTicks), binary);
    QVector<double> ticks;
    for (double k = std::ceil(low / step - 1e-9); k * step <= high + step * 1e-9 && ticks.size() < 200; k += 1)
        ticks.push_back(k == 0 ? 0 : k * step);
    return ticks;
}

// Powers of two, as many octaves apart as there is room for.
QVector<double> octaveTicks(double low, double high, int maxTicks) {
    const int first = static_cast<int>(std::ceil(std::log2(low) - 1e-9)), last = static_cast<int>(std::floor(std::log2(high) + 1e-9));
    int stride = 1;
    while ((last - first) / stride >= maxTicks)
        stride = stride < 10 ? stride + 1 : stride + 10;   // then by whole units: KiB, MiB
    QVector<double> ticks;
    for (int k = first; k <= last; ++k)
        if (stride < 10 ? (k - first) % stride == 0 : k % stride == 0)
            ticks.push_back(std::exp2(k));
    return ticks.size() >= 2 ? ticks : linearTicks(low, high, maxTicks, true);
}

ValueScale niceLog(double min, double max, const ScaleWish& wish) {
    ValueScale scale{true, 0, 0};
    scale.binary = wish.binary;
    const bool known = std::isfinite(max) && max > 0;
    const double top = known ? max : 10;
    // More than seven decades below the top is the floor of a measurement, not a value worth the height.
    const double bottom = known && std::isfinite(min) && min > 0 ? std::max(min, top * 1e-7) : top / 10;
    // To the next tick, or a little air where that is far: 31.7 ends at 41, not at 100.
    const int below = oneThreeBelow(bottom), above = oneThreeBelow(top);
    const double ceiling = oneThree(above) >= top * (1 - 1e-9) ? oneThree(above) : oneThree(above + 1);
    scale.low = wish.low && *wish.low > 0 ? *wish.low : std::max(oneThree(below), bottom * 0.75);
    scale.high = wish.high && *wish.high > scale.low ? *wish.high : std::min(ceiling, top * 1.3);
    if (scale.high <= scale.low)
        scale.high = scale.low * 10;
    return scale;
}

struct AxisUnit {
    double size = 1;
    QString name;
};

AxisUnit pick(double top, std::initializer_list<std::pair<double, const char*>> steps) {
    AxisUnit unit;
    for (const auto& [size, name] : steps) {
        unit = {size, QString::fromUtf8(name)};
        if (top >= size * 0.999)
            break;
    }
    return unit;
}

AxisUnit axisUnit(double top, const QString& unit) {
    if (unit == u"ratio")
        return {0.01, QStringLiteral("%")};
    if (unit == u"By/s") {
        AxisUnit chosen = axisUnit(top, QStringLiteral("By"));
        chosen.name += QLatin1String("/s");
        return chosen;
    }
    if (unit == u"By" || unit == u"B" || unit == u"bytes")
        return pick(top, {{0x1p50, "PiB"}, {0x1p40, "TiB"}, {0x1p30, "GiB"}, {0x1p20, "MiB"}, {0x1p10, "KiB"}, {1, "B"}});
    for (const auto& [name, size] : {std::pair{u"s", 1.0}, {u"ms", 1e-3}, {u"us", 1e-6}, {u"ns", 1e-9}})
        if (unit == QStringView(name)) {
            AxisUnit chosen = pick(top * size, {{1, "s"}, {1e-3, "ms"}, {1e-6, "µs"}, {1e-9, "ns"}});
            chosen.size /= size;
            return chosen;
        }
    if (takesPrefix(unit)) {
        AxisUnit chosen = pick(top, {{1e12, "T"}, {1e9, "G"}, {1e6, "M"}, {1e3, "k"}, {1, ""}});
        chosen.name += unit;
        return chosen;
    }
    QString words = unit == u"1" ? QString() : unit;
    words.remove(QLatin1Char('{')).remove(QLatin1Char('}'));
    return {1, words};
}

}  // namespace

QStringList tickLabels(const QVector<double>& ticks, const QString& unit) {
    QStringList labels;
    if (ticks.isEmpty())
        return labels;
    const double top = std::max(std::abs(ticks.front()), std::abs(ticks.back()));
    const AxisUnit shown = axisUnit(top, unit);
    if (ticks.front() > 0 && top / ticks.front() >= 1024 && (unit == u"By" || unit == u"By/s")) {   // 256 MiB is no 0.000244 TiB
        for (const double tick : ticks) {
            const AxisUnit own = axisUnit(tick, unit);
            labels.push_back(QString::number(tick / own.size, 'g', 6) + QChar(0x00A0) + own.name);
        }
        return labels;
    }
    for (const double tick : ticks) {
        const double value = tick / shown.size;
        QString label = std::abs(value) >= 1000 ? formatShort(value) : QString::number(value, 'g', 6);
        labels.push_back(label.replace(QLatin1Char('-'), QChar(0x2212)));
    }
    if (!shown.name.isEmpty())
        labels.back() += (shown.name.startsWith(QLatin1Char('/')) ? QString() : QString(QChar(0x00A0))) + shown.name;
    return labels;
}

double ValueScale::position(double value) const {
    if (std::isnan(value))
        return value;
    if (!log)
        return std::clamp((value - low) / (high - low), 0.0, 1.0);
    if (value <= low)
        return 0;
    return std::min(1.0, std::log(value / low) / std::log(high / low));
}

double ValueScale::valueAt(double position) const {
    return log ? low * std::pow(high / low, position) : low + position * (high - low);
}

ValueScale niceScale(double min, double max, const ScaleWish& wish, int ticks) {
    if (wish.log)
        return niceLog(min, max, wish);
    ValueScale scale;
    const bool known = std::isfinite(min) && std::isfinite(max);
    double low = known ? min : 0, high = known ? max : 1;
    if (wish.fromZero) {
        low = std::min(0.0, low);
        high = std::max(0.0, high);
    }
    if (high - low <= std::max(std::abs(high), std::abs(low)) * 1e-12) {
        high = high == 0 ? 1 : high + std::abs(high) * 0.5;
        if (!wish.fromZero)
            low -= std::abs(low) * 0.5;
    }
    scale.binary = wish.binary;
    const double step = axisStep((high - low) / std::max(1, ticks), wish.binary);
    scale.low = wish.low ? *wish.low : std::floor(low / step + 1e-9) * step;
    scale.high = wish.high ? *wish.high : std::ceil(high / step - 1e-9) * step;
    if (scale.high <= scale.low)
        scale.high = scale.low + (scale.low == 0 ? 1 : std::abs(scale.low));
    return scale;
}

QVector<double> valueTicks(const ValueScale& scale, int maxTicks) {
    if (!scale.log)
        return linearTicks(scale.low, scale.high, maxTicks, scale.binary);
    if (scale.binary)
        return octaveTicks(scale.low, scale.high, maxTicks);
    QVector<double> ticks;
    const int first = oneThreeBelow(scale.low), last = oneThreeBelow(scale.high);
    // Halves of decades while they fit, then every decade, every second one …
    int stride = 1;
    while ((last - first) / stride > maxTicks)
        stride *= 2;
    for (int k = first; k <= last; ++k) {
        const bool kept = stride == 1 || (k % stride == 0);
        if (kept && oneThree(k) >= scale.low * (1 - 1e-9))
            ticks.push_back(oneThree(k));
    }
    return ticks.size() >= 2 ? ticks : linearTicks(scale.low, scale.high, maxTicks, scale.binary);
}

}  // namespace nj::ui
