// What a heatmap over time shows, as plain values: counts by column and row, their colours. Any thread.
#pragma once

#include <QVector>
#include <algorithm>
#include <bit>
#include <vector>

#include "theme/theme.h"
#include "widgets/chart_data.h"

namespace nj::ui {

struct HeatmapDot {
    TimeNs time = 0;
    double value = 0;
};

struct HeatmapData {
    TimeNs from = 0;
    DurationNs width = 0;                // of a column
    QVector<double> bounds;              // rows + 1, ascending, above zero
    QVector<quint32> counts;             // [column * rows + row]
    QVector<HeatmapDot> exemplars;
    ChartMarks marks;
    QString unit;
    QString title, description;
    bool logCount = true;
    double perCount = 1;                 // what one of `counts` stands for, where they are shares of something else
    [[nodiscard]] qsizetype rows() const { return bounds.size() > 1 ? bounds.size() - 1 : 0; }
    [[nodiscard]] qsizetype columns() const { return rows() > 0 ? counts.size() / rows() : 0; }
    [[nodiscard]] quint32 most() const;
    // Share of the colour scale for a count ≥ 1: 0 one, 1 the most.
    [[nodiscard]] double shade(quint32 count, quint32 most) const;
};

// "n = 31,648, 09:30 – 11:50 UTC, most 2,096 at 10:12 between 300 ms and 420 ms": for those who do not see it.
QString heatmapSentence(const HeatmapData& data, quint32 most, bool utc);

// Round counts for the legend: 1 2 4 8 15 …, the last being the most.
QVector<quint32> heatSteps(quint32 most, bool logCount);
QRgb heatColor(const Theme& theme, double shade);

// Colours of counts, looked up by their leading bits: exact up to 512, above within 0.2 %. Cheaper than a logarithm for every cell.
class HeatmapColors {
public:
    HeatmapColors(const HeatmapData& data, quint32 most, const Theme& theme);
    // Transparent for none.
    [[nodiscard]] QRgb of(quint32 count) const { return table_[std::min<size_t>(slotOf(count), table_.size() - 1)]; }

private:
    // A float's exponent and eight bits of its fraction: 256 slots for each doubling. 0 none, 1 one, …
    static constexpr int kDroppedBits = 23 - 8;
    static constexpr quint32 kSlotOfOne = std::bit_cast<quint32>(1.0F) >> kDroppedBits;
    static quint32 slotOf(quint32 count) {
        const quint32 slot = std::bit_cast<quint32>(static_cast<float>(count)) >> kDroppedBits;
        return slot < kSlotOfOne ? 0 : slot - kSlotOfOne + 1;
    }
    static quint32 countOf(quint32 slot);
    std::vector<QRgb> table_;
};

}  // namespace nj::ui
