#include "widgets/metric_lanes.h"

#include <QMouseEvent>
#include <QPainter>
#include <algorithm>
#include <cmath>

#include "theme/number_format.h"

namespace nj::ui {

std::optional<double> MetricLane::at(TimeNs time) const {
    const auto it = std::upper_bound(points.begin(), points.end(), time, [](TimeNs t, const auto& p) { return t < p.first; });
    if (it == points.begin() || std::isnan((it - 1)->second))
        return std::nullopt;
    return (it - 1)->second;
}

MetricLanes::MetricLanes(const Theme& theme, QWidget* parent) : QWidget(parent), theme_(theme) {
    setMouseTracking(true);
    setAccessibleName(tr("Metrics during the trace"));
}

void MetricLanes::setLanes(std::vector<MetricLane> lanes) {
    lanes_ = std::move(lanes);
    setFixedHeight(std::max(1, static_cast<int>(lanes_.size()) * kLaneHeight));
    updateGeometry();
    update();
}

void MetricLanes::setAxis(const TraceAxis& axis) {
    axis_ = axis;
    update();
}

void MetricLanes::setCursor(std::optional<TimeNs> time) {
    if (cursor_ == time)
        return;
    cursor_ = time;
    update();
}

void MetricLanes::setHighlight(std::optional<TimeRange> range) {
    highlight_ = range;
    update();
}

QSize MetricLanes::sizeHint() const { return {400, static_cast<int>(lanes_.size()) * kLaneHeight}; }

void MetricLanes::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.fillRect(rect(), theme_.panel);
    for (size_t i = 0; i < lanes_.size(); ++i)
        paintLane(painter, lanes_[i], QRect(0, static_cast<int>(i) * kLaneHeight, width(), kLaneHeight));
    if (cursor_ && *cursor_ >= axis_.from && *cursor_ <= axis_.to)
        painter.fillRect(static_cast<int>(std::round(axis_.x(*cursor_))), 0, 1, height(), theme_.text);
}

void MetricLanes::paintLane(QPainter& painter, const MetricLane& lane, const QRect& rect) const {
    painter.fillRect(QRect(rect.left(), rect.top(), rect.width(), 1), theme_.line);
    const TimeNs instant = cursor_.value_or(highlight_ ? highlight_->from + highlight_->length() / 2 : axis_.from + (axis_.to - axis_.from) / 2);
    const int right = axis_.left - theme_.padding;
    painter.setFont(theme_.table);
    painter.setPen(theme_.text);
    const QString title = painter.fontMetrics().elidedText(lane.title, Qt::ElideRight, right - 110);
    painter.drawText(QRect(theme_.unit, rect.top() + 6, right, 18), Qt::AlignVCenter, title);
    QFont bold = theme_.table;
    bold.setWeight(QFont::DemiBold);
    painter.setFont(bold);
    const auto value = lane.at(instant);
    painter.drawText(QRect(0, rect.top() + 6, right, 18), Qt::AlignVCenter | Qt::AlignRight, value ? formatValue(*value, lane.unit) : tr("no sample"));
    painter.setFont(theme_.caption);
    painter.setPen(theme_.muted);
    painter.drawText(QRect(theme_.unit, rect.top() + 24, right, 16), Qt::AlignVCenter, painter.fontMetrics().elidedText(lane.subtitle, Qt::ElideRight, right - 110));
    painter.drawText(QRect(0, rect.top() + 24, right, 16), Qt::AlignVCenter | Qt::AlignRight,
                     QStringLiteral("%1 – %2").arg(formatNumber(lane.low), formatValue(lane.high, lane.unit)));
    const QRect plot(axis_.left, rect.top() + 5, axis_.width, rect.height() - 10);
    if (highlight_) {
        const double x = std::max<double>(axis_.x(highlight_->from), axis_.left);
        painter.fillRect(QRectF(x, rect.top() + 1, std::min<double>(axis_.x(highlight_->to), axis_.left + axis_.width) - x, rect.height() - 1), theme_.selection);
    }
    painter.setClipRect(plot.adjusted(0, -4, 0, 4));
    paintLine(painter, lane, lane.control, plot, theme_.muted, false);
    paintLine(painter, lane, lane.points, plot, lane.color, true);
    if (!lane.control.empty()) {
        painter.setPen(theme_.muted);
        painter.setFont(theme_.caption);
        painter.drawText(plot.adjusted(0, 0, -4, 0), Qt::AlignRight | Qt::AlignTop, lane.controlName);
    }
    painter.setClipping(false);
}

void MetricLanes::paintLine(QPainter& painter, const MetricLane& lane, const std::vector<std::pair<TimeNs, double>>& points, const QRect& rect, const QColor& color, bool main) const {
    const double span = lane.high > lane.low ? lane.high - lane.low : 1;
    const auto y = [&](double v) { return rect.bottom() - std::clamp((v - lane.low) / span, 0.0, 1.0) * (rect.height() - 1); };
    QPen pen(color, 1.25);
    pen.setCosmetic(true);
    painter.setPen(pen);
    painter.setRenderHint(QPainter::Antialiasing, true);
    QColor band = color;
    band.setAlphaF(0.14F);
    for (size_t i = 1; i < points.size(); ++i) {
        if (std::isnan(points[i].second) || std::isnan(points[i - 1].second))
            continue;
        const QPointF a(axis_.x(points[i - 1].first), y(points[i - 1].second));
        const QPointF b(axis_.x(points[i].first), y(points[i].second));
        if (b.x() < rect.left() || a.x() > rect.right())
            continue;
        if (main) {
            const double bottom = rect.bottom() + 1;
            painter.setPen(Qt::NoPen);
            painter.setBrush(band);
            painter.drawPolygon(QPolygonF({a, b, QPointF(b.x(), bottom), QPointF(a.x(), bottom)}));
            painter.setPen(pen);
        }
        painter.drawLine(a, b);
    }
    const bool sparse = points.size() * 8 < static_cast<size_t>(std::max(1, rect.width()));
    painter.setBrush(color);
    painter.setPen(Qt::NoPen);
    for (size_t i = 0; main && sparse && i < points.size(); ++i)
        if (!std::isnan(points[i].second))
            painter.drawEllipse(QPointF(axis_.x(points[i].first), y(points[i].second)), 2, 2);
    painter.setRenderHint(QPainter::Antialiasing, false);
}

void MetricLanes::mouseMoveEvent(QMouseEvent* event) {
    const double x = event->position().x();
    Q_EMIT cursorMoved(x >= axis_.left && x <= axis_.left + axis_.width ? std::optional<TimeNs>(axis_.time(x)) : std::nullopt);
}

void MetricLanes::mousePressEvent(QMouseEvent* event) {
    const auto lane = static_cast<size_t>(event->position().y()) / kLaneHeight;
    if (lane < lanes_.size())
        Q_EMIT laneClicked(lanes_[lane].series);
}

void MetricLanes::leaveEvent(QEvent*) { Q_EMIT cursorMoved(std::nullopt); }

}  // namespace nj::ui
