// The fingerprint of log records, per row, kept as long as the commit holds: errors and changes count records by it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "query/capsule/query_context.h"

namespace nj::query {

// Codes into cache().fingerprints for the wanted rows; kNoIndex for rows never asked for. The reference holds until the next call.
Result<const std::vector<uint32_t>*> fingerprintsOf(QueryContext& context, const store::SegmentView& view, const RowSet& wanted);

// The short name of a fingerprint in searches and links, the same in every capsule: 12 hex digits.
std::string patternId(std::string_view fingerprint);

}  // namespace nj::query
