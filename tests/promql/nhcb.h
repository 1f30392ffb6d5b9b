// Classic histograms as native ones with custom buckets, as load_with_nhcb adds them.
#pragma once

#include "promql/memory_querier.h"
#include "promql/test_script.h"

namespace nj::test {

void addNhcbSeries(MemoryQuerier& querier, const LoadCommand& load);

}  // namespace nj::test
