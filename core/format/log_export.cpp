// Exports of log stores that are JSON documents: an envelope around an array of records. What an envelope looks like and where its
// records lie is a table; a record itself is read by its field names like any JSON line.
#include <memory>
#include <string>

#include <simdjson.h>

#include "format/format.h"
#include "format/json_stream.h"
#include "format/log_batch.h"
#include "format/log_export_rows.h"
#include "format/log_text.h"

namespace nj::format {
namespace {

using simdjson::dom::element;

struct Envelope {
    std::string_view path;        // JSON pointer of the array of records
    std::string_view mark;        // JSON pointer that must exist beside it; "" = none
    ExportRecord kind;
};

constexpr Envelope kEnvelopes[] = {
    {"/data/result", "/data/resultType", ExportRecord::kLokiStream},      // Loki's query API
    {"/streams", "", ExportRecord::kLokiStream},                          // Loki's push
    {"/hits/hits", "", ExportRecord::kObject},                            // Elasticsearch, OpenSearch
    {"/events", "", ExportRecord::kMessage},                              // CloudWatch filter-log-events, get-log-events
    {"/logEvents", "/logGroup", ExportRecord::kMessage},                  // CloudWatch subscription
    {"/results", "/statistics", ExportRecord::kFieldList},                // CloudWatch Insights
    {"/data/actor/account/nrql/results", "", ExportRecord::kObject},      // New Relic NerdGraph
    {"/results", "", ExportRecord::kObject},                              // Splunk, New Relic's query API
    {"/entries", "", ExportRecord::kObject},                              // Cloud Logging entries.list
    {"/data", "/data/0/attributes", ExportRecord::kObject},               // Datadog
    {"/logs", "", ExportRecord::kObject},
    {"/items", "/items/0/body", ExportRecord::kObject},                   // Sentry's log container
};

class ExportReader final : public FormatReader {
public:
    explicit ExportReader(const ReaderOptions& options) : rows_(options, resourceFromPath(options.path)), records_(rows_) {}

    Status feed(std::string_view chunk, const BatchConsumer& out) override {
        const bool more = stream_.feed(chunk, [&](const JsonStream::Value& value) { return take(value, out); }, [&](HealthRecord&& record) { reject(record); });
        return more ? Status() : makeError(ErrorCode::kCancelled, "stopped");
    }
    Status finish(const BatchConsumer& out) override {
        const bool more = stream_.finish([&](const JsonStream::Value& value) { return take(value, out); }, [&](HealthRecord&& record) { reject(record); });
        return more && rows_.finish(out) ? Status() : makeError(ErrorCode::kCancelled, "stopped");
    }
    [[nodiscard]] std::string assumptions() const override { return rows_.assumptions(); }

private:
    void reject(const HealthRecord& record) { rows_.countHealth(record.severity, record.reason, record.example, record.offset, record.line); }

    JsonStream::Verdict take(const JsonStream::Value& value, const BatchConsumer& out) {
        const simdjson::padded_string padded(value.bytes);
        element root;
        if (parser_.parse(padded).get(root) != simdjson::SUCCESS || !root.is_object())
            return JsonStream::Verdict::kMalformed;
        for (const Envelope& envelope : kEnvelopes) {
            simdjson::dom::array items;
            if (root.at_pointer(envelope.path).get(items) != simdjson::SUCCESS || (!envelope.mark.empty() && root.at_pointer(envelope.mark).error() != simdjson::SUCCESS))
                continue;
            return takeAll(items, envelope.kind, value.line, out) ? JsonStream::Verdict::kTaken : JsonStream::Verdict::kStop;
        }
        records_.add(ExportRecord::kObject, root, value.bytes, value.line);
        return rows_.flushIfFull(out) ? JsonStream::Verdict::kTaken : JsonStream::Verdict::kStop;
    }

    bool takeAll(const simdjson::dom::array& items, ExportRecord kind, uint64_t line, const BatchConsumer& out) {
        for (const element item : items) {
            simdjson::dom::array events;
            if (kind == ExportRecord::kObject && item["events"].get(events) == simdjson::SUCCESS) {   // New Relic: results[].events[]
                if (!takeAll(events, kind, line, out))
                    return false;
                continue;
            }
            const bool more = records_.add(kind, item, simdjson::minify(item), line, [&] { return rows_.flushIfFull(out); });
            if (!more || !rows_.flushIfFull(out))
                return false;
        }
        return true;
    }

    JsonStream stream_;
    simdjson::dom::parser parser_{512U << 20};
    LogBatch rows_;
    ExportRecords records_;
};

struct Signature {
    std::string_view first, second;   // both stand in the first bytes
    Confidence confidence;
};

constexpr Signature kSignatures[] = {
    {"\"resultType\":\"streams\"", "\"values\"", 98}, {"\"resultType\": \"streams\"", "\"values\"", 98}, {"\"streams\"", "\"values\"", 85},            {"\"hits\"", "\"_source\"", 92},
    {"\"_index\"", "\"_source\"", 85},            {"\"searchedLogStreams\"", "\"events\"", 92}, {"\"nextForwardToken\"", "\"events\"", 92},
    {"\"logStreamName\"", "\"message\"", 88},     {"\"ingestionTime\"", "\"message\"", 88},     {"\"DATA_MESSAGE\"", "\"logEvents\"", 92},
    {"\"@ptr\"", "\"@message\"", 92},             {"\"logName\"", "\"textPayload\"", 88},       {"\"logName\"", "\"jsonPayload\"", 88},
    {"\"logName\"", "\"insertId\"", 88},          {"\"attributes\"", "\"type\":\"log\"", 90},   {"\"attributes\"", "\"type\": \"log\"", 90},
    {"\"results\":[{\"events\"", "\"timestamp\"", 86}, {"\"results\": [{\"events\"", "\"timestamp\"", 86},
    {"\"nrql\"", "\"results\"", 92},              {"\"_raw\"", "\"_time\"", 86},                {"\"event_id\"", "\"platform\"", 84},
    {"\"sent_at\"", "\"type\":\"log\"", 84},      {"\"sent_at\"", "\"type\":\"event\"", 84},
};

// Arrays and pretty-printed objects that hold log records under everyday names.
Confidence sniffRecords(std::string_view bytes) {
    const size_t open = bytes.find_first_not_of(" \t\r\n");
    if (open == std::string_view::npos || (bytes[open] != '[' && bytes[open] != '{'))
        return 0;
    Confidence confidence = 0;
    size_t seen = 0;
    JsonStream stream;
    JsonLogParser parser;
    const bool array = bytes[open] == '[';
    stream.feed(
        bytes,
        [&](const JsonStream::Value& value) {
            LogLine line;
            const bool record = parser.parse(value.bytes, line, true) == JsonLogParser::Outcome::kRecord && line.time && (line.severity != 0 || line.body.size() < value.bytes.size());
            confidence = record ? 56 : 0;
            return record && ++seen < 2 ? JsonStream::Verdict::kTaken : JsonStream::Verdict::kStop;
        },
        [](HealthRecord&&) {});
    return array || seen > 1 ? confidence : 0;
}

Confidence sniff(const Sample& sample) {
    const std::string_view head = sample.bytes.substr(0, 16U << 10);
    const size_t open = head.find_first_not_of(" \t\r\n");
    if (open == std::string_view::npos || (head[open] != '{' && head[open] != '['))
        return 0;
    if (head.find("\"resourceLogs\"") != std::string_view::npos || head.find("\"resourceSpans\"") != std::string_view::npos)
        return 0;
    // Elasticsearch's bulk format: an action line, then the record.
    for (const std::string_view action : {"{\"index\":{", "{\"create\":{", "{\"index\": {", "{\"create\": {"})
        if (head.substr(open).starts_with(action) && head.find('\n', open) != std::string_view::npos)
            return 88;
    for (const Signature& signature : kSignatures)
        if (head.find(signature.first) != std::string_view::npos && head.find(signature.second) != std::string_view::npos)
            return signature.confidence;
    const bool pretty = head.find_first_of("\r\n", open) < head.find('}', open);
    return head[open] == '[' || pretty ? sniffRecords(sample.bytes) : 0;
}

std::unique_ptr<FormatReader> open(const ReaderOptions& options) { return std::make_unique<ExportReader>(options); }

}  // namespace

extern const Format kLogExport;
const Format kLogExport = {"log_export", "Log export (JSON)", sniff, open};

}  // namespace nj::format
