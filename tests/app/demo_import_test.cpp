// The demo by the ordinary path: written as files, imported into a capsule, asked through the backend.
#include <QTemporaryDir>

#include "base/hash.h"
#include "demo/day.h"
#include "demo/demo_writer.h"
#include "demo/files.h"
#include "demo_truth.h"
#include "ingest/importer.h"
#include "qt_test.h"
#include "query/backend.h"
#include "query/search_syntax.h"
#include "store/capsule_writer.h"

using namespace nj;
using nj::test::demoTruth;

class DemoImportTest : public QObject {
    Q_OBJECT

    QTemporaryDir folder_;
    QString capsule_;
    ingest::ImportReport report_;
    std::unique_ptr<query::Backend> backend_;
    query::CapsuleInfo info_;

    uint64_t logCount(const char* filter, TimeRange range) {
        const auto parsed = query::parseSearch(filter);
        if (!parsed.ok())
            return UINT64_MAX;
        query::LogPageQuestion q;
        q.range = range;
        q.filter = *parsed;
        q.limit = 1;
        const auto page = backend_->logPage(q, {});
        return page.ok() ? page->total : UINT64_MAX;
    }
    static TimeRange wholeDay() { return nj::test::rangeOf(demoTruth().value("range")); }

private slots:
    void initTestCase() {
        QVERIFY(folder_.isValid());
        const std::string files = folder_.filePath("demo").toStdString();
        std::vector<double> steps;
        const Status written = demo::writeDemo(files, demo::defaultSeed(), [&](std::string_view, double done) { steps.push_back(done); }, {});
        QVERIFY2(written.ok(), written.ok() ? "" : written.error().message.c_str());
        QVERIFY(steps.size() > 5 && std::is_sorted(steps.begin(), steps.end()));
        capsule_ = folder_.filePath("demo.nightjar");
        auto writer = store::CapsuleWriter::open(capsule_.toStdString());
        QVERIFY2(writer.ok(), writer.ok() ? "" : writer.error().message.c_str());
        ingest::ImportOptions options;
        for (const demo::FileZone& zone : demo::demoZones())
            options.zones.push_back({std::string(zone.path), zone.offsetMinutes});
        const auto report = ingest::Importer().import({files}, options, **writer, {}, {});
        QVERIFY2(report.ok(), report.ok() ? "" : report.error().message.c_str());
        report_ = *report;
        QVERIFY((*writer)->close().ok());
        auto backend = query::openCapsuleBackend(capsule_.toStdString());
        QVERIFY2(backend.ok(), backend.ok() ? "" : backend.error().message.c_str());
        backend_ = std::move(*backend);
        const auto info = backend_->info({});
        QVERIFY(info.ok());
        info_ = *info;
    }

    void everyFileIsRecognised() {
        for (const ingest::MemberReport& m : report_.members) {
            const QString path = QString::fromStdString(m.path);
            QVERIFY2(m.problem.empty(), qPrintable(path + ": " + QString::fromStdString(m.problem)));
            QVERIFY2(!m.format.empty() && m.format != "document", qPrintable(path));
            QVERIFY2(m.rows > 0, qPrintable(path));
            QVERIFY2(m.rejected == 0, qPrintable(QStringLiteral("%1 rejected %2").arg(path).arg(m.rejected)));
        }
        QCOMPARE(report_.members.size(), size_t(23));
        QCOMPARE(info_.documents, uint64_t(0));
    }

    void volume() {
        const double tolerance = demoTruth("volume", "tolerance").toDouble();
        NJ_VERIFY_NEAR(double(info_.spans), demoTruth("volume", "spans").toDouble(), tolerance);
        NJ_VERIFY_NEAR(double(info_.traces), demoTruth("volume", "traces").toDouble(), tolerance);
        NJ_VERIFY_NEAR(double(info_.logs), demoTruth("volume", "logRecords").toDouble(), tolerance);
        NJ_VERIFY_NEAR(double(info_.series), demoTruth("volume", "series").toDouble(), tolerance);
        NJ_VERIFY_NEAR(double(info_.samples), demoTruth("volume", "series").toDouble() * demoTruth("volume", "samplesPerSeries").toDouble(), tolerance);
        QVERIFY(info_.histograms > 5000);
        QVERIFY(info_.exemplars > 1000);
        QVERIFY(info_.evaluations > 10000);
        QVERIFY(info_.spanEvents > 0 && info_.spanLinks > 0);
        QVERIFY(std::abs(info_.sampledShare - demoTruth().value("sampledShare").toDouble()) < 0.002);
        for (const QJsonValue& service : demoTruth().value("services").toArray())
            QVERIFY2(std::find(info_.services.begin(), info_.services.end(), service.toString().toStdString()) != info_.services.end(), qPrintable(service.toString()));
    }

    void everythingLiesInTheDay() {
        const TimeRange day = wholeDay();
        for (const TimeRange& r : {info_.spanRange, info_.sampleRange}) {
            QVERIFY(r.from >= day.from && r.from < day.from + kMinute);
            QVERIFY(r.to <= day.to + kMinute && r.to > day.to - 5 * kMinute);
        }
        // Logs begin with the start-up of the engines.
        QVERIFY(info_.logRange.from >= timeFromCivil({2026, 2, 24, 0, 0, 0, 0}));
        QVERIFY(info_.logRange.to <= day.to + kMinute);
    }

    void deadlineLogsAreCounted() {
        QCOMPARE(logCount("\"first byte deadline exceeded\"", wholeDay()), uint64_t(demoTruth("counts", "deadlines").toInt()));
        QCOMPARE(logCount("\"retrying after first byte deadline\"", wholeDay()), uint64_t(demoTruth("counts", "firstDeadlines").toInt()));
    }

    void heroTrace() {
        const QJsonObject hero = demoTruth().value("hero").toObject();
        const auto id = TraceId::fromHex(hero["traceId"].toString().toStdString());
        QVERIFY(id);
        const auto tree = backend_->traceTree(*id, {});
        QVERIFY2(tree.ok(), tree.ok() ? "" : tree.error().message.c_str());
        QCOMPARE(int(tree->spans.size()), hero["spans"].toInt());
        QCOMPARE(int(tree->services), hero["services"].toInt());
        QVERIFY(tree->logs.size() >= 3);
        int engines = 0;
        for (const query::TraceSpan& span : tree->spans) {
            QVERIFY(!span.orphan);
            if (span.name != "llm_request")
                continue;
            ++engines;
            QCOMPARE(QString::fromStdString(span.service), QStringLiteral("vllm-a"));
            QMap<QString, double> stages;
            for (const auto& stage : span.stages)
                stages[QString::fromStdString(stage.name)] = double(stage.to - stage.from) / 1e9;
            QVERIFY(std::abs(stages.value("queue") - hero["queueSeconds"].toDouble()) < 0.01);
            QVERIFY(std::abs(stages.value("prefill") - hero["prefillSeconds"].toDouble()) < 0.01);
            QVERIFY(std::abs(stages.value("decode") - hero["decodeSeconds"].toDouble()) < 0.01);
        }
        QCOMPARE(engines, 1);
    }

    // A span of vllm-a ran on its pod and that on four cards, one of which is the cause.
    void spanToPodToGpus() {
        const auto id = TraceId::fromHex(demoTruth("hero", "traceId").toString().toStdString());
        const auto tree = backend_->traceTree(*id, {});
        QVERIFY(tree.ok());
        for (const query::TraceSpan& span : tree->spans) {
            if (span.name != "llm_request")
                continue;
            const auto detail = backend_->spanDetail(span.seq, {});
            QVERIFY(detail.ok());
            QStringList gpus, pods;
            for (const Entity& e : detail->entities) {
                if (e.kind == EntityKind::kGpu)
                    gpus.append(QString::fromStdString(e.name));
                if (e.kind == EntityKind::kPod)
                    pods.append(QString::fromStdString(e.key));
            }
            QCOMPARE(pods, QStringList{QStringLiteral("vllm-a-0")});
            QCOMPARE(gpus.size(), 4);
            gpus.sort();
            for (int g = 0; g < 4; ++g)
                QVERIFY2(gpus[g].contains(QString::number(g)), qPrintable(gpus.join(", ")));
        }
    }

    // The attempt that ended in a 504 has no engine span: whom it called leads to the cards all the same.
    void attemptWithoutAnswerToGpus() {
        const auto id = TraceId::fromHex(demoTruth("hero", "traceId").toString().toStdString());
        const auto tree = backend_->traceTree(*id, {});
        QVERIFY(tree.ok());
        size_t attempts = 0;
        for (const query::TraceSpan& span : tree->spans) {
            if (span.kind != SpanKind::kClient || !findAttribute(span.attributes, "server.address") || findAttribute(span.attributes, "server.address")->text != "vllm-a")
                continue;
            ++attempts;
            const auto detail = backend_->spanDetail(span.seq, {});
            QVERIFY(detail.ok());
            const auto gpus = std::count_if(detail->entities.begin(), detail->entities.end(), [](const Entity& e) { return e.kind == EntityKind::kGpu; });
            QCOMPARE(int(gpus), 4);
        }
        QVERIFY(attempts >= 2);
    }

    // One replica fails, the other with the same deploy does not: both stand in the table, the worse one first.
    void replicasInTheEntityTable() {
        const TimeRange window{nj::test::timeOf(demoTruth("trigger", "at")) + 48 * kMinute, nj::test::timeOf(demoTruth("trigger", "at")) + 90 * kMinute};
        const TimeRange before{window.from - 4 * kHour, window.from - 3 * kHour};
        const auto rows = backend_->entityTable({window, before, {}}, {});
        QVERIFY(rows.ok());
        std::vector<const query::EntityRow*> replicas;
        for (const query::EntityRow& row : *rows) {
            QVERIFY2(row.name.find("usage-report-") == std::string::npos, row.name.c_str());
            if (row.kind == "replica")
                replicas.push_back(&row);
        }
        QCOMPARE(replicas.size(), size_t(2));
        QCOMPARE(replicas[0]->name, std::string("vllm-a-0"));
        QVERIFY(replicas[0]->errors > 0);
        QCOMPARE(replicas[1]->name, std::string("vllm-b-0"));
        QVERIFY(replicas[1]->errors * 10 < replicas[0]->errors);
        QVERIFY(replicas[0]->p99 > replicas[1]->p99);
    }

    // A cron job runs every five minutes under a name of its own; it is one workload.
    void jobsAreOneService() {
        const auto services = backend_->values("service", "usage-report", 20, {});
        QVERIFY(services.ok());
        QCOMPARE(services->size(), size_t(1));
        QCOMPARE(services->front().first, std::string("usage-report"));
    }

    void eventsOnTheLane() {
        const auto events = backend_->events(wholeDay(), {});
        QVERIFY(events.ok());
        const TimeNs xid = nj::test::timeOf(demoTruth().value("redHerrings").toArray().at(0).toObject()["at"]);
        const TimeNs deploy = nj::test::timeOf(demoTruth("trigger", "at"));
        const TimeNs fan = nj::test::timeOf(demoTruth("cause", "fanLow"));
        bool sawXid = false, sawDeploy = false, sawRollback = false, sawFan = false;
        for (const query::EventMark& e : *events) {
            sawXid |= e.kind == "xid" && std::abs(e.time - xid) < 3 * kSecond;
            if (e.kind == "xid") {
                QCOMPARE(e.entity, std::string("GPU 6 · gpu-node-07"));
                QCOMPARE(e.title, std::string("XID 63 on GPU 6 · gpu-node-07"));
            }
            if (e.kind == "throttle")
                QCOMPARE(e.entity, std::string("GPU 3 · gpu-node-07"));
            sawDeploy |= e.kind == "deploy" && std::abs(e.time - deploy) < 2 * kSecond;
            sawRollback |= e.kind == "rollback" && e.entity == "retriever" && e.time > deploy + kHour;
            sawFan |= e.kind == "hardware" && e.title.find("FAN5") != std::string::npos && std::abs(e.time - fan) < 2 * kSecond;
        }
        QVERIFY2(sawXid, "no XID at its time: the kernel's uptime stamps are placed wrongly or the line is not recognised");
        QVERIFY2(sawDeploy, "no deploy");
        QVERIFY2(sawRollback, "the old replica set came back, which is a rollback");
        QVERIFY2(sawFan, "no fan event where the BMC's zone puts it");
    }

    void signalsAreFound() {
        for (const char* name : {"vllm:num_requests_waiting", "vllm:kv_cache_usage_perc", "DCGM_FI_DEV_SM_CLOCK", "node_load1", "envoy_cluster_upstream_rq_timeout", "gen_ai.client.token.usage"}) {
            query::SeriesQuestion q;
            q.name = name;
            const auto series = backend_->series(q, {});
            QVERIFY(series.ok());
            QVERIFY2(!series->empty(), name);
        }
    }

    // The same files, byte by byte, from the same seed.
    void deterministic() {
        const auto hash = [&](const QString& name) {
            const QString path = folder_.filePath(name);
            QDir().mkpath(path);
            const auto scenario = demo::readScenario(demo::scenarioJson());
            const auto day = demo::modelDay(*scenario, 5, {});
            if (!demo::writeHostLogs(*day, path.toStdString()).ok() || !demo::writeGatewayLog(*day, path.toStdString()).ok() || !demo::writeTokenHistograms(*day, path.toStdString()).ok())
                return Hash128{};
            Hasher128 hasher;
            for (const QFileInfo& file : QDir(path).entryInfoList(QDir::Files, QDir::Name)) {
                QFile f(file.filePath());
                if (!f.open(QIODevice::ReadOnly))
                    return Hash128{};
                const QByteArray bytes = f.readAll();
                hasher.add({bytes.constData(), size_t(bytes.size())});
            }
            return hasher.value();
        };
        const Hash128 first = hash("one");
        QVERIFY(first != Hash128{});
        QVERIFY(first == hash("two"));
    }
};

QTEST_APPLESS_MAIN(DemoImportTest)
#include "demo_import_test.moc"
