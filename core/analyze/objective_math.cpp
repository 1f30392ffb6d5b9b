#include "analyze/objective_math.h"

#include <algorithm>
#include <cmath>

namespace nj::analyze {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

}  // namespace

double burnRate(const ObjectiveCounts& counts, double target) {
    if (counts.total == 0)
        return kNone;
    const double bad = static_cast<double>(counts.bad()) / static_cast<double>(counts.total);
    const double budget = 1 - target;
    if (budget <= 0)
        return bad > 0 ? std::numeric_limits<double>::infinity() : 0;
    return bad / budget;
}

double budgetConsumed(double burnRate, DurationNs length, DurationNs window) {
    return window <= 0 ? kNone : burnRate * static_cast<double>(length) / static_cast<double>(window);
}

double budgetRemaining(const ObjectiveCounts& counts, double target) { return 1 - burnRate(counts, target); }

std::optional<DurationNs> timeToExhaustion(double burnRate, double remaining, DurationNs window) {
    if (!(burnRate > 0) || std::isnan(remaining))
        return {};
    const double left = std::max(0.0, remaining) * static_cast<double>(window) / burnRate;
    return left >= 9e18 ? std::optional<DurationNs>() : static_cast<DurationNs>(left);
}

double fastBurnRate(DurationNs window) { return 0.02 * static_cast<double>(window) / static_cast<double>(kHour); }

}  // namespace nj::analyze
