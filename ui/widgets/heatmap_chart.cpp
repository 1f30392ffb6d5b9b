#include "widgets/heatmap_chart.h"

#include <algorithm>
#include <cmath>

#include "theme/number_format.h"
#include "widgets/heatmap_cells.h"

namespace nj::ui {
namespace {

constexpr double kRing = 4, kSideGap = 8, kSideBar = 44;
constexpr qsizetype kShownCells = 4;   // in the cursor's card

}  // namespace

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
    cellsKey_.reset();
    setAccessibleName(data.title.isEmpty() ? tr("Heatmap") : data.title);
    setAccessibleDescription(heatmapSentence(data_, most_, workspace().utc()));
    relayout();
}

ValueScale HeatmapChart::valueScale() const {
    if (data_.rows() == 0 || !(data_.bounds.front() > 0))
        return {true, 0.1, 10};
    return {true, data_.bounds.front(), data_.bounds.back(), data_.unit.startsWith(QLatin1String("By"))};
}

void HeatmapChart::layoutContent(const PlotFrame& frame) {
    // A brush or a cursor lays out too; the cells stay as long as data, range, size and colours do.
    const CellsKey key{frame.plot, frame.range, theme().kind};
    if (key == cellsKey_)
        return;
    cellsKey_ = key;
    cellsDrawn_ = false;
    sums_ = heatmapRowSums(data_, frame.range);
}

void HeatmapChart::paintContent(QPainter& painter) {
    const double ratio = painter.device()->devicePixelRatioF();
    if (!cellsDrawn_ || cells_.devicePixelRatio() != ratio)
        drawHeatmapCells(data_, most_, plotFrame(), ratio, theme(), cells_);
    cellsDrawn_ = true;
    painter.drawImage(plotFrame().plot.topLeft(), cells_);
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
    const quint64 largest = sums_.isEmpty() ? 0 : *std::max_element(sums_.begin(), sums_.end());
    if (largest == 0)
        return;
    const double left = plotFrame().plot.right() + kSideGap;
    for (qsizetype row = 0; row < data_.rows(); ++row) {
        const double top = std::round(plotFrame().y(data_.bounds[row + 1])), bottom = std::round(plotFrame().y(data_.bounds[row]));
        const double width = static_cast<double>(sums_[row]) / static_cast<double>(largest) * kSideBar;
        QColor color = inBox(data_.bounds[row], data_.bounds[row + 1]) ? theme().accent : theme().muted;
        if (color == theme().muted)
            color.setAlphaF(0.5F);
        if (sums_[row] > 0)
            painter.fillRect(QRectF(left, top, std::max(1.0, width), std::max(1.0, bottom - top - 1)), color);
    }
    painter.setFont(theme().caption);
    painter.setPen(theme().muted);
    painter.drawText(QPointF(left, plotFrame().plot.bottom() + 17), tr("max %1").arg(formatShort(static_cast<double>(largest) * data_.perCount)));
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
    const auto shown = cells.begin() + std::min<qsizetype>(kShownCells, cells.size());
    std::partial_sort(cells.begin(), shown, cells.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
    const auto text = [&](quint64 count) { return data_.perCount == 1 ? formatCount(count) : formatShort(static_cast<double>(count) * data_.perCount); };
    QVector<CursorRow> rows;
    for (qsizetype i = 0; i < std::min<qsizetype>(kShownCells, cells.size()); ++i) {
        const auto [count, row] = cells[i];
        const QString name = formatValue(data_.bounds[row], data_.unit) + QStringLiteral(" – ") + formatValue(data_.bounds[row + 1], data_.unit);
        rows.push_back({QColor(heatColor(theme(), data_.shade(count, most_))), name, text(count), data_.bounds[row], {0, kNoValue}});
    }
    if (cells.size() > kShownCells)
        rows.push_back({Qt::transparent, tr("all in this column"), text(sum), -1, {0, kNoValue}});
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
