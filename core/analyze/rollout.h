// Kubernetes rollouts read from their events. Pure; any thread.
#pragma once

#include <set>
#include <string>
#include <string_view>

namespace nj::analyze {

// Tells a rollback from a deploy: a Deployment's rollout that brings back a replica set which was scaled down before is a return to
// an earlier revision (`kubectl rollout undo` does exactly this, and logs nothing else). Feed all events in order of time.
class RolloutHistory {
public:
    // `text` is the event's: "ScalingReplicaSet: Scaled up replica set retriever-6f from 0 to 1". True for a return.
    bool isReturn(std::string_view text);

private:
    std::set<std::string, std::less<>> left_;   // replica sets that were scaled down
};

}  // namespace nj::analyze
