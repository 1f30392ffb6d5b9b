// One span of Jaeger's JSON into rows in OpenTelemetry's meaning, as Jaeger's own translation does: span.kind, error and
// otel.* tags become fields, CHILD_OF the parent, other references links, logs events. Used by one thread.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "format/otlp_builder.h"
#include "format/simdjson_value.h"

namespace nj::format {

using JaegerProcesses = std::unordered_map<std::string, Resource>;

class JaegerSpanReader {
public:
    explicit JaegerSpanReader(OtlpBuilder& builder) : builder_(builder) {}

    // The process of spans that name none.
    void setProcess(Resource process);
    Resource process(JsonValue& value);
    // Reads the span and commits it, unless broken() is true then.
    void read(JsonObject& span, const JaegerProcesses& processes);

    // The document is malformed from some point on.
    [[nodiscard]] bool broken() const { return broken_; }
    void check(bool good) { broken_ = broken_ || !good; }
    void reset() { broken_ = false; }

private:
    struct Reference {
        TraceId traceId;
        SpanId spanId;
        bool childOf = true;
    };
    struct Tags {
        std::string_view scopeName, scopeVersion;
        bool error = false;
    };
    // A tag's value in any of Jaeger's spellings.
    KeyValue tag(JsonValue& value);
    void typedValue(AttributeValue& out, std::string_view type, std::string_view token);
    void first(JsonObject& span, const JaegerProcesses& processes, SpanFields& s, std::vector<Reference>& references);
    void spanTags(JsonValue& value, SpanFields& s, Tags& tags);
    void flatTags(JsonValue& value, SpanFields& s, Tags& tags);
    void spanTag(KeyValue& entry, SpanFields& s, Tags& tags);
    void log(JsonValue& value);
    void reference(JsonValue& value, std::vector<Reference>& references);
    void links(const std::vector<Reference>& references, SpanFields& s);
    void useProcess(Resource resource);
    void useScope(const Tags& tags);

    std::string_view text(JsonValue& value);
    std::string_view kept(std::string text) { return texts_.emplace_back(std::move(text)); }
    TimeNs time(JsonValue& value);
    DurationNs duration(JsonValue& value);
    template <typename AnyId>
    AnyId id(JsonValue& value);

    OtlpBuilder& builder_;
    TextStore texts_;
    std::string processId_;        // whose resource is set, "" = default or embedded
    Resource default_;
    bool embedded_ = false;        // the span holds its process, as in Elasticsearch
    bool broken_ = false;
};

}  // namespace nj::format
