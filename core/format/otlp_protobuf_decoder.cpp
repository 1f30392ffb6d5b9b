#include "format/otlp_protobuf_decoder.h"

#include <algorithm>

#include "base/utf8.h"

namespace nj::format {
namespace {

constexpr int kItemsLookedAt = 8;
constexpr uint32_t kOldScopeItems = 1000;   // instrumentation_library_spans/logs/metrics of OTLP before 0.15

template <typename Enum>
Enum enumOf(uint64_t number, Enum last, OtlpBuilder& builder) {
    if (number <= static_cast<uint64_t>(last))
        return static_cast<Enum>(number);
    builder.health(HealthSeverity::kRepaired, "OTLP enum value out of range", std::to_string(number));
    return Enum{};
}

}  // namespace

OtlpSignal signalOfItem(std::string_view item) {
    bool name = false;
    bool data = false;
    for (WireReader r(item); r.next() && r.good();) {
        const uint32_t f = r.field();
        if ((f == 1 && r.isFixed64()) || (f == 2 && r.isVarint()) || (f == 11 && r.isFixed64()) || (f == 8 && r.isFixed32()))
            return OtlpSignal::kLogs;
        if ((f == 7 && r.isFixed64()) || (f == 8 && r.isFixed64()) || (f == 6 && r.isVarint()) || (f == 16 && r.isFixed32()) ||
            (f == 2 && r.isBytes() && r.bytes().size() == 8 && !isValidUtf8(r.bytes())))
            return OtlpSignal::kTraces;
        name = name || (f == 1 && r.isBytes());
        // Metric.data is a message that starts with its first data point; a span's name or attribute does not.
        data = data || (r.isBytes() && (f == 5 || f == 7 || f == 9 || f == 10 || f == 11) && r.bytes().starts_with('\x0a'));
    }
    return name && data ? OtlpSignal::kMetrics : OtlpSignal::kUnknown;
}

OtlpSignal signalOf(std::string_view request) {
    int looked = 0;
    for (WireReader top(request); top.next();) {
        if (top.field() != 1 || !top.isBytes())
            continue;
        for (WireReader resource(top.bytes()); resource.next();) {
            if (!resource.isBytes() || (resource.field() != 2 && resource.field() != kOldScopeItems))
                continue;
            for (WireReader scope(resource.bytes()); scope.next() && scope.good();) {
                if (scope.field() != 2 || !scope.isBytes())
                    continue;
                const OtlpSignal signal = signalOfItem(scope.bytes());
                if (signal != OtlpSignal::kUnknown || ++looked == kItemsLookedAt)
                    return signal;
            }
        }
    }
    return OtlpSignal::kUnknown;
}

bool OtlpProtobufDecoder::request(std::string_view message, OtlpSignal signal, uint64_t offset) {
    begin_ = message.data();
    offset_ = offset;
    builder_.position = {offset, 0};
    WireReader r(message);
    while (r.next()) {
        if (r.field() == 2 && r.isBytes())
            builder_.health(HealthSeverity::kRejected, "OTLP profiles are not read");
        if (r.field() != 1)
            continue;
        if (!r.isBytes())
            wrongType("request");   // nothing else stands at this level, so the rest is likely noise too
        else if (!resourceMessage(r.bytes(), signal))
            return false;
    }
    damaged_ = !r.good();
    checkEnd(r, "request");
    return true;
}

bool OtlpProtobufDecoder::resourceItems(std::string_view message, OtlpSignal signal, uint64_t offset) {
    begin_ = message.data();
    offset_ = offset;
    builder_.position = {offset, 0};
    return resourceMessage(message, signal);
}

bool OtlpProtobufDecoder::resourceMessage(std::string_view message, OtlpSignal signal) {
    repaired_.clear();
    Resource found;
    std::string schemaUrl;
    for (WireReader r(message); r.next();) {
        if (r.field() == 1 && r.isBytes())
            found = resource(r.bytes());
        else if (r.field() == 3 && r.isBytes())
            schemaUrl = text(r.bytes());
    }
    found.schemaUrl = std::move(schemaUrl);
    builder_.setResource(std::move(found));
    WireReader r(message);
    while (r.next()) {
        if (r.field() != 2 && r.field() != kOldScopeItems)
            continue;
        if (!r.isBytes())
            wrongType("resource items");
        else if (!scopeItems(r.bytes(), signal))
            return false;
    }
    checkEnd(r, "resource items");
    return true;
}

bool OtlpProtobufDecoder::scopeItems(std::string_view message, OtlpSignal signal) {
    repaired_.clear();
    builder_.clearScope();
    Scope found;
    bool hasScope = false;
    int looked = 0;
    for (WireReader r(message); r.next();) {
        if (r.field() == 2 && signal == OtlpSignal::kUnknown && r.good() && looked++ < kItemsLookedAt)
            signal = signalOfItem(r.bytes());
        if (!r.isBytes() || (r.field() != 1 && r.field() != 3))
            continue;
        hasScope = true;
        if (r.field() == 3) {
            found.schemaUrl = text(r.bytes());
        } else {
            Scope read = scope(r.bytes());
            read.schemaUrl = std::move(found.schemaUrl);
            found = std::move(read);
        }
    }
    if (hasScope)
        builder_.setScope(std::move(found));
    WireReader r(message);
    while (r.next()) {
        if (r.field() != 2)
            continue;
        if (r.isBytes())
            builder_.position.offset = offset_ + static_cast<uint64_t>(r.bytes().data() - begin_);
        if (!r.isBytes())
            wrongType("scope items");
        else if (r.cut())
            builder_.health(HealthSeverity::kRejected, "OTLP item cut off");
        else if (!item(r.bytes(), signal))
            return false;
        if (!flushWhenFull())
            return false;
    }
    checkEnd(r, "scope items");
    return true;
}

bool OtlpProtobufDecoder::item(std::string_view message, OtlpSignal signal) {
    builder_.addInputBytes(message.size());
    switch (signal) {
    case OtlpSignal::kTraces: span(message); break;
    case OtlpSignal::kLogs: log(message); break;
    case OtlpSignal::kMetrics: return metric(message);
    case OtlpSignal::kUnknown: builder_.health(HealthSeverity::kRejected, "OTLP item that is no span, metric or log record"); break;
    }
    return true;
}

void OtlpProtobufDecoder::startRow(std::string_view message) {
    builder_.position.offset = offset_ + static_cast<uint64_t>(message.data() - begin_);
    repaired_.clear();
    rowAttributes_ = 0;
}

void OtlpProtobufDecoder::span(std::string_view message) {
    startRow(message);
    SpanFields s;
    WireReader r(message);
    while (r.next()) {
        const bool bytes = r.isBytes();
        switch (r.field()) {
        case 1: bytes ? void(s.traceId = id<TraceId>(r.bytes(), "trace id that is not 16 bytes")) : wrongType("span"); break;
        case 2: bytes ? void(s.spanId = id<SpanId>(r.bytes(), "span id that is not 8 bytes")) : wrongType("span"); break;
        case 3: bytes ? void(s.traceState = text(r.bytes())) : wrongType("span"); break;
        case 4: bytes ? void(s.parentSpanId = id<SpanId>(r.bytes(), "span id that is not 8 bytes")) : wrongType("span"); break;
        case 5: bytes ? void(s.name = text(r.bytes())) : wrongType("span"); break;
        case 6: r.isVarint() ? void(s.kind = enumOf(r.number(), SpanKind::kConsumer, builder_)) : wrongType("span"); break;
        case 7: r.isFixed64() ? void(s.start = timeOf(r.number(), builder_)) : wrongType("span"); break;
        case 8: r.isFixed64() ? void(s.end = timeOf(r.number(), builder_)) : wrongType("span"); break;
        case 9: bytes ? attribute(builder_.spanAttributes(), builder_.spanRow(), r.bytes()) : wrongType("span"); break;
        case 10: s.droppedAttributes = count(r); break;
        case 11: bytes ? spanEvent(r.bytes()) : wrongType("span"); break;
        case 12: s.droppedEvents = count(r); break;
        case 13: bytes ? spanLink(r.bytes()) : wrongType("span"); break;
        case 14: s.droppedLinks = count(r); break;
        case 15:
            for (WireReader status(r.bytes()); bytes && status.next();) {
                if (status.field() == 2 && status.isBytes())
                    s.statusMessage = text(status.bytes());
                else if (status.field() == 3 && status.isVarint())
                    s.status = enumOf(status.number(), SpanStatus::kError, builder_);
            }
            break;
        case 16: s.flags = count(r); break;
        default: break;
        }
    }
    if (r.good()) {
        builder_.commitSpan(s);
        return;
    }
    builder_.health(HealthSeverity::kRejected, "damaged OTLP span", s.name);
    builder_.dropSpan();
}

void OtlpProtobufDecoder::spanEvent(std::string_view message) {
    SpanEventFields e;
    const size_t spanAttributes = rowAttributes_;
    rowAttributes_ = 0;
    WireReader r(message);
    while (r.next()) {
        switch (r.field()) {
        case 1: r.isFixed64() ? void(e.time = timeOf(r.number(), builder_)) : wrongType("span event"); break;
        case 2: r.isBytes() ? void(e.name = text(r.bytes())) : wrongType("span event"); break;
        case 3: r.isBytes() ? attribute(builder_.eventAttributes(), builder_.eventRow(), r.bytes()) : wrongType("span event"); break;
        case 4: e.droppedAttributes = count(r); break;
        default: break;
        }
    }
    rowAttributes_ = spanAttributes;
    if (r.good()) {
        builder_.commitEvent(e);
        return;
    }
    builder_.health(HealthSeverity::kRejected, "damaged OTLP span event", e.name);
    builder_.dropEvent();
}

void OtlpProtobufDecoder::spanLink(std::string_view message) {
    SpanLinkFields l;
    const size_t spanAttributes = rowAttributes_;
    rowAttributes_ = 0;
    WireReader r(message);
    while (r.next()) {
        const bool bytes = r.isBytes();
        switch (r.field()) {
        case 1: bytes ? void(l.traceId = id<TraceId>(r.bytes(), "trace id that is not 16 bytes")) : wrongType("span link"); break;
        case 2: bytes ? void(l.spanId = id<SpanId>(r.bytes(), "span id that is not 8 bytes")) : wrongType("span link"); break;
        case 3: bytes ? void(l.traceState = text(r.bytes())) : wrongType("span link"); break;
        case 4: bytes ? attribute(builder_.linkAttributes(), builder_.linkRow(), r.bytes()) : wrongType("span link"); break;
        case 5: l.droppedAttributes = count(r); break;
        case 6: l.flags = count(r); break;
        default: break;
        }
    }
    rowAttributes_ = spanAttributes;
    if (r.good()) {
        builder_.commitLink(l);
        return;
    }
    builder_.health(HealthSeverity::kRejected, "damaged OTLP span link");
    builder_.dropLink();
}

void OtlpProtobufDecoder::log(std::string_view message) {
    startRow(message);
    LogFields l;
    AttributeValue body;
    WireReader r(message);
    while (r.next()) {
        const bool bytes = r.isBytes();
        switch (r.field()) {
        case 1: r.isFixed64() ? void(l.time = timeOf(r.number(), builder_)) : wrongType("log record"); break;
        case 2: l.severityNumber = static_cast<uint8_t>(count(r) <= 24 ? r.number() : 0); break;
        case 3: bytes ? void(l.severityText = text(r.bytes())) : wrongType("log record"); break;
        case 5: bytes ? void(body = value(r.bytes())) : wrongType("log record"); break;
        case 6: bytes ? attribute(builder_.logAttributes(), builder_.logRow(), r.bytes()) : wrongType("log record"); break;
        case 7: l.droppedAttributes = count(r); break;
        case 8: l.flags = count(r); break;
        case 9: bytes ? void(l.traceId = id<TraceId>(r.bytes(), "trace id that is not 16 bytes")) : wrongType("log record"); break;
        case 10: bytes ? void(l.spanId = id<SpanId>(r.bytes(), "span id that is not 8 bytes")) : wrongType("log record"); break;
        case 11: r.isFixed64() ? void(l.observedTime = timeOf(r.number(), builder_)) : wrongType("log record"); break;
        case 12: bytes ? void(l.eventName = text(r.bytes())) : wrongType("log record"); break;
        default: break;
        }
    }
    if (!r.good()) {
        builder_.health(HealthSeverity::kRejected, "damaged OTLP log record");
        builder_.dropLog();
        return;
    }
    if (body.type == ValueType::kJson)
        l.bodyType = ValueType::kJson;
    else if (body.type != ValueType::kString)
        body.text = body.display();
    l.body = body.text;
    builder_.commitLog(l);
}

Resource OtlpProtobufDecoder::resource(std::string_view message) {
    Resource out;
    WireReader r(message);
    while (r.next()) {
        if (r.field() == 1 && r.isBytes() && out.attributes.size() < kMaxRowAttributes)
            out.attributes.push_back(keyValue(r.bytes()));
        else if (r.field() == 1 && r.isBytes())
            builder_.health(HealthSeverity::kLost, "attributes over the limit of one row");
        else if (r.field() == 2)
            out.droppedAttributes = count(r);
    }
    checkEnd(r, "resource");
    return out;
}

Scope OtlpProtobufDecoder::scope(std::string_view message) {
    Scope out;
    WireReader r(message);
    while (r.next()) {
        if (r.field() == 1 && r.isBytes())
            out.name = text(r.bytes());
        else if (r.field() == 2 && r.isBytes())
            out.version = text(r.bytes());
        else if (r.field() == 3 && r.isBytes() && out.attributes.size() < kMaxRowAttributes)
            out.attributes.push_back(keyValue(r.bytes()));
        else if (r.field() == 3)
            builder_.health(HealthSeverity::kLost, "attributes over the limit of one row");
        else if (r.field() == 4)
            out.droppedAttributes = count(r);
    }
    checkEnd(r, "scope");
    return out;
}

template <typename AnyId>
AnyId OtlpProtobufDecoder::id(std::string_view bytes, const char* reason) {
    if (const auto found = AnyId::fromBytes(bytes))
        return *found;
    if (!bytes.empty())
        builder_.health(HealthSeverity::kRepaired, reason);
    return {};
}

template TraceId OtlpProtobufDecoder::id<TraceId>(std::string_view, const char*);
template SpanId OtlpProtobufDecoder::id<SpanId>(std::string_view, const char*);

void OtlpProtobufDecoder::checkEnd(const WireReader& reader, const char* what) {
    if (!reader.good())
        builder_.health(reader.cut() ? HealthSeverity::kLost : HealthSeverity::kRejected, std::string(reader.cut() ? "cut OTLP " : "damaged OTLP ") + what);
}

uint32_t OtlpProtobufDecoder::count(const WireReader& reader) {
    if (!reader.isVarint() && !reader.isFixed32()) {
        wrongType("count or flags");
        return 0;
    }
    return static_cast<uint32_t>(std::min<uint64_t>(reader.number(), UINT32_MAX));
}

void OtlpProtobufDecoder::wrongType(const char* what) {
    builder_.health(HealthSeverity::kRejected, std::string("OTLP field of an unexpected wire type in a ") + what);
}

namespace {

Result<Batch> decodeOne(std::string_view request, OtlpSignal signal) {
    OtlpBuilder builder;
    OtlpProtobufDecoder decoder(builder, {});
    decoder.request(request, signal);
    Batch all = builder.take();
    if (all.rowCount() == 0 && decoder.damaged())
        return makeError(ErrorCode::kMalformed, "the request is no OTLP message in protobuf");
    return all;
}

}  // namespace

Result<Batch> decodeTraces(std::string_view request) { return decodeOne(request, OtlpSignal::kTraces); }
Result<Batch> decodeMetrics(std::string_view request) { return decodeOne(request, OtlpSignal::kMetrics); }
Result<Batch> decodeLogs(std::string_view request) { return decodeOne(request, OtlpSignal::kLogs); }

}  // namespace nj::format
