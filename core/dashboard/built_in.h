// The dashboards that come with Nightjar (resources/dashboards, compiled in). Pure functions, any thread.
#pragma once

#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "dashboard/dashboard.h"

namespace nj::dashboard {

std::string_view vllmJson();
std::string_view sglangJson();
std::string_view tgiJson();
std::string_view tritonJson();
std::string_view dcgmJson();
std::string_view nodeExporterJson();

// All of them, in the order in which they are offered.
const std::vector<Dashboard>& allBuiltInDashboards();
// Those whose series are there: any of the metrics by which a dashboard is recognised is among `metrics`.
std::vector<Dashboard> builtInDashboards(const std::set<std::string, std::less<>>& metrics);

}  // namespace nj::dashboard
