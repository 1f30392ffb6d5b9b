// Where everything of a chart lies, computed without painting: instants and values to positions, series to lines, bars and areas.
// Plain values, any thread.
#pragma once

#include <QLineF>
#include <QPointF>
#include <QPolygonF>
#include <QRectF>
#include <QSet>
#include <QVector>

#include "widgets/chart_data.h"

namespace nj::ui {

// The plot's frame: a rectangle, the instants across it, the values up it.
struct PlotFrame {
    QRectF plot;
    TimeRange range;
    ValueScale scale;
    [[nodiscard]] double x(TimeNs time) const;
    [[nodiscard]] TimeNs timeAt(double x) const;          // clamped to the range
    [[nodiscard]] double y(double value) const;           // NaN for NaN
    [[nodiscard]] double valueAt(double y) const { return scale.valueAt((plot.bottom() - y) / plot.height()); }
    // Nanoseconds one pixel covers.
    [[nodiscard]] double nsPerPixel() const;
};

struct SeriesGeometry {
    QVector<QLineF> lines;
    QVector<QPointF> dots;        // points without a neighbour, or all where there is room for one per 8 px; rings
    QVector<QRectF> bars;
    QVector<QPolygonF> areas;     // one per stretch without gap
};

struct ChartGeometry {
    PlotFrame frame;
    QVector<SeriesGeometry> series;   // as in the data; hidden ones empty
};

// The scale that holds what is visible inside the range, limits included unless they would squeeze the data.
ValueScale chartScale(const TimeChartData& data, TimeRange range, const QSet<int>& hidden, int ticks = 5);
ChartGeometry layoutChart(const TimeChartData& data, const PlotFrame& frame, const QSet<int>& hidden);

// Value of one series at an instant: its column's, or the nearest point's no further than gapAfter. NaN = none.
double seriesValueAt(const TimeChartData& data, int series, TimeNs time);

}  // namespace nj::ui
