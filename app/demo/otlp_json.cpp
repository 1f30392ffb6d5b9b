#include "base/json_writer.h"
#include "demo/otlp_text.h"

namespace nj::demo {

namespace {

void value(JsonWriter& w, const OtlpValue& v) {
    w.beginObject();
    switch (v.index()) {
    case 0: w.key("stringValue").string(std::get<0>(v)); break;
    case 1: w.key("intValue").string(std::to_string(std::get<1>(v))); break;
    case 2: w.key("doubleValue").number(std::get<2>(v)); break;
    case 3: w.key("boolValue").boolean(std::get<3>(v)); break;
    default:
        w.key("arrayValue").beginObject().key("values").beginArray();
        for (const std::string& text : std::get<4>(v))
            w.beginObject().key("stringValue").string(text).endObject();
        w.endArray().endObject();
    }
    w.endObject();
}

void attributes(JsonWriter& w, const OtlpAttributes& list) {
    w.key("attributes").beginArray();
    for (const OtlpAttribute& a : list) {
        w.beginObject().key("key").string(a.key).key("value");
        value(w, a.value);
        w.endObject();
    }
    w.endArray();
}

void time(JsonWriter& w, std::string_view key, TimeNs t) { w.key(key).string(std::to_string(t)); }

}  // namespace

void jsonSpan(std::string& out, const OtlpSpan& s) {
    JsonWriter w(out);
    w.beginObject().key("traceId").string(s.trace.hex()).key("spanId").string(s.id.hex()).key("traceState").string(kTraceState);
    if (!s.parent.empty())
        w.key("parentSpanId").string(s.parent.hex());
    w.key("flags").integer(0x103).key("name").string(s.name).key("kind").integer(s.kind);
    time(w, "startTimeUnixNano", s.start);
    time(w, "endTimeUnixNano", s.end);
    attributes(w, s.attributes);
    if (!s.events.empty()) {
        w.key("events").beginArray();
        for (const OtlpEvent& e : s.events) {
            w.beginObject();
            time(w, "timeUnixNano", e.time);
            w.key("name").string(e.name);
            attributes(w, e.attributes);
            w.endObject();
        }
        w.endArray();
    }
    if (!s.link.empty()) {
        w.key("links").beginArray().beginObject().key("traceId").string(s.trace.hex()).key("spanId").string(s.link.hex());
        attributes(w, {{"link.type", std::string("retry_of")}});
        w.endObject().endArray();
    }
    w.key("status").beginObject();
    if (!s.statusMessage.empty())
        w.key("message").string(s.statusMessage);
    if (s.status != 0)
        w.key("code").integer(s.status);
    w.endObject().endObject();
}

void jsonLog(std::string& out, const OtlpLog& l) {
    JsonWriter w(out);
    w.beginObject();
    time(w, "timeUnixNano", l.time);
    time(w, "observedTimeUnixNano", l.observed);
    w.key("severityNumber").integer(l.severity).key("severityText").string("INFO").key("eventName").string(l.eventName);
    w.key("body").beginObject().key("stringValue").string(l.body).endObject();
    attributes(w, l.attributes);
    w.key("flags").integer(1);
    if (!l.trace.empty())
        w.key("traceId").string(l.trace.hex());
    if (!l.span.empty())
        w.key("spanId").string(l.span.hex());
    w.endObject();
}

void jsonResource(std::string& out, std::string_view kind, const OtlpAttributes& resource, std::string_view scope, std::string_view scopeVersion, std::string_view records) {
    JsonWriter w(out);
    w.beginObject().key("resource").beginObject();
    attributes(w, resource);
    w.endObject().key(kind == "Spans" ? "scopeSpans" : "scopeLogs").beginArray().beginObject();
    w.key("scope").beginObject().key("name").string(scope).key("version").string(scopeVersion).endObject();
    w.key(kind == "Spans" ? "spans" : "logRecords").raw(std::string("[").append(records).append("]"));
    w.endObject().endArray().endObject();
}

}  // namespace nj::demo
