#include "ingest/incident_events.h"

#include <unordered_set>

#include "format/log_events.h"
#include "model/device_names.h"

namespace nj::ingest {
namespace {

constexpr size_t kMaxPerBatch = 256;

std::string entityOf(const Batch& batch, size_t row) {
    const uint32_t resource = batch.logs.resource[row];
    if (resource >= batch.resources.size())
        return {};
    for (const char* key : {"k8s.pod.name", "host.name", "service.name"})
        if (const AttributeValue* value = findAttribute(batch.resources[resource].attributes, key))
            return value->display();
    return {};
}

// "0000:cb:00" of an XID → "gpu-node-07/00000000:CB:00.0": as the entity resolver names what sits there.
void placeDevice(IncidentEvent& event, const Batch& batch) {
    const auto address = event.kind == "xid" ? normalizePciAddress(event.entity) : std::nullopt;
    if (!address)
        return;
    const uint32_t resource = event.logRow < batch.logs.size() ? batch.logs.resource[event.logRow] : kNoIndex;
    const AttributeValue* host = nullptr;
    for (const char* key : {"k8s.node.name", "host.name"})
        if (resource < batch.resources.size() && host == nullptr)
            host = findAttribute(batch.resources[resource].attributes, key);
    event.entity = host != nullptr ? host->display() + '/' + *address : *address;
}

}  // namespace

void addIncidentEvents(Batch& batch) {
    const LogColumns& logs = batch.logs;
    std::unordered_set<uint32_t> taken;
    for (IncidentEvent& event : batch.events) {
        taken.insert(event.logRow);
        placeDevice(event, batch);
    }
    size_t added = 0;
    for (size_t row = 0; row < logs.size() && added < kMaxPerBatch; ++row) {
        if ((logs.severityNumber[row] != 0 && logs.severityNumber[row] < 13) || logs.time[row] == 0)
            continue;
        const std::string_view body = logs.bodyText(row);
        format::LogEvent found = format::findLogEvent(body, logs.severityNumber[row]);
        if (found.kind.empty() || taken.contains(static_cast<uint32_t>(row)))
            continue;
        IncidentEvent event;
        event.time = logs.time[row];
        event.kind = found.kind;
        event.title = std::move(found.title);
        event.entity = found.entity.empty() ? entityOf(batch, row) : std::move(found.entity);
        event.severity = found.severity;
        event.logRow = static_cast<uint32_t>(row);
        placeDevice(event, batch);
        batch.events.push_back(std::move(event));
        ++added;
    }
}

}  // namespace nj::ingest
