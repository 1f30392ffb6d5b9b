#include "widgets/chart_geometry.h"

#include <algorithm>
#include <cmath>

namespace nj::ui {
namespace {

using Kind = ChartSeries::Kind;

bool stacked(Kind kind) { return kind == Kind::kBars || kind == Kind::kArea; }

// b − a. In whole nanoseconds where that fits: a double holds an epoch only to 256 ns.
double distance(TimeNs a, TimeNs b) {
    DurationNs exact = 0;
    return __builtin_sub_overflow(b, a, &exact) ? static_cast<double>(b) - static_cast<double>(a) : static_cast<double>(exact);
}

TimeNs columnStart(const TimeChartData& data, qsizetype column) { return data.from + static_cast<DurationNs>(column) * data.width; }

// Columns that touch the range, as [first, last).
std::pair<qsizetype, qsizetype> visibleColumns(const TimeChartData& data, TimeRange range, qsizetype count) {
    if (data.width <= 0 || range.empty())
        return {0, 0};
    const double width = static_cast<double>(data.width), size = static_cast<double>(count);
    const double first = std::floor(distance(data.from, range.from) / width);
    const double last = std::ceil(distance(data.from, range.to) / width);
    return {static_cast<qsizetype>(std::clamp(first, 0.0, size)), static_cast<qsizetype>(std::clamp(last, 0.0, size))};
}

// A stretch of points without gap. One more than a pixel column needs is thinned to its first, lowest, highest and last.
void thin(QVector<QPointF>& run, double pixels) {
    if (static_cast<double>(run.size()) <= 4 * pixels)
        return;
    QVector<QPointF> kept;
    for (qsizetype i = 0; i < run.size();) {
        const double column = std::floor(run[i].x());
        qsizetype low = i, high = i, end = i;
        for (; end < run.size() && std::floor(run[end].x()) <= column; ++end) {
            low = run[end].y() < run[low].y() ? end : low;
            high = run[end].y() > run[high].y() ? end : high;
        }
        kept.push_back(run[i]);
        for (const qsizetype k : {std::min(low, high), std::max(low, high)})
            if (k != i && k != end - 1)
                kept.push_back(run[k]);
        if (end - 1 > i)
            kept.push_back(run[end - 1]);
        i = end;
    }
    run = std::move(kept);
}

void addRun(QVector<QPointF>& run, const PlotFrame& frame, SeriesGeometry& out) {
    thin(run, frame.plot.width());
    const bool sparse = run.size() >= 2 && (run.back().x() - run.front().x()) / static_cast<double>(run.size() - 1) > 8;
    if (run.size() == 1 || sparse)
        out.dots += run;
    for (qsizetype i = 1; i < run.size(); ++i)
        out.lines.push_back({run[i - 1], run[i]});
    run.clear();
}

void layoutColumnLine(const TimeChartData& data, const ChartSeries& series, const PlotFrame& frame, SeriesGeometry& out) {
    // One column beyond each edge, so that the line leaves the plot instead of ending in it.
    auto [first, last] = visibleColumns(data, frame.range, series.values.size());
    first = std::max<qsizetype>(0, first - 1);
    last = std::min<qsizetype>(series.values.size(), last + 1);
    QVector<QPointF> run;
    for (qsizetype i = first; i < last; ++i) {
        if (std::isfinite(series.values[i]))
            run.push_back({frame.x(columnStart(data, i) + data.width / 2), frame.y(series.values[i])});
        else
            addRun(run, frame, out);
    }
    addRun(run, frame, out);
}

void layoutPointLine(const ChartSeries& series, const PlotFrame& frame, SeriesGeometry& out) {
    const auto before = [](const std::pair<TimeNs, double>& p, TimeNs t) { return p.first < t; };
    auto first = std::lower_bound(series.points.begin(), series.points.end(), frame.range.from, before);
    if (first != series.points.begin())
        --first;
    QVector<QPointF> run;
    TimeNs previous = 0;
    for (auto p = first; p != series.points.end(); ++p) {
        const bool gap = !run.isEmpty() && series.gapAfter > 0 && p->first - previous > series.gapAfter;
        if (gap || !std::isfinite(p->second))
            addRun(run, frame, out);
        if (std::isfinite(p->second))
            run.push_back({frame.x(p->first), frame.y(p->second)});
        previous = p->first;
        if (p->first >= frame.range.to)
            break;
    }
    addRun(run, frame, out);
}

void layoutRings(const ChartSeries& series, const PlotFrame& frame, SeriesGeometry& out) {
    for (const auto& [time, value] : series.points)
        if (frame.range.contains(time) && std::isfinite(value))
            out.dots.push_back({frame.x(time), frame.y(value)});
}

QPolygonF closed(const QVector<QPointF>& top, const QVector<QPointF>& bottom) {
    QPolygonF polygon(top);
    for (qsizetype i = bottom.size(); i-- > 0;)
        polygon.push_back(bottom[i]);
    return polygon;
}

void layoutBand(const TimeChartData& data, const ChartSeries& series, const PlotFrame& frame, SeriesGeometry& out) {
    const auto [first, last] = visibleColumns(data, frame.range, std::min(series.values.size(), series.low.size()));
    QVector<QPointF> top, bottom;
    const auto flush = [&] {
        if (!top.isEmpty())
            out.areas.push_back(closed(top, bottom));
        top.clear();
        bottom.clear();
    };
    for (qsizetype i = first; i < last; ++i) {
        if (!std::isfinite(series.values[i]) || !std::isfinite(series.low[i])) {
            flush();
            continue;
        }
        for (const TimeNs edge : {columnStart(data, i), columnStart(data, i + 1)}) {
            top.push_back({frame.x(edge), frame.y(series.values[i])});
            bottom.push_back({frame.x(edge), frame.y(series.low[i])});
        }
    }
    flush();
}

// One stacked series on top of what lies below; `floor` holds the sums so far.
void layoutStacked(const TimeChartData& data, const ChartSeries& series, const PlotFrame& frame, QVector<double>& floor, SeriesGeometry& out) {
    const auto [first, last] = visibleColumns(data, frame.range, series.values.size());
    floor.resize(std::max(floor.size(), series.values.size()));
    QVector<QPointF> top, bottom;
    const auto flush = [&] {
        if (!top.isEmpty())
            out.areas.push_back(closed(top, bottom));
        top.clear();
        bottom.clear();
    };
    for (qsizetype i = first; i < last; ++i) {
        if (!std::isfinite(series.values[i])) {
            flush();
            continue;
        }
        const double left = frame.x(columnStart(data, i)), right = frame.x(columnStart(data, i + 1));
        const double y0 = frame.y(floor[i]), y1 = frame.y(floor[i] + series.values[i]);
        floor[i] += series.values[i];
        if (series.kind == Kind::kArea) {
            top << QPointF(left, y1) << QPointF(right, y1);
            bottom << QPointF(left, y0) << QPointF(right, y0);
        } else if (series.values[i] > 0) {
            const double air = right - left > 4 ? 1 : 0;
            // A count that is not zero stays visible however small.
            out.bars.push_back(QRectF(QPointF(left, std::min(y1, y0 - 1)), QPointF(right - air, y0)));
        }
    }
    flush();
}

struct Extent {
    double min = std::numeric_limits<double>::infinity(), max = -std::numeric_limits<double>::infinity();
    void add(double value) {
        if (std::isfinite(value)) {
            min = std::min(min, value);
            max = std::max(max, value);
        }
    }
    // On a log scale the floor is the smallest value above zero.
    void addPositive(double value, bool log) {
        if (!log || value > 0)
            add(value);
    }
};

}  // namespace

double PlotFrame::nsPerPixel() const {
    return distance(range.from, range.to) / std::max(1.0, plot.width());
}

double PlotFrame::x(TimeNs time) const {
    const double length = distance(range.from, range.to);
    if (length <= 0)
        return plot.left();
    const double offset = distance(range.from, time);
    return plot.left() + std::clamp(offset / length, -1.0, 2.0) * plot.width();
}

TimeNs PlotFrame::timeAt(double position) const {
    const double share = std::clamp((position - plot.left()) / std::max(1.0, plot.width()), 0.0, 1.0);
    return range.from + static_cast<DurationNs>(share * distance(range.from, range.to));
}

double PlotFrame::y(double value) const { return plot.bottom() - scale.position(value) * plot.height(); }

ValueScale chartScale(const TimeChartData& data, TimeRange range, const QSet<int>& hidden, int ticks) {
    Extent extent;
    QVector<double> sums;
    const bool log = data.yScale.log;
    for (int s = 0; s < data.series.size(); ++s) {
        const ChartSeries& series = data.series[s];
        if (hidden.contains(s))
            continue;
        const auto [first, last] = visibleColumns(data, range, series.values.size());
        sums.resize(std::max(sums.size(), series.values.size()));
        for (qsizetype i = first; i < last; ++i) {
            double value = series.values[i];
            if (stacked(series.kind) && std::isfinite(value))
                value = sums[i] += value;
            extent.addPositive(value, log);
        }
        for (qsizetype i = first; i < std::min(last, series.low.size()); ++i)
            extent.addPositive(series.low[i], log);
        for (const auto& [time, value] : series.points)
            if (range.contains(time))
                extent.addPositive(value, log);
    }
    // A limit far above the data would flatten it: it is shown only within a factor of the top.
    const double reach = log ? 4 : 1.6;
    const double top = extent.max;
    for (const ChartLimit& limit : data.marks.limits)
        if (limit.value <= top * reach)
            extent.addPositive(limit.value, log);
    return niceScale(extent.min, extent.max, data.yScale, ticks);
}

ChartGeometry layoutChart(const TimeChartData& data, const PlotFrame& frame, const QSet<int>& hidden) {
    ChartGeometry geometry{frame, QVector<SeriesGeometry>(data.series.size())};
    QVector<double> bars, areas;
    for (int s = 0; s < data.series.size(); ++s) {
        const ChartSeries& series = data.series[s];
        SeriesGeometry& out = geometry.series[s];
        if (hidden.contains(s))
            continue;
        if (stacked(series.kind))
            layoutStacked(data, series, frame, series.kind == Kind::kBars ? bars : areas, out);
        else if (series.kind == Kind::kBand)
            layoutBand(data, series, frame, out);
        else if (series.kind == Kind::kRings)
            layoutRings(series, frame, out);
        else if (!series.points.isEmpty())
            layoutPointLine(series, frame, out);
        else
            layoutColumnLine(data, series, frame, out);
    }
    return geometry;
}

double seriesValueAt(const TimeChartData& data, int index, TimeNs time) {
    const ChartSeries& series = data.series[index];
    if (series.points.isEmpty()) {
        if (data.width <= 0 || time < data.from)
            return kNoValue;
        const qsizetype column = static_cast<qsizetype>((time - data.from) / data.width);
        return column < series.values.size() ? series.values[column] : kNoValue;
    }
    if (series.kind == Kind::kRings)
        return kNoValue;
    const auto before = [](const std::pair<TimeNs, double>& p, TimeNs t) { return p.first < t; };
    auto next = std::lower_bound(series.points.begin(), series.points.end(), time, before);
    if (next == series.points.end() || (next != series.points.begin() && time - std::prev(next)->first < next->first - time))
        --next;
    const double away = std::abs(distance(time, next->first));
    return series.gapAfter > 0 && away > static_cast<double>(series.gapAfter) ? kNoValue : next->second;
}

}  // namespace nj::ui
