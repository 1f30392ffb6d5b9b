// The questions a window or a command can ask, one call per question, answered in model values. core/query/capsule answers
// them from a capsule; other engines may follow. Calls run on query threads, never on the UI thread; each stops soon after its
// stop_token is set (kCancelled). A backend is used by one thread at a time: open one per query thread.
// Times are unix ns, durations ns, ranges half-open. Every row reference is a `seq`.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "base/time.h"
#include "model/attribute.h"
#include "model/batch.h"
#include "model/entity.h"
#include "model/filter.h"

namespace nj::query {

// ---------------------------------------------------------------- capsule at a glance
struct ImportSummary {
    int64_t id = 0;
    std::string path, format, state, assumedZone, note;
    uint64_t bytes = 0, spans = 0, logs = 0, samples = 0, series = 0, documents = 0, rejected = 0, duplicates = 0;
    TimeRange range;
    TimeNs startedAt = 0, finishedAt = 0;
};
struct HealthSummary {
    int64_t import = 0;
    HealthSeverity severity = HealthSeverity::kInfo;
    std::string reason, example;
    uint64_t count = 0, line = 0, offset = 0;
};
struct CapsuleInfo {
    std::string path;
    uint64_t fileBytes = 0;
    uint64_t spans = 0, spanEvents = 0, spanLinks = 0, logs = 0, series = 0, samples = 0, histograms = 0, exemplars = 0, evaluations = 0, documents = 0, events = 0, traces = 0;
    TimeRange spanRange, logRange, sampleRange;   // empty when the signal has no timed rows
    std::vector<ImportSummary> imports;
    std::vector<HealthSummary> health;
    std::vector<std::string> services;            // in the capsule's colour order
    double sampledShare = 0;                      // share of traces kept by head sampling as the data declares it; 0 = not declared
    std::vector<std::string> missing;             // sentences: "spans without a root in 12 traces", "no metrics"
};

// ---------------------------------------------------------------- event lane and overview strip
struct EventMark {
    int64_t seq = 0;
    TimeNs time = 0, end = 0;
    std::string kind, title, entity;
    uint8_t severity = 9;
    int64_t logSeq = -1;
};
struct VolumeQuestion {
    TimeRange range;
    Filter filter;
    int columns = 600;
};
struct VolumeAnswer {
    TimeNs from = 0;
    DurationNs width = 0;                          // of one column
    std::vector<uint32_t> spans, logs, errors;     // per column; errors: spans with status error and logs from severity 17
};

// What to look at first: the overlap of the signals narrowed to the worst departure.
struct OpeningAnswer {
    TimeRange all;                                 // of all timed rows
    TimeRange window;
    std::optional<TimeRange> baseline;
    std::string reason;                            // "10:46–11:31: 504s and p99 depart most from the 3 h before"
};

// ---------------------------------------------------------------- latency
struct Measure {
    enum class Kind : uint8_t { kSpanDuration, kSpanAttribute, kLogAttribute, kHistogram };
    Kind kind = Kind::kSpanDuration;
    std::string key;        // attribute key, or histogram family ("vllm:time_to_first_token_seconds")
    std::string title;      // "Time to first token"
    std::string unit;       // "s", "ms", "1", "{token}"; "ns" for durations
    double scale = 1;       // value × scale = unit shown (1e-9 for ns → s)
    uint64_t count = 0;     // observations in the capsule, for ordering
    bool operator==(const Measure& o) const { return kind == o.kind && key == o.key; }
};
struct LatencyQuestion {
    TimeRange range;
    std::optional<TimeRange> baseline;
    Filter filter;
    Measure measure;
    std::string splitBy;                           // "" = none; service, name, status, kind, any attribute or label key
    std::vector<double> quantiles = {0.5, 0.95, 0.99};
    int columns = 240;
    size_t maxGroups = 12;                         // the rest becomes "others"
};
struct LatencyGroup {
    std::string label;
    std::vector<uint64_t> count;                   // per column
    std::vector<std::vector<double>> quantile;     // [quantile][column], measure's unit; NaN = no observation
    std::vector<double> total;                     // per quantile over the whole range
    std::vector<double> baseline;                  // per quantile over the baseline; NaN = none
    double max = 0, min = 0, sum = 0;
    uint64_t n = 0, baselineN = 0;
};
struct LatencyAnswer {
    TimeNs from = 0;
    DurationNs width = 0;
    std::vector<LatencyGroup> groups;              // by the last quantile's ratio to baseline, then by n
    double relativeError = 0;                      // of a quantile: 0.0054 spans; histogram buckets their own width
    bool fromHistogram = false;
    std::vector<std::string> splits;               // keys offered, the most separating first
    uint64_t n = 0;
};

struct HeatmapQuestion {
    TimeRange range;
    Filter filter;
    Measure measure;
    int columns = 120;
    int rows = 40;
};
struct HeatmapAnswer {
    TimeNs from = 0;
    DurationNs width = 0;
    std::vector<double> bounds;                    // rows + 1 ascending, log-spaced, measure's unit
    std::vector<uint32_t> counts;                  // [column * rows + row]
    uint64_t n = 0;
    struct Dot { TimeNs time; double value; TraceId trace; SpanId span; };
    std::vector<Dot> exemplars;                    // at most 200
};

struct StagesQuestion {
    TimeRange range;
    Filter filter;
    int columns = 120;
};
struct StagesAnswer {                              // classification: spec of LLM stages, analyze/stage.h
    TimeNs from = 0;
    DurationNs width = 0;
    std::vector<std::string> stages;               // in request order
    std::vector<std::vector<double>> meanSeconds;  // [stage][column] per request
    std::vector<uint64_t> requests;                // per column
};

// ---------------------------------------------------------------- entities on the overview
struct EntityRow {
    std::string kind, name;                        // "service", "vllm-a"
    uint64_t count = 0, errors = 0;
    double ratePerSecond = 0, p99 = 0, baselineP99 = 0, baselineErrorShare = 0;   // p99 in seconds
};
struct EntityTableQuestion {
    TimeRange range;
    std::optional<TimeRange> baseline;
    Filter filter;
};

// Error groups of spans and logs: kind = "HTTP 504", exception type, status message, log fingerprint.
struct ErrorGroup {
    std::string kind, text, service;
    uint64_t count = 0, baselineCount = 0;
    TimeNs first = 0, last = 0;
    std::vector<uint32_t> perColumn;
    int64_t exampleSeq = -1;
    Signal signal = Signal::kSpan;
};
struct ErrorsQuestion {
    TimeRange range;
    std::optional<TimeRange> baseline;
    Filter filter;
    int columns = 120;
    size_t maxGroups = 50;
};
struct ErrorsAnswer {
    TimeNs from = 0;
    DurationNs width = 0;
    std::vector<ErrorGroup> groups;                // new since the baseline first, then by count
    uint64_t errors = 0, total = 0;
};

// What moved between baseline and window: metric series, log patterns, events.
struct ChangeRow {
    std::string what, detail, kind;                // kind: "series", "log", "event", "spans"
    double before = 0, after = 0;
    std::string unit;
    uint64_t n = 0;
    TimeNs onset = 0;
    double score = 0;                              // for ordering only, never shown
    std::vector<float> spark;                      // over range ∪ baseline
    int64_t series = -1;
};
struct ChangesQuestion {
    TimeRange range;
    TimeRange baseline;
    size_t limit = 10;
};

// ---------------------------------------------------------------- traces
struct TraceListQuestion {
    TimeRange range;
    Filter filter;                                 // a trace is listed when one of its spans matches
    enum class Sort : uint8_t { kSlowest, kFastest, kNewest, kOldest, kMostErrors, kMostSpans } sort = Sort::kSlowest;
    size_t limit = 1000;
    std::optional<std::pair<double, double>> measureRange;   // with `measure`: only spans whose value lies in it (heatmap box)
    Measure measure;
};
struct TraceRow {
    TraceId id;
    TimeNs start = 0;
    DurationNs duration = 0;                       // last end − first start of its spans in the capsule
    std::string rootService, rootName;             // of the earliest span without parent in the capsule
    uint32_t spans = 0, errors = 0, services = 0;
    bool rootMissing = false;
};
struct TraceListAnswer {
    std::vector<TraceRow> rows;
    uint64_t total = 0;                            // traces that match
    bool partial = false;
};

struct TraceSpan {
    int64_t seq = 0;
    SpanId id, parentId;
    int32_t parent = -1;                           // index in TraceTree::spans, -1 = root or orphan
    int32_t depth = 0;
    uint32_t childCount = 0;
    TimeNs start = 0, end = 0;
    DurationNs self = 0;                           // not covered by children
    std::string service, name, scope, statusMessage;
    uint32_t resourceId = kNoIndex;
    SpanKind kind = SpanKind::kUnspecified;
    SpanStatus status = SpanStatus::kUnset;
    bool orphan = false, inCycle = false, duplicateId = false, endBeforeStart = false, skewed = false;
    bool onCriticalPath = false;
    std::vector<std::pair<TimeNs, TimeNs>> criticalParts;   // stretches of this span on the critical path
    struct Event { TimeNs time; std::string name; AttributeList attributes; };
    std::vector<Event> events;
    struct Link { TraceId trace; SpanId span; };
    std::vector<Link> links;
    AttributeList attributes;
    struct Stage { std::string name; TimeNs from, to; };
    std::vector<Stage> stages;                     // queue/prefill/decode of an LLM span
};
struct TraceLog { int64_t seq = 0; TimeNs time = 0; uint8_t severity = 0; SpanId span; std::string service, body; };
struct TraceTree {
    TraceId id;
    std::vector<TraceSpan> spans;                  // depth-first, children by start
    std::vector<TraceLog> logs;                    // of this trace id, by time, at most 10,000
    TimeNs from = 0, to = 0;
    uint32_t services = 0, errors = 0;
    std::vector<std::string> warnings;             // "3 spans name a parent that is not here"
};

struct SpanDetail {
    TraceSpan span;
    TraceId traceId;
    Resource resource;
    Scope scope;
    std::string traceState;
    uint32_t flags = 0, droppedAttributes = 0, droppedEvents = 0, droppedLinks = 0;
    ImportSummary import;
    // Entities this span ran on, found by its resource: pod, host, its GPUs, replica, model.
    std::vector<Entity> entities;
};

// ---------------------------------------------------------------- logs
struct LogPageQuestion {
    TimeRange range;
    Filter filter;
    // Rows by position in time order among the matches: [offset, offset + limit).
    uint64_t offset = 0;
    size_t limit = 200;
};
struct LogRow {
    int64_t seq = 0;
    TimeNs time = 0, observedTime = 0;
    uint8_t severity = 0, timeFlags = 0;
    std::string service, body, eventName;          // body cut at 4 KiB
    bool bodyCut = false;
    TraceId traceId;
    SpanId spanId;
};
struct LogPageAnswer {
    std::vector<LogRow> rows;
    uint64_t total = 0;                            // matches in the range
    bool totalPartial = false;
};
struct LogVolumeQuestion {
    TimeRange range;
    Filter filter;
    int columns = 240;
};
struct LogVolumeAnswer {
    TimeNs from = 0;
    DurationNs width = 0;
    std::vector<std::array<uint32_t, 5>> counts;   // per column: unknown+trace+debug, info, warn, error, fatal
    uint64_t total = 0;                            // matches
    uint64_t all = 0;                              // records in the range without the filter
};
struct LogDetail {
    LogRow row;
    std::string body, original, severityText;
    AttributeList attributes;
    Resource resource;
    Scope scope;
    uint64_t line = 0;
    ImportSummary import;
    std::vector<Entity> entities;
};
// Row offset of the first match at or after an instant (for "follow the cursor").
struct LogSeekQuestion {
    TimeRange range;
    Filter filter;
    TimeNs time = 0;
};

// ---------------------------------------------------------------- metrics
struct SeriesInfo {
    int64_t id = 0;
    std::string name, unit, description;
    MetricKind kind = MetricKind::kUnknown;
    bool monotonic = false;
    AttributeList labels;                          // attributes, and resource attributes prefixed where OTLP
    uint64_t samples = 0;
    TimeRange range;
};
struct SeriesQuestion {
    std::string name;                              // "" = all
    std::vector<std::pair<std::string, std::string>> labels;   // equal
    size_t limit = 10'000;
};
struct SeriesPointsQuestion {
    std::vector<int64_t> series;
    TimeRange range;
    int columns = 600;
    bool rate = false;                             // per-second increase, reset-aware
};
struct SeriesPoints {
    int64_t series = 0;
    TimeNs from = 0;
    DurationNs width = 0;
    std::vector<float> min, max, last;             // per column; NaN = no sample
    std::vector<std::pair<TimeNs, double>> raw;    // the samples themselves when fewer than columns
};

// An id a person pasted: trace, span, request, session … (any attribute value).
struct FoundId {
    TraceId trace;                                 // empty = none
    std::vector<int64_t> spanSeqs, logSeqs;        // at most 1,000 each
    std::string matchedKey;                        // "trace_id", "session.id"
};

struct KeyInfo { std::string key; uint64_t rows = 0; std::string type; Signal signal = Signal::kSpan; };

class Backend {
public:
    virtual ~Backend() = default;
    virtual Result<CapsuleInfo> info(std::stop_token stop) = 0;
    virtual Result<OpeningAnswer> opening(std::stop_token stop) = 0;
    // The window's own rule for a baseline: the same length × 4 before, else the same hours yesterday, else the first third, else none.
    virtual Result<std::optional<TimeRange>> baselineFor(TimeRange window, std::stop_token stop) = 0;
    virtual Result<std::vector<EventMark>> events(TimeRange range, std::stop_token stop) = 0;
    virtual Result<VolumeAnswer> volume(const VolumeQuestion& question, std::stop_token stop) = 0;
    virtual Result<std::vector<Measure>> measures(std::stop_token stop) = 0;
    virtual Result<LatencyAnswer> latency(const LatencyQuestion& question, std::stop_token stop) = 0;
    virtual Result<HeatmapAnswer> heatmap(const HeatmapQuestion& question, std::stop_token stop) = 0;
    virtual Result<StagesAnswer> stages(const StagesQuestion& question, std::stop_token stop) = 0;
    virtual Result<std::vector<EntityRow>> entityTable(const EntityTableQuestion& question, std::stop_token stop) = 0;
    virtual Result<ErrorsAnswer> errors(const ErrorsQuestion& question, std::stop_token stop) = 0;
    virtual Result<std::vector<ChangeRow>> changes(const ChangesQuestion& question, std::stop_token stop) = 0;
    virtual Result<TraceListAnswer> traceList(const TraceListQuestion& question, std::stop_token stop) = 0;
    virtual Result<TraceTree> traceTree(const TraceId& id, std::stop_token stop) = 0;
    virtual Result<SpanDetail> spanDetail(int64_t seq, std::stop_token stop) = 0;
    virtual Result<LogPageAnswer> logPage(const LogPageQuestion& question, std::stop_token stop) = 0;
    virtual Result<LogVolumeAnswer> logVolume(const LogVolumeQuestion& question, std::stop_token stop) = 0;
    virtual Result<uint64_t> logSeek(const LogSeekQuestion& question, std::stop_token stop) = 0;
    virtual Result<LogDetail> logDetail(int64_t seq, std::stop_token stop) = 0;
    virtual Result<std::vector<SeriesInfo>> series(const SeriesQuestion& question, std::stop_token stop) = 0;
    virtual Result<std::vector<SeriesPoints>> seriesPoints(const SeriesPointsQuestion& question, std::stop_token stop) = 0;
    virtual Result<EntityGraph> entities(std::stop_token stop) = 0;
    virtual Result<FoundId> findId(const std::string& text, std::stop_token stop) = 0;
    // For completion: attribute keys and the most frequent values of one.
    virtual Result<std::vector<KeyInfo>> keys(std::stop_token stop) = 0;
    virtual Result<std::vector<std::pair<std::string, uint64_t>>> values(const std::string& key, const std::string& prefix, size_t limit, std::stop_token stop) = 0;
};

// core/query/capsule: a backend with its own read-only connection to that capsule.
Result<std::unique_ptr<Backend>> openCapsuleBackend(const std::string& path);

}  // namespace nj::query
