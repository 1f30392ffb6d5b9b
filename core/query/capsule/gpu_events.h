// Events that nobody logged but the GPUs' own metrics tell: stretches in which a GPU's clocks were held down by heat or power
// (DCGM's clocks-event reasons, formerly throttle reasons). Query thread.
#pragma once

#include <vector>

#include "query/backend.h"
#include "query/capsule/query_context.h"

namespace nj::query {

// All of the capsule, by time; kept with the commit.
Result<const std::vector<EventMark>*> gpuEvents(QueryContext& context);

}  // namespace nj::query
