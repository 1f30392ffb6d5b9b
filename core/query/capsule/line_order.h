// The order in which lines are named: what departs most from its baseline, or from its peers, first. Pure function, any thread.
#pragma once

#include <vector>

#include "query/metrics.h"

namespace nj::query {

void orderByDeparture(std::vector<MetricLine>& lines);

}  // namespace nj::query
