#include "widgets/chart_cursor.h"

#include <cmath>

namespace nj::ui {
namespace {

constexpr double kDot = 4, kAround = 2;

}  // namespace

QRectF ChartCursor::area() const {
    QRectF all(x - kDot, plot.top() - kDot, 2 * kDot, plot.height() + 2 * kDot);
    for (const QRectF& part : {tag, cardPlace})
        if (!part.isNull())
            all |= part;
    return all.adjusted(-kAround, -kAround, kAround, kAround);
}

void ChartCursor::paint(QPainter& painter, const QVector<QRectF>& hidden, const Theme& theme) const {
    QColor line = theme.text;
    line.setAlphaF(0.7F);
    // One device pixel, filled: a smoothed line is drawn row by row, which is most of the cost of a move.
    painter.fillRect(QRectF(std::floor(x), plot.top(), 1 / painter.device()->devicePixelRatioF(), plot.height()), line);
    for (const CursorRow& row : rows)
        if (std::isfinite(row.dot.y())) {
            painter.setPen(QPen(theme.panel, 1.5));
            painter.setBrush(row.color);
            painter.drawEllipse(QPointF(x, row.dot.y()), kDot, kDot);
        }
    if (!tag.isNull()) {
        for (const QRectF& label : hidden)
            if (label.intersects(tag))
                painter.fillRect(label.adjusted(-1, 0, 1, 0), theme.panel);
        paintCursorTag(painter, clock, tag, theme);
    }
    if (card)
        paintCard(painter, *card, cardPlace, theme);
}

}  // namespace nj::ui
