// Rows of an SQL result as text: part of them for the clipboard, all of them into a file. Any thread; reads the result block by block.
#pragma once

#include <QString>
#include <stop_token>
#include <utility>
#include <vector>

#include "models/sql_result.h"
#include "state/copy_text.h"

namespace nj::ui {

// The rows in the given stretches [first, last], ascending; none = all. At most 100,000 rows and 32 M characters.
Result<QString> sqlRowsText(const SqlResult& result, const QString& caption, CopyForm form, const std::vector<std::pair<qint64, qint64>>& wanted, std::stop_token stop);
// All rows; the form follows the ending of the path, else CSV. The file is replaced once it is whole. Errors: kIo, kCancelled.
Status saveSqlRows(const SqlResult& result, const QString& caption, const QString& path, std::stop_token stop);

}  // namespace nj::ui
