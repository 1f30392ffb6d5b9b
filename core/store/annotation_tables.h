// The tables of notes, saved views, objectives, corrections and definitions, alike in a capsule and in a sidecar. FORMAT.md, "Annotations".
// Called by the thread that owns the database. Files are untrusted: texts are cut and rows are counted while reading.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "model/annotation.h"
#include "sqlite/database.h"

namespace nj::store {

const std::vector<std::string>& annotationTableStatements();
// Whether a file that holds the tables `found` is one that should hold `expected`: the same, but for tables that came within its format.
bool schemaFits(std::vector<std::string> found, std::vector<std::string> expected);
// Everything, deleted ones too (they win over older ones elsewhere).
Result<Annotations> readAnnotations(sqlite::Database& db);
// The corrections alone: every snapshot asks for them.
Result<Annotations> readCorrections(sqlite::Database& db);
// Inserts or replaces by id; does nothing where the table holds a later change. Inside the caller's transaction. kInvalidArgument
// without an id.
Status putAnnotations(sqlite::Database& db, const Annotations& all);

}  // namespace nj::store
