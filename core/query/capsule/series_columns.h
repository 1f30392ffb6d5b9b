// One scalar series cut into columns: what it was, or how fast it grew, in each. A value lasts until the next sample, at most `hold`;
// what an increase added is spread over the time it took. Columns without either stay NaN. Used by one question.
#pragma once

#include <vector>

#include "query/capsule/query_context.h"

namespace nj::query {

struct SeriesColumns {
    std::vector<double> mean, low, high;   // per column; of a rate all three are the rate
    uint64_t n = 0;                        // samples in the range
};

Result<SeriesColumns> readValues(QueryContext& context, const store::SeriesRow& series, TimeRange range, const Columns& columns, DurationNs hold);
// Per second: reset-aware for what grows, the slope for what may fall, sums over their own time for delta temporality.
Result<SeriesColumns> readRate(QueryContext& context, const store::SeriesRow& series, TimeRange range, const Columns& columns, DurationNs hold);

}  // namespace nj::query
