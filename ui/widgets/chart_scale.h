// The value axis of a chart: linear or logarithmic, with nice bounds and ticks (0.1 0.3 1 3 10 30). Plain values, any thread.
#pragma once

#include <QString>
#include <QStringList>
#include <QVector>
#include <optional>

namespace nj::ui {

struct ValueScale {
    bool log = false;
    double low = 0, high = 1;
    bool binary = false;
    // Position of a value: 0 at the bottom, 1 at the top, clamped; on a log scale zero and below stand at the bottom. NaN stays NaN.
    [[nodiscard]] double position(double value) const;
    [[nodiscard]] double valueAt(double position) const;
    bool operator==(const ValueScale&) const = default;
};

struct ScaleWish {
    bool log = false;
    bool fromZero = true;                 // linear only: counts and rates start at zero
    bool binary = false;                  // powers of two, for bytes
    std::optional<double> low, high;      // fixed ends
    bool operator==(const ScaleWish&) const = default;
};

// Bounds that hold [min, max] and, where free, end at a tick. Values that are not finite count as missing.
ValueScale niceScale(double min, double max, const ScaleWish& wish, int ticks = 5);
// About maxTicks round values inside the scale, ascending.
QVector<double> valueTicks(const ValueScale& scale, int maxTicks);
// One label per tick in one unit fit for the uppermost, which alone names it: "30 s", "10", "3"; "80 ms", "40", "0".
// Bytes over more than a prefix each in their own.
QStringList tickLabels(const QVector<double>& ticks, const QString& unit);

}  // namespace nj::ui
