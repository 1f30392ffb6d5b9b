// Which rows are errors and what kind each is. Spans: status error, by exception type, HTTP or gRPC code, error.type or status message. Logs:
// HTTP from 400 (access logs), Envoy's response flags, and severity from ERROR by fingerprint. Used by one question.
#pragma once

#include <functional>
#include <string>
#include <unordered_map>
#include <vector>

#include "query/capsule/filter_evaluator.h"

namespace nj::query {

struct ErrorRow {
    uint32_t row = 0;
    TimeNs time = 0;
    std::string kind, text;
    uint32_t service = kNoIndex;   // dictionary id
    bool byKindOnly = false;       // the text is an example, not part of the identity (access logs)
    std::string code, flag;        // HTTP status and Envoy's flag, where they are what makes it an error
};

class ErrorRows {
public:
    explicit ErrorRows(QueryContext& context) : context_(context) {}
    // Errors among the rows, ascending.
    Status ofSpans(const store::SegmentView& view, RowSpan rows, const RowSet* matching, const std::function<void(const ErrorRow&)>& visit);
    Status ofLogs(const store::SegmentView& view, RowSpan rows, const RowSet* matching, const std::function<void(const ErrorRow&)>& visit);

private:
    Status loadExceptions();

    QueryContext& context_;
    bool exceptionsLoaded_ = false;
    std::unordered_map<int64_t, std::string> exceptionOf_;   // span seq → exception.type
};

}  // namespace nj::query
