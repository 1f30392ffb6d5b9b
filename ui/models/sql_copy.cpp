#include "models/sql_copy.h"

#include <QSaveFile>
#include <algorithm>
#include <functional>

#include "models/sql_result_model.h"

namespace nj::ui {
namespace {

constexpr qint64 kMostCopiedRows = 100'000, kMostCopiedCharacters = 32 << 20;

CopyForm formOf(const QString& path) {
    return path.endsWith(QLatin1String(".json")) ? CopyForm::kJson : path.endsWith(QLatin1String(".md")) ? CopyForm::kMarkdown : CopyForm::kCsv;
}

QStringList texts(const SqlRow& row) {
    QStringList cells;
    for (const query::SqlCell& cell : row)
        cells << sqlCellText(cell);
    return cells;
}

// Numbers are bare in JSON where the first rows have nothing but numbers in a column.
CopyTable headOf(const SqlResult& result, const QString& caption) {
    CopyTable head;
    head.caption = caption;
    head.columns = result.columns();
    head.numeric.fill(true, head.columns.size());
    const auto first = result.block(0);
    if (!first.ok() || first->rows.empty())
        return head;
    for (const SqlRow& row : first->rows)
        for (size_t c = 0; c < row.size(); ++c)
            if (row[c].type == query::SqlCell::Type::kText || row[c].type == query::SqlCell::Type::kBlob)
                head.numeric[static_cast<qsizetype>(c)] = false;
    return head;
}

Status writeAll(const SqlResult& result, const QString& caption, CopyForm form, const std::function<bool(const QString&)>& put, std::stop_token stop) {
    const CopyTable head = headOf(result, caption);
    bool first = true, open = put(copyHead(head, form));
    NJ_RETURN_IF_ERROR(result.forEach([&](const SqlRow& row) {
        open = open && put(copyRow(head, texts(row), form, first));
        first = false;
        return open && !stop.stop_requested();
    }));
    if (stop.stop_requested())
        return makeError(ErrorCode::kCancelled, "cancelled");
    return open && put(copyTail(form)) ? Status() : Status(makeError(ErrorCode::kIo, "not all of it could be written"));
}

}  // namespace

Result<QString> sqlRowsText(const SqlResult& result, const QString& caption, CopyForm form, const std::vector<std::pair<qint64, qint64>>& wanted, std::stop_token stop) {
    const CopyTable head = headOf(result, caption);
    QString text = copyHead(head, form);
    qint64 row = 0, taken = 0;
    const auto inside = [&](qint64 r) { return wanted.empty() || std::any_of(wanted.begin(), wanted.end(), [r](const auto& part) { return r >= part.first && r <= part.second; }); };
    NJ_RETURN_IF_ERROR(result.forEach([&](const SqlRow& one) {
        if (inside(row++))
            text += copyRow(head, texts(one), form, taken++ == 0);
        return taken < kMostCopiedRows && text.size() < kMostCopiedCharacters && !stop.stop_requested();
    }));
    return text + copyTail(form);
}

Status saveSqlRows(const SqlResult& result, const QString& caption, const QString& path, std::stop_token stop) {
    QSaveFile file(path);
    if (!file.open(QIODevice::WriteOnly))
        return makeError(ErrorCode::kIo, "cannot write " + path.toStdString() + ": " + file.errorString().toStdString());
    NJ_RETURN_IF_ERROR(writeAll(result, caption, formOf(path), [&](const QString& text) { return file.write(text.toUtf8()) >= 0; }, stop));
    return file.commit() ? Status() : Status(makeError(ErrorCode::kIo, "cannot write " + path.toStdString()));
}

}  // namespace nj::ui
