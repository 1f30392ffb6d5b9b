// A Prometheus-compatible server (Prometheus, Mimir, Thanos, VictoriaMetrics, Grafana's data-source proxy) through its HTTP API
// (prometheus docs/querying/api.md, prompb/remote.proto). Used by one thread.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/time.h"
#include "format/prometheus_line.h"
#include "format/remote_write.h"
#include "source/http_client.h"

namespace nj::source {

using LabelPairs = std::vector<std::pair<std::string, std::string>>;
// "" when it is absent.
std::string_view findLabel(const LabelPairs& pairs, std::string_view name);

struct PrometheusAlert {
    LabelPairs labels, annotations;
    std::string state;           // "pending", "firing"
    TimeNs activeAt = 0;
};

struct PrometheusTarget {
    std::string url, job, health, lastError;
    TimeNs lastScrape = 0;
    DurationNs interval = 0;     // 0 = not said
};

struct PrometheusAlertRule {
    std::string name, expression;
    LabelPairs annotations;      // templates as they stand in the rule
};

class PrometheusApi {
public:
    // `url`: of the server, with its path prefix if it has one, with or without /api/v1 behind.
    PrometheusApi(std::string_view url, HttpOptions options);

    // "Prometheus 2.42.0". An error where nothing there speaks the API.
    Result<std::string> product(const std::stop_token& stop);
    Result<std::vector<format::PrometheusMetadata>> metadata(const std::stop_token& stop);
    // Series of the selector that have a sample just before `at`.
    Result<uint64_t> countSeries(const std::string& selector, TimeNs at, const std::stop_token& stop);
    // Names of metrics, sorted.
    Result<std::vector<std::string>> metricNames(const std::stop_token& stop);

    // Raw samples of the selectors in [range.from, range.to), with stale markers. kUnsupported where the server offers no remote read;
    // kLimit where the range holds more than it gives at once.
    Status remoteRead(const std::vector<std::string>& selectors, TimeRange range, const format::BatchConsumer& out, const std::stop_token& stop);
    // The same by queries of range vectors, which every server answers; stale markers do not come along.
    Status rangeRead(const std::string& selector, TimeRange range, const format::BatchConsumer& out, const std::stop_token& stop);
    Status exemplars(const std::string& selector, TimeRange range, const format::BatchConsumer& out, const std::stop_token& stop);

    Result<std::vector<PrometheusAlert>> alerts(const std::stop_token& stop);
    Result<std::vector<PrometheusTarget>> targets(const std::stop_token& stop);
    // Alerting rules, and the answer as it came.
    Result<std::pair<std::vector<PrometheusAlertRule>, std::string>> alertRules(const std::stop_token& stop);
    // Labels and times (ns) at which a query_range of `step` has a value.
    struct Presence {
        LabelPairs labels;
        std::vector<TimeNs> times;
    };
    Result<std::vector<Presence>> presence(const std::string& expression, TimeRange range, DurationNs step, const std::stop_token& stop);

    [[nodiscard]] const std::string& base() const { return base_; }
    // Decompressed bytes of the answers so far.
    [[nodiscard]] uint64_t bytes() const { return bytes_; }

private:
    Result<std::string> get(std::string_view path, const LabelPairs& query, const std::stop_token& stop);
    Result<HttpResponse> query(std::string_view path, const LabelPairs& form, const std::stop_token& stop, const HttpClient::BodySink& sink);
    Status readAnswer(std::string_view path, const LabelPairs& form, TimeRange range, const format::BatchConsumer& out, const std::stop_token& stop);

    std::string base_;   // without a slash at its end, before /api/v1
    HttpClient http_;
    format::RemoteWriteDecoder decoder_;
    uint64_t bytes_ = 0;
};

// Takes out of a batch the samples and histogram points whose (series, time) are not wanted.
void keepPoints(Batch& batch, const std::function<bool(uint32_t series, TimeNs time)>& wanted);

}  // namespace nj::source
