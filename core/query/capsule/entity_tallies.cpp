#include "query/capsule/entity_tallies.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "query/capsule/entity_names.h"
#include "query/capsule/histogram_family.h"
#include "query/capsule/row_details.h"
#include "query/capsule/row_labels.h"

namespace nj::query {
namespace {

constexpr size_t kMaxEntities = 1000;    // of one kind; 35 KB each while they are counted
constexpr size_t kMaxResources = 4000;

// Columns of a span segment that a tally needs, checked to reach over its rows.
struct SpanFacts {
    store::DurationBins bins;
    std::span<const uint8_t> status;
    static Result<SpanFacts> of(const store::SegmentView& view, RowSpan rows) {
        SpanFacts facts;
        NJ_ASSIGN(facts.bins, view.durationBin());
        NJ_ASSIGN(facts.status, view.status());
        if (facts.bins.size() < rows.to || facts.status.size() < rows.to)
            return makeError(ErrorCode::kMalformed, "a span segment's columns have different lengths");
        return facts;
    }
    void add(uint32_t row, EntityTally& tally) const {
        ++tally.count;
        tally.errors += status[row] == static_cast<uint8_t>(SpanStatus::kError) ? 1 : 0;
        tally.bins->add(bins[row]);
    }
};

EntityTally* tallyOf(EntityTallies& tallies, const std::string& name) {
    const auto known = tallies.find(name);
    if (known != tallies.end())
        return &known->second;
    return name.empty() || tallies.size() >= kMaxEntities ? nullptr : &tallies[name];
}

constexpr const char* kOperation = "gen_ai.operation.name";

bool hasKey(const store::SegmentView& view, const std::string& key) {
    const auto& attributes = view.info().attributes;
    return std::any_of(attributes.begin(), attributes.end(), [&](const store::AttributeInfo& info) { return info.key == key; });
}

// Which spans of those with the key count.
enum class Which : uint8_t {
    kClients,
    kAttempts,   // clients' that are no whole operation of a model: around an attempt stands the operation, which would count it again
};

// Counts rows by the label `RowLabels` gives them; nameOf turns a label into an entity's name, "" = leave out.
template <typename NameOf>
Status tallyLabels(QueryContext& context, FilterEvaluator& filter, TimeRange range, const std::string& key, Which which, NameOf&& nameOf, EntityTallies& out) {
    RowLabels labels(context, Signal::kSpan, key);
    RowLabels operations(context, Signal::kSpan, kOperation);
    std::vector<EntityTally*> byCode;
    return scanSegments(context, Signal::kSpan, range, filter, [&](const store::SegmentView& view, RowSpan rows, const RowSet* matching) -> Status {
        if (!hasKey(view, key))
            return {};
        NJ_ASSIGN(const SpanFacts facts, SpanFacts::of(view, rows));
        NJ_ASSIGN(const std::span<const uint8_t> kinds, view.kind());
        NJ_ASSIGN(const std::vector<uint16_t> codes, labels.codes(view));
        std::vector<uint16_t> operation;
        if (which == Which::kAttempts && hasKey(view, kOperation)) {
            NJ_ASSIGN(operation, operations.codes(view));
        }
        while (byCode.size() < labels.labels().size()) {
            const auto code = byCode.size();
            byCode.push_back(nullptr);
            if (code != RowLabels::kNone && code != RowLabels::kOverflow) {
                NJ_ASSIGN(const std::string name, nameOf(labels.labels()[code]));
                byCode.back() = tallyOf(out, name);
            }
        }
        forEachRow(rows, matching, [&](uint32_t row) {
            const bool client = row < kinds.size() && kinds[row] == static_cast<uint8_t>(SpanKind::kClient);
            const bool whole = row < operation.size() && operation[row] != RowLabels::kNone;
            if (row < codes.size() && byCode[codes[row]] != nullptr && client && !whole)
                facts.add(row, *byCode[codes[row]]);
        });
        return {};
    });
}

// The one replica among entities, else (several engines in a pod) the pod.
std::string replicaAmong(const std::vector<Entity>& entities) {
    std::string pod, replica;
    size_t replicas = 0;
    for (const Entity& entity : entities) {
        if (entity.kind == EntityKind::kPod)
            pod = entity.key;
        if (entity.kind == EntityKind::kReplica && ++replicas == 1)
            replica = entity.key;
    }
    return replicas == 1 ? replica : replicas > 1 ? pod : std::string();
}

Result<std::string> replicaCalled(QueryContext& context, const std::string& target) {
    NJ_ASSIGN(const std::vector<Entity> called, calledEntities(context, {{"server.address", AttributeValue::ofString(target)}}));
    return replicaAmong(called);
}

Result<std::string> replicaOfSeries(QueryContext& context, const AttributeList& labels) {
    NJ_ASSIGN(const EntityNames* names, entityNames(context));
    const std::string engine = labelOf(labels, "engine");
    for (const char* key : {"exported_pod", "k8s.pod.name", "pod", "pod_name", "instance"}) {
        const std::string text = labelOf(labels, key);
        if (text.empty())
            continue;
        for (const std::string& name : {engine.empty() || engine == "0" ? text : text + '/' + engine, text})
            if (const Entity* known = names->find(EntityKind::kReplica, name))
                return known->key;
        if (std::string_view(key) == "instance")
            return replicaCalled(context, text);
    }
    return std::string();
}

}  // namespace

double EntityTally::p99() const {
    const double seconds = fromSpans() ? bins->quantile(0.99) * 1e-9 : observations.quantile(0.99);
    return std::isfinite(seconds) ? seconds : 0;
}

void EntityTally::merge(const EntityTally& other) {
    count += other.count;
    errors += other.errors;
    bins->merge(*other.bins);
    observations.merge(other.observations);
}

Status tallyResources(QueryContext& context, FilterEvaluator& filter, TimeRange range, ResourceTallies& out) {
    return scanSegments(context, Signal::kSpan, range, filter, [&](const store::SegmentView& view, RowSpan rows, const RowSet* matching) -> Status {
        NJ_ASSIGN(const SpanFacts facts, SpanFacts::of(view, rows));
        NJ_ASSIGN(const store::CodeColumn resources, view.resource());
        std::vector<EntityTally*> byCode(resources.table.size());
        for (size_t code = 0; code < byCode.size(); ++code) {
            const auto known = out.find(resources.table[code]);
            // Beyond the limit resources share one tally: their services are then counted together under no name.
            byCode[code] = known != out.end() ? &known->second : &out[out.size() < kMaxResources ? resources.table[code] : kNoIndex];
        }
        forEachRow(rows, matching, [&](uint32_t row) {
            const uint32_t code = resources.code(row);
            if (code < byCode.size())
                facts.add(row, *byCode[code]);
        });
        return {};
    });
}

void sumServices(const QueryContext& context, const ResourceTallies& resources, EntityTallies& out) {
    for (const auto& [id, tally] : resources)
        out[id == kNoIndex ? std::string() : context.snapshot().resource(id).service()].merge(tally);
}

Status sumPlaces(QueryContext& context, const ResourceTallies& resources, EntityKind kind, EntityTallies& out) {
    NJ_ASSIGN(const EntityNames* names, entityNames(context));
    for (const auto& [id, tally] : resources) {
        if (id == kNoIndex || tally.count == 0)
            continue;
        const Resource& resource = context.snapshot().resource(id);
        // A service alone stands on all its pods: which one served the span is not known.
        const auto has = [&](const char* key) { return findAttribute(resource.attributes, key) != nullptr; };
        if (!has("k8s.pod.name") && !has("host.name") && !has("k8s.node.name") && !has("service.instance.id"))
            continue;
        NJ_ASSIGN(const std::vector<Entity> entities, entitiesOf(context, resource, {}));
        for (const Entity& entity : entities)
            if (EntityTally* place = entity.kind == kind ? tallyOf(out, names->title(entity)) : nullptr)
                place->merge(tally);
    }
    return {};
}

Status tallyAttempts(QueryContext& context, FilterEvaluator& filter, TimeRange range, EntityTallies& out) {
    for (const char* key : {"server.address", "peer.service", "net.peer.name", "upstream_cluster"}) {
        for (const Which which : {Which::kAttempts, Which::kClients}) {
            NJ_RETURN_IF_ERROR(tallyLabels(context, filter, range, key, which, [&](const std::string& target) { return replicaCalled(context, target); }, out));
            if (std::any_of(out.begin(), out.end(), [](const auto& entry) { return entry.second.count > 0; }))
                return {};
        }
    }
    return {};
}

Status tallyEngines(QueryContext& context, const Filter& filter, TimeRange range, EntityTallies& out) {
    constexpr std::array kFamilies = {"vllm:time_to_first_token_seconds", "sglang:time_to_first_token_seconds", "vllm_time_to_first_token_seconds", "tgi_request_duration"};
    for (const char* name : kFamilies) {
        HistogramFamily family = HistogramFamily::find(context.snapshot(), name, filter);
        if (family.empty())
            continue;
        NJ_RETURN_IF_ERROR(family.load(context, range, Columns::of(range, 1)));
        for (const FamilyMember& member : family.members()) {
            NJ_ASSIGN(const std::string entity, replicaOfSeries(context, member.labels));
            EntityTally* tally = tallyOf(out, entity);
            if (tally != nullptr)
                tally->observations.merge(member.counts);
        }
        return {};
    }
    return {};
}

}  // namespace nj::query
