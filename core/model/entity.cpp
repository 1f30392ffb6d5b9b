#include "model/entity.h"

namespace nj {

const char* entityKindName(EntityKind kind) {
    switch (kind) {
    case EntityKind::kService: return "service";
    case EntityKind::kPod: return "pod";
    case EntityKind::kHost: return "host";
    case EntityKind::kGpu: return "gpu";
    case EntityKind::kReplica: return "replica";
    case EntityKind::kModel: return "model";
    }
    return "unknown";
}

}  // namespace nj
