// What a press, a move and a release over a plot mean: drag = zoom, Shift+drag = pan, Alt+drag = compare, no drag = click, in box mode a free box.
// A plain state machine over positions, so that it is tested without a window.
#pragma once

#include <QPointF>
#include <QRectF>
#include <optional>

#include "widgets/chart_geometry.h"

namespace nj::ui {

enum class ChartDrag {
    kZoom,    // a drag is the new range
    kBrush,   // a drag is a stretch of time that stays marked
    kBox,     // a drag is a box of time and value that stays marked
};

struct GestureResult {
    enum class Kind { kNone, kClick, kRange, kPan, kBox, kCompare } kind = Kind::kNone;
    TimeRange range;          // of kRange, kPan, kBox, kCompare
    QPointF at;               // of kClick
    QRectF box;               // of kBox, in pixels inside the plot
};

class ChartGesture {
public:
    void setMode(ChartDrag mode) { mode_ = mode; }
    [[nodiscard]] ChartDrag mode() const { return mode_; }
    // Shift pans, Alt compares.
    void press(const QPointF& at, Qt::KeyboardModifiers modifiers, const PlotFrame& frame);
    void move(const QPointF& at);
    GestureResult release(const QPointF& at);
    void cancel() { pressed_ = false; }
    [[nodiscard]] bool pressed() const { return pressed_; }
    [[nodiscard]] bool dragging() const;
    // The rubber band while dragging, inside the plot.
    [[nodiscard]] std::optional<QRectF> rubber() const;
    // The range shown while panning.
    [[nodiscard]] std::optional<TimeRange> panned() const;

private:
    bool pressed_ = false, pan_ = false, compare_ = false;
    ChartDrag mode_ = ChartDrag::kZoom;
    QPointF from_, to_;
    PlotFrame frame_;
};

// The range after a zoom by `factor` (< 1 = in) that keeps the instant under the pointer where it is; never under a microsecond.
TimeRange zoomedRange(TimeRange range, TimeNs at, double factor);

}  // namespace nj::ui
