#include "store/retention_summary.h"

#include <bit>

namespace nj::store {
namespace {

constexpr size_t kMostSeries = 4096;     // span names may be ids: beyond that many they are told apart by service and status only
constexpr const char* kStatusNames[] = {"STATUS_CODE_UNSET", "STATUS_CODE_OK", "STATUS_CODE_ERROR"};
constexpr const char* kSeverityNames[] = {"UNSPECIFIED", "TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"};

int64_t minuteOf(TimeNs time) { return time / kMinute; }

class Series {
public:
    explicit Series(Batch& batch) : batch_(batch) {}
    uint32_t of(const std::string& service, const std::string& name, MetricKind kind, const std::string& unit, AttributeList attributes) {
        std::string key = service + '\0' + name;
        for (const KeyValue& one : attributes)
            key += '\0' + one.value.text;
        const auto [known, fresh] = known_.emplace(std::move(key), static_cast<uint32_t>(batch_.series.size()));
        if (!fresh)
            return known->second;
        Resource resource;
        resource.attributes.push_back({"service.name", AttributeValue::ofString(service)});
        SeriesKey series;
        series.resource = batch_.internResource(resource);
        series.name = name;
        series.unit = unit;
        series.kind = kind;
        series.temporality = Temporality::kDelta;
        series.monotonic = kind == MetricKind::kCounter;
        series.attributes = std::move(attributes);
        batch_.series.push_back(std::move(series));
        return known->second;
    }

private:
    Batch& batch_;
    std::map<std::string, uint32_t> known_;
};

}  // namespace

Status RetentionSummary::addSpans(const Snapshot& snapshot, const SegmentView& segment) {
    NJ_ASSIGN(const StartColumn start, segment.start());
    NJ_ASSIGN(const DurationBins bins, segment.durationBin());
    NJ_ASSIGN(const CodeColumn service, segment.service());
    NJ_ASSIGN(const CodeColumn name, segment.name());
    NJ_ASSIGN(const auto status, segment.status());
    for (size_t row = 0; row < bins.size(); ++row) {
        if (bins[row] == sketch::kBinInvalid)
            continue;
        std::string named = spans_.size() < kMostSeries ? std::string(snapshot.text(name.id(row))) : std::string();
        Durations& minute = spans_[{std::string(snapshot.text(service.id(row))), std::move(named), status[row], minuteOf(start.at(row))}];
        minute.sketch.add(bins[row]);
        minute.sum += sketch::binMiddle(bins[row]);
    }
    return {};
}

Status RetentionSummary::addLogs(const Snapshot& snapshot, const SegmentView& segment) {
    NJ_ASSIGN(const StartColumn start, segment.start());
    NJ_ASSIGN(const CodeColumn service, segment.service());
    NJ_ASSIGN(const auto severity, segment.severity());
    for (size_t row = 0; row < severity.size(); ++row)
        ++logs_[{std::string(snapshot.text(service.id(row))), static_cast<uint8_t>((severity[row] + 3) / 4), minuteOf(start.at(row))}];
    return {};
}

Batch RetentionSummary::take(int64_t salt) {
    Batch batch;
    Series series(batch);
    const DurationNs offset = salt % kSecond;
    for (const auto& [key, durations] : spans_) {
        const auto& [service, name, status, minute] = key;
        AttributeList attributes;
        if (!name.empty())
            attributes.push_back({"span.name", AttributeValue::ofString(name)});
        attributes.push_back({"status.code", AttributeValue::ofString(kStatusNames[status < 3 ? status : 0])});
        HistogramPoint point;
        point.series = series.of(service, "traces.span.metrics.duration", MetricKind::kExponentialHistogram, "ns", std::move(attributes));
        point.start = minute * kMinute;
        point.time = (minute + 1) * kMinute - kSecond + offset;
        point.count = durations.sketch.count();
        point.hasSum = true;
        point.sum = durations.sum;
        point.scale = sketch::kScale;
        const std::vector<uint64_t>& bins = durations.sketch.bins();
        // Bin b > 0 is index b - 1 of OpenTelemetry's mapping; bin 0 holds zero.
        point.zeroCount = bins.empty() ? 0 : bins[0];
        size_t first = 1;
        while (first < bins.size() && bins[first] == 0)
            ++first;
        point.positiveOffset = static_cast<int32_t>(first) - 1;
        for (size_t bin = first; bin < bins.size(); ++bin)
            point.positive.push_back(bins[bin]);
        batch.histograms.push_back(std::move(point));
    }
    for (const auto& [key, count] : logs_) {
        const auto& [service, severity, minute] = key;
        const uint32_t index = series.of(service, "log.record.count", MetricKind::kCounter, "1", {{"severity", AttributeValue::ofString(kSeverityNames[severity < 7 ? severity : 0])}});
        batch.samples.series.push_back(index);
        batch.samples.start.push_back(minute * kMinute);
        batch.samples.time.push_back((minute + 1) * kMinute - kSecond + offset);
        batch.samples.valueBits.push_back(count);
        batch.samples.flags.push_back(kSampleInteger);
    }
    spans_.clear();
    logs_.clear();
    return batch;
}

}  // namespace nj::store
