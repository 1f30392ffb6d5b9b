#include "widgets/chart_gesture.h"

#include <algorithm>
#include <cmath>

#include "widgets/time_axis.h"

namespace nj::ui {
namespace {

constexpr double kDragStart = 4;   // pixels before a press becomes a drag

}  // namespace

void ChartGesture::press(const QPointF& at, Qt::KeyboardModifiers modifiers, const PlotFrame& frame) {
    pressed_ = true;
    pan_ = modifiers.testFlag(Qt::ShiftModifier);
    compare_ = !pan_ && modifiers.testFlag(Qt::AltModifier);
    from_ = to_ = at;
    frame_ = frame;
}

void ChartGesture::move(const QPointF& at) { to_ = at; }

bool ChartGesture::dragging() const {
    if (!pressed_)
        return false;
    const double across = std::abs(to_.x() - from_.x()), up = std::abs(to_.y() - from_.y());
    return across >= kDragStart || (mode_ == ChartDrag::kBox && !compare_ && up >= kDragStart);
}

std::optional<QRectF> ChartGesture::rubber() const {
    if (!dragging() || pan_)
        return {};
    const QRectF& plot = frame_.plot;
    const auto clampX = [&](double x) { return std::clamp(x, plot.left(), plot.right()); };
    const auto clampY = [&](double y) { return std::clamp(y, plot.top(), plot.bottom()); };
    const double left = clampX(std::min(from_.x(), to_.x())), right = clampX(std::max(from_.x(), to_.x()));
    if (mode_ != ChartDrag::kBox || compare_)
        return QRectF(QPointF(left, plot.top()), QPointF(right, plot.bottom()));
    return QRectF(QPointF(left, clampY(std::min(from_.y(), to_.y()))), QPointF(right, clampY(std::max(from_.y(), to_.y()))));
}

std::optional<TimeRange> ChartGesture::panned() const {
    if (!dragging() || !pan_)
        return {};
    const auto shift = static_cast<DurationNs>((from_.x() - to_.x()) * frame_.nsPerPixel());
    return shownRange({frame_.range.from + shift, frame_.range.to + shift});
}

GestureResult ChartGesture::release(const QPointF& at) {
    if (!pressed_)
        return {};
    move(at);
    GestureResult result;
    if (const auto range = panned()) {
        result = {GestureResult::Kind::kPan, *range, at, {}};
    } else if (const auto box = rubber()) {
        const TimeRange across{frame_.timeAt(box->left()), std::max(frame_.timeAt(box->right()), frame_.timeAt(box->left()) + 1)};
        result = {compare_ ? GestureResult::Kind::kCompare : mode_ == ChartDrag::kBox ? GestureResult::Kind::kBox : GestureResult::Kind::kRange, across, at, *box};
    } else {
        result = {GestureResult::Kind::kClick, {}, at, {}};
    }
    pressed_ = false;
    return result;
}

TimeRange zoomedRange(TimeRange range, TimeNs at, double factor) {
    range = shownRange(range);
    const double before = static_cast<double>(at - range.from) * factor, after = static_cast<double>(range.to - at) * factor;
    constexpr double kFar = 4.0e18;
    TimeRange zoomed{at - static_cast<DurationNs>(std::min(before, kFar)), at + static_cast<DurationNs>(std::min(after, kFar))};
    if (zoomed.length() < kMicrosecond)
        zoomed = {at - kMicrosecond / 2, at + kMicrosecond / 2};
    return shownRange(zoomed);
}

}  // namespace nj::ui
