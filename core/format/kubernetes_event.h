// One Kubernetes event as the three dresses of `kubectl get events` tell it, and what it means for the event lane. Plain values.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "format/log_batch.h"

namespace nj::format {

struct KubernetesEvent {
    std::string type;         // Normal, Warning
    std::string reason;       // ScalingReplicaSet, Unhealthy …
    std::string message;
    std::string objectKind, objectName, nameSpace;
    std::string component, host;
    int64_t count = 0;
    ParsedTime time;          // kNone: none told
    [[nodiscard]] bool empty() const { return reason.empty() && message.empty(); }
    // Sets a field by its path in the object ("involvedObject.name"); the best of several times wins.
    void set(std::string_view path, std::string_view value);

    int timeRank = 100;       // of `time`; lower is better
};

// Adds the event as a log row and, when its reason means one, as an incident.
void addKubernetesEvent(const KubernetesEvent& event, const LogBatch::Row& row, LogBatch& rows);

}  // namespace nj::format
