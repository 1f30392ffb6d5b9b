// Each observation of the measure as time × value; a box marked in it is the question "which traces are these?". UI thread only.
#pragma once

#include "views/latency_pictures.h"
#include "views/view.h"
#include "widgets/panel.h"

namespace nj::ui {

class ChartChoice;
class HeatmapLegend;

class LatencyHeatmapPanel : public Panel {
    Q_OBJECT
public:
    explicit LatencyHeatmapPanel(const ViewContext& context, QWidget* parent = nullptr);
    void setFlags(const QVector<ChartFlag>& flags);
    void setCuts(const std::optional<LatencyCuts>& cuts);
    void setMeasure(const std::optional<query::Measure>& measure);
    void refresh();
    [[nodiscard]] bool settled() const { return !asking_; }
    [[nodiscard]] HeatmapChart& chart() { return *chart_; }

Q_SIGNALS:
    void settledChanged();
    // Values in the measure's own unit, as the backend takes them.
    void boxMarked(nj::TimeRange range, double low, double high, quint64 count);
    void boxCleared();
    void exemplarClicked(const nj::TraceId& trace);

private:
    void show();
    ViewContext context_;
    HeatmapChart* chart_;
    HeatmapLegend* legend_;
    ChartChoice* countChoice_;
    std::optional<query::Measure> measure_;
    query::HeatmapAnswer answer_;
    QVector<ChartFlag> flags_;
    std::optional<LatencyCuts> cuts_;
    bool asking_ = false, failed_ = false;
};

}  // namespace nj::ui
