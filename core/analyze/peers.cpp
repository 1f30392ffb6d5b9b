#include "analyze/peers.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "analyze/robust.h"

namespace nj::analyze {
namespace {

constexpr size_t kFewestPeers = 3;
constexpr double kUsual = 3;   // distances up to this many usual ones are no departure
constexpr double kMost = 50;   // one wild sample does not outweigh a stretch

double middle(std::vector<float>& values) {
    const auto at = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), at, values.end());
    if (values.size() % 2 == 1)
        return static_cast<double>(*at);
    return (static_cast<double>(*at) + static_cast<double>(*std::max_element(values.begin(), at))) / 2;
}

// The peers' median per column; NaN where too few have a value.
std::vector<double> middles(const std::vector<std::vector<float>>& values, size_t columns) {
    std::vector<double> result(columns, std::numeric_limits<double>::quiet_NaN());
    std::vector<float> column;
    for (size_t c = 0; c < columns; ++c) {
        column.clear();
        for (const auto& row : values)
            if (c < row.size() && std::isfinite(row[c]))
                column.push_back(row[c]);
        if (column.size() >= kFewestPeers)
            result[c] = middle(column);
    }
    return result;
}

double medianWithin(const std::vector<float>& row, size_t from, size_t to) {
    std::vector<float> part;
    for (size_t c = from; c < std::min(to, row.size()); ++c)
        if (std::isfinite(row[c]))
            part.push_back(row[c]);
    return part.empty() ? std::numeric_limits<double>::quiet_NaN() : middle(part);
}

void describePeers(const std::vector<std::vector<float>>& values, std::vector<PeerDeparture>& found, size_t index) {
    PeerDeparture& one = found[index];
    one.own = medianWithin(values[index], one.from, one.to);
    one.peersLow = std::numeric_limits<double>::infinity();
    one.peersHigh = -one.peersLow;
    for (size_t i = 0; i < values.size(); ++i) {
        const bool departsToo = found[i].score > one.score / 4 && found[i].from < one.to && one.from < found[i].to;
        const double other = i == index || departsToo ? std::numeric_limits<double>::quiet_NaN() : medianWithin(values[i], one.from, one.to);
        if (!std::isfinite(other))
            continue;
        one.peersLow = std::min(one.peersLow, other);
        one.peersHigh = std::max(one.peersHigh, other);
    }
}

}  // namespace

std::vector<PeerDeparture> peerDepartures(const std::vector<std::vector<float>>& values, double floor, double floorShare) {
    std::vector<PeerDeparture> found(values.size());
    size_t columns = 0;
    for (const auto& row : values)
        columns = std::max(columns, row.size());
    const std::vector<double> middleOf = middles(values, columns);
    std::vector<float> distances;
    for (const auto& row : values)
        for (size_t c = 0; c < row.size(); ++c)
            if (std::isfinite(row[c]) && std::isfinite(middleOf[c]))
                distances.push_back(static_cast<float>(std::abs(static_cast<double>(row[c]) - middleOf[c])));
    if (distances.empty())
        return found;
    const double typical = median(middleOf);
    const double usual = std::max({1.4826 * middle(distances), floor, floorShare * std::abs(typical), 1e-12});
    std::vector<double> scores(columns);
    for (size_t i = 0; i < values.size(); ++i) {
        for (size_t c = 0; c < columns; ++c) {
            const double value = c < values[i].size() ? static_cast<double>(values[i][c]) : std::numeric_limits<double>::quiet_NaN();
            const double z = std::abs(value - middleOf[c]) / usual;
            scores[c] = std::isfinite(z) ? std::min(z, kMost) : std::numeric_limits<double>::quiet_NaN();
        }
        if (const auto stretch = worstStretch(scores, kUsual)) {
            found[i].score = stretch->score / static_cast<double>(columns);
            found[i].from = stretch->from;
            found[i].to = stretch->to;
        }
    }
    for (size_t i = 0; i < values.size(); ++i)
        if (found[i].score > 0)
            describePeers(values, found, i);
    return found;
}

}  // namespace nj::analyze
