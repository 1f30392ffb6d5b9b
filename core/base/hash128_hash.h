// A content hash as the key of an unordered_map: its bytes are spread already. Pure, any thread.
#pragma once

#include <cstring>

#include "base/hash.h"

namespace nj {

struct Hash128Hash {
    size_t operator()(const Hash128& hash) const {
        size_t value;
        std::memcpy(&value, hash.data(), sizeof value);
        return value;
    }
};

}  // namespace nj
