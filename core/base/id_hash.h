// Hash of an id for tables whose size is a power of two. IdHash serves std::unordered_map, which divides by a prime: of ids that count up in
// their last bytes it leaves the low bits alike, and a masked table would turn into a list. Pure, any thread.
#pragma once

#include <cstdint>

#include "base/ids.h"

namespace nj {

template <size_t N>
uint64_t mixedHash(const Id<N>& id) {
    uint64_t hash = 0;
    for (size_t at = 0; at < N; at += 8) {
        hash ^= id.word(at);
        hash ^= hash >> 32;
        hash *= 0x9E3779B97F4A7C15ULL;
        hash ^= hash >> 29;
    }
    return hash;
}

}  // namespace nj
