// SQL over a capsule: every table and column, what push-down skips, and that nothing can be written.
#include <QProcess>
#include <QStandardPaths>

#include <cmath>
#include <limits>
#include <thread>

#include "qt_test.h"
#include "store/sql_session.h"
#include "store/test_batches.h"

using namespace nj;
using namespace nj::test;
using namespace nj::store;
using Type = sqlite::Statement::Type;

namespace {

QString cellText(const sqlite::SqlValue& value) {
    switch (value.type) {
    case Type::kInteger: return QString::number(value.integer);
    case Type::kFloat: return QString::number(value.number);
    case Type::kText: return QString::fromStdString(value.text);
    case Type::kBlob: return QStringLiteral("x'%1'").arg(QString::fromLatin1(QByteArray::fromStdString(value.text).toHex()));
    case Type::kNull: return QStringLiteral("NULL");
    }
    return {};
}

// "a|b" lines; an error as "error: …".
QString ask(CapsuleReader& reader, const char* query) {
    const auto answer = runSql(reader, query, {}, {});
    if (!answer.ok())
        return QStringLiteral("error: ") + QString::fromStdString(answer.error().message);
    QStringList lines;
    for (const auto& row : answer->rows) {
        QStringList cells;
        for (const auto& value : row)
            cells << cellText(value);
        lines << cells.join(QLatin1Char('|'));
    }
    return lines.join(QLatin1Char('\n'));
}

// One of everything.
Batch everything() {
    Batch batch;
    SpanSpec root;
    root.trace = traceId(1, 2);
    root.span = spanId(0x0807060504030201);
    root.name = "GET /chat";
    root.service = "chat";
    root.scope = "http";
    root.start = kT0;
    root.end = kT0 + 250;
    root.status = SpanStatus::kError;
    root.statusMessage = "deadline";
    root.attributes = {{"http.route", AttributeValue::ofString("/x")}, {"code", AttributeValue::ofInt(504)}, {"ratio", AttributeValue::ofDouble(0.5)},
                       {"cached", AttributeValue::ofBool(true)}, {"raw", AttributeValue::ofBytes(std::string("\0\1", 2))}, {"list", AttributeValue::ofJson("[1]")}};
    addSpan(batch, root);
    SpanSpec child;
    child.trace = root.trace;
    child.span = spanId(7);
    child.parent = root.span;
    child.name = "retrieve";
    child.service = "retriever";
    child.kind = SpanKind::kClient;
    child.start = kT0 + 10;
    child.end = kT0 + 5;
    child.attributes = {{"code", AttributeValue::ofString("504")}};
    addSpan(batch, child);
    batch.spanEvents.span.push_back(1);
    batch.spanEvents.time.push_back(kT0 + 20);
    batch.spanEvents.name.push_back(batch.strings.intern("exception"));
    batch.spanEvents.droppedAttributes.push_back(0);
    batch.spanEvents.attributes.addString(0, "exception.type", "Timeout");
    batch.spanLinks.span.push_back(0);
    batch.spanLinks.traceId.push_back(traceId(9, 9));
    batch.spanLinks.spanId.push_back(spanId(9));
    batch.spanLinks.traceState.push_back(kNoIndex);
    batch.spanLinks.flags.push_back(0);
    batch.spanLinks.droppedAttributes.push_back(0);
    LogSpec log;
    log.original = "10:58 ERROR first byte";
    log.bodyOffset = 12;
    log.bodyLength = 10;
    log.severity = 17;
    log.severityText = "ERROR";
    log.observed = kT0 + 3;
    log.eventName = "timeout";
    log.service = "chat";
    log.trace = root.trace;
    log.span = root.span;
    log.attributes = {{"attempt", AttributeValue::ofInt(2)}};
    addLog(batch, log);
    LogSpec untimed;
    untimed.time = 0;
    untimed.body = "no time";
    untimed.timeFlags = kTimeNone;
    addLog(batch, untimed);
    const uint32_t gauge = addSeries(batch, "temperature", {{"gpu", AttributeValue::ofString("3")}});
    addSample(batch, gauge, kT0, 87.5);
    addSample(batch, gauge, kT0 + kSecond, std::numeric_limits<double>::quiet_NaN());
    addSample(batch, gauge, kT0 + 2 * kSecond, std::numeric_limits<double>::infinity());
    const uint32_t family = addSeries(batch, "ttft", {});
    batch.series[family].kind = MetricKind::kHistogram;
    HistogramPoint point;
    point.series = family;
    point.time = kT0;
    point.count = 3;
    point.hasSum = true;
    point.sum = 1.5;
    point.bounds = {0.1, 1};
    point.buckets = {1, 2, 0};
    batch.histograms.push_back(point);
    Exemplar exemplar;
    exemplar.series = family;
    exemplar.time = kT0;
    exemplar.value = 0.75;
    exemplar.traceId = root.trace;
    exemplar.spanId = root.span;
    batch.exemplars.push_back(exemplar);
    Evaluation evaluation;
    evaluation.time = kT0;
    evaluation.name = "groundedness";
    evaluation.hasScore = true;
    evaluation.score = 0.86;
    evaluation.label = "pass";
    evaluation.originRow = 0;
    evaluation.traceId = root.trace;
    batch.evaluations.push_back(evaluation);
    batch.documents.push_back({"config.yaml", "application/yaml", "a: 1\n", 5});
    IncidentEvent event;
    event.time = kT0;
    event.kind = "deploy";
    event.title = "retriever 2.14.0";
    event.entity = "retriever";
    batch.events.push_back(event);
    HealthRecord health;
    health.reason = "span without trace id";
    health.line = 4;
    batch.health.push_back(health);
    return batch;
}

// 40 segments' worth of time in several imports: one import, hence one segment, per hour.
constexpr int kHours = 12;
void fillHours(const TestCapsule& capsule) {
    for (int hour = 0; hour < kHours; ++hour) {
        Batch batch;
        for (uint64_t i = 0; i < 50; ++i) {
            SpanSpec s;
            s.trace = traceId(static_cast<uint64_t>(hour) + 1, i / 5);
            s.span = spanId(static_cast<uint64_t>(hour) * 1000 + i + 1);
            s.start = kT0 + hour * kHour + static_cast<TimeNs>(i) * kSecond;
            s.end = s.start + static_cast<TimeNs>(i + 1) * kMillisecond;
            s.service = hour < 6 ? "early" : "late";
            s.name = "op" + std::to_string(i % 5);
            s.status = hour == 3 && i == 7 ? SpanStatus::kError : SpanStatus::kOk;
            s.attributes = {{"n", AttributeValue::ofInt(static_cast<int64_t>(i))}};
            if (hour == 8)
                s.attributes.push_back({"only.here", AttributeValue::ofString(i % 2 ? "a" : "b")});
            addSpan(batch, s);
        }
        capsule.import(std::move(batch), "hour " + std::to_string(hour));
    }
}

}  // namespace

class SqlTest : public QObject {
    Q_OBJECT
private slots:
    void everyColumn_data() {
        QTest::addColumn<QString>("query");
        QTest::addColumn<QString>("expected");
        const auto row = [](const char* name, const char* query, const char* expected) { QTest::newRow(name) << query << expected; };
        row("spans", "SELECT trace_id, span_id, parent_span_id, service, name, kind, start_time_unix_nano, end_time_unix_nano, duration_nano, status, status_message, scope, resource_id IS NOT NULL FROM spans ORDER BY start_time_unix_nano",
            "01000000000000000200000000000000|0102030405060708|NULL|chat|GET /chat|server|1773745092000000000|1773745092000000250|250|error|deadline|http|1\n"
            "01000000000000000200000000000000|0700000000000000|0102030405060708|retriever|retrieve|client|1773745092000000010|1773745092000000005|-5|unset|NULL|NULL|1");
        row("span attributes", "SELECT attributes ->> '$.\"http.route\"', json_extract(attributes, '$.code') FROM spans WHERE service = 'chat'", "/x|504");
        row("hidden columns", "SELECT \"http.route\", code, ratio, cached, raw, list FROM spans WHERE service = 'chat'", "/x|504|0.5|1|x'0001'|[1]");
        row("star hides them", "SELECT count(*) FROM pragma_table_info('spans')", "14");
        row("logs", "SELECT time_unix_nano, observed_time_unix_nano, severity_number, severity_text, body, service, event_name, trace_id, span_id, scope, attributes, attempt FROM logs WHERE severity_number = 17",
            "1773745092000000000|1773745092000000003|17|ERROR|first byte|chat|timeout|01000000000000000200000000000000|0102030405060708|NULL|{\"attempt\":2}|2");
        row("log without time", "SELECT time_unix_nano, observed_time_unix_nano, body, trace_id FROM logs WHERE time_unix_nano IS NULL", "NULL|NULL|no time|NULL");
        row("span events", "SELECT e.trace_id, e.span_id, e.time_unix_nano, e.name, e.attributes, s.name FROM span_events e JOIN spans s ON s.rowid = e.span_rowid",
            "01000000000000000200000000000000|0700000000000000|1773745092000000020|exception|{\"exception.type\":\"Timeout\"}|retrieve");
        row("span links", "SELECT trace_id, span_id, linked_trace_id, linked_span_id, attributes FROM span_links",
            "01000000000000000200000000000000|0102030405060708|09000000000000000900000000000000|0900000000000000|{}");
        row("series", "SELECT name, type, unit, temporality, labels, gpu FROM series ORDER BY name", "temperature|gauge|NULL|unspecified|{\"gpu\":\"3\"}|3\nttft|histogram|NULL|unspecified|{}|NULL");
        row("samples, NaN is NULL", "SELECT time_unix_nano, value, typeof(value), start_time_unix_nano FROM samples ORDER BY 1",
            "1773745092000000000|87.5|real|NULL\n1773745093000000000|NULL|null|NULL\n1773745094000000000|inf|real|NULL");
        row("samples of a series", "SELECT count(*) FROM series JOIN samples ON samples.series_id = series.id WHERE series.gpu = '3'", "3");
        row("histograms", "SELECT count, sum, min, max, scale, zero_count, bounds, buckets FROM histograms", "3|1.5|NULL|NULL|NULL|NULL|[0.1,1]|[1,2,0]");
        row("exemplars", "SELECT series.name, time_unix_nano, value, trace_id, span_id FROM exemplars JOIN series ON series.id = series_id",
            "ttft|1773745092000000000|0.75|01000000000000000200000000000000|0102030405060708");
        row("resources", "SELECT \"service.name\", \"host.name\", attributes FROM resources WHERE \"service.name\" = 'chat'", "chat|node-chat|{\"service.name\":\"chat\",\"host.name\":\"node-chat\"}");
        row("documents", "SELECT path, media_type, size, text FROM documents", "config.yaml|application/yaml|5|a: 1\n");
        row("imports", "SELECT path, state, spans, logs, documents FROM imports", "file|done|2|2|1");
        row("entities", "SELECT kind, key, name FROM entities", "gpu|GPU-3|GPU 3");
        row("entity edges", "SELECT from_kind, from_key, relation, to_kind, to_key, evidence FROM entity_edges", "gpu|GPU-3|runs_on|host|n1|test");
        row("evaluations", "SELECT name, score, label FROM evaluations", "groundedness|0.86|pass");
        row("events", "SELECT time_unix_nano, kind, title, entity FROM events", "1773745092000000000|deploy|retriever 2.14.0|retriever");
        row("health", "SELECT severity, reason, line, count FROM health", "rejected|span without trace id|4|1");
        row("int and text differ", "SELECT service FROM spans WHERE code = 504", "chat");
        row("int and text differ, the other way", "SELECT service FROM spans WHERE code = '504'", "retriever");
        row("numbers order before texts", "SELECT count(*) FROM spans WHERE code > 5", "2");
        row("collation is not pushed down", "SELECT count(*) FROM spans WHERE service = 'CHAT' COLLATE NOCASE", "1");
        row("IN", "SELECT group_concat(name) FROM (SELECT name FROM spans WHERE service IN ('chat', 'nobody', 'retriever') ORDER BY name)", "GET /chat,retrieve");
    }
    void everyColumn() {
        QFETCH(QString, query);
        QFETCH(QString, expected);
        if (!everything_) {
            everything_ = std::make_unique<TestCapsule>();
            const auto writer = everything_->writer();
            const auto id = need(writer->beginImport({"file", "test", kT0, "", 0}));
            need(writer->add(id, everything()));
            need(writer->endImport(id, endOf("everything")));
            EntityGraph graph;
            graph.entities.push_back({EntityKind::kGpu, "GPU-3", "GPU 3"});
            graph.edges.push_back({EntityKind::kGpu, "GPU-3", EntityKind::kHost, "n1", "runs_on", "test"});
            need(writer->putEntities(graph));
            need(writer->close());
        }
        const auto reader = everything_->reader();
        QCOMPARE(ask(*reader, query.toUtf8().constData()), expected);
    }

    void boundsSkipSegments_data() {
        QTest::addColumn<QString>("where");
        QTest::addColumn<int>("rows");
        QTest::addColumn<int>("segments");
        const auto hour = [](int h) { return QString::number(kT0 + h * kHour); };
        QTest::newRow("none") << "1" << kHours * 50 << kHours;
        QTest::newRow("time range") << "start_time_unix_nano >= " + hour(4) + " AND start_time_unix_nano < " + hour(6) << 100 << 3;
        QTest::newRow("time as a fraction") << "start_time_unix_nano <= 0.0 + " + hour(1) << 51 << 2;
        QTest::newRow("service") << "service = 'late'" << 300 << 6;
        QTest::newRow("service nobody") << "service = 'nobody'" << 0 << 0;
        QTest::newRow("service IN") << "service IN ('late', 'nobody')" << 300 << 6;
        QTest::newRow("name") << "name = 'op1'" << 120 << kHours;
        QTest::newRow("status") << "status = 'error'" << 1 << 1;
        QTest::newRow("status IN") << "status IN ('error', 'unset')" << 1 << 1;
        QTest::newRow("kind") << "kind = 'client'" << 0 << 0;
        QTest::newRow("key of one segment") << "\"only.here\" = 'a'" << 25 << 1;
        QTest::newRow("key, greater") << "\"only.here\" > 'a'" << 25 << 1;
        QTest::newRow("number") << "n = 7" << kHours << kHours;
        QTest::newRow("number range") << "n >= 48 AND service = 'early'" << 12 << 6;
        QTest::newRow("upper-case id") << "trace_id = 'ABCDEF00000000000000000000000000'" << 0 << 0;
        QTest::newRow("contradiction") << "rowid = 3 AND rowid = 4" << 0 << 0;
    }
    void boundsSkipSegments() {
        QFETCH(QString, where);
        QFETCH(int, rows);
        QFETCH(int, segments);
        const auto reader = hours().reader();
        const auto answer = need(runSql(*reader, ("SELECT count(*) FROM spans WHERE " + where).toStdString(), {}, {}));
        QCOMPARE(int(answer.rows.at(0).at(0).integer), rows);
        QVERIFY2(int(answer.segmentsVisited) <= segments, qPrintable(QString::number(answer.segmentsVisited)));
    }

    // GROUP BY and ORDER BY on columns of few values are answered by the table itself; the answer is that of SQLite's own sort.
    void groupsAndOrders_data() {
        QTest::addColumn<QString>("query");
        QTest::addColumn<QString>("sameAs");
        QTest::addColumn<bool>("sorts");
        const auto row = [](const char* query, const char* sameAs, bool sorts) { QTest::newRow(query) << query << sameAs << sorts; };
        row("SELECT service, count(*), sum(duration_nano) FROM spans GROUP BY service", "SELECT service, count(*), sum(duration_nano) FROM spans GROUP BY +service", false);
        row("SELECT service, name, status, count(*), min(n) FROM spans GROUP BY 1, 2, 3", "SELECT service, name, status, count(*), min(n) FROM spans GROUP BY +service, +name, +status", false);
        row("SELECT name, count(*) FROM spans GROUP BY name ORDER BY name DESC", "SELECT name, count(*) FROM spans GROUP BY +name ORDER BY +name DESC", false);
        row("SELECT name, count(*) FROM spans WHERE status = 'error' OR n = 3 GROUP BY name", "SELECT name, count(*) FROM spans WHERE status = 'error' OR n = 3 GROUP BY +name", true);
        row("SELECT DISTINCT service FROM spans", "SELECT DISTINCT +service FROM spans", true);
        row("SELECT service, name, rowid FROM spans ORDER BY service DESC, name, rowid", "SELECT service, name, rowid FROM spans ORDER BY +service DESC, +name, +rowid", true);
        row("SELECT name, avg(duration_nano) FROM spans WHERE service = 'late' GROUP BY name", "SELECT name, avg(duration_nano) FROM spans WHERE service = 'late' GROUP BY +name", false);
        row("SELECT kind, n, count(*) FROM spans GROUP BY kind, n", "SELECT kind, n, count(*) FROM spans GROUP BY +kind, +n", true);
    }
    void groupsAndOrders() {
        QFETCH(QString, query);
        QFETCH(QString, sameAs);
        QFETCH(bool, sorts);
        const auto reader = hours().reader();
        const QString answer = ask(*reader, query.toUtf8().constData());
        QVERIFY(!answer.isEmpty() && !answer.startsWith(QLatin1String("error")));
        QCOMPARE(answer, ask(*reader, sameAs.toUtf8().constData()));
        const QString plan = ask(*reader, ("EXPLAIN QUERY PLAN " + query).toUtf8().constData());
        QCOMPARE(plan.contains(QStringLiteral("USE TEMP B-TREE")), sorts);
    }

    void rowidIsTheSeq() {
        const auto reader = hours().reader();
        QCOMPARE(ask(*reader, "SELECT count(DISTINCT rowid) FROM spans"), QString::number(kHours * 50));
        const auto one = need(runSql(*reader, "SELECT a.span_id = b.span_id FROM (SELECT rowid AS r, span_id FROM spans LIMIT 1 OFFSET 77) a JOIN spans b ON b.rowid = a.r", {}, {}));
        QCOMPARE(one.rows.size(), size_t(1));
        QCOMPARE(one.rows[0][0].integer, int64_t(1));
    }

    void quantiles_data() {
        QTest::addColumn<QString>("expression");
        QTest::addColumn<QString>("expected");
        QTest::newRow("median") << "quantile(0.5, duration_nano)" << "2.5e+07";
        QTest::newRow("p99") << "quantile(0.99, duration_nano)" << "5e+07";
        QTest::newRow("lowest") << "quantile(0, duration_nano)" << "1e+06";
        QTest::newRow("highest") << "quantile(1, duration_nano)" << "5e+07";
        QTest::newRow("of nothing") << "quantile(0.5, NULL)" << "NULL";
        QTest::newRow("of text") << "quantile(0.5, name)" << "NULL";
        QTest::newRow("wrong p") << "quantile(50, duration_nano)" << "error: quantile(p, x): p lies between 0 and 1";
    }
    void quantiles() {
        QFETCH(QString, expression);
        QFETCH(QString, expected);
        const auto reader = hours().reader();
        QCOMPARE(ask(*reader, ("SELECT " + expression + " FROM spans").toUtf8().constData()), expected);
    }
    void quantileOfManyIsNearlyExact() {
        const auto reader = hours().reader();
        const auto answer = need(runSql(*reader, "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < 5000000) SELECT quantile(0.9, x) FROM c", {}, {}));
        QVERIFY(std::abs(answer.rows.at(0).at(0).number / 4'500'000 - 1) < 0.0055);
    }

    void onlyReads_data() {
        QTest::addColumn<QString>("query");
        for (const char* query : {"CREATE TABLE t(x)", "DROP TABLE spans", "DELETE FROM spans", "UPDATE spans SET name = 'x'", "INSERT INTO logs(body) VALUES('x')", "ATTACH 'x' AS y",
                                  "PRAGMA journal_mode=DELETE", "PRAGMA writable_schema=1", "BEGIN", "VACUUM", "VACUUM INTO '/tmp/x'", "CREATE TEMP TABLE t(x)", "CREATE VIEW v AS SELECT 1",
                                  "SELECT 1; SELECT 2", "SELECT 1; DROP TABLE x", "", "  ;; ", "-- nothing", "SELECT \"no such\" FROM spans", "SELECT load_extension('x')", "SELEC 1"})
            QTest::newRow(query) << query;
    }
    void onlyReads() {
        QFETCH(QString, query);
        const auto reader = hours().reader();
        const QString answer = ask(*reader, query.toUtf8().constData());
        QVERIFY2(answer.startsWith(QLatin1String("error: ")), qPrintable(answer));
    }
    void trailingCommentIsFine() {
        const auto reader = hours().reader();
        QCOMPARE(ask(*reader, "SELECT 1; -- done\n /* really */ ;"), QStringLiteral("1"));
    }

    void capsAreStated() {
        const auto reader = hours().reader();
        const auto rows = need(runSql(*reader, "SELECT * FROM spans", {10, 1 << 20}, {}));
        QCOMPARE(rows.rows.size(), size_t(10));
        QVERIFY(rows.truncated);
        QCOMPARE(rows.columns.size(), size_t(14));
        QCOMPARE(rows.columns[0], std::string("trace_id"));
        const auto bytes = need(runSql(*reader, "SELECT printf('%1000d', 1) FROM spans", {10'000, 5'000}, {}));
        QVERIFY(bytes.truncated);
        QVERIFY(bytes.rows.size() < 6);
        QVERIFY(!need(runSql(*reader, "SELECT 1", {}, {})).truncated);
        QVERIFY(ask(*reader, "SELECT length(zeroblob(1000000000))").startsWith(QLatin1String("error: ")));
    }

    void canBeCancelled() {
        const auto reader = hours().reader();
        std::stop_source stop;
        size_t rows = 0;
        SqlReceiver receiver;
        receiver.onRow = [&](const std::vector<sqlite::SqlValue>&) {
            if (++rows == 3)
                stop.request_stop();
            return true;
        };
        const auto endless = streamSql(*reader, "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT x FROM c", receiver, stop.get_token());
        QCOMPARE(endless.error().code, ErrorCode::kCancelled);
        QCOMPARE(rows, size_t(3));
        // Also where no row ever comes.
        std::stop_source later;
        std::jthread stopper([&] { later.request_stop(); });
        const auto counting = runSql(*reader, "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT count(*) FROM c", {}, later.get_token());
        QVERIFY(!counting.ok());
        QCOMPARE(counting.error().code, ErrorCode::kCancelled);
    }

    void theFileHoldsNothingVirtual() {
        const auto reader = hours().reader();
        QCOMPARE(ask(*reader, "SELECT count(*) FROM spans"), QString::number(kHours * 50));
        const auto virtualTables = need(reader->database().queryInteger("SELECT count(*) FROM sqlite_schema WHERE sql LIKE '%VIRTUAL%'"));
        QCOMPARE(virtualTables, int64_t(0));
        const QString tool = QStandardPaths::findExecutable(QStringLiteral("sqlite3"));
        if (tool.isEmpty())
            QSKIP("no sqlite3 shell here");
        QProcess process;
        process.start(tool, {QStringLiteral("-readonly"), QString::fromStdString(hours().path()), QStringLiteral("SELECT sum(spans) FROM nj_import")});
        QVERIFY(process.waitForFinished());
        QCOMPARE(QString::fromUtf8(process.readAllStandardOutput()).trimmed(), QString::number(kHours * 50));
    }

private:
    const TestCapsule& hours() {
        if (!hours_) {
            hours_ = std::make_unique<TestCapsule>();
            fillHours(*hours_);
        }
        return *hours_;
    }

    std::unique_ptr<TestCapsule> everything_;
    std::unique_ptr<TestCapsule> hours_;
};

QTEST_GUILESS_MAIN(SqlTest)
#include "sql_test.moc"
