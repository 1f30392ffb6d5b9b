// The tables of a capsule, its identity and its versions. FORMAT.md, "The container".
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "sqlite/database.h"

namespace nj::store {

inline constexpr int64_t kApplicationId = 0x4e4a4152;   // "NJAR"
inline constexpr int64_t kFormatVersion = 1;
inline constexpr int64_t kPageSize = 16384;

// The CREATE statements, exactly as sqlite_schema keeps them.
const std::vector<std::string>& schemaStatements();
// Tables and first rows of a new capsule; the database must be empty.
Status createSchema(sqlite::Database& db);
// That this is a capsule of a version we read, with exactly our tables. Reads only.
// Errors: kNotACapsule, kNewerVersion, kMalformed, each with a sentence for a person.
Status checkSchema(sqlite::Database& db, const std::string& path);
// Brings an older capsule to this version, one transaction per step; a current one is left alone.
Status migrate(sqlite::Database& db, const std::string& path);
// SQLite's words about a file that cannot be opened, as a sentence about a capsule.
Error explainOpenError(const Error& error, const std::string& path);

}  // namespace nj::store
