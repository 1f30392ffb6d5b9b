// Small sets of 64-bit keys that answer "certainly not" or "maybe": trace ids, span ids, tokens. A split block filter (eight
// 32-bit words per block, one bit in each). FORMAT.md, "Filters". Pure functions over bytes.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/ids.h"

namespace nj::store {

std::string buildFilter(std::span<const uint64_t> keys, int bitsPerKey);
// Filters that are empty or of an impossible size answer true.
bool filterMayContain(std::string_view filter, uint64_t key);

uint64_t filterKey(const TraceId& id);
uint64_t filterKey(const TraceId& trace, const SpanId& span);

}  // namespace nj::store
