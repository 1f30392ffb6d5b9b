// Finds services, pods, hosts, GPUs, engine replicas and models in resources, series labels and span attributes, and how they
// belong together: a span's service → its pod → the GPUs that pod uses. observe() batches as they pass, resolve() at the end.
// Other names of one card (host/index, host/PCI address) become "same_as" edges, so that an XID finds it.
// Bounded: what exceeds kMaxNames of a kind is not learned. One thread.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <unordered_set>

#include "model/batch.h"
#include "model/entity.h"

namespace nj::ingest {

class EntityResolver {
public:
    static constexpr size_t kMaxNames = 20'000;
    static constexpr size_t kMaxUnresolved = 500;

    void observe(const Batch& batch);
    [[nodiscard]] EntityGraph resolve() const;

private:
    // The few labels that name entities, of one resource or series (with its resource).
    struct Labels {
        std::string service, pod, host, instance, gpuIndex, gpuUuid, pci, model, engine;
        std::string podKey, hostKey;   // which label said so
    };
    struct GpuSeen {
        std::string host, index, uuid, pci, pod, evidence;
        auto operator<=>(const GpuSeen&) const = default;
    };
    struct EdgeKey {
        EntityKind fromKind;
        std::string from;
        EntityKind toKind;
        std::string to;
        std::string relation;
        auto operator<=>(const EdgeKey&) const = default;
    };
    struct ReplicaSeen {
        std::string pod, instance, engine, model;
        auto operator<=>(const ReplicaSeen&) const = default;
    };
    struct Draft;   // the graph while resolve() builds it

    static void readLabels(const AttributeList& attributes, Labels& labels);
    void observeResource(const Resource& resource);
    void observeSeries(const SeriesKey& series, const Batch& batch);
    void observePeers(const AttributeColumns& attributes);
    void observeDevices(const Batch& batch);
    void note(EntityKind kind, const std::string& key);
    void link(EntityKind fromKind, const std::string& from, EntityKind toKind, const std::string& to, const char* relation, const std::string& evidence);
    void linkPlace(const Labels& labels);
    [[nodiscard]] std::string hostNamed(const std::string& host) const;
    [[nodiscard]] std::string findPodOf(const std::string& name) const;
    void resolveGpus(Draft& draft) const;
    void resolveDevices(Draft& draft) const;
    void resolveReplicas(Draft& draft) const;
    void resolvePeers(Draft& draft) const;

    std::unordered_set<uint64_t> seen_;                     // fingerprints of resources and series
    std::map<EntityKind, std::set<std::string>> names_;
    std::map<EdgeKey, std::string> edges_;                  // → evidence
    std::set<GpuSeen> gpus_;
    std::set<ReplicaSeen> replicas_;
    std::map<std::string, std::string> hostOfAddress_;      // node_uname_info: instance → nodename
    std::set<std::string> addresses_;                       // hosts known by address only
    std::map<std::string, uint64_t> peers_;                 // server.address and the like → times
    std::map<std::string, uint64_t> devices_;               // "gpu-node-07/00000000:CB:00.0" of an XID, without host where it names none → times
};

}  // namespace nj::ingest
