// What the series of a panel are called. Built from all answers of a panel; a value, any thread.
#pragma once

#include <set>

#include "dashboard/panel/panel_queries.h"

namespace nj::dashboard {

class SeriesNames {
public:
    explicit SeriesNames(const PanelQueries& queries);
    // By the target's legend; "" and "__auto": as few labels as tell the series apart, else the metric's name, else the expression. Of a
    // limit: "limit", and the labels that tell several limits apart.
    [[nodiscard]] std::string of(const QueryAnswer& answer, const promql::Labels& labels) const;

private:
    std::set<std::string, std::less<>> telling_, tellingLimits_;   // among series without a legend
};

}  // namespace nj::dashboard
