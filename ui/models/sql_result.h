// The rows of one SQL query: written by the query's thread, read in blocks by any. They lie in a temporary file, so that memory stays bounded
// however many there are; a row is as the query gave it. Thread-safe; the file goes with the last owner.
#pragma once

#include <QStringList>
#include <QTemporaryFile>
#include <QVector>
#include <atomic>
#include <functional>
#include <mutex>
#include <vector>

#include "base/result.h"
#include "query/sql.h"

namespace nj::ui {

using SqlRow = std::vector<query::SqlCell>;

struct SqlBlock {
    qint64 first = 0;
    std::vector<SqlRow> rows;
};

class SqlResult {
public:
    static constexpr qint64 kMostBytes = qint64{8} << 30;   // of the file; then the query ends, and says so

    // ---- the query's thread
    void setColumns(const std::vector<std::string>& columns);
    // False: the file is full; why() says it.
    bool append(const SqlRow& row);

    // ---- any thread
    [[nodiscard]] bool hasColumns() const { return columnsKnown_.load(std::memory_order_acquire); }
    // Fixed once hasColumns().
    [[nodiscard]] const QStringList& columns() const { return columns_; }
    [[nodiscard]] qint64 rows() const { return rows_.load(std::memory_order_acquire); }
    [[nodiscard]] QString why() const;
    // The block that holds a row; empty past the end. A block is at most kBlockRows rows or a megabyte and one row.
    [[nodiscard]] Result<SqlBlock> block(qint64 row) const;
    // From the first row on until false. Errors: the file.
    Status forEach(const std::function<bool(const SqlRow& row)>& visit) const;

private:
    static constexpr qint64 kBlockRows = 128;
    static constexpr qint64 kBlockBytes = 1 << 20, kWriteBytes = 256 << 10;
    struct Place {
        qint64 row, offset;
    };
    bool write();
    [[nodiscard]] Result<SqlBlock> readBlock(size_t index) const;

    QStringList columns_;
    std::atomic<bool> columnsKnown_{false};
    std::atomic<qint64> rows_{0};
    mutable std::mutex mutex_;          // guards what follows
    mutable QTemporaryFile file_;
    QByteArray tail_;                   // not yet in the file
    qint64 written_ = 0;
    std::vector<Place> blocks_;
    QString why_;
};

// As a person reads it, whole: numbers shortest, blobs as x'…', NULL as "".
QString sqlCellText(const query::SqlCell& cell);

}  // namespace nj::ui
