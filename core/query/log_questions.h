// What may be asked about logs beyond the questions of every Backend: templates with their counts in a window and in its baseline, and rows
// with attribute values or whole. A backend that can, is a LogSource, too. Calls run where Backend's run.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "query/backend.h"

namespace nj::query {

struct LogPatternsQuestion {
    TimeRange range;
    std::optional<TimeRange> baseline;
    Filter filter;
    int columns = 96;                              // of the counts over time, from the earlier of both ranges to the end of the later
    size_t limit = 200;
};
struct LogPattern {
    std::string id;                                // 12 hex digits of the text's hash: `pattern:<id>` finds its records
    std::string text;                              // "took <n>s for req <id>", see analyze/fingerprint.h
    std::string service;                           // of most of its records
    uint32_t services = 0;                         // that wrote it
    uint8_t severity = 0;                          // the highest of its records
    uint64_t count = 0, baselineCount = 0;         // in the window, in the baseline
    double rate = 0, baselineRate = 0;             // records an hour
    TimeNs first = 0, last = 0;                    // in the window, else in the baseline
    std::vector<uint32_t> perColumn;
    int64_t exampleSeq = -1;
    [[nodiscard]] bool fresh() const { return count > 0 && baselineCount == 0; }
    [[nodiscard]] bool gone() const { return count == 0; }
};
struct LogPatternsAnswer {
    TimeNs from = 0;
    DurationNs width = 0;                          // of a column
    bool hasBaseline = false;
    std::vector<LogPattern> patterns;              // new ones first, then what grew, the rest by count, gone ones last
    size_t kinds = 0, fresh = 0, gone = 0;         // before the limit
    uint64_t records = 0;                          // matches in the window
    std::vector<std::pair<std::string, uint64_t>> services;   // of the window's records, most first, at most 12
};

struct LogRowsQuestion {
    LogPageQuestion page;
    std::vector<std::string> columns;              // attribute keys whose values each row shall carry, the record's own before its resource's
    // Whole bodies and all attributes, for copies. The page then ends early after 16 MiB: ask on from offset + rows.size().
    bool whole = false;
};
struct DetailedLogRow : LogRow {
    std::vector<std::string> cells;                // one per asked column, "" = none, cut at 1 KiB
    AttributeList attributes;                      // with `whole` only
};
struct LogRowsAnswer {
    std::vector<DetailedLogRow> rows;
    uint64_t total = 0;                            // matches in the range
    bool totalPartial = false;
};

class LogSource {
public:
    virtual ~LogSource() = default;
    virtual Result<LogPatternsAnswer> logPatterns(const LogPatternsQuestion& question, std::stop_token stop) = 0;
    virtual Result<LogRowsAnswer> logRows(const LogRowsQuestion& question, std::stop_token stop) = 0;
};

// kUnsupported where the backend is no LogSource.
Result<LogPatternsAnswer> askLogPatterns(Backend& backend, const LogPatternsQuestion& question, std::stop_token stop);
// A plain page, without cells and attributes, where the backend is no LogSource.
Result<LogRowsAnswer> askLogRows(Backend& backend, const LogRowsQuestion& question, std::stop_token stop);

}  // namespace nj::query
