// Nightjar's own JSON of a dashboard, as a capsule keeps it and as resources/dashboards holds the built-in ones. Members that have their
// default are left out. Pure functions, any thread; what is read is untrusted.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "dashboard/dashboard.h"

namespace nj::dashboard {

inline constexpr int kDashboardJsonVersion = 1;

std::string dashboardToJson(const Dashboard& dashboard);
// An error says what is wrong and where: "rows[0].panels[2].kind: 'pie' is not known". A newer version is kNewerVersion.
Result<Dashboard> dashboardFromJson(std::string_view json);
bool isDashboardJson(std::string_view json);   // by its first member, cheaply

}  // namespace nj::dashboard
