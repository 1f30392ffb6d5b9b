// The panels of the dashboard that is open, in its rows, as a page that scrolls: panels ask once they are seen. UI thread only.
#pragma once

#include <QScrollArea>
#include <QTimer>
#include <vector>

#include "dashboard/dashboard.h"
#include "dashboard/interpolation.h"
#include "views/view.h"
#include "widgets/chart_data.h"

namespace nj::ui {

class DashboardGrid;
class DashboardPanel;

class DashboardBoard : public QScrollArea {
    Q_OBJECT
public:
    explicit DashboardBoard(const ViewContext& context, QWidget* parent = nullptr);
    // Repeated rows and panels are unrolled over the variables of `scope`. Where the places are the same the panels stay, with their pictures
    // until the new ones are there.
    void setDashboard(const dashboard::Dashboard& board, const dashboard::Scope& scope);
    void clear();
    // What stands below the panels. Takes ownership.
    void setFooter(QWidget* footer);
    void setRange(TimeRange range);
    // Asks for the events in the range: the panels show the gravest as flags.
    void askEvents();
    [[nodiscard]] const std::vector<DashboardPanel*>& panels() const { return panels_; }
    // Panels behind the most that are drawn.
    [[nodiscard]] size_t notShown() const { return notShown_; }
    [[nodiscard]] bool settled() const;

Q_SIGNALS:
    void settledChanged();

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    void askSeen();
    void setFlags(const QVector<ChartFlag>& flags);
    ViewContext context_;
    QWidget* page_;
    DashboardGrid* grid_;
    std::vector<DashboardPanel*> panels_;
    QVector<ChartFlag> flags_;
    QTimer seen_;
    size_t notShown_ = 0;
    bool askingEvents_ = false;
};

}  // namespace nj::ui
