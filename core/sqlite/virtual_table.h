// Read-only virtual tables and aggregates in C++: typed base classes over SQLite's module interface. Tables are eponymous only,
// so that nothing of them ever enters a database file. Everything is called on the connection's thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "sqlite/database.h"

struct sqlite3_context;

namespace nj::sqlite {

// A value of a query, owned.
struct SqlValue {
    Statement::Type type = Statement::Type::kNull;
    int64_t integer = 0;
    double number = 0;
    std::string text;   // kText, kBlob
};

// Where one cell or a function's result goes. Set at most once; unset is NULL.
class Cell {
public:
    explicit Cell(sqlite3_context* context) : context_(context) {}
    void integer(int64_t value);
    // NaN becomes NULL: SQLite has none.
    void number(double value);
    void text(std::string_view value);
    // Without a copy: the bytes must live as long as the table.
    void lastingText(std::string_view value);
    void blob(std::string_view value);
    void set(const SqlValue& value);

private:
    sqlite3_context* const context_;
};

enum class Compare : uint8_t { kEqual, kLess, kLessEqual, kGreater, kGreaterEqual };

inline constexpr int kRowidColumn = -1;

// A condition of the query on a column; several values mean "one of them" (kEqual only).
struct Bound {
    int column = kRowidColumn;
    Compare compare = Compare::kEqual;
    std::vector<SqlValue> values;
};

struct SortTerm {
    int column = 0;
    bool descending = false;
};

class TableCursor {
public:
    virtual ~TableCursor() = default;
    // Begins a scan. Bounds are hints: SQLite checks every row again, so a row may be left out only when it fails a bound.
    // `order` is empty, or one that the table promised by sortsBy(): no hint, SQLite relies on it.
    virtual Status start(const std::vector<Bound>& bounds, const std::vector<SortTerm>& order) = 0;
    [[nodiscard]] virtual bool atEnd() const = 0;
    virtual Status next() = 0;
    virtual Status column(int column, Cell& cell) = 0;
    [[nodiscard]] virtual int64_t rowid() = 0;
};

struct VirtualColumn {
    std::string name;
    const char* type = "";   // declared affinity: "TEXT", "INTEGER", "REAL" or none
    bool hidden = false;
};

class VirtualTable {
public:
    virtual ~VirtualTable() = default;
    [[nodiscard]] virtual const std::vector<VirtualColumn>& columns() const = 0;
    [[nodiscard]] virtual double rowEstimate() const = 0;
    // The share of rows such a bound leaves, 1 = it can't use the bound.
    [[nodiscard]] virtual double selectivity(int column, Compare compare) const = 0;
    // It can give its rows in that order (BINARY collation, NULL first), which spares SQLite the sorting for ORDER BY and GROUP BY.
    // `used`: a bit for each column that the statement reads, bit 63 for all from there on.
    [[nodiscard]] virtual bool sortsBy(const std::vector<SortTerm>&, uint64_t used) const {
        static_cast<void>(used);
        return false;
    }
    virtual Result<std::unique_ptr<TableCursor>> open() = 0;
};

// The connection owns the table until it closes.
Status addTable(Database& db, const std::string& name, std::unique_ptr<VirtualTable> table);

class Aggregate {
public:
    virtual ~Aggregate() = default;
    // Error: ends the statement with its message.
    virtual Status step(const std::vector<SqlValue>& arguments) = 0;
    virtual void finish(Cell& cell) = 0;
};
using AggregateFactory = std::unique_ptr<Aggregate> (*)();
Status addAggregate(Database& db, const char* name, int arguments, AggregateFactory make);

}  // namespace nj::sqlite
