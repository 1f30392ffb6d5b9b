// Questions about log records that take more than one call of the backend: where a record stands, the next error, what surrounds a
// match. Plain functions, run on a query thread; values in, values out.
#pragma once

#include <optional>
#include <string>

#include "query/log_questions.h"

namespace nj::ui {

// The filter and one more term of the search language; the filter alone where the term does not parse.
Filter filterWith(const Filter& filter, const std::string& term);

// Position of a record among the matches; nothing when it does not match (any more).
Result<std::optional<uint64_t>> positionOf(query::Backend& backend, TimeRange range, const Filter& filter, TimeNs time, int64_t seq, std::stop_token stop);

struct LogJump {
    TimeRange range;
    Filter filter;
    TimeNs time = 0;          // of the row one starts from
    int64_t seq = -1;
    bool forward = true;
    std::string term;         // of the search language: what the row jumped to has beside the filter; "" = any match
};
// Position among the matches of the next (or previous) row that has the term too, and which of how many it is; nothing when there is none.
struct LogHit {
    uint64_t position = 0;
    uint64_t number = 0, of = 0;
};
Result<std::optional<LogHit>> jumpTo(query::Backend& backend, const LogJump& jump, std::stop_token stop);

struct LogContextQuestion {
    TimeRange range;
    query::LogRow row;                  // the match in the middle
    std::optional<query::LogRow> previousMatch, nextMatch;
    size_t each = 4;
    std::vector<std::string> columns;   // attribute keys, as for pages
    bool sameSource = true;             // only records of the match's pod, else of its file; false: of everything
};
struct LogContext {
    std::vector<query::DetailedLogRow> before, after;     // whatever the filter says, between the neighbouring matches
    bool moreBefore = false, moreAfter = false;
    std::string source;                           // "pod gateway-6d9c-x2k8m", "gateway.log.zst"; "" = all records
};
Result<LogContext> contextOf(query::Backend& backend, const LogContextQuestion& question, std::stop_token stop);

}  // namespace nj::ui
