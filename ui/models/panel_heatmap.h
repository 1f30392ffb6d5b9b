// Buckets of a dashboard's panel, or of a PromQL expression, as a heatmap or as bars. Pure functions, any thread.
#pragma once

#include "dashboard/panel_answer.h"
#include "widgets/heatmap_data.h"

namespace nj::ui {

// Nothing to draw (no rows) where all buckets end at or below zero: the value axis is logarithmic. An open first or last bucket is drawn
// as wide as its neighbour.
HeatmapData panelHeatmap(const dashboard::PanelAnswer& answer, const QString& unit, double factor);

// Bars of one column of buckets.
struct BucketBar {
    double low = 0, high = 0;      // times the factor; may be infinite
    double count = 0;
};
QVector<BucketBar> panelBars(const dashboard::PanelAnswer& answer, double factor);

}  // namespace nj::ui
