#include "widgets/timeline_lanes.h"

#include <QHelpEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>
#include <algorithm>
#include <cmath>

#include "theme/number_format.h"
#include "widgets/event_label.h"
#include "widgets/event_lane.h"
#include "widgets/plain_label.h"
#include "widgets/time_axis.h"

namespace nj::ui {
namespace {

constexpr double kTick = 9, kGap = 5, kHit = 6, kDragFrom = 4;
constexpr int kNameWidth = 96, kAxisHeight = 20, kTickSpacing = 110;
constexpr qsizetype kLabelCharacters = 60;

double place(TimeNs time, TimeRange range, const QRectF& plot) {
    return plot.left() + plot.width() * (static_cast<double>(time) - static_cast<double>(range.from)) / std::max(1.0, static_cast<double>(range.length()));
}

QString labelOf(const TimelineRow& row) {
    const QString text = !row.isNote() ? eventLabel(row.event) : QString::fromStdString(row.note.text.substr(0, 400)).simplified();
    return text.size() > kLabelCharacters ? text.left(kLabelCharacters - 1) + QStringLiteral("…") : text;
}

}  // namespace

TimelineLaneLayout layoutTimelineLanes(const std::vector<TimelineRow>& rows, TimeRange range, const QRectF& area, double nameWidth, double axisHeight, double laneHeight,
                                       const QFontMetricsF& metrics) {
    TimelineLaneLayout layout;
    layout.plot = area.adjusted(nameWidth, 0, 0, -axisHeight);
    layout.laneHeight = laneHeight;
    for (int group = 0; group < kTimelineGroups; ++group)
        if (std::any_of(rows.begin(), rows.end(), [&](const TimelineRow& row) { return row.group == static_cast<TimelineGroup>(group); }))
            layout.lanes.push_back(static_cast<TimelineGroup>(group));
    if (range.empty() || layout.plot.width() <= 0)
        return layout;
    for (int lane = 0; lane < layout.lanes.size(); ++lane) {
        const QRectF band = layout.lane(lane);
        const qsizetype first = layout.items.size();
        for (size_t i = 0; i < rows.size(); ++i) {
            if (rows[i].group != layout.lanes[lane])
                continue;
            const double x = std::clamp(place(rows[i].event.time, range, layout.plot), layout.plot.left(), layout.plot.right());
            const double to = std::clamp(place(std::max(rows[i].event.end, rows[i].event.time), range, layout.plot), x, layout.plot.right());
            LaneItem item;
            item.row = static_cast<int>(i);
            item.mark = to - x > kTick ? QRectF(x, band.center().y() - 4, to - x, 8) : QRectF(x - kTick / 2, band.center().y() - kTick / 2, kTick, kTick);
            layout.items.push_back(item);
        }
        // Marks too close for words of their own share those of the weightiest: a rollout is its deploy, not its last pod.
        qsizetype telling = first;
        for (qsizetype i = first; i < layout.items.size(); ++i) {
            LaneItem& item = layout.items[i];
            const auto weight = [&](qsizetype at) { return eventWeight(rows[static_cast<size_t>(layout.items[at].row)].event); };
            telling = weight(i) > weight(telling) ? i : telling;
            const double room = (i + 1 < layout.items.size() ? layout.items[i + 1].mark.left() : layout.plot.right()) - item.mark.right() - 2 * kGap;
            const QString text = metrics.elidedText(labelOf(rows[static_cast<size_t>(layout.items[telling].row)]), Qt::ElideRight, std::max(0.0, room));
            if (room < 40 || text.size() < 4)
                continue;
            item.text = text;
            item.label = QRectF(item.mark.right() + kGap, band.top(), metrics.horizontalAdvance(text) + 1, laneHeight);
            telling = i + 1;
        }
    }
    return layout;
}

TimelineLanes::TimelineLanes(Workspace& workspace, TimelineModel& model, const Theme& theme, QWidget* parent)
    : QWidget(parent), workspace_(workspace), model_(model), theme_(theme) {
    setMouseTracking(true);
    setObjectName(QStringLiteral("timelineLanes"));
    setAccessibleName(tr("Events by kind over time"));
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    connect(&model, &QAbstractItemModel::modelReset, this, &TimelineLanes::relayout);
    connect(&workspace, &Workspace::rangeChanged, this, &TimelineLanes::relayout);
    connect(&workspace, &Workspace::cursorChanged, this, [this] { update(); });
    connect(&workspace, &Workspace::utcChanged, this, [this] { update(); });
    relayout();
}

void TimelineLanes::relayout() {
    layout_ = layoutTimelineLanes(model_.rows(), workspace_.range(), QRectF(rect()), kNameWidth, kAxisHeight, theme_.rowHeight, QFontMetricsF(theme_.caption));
    const int wanted = static_cast<int>(std::max<qsizetype>(1, layout_.lanes.size())) * theme_.rowHeight + kAxisHeight;
    if (height() != wanted)
        setFixedHeight(wanted);
    selected_ = -1;
    update();
}

void TimelineLanes::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    relayout();
}

void TimelineLanes::setSelectedRow(int row) {
    selected_ = row;
    update();
}

double TimelineLanes::xOf(TimeNs time) const { return place(time, workspace_.range(), layout_.plot); }

TimeNs TimelineLanes::timeAt(double x) const {
    const TimeRange range = workspace_.range();
    const double share = std::clamp((x - layout_.plot.left()) / std::max(1.0, layout_.plot.width()), 0.0, 1.0);
    return range.from + static_cast<DurationNs>(share * static_cast<double>(range.length()));
}

void TimelineLanes::paintAxis(QPainter& p) const {
    const TimeRange range = workspace_.range();
    p.setFont(theme_.caption);
    for (const TimeTick& tick : timeTicks(shownRange(range), std::max(1, static_cast<int>(layout_.plot.width()) / kTickSpacing), workspace_.utc()).ticks) {
        const double x = std::round(xOf(tick.time)) + 0.5;
        p.setPen(QPen(theme_.grid, 1));
        p.drawLine(QPointF(x, layout_.plot.top()), QPointF(x, layout_.plot.bottom()));
        const double width = QFontMetricsF(theme_.caption).horizontalAdvance(tick.label);
        if (x + width / 2 > layout_.plot.right() || x - width / 2 < layout_.plot.left())
            continue;
        p.setPen(theme_.muted);
        p.drawText(QRectF(x - width / 2 - 4, layout_.plot.bottom(), width + 8, kAxisHeight), Qt::AlignCenter, tick.label);
    }
}

void TimelineLanes::paintEvent(QPaintEvent*) {
    QPainter p(this);
    paintAxis(p);
    for (int lane = 0; lane < layout_.lanes.size(); ++lane) {
        const QRectF band = layout_.lane(lane);
        p.fillRect(QRectF(0, band.bottom() - 1, width(), 1), theme_.grid);
        p.setFont(theme_.table);
        p.setPen(theme_.muted);
        p.drawText(QRectF(0, band.top(), kNameWidth - 8, band.height()), Qt::AlignLeft | Qt::AlignVCenter, timelineGroupName(layout_.lanes[lane]));
    }
    p.setRenderHint(QPainter::Antialiasing);
    p.setFont(theme_.caption);
    for (const LaneItem& item : layout_.items) {
        const TimelineRow& row = model_.row(item.row);
        const EventLook look = eventLook(row.event, theme_);
        const QColor color = row.isNote() && look.mark.isEmpty() ? theme_.accent : look.color;
        if (item.row == selected_)
            p.fillRect(item.mark.united(item.label).adjusted(-4, 1, 4, -1), theme_.selection);
        if (item.mark.width() > kTick + 0.5) {
            p.fillRect(item.mark, color);
        } else {
            const QString mark = row.isNote() ? noteKindMark(row.note.kind) : look.mark.isEmpty() ? QStringLiteral("•") : look.mark;
            p.setPen(color);
            p.drawText(item.mark.adjusted(-4, -4, 4, 4), Qt::AlignCenter, mark);
        }
        p.setPen(item.row == selected_ ? theme_.text : theme_.muted);
        p.drawText(item.label, Qt::AlignLeft | Qt::AlignVCenter, item.text);
    }
    if (const auto cursor = workspace_.cursor(); cursor && workspace_.range().contains(*cursor))
        p.fillRect(QRectF(std::floor(xOf(*cursor)), 0, 1, layout_.plot.bottom()), theme_.accent);
    if (dragged_ >= 0)
        p.fillRect(QRectF(QPointF(std::min(pressed_, dragged_), 0), QPointF(std::max(pressed_, dragged_), layout_.plot.bottom())), theme_.selection);
}

int TimelineLanes::rowAt(const QPointF& position) const {
    int nearest = -1;
    double best = kHit;
    for (const LaneItem& item : layout_.items) {
        if (position.y() < item.mark.center().y() - theme_.rowHeight / 2.0 || position.y() > item.mark.center().y() + theme_.rowHeight / 2.0)
            continue;
        const double away = position.x() < item.mark.left() ? item.mark.left() - position.x() : std::max(0.0, position.x() - item.mark.right());
        if (item.label.contains(position) && nearest < 0)
            nearest = item.row;
        if (away < best) {
            best = away;
            nearest = item.row;
        }
    }
    return nearest;
}

void TimelineLanes::mousePressEvent(QMouseEvent* event) {
    if (event->button() == Qt::LeftButton && event->position().x() >= layout_.plot.left())
        pressed_ = event->position().x();
}

void TimelineLanes::mouseMoveEvent(QMouseEvent* event) {
    const double x = event->position().x();
    if (x >= layout_.plot.left())
        workspace_.setCursor(timeAt(x));
    if (pressed_ >= 0 && (event->buttons() & Qt::LeftButton) && (dragged_ >= 0 || std::fabs(x - pressed_) > kDragFrom)) {
        dragged_ = std::clamp(x, layout_.plot.left(), layout_.plot.right());
        update();
    }
}

void TimelineLanes::mouseReleaseEvent(QMouseEvent* event) {
    const double from = pressed_, to = dragged_;
    pressed_ = dragged_ = -1;
    if (from >= 0 && to >= 0)
        workspace_.setRange({timeAt(std::min(from, to)), timeAt(std::max(from, to))});
    else if (from >= 0)
        if (const int row = rowAt(event->position()); row >= 0)
            Q_EMIT rowClicked(row);
    update();
}

void TimelineLanes::leaveEvent(QEvent*) { workspace_.setCursor({}); }

bool TimelineLanes::event(QEvent* event) {
    if (event->type() != QEvent::ToolTip)
        return QWidget::event(event);
    const auto* help = static_cast<QHelpEvent*>(event);
    if (const int row = rowAt(help->pos()); row >= 0)
        QToolTip::showText(help->globalPos(), model_.data(model_.index(row, TimelineModel::kWhat), Qt::ToolTipRole).toString(), this);
    else
        QToolTip::hideText();
    return true;
}

}  // namespace nj::ui
