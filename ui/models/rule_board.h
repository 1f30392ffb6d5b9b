// The rules of a file with what each would have done: what fired first, then what was pending, each group in its places; alerts whose series
// are not there apart from the others. Pure function, any thread.
#pragma once

#include <QString>
#include <optional>
#include <string>
#include <vector>

#include "query/dashboards.h"

namespace nj::ui {

struct AlertWithoutData {
    std::string group, name, expression, reason;
    bool operator==(const AlertWithoutData&) const = default;
};

struct RuleBoard {
    dashboard::Dashboard board;                               // without the groups that have nothing left
    std::vector<std::optional<query::AlertCourse>> courses;   // by panel, in the board's order; nothing for what is no alert
    std::vector<AlertWithoutData> withoutData;                // in the file's order
    size_t alerts = 0, fired = 0, pending = 0;                // pending: only
};
// `rules` and `courses` are in the file's order.
RuleBoard ruleBoard(const dashboard::Dashboard& rules, const std::vector<query::AlertCourse>& courses);
// "6 alerts: 3 would have fired in this range, no data for 2"
QString verdictOf(const RuleBoard& rules);

}  // namespace nj::ui
