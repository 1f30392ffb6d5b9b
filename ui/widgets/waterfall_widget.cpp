#include "widgets/waterfall_widget.h"

#include <QAccessible>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QScrollBar>
#include <QToolTip>
#include <QWheelEvent>
#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <utility>

#include "theme/number_format.h"

namespace nj::ui {
namespace {

constexpr int kRuler = WaterfallPainter::kRulerHeight;
constexpr int kNumberColumn = 64;
constexpr DurationNs kShortestView = 100;   // ns across the whole ruler

}  // namespace

WaterfallWidget::WaterfallWidget(const Theme& theme, QWidget* parent) : QAbstractScrollArea(parent), theme_(theme) {
    setFrameShape(QFrame::NoFrame);
    setFocusPolicy(Qt::StrongFocus);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    viewport()->setMouseTracking(true);
    setAccessibleName(tr("Trace waterfall"));
}

void WaterfallWidget::setTree(std::shared_ptr<const query::TraceTree> tree) {
    layout_.setTree(std::move(tree));
    selected_ = -1;
    hovered_ = -1;
    matches_.clear();
    logsOfSpan_.clear();
    if (!layout_.empty()) {
        const auto& t = layout_.tree();
        // Records by the span they name; few of a large trace's spans have any.
        std::unordered_map<uint64_t, int32_t> wanted;
        const auto key = [](const SpanId& id) {
            uint64_t value;
            std::memcpy(&value, id.bytes.data(), sizeof value);
            return value;
        };
        for (const auto& log : t.logs)
            wanted.emplace(key(log.span), 0);   // one without a span of the trace stands at the root
        for (size_t i = t.spans.size(); !wanted.empty() && i-- > 0;)
            if (const auto found = wanted.find(key(t.spans[i].id)); found != wanted.end())
                found->second = static_cast<int32_t>(i);
        for (size_t i = 0; i < t.logs.size(); ++i)
            logsOfSpan_[wanted[key(t.logs[i].span)]].push_back(static_cast<uint32_t>(i));
    }
    describe();
    verticalScrollBar()->setValue(0);
    fit();
    layoutChanged();
}

void WaterfallWidget::layoutChanged() {
    updateScrollBar();
    viewport()->update();
}

void WaterfallWidget::setCriticalPathShown(bool shown) {
    criticalPath_ = shown;
    viewport()->update();
}

void WaterfallWidget::setSelfTimeShown(bool shown) {
    selfTime_ = shown;
    viewport()->update();
    Q_EMIT visibleRangeChanged();
}

void WaterfallWidget::setMatches(std::vector<int32_t> spans) {
    matches_ = std::move(spans);
    viewport()->update();
}

WaterfallColumns WaterfallWidget::columns() const {
    WaterfallColumns c;
    c.duration = nameWidth_;
    c.self = c.duration + kNumberColumn;
    c.bars = c.self + (selfTime_ ? kNumberColumn : 0) + theme_.padding;
    return c;
}

TraceAxis WaterfallWidget::axis() const {
    const WaterfallColumns c = columns();
    return {from_, to_, c.bars, std::max(1, viewport()->width() - c.bars - theme_.padding)};
}

int WaterfallWidget::firstVisibleRow() const { return verticalScrollBar()->value(); }

QRect WaterfallWidget::rowRect(int row) const {
    return {0, kRuler + (row - firstVisibleRow()) * theme_.rowHeight, viewport()->width(), theme_.rowHeight};
}

QRect WaterfallWidget::barRect(int row) const {
    if (row < 0 || static_cast<size_t>(row) >= layout_.rows().size())
        return {};
    const auto& r = layout_.rows()[static_cast<size_t>(row)];
    const TraceAxis a = axis();
    const QRect rect = rowRect(row);
    // Clamped before the conversion: a zoomed-in bar may be wider than an int holds.
    const double left = std::clamp(a.x(r.from), a.left - 4.0, a.left + a.width + 4.0);
    const double right = std::clamp(a.x(std::max(r.from, r.to)), a.left - 4.0, a.left + a.width + 4.0);
    const int top = rect.top() + (theme_.rowHeight - theme_.barHeight) / 2;
    return QRect(static_cast<int>(std::floor(left)), top, std::max(2, static_cast<int>(std::ceil(right - left))), theme_.barHeight);
}

int WaterfallWidget::rowAt(int y) const {
    if (y < kRuler)
        return -1;
    const int row = firstVisibleRow() + (y - kRuler) / theme_.rowHeight;
    return static_cast<size_t>(row) < layout_.rows().size() ? row : -1;
}

void WaterfallWidget::updateScrollBar() {
    const int page = std::max(1, (viewport()->height() - kRuler) / theme_.rowHeight);
    verticalScrollBar()->setPageStep(page);
    verticalScrollBar()->setSingleStep(1);
    verticalScrollBar()->setRange(0, std::max(0, static_cast<int>(layout_.rows().size()) - page));
}

void WaterfallWidget::select(int32_t span) {
    const int row = layout_.reveal(span);
    updateScrollBar();
    if (row >= 0) {
        const int first = firstVisibleRow();
        const int page = verticalScrollBar()->pageStep();
        if (row < first || row >= first + page)
            verticalScrollBar()->setValue(row - page / 2);
    }
    const bool changed = selected_ != span;
    selected_ = span;
    describe();
    viewport()->update();
    if (changed)
        Q_EMIT spanSelected(span);
}

// The selected span, and the trace it is of.
void WaterfallWidget::describe() {
    if (layout_.empty()) {
        setAccessibleDescription({});
        return;
    }
    const auto& t = layout_.tree();
    QString words = tr("%1 spans, %2 errors, %3").arg(t.spans.size()).arg(t.errors).arg(formatLength(t.to - t.from));
    if (selected_ >= 0 && static_cast<size_t>(selected_) < t.spans.size()) {
        const query::TraceSpan& span = t.spans[static_cast<size_t>(selected_)];
        QStringList parts{QString::fromStdString(span.service).left(80) + QLatin1Char(' ') + QString::fromStdString(span.name).left(120), formatLength(span.end - span.start),
                          tr("starts after %1").arg(formatLength(span.start - t.from)), tr("level %1").arg(span.depth + 1)};
        if (span.status == SpanStatus::kError)
            parts << tr("error");
        if (span.onCriticalPath)
            parts << tr("on the critical path");
        words = parts.join(QStringLiteral(", ")) + QStringLiteral("; ") + words;
    }
    setAccessibleDescription(words);
    QAccessibleEvent changed(this, QAccessible::DescriptionChanged);
    QAccessible::updateAccessibility(&changed);
}

void WaterfallWidget::setVisibleRange(TimeNs from, TimeNs to) {
    if (layout_.empty())
        return;
    const auto& t = layout_.tree();
    const TimeNs end = std::max(t.to, t.from + kShortestView);
    const DurationNs length = std::clamp(to - from, kShortestView, end - t.from);
    from_ = std::clamp(from, t.from, end - length);
    to_ = from_ + length;
    viewport()->update();
    Q_EMIT visibleRangeChanged();
}

void WaterfallWidget::fit() {
    if (!layout_.empty())
        setVisibleRange(layout_.tree().from, layout_.tree().to);
}

void WaterfallWidget::setCursor(std::optional<TimeNs> time) {
    if (cursor_ == time)
        return;
    cursor_ = time;
    viewport()->update();
}

void WaterfallWidget::zoom(double factor, TimeNs around) {
    const double share = static_cast<double>(around - from_) / static_cast<double>(to_ - from_);
    const auto length = static_cast<DurationNs>(std::min(static_cast<double>(to_ - from_) * factor, 9e18));
    setVisibleRange(around - static_cast<DurationNs>(share * static_cast<double>(length)), around + static_cast<DurationNs>((1 - share) * static_cast<double>(length)));
}

void WaterfallWidget::pan(double share) {
    const auto shift = static_cast<DurationNs>(share * static_cast<double>(to_ - from_));
    setVisibleRange(from_ + shift, to_ + shift);
}

void WaterfallWidget::toggle(int row) {
    const auto& r = layout_.rows()[static_cast<size_t>(row)];
    if (r.kind == WaterfallRow::Kind::kFolded)
        layout_.unfold(r.span);
    else if (r.expandable)
        layout_.setExpanded(r.span, !r.expanded);
    layoutChanged();
}

void WaterfallWidget::moveSelection(int rows) {
    if (layout_.rows().empty())
        return;
    const int last = static_cast<int>(layout_.rows().size()) - 1;
    int row = selected_ < 0 ? (rows > 0 ? -1 : last + 1) : layout_.rowOf(selected_);
    const int step = rows > 0 ? 1 : -1;
    row = std::clamp(row + rows, 0, last);
    while (row > 0 && row < last && !layout_.rows()[static_cast<size_t>(row)].isSpan())
        row += step;
    const auto& target = layout_.rows()[static_cast<size_t>(row)];
    // A fold is selected by its first span without opening it.
    if (target.kind == WaterfallRow::Kind::kFolded && selected_ != target.span) {
        selected_ = target.span;
        viewport()->update();
        Q_EMIT spanSelected(target.span);
        return;
    }
    select(target.span);
}

void WaterfallWidget::resizeEvent(QResizeEvent* event) {
    QAbstractScrollArea::resizeEvent(event);
    nameWidth_ = std::clamp(nameWidth_, 120, std::max(120, viewport()->width() / 2));
    updateScrollBar();
    Q_EMIT visibleRangeChanged();
}

void WaterfallWidget::scrollContentsBy(int, int) { viewport()->update(); }

WaterfallScene WaterfallWidget::scene() const {
    return {layout_, axis(), columns(), logsOfSpan_, matches_, serviceColor_, cursor_, selected_, hovered_, criticalPath_, selfTime_};
}

void WaterfallWidget::paintEvent(QPaintEvent*) {
    QPainter painter(viewport());
    painter.fillRect(viewport()->rect(), theme_.panel);
    if (layout_.empty())
        return;
    const WaterfallScene s = scene();
    const WaterfallPainter rows(painter, theme_, s);
    const int last = std::min(static_cast<int>(layout_.rows().size()), firstVisibleRow() + viewport()->height() / theme_.rowHeight + 1);
    rows.paintGrid(viewport()->rect());
    for (int row = firstVisibleRow(); row < last; ++row)
        rows.paintRow(row, rowRect(row), barRect(row));
    rows.paintRuler(viewport()->width());
    rows.paintCursor(viewport()->height());
    if (drag_ == Drag::kZoom && std::abs(dragTo_ - dragFrom_) > 4)
        painter.fillRect(QRect(std::min(dragFrom_, dragTo_), kRuler, std::abs(dragTo_ - dragFrom_), viewport()->height()), theme_.selection);
}

void WaterfallWidget::mousePressEvent(QMouseEvent* event) {
    const QPoint at = event->position().toPoint();
    const WaterfallColumns c = columns();
    if (event->button() == Qt::RightButton) {
        fit();
        return;
    }
    if (event->button() != Qt::LeftButton)
        return;
    if (std::abs(at.x() - c.duration) < 4) {
        drag_ = Drag::kColumn;
        return;
    }
    dragFrom_ = dragTo_ = at.x();
    if (at.x() >= c.bars) {
        drag_ = event->modifiers().testFlag(Qt::ShiftModifier) ? Drag::kPan : Drag::kZoom;
        panFrom_ = from_;
        panTo_ = to_;
    }
    const int row = rowAt(at.y());
    if (row < 0)
        return;
    const auto& r = layout_.rows()[static_cast<size_t>(row)];
    const int arrow = theme_.unit + r.depth * theme_.padding;
    if (r.expandable && at.x() >= arrow - 4 && at.x() < arrow + 16) {
        toggle(row);
        return;
    }
    if (!r.isSpan())
        return;
    if (const qint64 log = logAt(at); log >= 0) {
        drag_ = Drag::kNone;
        Q_EMIT logClicked(log);
        return;
    }
    selected_ = r.span;
    viewport()->update();
    Q_EMIT spanSelected(r.span);
}

void WaterfallWidget::mouseMoveEvent(QMouseEvent* event) {
    const QPoint at = event->position().toPoint();
    const TraceAxis a = axis();
    switch (drag_) {
    case Drag::kColumn:
        nameWidth_ = std::clamp(at.x(), 120, std::max(120, viewport()->width() / 2));
        viewport()->update();
        Q_EMIT visibleRangeChanged();
        return;
    case Drag::kPan: {
        const auto shift = static_cast<DurationNs>(static_cast<double>(dragFrom_ - at.x()) * static_cast<double>(panTo_ - panFrom_) / a.width);
        setVisibleRange(panFrom_ + shift, panTo_ + shift);
        return;
    }
    case Drag::kZoom:
        dragTo_ = at.x();
        viewport()->update();
        break;
    case Drag::kNone: break;
    }
    viewport()->setCursor(std::abs(at.x() - columns().duration) < 4 ? Qt::SplitHCursor : Qt::ArrowCursor);
    const int row = rowAt(at.y());
    if (row != hovered_) {
        hovered_ = row;
        viewport()->update();
    }
    if (at.x() >= a.left && at.x() <= a.left + a.width)
        Q_EMIT cursorMoved(a.time(at.x()));
    else
        Q_EMIT cursorMoved(std::nullopt);
}

void WaterfallWidget::mouseReleaseEvent(QMouseEvent*) {
    if (drag_ == Drag::kZoom && std::abs(dragTo_ - dragFrom_) > 4) {
        const TraceAxis a = axis();
        setVisibleRange(a.time(std::min(dragFrom_, dragTo_)), a.time(std::max(dragFrom_, dragTo_)));
    }
    drag_ = Drag::kNone;
    viewport()->update();
}

void WaterfallWidget::mouseDoubleClickEvent(QMouseEvent* event) {
    const int row = rowAt(event->position().toPoint().y());
    if (row >= 0 && event->position().x() < columns().bars)
        toggle(row);
    else
        fit();
}

void WaterfallWidget::wheelEvent(QWheelEvent* event) {
    if (event->modifiers().testFlag(Qt::ControlModifier)) {
        zoom(event->angleDelta().y() > 0 ? 0.8 : 1.25, axis().time(event->position().x()));
        event->accept();
        return;
    }
    QAbstractScrollArea::wheelEvent(event);
}

// One level more or less open, or all.
void WaterfallWidget::changeLevels(void (WaterfallLayout::*change)()) {
    (layout_.*change)();
    layoutChanged();
}

TimeNs WaterfallWidget::zoomCentre() const { return cursor_ && *cursor_ >= from_ && *cursor_ <= to_ ? *cursor_ : from_ + (to_ - from_) / 2; }

const KeyTable<WaterfallWidget>& WaterfallWidget::keys() {
    using Widget = WaterfallWidget;
    static const KeyTable<Widget> keys({{"W", QT_TR_NOOP("zoom in"), [](Widget& w) { w.zoom(0.7, w.zoomCentre()); }},
                                        {"S", QT_TR_NOOP("zoom out"), [](Widget& w) { w.zoom(1 / 0.7, w.zoomCentre()); }},
                                        {"A", QT_TR_NOOP("earlier; with Shift by a whole width"), [](Widget& w) { w.pan(-0.2); }},
                                        {"Shift+A", QT_TR_NOOP("earlier; with Shift by a whole width"), [](Widget& w) { w.pan(-1); }},
                                        {"D", QT_TR_NOOP("later; with Shift by a whole width"), [](Widget& w) { w.pan(0.2); }},
                                        {"Shift+D", QT_TR_NOOP("later; with Shift by a whole width"), [](Widget& w) { w.pan(1); }},
                                        {"F", QT_TR_NOOP("zoom to the span; again: to the whole trace"),
                                         [](Widget& w) {
                                             if (w.again_)
                                                 w.fit();
                                             else
                                                 w.focusSelected();
                                             w.focused_ = !w.again_;
                                         }},
                                        {"P", QT_TR_NOOP("one level open"), [](Widget& w) { w.changeLevels(&WaterfallLayout::expandLevel); }},
                                        {"O", QT_TR_NOOP("one level closed"), [](Widget& w) { w.changeLevels(&WaterfallLayout::collapseLevel); }},
                                        {"]", QT_TR_NOOP("all open"), [](Widget& w) { w.changeLevels(&WaterfallLayout::expandAll); }},
                                        {"[", QT_TR_NOOP("all closed"), [](Widget& w) { w.changeLevels(&WaterfallLayout::collapseAll); }},
                                        {"E", QT_TR_NOOP("next, previous error"), [](Widget& w) { Q_EMIT w.errorWanted(false); }},
                                        {"Shift+E", QT_TR_NOOP("next, previous error"), [](Widget& w) { Q_EMIT w.errorWanted(true); }},
                                        {"N", QT_TR_NOOP("next, previous hit"), [](Widget& w) { Q_EMIT w.hitWanted(false); }},
                                        {"Shift+N", QT_TR_NOOP("next, previous hit"), [](Widget& w) { Q_EMIT w.hitWanted(true); }}},
                                       true);
    return keys;
}

void WaterfallWidget::focusSelected() {
    if (selected_ < 0 || layout_.empty())
        return;
    const auto& span = layout_.tree().spans[static_cast<size_t>(selected_)];
    const TimeNs from = std::max(span.start, layout_.tree().from), to = std::min(std::max(span.end, span.start), layout_.tree().to);
    const DurationNs length = std::max<DurationNs>(to - from, kShortestView), margin = std::min(length / 12, kHour);
    setVisibleRange(from - margin, from + length + margin);
}

void WaterfallWidget::keyPressEvent(QKeyEvent* event) {
    const int row = layout_.rowOf(selected_);
    again_ = std::exchange(focused_, false);
    if (layout_.empty() || keys().run(*this, *event))
        return;
    switch (event->key()) {
    case Qt::Key_Down: moveSelection(1); return;
    case Qt::Key_Up: moveSelection(-1); return;
    case Qt::Key_PageDown: moveSelection(verticalScrollBar()->pageStep()); return;
    case Qt::Key_PageUp: moveSelection(-verticalScrollBar()->pageStep()); return;
    case Qt::Key_Home: moveSelection(-static_cast<int>(layout_.rows().size())); return;
    case Qt::Key_End: moveSelection(static_cast<int>(layout_.rows().size())); return;
    case Qt::Key_Space:
        if (row >= 0)
            toggle(row);
        return;
    case Qt::Key_Left:
    case Qt::Key_Right: {
        const bool open = event->key() == Qt::Key_Right;
        if (row >= 0 && layout_.rows()[static_cast<size_t>(row)].expandable && layout_.rows()[static_cast<size_t>(row)].expanded != open)
            toggle(row);
        else if (!open && selected_ >= 0 && layout_.tree().spans[static_cast<size_t>(selected_)].parent >= 0)
            select(layout_.tree().spans[static_cast<size_t>(selected_)].parent);
        else if (open)
            moveSelection(1);
        return;
    }
    default: QAbstractScrollArea::keyPressEvent(event);
    }
}

bool WaterfallWidget::event(QEvent* event) {
    // Letters that the waterfall uses must not start one of the window's key sequences, nor go back and forward in it.
    if (event->type() == QEvent::ShortcutOverride) {
        if (keys().has(*this, *static_cast<QKeyEvent*>(event))) {
            event->accept();
            return true;
        }
    }
    return QAbstractScrollArea::event(event);
}

qint64 WaterfallWidget::logAt(const QPoint& at) const {
    const int row = rowAt(at.y());
    if (row < 0 || !layout_.rows()[static_cast<size_t>(row)].isSpan())
        return -1;
    const auto logs = logsOfSpan_.find(layout_.rows()[static_cast<size_t>(row)].span);
    if (logs == logsOfSpan_.end() || at.y() < barRect(row).bottom() - 1)
        return -1;
    const TraceAxis a = axis();
    qint64 best = -1;
    double nearest = 5;
    for (const uint32_t index : logs->second)
        if (const double away = std::abs(a.x(layout_.tree().logs[index].time) - at.x()); away < nearest) {
            nearest = away;
            best = layout_.tree().logs[index].seq;
        }
    return best;
}

QString WaterfallWidget::markText(const QPoint& at) const {
    const int row = rowAt(at.y());
    if (row < 0 || layout_.rows()[static_cast<size_t>(row)].kind != WaterfallRow::Kind::kSpan)
        return {};
    const auto plain = [](const std::string& text) { return QString::fromUtf8(text.data(), static_cast<qsizetype>(std::min<size_t>(text.size(), 400))).toHtmlEscaped(); };
    if (const qint64 seq = logAt(at); seq >= 0)
        for (const auto& log : layout_.tree().logs)
            if (log.seq == seq)
                return plain(log.service) + QStringLiteral("<br>") + plain(log.body);
    const TraceAxis a = axis();
    for (const auto& event : layout_.tree().spans[static_cast<size_t>(layout_.rows()[static_cast<size_t>(row)].span)].events)
        if (std::abs(a.x(event.time) - at.x()) < 3 && at.y() < barRect(row).top() + 5)
            return tr("event %1 at +%2").arg(plain(event.name), formatLength(event.time - layout_.tree().from));
    return {};
}

bool WaterfallWidget::viewportEvent(QEvent* event) {
    if (event->type() == QEvent::ToolTip) {
        const auto* help = static_cast<QHelpEvent*>(event);
        const int row = rowAt(help->pos().y());
        if (const QString mark = markText(help->pos()); !mark.isEmpty())
            QToolTip::showText(help->globalPos(), QStringLiteral("<qt>") + mark + QStringLiteral("</qt>"), viewport());
        else if (row >= 0)
            QToolTip::showText(help->globalPos(), WaterfallPainter::toolTip(layout_, layout_.rows()[static_cast<size_t>(row)]), viewport());
        else
            QToolTip::hideText();
        return true;
    }
    if (event->type() == QEvent::Leave) {
        hovered_ = -1;
        Q_EMIT cursorMoved(std::nullopt);
        viewport()->update();
    }
    return QAbstractScrollArea::viewportEvent(event);
}

}  // namespace nj::ui
