// What moves with the cursor over a chart: its line, the dots on the series, the instant's tag below and the card of values. Laid out
// when the cursor moves, so that the chart knows which part to draw anew. Plain values; painting on the UI thread.
#pragma once

#include <optional>

#include "widgets/crosshair.h"

namespace nj::ui {

struct ChartCursor {
    QRectF plot;
    double x = 0;
    QVector<CursorRow> rows;
    QString clock;
    QRectF tag;                          // null: no tag
    std::optional<CursorCard> card;
    QRectF cardPlace;

    // All it covers, smoothing included.
    [[nodiscard]] QRectF area() const;
    // `hidden`: labels of the axis, of which the tag hides those it would cut.
    void paint(QPainter& painter, const QVector<QRectF>& hidden, const Theme& theme) const;
};

}  // namespace nj::ui
