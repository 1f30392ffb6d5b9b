#include "query/capsule/drift_trend.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/nan.h"

namespace nj::query {
namespace {

constexpr int64_t kMostWindows = 64;
constexpr size_t kMostFactor = 64;
constexpr size_t kMostColumns = 6000;

// How many base windows make one of this table's.
size_t factorFor(const DriftTable& table, size_t windows, double minimum) {
    std::vector<double> counts;
    for (size_t w = 0; w < windows; ++w)
        counts.push_back(table.columnCount(w * kColumnsPerWindow, (w + 1) * kColumnsPerWindow));
    size_t factor = 1;
    for (; factor < kMostFactor && factor * 3 <= windows; factor *= 2) {
        std::vector<double> sums;
        for (size_t w = 0; w < windows; w += factor) {
            double sum = 0;
            for (size_t i = w; i < std::min(w + factor, windows); ++i)
                sum += counts[i];
            if (sum > 0)
                sums.push_back(sum);
        }
        if (sums.empty())
            return 1;
        std::nth_element(sums.begin(), sums.begin() + static_cast<std::ptrdiff_t>(sums.size() / 3), sums.end());
        if (sums[sums.size() / 3] >= minimum)
            break;
    }
    return factor;
}

// Counts of a column range in the bins the change point is sought in.
struct ChangeBins {
    const DriftTable& table;
    std::vector<double> edges, reference, current;

    explicit ChangeBins(const DriftTable& t) : table(t) {
        if (t.categorical()) {
            reference = t.reference();
            current = t.current();
            return;
        }
        const analyze::DriftCells cells = t.cells();
        const analyze::CellTotals totals = analyze::totalsOf(cells);
        for (const analyze::DriftCell& bin : analyze::mergedCells(cells, analyze::binsFor(totals.reference, totals.current))) {
            edges.push_back(bin.upper);
            reference.push_back(bin.reference);
            current.push_back(bin.current);
        }
    }
    [[nodiscard]] std::vector<double> counts(size_t column) const {
        return table.categorical() ? table.columns(column, column + 1) : table.binned(column, column + 1, edges);
    }
    [[nodiscard]] double ratio(size_t column) const { return analyze::logLikelihoodRatio(counts(column), reference, current); }
    // The part of a column that follows the current distribution.
    [[nodiscard]] double share(size_t column) const { return analyze::mixtureShare(counts(column), reference, current); }
};

}  // namespace

DurationNs fittingWindow(DurationNs range) {
    constexpr std::array<DurationNs, 14> kRound = {kMinute,     2 * kMinute, 5 * kMinute, 15 * kMinute, 30 * kMinute, kHour,     2 * kHour,
                                                   4 * kHour,   6 * kHour,   12 * kHour,  kDay,         2 * kDay,     7 * kDay,  30 * kDay};
    for (const DurationNs width : kRound)
        if (range / width <= kMostWindows - 4)
            return width;
    return range / kMostWindows + 1;
}

DriftAxis driftAxis(const DriftQuestion& question) {
    DriftAxis axis;
    axis.reference = question.reference;
    axis.current = question.current;
    axis.trend = question.trend.empty() ? TimeRange{std::min(question.reference.from, question.current.from), std::max(question.reference.to, question.current.to)} : question.trend;
    DurationNs window = question.window > 0 ? question.window : fittingWindow(axis.trend.length());
    window = std::max(window, static_cast<DurationNs>(axis.trend.length() / static_cast<DurationNs>(kMostColumns / kColumnsPerWindow) + 1));
    window = std::max<DurationNs>(window - window % static_cast<DurationNs>(kColumnsPerWindow), static_cast<DurationNs>(kColumnsPerWindow));
    const DurationNs over = axis.trend.from % window;
    axis.columns.from = axis.trend.from - (over < 0 ? over + window : over);
    axis.columns.width = window / static_cast<DurationNs>(kColumnsPerWindow);
    axis.columns.count = static_cast<size_t>((axis.trend.to - axis.columns.from + window - 1) / window) * kColumnsPerWindow;
    return axis;
}

std::vector<DriftPoint> driftTrend(const DriftTable& table, const DriftAxis& axis, double minimum) {
    std::vector<DriftPoint> out;
    const size_t windows = axis.columns.count / kColumnsPerWindow;
    const size_t step = factorFor(table, windows, minimum) * kColumnsPerWindow;
    const double referenceCount = table.referenceCount();
    const std::vector<double> reference = table.reference();
    for (size_t from = 0; from < axis.columns.count; from += step) {
        const size_t to = std::min(from + step, axis.columns.count);
        DriftPoint point;
        point.from = axis.columns.edge(from);
        point.to = axis.columns.edge(to);
        point.n = table.columnCount(from, to);
        point.psi = point.jensenShannon = point.ks = point.wasserstein = kNaN;
        if (point.n >= minimum && referenceCount >= minimum) {
            const analyze::DriftStatistics s = table.categorical() ? analyze::categoricalDrift(reference, table.columns(from, to)) : analyze::numericDrift(table.cells(from, to));
            point.psi = s.psi;
            point.jensenShannon = s.jensenShannon;
            point.ks = s.ks;
            point.wasserstein = s.normedWasserstein;
        }
        out.push_back(point);
    }
    return out;
}

std::optional<DepartedStretch> departedStretch(const DriftTable& table, const DriftAxis& axis, const std::vector<DriftPoint>& trend, const TimeRange& within, double threshold,
                                               size_t hold) {
    std::vector<double> values;
    for (const DriftPoint& point : trend)
        values.push_back(within.overlaps({point.from, point.to}) ? point.psi : kNaN);
    const auto run = analyze::departedRun(values, threshold, hold);
    if (!run)
        return std::nullopt;
    DepartedStretch out;
    out.peak = run->peak;
    out.windows = run->judged;
    const ChangeBins bins(table);
    const auto column = [&](TimeNs time) { return static_cast<size_t>(std::clamp<int64_t>((time - axis.columns.from) / axis.columns.width, 0, static_cast<int64_t>(axis.columns.count))); };
    // The change lies in the first window that departs or the one before it, which may hold a little of it; the same at the end.
    const size_t firstFrom = column(trend[run->from > 0 ? run->from - 1 : 0].from), firstTo = column(trend[run->from].to);
    std::vector<double> ratios;
    for (size_t c = firstFrom; c < firstTo; ++c)
        ratios.push_back(bins.ratio(c));
    const size_t first = firstFrom + analyze::changePoint(ratios);
    const auto part = [&](double share) { return static_cast<DurationNs>(share * static_cast<double>(axis.columns.width)); };
    // The column before the change point is mixed when the change lies inside it; the same after the end.
    out.since = axis.columns.edge(first) - (first > firstFrom ? part(bins.share(first - 1)) : 0);
    const bool judgedAfter = std::any_of(trend.begin() + static_cast<std::ptrdiff_t>(run->to), trend.end(), [](const DriftPoint& p) { return !std::isnan(p.psi); });
    const size_t lastFrom = column(trend[run->to - 1].from), lastTo = column(trend[std::min(run->to, trend.size() - 1)].to);
    if (judgedAfter || lastTo - lastFrom > kColumnsPerWindow) {
        ratios.clear();
        for (size_t c = lastFrom; c < lastTo; ++c)
            ratios.push_back(-bins.ratio(c));
        const size_t end = lastFrom + analyze::changePoint(ratios);
        if (end < axis.columns.count && (judgedAfter || end < lastTo))
            out.until = axis.columns.edge(end) + part(bins.share(end));
    }
    if (out.until && *out.until <= out.since)
        out.until.reset();
    return out;
}

}  // namespace nj::query
