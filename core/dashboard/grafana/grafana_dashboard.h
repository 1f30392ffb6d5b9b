// Grafana's dashboard JSON → Dashboard: rows of the old schema, panels with gridPos, elements with a layout, exports with __inputs, and
// what the API wraps around them. Untrusted input; pure function, any thread. What can't be taken is a remark, never an error.
#pragma once

#include <set>
#include <string>
#include <string_view>

#include "base/result.h"
#include "dashboard/dashboard.h"

namespace nj::dashboard {

struct GrafanaOptions {
    std::set<std::string, std::less<>> metricsPresent;   // these keep their name though newer engines renamed them
};

// Errors: not JSON (line and column), not a dashboard, out of bounds.
Result<Dashboard> readGrafanaDashboard(std::string_view json, const GrafanaOptions& options = {});

}  // namespace nj::dashboard
