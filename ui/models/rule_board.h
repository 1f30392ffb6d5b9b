// The rules of a file with what each would have done: what fired first, then what was pending, each group in its places. Pure function, any
// thread.
#pragma once

#include <optional>
#include <vector>

#include "query/dashboards.h"

namespace nj::ui {

struct RuleBoard {
    dashboard::Dashboard board;
    std::vector<std::optional<query::AlertCourse>> courses;   // by panel, in the board's order; nothing for what is no alert
    size_t fired = 0, pending = 0;                            // only pending
};
// `rules` and `courses` are in the file's order.
RuleBoard ruleBoard(const dashboard::Dashboard& rules, const std::vector<query::AlertCourse>& courses);

}  // namespace nj::ui
