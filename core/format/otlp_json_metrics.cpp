// Metrics of OTLP JSON: see otlp_json_reader.h.
#include <cstring>

#include "format/otlp_json_reader.h"
#include "format/otlp_metric_point.h"

namespace nj::format {
namespace {

MetricKind kindOfData(std::string_view key) {
    if (key == "gauge")
        return MetricKind::kGauge;
    if (key == "sum")
        return MetricKind::kCounter;
    if (key == "histogram")
        return MetricKind::kHistogram;
    if (key == "exponentialHistogram")
        return MetricKind::kExponentialHistogram;
    return key == "summary" ? MetricKind::kSummary : MetricKind::kUnknown;
}

}  // namespace

// A data point while its members come in any order.
struct OtlpJsonDecoder::Reader::PointView {
    HistogramPoint histogram;           // start, time and flags are those of number points too
    uint64_t bits = 0;
    bool hasValue = false;
    uint32_t flags = 0;
    AttributeList attributes;
    std::vector<Exemplar> exemplars;
};

// Twice over the metric: name and unit may stand behind the data.
void OtlpJsonDecoder::Reader::metric(JsonValue& value) {
    JsonObject object;
    if (value.get_object().get(object) != simdjson::SUCCESS) {
        broken_ = true;
        return;
    }
    MetricFields fields;
    check(forEachMember(object, [&](std::string_view rawKey, JsonValue& v) {
        if (!going())
            return;
        const std::string_view key = camel(rawKey);
        if (key == "name")
            fields.name = text(v);
        else if (key == "unit")
            fields.unit = text(v);
        else if (key == "description")
            fields.description = text(v);
        else if (const MetricKind kind = kindOfData(key); kind != MetricKind::kUnknown && !isNull(v)) {
            fields.kind = kind;
            check(forEachMember(v, [&](std::string_view rawName, JsonValue& member) {
                const std::string_view name = camel(rawName);
                if (name == "aggregationTemporality")
                    fields.temporality = static_cast<Temporality>(enumNumber(member, "AGGREGATION_TEMPORALITY_", {"UNSPECIFIED", "DELTA", "CUMULATIVE"}));
                else if (name == "isMonotonic")
                    fields.monotonic = kind == MetricKind::kCounter && jsonTrue(jsonToken(member));
            }));
        }
    }));
    if (!going())
        return;
    if (fields.kind == MetricKind::kUnknown || fields.name.empty()) {
        builder_.health(HealthSeverity::kRejected, fields.name.empty() ? "metric without name" : "metric without data", fields.name);
        return;
    }
    const MetricKind kind = fields.kind;
    builder_.setMetric(std::move(fields));
    if (object.reset().error() != simdjson::SUCCESS)
        return;
    check(forEachMember(object, [&](std::string_view rawKey, JsonValue& v) {
        if (going() && kindOfData(camel(rawKey)) == kind)
            dataPoints(v, kind);
    }));
}

void OtlpJsonDecoder::Reader::dataPoints(JsonValue& data, MetricKind kind) {
    check(forEachMember(data, [&](std::string_view rawName, JsonValue& member) {
        if (!going() || camel(rawName) != "dataPoints")
            return;
        check(forEachElement(member, [&](JsonValue& element) {
            if (!going())
                return;
            dataPoint(element, kind);
            flushWhenFull();
        }));
    }));
}

void OtlpJsonDecoder::Reader::dataPoint(JsonValue& value, MetricKind kind) {
    startRow(value);
    PointView p;
    check(forEachMember(value, [&](std::string_view rawKey, JsonValue& v) {
        if (going())
            pointMember(camel(rawKey), v, kind, p);
    }));
    if (broken_)
        return;
    HistogramPoint& h = p.histogram;
    uint32_t index = kNoIndex;
    const auto series = [&] { return index = builder_.series(std::move(p.attributes)); };
    bool kept = true;
    if (kind == MetricKind::kGauge || kind == MetricKind::kCounter) {
        kept = addNumberPoint(builder_, p.hasValue ? std::optional(p.bits) : std::nullopt, p.flags | h.flags, h.start, h.time, series);
    } else if (kind == MetricKind::kHistogram) {
        kept = addHistogramPoint(builder_, std::move(h), series);
    } else if (kind == MetricKind::kExponentialHistogram) {
        kept = addExponentialPoint(builder_, std::move(h), series);
    } else {
        h.hasSum = true;
        h.series = series();
        builder_.addHistogram(std::move(h));
    }
    for (Exemplar& e : p.exemplars) {
        e.series = index;
        if (kept)
            builder_.addExemplar(std::move(e));
    }
}

void OtlpJsonDecoder::Reader::pointMember(std::string_view key, JsonValue& v, MetricKind kind, PointView& p) {
    HistogramPoint& h = p.histogram;
    const auto numbers = [&](auto& out, auto read) { check(forEachElement(v, [&](JsonValue& element) { out.push_back(read(element)); })); };
    if (key == "startTimeUnixNano") {
        h.start = time(v);
    } else if (key == "timeUnixNano") {
        h.time = time(v);
    } else if (key == "flags") {
        h.flags = count(v) & kSampleNoRecordedValue;
    } else if (key == "attributes") {
        p.attributes = attributeList(v);
    } else if (key == "exemplars") {
        exemplars(v, p.exemplars);
    } else if (isNull(v)) {
        return;
    } else if (key == "asDouble") {
        const double number = real(v);
        std::memcpy(&p.bits, &number, sizeof number);
        p.hasValue = true;
        p.flags = 0;
    } else if (key == "asInt") {
        p.bits = static_cast<uint64_t>(signedNumber(v));
        p.hasValue = true;
        p.flags = kSampleInteger;
    } else if (key == "count") {
        h.count = unsignedNumber(v);
    } else if (key == "sum") {
        h.hasSum = true;
        h.sum = real(v);
    } else if (key == "min") {
        h.hasMin = true;
        h.min = real(v);
    } else if (key == "max") {
        h.hasMax = true;
        h.max = real(v);
    } else if (key == "bucketCounts") {
        numbers(h.buckets, [&](JsonValue& element) { return unsignedNumber(element); });
    } else if (key == "explicitBounds") {
        numbers(h.bounds, [&](JsonValue& element) { return real(element); });
    } else if (key == "scale") {
        h.scale = static_cast<int32_t>(signedNumber(v));
    } else if (key == "zeroCount") {
        h.zeroCount = unsignedNumber(v);
    } else if (key == "zeroThreshold") {
        h.zeroThreshold = real(v);
    } else if (key == "positive") {
        buckets(v, h.positiveOffset, h.positive);
    } else if (key == "negative") {
        buckets(v, h.negativeOffset, h.negative);
    } else if (key == "quantileValues" && kind == MetricKind::kSummary) {
        quantiles(v, h);
    }
}

void OtlpJsonDecoder::Reader::buckets(JsonValue& value, int32_t& offset, std::vector<uint64_t>& counts) {
    check(forEachMember(value, [&](std::string_view rawKey, JsonValue& v) {
        const std::string_view key = camel(rawKey);
        if (key == "offset")
            offset = static_cast<int32_t>(signedNumber(v));
        else if (key == "bucketCounts")
            check(forEachElement(v, [&](JsonValue& element) { counts.push_back(unsignedNumber(element)); }));
    }));
}

void OtlpJsonDecoder::Reader::quantiles(JsonValue& value, HistogramPoint& point) {
    check(forEachElement(value, [&](JsonValue& entry) {
        double quantile = 0;
        double at = 0;
        check(forEachMember(entry, [&](std::string_view key, JsonValue& v) {
            if (key == "quantile")
                quantile = real(v);
            else if (key == "value")
                at = real(v);
        }));
        point.bounds.push_back(quantile);
        point.values.push_back(at);
    }));
}

void OtlpJsonDecoder::Reader::exemplars(JsonValue& value, std::vector<Exemplar>& out) {
    check(forEachElement(value, [&](JsonValue& entry) {
        if (!going())
            return;
        Exemplar e;
        check(forEachMember(entry, [&](std::string_view rawKey, JsonValue& v) {
            if (!going())
                return;
            const std::string_view key = camel(rawKey);
            if (key == "timeUnixNano")
                e.time = time(v);
            else if (key == "asDouble")
                e.value = real(v);
            else if (key == "asInt")
                e.value = static_cast<double>(signedNumber(v));
            else if (key == "traceId")
                e.traceId = id<TraceId>(v);
            else if (key == "spanId")
                e.spanId = id<SpanId>(v);
            else if (key == "filteredAttributes")
                e.attributes = attributeList(v);
        }));
        if (going())
            out.push_back(std::move(e));
    }));
}

}  // namespace nj::format
