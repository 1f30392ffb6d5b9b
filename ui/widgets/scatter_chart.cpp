#include "widgets/scatter_chart.h"

#include <algorithm>
#include <cmath>

namespace nj::ui {
namespace {

constexpr double kSize = 2.2, kFailedSize = 3.4, kSelectedSize = 5, kReach = 8;

}  // namespace

ScatterChart::ScatterChart(Workspace& workspace, const Theme& theme, QWidget* parent) : ChartFrame(workspace, theme, parent) {
    setDrag(ChartDrag::kBox);
    setCardShown(false);
    connect(this, &ChartFrame::pointClicked, this, [this](TimeNs, int index, double) {
        if (index >= 0)
            Q_EMIT pointOpened(index);
    });
}

void ScatterChart::setData(const ScatterData& data) {
    data_ = data;
    selected_ = -1;
    double low = 0, high = 0;
    for (const ScatterPoint& point : std::as_const(data_.points))
        if (point.value > 0 && std::isfinite(point.value)) {
            low = low > 0 ? std::min(low, point.value) : point.value;
            high = std::max(high, point.value);
        }
    ScaleWish wish;
    wish.log = true;
    scale_ = high > 0 ? niceScale(low, high, wish) : ValueScale{true, 0.1, 10};
    setAccessibleName(data.title.isEmpty() ? tr("Scatter") : data.title);
    setAccessibleDescription(data.description);
    relayout();
}

void ScatterChart::setSelected(int point) {
    if (selected_ == point)
        return;
    selected_ = point;
    repaintContent();
}

void ScatterChart::paintPoint(QPainter& painter, const ScatterPoint& point, const QPointF& at, double size) const {
    if (point.failed)
        painter.drawPolygon(QPolygonF({at + QPointF(0, -size), at + QPointF(size, size * 0.8), at + QPointF(-size, size * 0.8)}));
    else
        painter.drawEllipse(at, size, size);
}

void ScatterChart::layoutContent(const PlotFrame& frame) {
    const double ratio = viewport()->devicePixelRatioF();
    picture_ = QImage((frame.plot.size() * ratio).toSize(), QImage::Format_ARGB32_Premultiplied);
    if (picture_.isNull())
        return;
    picture_.setDevicePixelRatio(ratio);
    picture_.fill(Qt::transparent);
    QPainter painter(&picture_);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.translate(-frame.plot.topLeft());
    painter.setPen(Qt::NoPen);
    QColor plain = theme().accent;
    plain.setAlphaF(0.55F);
    // What failed lies on top: it is what one looks for.
    for (const bool failed : {false, true}) {
        painter.setBrush(failed ? theme().error : plain);
        for (const ScatterPoint& point : std::as_const(data_.points))
            if (point.failed == failed && frame.range.contains(point.time))
                paintPoint(painter, point, {frame.x(point.time), frame.y(std::max(point.value, frame.scale.low))}, failed ? kFailedSize : kSize);
    }
}

void ScatterChart::paintContent(QPainter& painter) {
    painter.drawImage(plotFrame().plot.topLeft(), picture_);
    if (selected_ < 0 || selected_ >= data_.points.size() || !plotFrame().range.contains(data_.points[selected_].time))
        return;
    const ScatterPoint& point = data_.points[selected_];
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(theme().text, 1.5));
    painter.setBrush(point.failed ? theme().error : theme().accent);
    paintPoint(painter, point, {plotFrame().x(point.time), plotFrame().y(std::max(point.value, plotFrame().scale.low))}, kSelectedSize);
}

std::pair<int, double> ScatterChart::hit(const QPointF& at) const {
    int best = -1;
    double nearest = kReach;
    for (int i = 0; i < data_.points.size(); ++i) {
        const ScatterPoint& point = data_.points[i];
        const double distance = std::hypot(plotFrame().x(point.time) - at.x(), plotFrame().y(std::max(point.value, plotFrame().scale.low)) - at.y());
        if (distance < nearest) {
            nearest = distance;
            best = i;
        }
    }
    return {best, plotFrame().valueAt(at.y())};
}

}  // namespace nj::ui
