// Guesses how a table of an unknown tool is to be read, from the names and types of its columns and what its first rows hold. Pure but for
// reading those rows; one thread.
#pragma once

#include "model/table_mapping.h"
#include "sqlite/untrusted_database.h"

namespace nj::dbfile {

// Every table with its guess, the most telling first; one of which nothing can be made has a guess without fields.
Result<std::vector<MappableTable>> mappableTables(sqlite::UntrustedDatabase& db);

}  // namespace nj::dbfile
