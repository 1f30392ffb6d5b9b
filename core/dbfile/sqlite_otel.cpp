// sqlite-otel-collector: OTLP in tables, attributes, events, links and exemplars as OTLP JSON. Each row is put together as the OTLP JSON it was
// and read by that decoder, so that it means what it means from the wire.
#include <fmt/format.h>
#include <simdjson.h>

#include <array>
#include <unordered_map>

#include "base/json_writer.h"
#include "dbfile/cell_value.h"
#include "format/json_stream.h"
#include "format/otlp_json_decoder.h"

namespace nj::dbfile {
namespace {

constexpr size_t kRowsPerDocument = 64;
constexpr size_t kDocumentBytes = 1U << 20;
constexpr size_t kKept = 4'096;   // resources, scopes and metrics looked up and remembered


class OtelReader {
public:
    explicit OtelReader(ReadContext& context) : context_(context), decoder_(context.rows(), context.out()) {}

    Status read() {
        NJ_RETURN_IF_ERROR(context_.eachRow("spans", {"trace_id", "span_id", "parent_span_id", "trace_state", "name", "kind", "start_time_unix_nano", "end_time_unix_nano", "attributes", "events",
                                                      "links", "status_code", "status_message", "resource_id", "scope_id", "flags"},
                                            [this](auto& row) { span(row); }));
        NJ_RETURN_IF_ERROR(deliver());
        NJ_RETURN_IF_ERROR(context_.eachRow("log_records", {"time_unix_nano", "observed_time_unix_nano", "severity_number", "severity_text", "body", "attributes", "trace_id", "span_id", "flags",
                                                            "resource_id", "scope_id", "event_name"},
                                            [this](auto& row) { log(row); }));
        NJ_RETURN_IF_ERROR(deliver());
        const sqlite::TableShape* metrics = context_.db().table("metrics");
        typeColumn_ = metrics != nullptr && metrics->has("metric_type") ? "metric_type" : "type";
        NJ_RETURN_IF_ERROR(context_.eachRow("metric_data_points", {"metric_id", "attributes", "start_time_unix_nano", "time_unix_nano", "value_double", "value_int", "exemplars", "flags",
                                                                   "aggregation_temporality", "is_monotonic", "count", "sum_value", "min_value", "max_value", "bucket_counts", "explicit_bounds"},
                                            [this](auto& row) { point(row); }));
        NJ_RETURN_IF_ERROR(deliver());
        return context_.flush();
    }

private:
    enum class Kind : uint8_t { kSpans, kLogs, kMetrics };
    struct Metric {
        std::string head, kind;
        int64_t resource = 0, scope = 0;
        bool known = false;
    };

    // One whole value: nothing of a row can reach into its neighbours' JSON.
    bool isJson(std::string_view text) { return parser_.parse(text.data(), text.size()).error() == simdjson::SUCCESS; }

    // The column's JSON where it is some; "null" where it is NULL, empty, or none (which is counted).
    std::string json(const sqlite::TableScan& row, int column, std::string_view what) {
        const std::string_view text = row.text(column);
        if (text.empty() || text == "null")
            return "null";
        if ((text.front() == '[' || text.front() == '{') && isJson(text))
            return std::string(text);
        context_.rows().health(HealthSeverity::kRepaired, fmt::format("{} that are no JSON", what), text);
        return "null";
    }

    template <typename Fill>
    void document(Kind kind, int64_t resource, int64_t scope, Fill&& fill) {
        if (rows_ > 0 && (kind != kind_ || resource != resource_ || scope != scope_ || rows_ == kRowsPerDocument || text_.size() > kDocumentBytes))
            end();
        if (rows_++ == 0) {
            kind_ = kind;
            resource_ = resource;
            scope_ = scope;
            const std::string name = kind == Kind::kSpans ? "Spans" : kind == Kind::kLogs ? "Logs" : "Metrics";
            text_ = "{\"resource" + name + "\":[{" + owner(resources_, "resources", resource) + "\"scope" + name + "\":[{" + owner(scopes_, "instrumentation_scopes", scope) +
                    (kind == Kind::kSpans ? "\"spans\":[" : kind == Kind::kLogs ? "\"logRecords\":[" : "\"metrics\":[");
        } else {
            text_ += ',';
        }
        JsonWriter writer(text_);
        writer.beginObject();
        fill(writer);
        writer.endObject();
    }

    void end() {
        if (rows_ == 0)
            return;
        rows_ = 0;
        text_ += "]}]}]}";
        const size_t size = text_.size();
        text_.append(format::JsonStream::kPadding, ' ');
        const auto outcome = decoder_.document(std::string_view(text_).substr(0, size), context_.rows().position);
        stopped_ = stopped_ || outcome == format::OtlpJsonDecoder::Outcome::kStopped;
        text_.clear();
    }

    Status deliver() {
        end();
        return stopped_ ? Status(makeError(ErrorCode::kCancelled, "reading was stopped")) : Status();
    }

    // By row id, which the tool's id is: fast whatever the file says about its keys.
    std::optional<sqlite::Statement> byRow(const std::string& table, int64_t id, std::initializer_list<std::string_view> columns) {
        const sqlite::TableShape* shape = context_.db().table(table);
        if (shape == nullptr)
            return std::nullopt;
        std::string sql = "SELECT 0";
        for (const std::string_view column : columns)
            sql += shape->has(column) ? ", " + sqlite::quotedName(shape->column(column)) : ", NULL";
        auto found = context_.db().prepare(sql + " FROM " + sqlite::quotedName(shape->name) + " WHERE rowid = ?1");
        if (!found.ok())
            return std::nullopt;
        found->bind(1, id);
        const auto row = found->step();
        return row.ok() && *row ? std::optional(std::move(*found)) : std::nullopt;
    }

    const std::string& owner(std::unordered_map<int64_t, std::string>& known, const std::string& table, int64_t id) {
        if (known.size() >= kKept)
            known.clear();
        const auto [at, fresh] = known.try_emplace(id);
        const bool scope = table != "resources";
        if (!fresh)
            return at->second;
        auto row = byRow(table, id, {"attributes", "schema_url", "name", "version"});
        if (!row) {
            if (id != 0)
                context_.rows().health(HealthSeverity::kRepaired, scope ? "rows whose scope is not in the file" : "rows whose resource is not in the file", std::to_string(id));
            return at->second;
        }
        const std::string_view attributes = row->text(1);
        const bool good = !attributes.empty() && isJson(attributes);
        std::string& out = at->second;
        out = scope ? "\"scope\":{\"name\":" : "\"resource\":{";
        if (scope) {
            appendJsonString(out, row->text(3));
            out += ",\"version\":";
            appendJsonString(out, row->text(4));
            out += ',';
        }
        out += "\"attributes\":" + (good ? std::string(attributes) : "[]") + "},\"schemaUrl\":";
        appendJsonString(out, row->text(2));
        out += ',';
        return out;
    }

    void span(sqlite::TableScan& row) {
        document(Kind::kSpans, row.integer(13), row.integer(14), [&](JsonWriter& out) {
            out.key("traceId").string(row.text(0)).key("spanId").string(row.text(1)).key("parentSpanId").string(row.text(2)).key("traceState").string(row.text(3));
            out.key("name").string(row.text(4)).key("kind").integer(row.integer(5)).key("startTimeUnixNano").integer(row.integer(6)).key("endTimeUnixNano").integer(row.integer(7));
            out.key("attributes").raw(json(row, 8, "attributes")).key("events").raw(json(row, 9, "events")).key("links").raw(json(row, 10, "links"));
            out.key("status").beginObject().key("code").integer(row.integer(11)).key("message").string(row.text(12)).endObject();
            out.key("flags").integer(row.integer(15));
        });
    }

    // An AnyValue as JSON, or the bare text.
    std::string body(const sqlite::TableScan& row, int column) {
        const std::string_view text = row.text(column);
        if (!text.empty() && (text.front() == '{' || text.front() == '"')) {
            const auto value = parseJson(text);
            if (value && value->is_object() && value->size() == 1 && value->begin().key().ends_with("Value"))
                return std::string(text);
            if (value && value->is_string())
                return "{\"stringValue\":" + std::string(text) + '}';
        }
        std::string out = "{\"stringValue\":";
        appendJsonString(out, text);
        return out + '}';
    }

    void log(sqlite::TableScan& row) {
        document(Kind::kLogs, row.integer(9), row.integer(10), [&](JsonWriter& out) {
            out.key("timeUnixNano").integer(row.integer(0)).key("observedTimeUnixNano").integer(row.integer(1)).key("severityNumber").integer(row.integer(2)).key("severityText").string(row.text(3));
            if (row.has(4))
                out.key("body").raw(body(row, 4));
            out.key("attributes").raw(json(row, 5, "attributes")).key("traceId").string(row.text(6)).key("spanId").string(row.text(7)).key("flags").integer(row.integer(8));
            if (row.has(11))
                out.key("eventName").string(row.text(11));
        });
    }

    const Metric& metric(int64_t id) {
        if (metrics_.size() >= kKept)
            metrics_.clear();
        const auto [at, fresh] = metrics_.try_emplace(id);
        if (!fresh)
            return at->second;
        auto row = byRow("metrics", id, {"name", "description", "unit", typeColumn_, "resource_id", "scope_id"});
        Metric& m = at->second;
        if (!row || row->text(1).empty())
            return m;
        m.head = "\"name\":";
        appendJsonString(m.head, row->text(1));
        m.head += ",\"description\":";
        appendJsonString(m.head, row->text(2));
        m.head += ",\"unit\":";
        appendJsonString(m.head, row->text(3));
        m.kind = std::string(row->text(4));
        m.resource = row->integer(5);
        m.scope = row->integer(6);
        m.known = true;
        return m;
    }

    void point(sqlite::TableScan& row) {
        const Metric& m = metric(row.integer(0));
        if (!m.known)
            return context_.reject("data point whose metric is not in the file", std::to_string(row.integer(0)));
        const bool buckets = m.kind == "histogram" && row.has(14);
        if (!buckets && !row.has(4) && !row.has(5) && (row.integer(7) & 1) == 0)
            return context_.reject("data point without a value (sqlite-otel keeps none of histograms and summaries)", m.head);
        const bool sum = m.kind == "sum";
        if (sum && !row.has(8))
            context_.assume("The file does not say how sums are counted: they are taken as cumulative.");
        document(Kind::kMetrics, m.resource, m.scope, [&](JsonWriter& out) {
            // The head is the inside of an object: it is put in as it stands.
            text_ += m.head + ',';
            out.key(buckets ? "histogram" : sum ? "sum" : "gauge").beginObject();
            if (sum || buckets)
                out.key("aggregationTemporality").integer(row.has(8) ? row.integer(8) : 2);
            if (sum)
                out.key("isMonotonic").boolean(row.integer(9) != 0);
            out.key("dataPoints").beginArray().beginObject();
            out.key("attributes").raw(json(row, 1, "attributes")).key("startTimeUnixNano").integer(row.integer(2)).key("timeUnixNano").integer(row.integer(3)).key("flags").integer(row.integer(7));
            if (buckets)
                histogram(row, out);
            else if (row.has(4))
                out.key("asDouble").number(row.number(4));
            else if (row.has(5))
                out.key("asInt").integer(row.integer(5));
            out.key("exemplars").raw(json(row, 6, "exemplars")).endObject().endArray().endObject();
        });
    }

    void histogram(const sqlite::TableScan& row, JsonWriter& out) {
        out.key("count").integer(row.integer(10));
        for (const auto& [column, name] : {std::pair{11, "sum"}, {12, "min"}, {13, "max"}})
            if (row.has(column))
                out.key(name).number(row.number(column));
        out.key("bucketCounts").raw(json(row, 14, "buckets")).key("explicitBounds").raw(json(row, 15, "bounds"));
    }

    ReadContext& context_;
    format::OtlpJsonDecoder decoder_;
    simdjson::dom::parser parser_;
    std::string text_;
    size_t rows_ = 0;
    Kind kind_ = Kind::kSpans;
    int64_t resource_ = 0, scope_ = 0;
    bool stopped_ = false;
    std::string_view typeColumn_;
    std::unordered_map<int64_t, std::string> resources_, scopes_;
    std::unordered_map<int64_t, Metric> metrics_;
};

bool knows(const sqlite::UntrustedDatabase& db) {
    return hasColumns(db, "resources", {"attributes"}) && hasColumns(db, "instrumentation_scopes", {"name"}) &&
           (hasColumns(db, "spans", {"trace_id", "span_id", "start_time_unix_nano", "resource_id"}) || hasColumns(db, "log_records", {"time_unix_nano", "resource_id"}) ||
            hasColumns(db, "metric_data_points", {"metric_id", "time_unix_nano"}));
}

Status read(ReadContext& context) { return OtelReader(context).read(); }

}  // namespace

extern const ToolReader kSqliteOtel;
const ToolReader kSqliteOtel{"sqlite_otel", "sqlite-otel", knows, read};

}  // namespace nj::dbfile
