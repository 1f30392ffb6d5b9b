// The fingerprint of log records, per row, kept as long as the commit holds: errors and changes count records by it.
#pragma once

#include <vector>

#include "query/capsule/query_context.h"

namespace nj::query {

// Codes into cache().fingerprints for the wanted rows; kNoIndex for rows never asked for. The reference holds until the next call.
Result<const std::vector<uint32_t>*> fingerprintsOf(QueryContext& context, const store::SegmentView& view, const RowSet& wanted);

}  // namespace nj::query
