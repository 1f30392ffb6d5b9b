#include <protozero/pbf_writer.hpp>

#include "demo/otlp_text.h"

namespace nj::demo {

namespace {

// Field numbers are those of opentelemetry-proto.
using Pbf = protozero::pbf_writer;

void valueInto(Pbf& any, const OtlpValue& value) {
    switch (value.index()) {
    case 0: any.add_string(1, std::get<0>(value)); break;
    case 1: any.add_int64(3, std::get<1>(value)); break;
    case 2: any.add_double(4, std::get<2>(value)); break;
    case 3: any.add_bool(2, std::get<3>(value)); break;
    default: {
        Pbf array(any, 5);
        for (const std::string& text : std::get<4>(value)) {
            Pbf element(array, 1);
            element.add_string(1, text);
        }
    }
    }
}

void attributesInto(Pbf& message, uint32_t field, const OtlpAttributes& attributes) {
    for (const OtlpAttribute& a : attributes) {
        Pbf pair(message, field);
        pair.add_string(1, a.key.data(), a.key.size());
        Pbf any(pair, 2);
        valueInto(any, a.value);
    }
}

template <typename IdType>
void idInto(Pbf& message, uint32_t field, const IdType& id) {
    if (!id.empty())
        message.add_bytes(field, reinterpret_cast<const char*>(id.bytes.data()), id.bytes.size());
}

void pointInto(Pbf& histogram, const OtlpExponentialPoint& p) {
    Pbf point(histogram, 1);
    attributesInto(point, 1, p.attributes);
    point.add_fixed64(2, static_cast<uint64_t>(p.start));
    point.add_fixed64(3, static_cast<uint64_t>(p.time));
    point.add_fixed64(4, p.count);
    point.add_double(5, p.sum);
    point.add_sint32(6, p.scale);
    {
        Pbf buckets(point, 8);
        buckets.add_sint32(1, p.offset);
        buckets.add_packed_uint64(2, p.buckets.begin(), p.buckets.end());
    }
    if (!p.exemplarTrace.empty()) {
        Pbf exemplar(point, 11);
        exemplar.add_fixed64(2, static_cast<uint64_t>(p.exemplarTime));
        exemplar.add_double(3, p.exemplarValue);
        idInto(exemplar, 4, p.exemplarSpan);
        idInto(exemplar, 5, p.exemplarTrace);
    }
    point.add_double(12, p.min);
    point.add_double(13, p.max);
}

}  // namespace

void protobufSpan(std::string& out, const OtlpSpan& s) {
    Pbf parent(out);
    Pbf span(parent, 2);
    idInto(span, 1, s.trace);
    idInto(span, 2, s.id);
    span.add_string(3, kTraceState.data(), kTraceState.size());
    idInto(span, 4, s.parent);
    span.add_string(5, s.name);
    span.add_enum(6, s.kind);
    span.add_fixed64(7, static_cast<uint64_t>(s.start));
    span.add_fixed64(8, static_cast<uint64_t>(s.end));
    attributesInto(span, 9, s.attributes);
    for (const OtlpEvent& e : s.events) {
        Pbf event(span, 11);
        event.add_fixed64(1, static_cast<uint64_t>(e.time));
        event.add_string(2, e.name.data(), e.name.size());
        attributesInto(event, 3, e.attributes);
    }
    if (!s.link.empty()) {
        Pbf link(span, 13);
        idInto(link, 1, s.trace);
        idInto(link, 2, s.link);
        attributesInto(link, 4, {{"link.type", std::string("retry_of")}});
    }
    if (s.status != 0) {
        Pbf status(span, 15);
        if (!s.statusMessage.empty())
            status.add_string(2, s.statusMessage.data(), s.statusMessage.size());
        status.add_enum(3, s.status);
    }
    span.add_fixed32(16, 0x103);   // sampled, random trace id, parent known to be local
}

void protobufExponential(std::string& out, std::string_view name, std::string_view description, std::string_view unit, const std::vector<OtlpExponentialPoint>& points) {
    Pbf parent(out);
    Pbf metric(parent, 2);
    metric.add_string(1, name.data(), name.size());
    metric.add_string(2, description.data(), description.size());
    metric.add_string(3, unit.data(), unit.size());
    Pbf histogram(metric, 10);
    for (const OtlpExponentialPoint& p : points)
        pointInto(histogram, p);
    histogram.add_enum(2, 1);   // delta
}

void protobufResource(std::string& out, const OtlpAttributes& resource, std::string_view scope, std::string_view scopeVersion, std::string_view records) {
    Pbf data(out);
    Pbf group(data, 1);
    {
        Pbf r(group, 1);
        attributesInto(r, 1, resource);
    }
    std::string inner;
    {
        Pbf scoped(inner);
        {
            Pbf s(scoped, 1);
            s.add_string(1, scope.data(), scope.size());
            s.add_string(2, scopeVersion.data(), scopeVersion.size());
        }
    }
    inner.append(records);
    group.add_message(2, inner);
    group.add_string(3, "https://opentelemetry.io/schemas/1.41.0");
}

void appendFrame(std::string& out, std::string_view message) {
    const auto n = static_cast<uint32_t>(message.size());
    for (int shift = 24; shift >= 0; shift -= 8)
        out += static_cast<char>(n >> shift & 0xff);
    out += message;
}

}  // namespace nj::demo
