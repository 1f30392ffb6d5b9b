#include "widgets/heatmap_data.h"

#include <QCoreApplication>
#include <algorithm>
#include <cmath>

#include "theme/number_format.h"

namespace nj::ui {
quint32 HeatmapData::most() const {
    // Not std::max_element: that follows an iterator and can't take several at once.
    quint32 largest[16] = {};
    const quint32* count = counts.constData();
    const quint32* end = count + counts.size();
    for (; end - count >= 16; count += 16)
        for (int i = 0; i < 16; ++i)
            largest[i] = std::max(largest[i], count[i]);
    for (; count != end; ++count)
        largest[0] = std::max(largest[0], *count);
    return *std::max_element(std::begin(largest), std::end(largest));
}

QString heatmapSentence(const HeatmapData& data, quint32 most, bool utc) {
    QStringList words{data.description};
    words.removeAll(QString());
    if (most > 0 && data.rows() > 0 && data.width > 0) {
        const qsizetype cell = std::find(data.counts.begin(), data.counts.end(), most) - data.counts.begin(), column = cell / data.rows(), row = cell % data.rows();
        const TimeRange range{data.from, data.from + data.columns() * data.width};
        words << formatRange(range, utc) + QLatin1Char(' ') + zoneName(range.from, utc)
              << QCoreApplication::translate("nj::ui::HeatmapChart", "most %1 at %2 between %3 and %4")
                     .arg(formatCount(most), formatClock(data.from + column * data.width, utc), formatValue(data.bounds[row], data.unit), formatValue(data.bounds[row + 1], data.unit));
    }
    return words.join(QStringLiteral(", "));
}

double HeatmapData::shade(quint32 count, quint32 most) const {
    if (count == 0 || most <= 1)
        return count == 0 ? 0 : 1;
    return logCount ? std::log(count) / std::log(most) : static_cast<double>(count - 1) / static_cast<double>(most - 1);
}

QVector<quint32> heatSteps(quint32 most, bool logCount) {
    QVector<quint32> steps;
    constexpr int kSteps = 5;
    if (most <= static_cast<quint32>(kSteps)) {
        for (quint32 count = 1; count <= most; ++count)
            steps.push_back(count);
        return steps;
    }
    for (int i = 0; i < kSteps; ++i) {
        const double share = static_cast<double>(i) / (kSteps - 1);
        const double count = logCount ? std::pow(static_cast<double>(most), share) : 1 + share * (most - 1.0);
        steps.push_back(i == kSteps - 1 ? most : static_cast<quint32>(std::lround(count)));
    }
    steps.erase(std::unique(steps.begin(), steps.end()), steps.end());
    return steps;
}

QRgb heatColor(const Theme& theme, double shade) {
    // The faintest cell must still stand out from the panel.
    const double position = 0.12 + 0.88 * shade;
    return Theme::heat(theme.kind == ThemeKind::kDark ? position : 1 - position * 0.97);
}

HeatmapColors::HeatmapColors(const HeatmapData& data, quint32 most, const Theme& theme) : table_(slotOf(most) + 1, qRgba(0, 0, 0, 0)) {
    for (quint32 slot = 1; slot < table_.size(); ++slot)
        table_[slot] = heatColor(theme, std::min(1.0, data.shade(countOf(slot), most)));
}

quint32 HeatmapColors::countOf(quint32 slot) {
    return static_cast<quint32>(std::min(4294967295.0, static_cast<double>(std::bit_cast<float>((slot - 1 + kSlotOfOne) << kDroppedBits))));
}

}  // namespace nj::ui
