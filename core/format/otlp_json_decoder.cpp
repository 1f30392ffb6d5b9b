#include "format/otlp_json_decoder.h"

#include <utility>

#include "base/utf8.h"
#include "format/json_stream.h"
#include "format/otlp_json_reader.h"

namespace nj::format {
namespace {

constexpr int kMaxWrappers = 4;
constexpr size_t kExampleBytes = 256;

bool isResourceList(std::string_view key) {
    return key == "resourceSpans" || key == "resourceLogs" || key == "resourceMetrics" || key == "batches" || key == "resource_spans" ||
           key == "resource_logs" || key == "resource_metrics";
}

bool isWrapper(std::string_view key) { return key == "result" || key == "trace" || key == "data"; }

bool isScopeList(std::string_view key) {
    return key == "scopeSpans" || key == "scopeLogs" || key == "scopeMetrics" || key == "instrumentationLibrarySpans" ||
           key == "instrumentationLibraryLogs" || key == "instrumentationLibraryMetrics";
}

}  // namespace

OtlpJsonDecoder::Outcome OtlpJsonDecoder::Reader::document(std::string_view json, OtlpBuilder::Position position) {
    builder_.position = start_ = position;
    Outcome outcome = Outcome::kMalformed;
    if (parse(json, outcome) != simdjson::UTF8_ERROR)
        return outcome;
    builder_.health(HealthSeverity::kRepaired, "text that is no UTF-8", json);
    std::string repaired = repairUtf8(json);
    const size_t size = repaired.size();
    repaired.append(JsonStream::kPadding, ' ');
    parse(std::string_view(repaired).substr(0, size), outcome);
    return outcome;
}

simdjson::error_code OtlpJsonDecoder::Reader::parse(std::string_view json, Outcome& outcome) {
    begin_ = json.data();
    end_ = begin_ + json.size();
    broken_ = stopped_ = found_ = false;
    texts_.clear();
    simdjson::ondemand::document document;
    JsonObject object;
    simdjson::error_code error = parser_.iterate(json.data(), json.size(), json.size() + JsonStream::kPadding).get(document);
    if (error == simdjson::UTF8_ERROR)
        return error;
    if (error == simdjson::SUCCESS)
        error = document.get_object().get(object);
    if (error == simdjson::SUCCESS)
        top(object, 0);
    builder_.position = start_;
    outcome = stopped_ ? Outcome::kStopped : error != simdjson::SUCCESS || broken_ ? Outcome::kMalformed : found_ ? Outcome::kRead : Outcome::kNotOtlp;
    if (outcome == Outcome::kMalformed)
        builder_.health(HealthSeverity::kRejected, "malformed JSON", json.substr(0, kExampleBytes));
    else if (outcome == Outcome::kNotOtlp)
        builder_.health(HealthSeverity::kRejected, "JSON object without OTLP data", json.substr(0, kExampleBytes));
    return simdjson::SUCCESS;
}

void OtlpJsonDecoder::Reader::top(JsonObject& object, int depth) {
    bool bare = false;   // a ResourceSpans by itself
    bool empty = true;
    check(forEachMember(object, [&](std::string_view key, JsonValue& value) {
        if (!going())
            return;
        empty = false;
        if (isResourceList(key)) {
            found_ = true;
            check(forEachElement(value, [&](JsonValue& element) {
                if (going())
                    resourceItems(element);
            }));
        } else if (isWrapper(key) && depth < kMaxWrappers) {
            JsonObject inner;
            if (value.get_object().get(inner) == simdjson::SUCCESS)
                top(inner, depth + 1);
        } else if (isScopeList(camel(key))) {
            bare = true;
        }
    }));
    found_ = found_ || empty;   // {} is a request without rows
    if (!bare || !going() || object.reset().error() != simdjson::SUCCESS)
        return;
    found_ = true;
    resourceObject(object);
}

void OtlpJsonDecoder::Reader::resourceItems(JsonValue& value) {
    JsonObject object;
    const simdjson::error_code error = value.get_object().get(object);
    if (error == simdjson::SUCCESS)
        resourceObject(object);
    else if (error == simdjson::INCORRECT_TYPE)
        builder_.health(HealthSeverity::kRejected, "OTLP resource item that is no object");
    else
        broken_ = true;
}

// Twice over the object: the resource may stand behind the items.
void OtlpJsonDecoder::Reader::resourceObject(JsonObject& object) {
    texts_.clear();
    Resource resource;
    std::string schemaUrl;
    check(forEachMember(object, [&](std::string_view rawKey, JsonValue& value) {
        const std::string_view key = camel(rawKey);
        if (key == "schemaUrl") {
            schemaUrl = text(value);
        } else if (key == "resource" && going()) {
            check(forEachMember(value, [&](std::string_view rawMember, JsonValue& member) {
                const std::string_view name = camel(rawMember);
                if (name == "attributes")
                    resource.attributes = attributeList(member);
                else if (name == "droppedAttributesCount")
                    resource.droppedAttributes = count(member);
            }));
        }
    }));
    resource.schemaUrl = std::move(schemaUrl);
    builder_.setResource(std::move(resource));
    if (!going() || object.reset().error() != simdjson::SUCCESS)
        return;
    check(forEachMember(object, [&](std::string_view key, JsonValue& value) {
        if (!going() || !isScopeList(camel(key)))
            return;
        check(forEachElement(value, [&](JsonValue& element) {
            if (going())
                scopeItems(element);
        }));
    }));
}

void OtlpJsonDecoder::Reader::scopeItems(JsonValue& value) {
    texts_.clear();
    builder_.clearScope();
    JsonObject object;
    if (value.get_object().get(object) != simdjson::SUCCESS) {
        builder_.health(HealthSeverity::kRejected, "OTLP scope item that is no object");
        return;
    }
    Scope scope;
    bool hasScope = false;
    check(forEachMember(object, [&](std::string_view rawKey, JsonValue& member) {
        const std::string_view key = camel(rawKey);
        if (key == "schemaUrl") {
            scope.schemaUrl = text(member);
            hasScope = hasScope || !scope.schemaUrl.empty();
        } else if (key == "scope" || key == "instrumentationLibrary") {
            hasScope = true;
            check(forEachMember(member, [&](std::string_view rawName, JsonValue& field) {
                const std::string_view name = camel(rawName);
                if (name == "name")
                    scope.name = text(field);
                else if (name == "version")
                    scope.version = text(field);
                else if (name == "attributes")
                    scope.attributes = attributeList(field);
                else if (name == "droppedAttributesCount")
                    scope.droppedAttributes = count(field);
            }));
        }
    }));
    if (hasScope)
        builder_.setScope(std::move(scope));
    if (!going() || object.reset().error() != simdjson::SUCCESS)
        return;
    check(forEachMember(object, [&](std::string_view rawKey, JsonValue& member) {
        const std::string_view key = camel(rawKey);
        if (key == "spans")
            items(member, Signal::kTraces);
        else if (key == "logRecords" || key == "logs")
            items(member, Signal::kLogs);
        else if (key == "metrics")
            items(member, Signal::kMetrics);
    }));
}

void OtlpJsonDecoder::Reader::items(JsonValue& list, Signal signal) {
    if (!going())
        return;
    check(forEachElement(list, [&](JsonValue& element) {
        if (!going())
            return;
        startRow(element);
        const std::string_view token = jsonToken(element);
        if (!token.starts_with('{')) {
            builder_.health(HealthSeverity::kRejected, "OTLP item that is no object", token);
            return;
        }
        if (signal == Signal::kTraces)
            span(element);
        else if (signal == Signal::kLogs)
            log(element);
        else
            metric(element);
        flushWhenFull();
    }));
}

void OtlpJsonDecoder::Reader::startRow(JsonValue& value) {
    const std::string_view token = jsonToken(value);
    const uint64_t at = token.empty() ? 0 : static_cast<uint64_t>(token.data() - begin_);
    builder_.addInputBytes(start_.offset + at > builder_.position.offset ? static_cast<size_t>(start_.offset + at - builder_.position.offset) : 0);
    builder_.position.offset = start_.offset + at;
    texts_.clear();
    rowAttributes_ = 0;
}

void OtlpJsonDecoder::Reader::span(JsonValue& value) {
    SpanFields s;
    const uint32_t row = builder_.spanRow();
    check(forEachMember(value, [&](std::string_view rawKey, JsonValue& v) {
        if (!going())
            return;
        const std::string_view key = camel(rawKey);
        if (key == "traceId")
            s.traceId = id<TraceId>(v);
        else if (key == "spanId")
            s.spanId = id<SpanId>(v);
        else if (key == "parentSpanId")
            s.parentSpanId = id<SpanId>(v);
        else if (key == "name")
            s.name = text(v);
        else if (key == "startTimeUnixNano")
            s.start = time(v);
        else if (key == "endTimeUnixNano")
            s.end = time(v);
        else if (key == "kind")
            s.kind = static_cast<SpanKind>(enumNumber(v, "SPAN_KIND_", {"UNSPECIFIED", "INTERNAL", "SERVER", "CLIENT", "PRODUCER", "CONSUMER"}));
        else if (key == "attributes")
            rowAttributes(builder_.spanAttributes(), row, v);
        else if (key == "events")
            check(forEachElement(v, [&](JsonValue& event) { spanEvent(event); }));
        else if (key == "links")
            check(forEachElement(v, [&](JsonValue& link) { spanLink(link); }));
        else if (key == "status")
            check(forEachMember(v, [&](std::string_view name, JsonValue& member) {
                if (name == "code")
                    s.status = static_cast<SpanStatus>(enumNumber(member, "STATUS_CODE_", {"UNSET", "OK", "ERROR"}));
                else if (name == "message")
                    s.statusMessage = text(member);
            }));
        else if (key == "traceState")
            s.traceState = text(v);
        else if (key == "flags")
            s.flags = count(v);
        else if (key == "droppedAttributesCount")
            s.droppedAttributes = count(v);
        else if (key == "droppedEventsCount")
            s.droppedEvents = count(v);
        else if (key == "droppedLinksCount")
            s.droppedLinks = count(v);
    }));
    if (broken_)
        builder_.dropSpan();
    else
        builder_.commitSpan(s);
}

void OtlpJsonDecoder::Reader::spanEvent(JsonValue& value) {
    if (!going())
        return;
    SpanEventFields e;
    const size_t spanAttributes = std::exchange(rowAttributes_, 0);
    check(forEachMember(value, [&](std::string_view rawKey, JsonValue& v) {
        const std::string_view key = camel(rawKey);
        if (key == "timeUnixNano")
            e.time = time(v);
        else if (key == "name")
            e.name = text(v);
        else if (key == "attributes")
            rowAttributes(builder_.eventAttributes(), builder_.eventRow(), v);
        else if (key == "droppedAttributesCount")
            e.droppedAttributes = count(v);
    }));
    rowAttributes_ = spanAttributes;
    broken_ ? builder_.dropEvent() : builder_.commitEvent(e);
}

void OtlpJsonDecoder::Reader::spanLink(JsonValue& value) {
    if (!going())
        return;
    SpanLinkFields l;
    const size_t spanAttributes = std::exchange(rowAttributes_, 0);
    check(forEachMember(value, [&](std::string_view rawKey, JsonValue& v) {
        const std::string_view key = camel(rawKey);
        if (key == "traceId")
            l.traceId = id<TraceId>(v);
        else if (key == "spanId")
            l.spanId = id<SpanId>(v);
        else if (key == "traceState")
            l.traceState = text(v);
        else if (key == "attributes")
            rowAttributes(builder_.linkAttributes(), builder_.linkRow(), v);
        else if (key == "flags")
            l.flags = count(v);
        else if (key == "droppedAttributesCount")
            l.droppedAttributes = count(v);
    }));
    rowAttributes_ = spanAttributes;
    broken_ ? builder_.dropLink() : builder_.commitLink(l);
}

void OtlpJsonDecoder::Reader::log(JsonValue& value) {
    LogFields l;
    AttributeValue body;
    const uint32_t row = builder_.logRow();
    check(forEachMember(value, [&](std::string_view rawKey, JsonValue& v) {
        if (!going())
            return;
        const std::string_view key = camel(rawKey);
        if (key == "timeUnixNano")
            l.time = time(v);
        else if (key == "observedTimeUnixNano")
            l.observedTime = time(v);
        else if (key == "severityNumber")
            l.severityNumber = severity(v);
        else if (key == "severityText")
            l.severityText = text(v);
        else if (key == "body")
            body = plain(v).owned();
        else if (key == "attributes")
            rowAttributes(builder_.logAttributes(), row, v);
        else if (key == "traceId")
            l.traceId = id<TraceId>(v);
        else if (key == "spanId")
            l.spanId = id<SpanId>(v);
        else if (key == "eventName")
            l.eventName = text(v);
        else if (key == "flags")
            l.flags = count(v);
        else if (key == "droppedAttributesCount")
            l.droppedAttributes = count(v);
    }));
    if (broken_) {
        builder_.dropLog();
        return;
    }
    l.bodyType = body.type == ValueType::kJson ? ValueType::kJson : ValueType::kString;
    if (body.type != ValueType::kString && body.type != ValueType::kJson)
        body.text = body.display();
    l.body = body.text;
    builder_.commitLog(l);
}

OtlpJsonDecoder::OtlpJsonDecoder(OtlpBuilder& builder, BatchConsumer out) : reader_(std::make_unique<Reader>(builder, std::move(out))) {}
OtlpJsonDecoder::~OtlpJsonDecoder() = default;

OtlpJsonDecoder::Outcome OtlpJsonDecoder::document(std::string_view json, OtlpBuilder::Position position) {
    return reader_->document(json, position);
}

Result<Batch> decodeOtlpJson(std::string_view request) {
    OtlpBuilder builder;
    OtlpJsonDecoder decoder(builder, {});
    std::string padded(request);
    padded.append(JsonStream::kPadding, ' ');
    const auto outcome = decoder.document(std::string_view(padded).substr(0, request.size()), {});
    if (outcome == OtlpJsonDecoder::Outcome::kNotOtlp || outcome == OtlpJsonDecoder::Outcome::kMalformed)
        return makeError(ErrorCode::kMalformed, "the request is no OTLP JSON");
    return builder.take();
}

}  // namespace nj::format
