#include "format/kubernetes_event.h"

#include "format/log_shapes.h"
#include "format/log_text.h"

namespace nj::format {
namespace {

struct Meaning {
    std::string_view reason;
    std::string_view kind;
    uint8_t severity;
};

constexpr Meaning kMeanings[] = {
    {"OOMKilling", "oom", 17},        {"OOMKilled", "oom", 17},          {"SystemOOM", "oom", 21},       {"Unhealthy", "probe", 13},          {"ProbeWarning", "probe", 13},
    {"BackOff", "restart", 17},       {"CrashLoopBackOff", "restart", 17}, {"Killing", "restart", 9},    {"DeploymentRollback", "rollback", 10}, {"SuccessfulRescale", "scale", 9},
    {"Evicted", "alert", 17},         {"NodeNotReady", "alert", 17},     {"FailedScheduling", "alert", 13}, {"NodeHasDiskPressure", "alert", 13}, {"Rebooted", "restart", 13},
};

// A replica set that grows from nothing is a rollout; other changes of its size are scaling.
Meaning scalingMeaning(std::string_view message) {
    const bool up = message.find("Scaled up") != std::string_view::npos;
    const bool fresh = message.find("from 0 to") != std::string_view::npos || (message.find(" from ") == std::string_view::npos && message.find(" to 1") != std::string_view::npos);
    return up && fresh ? Meaning{"ScalingReplicaSet", "deploy", 10} : Meaning{"ScalingReplicaSet", "scale", 9};
}

Meaning meaningOf(const KubernetesEvent& event) {
    if (event.reason == "ScalingReplicaSet")
        return scalingMeaning(event.message);
    if (event.message.find("OOMKilled") != std::string::npos)
        return {event.reason, "oom", 17};
    for (const Meaning& meaning : kMeanings)
        if (meaning.reason == event.reason)
            return meaning;
    return {};
}

struct TimePath {
    std::string_view path;
    int rank;
};
constexpr TimePath kTimes[] = {{"series.lastObservedTime", 0}, {"lastTimestamp", 1}, {"deprecatedLastTimestamp", 1}, {"eventTime", 2}, {"firstTimestamp", 3}, {"metadata.creationTimestamp", 4}};

}  // namespace

void KubernetesEvent::set(std::string_view path, std::string_view value) {
    if (value.empty() || value == "null")
        return;
    for (const TimePath& candidate : kTimes) {
        if (candidate.path != path)
            continue;
        ParsedTime parsed;
        if (candidate.rank < timeRank && parseTimeValue(value, parsed)) {
            time = parsed;
            timeRank = candidate.rank;
        }
        return;
    }
    if (path == "type")
        type = value;
    else if (path == "reason")
        reason = value;
    else if (path == "message" || path == "note")
        message = value;
    else if (path == "involvedObject.kind" || path == "regarding.kind")
        objectKind = value;
    else if (path == "involvedObject.name" || path == "regarding.name")
        objectName = value;
    else if (path == "involvedObject.namespace" || path == "regarding.namespace" || (path == "metadata.namespace" && nameSpace.empty()))
        nameSpace = value;
    else if (path == "source.component" || ((path == "reportingComponent" || path == "reportingController") && component.empty()))
        component = value;
    else if (path == "source.host")
        host = value;
    else if (path == "count" || path == "series.count" || path == "deprecatedCount")
        text::parseInt(value, count);
}

void addKubernetesEvent(const KubernetesEvent& event, const LogBatch::Row& row, LogBatch& rows) {
    LogLine line;
    line.time = event.time;
    line.severity = event.type == "Warning" ? 13 : 9;
    line.severityText = event.type;
    // The message stands in the original where it has no escapes; equal bytes are as good as the field's own.
    const size_t found = row.original.size() <= (64U << 10) ? row.original.find(event.message) : text::findQuoted(row.original, event.message);
    line.body = found != std::string_view::npos && !event.message.empty() ? row.original.substr(found, event.message.size()) : std::string_view(event.message);
    line.bodyToEnd = false;
    line.eventName = event.reason;
    line.service = workloadOf(event.objectKind, event.objectName);
    line.host = event.host.empty() && event.objectKind == "Node" ? event.objectName : event.host;
    line.addResource("k8s.namespace.name", event.nameSpace);
    if (event.objectKind == "Pod")
        line.addResource("k8s.pod.name", event.objectName);
    line.addString("k8s.event.reason", event.reason);
    line.addString("k8s.object.kind", event.objectKind);
    line.addString("k8s.object.name", event.objectName);
    line.addString("k8s.event.source", event.component);
    if (event.count > 0)
        line.addInt("k8s.event.count", event.count);
    LogBatch::Row quiet = row;
    quiet.findEvents = false;
    rows.add(line, quiet);
    const Meaning meaning = meaningOf(event);
    if (!meaning.kind.empty())
        rows.addIncident(meaning.kind, event.reason + ": " + (event.message.empty() ? event.objectName : event.message), line.service.empty() ? event.objectName : line.service, meaning.severity);
}

}  // namespace nj::format
