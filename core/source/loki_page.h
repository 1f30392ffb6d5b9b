// One answer of Loki's query_range: what of its time range it holds whole. Pure; any thread.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"

namespace nj::source {

struct LokiPage {
    std::string body;        // as it came, or without the entries at its edge
    uint64_t entries = 0;    // in it
    TimeRange whole;         // no entry of that range is missing
    bool cut = false;        // there is more in the range that was asked for
    bool crowded = false;    // more entries at one nanosecond than are given at once: some are lost
};

// `range`, `limit` and `backward` as they were asked for: an answer with as many entries as the limit ends anywhere, so that what stands at
// its edge is left to the next page. kMalformed for no answer of Loki's; kInvalidArgument where the query counts instead of giving lines.
Result<LokiPage> readLokiPage(std::string body, TimeRange range, uint64_t limit, bool backward);

}  // namespace nj::source
