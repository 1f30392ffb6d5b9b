#include "sqlite/virtual_table.h"

#include <sqlite3.h>

#include <algorithm>
#include <cstdlib>
#include <new>
#include <utility>

namespace nj::sqlite {
namespace {

struct TableHandle {
    sqlite3_vtab base;   // first, as SQLite wants
    VirtualTable* table;
};

struct CursorHandle {
    sqlite3_vtab_cursor base;
    std::unique_ptr<TableCursor> cursor;
};

int fail(sqlite3_vtab* table, const Error& error) {
    sqlite3_free(table->zErrMsg);
    table->zErrMsg = sqlite3_mprintf("%s", error.message.c_str());
    return error.code == ErrorCode::kCancelled ? SQLITE_INTERRUPT : SQLITE_ERROR;
}

SqlValue valueOf(sqlite3_value* value) {
    SqlValue out;
    switch (sqlite3_value_type(value)) {
    case SQLITE_INTEGER:
        out.type = Statement::Type::kInteger;
        out.integer = sqlite3_value_int64(value);
        out.number = static_cast<double>(out.integer);
        break;
    case SQLITE_FLOAT:
        out.type = Statement::Type::kFloat;
        out.number = sqlite3_value_double(value);
        break;
    case SQLITE_TEXT:
    case SQLITE_BLOB: {
        out.type = sqlite3_value_type(value) == SQLITE_TEXT ? Statement::Type::kText : Statement::Type::kBlob;
        const auto* bytes = static_cast<const char*>(sqlite3_value_blob(value));
        out.text.assign(bytes ? bytes : "", static_cast<size_t>(sqlite3_value_bytes(value)));
        break;
    }
    default: break;
    }
    return out;
}

std::string quoted(const std::string& name) {
    std::string out = "\"";
    for (const char c : name)
        out += c == '"' ? "\"\"" : std::string(1, c);
    return out + "\"";
}

int connect(sqlite3* db, void* aux, int, const char* const*, sqlite3_vtab** out, char** error) {
    auto* table = static_cast<VirtualTable*>(aux);
    std::string sql = "CREATE TABLE t(";
    for (const VirtualColumn& column : table->columns())
        sql += (sql.back() == '(' ? "" : ",") + quoted(column.name) + " " + column.type + (column.hidden ? " HIDDEN" : "");
    if (const int rc = sqlite3_declare_vtab(db, (sql + ")").c_str()); rc != SQLITE_OK) {
        *error = sqlite3_mprintf("%s", sqlite3_errmsg(db));
        return rc;
    }
    auto* handle = new (std::nothrow) TableHandle{};
    if (!handle)
        return SQLITE_NOMEM;
    handle->table = table;
    *out = &handle->base;
    return SQLITE_OK;
}

int disconnect(sqlite3_vtab* base) {
    delete reinterpret_cast<TableHandle*>(base);
    return SQLITE_OK;
}

bool compareOf(unsigned char op, Compare& compare) {
    switch (op) {
    case SQLITE_INDEX_CONSTRAINT_EQ: compare = Compare::kEqual; return true;
    case SQLITE_INDEX_CONSTRAINT_LT: compare = Compare::kLess; return true;
    case SQLITE_INDEX_CONSTRAINT_LE: compare = Compare::kLessEqual; return true;
    case SQLITE_INDEX_CONSTRAINT_GT: compare = Compare::kGreater; return true;
    case SQLITE_INDEX_CONSTRAINT_GE: compare = Compare::kGreaterEqual; return true;
    default: return false;
    }
}

// The plan travels to xFilter as text: "column:compare:in;" for each argument, then "|column:descending;" for each sort term.
int bestIndex(sqlite3_vtab* base, sqlite3_index_info* info) {
    const VirtualTable& table = *reinterpret_cast<TableHandle*>(base)->table;
    double rows = std::max(1.0, table.rowEstimate());
    std::string plan;
    int arguments = 0;
    for (int i = 0; i < info->nConstraint; ++i) {
        const auto& constraint = info->aConstraint[i];
        Compare compare{};
        if (!constraint.usable || !compareOf(constraint.op, compare))
            continue;
        // A bound under another collation (NOCASE) would leave out rows that match.
        if (const char* collation = sqlite3_vtab_collation(info, i); collation && std::string_view(collation) != "BINARY")
            continue;
        const double share = table.selectivity(constraint.iColumn, compare);
        if (share >= 1)
            continue;
        const bool isIn = compare == Compare::kEqual && sqlite3_vtab_in(info, i, -1) != 0;
        if (isIn)
            sqlite3_vtab_in(info, i, 1);
        info->aConstraintUsage[i].argvIndex = ++arguments;
        rows = std::max(1.0, rows * share);
        plan += std::to_string(constraint.iColumn) + ":" + std::to_string(static_cast<int>(compare)) + (isIn ? ":1;" : ":0;");
    }
    std::vector<SortTerm> order;
    for (int i = 0; i < info->nOrderBy; ++i)
        order.push_back({info->aOrderBy[i].iColumn, info->aOrderBy[i].desc != 0});
    if (!order.empty() && table.sortsBy(order, info->colUsed)) {
        info->orderByConsumed = 1;
        plan += "|";
        for (const SortTerm& term : order)
            plan += std::to_string(term.column) + (term.descending ? ":1;" : ":0;");
    }
    info->estimatedCost = rows * 2 + 10;
    info->estimatedRows = static_cast<sqlite3_int64>(rows);
    info->idxStr = sqlite3_mprintf("%s", plan.c_str());
    info->needToFreeIdxStr = 1;
    return info->idxStr ? SQLITE_OK : SQLITE_NOMEM;
}

int openCursor(sqlite3_vtab* base, sqlite3_vtab_cursor** out) {
    auto cursor = reinterpret_cast<TableHandle*>(base)->table->open();
    if (!cursor.ok())
        return fail(base, cursor.error());
    auto* handle = new (std::nothrow) CursorHandle{};
    if (!handle)
        return SQLITE_NOMEM;
    handle->cursor = std::move(*cursor);
    *out = &handle->base;
    return SQLITE_OK;
}

int closeCursor(sqlite3_vtab_cursor* base) {
    delete reinterpret_cast<CursorHandle*>(base);
    return SQLITE_OK;
}

TableCursor& cursorOf(sqlite3_vtab_cursor* base) { return *reinterpret_cast<CursorHandle*>(base)->cursor; }

int filter(sqlite3_vtab_cursor* base, int, const char* plan, int argc, sqlite3_value** argv) {
    std::vector<Bound> bounds;
    std::vector<SortTerm> order;
    for (int i = 0; i < argc && *plan; ++i) {
        Bound bound;
        char* rest = nullptr;
        bound.column = static_cast<int>(std::strtol(plan, &rest, 10));
        bound.compare = static_cast<Compare>(std::strtol(rest + 1, &rest, 10));
        const bool isIn = std::strtol(rest + 1, &rest, 10) != 0;
        plan = rest + 1;
        if (isIn) {
            sqlite3_value* value = nullptr;
            for (int rc = sqlite3_vtab_in_first(argv[i], &value); rc == SQLITE_OK && value; rc = sqlite3_vtab_in_next(argv[i], &value))
                bound.values.push_back(valueOf(value));
        } else {
            bound.values.push_back(valueOf(argv[i]));
        }
        bounds.push_back(std::move(bound));
    }
    for (plan += *plan == '|' ? 1 : 0; *plan;) {
        SortTerm term;
        char* rest = nullptr;
        term.column = static_cast<int>(std::strtol(plan, &rest, 10));
        term.descending = std::strtol(rest + 1, &rest, 10) != 0;
        plan = rest + 1;
        order.push_back(term);
    }
    const Status status = cursorOf(base).start(bounds, order);
    return status.ok() ? SQLITE_OK : fail(base->pVtab, status.error());
}

int nextRow(sqlite3_vtab_cursor* base) {
    const Status status = cursorOf(base).next();
    return status.ok() ? SQLITE_OK : fail(base->pVtab, status.error());
}

int atEnd(sqlite3_vtab_cursor* base) { return cursorOf(base).atEnd() ? 1 : 0; }

int columnOf(sqlite3_vtab_cursor* base, sqlite3_context* context, int column) {
    Cell cell(context);
    const Status status = cursorOf(base).column(column, cell);
    return status.ok() ? SQLITE_OK : fail(base->pVtab, status.error());
}

int rowidOf(sqlite3_vtab_cursor* base, sqlite3_int64* out) {
    *out = cursorOf(base).rowid();
    return SQLITE_OK;
}

const sqlite3_module& module() {
    static const sqlite3_module kModule = [] {
        sqlite3_module m{};
        m.iVersion = 1;
        // Without xCreate the table exists under its own name only and can't be stored in a schema.
        m.xConnect = &connect;
        m.xDisconnect = &disconnect;
        m.xBestIndex = &bestIndex;
        m.xOpen = &openCursor;
        m.xClose = &closeCursor;
        m.xFilter = &filter;
        m.xNext = &nextRow;
        m.xEof = &atEnd;
        m.xColumn = &columnOf;
        m.xRowid = &rowidOf;
        return m;
    }();
    return kModule;
}

Aggregate** aggregateSlot(sqlite3_context* context, bool make) {
    auto** slot = static_cast<Aggregate**>(sqlite3_aggregate_context(context, make ? sizeof(Aggregate*) : 0));
    if (slot && !*slot && make)
        *slot = reinterpret_cast<AggregateFactory>(sqlite3_user_data(context))().release();
    return slot;
}

void aggregateStep(sqlite3_context* context, int argc, sqlite3_value** argv) {
    Aggregate** slot = aggregateSlot(context, true);
    if (!slot)
        return sqlite3_result_error_nomem(context);
    std::vector<SqlValue> arguments;
    arguments.reserve(static_cast<size_t>(argc));
    for (int i = 0; i < argc; ++i)
        arguments.push_back(valueOf(argv[i]));
    const Status status = (*slot)->step(arguments);
    if (!status.ok())
        sqlite3_result_error(context, status.error().message.c_str(), -1);
}

void aggregateFinal(sqlite3_context* context) {
    Aggregate** slot = aggregateSlot(context, false);
    if (!slot || !*slot)
        return;
    Cell cell(context);
    (*slot)->finish(cell);
    delete *slot;
    *slot = nullptr;
}

Status statusOf(Database& db, int rc) {
    if (rc == SQLITE_OK)
        return {};
    return makeError(ErrorCode::kInternal, sqlite3_errmsg(db.handle()));
}

}  // namespace

void Cell::integer(int64_t value) { sqlite3_result_int64(context_, value); }
void Cell::number(double value) { sqlite3_result_double(context_, value); }
void Cell::text(std::string_view value) { sqlite3_result_text64(context_, value.data() ? value.data() : "", value.size(), SQLITE_TRANSIENT, SQLITE_UTF8); }
void Cell::lastingText(std::string_view value) { sqlite3_result_text64(context_, value.data() ? value.data() : "", value.size(), SQLITE_STATIC, SQLITE_UTF8); }
void Cell::blob(std::string_view value) { sqlite3_result_blob64(context_, value.data() ? value.data() : "", value.size(), SQLITE_TRANSIENT); }

void Cell::set(const SqlValue& value) {
    switch (value.type) {
    case Statement::Type::kInteger: return integer(value.integer);
    case Statement::Type::kFloat: return number(value.number);
    case Statement::Type::kText: return text(value.text);
    case Statement::Type::kBlob: return blob(value.text);
    case Statement::Type::kNull: return;
    }
}

Status addTable(Database& db, const std::string& name, std::unique_ptr<VirtualTable> table) {
    // On failure SQLite calls the destructor as well.
    NJ_RETURN_IF_ERROR(statusOf(db, sqlite3_create_module_v2(db.handle(), name.c_str(), &module(), table.release(), [](void* t) { delete static_cast<VirtualTable*>(t); })));
    // Connects it now: declaring its columns is an action that a locked connection forbids.
    const auto connected = db.prepare("SELECT 1 FROM " + quoted(name));
    return connected.ok() ? Status() : Status(connected.error());
}

Status addAggregate(Database& db, const char* name, int arguments, AggregateFactory make) {
    return statusOf(db, sqlite3_create_function_v2(db.handle(), name, arguments, SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS, reinterpret_cast<void*>(make), nullptr,
                                                   &aggregateStep, &aggregateFinal, nullptr));
}

}  // namespace nj::sqlite
