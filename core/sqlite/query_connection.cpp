#include "sqlite/query_connection.h"

#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstring>
#include <utility>

namespace nj::sqlite {
namespace {

// Pragmas that show what tables and columns there are.
constexpr std::array kLooking = {"table_info", "table_xinfo", "table_list"};

bool blank(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](unsigned char c) { return std::isspace(c) || c == ';'; });
}

// What follows the first statement; comments alone are nothing.
Result<bool> hasSecondStatement(sqlite3* db, std::string_view rest) {
    while (!blank(rest)) {
        sqlite3_stmt* statement = nullptr;
        const char* tail = nullptr;
        const int rc = sqlite3_prepare_v2(db, rest.data(), static_cast<int>(rest.size()), &statement, &tail);
        const bool something = statement != nullptr || rc != SQLITE_OK;
        sqlite3_finalize(statement);
        if (something)
            return true;
        const auto used = static_cast<size_t>(tail - rest.data());
        if (used == 0)
            return false;
        rest.remove_prefix(used);
    }
    return false;
}

bool allowed(int action, const char* first) {
    switch (action) {
    case SQLITE_SELECT:
    case SQLITE_READ:
    case SQLITE_FUNCTION:
    case SQLITE_RECURSIVE: return true;
    case SQLITE_PRAGMA: return first && std::any_of(kLooking.begin(), kLooking.end(), [&](const char* name) { return std::strcmp(name, first) == 0; });
    default: return false;
    }
}

}  // namespace

Result<Database> openQueryConnection(int maxValueBytes) {
    NJ_ASSIGN(Database db, Database::open(":memory:", OpenMode::kCreate));
    for (const int option : {SQLITE_DBCONFIG_DQS_DML, SQLITE_DBCONFIG_DQS_DDL})
        sqlite3_db_config(db.handle(), option, 0, nullptr);
    const std::pair<int, int> limits[] = {{SQLITE_LIMIT_LENGTH, maxValueBytes}, {SQLITE_LIMIT_SQL_LENGTH, 1 << 20},
                                          {SQLITE_LIMIT_EXPR_DEPTH, 200},       {SQLITE_LIMIT_COMPOUND_SELECT, 100},
                                          {SQLITE_LIMIT_ATTACHED, 0},           {SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 10'000}};
    for (const auto& [limit, value] : limits)
        sqlite3_limit(db.handle(), limit, value);
    // Their table-valued forms connect on first use, which a locked connection forbids.
    for (const char* pragma : kLooking)
        NJ_RETURN_IF_ERROR(db.execute(std::string("SELECT 1 FROM pragma_") + pragma + " LIMIT 0"));
    NJ_RETURN_IF_ERROR(db.execute("PRAGMA temp_store=FILE; PRAGMA cache_size=-32768"));
    return db;
}

void lockQueryConnection(Database& db) {
    db.setAuthorizer([](int action, const char* first, const char*, const char*, const char*) { return allowed(action, first); });
}

Result<Statement> prepareQuery(Database& db, std::string_view sql, int* errorOffset) {
    int ignored = 0;
    int& offset = errorOffset ? *errorOffset : ignored;
    offset = -1;
    sqlite3_stmt* statement = nullptr;
    const char* tail = nullptr;
    if (sql.size() > (1U << 20))
        return makeError(ErrorCode::kLimit, "the SQL text is over 1 MiB");
    const int rc = sqlite3_prepare_v2(db.handle(), sql.data(), static_cast<int>(sql.size()), &statement, &tail);
    if (rc == SQLITE_AUTH)
        return makeError(ErrorCode::kReadOnly, "a capsule can only be read by SQL: SELECT and WITH … SELECT");
    if (rc != SQLITE_OK) {
        offset = sqlite3_error_offset(db.handle());
        return makeError(ErrorCode::kInvalidArgument, sqlite3_errmsg(db.handle()));
    }
    const bool nothing = statement == nullptr;
    sqlite3_finalize(statement);
    if (nothing)
        return makeError(ErrorCode::kInvalidArgument, "there is no SQL statement");
    NJ_ASSIGN(const bool second, hasSecondStatement(db.handle(), sql.substr(static_cast<size_t>(tail - sql.data()))));
    if (second) {
        offset = static_cast<int>(tail - sql.data());
        return makeError(ErrorCode::kInvalidArgument, "one statement at a time");
    }
    return db.prepare(sql);
}

}  // namespace nj::sqlite
