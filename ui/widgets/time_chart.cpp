#include "widgets/time_chart.h"

#include <algorithm>
#include <cmath>

#include "theme/number_format.h"

namespace nj::ui {
namespace {

using Kind = ChartSeries::Kind;

constexpr double kNear = 24;   // pixels within which a click means a series

bool stacked(Kind kind) { return kind == Kind::kBars || kind == Kind::kArea; }

}  // namespace

TimeChart::TimeChart(Workspace& workspace, const Theme& theme, QWidget* parent) : ChartFrame(workspace, theme, parent) {
    setAccessibleName(tr("Chart"));
}

void TimeChart::setData(const TimeChartData& data) {
    data_ = data;
    setAccessibleName(data.title.isEmpty() ? tr("Chart") : data.title);
    relayout();
}

void TimeChart::setHidden(const QSet<int>& hidden) {
    if (hidden == hidden_)
        return;
    hidden_ = hidden;
    relayout();
}

QColor TimeChart::seriesColor(int series) const {
    const ChartSeries& s = data_.series[series];
    if (s.color.isValid())
        return s.color;
    return s.kind == Kind::kDashedLine ? theme().muted : s.kind == Kind::kLimit ? theme().error : theme().seriesColor(s.rank);
}

ValueScale TimeChart::valueScale() const { return chartScale(data_, range(), hidden_); }

void TimeChart::layoutContent(const PlotFrame& frame) {
    geometry_ = layoutChart(data_, frame, hidden_);
    QStringList words{data_.description, chartSentence(data_, range(), workspace().utc())};
    words.removeAll(QString());
    setAccessibleDescription(words.join(QStringLiteral(", ")));
}

QPen TimeChart::linePen(int index) const {
    const ChartSeries& series = data_.series[index];
    QColor color = seriesColor(index);
    if (series.kind == Kind::kThinLine)
        color.setAlphaF(0.65F);
    QPen pen(color);
    // Cosmetic and drawn line by line: a wide pen on a path of thousands of points takes hundreds of milliseconds.
    pen.setCosmetic(true);
    const double width = series.emphasised ? 2 : series.kind == Kind::kThinLine || series.kind == Kind::kDashedLine ? 1 : 1.4;
    pen.setWidthF(width * viewport()->devicePixelRatioF());
    pen.setCapStyle(Qt::RoundCap);
    if (series.kind == Kind::kDashedLine)
        pen.setDashPattern({4, 4});
    else if (series.kind == Kind::kLimit)
        pen.setDashPattern({6, 3});
    else if (!series.color.isValid() && theme().seriesDash(series.rank) != Qt::SolidLine)
        pen.setStyle(theme().seriesDash(series.rank));
    return pen;
}

void TimeChart::paintSeries(QPainter& painter, int index) const {
    const ChartSeries& series = data_.series[index];
    const SeriesGeometry& shape = geometry_.series[index];
    QColor fill = seriesColor(index);
    painter.setPen(Qt::NoPen);
    if (series.kind == Kind::kBand)
        fill.setAlphaF(0.14F);
    painter.setBrush(fill);
    painter.setRenderHint(QPainter::Antialiasing, series.kind == Kind::kBand);
    for (const QPolygonF& area : shape.areas)
        painter.drawPolygon(area);
    for (const QRectF& bar : shape.bars)
        painter.fillRect(bar, fill);
    painter.setRenderHint(QPainter::Antialiasing, true);
    if (!shape.lines.isEmpty()) {
        QPen pen = linePen(index);
        // More lines than pixels: smoothing shows nothing and costs ten times as much.
        if (static_cast<double>(shape.lines.size()) > plotFrame().plot.width()) {
            painter.setRenderHint(QPainter::Antialiasing, false);
            pen.setWidthF(series.emphasised ? 2 : 1);
        }
        painter.setPen(pen);
        // A dash pattern starts anew with every line: dashed series need the path.
        if (pen.style() == Qt::SolidLine) {
            painter.drawLines(shape.lines);
        } else {
            QPolygonF run;
            for (const QLineF& line : shape.lines) {
                if (!run.isEmpty() && run.back() != line.p1()) {
                    painter.drawPolyline(run);
                    run.clear();
                }
                if (run.isEmpty())
                    run.push_back(line.p1());
                run.push_back(line.p2());
            }
            painter.drawPolyline(run);
        }
        painter.setRenderHint(QPainter::Antialiasing, true);
    }
    const bool rings = series.kind == Kind::kRings;
    painter.setPen(rings ? QPen(theme().panel, 1) : QPen(Qt::NoPen));
    painter.setBrush(fill);
    for (const QPointF& dot : shape.dots)
        painter.drawEllipse(dot, rings ? 3.5 : 2, rings ? 3.5 : 2);
}

void TimeChart::paintContent(QPainter& painter) {
    const auto pass = [&](auto wanted) {
        for (int i = 0; i < data_.series.size(); ++i)
            if (!hidden_.contains(i) && wanted(data_.series[i]))
                paintSeries(painter, i);
    };
    // Fills below, quiet lines, lines, the emphasised one, rings on top.
    pass([](const ChartSeries& s) { return stacked(s.kind) || s.kind == Kind::kBand; });
    pass([](const ChartSeries& s) { return s.kind == Kind::kDashedLine || s.kind == Kind::kThinLine; });
    pass([](const ChartSeries& s) { return s.kind == Kind::kLine && !s.emphasised; });
    pass([](const ChartSeries& s) { return s.kind == Kind::kLine && s.emphasised; });
    pass([](const ChartSeries& s) { return s.kind == Kind::kLimit; });
    pass([](const ChartSeries& s) { return s.kind == Kind::kRings; });
}

QVector<CursorRow> TimeChart::cursorRows(TimeNs time) const {
    QVector<CursorRow> rows;
    for (int i = 0; i < data_.series.size(); ++i) {
        const ChartSeries& series = data_.series[i];
        if (hidden_.contains(i) || series.kind == Kind::kRings || series.kind == Kind::kBand)
            continue;
        const double value = seriesValueAt(data_, i, time);
        if (!std::isfinite(value))
            continue;
        CursorRow row{seriesColor(i), series.name, formatValue(value, data_.unit), value, {0, kNoValue}};
        if (!stacked(series.kind))
            row.dot.setY(plotFrame().y(value));
        else
            row.order = static_cast<double>(i);   // the order of the stack, its top first
        rows.push_back(row);
    }
    return rows;
}

QVector<QPointF> TimeChart::contentPoints() const {
    QVector<QPointF> points;
    for (const SeriesGeometry& shape : geometry_.series) {
        for (const QLineF& line : shape.lines)
            points.push_back(line.p1());
        for (const QRectF& bar : shape.bars)
            points.push_back(bar.center());
        points += shape.dots;
    }
    return points;
}

std::pair<int, double> TimeChart::hit(const QPointF& at) const {
    const TimeNs time = plotFrame().timeAt(at.x());
    int best = -1;
    double nearest = kNear, value = plotFrame().valueAt(at.y()), below = 0;
    for (int i = 0; i < data_.series.size(); ++i) {
        if (hidden_.contains(i))
            continue;
        const ChartSeries& series = data_.series[i];
        if (series.kind == Kind::kRings) {
            for (qsizetype k = 0; k < series.points.size(); ++k) {
                const QPointF dot(plotFrame().x(series.points[k].first), plotFrame().y(series.points[k].second));
                const double distance = std::hypot(dot.x() - at.x(), dot.y() - at.y());
                if (distance < std::min(nearest, 8.0)) {
                    nearest = distance;
                    best = i;
                    value = series.points[k].second;
                }
            }
            continue;
        }
        const double here = seriesValueAt(data_, i, time);
        if (!std::isfinite(here))
            continue;
        const double top = plotFrame().y(stacked(series.kind) ? below + here : here), bottom = plotFrame().y(below);
        const bool inside = stacked(series.kind) && at.y() >= top && at.y() <= bottom;
        const double distance = inside ? 0 : std::abs(top - at.y());
        if (stacked(series.kind))
            below += here;
        if (distance < nearest) {
            nearest = distance;
            best = i;
            value = here;
        }
    }
    return {best, value};
}

DurationNs TimeChart::cursorStep() const { return data_.width > 0 ? data_.width : ChartFrame::cursorStep(); }

}  // namespace nj::ui
