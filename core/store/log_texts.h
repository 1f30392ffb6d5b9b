// The texts of log records: the original once, a body that is part of it as (offset, length), and the token filters of the bodies.
// Used on an encoder thread.
#pragma once

#include <vector>

#include "store/segment_builder.h"

namespace nj::store {

void logTexts(SegmentBuilder& builder, const std::vector<Part<LogColumns>>& parts);

}  // namespace nj::store
