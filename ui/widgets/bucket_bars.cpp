#include "widgets/bucket_bars.h"

#include <QHelpEvent>
#include <QPainter>
#include <QToolTip>
#include <algorithm>
#include <cmath>

#include "theme/number_format.h"
#include "widgets/chart_scale.h"
#include "widgets/plain_label.h"

namespace nj::ui {
namespace {

constexpr double kLeft = 52, kBottom = 20, kTop = 6, kLabelRoom = 84;

}  // namespace

BucketBars::BucketBars(const Theme& theme, QWidget* parent) : QWidget(parent), theme_(theme) { setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding); }

void BucketBars::setBars(const QVector<BucketBar>& bars, const QString& unit) {
    bars_ = bars;
    unit_ = unit;
    most_ = 0;
    double sum = 0;
    for (const BucketBar& bar : bars_) {
        most_ = std::max(most_, bar.count);
        sum += bar.count;
    }
    setAccessibleName(tr("Histogram of %1 values").arg(formatShort(sum)));
    update();
}

QRectF BucketBars::plot() const { return QRectF(rect()).adjusted(kLeft, kTop, -4, -kBottom); }

int BucketBars::barAt(const QPointF& at) const {
    const QRectF area = plot();
    if (bars_.isEmpty() || !area.contains(at))
        return -1;
    return std::clamp(static_cast<int>((at.x() - area.left()) / area.width() * static_cast<double>(bars_.size())), 0, static_cast<int>(bars_.size()) - 1);
}

// Every bucket is as wide as the next: where their values lie, the labels under them say.
void BucketBars::paintEvent(QPaintEvent*) {
    if (bars_.isEmpty() || most_ <= 0)
        return;
    QPainter painter(this);
    const QRectF area = plot();
    const ValueScale scale = niceScale(0, most_, {});
    const QVector<double> ticks = valueTicks(scale, 4);
    const QStringList labels = tickLabels(ticks, {});
    painter.setFont(theme_.table);
    for (qsizetype i = 0; i < ticks.size(); ++i) {
        const double y = std::round(area.bottom() - scale.position(ticks[i]) * area.height()) + 0.5;
        painter.setPen(theme_.grid);
        painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y));
        painter.setPen(theme_.muted);
        painter.drawText(QRectF(0, y - 9, kLeft - 6, 18), Qt::AlignRight | Qt::AlignVCenter, labels[i]);
    }
    const double width = area.width() / static_cast<double>(bars_.size());
    painter.setPen(Qt::NoPen);
    painter.setBrush(theme_.series.value(0, theme_.accent));
    for (qsizetype i = 0; i < bars_.size(); ++i) {
        const double height = scale.position(bars_[i].count) * area.height();
        if (bars_[i].count > 0)
            painter.drawRect(QRectF(area.left() + static_cast<double>(i) * width + 0.5, area.bottom() - std::max(1.0, height), std::max(1.0, width - 1), std::max(1.0, height)));
    }
    painter.setPen(theme_.muted);
    const auto every = std::max<qsizetype>(1, static_cast<qsizetype>(std::ceil(kLabelRoom / width)));
    for (qsizetype i = 0; i < bars_.size(); i += every)
        painter.drawText(QRectF(area.left() + static_cast<double>(i) * width, area.bottom() + 3, kLabelRoom, kBottom - 3), Qt::AlignLeft | Qt::AlignVCenter, formatValue(bars_[i].low, unit_));
    if (hasFocus()) {
        painter.setPen(theme_.accent);
        painter.setBrush(Qt::NoBrush);
        painter.drawRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5));
    }
}

bool BucketBars::event(QEvent* event) {
    if (event->type() != QEvent::ToolTip)
        return QWidget::event(event);
    const auto* help = static_cast<QHelpEvent*>(event);
    if (const int at = barAt(help->pos()); at >= 0)
        QToolTip::showText(help->globalPos(), plainToolTip(tr("%1 – %2: %3").arg(formatValue(bars_[at].low, unit_), formatValue(bars_[at].high, unit_), formatShort(bars_[at].count))), this);
    else
        QToolTip::hideText();
    return true;
}

}  // namespace nj::ui
