#include "widgets/event_lane.h"

#include <algorithm>
#include <numeric>

#include "widgets/event_label.h"

namespace nj::ui {

namespace {

constexpr double kGap = 4;
constexpr qsizetype kLabelCharacters = 40;

QString labelOf(const query::EventMark& event, const Theme& theme) {
    QString words = eventLabel(event);
    if (words.size() > kLabelCharacters)
        words = words.left(kLabelCharacters - 1) + QStringLiteral("…");
    const QString mark = eventLook(event, theme).mark;
    return mark.isEmpty() ? words : mark + QLatin1Char(' ') + words;
}

}  // namespace

EventLook eventLook(const query::EventMark& event, const Theme& theme) {
    const std::string& kind = event.kind;
    if (kind == "rollback" || kind == "resolved" || kind == "mitigated")
        return {QStringLiteral("●"), theme.ok};
    if (event.severity >= 17)
        return {QStringLiteral("▲"), theme.error};
    if (event.severity >= 13)
        return {QStringLiteral("◆"), theme.warning};
    if (kind == "deploy" || kind == "scale" || kind == "config")
        return {QStringLiteral("▼"), theme.accent};
    return {{}, theme.muted};
}

int eventWeight(const query::EventMark& event) {
    const std::string& kind = event.kind;
    if (kind == "deploy" || kind == "rollback" || kind == "config" || kind == "alert")
        return 5;
    if (kind == "throttle" || kind == "xid" || kind == "oom" || kind == "hardware" || kind == "restart")
        return 4;
    if (kind == "probe" || kind == "scale")
        return 1;
    return event.severity >= 17 ? 3 : 2;
}

QVector<LaneFlag> layoutLane(const std::vector<query::EventMark>& events, const TimeRange& range, const QRectF& area, int rows, const QFontMetricsF& metrics,
                             const Theme& theme) {
    QVector<LaneFlag> flags;
    if (range.empty() || area.width() <= 0)
        return flags;
    std::vector<size_t> order(events.size());
    std::iota(order.begin(), order.end(), size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) {
        const auto rank = [&](size_t i) { return std::pair(eventWeight(events[i]), static_cast<int>(events[i].severity)); };
        return rank(a) > rank(b);
    });
    const double rowHeight = metrics.height();
    QVector<QRectF> taken;
    for (const size_t i : order) {
        const query::EventMark& event = events[i];
        if (event.time < range.from || event.time >= range.to)
            continue;
        LaneFlag flag;
        flag.event = static_cast<int>(i);
        flag.x = area.left() + area.width() * static_cast<double>(event.time - range.from) / static_cast<double>(range.length());
        const QString text = labelOf(event, theme);
        const double width = metrics.horizontalAdvance(text);
        for (int row = 0; row < rows && flag.label.isEmpty(); ++row)
            for (const double left : {flag.x + kGap, flag.x - kGap - width}) {
                const QRectF place(left, area.top() + row * rowHeight, width, rowHeight);
                const bool free = std::none_of(taken.begin(), taken.end(), [&](const QRectF& other) { return other.intersects(place.adjusted(-kGap, 0, kGap, 0)); });
                if (place.left() >= area.left() && place.right() <= area.right() - 2 && free) {
                    flag.label = place;
                    flag.text = text;
                    taken.push_back(place);
                    break;
                }
            }
        flags.push_back(flag);
    }
    return flags;
}

void paintLane(QPainter& painter, const QVector<LaneFlag>& flags, const std::vector<query::EventMark>& events, const QRectF& area, const Theme& theme) {
    for (const LaneFlag& flag : flags) {   // verticals first, so that none crosses words
        const EventLook look = eventLook(events[static_cast<size_t>(flag.event)], theme);
        // Without words only a tick at the top: many events must not hide what they happened to.
        painter.fillRect(QRectF(std::floor(flag.x), area.top(), 1, flag.label.isEmpty() ? std::min(5.0, area.height()) : area.height()), look.color);
    }
    for (const LaneFlag& flag : flags) {
        if (flag.label.isEmpty())
            continue;
        QColor ground = theme.panel;
        ground.setAlphaF(0.88F);
        painter.fillRect(flag.label.adjusted(-2, 1, 2, -1), ground);
        painter.setPen(eventLook(events[static_cast<size_t>(flag.event)], theme).color);
        painter.drawText(flag.label, Qt::AlignLeft | Qt::AlignVCenter, flag.text);
    }
}

}  // namespace nj::ui
