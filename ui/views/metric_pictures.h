// Answers about metrics as charts and words: plain functions between query values and chart values, so that what the Metrics view says is
// tested without a window.
#pragma once

#include <optional>
#include <vector>

#include "query/backend.h"
#include "query/metrics.h"
#include "theme/theme.h"
#include "widgets/chart_data.h"
#include "widgets/heatmap_chart.h"
#include "widgets/legend_table.h"

namespace nj::ui {

// What one row of the Metrics view asks for.
struct MetricSpec {
    enum class Show { kAuto, kValue, kRate, kQuantiles, kHeatmap };
    QString name;
    QString labels;                                       // search text over labels
    Show show = Show::kAuto;
    std::optional<query::MetricCombine> combine;          // nothing: chosen by the answer
    QString by;                                           // label key; "" = none
    bool promql = false;                                  // the expression says it all
    QString expression;
    qint64 series = -1;                                   // never left out, drawn strongest
    [[nodiscard]] bool operator==(const MetricSpec&) const = default;
};

// A row with its answer.
struct MetricPart {
    QString letter;                                       // "A"
    MetricSpec spec;
    query::MetricAnswer answer;
};

// The PromQL that reads a metric as the row does, where its labels are plain terms; what the answer chose stands for what was left open.
QString promqlOf(const MetricSpec& spec, const query::MetricAnswer& answer);

// The unit people read, and the factor to it: MiBy → By × 2^20, Cel → °C.
std::pair<QString, double> shownMetricUnit(const std::string& unit);
// "sum", "each series" …
QString combineText(query::MetricCombine combine);

struct MetricPicture {
    std::vector<const MetricPart*> parts;
    bool log = false, stacked = false;

    [[nodiscard]] TimeChartData chart(const QVector<ChartFlag>& flags) const;
    // One row per line, in the lines' order, part after part.
    [[nodiscard]] QVector<LegendRow> legend(const Theme& theme) const;
    [[nodiscard]] QVector<double> at(TimeNs time) const;
    // Which line a series of the chart shows; rings: `line` is -1.
    struct Place {
        int part = -1, line = -1;
        int row = -1;                                     // of the legend
    };
    [[nodiscard]] Place placeOf(int series) const;
    [[nodiscard]] int seriesCount() const;
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
