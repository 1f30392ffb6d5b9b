// A capsule's series under their Prometheus names: OTLP names and units, histograms both ways, deltas, summaries, resources, stale points.
#include "../store/test_batches.h"
#include "promql/capsule/capsule_querier.h"
#include "promql/capsule/otlp_names.h"
#include "promql/engine.h"
#include "promql/text/number_text.h"
#include "qt_test.h"

using namespace nj;
using namespace nj::promql;
using nj::test::addSample;
using nj::test::addSeries;
using nj::test::kT0;

namespace {

AttributeList labelled(std::initializer_list<std::pair<const char*, const char*>> labels) {
    AttributeList out;
    for (const auto& [key, value] : labels)
        out.push_back({key, AttributeValue::ofString(value)});
    return out;
}

uint32_t addOtlp(Batch& batch, const std::string& name, const std::string& unit, MetricKind kind, Temporality temporality,
                 const AttributeList& resource, const AttributeList& labels = {}) {
    const uint32_t series = addSeries(batch, name, labels, SeriesOrigin::kOtlp);
    SeriesKey& key = batch.series[series];
    key.unit = unit;
    key.kind = kind;
    key.temporality = temporality;
    key.monotonic = kind == MetricKind::kCounter;
    Resource full;
    full.attributes = resource;
    key.resource = batch.internResource(full);
    return series;
}

HistogramPoint pointOf(uint32_t series, TimeNs time) {
    HistogramPoint point;
    point.series = series;
    point.time = time;
    point.hasSum = true;
    return point;
}

}  // namespace

class CapsuleQuerierTest : public QObject {
    Q_OBJECT

private slots:
    void initTestCase();
    void otlpNamesFollowTheSpecification();
    void answers_data();
    void answers();
    void labelsAreListed();

private:
    test::TestCapsule capsule_;
    std::unique_ptr<store::CapsuleReader> reader_;
    std::unique_ptr<CapsuleQuerier> querier_;
};

void CapsuleQuerierTest::initTestCase() {
    std::vector<Batch> batches(1);
    Batch& batch = batches.front();
    const uint32_t plain = addSeries(batch, "up", labelled({{"job", "a"}, {"instance", "i:1"}}));
    const uint32_t stale = addSeries(batch, "gone", {});
    const AttributeList shop =
        labelled({{"service.name", "shop"}, {"service.namespace", "eu"}, {"service.instance.id", "s-1"}, {"host.name", "h1"}});
    const uint32_t counter = addOtlp(batch, "http.requests", "{request}", MetricKind::kCounter, Temporality::kCumulative, shop,
                                     labelled({{"http.route", "/x"}}));
    const uint32_t delta = addOtlp(batch, "bytes.sent", "By", MetricKind::kCounter, Temporality::kDelta, shop);
    const uint32_t explicitBuckets = addOtlp(batch, "wait", "s", MetricKind::kHistogram, Temporality::kDelta, shop);
    const uint32_t exponential = addOtlp(batch, "size", "By", MetricKind::kExponentialHistogram, Temporality::kCumulative, shop);
    const uint32_t summary = addOtlp(batch, "gc", "ms", MetricKind::kSummary, Temporality::kUnspecified, shop);
    // Two pods of one service, which job and instance don't tell apart.
    const uint32_t one = addOtlp(batch, "load", "1", MetricKind::kGauge, Temporality::kUnspecified,
                                 labelled({{"service.name", "twin"}, {"k8s.pod.name", "p1"}, {"host.name", "h"}}));
    const uint32_t two = addOtlp(batch, "load", "1", MetricKind::kGauge, Temporality::kUnspecified,
                                 labelled({{"service.name", "twin"}, {"k8s.pod.name", "p2"}, {"host.name", "h"}}));
    for (int i = 0; i <= 10; ++i) {
        const TimeNs time = kT0 + i * kMinute;
        addSample(batch, plain, time, 1);
        addSample(batch, stale, time, i == 10 ? std::bit_cast<double>(kStaleNanBits) : 7);
        addSample(batch, counter, time, 60.0 * i);
        addSample(batch, delta, time, 5);
        addSample(batch, one, time, 1);
        addSample(batch, two, time, 2);
        HistogramPoint waited = pointOf(explicitBuckets, time);
        waited.count = 4;
        waited.sum = 6;
        waited.bounds = {1, 2};
        waited.buckets = {1, 2, 1};
        batch.histograms.push_back(waited);
        HistogramPoint sized = pointOf(exponential, time);
        sized.count = static_cast<uint64_t>(6 * i);
        sized.sum = 12.0 * i;
        sized.positive = {static_cast<uint64_t>(2 * i), static_cast<uint64_t>(4 * i)};
        batch.histograms.push_back(sized);
        HistogramPoint paused = pointOf(summary, time);
        paused.count = 9;
        paused.sum = 3;
        paused.bounds = {0.5, 0.99};
        paused.values = {1, 8};
        batch.histograms.push_back(paused);
    }
    capsule_.import(std::move(batches));
    reader_ = capsule_.reader();
    auto querier = CapsuleQuerier::of(*reader_);
    QVERIFY2(querier.ok(), querier.ok() ? "" : querier.error().message.c_str());
    querier_ = std::move(querier).value();
}

void CapsuleQuerierTest::otlpNamesFollowTheSpecification() {
    const auto name = [](const char* text, const char* unit, MetricKind kind, bool monotonic = false) {
        return otlpMetricName(text, unit, kind, monotonic);
    };
    QCOMPARE(name("http.server.request.duration", "s", MetricKind::kHistogram), std::string("http_server_request_duration_seconds"));
    QCOMPARE(name("process.cpu.time", "s", MetricKind::kCounter, true), std::string("process_cpu_time_seconds_total"));
    QCOMPARE(name("requests_total", "", MetricKind::kCounter, true), std::string("requests_total"));
    QCOMPARE(name("total.errors", "{error}", MetricKind::kCounter, true), std::string("errors_total"));
    QCOMPARE(name("queue.size", "{item}", MetricKind::kCounter, false), std::string("queue_size"));
    QCOMPARE(name("cpu.utilization", "1", MetricKind::kGauge), std::string("cpu_utilization_ratio"));
    QCOMPARE(name("disk.io", "By/s", MetricKind::kGauge), std::string("disk_io_bytes_per_second"));
    QCOMPARE(name("memory_bytes", "By", MetricKind::kGauge), std::string("memory_bytes"));
    QCOMPARE(name("2xx.count", "", MetricKind::kGauge), std::string("_2xx_count"));
    QCOMPARE(otlpLabelName("http.route"), std::string("http_route"));
    QCOMPARE(otlpLabelName("0day"), std::string("key_0day"));
}

void CapsuleQuerierTest::answers_data() {
    QTest::addColumn<QString>("query");
    QTest::addColumn<QString>("answer");
    const auto add = [](const char* query, const char* answer) {
        QTest::newRow(query) << QString::fromUtf8(query) << QString::fromUtf8(answer);
    };
    add("up", "{__name__=\"up\", instance=\"i:1\", job=\"a\"} 1");
    add("gone", "");
    add("gone offset 1m", "{__name__=\"gone\"} 7");
    add("http_requests_total", "{__name__=\"http_requests_total\", http_route=\"/x\", instance=\"s-1\", job=\"eu/shop\"} 600");
    add("rate(http_requests_total[10m])", "{http_route=\"/x\", instance=\"s-1\", job=\"eu/shop\"} 1");
    // Eleven deltas of five.
    add("sum(bytes_sent_total)", "{} 55");
    add("sum(increase(bytes_sent_total[5m]))", "{} 25");
    add("sum by (le) (wait_seconds_bucket)", "{le=\"+Inf\"} 44\n{le=\"1\"} 11\n{le=\"2\"} 33");
    add("sum(wait_seconds_count)", "{} 44");
    add("sum(wait_seconds_sum)", "{} 66");
    add("histogram_quantile(0.5, sum by (le) (rate(wait_seconds_bucket[5m])))", "{} 1.5");
    add("histogram_quantile(0.5, sum(rate(wait_seconds[5m])))", "{} 1.5");
    add("histogram_count(sum(size_bytes))", "{} 60");
    add("histogram_quantile(1, sum(size_bytes))", "{} 4");
    add("histogram_count(sum(increase(size_bytes[10m])))", "{} 60");
    add("sum by (quantile) (gc_milliseconds)", "{quantile=\"0.5\"} 1\n{quantile=\"0.99\"} 8");
    add("sum(gc_milliseconds_count) + sum(gc_milliseconds_sum)", "{} 12");
    add("load_ratio", "{__name__=\"load_ratio\", job=\"twin\", k8s_pod_name=\"p1\"} 1\n{__name__=\"load_ratio\", job=\"twin\", k8s_pod_name=\"p2\"} 2");
    add("target_info{job=\"eu/shop\"}", "{__name__=\"target_info\", host_name=\"h1\", instance=\"s-1\", job=\"eu/shop\"} 1");
    add("sum by (host_name) (info(rate(http_requests_total[10m])))", "{host_name=\"h1\"} 1");
    add("count({__name__=~\".+\", job=\"twin\"})", "{} 4");
    // By their own names.
    add("{\"http.requests\"}", "{__name__=\"http.requests\", \"http.route\"=\"/x\", instance=\"s-1\", job=\"eu/shop\"} 600");
    add("sum by (\"http.route\") (rate({\"http.requests\", \"http.route\"=\"/x\"}[10m]))", "{\"http.route\"=\"/x\"} 1");
    add("{\"http.requests\", \"http.route\"!=\"/x\"}", "");
    add("histogram_quantile(0.5, sum by (le) (rate(wait_bucket[5m])))", "{} 1.5");
    add("load{\"k8s.pod.name\"=\"p2\"}", "{__name__=\"load\", job=\"twin\", \"k8s.pod.name\"=\"p2\"} 2");
    add("up{\"no.such\"!=\"x\"}", "{__name__=\"up\", instance=\"i:1\", job=\"a\"} 1");
}

void CapsuleQuerierTest::answers() {
    QFETCH(QString, query);
    QFETCH(QString, answer);
    const auto result = Engine().instant(*querier_, query.toStdString(), kT0 + 10 * kMinute);
    QVERIFY2(result.ok(), result.ok() ? "" : result.error().message.c_str());
    QStringList lines;
    for (const VectorSample& sample : std::get<Vector>(result->value)) {
        QVERIFY(!sample.histogram);
        lines << QString::fromStdString(labelsText(*sample.labels) + " " + plainNumber(std::round(sample.value * 1e9) / 1e9));
    }
    lines.sort();
    QCOMPARE(lines.join(QLatin1Char('\n')), answer);
}

void CapsuleQuerierTest::labelsAreListed() {
    const auto names = querier_->labelNames({{Matcher::Type::kEqual, "__name__", "load_ratio"}});
    QVERIFY(names.ok());
    QCOMPARE(*names, (std::vector<std::string>{"__name__", "job", "k8s_pod_name"}));
    const auto values = querier_->labelValues("k8s_pod_name", {{Matcher::Type::kEqual, "__name__", "load_ratio"}});
    QVERIFY(values.ok());
    QCOMPARE(*values, (std::vector<std::string>{"p1", "p2"}));
    QVERIFY(!querier_->labelNames({{Matcher::Type::kRegex, "a", "("}}).ok());
    QCOMPARE(querier_->range().from, kT0);
}

QTEST_APPLESS_MAIN(CapsuleQuerierTest)
#include "capsule_querier_test.moc"
