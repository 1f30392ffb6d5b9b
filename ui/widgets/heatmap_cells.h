// A heatmap's cells as one picture in device pixels, so that they are coloured once for data, range and size and not on every repaint.
// Where several cells fall on one pixel it shows the fullest of them: the legend's counts stay true and a lone cell is not averaged away.
// Plain functions; any thread.
#pragma once

#include <QImage>

#include "widgets/chart_geometry.h"
#include "widgets/heatmap_data.h"

namespace nj::ui {

// Into `image`, made of the plot's size × `ratio` where it isn't; transparent where there is no observation.
void drawHeatmapCells(const HeatmapData& data, quint32 most, const PlotFrame& frame, double ratio, const Theme& theme, QImage& image);
// Observations of each row, in the columns whose middle lies inside the range.
QVector<quint64> heatmapRowSums(const HeatmapData& data, TimeRange range);

}  // namespace nj::ui
