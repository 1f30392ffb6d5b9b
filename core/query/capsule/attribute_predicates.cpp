// key:value on attributes. `key` means the row's attribute, else its scope's, else its resource's; `resource.key` the resource's only.
// pod, host and gpu reach the resource through the entities.
#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "query/capsule/predicate.h"

namespace nj::query {
namespace {

using Op = FilterNode::Op;

enum : uint8_t { kAbsent = 0, kMiss = 1, kHit = 2 };

bool matchesEntry(const ValueMatcher& matcher, const store::AttributeValues& values, size_t entry) {
    switch (values.type) {
    case ValueType::kString:
    case ValueType::kBytes: return matcher.text(values.text(entry));
    case ValueType::kJson: return matcher.json(values.text(entry));
    case ValueType::kBool: return matcher.boolean(values.integers[entry] != 0);
    case ValueType::kInt: return matcher.integer(values.integers[entry]);
    case ValueType::kDouble: return matcher.number(values.numbers[entry]);
    case ValueType::kEmpty: break;
    }
    return matcher.existsOnly() || matcher.text({});
}

// Marks the rows that have the column in `present` and those that match in `hits`.
void markColumn(const ValueMatcher& matcher, const store::AttributeValues& values, RowSet& present, RowSet& hits) {
    std::vector<uint8_t> wanted;
    if (values.coded) {
        wanted.resize(values.dictionary.size());
        for (uint32_t code = 0; code < wanted.size(); ++code) {
            const std::string_view text = values.dictionary.view(code);
            wanted[code] = (values.type == ValueType::kJson ? matcher.json(text) : matcher.text(text)) ? 1 : 0;
        }
    }
    const size_t n = values.size();
    for (size_t entry = 0; entry < n; ++entry) {
        const uint32_t row = values.dense ? static_cast<uint32_t>(entry) : values.rows[entry];
        if (row >= hits.rows())
            break;
        present.add(row);
        const bool hit = values.coded ? values.codes[entry] < wanted.size() && wanted[values.codes[entry]] != 0 : matchesEntry(matcher, values, entry);
        if (hit)
            hits.add(row);
    }
}

class AttributePredicate : public Predicate {
public:
    AttributePredicate(QueryContext& context, std::string key, ValueMatcher matcher, bool rowsToo) : matcher_(std::move(matcher)), key_(std::move(key)), rowsToo_(rowsToo) {
        const store::Snapshot& snapshot = context.snapshot();
        resources_.resize(snapshot.resourceCount(), kAbsent);
        for (uint32_t id = 0; id < resources_.size(); ++id) {
            resources_[id] = stateOf(snapshot.resource(id).attributes);
            anyResource_ = anyResource_ || resources_[id] != kAbsent;
        }
        snapshot_ = &snapshot;
    }
    Result<RowSet> match(const store::SegmentView& view, const RowSet& candidates) override {
        RowSet present(candidates.rows()), hits(candidates.rows());
        if (rowsToo_) {
            for (const store::AttributeInfo& info : view.info().attributes) {
                if (info.key != key_)
                    continue;
                NJ_ASSIGN(const store::AttributeValues values, view.attribute(info.key, info.type));
                markColumn(matcher_, values, present, hits);
            }
        }
        hits &= candidates;
        RowSet left = candidates;
        left -= present;
        if (left.none())
            return hits;
        if (rowsToo_)
            NJ_RETURN_IF_ERROR(addScopes(view, left, hits));
        if (anyResource_) {
            NJ_ASSIGN(const store::CodeColumn column, view.resource());
            std::vector<uint8_t> wanted(column.table.size());
            for (size_t code = 0; code < wanted.size(); ++code)
                wanted[code] = column.table[code] < resources_.size() && resources_[column.table[code]] == kHit ? 1 : 0;
            hits |= rowsOfCodes(column, wanted, left);
        }
        return hits;
    }
    [[nodiscard]] int cost() const override { return rowsToo_ ? 10 : 1; }

private:
    uint8_t stateOf(const AttributeList& list) const {
        const AttributeValue* value = findAttribute(list, key_);
        return !value ? kAbsent : matcher_.value(*value) ? kHit : kMiss;
    }
    // Adds the hits of rows whose scope has the key, and takes these rows out of `left`.
    Status addScopes(const store::SegmentView& view, RowSet& left, RowSet& hits) {
        NJ_ASSIGN(const std::vector<uint32_t> scopes, view.scopes());
        uint32_t last = kNoIndex;
        uint8_t state = kAbsent;
        RowSet decided(left.rows());
        left.forEach([&](uint32_t row) {
            const uint32_t scope = row < scopes.size() ? scopes[row] : kNoIndex;
            if (scope != last) {
                last = scope;
                state = kAbsent;
                if (scope != kNoIndex) {
                    const auto [it, fresh] = scopes_.try_emplace(scope, kAbsent);
                    if (fresh)
                        it->second = stateOf(snapshot_->scope(scope).attributes);
                    state = it->second;
                }
            }
            if (state != kAbsent)
                decided.add(row);
            if (state == kHit)
                hits.add(row);
        });
        left -= decided;
        return {};
    }

    ValueMatcher matcher_;
    std::string key_;
    bool rowsToo_;
    const store::Snapshot* snapshot_ = nullptr;
    std::vector<uint8_t> resources_;   // by resource id
    std::unordered_map<uint32_t, uint8_t> scopes_;
    bool anyResource_ = false;
};

// Rows of a set of resources.
class ResourcePredicate : public Predicate {
public:
    explicit ResourcePredicate(std::vector<uint8_t> wanted) : wanted_(std::move(wanted)) {}
    Result<RowSet> match(const store::SegmentView& view, const RowSet& candidates) override {
        NJ_ASSIGN(const store::CodeColumn column, view.resource());
        std::vector<uint8_t> codes(column.table.size());
        for (size_t code = 0; code < codes.size(); ++code)
            codes[code] = column.table[code] < wanted_.size() ? wanted_[column.table[code]] : uint8_t{0};
        return rowsOfCodes(column, codes, candidates);
    }
    [[nodiscard]] int cost() const override { return 1; }

private:
    std::vector<uint8_t> wanted_;
};

// Resources that run on an entity the matcher accepts: by their own attribute, or for GPUs through pod and host.
Result<PredicatePtr> entityPredicate(QueryContext& context, const FilterNode& node) {
    NJ_ASSIGN(const ValueMatcher matcher, ValueMatcher::of(node));
    NJ_ASSIGN(const EntityGraph* graph, context.entities());
    static constexpr std::array<const char*, 2> kPodKeys = {"k8s.pod.name", "pod"};
    static constexpr std::array<const char*, 2> kHostKeys = {"host.name", "k8s.node.name"};
    std::set<std::string> pods, hosts;
    if (node.field == "gpu") {
        std::set<std::string> gpus;
        for (const Entity& entity : graph->entities)
            if (entity.kind == EntityKind::kGpu && (matcher.text(entity.key) || matcher.text(entity.name)))
                gpus.insert(entity.key);
        for (const EntityEdge& edge : graph->edges) {
            if (edge.toKind == EntityKind::kGpu && edge.fromKind == EntityKind::kPod && gpus.contains(edge.to))
                pods.insert(edge.from);
            if (edge.fromKind == EntityKind::kGpu && edge.toKind == EntityKind::kPod && gpus.contains(edge.from))
                pods.insert(edge.to);
        }
    }
    const auto accepts = [&](const AttributeList& list, const auto& keys, const std::set<std::string>* set) {
        for (const char* key : keys)
            if (const AttributeValue* value = findAttribute(list, key))
                if (set ? set->contains(value->display()) : matcher.value(*value))
                    return true;
        return false;
    };
    std::vector<uint8_t> wanted(context.snapshot().resourceCount(), 0);
    for (uint32_t id = 0; id < wanted.size(); ++id) {
        const AttributeList& list = context.snapshot().resource(id).attributes;
        const bool hit = node.field == "pod" ? accepts(list, kPodKeys, nullptr) : node.field == "host" ? accepts(list, kHostKeys, nullptr) : accepts(list, kPodKeys, &pods);
        wanted[id] = hit ? 1 : 0;
    }
    return PredicatePtr(std::make_unique<ResourcePredicate>(std::move(wanted)));
}

// What an engine replica did and what was asked of it: rows of its pod, and calls to a name that stands for it.
Result<PredicatePtr> replicaPredicate(QueryContext& context, const FilterNode& node, Signal signal) {
    NJ_ASSIGN(const ValueMatcher matcher, ValueMatcher::of(node));
    NJ_ASSIGN(const EntityGraph* graph, context.entities());
    std::set<std::string> replicas, pods, names;
    for (const Entity& entity : graph->entities)
        if (entity.kind == EntityKind::kReplica && matcher.text(entity.key))
            replicas.insert(entity.key);
    names = replicas;
    std::map<std::string, size_t> podsOfService;
    for (const EntityEdge& edge : graph->edges) {
        if (edge.fromKind == EntityKind::kReplica && edge.toKind == EntityKind::kPod && replicas.contains(edge.from))
            pods.insert(edge.to);
        if (edge.fromKind == EntityKind::kService && edge.toKind == EntityKind::kPod)
            ++podsOfService[edge.from];
    }
    for (const EntityEdge& edge : graph->edges)
        if (edge.toKind == EntityKind::kPod && pods.contains(edge.to) && (edge.fromKind == EntityKind::kReplica || (edge.fromKind == EntityKind::kService && podsOfService[edge.from] == 1)))
            names.insert(edge.from);
    names.insert(pods.begin(), pods.end());
    FilterNode any;
    any.op = Op::kOr;
    const auto add = [&](Op op, const char* field, const std::string& text) {
        FilterNode child;
        child.op = op;
        child.field = field;
        child.text = text;
        any.children.push_back(std::move(child));
    };
    for (const std::string& pod : pods)
        add(Op::kEquals, "pod", pod);
    for (const std::string& name : names) {
        add(Op::kEquals, "server.address", name);
        add(Op::kWildcard, "server.address", name + ".*");   // the same with its namespace
    }
    return makePredicate(context, any, signal);
}

}  // namespace

Result<PredicatePtr> makeAttributePredicate(QueryContext& context, const FilterNode& node, Signal signal) {
    if (node.field == "replica")
        return replicaPredicate(context, node, signal);
    const bool entity = node.field == "pod" || node.field == "host" || node.field == "gpu";
    if (entity)
        return entityPredicate(context, node);
    NJ_ASSIGN(ValueMatcher matcher, ValueMatcher::of(node));
    constexpr std::string_view kResource = "resource.";
    const bool resourceOnly = node.field.size() > kResource.size() && node.field.starts_with(kResource);
    return PredicatePtr(std::make_unique<AttributePredicate>(context, resourceOnly ? node.field.substr(kResource.size()) : node.field, std::move(matcher), !resourceOnly));
}

}  // namespace nj::query
