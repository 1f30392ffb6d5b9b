// What the readers of a Grafana dashboard's parts share: the remarks, the inputs of an export, the bounds. Lives for one reading, in
// one thread.
#pragma once

#include <map>
#include <set>
#include <string>

#include "dashboard/dashboard.h"
#include "dashboard/grafana/grafana_dashboard.h"
#include "dashboard/interpolation.h"
#include "base/bounded_json.h"

namespace nj::dashboard {

inline constexpr size_t kMostPanels = 1'000;
inline constexpr size_t kMostTargets = 100;      // of a panel
inline constexpr size_t kMostVariables = 200;
inline constexpr size_t kMostOptions = 5'000;    // of a variable
inline constexpr size_t kMostRows = 500;
inline constexpr size_t kMostRemarks = 2'000;
inline constexpr size_t kMostThresholds = 50;
inline constexpr size_t kMostOverrides = 200;    // of a panel
inline constexpr size_t kMostFilters = 100;      // of a variable
inline constexpr size_t kMostLinks = 50;         // of a panel or dashboard

struct GrafanaReading {
    const GrafanaOptions& options;
    Dashboard& dashboard;
    std::map<std::string, std::string, std::less<>> sourceTypes;   // of inputs and variables: "DS_LOKI" → "loki"
    size_t panels = 0;
    Scope scope;   // the variables at their saved choice, with something plausible where none is saved

    void dropped(std::string where, std::string what, std::string why) { remark({std::move(where), std::move(what), std::move(why), true}); }
    void changed(std::string where, std::string what, std::string why) { remark({std::move(where), std::move(what), std::move(why), false}); }

private:
    void remark(Remark remark) {
        if (dashboard.remarks.size() < kMostRemarks)
            dashboard.remarks.push_back(std::move(remark));
        else
            dashboard.remarks.back() = {"the dashboard", "more remarks", "there are more than " + std::to_string(kMostRemarks), true};
    }
};

// Reads templating.list into reading.dashboard.variables, and reading.scope.
void readVariables(const Json& list, GrafanaReading& reading);
// A panel that is no row. False: it was left out, with a remark.
bool readPanel(const Json& json, GrafanaReading& reading, Panel& panel);
std::string panelName(const Json& json);   // "panel 'GPU Temperature'"
void readTargets(const Json& json, const std::string& where, GrafanaReading& reading, Panel& panel);
// The visual settings, old and new: unit, bounds, thresholds, legend, …
void readLook(const Json& json, const std::string& type, const std::string& where, GrafanaReading& reading, Panel& panel);
// Links to an address; those to other dashboards are left out, with a remark.
void readLinks(const Json& list, const std::string& where, GrafanaReading& reading, std::vector<Link>& out);
void readTransformations(const Json& list, const std::string& where, GrafanaReading& reading, Panel& panel);
// "prometheus", "loki", …; "" when the data source is not said or a variable.
std::string sourceType(const Json& source, const GrafanaReading& reading);

// The schema of elements and layout, as panels with gridPos and templating.list.
bool isElementsSchema(const Json& json);
Json classicFromElements(const Json& spec);

}  // namespace nj::dashboard
