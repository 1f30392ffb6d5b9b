// The question of the Errors view: what failed, how often, since when, where, and what of it is one failure told by
// several layers. Plain values; times unix ns, ranges half-open, every row reference a `seq`.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "query/backend.h"

namespace nj::query {

// What most rows of a group have in common: the most frequent value of one key.
struct ErrorWhere {
    std::string key, value;
    uint64_t count = 0;                            // rows with that value
    uint64_t rows = 0;                             // rows with the key at all
    uint32_t distinct = 0;                         // values seen, at most some thousands
};

struct ErrorSample {
    int64_t seq = -1;                              // log record or span, as the group's signal says
    TimeNs time = 0;
    std::string text;                              // the record's body, or the span's name and status message
    TraceId trace;
    bool traceKept = false;                        // the capsule has spans of it
    uint32_t attempt = 0;                          // 1 = first; 0 = not numbered
    bool lastAttempt = false;                      // no later attempt of its request is in the group
};

// A group of errors and what is known of it. kind = "HTTP 504", gRPC name, exception type, "error log"; text = status message or the
// fingerprint of the log line. Spans and log records of one service with one text are one failure: it counts the log records, which are
// not sampled.
struct Failure : ErrorGroup {
    std::string filter;                            // a search that finds its rows
    uint64_t spans = 0;                            // sampled spans that report the same beside `count` log records
    double expected = 0;                           // rows the baseline's rate explains
    std::vector<ErrorWhere> where;                 // the most telling key first; empty when its rows have none of the known keys
    uint64_t requests = 0;                         // distinct traces its rows name, at most 200,000
    uint64_t tracesKept = 0;                       // of them in the capsule; with `details`
    std::vector<uint64_t> attempts;                // rows by number of the attempt, first = [0]; empty when rows have no number
    uint64_t failedRequests = 0;                   // requests whose failed attempt was the last one any request had
    double deadlineSeconds = 0;                    // that its rows name (attribute `deadline` or `timeout`); 0 = none
    uint64_t savedRequests = 0;                    // the others: a later attempt answered
    std::vector<ErrorSample> samples;              // with `details`: up to three, spread over its time, rather with a kept trace
    int sameAs = -1;                               // index of the group that tells the same failure from nearer its cause; −1 = a failure of its own
    bool muted = false;                            // one client's own doing: 4xx, over 95 % from one address
};

struct FailuresQuestion : ErrorsQuestion {
    bool details = false;                          // samples and kept traces too
};

struct FailuresAnswer {
    TimeNs from = 0;
    DurationNs width = 0;
    // By newness × impact, the groups that tell the same failure right after it, muted ones last.
    std::vector<Failure> groups;
    uint64_t errors = 0, total = 0;                // rows that are errors, of all rows
    // What the errors are a share of: requests of the access logs (without the muted ones) and their further attempts, else server spans.
    std::vector<uint32_t> attempts;                // per column; empty = unknown
    uint64_t attemptsTotal = 0;
    bool attemptsFromLogs = false;                 // access logs, never sampled
};

// An engine that can answer it is this beside its Backend.
class FailureBackend {
public:
    virtual Result<FailuresAnswer> failures(const FailuresQuestion& question, std::stop_token stop) = 0;

protected:
    ~FailureBackend() = default;
};
// kUnsupported where the engine cannot.
inline Result<FailuresAnswer> askFailures(Backend& backend, const FailuresQuestion& question, std::stop_token stop) {
    if (auto* able = dynamic_cast<FailureBackend*>(&backend))
        return able->failures(question, stop);
    return makeError(ErrorCode::kUnsupported, "this source cannot group its errors");
}

}  // namespace nj::query
