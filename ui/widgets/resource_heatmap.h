// The zoomed half of the resource heatmap: a row per GPU, replica, host or pod, time across. Only the visible rows are drawn; cells come
// from an image made once per answer. Arrow keys move the cell, Enter opens it, drag zooms, a right click goes back, Ctrl+wheel zooms at
// the pointer. UI thread. Does not own workspace and theme; both outlive it.
#pragma once

#include <QAbstractScrollArea>
#include <QImage>
#include <optional>

#include "state/workspace.h"
#include "theme/theme.h"
#include "widgets/chart_data.h"
#include "widgets/chart_gesture.h"
#include "widgets/heat_rows.h"
#include "widgets/still_picture.h"

namespace nj::ui {

// Margins that this heatmap, its overview and the lanes under it share, so that one instant is one x.
struct HeatMargins {
    int names = 172, side = 150;
};

class ResourceHeatmap : public QAbstractScrollArea {
    Q_OBJECT
public:
    ResourceHeatmap(Workspace& workspace, const Theme& theme, HeatMargins margins, QWidget* parent = nullptr);

    void setRows(const HeatRows& rows);
    [[nodiscard]] const HeatRows& rows() const { return rows_; }
    void setFlags(const QVector<ChartFlag>& flags);
    // The row a person chose; -1 = none.
    [[nodiscard]] int current() const { return current_; }
    void setCurrent(const QString& key);
    [[nodiscard]] QSize sizeHint() const override;
    // Rectangle of a row's cells in viewport coordinates.
    [[nodiscard]] QRect rowRect(int row) const;
    [[nodiscard]] QRectF plot() const;
    [[nodiscard]] const HeatRowLayout& layoutOfRows() const { return layout_; }

Q_SIGNALS:
    // A click on a row, or the arrow keys: it is selected.
    void rowChosen(int row);
    // A double click or Enter: go where it leads.
    void rowOpened(int row);
    void copyAsked();

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void leaveEvent(QEvent* event) override;
    bool viewportEvent(QEvent* event) override;
    void scrollContentsBy(int dx, int dy) override;

private:
    static constexpr int kHeading = 22, kAxis = 22, kFlags = 18;
    [[nodiscard]] PlotFrame frame() const;
    [[nodiscard]] int rowAt(const QPointF& at) const;
    [[nodiscard]] QString sentence(int row) const;
    void fit();
    void choose(int row);
    void moveCursor(int columns);
    void paintRow(QPainter& painter, int row) const;
    [[nodiscard]] QRect wholeRow(int row) const;             // with its name and its side
    void setHovered(int row);
    // Draws all of it anew; cursorMoved(): only what stands where the cursor was and is.
    void redraw();
    void cursorMoved();
    [[nodiscard]] QRegion cursorRegion() const;
    [[nodiscard]] QFont nameFont(int row) const;
    [[nodiscard]] std::pair<int, int> visibleRows() const;   // [first, last)
    void paintStill(QPainter& painter) const;
    void paintValue(QPainter& painter, int row) const;
    void paintCell(QPainter& painter, int row) const;
    void paintName(QPainter& painter, int row, const QRectF& area) const;
    void paintMarks(QPainter& painter, int row, const QRectF& area) const;
    void paintSide(QPainter& painter, int row, const QRectF& area) const;
    void paintAxis(QPainter& painter) const;
    void paintFlags(QPainter& painter) const;
    void paintCursor(QPainter& painter) const;

    Workspace& workspace_;
    const Theme& theme_;
    HeatMargins margins_;
    HeatRows rows_;
    HeatRowLayout layout_;
    QImage cells_;
    StillPicture still_;     // all but the values at the cursor, the axis and the cursor itself
    QRegion cursorRegion_;   // as last asked to be drawn
    QVector<ChartFlag> flags_;
    ChartGesture gesture_;
    int current_ = -1, hovered_ = -1;
    bool scrolled_ = false;  // by a person
};

// Shared by heatmap and overview: a diamond, filled or hollow, with a rim so that it stands out on any cell.
void paintDiamond(QPainter& painter, const QPointF& centre, double size, const QColor& color, bool hollow, const QColor& rim);

}  // namespace nj::ui
