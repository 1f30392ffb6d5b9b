// Log records as text, JSON lines or CSV, and all matches of a question streamed into a file or a text, page by page. Contents of
// messages are masked unless `contents` is set. Plain functions, run on a query thread.
#pragma once

#include <atomic>
#include <memory>
#include <string>

#include "query/log_questions.h"

namespace nj::ui {

enum class LogFormat { kText, kJsonLines, kCsv };

struct LogExportQuestion {
    TimeRange range;
    Filter filter;
    LogFormat format = LogFormat::kText;
    std::vector<std::string> columns;              // attribute keys; CSV's columns beside time, severity, service, body and ids
    bool contents = false;                         // messages of people and models as they are
};

// One record as a line: time, severity, service, body with line breaks kept visible.
std::string logLine(const query::LogRow& row);
// One record in a format, with its line end. Text needs no attributes, JSON lines have all of them.
std::string logRecord(const query::DetailedLogRow& row, const LogExportQuestion& question);
// CSV's first line; "" for the others.
std::string logHeader(const LogExportQuestion& question);

// All matches into a file; `written` counts along. The file appears only when it is whole: cancelled or failed, nothing is left.
Result<uint64_t> saveLogs(query::Backend& backend, const LogExportQuestion& question, const std::string& path,
                          const std::shared_ptr<std::atomic<uint64_t>>& written, std::stop_token stop);

// All matches as one text for the clipboard, at most 64 MiB of it.
struct LogText {
    std::string text;
    uint64_t rows = 0;
    bool cut = false;
};
Result<LogText> copyLogs(query::Backend& backend, const LogExportQuestion& question, const std::shared_ptr<std::atomic<uint64_t>>& written, std::stop_token stop);

}  // namespace nj::ui
