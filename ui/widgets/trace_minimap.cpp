#include "widgets/trace_minimap.h"

#include <QMouseEvent>
#include <QPainter>
#include <algorithm>
#include <cmath>
#include <unordered_map>

#include "theme/number_format.h"

namespace nj::ui {

TraceMinimap::TraceMinimap(const Theme& theme, QWidget* parent) : QWidget(parent), theme_(theme) {
    setFixedHeight(44);
    setAccessibleName(tr("Trace overview: drag to zoom, double-click to fit"));
}

void TraceMinimap::setTree(std::shared_ptr<const query::TraceTree> tree) {
    tree_ = std::move(tree);
    selected_ = -1;
    image_ = {};
    update();
}

void TraceMinimap::setAxis(const TraceAxis& axis) {
    if (axis.left != axis_.left || axis.width != axis_.width)
        image_ = {};
    axis_ = axis;
    update();
}

void TraceMinimap::setSelected(int32_t span) {
    selected_ = span;
    update();
}

TraceAxis TraceMinimap::whole() const { return {tree_->from, std::max(tree_->to, tree_->from + 1), axis_.left, axis_.width}; }

void TraceMinimap::render() {
    const qreal scale = devicePixelRatioF();
    image_ = QImage(QSize(width(), height()) * scale, QImage::Format_ARGB32_Premultiplied);
    image_.setDevicePixelRatio(scale);
    image_.fill(Qt::transparent);
    QPainter painter(&image_);
    const TraceAxis a = whole();
    const double room = height() - 14.0;
    const auto n = static_cast<double>(tree_->spans.size());
    const double rowHeight = std::clamp(room / std::max(n, 1.0), 0.0, 4.0);
    std::unordered_map<std::string, QColor> colors;
    std::vector<float> drawnTo(static_cast<size_t>(height()) * 2, -1e9F);
    for (size_t i = 0; i < tree_->spans.size(); ++i) {
        const auto& s = tree_->spans[i];
        const double y = 3 + (rowHeight > 0.99 ? static_cast<double>(i) * rowHeight : static_cast<double>(i) / n * room);
        const double x = a.x(s.start);
        const double right = std::max(a.x(s.end), x + 1.5);
        // Where thousands of rows share a pixel row, what is already covered is not drawn again.
        const auto line = static_cast<size_t>(std::clamp(y, 0.0, height() - 1.0));
        if (rowHeight < 0.99 && s.status != SpanStatus::kError && static_cast<float>(right) <= drawnTo[line])
            continue;
        drawnTo[line] = std::max(drawnTo[line], static_cast<float>(right));
        auto color = colors.find(s.service);
        if (color == colors.end())
            color = colors.emplace(s.service, serviceColor_ ? serviceColor_(s.service) : theme_.accent).first;
        painter.fillRect(QRectF(x, y, right - x, std::max(1.0, rowHeight - 0.6)), s.status == SpanStatus::kError ? theme_.error : color->second);
    }
    for (const auto& s : tree_->spans)
        for (const auto& [from, to] : s.criticalParts)
            painter.fillRect(QRectF(a.x(from), height() - 7, std::max(1.0, a.x(to) - a.x(from)), 2), theme_.text);
}

void TraceMinimap::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.fillRect(rect(), theme_.panel);
    if (!tree_ || tree_->spans.empty())
        return;
    if (image_.isNull())
        render();
    painter.setPen(theme_.text);
    painter.setFont(theme_.table);
    painter.drawText(QRect(theme_.unit, 2, axis_.left - 12, 20), Qt::AlignVCenter, tr("Trace, %1").arg(formatLength(tree_->to - tree_->from)));
    painter.setPen(theme_.muted);
    painter.setFont(theme_.caption);
    painter.drawText(QRect(theme_.unit, 20, axis_.left - 12, 18), Qt::AlignVCenter, tr("drag zooms, double-click fits"));
    const TraceAxis a = whole();
    painter.fillRect(QRect(a.left, 0, a.width, height() - 2), theme_.base);
    painter.drawImage(0, 0, image_);
    if (selected_ >= 0) {
        const auto& s = tree_->spans[static_cast<size_t>(selected_)];
        painter.fillRect(QRectF(a.x(s.start), 0, std::max(1.0, a.x(s.end) - a.x(s.start)), height() - 2), theme_.selection);
    }
    double left = a.x(axis_.from);
    double right = a.x(axis_.to);
    if (dragging_) {
        left = std::min(dragFrom_, dragTo_);
        right = std::max(dragFrom_, dragTo_);
    }
    QColor shade = theme_.panel;
    shade.setAlphaF(0.7F);
    painter.fillRect(QRectF(a.left, 0, left - a.left, height() - 2), shade);
    painter.fillRect(QRectF(right, 0, a.left + a.width - right, height() - 2), shade);
    painter.setPen(theme_.accent);
    painter.drawRect(QRectF(std::floor(left), 0, std::ceil(right - left) - 1, height() - 3));
    painter.fillRect(QRectF(left - 2, height() / 2.0 - 8, 4, 14), theme_.accent);
    painter.fillRect(QRectF(right - 2, height() / 2.0 - 8, 4, 14), theme_.accent);
}

void TraceMinimap::resizeEvent(QResizeEvent*) { image_ = {}; }

void TraceMinimap::mousePressEvent(QMouseEvent* event) {
    if (!tree_ || event->button() != Qt::LeftButton)
        return;
    dragging_ = true;
    dragFrom_ = dragTo_ = std::clamp(event->position().toPoint().x(), axis_.left, axis_.left + axis_.width);
    update();
}

void TraceMinimap::mouseMoveEvent(QMouseEvent* event) {
    if (!dragging_)
        return;
    dragTo_ = std::clamp(event->position().toPoint().x(), axis_.left, axis_.left + axis_.width);
    update();
}

void TraceMinimap::mouseReleaseEvent(QMouseEvent*) {
    if (!dragging_)
        return;
    dragging_ = false;
    if (std::abs(dragTo_ - dragFrom_) > 3) {
        const TraceAxis a = whole();
        Q_EMIT rangeBrushed(a.time(std::min(dragFrom_, dragTo_)), a.time(std::max(dragFrom_, dragTo_)));
    }
    update();
}

void TraceMinimap::mouseDoubleClickEvent(QMouseEvent*) {
    dragging_ = false;
    Q_EMIT fitRequested();
}

}  // namespace nj::ui
