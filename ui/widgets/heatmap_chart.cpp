#include "widgets/heatmap_chart.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "theme/number_format.h"

namespace nj::ui {
namespace {

constexpr double kRing = 4, kSideGap = 8, kSideBar = 44;

}  // namespace

quint32 HeatmapData::most() const {
    const auto largest = std::max_element(counts.begin(), counts.end());
    return largest == counts.end() ? 0 : *largest;
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

HeatmapChart::HeatmapChart(Workspace& workspace, const Theme& theme, QWidget* parent) : ChartFrame(workspace, theme, parent) {
    setDrag(ChartDrag::kBox);
    setCardShown(true);
    connect(this, &ChartFrame::pointClicked, this, [this](TimeNs, int index, double) {
        if (index >= 0)
            Q_EMIT exemplarClicked(index);
    });
}

void HeatmapChart::setData(const HeatmapData& data) {
    data_ = data;
    most_ = data_.most();
    setAccessibleName(data.title.isEmpty() ? tr("Heatmap") : data.title);
    setAccessibleDescription(data.description);
    relayout();
}

ValueScale HeatmapChart::valueScale() const {
    if (data_.rows() == 0 || !(data_.bounds.front() > 0))
        return {true, 0.1, 10};
    return {true, data_.bounds.front(), data_.bounds.back()};
}

void HeatmapChart::layoutContent(const PlotFrame& frame) {
    // The cells as one picture in device pixels: thousands of rectangles cost milliseconds once, not on every repaint.
    const double ratio = viewport()->devicePixelRatioF();
    const QSize size = (frame.plot.size() * ratio).toSize();
    cells_ = QImage(size, QImage::Format_ARGB32_Premultiplied);
    cells_.fill(Qt::transparent);
    if (data_.rows() == 0 || data_.width <= 0 || size.isEmpty())
        return;
    const auto pixelX = [&](qsizetype column) {
        return static_cast<int>(std::lround((frame.x(data_.from + static_cast<DurationNs>(column) * data_.width) - frame.plot.left()) * ratio));
    };
    std::vector<int> edges;   // of the rows, from below
    for (const double bound : data_.bounds)
        edges.push_back(static_cast<int>(std::lround((frame.y(bound) - frame.plot.top()) * ratio)));
    std::vector<QRgb> colors;   // by count, as far as counts repeat
    for (quint32 count = 0; count <= std::min<quint32>(most_, 4096); ++count)
        colors.push_back(heatColor(theme(), data_.shade(count, most_)));
    auto* pixels = reinterpret_cast<QRgb*>(cells_.bits());
    const qsizetype stride = cells_.bytesPerLine() / static_cast<qsizetype>(sizeof(QRgb));
    for (qsizetype column = 0; column < data_.columns(); ++column) {
        const int left = pixelX(column), right = pixelX(column + 1);
        if (right < 0 || left > size.width())
            continue;
        for (qsizetype row = 0; row < data_.rows(); ++row) {
            const quint32 count = data_.counts[column * data_.rows() + row];
            if (count == 0)
                continue;
            const int top = edges[static_cast<size_t>(row) + 1], bottom = edges[static_cast<size_t>(row)];
            const int air = right - left >= 5 && bottom - top >= 5 ? 1 : 0;
            const QRect cell = QRect(left, top, std::max(1, right - left - air), std::max(1, bottom - top - air)).intersected(cells_.rect());
            const QRgb color = count < colors.size() ? colors[count] : heatColor(theme(), data_.shade(count, most_));
            for (int y = cell.top(); y <= cell.bottom(); ++y)
                std::fill_n(pixels + y * stride + cell.left(), std::max(0, cell.width()), color);
        }
    }
}

void HeatmapChart::paintContent(QPainter& painter) {
    painter.drawImage(plotFrame().plot, cells_);
    for (const HeatmapDot& dot : data_.exemplars) {
        if (!plotFrame().range.contains(dot.time))
            continue;
        const QPointF at(plotFrame().x(dot.time), plotFrame().y(dot.value));
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(theme().panel, 3.5));
        painter.drawEllipse(at, kRing, kRing);
        painter.setPen(QPen(theme().text, 1.5));
        painter.drawEllipse(at, kRing, kRing);
    }
}

void HeatmapChart::paintSide(QPainter& painter) {
    const auto inBox = [&](double low, double high) {
        const auto values = boxValues();
        return values && std::sqrt(low * high) >= values->first && std::sqrt(low * high) <= values->second;
    };
    QVector<quint64> sums(data_.rows());
    for (qsizetype i = 0; i < data_.columns() * data_.rows(); ++i) {
        const TimeNs middle = data_.from + static_cast<DurationNs>(i / data_.rows()) * data_.width + data_.width / 2;
        if (plotFrame().range.contains(middle))
            sums[i % data_.rows()] += data_.counts[i];
    }
    const quint64 largest = sums.isEmpty() ? 0 : *std::max_element(sums.begin(), sums.end());
    if (largest == 0)
        return;
    const double left = plotFrame().plot.right() + kSideGap;
    for (qsizetype row = 0; row < data_.rows(); ++row) {
        const double top = std::round(plotFrame().y(data_.bounds[row + 1])), bottom = std::round(plotFrame().y(data_.bounds[row]));
        const double width = static_cast<double>(sums[row]) / static_cast<double>(largest) * kSideBar;
        QColor color = inBox(data_.bounds[row], data_.bounds[row + 1]) ? theme().accent : theme().muted;
        if (color == theme().muted)
            color.setAlphaF(0.5F);
        if (sums[row] > 0)
            painter.fillRect(QRectF(left, top, std::max(1.0, width), std::max(1.0, bottom - top - 1)), color);
    }
    painter.setFont(theme().caption);
    painter.setPen(theme().muted);
    painter.drawText(QPointF(left, plotFrame().plot.bottom() + 17), tr("max %1").arg(formatShort(static_cast<double>(largest))));
}

QVector<CursorRow> HeatmapChart::cursorRows(TimeNs time) const {
    if (data_.width <= 0 || time < data_.from)
        return {};
    const auto column = static_cast<qsizetype>((time - data_.from) / data_.width);
    if (column >= data_.columns())
        return {};
    QVector<std::pair<quint32, qsizetype>> cells;
    quint64 sum = 0;
    for (qsizetype row = 0; row < data_.rows(); ++row)
        if (const quint32 count = data_.counts[column * data_.rows() + row]; count > 0) {
            cells.push_back({count, row});
            sum += count;
        }
    std::sort(cells.begin(), cells.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
    QVector<CursorRow> rows;
    for (qsizetype i = 0; i < std::min<qsizetype>(4, cells.size()); ++i) {
        const auto [count, row] = cells[i];
        const QString name = formatValue(data_.bounds[row], data_.unit) + QStringLiteral(" – ") + formatValue(data_.bounds[row + 1], data_.unit);
        rows.push_back({QColor(heatColor(theme(), data_.shade(count, most_))), name, formatCount(count), data_.bounds[row], {0, kNoValue}});
    }
    if (cells.size() > 4)
        rows.push_back({Qt::transparent, tr("all in this column"), formatCount(sum), -1, {0, kNoValue}});
    return rows;
}

std::pair<int, double> HeatmapChart::hit(const QPointF& at) const {
    int best = -1;
    double nearest = 8;
    for (int i = 0; i < data_.exemplars.size(); ++i) {
        const HeatmapDot& dot = data_.exemplars[i];
        const double distance = std::hypot(plotFrame().x(dot.time) - at.x(), plotFrame().y(dot.value) - at.y());
        if (distance < nearest) {
            nearest = distance;
            best = i;
        }
    }
    return {best, plotFrame().valueAt(at.y())};
}

quint64 HeatmapChart::countInBox() const {
    const auto range = brush();
    const auto values = boxValues();
    quint64 sum = 0;
    if (!range || !values)
        return 0;
    for (qsizetype i = 0; i < data_.columns() * data_.rows(); ++i) {
        const qsizetype row = i % data_.rows();
        const TimeNs middle = data_.from + static_cast<DurationNs>(i / data_.rows()) * data_.width + data_.width / 2;
        const double value = std::sqrt(data_.bounds[row] * data_.bounds[row + 1]);
        if (range->contains(middle) && value >= values->first && value <= values->second)
            sum += data_.counts[i];
    }
    return sum;
}

}  // namespace nj::ui
