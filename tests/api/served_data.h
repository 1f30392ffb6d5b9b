// A capsule that the API's tests ask: a counter, a gauge with a name that needs escaping, a classic OTLP histogram with exemplars, alerts.
#pragma once

#include "../store/test_batches.h"

namespace nj::test {

inline AttributeList labelled(std::initializer_list<std::pair<const char*, const char*>> labels) {
    AttributeList out;
    for (const auto& [key, value] : labels) out.push_back({key, AttributeValue::ofString(value)});
    return out;
}

inline constexpr int kMinutes = 10;
inline TimeNs lastSample() { return kT0 + kMinutes * kMinute; }

inline Batch servedBatch() {
    Batch batch;
    const uint32_t requests = addSeries(batch, "requests_total", labelled({{"job", "a"}, {"path", "/x"}}));
    batch.series[requests].kind = MetricKind::kCounter;
    batch.series[requests].description = "Requests \"taken\".";
    const uint32_t other = addSeries(batch, "requests_total", labelled({{"job", "b"}, {"path", "/x"}}));
    batch.series[other].kind = MetricKind::kCounter;
    batch.series[other].description = "Requests \"taken\".";
    const uint32_t gauge = addSeries(batch, "room.heat", labelled({{"room.name", "cellar"}}));
    const uint32_t early = addSeries(batch, "early", {});
    const uint32_t wait = addSeries(batch, "wait", {}, SeriesOrigin::kOtlp);
    batch.series[wait].kind = MetricKind::kHistogram;
    batch.series[wait].temporality = Temporality::kCumulative;
    batch.series[wait].unit = "s";
    for (int i = 0; i <= kMinutes; ++i) {
        const TimeNs time = kT0 + i * kMinute;
        addSample(batch, requests, time, 60.0 * i);
        addSample(batch, other, time, 120.0 * i);
        addSample(batch, gauge, time, i % 2 == 0 ? HUGE_VAL : 0.5);
        if (i < 2)
            addSample(batch, early, time, 1);
        HistogramPoint point;
        point.series = wait;
        point.time = time;
        point.hasSum = true;
        point.count = static_cast<uint64_t>(4 * i);
        point.sum = 6.0 * i;
        point.bounds = {1, 2};
        point.buckets = {static_cast<uint64_t>(i), static_cast<uint64_t>(2 * i), static_cast<uint64_t>(i)};
        batch.histograms.push_back(point);
    }
    batch.exemplars.push_back({wait, kT0 + kMinute, 1.5, traceId(1, 2), spanId(3), labelled({{"user", "u1"}})});
    IncidentEvent firing;
    firing.time = kT0 + kMinute;
    firing.kind = "alert";
    firing.title = "Slow: requests wait";
    batch.events.push_back(firing);
    IncidentEvent over = firing;
    over.end = kT0 + 2 * kMinute;
    over.title = "Over";
    batch.events.push_back(over);
    return batch;
}

}  // namespace nj::test
