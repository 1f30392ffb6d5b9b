#include "format/jaeger_span.h"

#include <algorithm>

#include "base/json_writer.h"

namespace nj::format {
namespace {

bool isHex(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); });
}

std::string bytesOfHex(std::string_view hex) {
    const auto digit = [](char c) { return c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10; };
    std::string out;
    for (size_t i = 0; i + 1 < hex.size(); i += 2)
        out += static_cast<char>(digit(hex[i]) * 16 + digit(hex[i + 1]));
    return out;
}

SpanKind kindOf(std::string_view name) {
    static constexpr std::string_view kNames[] = {"internal", "server", "client", "producer", "consumer"};
    for (size_t i = 0; i < std::size(kNames); ++i)
        if (name == kNames[i])
            return static_cast<SpanKind>(i + 1);
    return SpanKind::kUnspecified;
}

}  // namespace

void JaegerSpanReader::setProcess(Resource process) {
    default_ = std::move(process);
    processId_.clear();
    builder_.setResource(default_);
}

std::string_view JaegerSpanReader::text(JsonValue& value) {
    const std::string_view token = jsonToken(value);
    return token == "null" || token.starts_with('{') || token.starts_with('[') ? std::string_view() : jsonText(token, texts_);
}

// Microseconds, or RFC 3339.
TimeNs JaegerSpanReader::time(JsonValue& value) {
    const std::string_view written = text(value);
    TimeNs time = 0;
    if (const auto micros = jsonSigned(written); micros && !__builtin_mul_overflow(*micros, kMicrosecond, &time))
        return time;
    if (const auto parsed = parseTime(written, 0); parsed.ok() && written.find('T') != std::string_view::npos)
        return *parsed;
    builder_.health(HealthSeverity::kRepaired, "Jaeger time that is none: taken as unknown", written);
    return 0;
}

DurationNs JaegerSpanReader::duration(JsonValue& value) {
    const std::string_view written = text(value);
    DurationNs duration = 0;
    if (const auto micros = jsonSigned(written); micros && !__builtin_mul_overflow(*micros, kMicrosecond, &duration))
        return duration;
    if (const auto parsed = parseDuration(written); parsed.ok())
        return *parsed;
    builder_.health(HealthSeverity::kRepaired, "Jaeger duration that is none: taken as 0", written);
    return 0;
}

// Hex without its leading zeros, base64, or (Thrift) a number.
template <typename AnyId>
AnyId JaegerSpanReader::id(JsonValue& value) {
    const std::string_view token = jsonToken(value);
    const std::string_view written = text(value);
    if (written.empty())
        return {};
    if (!token.starts_with('"')) {
        AnyId out;
        const auto number = jsonSigned(token);
        for (size_t i = 0; number && i < 8; ++i)
            out.bytes[out.bytes.size() - 1 - i] = static_cast<unsigned char>(static_cast<uint64_t>(*number) >> (8 * i));
        return out;
    }
    if (!written.ends_with('='))
        if (const auto found = AnyId::fromHex(written))
            return *found;
    if (const auto bytes = fromBase64(written))
        if (const auto found = AnyId::fromBytes(*bytes))
            return *found;
    builder_.health(HealthSeverity::kRepaired, sizeof(AnyId) == 16 ? "trace id that is not 16 bytes" : "span id that is not 8 bytes", written);
    return {};
}

Resource JaegerSpanReader::process(JsonValue& value) {
    Resource resource;
    check(forEachMember(value, [&](std::string_view key, JsonValue& member) {
        if (key == "serviceName") {
            resource.attributes.insert(resource.attributes.begin(), {"service.name", AttributeValue::ofString(text(member))});
        } else if (key == "tags") {
            check(forEachElement(member, [&](JsonValue& element) {
                if (!broken_ && resource.attributes.size() < kMaxRowAttributes)
                    resource.attributes.push_back(tag(element));
            }));
        }
    }));
    return resource;
}

void JaegerSpanReader::typedValue(AttributeValue& out, std::string_view type, std::string_view token) {
    const std::string_view written = jsonText(token, texts_);
    if (type == "int64" || type == "INT64" || type == "LONG" || type == "long") {
        if (const auto number = jsonSigned(token)) {
            out = AttributeValue::ofInt(*number);
            return;
        }
    } else if (type == "float64" || type == "FLOAT64" || type == "DOUBLE" || type == "double") {
        if (const auto number = jsonDouble(token)) {
            out = AttributeValue::ofDouble(*number);
            return;
        }
    } else if (type == "bool" || type == "BOOL") {
        out = AttributeValue::ofBool(jsonTrue(token));
        return;
    } else if (type == "binary" || type == "BINARY") {
        const bool hex = embedded_ && type == "binary" && isHex(written) && written.size() % 2 == 0;
        if (auto bytes = hex ? std::optional(bytesOfHex(written)) : fromBase64(written)) {
            out = AttributeValue::ofBytes(*bytes);
            return;
        }
    } else if (type.empty() && !token.starts_with('"')) {
        if (const auto number = jsonSigned(token); number && token.find_first_of(".eE") == std::string_view::npos)
            out = AttributeValue::ofInt(*number);
        else if (const auto real = jsonDouble(token))
            out = AttributeValue::ofDouble(*real);
        else if (token == "true" || token == "false")
            out = AttributeValue::ofBool(token == "true");
        return;
    } else if (type == "string" || type == "STRING" || type.empty()) {
        out = AttributeValue::ofString(written);
        return;
    }
    builder_.health(HealthSeverity::kRepaired, "Jaeger tag that is not of its type: kept as text", token);
    out = AttributeValue::ofString(written);
}

KeyValue JaegerSpanReader::tag(JsonValue& value) {
    KeyValue entry;
    std::string_view type;
    std::string_view token;
    check(forEachMember(value, [&](std::string_view key, JsonValue& member) {
        if (key == "key") {
            entry.key = text(member);
        } else if (key == "type" || key == "vType") {
            type = text(member);
        } else if (key == "value") {
            token = jsonToken(member);
        } else if (key.size() > 1 && key.front() == 'v' && key[1] >= 'A' && key[1] <= 'Z') {
            // vStr, vInt64, vLong, vFloat64, vDouble, vBool, vBinary: the key itself tells the type.
            token = jsonToken(member);
            type = key == "vStr" ? "STRING" : key == "vInt64" || key == "vLong" ? "INT64" : key == "vBool" ? "BOOL" : key == "vBinary" ? "BINARY" : "FLOAT64";
        }
    }));
    if (token.empty())   // protobuf's JSON leaves out zero values
        token = type == "BOOL" ? "false" : type == "INT64" || type == "LONG" || type == "FLOAT64" || type == "DOUBLE" ? "0" : "\"\"";
    if (token != "null")
        typedValue(entry.value, type, token.starts_with('{') || token.starts_with('[') ? std::string_view("\"\"") : token);
    return entry;
}

void JaegerSpanReader::spanTag(KeyValue& entry, SpanFields& s, Tags& tags) {
    const std::string& key = entry.key;
    const std::string& value = entry.value.text;
    if (key == "span.kind" && kindOf(value) != SpanKind::kUnspecified) {
        s.kind = kindOf(value);
    } else if (key == "otel.status_code" && (value == "OK" || value == "ERROR")) {
        s.status = value == "OK" ? SpanStatus::kOk : SpanStatus::kError;
    } else if (key == "otel.status_description") {
        s.statusMessage = kept(value);
    } else if (key == "w3c.tracestate") {
        s.traceState = kept(value);
    } else if (key == "otel.scope.name" || key == "otel.library.name") {
        tags.scopeName = kept(value);
    } else if (key == "otel.scope.version" || key == "otel.library.version") {
        tags.scopeVersion = kept(value);
    } else {
        if (key == "error" && (entry.value.integer != 0 || value == "true"))
            tags.error = true;
        if (!builder_.spanAttributes().add(builder_.spanRow(), key, entry.value))
            builder_.health(HealthSeverity::kRepaired, "attribute key twice on one row: the first is kept", key);
    }
}

void JaegerSpanReader::spanTags(JsonValue& value, SpanFields& s, Tags& tags) {
    size_t count = 0;
    check(forEachElement(value, [&](JsonValue& element) {
        if (broken_)
            return;
        KeyValue entry = tag(element);
        if (++count > kMaxRowAttributes)
            builder_.health(HealthSeverity::kLost, "attributes over the limit of one row", entry.key);
        else
            spanTag(entry, s, tags);
    }));
}

// Elasticsearch with tags as fields: {"http@method":"GET"}.
void JaegerSpanReader::flatTags(JsonValue& value, SpanFields& s, Tags& tags) {
    size_t count = 0;
    check(forEachMember(value, [&](std::string_view key, JsonValue& member) {
        if (broken_ || ++count > kMaxRowAttributes)
            return;
        KeyValue entry{unescapedJson(key), {}};
        std::replace(entry.key.begin(), entry.key.end(), '@', '.');
        const std::string_view token = jsonToken(member);
        if (!token.starts_with('{') && !token.starts_with('['))
            typedValue(entry.value, "", token);
        spanTag(entry, s, tags);
    }));
}

void JaegerSpanReader::log(JsonValue& value) {
    SpanEventFields event;
    AttributeColumns& attributes = builder_.eventAttributes();
    const uint32_t row = builder_.eventRow();
    check(forEachMember(value, [&](std::string_view key, JsonValue& member) {
        if (broken_)
            return;
        if (key == "timestamp")
            event.time = time(member);
        else if (key == "fields")
            check(forEachElement(member, [&](JsonValue& element) {
                if (broken_)
                    return;
                KeyValue field = tag(element);
                if (field.key == "event" && field.value.type == ValueType::kString)
                    event.name = kept(std::move(field.value.text));
                else
                    attributes.add(row, field.key, field.value);
            }));
    }));
    broken_ ? builder_.dropEvent() : builder_.commitEvent(event);
}

void JaegerSpanReader::reference(JsonValue& value, std::vector<Reference>& references) {
    Reference r;
    check(forEachMember(value, [&](std::string_view key, JsonValue& member) {
        if (key == "refType")
            r.childOf = text(member) != "FOLLOWS_FROM";
        else if (key == "traceID" || key == "traceId" || key == "traceIdLow")
            r.traceId = id<TraceId>(member);
        else if (key == "spanID" || key == "spanId")
            r.spanId = id<SpanId>(member);
    }));
    references.push_back(r);
}

// The first CHILD_OF of the same trace is the parent, the others are links.
void JaegerSpanReader::links(const std::vector<Reference>& references, SpanFields& s) {
    bool parent = !s.parentSpanId.empty();
    for (const Reference& r : references) {
        const bool own = r.traceId == s.traceId || r.traceId.empty();
        if (r.childOf && own && (!parent || r.spanId == s.parentSpanId)) {
            s.parentSpanId = r.spanId;
            parent = true;
            continue;
        }
        builder_.linkAttributes().addString(builder_.linkRow(), "opentracing.ref_type", r.childOf ? "child_of" : "follows_from");
        builder_.commitLink({r.traceId, r.spanId, {}, 0, 0});
    }
}

void JaegerSpanReader::useProcess(Resource resource) {
    processId_.clear();
    builder_.setResource(std::move(resource));
}

void JaegerSpanReader::useScope(const Tags& tags) {
    if (tags.scopeName.empty() && tags.scopeVersion.empty())
        builder_.clearScope();
    else
        builder_.setScope({std::string(tags.scopeName), std::string(tags.scopeVersion), {}, {}, 0});
}

// Ids, references and the process first: tags need to know how the document is spelled, links which trace they are in.
void JaegerSpanReader::first(JsonObject& span, const JaegerProcesses& processes, SpanFields& s, std::vector<Reference>& references) {
    embedded_ = false;
    bool hasProcess = false;
    uint64_t high = 0;
    check(forEachMember(span, [&](std::string_view key, JsonValue& value) {
        if (broken_)
            return;
        if (key == "traceID" || key == "traceId" || key == "traceIdLow")
            s.traceId = id<TraceId>(value);
        else if (key == "traceIdHigh")
            high = static_cast<uint64_t>(jsonSigned(jsonToken(value)).value_or(0));
        else if (key == "spanID" || key == "spanId")
            s.spanId = id<SpanId>(value);
        else if (key == "parentSpanID" || key == "parentSpanId")
            s.parentSpanId = id<SpanId>(value);
        else if (key == "references")
            check(forEachElement(value, [&](JsonValue& element) { reference(element, references); }));
        else if (key == "process" && jsonToken(value).starts_with('{')) {
            embedded_ = hasProcess = true;
            useProcess(process(value));
        } else if (key == "processID" || key == "processId") {
            const std::string wanted(text(value));
            const auto known = processes.find(wanted);
            hasProcess = known != processes.end();
            if (hasProcess && (processId_ != wanted || wanted.empty())) {
                builder_.setResource(known->second);
                processId_ = wanted;
            }
        }
    }));
    for (size_t i = 0; i < 8 && high != 0; ++i)
        s.traceId.bytes[7 - i] = static_cast<unsigned char>(high >> (8 * i));
    if (!hasProcess)
        useProcess(default_);
}

void JaegerSpanReader::read(JsonObject& span, const JaegerProcesses& processes) {
    texts_.clear();
    SpanFields s;
    Tags tags;
    std::vector<Reference> references;
    DurationNs length = 0;
    first(span, processes, s, references);
    check(broken_ || span.reset().error() == simdjson::SUCCESS);
    if (broken_)
        return;
    check(forEachMember(span, [&](std::string_view key, JsonValue& value) {
        if (broken_)
            return;
        if (key == "operationName")
            s.name = text(value);
        else if (key == "startTime")
            s.start = time(value);
        else if (key == "duration")
            length = duration(value);
        else if (key == "flags")
            s.flags = static_cast<uint32_t>(std::min<uint64_t>(jsonUnsigned(jsonToken(value)).value_or(0), UINT32_MAX));
        else if (key == "tags")
            spanTags(value, s, tags);
        else if (key == "tag")
            flatTags(value, s, tags);
        else if (key == "logs")
            check(forEachElement(value, [&](JsonValue& element) {
                if (!broken_)
                    log(element);
            }));
        else if (key == "warnings")
            check(forEachElement(value, [&](JsonValue& warning) { builder_.spanAttributes().addString(builder_.spanRow(), "jaeger.warning", text(warning)); }));
    }));
    if (broken_) {
        builder_.dropSpan();
        return;
    }
    links(references, s);
    if (__builtin_add_overflow(s.start, length, &s.end))
        s.end = s.start;
    if (tags.error && s.status == SpanStatus::kUnset)
        s.status = SpanStatus::kError;
    useScope(tags);
    builder_.commitSpan(s);
}

}  // namespace nj::format
