// "Add to a dashboard" of a panel of the Metrics view: the panel's queries as a panel of one of the capsule's dashboards, or of a new one.
// UI thread only; what becomes of a dashboard are pure functions.
#pragma once

#include <QToolButton>
#include <functional>
#include <string>

#include "base/result.h"
#include "dashboard/dashboard.h"
#include "state/workspace.h"
#include "theme/theme.h"
#include "views/metric_spec.h"

namespace nj::ui {

// A graph of the parts' queries as PromQL, with the first one's unit.
dashboard::Panel dashboardPanel(const std::vector<MetricPart>& parts, bool log, bool stacked);
// Behind the panels of the last row: beside the last one where there is room, else below all.
void appendPanel(dashboard::Dashboard& dashboard, dashboard::Panel panel);

class AddToDashboard : public QToolButton {
    Q_OBJECT
public:
    // Nothing is offered while the panel has no query.
    AddToDashboard(Workspace& workspace, const Theme& theme, std::function<dashboard::Panel()> panel, QWidget* parent = nullptr);

private:
    void fill();
    void add(const std::string& id);
    void say(const QString& text);
    Workspace& workspace_;
    std::function<dashboard::Panel()> panel_;
};

}  // namespace nj::ui
