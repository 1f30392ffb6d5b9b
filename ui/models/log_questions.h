// Questions about log records that take more than one call of the backend: where a record stands, the next error, what surrounds a
// match, all matches into a file. Plain functions, run on a query thread; values in, values out.
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>

#include "query/backend.h"

namespace nj::ui {

// The filter and one more term of the search language; the filter alone where the term does not parse.
Filter filterWith(const Filter& filter, const std::string& term);

// Position of a record among the matches; nothing when it does not match (any more).
Result<std::optional<uint64_t>> positionOf(query::Backend& backend, TimeRange range, const Filter& filter, TimeNs time, int64_t seq, std::stop_token stop);

struct SevereJump {
    TimeRange range;
    Filter filter;
    TimeNs time = 0;          // of the row one starts from
    int64_t seq = -1;
    bool forward = true;
    bool errors = true;       // else warnings
};
// Position among the matches of the next (or previous) error or warning; nothing when there is none.
Result<std::optional<uint64_t>> jumpToSevere(query::Backend& backend, const SevereJump& jump, std::stop_token stop);

struct LogContextQuestion {
    TimeRange range;
    query::LogRow row;                  // the match in the middle
    int64_t previousMatch = -1, nextMatch = -1;
    size_t each = 4;
};
struct LogContext {
    std::vector<query::LogRow> before, after;     // of all records, between the neighbouring matches
    bool moreBefore = false, moreAfter = false;
};
Result<LogContext> contextOf(query::Backend& backend, const LogContextQuestion& question, std::stop_token stop);

// One record as a line: time, severity, service, body with line breaks kept visible.
std::string logLine(const query::LogRow& row);
// All matches as lines into a file, page by page; `written` counts along. The file appears only when it is whole.
Result<uint64_t> saveLogs(query::Backend& backend, TimeRange range, const Filter& filter, const std::string& path,
                          const std::shared_ptr<std::atomic<uint64_t>>& written, std::stop_token stop);

}  // namespace nj::ui
