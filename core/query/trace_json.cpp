#include "query/trace_json.h"

#include <fmt/format.h>

#include <map>

#include "base/json_writer.h"

namespace nj::query {
namespace {

const char* statusName(SpanStatus status) { return status == SpanStatus::kError ? "error" : status == SpanStatus::kOk ? "ok" : "unset"; }

void writeValue(JsonWriter& json, const AttributeValue& value) {
    json.beginObject();
    switch (value.type) {
    case ValueType::kString: json.key("stringValue").string(value.text); break;
    case ValueType::kBool: json.key("boolValue").boolean(value.integer != 0); break;
    case ValueType::kInt: json.key("intValue").string(std::to_string(value.integer)); break;
    case ValueType::kDouble: json.key("doubleValue").number(value.number); break;
    case ValueType::kBytes: json.key("bytesValue").string(value.display()); break;
    // Arrays and lists were kept as JSON text; they leave as that text.
    case ValueType::kJson: json.key("stringValue").string(value.text); break;
    case ValueType::kEmpty: break;
    }
    json.endObject();
}

void writeAttributes(JsonWriter& json, const AttributeList& attributes) {
    json.key("attributes").beginArray();
    for (const auto& [key, value] : attributes) {
        json.beginObject().key("key").string(key).key("value");
        writeValue(json, value);
        json.endObject();
    }
    json.endArray();
}

}  // namespace

std::string traceJson(const TraceTree& tree) {
    std::string out;
    JsonWriter json(out);
    json.beginObject().key("trace_id").string(tree.id.hex()).key("start_time_unix_nano").integer(tree.from).key("end_time_unix_nano").integer(tree.to);
    json.key("warnings").beginArray();
    for (const auto& warning : tree.warnings)
        json.string(warning);
    json.endArray().key("spans").beginArray();
    for (const auto& span : tree.spans) {
        json.beginObject().key("seq").integer(span.seq).key("span_id").string(span.id.hex());
        json.key("parent_span_id").string(span.parentId.empty() ? "" : span.parentId.hex()).key("depth").integer(span.depth);
        json.key("service").string(span.service).key("name").string(span.name).key("status").string(statusName(span.status));
        json.key("status_message").string(span.statusMessage).key("start_time_unix_nano").integer(span.start).key("end_time_unix_nano").integer(span.end);
        json.key("self_nano").integer(span.self).key("critical_path").boolean(span.onCriticalPath);
        json.key("attributes").raw(attributesToJson(span.attributes)).key("stages").beginArray();
        for (const auto& stage : span.stages)
            json.beginObject().key("name").string(stage.name).key("from").integer(stage.from).key("to").integer(stage.to).endObject();
        json.endArray().endObject();
    }
    json.endArray().key("logs").beginArray();
    for (const auto& log : tree.logs)
        json.beginObject().key("seq").integer(log.seq).key("time_unix_nano").integer(log.time).key("severity_number").integer(log.severity).key("service").string(log.service).key("body").string(log.body).endObject();
    json.endArray().endObject();
    out += '\n';
    return out;
}

Result<std::vector<SpanDetail>> spanDetails(Backend& backend, const TraceTree& tree, size_t limit, std::stop_token stop) {
    if (tree.spans.size() > limit)
        return makeError(ErrorCode::kLimit, fmt::format("the trace has {} spans; at most {} are copied as OTLP: use nightjar trace --format otlp", tree.spans.size(), limit));
    std::vector<SpanDetail> details;
    for (const TraceSpan& span : tree.spans) {
        NJ_ASSIGN(SpanDetail detail, backend.spanDetail(span.seq, stop));
        details.push_back(std::move(detail));
    }
    return details;
}

std::string traceOtlpJson(const TraceTree& tree, const std::vector<SpanDetail>& all) {
    std::map<uint32_t, std::vector<const SpanDetail*>> byResource;
    for (size_t i = 0; i < all.size() && i < tree.spans.size(); ++i)
        byResource[tree.spans[i].resourceId].push_back(&all[i]);
    std::string out;
    JsonWriter json(out);
    json.beginObject().key("resourceSpans").beginArray();
    for (const auto& [id, details] : byResource) {
        json.beginObject().key("resource").beginObject();
        writeAttributes(json, details.front()->resource.attributes);
        json.endObject().key("scopeSpans").beginArray();
        for (const SpanDetail* one : details) {
            const SpanDetail& detail = *one;
            const auto& span = detail.span;
            json.beginObject().key("scope").beginObject().key("name").string(detail.scope.name).key("version").string(detail.scope.version).endObject();
            json.key("spans").beginArray().beginObject().key("traceId").string(tree.id.hex()).key("spanId").string(span.id.hex());
            if (!span.parentId.empty())
                json.key("parentSpanId").string(span.parentId.hex());
            if (!detail.traceState.empty())
                json.key("traceState").string(detail.traceState);
            json.key("name").string(span.name).key("kind").integer(static_cast<int>(span.kind)).key("flags").unsignedInteger(detail.flags);
            json.key("startTimeUnixNano").string(std::to_string(span.start)).key("endTimeUnixNano").string(std::to_string(span.end));
            writeAttributes(json, span.attributes);
            json.key("events").beginArray();
            for (const auto& event : span.events) {
                json.beginObject().key("timeUnixNano").string(std::to_string(event.time)).key("name").string(event.name);
                writeAttributes(json, event.attributes);
                json.endObject();
            }
            json.endArray().key("links").beginArray();
            for (const auto& link : span.links)
                json.beginObject().key("traceId").string(link.trace.hex()).key("spanId").string(link.span.hex()).endObject();
            json.endArray().key("status").beginObject().key("code").integer(static_cast<int>(span.status)).key("message").string(span.statusMessage).endObject();
            json.endObject().endArray().endObject();
        }
        json.endArray().endObject();
    }
    json.endArray().endObject();
    out += '\n';
    return out;
}

}  // namespace nj::query
