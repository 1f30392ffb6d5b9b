// Rules drawn as a dashboard: a row for each group, in it a panel for each rule that shows what it watches, with its limit. Pure function,
// any thread.
#pragma once

#include <string_view>

#include "alert/rule.h"
#include "dashboard/dashboard.h"

namespace nj::alert {

// An alert's panel shows the side of its comparison that varies, with a red threshold where the other is a constant: `x > 0.9` is x with
// a threshold from 0.9. Comparisons joined by and, or and unless are a target each, what is joined to them without one is a target too; a
// guard against dividing by zero (`… and y > 0`) is a hidden one. Where both sides vary both are targets, of <, >, <= and >= one of them as
// the limit: `x < 0.8 * scalar(y)` is x with the other side as a line. Where nothing is compared the expression is one, and so it is of a
// recording rule.
dashboard::Dashboard alertDashboard(const RuleSet& rules, std::string_view title);

}  // namespace nj::alert
