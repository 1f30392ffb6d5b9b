// quantile(p, x): the nearest-rank p-quantile (0 ≤ p ≤ 1) of the numbers x; NULLs are left out. Exact up to kExactValues
// numbers a group; beyond, bins of a base-2 exponential histogram of scale 6, at most 0.54 % off.
#pragma once

#include "sqlite/database.h"

namespace nj::store {

inline constexpr size_t kExactValues = 4U << 20;

Status addQuantile(sqlite::Database& db);

}  // namespace nj::store
