#include "query/capsule/resource_index.h"

#include <algorithm>
#include <charconv>
#include <set>
#include <tuple>
#include <unordered_map>

namespace nj::query {
namespace {

using analyze::ResourceName;
using analyze::ResourceScope;

constexpr size_t kMostResources = 4096;

bool sameLetters(std::string_view a, std::string_view b) {
    return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
}

// Labels of a series and attributes of its resource. Exporters changed the case of label names between versions.
class Labels {
public:
    Labels(const store::Snapshot& snapshot, const store::SeriesRow& series) : series_(series), resource_(series.resource == kNoIndex ? nullptr : &snapshot.resource(series.resource).attributes) {}
    // The first of the keys that is there and not empty.
    [[nodiscard]] std::string get(std::initializer_list<std::string_view> keys) const {
        for (const std::string_view key : keys) {
            for (const AttributeList* list : {&series_.attributes, resource_}) {
                if (!list)
                    continue;
                for (const KeyValue& entry : *list)
                    if (sameLetters(entry.key, key))
                        if (std::string value = entry.value.display(); !value.empty())
                            return value.substr(0, 256);
            }
        }
        return {};
    }

private:
    const store::SeriesRow& series_;
    const AttributeList* resource_;
};

std::string hostOfInstance(std::string text) {
    if (const size_t scheme = text.find("://"); scheme != std::string::npos)
        text.erase(0, scheme + 3);
    if (text.starts_with('['))
        return text.substr(1, text.find(']') - 1);
    const size_t colon = text.find(':');
    return colon != std::string::npos && text.find(':', colon + 1) == std::string::npos ? text.substr(0, colon) : text;
}

// "label=a,b": whether the value begins with one of them (or, exactly, is one of them).
bool matches(std::string_view rule, const Labels& labels, bool exactly, bool whenAbsent) {
    const size_t equals = rule.find('=');
    if (equals == std::string_view::npos)
        return whenAbsent;
    const std::string value = labels.get({rule.substr(0, equals)});
    if (value.empty())
        return whenAbsent;
    std::string_view rest = rule.substr(equals + 1);
    while (!rest.empty()) {
        const std::string_view one = rest.substr(0, rest.find(','));
        if (exactly ? value == one : value.starts_with(one))
            return true;
        rest.remove_prefix(std::min(rest.size(), one.size() + 1));
    }
    return false;
}

EntityKind kindOf(ResourceScope scope) {
    switch (scope) {
    case ResourceScope::kGpu: return EntityKind::kGpu;
    case ResourceScope::kReplica: return EntityKind::kReplica;
    case ResourceScope::kHost: return EntityKind::kHost;
    case ResourceScope::kContainer: return EntityKind::kPod;
    }
    return EntityKind::kHost;
}

using EvidenceList = std::vector<const store::SeriesRow*> ResourceEvidence::*;
struct EvidenceName {
    std::string_view name;
    EntityKind kind;
    EvidenceList list;
};
constexpr EvidenceName kEvidence[] = {
    {"DCGM_FI_DEV_CLOCKS_EVENT_REASONS", EntityKind::kGpu, &ResourceEvidence::reasons},
    {"DCGM_FI_DEV_CLOCK_THROTTLE_REASONS", EntityKind::kGpu, &ResourceEvidence::reasons},
    {"DCGM_FI_DEV_XID_ERRORS", EntityKind::kGpu, &ResourceEvidence::xid},
    {"DCGM_FI_DEV_MAX_SM_CLOCK", EntityKind::kGpu, &ResourceEvidence::maximumClock},
    {"DCGM_FI_DEV_MAX_MEM_CLOCK", EntityKind::kGpu, &ResourceEvidence::maximumMemoryClock},
    {"DCGM_FI_DEV_GPU_MAX_OP_TEMP", EntityKind::kGpu, &ResourceEvidence::maximumTemperature},
    {"process_start_time_seconds", EntityKind::kReplica, &ResourceEvidence::started},
    {"container_start_time_seconds", EntityKind::kPod, &ResourceEvidence::started},
    {"node_boot_time_seconds", EntityKind::kHost, &ResourceEvidence::started},
};

}  // namespace

std::string pciBusDevice(std::string_view text) {
    if (const size_t dot = text.rfind('.'); dot != std::string_view::npos)
        text = text.substr(0, dot);
    const size_t device = text.rfind(':');
    if (device == std::string_view::npos || device < 2 || text.size() - device != 3)
        return {};
    std::string result(text.substr(device - 2));
    std::transform(result.begin(), result.end(), result.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return result;
}

class ResourceIndexBuilder {
public:
    ResourceIndexBuilder(const store::Snapshot& snapshot, const EntityGraph& graph) : snapshot_(snapshot), graph_(graph) {
        for (const ResourceName& name : analyze::resourceNames())
            names_.try_emplace(name.name, &name);
    }

    std::shared_ptr<const ResourceIndex> build() {
        learn();
        for (const store::SeriesRow& series : snapshot_.series())
            add(series);
        auto index = std::make_shared<ResourceIndex>();
        for (auto& [id, entry] : entries_) {
            // What only explains has nothing to show.
            if (!entry.sources.empty())
                index->entries_[id.first].push_back(std::move(entry));
        }
        for (auto& [kind, list] : index->entries_)
            std::stable_sort(list.begin(), list.end(), [](const ResourceEntry& a, const ResourceEntry& b) {
                const auto place = [](const ResourceIdentity& i) { return std::tie(i.host, i.group, i.index, i.name, i.key); };
                return place(a.identity) < place(b.identity);
            });
        return index;
    }

private:
    // Names of hosts behind addresses, cards behind indices and PCI addresses, replicas behind pods.
    void learn() {
        std::map<std::string, std::set<std::string>> podsOfService;
        for (const EntityEdge& edge : graph_.edges)
            if (edge.fromKind == EntityKind::kService && edge.toKind == EntityKind::kPod)
                podsOfService[edge.from].insert(edge.to);
            else if (edge.fromKind == EntityKind::kPod && edge.toKind == EntityKind::kHost)
                hostOfPod_.try_emplace(edge.from, edge.to);
        for (const store::SeriesRow& series : snapshot_.series()) {
            const Labels labels(snapshot_, series);
            if (series.name == "node_uname_info")
                hostOfAddress_.try_emplace(hostOfInstance(labels.get({"instance"})), labels.get({"nodename"}));
            const ResourceName* name = measured(series.name);
            if (!name)
                continue;
            const EntityKind kind = kindOf(analyze::findResourceMetric(name->metric)->scope);
            if (kind == EntityKind::kReplica) {
                const std::string pod = labels.get({"pod", "exported_pod", "k8s.pod.name", "pod_name"}), service = labels.get({"service", "service.name"});
                if (!pod.empty() && !service.empty())
                    podsOfService[service].insert(pod);
            } else if (kind == EntityKind::kGpu) {
                learnGpu(labels);
            }
        }
        // A service of one pod lends it its name.
        for (const auto& [service, pods] : podsOfService)
            if (pods.size() == 1)
                serviceOfPod_.try_emplace(*pods.begin(), service);
    }
    void learnGpu(const Labels& labels) {
        const std::string uuid = labels.get({"UUID", "gpu_uuid", "gpu.uuid"});
        if (uuid.empty())
            return;
        const std::string host = hostOfGpu(labels);
        for (const std::string& rest : {labels.get({"gpu", "gpu_id", "gpu.index"}), pciBusDevice(labels.get({"pci_bus_id"}))})
            if (!rest.empty())
                uuidOf_.try_emplace({host, rest}, uuid);
    }
    [[nodiscard]] const ResourceName* measured(std::string_view wire) const {
        const auto found = names_.find(analyze::plainResourceName(wire));
        return found == names_.end() ? nullptr : found->second;
    }
    [[nodiscard]] std::string named(const std::string& host) const {
        const auto found = hostOfAddress_.find(host);
        return found == hostOfAddress_.end() || found->second.empty() ? host : found->second;
    }
    [[nodiscard]] std::string hostOfGpu(const Labels& labels) const {
        const std::string host = labels.get({"Hostname", "nodename", "node", "k8s.node.name", "host.name"});
        return host.empty() ? named(hostOfInstance(labels.get({"instance"}))) : host;
    }

    void add(const store::SeriesRow& series) {
        const Labels labels(snapshot_, series);
        if (const ResourceName* name = measured(series.name)) {
            const analyze::ResourceMetric& metric = *analyze::findResourceMetric(name->metric);
            if (!matches(name->only, labels, true, true) || (!name->except.empty() && matches(name->except, labels, false, false)))
                return;
            ResourceEntry* entry = entryOf(kindOf(metric.scope), series, labels);
            if (!entry)
                return;
            std::string part = metric.part.empty() ? std::string() : labels.get({metric.part, metric.part == "container" ? std::string_view("name") : metric.part});
            if (metric.join == analyze::ResourceJoin::kSum && name->role == ResourceName::Role::kValue)
                part += '\n' + std::to_string(series.id);   // each counts
            entry->sources.push_back({&series, name, std::move(part)});
            return;
        }
        for (const EvidenceName& evidence : kEvidence)
            if (series.name == evidence.name)
                if (ResourceEntry* entry = entryOf(evidence.kind, series, labels))
                    (entry->evidence.*evidence.list).push_back(&series);
    }

    ResourceEntry* entryOf(EntityKind kind, const store::SeriesRow& series, const Labels& labels) {
        ResourceIdentity identity;
        identity.kind = kind;
        switch (kind) {
        case EntityKind::kGpu: describeGpu(identity, labels); break;
        case EntityKind::kReplica: describeReplica(identity, labels); break;
        case EntityKind::kHost: describeHost(identity, labels); break;
        default: describeContainer(identity, series, labels); break;
        }
        if (identity.key.empty())
            return nullptr;
        const auto id = std::pair(kind, identity.key);
        const auto found = entries_.find(id);
        if (found == entries_.end()) {
            if (entries_.size() >= kMostResources * 4)
                return nullptr;
            ResourceEntry fresh;
            fresh.identity = std::move(identity);
            return &entries_.emplace(id, std::move(fresh)).first->second;
        }
        complete(found->second.identity, identity);
        return &found->second;
    }
    // One source knows the card's model, another the pod it serves.
    static void complete(ResourceIdentity& known, const ResourceIdentity& seen) {
        for (std::string ResourceIdentity::*field : {&ResourceIdentity::host, &ResourceIdentity::group, &ResourceIdentity::pod, &ResourceIdentity::model, &ResourceIdentity::uuid,
                                                     &ResourceIdentity::pci, &ResourceIdentity::service})
            if ((known.*field).empty())
                known.*field = seen.*field;
        if (known.index < 0 && seen.index >= 0) {
            known.index = seen.index;
            known.name = seen.name;
        }
    }
    [[nodiscard]] std::string serviceOf(const std::string& pod) const {
        const auto found = serviceOfPod_.find(pod);
        return found == serviceOfPod_.end() ? std::string() : found->second;
    }

    void describeGpu(ResourceIdentity& gpu, const Labels& labels) const {
        gpu.uuid = labels.get({"UUID", "gpu_uuid", "gpu.uuid"});
        gpu.pci = labels.get({"pci_bus_id"});
        gpu.model = labels.get({"modelName", "card_model", "card_series"});
        gpu.host = hostOfGpu(labels);
        const std::string index = labels.get({"gpu", "gpu_id", "gpu.index"}), bus = pciBusDevice(gpu.pci);
        if (gpu.uuid.empty())
            for (const std::string& rest : {index, bus})
                if (const auto known = uuidOf_.find({gpu.host, rest}); gpu.uuid.empty() && !rest.empty() && known != uuidOf_.end())
                    gpu.uuid = known->second;
        gpu.key = !gpu.uuid.empty() ? gpu.uuid : !index.empty() ? gpu.host + "/" + index : !bus.empty() ? gpu.host + "/" + bus : std::string();
        gpu.name = !index.empty() ? "GPU " + index : !gpu.pci.empty() ? gpu.pci : gpu.uuid;
        const std::string slice = labels.get({"GPU_I_ID"});
        if (!slice.empty() && !gpu.key.empty()) {
            gpu.key += "/mig" + slice;
            gpu.name += " · MIG " + slice;
        }
        int number = -1;
        if (std::from_chars(index.data(), index.data() + index.size(), number).ec == std::errc())
            gpu.index = number;
        // Without a workload the exporter's own pod stands there.
        gpu.pod = labels.get({"exported_pod"});
        if (gpu.pod.empty())
            if (std::string pod = labels.get({"pod", "pod_name", "k8s.pod.name"}); pod.find("exporter") == std::string::npos && pod.find("dcgm") == std::string::npos)
                gpu.pod = std::move(pod);
        gpu.service = serviceOf(gpu.pod);
        gpu.group = gpu.service.empty() ? gpu.pod : gpu.service;
    }
    void describeReplica(ResourceIdentity& replica, const Labels& labels) const {
        replica.pod = labels.get({"pod", "exported_pod", "k8s.pod.name", "pod_name"});
        replica.model = labels.get({"model_name", "model"});
        const std::string instance = labels.get({"instance", "WorkerId", "worker_id"});
        replica.service = serviceOf(replica.pod);
        replica.host = labels.get({"node", "k8s.node.name", "Hostname", "host.name"});
        if (replica.host.empty())
            if (const auto host = hostOfPod_.find(replica.pod); host != hostOfPod_.end())
                replica.host = host->second;
        replica.key = !replica.pod.empty() ? replica.pod : !instance.empty() ? instance : !replica.model.empty() ? replica.model : "engine";
        replica.name = !replica.service.empty() ? replica.service : replica.key;
        for (const std::string& rank : {labels.get({"engine"}), labels.get({"dp_rank"})})
            if (!rank.empty() && rank != "0") {   // data-parallel engines of one server are replicas of their own
                replica.key += "/" + rank;
                replica.name += "/" + rank;
            }
    }
    void describeHost(ResourceIdentity& host, const Labels& labels) const {
        std::string name = labels.get({"nodename", "node", "host.name", "Hostname"});
        if (name.empty()) {
            const std::string address = hostOfInstance(labels.get({"instance"}));
            name = named(address);
        }
        host.key = name.empty() ? "host" : name;
        host.name = host.host = host.key;
    }
    void describeContainer(ResourceIdentity& container, const store::SeriesRow& series, const Labels& labels) const {
        container.pod = labels.get({"pod", "pod_name", "k8s.pod.name"});
        const std::string inside = labels.get({"container", "container_name"}), bare = labels.get({"name"});
        // cAdvisor also publishes sums of a pod and of every control group above it.
        const bool ofPod = series.name.starts_with("container_network_");
        if (inside.empty() && bare.empty() && !(ofPod && !container.pod.empty()))
            return;
        container.key = !container.pod.empty() ? container.pod : bare;
        container.service = serviceOf(container.pod);
        container.name = container.key;
        container.group = labels.get({"namespace", "exported_namespace"});
        container.host = labels.get({"node", "k8s.node.name"});
        if (container.host.empty())
            container.host = named(hostOfInstance(labels.get({"instance"})));
    }

    const store::Snapshot& snapshot_;
    const EntityGraph& graph_;
    std::unordered_map<std::string_view, const ResourceName*> names_;
    std::map<std::string, std::string> hostOfAddress_, hostOfPod_, serviceOfPod_;
    std::map<std::pair<std::string, std::string>, std::string> uuidOf_;
    std::map<std::pair<EntityKind, std::string>, ResourceEntry> entries_;
};

Result<std::shared_ptr<const ResourceIndex>> ResourceIndex::build(QueryContext& context) {
    NJ_ASSIGN(const EntityGraph* graph, context.entities());
    return ResourceIndexBuilder(context.snapshot(), *graph).build();
}

const std::vector<ResourceEntry>& ResourceIndex::entries(EntityKind kind) const {
    static const std::vector<ResourceEntry> kNone;
    const auto found = entries_.find(kind);
    return found == entries_.end() ? kNone : found->second;
}

const ResourceEntry* ResourceIndex::ofSeries(int64_t series) const {
    for (const auto& [kind, list] : entries_)
        for (const ResourceEntry& entry : list)
            if (std::any_of(entry.sources.begin(), entry.sources.end(), [series](const ResourceSource& source) { return source.series->id == series; }))
                return &entry;
    return nullptr;
}

const ResourceEntry* ResourceIndex::ofPod(EntityKind kind, const std::string& pod) const {
    for (const ResourceEntry& entry : entries(kind))
        if (!pod.empty() && entry.identity.pod == pod)
            return &entry;
    return nullptr;
}

}  // namespace nj::query
