// Time order of the rows of a segment: where each ingested row goes. Stable. Plain value.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/time.h"

namespace nj::store {

struct RowOrder {
    std::vector<uint32_t> newOf;   // by order of ingestion
    std::vector<uint32_t> oldOf;   // by time
    bool identity = true;
    [[nodiscard]] size_t size() const { return newOf.size(); }
};

RowOrder orderByTime(std::span<const TimeNs> times);

}  // namespace nj::store
