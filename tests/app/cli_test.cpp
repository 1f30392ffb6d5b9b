// The command line as a user meets it: exit codes, streams, formats, and a round trip through OTLP.
#include <QImage>
#include <QJsonArray>
#include <QTemporaryDir>

#include "nightjar_process.h"
#include "query/backend.h"
#include "shared_data.h"

using namespace nj::test;

namespace {

constexpr const char* kTrace = "0102030405060708090a0b0c0d0e0f10";

QByteArray otlpFile() {
    return "{\"resourceSpans\":[{\"resource\":{\"attributes\":[{\"key\":\"service.name\",\"value\":{\"stringValue\":\"shop\"}}]},\"scopeSpans\":[{\"scope\":{\"name\":\"s\",\"version\":\"1\"},\"spans\":["
           "{\"traceId\":\"0102030405060708090a0b0c0d0e0f10\",\"spanId\":\"0000000000000001\",\"name\":\"GET /\",\"kind\":2,\"startTimeUnixNano\":\"1700000000000000000\",\"endTimeUnixNano\":\"1700000002000000000\",\"attributes\":[{\"key\":\"http.response.status_code\",\"value\":{\"intValue\":\"504\"}},{\"key\":\"note\",\"value\":{\"stringValue\":\"=1+1, \\\"quoted\\\"\"}}],\"status\":{\"code\":2,\"message\":\"too late\"}},"
           "{\"traceId\":\"0102030405060708090a0b0c0d0e0f10\",\"spanId\":\"0000000000000002\",\"parentSpanId\":\"0000000000000001\",\"name\":\"query\",\"kind\":3,\"startTimeUnixNano\":\"1700000000100000000\",\"endTimeUnixNano\":\"1700000001900000000\"}]}]}]}";
}

// A client span to an address nobody explains, and a pod with a card.
QByteArray callFile() {
    return "{\"resourceSpans\":[{\"resource\":{\"attributes\":[{\"key\":\"service.name\",\"value\":{\"stringValue\":\"gw\"}}]},\"scopeSpans\":[{\"spans\":["
           "{\"traceId\":\"0102030405060708090a0b0c0d0e0f10\",\"spanId\":\"0000000000000001\",\"name\":\"POST\",\"kind\":3,\"startTimeUnixNano\":\"1700000000000000000\",\"endTimeUnixNano\":\"1700000002000000000\",\"attributes\":[{\"key\":\"server.address\",\"value\":{\"stringValue\":\"10.9.9.9:8000\"}}]}]}]}]}\n"
           "{\"resourceMetrics\":[{\"resource\":{\"attributes\":[]},\"scopeMetrics\":[{\"metrics\":[{\"name\":\"DCGM_FI_DEV_GPU_TEMP\",\"gauge\":{\"dataPoints\":[{\"timeUnixNano\":\"1700000000000000000\",\"asDouble\":70,\"attributes\":["
           "{\"key\":\"UUID\",\"value\":{\"stringValue\":\"GPU-1\"}},{\"key\":\"gpu\",\"value\":{\"stringValue\":\"1\"}},{\"key\":\"Hostname\",\"value\":{\"stringValue\":\"n1\"}},{\"key\":\"exported_pod\",\"value\":{\"stringValue\":\"engine-0\"}}]}]}}]}]}]}\n";
}

QByteArray logFile() { return "2023-11-14T22:13:20.500Z ERROR it broke\n2023-11-14T22:13:21Z INFO back \x1b[31mred\x1b[0m\n"; }

}  // namespace

class CliTest : public QObject {
    Q_OBJECT
private slots:
    void initTestCase() {
        write(QStringLiteral("spans.json"), otlpFile());
        write(QStringLiteral("shop.log"), logFile());
        const ProcessResult imported = runNightjar({QStringLiteral("import"), QStringLiteral("-o"), capsule(), path("spans.json"), path("shop.log")});
        QVERIFY2(imported.exitCode == 0, imported.err.constData());
        QVERIFY(imported.out.contains("2 spans, 2 logs"));
    }
    void exitCodes_data() {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<int>("expected");
        QTest::newRow("help") << QStringList{QStringLiteral("--help")} << 0;
        QTest::newRow("unknown command") << QStringList{QStringLiteral("--frobnicate")} << 2;
        QTest::newRow("missing argument") << QStringList{QStringLiteral("info")} << 2;
        QTest::newRow("no such file") << QStringList{QStringLiteral("info"), QStringLiteral("/nonexistent.nightjar")} << 1;
        QTest::newRow("not a capsule") << QStringList{QStringLiteral("info"), path("shop.log")} << 1;
        QTest::newRow("bad search") << QStringList{QStringLiteral("logs"), capsule(), QStringLiteral("(service:")} << 2;
        QTest::newRow("bad time") << QStringList{QStringLiteral("logs"), capsule(), QString(), QStringLiteral("--from"), QStringLiteral("yesterday")} << 2;
        QTest::newRow("bad trace id") << QStringList{QStringLiteral("trace"), capsule(), QStringLiteral("xyz")} << 2;
        QTest::newRow("unknown trace") << QStringList{QStringLiteral("trace"), capsule(), QStringLiteral("ff")} << 1;
        QTest::newRow("bad PromQL") << QStringList{QStringLiteral("promql"), capsule(), QStringLiteral("sum(")} << 2;
        QTest::newRow("time and range") << QStringList{QStringLiteral("promql"), capsule(), QStringLiteral("1"), QStringLiteral("--time"), QStringLiteral("5"), QStringLiteral("--step"), QStringLiteral("1s")} << 2;
        QTest::newRow("bad SQL") << QStringList{QStringLiteral("sql"), capsule(), QStringLiteral("SELEC 1")} << 2;
    }
    void promqlAnswersInTheApisJson() {
        const ProcessResult instant = runNightjar({QStringLiteral("promql"), capsule(), QStringLiteral("vector(1.5)"), QStringLiteral("--time"), QStringLiteral("1700000000")});
        QCOMPARE(instant.out, QByteArray(R"({"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[1700000000,"1.5"]}]}})") + '\n');
        const ProcessResult range = runNightjar({QStringLiteral("promql"), capsule(), QStringLiteral("time()"), QStringLiteral("--start"), QStringLiteral("1700000000"), QStringLiteral("--end"),
            QStringLiteral("1700000060"), QStringLiteral("--step"), QStringLiteral("1m")});
        QCOMPARE(range.out, QByteArray(R"({"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"values":[[1700000000,"1700000000"],[1700000060,"1700000060"]]}]}})") + '\n');
    }
    void exitCodes() {
        QFETCH(QStringList, arguments);
        QFETCH(int, expected);
        const ProcessResult result = runNightjar(arguments);
        QCOMPARE(result.exitCode, expected);
        QVERIFY(expected == 0 ? !result.out.isEmpty() : !result.err.isEmpty());
    }
    void sqlFormats() {
        const QString query = QStringLiteral("SELECT name, duration_nano, attributes ->> '$.note' AS note FROM spans ORDER BY duration_nano DESC");
        QCOMPARE(sql(query, "csv"), QByteArray("name,duration_nano,note\r\nGET /,2000000000,\"'=1+1, \"\"quoted\"\"\"\r\nquery,1800000000,\r\n"));
        QCOMPARE(sql(query, "jsonl"), QByteArray("{\"name\":\"GET /\",\"duration_nano\":2000000000,\"note\":\"=1+1, \\\"quoted\\\"\"}\n{\"name\":\"query\",\"duration_nano\":1800000000,\"note\":null}\n"));
        QCOMPARE(QJsonDocument::fromJson(sql(query, "json")).array().size(), 2);
        QVERIFY(sql(query, "table").startsWith("name   duration_nano  note"));
    }
    void logsAreFilteredAndHarmless() {
        const ProcessResult all = runNightjar({QStringLiteral("logs"), capsule()});
        QCOMPARE(all.out.count('\n'), 2);
        // A terminal escape from a log line never reaches the terminal.
        QVERIFY(!all.out.contains('\x1b'));
        const ProcessResult errors = runNightjar({QStringLiteral("logs"), capsule(), QStringLiteral("severity:error"), QStringLiteral("--format"), QStringLiteral("jsonl")});
        const QJsonObject row = QJsonDocument::fromJson(errors.out.trimmed()).object();
        QCOMPARE(row.value(QStringLiteral("body")).toString(), QStringLiteral("it broke"));
        QCOMPARE(row.value(QStringLiteral("service")).toString(), QStringLiteral("shop"));
        QCOMPARE(row.value(QStringLiteral("time_unix_nano")).toVariant().toLongLong(), 1'700'000'000'500'000'000LL);
    }
    void tracesAndTrace() {
        const ProcessResult list = runNightjar({QStringLiteral("traces"), capsule(), QStringLiteral("http.response.status_code:504"), QStringLiteral("--format"), QStringLiteral("jsonl")});
        const QJsonObject row = QJsonDocument::fromJson(list.out.trimmed()).object();
        QCOMPARE(row.value(QStringLiteral("trace_id")).toString(), QLatin1String(kTrace));
        QCOMPARE(row.value(QStringLiteral("errors")).toInt(), 1);
        QVERIFY(runNightjar({QStringLiteral("trace"), capsule(), QLatin1String(kTrace)}).out.contains("too late"));
    }
    void otlpRoundTrip() {
        const ProcessResult exported = runNightjar({QStringLiteral("trace"), capsule(), QLatin1String(kTrace), QStringLiteral("--format"), QStringLiteral("otlp")});
        write(QStringLiteral("again.json"), exported.out);
        const QString again = path("again.nightjar");
        QCOMPARE(runNightjar({QStringLiteral("import"), QStringLiteral("-o"), again, path("again.json")}).exitCode, 0);
        const QString query = QStringLiteral("SELECT trace_id, span_id, parent_span_id, service, name, kind, start_time_unix_nano, end_time_unix_nano, status, status_message, attributes FROM spans ORDER BY span_id");
        QCOMPARE(sql(query, "jsonl", again), sql(query, "jsonl"));
    }
    void entitiesAreListedAndMapped() {
        write(QStringLiteral("calls.json"), callFile());
        const QString entities = path("entities.nightjar");
        QCOMPARE(runNightjar({QStringLiteral("import"), QStringLiteral("-o"), entities, path("calls.json")}).exitCode, 0);
        const auto unresolved = [&] { return QJsonDocument::fromJson(runNightjar({QStringLiteral("entities"), entities, QStringLiteral("--json")}).out).object().value(QStringLiteral("unresolved")).toArray(); };
        QCOMPARE(unresolved().size(), 1);
        QVERIFY(runNightjar({QStringLiteral("info"), entities}).out.contains("replica:10.9.9.9:8000"));
        QCOMPARE(runNightjar({QStringLiteral("entities"), entities, QStringLiteral("--map"), QStringLiteral("replica:10.9.9.9:8000=pod:nobody")}).exitCode, 2);
        QCOMPARE(runNightjar({QStringLiteral("entities"), entities, QStringLiteral("--map"), QStringLiteral("nonsense")}).exitCode, 2);
        const ProcessResult mapped = runNightjar({QStringLiteral("entities"), entities, QStringLiteral("--map"), QStringLiteral("replica:10.9.9.9:8000=pod:engine-0")});
        QVERIFY2(mapped.exitCode == 0, mapped.err.constData());
        QVERIFY(unresolved().isEmpty());
        // The span that calls the address now leads to the pod and its card; a later import of the same text changes nothing.
        write(QStringLiteral("more.json"), callFile().replace("0000000000000001", "0000000000000002"));
        QCOMPARE(runNightjar({QStringLiteral("import"), QStringLiteral("-o"), entities, path("more.json")}).exitCode, 0);
        QVERIFY(unresolved().isEmpty());
        const auto backend = nj::query::openCapsuleBackend(entities.toStdString());
        QVERIFY(backend.ok());
        const auto detail = (*backend)->spanDetail(sql(QStringLiteral("SELECT rowid FROM spans LIMIT 1"), "csv", entities).split('\n').at(1).trimmed().toLongLong(), {});
        QVERIFY(detail.ok());
        QStringList reached;
        for (const nj::Entity& entity : detail->entities)
            reached << QString::fromStdString(entity.key);
        QVERIFY2(reached.contains(QStringLiteral("engine-0")) && reached.contains(QStringLiteral("GPU-1")), qPrintable(reached.join(QLatin1Char(' '))));
        QCOMPARE(runNightjar({QStringLiteral("entities"), entities, QStringLiteral("--unmap"), QStringLiteral("replica:10.9.9.9:8000")}).exitCode, 0);
        QCOMPARE(unresolved().size(), 1);
    }
    void readsStandardInput() {
        const QString piped = path("piped.nightjar");
        const ProcessResult imported = runNightjar({QStringLiteral("import"), QStringLiteral("-o"), piped, QStringLiteral("-"), QStringLiteral("--json")}, logFile());
        QVERIFY2(imported.exitCode == 0, imported.err.constData());
        QCOMPARE(QJsonDocument::fromJson(imported.out).object().value(QStringLiteral("logs")).toInt(), 2);
    }
    void sameFileTwiceAddsNothing() {
        const ProcessResult again = runNightjar({QStringLiteral("import"), QStringLiteral("-o"), capsule(), path("spans.json")});
        QVERIFY(again.out.contains("same content"));
        QCOMPARE(infoOf(capsule()).value(QStringLiteral("rows")).toObject().value(QStringLiteral("spans")).toInt(), 2);
    }
    void rendersEveryView() {
        const ProcessResult named = runNightjar({QStringLiteral("views")});
        if (named.exitCode == 2)
            QSKIP("built without the window");
        const QList<QByteArray> views = named.out.trimmed().split('\n');
        QVERIFY(views.size() >= 4);
        for (const QByteArray& view : views) {
            const QString picture = path("view.png");
            const ProcessResult drawn = runNightjar({QStringLiteral("render"), capsule(), QString::fromLatin1(view), QStringLiteral("-o"), picture, QStringLiteral("--size"), QStringLiteral("900x600"), QStringLiteral("--theme"), QStringLiteral("light")});
            QVERIFY2(drawn.exitCode == 0, drawn.err.constData());
            QCOMPARE(QImage(picture).size(), QSize(900, 600));
        }
    }
    void sharedTraceFixtures() {
        NJ_NEED_SHARED_DATA(folder, "trace-fixtures");
        const QString fixtures = path("fixtures.nightjar");
        const ProcessResult imported = runNightjar({QStringLiteral("import"), QStringLiteral("-o"), fixtures, folder, QStringLiteral("--json")});
        QVERIFY2(imported.exitCode == 0, imported.err.constData());
        const QJsonObject report = QJsonDocument::fromJson(imported.out).object();
        QVERIFY(report.value(QStringLiteral("spans")).toInt() > 0);
        for (const auto& member : report.value(QStringLiteral("members")).toArray())
            QVERIFY2(member.toObject().value(QStringLiteral("problem")).toString().isEmpty(), qPrintable(member.toObject().value(QStringLiteral("path")).toString()));
    }

    void objectivesAreSetAskedAndRemoved() {
        const auto run = [&](QStringList more) { return runNightjar(QStringList{QStringLiteral("objectives"), capsule()} + more); };
        QVERIFY(run({}).out.contains("no objective is set"));
        const ProcessResult added = run({QStringLiteral("--add"), QStringLiteral("Fast"), QStringLiteral("--threshold"), QStringLiteral("1.9s"), QStringLiteral("--target"), QStringLiteral("75%")});
        QVERIFY2(added.exitCode == 0, added.err.constData());
        QVERIFY2(added.out.contains("Fast: 75 % within 1.9 s over 30 d") && added.out.contains("burn rate 2, ") && added.out.contains("1 of 2 bad"), added.out.constData());
        QCOMPARE(run({QStringLiteral("--add"), QStringLiteral("No errors"), QStringLiteral("--measure"), QStringLiteral("errors"), QStringLiteral("--filter"), QStringLiteral("kind:server")}).exitCode, 0);
        const QJsonArray all = QJsonDocument::fromJson(run({QStringLiteral("--json")}).out).array();
        QCOMPARE(all.size(), 2);
        for (const auto& value : all) {
            const QJsonObject one = value.toObject();
            const bool errors = one.value(QLatin1String("kind")).toString() == QLatin1String("errors");
            QCOMPARE(one.value(QLatin1String("total")).toInt(), errors ? 1 : 2);
            QCOMPARE(one.value(QLatin1String("good")).toInt(), errors ? 0 : 1);
            QVERIFY(one.value(QLatin1String("burn_rate")).toDouble() > 1);
        }
        QCOMPARE(run({QStringLiteral("--add"), QStringLiteral("Bad"), QStringLiteral("--threshold"), QStringLiteral("soon")}).exitCode, 2);
        QCOMPARE(run({QStringLiteral("--add"), QStringLiteral("Bad"), QStringLiteral("--measure"), QStringLiteral("nothing of that name")}).exitCode, 2);
        QCOMPARE(run({QStringLiteral("--remove"), QStringLiteral("nobody")}).exitCode, 2);
        QCOMPARE(run({QStringLiteral("--remove"), QStringLiteral("Fast"), QStringLiteral("--remove"), QStringLiteral("No errors")}).exitCode, 0);
        QVERIFY(run({}).out.contains("no objective is set"));
    }

private:
    [[nodiscard]] QString path(const char* name) const { return directory_.filePath(QLatin1String(name)); }
    [[nodiscard]] QString capsule() const { return path("shop.nightjar"); }
    void write(const QString& name, const QByteArray& bytes) {
        QFile file(directory_.filePath(name));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(bytes);
    }
    [[nodiscard]] QByteArray sql(const QString& query, const char* format, const QString& of = {}) const {
        return runNightjar({QStringLiteral("sql"), of.isEmpty() ? capsule() : of, query, QStringLiteral("--format"), QLatin1String(format)}).out;
    }
    QTemporaryDir directory_;
};

QTEST_GUILESS_MAIN(CliTest)
#include "cli_test.moc"
