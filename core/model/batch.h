// A batch: what one decoder read from one piece of input, column-wise, ready for the store. Built by one thread, then moved.
// Codes and indexes are local to the batch: strings → Batch::strings, resource → Batch::resources, scope → Batch::scopes,
// series → Batch::series. A decoder ends a batch at about kBatchRows rows or kBatchBytes bytes.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/string_table.h"
#include "base/time.h"
#include "model/attribute_columns.h"
#include "model/resource.h"

namespace nj {

inline constexpr size_t kBatchRows = 8192;
inline constexpr size_t kBatchBytes = 8U << 20;
inline constexpr uint32_t kNoIndex = 0xffffffffU;

// OTLP's numbers.
enum class SpanKind : uint8_t { kUnspecified = 0, kInternal = 1, kServer = 2, kClient = 3, kProducer = 4, kConsumer = 5 };
enum class SpanStatus : uint8_t { kUnset = 0, kOk = 1, kError = 2 };

struct SpanColumns {
    std::vector<TraceId> traceId;
    std::vector<SpanId> spanId;
    std::vector<SpanId> parentSpanId;      // all zero = root
    std::vector<TimeNs> start;
    std::vector<TimeNs> end;               // as received, also before start
    std::vector<uint32_t> name;            // string code
    std::vector<uint32_t> resource;
    std::vector<uint32_t> scope;           // kNoIndex = none
    std::vector<SpanKind> kind;
    std::vector<SpanStatus> status;
    std::vector<uint32_t> statusMessage;   // string code, kNoIndex = none
    std::vector<uint32_t> traceState;      // string code, kNoIndex = none
    std::vector<uint32_t> flags;
    std::vector<uint32_t> droppedAttributes, droppedEvents, droppedLinks;
    AttributeColumns attributes;
    [[nodiscard]] size_t size() const { return start.size(); }
};

struct SpanEventColumns {
    std::vector<uint32_t> span;            // row in Batch::spans, ascending
    std::vector<TimeNs> time;
    std::vector<uint32_t> name;            // string code
    std::vector<uint32_t> droppedAttributes;
    AttributeColumns attributes;
    [[nodiscard]] size_t size() const { return span.size(); }
};

struct SpanLinkColumns {
    std::vector<uint32_t> span;            // row in Batch::spans, ascending
    std::vector<TraceId> traceId;
    std::vector<SpanId> spanId;
    std::vector<uint32_t> traceState;      // string code, kNoIndex = none
    std::vector<uint32_t> flags;
    std::vector<uint32_t> droppedAttributes;
    AttributeColumns attributes;
    [[nodiscard]] size_t size() const { return span.size(); }
};

// Bits of LogColumns::timeFlags, written to capsules.
inline constexpr uint8_t kTimeAssumedZone = 1;      // the line names no zone: the file's was assumed
inline constexpr uint8_t kTimeAssumedYear = 2;      // the line names no year
inline constexpr uint8_t kTimeFromNeighbour = 4;    // the line has no time: placed with the record before it
inline constexpr uint8_t kTimeFromUptime = 8;       // seconds since boot, placed by the boot time found or assumed
inline constexpr uint8_t kTimeNone = 16;            // nothing to place it by: order only, time is 0

struct LogColumns {
    std::vector<TimeNs> time;              // 0 = unknown
    std::vector<TimeNs> observedTime;      // 0 = unknown
    std::vector<uint8_t> severityNumber;   // OTLP 0..24
    std::vector<uint32_t> severityText;    // string code, kNoIndex = none
    // The record as it stood in the file, without its line end; empty for OTLP. Export reproduces these bytes.
    TextArena original;
    // Where the body lies in original; bodyOffset = kNoIndex: the body is not part of it and stands in `body`.
    std::vector<uint32_t> bodyOffset, bodyLength;
    TextArena body;                        // "" where bodyOffset says original
    std::vector<ValueType> bodyType;       // kString, or kJson for a structured OTLP body
    std::vector<TraceId> traceId;
    std::vector<SpanId> spanId;
    std::vector<uint32_t> eventName;       // string code, kNoIndex = none
    std::vector<uint32_t> resource;
    std::vector<uint32_t> scope;           // kNoIndex = none
    std::vector<uint32_t> flags;
    std::vector<uint32_t> droppedAttributes;
    std::vector<uint8_t> timeFlags;
    std::vector<uint64_t> line;            // 1-based first line in the file, 0 = not a line
    std::vector<uint32_t> part;            // 0 = whole record; k = k-th part of a record cut at 1 MiB
    AttributeColumns attributes;
    [[nodiscard]] size_t size() const { return time.size(); }
    [[nodiscard]] std::string_view bodyText(size_t row) const {
        return bodyOffset[row] == kNoIndex ? body.view(row) : original.view(row).substr(bodyOffset[row], bodyLength[row]);
    }
};

enum class MetricKind : uint8_t { kUnknown = 0, kGauge = 1, kCounter = 2, kHistogram = 3, kExponentialHistogram = 4, kSummary = 5, kInfo = 6, kStateSet = 7, kGaugeHistogram = 8 };
enum class Temporality : uint8_t { kUnspecified = 0, kDelta = 1, kCumulative = 2 };
enum class SeriesOrigin : uint8_t { kOtlp = 0, kPrometheus = 1 };

// Identity of a series. OTLP: everything here; an OTLP sum is kCounter with `monotonic` true or false.
// Prometheus: the label set (attributes hold every label but __name__, as strings, sorted by key); resource is kNoIndex.
// unit, description and kind of a Prometheus series are metadata, not identity.
struct SeriesKey {
    SeriesOrigin origin = SeriesOrigin::kOtlp;
    uint32_t resource = kNoIndex;
    uint32_t scope = kNoIndex;
    std::string name;
    std::string unit;
    std::string description;
    MetricKind kind = MetricKind::kUnknown;
    Temporality temporality = Temporality::kUnspecified;
    bool monotonic = false;
    AttributeList attributes;
    bool operator==(const SeriesKey&) const = default;
};

// Bits of sample flags, written to capsules.
inline constexpr uint32_t kSampleNoRecordedValue = 1;   // OTLP DataPointFlags bit 0
inline constexpr uint32_t kSampleInteger = 2;           // valueBits is an int64, else the bits of a double
inline constexpr uint64_t kStaleNanBits = 0x7ff0000000000002ULL;   // Prometheus' stale marker

struct SampleColumns {
    std::vector<uint32_t> series;
    std::vector<TimeNs> start;             // 0 = none
    std::vector<TimeNs> time;
    std::vector<uint64_t> valueBits;       // NaN payloads survive
    std::vector<uint32_t> flags;
    [[nodiscard]] size_t size() const { return series.size(); }
};

// Explicit, exponential and Prometheus native histograms and summaries, as one composite sample.
struct HistogramPoint {
    uint32_t series = 0;
    TimeNs start = 0;                      // 0 = none
    TimeNs time = 0;
    uint32_t flags = 0;
    uint64_t count = 0;
    bool hasSum = false, hasMin = false, hasMax = false;
    double sum = 0, min = 0, max = 0;
    // Explicit: buckets.size() == bounds.size() + 1 (or both empty); counts per bucket, not cumulative.
    // Summary: bounds are quantiles, values their values.
    std::vector<double> bounds;
    std::vector<uint64_t> buckets;
    std::vector<double> values;
    // Exponential: base 2^(2^-scale); positive[i] has index positiveOffset + i and covers (base^k, base^(k+1)].
    int32_t scale = 0;
    uint64_t zeroCount = 0;
    double zeroThreshold = 0;
    int32_t positiveOffset = 0, negativeOffset = 0;
    std::vector<uint64_t> positive, negative;
};

struct Exemplar {
    uint32_t series = 0;
    TimeNs time = 0;
    double value = 0;
    TraceId traceId;
    SpanId spanId;
    AttributeList attributes;
};

// A score given to a span, response or session (gen_ai.evaluation.result and its relatives), derived at ingest.
enum class Signal : uint8_t { kSpan = 1, kSpanEvent = 2, kSpanLink = 3, kLog = 4, kExemplar = 5, kMetric = 6 };
struct Evaluation {
    Signal origin = Signal::kSpanEvent;    // the row it was derived from
    uint32_t originRow = 0;                // row in that signal's columns of this batch
    TimeNs time = 0;
    std::string name;
    bool hasScore = false;
    double score = 0;
    std::string label;
    std::string explanation;
    std::string responseId;
    TraceId traceId;
    SpanId spanId;
};

// Something that happened at an instant or over a stretch, for the event lane: deploy, restart, alert, xid, oom, throttle, probe, scale, note.
struct IncidentEvent {
    TimeNs time = 0;
    TimeNs end = 0;                        // 0 = an instant
    std::string kind;
    std::string title;
    std::string entity;                    // what it happened to: "retriever", "gpu-node-07/3"; may be empty
    uint8_t severity = 9;                  // OTLP number
    uint32_t logRow = kNoIndex;            // row in Batch::logs it was derived from
};

// A file without times: listed and searchable, never log rows.
struct Document {
    std::string path;
    std::string mediaType;                 // "application/yaml", "application/json", "text/plain"
    std::string text;                      // at most 8 MiB kept
    uint64_t size = 0;                     // bytes of the original
};

enum class HealthSeverity : uint8_t { kInfo = 0, kRepaired = 1, kRejected = 2, kLost = 3 };

// Bad data is a counted row. `reason` is a stable short phrase by which records are counted ("span without trace id").
struct HealthRecord {
    HealthSeverity severity = HealthSeverity::kRejected;
    std::string reason;
    std::string example;                   // at most 256 bytes of the offending input or a precise message
    uint64_t offset = 0;                   // byte offset in the decompressed member
    uint64_t line = 0;                     // 1-based, 0 = unknown
    uint64_t count = 1;
};

struct Batch {
    StringTable strings;
    std::vector<Resource> resources;
    std::vector<Scope> scopes;
    SpanColumns spans;
    SpanEventColumns spanEvents;
    SpanLinkColumns spanLinks;
    LogColumns logs;
    std::vector<SeriesKey> series;
    SampleColumns samples;
    std::vector<HistogramPoint> histograms;
    std::vector<Exemplar> exemplars;
    std::vector<Evaluation> evaluations;
    std::vector<IncidentEvent> events;
    std::vector<Document> documents;
    std::vector<HealthRecord> health;

    // Index of an equal entry, added when new (linear from the last hit: producers repeat themselves).
    uint32_t internResource(const Resource& resource);
    uint32_t internScope(const Scope& scope);
    [[nodiscard]] bool empty() const;
    // Rows of all signals.
    [[nodiscard]] size_t rowCount() const;
    // Rough heap bytes, for queue bounds.
    [[nodiscard]] size_t byteSize() const;
};

}  // namespace nj
