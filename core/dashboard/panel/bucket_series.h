// Series that count observations up to a bound, which their label le says. Pure functions, any thread.
#pragma once

#include <optional>
#include <vector>

#include "dashboard/frame.h"

namespace nj::dashboard {

// The bound of the frame's field of numbers; none: it is no bucket.
std::optional<double> bucketBound(const Frame& frame);
// Counts up to a bound → counts between a bound and the one below, per set of other labels; sorted by bound. Other frames stay, behind.
void countPerBucket(std::vector<Frame>& frames);

}  // namespace nj::dashboard
