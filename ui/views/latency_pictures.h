// Answers about latency as pictures and words: plain functions between query values and chart values, so that what the Latency view
// says is tested without a window.
#pragma once

#include <functional>

#include "model/annotation.h"
#include "query/backend.h"
#include "views/latency_cuts.h"
#include "widgets/chart_data.h"
#include "widgets/heatmap_chart.h"
#include "widgets/legend_table.h"

namespace nj::ui {

// The unit a measure's values × scale are in: "s" for ns with 1e-9.
QString shownUnit(const query::Measure& measure);
QString measureTitle(const query::Measure& measure);
// "service.name" → "service"; keys stay recognisable.
QString splitTitle(const QString& key);
// "p50", "p99.9"
QString quantileName(double quantile);

struct LatencyPicture {
    const query::LatencyAnswer& answer;
    const query::Measure& measure;
    std::vector<double> quantiles;            // as asked
    std::vector<bool> shown;                  // per quantile
    QString splitBy;
    bool log = true;
    bool utc = true;
    double sampledShare = 0;                  // of traces; 0 = not declared
    std::function<int(const QString&)> rank;  // colour of a group
    std::vector<Objective> objectives;        // on this measure
    std::optional<LatencyCuts> cuts;          // observations that are missing above a deadline
    // The main quantile of the whole range is a lower bound: observations are missing, or it lies in a bucket without upper edge.
    [[nodiscard]] bool atLeast(const query::LatencyGroup& group) const;
    // The highest shown quantile: the one the title, the legend and the baseline speak about.
    [[nodiscard]] size_t main() const;
    [[nodiscard]] TimeChartData chart(const QVector<ChartFlag>& flags) const;
    // Series of the chart that belong to each group, for the legend's choice.
    [[nodiscard]] QVector<QVector<int>> seriesOfGroups() const;
    [[nodiscard]] QVector<LegendRow> legend(const Theme& theme) const;
    // Per group at an instant, main quantile.
    [[nodiscard]] QVector<double> at(TimeNs time) const;
    // "Time to first token p99: vllm-a at 29.9 s, × 85 its baseline".
    [[nodiscard]] QString title() const;
    // "engine histograms, by service, n = 31,220".
    [[nodiscard]] QString words() const;
};

struct StagesPicture {
    TimeChartData chart;
    QStringList stages;
    double total = 0;         // mean seconds per request over the range
    quint64 requests = 0;
    QString title, words;
};
StagesPicture stagesPicture(const query::StagesAnswer& answer, const Theme& theme, const QVector<ChartFlag>& flags);
// Mean seconds of each stage: in the column of an instant, or over all (weighted by requests) without one. NaN = no request.
QVector<double> stageMeans(const query::StagesAnswer& answer, std::optional<TimeNs> time);

HeatmapData heatmapData(const query::HeatmapAnswer& answer, const query::Measure& measure, const QVector<ChartFlag>& flags, const std::optional<LatencyCuts>& cuts = {});

}  // namespace nj::ui
