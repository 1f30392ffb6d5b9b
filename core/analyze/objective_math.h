// Service level arithmetic: burn rate and error budget of an objective "target share of good events over a window". Pure functions.
// Formulas: Google, "The Site Reliability Workbook" (2018), chapter 5 "Alerting on SLOs" (burn rate, budget consumed), and
// "Site Reliability Engineering" (2016), chapter 3 (error budget = 1 − target).
#pragma once

#include <cstdint>
#include <limits>
#include <optional>

#include "base/time.h"

namespace nj::analyze {

struct ObjectiveCounts {
    uint64_t good = 0, total = 0;
    [[nodiscard]] uint64_t bad() const { return total > good ? total - good : 0; }
};

// Share of bad events / (1 − target): 1 uses the budget up exactly at the end of the window. NaN without events; infinite where the
// target leaves no budget and something was bad.
double burnRate(const ObjectiveCounts& counts, double target);

// Share of the whole window's budget that a range of that length used: burn rate × length / window.
double budgetConsumed(double burnRate, DurationNs length, DurationNs window);

// 1 − bad / ((1 − target) × total), over the events of the window; below 0 the objective is missed. NaN without events.
double budgetRemaining(const ObjectiveCounts& counts, double target);

// At this rate, how long until nothing of `remaining` (share of the budget) is left; nothing where the rate is 0 or not a number.
std::optional<DurationNs> timeToExhaustion(double burnRate, double remaining, DurationNs window);

// The page-worthy rate of the workbook's table 5-8: 14.4 for 2 % of a 30-day budget in one hour, scaled to the given window.
double fastBurnRate(DurationNs window);

}  // namespace nj::analyze
