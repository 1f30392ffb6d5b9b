// Runs one SQL query of a person over a capsule: read-only by construction (the connection is an empty one in memory, its tables
// are views of one snapshot), cancellable, results copied out under a stated cap. Any thread that may use the reader.
#pragma once

#include <array>
#include <functional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "sqlite/virtual_table.h"
#include "store/capsule_reader.h"

namespace nj::store {

// The tables there are, as a person looks for them.
inline constexpr std::array kSqlTableNames = {"spans",     "span_events", "span_links",  "logs",     "series",       "samples",   "histograms", "exemplars", "events",
                                              "evaluations", "resources",   "entities",    "entity_edges", "documents", "imports", "health"};

struct SqlCap {
    size_t rows = 10'000;
    size_t bytes = 64U << 20;
};

struct SqlAnswer {
    std::vector<std::string> columns;
    std::vector<std::vector<sqlite::SqlValue>> rows;
    bool truncated = false;           // the cap ended it
    uint64_t segmentsVisited = 0;
};

// Errors: kInvalidArgument (with what SQLite says), kReadOnly, kCancelled, and those of the reader.
Result<SqlAnswer> runSql(CapsuleReader& reader, std::string_view query, const SqlCap& cap, std::stop_token stop);

// The same without a cap: rows are handed out one by one; false ends it.
struct SqlReceiver {
    std::function<void(const std::vector<std::string>& columns)> onColumns;
    std::function<bool(const std::vector<sqlite::SqlValue>& row)> onRow;
    std::function<void(int byteOffset)> onErrorAt;   // may be empty; before an error that is about a place in the text
};
Status streamSql(CapsuleReader& reader, std::string_view query, const SqlReceiver& receiver, std::stop_token stop);

}  // namespace nj::store
