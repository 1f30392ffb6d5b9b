#include "widgets/chart_marks.h"

#include <QFontMetricsF>
#include <QPainterPath>
#include <algorithm>
#include <cmath>
#include <numeric>

namespace nj::ui {
namespace {

constexpr double kFlagGap = 6;       // between line and label
constexpr int kLongestLabel = 44;    // characters
constexpr double kHeightForTwoLanes = 80;

int gravity(ChartRole role) {
    switch (role) {
    case ChartRole::kError: return 4;
    case ChartRole::kAccent: return 3;   // a deploy explains more than the warnings it causes
    case ChartRole::kOk: return 3;
    case ChartRole::kWarning: return 2;
    default: return 1;
    }
}

QColor faded(QColor color, double alpha) {
    color.setAlphaF(static_cast<float>(alpha));
    return color;
}

double snapped(double position) { return std::floor(position) + 0.5; }

QString flagGlyph(const ChartFlag& flag) { return flag.glyph.isEmpty() ? roleGlyph(flag.role) : flag.glyph; }

QString flagText(const ChartFlag& flag) {
    const QString glyph = flagGlyph(flag);
    const QString words = flag.label.size() > kLongestLabel ? flag.label.left(kLongestLabel - 1) + QChar(0x2026) : flag.label;
    return glyph.isEmpty() ? words : glyph + QLatin1Char(' ') + words;
}

bool overlapsAny(const QVector<FlagPlace>& places, const QRectF& rect, int lane) {
    return std::any_of(places.begin(), places.end(), [&](const FlagPlace& p) {
        return p.lane == lane && p.label.left() < rect.right() + 8 && rect.left() < p.label.right() + 8;
    });
}

}  // namespace

QColor roleColor(const Theme& theme, ChartRole role) {
    switch (role) {
    case ChartRole::kAccent: return theme.accent;
    case ChartRole::kError: return theme.error;
    case ChartRole::kWarning: return theme.warning;
    case ChartRole::kOk: return theme.ok;
    case ChartRole::kText: return theme.text;
    case ChartRole::kMuted: break;
    }
    return theme.muted;
}

QString roleGlyph(ChartRole role) {
    switch (role) {
    case ChartRole::kAccent: return QStringLiteral("▼");
    case ChartRole::kError: return QStringLiteral("▲");
    case ChartRole::kWarning: return QStringLiteral("◆");
    case ChartRole::kOk: return QStringLiteral("●");
    default: return {};
    }
}

QVector<FlagPlace> placeFlags(const QVector<ChartFlag>& flags, const PlotFrame& frame, const QVector<double>& widths, double glyphWidth, double right,
                              int lanes) {
    QVector<int> order(flags.size());
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(), [&](int a, int b) {
        const int ga = gravity(flags[a].role), gb = gravity(flags[b].role);
        return ga != gb ? ga > gb : flags[a].time < flags[b].time;
    });
    QVector<FlagPlace> places;
    for (const int f : order) {
        if (!frame.range.contains(flags[f].time))
            continue;
        const double x = frame.x(flags[f].time);
        const bool crowded = std::any_of(places.begin(), places.end(), [&](const FlagPlace& p) { return std::abs(p.x - x) < 3; });
        if (crowded)
            continue;
        FlagPlace place{f, x, -1, {}, {}};
        const auto attempt = [&](double left, double width, int lane) {
            const QRectF rect(left, lane * kFlagLaneHeight, width, kFlagLaneHeight);
            if (left < frame.plot.left() || rect.right() > right || overlapsAny(places, rect, lane))
                return false;
            place.lane = lane;
            place.label = rect;
            return true;
        };
        for (int lane = 0; lane < lanes && place.lane < 0 && !flags[f].label.isEmpty(); ++lane)
            if (!attempt(x + kFlagGap, widths[f], lane))
                (void)attempt(x - kFlagGap - widths[f], widths[f], lane);
        // Its mark alone, where it has one: the first letter of its words says nothing.
        if (place.lane < 0 && !flagGlyph(flags[f]).isEmpty())
            for (int lane = 0; lane < lanes && place.lane < 0 && !flags[f].label.isEmpty(); ++lane)
                (void)attempt(x + 3, glyphWidth, lane);
        places.push_back(place);
    }
    for (FlagPlace& place : places)
        if (place.lane >= 0) {
            const QString text = flagText(flags[place.flag]);
            place.text = place.label.width() < widths[place.flag] ? flagGlyph(flags[place.flag]) : text;
        }
    return places;
}

QVector<double> placeLimitLabels(const QVector<ChartLimit>& limits, const PlotFrame& frame, double height) {
    QVector<double> tops(limits.size(), kNoValue);
    QVector<int> order;
    for (int i = 0; i < limits.size(); ++i) {
        const double value = limits[i].value;
        if (value >= frame.scale.low && value <= frame.scale.high * (1 + 1e-9)) {
            tops[i] = frame.y(value) - height / 2;
            order.push_back(i);
        }
    }
    std::sort(order.begin(), order.end(), [&](int a, int b) { return tops[a] < tops[b]; });
    for (qsizetype k = 1; k < order.size(); ++k)
        tops[order[k]] = std::max(tops[order[k]], tops[order[k - 1]] + height);
    // Below the plot stands the zone of the time axis.
    double lowest = frame.plot.bottom() - height / 2;
    for (auto k = order.rbegin(); k != order.rend(); ++k) {
        tops[*k] = std::min(tops[*k], lowest);
        lowest = tops[*k] - height;
    }
    return tops;
}

double MarkPainter::laneRoom(const ChartMarks& marks, double height) {
    if (marks.flags.isEmpty() || !marks.flagLabels)
        return 6;
    return (marks.flags.size() > 3 && height >= kHeightForTwoLanes ? 2 : 1) * kFlagLaneHeight + 4;
}

double MarkPainter::labelRoom(const ChartMarks& marks, const Theme& theme) {
    const QFontMetricsF metrics(theme.table);
    double room = 0;
    for (const ChartLimit& limit : marks.limits)
        if (!limit.label.isEmpty())
            room = std::max(room, metrics.horizontalAdvance(limit.label.left(kLongestLabel)) + metrics.horizontalAdvance(roleGlyph(limit.role)) + 12);
    return std::min(room, 180.0);
}

void MarkPainter::paintHatch(QPainter& painter, const ChartHatch& hatch) const {
    const QRectF& plot = frame_.plot;
    const double left = std::max(plot.left(), frame_.x(hatch.range.from)), right = std::min(plot.right(), frame_.x(hatch.range.to));
    if (right <= left)
        return;
    const double bottom = std::isnan(hatch.above) ? plot.bottom() : frame_.y(hatch.above);
    const QRectF area(QPointF(left, plot.top()), QPointF(right, bottom));
    painter.save();
    painter.setClipRect(area);
    QPen pen(faded(theme_.muted, 0.45));
    pen.setCosmetic(true);
    pen.setWidthF(1);
    painter.setPen(pen);
    QVector<QLineF> lines;
    for (double x = std::floor(left / 6) * 6 - area.height(); x < right; x += 6)
        lines.push_back({x, area.bottom(), x + area.height(), area.top()});
    painter.drawLines(lines);
    painter.restore();
    if (hatch.text.isEmpty())
        return;
    painter.setFont(theme_.table);
    const QFontMetricsF metrics(theme_.table);
    const double width = metrics.horizontalAdvance(hatch.text);
    // Beside the hatch, where there is room: text on hatching is hard to read.
    const double x = left - width - 8 >= plot.left() ? left - width - 8 : std::min(right + 8, plot.right() - width);
    drawHaloText(painter, {x, plot.top() + metrics.ascent() + 4}, hatch.text, theme_.text, theme_.panel);
}

void MarkPainter::paintBehind(QPainter& painter) const {
    const QRectF& plot = frame_.plot;
    for (const ChartWindow& window : marks_.windows) {
        const double left = std::max(plot.left(), frame_.x(window.range.from)), right = std::min(plot.right(), frame_.x(window.range.to));
        if (right > left)
            painter.fillRect(QRectF(QPointF(left, plot.top()), QPointF(right, plot.bottom())), faded(roleColor(theme_, window.role), 0.12));
        if (right > left && !window.label.isEmpty()) {
            painter.setFont(theme_.caption);
            drawHaloText(painter, {left + 4, plot.top() + 12}, window.label, theme_.muted, theme_.panel);
        }
    }
    for (const ChartHatch& hatch : marks_.hatches)
        paintHatch(painter, hatch);
}

void MarkPainter::paintLimits(QPainter& painter) const {
    const QFontMetricsF metrics(theme_.table);
    const double height = metrics.height();
    const QVector<double> tops = placeLimitLabels(marks_.limits, frame_, height);
    painter.setFont(theme_.table);
    for (int i = 0; i < marks_.limits.size(); ++i) {
        const ChartLimit& limit = marks_.limits[i];
        if (std::isnan(tops[i]))
            continue;
        QPen pen(faded(roleColor(theme_, limit.role), limit.dashed ? 0.9 : 0.8));
        pen.setCosmetic(true);
        pen.setWidthF(1);
        if (limit.dashed)
            pen.setDashPattern({4, 4});
        painter.setPen(pen);
        const double y = snapped(frame_.y(limit.value));
        painter.setRenderHint(QPainter::Antialiasing, false);
        painter.drawLine(QPointF(frame_.plot.left(), y), QPointF(frame_.plot.right(), y));
        painter.setRenderHint(QPainter::Antialiasing, true);
        painter.setPen(limit.role == ChartRole::kMuted ? theme_.muted : roleColor(theme_, limit.role));
        const QString glyph = limit.role == ChartRole::kError || limit.role == ChartRole::kWarning ? roleGlyph(limit.role) + QLatin1Char(' ') : QString();
        const double room = right_ - frame_.plot.right() - 8;
        painter.drawText(QPointF(frame_.plot.right() + 7, tops[i] + metrics.ascent()), metrics.elidedText(glyph + limit.label, Qt::ElideRight, room));
    }
}

void MarkPainter::paintFlags(QPainter& painter) const {
    const QFontMetricsF metrics(theme_.table);
    QVector<double> widths;
    for (const ChartFlag& flag : marks_.flags)
        widths.push_back(metrics.horizontalAdvance(flagText(flag)) + 2);
    const double room = frame_.plot.top();
    const int lanes = marks_.flagLabels ? static_cast<int>(room / kFlagLaneHeight) : 0;
    const double top = frame_.plot.top() - room;
    painter.setFont(theme_.table);
    for (const FlagPlace& place : placeFlags(marks_.flags, frame_, widths, metrics.horizontalAdvance(QStringLiteral("◆")) + 2, right_, lanes)) {
        const ChartFlag& flag = marks_.flags[place.flag];
        const QColor color = roleColor(theme_, flag.role);
        const double y0 = place.lane < 0 ? frame_.plot.top() : top + place.lane * kFlagLaneHeight + 2;
        QPen pen(faded(color, place.lane < 0 && marks_.flagLabels ? 0.4 : 0.75));
        pen.setCosmetic(true);
        painter.setPen(pen);
        painter.setRenderHint(QPainter::Antialiasing, false);
        painter.drawLine(QPointF(snapped(place.x), y0), QPointF(snapped(place.x), frame_.plot.bottom()));
        painter.setRenderHint(QPainter::Antialiasing, true);
        if (place.lane < 0)
            continue;
        const QPointF base(place.label.left(), top + place.label.top() + metrics.ascent() + 1);
        const QString glyph = flag.glyph.isEmpty() ? roleGlyph(flag.role) : flag.glyph;
        painter.setPen(color);
        painter.drawText(base, glyph);
        painter.setPen(flag.role == ChartRole::kMuted ? theme_.muted : theme_.text);
        if (place.text.size() > glyph.size())
            painter.drawText(base + QPointF(metrics.horizontalAdvance(glyph.isEmpty() ? QString() : glyph + QLatin1Char(' ')), 0),
                             glyph.isEmpty() ? place.text : place.text.mid(glyph.size() + 1));
    }
}

void MarkPainter::paintAbove(QPainter& painter) const {
    paintLimits(painter);
    paintFlags(painter);
}

void drawHaloText(QPainter& painter, const QPointF& baseline, const QString& text, const QColor& color, const QColor& rim) {
    QPainterPath path;
    path.addText(baseline, painter.font(), text);
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing, true);
    painter.setPen(QPen(rim, 3, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    painter.setBrush(Qt::NoBrush);
    painter.drawPath(path);
    painter.restore();
    painter.setPen(color);
    painter.drawText(baseline, text);
}

}  // namespace nj::ui
