// Where the time of a request goes: mean seconds per stage, stacked over time, with a table of the cursor's column and the whole range.
// UI thread only.
#pragma once

#include "views/latency_pictures.h"
#include "views/view.h"
#include "widgets/panel.h"

namespace nj::ui {

class LatencyStageTable;
class TimeChart;

class LatencyStagesPanel : public Panel {
    Q_OBJECT
public:
    explicit LatencyStagesPanel(const ViewContext& context, QWidget* parent = nullptr);
    void setFlags(const QVector<ChartFlag>& flags);
    void refresh();
    [[nodiscard]] bool settled() const { return !asking_; }
    [[nodiscard]] TimeChart& chart() { return *chart_; }

Q_SIGNALS:
    void settledChanged();
    void spikeClicked(nj::TimeNs time);

private:
    void show();
    void showTable();
    ViewContext context_;
    TimeChart* chart_;
    LatencyStageTable* table_;
    query::StagesAnswer answer_;
    StagesPicture picture_;
    QVector<ChartFlag> flags_;
    bool asking_ = false, failed_ = false;
};

}  // namespace nj::ui
