#include "sqlite/database.h"

#include <sqlite3.h>

#include <limits>
#include <utility>

#include "sqlite/super_journal.h"

namespace nj::sqlite {
namespace {

constexpr int kBusyTimeoutMs = 2000;
constexpr int kMaxBlobBytes = 80 << 20;   // above the 64 MiB that the store allows itself

ErrorCode codeOf(int rc) {
    switch (rc & 0xff) {
    case SQLITE_NOTADB: return ErrorCode::kNotACapsule;
    case SQLITE_CORRUPT: return ErrorCode::kMalformed;
    case SQLITE_FULL: return ErrorCode::kDiskFull;
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return ErrorCode::kBusy;
    case SQLITE_READONLY: return ErrorCode::kReadOnly;
    case SQLITE_INTERRUPT: return ErrorCode::kCancelled;
    case SQLITE_TOOBIG: return ErrorCode::kLimit;
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN: return ErrorCode::kIo;
    case SQLITE_ERROR:
    case SQLITE_AUTH: return ErrorCode::kInvalidArgument;
    default: return ErrorCode::kInternal;
    }
}

Error errorOf(sqlite3* db, int rc) {
    return makeError(codeOf(rc), db != nullptr ? sqlite3_errmsg(db) : sqlite3_errstr(rc));
}

Status harden(sqlite3* db) {
    sqlite3_extended_result_codes(db, 1);
    sqlite3_busy_timeout(db, kBusyTimeoutMs);
    const std::pair<int, int> settings[] = {{SQLITE_DBCONFIG_DEFENSIVE, 1},      {SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0},
                                            {SQLITE_DBCONFIG_ENABLE_VIEW, 0},    {SQLITE_DBCONFIG_ENABLE_TRIGGER, 0},
                                            {SQLITE_DBCONFIG_WRITABLE_SCHEMA, 0}, {SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0}};
    for (const auto& [option, value] : settings)
        if (const int rc = sqlite3_db_config(db, option, value, nullptr); rc != SQLITE_OK)
            return errorOf(db, rc);
    sqlite3_limit(db, SQLITE_LIMIT_LENGTH, kMaxBlobBytes);
    sqlite3_limit(db, SQLITE_LIMIT_ATTACHED, 2);
    sqlite3_limit(db, SQLITE_LIMIT_TRIGGER_DEPTH, 1);
    sqlite3_limit(db, SQLITE_LIMIT_WORKER_THREADS, 0);
    return {};
}

}  // namespace

struct Database::Hooks {
    std::function<bool()> progress;
    Authorizer authorizer;
};

Database::Database(sqlite3* db) : db_(db), hooks_(std::make_unique<Hooks>()) {}
Database::Database(Database&& other) noexcept : db_(std::exchange(other.db_, nullptr)), hooks_(std::move(other.hooks_)) {}
Database& Database::operator=(Database&& other) noexcept {
    std::swap(db_, other.db_);
    std::swap(hooks_, other.hooks_);
    return *this;
}
Database::~Database() {
    if (db_ != nullptr)
        sqlite3_close_v2(db_);
}

Result<Database> Database::open(const std::string& path, OpenMode mode) {
    if (mode != OpenMode::kReadOnly && namesSuperJournal(path + "-journal"))
        return makeError(ErrorCode::kMalformed, path + "-journal names another file, which would be deleted when this one is opened. Nightjar never leaves such a journal: it was put "
                                                       "there. Move it away to open the file.");
    int flags = SQLITE_OPEN_NOMUTEX;
    flags |= mode == OpenMode::kReadOnly ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
    flags |= mode == OpenMode::kCreate ? SQLITE_OPEN_CREATE : 0;
    sqlite3* handle = nullptr;
    const int rc = sqlite3_open_v2(path.c_str(), &handle, flags, nullptr);
    Database db(handle);
    if (rc != SQLITE_OK)
        return errorOf(handle, rc);
    NJ_RETURN_IF_ERROR(harden(handle));
    NJ_RETURN_IF_ERROR(db.execute("PRAGMA cell_size_check=ON; PRAGMA mmap_size=0; PRAGMA temp_store=MEMORY"));
    return db;
}

Result<Database> Database::openThrough(const char* vfs, const std::string& name) {
    sqlite3* handle = nullptr;
    const int rc = sqlite3_open_v2(name.c_str(), &handle, SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_READONLY, vfs);
    Database db(handle);
    if (rc != SQLITE_OK)
        return errorOf(handle, rc);
    NJ_RETURN_IF_ERROR(harden(handle));
    return db;
}

Result<Statement> Database::prepare(std::string_view sql) {
    sqlite3_stmt* stmt = nullptr;
    if (sql.size() > static_cast<size_t>(std::numeric_limits<int>::max()))
        return makeError(ErrorCode::kLimit, "the SQL text is too long");
    const int rc = sqlite3_prepare_v2(db_, sql.data(), static_cast<int>(sql.size()), &stmt, nullptr);
    if (rc != SQLITE_OK)
        return errorOf(db_, rc);
    return Statement(db_, stmt);
}

Status Database::execute(const std::string& sql) {
    const int rc = sqlite3_exec(db_, sql.c_str(), nullptr, nullptr, nullptr);
    if (rc != SQLITE_OK)
        return errorOf(db_, rc);
    return {};
}

Result<int64_t> Database::queryInteger(const std::string& sql) {
    NJ_ASSIGN(Statement statement, prepare(sql));
    NJ_ASSIGN(const bool row, statement.step());
    if (!row)
        return makeError(ErrorCode::kNotFound, "no row: " + sql);
    return statement.integer(0);
}

Result<std::string> Database::queryText(const std::string& sql) {
    NJ_ASSIGN(Statement statement, prepare(sql));
    NJ_ASSIGN(const bool row, statement.step());
    if (!row)
        return makeError(ErrorCode::kNotFound, "no row: " + sql);
    return std::string(statement.text(0));
}

Result<Blob> Database::openBlob(const std::string& table, const std::string& column, int64_t rowid) {
    sqlite3_blob* blob = nullptr;
    const int rc = sqlite3_blob_open(db_, "main", table.c_str(), column.c_str(), rowid, 0, &blob);
    if (rc != SQLITE_OK) {
        sqlite3_blob_close(blob);
        return (rc & 0xff) == SQLITE_ERROR ? makeError(ErrorCode::kNotFound, sqlite3_errmsg(db_)) : errorOf(db_, rc);
    }
    return Blob(db_, blob);
}

void Database::setProgressHandler(int operations, std::function<bool()> handler) {
    hooks_->progress = std::move(handler);
    if (!hooks_->progress) {
        sqlite3_progress_handler(db_, 0, nullptr, nullptr);
        return;
    }
    sqlite3_progress_handler(
        db_, operations, [](void* hooks) { return static_cast<Hooks*>(hooks)->progress() ? 1 : 0; }, hooks_.get());
}

void Database::setAuthorizer(Authorizer authorizer) {
    hooks_->authorizer = std::move(authorizer);
    if (!hooks_->authorizer) {
        sqlite3_set_authorizer(db_, nullptr, nullptr);
        return;
    }
    sqlite3_set_authorizer(
        db_,
        [](void* hooks, int action, const char* a, const char* b, const char* database, const char* trigger) {
            return static_cast<Hooks*>(hooks)->authorizer(action, a, b, database, trigger) ? SQLITE_OK : SQLITE_DENY;
        },
        hooks_.get());
}

void Database::interrupt() { sqlite3_interrupt(db_); }
int64_t Database::lastInsertRowid() const { return sqlite3_last_insert_rowid(db_); }
int64_t Database::changes() const { return sqlite3_changes64(db_); }

Result<Database::Checkpoint> Database::checkpoint(const char* mode) {
    const std::string_view name(mode);
    const int kind = name == "TRUNCATE" ? SQLITE_CHECKPOINT_TRUNCATE : name == "RESTART" ? SQLITE_CHECKPOINT_RESTART : SQLITE_CHECKPOINT_PASSIVE;
    Checkpoint result;
    const int rc = sqlite3_wal_checkpoint_v2(db_, "main", kind, &result.frames, &result.moved);
    if (rc != SQLITE_OK)
        return errorOf(db_, rc);
    return result;
}

Statement::Statement(Statement&& other) noexcept : db_(other.db_), stmt_(std::exchange(other.stmt_, nullptr)) {}
Statement& Statement::operator=(Statement&& other) noexcept {
    std::swap(db_, other.db_);
    std::swap(stmt_, other.stmt_);
    return *this;
}
Statement::~Statement() { sqlite3_finalize(stmt_); }

Statement& Statement::bind(int parameter, int64_t value) {
    sqlite3_bind_int64(stmt_, parameter, value);
    return *this;
}
Statement& Statement::bind(int parameter, double value) {
    sqlite3_bind_double(stmt_, parameter, value);
    return *this;
}
Statement& Statement::bind(int parameter, std::string_view text) {
    sqlite3_bind_text64(stmt_, parameter, text.data() != nullptr ? text.data() : "", text.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
    return *this;
}
Statement& Statement::bindBlob(int parameter, std::string_view bytes) {
    sqlite3_bind_blob64(stmt_, parameter, bytes.data() != nullptr ? bytes.data() : "", bytes.size(), SQLITE_TRANSIENT);
    return *this;
}
Statement& Statement::bindBlobStatic(int parameter, std::string_view bytes) {
    sqlite3_bind_blob64(stmt_, parameter, bytes.data() != nullptr ? bytes.data() : "", bytes.size(), SQLITE_STATIC);
    return *this;
}
Statement& Statement::bindNull(int parameter) {
    sqlite3_bind_null(stmt_, parameter);
    return *this;
}

Result<bool> Statement::step() {
    const int rc = sqlite3_step(stmt_);
    if (rc == SQLITE_ROW)
        return true;
    if (rc == SQLITE_DONE)
        return false;
    const Error error = errorOf(db_, rc);
    sqlite3_reset(stmt_);
    return error;
}

Status Statement::run() {
    for (;;) {
        NJ_ASSIGN(const bool row, step());
        if (!row)
            break;
    }
    reset();
    return {};
}

void Statement::reset() {
    sqlite3_reset(stmt_);
    sqlite3_clear_bindings(stmt_);
}

int Statement::columnCount() const { return sqlite3_column_count(stmt_); }
std::string Statement::columnName(int column) const {
    const char* name = sqlite3_column_name(stmt_, column);
    return name != nullptr ? name : "";
}
int64_t Statement::integer(int column) const { return sqlite3_column_int64(stmt_, column); }
double Statement::number(int column) const { return sqlite3_column_double(stmt_, column); }
bool Statement::isNull(int column) const { return sqlite3_column_type(stmt_, column) == SQLITE_NULL; }
Statement::Type Statement::type(int column) const {
    switch (sqlite3_column_type(stmt_, column)) {
    case SQLITE_INTEGER: return Type::kInteger;
    case SQLITE_FLOAT: return Type::kFloat;
    case SQLITE_TEXT: return Type::kText;
    case SQLITE_BLOB: return Type::kBlob;
    default: return Type::kNull;
    }
}
std::string_view Statement::text(int column) const {
    const auto* bytes = reinterpret_cast<const char*>(sqlite3_column_text(stmt_, column));
    return bytes == nullptr ? std::string_view() : std::string_view(bytes, static_cast<size_t>(sqlite3_column_bytes(stmt_, column)));
}
std::string_view Statement::blob(int column) const {
    const auto* bytes = static_cast<const char*>(sqlite3_column_blob(stmt_, column));
    return bytes == nullptr ? std::string_view() : std::string_view(bytes, static_cast<size_t>(sqlite3_column_bytes(stmt_, column)));
}

Blob::Blob(Blob&& other) noexcept : db_(other.db_), blob_(std::exchange(other.blob_, nullptr)) {}
Blob& Blob::operator=(Blob&& other) noexcept {
    std::swap(db_, other.db_);
    std::swap(blob_, other.blob_);
    return *this;
}
Blob::~Blob() { sqlite3_blob_close(blob_); }
size_t Blob::size() const { return static_cast<size_t>(sqlite3_blob_bytes(blob_)); }
Status Blob::read(size_t offset, size_t length, char* out) const {
    if (offset > size() || length > size() - offset)
        return makeError(ErrorCode::kMalformed, "a stored column is shorter than its directory says");
    const int rc = sqlite3_blob_read(blob_, out, static_cast<int>(length), static_cast<int>(offset));
    if (rc != SQLITE_OK)
        return errorOf(db_, rc);
    return {};
}

Result<Transaction> Transaction::begin(Database& db, bool write) {
    NJ_RETURN_IF_ERROR(db.execute(write ? "BEGIN IMMEDIATE" : "BEGIN"));
    return Transaction(db);
}
Transaction::~Transaction() {
    if (db_ != nullptr)
        (void)db_->execute("ROLLBACK");
}
Status Transaction::commit() {
    NJ_RETURN_IF_ERROR(db_->execute("COMMIT"));
    db_ = nullptr;
    return {};
}

}  // namespace nj::sqlite
