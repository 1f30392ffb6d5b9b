#include "dashboard/built_in.h"

#include <algorithm>

#include "dashboard/json/dashboard_json.h"

namespace nj::dashboard {

const std::vector<Dashboard>& allBuiltInDashboards() {
    static const std::vector<Dashboard> all = [] {
        std::vector<Dashboard> out;
        for (const auto json : {vllmJson, sglangJson, tgiJson, tritonJson, dcgmJson, nodeExporterJson})
            if (auto dashboard = dashboardFromJson(json()); dashboard.ok())   // a test reads each
                out.push_back(std::move(*dashboard));
        return out;
    }();
    return all;
}

std::vector<Dashboard> builtInDashboards(const std::set<std::string, std::less<>>& metrics) {
    std::vector<Dashboard> out;
    for (const Dashboard& dashboard : allBuiltInDashboards())
        if (std::any_of(dashboard.recognisedBy.begin(), dashboard.recognisedBy.end(), [&](const std::string& name) { return metrics.contains(name); }))
            out.push_back(dashboard);
    return out;
}

}  // namespace nj::dashboard
