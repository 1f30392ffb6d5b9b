#include "model/entity_mapping.h"

namespace nj {

std::optional<EntityKind> entityKindOf(std::string_view name) {
    for (const EntityKind kind : {EntityKind::kService, EntityKind::kPod, EntityKind::kHost, EntityKind::kGpu, EntityKind::kReplica, EntityKind::kModel})
        if (name == entityKindName(kind))
            return kind;
    return std::nullopt;
}

const char* mappedRelation(EntityKind from, EntityKind to) {
    if (from == to)
        return kSameAs;
    switch (to) {
    case EntityKind::kHost: return "runs_on";
    case EntityKind::kGpu: return "uses";
    case EntityKind::kModel: return "serves";
    default: return "served_by";
    }
}

}  // namespace nj
