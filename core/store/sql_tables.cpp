#include "store/sql_tables.h"

#include "store/sql_point_table.h"
#include "store/sql_quantile.h"
#include "store/sql_row_table.h"
#include "store/sql_segment_table.h"

namespace nj::store {

Status addSqlTables(sqlite::Database& db, SqlContext& context) {
    const std::pair<const char*, Signal> segmentTables[] = {
        {"spans", Signal::kSpan}, {"logs", Signal::kLog}, {"span_events", Signal::kSpanEvent}, {"span_links", Signal::kSpanLink}, {"exemplars", Signal::kExemplar}};
    for (const auto& [name, signal] : segmentTables)
        NJ_RETURN_IF_ERROR(sqlite::addTable(db, name, makeSegmentTable(context, signal)));
    NJ_RETURN_IF_ERROR(sqlite::addTable(db, "samples", makeSampleTable(context)));
    NJ_RETURN_IF_ERROR(sqlite::addTable(db, "histograms", makeHistogramTable(context)));
    for (auto& [name, table] : makeRowTables(context))
        NJ_RETURN_IF_ERROR(sqlite::addTable(db, name, std::move(table)));
    return addQuantile(db);
}

}  // namespace nj::store
