#include "sqlite/untrusted_database.h"

#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <set>

#include "sqlite/descriptor_vfs.h"

namespace nj::sqlite {
namespace {

using Clock = std::chrono::steady_clock;

constexpr size_t kMaxTables = 2'000;
constexpr int kProgressSteps = 10'000;
constexpr std::array kFunctions = {"length", "typeof", "min", "max", "count", "substr"};

char lowered(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

bool sameName(std::string_view a, std::string_view b) {
    return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) { return lowered(x) == lowered(y); });
}

std::string lowerName(std::string_view name) {
    std::string out(name);
    std::transform(out.begin(), out.end(), out.begin(), lowered);
    return out;
}

// Magic, page size and fixed fractions, before SQLite sees a byte of it.
Status checkHeader(int fd) {
    std::array<unsigned char, 100> header{};
    const ssize_t n = ::pread(fd, header.data(), header.size(), 0);
    const std::string_view start(reinterpret_cast<const char*>(header.data()), kDatabaseMagic.size());
    if (n < static_cast<ssize_t>(kDatabaseMagic.size()) || start != kDatabaseMagic)
        return makeError(ErrorCode::kNotFound, "it is no SQLite database");
    if (n < static_cast<ssize_t>(header.size()))
        return makeError(ErrorCode::kMalformed, "the SQLite file ends inside its header");
    const unsigned size = header[16] * 256U + header[17];
    const bool pages = size == 1 || (size >= 512 && size <= 32768 && (size & (size - 1)) == 0);
    if (!pages || header[21] != 64 || header[22] != 32 || header[23] != 32)
        return makeError(ErrorCode::kMalformed, "the header of the SQLite file is damaged");
    return {};
}

Status harden(sqlite3* db, const UntrustedDatabase::Limits& limits) {
    sqlite3_extended_result_codes(db, 1);
    for (const auto& [option, value] : {std::pair{SQLITE_DBCONFIG_DEFENSIVE, 1}, {SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0}, {SQLITE_DBCONFIG_ENABLE_VIEW, 0}, {SQLITE_DBCONFIG_ENABLE_TRIGGER, 0},
                                        {SQLITE_DBCONFIG_WRITABLE_SCHEMA, 0}, {SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0}, {SQLITE_DBCONFIG_DQS_DML, 0}})
        if (sqlite3_db_config(db, option, value, nullptr) != SQLITE_OK)
            return makeError(ErrorCode::kInternal, sqlite3_errmsg(db));
    for (const auto& [limit, value] : {std::pair{SQLITE_LIMIT_LENGTH, limits.valueBytes}, {SQLITE_LIMIT_SQL_LENGTH, 200'000}, {SQLITE_LIMIT_COLUMN, 1'000}, {SQLITE_LIMIT_EXPR_DEPTH, 40},
                                       {SQLITE_LIMIT_COMPOUND_SELECT, 3}, {SQLITE_LIMIT_VDBE_OP, 25'000}, {SQLITE_LIMIT_FUNCTION_ARG, 8}, {SQLITE_LIMIT_ATTACHED, 0},
                                       {SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 50}, {SQLITE_LIMIT_VARIABLE_NUMBER, 10}, {SQLITE_LIMIT_TRIGGER_DEPTH, 1}, {SQLITE_LIMIT_WORKER_THREADS, 0}})
        sqlite3_limit(db, limit, value);
    return {};
}

}  // namespace

std::string quotedName(std::string_view name) {
    std::string out = "\"";
    for (const char c : name) {
        out += c;
        if (c == '"')
            out += c;
    }
    return out + '"';
}

std::string_view TableShape::column(std::string_view wanted) const {
    for (const TableColumn& column : columns)
        if (sameName(column.name, wanted))
            return column.name;
    return {};
}

Result<UntrustedDatabase> UntrustedDatabase::open(int fd, std::function<bool()> stop, const Limits& limits) {
    NJ_RETURN_IF_ERROR(checkHeader(fd));
    NJ_ASSIGN(const char* vfs, descriptorVfs());
    NJ_ASSIGN(Database db, Database::openThrough(vfs, descriptorName(fd)));
    NJ_RETURN_IF_ERROR(harden(db.handle(), limits));
    UntrustedDatabase out(std::move(db));
    out.watch_ = std::make_unique<Watch>(Watch{std::move(stop), limits.step});
    out.db_.setProgressHandler(kProgressSteps, [watch = out.watch_.get()] { return watch->over(); });
    out.startStep();
    NJ_RETURN_IF_ERROR(out.db_.execute("PRAGMA cell_size_check=ON; PRAGMA mmap_size=0; PRAGMA temp_store=MEMORY; PRAGMA automatic_index=OFF; PRAGMA query_only=ON; PRAGMA cache_size=-16384"));
    NJ_RETURN_IF_ERROR(out.readSchema());
    NJ_RETURN_IF_ERROR(out.lookForDamage(limits));
    out.lock();
    return out;
}

const TableShape* UntrustedDatabase::table(std::string_view name) const {
    for (const TableShape& shape : tables_)
        if (sameName(shape.name, name))
            return &shape;
    return nullptr;
}

uint64_t UntrustedDatabase::bytesRead() const { return sqlite::bytesRead(db_.handle()); }

bool UntrustedDatabase::stopped() const { return watch_->stop && watch_->stop(); }

void UntrustedDatabase::startStep() { watch_->end = Clock::now() + watch_->step; }

// Views, triggers and virtual tables (which have no root page) are left out, also where they bear the name of a tool's table.
Status UntrustedDatabase::readSchema() {
    NJ_ASSIGN(Statement rows, db_.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND rootpage > 0 AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY rowid"));
    while (true) {
        startStep();
        auto row = rows.step();
        if (!row.ok())
            return row.error();
        if (!*row)
            break;
        if (tables_.size() == kMaxTables)
            return makeError(ErrorCode::kLimit, "the SQLite file has more than 2,000 tables");
        tables_.push_back({std::string(rows.text(0)), {}});
    }
    for (TableShape& shape : tables_)
        NJ_RETURN_IF_ERROR(readColumns(shape));
    return {};
}

Status UntrustedDatabase::readColumns(TableShape& shape) {
    NJ_ASSIGN(Statement columns, db_.prepare("SELECT name, type FROM pragma_table_info(?1)"));
    columns.bind(1, shape.name);
    while (true) {
        startStep();
        NJ_ASSIGN(const bool row, columns.step());
        if (!row)
            return {};
        shape.columns.push_back({std::string(columns.text(0)), std::string(columns.text(1))});
    }
}

Status UntrustedDatabase::lookForDamage(const Limits& limits) {
    checkedWhole_ = limits.check.count() > 0;
    if (!checkedWhole_)
        return {};
    watch_->end = Clock::now() + limits.check;
    auto found = db_.queryText("PRAGMA quick_check(1)");
    if (!found.ok() && found.error().code == ErrorCode::kCancelled) {
        if (watch_->stop && watch_->stop())
            return found.error();
        checkedWhole_ = false;
    } else if (!found.ok()) {
        damage_ = found.error().message;
    } else if (*found != "ok") {
        damage_ = *found;
    }
    sqlite3_db_release_memory(db_.handle());   // what is read from here on counts as read
    return {};
}

void UntrustedDatabase::lock() {
    std::set<std::string> known;
    for (const TableShape& shape : tables_)
        known.insert(lowerName(shape.name));
    db_.setAuthorizer([known = std::move(known)](int action, const char* first, const char* second, const char*, const char*) {
        switch (action) {
        case SQLITE_SELECT: return true;
        case SQLITE_READ: return first != nullptr && known.count(lowerName(first)) > 0;
        case SQLITE_FUNCTION: return second != nullptr && std::any_of(kFunctions.begin(), kFunctions.end(), [&](const char* name) { return sameName(name, second); });
        default: return false;
        }
    });
}

Result<Statement> UntrustedDatabase::prepare(std::string_view sql) {
    startStep();
    return db_.prepare(sql);
}

}  // namespace nj::sqlite
