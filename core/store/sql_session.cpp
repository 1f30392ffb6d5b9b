#include "store/sql_session.h"

#include "sqlite/query_connection.h"
#include "store/sql_tables.h"

namespace nj::store {
namespace {

constexpr int kMaxValueBytes = 64 << 20;
constexpr int kOperationsBetweenChecks = 2'000;

sqlite::SqlValue cellOf(const sqlite::Statement& statement, int column) {
    sqlite::SqlValue value;
    value.type = statement.type(column);
    switch (value.type) {
    case sqlite::Statement::Type::kInteger:
        value.integer = statement.integer(column);
        value.number = static_cast<double>(value.integer);
        break;
    case sqlite::Statement::Type::kFloat: value.number = statement.number(column); break;
    case sqlite::Statement::Type::kText: value.text = statement.text(column); break;
    case sqlite::Statement::Type::kBlob: value.text = statement.blob(column); break;
    case sqlite::Statement::Type::kNull: break;
    }
    return value;
}

Error cancelled() { return makeError(ErrorCode::kCancelled, "the query was cancelled"); }

Status stream(SqlContext& context, std::string_view query, const SqlReceiver& receiver) {
    // The tables refer to `context`: the connection closes before it goes.
    NJ_ASSIGN(sqlite::Database db, sqlite::openQueryConnection(kMaxValueBytes));
    NJ_RETURN_IF_ERROR(addSqlTables(db, context));
    sqlite::lockQueryConnection(db);
    db.setProgressHandler(kOperationsBetweenChecks, [&] { return context.stop.stop_requested(); });
    int errorOffset = -1;
    auto prepared = sqlite::prepareQuery(db, query, &errorOffset);
    if (!prepared.ok() && errorOffset >= 0 && receiver.onErrorAt)
        receiver.onErrorAt(errorOffset);
    NJ_ASSIGN(sqlite::Statement statement, std::move(prepared));
    const int count = statement.columnCount();
    std::vector<std::string> columns;
    for (int i = 0; i < count; ++i)
        columns.push_back(statement.columnName(i));
    if (receiver.onColumns)
        receiver.onColumns(columns);
    while (true) {
        auto stepped = statement.step();
        if (!stepped.ok())
            return context.stop.stop_requested() ? cancelled() : stepped.error();
        if (!*stepped)
            return {};
        std::vector<sqlite::SqlValue> row;
        row.reserve(static_cast<size_t>(count));
        for (int i = 0; i < count; ++i)
            row.push_back(cellOf(statement, i));
        if (!receiver.onRow(row))
            return {};
        if (context.stop.stop_requested())
            return cancelled();
    }
}

}  // namespace

Status streamSql(CapsuleReader& reader, std::string_view query, const SqlReceiver& receiver, std::stop_token stop) {
    NJ_ASSIGN(auto snapshot, reader.snapshot());
    SqlContext context{reader, std::move(snapshot), std::move(stop)};
    return stream(context, query, receiver);
}

Result<SqlAnswer> runSql(CapsuleReader& reader, std::string_view query, const SqlCap& cap, std::stop_token stop) {
    NJ_ASSIGN(auto snapshot, reader.snapshot());
    SqlContext context{reader, std::move(snapshot), std::move(stop)};
    SqlAnswer answer;
    size_t bytes = 0;
    SqlReceiver receiver;
    receiver.onColumns = [&](const std::vector<std::string>& columns) { answer.columns = columns; };
    receiver.onRow = [&](const std::vector<sqlite::SqlValue>& row) {
        for (const sqlite::SqlValue& value : row)
            bytes += sizeof(value) + value.text.size();
        if (answer.rows.size() >= cap.rows || bytes > cap.bytes) {
            answer.truncated = true;
            return false;
        }
        answer.rows.push_back(row);
        return true;
    };
    NJ_RETURN_IF_ERROR(stream(context, query, receiver));
    answer.segmentsVisited = context.segmentsVisited;
    return answer;
}

}  // namespace nj::store
