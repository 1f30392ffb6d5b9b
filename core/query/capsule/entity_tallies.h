// Spans and histogram observations counted by entity over one range: what the table of entities is made of. Used by one question.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "query/capsule/bucket_counts.h"
#include "query/capsule/duration_bins.h"
#include "query/capsule/filter_evaluator.h"
#include "query/capsule/query_context.h"

namespace nj::query {

struct EntityTally {
    uint64_t count = 0, errors = 0;
    std::unique_ptr<BinCounts<uint64_t>> bins = std::make_unique<BinCounts<uint64_t>>();
    BucketCounts observations;   // of the engine's histogram

    void merge(const EntityTally& other);
    [[nodiscard]] bool fromSpans() const { return count > 0; }
    // Seconds: of its spans' durations, else of the histogram; 0 = nothing was observed.
    [[nodiscard]] double p99() const;
};
using EntityTallies = std::map<std::string, EntityTally>;   // by what a person calls the entity

// Spans of a range by resource id: one scan, from which services, pods and hosts are summed up.
using ResourceTallies = std::map<uint32_t, EntityTally>;
Status tallyResources(QueryContext& context, FilterEvaluator& filter, TimeRange range, ResourceTallies& out);
// By service; and by the pod or host that each resource stands on.
void sumServices(const QueryContext& context, const ResourceTallies& resources, EntityTallies& out);
Status sumPlaces(QueryContext& context, const ResourceTallies& resources, EntityKind kind, EntityTallies& out);
// By the engine replica that client spans call: attempts, failed ones included, which the engine itself never reports.
Status tallyAttempts(QueryContext& context, FilterEvaluator& filter, TimeRange range, EntityTallies& out);
// Adds the time to first token of replicas, from the engines' own histograms: all there is where no spans were read.
Status tallyEngines(QueryContext& context, const Filter& filter, TimeRange range, EntityTallies& out);

}  // namespace nj::query
