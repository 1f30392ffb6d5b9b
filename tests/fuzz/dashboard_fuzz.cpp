// Dashboards of Grafana and our own: read or refused, never more than the bounds; what was read comes back from our own JSON as it was.
#include <cstdlib>
#include <string_view>

#include "dashboard/grafana/grafana_dashboard.h"
#include "dashboard/interpolation.h"
#include "dashboard/json/dashboard_json.h"
#include "dashboard/unit.h"
#include "fuzz_entry.h"

namespace {

void check(const nj::dashboard::Dashboard& dashboard) {
    const std::string json = nj::dashboard::dashboardToJson(dashboard);
    const auto again = nj::dashboard::dashboardFromJson(json);
    if (!again.ok() || nj::dashboard::dashboardToJson(*again) != json)
        std::abort();
    nj::dashboard::Scope scope = scopeOf(dashboard);
    scope.range = {0, nj::kHour};
    for (const nj::dashboard::RowOccurrence& row : unroll(dashboard, scope))
        for (const nj::dashboard::Occurrence& occurrence : row.panels)
            for (const nj::dashboard::Target& target : occurrence.panel->targets)
                static_cast<void>(interpolate(target.expr, scope));
    for (const nj::dashboard::Variable& variable : dashboard.variables) {
        static_cast<void>(nj::dashboard::parseVariableQuery(variable.query));
        static_cast<void>(optionsFrom(variable, {"a", "b-1", variable.name}));
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    if (const auto dashboard = nj::dashboard::readGrafanaDashboard(text); dashboard.ok()) {
        if (dashboard->panelCount() > 1'000 || dashboard->remarks.size() > 2'000)
            std::abort();
        check(*dashboard);
    }
    if (const auto dashboard = nj::dashboard::dashboardFromJson(text); dashboard.ok())
        check(*dashboard);
    return 0;
}
