#include "query/capsule/entity_names.h"

#include <set>

#include "model/device_names.h"
#include "model/entity_mapping.h"
#include "query/capsule/query_context.h"

namespace nj::query {

EntityNames::EntityNames(const EntityGraph& graph) {
    for (const Entity& entity : graph.entities)
        byKey_.emplace(Key{entity.kind, entity.key}, &entity);
    std::set<Key> ambiguous;
    for (const EntityEdge& edge : graph.edges) {
        if (edge.fromKind == EntityKind::kGpu && edge.toKind == EntityKind::kHost)
            hostOfGpu_.emplace(edge.from, edge.to);
        if (edge.relation != kSameAs || edge.fromKind != edge.toKind)
            continue;
        const Key to{edge.toKind, edge.to};
        if (const auto [known, added] = sameAs_.try_emplace({edge.fromKind, edge.from}, to); !added && known->second != to)
            ambiguous.insert(known->first);
    }
    for (const Key& key : ambiguous)
        sameAs_.erase(key);
}

const Entity* EntityNames::find(EntityKind kind, std::string_view text) const {
    Key key{kind, std::string(text)};
    for (int hops = 0; hops < 4; ++hops) {
        if (const auto known = byKey_.find(key); known != byKey_.end())
            return known->second;
        const auto other = sameAs_.find(key);
        if (other == sameAs_.end())
            return nullptr;
        key = other->second;
    }
    return nullptr;
}

const Entity* EntityNames::findGpu(std::string_view text) const {
    if (const Entity* known = find(EntityKind::kGpu, text))
        return known;
    const size_t slash = text.rfind('/');
    const auto address = normalizePciAddress(slash == std::string_view::npos ? text : text.substr(slash + 1));
    if (!address)
        return nullptr;
    if (slash != std::string_view::npos)
        return find(EntityKind::kGpu, std::string(text.substr(0, slash + 1)) + *address);
    if (const Entity* known = find(EntityKind::kGpu, *address))
        return known;
    const Entity* only = nullptr;
    for (const auto& [name, key] : sameAs_) {
        if (name.first != EntityKind::kGpu || !name.second.ends_with('/' + *address))
            continue;
        const Entity* card = find(key.first, key.second);
        if (only != nullptr && card != only)
            return nullptr;
        only = card;
    }
    return only;
}

std::string EntityNames::title(const Entity& entity) const {
    const std::string& name = entity.name.empty() ? entity.key : entity.name;
    const auto host = hostOfGpu_.find(entity.key);
    return entity.kind == EntityKind::kGpu && host != hostOfGpu_.end() ? name + " · " + host->second : name;
}

void EntityNames::nameDevice(std::string& title, std::string& entity) const {
    const Entity* card = entity.empty() ? nullptr : findGpu(entity);
    if (card == nullptr)
        return;
    entity = this->title(*card);
    const size_t blank = title.rfind(' ');
    if (blank != std::string::npos && normalizePciAddress(std::string_view(title).substr(blank + 1)))
        title = title.substr(0, blank + 1) + entity;
}

Result<const EntityNames*> entityNames(QueryContext& context) {
    NJ_ASSIGN(const EntityGraph* graph, context.entities());
    auto& names = context.cache().entityNames;
    if (!names)
        names = std::make_shared<const EntityNames>(*graph);
    return names.get();
}

}  // namespace nj::query
