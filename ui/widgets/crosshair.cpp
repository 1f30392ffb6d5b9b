#include "widgets/crosshair.h"

#include <QCoreApplication>
#include <QFontMetricsF>
#include <algorithm>
#include <limits>

namespace nj::ui {
namespace {

constexpr double kRow = 17, kPad = 8, kSwatch = 14, kBetween = 16, kNameMost = 220;

QFont strong(QFont font) {
    font.setWeight(QFont::DemiBold);
    return font;
}

}  // namespace

CursorCard layoutCard(const QString& title, QVector<CursorRow> rows, const Theme& theme) {
    std::stable_sort(rows.begin(), rows.end(), [](const CursorRow& a, const CursorRow& b) { return a.order > b.order; });
    CursorCard card;
    card.title = title;
    card.more = static_cast<int>(std::max<qsizetype>(0, rows.size() - kMostCursorRows));
    rows.resize(std::min<qsizetype>(rows.size(), kMostCursorRows));
    card.rows = std::move(rows);
    const QFontMetricsF metrics(theme.table), titleMetrics(strong(theme.table));
    double name = 0, value = 0;
    for (const CursorRow& row : card.rows) {
        name = std::max(name, std::min(kNameMost, metrics.horizontalAdvance(row.name.left(120))));
        value = std::max(value, metrics.horizontalAdvance(row.value));
    }
    name = std::max(name, titleMetrics.horizontalAdvance(title) - kSwatch - kBetween - value);
    card.columns = {name, value};
    const double lines = static_cast<double>(card.rows.size()) + 1 + (card.more > 0 ? 1 : 0);
    card.size = QSizeF(2 * kPad + kSwatch + name + kBetween + value, lines * kRow + kPad);
    return card;
}

QRectF placeCard(const QSizeF& size, const QRectF& plot, double cursorX, const QVector<QPointF>& points) {
    constexpr double kAway = 12;
    const double lowest = std::max(plot.top() + 4, plot.bottom() - size.height() - 4);
    QRectF best;
    qsizetype fewest = std::numeric_limits<qsizetype>::max();
    for (const double left : {cursorX + kAway, cursorX - kAway - size.width()}) {
        if (left < plot.left() || left + size.width() > plot.right())
            continue;
        for (int step = 0; step <= 4; ++step) {
            const QRectF place(QPointF(left, plot.top() + 4 + (lowest - plot.top() - 4) * step / 4), size);
            const QRectF around = place.adjusted(-4, -4, 4, 4);
            const qsizetype covered = std::count_if(points.begin(), points.end(), [&](const QPointF& p) { return around.contains(p); });
            if (covered < fewest) {
                fewest = covered;
                best = place;
            }
        }
    }
    if (!best.isNull())
        return best;
    const double left = cursorX - plot.left() < plot.width() / 2 ? cursorX + kAway : cursorX - kAway - size.width();
    return {QPointF(left, plot.top() + 4), size};
}

void paintCard(QPainter& painter, const CursorCard& card, const QRectF& place, const Theme& theme) {
    painter.setPen(QPen(theme.line, 1));
    painter.setBrush(theme.raised);
    painter.drawRoundedRect(place.adjusted(0.5, 0.5, -0.5, -0.5), theme.radius, theme.radius);
    const QFontMetricsF metrics(theme.table);
    double y = place.top() + kPad / 2;
    const double left = place.left() + kPad, right = place.right() - kPad;
    painter.setFont(strong(theme.table));
    painter.setPen(theme.text);
    painter.drawText(QPointF(left, y + metrics.ascent() + 1), card.title);
    painter.setFont(theme.table);
    for (const CursorRow& row : card.rows) {
        y += kRow;
        painter.fillRect(QRectF(left, y + 5, 8, 8), row.color);
        painter.setPen(theme.text);
        painter.drawText(QPointF(left + kSwatch, y + metrics.ascent() + 1), metrics.elidedText(row.name.left(120), Qt::ElideMiddle, card.columns[0]));
        painter.drawText(QRectF(left, y + 1, right - left, kRow), Qt::AlignRight | Qt::TextSingleLine, row.value);
    }
    if (card.more > 0) {
        painter.setPen(theme.muted);
        painter.drawText(QPointF(left + kSwatch, y + kRow + metrics.ascent() + 1),
                         QCoreApplication::translate("Crosshair", "and %1 more").arg(card.more));
    }
}

QRectF cursorTagPlace(const QString& text, double x, double top, const QRectF& within, const Theme& theme) {
    const QFontMetricsF metrics(theme.table);
    const double width = metrics.horizontalAdvance(text) + 12;
    const double left = std::clamp(x - width / 2, within.left(), std::max(within.left(), within.right() - width));
    return {left, top, width, 18};
}

void paintCursorTag(QPainter& painter, const QString& text, const QRectF& tag, const Theme& theme) {
    painter.setPen(QPen(theme.line, 1));
    painter.setBrush(theme.raised);
    painter.drawRoundedRect(tag.adjusted(0.5, 0.5, -0.5, -0.5), 3, 3);
    painter.setPen(theme.text);
    painter.setFont(theme.table);
    painter.drawText(tag, Qt::AlignCenter | Qt::TextSingleLine, text);
}

}  // namespace nj::ui
