// SQLite files as members of an import: on disk with the log beside them, in archives, compressed; capsules; and those that nobody knows.
#include <QTemporaryDir>

#include "archive_builder.h"
#include "ingest/importer.h"
#include "recording_sink.h"
#include "sqlite_file.h"

using namespace nj;
using namespace nj::test;

namespace {

constexpr const char* kRows = "CREATE TABLE responses (id TEXT PRIMARY KEY, model TEXT, prompt TEXT, response TEXT, datetime_utc TEXT, duration_ms INTEGER);"
                              "INSERT INTO responses VALUES ('01a','llama-3','hi','hello','2026-03-17T10:58:12',1500),('01b','llama-3','hi','hello','2026-03-17T10:59:12',1500);";
constexpr const char* kUnknown = "CREATE TABLE events (ts INTEGER, message TEXT); INSERT INTO events VALUES (1773745092000,'one'),(1773745093000,'two');";

}  // namespace

class DatabaseTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init() {
        sink_ = {};
        options_ = {};
    }
    void onDisk() {
        const std::string path = make("logs.db", kRows);
        const auto report = import({path});
        QCOMPARE(report.spans, uint64_t{2});
        QCOMPARE(report.documents, uint64_t{0});
        QCOMPARE(report.members.front().format, std::string("llm_log"));
        QCOMPARE(report.members.front().bytes, uint64_t(QFileInfo(QString::fromStdString(path)).size()));
        QCOMPARE(report.members.front().problem, std::string());
        QCOMPARE(report.bytesRead, report.members.front().bytes);
        // Again: the same content.
        QVERIFY(!import({path}).members.front().kept);
    }
    void withItsLog() {
        const QString path = folder_.filePath(QStringLiteral("wal.db"));
        SqliteFile writer(path);
        QVERIFY(writer.run(std::string("PRAGMA journal_mode=WAL;") + kRows));
        const auto first = import({path.toStdString()});
        QCOMPARE(first.spans, uint64_t{2});
        QVERIFY(first.members.front().note.find("log beside the file") != std::string::npos);
        // More rows in the log alone are other content.
        QVERIFY(writer.run("INSERT INTO responses VALUES ('01c','llama-3','hi','hello','2026-03-17T11:00:12',1500)"));
        const auto second = import({path.toStdString()});
        QVERIFY(second.members.front().kept);
        QCOMPARE(second.spans, uint64_t{3});
    }
    // A folder with a live database: its log is no file of its own.
    void aFolderWithALog() {
        QVERIFY(QDir(folder_.path()).mkdir(QStringLiteral("live")));
        SqliteFile writer(folder_.filePath(QStringLiteral("live/wal.db")));
        QVERIFY(writer.run(std::string("PRAGMA journal_mode=WAL;") + kRows));
        QVERIFY(QFile::exists(folder_.filePath(QStringLiteral("live/wal.db-shm"))));
        const auto report = import({folder_.filePath(QStringLiteral("live")).toStdString()});
        QCOMPARE(report.members.size(), size_t{1});
        QCOMPARE(report.spans, uint64_t{2});
        QCOMPARE(report.documents, uint64_t{0});
        // In an archive the log is said to be missing.
        sink_ = {};
        const std::string log = bytesOf(folder_.filePath(QStringLiteral("live/wal.db-wal")).toStdString());
        writeFile("live.tar", tar({{"wal.db", bytesOf(folder_.filePath(QStringLiteral("live/wal.db")).toStdString())}, {"wal.db-wal", log}}));
        const auto archived = import({folder_.filePath(QStringLiteral("live.tar")).toStdString()});
        QCOMPARE(archived.members.size(), size_t{2});
        QVERIFY2(archived.members.back().problem.find("only with the database") != std::string::npos, archived.members.back().problem.c_str());
        QCOMPARE(archived.documents, uint64_t{0});
    }
    void inArchives() {
        const std::string bytes = bytesOf(make("logs2.db", kRows));
        writeFile("a.tar.gz", gzip(tar({{"x/logs.db", bytes}})));
        writeFile("b.zip", zip({{"logs.db", bytes + std::string()}}));
        writeFile("c.db.zst", zstd(bytes));
        for (const char* name : {"a.tar.gz", "b.zip", "c.db.zst"}) {
            sink_ = {};
            const auto report = import({folder_.filePath(QString::fromUtf8(name)).toStdString()});
            QVERIFY2(report.spans == 2 && report.members.size() == 1 && report.members.front().problem.empty(), name);
        }
    }
    void aCapsuleIsOpened() {
        const std::string path = make("incident.nightjar", "PRAGMA application_id=1313489234; CREATE TABLE t(a);");
        const auto report = import({path});
        QVERIFY2(report.members.front().problem.find("opened, not imported") != std::string::npos, report.members.front().problem.c_str());
        QCOMPARE(report.documents, uint64_t{0});
    }
    void unknownTablesAreNamed() {
        const std::string path = make("events.db", kUnknown);
        const auto report = import({path});
        QCOMPARE(report.members.front().problem, std::string("a SQLite file of no known tool: table events; map it with --mapping or in the window"));
        QCOMPARE(report.documents + report.logs, uint64_t{0});
        // The mapping makes it other content than what was not read.
        options_.mappings = *mappingsFromJson(R"({"table":"events","signal":"logs","fields":{"time":{"column":"ts","unit":"ms"},"body":"message"}})");
        const auto mapped = import({path});
        QCOMPARE(mapped.logs, uint64_t{2});
        QVERIFY(mapped.members.front().kept);
        QCOMPARE(mapped.members.front().format, std::string("sqlite_mapped"));
    }
    void cutAndCancelled() {
        const std::string good = bytesOf(make("cut.db", kRows));
        writeFile("cut2.db", good.substr(0, 50));
        const auto report = import({folder_.filePath(QStringLiteral("cut2.db")).toStdString()});
        QCOMPARE(report.members.front().problem, std::string("the SQLite file ends inside its header"));
        QCOMPARE(report.documents, uint64_t{0});
        std::stop_source stop;
        stop.request_stop();
        auto result = ingest::Importer().import({folder_.filePath(QStringLiteral("cut.db")).toStdString()}, options_, sink_, {}, stop.get_token());
        QVERIFY(!result.ok() && result.error().code == ErrorCode::kCancelled);
    }

private:
    std::string make(const char* name, const std::string& sql) {
        const QString path = folder_.filePath(QString::fromUtf8(name));
        SqliteFile db(path);
        return db.run(sql) ? path.toStdString() : std::string();
    }
    static std::string bytesOf(const std::string& path) {
        QFile file(QString::fromStdString(path));
        return file.open(QIODevice::ReadOnly) ? file.readAll().toStdString() : std::string();
    }
    void writeFile(const char* name, const std::string& bytes) {
        QFile file(folder_.filePath(QString::fromUtf8(name)));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(QByteArray::fromStdString(bytes));
    }
    ingest::ImportReport import(const std::vector<std::string>& paths) {
        auto report = ingest::Importer().import(paths, options_, sink_, {}, {});
        if (!report.ok())
            qWarning("%s", report.error().message.c_str());
        return report.ok() && !report->members.empty() ? *report : ingest::ImportReport{{ingest::MemberReport{}}};
    }

    QTemporaryDir folder_;
    RecordingSink sink_;
    ingest::ImportOptions options_;
};

QTEST_GUILESS_MAIN(DatabaseTest)
#include "database_test.moc"
