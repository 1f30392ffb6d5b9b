// OTLP requests in protobuf (the bodies of OTLP/gRPC and OTLP/HTTP, the messages of the collector's files) into batches.
// A decoder is used by one thread and may be kept for many requests; decodeTraces/Metrics/Logs are free of state.
#pragma once

#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "format/format.h"
#include "format/otlp_builder.h"
#include "format/otlp_wire.h"

namespace nj::format {

enum class OtlpSignal : uint8_t { kUnknown = 0, kTraces = 1, kMetrics = 2, kLogs = 3 };

class OtlpProtobufDecoder {
public:
    // Full batches go to `out`; with an empty function everything stays in the builder.
    OtlpProtobufDecoder(OtlpBuilder& builder, BatchConsumer out) : builder_(builder), out_(std::move(out)) {}

    // One Export…Request or …Data message. Of a damaged one the good part is kept, the rest becomes health records.
    // kUnknown: each scope's items tell by their structure what they are. False when the consumer said stop.
    // `offset` is where the message stands in the input, for health records.
    bool request(std::string_view message, OtlpSignal signal, uint64_t offset = 0);
    // One ResourceSpans, ResourceMetrics or ResourceLogs message.
    bool resourceItems(std::string_view message, OtlpSignal signal, uint64_t offset = 0);
    // The last request was cut or no protobuf at its outermost level.
    [[nodiscard]] bool damaged() const { return damaged_; }

private:
    bool resourceMessage(std::string_view message, OtlpSignal signal);
    bool scopeItems(std::string_view message, OtlpSignal signal);
    bool item(std::string_view message, OtlpSignal signal);
    void span(std::string_view message);
    void spanEvent(std::string_view message);
    void spanLink(std::string_view message);
    void log(std::string_view message);
    bool metric(std::string_view message);
    void numberPoint(std::string_view message);
    void histogramPoint(std::string_view message);
    void exponentialPoint(std::string_view message);
    void summaryPoint(std::string_view message);
    uint32_t pointSeries();
    void exemplars(uint32_t series);
    void exemplar(std::string_view message, uint32_t series);
    bool flushWhenFull() { return !out_ || !builder_.full() || builder_.flush(out_); }

    // A KeyValue of the row being built, in its columns.
    bool shortAttribute(AttributeColumns& columns, uint32_t row, std::string_view message);
    void repeatedKey(std::string_view key);
    void attribute(AttributeColumns& columns, uint32_t row, std::string_view message);
    void attributeValue(AttributeColumns& columns, uint32_t row, std::string_view key, std::string_view message);
    KeyValue keyValue(std::string_view message);
    AttributeValue value(std::string_view message);
    void appendJsonValue(std::string& out, std::string_view message, int depth);
    void appendJsonList(std::string& out, std::string_view message, int depth);
    void appendJsonMap(std::string& out, std::string_view message, int depth);
    Resource resource(std::string_view message);
    Scope scope(std::string_view message);

    // The text, repaired and flagged where it is no UTF-8. Good until the next row.
    std::string_view text(std::string_view bytes);
    template <typename AnyId>
    AnyId id(std::string_view bytes, const char* reason);
    void checkEnd(const WireReader& reader, const char* what);
    void wrongType(const char* what);
    uint32_t count(const WireReader& reader);

    void startRow(std::string_view message);

    OtlpBuilder& builder_;
    const BatchConsumer out_;
    const char* begin_ = nullptr;                        // of the message being read, which stands at offset_ of the input
    uint64_t offset_ = 0;
    bool damaged_ = false;
    size_t rowAttributes_ = 0;
    std::deque<std::string> repaired_;                   // texts of this row that were no UTF-8
    std::string json_;
    std::vector<std::string_view> pointAttributes_;      // of the data point being read
    std::vector<std::string_view> pointExemplars_;
    std::string rawAttributes_;
};

// One request, all rows in one batch (which may exceed kBatchRows). An error when nothing in it could be read.
Result<Batch> decodeTraces(std::string_view request);
Result<Batch> decodeMetrics(std::string_view request);
Result<Batch> decodeLogs(std::string_view request);

// What the items of a request are, by their structure. Looks at the first few; kUnknown for an empty request.
OtlpSignal signalOf(std::string_view request);
// What one Span, Metric or LogRecord message is.
OtlpSignal signalOfItem(std::string_view item);

}  // namespace nj::format
