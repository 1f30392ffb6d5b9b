// Answers about metrics as charts and words: plain functions between query values and chart values, so that what the Metrics view says is
// tested without a window.
#pragma once

#include <vector>

#include "query/backend.h"
#include "theme/theme.h"
#include "views/metric_spec.h"
#include "widgets/chart_data.h"
#include "widgets/heatmap_chart.h"
#include "widgets/legend_table.h"

namespace nj::ui {

struct MetricPicture {
    std::vector<const MetricPart*> parts;
    bool log = false, stacked = false;
    bool overlay = false;                                 // each line's baseline laid over it, dashed …
    QString overlaid;                                     // … which is of this stretch, in words

    [[nodiscard]] TimeChartData chart(const QVector<ChartFlag>& flags) const;
    // One row per line, in the lines' order, part after part.
    [[nodiscard]] QVector<LegendRow> legend(const Theme& theme) const;
    [[nodiscard]] QVector<double> at(TimeNs time) const;
    // Which line a series of the chart shows; rings: `line` is -1. The overlays come behind all lines and rings.
    struct Place {
        int part = -1, line = -1;
        int row = -1;                                     // of the legend
        bool overlay = false;
    };
    [[nodiscard]] Place placeOf(int series) const;
    [[nodiscard]] int seriesCount() const;
    // Asked for, and there is something above zero to show on such an axis.
    [[nodiscard]] bool logarithmic() const;
    [[nodiscard]] QString unit() const;
    // "DCGM_FI_DEV_SM_CLOCK: gpu=3 down to 1,270 MHz, baseline 1,980 MHz".
    [[nodiscard]] QString title() const;
    // "each series by gpu, 8 series, every 15 s".
    [[nodiscard]] QString words() const;
    // What is not the whole of it, or "".
    [[nodiscard]] QString partial() const;
};

// All observations of a histogram family over time.
HeatmapData metricHeatmap(const MetricPart& part, const query::HeatmapAnswer& answer, const QVector<ChartFlag>& flags);

}  // namespace nj::ui
