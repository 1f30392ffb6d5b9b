// The Prometheus source against real servers: Debian's prometheus and victoria-metrics. Every sample is compared with the server's own
// answer. Skips, saying so, where they can't be had.
#include <bit>

#include "prometheus_fixture.h"
#include "receiver_fixture.h"
#include "source/source.h"

using namespace nj;
using namespace nj::test;
using source::SourceConfig;
using source::SourceState;

namespace {

struct PulledCapsule {
    QTemporaryDir folder;
    std::string path = folder.filePath(QStringLiteral("pulled.nightjar")).toStdString();

    // Runs sources until `enough`, or until they end.
    SourceState run(const SourceConfig& config, const std::function<bool(const SourceState&)>& enough = {}) {
        auto writer = store::CapsuleWriter::open(path);
        if (!writer.ok())
            qFatal("%s", writer.error().message.c_str());
        ingest::LiveWriter live(**writer);
        auto made = source::createSource(config, live);
        if (!made.ok())
            qFatal("%s", made.error().message.c_str());
        if (const Status started = (*made)->start(); !started.ok())
            qFatal("%s", started.error().message.c_str());
        const auto ended = [](const SourceState& s) { return s.phase == SourceState::Phase::kDone || s.phase == SourceState::Phase::kFailed; };
        for (int i = 0; i < 600; ++i) {
            const SourceState state = (*made)->state();
            if (ended(state) || (enough && enough(state)))
                break;
            QTest::qWait(50);
        }
        (*made)->stop();
        live.stop();
        const SourceState state = (*made)->state();
        if (!(*writer)->close().ok())
            qFatal("not closed");
        return state;
    }
    std::unique_ptr<store::CapsuleReader> reader() const { return std::move(*store::CapsuleReader::open(path)); }

    // As rawSeries of the fixture; `stored` counts points before those of one time are merged.
    RawSeries series(const std::string& prefix) const {
        const auto capsule = reader();
        const auto snapshot = *capsule->snapshot();
        RawSeries out;
        for (const auto& row : snapshot->series()) {
            if (!row.name.starts_with(prefix))
                continue;
            std::string key = row.name;
            for (const KeyValue& label : row.attributes)
                key += '|' + label.key + '=' + label.value.text;
            const Status read = capsule->samples(*snapshot, row.id, {0, INT64_MAX}, [&](const store::SamplePoint& point) {
                if (point.valueBits != kStaleNanBits)
                    out[key][point.time / kMillisecond] = std::bit_cast<double>(point.valueBits);
                return true;
            });
            if (!read.ok())
                qFatal("%s", read.error().message.c_str());
        }
        return out;
    }
};

bool same(const RawSeries& a, const RawSeries& b, std::string& why) {
    if (a.size() != b.size()) {
        why = std::to_string(a.size()) + " series, not " + std::to_string(b.size());
        return false;
    }
    for (const auto& [key, points] : a) {
        const auto other = b.find(key);
        if (other == b.end()) {
            why = "no " + key;
            return false;
        }
        if (points.size() != other->second.size()) {
            why = key + ": " + std::to_string(points.size()) + " samples, not " + std::to_string(other->second.size());
            return false;
        }
        for (const auto& [time, value] : points) {
            const auto it = other->second.find(time);
            if (it == other->second.end() || !(std::isnan(value) ? std::isnan(it->second) : value == it->second)) {
                why = key + " at " + std::to_string(time);
                return false;
            }
        }
    }
    return true;
}

SourceConfig prometheus(const std::string& url, std::initializer_list<std::pair<std::string, std::string>> more) {
    SourceConfig config{"prometheus", {}};
    config.set("url", url);
    for (const auto& [name, value] : more)
        config.add(name, value);
    return config;
}

int64_t nowMs() { return nowNs() / kMillisecond; }

}  // namespace

// In tests of this class.
#define NEED() \
    if (!here_) \
    QSKIP("Debian's prometheus is not here")

class PrometheusSourceTest : public QObject {
    Q_OBJECT
private slots:
    void initTestCase() {
        end_ = nowMs() / 1000 - 60;
        history_ = engineHistory(end_, 12);
        here_ = server_.start(history_);
        if (here_)
            QTRY_VERIFY_WITH_TIMEOUT(!rawSeries(server_.port, QStringLiteral("prometheus_http_requests_total"), nowMs() - 60'000, nowMs()).empty(), 20'000);
    }

    void backfillsAnHour() {
        NEED();
        PulledCapsule capsule;
        const SourceState state = capsule.run(prometheus(server_.url(), {{"range", "2h"}, {"match", R"({__name__=~"vllm:.+"})"}, {"follow", "no"}}));
        QVERIFY2(state.phase == SourceState::Phase::kDone, state.lastError.c_str());
        const RawSeries theirs = rawSeries(server_.port, QStringLiteral("{__name__=~\"vllm:.+\"}"), nowMs() - 7'200'000, nowMs());
        QCOMPARE(theirs.size(), 12U * 7U);
        std::string why;
        QVERIFY2(same(capsule.series("vllm:"), theirs, why), why.c_str());
        const auto reader = capsule.reader();
        const auto imports = *reader->imports();
        QCOMPARE(imports.size(), 1U);
        QCOMPARE(imports[0].samples, state.samples);
    }

    void metadataComesAlong() {
        NEED();
        PulledCapsule capsule;
        capsule.run(prometheus(server_.url(), {{"range", "2m"}, {"match", "{job=\"prometheus\"}"}, {"follow", "no"}}));
        const auto reader = capsule.reader();
        const auto snapshot = *reader->snapshot();
        bool found = false;
        for (const auto& row : snapshot->series())
            if (row.name == "prometheus_http_requests_total") {
                found = true;
                QCOMPARE(row.kind, MetricKind::kCounter);
                QVERIFY(!row.description.empty());
            }
        QVERIFY(found);
    }

    void followsAndGoesOnAfterARestart() {
        NEED();
        PulledCapsule capsule;
        const SourceConfig config = prometheus(server_.url(), {{"range", "1m"}, {"match", "{job=\"prometheus\",__name__=~\"go_.+\"}"}, {"interval", "1s"}});
        const int64_t from = nowMs() - 30'000;
        const auto samplesOver = [](uint64_t n) { return [n](const SourceState& state) { return state.samples > n; }; };
        const SourceState first = capsule.run(config, samplesOver(200));
        QVERIFY2(first.samples > 200, first.lastError.c_str());
        QTest::qWait(4000);   // the server goes on while nobody pulls
        const int64_t to = nowMs() - 1500;
        capsule.run(config, [&](const SourceState& state) { return state.newest / kMillisecond > to + 1500; });
        std::string why;
        RawSeries ours = capsule.series("go_");
        for (auto& [key, points] : ours)
            std::erase_if(points, [&](const auto& point) { return point.first < from || point.first > to; });
        std::erase_if(ours, [](const auto& one) { return one.second.empty(); });
        const RawSeries theirs = rawSeries(server_.port, QStringLiteral("{job=\"prometheus\",__name__=~\"go_.+\"}"), from, to);
        QVERIFY(!theirs.empty());
        QVERIFY2(same(ours, theirs, why), why.c_str());
    }

    void alertsBecomeEvents() {
        NEED();
        PulledCapsule capsule;
        const SourceState state = capsule.run(prometheus(server_.url(), {{"range", "1m"}, {"pack", "up"}, {"interval", "1s"}}), [&](const SourceState& s) { return s.logs > 0; });
        QVERIFY2(state.logs > 0, state.lastError.c_str());
        const auto reader = capsule.reader();
        const auto events = *reader->events();
        QCOMPARE(events.size(), 1U);
        QCOMPARE(events[0].kind, std::string("alert"));
        QCOMPARE(events[0].title, std::string("EngineGone: 127.0.0.1:1 is gone"));
        QCOMPARE(events[0].severity, uint8_t(17));
        const auto snapshot = *reader->snapshot();
        const auto found = reader->locate(*snapshot, Signal::kLog, events[0].logSeq);
        QVERIFY(found.ok());
        const auto attributes = *found->first->attributes(found->second);
        const AttributeValue* runbook = findAttribute(attributes, "runbook_url");
        QVERIFY(runbook != nullptr);
        QCOMPARE(runbook->text, std::string("https://runbooks.example/engine-gone"));
        // The rules are there to be read offline.
        const auto documents = *reader->documents();
        QCOMPARE(documents.size(), 1U);
        QVERIFY(QByteArray::fromStdString(*reader->documentText(documents[0].id)).contains("EngineGone"));
    }

    void probeCounts() {
        NEED();
        const auto* kind = source::findSourceKind("prometheus");
        const auto probe = kind->probe(prometheus(server_.url(), {{"range", "1h"}, {"match", "vllm:num_requests_running"}}), {});
        QVERIFY2(probe.ok(), probe.ok() ? "" : probe.error().message.c_str());
        QCOMPARE(probe->series, 12U);
        QVERIFY2(probe->summary.find("2.") != std::string::npos, probe->summary.c_str());
        // Also with the prefix that people copy along, and with a slash.
        QVERIFY(kind->probe(prometheus(server_.url() + "/api/v1/", {}), {}).ok());
    }

    void saysWhatIsWrong() {
        const auto* kind = source::findSourceKind("prometheus");
        auto probe = kind->probe(prometheus("http://127.0.0.1:1", {}), {});
        QVERIFY(!probe.ok());
        QVERIFY2(probe.error().message.find("127.0.0.1:1") != std::string::npos, probe.error().message.c_str());
        probe = kind->probe(prometheus("http://127.0.0.1:1", {{"match", "{job=}"}}), {});
        QVERIFY(!probe.ok());
        QVERIFY2(probe.error().message.find("character 6") != std::string::npos, probe.error().message.c_str());
        probe = kind->probe(prometheus("http://127.0.0.1:1", {{"pack", "nonsense"}}), {});
        QVERIFY(!probe.ok() && probe.error().message.find("nonsense") != std::string::npos);
        QVERIFY(!source::checkConfig(prometheus("ftp://x", {})).ok());
    }

    // A server that is down at first is waited for; nothing is lost by it.
    void waitsForAServer() {
        NEED();
        PulledCapsule capsule;
        const quint16 port = freePort();
        const SourceState state = capsule.run(prometheus("http://127.0.0.1:" + std::to_string(port), {}), [](const SourceState& s) { return s.phase == SourceState::Phase::kWaiting; });
        QVERIFY(state.retried > 0);
        QVERIFY(!state.lastError.empty());
    }

    void victoriaMetrics() {
        const QString program = toolBinary("victoria-metrics");
        if (program.isEmpty())
            QSKIP("victoria-metrics is not here");
        QTemporaryDir folder;
        const quint16 port = freePort();
        QProcess process;
        process.start(program, {QStringLiteral("-storageDataPath=") + folder.path(), QStringLiteral("-httpListenAddr=127.0.0.1:%1").arg(port)});
        QVERIFY(process.waitForStarted());
        const QString base = QStringLiteral("http://127.0.0.1:%1").arg(port);
        QTRY_VERIFY_WITH_TIMEOUT(fetch(QUrl(base + QStringLiteral("/health"))).status == 200, 20'000);
        // Its import wants milliseconds.
        QByteArray lines;
        for (const QByteArray& line : history_.split('\n'))
            if (!line.isEmpty() && !line.startsWith('#'))
                lines += line + "000\n";
        QCOMPARE(fetch(QUrl(base + QStringLiteral("/api/v1/import/prometheus")), lines, "text/plain").status, 204);
        fetch(QUrl(base + QStringLiteral("/internal/force_flush")));
        const int64_t to = nowMs();
        RawSeries theirs;
        QTRY_VERIFY_WITH_TIMEOUT((theirs = rawSeries(port, QStringLiteral("{__name__=~\"vllm:.+\"}"), to - 7'200'000, to)).size() == 12U * 7U, 20'000);
        PulledCapsule capsule;
        const SourceState state = capsule.run(prometheus(base.toStdString(), {{"range", "2h"}, {"pack", "vllm"}, {"follow", "no"}}));
        QVERIFY2(state.phase == SourceState::Phase::kDone, state.lastError.c_str());
        std::string why;
        QVERIFY2(same(capsule.series("vllm:"), theirs, why), why.c_str());
        process.kill();
        process.waitForFinished();
    }

    void remoteWriteFromPrometheus() {
        NEED();
        ReceivingCapsule capsule;
        PrometheusServer writing;
        QVERIFY(writing.start({}, capsule.port()));
        const int64_t from = nowMs();
        QTRY_VERIFY_WITH_TIMEOUT(capsule.receiver->counters().samples > 3000, 30'000);
        const int64_t to = nowMs() - 3000;
        QTest::qWait(3000);
        const RawSeries theirs = rawSeries(writing.port, QStringLiteral("{job=\"prometheus\",__name__=~\"go_.+\"}"), from, to);
        writing.process.terminate();   // it flushes what it holds
        writing.process.waitForFinished(10'000);
        capsule.close();
        PulledCapsule view;
        view.path = capsule.path;
        RawSeries ours = view.series("go_");
        for (auto& [key, points] : ours)
            std::erase_if(points, [&](const auto& point) { return point.first < from || point.first > to; });
        std::erase_if(ours, [](const auto& one) { return one.second.empty(); });
        QVERIFY(!theirs.empty());
        std::string why;
        QVERIFY2(same(ours, theirs, why), why.c_str());
    }

private:
    PrometheusServer server_;
    QByteArray history_;
    qint64 end_ = 0;
    bool here_ = false;
};

QTEST_GUILESS_MAIN(PrometheusSourceTest)
#include "prometheus_source_test.moc"
