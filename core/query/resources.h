// Questions of the Resources view: rows of GPUs, engine replicas, hosts or containers over time, measured by one metric of
// analyze/resource_catalogue.h under whatever name the exporters gave it. Plain values, and the interface of backends that answer them.
#pragma once

#include <cstdint>
#include <limits>
#include <stop_token>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "model/entity.h"

namespace nj::query {

struct ResourceMetricInfo {
    std::string id, title, unit;                   // "sm_clock", "SM clock", "MHz"
    EntityKind rows = EntityKind::kGpu;            // kGpu, kReplica, kHost, kPod
    bool lowerIsWorse = false;                     // which end of a column stands for it
    bool ofOwnMaximum = false;                     // compared as a share of the row's own maximum
};

struct ResourceMark {
    enum class Kind : uint8_t {
        kThrottle,                                 // the clock was held down by heat or power: from clocks-event reasons
        kThrottleBurst,                            // within such a stretch: hardware slowdown
        kInferredThrottle,                         // no reasons published: clock under 80 % of its own p95 while busy
        kXid, kRestart, kOutOfMemory,
    } kind = Kind::kThrottle;
    TimeNs time = 0, end = 0;                      // end 0: an instant; an Xid's gauge stays until the end of the data
    int64_t code = 0;                              // Xid, or reason bits
    std::string text;                              // "row remap recorded: no action until the next reset"
    uint8_t severity = 13;
};

// What one row is. Names as the data writes them.
struct ResourceIdentity {
    EntityKind kind = EntityKind::kGpu;
    std::string key;                               // of the entity: UUID, "gpu-node-07/3", pod, host
    std::string name;                              // "GPU 3", "vllm-a", "gpu-node-07"
    std::string host, group, pod;                  // group: replica the GPU serves, "" = none known
    std::string model, uuid, pci, service;
    int index = -1;                                // of a GPU on its host
    [[nodiscard]] bool operator==(const ResourceIdentity&) const = default;
};

// How a row differs from its peers of the same kind and model; score 0 = it does not.
struct ResourceDeparture {
    double score = 0;                              // for ordering only, never shown
    TimeRange stretch;                             // when it departs most
    bool throughout = false;                       // from the start of the question's range on
    double own = 0, peersLow = 0, peersHigh = 0;   // medians there, in `compared` units
};

struct ResourceRow {
    ResourceIdentity identity;
    // Per column, the metric's unit; NaN = no sample: never a zero.
    std::vector<float> low, mean, high;
    double ownMaximum = 0;                         // 0 = does not apply
    bool maximumObserved = false;                  // the highest seen, for want of a published one
    double limit = std::numeric_limits<double>::quiet_NaN();   // highest operating temperature
    uint64_t samples = 0, expected = 0;
    int64_t series = -1;                           // the first one it is made of
    ResourceDeparture departure;
    std::vector<ResourceMark> marks;               // by time
};

struct ResourceGrid {
    ResourceMetricInfo metric;
    TimeNs from = 0;
    DurationNs width = 1;
    size_t columns = 0;
    std::vector<ResourceRow> rows;                 // host, replica, index
    size_t rowsLeftOut = 0;                        // beyond the most that are answered
    int mostUnlike = -1;                           // row that departs most from its peers; -1 = none does
    uint64_t samples = 0, expected = 0;
    DurationNs step = 0;                           // usual distance of samples
    [[nodiscard]] TimeRange range() const { return {from, from + static_cast<DurationNs>(columns) * width}; }
    // Column of an instant, clamped.
    [[nodiscard]] size_t at(TimeNs time) const {
        if (columns == 0 || time <= from)
            return 0;
        const auto column = static_cast<size_t>((time - from) / width);
        return column < columns ? column : columns - 1;
    }
};

struct ResourceGridQuestion {
    std::string metric;                            // id
    TimeRange range;
    int columns = 280;
    std::vector<std::string> only;                 // keys of rows; empty = all
    bool marks = true;
};

// Every metric the capsule has rows for, in few columns: what the choice of metrics shows.
struct ResourceSurveyQuestion {
    TimeRange range;
    int columns = 96;
    int64_t series = -1;                           // only the kind of device this series measures; -1 = all
};
struct ResourceSurvey {
    std::string key;                               // of the device the question's series measures; "" = none
    std::vector<ResourceGrid> metrics;             // the one that departs most between peers first, then in the catalogue's order
    int best = -1;                                 // what to show unasked; -1 = none at all
    std::vector<std::string> looksFor;             // examples of names that would be recognised, for the empty state
};

class Backend;

// What a backend implements beside Backend when it knows devices. Threads and cancelling as Backend's.
class ResourceBackend {
public:
    virtual ~ResourceBackend() = default;
    virtual Result<ResourceGrid> resourceGrid(const ResourceGridQuestion& question, std::stop_token stop) = 0;
    virtual Result<ResourceSurvey> resourceSurvey(const ResourceSurveyQuestion& question, std::stop_token stop) = 0;
};
// The question put to a backend; kUnsupported where it knows no devices.
Result<ResourceGrid> askResourceGrid(Backend& backend, const ResourceGridQuestion& question, std::stop_token stop);
Result<ResourceSurvey> askResourceSurvey(Backend& backend, const ResourceSurveyQuestion& question, std::stop_token stop);

}  // namespace nj::query
