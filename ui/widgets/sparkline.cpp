#include "widgets/sparkline.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace nj::ui {

void paintSparkLines(QPainter& painter, const QRectF& area, const std::vector<SparkLine>& lines, const TimeRange& range, std::optional<TimeNs> instant, const Theme& theme,
                     std::optional<double> fixedLow, std::optional<double> fixedHigh) {
    if (range.empty() || area.isEmpty())
        return;
    double low = fixedLow.value_or(HUGE_VAL), high = fixedHigh.value_or(-HUGE_VAL);
    for (const SparkLine& line : lines)
        for (const auto& [time, value] : line.points)
            if (std::isfinite(value)) {
                low = std::min(low, value);
                high = std::max(high, value);
            }
    if (low > high)
        return;
    if (high - low < 1e-12 * std::max(1.0, std::fabs(high))) {   // a flat line runs through the middle
        low -= 1;
        high += 1;
    }
    const auto place = [&](TimeNs time, double value) {
        return QPointF(area.left() + area.width() * (static_cast<double>(time - range.from) / static_cast<double>(range.length())),
                       area.bottom() - 1 - (area.height() - 2) * (value - low) / (high - low));
    };
    // Of the points on one pixel column the first, lowest, highest and last are drawn: more are not seen and cost as much each.
    const auto thinned = [&](const SparkLine& line) {
        QVector<QLineF> segments;
        std::optional<QPointF> last;
        const auto reach = [&](const QPointF& point) {
            if (last && *last != point)
                segments.push_back({*last, point});
            last = point;
        };
        std::optional<QPointF> lowest, highest, end;
        const auto flush = [&] {
            if (!end)
                return;
            for (const QPointF& point : lowest->x() <= highest->x() ? std::array{*lowest, *highest, *end} : std::array{*highest, *lowest, *end})
                reach(point);
            end.reset();
        };
        for (const auto& [time, value] : line.points) {
            if (!std::isfinite(value)) {
                flush();
                last.reset();
                continue;
            }
            const QPointF point = place(time, value);
            if (end && std::floor(end->x()) == std::floor(point.x())) {
                lowest = point.y() > lowest->y() ? point : *lowest;
                highest = point.y() < highest->y() ? point : *highest;
                end = point;
                continue;
            }
            flush();
            reach(point);
            lowest = highest = end = point;
        }
        flush();
        return segments;
    };
    const bool antialias = painter.testRenderHint(QPainter::Antialiasing);
    painter.setRenderHint(QPainter::Antialiasing, true);
    for (const bool control : {true, false})
        for (const SparkLine& line : lines) {
            if (line.control != control)
                continue;
            QPen pen(control ? theme.muted : line.color, control ? 1 : 1.25);
            pen.setCosmetic(true);
            painter.setPen(pen);
            painter.drawLines(thinned(line));
        }
    painter.setRenderHint(QPainter::Antialiasing, antialias);
    if (instant && range.contains(*instant))
        painter.fillRect(QRectF(std::floor(place(*instant, low).x()), area.top(), 1, area.height()), theme.text);
}

Sparkline::Sparkline(const Theme& theme, QWidget* parent) : QWidget(parent), theme_(theme) { setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed); }

void Sparkline::setLines(std::vector<SparkLine> lines, TimeRange range, std::optional<TimeNs> instant) {
    lines_ = std::move(lines);
    range_ = range;
    instant_ = instant;
    update();
}

void Sparkline::paintEvent(QPaintEvent*) {
    QPainter p(this);
    p.fillRect(QRectF(0, height() - 1, width(), 1), theme_.grid);
    paintSparkLines(p, rect(), lines_, range_, instant_, theme_);
}

}  // namespace nj::ui
