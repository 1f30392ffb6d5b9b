// How other names of an entity and a person's "this text is that entity" are kept among the edges of an EntityGraph. Pure functions.
#pragma once

#include <optional>
#include <string_view>

#include "model/entity.h"

namespace nj {

// Relation of another name of the same thing: "gpu-node-07/3" → GPU-3f2a…
inline constexpr const char* kSameAs = "same_as";
// The evidence of what a person mapped; it wins over what imports say.
inline constexpr const char* kByHand = "by hand";

std::optional<EntityKind> entityKindOf(std::string_view name);
// The relation of a mapping by hand: kSameAs within a kind, else the one its kinds have.
const char* mappedRelation(EntityKind from, EntityKind to);

}  // namespace nj
