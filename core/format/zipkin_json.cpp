// Zipkin's JSON v2 (a trace, a search result or a POST body: Span[] or Span[][]), v1's binaryAnnotations where they occur.
#include <algorithm>

#include "base/hash.h"
#include "base/utf8.h"
#include "format/format.h"
#include "format/json_stream.h"
#include "format/otlp_builder.h"
#include "format/simdjson_value.h"

namespace nj::format {
namespace {

constexpr size_t kExampleBytes = 256;

SpanKind kindOf(std::string_view name) {
    if (name == "CLIENT")
        return SpanKind::kClient;
    if (name == "SERVER")
        return SpanKind::kServer;
    if (name == "PRODUCER")
        return SpanKind::kProducer;
    return name == "CONSUMER" ? SpanKind::kConsumer : SpanKind::kUnspecified;
}

// The server's half of a shared span needs an id of its own: the same for the same span, whatever the order.
SpanId serverHalf(const SpanId& id) {
    std::string text = id.hex() + " server";
    const uint64_t hash = fastHash(text);
    SpanId out;
    std::memcpy(out.bytes.data(), &hash, out.bytes.size());
    return out;
}

class ZipkinJsonReader : public FormatReader {
public:
    Status feed(std::string_view chunk, const BatchConsumer& out) override { return run(out, [&](auto& value, auto& reject) { return stream_.feed(chunk, value, reject); }); }
    Status finish(const BatchConsumer& out) override {
        NJ_RETURN_IF_ERROR(run(out, [&](auto& value, auto& reject) { return stream_.finish(value, reject); }));
        stopped_ = stopped_ || !builder_.flush(out);
        return status();
    }

private:
    struct Span {
        SpanFields fields;
        Resource resource;
        int64_t duration = 0;
        bool shared = false;
        bool hasDuration = false;
    };

    Status status() const { return stopped_ ? Status(makeError(ErrorCode::kCancelled, "reading was stopped")) : Status(); }

    template <typename Step>
    Status run(const BatchConsumer& out, Step&& step) {
        const JsonStream::OnValue value = [&](const JsonStream::Value& v) { return document(v, out); };
        const JsonStream::OnReject reject = [&](HealthRecord&& record) { builder_.addHealth(std::move(record)); };
        stopped_ = stopped_ || !step(value, reject);
        return status();
    }

    JsonStream::Verdict document(const JsonStream::Value& v, const BatchConsumer& out) {
        builder_.position = {v.offset, v.line};
        builder_.addInputBytes(v.bytes.size());
        if (parse(v.bytes) == simdjson::UTF8_ERROR) {
            builder_.health(HealthSeverity::kRepaired, "text that is no UTF-8", v.bytes);
            std::string repaired = repairUtf8(v.bytes);
            const size_t size = repaired.size();
            repaired.append(JsonStream::kPadding, ' ');
            parse(std::string_view(repaired).substr(0, size));
        }
        if (builder_.full() && !builder_.flush(out))
            return JsonStream::Verdict::kStop;
        return broken_ ? JsonStream::Verdict::kMalformed : JsonStream::Verdict::kTaken;
    }

    simdjson::error_code parse(std::string_view json) {
        broken_ = false;
        texts_.clear();
        simdjson::ondemand::document document;
        JsonObject object;
        simdjson::error_code error = parser_.iterate(json.data(), json.size(), json.size() + JsonStream::kPadding).get(document);
        if (error == simdjson::UTF8_ERROR)
            return error;
        if (error == simdjson::SUCCESS)
            error = document.get_object().get(object);
        Span span;
        if (error == simdjson::SUCCESS)
            check(forEachMember(object, [&](std::string_view key, JsonValue& value) {
                if (!broken_)
                    member(key, value, span);
            }));
        check(error == simdjson::SUCCESS);
        if (broken_) {
            builder_.dropSpan();
            builder_.health(HealthSeverity::kRejected, "malformed JSON", json.substr(0, kExampleBytes));
        } else {
            commit(span);
        }
        return simdjson::SUCCESS;
    }

    void member(std::string_view key, JsonValue& value, Span& span) {
        SpanFields& s = span.fields;
        if (key == "traceId") {
            s.traceId = id<TraceId>(value);
        } else if (key == "id") {
            s.spanId = id<SpanId>(value);
        } else if (key == "parentId") {
            s.parentSpanId = id<SpanId>(value);
        } else if (key == "name") {
            s.name = text(value);
        } else if (key == "kind") {
            s.kind = kindOf(text(value));
        } else if (key == "timestamp") {
            s.start = micros(value);
        } else if (key == "duration") {
            span.duration = micros(value);
            span.hasDuration = true;
        } else if (key == "shared") {
            span.shared = jsonTrue(jsonToken(value));
        } else if (key == "debug") {
            if (jsonTrue(jsonToken(value)))
                attributes().addBool(row(), "zipkin.debug", true);
        } else if (key == "localEndpoint") {
            localEndpoint(value, span);
        } else if (key == "remoteEndpoint") {
            endpoint(value, "peer.service", "network.peer.address", "network.peer.port");
        } else if (key == "annotations") {
            check(forEachElement(value, [&](JsonValue& element) { annotation(element, span); }));
        } else if (key == "tags") {
            tags(value, s);
        } else if (key == "binaryAnnotations") {
            check(forEachElement(value, [&](JsonValue& element) { binaryAnnotation(element, span); }));
        }
    }

    void localEndpoint(JsonValue& value, Span& span) {
        check(forEachMember(value, [&](std::string_view key, JsonValue& member) {
            if (key == "serviceName")
                setService(span, text(member));
            else if (key == "ipv4" || key == "ipv6")
                attributes().addString(row(), "network.local.address", text(member));
            else if (key == "port")
                attributes().addInt(row(), "network.local.port", jsonSigned(jsonToken(member)).value_or(0));
        }));
    }

    void endpoint(JsonValue& value, const char* service, const char* address, const char* port) {
        check(forEachMember(value, [&](std::string_view key, JsonValue& member) {
            if (key == "serviceName")
                attributes().addString(row(), service, text(member));
            else if (key == "ipv4" || key == "ipv6")
                attributes().addString(row(), address, text(member));
            else if (key == "port")
                attributes().addInt(row(), port, jsonSigned(jsonToken(member)).value_or(0));
        }));
    }

    static void setService(Span& span, std::string_view name) {
        if (span.resource.attributes.empty() && !name.empty())
            span.resource.attributes.push_back({"service.name", AttributeValue::ofString(name)});
    }

    void tags(JsonValue& value, SpanFields& s) {
        size_t count = 0;
        check(forEachMember(value, [&](std::string_view rawKey, JsonValue& member) {
            if (++count > kMaxRowAttributes) {
                builder_.health(HealthSeverity::kLost, "attributes over the limit of one row", rawKey);
                return;
            }
            tag(rawKey.find('\\') == std::string_view::npos ? rawKey : texts_.emplace_back(unescapedJson(rawKey)), text(member), s);
        }));
    }

    void tag(std::string_view key, std::string_view value, SpanFields& s) {
        if (key == "otel.status_code" && (value == "OK" || value == "ERROR")) {
            s.status = value == "OK" ? SpanStatus::kOk : SpanStatus::kError;
            return;
        }
        if (key == "error" && value != "false") {
            s.status = SpanStatus::kError;
            s.statusMessage = value == "true" ? std::string_view() : value;
        }
        if (!attributes().addString(row(), key, value))
            builder_.health(HealthSeverity::kRepaired, "attribute key twice on one row: the first is kept", key);
    }

    void annotation(JsonValue& value, Span& span) {
        SpanEventFields event;
        check(forEachMember(value, [&](std::string_view key, JsonValue& member) {
            if (key == "timestamp")
                event.time = micros(member);
            else if (key == "value")
                event.name = text(member);
            else if (key == "endpoint")
                service(member, span);
        }));
        if (broken_)
            return;
        if (event.name == "cs" || event.name == "cr")
            span.fields.kind = SpanKind::kClient;
        else if (event.name == "sr" || event.name == "ss")
            span.fields.kind = SpanKind::kServer;
        builder_.commitEvent(event);
    }

    void binaryAnnotation(JsonValue& value, Span& span) {
        std::string_view name;
        std::string_view content;
        check(forEachMember(value, [&](std::string_view key, JsonValue& member) {
            if (key == "key")
                name = text(member);
            else if (key == "value")
                content = text(member);
            else if (key == "endpoint")
                service(member, span);
        }));
        if (!broken_ && !name.empty())
            tag(name, content, span.fields);
    }

    void service(JsonValue& endpointValue, Span& span) {
        check(forEachMember(endpointValue, [&](std::string_view key, JsonValue& member) {
            if (key == "serviceName")
                setService(span, text(member));
        }));
    }

    void commit(Span& span) {
        SpanFields& s = span.fields;
        if (__builtin_add_overflow(s.start, span.duration, &s.end))
            s.end = s.start;
        if (!span.hasDuration)
            attributes().addBool(row(), "zipkin.no_duration", true);
        if (span.shared && !s.spanId.empty()) {
            attributes().addString(row(), "zipkin.shared_id", texts_.emplace_back(s.spanId.hex()));
            s.parentSpanId = s.spanId;
            s.spanId = serverHalf(s.spanId);
        }
        builder_.setResource(std::move(span.resource));
        builder_.commitSpan(s);
    }

    int64_t micros(JsonValue& value) {
        const std::string_view token = jsonToken(value);
        int64_t out = 0;
        if (const auto number = jsonSigned(token); number && !__builtin_mul_overflow(*number, kMicrosecond, &out))
            return out;
        if (token != "null")
            builder_.health(HealthSeverity::kRepaired, "Zipkin time that is none: taken as unknown", token);
        return 0;
    }

    template <typename AnyId>
    AnyId id(JsonValue& value) {
        const std::string_view written = text(value);
        if (const auto found = AnyId::fromHex(written))
            return *found;
        if (!written.empty())
            builder_.health(HealthSeverity::kRepaired, sizeof(AnyId) == 16 ? "trace id that is not 16 bytes" : "span id that is not 8 bytes", written);
        return {};
    }

    std::string_view text(JsonValue& value) {
        const std::string_view token = jsonToken(value);
        return token == "null" || token.starts_with('{') || token.starts_with('[') ? std::string_view() : jsonText(token, texts_);
    }

    AttributeColumns& attributes() { return builder_.spanAttributes(); }
    [[nodiscard]] uint32_t row() const { return builder_.spanRow(); }
    void check(bool good) { broken_ = broken_ || !good; }

    OtlpBuilder builder_;
    JsonStream stream_;
    simdjson::ondemand::parser parser_;
    TextStore texts_;
    bool broken_ = false;
    bool stopped_ = false;
};

Confidence sniff(const Sample& sample) {
    const size_t first = sample.bytes.find_first_not_of(" \t\r\n\xEF\xBB\xBF");
    if (first == std::string_view::npos || (sample.bytes[first] != '{' && sample.bytes[first] != '['))
        return 0;
    const std::string_view start = sample.bytes.substr(first, 16U << 10);
    const auto has = [&](std::string_view word) { return start.find(word) != std::string_view::npos; };
    if (!has("\"traceId\"") || !has("\"id\"") || has("\"operationName\"") || has("\"resourceSpans\"") || has("\"scopeSpans\""))
        return 0;
    return has("\"localEndpoint\"") || has("\"binaryAnnotations\"") ? 92 : has("\"annotations\"") || (has("\"tags\"") && has("\"timestamp\"")) ? 60 : 0;
}

std::unique_ptr<FormatReader> open(const ReaderOptions&) { return std::make_unique<ZipkinJsonReader>(); }

}  // namespace

extern const Format kZipkinJson;
const Format kZipkinJson{"zipkin_json", "Zipkin JSON", sniff, open};

}  // namespace nj::format
