#include "analyze/robust.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace nj::analyze {
namespace {

void dropMissing(std::vector<double>& values) {
    values.erase(std::remove_if(values.begin(), values.end(), [](double v) { return std::isnan(v); }), values.end());
}

}  // namespace

double mean(const std::vector<double>& values) {
    double sum = 0;
    size_t n = 0;
    for (const double value : values)
        if (!std::isnan(value)) {
            sum += value;
            ++n;
        }
    return n == 0 ? std::numeric_limits<double>::quiet_NaN() : sum / static_cast<double>(n);
}

double median(std::vector<double> values) {
    dropMissing(values);
    if (values.empty())
        return std::numeric_limits<double>::quiet_NaN();
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    if (values.size() % 2 == 1)
        return *middle;
    const double below = *std::max_element(values.begin(), middle);
    return below + (*middle - below) / 2;
}

double quantile(std::vector<double>& values, double q) {
    dropMissing(values);
    if (values.empty())
        return std::numeric_limits<double>::quiet_NaN();
    const double rank = std::ceil(std::clamp(q, 0.0, 1.0) * static_cast<double>(values.size()));
    const size_t index = std::min(values.size() - 1, static_cast<size_t>(std::max(rank, 1.0)) - 1);
    std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(index), values.end());
    return values[index];
}

Spread spreadOf(const std::vector<double>& values) {
    Spread spread;
    spread.centre = median(values);
    std::vector<double> deviations;
    for (const double v : values)
        if (!std::isnan(v))
            deviations.push_back(std::abs(v - spread.centre));
    spread.n = deviations.size();
    spread.width = spread.n == 0 ? 0 : 1.4826 * median(std::move(deviations));
    return spread;
}

Spread lowSpreadOf(std::vector<double> values) {
    Spread spread;
    const double quarter = quantile(values, 0.25), low = quantile(values, 0.05);
    spread.n = values.size();
    // The 5th and 25th percentile of a normal distribution lie 1.645 and 0.674 standard deviations below its middle.
    spread.width = spread.n == 0 ? 0 : (quarter - low) / (1.645 - 0.674);
    spread.centre = quarter + 0.674 * spread.width;
    return spread;
}

double robustZ(double value, const Spread& spread, double floor) {
    if (std::isnan(value) || spread.n == 0)
        return 0;
    const double width = std::max(spread.width, floor);
    return width > 0 ? (value - spread.centre) / width : (value == spread.centre ? 0 : std::copysign(1e6, value - spread.centre));
}

std::optional<Stretch> worstStretch(const std::vector<double>& scores, double threshold) {
    std::optional<Stretch> best;
    double sum = 0;
    size_t from = 0;
    for (size_t i = 0; i < scores.size(); ++i) {
        const double gain = (std::isnan(scores[i]) ? 0 : scores[i]) - threshold;
        if (sum <= 0) {
            sum = 0;
            from = i;
        }
        sum += gain;
        if (sum > 0 && (!best || sum > best->score))
            best = Stretch{from, i + 1, sum};
    }
    return best;
}

std::optional<size_t> onsetOf(const std::vector<double>& values, double before, double after) {
    constexpr double kThird = 1.0 / 3, kMost = 1.5;   // no single spike outweighs a stretch
    if (before == after)
        return std::nullopt;
    std::vector<double> way;
    std::vector<size_t> entries;
    for (size_t i = 0; i < values.size(); ++i)
        if (!std::isnan(values[i])) {
            way.push_back(std::clamp((values[i] - before) / (after - before), -kMost, kMost));
            entries.push_back(i);
        }
    const auto stretch = worstStretch(way, kThird);
    return stretch ? std::optional(entries[stretch->from]) : std::nullopt;
}

std::vector<double> logBounds(double low, double high, size_t n) {
    std::vector<double> bounds(n + 1);
    const double step = std::log(high / low) / static_cast<double>(std::max<size_t>(n, 1));
    for (size_t i = 0; i <= n; ++i)
        bounds[i] = low * std::exp(step * static_cast<double>(i));
    bounds.back() = high;
    return bounds;
}

}  // namespace nj::analyze
