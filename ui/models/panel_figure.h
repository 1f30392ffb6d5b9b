// How a dashboard's panel writes and colours its numbers: its unit, its texts for values, its thresholds. Pure functions, UI thread (the
// theme's).
#pragma once

#include <QColor>
#include <QString>
#include <QVector>
#include <vector>

#include "dashboard/panel_answer.h"
#include "theme/theme.h"
#include "widgets/chart_data.h"

namespace nj::ui {

// A step of the scale with its colour, 0..1.
struct PanelStep {
    double from = 0;
    QColor color;
};

// A number of a panel, ready to be drawn.
struct PanelFigure {
    QString name, text;
    QString extreme;               // "max 1.2 s at 10:07": the worst of the course, where `text` is its end; else ""
    QColor color;                  // of its threshold; invalid = none
    double value = 0;              // NaN = none
    double share = 0;              // of the panel's scale, 0..1
    int beyond = 0;                // 1: above the scale, -1: below
    QString low, high;             // where its scale begins and ends
    QVector<PanelStep> steps;      // of its scale
    std::vector<double> course;    // the values it was made of
};

// "red", "dark-green", "#EAB839", "rgb(1, 2, 3)" → what fits the theme; invalid for what is no colour.
QColor dashboardColor(const std::string& name, const Theme& theme);
// "82.5 %", "1.42 s"; a text of the panel where it has one for the value.
QString panelText(const dashboard::Panel& panel, double value);
// The unit of the chart's axis, and the factor to it.
std::pair<QString, double> panelUnit(const dashboard::Panel& panel);
// Where the panel's scale begins and ends; what it does not say follows from the values.
std::pair<double, double> panelScale(const dashboard::Panel& panel, const std::vector<dashboard::PanelSeries>& series);
QColor thresholdColor(const dashboard::Panel& panel, double value, std::pair<double, double> scale, const Theme& theme);
QVector<PanelStep> panelSteps(const dashboard::Panel& panel, std::pair<double, double> scale, const Theme& theme);
// Whether the thresholds go from a bad colour below to a better one above: "red, from 99 on green".
bool lowIsBad(const dashboard::Panel& panel, const Theme& theme);
QVector<PanelFigure> panelFigures(const dashboard::Panel& panel, const dashboard::PanelAnswer& answer, const Theme& theme, bool utc);
// Limits first, then the series in their order.
TimeChartData panelChart(const dashboard::Panel& panel, const dashboard::PanelAnswer& answer, const Theme& theme);

}  // namespace nj::ui
