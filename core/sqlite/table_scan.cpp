#include "sqlite/table_scan.h"

#include <array>
#include <limits>

namespace nj::sqlite {

Result<TableScan> TableScan::open(UntrustedDatabase& db, std::string_view table, const std::vector<std::string_view>& columns) {
    const TableShape* shape = db.table(table);
    if (shape == nullptr)
        return makeError(ErrorCode::kNotFound, "the SQLite file has no table '" + std::string(table) + "'");
    std::string list;
    for (const std::string_view wanted : columns) {
        const std::string_view column = shape->column(wanted);
        list += column.empty() ? ", NULL" : ", " + quotedName(column);
    }
    const std::string from = " FROM " + quotedName(shape->name);
    // A column may bear one of the names of the row id; a table may have none.
    for (const char* id : std::array{"rowid", "_rowid_", "oid"}) {
        if (shape->has(id))
            continue;
        TableScan scan(db, std::string("SELECT ") + id + list + from + " NOT INDEXED WHERE " + id + " >= ?1 ORDER BY " + id,
                       std::string("SELECT min(") + id + ")" + from + " WHERE " + id + " >= ?1");
        scan.rowids_ = true;
        scan.last_ = std::numeric_limits<int64_t>::min();
        if (scan.restart().ok())
            return scan;
        break;
    }
    TableScan scan(db, "SELECT 0" + list + from, {});
    NJ_RETURN_IF_ERROR(scan.restart());
    return scan;
}

Status TableScan::restart() {
    NJ_ASSIGN(rows_, db_->prepare(sql_));
    if (rowids_)
        rows_.bind(1, last_);
    return {};
}

Result<bool> TableScan::next() {
    db_->startStep();
    auto row = rows_.step();
    if (row.ok()) {
        if (*row && rowids_)
            last_ = rows_.integer(0);
        begun_ = begun_ || *row;
        return row;
    }
    if (row.error().code == ErrorCode::kCancelled)
        return db_->stopped() ? row.error() : makeError(ErrorCode::kLimit, "SQLite took too long for one row; the rest of the table was not read");
    if (row.error().code != ErrorCode::kLimit || !rowids_)
        return row.error();
    return passOver();
}

// The row behind the last one is over the limit: what its id is can be asked without reading it.
Result<bool> TableScan::passOver() {
    while (true) {
        ++skipped_;
        if (last_ == std::numeric_limits<int64_t>::max())
            return false;
        NJ_ASSIGN(Statement id, db_->prepare(after_));
        id.bind(1, begun_ ? last_ + 1 : last_);
        db_->startStep();
        NJ_ASSIGN(const bool found, id.step());
        if (!found || id.isNull(0) || id.integer(0) == std::numeric_limits<int64_t>::max())
            return false;
        last_ = id.integer(0) + 1;
        begun_ = false;
        NJ_RETURN_IF_ERROR(restart());
        db_->startStep();
        auto row = rows_.step();
        if (row.ok()) {
            if (*row) {
                last_ = rows_.integer(0);
                begun_ = true;
            }
            return row;
        }
        if (row.error().code != ErrorCode::kLimit)
            return row.error();
    }
}

}  // namespace nj::sqlite
