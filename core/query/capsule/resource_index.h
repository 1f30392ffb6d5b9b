// Which series of a capsule measure which GPU, replica, host or container: names by the catalogue, rows by their labels and the entity
// graph. Built once per commit. Query thread; rows refer to the snapshot's series.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "analyze/resource_catalogue.h"
#include "query/capsule/query_context.h"
#include "query/resources.h"

namespace nj::query {

struct ResourceSource {
    const store::SeriesRow* series = nullptr;
    const analyze::ResourceName* name = nullptr;
    std::string part;                              // which of the joined series: CPU, mount, container
};

// Series that explain a row rather than measure it.
struct ResourceEvidence {
    std::vector<const store::SeriesRow*> reasons, xid, maximumClock, maximumMemoryClock, maximumTemperature, started;
};

struct ResourceEntry {
    ResourceIdentity identity;
    std::vector<ResourceSource> sources;
    ResourceEvidence evidence;
};

class ResourceIndex {
public:
    static Result<std::shared_ptr<const ResourceIndex>> build(QueryContext& context);
    // Ordered by host, group, index, name.
    [[nodiscard]] const std::vector<ResourceEntry>& entries(EntityKind kind) const;
    // Of the device a series measures; nullptr when it measures none.
    [[nodiscard]] const ResourceEntry* ofSeries(int64_t series) const;
    // Of the replica or container that runs in a pod.
    [[nodiscard]] const ResourceEntry* ofPod(EntityKind kind, const std::string& pod) const;

private:
    friend class ResourceIndexBuilder;
    std::map<EntityKind, std::vector<ResourceEntry>> entries_;
};

// Kept between questions of the same commit; the backend drops it with a newer one.
struct ResourceCache {
    std::shared_ptr<const ResourceIndex> index;
    std::unordered_map<int64_t, double> maxima;    // series → highest value of the whole capsule
};

Result<ResourceGrid> answerResourceGrid(QueryContext& context, ResourceCache& cache, const ResourceGridQuestion& question);
Result<ResourceSurvey> answerResourceSurvey(QueryContext& context, ResourceCache& cache, const ResourceSurveyQuestion& question);

// "00000000:D1:00.0", "PCI:0000:d1:00" → "d1:00"; "" when it is no PCI address.
std::string pciBusDevice(std::string_view text);

}  // namespace nj::query
