// Reads the rows of a table that no tool is known for, as a mapping says. One thread.
#pragma once

#include "dbfile/tool_reader.h"
#include "model/table_mapping.h"

namespace nj::dbfile {

// The mapping must fit the table (problemsOf). `limit`: at most so many rows, 0 = all. Error: kCancelled only.
Status readMapped(ReadContext& context, const TableMapping& mapping, uint64_t limit = 0);

}  // namespace nj::dbfile
