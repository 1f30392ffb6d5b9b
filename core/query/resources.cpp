#include "query/resources.h"

#include "query/backend.h"

namespace nj::query {
namespace {

Error unsupported() { return makeError(ErrorCode::kUnsupported, "This source does not know GPUs and hosts."); }

}  // namespace

Result<ResourceGrid> askResourceGrid(Backend& backend, const ResourceGridQuestion& question, std::stop_token stop) {
    auto* devices = dynamic_cast<ResourceBackend*>(&backend);
    return devices ? devices->resourceGrid(question, std::move(stop)) : Result<ResourceGrid>(unsupported());
}

Result<ResourceSurvey> askResourceSurvey(Backend& backend, const ResourceSurveyQuestion& question, std::stop_token stop) {
    auto* devices = dynamic_cast<ResourceBackend*>(&backend);
    return devices ? devices->resourceSurvey(question, std::move(stop)) : Result<ResourceSurvey>(unsupported());
}

}  // namespace nj::query
