#include "widgets/chart_frame.h"

#include <QCategoryAxis>
#include <QGraphicsItem>
#include <QLineSeries>
#include <QMouseEvent>
#include <QWheelEvent>
#include <algorithm>
#include <cmath>
#include <utility>

#include "theme/number_format.h"
#include "widgets/chart_marks.h"
#include "widgets/tabular_text.h"
#include "widgets/time_axis.h"

namespace nj::ui {

// The still picture, cached as a pixmap: a cursor that moves costs no drawing of series.
class ChartPlotItem : public QGraphicsItem {
public:
    explicit ChartPlotItem(ChartFrame& frame, QGraphicsItem* parent) : QGraphicsItem(parent), frame_(frame) {
        setCacheMode(DeviceCoordinateCache);
        setAcceptedMouseButtons(Qt::NoButton);
        setZValue(10);
    }
    void setSize(const QSizeF& size) {
        prepareGeometryChange();
        size_ = size;
    }
    QRectF boundingRect() const override { return {QPointF(), size_}; }
    void paint(QPainter* painter, const QStyleOptionGraphicsItem*, QWidget*) override { frame_.paintPlot(*painter); }

private:
    ChartFrame& frame_;
    QSizeF size_;
};

class ChartCursorItem : public QGraphicsItem {
public:
    explicit ChartCursorItem(ChartFrame& frame, QGraphicsItem* parent) : QGraphicsItem(parent), frame_(frame) {
        setAcceptedMouseButtons(Qt::NoButton);
        setZValue(20);
    }
    void setSize(const QSizeF& size) {
        prepareGeometryChange();
        size_ = size;
    }
    QRectF boundingRect() const override { return {QPointF(), size_}; }
    void paint(QPainter* painter, const QStyleOptionGraphicsItem*, QWidget*) override { frame_.paintCursor(*painter); }

private:
    ChartFrame& frame_;
    QSizeF size_;
};

namespace {

constexpr double kAxisRoom = 24, kLabelGap = 8, kPerTick = 92, kPerTickNarrow = 72, kNarrowPlot = 520, kPerValueTick = 44, kNearFlag = 4;

QPen hairline(const QColor& color) {
    QPen pen(color);
    pen.setCosmetic(true);
    pen.setWidthF(1);
    return pen;
}

void clearCategories(QCategoryAxis& axis) {
    const QStringList labels = axis.categoriesLabels();
    for (const QString& label : labels)
        axis.remove(label);
}

// Grid lines at these shares of the axis. Labels are drawn by the frame: QtCharts would shorten and drop them.
void setCategories(QCategoryAxis& axis, const QVector<double>& shares) {
    clearCategories(axis);
    axis.setStartValue(-1);
    for (int i = 0; i < shares.size(); ++i)
        axis.append(QString::number(i), shares[i]);
    axis.setRange(0, 1);
}

}  // namespace

ChartFrame::ChartFrame(Workspace& workspace, const Theme& theme, QWidget* parent) : QChartView(parent), workspace_(workspace), theme_(theme) {
    auto* frame = new QChart;
    frame->legend()->hide();
    frame->setAnimationOptions(QChart::NoAnimation);
    frame->setBackgroundVisible(false);
    frame->setMargins({});
    setChart(frame);
    xAxis_ = new QCategoryAxis(frame);
    yAxis_ = new QCategoryAxis(frame);
    auto* carrier = new QLineSeries(frame);   // an axis without a series is not drawn
    frame->addSeries(carrier);
    for (const auto& [axis, side] : {std::pair{xAxis_, Qt::AlignBottom}, {yAxis_, Qt::AlignLeft}}) {
        axis->setLabelsVisible(false);
        axis->setLabelsPosition(QCategoryAxis::AxisLabelsPositionOnValue);
        setCategories(*axis, {});
        frame->addAxis(axis, side);
        carrier->attachAxis(axis);
    }
    plotItem_ = new ChartPlotItem(*this, frame);
    cursorItem_ = new ChartCursorItem(*this, frame);
    setFrameShape(QFrame::NoFrame);
    setRenderHint(QPainter::Antialiasing);
    setBackgroundBrush(Qt::NoBrush);
    viewport()->setAutoFillBackground(false);
    setStyleSheet(QStringLiteral("background: transparent;"));
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    viewport()->setMouseTracking(true);
    connect(&workspace_, &Workspace::cursorChanged, this, &ChartFrame::cursorMoved);
    connect(&workspace_, &Workspace::rangeChanged, this, &ChartFrame::relayout);
    connect(&workspace_, &Workspace::utcChanged, this, &ChartFrame::relayout);
}

ChartFrame::~ChartFrame() = default;

void ChartFrame::setMargins(int left, int right) {
    leftMargin_ = left;
    rightMargin_ = right;
    relayout();
}

void ChartFrame::setTimeAxisShown(bool shown) {
    timeAxisShown_ = shown;
    relayout();
}

void ChartFrame::setFixedRange(std::optional<TimeRange> range) {
    fixedRange_ = range;
    relayout();
}

TimeRange ChartFrame::range() const {
    if (const auto panned = gesture_.panned())
        return *panned;
    return shownRange(fixedRange_.value_or(workspace_.range()));
}

void ChartFrame::setDrag(ChartDrag mode) { gesture_.setMode(mode); }

void ChartFrame::setBrush(std::optional<TimeRange> brush) {
    if (brush == brush_)
        return;
    brush_ = brush;
    repaintContent();
    Q_EMIT brushChanged();
}

void ChartFrame::clearBox() {
    if (!boxValues_)
        return;
    boxValues_.reset();
    brush_.reset();
    refreshCursor();
    Q_EMIT boxCleared();
}

std::pair<int, double> ChartFrame::hit(const QPointF& at) const { return {-1, frame_.valueAt(at.y())}; }

DurationNs ChartFrame::cursorStep() const { return static_cast<DurationNs>(frame_.nsPerPixel() * 4); }

// ---------------------------------------------------------------- layout

double ChartFrame::leftRoom() const {
    if (leftMargin_ > 0)
        return leftMargin_;
    const QFontMetricsF metrics(theme_.table);
    double width = 0;
    for (const QString& label : valueLabels_)
        width = std::max(width, tabularWidth(metrics, label));
    return std::max(24.0, std::ceil(width)) + kLabelGap;
}

QRectF ChartFrame::plotArea() const {
    const QSizeF size = viewport()->size();
    const double top = MarkPainter::laneRoom(marks(), size.height());
    const double bottom = timeAxisShown_ ? kAxisRoom : 2;
    double right = rightMargin_;
    if (rightMargin_ == 0)
        right = std::max({MarkPainter::labelRoom(marks(), theme_), sideRoom(), timeAxisShown_ ? 36.0 : 8.0});
    const double left = leftRoom();
    return {left, top, std::max(20.0, size.width() - left - right), std::max(12.0, size.height() - top - bottom)};
}

void ChartFrame::placeAxes() {
    frame_.range = range();
    frame_.scale = valueScale();
    const QSizeF size = viewport()->size();
    const double height = std::max(12.0, size.height() - MarkPainter::laneRoom(marks(), size.height()) - (timeAxisShown_ ? kAxisRoom : 2));
    valueTicks_ = valueTicks(frame_.scale, std::clamp(static_cast<int>(height / kPerValueTick), 2, 6));
    valueLabels_ = tickLabels(valueTicks_, unit());
    frame_.plot = plotArea();
    chart()->setPlotArea(frame_.plot);
    QVector<double> shares;
    // On the middle of a pixel, so that a grid line is one pixel and not two pale ones.
    for (const double tick : valueTicks_)
        shares.push_back((frame_.plot.bottom() - std::floor(frame_.y(tick)) - 0.5) / frame_.plot.height());
    yAxis_->setGridLinePen(hairline(theme_.grid));
    yAxis_->setLinePen(Qt::NoPen);
    xAxis_->setLinePen(hairline(theme_.line));
    xAxis_->setGridLineVisible(false);
    // QtCharts lays out every label, shown or not: only where the grid moved.
    if (shares != gridShares_ || frame_.plot != gridPlot_)
        setCategories(*yAxis_, shares);
    gridShares_ = shares;
    gridPlot_ = frame_.plot;
}

void ChartFrame::relayout() {
    if (viewport()->width() < 8 || viewport()->height() < 8)
        return;
    placeAxes();
    layoutContent(frame_);
    plotItem_->setSize(viewport()->size());
    cursorItem_->setSize(viewport()->size());
    plotItem_->update();
    refreshCursor();
}

void ChartFrame::repaintContent() {
    layoutContent(frame_);
    plotItem_->update();
    refreshCursor();
}

void ChartFrame::resizeEvent(QResizeEvent* event) {
    QChartView::resizeEvent(event);
    setSceneRect(QRectF(QPointF(), viewport()->size()));
    relayout();
}

void ChartFrame::changeEvent(QEvent* event) {
    QChartView::changeEvent(event);
    if (plotItem_ && (event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange))
        relayout();
}

// ---------------------------------------------------------------- painting

void ChartFrame::paintPlot(QPainter& painter) {
    const double right = viewport()->width();
    const MarkPainter marksPainter(marks(), frame_, theme_, right);
    painter.setRenderHint(QPainter::Antialiasing, true);
    // What stays marked lies under the data, so that its colours stay true; only the box of a heatmap lies above.
    if (brush_ && !boxValues_)
        painter.fillRect(markedArea(), theme_.selection);
    marksPainter.paintBehind(painter);
    painter.save();
    painter.setClipRect(frame_.plot.adjusted(-1, -2, 1, 1));
    paintContent(painter);
    painter.restore();
    paintSide(painter);
    marksPainter.paintAbove(painter);
    paintAxes(painter);
}

void ChartFrame::paintAxes(QPainter& painter) {
    painter.setFont(theme_.table);
    painter.setPen(theme_.muted);
    const QFontMetricsF metrics(theme_.table);
    // The ends of the scale first; those between only where they don't run into others.
    QVector<double> taken;
    QVector<int> order;
    for (int i = 0; i < valueTicks_.size(); ++i)
        order.insert(i == 0 || i + 1 == valueTicks_.size() ? 0 : order.size(), i);
    for (const int i : order) {
        // Without a time axis below, the lowest label would be cut.
        const double y = std::min(frame_.y(valueTicks_[i]), viewport()->height() - metrics.capHeight() / 2 - 1);
        if (std::any_of(taken.begin(), taken.end(), [&](double other) { return std::abs(other - y) < metrics.capHeight() + 3; }))
            continue;
        taken.push_back(y);
        const QRectF place(0, y - 9, frame_.plot.left() - kLabelGap, 18);
        drawTabular(painter, place, Qt::AlignRight | Qt::AlignVCenter, metrics.elidedText(valueLabels_[i], Qt::ElideRight, place.width() + 4));
    }
    if (!timeAxisShown_)
        return;
    const double top = frame_.plot.bottom(), base = top + 17;
    const TimeTicks ticks = timeTicks(frame_.range, std::max(2, static_cast<int>(frame_.plot.width() / (frame_.plot.width() < kNarrowPlot ? kPerTickNarrow : kPerTick))), workspace_.utc());
    double free = -1e9;
    timeLabels_.clear();
    for (const TimeTick& tick : ticks.ticks) {
        const double x = std::floor(frame_.x(tick.time)) + 0.5;
        painter.setPen(hairline(theme_.line));
        painter.drawLine(QPointF(x, top), QPointF(x, top + 4));
        const double width = tabularWidth(metrics, tick.label);
        if (x - width / 2 < free || x + width / 2 > frame_.plot.right() + 24)
            continue;
        painter.setPen(tick.dateChange ? theme_.text : theme_.muted);
        timeLabels_.push_back({x - width / 2, base - metrics.ascent(), width, metrics.height()});
        drawTabular(painter, timeLabels_.back(), Qt::AlignLeft | Qt::AlignTop, tick.label);
        free = x + width / 2 + 8;
    }
    painter.setPen(theme_.muted);
    const QString zone = zoneName(frame_.range.from, workspace_.utc());
    const double zoneX = std::max(frame_.plot.right() + 7, free);
    if (sideRoom() == 0 && zoneX + metrics.horizontalAdvance(zone) <= viewport()->width() + 1)
        painter.drawText(QPointF(zoneX, base), zone);
}

QRectF ChartFrame::markedArea() const {
    if (const auto rubber = gesture_.rubber())
        return *rubber;
    if (!brush_)
        return {};
    QRectF marked(QPointF(std::max(frame_.plot.left(), frame_.x(brush_->from)), frame_.plot.top()),
                  QPointF(std::min(frame_.plot.right(), frame_.x(brush_->to)), frame_.plot.bottom()));
    if (boxValues_) {
        marked.setBottom(frame_.y(boxValues_->first));
        marked.setTop(frame_.y(boxValues_->second));
    }
    return marked;
}

void ChartFrame::paintBrush(QPainter& painter) {
    const QRectF marked = markedArea();
    if (marked.width() <= 0)
        return;
    if (gesture_.dragging())
        painter.fillRect(marked, theme_.selection);
    painter.setPen(hairline(theme_.accent));
    painter.setBrush(Qt::NoBrush);
    painter.drawRect(QRectF(std::floor(marked.left()) + 0.5, std::floor(marked.top()) + 0.5, std::floor(marked.width()), std::floor(marked.height())));
    painter.setBrush(theme_.accent);
    painter.setPen(Qt::NoPen);
    const double middle = marked.center().y();
    for (const double x : {marked.left(), marked.right()})
        painter.drawRoundedRect(QRectF(x - 2, middle - 8, 4, 16), 2, 2);
}

void ChartFrame::paintCursor(QPainter& painter) {
    painter.setRenderHint(QPainter::Antialiasing, true);
    paintBrush(painter);
    if (keyboardFocus_) {
        painter.setBrush(Qt::NoBrush);
        painter.setPen(hairline(theme_.accent));
        painter.drawRect(QRectF(std::floor(frame_.plot.left()) - 2.5, std::floor(frame_.plot.top()) - 2.5, std::floor(frame_.plot.width()) + 5,
                                std::floor(frame_.plot.height()) + 5));
    }
    if (cursor_)
        cursor_->paint(painter, timeLabels_, theme_);
}

std::optional<ChartCursor> ChartFrame::layoutCursor() const {
    const auto cursor = workspace_.cursor();
    if (!cursor || !frame_.range.contains(*cursor))
        return {};
    ChartCursor laid;
    laid.plot = frame_.plot;
    laid.x = std::floor(frame_.x(*cursor)) + 0.5;
    laid.rows = cursorRows(*cursor);
    laid.clock = formatClock(*cursor, workspace_.utc(), cursorResolution(frame_.nsPerPixel()));
    if (timeAxisShown_)
        laid.tag = cursorTagPlace(laid.clock, laid.x, frame_.plot.bottom() + 3, QRectF(0, 0, viewport()->width(), 0), theme_);
    if (!cardShown_ || boxValues_ || !(hovered_ || keyboardFocus_) || laid.rows.isEmpty() || gesture_.dragging())
        return laid;
    laid.card = layoutCard(laid.clock + QLatin1Char(' ') + zoneName(*cursor, workspace_.utc()), laid.rows, theme_);
    laid.cardPlace = placeCard(laid.card->size, frame_.plot, laid.x, contentPoints());
    return laid;
}

QRectF ChartFrame::cursorArea() const {
    if (!cursor_)
        return {};
    QRectF area = cursor_->area();
    for (const QRectF& label : timeLabels_)   // one that the tag hides comes back whole
        if (label.intersects(cursor_->tag))
            area |= label.adjusted(-2, -1, 2, 1);
    return area;
}

void ChartFrame::cursorMoved() {
    const QRectF before = cursorArea();
    cursor_ = layoutCursor();
    for (const QRectF& part : {before, cursorArea()})
        if (!part.isNull())
            cursorItem_->update(part);
}

void ChartFrame::refreshCursor() {
    cursor_ = layoutCursor();
    cursorItem_->update();
}

// ---------------------------------------------------------------- mouse and keys

void ChartFrame::mousePressEvent(QMouseEvent* event) {
    // Not QChartView::mousePressEvent: it dereferences a null item in Qt before 6.7.
    if (event->button() == Qt::LeftButton)
        gesture_.press(event->position(), event->modifiers(), frame_);
    else if (event->button() == Qt::RightButton)
        workspace_.undo().undo();
    event->accept();
}

void ChartFrame::mouseMoveEvent(QMouseEvent* event) {
    const bool entered = !std::exchange(hovered_, true);
    if (gesture_.pressed()) {
        gesture_.move(event->position());
        if (gesture_.panned())
            relayout();
    }
    const QPointF at = pointer_ = event->position();
    if (!frame_.range.empty() && at.x() >= frame_.plot.left() - 2 && at.x() <= frame_.plot.right() + 2)
        workspace_.setCursor(frame_.timeAt(at.x()));
    setCursor(flagAt(at) >= 0 ? Qt::PointingHandCursor : Qt::CrossCursor);
    if (gesture_.pressed())
        refreshCursor();   // the rubber band grows
    else if (entered)
        cursorMoved();     // the card appears though the instant is the same
    event->accept();
}

void ChartFrame::mouseReleaseEvent(QMouseEvent* event) {
    if (event->button() == Qt::LeftButton)
        apply(gesture_.release(event->position()));
    event->accept();
}

void ChartFrame::mouseDoubleClickEvent(QMouseEvent* event) {
    gesture_.cancel();
    if (event->button() == Qt::LeftButton && !workspace_.all().empty())
        workspace_.setRange(workspace_.all());
    event->accept();
}

void ChartFrame::apply(const GestureResult& result) {
    if (frame_.range.empty())   // nothing is shown yet: no instant to mean
        return;
    switch (result.kind) {
    case GestureResult::Kind::kNone: break;
    case GestureResult::Kind::kClick: click(result.at); break;
    case GestureResult::Kind::kPan: workspace_.setRange(result.range); break;
    case GestureResult::Kind::kCompare: workspace_.compare(result.range); break;
    case GestureResult::Kind::kRange:
        if (gesture_.mode() == ChartDrag::kBrush)
            setBrush(result.range);
        else
            workspace_.setRange(result.range);
        break;
    case GestureResult::Kind::kBox:
        brush_ = result.range;
        boxValues_ = {frame_.valueAt(result.box.bottom()), frame_.valueAt(result.box.top())};
        Q_EMIT boxMarked(result.range, boxValues_->first, boxValues_->second);
        break;
    }
    relayout();
}

qint64 ChartFrame::flagAt(const QPointF& at) const {
    if (at.y() > frame_.plot.top())
        return -1;
    for (const ChartFlag& flag : marks().flags)
        if (flag.seq >= 0 && frame_.range.contains(flag.time) && at.x() >= frame_.x(flag.time) - kNearFlag && at.x() <= frame_.x(flag.time) + 24)
            return flag.seq;
    return -1;
}

void ChartFrame::click(const QPointF& at) {
    if (const qint64 flag = flagAt(at); flag >= 0) {
        Q_EMIT flagClicked(flag);
        return;
    }
    if (at.x() < frame_.plot.left() || at.x() > frame_.plot.right())
        return;
    const TimeNs time = frame_.timeAt(at.x());
    workspace_.setCursor(time);
    const auto [series, value] = hit(at);
    Q_EMIT pointClicked(time, series, value);
}

void ChartFrame::zoom(TimeNs at, double factor) { workspace_.setRange(zoomedRange(frame_.range, at, factor)); }

void ChartFrame::wheelEvent(QWheelEvent* event) {
    if (!event->modifiers().testFlag(Qt::ControlModifier) || event->angleDelta().y() == 0) {
        event->ignore();   // the page scrolls
        return;
    }
    if (!frame_.range.empty())
        zoom(frame_.timeAt(event->position().x()), std::pow(0.8, event->angleDelta().y() / 120.0));
    event->accept();
}

void ChartFrame::moveCursor(int columns) {
    const TimeNs from = workspace_.cursor().value_or(frame_.range.from + (frame_.range.to - frame_.range.from) / 2);
    const TimeNs to = from + columns * std::max<DurationNs>(1, cursorStep());
    workspace_.setCursor(std::clamp(to, frame_.range.from, frame_.range.to - 1));
}

void ChartFrame::keyPressEvent(QKeyEvent* event) {
    if (frame_.range.empty()) {
        event->ignore();
        return;
    }
    const TimeNs at = workspace_.cursor().value_or(frame_.range.from + (frame_.range.to - frame_.range.from) / 2);
    const int stride = event->modifiers().testFlag(Qt::ShiftModifier) ? 10 : 1;
    switch (event->key()) {
    case Qt::Key_Left: moveCursor(-stride); return;
    case Qt::Key_Right: moveCursor(stride); return;
    case Qt::Key_Home: workspace_.setCursor(frame_.range.from); return;
    case Qt::Key_End: workspace_.setCursor(frame_.range.to - 1); return;
    case Qt::Key_Plus:
    case Qt::Key_Equal: zoom(at, 0.5); return;
    case Qt::Key_Minus: zoom(at, 2); return;
    case Qt::Key_Return:
    case Qt::Key_Enter:
        if (brush_)
            workspace_.setRange(*brush_);
        else
            click({frame_.x(at), hasFocus() ? frame_.plot.center().y() : frame_.plot.top()});
        return;
    case Qt::Key_Escape:
        if (gesture_.pressed()) {
            gesture_.cancel();
            relayout();
        } else if (boxValues_) {
            clearBox();
        } else if (brush_) {
            setBrush({});
        } else {
            break;
        }
        return;
    default: break;
    }
    event->ignore();
}

std::optional<double> ChartFrame::pointerValue() const { return hovered_ && frame_.plot.contains(pointer_) ? std::optional<double>(frame_.valueAt(pointer_.y())) : std::nullopt; }

void ChartFrame::leaveEvent(QEvent* event) {
    hovered_ = false;
    cursorMoved();
    QChartView::leaveEvent(event);
}

void ChartFrame::contextMenuEvent(QContextMenuEvent* event) { event->accept(); }   // the right button goes back

void ChartFrame::focusInEvent(QFocusEvent* event) {
    QChartView::focusInEvent(event);
    keyboardFocus_ = event->reason() == Qt::TabFocusReason || event->reason() == Qt::BacktabFocusReason || event->reason() == Qt::ShortcutFocusReason;
    refreshCursor();
}

void ChartFrame::focusOutEvent(QFocusEvent* event) {
    QChartView::focusOutEvent(event);
    keyboardFocus_ = false;
    refreshCursor();
}

}  // namespace nj::ui
