// One picture of the Metrics view: the lines of one row, or of several, with their legend; a histogram's heatmap instead where asked for.
// It shows what it is given; the view asks. UI thread only.
#pragma once

#include "dashboard/panel_answer.h"
#include "query/backend.h"
#include "views/metric_pictures.h"
#include "views/view.h"
#include "widgets/panel.h"

class QStackedWidget;

namespace nj::ui {

class HeatmapChart;
class FactTable;
class LegendTable;
class TimeChart;

class MetricPanel : public Panel {
    Q_OBJECT
public:
    explicit MetricPanel(const ViewContext& context, QWidget* parent = nullptr);

    struct Look {
        bool log = false, stacked = false, overlay = false;
        QString overlaid;                                 // which stretch the overlay is of, "07:03 – 09:29"
    };
    // Copies the parts.
    void showParts(const std::vector<MetricPart>& parts, Look look);
    void showHeatmap(const MetricPart& part, const query::HeatmapAnswer& heat);
    // An expression's last values as a table, or its buckets as a heatmap.
    void showAnswer(const MetricPart& part, const dashboard::PanelAnswer& answer);
    // In place of a picture, under the name of what was asked.
    void showProblem(const std::vector<MetricPart>& asked, const QString& problem, const QString& actionText, std::function<void()> action);
    void showNothing(const std::vector<MetricPart>& asked, const QString& sentence, const QString& actionText, std::function<void()> action);
    void setFlags(const QVector<ChartFlag>& flags);
    void setLegendRows(int most);
    [[nodiscard]] TimeChart& chart() { return *chart_; }
    [[nodiscard]] HeatmapChart& heatmap() { return *heatmap_; }
    [[nodiscard]] LegendTable& legend() { return *legend_; }
    // nullptr while no table is shown.
    [[nodiscard]] FactTable* table() const { return table_; }
    [[nodiscard]] MetricPicture picture() const;

Q_SIGNALS:
    void seriesClicked(nj::TimeNs time, qint64 series, const QString& label);
    void exemplarClicked(const nj::TraceId& trace);

private:
    void buildCopy();
    [[nodiscard]] QString promqlTexts(const std::function<QString(const QString&, const MetricPart&)>& text) const;
    void nameOnly(const std::vector<MetricPart>& asked);
    void show();
    void showPage(QWidget* page);
    void showCursor();
    void showHidden();
    void clicked(TimeNs time, int series, double value);

    ViewContext context_;
    std::vector<MetricPart> parts_;
    query::HeatmapAnswer heat_;
    QVector<ChartFlag> flags_;
    QStackedWidget* charts_;
    TimeChart* chart_;
    HeatmapChart* heatmap_;
    LegendTable* legend_;
    FactTable* table_ = nullptr;
    dashboard::PanelAnswer answer_;                       // of what is no graph
    Look look_;
    bool heatShown_ = false;
};

}  // namespace nj::ui
