// The SQL tables samples and histograms: points of all series or of those asked for, series by series, ascending by time.
// Their rowid is a running number of the scan, no identity.
#pragma once

#include <memory>

#include "sqlite/virtual_table.h"
#include "store/sql_context.h"

namespace nj::store {

std::unique_ptr<sqlite::VirtualTable> makeSampleTable(SqlContext& context);
std::unique_ptr<sqlite::VirtualTable> makeHistogramTable(SqlContext& context);

}  // namespace nj::store
