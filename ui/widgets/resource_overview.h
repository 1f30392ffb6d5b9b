// The upper half of the resource heatmap: all rows over all of the capsule's time, squeezed into a band, with what is shown below in a
// bracket. A drag chooses another range. UI thread. Does not own workspace and theme; both outlive it.
#pragma once

#include <QImage>
#include <QWidget>

#include "state/workspace.h"
#include "theme/theme.h"
#include "widgets/chart_gesture.h"
#include "widgets/heat_rows.h"
#include "widgets/still_picture.h"
#include "widgets/resource_heatmap.h"

namespace nj::ui {

class ResourceOverview : public QWidget {
    Q_OBJECT
public:
    ResourceOverview(Workspace& workspace, const Theme& theme, HeatMargins margins, QWidget* parent = nullptr);
    // `extreme`: what each row's worst cell says, right of the band ("lowest"); shown where rows are tall enough to be named.
    void setRows(const HeatRows& rows, bool lowIsWorse, const QString& extreme);
    [[nodiscard]] const HeatRows& rows() const { return rows_; }
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QRectF band() const;
    [[nodiscard]] double xOf(TimeNs time) const;

protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;

private:
    [[nodiscard]] PlotFrame frame() const;
    [[nodiscard]] bool named() const;
    void redraw();
    [[nodiscard]] QRect cursorRect() const;
    void paintStill(QPainter& painter) const;
    void paintTicks(QPainter& painter) const;
    void paintNames(QPainter& painter) const;
    void paintMarks(QPainter& painter) const;
    void paintBracket(QPainter& painter) const;

    Workspace& workspace_;
    const Theme& theme_;
    HeatMargins margins_;
    HeatRows rows_;
    bool lowIsWorse_ = false;
    QString extreme_;
    QImage cells_;
    StillPicture still_;   // all but the cursor's line and the rubber band
    QRect cursorRect_;     // as last asked to be drawn
    ChartGesture gesture_;
};

}  // namespace nj::ui
