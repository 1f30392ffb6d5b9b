// Lanes of events above the list: a lane per group, marks and ranges on one time axis, the cursor across them. Click selects, drag
// zooms, hovering sets the workspace's cursor. Layout is a plain function, tested apart from painting. UI thread.
#pragma once

#include <QFontMetricsF>
#include <QRectF>
#include <QVector>
#include <QWidget>

#include "models/timeline_model.h"
#include "state/workspace.h"
#include "theme/theme.h"

namespace nj::ui {

struct LaneItem {
    int row = -1;        // of the model
    QRectF mark;         // what is drawn and hit: a tick, or the stretch of a range
    QRectF label;        // empty: no room for words
    QString text;
};
struct TimelineLaneLayout {
    QRectF plot;                     // without names and axis
    QVector<TimelineGroup> lanes;    // from the top; only groups that have rows
    double laneHeight = 0;
    QVector<LaneItem> items;
    [[nodiscard]] QRectF lane(int index) const { return {plot.left(), plot.top() + index * laneHeight, plot.width(), laneHeight}; }
};
// Words stand right of their mark where no mark or word of the same lane is in the way.
TimelineLaneLayout layoutTimelineLanes(const std::vector<TimelineRow>& rows, TimeRange range, const QRectF& area, double nameWidth, double axisHeight, double laneHeight,
                                       const QFontMetricsF& metrics);

class TimelineLanes : public QWidget {
    Q_OBJECT
public:
    TimelineLanes(Workspace& workspace, TimelineModel& model, const Theme& theme, QWidget* parent = nullptr);
    void setSelectedRow(int row);
    [[nodiscard]] const TimelineLaneLayout& geometryNow() const { return layout_; }
    [[nodiscard]] TimeNs timeAt(double x) const;
    [[nodiscard]] double xOf(TimeNs time) const;

Q_SIGNALS:
    void rowClicked(int row);

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    bool event(QEvent* event) override;

private:
    void relayout();
    [[nodiscard]] int rowAt(const QPointF& position) const;
    void paintAxis(QPainter& p) const;

    Workspace& workspace_;
    TimelineModel& model_;
    const Theme& theme_;
    TimelineLaneLayout layout_;
    int selected_ = -1;
    double pressed_ = -1, dragged_ = -1;
};

}  // namespace nj::ui
