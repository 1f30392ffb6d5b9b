#include "ingest/entity_resolver.h"

#include <algorithm>
#include <array>

#include "base/hash.h"
#include "model/device_names.h"
#include "model/entity_mapping.h"

namespace nj::ingest {
namespace {

using namespace std::string_view_literals;

constexpr size_t kMaxNameBytes = 256;
// Span attributes that name the other side of a call.
constexpr std::array kPeerKeys = {"server.address"sv, "peer.service"sv, "net.peer.name"sv, "upstream_cluster"sv, "upstream"sv};
constexpr std::array kModelKeys = {"gen_ai.request.model"sv, "gen_ai.response.model"sv};

uint64_t mix(uint64_t hash, std::string_view text) { return (hash ^ fastHash(text)) * 0x9E3779B97F4A7C15ULL; }

uint64_t fingerprint(uint64_t hash, const AttributeList& attributes) {
    for (const KeyValue& attribute : attributes)
        hash = mix(mix(hash, attribute.key), attribute.value.text);
    return hash;
}

bool isEngineMetric(std::string_view name) { return name.starts_with("vllm:") || name.starts_with("sglang:") || name.starts_with("vllm_") || name.starts_with("tgi_"); }

bool isExporterPod(std::string_view pod) { return pod.find("exporter") != std::string_view::npos || pod.find("dcgm") != std::string_view::npos; }

}  // namespace

// What resolve() knows so far; addresses every GPU by one key.
struct EntityResolver::Draft {
    EntityGraph graph;
    std::map<std::string, std::string> gpuName;             // key → "GPU 3"
    std::set<std::string> gpuAliases;
    std::map<EdgeKey, std::string> edges;
    std::map<EntityKind, std::set<std::string>> names;
    void unresolved(EntityKind kind, const std::string& text, const char* reason, uint64_t count) {
        if (graph.unresolved.size() < kMaxUnresolved)
            graph.unresolved.push_back({kind, text, reason, count});
    }
    void link(EntityKind fromKind, const std::string& from, EntityKind toKind, const std::string& to, const char* relation, const std::string& evidence) {
        edges.try_emplace({fromKind, from, toKind, to, relation}, evidence);
    }
};

void EntityResolver::note(EntityKind kind, const std::string& key) {
    auto& names = names_[kind];
    if (!key.empty() && key.size() <= kMaxNameBytes && names.size() < kMaxNames)
        names.insert(key);
}

void EntityResolver::link(EntityKind fromKind, const std::string& from, EntityKind toKind, const std::string& to, const char* relation, const std::string& evidence) {
    if (!from.empty() && !to.empty() && from.size() <= kMaxNameBytes && to.size() <= kMaxNameBytes && edges_.size() < kMaxNames * 4)
        edges_.try_emplace({fromKind, from, toKind, to, relation}, evidence);
}

// Rules of one target stand in order of preference; what is set stays, so a series' labels go before its resource's.
void EntityResolver::readLabels(const AttributeList& attributes, Labels& labels) {
    struct Rule {
        std::string_view key;
        std::string Labels::*target;
        std::string Labels::*source;   // where the winning key is kept, as evidence
    };
    static constexpr std::array kRules = {
        Rule{"service.name", &Labels::service, nullptr},
        Rule{"exported_pod", &Labels::pod, &Labels::podKey},
        Rule{"k8s.pod.name", &Labels::pod, &Labels::podKey},
        Rule{"pod", &Labels::pod, &Labels::podKey},
        Rule{"pod_name", &Labels::pod, &Labels::podKey},
        Rule{"k8s.node.name", &Labels::host, &Labels::hostKey},
        Rule{"Hostname", &Labels::host, &Labels::hostKey},
        Rule{"nodename", &Labels::host, &Labels::hostKey},
        Rule{"host.name", &Labels::host, &Labels::hostKey},
        Rule{"node", &Labels::host, &Labels::hostKey},
        Rule{"instance", &Labels::instance, nullptr},
        Rule{"gpu", &Labels::gpuIndex, nullptr},
        Rule{"gpu.index", &Labels::gpuIndex, nullptr},
        Rule{"UUID", &Labels::gpuUuid, nullptr},
        Rule{"gpu_uuid", &Labels::gpuUuid, nullptr},
        Rule{"gpu.uuid", &Labels::gpuUuid, nullptr},
        Rule{"pci_bus_id", &Labels::pci, nullptr},
        Rule{"model_name", &Labels::model, nullptr},
        Rule{"engine", &Labels::engine, nullptr},
    };
    for (const Rule& rule : kRules) {
        if (!(labels.*rule.target).empty())
            continue;
        const AttributeValue* value = findAttribute(attributes, rule.key);
        if (!value)
            continue;
        labels.*rule.target = value->display();
        if (rule.source)
            labels.*rule.source = rule.key;
    }
}

void EntityResolver::observe(const Batch& batch) {
    for (const Resource& resource : batch.resources)
        observeResource(resource);
    for (const SeriesKey& series : batch.series)
        observeSeries(series, batch);
    observePeers(batch.spans.attributes);
    observeDevices(batch);
}

// What the kernel's log says about cards: XIDs by PCI address, and which UUID sits at one.
void EntityResolver::observeDevices(const Batch& batch) {
    for (const IncidentEvent& event : batch.events) {
        const size_t slash = event.entity.rfind('/');
        const std::string_view address = std::string_view(event.entity).substr(slash == std::string::npos ? 0 : slash + 1);
        if (event.kind == "xid" && normalizePciAddress(address) && (devices_.contains(event.entity) || devices_.size() < kMaxNames))
            ++devices_[event.entity];
    }
    for (const auto& column : batch.logs.attributes.columns()) {
        if (column.key != "gpu.uuid" || column.type != ValueType::kString)
            continue;
        for (size_t i = 0; i < column.rows.size() && gpus_.size() < kMaxNames; ++i) {
            const uint32_t row = column.rows[i];
            AttributeValue at;
            const auto address = batch.logs.attributes.find(row, "gpu.pci.id", at) ? normalizePciAddress(at.display()) : std::nullopt;
            Labels labels;
            if (batch.logs.resource[row] < batch.resources.size())
                readLabels(batch.resources[batch.logs.resource[row]].attributes, labels);
            if (address)
                gpus_.insert({labels.host, {}, std::string(column.texts.view(column.codes[i]).substr(0, kMaxNameBytes)), *address, {}, "kernel log"});
        }
    }
}

void EntityResolver::linkPlace(const Labels& labels) {
    note(EntityKind::kService, labels.service);
    note(EntityKind::kPod, labels.pod);
    link(EntityKind::kService, labels.service, EntityKind::kPod, labels.pod, "served_by", labels.podKey);
    // Inside a pod the SDK's host.name is the pod's own name.
    if (labels.host.empty() || labels.host == labels.pod)
        return;
    note(EntityKind::kHost, labels.host);
    if (labels.pod.empty())
        link(EntityKind::kService, labels.service, EntityKind::kHost, labels.host, "runs_on", labels.hostKey);
    else
        link(EntityKind::kPod, labels.pod, EntityKind::kHost, labels.host, "runs_on", labels.hostKey);
}

void EntityResolver::observeResource(const Resource& resource) {
    if (!seen_.insert(fingerprint(1, resource.attributes)).second)
        return;
    Labels labels;
    readLabels(resource.attributes, labels);
    linkPlace(labels);
}

void EntityResolver::observeSeries(const SeriesKey& series, const Batch& batch) {
    if (seen_.size() > kMaxNames * 50 || !seen_.insert(fingerprint(mix(series.resource, series.name), series.attributes)).second)
        return;
    Labels labels;
    readLabels(series.attributes, labels);
    if (series.resource < batch.resources.size())
        readLabels(batch.resources[series.resource].attributes, labels);
    const bool gpuSeries = !labels.gpuUuid.empty() || series.name.starts_with("DCGM_") || (!labels.gpuIndex.empty() && series.name.find("gpu") != std::string::npos);
    // Without a workload DCGM's series carry the pod of the exporter.
    if (gpuSeries && labels.podKey != "exported_pod" && isExporterPod(labels.pod))
        labels.pod.clear();
    const std::string target = hostOfTarget(labels.instance);
    if (!labels.host.empty() && !target.empty() && (series.name == "node_uname_info" || gpuSeries) && hostOfAddress_.size() < kMaxNames)
        hostOfAddress_.try_emplace(target, labels.host);
    if (isEngineMetric(series.name)) {
        if (replicas_.size() < kMaxNames)
            replicas_.insert({labels.pod, labels.instance, labels.engine, labels.model});
    } else if (labels.host.empty() && !target.empty() && (gpuSeries || series.name.starts_with("node_"))) {
        labels.host = target;
        labels.hostKey = "instance";
        if (isIpAddress(target) && addresses_.size() < kMaxNames)
            addresses_.insert(target);
    }
    if (gpuSeries) {
        if (gpus_.size() < kMaxNames)
            gpus_.insert({labels.host, labels.gpuIndex, labels.gpuUuid, normalizePciAddress(labels.pci).value_or(""), labels.pod, series.name + "{" + labels.podKey + "}"});
        note(EntityKind::kPod, labels.pod);
        if (!isIpAddress(labels.host))
            note(EntityKind::kHost, labels.host);
        return;
    }
    if (isIpAddress(labels.host))
        labels.host.clear();
    linkPlace(labels);
}

void EntityResolver::observePeers(const AttributeColumns& attributes) {
    for (const auto& column : attributes.columns()) {
        if (column.type != ValueType::kString)
            continue;
        const bool peer = std::find(kPeerKeys.begin(), kPeerKeys.end(), column.key) != kPeerKeys.end();
        const bool model = std::find(kModelKeys.begin(), kModelKeys.end(), column.key) != kModelKeys.end();
        for (uint32_t code = 0; (peer || model) && code < column.texts.size(); ++code) {
            const std::string text(column.texts.view(code).substr(0, kMaxNameBytes));
            if (model)
                note(EntityKind::kModel, text);
            else if (peers_.contains(text) || peers_.size() < kMaxNames)
                peers_[text] += static_cast<uint64_t>(std::count(column.codes.begin(), column.codes.end(), code));
        }
    }
}

// A scrape target's address under the name its own metrics give it.
std::string EntityResolver::hostNamed(const std::string& host) const {
    const auto named = hostOfAddress_.find(host);
    return named == hostOfAddress_.end() ? host : named->second;
}

// The pod that a name of the cluster's DNS stands for: the pod itself, the only pod of that service, the only pod whose
// name begins with it ("vllm-a" for "vllm-a-7d9f4-x2x").
std::string EntityResolver::findPodOf(const std::string& name) const {
    const auto pods = names_.find(EntityKind::kPod);
    if (name.empty() || pods == names_.end())
        return {};
    const std::string bare = name.substr(0, name.find('.'));
    if (pods->second.contains(bare))
        return bare;
    std::set<std::string> candidates;
    for (const auto& [edge, evidence] : edges_)
        if (edge.fromKind == EntityKind::kService && edge.from == bare && edge.toKind == EntityKind::kPod)
            candidates.insert(edge.to);
    const std::string prefix = bare + "-";
    if (candidates.empty())
        for (auto it = pods->second.lower_bound(prefix); it != pods->second.end() && it->starts_with(prefix); ++it)
            candidates.insert(*it);
    return candidates.size() == 1 ? *candidates.begin() : std::string();
}

void EntityResolver::resolveGpus(Draft& draft) const {
    // One card is seen under its UUID, its index and its PCI address: any series that carries two of them joins them.
    std::map<std::string, std::string> keyOf;
    std::set<std::string> ambiguous;   // addresses without a host that several cards have
    const auto place = [](const std::string& host, const std::string& rest) { return host + "/" + rest; };
    const auto alias = [&](const std::string& name, const std::string& key) {
        if (const auto [known, added] = keyOf.try_emplace(name, key); !added && known->second != key)
            ambiguous.insert(name);
    };
    for (const GpuSeen& gpu : gpus_) {
        const std::string host = hostNamed(gpu.host);
        if (gpu.uuid.empty())
            continue;
        if (!gpu.index.empty() && !host.empty())
            alias(place(host, gpu.index), gpu.uuid);
        if (!gpu.pci.empty())
            alias(host.empty() ? gpu.pci : place(host, gpu.pci), gpu.uuid);
    }
    for (const GpuSeen& gpu : gpus_) {
        const std::string host = hostNamed(gpu.host);
        if (!gpu.uuid.empty() || gpu.index.empty() || host.empty())
            continue;
        const std::string key = keyOf.try_emplace(place(host, gpu.index), place(host, gpu.index)).first->second;
        if (!gpu.pci.empty())
            keyOf.try_emplace(place(host, gpu.pci), key);
    }
    for (const std::string& name : ambiguous)
        keyOf.erase(name);
    uint64_t nameless = 0;
    for (const GpuSeen& gpu : gpus_) {
        const std::string host = hostNamed(gpu.host);
        std::string key = gpu.uuid;
        for (const std::string& rest : {gpu.index, gpu.pci}) {
            if (!key.empty() || rest.empty() || host.empty())
                continue;
            const auto known = keyOf.find(place(host, rest));
            key = known == keyOf.end() ? place(host, rest) : known->second;
        }
        if (key.empty()) {
            ++nameless;
            continue;
        }
        draft.names[EntityKind::kGpu].insert(key);
        if (!gpu.index.empty())
            draft.gpuName[key] = "GPU " + gpu.index;
        if (!host.empty() && !isIpAddress(host))
            draft.link(EntityKind::kGpu, key, EntityKind::kHost, host, "runs_on", "gpu series");
        if (!gpu.pod.empty()) {
            draft.link(EntityKind::kPod, gpu.pod, EntityKind::kGpu, key, "uses", gpu.evidence);
            if (!host.empty() && !isIpAddress(host))
                draft.link(EntityKind::kPod, gpu.pod, EntityKind::kHost, host, "runs_on", gpu.evidence);
        }
    }
    for (const auto& [name, key] : keyOf) {
        draft.gpuAliases.insert(name);
        if (name != key)
            draft.link(EntityKind::kGpu, name, EntityKind::kGpu, key, kSameAs, "gpu series");
    }
    if (nameless > 0)
        draft.unresolved(EntityKind::kGpu, "series with a gpu label", "neither UUID nor host", nameless);
}

void EntityResolver::resolveDevices(Draft& draft) const {
    for (const auto& [device, count] : devices_) {
        const size_t slash = device.rfind('/');
        const std::string address = slash == std::string::npos ? device : device.substr(slash + 1);
        size_t cards = draft.gpuAliases.contains(device) ? 1 : 0;
        // A kernel log that names no host: the one card of the capsule at that address.
        for (const std::string& alias : draft.gpuAliases)
            cards += slash == std::string::npos && alias.ends_with("/" + address) ? 1 : 0;
        if (cards == 0)
            draft.unresolved(EntityKind::kGpu, device, "named by an XID; no series tells which card sits at that PCI address", count);
        else if (cards > 1 && !draft.gpuAliases.contains(device))
            draft.unresolved(EntityKind::kGpu, device, "named by an XID without a host; several hosts have a card at that PCI address", count);
    }
}

void EntityResolver::resolveReplicas(Draft& draft) const {
    for (const ReplicaSeen& replica : replicas_) {
        const std::string target = hostOfTarget(replica.instance);
        const std::string pod = replica.pod.empty() ? findPodOf(target) : replica.pod;
        std::string key = !pod.empty() ? pod : replica.instance;
        if (key.empty())
            continue;
        // Data-parallel engines of one server are replicas of their own.
        if (!replica.engine.empty() && replica.engine != "0")
            key += "/" + replica.engine;
        draft.names[EntityKind::kReplica].insert(key);
        if (!pod.empty())
            draft.link(EntityKind::kReplica, key, EntityKind::kPod, pod, "served_by", replica.pod.empty() ? "instance" : "pod");
        else
            draft.unresolved(EntityKind::kReplica, replica.instance, "scrape target of an engine; no pod of that name", 1);
        if (!replica.model.empty() && replica.model.size() <= kMaxNameBytes) {
            draft.names[EntityKind::kModel].insert(replica.model);
            draft.link(EntityKind::kReplica, key, EntityKind::kModel, replica.model, "serves", "model_name");
        }
    }
}

// Names that clients call by: the service of that name is served by its pod even where its own spans name no pod.
void EntityResolver::resolvePeers(Draft& draft) const {
    for (const auto& [peer, count] : peers_) {
        const std::string target = hostOfTarget(peer);
        const std::string bare = isIpAddress(target) ? target : target.substr(0, target.find('.'));
        const auto& services = draft.names[EntityKind::kService];
        const std::string pod = findPodOf(target);
        if (services.contains(bare) && !pod.empty())
            draft.link(EntityKind::kService, bare, EntityKind::kPod, pod, "served_by", "server.address");
        const bool known = services.contains(bare) || services.contains(peer) || !pod.empty() || draft.names[EntityKind::kHost].contains(hostNamed(target)) || hostOfAddress_.contains(target);
        if (!known && target != "localhost")
            draft.unresolved(EntityKind::kReplica, peer, "called by spans; no service, pod or host of that name", count);
    }
}

EntityGraph EntityResolver::resolve() const {
    Draft draft;
    draft.names = names_;
    for (const auto& [edge, evidence] : edges_)
        draft.link(edge.fromKind, edge.from, edge.toKind, edge.toKind == EntityKind::kHost ? hostNamed(edge.to) : edge.to, edge.relation.c_str(), evidence);
    resolveGpus(draft);
    resolveDevices(draft);
    resolveReplicas(draft);
    resolvePeers(draft);
    for (const std::string& address : addresses_)
        if (!hostOfAddress_.contains(address))
            draft.unresolved(EntityKind::kHost, address, "an address; no series or resource names its host", 1);
    for (const auto& [kind, keys] : draft.names) {
        for (const std::string& key : keys) {
            if (kind == EntityKind::kHost && hostNamed(key) != key)
                continue;
            const auto name = draft.gpuName.find(key);
            draft.graph.entities.push_back({kind, key, kind == EntityKind::kGpu && name != draft.gpuName.end() ? name->second : key});
        }
    }
    for (const auto& [edge, evidence] : draft.edges)
        draft.graph.edges.push_back({edge.fromKind, edge.from, edge.toKind, edge.to, edge.relation, evidence});
    return std::move(draft.graph);
}

}  // namespace nj::ingest
