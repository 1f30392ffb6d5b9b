// Which rows are errors and what kind each is. Spans: status error, by exception type, HTTP or gRPC code, error.type or status message. Logs:
// HTTP from 400 (access logs), Envoy's response flags, and severity from ERROR by fingerprint. Used by one question.
#pragma once

#include <functional>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/string_table.h"
#include "query/capsule/filter_evaluator.h"

namespace nj::query {

struct ErrorRow {
    uint32_t row = 0;
    TimeNs time = 0;
    std::string kind, text;
    uint32_t service = kNoIndex;   // dictionary id
    bool byKindOnly = false;       // the text is an example, not part of the identity (access logs)
    std::string code, flag;        // HTTP status and Envoy's flag, where they are what makes it an error
    uint32_t alike = kNoIndex;     // spans: rows of one number agree in all but row and time
};

class ErrorRows {
public:
    explicit ErrorRows(QueryContext& context) : context_(context) { texts_.intern(""); }
    // Errors among the rows, ascending.
    Status ofSpans(const store::SegmentView& view, RowSpan rows, const RowSet* matching, const std::function<void(const ErrorRow&)>& visit);
    Status ofLogs(const store::SegmentView& view, RowSpan rows, const RowSet* matching, const std::function<void(const ErrorRow&)>& visit);

private:
    // What makes a span's error what it is: codes in texts_ (0 = none), dictionary ids.
    struct Traits {
        uint32_t message = 0, http = 0, rpc = 0, type = 0, exception = 0, service = 0, name = 0;
        bool operator==(const Traits&) const = default;
    };
    struct TraitsHash {
        size_t operator()(const Traits& traits) const;
    };
    Status loadExceptions();
    Status readCodes(const store::SegmentView& view, std::initializer_list<std::string_view> keys, const RowSet& wanted, std::vector<uint32_t>& codes);
    Status readMessages(const store::SegmentView& view, RowSpan rows, const RowSet& wanted, std::vector<uint32_t>& codes);
    ErrorRow& rowOf(const Traits& traits);

    QueryContext& context_;
    bool exceptionsLoaded_ = false;
    std::unordered_map<int64_t, uint32_t> exceptionOf_;      // span seq → exception.type in texts_
    StringTable texts_;                                      // 0 is ""
    StringTable messages_;                                   // status messages as they stand …
    std::vector<uint32_t> fingerprints_;                     // … and what each is in texts_
    std::unordered_map<Traits, uint32_t, TraitsHash> alike_;
    std::vector<ErrorRow> rows_;                             // by ErrorRow::alike
};

}  // namespace nj::query
