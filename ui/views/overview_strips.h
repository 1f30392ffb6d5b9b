// The overview's four strips on one time axis, as chart data: rate, errors by kind, a percentile, what waits. Pure; any thread.
#pragma once

#include <cmath>
#include <functional>
#include <vector>

#include "theme/theme.h"
#include "views/overview_story.h"
#include "widgets/chart_data.h"

namespace nj::ui {

// One metric series with its name for the legend.
struct StripSeries {
    QString name, service;
    std::vector<double> values;   // per column
    double baseline = std::nan("");
};

struct StripMetrics {
    TimeNs from = 0;
    DurationNs width = 0;
    std::vector<StripSeries> waiting, cache;   // requests; shares 0..1
    // Where neither is there: the series that changed most.
    QString otherTitle, otherUnit;
    std::vector<StripSeries> other;
};

struct StripRow {
    QColor color;
    QString name, unit;
    QVector<double> values;
    double baseline = std::nan("");
};

struct Strip {
    QString title, words;
    TimeChartData chart;
    QVector<StripRow> rows;    // what the value column shows at the cursor
};

// `rankOf` gives a service's colour rank; names that are no service count on.
QVector<Strip> overviewStrips(const OverviewFacts& facts, const StripMetrics& metrics, const Theme& theme, const std::function<int(const QString&)>& rankOf);

}  // namespace nj::ui
