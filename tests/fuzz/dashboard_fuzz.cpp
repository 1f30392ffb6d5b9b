// Dashboards of Grafana and our own: read or refused, never more than the bounds; what was read comes back from our own JSON as it was, and
// its panels are answered.
#include <cstdlib>
#include <string_view>

#include "dashboard/grafana/grafana_dashboard.h"
#include "dashboard/interpolation.h"
#include "dashboard/json/dashboard_json.h"
#include "dashboard/panel_answer.h"
#include "dashboard/transform.h"
#include "dashboard/unit.h"
#include "few_series.h"
#include "fuzz_entry.h"

namespace {

constexpr size_t kMostPanels = 20;   // of one dashboard: the further ones show nothing new

std::vector<nj::dashboard::Frame> someFrames() {
    using enum nj::dashboard::FieldKind;
    return {{"A", "one", {{kTime, "Time", {}, {1, 2}, {}, {}}, {kNumber, "Value", {{"job", "a"}}, {}, {1, 2}, {}}}},
            {"B", "", {{kTime, "Time", {}, {2}, {}, {}}, {kText, "job", {}, {}, {}, {"a"}}, {kNumber, "Value #B", {}, {}, {3}, {}}}}};
}

void answerPanels(const nj::dashboard::Dashboard& dashboard, const nj::dashboard::Scope& scope) {
    nj::fuzz::FewSeries querier;
    nj::promql::EngineOptions options;
    options.maxSamples = 2'000;
    options.maxPoints = 50;
    options.maxJoinPairs = 100;
    const nj::promql::Engine engine(options);
    size_t left = kMostPanels;
    for (const nj::dashboard::Row& row : dashboard.rows)
        for (const nj::dashboard::Panel& panel : row.panels) {
            if (left-- == 0)
                return;
            std::vector<std::string> notes;
            for (const nj::dashboard::Frame& frame : transformed(someFrames(), panel.transformations, notes))
                for (const nj::dashboard::Field& field : frame.fields)
                    if (field.times.size() + field.numbers.size() + field.texts.size() != frame.rows())
                        std::abort();
            const auto answer = answerPanel(panel, scope, 8, engine, querier);
            if (!answer.ok() || answer->series.size() > nj::dashboard::kMostPanelSeries || answer->table.rows() > nj::dashboard::kMostPanelRows)
                std::abort();
            const bool shows = !answer->series.empty() || answer->table.rows() > 0 || answer->buckets.rows() > 0;
            if (panel.kind != nj::dashboard::PanelKind::kText && !shows && answer->why.empty() && answer->problems.empty())
                std::abort();
        }
}

void check(const nj::dashboard::Dashboard& dashboard) {
    const std::string json = nj::dashboard::dashboardToJson(dashboard);
    const auto again = nj::dashboard::dashboardFromJson(json);
    if (!again.ok() || nj::dashboard::dashboardToJson(*again) != json)
        std::abort();
    nj::dashboard::Scope scope = scopeOf(dashboard);
    scope.range = {0, nj::kMinute};
    for (const nj::dashboard::RowOccurrence& row : unroll(dashboard, scope))
        for (const nj::dashboard::Occurrence& occurrence : row.panels)
            for (const nj::dashboard::Target& target : occurrence.panel->targets)
                static_cast<void>(interpolate(target.expr, scope));
    answerPanels(dashboard, scope);
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
