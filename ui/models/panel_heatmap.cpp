#include "models/panel_heatmap.h"

#include <algorithm>
#include <cmath>

namespace nj::ui {
namespace {

constexpr double kFinestCounts = 1'000;   // steps of colour between nothing and the most

// Rows at the foot and at the top in which nothing ever was, but for one of them.
HeatmapData withoutEmptyEnds(HeatmapData heat) {
    const qsizetype rows = heat.rows(), columns = heat.columns();
    const auto empty = [&](qsizetype row) {
        for (qsizetype column = 0; column < columns; ++column)
            if (heat.counts[column * rows + row] > 0)
                return false;
        return true;
    };
    qsizetype first = 0, last = rows - 1;
    while (first + 1 < last && empty(first) && empty(first + 1))
        ++first;
    while (last - 1 > first && empty(last) && empty(last - 1))
        --last;
    QVector<quint32> counts;
    counts.reserve(columns * (last - first + 1));
    for (qsizetype column = 0; column < columns; ++column)
        for (qsizetype row = first; row <= last; ++row)
            counts.push_back(heat.counts[column * rows + row]);
    heat.counts = std::move(counts);
    heat.bounds = heat.bounds.mid(first, last - first + 2);
    return heat;
}

}  // namespace

HeatmapData panelHeatmap(const dashboard::PanelAnswer& answer, const QString& unit, double factor) {
    const dashboard::PanelBuckets& buckets = answer.buckets;
    HeatmapData heat;
    heat.unit = unit;
    heat.from = answer.from - answer.step / 2;
    heat.width = std::max<DurationNs>(answer.step, 1);
    const size_t rows = buckets.rows();
    // What lies at or below zero has no place on the axis; it is one row at its foot.
    size_t first = 0;
    while (first < rows && !(buckets.bounds[first + 1] > 0))
        ++first;
    if (first == rows)
        return heat;
    const size_t shown = rows - first;
    QVector<double> bounds;
    for (size_t i = first; i <= rows; ++i)
        bounds.push_back(buckets.bounds[i] * factor);
    const double ratio = bounds.size() > 2 && bounds[1] > 0 && std::isfinite(bounds[2]) ? bounds[2] / bounds[1] : 2;
    if (!(bounds.front() > 0))
        bounds.front() = bounds[1] / std::clamp(ratio, 1.1, 10.0);
    if (!std::isfinite(bounds.back())) {
        const qsizetype last = bounds.size() - 1;
        bounds.back() = bounds[last - 1] * std::clamp(last >= 2 ? bounds[last - 1] / bounds[last - 2] : 2.0, 1.1, 10.0);
    }
    if (!std::isfinite(bounds.back()) || !std::isfinite(bounds.front()))
        return heat;
    const size_t columns = buckets.counts.size() / rows;
    double most = 0;
    bool whole = true;
    for (const double count : buckets.counts)
        if (std::isfinite(count) && count > 0) {
            most = std::max(most, count);
            whole = whole && count == std::floor(count);
        }
    if (most <= 0)
        return heat;
    if (!whole || most > 4e9)
        heat.perCount = most / kFinestCounts;
    heat.counts.resize(static_cast<qsizetype>(columns * shown));
    for (size_t column = 0; column < columns; ++column)
        for (size_t row = first; row < rows; ++row) {
            const double count = buckets.counts[column * rows + row] / heat.perCount;
            heat.counts[static_cast<qsizetype>(column * shown + row - first)] = count > 0 ? static_cast<quint32>(std::max(1.0, std::round(count))) : 0;
        }
    heat.bounds = bounds;
    return withoutEmptyEnds(std::move(heat));
}

QVector<BucketBar> panelBars(const dashboard::PanelAnswer& answer, double factor) {
    const dashboard::PanelBuckets& buckets = answer.buckets;
    QVector<BucketBar> bars;
    const size_t rows = buckets.rows();
    for (size_t row = 0; row < rows && row < buckets.counts.size(); ++row)
        bars.push_back({buckets.bounds[row] * factor, buckets.bounds[row + 1] * factor, buckets.counts[row]});
    return bars;
}

}  // namespace nj::ui
