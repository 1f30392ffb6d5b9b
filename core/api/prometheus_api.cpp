#include "api/prometheus_api.h"

#include <algorithm>

#include "api/routes.h"

namespace nj::api {
namespace {

constexpr std::string_view kBase = "/api/v1/";
constexpr std::string_view kLabel = "label/";
constexpr std::string_view kValues = "/values";

struct Path {
    std::string_view path;
    Route route;
    bool post;  // may also come as a form
};
constexpr Path kPaths[] = {
    {"query", instantQuery, true},
    {"query_range", rangeQuery, true},
    {"query_exemplars", exemplarQuery, true},
    {"format_query", formatQuery, true},
    {"series", series, true},
    {"labels", labelNames, true},
    {"metadata", metadata, false},
    {"rules", rules, false},
    {"alerts", alerts, false},
    {"targets", targets, false},
    {"status/buildinfo", buildInfo, false},
    {"status/flags", flags, false},
    {"status/config", configuration, false},
    {"status/tsdb", storage, false},
};

constexpr const char* kText = "text/plain; charset=utf-8";

}  // namespace

Result<std::chrono::nanoseconds> timeoutOf(const Parameters& parameters, const Limits& limits) {
    NJ_ASSIGN(const auto asked, parameters.duration("timeout"));
    return asked && *asked >= 0 ? std::min(std::chrono::nanoseconds(*asked), limits.timeout) : limits.timeout;
}

Answer answer(ServedCapsule& capsule, const Request& request, const Limits& limits, const std::stop_token& stop) {
    std::string_view path = request.path;
    if (path == "/-/ready" || path == "/-/healthy")
        return {200, "Nightjar is ready.\n", kText};
    if (!path.starts_with(kBase))
        return {404, "This is the HTTP API of a Prometheus over a capsule: ask /api/v1/query and its like.\n", kText};
    path.remove_prefix(kBase.size());
    const auto* known = std::find_if(std::begin(kPaths), std::end(kPaths), [&](const Path& p) { return p.path == path; });
    Route route = known == std::end(kPaths) ? nullptr : known->route;
    std::string name;
    if (path.starts_with(kLabel) && path.ends_with(kValues) && path.size() > kLabel.size() + kValues.size()) {
        route = labelValues;
        name = unescapedName(path.substr(kLabel.size(), path.size() - kLabel.size() - kValues.size()));
    }
    if (route == nullptr)
        return failure(makeError(ErrorCode::kNotFound, "there is no /api/v1/" + std::string(path)));
    if (request.method != "GET" && request.method != "HEAD" && !(request.method == "POST" && known != std::end(kPaths) && known->post))
        return {405, "Method Not Allowed\n", kText};
    if (const auto timeout = timeoutOf(request.parameters, limits); !timeout.ok())
        return failure(timeout.error());
    if (const Status fresh = capsule.refresh(); !fresh.ok())
        return failure(fresh.error());
    auto result = route({capsule, request.parameters, limits, stop, name});
    return result.ok() ? std::move(*result) : failure(result.error());
}

}  // namespace nj::api
