#include "widgets/metric_name_delegate.h"

#include <QApplication>
#include <QPainter>

#include "widgets/plain_label.h"

namespace nj::ui {
namespace {

constexpr double kLeastShared = 24;   // a letter or two and the "…"; below it the "…" alone

}  // namespace

MetricNameParts metricNameParts(const QString& name, int shared, double width, const QFontMetricsF& metrics) {
    MetricNameParts parts{name.left(shared), name.mid(shared)};
    const double own = metrics.horizontalAdvance(parts.own);
    if (own + metrics.horizontalAdvance(parts.shared) <= width)
        return parts;
    if (!parts.shared.isEmpty())
        parts.shared = width - own < kLeastShared ? QString(QChar(0x2026)) : metrics.elidedText(parts.shared, Qt::ElideRight, width - own);
    // The ends of names say as much as their beginnings.
    parts.own = metrics.elidedText(parts.own, Qt::ElideMiddle, width - metrics.horizontalAdvance(parts.shared));
    return parts;
}

MetricNameDelegate::MetricNameDelegate(int sharedRole, const Theme& theme, QObject* parent) : QStyledItemDelegate(parent), sharedRole_(sharedRole), theme_(theme) {}

void MetricNameDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const {
    const int shared = index.data(sharedRole_).toInt();
    if (shared <= 0) {
        QStyledItemDelegate::paint(painter, option, index);
        return;
    }
    QStyleOptionViewItem item = option;
    initStyleOption(&item, index);
    const QString name = cutForLine(item.text);
    item.text.clear();
    const QStyle* style = item.widget ? item.widget->style() : QApplication::style();
    style->drawControl(QStyle::CE_ItemViewItem, &item, painter, item.widget);
    item.text = name;   // the rectangle of the text is none without one
    const QRectF area = QRectF(style->subElementRect(QStyle::SE_ItemViewItemText, &item, item.widget)).adjusted(3, 0, -3, 0);
    const QFontMetricsF metrics(item.font);
    const MetricNameParts parts = metricNameParts(name, qMin(shared, static_cast<int>(name.size())), area.width(), metrics);
    painter->save();
    painter->setFont(item.font);
    painter->setPen(theme_.muted);
    painter->drawText(area, Qt::AlignLeft | Qt::AlignVCenter, parts.shared);
    painter->setPen(theme_.text);
    painter->drawText(area.adjusted(metrics.horizontalAdvance(parts.shared), 0, 0, 0), Qt::AlignLeft | Qt::AlignVCenter, parts.own);
    painter->restore();
}

}  // namespace nj::ui
