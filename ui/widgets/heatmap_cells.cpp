#include "widgets/heatmap_cells.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <vector>

namespace nj::ui {
namespace {

constexpr int kAirFrom = 5;      // pixels from which a cell leaves one free to the next
constexpr size_t kBlock = 8;     // columns coloured together, so that lines of the picture are written in runs

// Cells that share their pixels, as [first, last), and the pixels they fill, as [from, to).
struct Group {
    qsizetype first = 0, last = 0;
    int from = 0, to = 0;
};

// The pixel at which a cell begins that is `size` pixels long. Cells under a pixel belong to the one they begin in, the last as well.
int edgeOf(double at, double size) { return static_cast<int>(size < 1 ? std::floor(at + 1e-6) : std::round(at)); }

// `edges`: of the cells in pixels, one more than there are, all ascending.
std::vector<Group> groupsOf(const std::vector<int>& edges, int pixels, int air) {
    std::vector<Group> groups;
    for (size_t i = 0; i + 1 < edges.size(); ++i) {
        const int from = edges[i], to = std::max(from + 1, edges[i + 1] - air);
        if (to <= 0 || from >= pixels)
            continue;
        const auto cell = static_cast<qsizetype>(i);
        if (!groups.empty() && from < groups.back().to) {
            groups.back().last = cell + 1;
            groups.back().to = std::min(pixels, std::max(groups.back().to, to));
        } else {
            groups.push_back({cell, cell + 1, std::max(0, from), std::min(pixels, to)});
        }
    }
    return groups;
}

// The fullest cells of a group of columns, one figure for each group of rows.
void fullest(const HeatmapData& data, const Group& columns, const std::vector<Group>& rows, std::vector<quint32>& scratch, std::vector<quint32>& out) {
    const qsizetype count = data.rows();
    const quint32* cells = data.counts.constData() + columns.first * count;
    if (columns.last - columns.first > 1) {
        scratch.assign(cells, cells + count);
        for (qsizetype column = columns.first + 1; column < columns.last; ++column) {
            const quint32* more = data.counts.constData() + column * count;
            for (qsizetype row = 0; row < count; ++row)
                scratch[static_cast<size_t>(row)] = std::max(scratch[static_cast<size_t>(row)], more[row]);
        }
        cells = scratch.data();
    }
    for (size_t g = 0; g < rows.size(); ++g) {
        quint32 most = 0;
        for (qsizetype row = rows[g].first; row < rows[g].last; ++row)
            most = std::max(most, cells[row]);
        out[g] = most;
    }
}

}  // namespace

void drawHeatmapCells(const HeatmapData& data, quint32 most, const PlotFrame& frame, double ratio, const Theme& theme, QImage& image) {
    // Memory of the last picture is taken again: fresh pages of a full screen cost as much as its colours.
    if (const QSize size = (frame.plot.size() * ratio).toSize(); image.size() != size)
        image = QImage(size, QImage::Format_ARGB32_Premultiplied);
    image.setDevicePixelRatio(ratio);
    image.fill(Qt::transparent);
    if (data.columns() == 0 || data.width <= 0 || most == 0 || image.isNull())
        return;
    const double wide = frame.plot.width() * ratio * static_cast<double>(data.width) / static_cast<double>(std::max<DurationNs>(1, frame.range.length()));
    const double high = std::abs(frame.y(data.bounds.front()) - frame.y(data.bounds.back())) * ratio / static_cast<double>(data.rows());
    std::vector<int> across, up;
    for (qsizetype column = 0; column <= data.columns(); ++column)
        across.push_back(edgeOf((frame.x(data.from + static_cast<DurationNs>(column) * data.width) - frame.plot.left()) * ratio, wide));
    for (const double bound : data.bounds)
        up.push_back(edgeOf((frame.plot.bottom() - frame.y(bound)) * ratio, high));
    double narrowest = wide;
    for (size_t row = 0; row + 1 < up.size(); ++row)
        narrowest = std::min<double>(narrowest, up[row + 1] - up[row]);
    const int air = narrowest >= kAirFrom ? 1 : 0;
    const std::vector<Group> columns = groupsOf(across, image.width(), air), rows = groupsOf(up, image.height(), air);

    // One colour for each pair of groups, line by line.
    const HeatmapColors colors(data, most, theme);
    std::vector<QRgb> shades(columns.size() * rows.size());
    std::array<std::vector<quint32>, kBlock> block;
    block.fill(std::vector<quint32>(rows.size()));
    std::vector<quint32> scratch;
    for (size_t c = 0; c < columns.size(); c += kBlock) {
        const size_t taken = std::min(kBlock, columns.size() - c);
        for (size_t k = 0; k < taken; ++k)
            fullest(data, columns[c + k], rows, scratch, block[k]);
        for (size_t r = 0; r < rows.size(); ++r)
            for (size_t k = 0; k < taken; ++k)
                shades[r * columns.size() + c + k] = colors.of(block[k][r]);
    }

    for (size_t r = 0; r < rows.size(); ++r) {
        const int bottom = image.height() - rows[r].from - air, top = std::max(0, image.height() - rows[r].to - air);   // rows count from below
        auto* first = reinterpret_cast<QRgb*>(image.scanLine(top));
        for (size_t c = 0; c < columns.size(); ++c)
            std::fill(first + columns[c].from, first + columns[c].to, shades[r * columns.size() + c]);
        for (int y = top + 1; y < bottom; ++y)
            std::memcpy(image.scanLine(y), first, static_cast<size_t>(image.width()) * sizeof(QRgb));
    }
}

QVector<quint64> heatmapRowSums(const HeatmapData& data, TimeRange range) {
    QVector<quint64> sums(data.rows());
    quint64* sum = sums.data();
    for (qsizetype column = 0; column < data.columns(); ++column) {
        if (!range.contains(data.from + static_cast<DurationNs>(column) * data.width + data.width / 2))
            continue;
        const quint32* counts = data.counts.constData() + column * data.rows();
        for (qsizetype row = 0; row < data.rows(); ++row)
            sum[row] += counts[row];
    }
    return sums;
}

}  // namespace nj::ui
