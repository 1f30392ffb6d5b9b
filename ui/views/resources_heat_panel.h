// The heatmap of the Resources view: chips of metrics, all of time with the range in a bracket, the range below, row by row. Asks for its
// own answers under "resources/…". UI thread.
#pragma once

#include <optional>

#include "query/resources.h"
#include "views/view.h"
#include "widgets/panel.h"
#include "widgets/resources_picture.h"

namespace nj::ui {

class ChartChoice;
class HeatKey;
class MetricChips;
class ResourceHeatmap;
class ResourceOverview;

class ResourcesHeatPanel : public Panel {
    Q_OBJECT
public:
    explicit ResourcesHeatPanel(const ViewContext& context, QWidget* parent = nullptr);
    // Asks again for the workspace's range; `everything` also for all of time and, unless one was chosen by hand, for the best metric.
    void refresh(bool everything);
    void setFlags(const QVector<ChartFlag>& flags);
    void chooseMetric(const QString& id);
    // Chosen by hand; "" = the view's own choice.
    [[nodiscard]] QString metric() const { return chosenByHand_ ? metric_ : QString(); }
    [[nodiscard]] bool settled() const { return asking_ == 0; }
    [[nodiscard]] const query::ResourceGrid& grid() const { return zoom_; }
    [[nodiscard]] const query::ResourceSurvey& survey() const { return survey_; }
    // The chosen row, else the one that departs most, else the first; -1 = there is none.
    [[nodiscard]] int focusRow() const;
    [[nodiscard]] ResourceHeatmap& heatmap() const { return *heatmap_; }
    [[nodiscard]] ResourceOverview& overview() const { return *overview_; }
    [[nodiscard]] MetricChips& chips() const { return *chips_; }
    void selectKey(const QString& key);
    void copyCsv() const;

Q_SIGNALS:
    void settledChanged();
    void rowChosen(int gridRow);
    void rowOpened(int gridRow);
    void focusRowChanged();

private:
    void build();
    void askSurvey();
    void askGrid(bool overview);
    void showSurvey(Result<query::ResourceSurvey>&& answer);
    void showGrid(bool overview, Result<query::ResourceGrid>&& answer);
    void show();
    void showKey(const HeatScale& scale);
    void done();
    [[nodiscard]] ResourceShow wish() const;
    // All of time that has samples: a log line weeks before must not squeeze the day.
    [[nodiscard]] TimeRange sampledTime() const;
    [[nodiscard]] QString miniUnit(const query::ResourceMetricInfo& metric) const;

    ViewContext context_;
    MetricChips* chips_;
    HeatKey* key_;
    ResourceOverview* overview_;
    ResourceHeatmap* heatmap_;
    ChartChoice *unit_, *sample_, *order_;
    query::ResourceSurvey survey_;
    query::ResourceGrid zoom_, all_;
    std::vector<size_t> shownRows_;    // grid row of each shown row
    QString metric_;
    bool chosenByHand_ = false;
    int asking_ = 0;
};

}  // namespace nj::ui
