// SQL over the capsule's tables, and what tables and columns there are.
#include "query/capsule/questions.h"
#include "store/sql_session.h"

namespace nj::query {
namespace {

using Type = sqlite::Statement::Type;

SqlCell cellOf(const sqlite::SqlValue& value) {
    SqlCell cell;
    cell.integer = value.integer;
    cell.number = value.number;
    cell.text = value.text;
    switch (value.type) {
    case Type::kInteger: cell.type = SqlCell::Type::kInteger; break;
    case Type::kFloat: cell.type = SqlCell::Type::kNumber; break;
    case Type::kText: cell.type = SqlCell::Type::kText; break;
    case Type::kBlob: cell.type = SqlCell::Type::kBlob; break;
    case Type::kNull: break;
    }
    return cell;
}

}  // namespace

Status answerSql(QueryContext& context, const std::string& text, const SqlReceiver& receiver) {
    store::SqlReceiver inner;
    inner.onColumns = receiver.onColumns;
    inner.onErrorAt = receiver.onErrorAt;
    inner.onRow = [&](const std::vector<sqlite::SqlValue>& row) {
        std::vector<SqlCell> cells;
        cells.reserve(row.size());
        for (const sqlite::SqlValue& value : row)
            cells.push_back(cellOf(value));
        return receiver.onRow(std::move(cells));
    };
    return store::streamSql(context.reader(), text, inner, context.stop());
}

Result<std::vector<SqlTable>> answerSqlTables(QueryContext& context) {
    std::string text;
    for (const char* name : store::kSqlTableNames)
        text += std::string(text.empty() ? "" : " UNION ALL ") + "SELECT '" + name + "', name, type, hidden FROM pragma_table_xinfo('" + name + "')";
    std::vector<SqlTable> out;
    store::SqlReceiver receiver;
    receiver.onRow = [&](const std::vector<sqlite::SqlValue>& row) {
        if (out.empty() || out.back().name != row[0].text)
            out.push_back({row[0].text, {}});
        out.back().columns.push_back({row[1].text, row[2].text, row[3].integer != 0});
        return true;
    };
    NJ_RETURN_IF_ERROR(store::streamSql(context.reader(), text, receiver, context.stop()));
    return out;
}

}  // namespace nj::query
