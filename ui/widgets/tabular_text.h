// Text with tabular figures: every digit takes the width of the widest one, so that columns of numbers line up. (Qt before 6.7
// cannot switch a font's "tnum" feature on.) UI thread.
#pragma once

#include <QFontMetricsF>
#include <QPainter>
#include <QString>

namespace nj::ui {

[[nodiscard]] double tabularWidth(const QFontMetricsF& metrics, const QString& text);
// In the painter's font and pen, in `rect`, aligned as QPainter::drawText would; one line, not shortened.
void drawTabular(QPainter& painter, const QRectF& rect, Qt::Alignment alignment, const QString& text);

}  // namespace nj::ui
