// Collects rows in OpenTelemetry's meaning into batches and hands a batch out when it is full. Decoders of OTLP, Jaeger and
// Zipkin fill it: attributes, events and links of a row first, then the row itself by commit…(), or drop…() to take them back.
// One thread. Resource, scope and metric are set once and follow into later batches by themselves.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/hash128_hash.h"
#include "format/format.h"
#include "model/batch.h"

namespace nj::format {

// Attributes of one row beyond this are dropped and counted.
inline constexpr size_t kMaxRowAttributes = 4096;
// Nesting of attribute values beyond this is cut.
inline constexpr int kMaxValueDepth = 32;

struct SpanFields {
    TraceId traceId;
    SpanId spanId, parentSpanId;
    TimeNs start = 0, end = 0;
    std::string_view name, statusMessage, traceState;
    SpanKind kind = SpanKind::kUnspecified;
    SpanStatus status = SpanStatus::kUnset;
    uint32_t flags = 0, droppedAttributes = 0, droppedEvents = 0, droppedLinks = 0;
};

struct SpanEventFields {
    TimeNs time = 0;
    std::string_view name;
    uint32_t droppedAttributes = 0;
};

struct SpanLinkFields {
    TraceId traceId;
    SpanId spanId;
    std::string_view traceState;
    uint32_t flags = 0, droppedAttributes = 0;
};

struct LogFields {
    TimeNs time = 0, observedTime = 0;
    uint8_t severityNumber = 0;
    std::string_view severityText, body, eventName;
    ValueType bodyType = ValueType::kString;
    TraceId traceId;
    SpanId spanId;
    uint32_t flags = 0, droppedAttributes = 0;
};

struct MetricFields {
    std::string name, unit, description;
    MetricKind kind = MetricKind::kUnknown;
    Temporality temporality = Temporality::kUnspecified;
    bool monotonic = false;
};

class OtlpBuilder {
public:
    // Where in the input rows come from, for health records.
    struct Position {
        uint64_t offset = 0;
        uint64_t line = 0;
    };
    Position position;

    Batch& batch() { return batch_; }
    [[nodiscard]] const Batch& batch() const { return batch_; }
    // Attribute columns of the row being built.
    AttributeColumns& spanAttributes() { return batch_.spans.attributes; }
    AttributeColumns& eventAttributes() { return batch_.spanEvents.attributes; }
    AttributeColumns& linkAttributes() { return batch_.spanLinks.attributes; }
    AttributeColumns& logAttributes() { return batch_.logs.attributes; }
    [[nodiscard]] uint32_t spanRow() const { return static_cast<uint32_t>(batch_.spans.size()); }
    [[nodiscard]] uint32_t eventRow() const { return static_cast<uint32_t>(batch_.spanEvents.size()); }
    [[nodiscard]] uint32_t linkRow() const { return static_cast<uint32_t>(batch_.spanLinks.size()); }
    [[nodiscard]] uint32_t logRow() const { return static_cast<uint32_t>(batch_.logs.size()); }

    void setResource(Resource resource);
    void setScope(Scope scope);
    void clearScope();

    void commitEvent(const SpanEventFields& event);
    void dropEvent();
    void commitLink(const SpanLinkFields& link);
    void dropLink();
    // False (and a health record) for a span without ids; what was gathered for it is gone then.
    bool commitSpan(const SpanFields& span);
    void dropSpan();
    void commitLog(const LogFields& log);
    void dropLog();

    void setMetric(MetricFields metric);
    // Series of the current resource, scope and metric. `raw` is any text that tells attribute lists apart (their bytes in the
    // input): `decode` is called only when it was not seen before in this batch.
    template <typename Decode>
    uint32_t series(std::string_view raw, Decode&& decode) {
        const Hash128 key = seriesHash(raw);
        if (const auto known = rawSeries_.find(key); known != rawSeries_.end())
            return known->second;
        const uint32_t index = internSeries(decode());
        rawSeries_.emplace(key, index);
        return index;
    }
    uint32_t series(AttributeList attributes) { return internSeries(std::move(attributes)); }
    void addSample(uint32_t series, TimeNs start, TimeNs time, uint64_t valueBits, uint32_t flags);
    void addHistogram(HistogramPoint&& point);
    void addExemplar(Exemplar&& exemplar) { batch_.exemplars.push_back(std::move(exemplar)); }

    // Counts by reason within the batch; keeps the first example.
    void health(HealthSeverity severity, std::string_view reason, std::string_view example = {}, uint64_t count = 1);
    void addHealth(HealthRecord&& record);

    // Counts input towards the batch's size. Call it between rows only: true when the batch should be handed out.
    [[nodiscard]] bool full() const;
    void addInputBytes(size_t bytes) { inputBytes_ += bytes; }
    [[nodiscard]] size_t inputBytes() const { return inputBytes_; }
    // Hands out what there is (evaluations derived), also nothing; false when the consumer said stop.
    bool flush(const BatchConsumer& out);
    [[nodiscard]] Batch take();

private:
    void startLike(const Batch& before);
    uint32_t resourceIndex();
    uint32_t scopeIndex();
    uint32_t textCode(std::string_view text) { return text.empty() ? kNoIndex : batch_.strings.intern(text); }
    Hash128 seriesHash(std::string_view raw);
    uint32_t internSeries(AttributeList attributes);

    Batch batch_;
    Resource resource_;
    Scope scope_;
    bool hasScope_ = false;
    uint32_t resourceIndex_ = kNoIndex;   // in batch_, kNoIndex = not there yet
    uint32_t scopeIndex_ = kNoIndex;
    MetricFields metric_;
    Hash128 metricHash_{};                // of metric, scope and resource; valid when metricHashed_
    bool metricHashed_ = false;
    std::unordered_map<Hash128, uint32_t, Hash128Hash> rawSeries_;
    std::unordered_map<Hash128, uint32_t, Hash128Hash> series_;
    std::string scratch_;
    size_t inputBytes_ = 0;
};

// Takes back the entries of that row, which must be the last one.
void dropRow(AttributeColumns& attributes, uint32_t row);

// OTLP's uint64 nanoseconds; what an int64 does not hold becomes 0 ("not known") with a health record.
TimeNs timeOf(uint64_t unixNano, OtlpBuilder& builder);

}  // namespace nj::format
