#include "format/prometheus_builder.h"

#include <cstring>

namespace nj::format {
namespace {

void appendSized(std::string& out, std::string_view text) {
    const size_t size = text.size();
    out.append(reinterpret_cast<const char*>(&size), sizeof size);
    out.append(text);
}

}  // namespace

uint32_t PrometheusBuilder::intern(std::string name, AttributeList labels) {
    scratch_.clear();
    appendSized(scratch_, name);
    for (const KeyValue& label : labels) {
        appendSized(scratch_, label.key);
        appendSized(scratch_, label.value.text);
    }
    Batch& batch = rows_.batch();
    const auto [known, fresh] = byLabels_.emplace(hash128(scratch_), static_cast<uint32_t>(batch.series.size()));
    if (fresh) {
        SeriesKey key;
        key.origin = SeriesOrigin::kPrometheus;
        key.name = std::move(name);
        key.attributes = std::move(labels);
        families_.describe(key);
        rows_.addInputBytes(scratch_.size() + 256);
        batch.series.push_back(std::move(key));
    }
    return known->second;
}

void PrometheusBuilder::addSample(uint32_t series, TimeNs time, double value) {
    uint64_t bits;
    std::memcpy(&bits, &value, sizeof bits);
    rows_.addSample(series, 0, time, bits, 0);
}

bool PrometheusBuilder::addNative(uint32_t series, TimeNs time, double count, double sum, const std::vector<NativeBucket>& buckets) {
    bool exponential = true;
    bool rounded = false;
    auto point = nativeHistogram(count, sum, buckets, exponential, rounded);
    if (!point) {
        rows_.health(HealthSeverity::kRejected, "native histogram with impossible buckets");
        return false;
    }
    if (rounded)
        rows_.health(HealthSeverity::kRepaired, "fractional histogram counts rounded");
    point->series = series;
    point->time = time;
    MetricKind& kind = rows_.batch().series[series].kind;
    if (kind == MetricKind::kUnknown || kind == MetricKind::kHistogram)
        kind = exponential ? MetricKind::kExponentialHistogram : MetricKind::kHistogram;
    rows_.addHistogram(std::move(*point));
    return true;
}

void PrometheusBuilder::addExemplar(uint32_t series, TimeNs time, double value, AttributeList labels) {
    Exemplar e;
    e.series = series;
    e.time = time;
    e.value = value;
    for (KeyValue& label : labels) {
        const std::string& key = label.key;
        if (key == "trace_id" || key == "traceID" || key == "traceId") {
            if (const auto id = TraceId::fromHex(label.value.text)) {
                e.traceId = *id;
                continue;
            }
        } else if (key == "span_id" || key == "spanID" || key == "spanId") {
            if (const auto id = SpanId::fromHex(label.value.text)) {
                e.spanId = *id;
                continue;
            }
        }
        e.attributes.push_back(std::move(label));
    }
    rows_.addExemplar(std::move(e));
}

void PrometheusBuilder::setMetadata(const PrometheusMetadata& metadata) {
    if (!families_.set(metadata))
        rows_.health(HealthSeverity::kLost, "metadata of too many metric families", metadata.name);
}

bool PrometheusBuilder::flush(const BatchConsumer& out) {
    last_ = kNoIndex;
    lastRaw_.clear();
    byText_.clear();
    byLabels_.clear();
    return rows_.flush(out);
}

}  // namespace nj::format
