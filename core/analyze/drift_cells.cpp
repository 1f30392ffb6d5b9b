#include "analyze/drift_cells.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/nan.h"

namespace nj::analyze {
namespace {

constexpr size_t kMostBins = 50, kDiscrete = 20;
constexpr double kObservationsPerBin = 25;   // (bins − 1) / 25 observations ≈ 0.04

double side(const DriftCell& cell, bool current) { return current ? cell.current : cell.reference; }

// Ends of a cell with open sides closed at their finite end.
double lowEnd(const DriftCell& cell) { return std::isinf(cell.lower) ? (std::isinf(cell.upper) ? 0 : cell.upper) : cell.lower; }
double highEnd(const DriftCell& cell) { return std::isinf(cell.upper) ? lowEnd(cell) : cell.upper; }
double middle(const DriftCell& cell) { return lowEnd(cell) + (highEnd(cell) - lowEnd(cell)) / 2; }

// ∫ |a + (b − a) t| dt over [0, width].
double absoluteArea(double a, double b, double width) {
    if (a * b >= 0)
        return width * (std::abs(a) + std::abs(b)) / 2;
    return width * (a * a + b * b) / (2 * (std::abs(a) + std::abs(b)));
}

// Weight of a cell in the half-and-half mixture of both.
double mixtureShare(const DriftCell& cell, const CellTotals& totals) { return 0.5 * (cell.reference / totals.reference + cell.current / totals.current); }

void splitSides(const DriftCells& cells, std::vector<double>& reference, std::vector<double>& current) {
    for (const DriftCell& cell : cells) {
        reference.push_back(cell.reference);
        current.push_back(cell.current);
    }
}

void fillShares(std::span<const double> reference, std::span<const double> current, DriftStatistics& out) {
    out.psi = populationStability(reference, current);
    out.jensenShannon = jensenShannonDistance(reference, current);
    out.hellinger = hellingerDistance(reference, current);
    out.totalVariation = totalVariation(reference, current);
    const TestResult chi = chiSquareTest(reference, current);
    out.chiSquare = chi.statistic;
    out.chiSquareP = chi.p;
    out.chiDegrees = chi.degrees;
    out.bins = reference.size();
}

// Share of one side at or below a value, linear inside buckets.
double shareBelow(const DriftCells& cells, bool current, double value, double total) {
    double below = 0;
    for (const DriftCell& cell : cells) {
        const double low = lowEnd(cell), high = highEnd(cell);
        if (high <= value)
            below += side(cell, current);
        else if (low < value)
            below += side(cell, current) * (value - low) / (high - low);
    }
    return below / total;
}

}  // namespace

DriftCells cellsOfSamples(std::span<const double> reference, std::span<const double> current) {
    DriftCells raw;
    raw.reserve(reference.size() + current.size());
    for (const double v : reference)
        if (std::isfinite(v))
            raw.push_back({v, v, 1, 0});
    for (const double v : current)
        if (std::isfinite(v))
            raw.push_back({v, v, 0, 1});
    std::sort(raw.begin(), raw.end(), [](const DriftCell& a, const DriftCell& b) { return a.lower < b.lower; });
    DriftCells out;
    for (const DriftCell& cell : raw) {
        if (out.empty() || out.back().lower != cell.lower) {
            out.push_back(cell);
        } else {
            out.back().reference += cell.reference;
            out.back().current += cell.current;
        }
    }
    return out;
}

CellTotals totalsOf(const DriftCells& cells) {
    CellTotals totals;
    for (const DriftCell& cell : cells) {
        totals.reference += cell.reference;
        totals.current += cell.current;
    }
    return totals;
}

double kolmogorovSmirnov(const DriftCells& cells) {
    const CellTotals totals = totalsOf(cells);
    if (!(totals.reference > 0) || !(totals.current > 0))
        return kNaN;
    double r = 0, c = 0, most = 0;
    for (const DriftCell& cell : cells) {
        r += cell.reference;
        c += cell.current;
        most = std::max(most, std::abs(r / totals.reference - c / totals.current));
    }
    return most;
}

double wasserstein1(const DriftCells& cells) {
    const CellTotals totals = totalsOf(cells);
    if (!(totals.reference > 0) || !(totals.current > 0))
        return kNaN;
    double r = 0, c = 0, area = 0, last = cells.empty() ? 0 : lowEnd(cells.front());
    for (const DriftCell& cell : cells) {
        const double before = r / totals.reference - c / totals.current;
        area += std::abs(before) * std::max(lowEnd(cell) - last, 0.0);
        r += cell.reference;
        c += cell.current;
        area += absoluteArea(before, r / totals.reference - c / totals.current, highEnd(cell) - lowEnd(cell));
        last = std::max(last, highEnd(cell));
    }
    return area;
}

double quantileOfCells(const DriftCells& cells, bool current, double q) {
    const CellTotals totals = totalsOf(cells);
    const double total = current ? totals.current : totals.reference;
    if (!(total > 0))
        return kNaN;
    const double rank = std::clamp(q, 0.0, 1.0) * total;
    double seen = 0, last = kNaN;
    for (const DriftCell& cell : cells) {
        const double n = side(cell, current);
        if (!(n > 0))
            continue;
        last = highEnd(cell);
        if (seen + n >= rank * (1 - 1e-12))
            return lowEnd(cell) + (highEnd(cell) - lowEnd(cell)) * std::clamp((rank - seen) / n, 0.0, 1.0);
        seen += n;
    }
    return last;
}

double meanOfCells(const DriftCells& cells, bool current) {
    double n = 0, sum = 0;
    for (const DriftCell& cell : cells) {
        n += side(cell, current);
        sum += side(cell, current) * middle(cell);
    }
    return n > 0 ? sum / n : kNaN;
}

double deviationOfCells(const DriftCells& cells, bool current) {
    const double mean = meanOfCells(cells, current);
    double n = 0, squares = 0;
    for (const DriftCell& cell : cells) {
        n += side(cell, current);
        squares += side(cell, current) * (middle(cell) - mean) * (middle(cell) - mean);
    }
    return n > 0 ? std::sqrt(squares / n) : kNaN;
}

size_t binsFor(double referenceCount, double currentCount) {
    if (!(referenceCount > 0) || !(currentCount > 0))
        return 2;
    const double effective = 1 / (1 / referenceCount + 1 / currentCount);
    return static_cast<size_t>(std::clamp(1 + effective / kObservationsPerBin, 2.0, static_cast<double>(kMostBins)));
}

DriftCells mergedCells(const DriftCells& cells, size_t most) {
    const CellTotals totals = totalsOf(cells);
    if (!(totals.reference > 0) || !(totals.current > 0))
        return {};
    const bool values = std::all_of(cells.begin(), cells.end(), [](const DriftCell& cell) { return cell.lower == cell.upper; });
    const bool keep = values && cells.size() <= std::min(kDiscrete, std::max<size_t>(most, 2));
    DriftCells out;
    double done = 0;
    const double share = 1.0 / static_cast<double>(std::max<size_t>(most, 1));
    for (const DriftCell& cell : cells) {
        if (cell.reference + cell.current <= 0)
            continue;
        // A bin is closed when the mixture below its end has reached the next multiple of an equal share.
        const bool fresh = out.empty() || keep || done >= share * static_cast<double>(out.size()) - 1e-12;
        if (fresh) {
            out.push_back(cell);
        } else {
            out.back().upper = cell.upper;
            out.back().reference += cell.reference;
            out.back().current += cell.current;
        }
        done += mixtureShare(cell, totals);
    }
    return out;
}

DriftStatistics numericDrift(const DriftCells& cells) {
    DriftStatistics out;
    const CellTotals totals = totalsOf(cells);
    std::vector<double> reference, current;
    splitSides(mergedCells(cells, binsFor(totals.reference, totals.current)), reference, current);
    fillShares(reference, current, out);
    out.ks = kolmogorovSmirnov(cells);
    out.ksP = kolmogorovSmirnovP(out.ks, totals.reference, totals.current);
    out.wasserstein = wasserstein1(cells);
    out.normedWasserstein = out.wasserstein / std::max(deviationOfCells(cells, false), 0.001);
    return out;
}

DriftStatistics categoricalDrift(std::span<const double> reference, std::span<const double> current) {
    DriftStatistics out;
    out.ks = out.ksP = out.wasserstein = out.normedWasserstein = kNaN;
    const size_t n = std::min(reference.size(), current.size());
    const double r = std::accumulate(reference.begin(), reference.end(), 0.0), c = std::accumulate(current.begin(), current.end(), 0.0);
    const size_t most = std::max(binsFor(r, c), kDiscrete);
    std::vector<size_t> order(n);
    std::iota(order.begin(), order.end(), size_t{0});
    const auto weight = [&](size_t i) { return (r > 0 ? reference[i] / r : 0) + (c > 0 ? current[i] / c : 0); };
    std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) { return weight(a) > weight(b); });
    std::vector<double> before, after;
    for (size_t i = 0; i < n; ++i) {
        if (i < most) {
            before.push_back(reference[order[i]]);
            after.push_back(current[order[i]]);
        } else {
            before.back() += reference[order[i]];
            after.back() += current[order[i]];
        }
    }
    fillShares(before, after, out);
    return out;
}

bool sameShape(const DriftCells& cells) {
    const CellTotals totals = totalsOf(cells);
    if (totals.reference < 200 || totals.current < 200)
        return false;
    const auto spread = [&](bool current) { return quantileOfCells(cells, current, 0.75) - quantileOfCells(cells, current, 0.25); };
    const double referenceSpread = spread(false), currentSpread = spread(true);
    if (!(referenceSpread > 0) || !(currentSpread > 0))
        return false;
    const double referenceMedian = quantileOfCells(cells, false, 0.5), currentMedian = quantileOfCells(cells, true, 0.5);
    double most = 0;
    for (int i = 1; i < 40; ++i) {
        const double share = i / 40.0;
        const double moved = currentMedian + (quantileOfCells(cells, false, share) - referenceMedian) * currentSpread / referenceSpread;
        most = std::max(most, std::abs(shareBelow(cells, true, moved, totals.current) - share));
    }
    return most < 0.1;
}

PictureBins pictureBins(const DriftCells& cells, size_t wanted) {
    PictureBins out;
    const CellTotals totals = totalsOf(cells);
    if (!(totals.reference + totals.current > 0) || wanted == 0)
        return out;
    // The tails beyond 0.2 % fold into the outermost bins: one stray value must not squeeze the picture.
    const auto ends = [&](double q, bool least) {
        const double r = quantileOfCells(cells, false, q), c = quantileOfCells(cells, true, q);
        return std::isnan(r) ? c : std::isnan(c) ? r : least ? std::min(r, c) : std::max(r, c);
    };
    double low = ends(0.002, true), high = ends(0.998, false);
    const double p5 = ends(0.05, true), p95 = ends(0.95, false);
    out.logarithmic = low > 0 && p5 > 0 && p95 > 3 * p5;
    if (!(high > low)) {
        const double around = std::max(std::abs(low) * 0.05, 0.5);
        high = low + around;
        low -= around;
        out.logarithmic = false;
    }
    const auto place = [&](double v) { return out.logarithmic ? std::log(std::max(v, low)) : v; };
    const double from = place(low), step = (place(high) - from) / static_cast<double>(wanted);
    for (size_t i = 0; i <= wanted; ++i) {
        const double at = from + step * static_cast<double>(i);
        out.edges.push_back(out.logarithmic ? std::exp(at) : at);
    }
    out.reference.assign(wanted, 0);
    out.current.assign(wanted, 0);
    const double last = static_cast<double>(wanted);
    for (const DriftCell& cell : cells) {
        const double a = std::clamp((place(lowEnd(cell)) - from) / step, 0.0, last), b = std::clamp((place(highEnd(cell)) - from) / step, 0.0, last);
        const double r = totals.reference > 0 ? cell.reference / totals.reference : 0, c = totals.current > 0 ? cell.current / totals.current : 0;
        if (b - a < 1e-9) {
            const auto bin = static_cast<size_t>(std::min(a, last - 0.5));
            out.reference[bin] += r;
            out.current[bin] += c;
            continue;
        }
        for (auto bin = static_cast<size_t>(a); bin < wanted && static_cast<double>(bin) < b; ++bin) {
            const double part = (std::min(b, static_cast<double>(bin) + 1) - std::max(a, static_cast<double>(bin))) / (b - a);
            out.reference[bin] += r * part;
            out.current[bin] += c * part;
        }
    }
    return out;
}

}  // namespace nj::analyze
