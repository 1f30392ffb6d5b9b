// Metrics of OTLP requests in protobuf: see otlp_protobuf_decoder.h.
#include <cstring>

#include "format/otlp_metric_point.h"
#include "format/otlp_protobuf_decoder.h"

namespace nj::format {
namespace {

// Repeated fixed64 or double: packed, or one field per element.
template <typename T, typename Convert>
void appendFixed(std::vector<T>& out, const WireReader& r, Convert convert) {
    if (r.isFixed64()) {
        out.push_back(convert(r.number()));
        return;
    }
    const std::string_view packed = r.isBytes() ? r.bytes() : std::string_view();
    out.reserve(out.size() + packed.size() / 8);
    for (size_t i = 0; i + 8 <= packed.size(); i += 8) {
        uint64_t number;
        std::memcpy(&number, packed.data() + i, 8);
        out.push_back(convert(number));
    }
}

double realOf(uint64_t bits) {
    double value;
    std::memcpy(&value, &bits, sizeof value);
    return value;
}

uint64_t same(uint64_t number) { return number; }

// ExponentialHistogramDataPoint.Buckets. False where it is damaged.
bool readBuckets(std::string_view message, int32_t& offset, std::vector<uint64_t>& counts) {
    WireReader r(message);
    while (r.next()) {
        if (r.field() == 1 && r.isVarint()) {
            offset = static_cast<int32_t>(zigzagDecoded(r.number()));
        } else if (r.field() == 2 && r.isVarint()) {
            counts.push_back(r.number());
        } else if (r.field() == 2 && r.isBytes()) {
            std::string_view packed = r.bytes();
            uint64_t number = 0;
            while (!packed.empty()) {
                if (!WireReader::takeVarint(packed, number))
                    return false;
                counts.push_back(number);
            }
        }
    }
    return r.good();
}

}  // namespace

bool OtlpProtobufDecoder::metric(std::string_view message) {
    startRow(message);
    MetricFields fields;
    std::string_view data;
    uint32_t kind = 0;
    WireReader r(message);
    while (r.next()) {
        if (!r.isBytes())
            continue;
        switch (r.field()) {
        case 1: fields.name = text(r.bytes()); break;
        case 2: fields.description = text(r.bytes()); break;
        case 3: fields.unit = text(r.bytes()); break;
        case 5:
        case 7:
        case 9:
        case 10:
        case 11:
            kind = r.field();
            data = r.bytes();
            break;
        default: break;
        }
    }
    checkEnd(r, "metric");
    if (kind == 0 || fields.name.empty()) {
        builder_.health(HealthSeverity::kRejected, kind == 0 ? "metric without data" : "metric without name", fields.name);
        return true;
    }
    fields.kind = kind == 5 ? MetricKind::kGauge : kind == 7 ? MetricKind::kCounter : kind == 9 ? MetricKind::kHistogram
                : kind == 10 ? MetricKind::kExponentialHistogram : MetricKind::kSummary;
    for (WireReader d(data); kind != 11 && d.next();) {
        if (d.field() == 2 && d.isVarint())
            fields.temporality = d.number() <= 2 ? static_cast<Temporality>(d.number()) : Temporality::kUnspecified;
        else if (d.field() == 3 && d.isVarint() && kind == 7)
            fields.monotonic = d.number() != 0;
    }
    builder_.setMetric(std::move(fields));
    WireReader points(data);
    while (points.next()) {
        if (points.field() != 1)
            continue;
        if (!points.isBytes()) {
            wrongType("metric");
            continue;
        }
        pointAttributes_.clear();
        pointExemplars_.clear();
        switch (kind) {
        case 5:
        case 7: numberPoint(points.bytes()); break;
        case 9: histogramPoint(points.bytes()); break;
        case 10: exponentialPoint(points.bytes()); break;
        default: summaryPoint(points.bytes());
        }
        if (!flushWhenFull())
            return false;
    }
    checkEnd(points, "metric");
    return true;
}

uint32_t OtlpProtobufDecoder::pointSeries() {
    rawAttributes_.clear();
    for (const std::string_view attribute : pointAttributes_) {
        const auto size = static_cast<uint32_t>(attribute.size());
        rawAttributes_.append(reinterpret_cast<const char*>(&size), sizeof size);
        rawAttributes_.append(attribute);
    }
    return builder_.series(rawAttributes_, [&] {
        AttributeList list;
        list.reserve(pointAttributes_.size());
        for (const std::string_view attribute : pointAttributes_)
            list.push_back(keyValue(attribute));
        return list;
    });
}

void OtlpProtobufDecoder::numberPoint(std::string_view message) {
    TimeNs start = 0;
    TimeNs time = 0;
    uint64_t bits = 0;
    uint32_t flags = 0;
    bool hasValue = false;
    WireReader r(message);
    while (r.next()) {
        switch (r.field()) {
        case 2: start = r.isFixed64() ? timeOf(r.number(), builder_) : 0; break;
        case 3: time = r.isFixed64() ? timeOf(r.number(), builder_) : 0; break;
        case 4:
        case 6:
            hasValue = r.isFixed64();
            bits = r.number();
            flags = (flags & ~kSampleInteger) | (r.field() == 6 ? kSampleInteger : 0);
            break;
        case 5: pointExemplars_.push_back(r.bytes()); break;
        case 7: pointAttributes_.push_back(r.bytes()); break;
        case 8: flags |= count(r) & kSampleNoRecordedValue; break;
        default: break;
        }
    }
    if (!r.good()) {
        builder_.health(HealthSeverity::kRejected, "damaged OTLP data point");
        return;
    }
    addNumberPoint(builder_, hasValue ? std::optional(bits) : std::nullopt, flags, start, time, [&] { return pointSeries(); });
    if (!pointExemplars_.empty())
        exemplars(pointSeries());
}

void OtlpProtobufDecoder::histogramPoint(std::string_view message) {
    HistogramPoint h;
    WireReader r(message);
    while (r.next()) {
        switch (r.field()) {
        case 2: h.start = r.isFixed64() ? timeOf(r.number(), builder_) : 0; break;
        case 3: h.time = r.isFixed64() ? timeOf(r.number(), builder_) : 0; break;
        case 4: h.count = r.number(); break;
        case 5: h.hasSum = true, h.sum = r.real(); break;
        case 6: appendFixed(h.buckets, r, same); break;
        case 7: appendFixed(h.bounds, r, realOf); break;
        case 8: pointExemplars_.push_back(r.bytes()); break;
        case 9: pointAttributes_.push_back(r.bytes()); break;
        case 10: h.flags = count(r) & kSampleNoRecordedValue; break;
        case 11: h.hasMin = true, h.min = r.real(); break;
        case 12: h.hasMax = true, h.max = r.real(); break;
        default: break;
        }
    }
    if (!r.good()) {
        builder_.health(HealthSeverity::kRejected, "damaged OTLP data point");
        return;
    }
    if (addHistogramPoint(builder_, std::move(h), [&] { return pointSeries(); }) && !pointExemplars_.empty())
        exemplars(pointSeries());
}

void OtlpProtobufDecoder::exponentialPoint(std::string_view message) {
    HistogramPoint h;
    bool buckets = true;
    WireReader r(message);
    while (r.next()) {
        switch (r.field()) {
        case 1: pointAttributes_.push_back(r.bytes()); break;
        case 2: h.start = r.isFixed64() ? timeOf(r.number(), builder_) : 0; break;
        case 3: h.time = r.isFixed64() ? timeOf(r.number(), builder_) : 0; break;
        case 4: h.count = r.number(); break;
        case 5: h.hasSum = true, h.sum = r.real(); break;
        case 6: h.scale = static_cast<int32_t>(zigzagDecoded(r.number())); break;
        case 7: h.zeroCount = r.number(); break;
        case 8: buckets = readBuckets(r.bytes(), h.positiveOffset, h.positive) && buckets; break;
        case 9: buckets = readBuckets(r.bytes(), h.negativeOffset, h.negative) && buckets; break;
        case 10: h.flags = count(r) & kSampleNoRecordedValue; break;
        case 11: pointExemplars_.push_back(r.bytes()); break;
        case 12: h.hasMin = true, h.min = r.real(); break;
        case 13: h.hasMax = true, h.max = r.real(); break;
        case 14: h.zeroThreshold = r.real(); break;
        default: break;
        }
    }
    if (!r.good() || !buckets) {
        builder_.health(HealthSeverity::kRejected, "damaged OTLP data point");
        return;
    }
    if (addExponentialPoint(builder_, std::move(h), [&] { return pointSeries(); }) && !pointExemplars_.empty())
        exemplars(pointSeries());
}

void OtlpProtobufDecoder::summaryPoint(std::string_view message) {
    HistogramPoint h;
    h.hasSum = true;
    WireReader r(message);
    while (r.next()) {
        switch (r.field()) {
        case 2: h.start = r.isFixed64() ? timeOf(r.number(), builder_) : 0; break;
        case 3: h.time = r.isFixed64() ? timeOf(r.number(), builder_) : 0; break;
        case 4: h.count = r.number(); break;
        case 5: h.sum = r.real(); break;
        case 6: {
            double quantile = 0;
            double value = 0;
            for (WireReader q(r.bytes()); q.next();)
                (q.field() == 1 ? quantile : value) = q.real();
            h.bounds.push_back(quantile);
            h.values.push_back(value);
            break;
        }
        case 7: pointAttributes_.push_back(r.bytes()); break;
        case 8: h.flags = count(r) & kSampleNoRecordedValue; break;
        default: break;
        }
    }
    if (!r.good()) {
        builder_.health(HealthSeverity::kRejected, "damaged OTLP data point");
        return;
    }
    h.series = pointSeries();
    builder_.addHistogram(std::move(h));
}

void OtlpProtobufDecoder::exemplars(uint32_t series) {
    for (const std::string_view message : pointExemplars_)
        exemplar(message, series);
}

void OtlpProtobufDecoder::exemplar(std::string_view message, uint32_t series) {
    Exemplar e;
    e.series = series;
    WireReader r(message);
    while (r.next()) {
        switch (r.field()) {
        case 2: e.time = r.isFixed64() ? timeOf(r.number(), builder_) : 0; break;
        case 3: e.value = r.real(); break;
        case 4: e.spanId = id<SpanId>(r.bytes(), "span id that is not 8 bytes"); break;
        case 5: e.traceId = id<TraceId>(r.bytes(), "trace id that is not 16 bytes"); break;
        case 6: e.value = static_cast<double>(static_cast<int64_t>(r.number())); break;
        case 7: e.attributes.push_back(keyValue(r.bytes())); break;
        default: break;
        }
    }
    if (r.good())
        builder_.addExemplar(std::move(e));
    else
        builder_.health(HealthSeverity::kRejected, "damaged OTLP exemplar");
}

}  // namespace nj::format
