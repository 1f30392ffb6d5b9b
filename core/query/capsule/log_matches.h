// All matches of one log question in time order, so that a page is read by position. Kept for the last few (range, filter). Immutable.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "model/filter.h"
#include "query/capsule/query_context.h"

namespace nj::query {

struct LogMatches {
    std::string key;
    struct Place { uint32_t segment = 0, row = 0; };   // index into segments, row in it
    std::vector<int64_t> segments;                      // ids
    std::vector<Place> places;                          // by time, then import order

    // Collects them, or returns the kept ones.
    static Result<std::shared_ptr<const LogMatches>> of(QueryContext& context, TimeRange range, const Filter& filter);
};

}  // namespace nj::query
