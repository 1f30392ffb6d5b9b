// One row of the Metrics view as a plain value: what it asks for, what was answered, how it is written as PromQL and kept in a link. Pure
// functions; any thread.
#pragma once

#include <QString>
#include <optional>
#include <utility>
#include <vector>

#include "query/metrics.h"

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
    enum class Picture { kGraph, kTable, kHeatmap };
    Picture picture = Picture::kGraph;                    // of an expression
    QString legend;                                       // of an expression: "{{pod}}"; "" = the labels in which lines differ
    QString unit;                                         // one of metricUnits(); "" = as the answer says
    DurationNs step = 0;                                  // 0 = by the width of the range
    qint64 series = -1;                                   // never left out, drawn strongest
    [[nodiscard]] bool operator==(const MetricSpec&) const = default;
};

// A row with its answer.
struct MetricPart {
    QString letter;                                       // "A"
    MetricSpec spec;
    query::MetricAnswer answer;
    // The one chosen, else the answer's.
    [[nodiscard]] std::string unit() const;
};

// The PromQL that reads a metric as the row does, where its labels are plain terms; what the answer chose stands for what was left open.
QString promqlOf(const MetricSpec& spec, const query::MetricAnswer& answer);

// What a row's unit can be set to, and how that is called: {"By", "bytes"}. The first, "", is the answer's own.
const std::vector<std::pair<QString, QString>>& metricUnits();
// The steps a row can be set to; 0 first.
const std::vector<DurationNs>& metricSteps();

// "15 s", "5 min".
QString stepText(DurationNs step);

// The rows as a parameter of a link, and back: "metric:<name>" of one metric as it comes, PromQL alone as links::promql, else "rows:…".
QString metricRowsParameter(const std::vector<MetricSpec>& rows);
// Untrusted: unknown parts are left out, at most kMostMetricRows; empty where it is no such parameter.
std::vector<MetricSpec> metricRowsOf(const QString& parameter);
inline constexpr size_t kMostMetricRows = 8;

// The unit people read, and the factor to it: MiBy → By × 2^20, Cel → °C.
std::pair<QString, double> shownMetricUnit(const std::string& unit);
// "sum", "each series" …
QString combineText(query::MetricCombine combine);

}  // namespace nj::ui
