// The SQL face of a capsule: virtual tables over one snapshot, added to a connection that holds nothing else. Columns as
// FORMAT.md lists them; ids are lower-case hex, attributes and labels JSON.
#pragma once

#include "sqlite/database.h"
#include "store/sql_context.h"

namespace nj::store {

// spans, logs, span_events, span_links, exemplars, samples, histograms, series, resources, evaluations, entities, entity_edges,
// documents, imports, events, health, and the aggregate quantile(p, x). `context` must outlive the connection.
Status addSqlTables(sqlite::Database& db, SqlContext& context);

}  // namespace nj::store
