// Takes rows out of a batch's samples. One thread.
#pragma once

#include "model/batch.h"

namespace nj::source {

// Keeps the rows for which wanted(row) holds, in their order.
template <typename Wanted>
void keepSamples(SampleColumns& samples, Wanted&& wanted) {
    size_t kept = 0;
    for (size_t row = 0; row < samples.size(); ++row) {
        if (!wanted(row))
            continue;
        samples.series[kept] = samples.series[row];
        samples.start[kept] = samples.start[row];
        samples.time[kept] = samples.time[row];
        samples.valueBits[kept] = samples.valueBits[row];
        samples.flags[kept] = samples.flags[row];
        ++kept;
    }
    samples.series.resize(kept);
    samples.start.resize(kept);
    samples.time.resize(kept);
    samples.valueBits.resize(kept);
    samples.flags.resize(kept);
}

}  // namespace nj::source
