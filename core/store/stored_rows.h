// The rows of an encoded segment in the form that the encoder takes: so that small segments become one, and an open one takes less
// memory. Pure function over untrusted bytes.
#pragma once

#include <functional>
#include <string_view>

#include "base/result.h"
#include "store/column_segment.h"
#include "store/segment_rows.h"

namespace nj::store {

// All rows as one part, in order of ingestion, under the segment's seqs. `text`: dictionary id → text. Error: the segment is damaged.
Result<SegmentRows> rowsOfSegment(const ColumnSegment& segment, const std::function<std::string_view(uint32_t)>& text);

}  // namespace nj::store
