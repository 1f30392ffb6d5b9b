// What the SQL tables of one query see: a reader, one snapshot of it, and the query's stop token. One thread.
#pragma once

#include <cstdint>
#include <memory>
#include <stop_token>

#include "store/capsule_reader.h"

namespace nj::store {

struct SqlContext {
    CapsuleReader& reader;
    std::shared_ptr<const Snapshot> snapshot;
    std::stop_token stop;
    uint64_t segmentsVisited = 0;   // segments whose columns were opened: what push-down saves
    [[nodiscard]] Status checkStop() const {
        return stop.stop_requested() ? Status(makeError(ErrorCode::kCancelled, "the query was cancelled")) : Status();
    }
};

}  // namespace nj::store
