// What a dashboard shows of what the backend holds. A backend that answers implements DashboardBackend beside Backend; the terms of
// backend.h hold for it too.
#pragma once

#include <set>
#include <stop_token>
#include <string>
#include <vector>

#include "dashboard/panel_answer.h"
#include "dashboard/resolve_variables.h"
#include "model/annotation.h"

namespace nj::query {

class Backend;

struct VariablesQuestion {
    dashboard::Dashboard dashboard;
    dashboard::Choices choices;
    TimeRange range;
    bool keepChoices = false;   // asked again: a choice stays, though its series may be gone
};

// Points of a panel, at every size of the window: two people must read the same numbers.
inline constexpr int kPanelColumns = 480;

struct PanelQuestion {
    dashboard::Panel panel;
    dashboard::Scope scope;     // of the occurrence
    int columns = kPanelColumns;
};

inline constexpr std::string_view kServerRules = "server:";   // the server's name follows

// What the alerts of a rule file would have done over a range.
struct AlertCourse {
    std::string name, expression;           // of the rule
    std::string condition;                  // "for 2 m, severity page"
    std::vector<TimeRange> pending, firing; // any of its instances; ascending, apart
    size_t instances = 0;                   // that fired
    std::string problem;                    // it could not be evaluated
    std::string absence;                    // why what it watches shows nothing, where its series are not there; else ""
};

class DashboardBackend {
public:
    // nullptr where the backend cannot answer.
    static DashboardBackend* of(Backend& backend);
    virtual ~DashboardBackend() = default;
    // The built-in dashboards whose series are there, and the rules of the servers the capsule was filled from, as dashboards whose uid begins
    // with kServerRules.
    virtual Result<std::vector<dashboard::Dashboard>> builtInDashboards(std::stop_token stop) = 0;
    virtual Result<std::set<std::string, std::less<>>> metricNamesForDashboards(std::stop_token stop) = 0;
    virtual Result<dashboard::ResolvedVariables> variables(const VariablesQuestion& question, std::stop_token stop) = 0;
    // Of the rules that are alerts, in the file's order. Without a document: of the server that is called as the definition.
    virtual Result<std::vector<AlertCourse>> alertCourses(const Definition& rules, TimeRange range, std::stop_token stop) = 0;
    virtual Result<dashboard::PanelAnswer> panel(const PanelQuestion& question, std::stop_token stop) = 0;
};

}  // namespace nj::query
