#include "views/log_cell_delegate.h"

#include <QPainter>
#include <algorithm>

#include "models/log_text.h"
#include "theme/number_format.h"

namespace nj::ui {

LogCellDelegate::LogCellDelegate(const LogTableModel& model, const Theme& theme, ServiceColor color, QObject* parent)
    : QStyledItemDelegate(parent), model_(model), theme_(theme), serviceColor_(std::move(color)) {}

QString LogCellDelegate::chipText(int lines, bool open) const {
    return (open ? QStringLiteral("▾ ") : QStringLiteral("▸ ")) + tr("%1 lines").arg(formatCount(static_cast<quint64>(lines)));
}

QRectF LogCellDelegate::chip(const QRect& cell, int lines) const {
    if (lines < 2)
        return {};
    const double width = QFontMetricsF(theme_.caption).horizontalAdvance(chipText(lines, false)) + 12;
    return {cell.left() + double(kPad), cell.top() + (theme_.rowHeight - 17) / 2.0, width, 17};
}

void LogCellDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const {
    // The view has drawn the selection already.
    const bool selected = option.state.testFlag(QStyle::State_Selected);
    if (!selected && index.data(LogTableModel::kContextRole).toBool())
        painter->fillRect(option.rect, theme_.grid);
    painter->setPen(theme_.grid);
    painter->drawLine(option.rect.bottomLeft(), option.rect.bottomRight());
    const QString text = index.data(Qt::DisplayRole).toString();
    // The first line of an opened record stands where a closed one's does.
    QRectF place = QRectF(option.rect.left(), option.rect.top(), option.rect.width(), theme_.rowHeight).adjusted(kPad, 0, -2, 0);
    painter->setFont(index.data(Qt::FontRole).value<QFont>());
    painter->setPen(index.data(Qt::ForegroundRole).value<QColor>());
    if (index.column() == LogTableModel::kService && !text.isEmpty()) {
        painter->fillRect(QRectF(place.left(), place.center().y() - 4, 8, 8), serviceColor_(text));
        place.setLeft(place.left() + 14);
    }
    if (index.column() == LogTableModel::kBody)
        paintBody(*painter, place, index, text);
    else if (index.column() >= LogTableModel::kColumns)
        paintLine(*painter, place, text);
    else
        painter->drawText(place, static_cast<int>(index.data(Qt::TextAlignmentRole).toInt()) | Qt::TextSingleLine,
                          QFontMetricsF(painter->font()).elidedText(text, Qt::ElideRight, place.width()));
}

QSize LogCellDelegate::sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const { return {80, theme_.rowHeight}; }

void LogCellDelegate::paintChip(QPainter& painter, const QRectF& place, const QString& text) const {
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(theme_.line);
    painter.setBrush(theme_.raised);
    painter.drawRoundedRect(place.adjusted(0.5, 0.5, -0.5, -0.5), 3, 3);
    painter.setFont(theme_.caption);
    painter.setPen(theme_.muted);
    painter.drawText(place, Qt::AlignCenter, text);
    painter.restore();
}

void LogCellDelegate::paintLine(QPainter& painter, const QRectF& place, const QString& text) const {
    const QFontMetricsF metrics(painter.font());
    const double cell = std::max(1.0, metrics.horizontalAdvance(QLatin1Char('x')));
    // Only what can be seen is measured: a body may be thousands of characters.
    const QString seen = metrics.elidedText(text.left(static_cast<qsizetype>(place.width() / cell) + 8), Qt::ElideRight, place.width());
    const double baseline = place.center().y() + (metrics.ascent() - metrics.descent()) / 2;
    for (const auto& [from, to] : wordPlaces(seen, model_.words())) {
        const double left = place.left() + metrics.horizontalAdvance(seen.left(from)), width = metrics.horizontalAdvance(seen.mid(from, to - from));
        painter.fillRect(QRectF(left - 1, place.center().y() - 9, width + 2, 18), theme_.selection);
        painter.fillRect(QRectF(left - 1, place.center().y() + 8, width + 2, 1), theme_.accent);
    }
    painter.drawText(QPointF(place.left(), baseline), seen);
}

void LogCellDelegate::paintBody(QPainter& painter, const QRectF& cell, const QModelIndex& index, const QString& text) const {
    const int lines = index.data(LogTableModel::kLineCountRole).toInt();
    const QVariant open = index.data(LogTableModel::kLinesRole);
    QRectF place = cell;
    if (const QRectF box = chip(cell.adjusted(-kPad, 0, 0, 0).toRect(), lines); !box.isEmpty()) {
        paintChip(painter, box, chipText(lines, open.isValid()));
        place.setLeft(box.right() + kPad);
    }
    if (!open.isValid()) {
        paintLine(painter, place, text);
        return;
    }
    const QStringList all = open.toStringList();
    for (qsizetype i = 0; i < all.size(); ++i)
        paintLine(painter, QRectF(place.left(), cell.top() + (theme_.rowHeight - kLineHeight) / 2.0 + static_cast<double>(i) * kLineHeight, place.width(), kLineHeight), all[i]);
}

}  // namespace nj::ui
