// Latency: percentiles of a measure with its legend, where the time of a request goes, each observation as a heatmap, and the traces
// behind a spike or a box. Panels ask for their own answers; this class says when, and joins them. UI thread only.
#pragma once

#include "views/refreshing_view.h"
#include "widgets/chart_data.h"

class QSplitter;

namespace nj::ui {

class LatencyDifferencesPanel;
class LatencyPanel;
class LatencyStagesPanel;
class LatencyHeatmapPanel;
class LatencyTracesPanel;

class LatencyView : public RefreshingView {
    Q_OBJECT
public:
    explicit LatencyView(const ViewContext& context, QWidget* parent = nullptr);
    static const KeyTable<LatencyView>& keys();
    // "measure:<kind of objective>:<key>"
    void open(const QString& parameter) override;
    [[nodiscard]] std::optional<Objective> objectiveDraft() const override;
    // What the spans of the range have that those of the baseline have not, beside the charts.
    bool compare() override;
    [[nodiscard]] std::optional<CopyTable> shownTable() const override;
    [[nodiscard]] bool settled() const override;
    [[nodiscard]] QString summary() const override;

protected:
    void keyPressEvent(QKeyEvent* event) override;

private:
    void build();
    void connectPanels();
    void askMeasures();
    void refresh() override;
    void askEvents();
    void showFlags();
    void listAround(TimeNs time, const QString& group);
    void listBox(TimeRange box, double low, double high, quint64 count);
    void closeTraces();
    void announce();

    ViewContext context_;
    LatencyPanel* main_;
    LatencyStagesPanel* stages_;
    LatencyHeatmapPanel* heatmap_;
    LatencyTracesPanel* traces_;
    LatencyDifferencesPanel* differences_;
    QSplitter* side_;
    QSplitter* across_;
    std::vector<query::EventMark> events_;
    bool comparing_ = false;   // the differences are those of the range: they follow it
    bool measuresKnown_ = false, askingMeasures_ = false, askingEvents_ = false;
};

}  // namespace nj::ui
