// The demo's spans, histogram points and log records before they become OTLP, and the two encoders: protobuf and JSON.
// Strings are owned. Plain values and pure functions; one thread at a time per output string.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/ids.h"
#include "base/time.h"

namespace nj::demo {

using OtlpValue = std::variant<std::string, int64_t, double, bool, std::vector<std::string>>;
struct OtlpAttribute {
    std::string_view key;   // a literal
    OtlpValue value;
};
using OtlpAttributes = std::vector<OtlpAttribute>;

struct OtlpEvent {
    TimeNs time = 0;
    std::string_view name;
    OtlpAttributes attributes;
};

struct OtlpSpan {
    TraceId trace;
    SpanId id, parent;
    std::string name;
    int kind = 1;
    TimeNs start = 0, end = 0;
    int status = 0;
    std::string_view statusMessage;
    OtlpAttributes attributes;
    std::vector<OtlpEvent> events;
    SpanId link;            // of the same trace; empty = none
};

struct OtlpExponentialPoint {
    TimeNs start = 0, time = 0;
    uint64_t count = 0;
    double sum = 0, min = 0, max = 0;
    int32_t scale = 3, offset = 0;
    std::vector<uint64_t> buckets;
    OtlpAttributes attributes;
    double exemplarValue = 0;
    TraceId exemplarTrace;  // empty = no exemplar
    SpanId exemplarSpan;
    TimeNs exemplarTime = 0;
};

struct OtlpLog {
    TimeNs time = 0, observed = 0;
    int severity = 9;
    std::string_view eventName;
    std::string body;
    OtlpAttributes attributes;
    TraceId trace;
    SpanId span;
};

// What the head sampler of the demo keeps, as it writes it on every span: 1 - 0xeb851eb851eb85 / 2^56 = 8 %.
inline constexpr std::string_view kTraceState = "ot=th:eb851eb851eb85";

// One piece of the repeated field inside ScopeSpans / ScopeMetrics / ScopeLogs.
void protobufSpan(std::string& out, const OtlpSpan& span);
// A whole Metric of kind exponential histogram (delta).
void protobufExponential(std::string& out, std::string_view name, std::string_view description, std::string_view unit, const std::vector<OtlpExponentialPoint>& points);
// A whole TracesData / MetricsData piece: Resource… with one scope around the given records.
void protobufResource(std::string& out, const OtlpAttributes& resource, std::string_view scope, std::string_view scopeVersion, std::string_view records);
// Length as four big-endian bytes, then the message: the collector's file exporter.
void appendFrame(std::string& out, std::string_view message);

void jsonSpan(std::string& out, const OtlpSpan& span);
void jsonLog(std::string& out, const OtlpLog& log);
// {"resource":…,"scopeSpans":[{"scope":…,"spans":[records]}]}; `kind` is "Spans" or "Logs".
void jsonResource(std::string& out, std::string_view kind, const OtlpAttributes& resource, std::string_view scope, std::string_view scopeVersion, std::string_view records);

}  // namespace nj::demo
