// The groups of routes behind answer(), a file each. As prometheus_api.h.
#pragma once

#include "api/prometheus_api.h"
#include "base/json_writer.h"

namespace nj::api {

// What a route is given.
struct Call {
    ServedCapsule& capsule;
    const Parameters& parameters;
    const Limits& limits;
    const std::stop_token& stop;
    std::string_view name;  // of label/NAME/values
};
using Route = Result<Answer> (*)(const Call& call);

Result<Answer> instantQuery(const Call& call);
Result<Answer> rangeQuery(const Call& call);
Result<Answer> formatQuery(const Call& call);
Result<Answer> exemplarQuery(const Call& call);
Result<Answer> series(const Call& call);
Result<Answer> labelNames(const Call& call);
Result<Answer> labelValues(const Call& call);
Result<Answer> metadata(const Call& call);
Result<Answer> rules(const Call& call);
Result<Answer> alerts(const Call& call);
Result<Answer> targets(const Call& call);
Result<Answer> buildInfo(const Call& call);
Result<Answer> flags(const Call& call);
Result<Answer> configuration(const Call& call);
Result<Answer> storage(const Call& call);

void writeLabels(JsonWriter& json, const promql::Labels& labels);
inline constexpr const char* kTruncated = "results truncated due to limit";

}  // namespace nj::api
