// SQL tables whose rows lie in segments: spans, logs, span events, span links, exemplars. The rowid is the row's seq. Attribute
// keys that the snapshot has are hidden columns.
#pragma once

#include "store/sql_fields.h"

namespace nj::store {

// `context` must outlive the table.
std::unique_ptr<sqlite::VirtualTable> makeSegmentTable(SqlContext& context, Signal signal);

}  // namespace nj::store
