#include "ingest/incident_events.h"

#include <array>
#include <unordered_set>

#include "base/utf8.h"

namespace nj::ingest {
namespace {

constexpr size_t kLookBytes = 512;
constexpr size_t kTitleBytes = 160;
constexpr size_t kMaxPerBatch = 256;

struct Pattern {
    std::string_view text;
    const char* kind;
    uint8_t severity;
};

// The phrases their writers use: the kernel, the NVIDIA driver, kubelet, BMCs.
constexpr std::array kPatterns = {
    Pattern{"NVRM: Xid", "xid", 17},
    Pattern{"Out of memory: Killed process", "oom", 17},
    Pattern{"Memory cgroup out of memory", "oom", 17},
    Pattern{"OOMKilled", "oom", 17},
    Pattern{"CrashLoopBackOff", "restart", 17},
    Pattern{"Back-off restarting failed container", "restart", 17},
    Pattern{"ScalingReplicaSet", "deploy", 9},
    Pattern{"Lower Critical going low", "hardware", 17},
    Pattern{"lower critical threshold", "hardware", 17},
    Pattern{"Thermal throttling", "throttle", 13},
};

const Pattern* match(std::string_view body) {
    for (const Pattern& pattern : kPatterns)
        if (body.find(pattern.text) != std::string_view::npos)
            return &pattern;
    return nullptr;
}

std::string entityOf(const Batch& batch, size_t row) {
    const uint32_t resource = batch.logs.resource[row];
    if (resource >= batch.resources.size())
        return {};
    for (const char* key : {"k8s.pod.name", "host.name", "service.name"})
        if (const AttributeValue* value = findAttribute(batch.resources[resource].attributes, key))
            return value->display();
    return {};
}

}  // namespace

void addIncidentEvents(Batch& batch) {
    const LogColumns& logs = batch.logs;
    std::unordered_set<uint32_t> taken;
    for (const IncidentEvent& event : batch.events)
        taken.insert(event.logRow);
    size_t added = 0;
    for (size_t row = 0; row < logs.size() && added < kMaxPerBatch; ++row) {
        if (logs.severityNumber[row] != 0 && logs.severityNumber[row] < 13)
            continue;
        const std::string_view body = logs.bodyText(row).substr(0, kLookBytes);
        const Pattern* pattern = match(body);
        if (!pattern || logs.time[row] == 0 || taken.contains(static_cast<uint32_t>(row)))
            continue;
        IncidentEvent event;
        event.time = logs.time[row];
        event.kind = pattern->kind;
        event.title = repairUtf8(utf8Prefix(body, kTitleBytes));
        event.entity = entityOf(batch, row);
        event.severity = pattern->severity;
        event.logRow = static_cast<uint32_t>(row);
        batch.events.push_back(std::move(event));
        ++added;
    }
}

}  // namespace nj::ingest
