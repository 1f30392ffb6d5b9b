#include "widgets/overview_strip.h"

#include <QHelpEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>
#include <algorithm>
#include <cmath>

#include "theme/number_format.h"
#include "widgets/plain_label.h"
#include "widgets/time_axis.h"

namespace nj::ui {

namespace {

constexpr double kTickRoom = 15, kTop = 2, kEdge = 5, kDragStart = 4;
constexpr int kPixelsPerColumn = 3;
constexpr DurationNs kShortest = kMicrosecond;

}  // namespace

OverviewStrip::OverviewStrip(Workspace& workspace, const Theme& theme, QWidget* parent) : QWidget(parent), workspace_(workspace), theme_(theme) {
    setMouseTracking(true);
    setFocusPolicy(Qt::StrongFocus);
    setFixedHeight(sizeHint().height());
    setAccessibleName(tr("Everything over time"));
    const auto repaint = [this] { update(); };
    connect(&workspace_, &Workspace::rangeChanged, this, &OverviewStrip::describe);
    connect(&workspace_, &Workspace::utcChanged, this, &OverviewStrip::describe);
    connect(&workspace_, &Workspace::baselineChanged, this, repaint);
    connect(&workspace_, &Workspace::cursorChanged, this, repaint);
}

QSize OverviewStrip::sizeHint() const { return {400, 16 * theme_.unit}; }
int OverviewStrip::columns() const { return std::clamp(width() / kPixelsPerColumn, 60, 1200); }
QRectF OverviewStrip::plot() const { return QRectF(0, kTop, width(), height() - kTop - kTickRoom - 1); }

void OverviewStrip::describe() {
    setAccessibleDescription(tr("Range shown: %1 %2").arg(formatRange(workspace_.range(), workspace_.utc()), zoneName(workspace_.range().from, workspace_.utc())));
    update();
}

void OverviewStrip::setVolume(const query::VolumeAnswer& volume) {
    volume_ = volume;
    update();
}

void OverviewStrip::setAxis(TimeRange axis, const QString& note) {
    axis_ = axis;
    note_ = note;
    update();
}

void OverviewStrip::setEvents(std::vector<query::EventMark> events) {
    events_ = std::move(events);
    update();
}

double OverviewStrip::xOf(TimeNs time) const {
    const TimeRange all = axis();
    return all.empty() ? 0 : width() * (static_cast<double>(time - all.from) / static_cast<double>(all.length()));
}

TimeNs OverviewStrip::timeAt(double x) const {
    const TimeRange all = axis();
    return all.from + static_cast<DurationNs>(std::clamp(x / std::max(1, width()), 0.0, 1.0) * static_cast<double>(all.length()));
}

TimeRange OverviewStrip::clamped(TimeRange range) const {
    const TimeRange all = workspace_.all();
    range.from = std::clamp(range.from, all.from, all.to);
    range.to = std::clamp(range.to, all.from, all.to);
    return range;
}

void OverviewStrip::paintEvent(QPaintEvent*) {
    QPainter p(this);
    p.fillRect(rect(), theme_.panel);
    paintBars(p);
    paintTicks(p);
    paintBrush(p);
    p.setFont(theme_.caption);
    const auto flags = layoutLane(events_, axis(), plot(), 2, QFontMetricsF(theme_.caption), theme_);
    paintLane(p, flags, events_, plot(), theme_);
    if (workspace_.cursor())
        p.fillRect(QRectF(std::floor(xOf(*workspace_.cursor())), 0, 1, height() - kTickRoom), theme_.text);
    p.fillRect(QRectF(0, height() - 1, width(), 1), theme_.line);
    if (hasFocus()) {
        p.setPen(theme_.accent);
        p.drawRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -1.5));
    }
}

void OverviewStrip::paintBars(QPainter& p) const {
    const size_t n = volume_.spans.size();
    if (n == 0 || volume_.width <= 0)
        return;
    double most = 1, mostErrors = 1;
    for (size_t i = 0; i < n; ++i) {
        most = std::max(most, double(volume_.spans[i]) + (i < volume_.logs.size() ? volume_.logs[i] : 0));
        mostErrors = std::max(mostErrors, i < volume_.errors.size() ? double(volume_.errors[i]) : 0);
    }
    const QRectF area = plot();
    const double top = area.top() + area.height() * 0.3;   // the upper third is for the flags
    const double full = area.bottom() - top;
    QColor bar = theme_.series.value(4, theme_.accent);
    bar.setAlphaF(theme_.kind == ThemeKind::kDark ? 0.62F : 0.55F);
    for (size_t i = 0; i < n; ++i) {
        const double left = std::round(xOf(volume_.from + volume_.width * static_cast<DurationNs>(i)));
        const double right = std::round(xOf(volume_.from + volume_.width * static_cast<DurationNs>(i + 1)));
        const double gap = right - left > 2 ? 1 : 0;
        const double count = double(volume_.spans[i]) + (i < volume_.logs.size() ? volume_.logs[i] : 0);
        const double height = std::ceil(full * count / most);
        if (count > 0)
            p.fillRect(QRectF(left, area.bottom() - height, std::max(1.0, right - left - gap), height), bar);
        if (i < volume_.errors.size() && volume_.errors[i] > 0) {
            const double tall = std::max(1.0, std::round(full * 0.5 * volume_.errors[i] / mostErrors));
            if (tall > 1 || mostErrors < 20)
                p.fillRect(QRectF(left, area.bottom() - tall, std::max(1.0, right - left - gap), tall), theme_.error);
        }
    }
}

void OverviewStrip::paintTicks(QPainter& p) const {
    p.setFont(theme_.caption);
    const QFontMetricsF metrics(theme_.caption);
    const QRectF area = plot();
    p.fillRect(QRectF(0, area.bottom(), width(), 1), theme_.grid);
    const auto ticks = timeTicks(axis(), std::max(2, width() / 130), workspace_.utc());
    double free = 4;
    if (!note_.isEmpty()) {
        p.setPen(theme_.muted);
        const QString text = QStringLiteral("◂ ") + note_;
        p.drawText(QRectF(4, area.bottom() + 1, width(), kTickRoom), Qt::AlignLeft | Qt::AlignVCenter, text);
        free = 4 + metrics.horizontalAdvance(text) + 12;
    }
    for (const TimeTick& tick : ticks.ticks) {
        const double x = xOf(tick.time);
        const double w = metrics.horizontalAdvance(tick.label);
        p.fillRect(QRectF(std::floor(x), area.bottom(), 1, 3), theme_.line);
        const double left = std::clamp(x - w / 2, 4.0, width() - w - 4);
        if (left < free)
            continue;
        p.setPen(theme_.muted);
        p.drawText(QRectF(left, area.bottom() + 1, w + 2, kTickRoom), Qt::AlignLeft | Qt::AlignVCenter, tick.label);
        free = left + w + 8;
    }
}

void OverviewStrip::paintBrush(QPainter& p) const {
    const QRectF area(0, 0, width(), height() - 1);
    if (const auto baseline = workspace_.baseline()) {
        const double left = xOf(baseline->from), right = xOf(baseline->to), y = plot().bottom() - 0.5;
        QPen pen(theme_.muted, 1, Qt::DashLine);
        pen.setCosmetic(true);
        p.setPen(pen);
        p.drawLine(QPointF(left, y), QPointF(right, y));
    }
    const TimeRange range = shown();
    if (range.empty())
        return;
    const double left = std::floor(xOf(range.from)), right = std::max(left + 2, std::ceil(xOf(range.to)));
    p.fillRect(QRectF(left, area.top(), right - left, area.height()), theme_.selection);
    p.fillRect(QRectF(left, area.top(), 1, area.height()), theme_.accent);
    p.fillRect(QRectF(right - 1, area.top(), 1, area.height()), theme_.accent);
    if (!preview_)
        return;
    const QString text = formatRange(range, workspace_.utc());
    p.setFont(theme_.caption);
    const double w = QFontMetricsF(theme_.caption).horizontalAdvance(text) + 10;
    const QRectF tag(std::clamp((left + right) / 2 - w / 2, 0.0, width() - w), area.bottom() - kTickRoom, w, kTickRoom);
    p.fillRect(tag, theme_.accent);
    p.setPen(theme_.kind == ThemeKind::kDark ? theme_.base : theme_.panel);
    p.drawText(tag, Qt::AlignCenter, text);
}

OverviewStrip::Drag OverviewStrip::dragAt(const QPointF& at, Qt::KeyboardModifiers modifiers) const {
    const TimeRange range = workspace_.range();
    if (modifiers & Qt::AltModifier)
        return Drag::kCompare;
    if (range.empty())
        return Drag::kNew;
    const double left = xOf(range.from), right = xOf(range.to);
    if ((modifiers & Qt::ShiftModifier) && at.x() >= left && at.x() <= right)
        return Drag::kMove;
    const double toLeft = std::fabs(at.x() - left), toRight = std::fabs(at.x() - right);
    if (std::min(toLeft, toRight) > kEdge)
        return Drag::kNew;
    // A brush narrower than its handles: the side of the pointer decides.
    return (toLeft < toRight || (toLeft == toRight && at.x() < left)) ? Drag::kLeft : Drag::kRight;
}

void OverviewStrip::mousePressEvent(QMouseEvent* event) {
    if (event->button() == Qt::RightButton) {
        workspace_.undo().undo();
        return;
    }
    if (event->button() != Qt::LeftButton || workspace_.all().empty())
        return;
    pressed_ = event->position();
    atPress_ = workspace_.range();
    drag_ = dragAt(pressed_, event->modifiers());
}

void OverviewStrip::mouseMoveEvent(QMouseEvent* event) {
    const QPointF at = event->position();
    if (drag_ == Drag::kNone) {
        const Drag would = dragAt(at, event->modifiers());
        setCursor(would == Drag::kLeft || would == Drag::kRight ? Qt::SizeHorCursor : would == Drag::kMove ? Qt::OpenHandCursor : Qt::CrossCursor);
        workspace_.setCursor(timeAt(at.x()));
        return;
    }
    if (!preview_ && std::fabs(at.x() - pressed_.x()) < kDragStart)
        return;
    TimeRange range = atPress_;
    switch (drag_) {
        case Drag::kNew:
        case Drag::kCompare: range = {timeAt(std::min(pressed_.x(), at.x())), timeAt(std::max(pressed_.x(), at.x()))}; break;
        case Drag::kLeft: range.from = timeAt(at.x()); break;
        case Drag::kRight: range.to = timeAt(at.x()); break;
        case Drag::kMove: {
            const TimeRange all = workspace_.all();
            const DurationNs shift = std::clamp(timeAt(at.x()) - timeAt(pressed_.x()), std::min<DurationNs>(0, all.from - atPress_.from),
                                                std::max<DurationNs>(0, all.to - atPress_.to));
            range = {atPress_.from + shift, atPress_.to + shift};
            break;
        }
        case Drag::kNone: break;
    }
    if (range.to < range.from)
        std::swap(range.from, range.to);
    preview_ = clamped(range);
    update();
}

void OverviewStrip::mouseReleaseEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton || drag_ == Drag::kNone)
        return;
    const bool dragged = preview_.has_value();
    const TimeRange range = preview_.value_or(TimeRange{});
    const bool compare = drag_ == Drag::kCompare;
    drag_ = Drag::kNone;
    preview_.reset();
    if (dragged && compare && range.length() >= kShortest)
        workspace_.compare(range);
    else if (dragged && range.length() >= kShortest)
        workspace_.setRange(range);
    else if (const query::EventMark* hit = eventAt(event->position().x()))
        Q_EMIT eventClicked(hit->seq);
    update();
}

void OverviewStrip::mouseDoubleClickEvent(QMouseEvent* event) {
    if (event->button() == Qt::LeftButton)
        workspace_.setRange(axis());
}

void OverviewStrip::zoom(TimeNs at, double factor) {
    const TimeRange range = workspace_.range();
    if (range.empty())
        return;
    const auto part = [&](TimeNs edge) { return at + static_cast<DurationNs>(static_cast<double>(edge - at) * factor); };
    const TimeRange next = clamped({part(range.from), part(range.to)});
    if (next.length() >= kShortest)
        workspace_.setRange(next);
}

void OverviewStrip::wheelEvent(QWheelEvent* event) {
    if (!(event->modifiers() & Qt::ControlModifier)) {
        event->ignore();   // a plain wheel scrolls the page
        return;
    }
    zoom(timeAt(event->position().x()), event->angleDelta().y() > 0 ? 0.8 : 1.25);
    event->accept();
}

void OverviewStrip::keyPressEvent(QKeyEvent* event) {
    const TimeRange range = workspace_.range(), all = workspace_.all();
    const auto shift = [&](int direction) {
        const DurationNs by = std::clamp(direction * range.length() / 10, all.from - range.from, all.to - range.to);
        workspace_.setRange({range.from + by, range.to + by});
    };
    switch (event->key()) {
        case Qt::Key_Left: shift(-1); break;
        case Qt::Key_Right: shift(1); break;
        case Qt::Key_Plus:
        case Qt::Key_Equal: zoom(range.from + range.length() / 2, 0.5); break;
        case Qt::Key_Minus: zoom(range.from + range.length() / 2, 2); break;
        case Qt::Key_Home: workspace_.setRange(axis()); break;
        default: QWidget::keyPressEvent(event);
    }
}

void OverviewStrip::leaveEvent(QEvent*) { workspace_.setCursor({}); }

const query::EventMark* OverviewStrip::eventAt(double x) const {
    const query::EventMark* nearest = nullptr;
    for (const query::EventMark& event : events_)
        if (std::fabs(xOf(event.time) - x) <= kEdge && (!nearest || std::fabs(xOf(event.time) - x) < std::fabs(xOf(nearest->time) - x)))
            nearest = &event;
    return nearest;
}

TimeRange denseRange(const query::VolumeAnswer& volume, uint64_t* outside) {
    const size_t n = volume.spans.size();
    const auto rows = [&](size_t i) { return uint64_t{volume.spans[i]} + (i < volume.logs.size() ? volume.logs[i] : 0); };
    const TimeRange whole{volume.from, volume.from + volume.width * static_cast<DurationNs>(n)};
    if (outside)
        *outside = 0;
    uint64_t total = 0;
    for (size_t i = 0; i < n; ++i)
        total += rows(i);
    uint64_t spare = total / 1000, cut = 0;
    size_t first = 0, last = n;
    while (first < last && cut + rows(first) <= spare)
        cut += rows(first++);
    while (last > first && cut + rows(last - 1) <= spare)
        cut += rows(--last);
    if (total == 0 || (last - first) * 2 > n)
        return whole;
    first -= std::min<size_t>(first, 1);
    last = std::min(n, last + 1);
    if (outside)
        *outside = cut;
    return {volume.from + volume.width * static_cast<DurationNs>(first), volume.from + volume.width * static_cast<DurationNs>(last)};
}

bool OverviewStrip::event(QEvent* event) {
    if (event->type() != QEvent::ToolTip)
        return QWidget::event(event);
    const auto* help = static_cast<QHelpEvent*>(event);
    const bool utc = workspace_.utc();
    const TimeNs time = timeAt(help->pos().x());
    QString text = formatDateTime(time, utc, kMinute) + QLatin1Char(' ') + zoneName(time, utc);
    const auto column = volume_.width > 0 && time >= volume_.from ? static_cast<size_t>((time - volume_.from) / volume_.width) : volume_.spans.size();
    if (column < volume_.spans.size() && column < volume_.logs.size() && column < volume_.errors.size())
        text += tr("\n%1 spans, %2 logs in %3\n▲ %4 errors (own scale)")
                    .arg(formatCount(volume_.spans[column]), formatCount(volume_.logs[column]), formatLength(volume_.width), formatCount(volume_.errors[column]));
    if (const query::EventMark* hit = eventAt(help->pos().x()))
        text = formatDateTime(hit->time, utc, kSecond) + QLatin1Char(' ') + QString::fromStdString(hit->title).left(400) +
               (hit->entity.empty() ? QString() : QStringLiteral(" · ") + QString::fromStdString(hit->entity).left(100));
    QToolTip::showText(help->globalPos(), plainToolTip(text), this);
    return true;
}

}  // namespace nj::ui
