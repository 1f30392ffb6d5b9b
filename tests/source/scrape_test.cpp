// Scraping: what a /metrics answer becomes, when series go stale, targets that are down, slow or talk nonsense, and a real node_exporter.
#include <QFileInfo>
#include <QProcess>
#include <QStandardPaths>

#include "base/time.h"
#include "loopback_server.h"
#include "source/scrape_target.h"

using namespace nj;
using namespace nj::source;
using namespace nj::test;

namespace {

constexpr TimeNs kStart = 1'773'745'092'000 * kMillisecond;
constexpr const char* kText = "text/plain; version=0.0.4";

AttributeList targetLabels() { return {{"instance", AttributeValue::ofString("host:8000")}, {"job", AttributeValue::ofString("vllm")}}; }

QString seriesText(const SeriesKey& key) {
    QStringList labels;
    for (const KeyValue& label : key.attributes)
        labels << QString::fromStdString(label.key + "=" + label.value.text);
    return QString::fromStdString(key.name) + QLatin1Char('{') + labels.join(QLatin1Char(',')) + QLatin1Char('}');
}

// "name{labels} value @offset" of every sample, the offset in ms from kStart; sorted.
QStringList lines(const std::vector<Batch>& batches) {
    QStringList out;
    for (const Batch& batch : batches)
        for (size_t row = 0; row < batch.samples.size(); ++row) {
            double value;
            std::memcpy(&value, &batch.samples.valueBits[row], sizeof value);
            const QString shown = batch.samples.valueBits[row] == kStaleNanBits ? QStringLiteral("stale") : QString::number(value);
            out << QStringLiteral("%1 %2 @%3").arg(seriesText(batch.series[batch.samples.series[row]]), shown).arg((batch.samples.time[row] - kStart) / kMillisecond);
        }
    out.sort();
    return out;
}

QStringList readLines(ScrapeReader& reader, const char* body, TimeNs start = kStart, bool openMetrics = false) {
    auto taken = reader.read(body, openMetrics, start);
    return taken.ok() ? lines(taken->batches) : QStringList{QString::fromStdString(taken.error().message)};
}

SourceConfig configOf(const std::vector<std::string>& urls, const char* interval = "100ms") {
    SourceConfig config{"scrape", {{"interval", interval}, {"timeout", interval}, {"job", "vllm"}}};
    for (const std::string& url : urls)
        config.add("url", url);
    return config;
}

// All values of a metric, in the order they were delivered; NaN for stale markers.
std::vector<double> valuesOf(const KeepingTarget& target, std::string_view name, std::string_view instance = {}) {
    std::vector<double> values;
    for (const Batch& batch : target.batches())
        for (size_t row = 0; row < batch.samples.size(); ++row) {
            const SeriesKey& key = batch.series[batch.samples.series[row]];
            const AttributeValue* at = findAttribute(key.attributes, "instance");
            if (key.name == name && (instance.empty() || (at != nullptr && at->text == instance))) {
                values.push_back(0);
                std::memcpy(&values.back(), &batch.samples.valueBits[row], sizeof(double));
            }
        }
    return values;
}

size_t staleMarkers(const KeepingTarget& target, std::string_view name) {
    const auto values = valuesOf(target, name);
    return static_cast<size_t>(std::count_if(values.begin(), values.end(), [](double v) { return std::isnan(v); }));
}

std::unique_ptr<Source> started(const SourceConfig& config, DeliveryTarget& target) {
    auto source = createSource(config, target);
    if (!source.ok() || !(*source)->start().ok())
        qFatal("%s", source.ok() ? "not started" : source.error().message.c_str());
    return std::move(*source);
}

}  // namespace

class ScrapeTest : public QObject {
    Q_OBJECT
private slots:
    void labelsAndTimes() {
        ScrapeReader reader(targetLabels(), 0);
        // The target's labels win; what the endpoint says under their names goes on as exported_….
        QCOMPARE(readLines(reader,
                           "a{job=\"mine\",x=\"1\"} 1\n"
                           "b{job=\"mine\",exported_job=\"theirs\"} 2\n"
                           "c{empty=\"\"} 3 1773745091000\n"),
                 (QStringList{QStringLiteral("a{exported_job=mine,instance=host:8000,job=vllm,x=1} 1 @0"),
                              QStringLiteral("b{exported_exported_job=mine,exported_job=theirs,instance=host:8000,job=vllm} 2 @0"),
                              QStringLiteral("c{instance=host:8000,job=vllm} 3 @-1000")}));
        // Equal but for an empty label: the first value counts.
        ScrapeReader second(targetLabels(), 0);
        QCOMPARE(readLines(second, "a{x=\"\"} 1\na 2\n"), QStringList(QStringLiteral("a{instance=host:8000,job=vllm} 1 @0")));
    }

    void metadataComesAlong() {
        ScrapeReader reader(targetLabels(), 0);
        const auto taken = reader.read("# TYPE t_seconds histogram\n# UNIT t_seconds seconds\n# HELP t_seconds Time to first token.\n"
                                       "t_seconds_bucket{le=\"+Inf\"} 2\nt_seconds_count 2\nt_seconds_sum 3\n# EOF\n",
                                       true, kStart);
        QVERIFY(taken.ok());
        QCOMPARE(taken->batches.size(), size_t(1));
        for (const SeriesKey& key : taken->batches[0].series) {
            QCOMPARE(key.kind, MetricKind::kHistogram);
            QCOMPARE(key.unit, std::string("seconds"));
            QCOMPARE(key.description, std::string("Time to first token."));
        }
    }

    void seriesGoStale() {
        ScrapeReader reader(targetLabels(), 0);
        auto first = reader.read("a 1\nb 2\nold 7 1773745000000\n", false, kStart);
        QVERIFY(first.ok());
        QCOMPARE(first->samples, uint64_t(3));
        QCOMPARE(first->added, uint64_t(3));
        // b vanishes; what brought its own time is not marked.
        QCOMPARE(readLines(reader, "a 1\n", kStart + kSecond), (QStringList{QStringLiteral("a{instance=host:8000,job=vllm} 1 @1000"), QStringLiteral("b{instance=host:8000,job=vllm} stale @1000")}));
        // Marked once, and new again when it is back.
        QCOMPARE(readLines(reader, "a 1\n", kStart + 2 * kSecond), QStringList(QStringLiteral("a{instance=host:8000,job=vllm} 1 @2000")));
        auto back = reader.read("a 1\nb 2\n", false, kStart + 3 * kSecond);
        QVERIFY(back.ok());
        QCOMPARE(back->added, uint64_t(1));
        // A target that fails takes all of its series with it, once.
        QCOMPARE(lines({reader.fail(kStart + 4 * kSecond)}), (QStringList{QStringLiteral("a{instance=host:8000,job=vllm} stale @4000"), QStringLiteral("b{instance=host:8000,job=vllm} stale @4000")}));
        QVERIFY(reader.fail(kStart + 5 * kSecond).empty());
    }

    void exemplarsComeOnce() {
        ScrapeReader reader(targetLabels(), 0);
        const char* body = "# TYPE t counter\nt_total 4 # {trace_id=\"0102030405060708090a0b0c0d0e0f10\"} 0.5\n# EOF\n";
        auto first = reader.read(body, true, kStart), again = reader.read(body, true, kStart + kSecond);
        QVERIFY(first.ok() && again.ok());
        QCOMPARE(first->batches[0].exemplars.size(), size_t(1));
        QCOMPARE(first->batches[0].exemplars[0].time, kStart);
        QCOMPARE(again->batches[0].exemplars.size(), size_t(0));
    }

    void refused_data() {
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<bool>("openMetrics");
        QTest::addColumn<QString>("says");
        QTest::newRow("html") << QByteArray("<html>\n<body>login</body>\n") << false << QStringLiteral("line 1: line that is no Prometheus sample");
        QTest::newRow("value") << QByteArray("a 1\nb x\n") << false << QStringLiteral("line 2: Prometheus sample with a value that is no number");
        QTest::newRow("labels") << QByteArray("a{x=1} 1\n") << false << QStringLiteral("line 1");
        QTest::newRow("cut OpenMetrics") << QByteArray("a 1\nb 2\n") << true << QStringLiteral("its last line is not # EOF");
        QTest::newRow("too many") << QByteArray("a 1\nb 2\nc 3\nd 4\n") << false << QStringLiteral("more than 3 samples");
    }
    // Nothing is taken of an answer with one bad line, and what was known before still goes stale.
    void refused() {
        QFETCH(QByteArray, body);
        QFETCH(bool, openMetrics);
        QFETCH(QString, says);
        ScrapeReader reader(targetLabels(), 3);
        QVERIFY(reader.read("a 1\n", false, kStart).ok());
        const auto taken = reader.read({body.constData(), static_cast<size_t>(body.size())}, openMetrics, kStart + kSecond);
        QVERIFY(!taken.ok());
        QVERIFY2(QString::fromStdString(taken.error().message).contains(says), taken.error().message.c_str());
        QCOMPARE(lines({reader.fail(kStart + kSecond)}), QStringList(QStringLiteral("a{instance=host:8000,job=vllm} stale @1000")));
    }

    void targetNames_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("url");
        QTest::newRow("bare") << QStringLiteral("gpu-7:9400") << QStringLiteral("http://gpu-7:9400/metrics");
        QTest::newRow("no path") << QStringLiteral("https://gpu-7:9400") << QStringLiteral("https://gpu-7:9400/metrics");
        QTest::newRow("path") << QStringLiteral("gpu-7:9400/m?x=1") << QStringLiteral("http://gpu-7:9400/m?x=1");
        QTest::newRow("file") << QStringLiteral("file:///etc/passwd") << QString();
        QTest::newRow("no host") << QStringLiteral("http:///metrics") << QString();
        QTest::newRow("blank") << QStringLiteral("gpu 7") << QString();
    }
    void targetNames() {
        QFETCH(QString, text);
        QFETCH(QString, url);
        const auto made = scrapeUrl(text.toStdString());
        QCOMPARE(made.ok() ? QString::fromStdString(*made) : QString(), url);
    }

    void badSettings_data() {
        QTest::addColumn<QString>("field");
        QTest::addColumn<QString>("value");
        QTest::newRow("timeout") << QStringLiteral("timeout") << QStringLiteral("20s");
        QTest::newRow("label") << QStringLiteral("label") << QStringLiteral("no-name=1");
        QTest::newRow("name") << QStringLiteral("label") << QStringLiteral("__name__=x");
        QTest::newRow("limit") << QStringLiteral("body_limit") << QStringLiteral("-1");
        QTest::newRow("target") << QStringLiteral("url") << QStringLiteral("ftp://x");
    }
    void badSettings() {
        QFETCH(QString, field);
        QFETCH(QString, value);
        KeepingTarget target;
        SourceConfig config{"scrape", {{"url", "localhost:1"}}};
        QVERIFY(createSource(config, target).ok());
        config.add(field.toStdString(), value.toStdString());
        const auto made = createSource(config, target);
        QVERIFY(!made.ok());
        QCOMPARE(made.error().code, ErrorCode::kInvalidArgument);
    }

    void asksAsPrometheusDoes() {
        LoopbackServer server([](const Asked&) { return Told{200, "a 1\n", kText}; });
        KeepingTarget target;
        SourceConfig config = configOf({server.host()});
        config.add("label", "cluster=prod");
        const auto source = started(config, target);
        QTRY_VERIFY_WITH_TIMEOUT(valuesOf(target, "up").size() >= 2, 10'000);
        source->stop();
        const Asked asked = server.asked.front();
        QCOMPARE(asked.path, QByteArray("/metrics"));
        QCOMPARE(asked.headers.value("x-prometheus-scrape-timeout-seconds"), QByteArray("0.1"));
        QVERIFY(asked.headers.value("accept").startsWith("application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,"));
        QVERIFY(asked.headers.value("accept").endsWith("*/*;q=0.2"));
        const Batch first = target.batches().front();
        QCOMPARE(seriesText(first.series[0]), QStringLiteral("a{cluster=prod,instance=%1,job=vllm}").arg(QString::fromStdString(server.host())));
        QCOMPARE(first.samples.time[0] % kMillisecond, TimeNs(0));
        QCOMPARE(valuesOf(target, "up")[0], 1.0);
        QCOMPARE(valuesOf(target, "scrape_samples_scraped")[0], 1.0);
        QCOMPARE(valuesOf(target, "scrape_samples_post_metric_relabeling")[0], 1.0);
        QCOMPARE(valuesOf(target, "scrape_series_added")[0], 1.0);
        QCOMPARE(valuesOf(target, "scrape_series_added")[1], 0.0);
        QVERIFY(valuesOf(target, "scrape_duration_seconds")[0] > 0);
        QCOMPARE(source->state().phase, SourceState::Phase::kStopped);
    }

    void failures_data() {
        QTest::addColumn<int>("status");
        QTest::addColumn<qsizetype>("promised");
        QTest::newRow("503") << 503 << qsizetype(-1);
        QTest::newRow("cut") << 200 << qsizetype(1000);
    }
    void failures() {
        QFETCH(int, status);
        QFETCH(qsizetype, promised);
        LoopbackServer server([](const Asked&) { return Told{200, "a 1\nb 2\n", kText}; });
        KeepingTarget target;
        const auto source = started(configOf({server.host()}), target);
        QTRY_VERIFY_WITH_TIMEOUT(!valuesOf(target, "a").empty(), 10'000);
        server.setAnswer([=](const Asked&) {
            Told told{status, "a 1\nb 2\n", kText};
            told.promised = promised;
            return told;
        });
        QTRY_COMPARE_WITH_TIMEOUT(staleMarkers(target, "a"), size_t(1), 10'000);
        QTRY_COMPARE_WITH_TIMEOUT(staleMarkers(target, "b"), size_t(1), 10'000);
        QTRY_COMPARE_WITH_TIMEOUT(valuesOf(target, "up").back(), 0.0, 10'000);
        QVERIFY(!source->state().lastError.empty());
        QCOMPARE(source->state().activity.substr(0, 20), std::string("0 of 1 targets up, e"));
        server.setAnswer([](const Asked&) { return Told{200, "a 1\nb 2\n", kText}; });
        QTRY_COMPARE_WITH_TIMEOUT(valuesOf(target, "up").back(), 1.0, 10'000);
        QCOMPARE(staleMarkers(target, "a"), size_t(1));
    }

    void slowTargetDelaysNoOther() {
        LoopbackServer slow([](const Asked&) {
            Told told{200, "a 1\n", kText};
            told.delay = 60'000;
            return told;
        });
        LoopbackServer quick([](const Asked&) { return Told{200, "a 1\n", kText}; });
        KeepingTarget target;
        SourceConfig config = configOf({slow.host(), quick.host()});
        config.set("interval", "1h");
        config.set("timeout", "1h");
        const auto source = started(config, target);
        QTRY_COMPARE_WITH_TIMEOUT(valuesOf(target, "a", quick.host()).size(), size_t(1), 10'000);
        QCOMPARE(valuesOf(target, "up", slow.host()).size(), size_t(0));
        source->stop();   // does not wait for the slow one
        QCOMPARE(valuesOf(target, "up", slow.host()).size(), size_t(0));
    }

    void refusedDeliveriesAreMadeAgain() {
        LoopbackServer server([](const Asked&) { return Told{200, "a 1\n", kText}; });
        KeepingTarget target;
        target.refuse(1);
        const auto source = started(configOf({server.host()}, "1h"), target);
        QTRY_COMPARE_WITH_TIMEOUT(valuesOf(target, "up").size(), size_t(1), 20'000);
        QCOMPARE(valuesOf(target, "a").size(), size_t(1));
        QCOMPARE(source->state().retried, uint64_t(1));
        QCOMPARE(source->state().samples, uint64_t(6));
    }

    void probe() {
        LoopbackServer server([](const Asked&) { return Told{200, "a 1\nb 1\n", kText}; });
        const auto found = aside([&] { return findSourceKind("scrape")->probe(configOf({server.host(), "127.0.0.1:1"}, "5s"), {}); });
        QVERIFY2(found.ok(), found.ok() ? "" : found.error().message.c_str());
        QCOMPARE(found->series, uint64_t(2));
        QVERIFY2(found->summary.starts_with("1 of 2 targets answer: 2 series; 127.0.0.1:1: "), found->summary.c_str());
        QVERIFY(!aside([&] { return findSourceKind("scrape")->probe(configOf({"127.0.0.1:1"}, "5s"), {}); }).ok());
    }

    void nodeExporter() {
        const QString unpacked = QStringLiteral(NIGHTJAR_SOURCE_DIR "/build/tools/usr/bin/prometheus-node-exporter");
        const QString binary = QFileInfo(unpacked).isExecutable() ? unpacked : QStandardPaths::findExecutable(QStringLiteral("prometheus-node-exporter"));
        if (binary.isEmpty())
            QSKIP("prometheus-node-exporter is not here");
        QTcpServer free;
        QVERIFY(free.listen(QHostAddress::LocalHost));
        const std::string host = "127.0.0.1:" + std::to_string(free.serverPort());
        free.close();
        KeepingTarget target;
        const auto source = started(configOf({host}, "1s"), target);
        QTRY_VERIFY_WITH_TIMEOUT(!valuesOf(target, "up").empty(), 10'000);
        QCOMPARE(valuesOf(target, "up").front(), 0.0);
        QProcess exporter;
        exporter.start(binary, {QStringLiteral("--web.listen-address=") + QString::fromStdString(host)});
        QVERIFY(exporter.waitForStarted());
        QTRY_COMPARE_WITH_TIMEOUT(valuesOf(target, "up").back(), 1.0, 20'000);
        QTRY_VERIFY_WITH_TIMEOUT(valuesOf(target, "scrape_samples_scraped").back() > 200, 20'000);
        exporter.kill();
        exporter.waitForFinished();
        QTRY_COMPARE_WITH_TIMEOUT(valuesOf(target, "up").back(), 0.0, 20'000);
        // Every series that was there is marked.
        QTRY_VERIFY_WITH_TIMEOUT(staleMarkers(target, "node_load1") == 1, 10'000);
        source->stop();
        for (const Batch& batch : target.batches())
            for (const SeriesKey& key : batch.series)
                if (key.name == "node_load1") {
                    QCOMPARE(key.kind, MetricKind::kGauge);
                    QVERIFY(!key.description.empty());
                }
    }
};

QTEST_MAIN(ScrapeTest)
#include "scrape_test.moc"
