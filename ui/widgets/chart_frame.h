// The frame of every chart over time: QtCharts draws axes and grid, this class the rest — marks, labels, the shared cursor — and
// understands mouse and keys (QChartView's own mouse and wheel handling is overridden: QTBUG-118669, QTBUG-119712).
// A subclass draws its content into the plot. Drag zooms the workspace, Shift+drag pans, Alt+drag compares with the baseline, Ctrl+wheel zooms at the pointer, a double
// click fits all, a right click goes back; arrow keys move the cursor, Enter is a click, + and − zoom.
// UI thread only. Does not own workspace and theme; both outlive it.
#pragma once

#include <QChartView>
#include <QPointer>
#include <optional>

#include "state/workspace.h"
#include "theme/theme.h"
#include "widgets/chart_cursor.h"
#include "widgets/chart_geometry.h"
#include "widgets/chart_gesture.h"

class QCategoryAxis;

namespace nj::ui {

class ChartPlotItem;
class ChartCursorItem;

class ChartFrame : public QChartView {
    Q_OBJECT
public:
    ChartFrame(Workspace& workspace, const Theme& theme, QWidget* parent = nullptr);
    ~ChartFrame() override;

    // The same left (and right) margin makes charts above each other share their axis. 0 = as wide as its labels need.
    void setMargins(int left, int right = 0);
    void setTimeAxisShown(bool shown);
    // A range of its own; without one the chart follows the workspace.
    void setFixedRange(std::optional<TimeRange> range);
    [[nodiscard]] TimeRange range() const;
    void setDrag(ChartDrag mode);
    // The card of values: on hover only (default), or never.
    void setCardShown(bool shown) { cardShown_ = shown; }
    // Brush or box that stays marked (kBrush, kBox). A box has values too.
    [[nodiscard]] std::optional<TimeRange> brush() const { return brush_; }
    void setBrush(std::optional<TimeRange> brush);
    [[nodiscard]] std::optional<std::pair<double, double>> boxValues() const { return boxValues_; }
    void clearBox();

    // The value under the pointer while it is over the plot.
    [[nodiscard]] std::optional<double> pointerValue() const;

    // Geometry as last laid out, for tests and for views that draw beside it.
    [[nodiscard]] const PlotFrame& plotFrame() const { return frame_; }
    [[nodiscard]] const Workspace& workspace() const { return workspace_; }

Q_SIGNALS:
    // A click, or Enter at the cursor: the nearest series within 24 px (-1 = none) and its value there, else the pointer's value.
    void pointClicked(nj::TimeNs time, int series, double value);
    void flagClicked(qint64 eventSeq);
    void brushChanged();
    // With drags that mark a box: the box, or nothing once it is cleared.
    void boxMarked(nj::TimeRange range, double low, double high);
    void boxCleared();

protected:
    // ---- what a subclass gives
    [[nodiscard]] virtual ValueScale valueScale() const = 0;
    [[nodiscard]] virtual const ChartMarks& marks() const = 0;
    [[nodiscard]] virtual QString unit() const = 0;
    virtual void layoutContent(const PlotFrame& frame) = 0;
    virtual void paintContent(QPainter& painter) = 0;
    // Right of the plot (a histogram); its width is reserved by sideRoom().
    virtual void paintSide(QPainter& painter) { Q_UNUSED(painter); }
    [[nodiscard]] virtual double sideRoom() const { return 0; }
    [[nodiscard]] virtual QVector<CursorRow> cursorRows(TimeNs time) const = 0;
    [[nodiscard]] virtual QVector<QPointF> contentPoints() const { return {}; }
    // Series nearest to a position, and its value there.
    [[nodiscard]] virtual std::pair<int, double> hit(const QPointF& at) const;
    [[nodiscard]] virtual DurationNs cursorStep() const;

    [[nodiscard]] const Theme& theme() const { return theme_; }
    [[nodiscard]] Workspace& mutableWorkspace() { return workspace_; }
    // Lays out anew, after data or size changed.
    void relayout();
    void repaintContent();

    void resizeEvent(QResizeEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void changeEvent(QEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;

private:
    friend class ChartPlotItem;
    friend class ChartCursorItem;
    void placeAxes();
    [[nodiscard]] QRectF plotArea() const;
    [[nodiscard]] double leftRoom() const;
    [[nodiscard]] QStringList valueLabels(const QVector<double>& ticks) const;
    void apply(const GestureResult& result);
    void click(const QPointF& at);
    void moveCursor(int columns);
    void zoom(TimeNs at, double factor);
    [[nodiscard]] qint64 flagAt(const QPointF& at) const;
    void paintPlot(QPainter& painter);
    void paintAxes(QPainter& painter);
    void paintCursor(QPainter& painter);
    [[nodiscard]] QRectF markedArea() const;
    void paintBrush(QPainter& painter);
    [[nodiscard]] std::optional<ChartCursor> layoutCursor() const;
    [[nodiscard]] QRectF cursorArea() const;
    // Draws anew where the cursor was and where it is; refreshCursor(): all that lies above the still picture.
    void cursorMoved();
    void refreshCursor();

    Workspace& workspace_;
    const Theme& theme_;
    QCategoryAxis* xAxis_;
    QCategoryAxis* yAxis_;
    ChartPlotItem* plotItem_;
    ChartCursorItem* cursorItem_;
    PlotFrame frame_;
    ChartGesture gesture_;
    std::optional<TimeRange> fixedRange_, brush_;
    std::optional<std::pair<double, double>> boxValues_;
    int leftMargin_ = 0, rightMargin_ = 0;
    QPointF pointer_;
    bool timeAxisShown_ = true, cardShown_ = true, hovered_ = false, keyboardFocus_ = false;
    // While laid out and between data changes.
    QVector<double> valueTicks_, gridShares_;
    QRectF gridPlot_;              // where QtCharts drew the grid
    QStringList valueLabels_;
    std::optional<ChartCursor> cursor_;
    QVector<QRectF> timeLabels_;   // as painted, so that the cursor's tag can hide those it would cut
};

}  // namespace nj::ui
