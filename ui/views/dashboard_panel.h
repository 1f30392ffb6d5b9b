// One panel of a dashboard: asks for what it shows once it is seen, and shows it as its kind says, or why there is nothing. UI thread.
#pragma once

#include "models/panel_figure.h"
#include "query/dashboards.h"
#include "views/view.h"
#include "widgets/panel.h"

class QMenu;
class QStackedWidget;
class QToolButton;

namespace nj::ui {

class BucketBars;
class DashboardChart;
class FactTable;
class FigurePicture;
class HeatmapChart;
class HeatmapLegend;
class PlainLabel;
class TimeChart;

class DashboardPanel : public Panel {
    Q_OBJECT
public:
    // `key`: of its questions.
    DashboardPanel(const ViewContext& context, const QString& key, QWidget* parent = nullptr);
    ~DashboardPanel() override;
    // The panel with its title as drawn, and what its variables stand for. Stale from then on.
    void setPanel(const dashboard::Panel& panel, const dashboard::Scope& scope);
    [[nodiscard]] const dashboard::Panel& panel() const { return panel_; }
    // The same panel over another range.
    void setRange(TimeRange range);
    // What the alert it draws would have done; nothing takes it back.
    void setCourse(const std::optional<query::AlertCourse>& course);
    [[nodiscard]] const std::optional<query::AlertCourse>& course() const { return course_; }
    // Events in the range, as thin verticals of a graph.
    void setFlags(const QVector<ChartFlag>& flags);
    // Asks where it is stale.
    void ask();
    [[nodiscard]] bool asking() const { return asking_; }
    [[nodiscard]] bool stale() const { return stale_; }
    [[nodiscard]] const dashboard::PanelAnswer& answer() const { return answer_; }
    // What it shows as a table.
    [[nodiscard]] CopyTable table() const;
    [[nodiscard]] TimeChart* chart() const;

Q_SIGNALS:
    void settledChanged();
    // The expressions are wanted in Metrics.
    void exploreWanted(const QStringList& expressions);

protected:
    void enterEvent(QEnterEvent* event) override;
    void leaveEvent(QEvent* event) override;

private:
    void buildMenu();
    void show();
    void showChart();
    void showFigures();
    void showTable();
    void showHeatmap();
    void showNothing();
    void showCourse();
    [[nodiscard]] QStringList expressions() const;

    ViewContext context_;
    QString key_;
    dashboard::Panel panel_;
    dashboard::Panel drawn_;          // panel_, in the unit that the metrics tell where it names none
    dashboard::Scope scope_;
    dashboard::PanelAnswer answer_;
    std::optional<query::AlertCourse> course_;
    QStackedWidget* pages_;
    QToolButton* menu_;
    QMenu* links_;                    // of its author
    DashboardChart* chart_ = nullptr;
    HeatmapChart* heatmap_ = nullptr;
    HeatmapLegend* heatKey_ = nullptr;
    QWidget* heatPage_ = nullptr;
    FigurePicture* figures_ = nullptr;
    BucketBars* bars_ = nullptr;
    FactTable* table_ = nullptr;
    PlainLabel* text_ = nullptr;
    QVector<ChartFlag> flags_;
    bool stale_ = true, asking_ = false, answered_ = false;
};

}  // namespace nj::ui
