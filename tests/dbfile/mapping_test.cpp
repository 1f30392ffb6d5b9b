// Tables of no known tool: the guess, the mapping as JSON, what it makes of rows, and the preview of it.
#include "read_file.h"

using namespace nj;
using namespace nj::test;

class MappingTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void guesses_data() {
        QTest::addColumn<QString>("sql");
        QTest::addColumn<QString>("expected");
        QTest::newRow("log") << "CREATE TABLE t (id INTEGER PRIMARY KEY, timestamp TEXT, level TEXT, logger TEXT, message TEXT, duration_ms REAL, trace_id TEXT, raw BLOB); INSERT INTO t VALUES (1,'2026-03-17 10:58:12','INFO','gw','hello',2.5,'ab',x'00');"
                             << "logs time=timestamp:text body=message severity=level service=logger trace_id=trace_id +duration_ms";
        QTest::newRow("log in ms") << "CREATE TABLE t (ts INTEGER, lvl INTEGER, msg TEXT); INSERT INTO t VALUES (1773745092000,20,'hello');" << "logs time=ts:ms body=msg severity=lvl";
        QTest::newRow("spans with an end") << "CREATE TABLE t (trace_id TEXT, span_id TEXT, parent_id TEXT, name TEXT, start_time REAL, end_time REAL, status TEXT, host TEXT); INSERT INTO t VALUES ('a','b',NULL,'GET',1773745092.5,1773745093,'ok','h');"
                                           << "spans start=start_time:s end=end_time:s name=name service=host trace_id=trace_id span_id=span_id parent_span_id=parent_id status=status";
        QTest::newRow("requests") << "CREATE TABLE t (created_at INTEGER, endpoint TEXT, latency_ms INTEGER, status_code INTEGER, user TEXT); INSERT INTO t VALUES (1773745092123456,'/a',12,500,'u');"
                                  << "spans start=created_at:us duration=latency_ms:ms name=endpoint status=status_code +user";
        QTest::newRow("samples") << "CREATE TABLE t (time INTEGER, name TEXT, value REAL, unit TEXT, sensor_id INTEGER, room TEXT); INSERT INTO t VALUES (1773745092,'temp',20.5,'C',7,'kitchen');"
                                 << "samples time=time:s value=value name=name unit=unit +room";
        QTest::newRow("wide samples") << "CREATE TABLE t (ts_ns INTEGER, cpu REAL, mem REAL); INSERT INTO t VALUES (1773745092000000000,0.5,0.25);" << "samples time=ts_ns:ns value=cpu";
        QTest::newRow("nothing") << "CREATE TABLE t (a TEXT, b TEXT); INSERT INTO t VALUES ('x','y');" << "samples +a +b";
    }
    void guesses() {
        QFETCH(QString, sql);
        QFETCH(QString, expected);
        auto file = dbfile::MappableFile::open(make("guess.db", sql.toStdString()).toStdString(), {});
        QVERIFY(file.ok());
        QVERIFY(file->tool().empty());
        const TableMapping& guess = file->table("t")->guess;
        std::string text(signalName(guess.signal));
        for (const MappedField& field : guess.fields) {
            const auto known = fieldsOf(guess.signal);
            const auto at = std::find_if(known.begin(), known.end(), [&](const MappableField& f) { return f.name == field.field; });
            const bool timed = at->kind == FieldKind::kTime || at->kind == FieldKind::kDuration;
            text += " " + field.field + "=" + field.column + (timed ? ":" + std::string(unitName(field.unit)) : "");
        }
        for (const std::string& column : guess.attributes)
            text += " +" + column;
        QCOMPARE(QString::fromStdString(text), expected);
        QCOMPARE(problemsOf(guess, *file->table("t")).empty(), !guess.fields.empty());
        // What is guessed can be written and read again.
        if (!guess.fields.empty())
            QVERIFY(*mappingsFromJson(mappingsToJson({guess})) == std::vector<TableMapping>{guess});
    }
    void json() {
        const auto one = mappingsFromJson(R"({"table": "t", "signal": "logs", "fields": {"time": "ts", "body": {"column": "m"}}})");
        QVERIFY(one.ok());
        QVERIFY(one->front().field("time")->unit == TimeUnit::kText);
        QCOMPARE(mappingsFromJson(R"([{"table": "t", "signal": "samples", "fields": {"time": {"column": "ts", "unit": "us"}, "value": "v"}, "attributes": ["a"]}])")->front().attributes, std::vector<std::string>{"a"});
    }
    void jsonErrors_data() {
        QTest::addColumn<QString>("json");
        QTest::addColumn<QString>("message");
        QTest::newRow("none") << "{" << "the mapping is no JSON";
        QTest::newRow("empty") << R"({"tables": []})" << "the mapping is wrong at tables: it must be a list of at least one table";
        QTest::newRow("number") << "[3]" << "the mapping is wrong at tables[0]: it must be an object";
        QTest::newRow("no signal") << R"({"table": "t"})" << "the mapping is wrong at tables[0]: 'signal' is missing";
        QTest::newRow("bad signal") << R"({"table": "t", "signal": "events"})" << "the mapping is wrong at tables[0].signal: 'events' is none of spans, logs, samples";
        QTest::newRow("no table") << R"({"signal": "logs"})" << "the mapping is wrong at tables[0]: 'table' is missing";
        QTest::newRow("missing field") << R"({"table": "t", "signal": "logs", "fields": {"time": "ts"}})" << "the mapping is wrong at tables[0].fields: 'body' is missing, which logs need";
        QTest::newRow("unknown field") << R"({"table": "t", "signal": "logs", "fields": {"when": "ts"}})"
                                       << "the mapping is wrong at tables[0].fields.when: logs have no such field; they have time, body, severity, service, trace_id, span_id";
        QTest::newRow("bad unit") << R"({"table": "t", "signal": "logs", "fields": {"time": {"column": "ts", "unit": "min"}}})" << "the mapping is wrong at tables[0].fields.time.unit: it must be ns, us, ms, s or text";
        QTest::newRow("unit of text") << R"({"table": "t", "signal": "logs", "fields": {"body": {"column": "ts", "unit": "ms"}}})" << "the mapping is wrong at tables[0].fields.body: 'unit' is not known here";
        QTest::newRow("duration without unit") << R"({"table": "t", "signal": "spans", "fields": {"duration": {"column": "d"}}})" << "the mapping is wrong at tables[0].fields.duration: a duration needs its unit: ns, us, ms or s";
        QTest::newRow("attributes") << R"({"table": "t", "signal": "logs", "attributes": "a"})" << "the mapping is wrong at tables[0].attributes: it must be a list of columns";
        QTest::newRow("unknown key") << R"({"table": "t", "signal": "logs", "colour": 1})" << "the mapping is wrong at tables[0]: 'colour' is not known here";
        QTest::newRow("deep") << QString(100'000, QLatin1Char('[')) << "the mapping is no JSON";
    }
    void jsonErrors() {
        QFETCH(QString, json);
        QFETCH(QString, message);
        const auto result = mappingsFromJson(json.toStdString());
        QVERIFY(!result.ok());
        QCOMPARE(QString::fromStdString(result.error().message), message);
    }
    void logRows() {
        const QString path = make("logs.db", "CREATE TABLE t (ts, lvl, app TEXT, msg TEXT, trace TEXT, user TEXT, n REAL);"
                                             "INSERT INTO t VALUES ('2026-03-17 12:58:12+02:00','warn','gw','one','0af7651916cd43dd8448eb211c80319c','u',1.5),(1773745093,40,'gw','two','my-trace',NULL,NULL),(NULL,'INFO','gw','lost',NULL,NULL,NULL),('x','INFO','gw','lost',NULL,NULL,NULL);");
        dbfile::DatabaseOptions options;
        options.mappings = *mappingsFromJson(R"({"table":"t","signal":"logs","fields":{"time":"ts","severity":"lvl","service":"app","body":"msg","trace_id":"trace"},"attributes":["user","n"]})");
        const FileReading r = readFile(path, options);
        QCOMPARE(r.report.format, std::string("sqlite_mapped"));
        QVERIFY2(r.has(R"(log 1773745092000000000 observed=0 sev=13 warn body1='one' 0af7651916cd43dd8448eb211c80319c 0000000000000000 event=- r0 s-1 flags=0 dropped=0 timeFlags=0 line=0 part=0 {"user":"u","n":1.5})"), r.text.c_str());
        QVERIFY2(r.has(R"(log 1773745093000000000 observed=0 sev=17 40 body1='two')") && r.has(R"({"trace_id":"my-trace"})"), r.text.c_str());
        QVERIFY(r.has("'row whose ts is no time' offset=0 line=3 count=2"));
        QCOMPARE(r.logs(), size_t{2});
    }
    void spanRows() {
        const QString path = make("spans.db", "CREATE TABLE t (start INTEGER, took REAL, op TEXT, state TEXT, tid TEXT, sid TEXT, pid TEXT);"
                                              "INSERT INTO t VALUES (1773745092000,12.5,'GET','200','550e8400-e29b-41d4-a716-446655440000','b7ad6b7169203331',''),(1773745093000,'x','PUT','failed',NULL,NULL,NULL),(9223372036854775807,1,'far','',NULL,NULL,NULL);");
        dbfile::DatabaseOptions options;
        options.mappings = *mappingsFromJson(R"({"table":"t","signal":"spans","fields":{"start":{"column":"start","unit":"ms"},"duration":{"column":"took","unit":"ms"},"name":"op","status":"state","trace_id":"tid","span_id":"sid","parent_span_id":"pid"}})");
        const FileReading r = readFile(path, options);
        QVERIFY2(r.has("span 550e8400e29b41d4a716446655440000 b7ad6b7169203331 parent=0000000000000000 1773745092000000000..1773745092012500000 'GET' r0 s-1 kind=0 status=1"), r.text.c_str());
        QVERIFY(r.has("1773745093000000000..1773745093000000000 'PUT' r0 s-1 kind=0 status=2"));
        QVERIFY(r.has("'row whose took is no duration'") && r.has("'row whose start is no time'"));
        QCOMPARE(r.spans(), size_t{2});
    }
    void sampleRows() {
        const QString path = make("samples.db", "CREATE TABLE t (time REAL, name TEXT, value, room TEXT); INSERT INTO t VALUES (1773745092.25,'temp',20.5,'a'),(1773745093,'temp','21','b'),(1773745094,'temp','hot','b'),(1e300,'temp',1,'b');");
        dbfile::DatabaseOptions options;
        options.mappings = *mappingsFromJson(R"({"table":"t","signal":"samples","fields":{"time":{"column":"time","unit":"s"},"value":"value","name":"name"},"attributes":["room"]})");
        const FileReading r = readFile(path, options);
        QVERIFY2(r.has(R"(series 0 r0 s-1 temp unit= '' kind=1 temporality=0 monotonic=false {"room":"a"})"), r.text.c_str());
        QVERIFY(r.has("1773745092250000000 20.5") && r.has("1773745093000000000 21"));
        QVERIFY(r.has("'row whose value is no number'") && r.has("'row whose time is no time'"));
    }
    void noMappingNoRows() {
        const QString path = make("unknown.db", "CREATE TABLE a (x); CREATE TABLE b (y); CREATE VIEW spans AS WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x+1 FROM c) SELECT x FROM c; INSERT INTO a VALUES (1);");
        const FileReading r = readFile(path);
        QVERIFY(r.ok && r.batches.empty());
        QCOMPARE(r.report.format, std::string());
        QCOMPARE(r.report.problem, std::string("a SQLite file of no known tool: tables a, b; map it with --mapping or in the window"));
        dbfile::DatabaseOptions options;
        options.mappings = *mappingsFromJson(R"({"table":"a","signal":"logs","fields":{"time":"x","body":"msg"}})");
        QVERIFY(readFile(path, options).report.problem.ends_with("(the mapping does not fit: the table 'a' has no column 'msg')"));
        options.mappings.front().table = "spans";
        QVERIFY(readFile(path, options).report.problem.ends_with("(the mapping does not fit: there is no table 'spans')"));
    }
    void preview() {
        auto file = dbfile::MappableFile::open(make("preview.db", "CREATE TABLE t (ts INTEGER, level TEXT, message TEXT, user TEXT); INSERT INTO t VALUES (1773745092000,'ERROR','it <b>broke</b>','u1'),('never','INFO','x','u2'),(1773745094000,'INFO','fine','u3'),(1773745095000,'INFO','more','u4');").toStdString(), {});
        QVERIFY(file.ok());
        const auto preview = file->preview(file->table("t")->guess, 3);
        QVERIFY(preview.ok());
        QCOMPARE(preview->titles, (std::vector<std::string>{"time", "severity", "service", "body", "attributes"}));
        QCOMPARE(preview->rows.size(), size_t{2});
        QCOMPARE(preview->rows[0], (std::vector<std::string>{"2026-03-17T10:58:12.000000Z", "error", "", "it <b>broke</b>", "user=u1"}));
        QCOMPARE(preview->problems, std::vector<std::string>{"1 of the first rows: row whose ts is no time (never)"});
        TableMapping broken = file->table("t")->guess;
        broken.fields.erase(broken.fields.begin());
        QCOMPARE(file->preview(broken, 3)->problems, std::vector<std::string>{"no column is chosen for 'time', which logs need"});
    }
    void aDamagedFileGivesWhatCanBeRead() {
        const QString path = make("damaged.db", "CREATE TABLE t (ts INTEGER, level TEXT, message TEXT); WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x+1 FROM c WHERE x<5000) INSERT INTO t SELECT 1773745092000+x,'INFO','message number '||x FROM c;");
        QFile file(path);
        QVERIFY(file.open(QIODevice::ReadWrite));
        file.seek(file.size() / 4096 / 2 * 4096);
        file.write(QByteArray(4096, char(0x5a)));
        file.close();
        dbfile::DatabaseOptions options;
        options.mappings = *mappingsFromJson(R"({"table":"t","signal":"logs","fields":{"time":{"column":"ts","unit":"ms"},"body":"message"}})");
        const FileReading r = readFile(path, options);
        QVERIFY(r.ok);
        QVERIFY(r.logs() > 1000 && r.logs() < 5000);
        QVERIFY(r.report.problem.starts_with("the database is damaged"));
        QVERIFY(r.has("'the rest of the table t can't be read'"));
    }
    // Batches stay bounded, and a consumer that has enough ends it.
    void batchesAndStop() {
        const QString path = make("many.db", "CREATE TABLE t (ts INTEGER, message TEXT); WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x+1 FROM c WHERE x<30000) INSERT INTO t SELECT 1773745092000+x,'message number '||x FROM c;");
        dbfile::DatabaseOptions options;
        uint64_t progress = 0;
        options.progress = [&](uint64_t bytes) { progress = bytes; };
        options.mappings = *mappingsFromJson(R"({"table":"t","signal":"logs","fields":{"time":{"column":"ts","unit":"ms"},"body":"message"}})");
        const FileReading r = readFile(path, options);
        QCOMPARE(r.logs(), size_t{30'000});
        QVERIFY(r.batches.size() >= 4);
        for (const Batch& batch : r.batches)
            QVERIFY(batch.logs.size() <= kBatchRows);
        QVERIFY(progress > uint64_t(QFileInfo(path).size()) / 2);
        bool stop = false;
        options.stop = [&] { return stop; };
        options.progress = [&](uint64_t) { stop = true; };
        const FileReading stopped = readFile(path, options);
        QVERIFY(!stopped.ok);
        QVERIFY(stopped.logs() < 30'000);
    }

private:
    QString make(const char* name, const std::string& sql) {
        const QString path = folder_.filePath(QString::fromUtf8(name));
        QFile::remove(path);
        SqliteFile db(path);
        return db.run(sql) ? path : QString();
    }
    QTemporaryDir folder_;
};

QTEST_GUILESS_MAIN(MappingTest)
#include "mapping_test.moc"
