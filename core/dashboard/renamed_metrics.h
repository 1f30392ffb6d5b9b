// Metrics of serving engines that were renamed since people wrote their dashboards. Pure functions, any thread.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace nj::dashboard {

struct Renaming {
    std::string expr;                                             // with today's names
    std::vector<std::pair<std::string, std::string>> renamed;     // from, to; each once
    std::vector<std::string> gone;                                // known metrics that have no successor; each once
};
// Names are replaced where they stand as a word of their own, outside strings. A name in `present` is left alone: the data is as old
// as the dashboard.
Renaming withCurrentNames(std::string_view expr, const std::set<std::string, std::less<>>& present = {});

}  // namespace nj::dashboard
