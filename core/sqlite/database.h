// RAII over SQLite: the only room that includes sqlite3.h. A Database and everything made from it belong to one thread at a time
// (interrupt() excepted). Statements and blobs must not outlive their database. Errors are Result; nothing throws.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

struct sqlite3;
struct sqlite3_stmt;
struct sqlite3_blob;

namespace nj::sqlite {

enum class OpenMode : uint8_t { kReadOnly, kReadWrite, kCreate };

class Database;

// A prepared statement. Bound and read by zero-based column, one-based parameter as in SQL.
class Statement {
public:
    Statement() = default;
    Statement(Statement&& other) noexcept;
    Statement& operator=(Statement&& other) noexcept;
    ~Statement();

    Statement& bind(int parameter, int64_t value);
    Statement& bind(int parameter, int value) { return bind(parameter, static_cast<int64_t>(value)); }
    Statement& bind(int parameter, uint32_t value) { return bind(parameter, static_cast<int64_t>(value)); }
    Statement& bind(int parameter, uint64_t value) { return bind(parameter, static_cast<int64_t>(value)); }
    Statement& bind(int parameter, double value);
    // Text and blobs are copied.
    Statement& bind(int parameter, std::string_view text);
    Statement& bind(int parameter, const std::string& text) { return bind(parameter, std::string_view(text)); }
    Statement& bind(int parameter, const char* text) { return bind(parameter, std::string_view(text)); }
    Statement& bindBlob(int parameter, std::string_view bytes);
    // The bytes must live until the next reset or bind.
    Statement& bindBlobStatic(int parameter, std::string_view bytes);
    Statement& bindNull(int parameter);

    // True: a row is there; false: done.
    Result<bool> step();
    // Steps to the end, then resets: for statements without rows.
    Status run();
    // Also forgets the bindings.
    void reset();

    [[nodiscard]] int columnCount() const;
    [[nodiscard]] std::string columnName(int column) const;
    [[nodiscard]] int64_t integer(int column) const;
    [[nodiscard]] double number(int column) const;
    [[nodiscard]] bool isNull(int column) const;
    enum class Type : uint8_t { kInteger, kFloat, kText, kBlob, kNull };
    [[nodiscard]] Type type(int column) const;
    // Valid until the next step or reset.
    [[nodiscard]] std::string_view text(int column) const;
    [[nodiscard]] std::string_view blob(int column) const;

private:
    friend class Database;
    Statement(sqlite3* db, sqlite3_stmt* stmt) : db_(db), stmt_(stmt) {}
    sqlite3* db_ = nullptr;
    sqlite3_stmt* stmt_ = nullptr;
};

// Incremental reads of one blob; holds a read transaction while it lives.
class Blob {
public:
    Blob(Blob&& other) noexcept;
    Blob& operator=(Blob&& other) noexcept;
    ~Blob();
    [[nodiscard]] size_t size() const;
    // Exactly `length` bytes at `offset`; a range outside the blob is an Error.
    Status read(size_t offset, size_t length, char* out) const;

private:
    friend class Database;
    Blob(sqlite3* db, sqlite3_blob* blob) : db_(db), blob_(blob) {}
    sqlite3* db_ = nullptr;
    sqlite3_blob* blob_ = nullptr;
};

class Database {
public:
    // Hardened before any other SQL: DEFENSIVE, no trusted schema, no triggers, no views, no extensions; busy timeout 2 s.
    static Result<Database> open(const std::string& path, OpenMode mode);
    // Read-only through a file system registered with SQLite, by its name.
    static Result<Database> openThrough(const char* vfs, const std::string& name);
    Database(Database&& other) noexcept;
    Database& operator=(Database&& other) noexcept;
    ~Database();

    Result<Statement> prepare(std::string_view sql);
    // All statements of the text.
    Status execute(const std::string& sql);
    // First column of the first row; kNotFound without a row.
    Result<int64_t> queryInteger(const std::string& sql);
    Result<std::string> queryText(const std::string& sql);
    Result<Blob> openBlob(const std::string& table, const std::string& column, int64_t rowid);

    // Called about every `operations` VM steps; returning true ends the running statement with kCancelled. Empty: none.
    void setProgressHandler(int operations, std::function<bool()> handler);
    // Called while a statement is prepared, with SQLite's action code and up to four names; false forbids it. Empty: none.
    using Authorizer = std::function<bool(int action, const char* first, const char* second, const char* database, const char* trigger)>;
    void setAuthorizer(Authorizer authorizer);
    // Ends the running statement; from any thread.
    void interrupt();
    [[nodiscard]] int64_t lastInsertRowid() const;
    [[nodiscard]] int64_t changes() const;
    // Frames in the WAL and how many were checkpointed. mode: "PASSIVE", "RESTART", "TRUNCATE".
    struct Checkpoint { int frames = 0; int moved = 0; };
    Result<Checkpoint> checkpoint(const char* mode);
    // For the rooms that add tables of their own; no other header of SQLite is needed by callers of this class.
    [[nodiscard]] sqlite3* handle() const { return db_; }

private:
    struct Hooks;
    explicit Database(sqlite3* db);
    sqlite3* db_ = nullptr;
    std::unique_ptr<Hooks> hooks_;
};

// BEGIN IMMEDIATE (or a read transaction) that rolls back unless commit() succeeded.
class Transaction {
public:
    static Result<Transaction> begin(Database& db, bool write = true);
    Transaction(Transaction&& other) noexcept : db_(other.db_) { other.db_ = nullptr; }
    Transaction& operator=(Transaction&&) = delete;
    ~Transaction();
    Status commit();

private:
    explicit Transaction(Database& db) : db_(&db) {}
    Database* db_;
};

}  // namespace nj::sqlite
