#include "widgets/heat_key.h"

#include <QPainter>

#include "widgets/resource_heatmap.h"

namespace nj::ui {
namespace {

constexpr int kRamp = 140;

}  // namespace

HeatKey::HeatKey(const Theme& theme, QWidget* parent) : QWidget(parent), theme_(theme) {
    setFixedHeight(18);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

void HeatKey::setData(const HeatKeyData& shown) {
    data_ = shown;
    setAccessibleName(tr("Colours from %1 to %2").arg(shown.low, shown.high));
    update();
}

void HeatKey::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setFont(theme_.caption);
    const QFontMetricsF metrics(theme_.caption);
    const double middle = height() / 2.0, base = middle + (metrics.ascent() - metrics.descent()) / 2;
    double x = 0;
    const auto text = [&](const QString& words, const QColor& color) {
        painter.setPen(color);
        painter.drawText(QPointF(x, base), words);
        x += metrics.horizontalAdvance(words);
    };
    text(data_.words, theme_.muted);
    x += 20;
    text(data_.low, theme_.muted);
    x += 6;
    painter.setRenderHint(QPainter::Antialiasing, false);
    for (int i = 0; i < kRamp; ++i)
        painter.fillRect(QRectF(x + i, middle - 5, 1, 10), QColor(data_.scale.color(data_.scale.low + (data_.scale.high - data_.scale.low) * i / (kRamp - 1), theme_)));
    painter.setRenderHint(QPainter::Antialiasing, true);
    x += kRamp + 6;
    text(data_.high, theme_.muted);
    x += 20;
    const auto entry = [&](const QString& words, double width, const auto& paint) {
        if (x + width + metrics.horizontalAdvance(words) > this->width())
            return;
        paint(QPointF(x + width / 2, middle));
        x += width + 5;
        text(words, theme_.muted);
        x += 18;
    };
    if (data_.throttle)
        entry(tr("thermal slowdown"), 10, [&](const QPointF& at) { paintDiamond(painter, at, 4, theme_.warning, false, theme_.panel); });
    if (data_.inferred)
        entry(tr("inferred slowdown: clock under 80 % of its own p95 while busy"), 10, [&](const QPointF& at) { paintDiamond(painter, at, 4, theme_.warning, true, theme_.panel); });
    if (data_.xid)
        entry(tr("Xid"), 18, [&](const QPointF& at) {
            painter.setPen(Qt::NoPen);
            painter.setBrush(theme_.muted);
            painter.drawRoundedRect(QRectF(at.x() - 8, at.y() - 6, 16, 12), 2, 2);
            painter.setPen(theme_.panel);
            painter.drawText(QRectF(at.x() - 8, at.y() - 6, 16, 12), Qt::AlignCenter, QStringLiteral("#"));
        });
    if (data_.missing)
        entry(tr("no sample"), 14, [&](const QPointF& at) { painter.fillRect(QRectF(at.x() - 7, at.y() - 5, 14, 10), missingBrush(theme_)); });
}

}  // namespace nj::ui
