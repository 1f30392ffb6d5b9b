// A connection in memory for a person's SQL: it holds no table of its own and can write nothing; what it reads are virtual
// tables that are added to it. One thread.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "sqlite/database.h"

namespace nj::sqlite {

// Double-quoted text is a name only; statements, expressions and values are bounded; sorting spills to temporary files.
Result<Database> openQueryConnection(int maxValueBytes);
// Once the tables are there: from now on only SELECT and looking at the tables' columns are allowed.
void lockQueryConnection(Database& db);
// The one statement of the text. Error: none or more than one, what SQLite says about it, what is not allowed; `errorOffset`, where given,
// is then the byte it is about, or -1.
Result<Statement> prepareQuery(Database& db, std::string_view sql, int* errorOffset = nullptr);

}  // namespace nj::sqlite
