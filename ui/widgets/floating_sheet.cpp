#include "widgets/floating_sheet.h"

#include <QPainter>
#include <algorithm>

namespace nj::ui {

FloatingSheet::FloatingSheet(const Theme& theme, QWidget* window) : QFrame(window), theme_(theme) {}

void FloatingSheet::rise(int width, int height) {
    const int fitting = std::min(width, parentWidget()->width() - 8 * theme_.unit);
    setGeometry((parentWidget()->width() - fitting) / 2, 14 * theme_.unit, fitting, height);
    show();
    raise();
}

void FloatingSheet::close() {
    if (isHidden())
        return;
    hide();
    Q_EMIT closed();
}

void FloatingSheet::paintEvent(QPaintEvent*) {
    QPainter p(this);
    p.setRenderHint(QPainter::Antialiasing);
    p.setPen(theme_.muted);
    p.setBrush(theme_.panel);
    p.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), theme_.radius, theme_.radius);
}

}  // namespace nj::ui
