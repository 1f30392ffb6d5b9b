// The cursor's card: values of all series at one instant, ordered by value, placed where it covers the fewest points.
// Layout is plain; painting on the UI thread.
#pragma once

#include <QColor>
#include <QPainter>
#include <QPointF>
#include <QRectF>
#include <QString>
#include <QVector>

#include "theme/theme.h"

namespace nj::ui {

struct CursorRow {
    QColor color;
    QString name, value;
    double order = 0;          // rows stand in descending order of it
    QPointF dot;               // on the series; NaN = none
};

struct CursorCard {
    QString title;
    QVector<CursorRow> rows;   // at most kMostRows, ordered
    int more = 0;              // rows left out
    QVector<double> columns;   // widths: name, value
    QSizeF size;
};

inline constexpr int kMostCursorRows = 14;

CursorCard layoutCard(const QString& title, QVector<CursorRow> rows, const Theme& theme);
// Beside the cursor's line, never on it, inside the plot where it can be.
QRectF placeCard(const QSizeF& size, const QRectF& plot, double cursorX, const QVector<QPointF>& points);
void paintCard(QPainter& painter, const CursorCard& card, const QRectF& place, const Theme& theme);
// The instant under the line, below the plot.
QRectF cursorTagPlace(const QString& text, double x, double top, const QRectF& within, const Theme& theme);
void paintCursorTag(QPainter& painter, const QString& text, const QRectF& place, const Theme& theme);

}  // namespace nj::ui
