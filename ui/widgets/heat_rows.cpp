#include "widgets/heat_rows.h"

#include <QImage>
#include <algorithm>
#include <cmath>

namespace nj::ui {

void HeatRowLayout::set(const HeatRows& rows, int rowHeight, int headingHeight) {
    rowHeight_ = rowHeight;
    tops_.assign(1, 0);
    for (const HeatRow& row : rows.rows)
        tops_.push_back(tops_.back() + rowHeight + (row.heading.isEmpty() ? 0 : headingHeight));
}

int HeatRowLayout::rowAt(int y) const {
    if (y < 0 || y >= height())
        return -1;
    return static_cast<int>(std::upper_bound(tops_.begin(), tops_.end(), y) - tops_.begin()) - 1;
}

QImage heatImage(const HeatRows& rows, const Theme& theme, int height, bool lowIsWorse) {
    const int count = static_cast<int>(rows.rows.size());
    const int lines = height > 0 ? std::min(height, count) : count;
    if (lines == 0 || rows.columns == 0)
        return {};
    // 256 colours are more than the eye tells apart; looking one up is cheaper than mixing it for every cell.
    constexpr int kColors = 256;
    QRgb palette[kColors];
    for (int i = 0; i < kColors; ++i)
        palette[i] = rows.scale.color(rows.scale.low + (rows.scale.high - rows.scale.low) * i / (kColors - 1), theme);
    // As HeatScale::position(), without its double precision: this runs for every cell.
    const auto low = static_cast<float>(rows.scale.low);
    const float perUnit = rows.scale.high > rows.scale.low ? static_cast<float>((kColors - 1) / (rows.scale.high - rows.scale.low)) : 0.0F;
    QImage image(rows.columns, lines, QImage::Format_ARGB32_Premultiplied);
    image.fill(Qt::transparent);
    std::vector<float> worst;
    for (int line = 0; line < lines; ++line) {
        const int first = static_cast<int>(static_cast<qint64>(line) * count / lines), last = static_cast<int>(static_cast<qint64>(line + 1) * count / lines);
        const std::vector<float>* shown = &rows.rows[first].values;
        if (last - first > 1) {
            worst = *shown;
            for (int r = first + 1; r < last; ++r)
                for (size_t c = 0; c < std::min(worst.size(), rows.rows[r].values.size()); ++c) {
                    const float v = rows.rows[r].values[c];
                    if (std::isnan(worst[c]) || (lowIsWorse ? v < worst[c] : v > worst[c]))
                        worst[c] = v;
                }
            shown = &worst;
        }
        auto* pixels = reinterpret_cast<QRgb*>(image.scanLine(line));
        for (int c = 0; c < rows.columns && c < static_cast<int>(shown->size()); ++c)
            if (const float v = (*shown)[static_cast<size_t>(c)]; !std::isnan(v))
                pixels[c] = palette[static_cast<int>(std::max(0.0F, std::min((v - low) * perUnit, kColors - 1.0F)) + 0.5F)];
    }
    return image;
}

}  // namespace nj::ui
