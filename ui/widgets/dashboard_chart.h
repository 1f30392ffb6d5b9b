// The graph of a dashboard's panel: its lines, and its legend as names beneath or as a table, below or at the right. UI thread only.
#pragma once

#include <QWidget>

#include "dashboard/panel_answer.h"
#include "theme/theme.h"
#include "widgets/chart_data.h"

namespace nj::ui {

class LegendNames;
class LegendTable;
class TimeChart;
class Workspace;

class DashboardChart : public QWidget {
    Q_OBJECT
public:
    DashboardChart(Workspace& workspace, const Theme& theme, QWidget* parent = nullptr);
    // `lines`: of panelChart(), with the marks to be drawn. `room`: of the whole panel, which decides where the legend goes.
    void setChart(const TimeChartData& lines, const dashboard::Panel& panel, const dashboard::PanelAnswer& answer, const QSize& room);
    [[nodiscard]] TimeChart* chart() const { return chart_; }

private:
    Workspace& workspace_;
    const Theme& theme_;
    TimeChart* chart_;
    LegendNames* names_;
    LegendTable* legend_;
};

}  // namespace nj::ui
