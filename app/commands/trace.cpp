// nightjar trace CAPSULE TRACE_ID: one trace as an indented tree, as JSON, or as OTLP JSON that other tools open.
#include <cmath>
#include <map>

#include <fmt/format.h>

#include "base/json_writer.h"
#include "commands/command.h"

namespace nj::app {
namespace {

struct Options {
    std::string capsule, id, format = "text";
};

const char* statusName(SpanStatus status) { return status == SpanStatus::kError ? "error" : status == SpanStatus::kOk ? "ok" : "unset"; }

void writeText(const query::TraceTree& tree) {
    fmt::print("trace {}  {}  {} spans  {} services  {} errors  {} logs\n", tree.id.hex(), formatDuration(tree.to - tree.from), tree.spans.size(), tree.services,
               tree.errors, tree.logs.size());
    for (const auto& warning : tree.warnings)
        fmt::print("! {}\n", printable(warning));
    for (const auto& span : tree.spans) {
        // Deep traces keep their depth as a number once indenting would push the text off the screen.
        const int indent = std::min(span.depth, 40);
        fmt::print("{:>10}  {:>10}  {:{}}{}{}{} [{}]{}{}\n", "+" + formatDuration(span.start - tree.from), formatDuration(span.end - span.start), "", indent * 2,
                   span.depth > 40 ? fmt::format("({}) ", span.depth) : "", span.status == SpanStatus::kError ? "▲ " : "", printable(span.name),
                   printable(span.service), span.onCriticalPath ? " *" : "", span.statusMessage.empty() ? "" : "  " + printable(span.statusMessage));
        for (const auto& stage : span.stages)
            fmt::print("{:>10}  {:>10}  {:{}}· {}\n", "+" + formatDuration(stage.from - tree.from), formatDuration(stage.to - stage.from), "", indent * 2 + 2, stage.name);
    }
    fmt::print("(* on the critical path)\n");
}

std::string toJson(const query::TraceTree& tree) {
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

Result<std::string> toOtlp(const query::TraceTree& tree, query::Backend& backend) {
    std::map<uint32_t, std::vector<query::SpanDetail>> byResource;
    for (const auto& span : tree.spans) {
        NJ_ASSIGN(query::SpanDetail detail, backend.spanDetail(span.seq, {}));
        byResource[span.resourceId].push_back(std::move(detail));
    }
    std::string out;
    JsonWriter json(out);
    json.beginObject().key("resourceSpans").beginArray();
    for (const auto& [id, details] : byResource) {
        json.beginObject().key("resource").beginObject();
        writeAttributes(json, details.front().resource.attributes);
        json.endObject().key("scopeSpans").beginArray();
        for (const auto& detail : details) {
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

Status show(const Options& options, query::Backend& backend) {
    const auto id = TraceId::fromHex(options.id);
    if (!id)
        return makeError(ErrorCode::kInvalidArgument, fmt::format("'{}' is not a trace id: use its hex digits", options.id));
    NJ_ASSIGN(const query::TraceTree tree, backend.traceTree(*id, {}));
    if (tree.spans.empty() && tree.logs.empty())
        return makeError(ErrorCode::kNotFound, fmt::format("no span and no log record of trace {} is in this capsule", id->hex()));
    if (options.format == "text") {
        writeText(tree);
    } else if (options.format == "json") {
        print(toJson(tree));
    } else {
        NJ_ASSIGN(const std::string otlp, toOtlp(tree, backend));
        print(otlp);
    }
    return {};
}

}  // namespace

void addTraceCommand(CLI::App& parent, int& exitCode) {
    auto options = std::make_shared<Options>();
    CLI::App* command = parent.add_subcommand("trace", "One trace: its spans as a tree");
    command->add_option("CAPSULE", options->capsule, "capsule file")->required();
    command->add_option("TRACE_ID", options->id, "hex trace id")->required();
    command->add_option("--format", options->format, "text, json or otlp (OTLP JSON)")->check(CLI::IsMember({"text", "json", "otlp"}));
    command->callback([options, &exitCode] {
        auto backend = query::openCapsuleBackend(options->capsule);
        const Status status = backend.ok() ? show(*options, **backend) : Status(backend.error());
        exitCode = status.ok() ? 0 : fail(status.error());
    });
}

}  // namespace nj::app
