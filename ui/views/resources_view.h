// Resources: GPUs, replicas, hosts and pods as rows of a heatmap, the one that departs from its peers first, and what it did in lanes below.
// Panels ask for their own answers; this class says when, and joins them. UI thread only.
#pragma once


#include "views/refreshing_view.h"
#include "widgets/chart_data.h"

namespace nj::ui {

class ResourcesHeatPanel;
class ResourcesLanesPanel;

class ResourcesView : public RefreshingView {
    Q_OBJECT
public:
    explicit ResourcesView(const ViewContext& context, QWidget* parent = nullptr);
    // "metric:<id>" chooses a metric.
    void open(const QString& parameter) override;
    [[nodiscard]] QString opened() const override;
    [[nodiscard]] bool settled() const override;
    [[nodiscard]] QString summary() const override;

private:
    void scheduleAll();
    void refresh() override;
    void askEvents();
    void showFlags();
    void select(int gridRow);
    void openRow(int gridRow);
    void followSelection();
    void showLanes();
    void announce();

    ViewContext context_;
    ResourcesHeatPanel* heat_;
    ResourcesLanesPanel* lanes_;
    std::vector<query::EventMark> events_;
    std::string lanesKey_;
    TimeRange lanesRange_;
    bool everything_ = true, askingEvents_ = false;
};

}  // namespace nj::ui
