// The rows of one table of an untrusted database, front to back, one in memory at a time. A row that can't be read is counted and passed over
// where the table has row ids; damage ends the table. One thread; must not outlive the database.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sqlite/untrusted_database.h"

namespace nj::sqlite {

class TableScan {
public:
    // Columns that the table lacks read as NULL. Error: kNotFound (no such table).
    static Result<TableScan> open(UntrustedDatabase& db, std::string_view table, const std::vector<std::string_view>& columns);

    // False at the end. Errors: cancelled, over the deadline, or damage: no more rows follow.
    Result<bool> next();
    // Rows passed over since the last call, because they are over the limit of one row.
    [[nodiscard]] uint64_t takeSkipped() { return std::exchange(skipped_, 0); }
    // 0 in tables without row ids.
    [[nodiscard]] int64_t rowid() const { return rowids_ ? last_ : 0; }

    [[nodiscard]] bool has(int column) const { return !rows_.isNull(column + 1); }
    [[nodiscard]] Statement::Type type(int column) const { return rows_.type(column + 1); }
    [[nodiscard]] int64_t integer(int column) const { return rows_.integer(column + 1); }
    [[nodiscard]] double number(int column) const { return rows_.number(column + 1); }
    // Valid UTF-8 is not promised. Good until next().
    [[nodiscard]] std::string_view text(int column) const { return rows_.text(column + 1); }
    [[nodiscard]] std::string_view blob(int column) const { return rows_.blob(column + 1); }

private:
    TableScan(UntrustedDatabase& db, std::string sql, std::string after) : db_(&db), sql_(std::move(sql)), after_(std::move(after)) {}
    Status restart();
    Result<bool> passOver();

    UntrustedDatabase* db_;
    std::string sql_, after_;   // the SELECT without its WHERE; the smallest row id behind ?1
    Statement rows_;
    bool rowids_ = false, begun_ = false;
    int64_t last_ = 0;
    uint64_t skipped_ = 0;
};

}  // namespace nj::sqlite
