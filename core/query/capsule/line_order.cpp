#include "query/capsule/line_order.h"

#include <algorithm>
#include <cmath>

#include "analyze/robust.h"

namespace nj::query {

void orderByDeparture(std::vector<MetricLine>& lines) {
    std::vector<double> means;
    for (const MetricLine& line : lines)
        means.push_back(line.mean);
    const double peers = analyze::median(means);
    const auto apart = [](double value, double from) { return std::isfinite(value) && std::isfinite(from) && value != from ? std::abs(value - from) / (std::abs(value) + std::abs(from)) : 0; };
    const auto departure = [&](const MetricLine& line) {
        const double own = apart(line.mean, line.baseline);
        return std::isnan(line.mean) ? -1 : lines.size() > 2 ? std::max(own, apart(line.mean, peers)) : own;
    };
    // The key first: a comparison that reads what is being sorted would see lines on their way.
    std::vector<std::pair<double, size_t>> order;
    for (size_t i = 0; i < lines.size(); ++i)
        order.emplace_back(departure(lines[i]), i);
    std::stable_sort(order.begin(), order.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
    std::vector<MetricLine> sorted;
    sorted.reserve(lines.size());
    for (const auto& [departs, i] : order)
        sorted.push_back(std::move(lines[i]));
    lines = std::move(sorted);
}

}  // namespace nj::query
