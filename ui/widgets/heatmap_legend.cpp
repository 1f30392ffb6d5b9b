#include "widgets/heatmap_legend.h"

#include <QPainter>

#include "theme/number_format.h"

namespace nj::ui {

HeatmapLegend::HeatmapLegend(const Theme& theme, QWidget* parent) : QWidget(parent), theme_(theme) {
    setFixedHeight(20);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

void HeatmapLegend::setData(const HeatmapData& heat, const QString& what) {
    what_ = what;
    steps_.clear();
    const quint32 most = heat.most();
    QStringList counts;
    for (const quint32 count : heatSteps(most, heat.logCount)) {
        const double stands = static_cast<double>(count) * heat.perCount;
        steps_.push_back({formatShort(stands), heatColor(theme_, heat.shade(count, most))});
        counts.push_back(heat.perCount == 1 ? formatCount(count) : formatShort(stands));
    }
    rings_ = !heat.exemplars.isEmpty();
    hatch_ = heat.marks.hatches.isEmpty() ? QString() : heat.marks.hatches.front().text;
    setAccessibleName(what_ + QStringLiteral(": ") + counts.join(QStringLiteral(", ")));
    update();
}

void HeatmapLegend::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setFont(theme_.caption);
    const QFontMetricsF metrics(theme_.caption);
    const double base = (height() + metrics.ascent() - metrics.descent()) / 2;
    double x = 0;
    const auto text = [&](const QString& words) {
        painter.setPen(theme_.muted);
        painter.drawText(QPointF(x, base), words);
        x += metrics.horizontalAdvance(words) + 8;
    };
    text(what_);
    for (const auto& [count, color] : steps_) {
        painter.fillRect(QRectF(x, height() / 2.0 - 5, 10, 10), QColor(color));
        x += 14;
        text(count);
    }
    if (rings_) {
        x += 8;
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(theme_.text, 1.5));
        painter.drawEllipse(QPointF(x + 4, height() / 2.0), 4, 4);
        x += 14;
        text(tr("exemplar"));
    }
    if (!hatch_.isEmpty() && x + 80 < width()) {
        x += 8;
        painter.setPen(QPen(theme_.muted, 1));
        for (double dx = 0; dx < 12; dx += 4)
            painter.drawLine(QPointF(x + dx, height() / 2.0 + 4), QPointF(x + dx + 6, height() / 2.0 - 4));
        x += 22;
        text(metrics.elidedText(hatch_, Qt::ElideRight, width() - x));
    }
}

}  // namespace nj::ui
