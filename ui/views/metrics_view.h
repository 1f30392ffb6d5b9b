// Metrics: every metric of the capsule at the left, queries as rows above, their pictures below on one time axis. Opens on what moved most
// between baseline and window. UI thread only.
#pragma once

#include "views/metric_pictures.h"
#include "views/refreshing_view.h"

class QToolButton;
class QVBoxLayout;

namespace nj::ui {

class ChartChoice;
class MetricAsk;
class MetricPanel;
class MetricPanels;
class MetricRow;
class MetricsList;

class MetricsView : public RefreshingView {
    Q_OBJECT
public:
    explicit MetricsView(const ViewContext& context, QWidget* parent = nullptr);
    // "series:<id>": becomes the only query, drawn among its peers; else what metricRowsOf() reads, which opened() gives back.
    void open(const QString& parameter) override;
    [[nodiscard]] QString opened() const override;
    [[nodiscard]] bool settled() const override;
    [[nodiscard]] QString summary() const override;
    [[nodiscard]] const std::vector<MetricRow*>& rows() const { return rows_; }
    [[nodiscard]] const std::vector<MetricPanel*>& panels() const;
    [[nodiscard]] MetricsList& list() { return *list_; }
    [[nodiscard]] QToolButton& overlaySwitch() { return *overlaySwitch_; }
    // Appends a row, at most kMostMetricRows.
    void addRow(const MetricSpec& spec);
    static const KeyTable<MetricsView>& keys();

protected:
    void keyPressEvent(QKeyEvent* event) override;

private:
    void build();
    void refresh() override;
    void askNames();
    void askMoved();
    void askEvents();
    void openMoved(const std::vector<query::ChangeRow>& moved);
    void openSeries(qint64 id);
    void ask(size_t row);
    void answered();
    void askRows();
    void setRows(const std::vector<MetricSpec>& specs);
    [[nodiscard]] bool overlay() const;
    void setRow(size_t row, const MetricSpec& spec);
    void removeRow(MetricRow* row);
    void setCurrent(size_t row);
    void choose(const QString& metric, qint64 series, bool added);
    void layoutPanels();
    void showPanels();
    void showEmpty();
    void select(TimeNs time, qint64 series, const QString& label);
    void openTrace(const TraceId& trace);
    [[nodiscard]] bool onePanel() const;
    void announce();

    ViewContext context_;
    MetricsList* list_;
    QWidget* rowsBox_;
    QVBoxLayout* rowsColumn_;
    MetricPanels* panels_;
    ChartChoice* layoutChoice_;
    ChartChoice* scaleChoice_;
    ChartChoice* stackChoice_;
    QToolButton* overlaySwitch_;
    std::vector<MetricRow*> rows_;
    std::vector<MetricAsk*> asks_;                        // one per row
    std::vector<query::EventMark> events_;
    size_t current_ = 0;
    bool namesKnown_ = false, askingNames_ = false, askingMoved_ = false, askingEvents_ = false, askingSeries_ = false, chosen_ = false;
};

}  // namespace nj::ui
