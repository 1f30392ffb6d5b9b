// Entities (service, pod, host, GPU, engine replica, model) and how they belong together, resolved at import. Plain values.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/time.h"

namespace nj {

enum class EntityKind : uint8_t { kService = 1, kPod = 2, kHost = 3, kGpu = 4, kReplica = 5, kModel = 6 };
const char* entityKindName(EntityKind kind);

struct Entity {
    EntityKind kind = EntityKind::kService;
    std::string key;    // identity within the kind: "vllm-a", "gpu-node-07", "GPU-3f2a…" or "gpu-node-07/3"
    std::string name;   // what a person reads: "GPU 3"
};

// from → to: "runs_on" (pod→host, gpu→host), "served_by" (service→pod, replica→pod), "uses" (pod→gpu), "serves" (replica→model).
struct EntityEdge {
    EntityKind fromKind = EntityKind::kService;
    std::string from;
    EntityKind toKind = EntityKind::kPod;
    std::string to;
    std::string relation;
    std::string evidence;   // what said so: "k8s.pod.name", "DCGM_FI_DEV_SM_CLOCK{pod=}", "by hand"
};

// A label or attribute that names something no entity was found for; can be mapped by hand.
struct UnresolvedEntity {
    EntityKind kind = EntityKind::kPod;
    std::string text;
    std::string reason;
    uint64_t count = 0;
};

struct EntityGraph {
    std::vector<Entity> entities;
    std::vector<EntityEdge> edges;
    std::vector<UnresolvedEntity> unresolved;
};

}  // namespace nj
