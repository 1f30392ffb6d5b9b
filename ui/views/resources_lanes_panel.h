// Under the heatmap, on its time axis: what the chosen row did (a GPU's temperature with its limit over its clock, then KV cache and queue
// of the replica it serves), its peers as a band or a grey control. UI thread.
#pragma once

#include <vector>

#include "query/resources.h"
#include "views/view.h"
#include "widgets/chart_data.h"
#include "widgets/panel.h"

namespace nj::ui {

class StripStack;
struct Strip;

class ResourcesLanesPanel : public Panel {
    Q_OBJECT
public:
    explicit ResourcesLanesPanel(const ViewContext& context, QWidget* parent = nullptr);
    // Asks for the lanes of that row over the workspace's range.
    void refresh(const query::ResourceIdentity& identity);
    void clear();
    void setFlags(const QVector<ChartFlag>& flags);
    [[nodiscard]] bool settled() const { return !asking_; }
    [[nodiscard]] StripStack& stack() const { return *stack_; }

Q_SIGNALS:
    void settledChanged();
    void flagClicked(qint64 seq);

private:
    void show();
    ViewContext context_;
    StripStack* stack_;
    query::ResourceIdentity identity_;
    std::vector<query::ResourceGrid> grids_;
    QVector<ChartFlag> flags_;
    bool asking_ = false;
};

// Pure: the lanes of a row from the answers of its metrics; grids without that row, or without its replica, give none.
QVector<Strip> resourceStrips(const std::vector<query::ResourceGrid>& grids, const query::ResourceIdentity& identity, const QVector<ChartFlag>& flags, const Theme& theme);

}  // namespace nj::ui
