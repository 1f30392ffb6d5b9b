// Finds the entity that a text of the telemetry names: by its key, by another name of the same thing ("gpu-node-07/3" or a PCI address for a
// card, what a person mapped by hand), and says it the way a person does: "GPU 6 · gpu-node-07". Immutable once built.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"
#include "model/entity.h"

namespace nj::query {

class QueryContext;

class EntityNames {
public:
    // Keeps pointers into the graph, which must outlive it.
    explicit EntityNames(const EntityGraph& graph);

    // nullptr: no entity of that kind is called so, or several are.
    [[nodiscard]] const Entity* find(EntityKind kind, std::string_view text) const;
    // A GPU by its UUID, host/index, host/PCI address, or a PCI address that only one card of the capsule has.
    [[nodiscard]] const Entity* findGpu(std::string_view text) const;
    [[nodiscard]] std::string title(const Entity& entity) const;
    // "XID 63 on 0000:d1:00" that happened to "00000000:D1:00.0" → "XID 63 on GPU 6 · gpu-node-07"; nothing changes for what is no known card.
    void nameDevice(std::string& title, std::string& entity) const;

private:
    using Key = std::pair<EntityKind, std::string>;
    std::map<Key, const Entity*> byKey_;
    std::map<Key, Key> sameAs_;                       // other names; those of several things left out
    std::map<std::string, std::string> hostOfGpu_;
};

// Of the context's commit, built once.
Result<const EntityNames*> entityNames(QueryContext& context);

}  // namespace nj::query
