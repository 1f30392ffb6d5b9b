// Files of strangers: what could hang, run code or lie about its tables is left out or ends with a sentence; ordinary rows are read.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <QTemporaryDir>
#include <atomic>
#include <thread>

#include "sqlite/database_snapshot.h"
#include "sqlite/table_scan.h"
#include "sqlite_file.h"

using namespace nj;
using namespace nj::sqlite;
using nj::test::SqliteFile;

namespace {

DatabaseSnapshot::Options options() {
    DatabaseSnapshot::Options o;
    o.patienceMs = 300;
    return o;
}

QByteArray bytesOf(const QString& path) {
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

void write(const QString& path, const QByteArray& bytes) {
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(bytes);
}

// Row counts by reading every row: -1 = an error.
qint64 rows(UntrustedDatabase& db, std::string_view table, std::vector<std::string_view> columns, uint64_t* skipped = nullptr) {
    auto scan = TableScan::open(db, table, columns);
    if (!scan.ok())
        return -1;
    qint64 count = 0;
    while (true) {
        const auto row = scan->next();
        if (!row.ok())
            return -1;
        if (!*row)
            break;
        ++count;
    }
    if (skipped)
        *skipped = scan->takeSkipped();
    return count;
}

}  // namespace

class UntrustedDatabaseTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void ordinaryTables() {
        make(QStringLiteral("ok.db"), "CREATE TABLE \"we\"\"ird\" (a INTEGER, \"b c\" TEXT, rowid TEXT); INSERT INTO \"we\"\"ird\" VALUES (1,'x','r'),(2,NULL,'s');"
                                      "CREATE TABLE flat (k TEXT PRIMARY KEY, v) WITHOUT ROWID; INSERT INTO flat VALUES ('a',1.5),('b',x'00ff');");
        auto snapshot = DatabaseSnapshot::take(path("ok.db"), options());
        QVERIFY(snapshot.ok());
        auto db = UntrustedDatabase::open(snapshot->descriptor(), {});
        QVERIFY2(db.ok(), db.ok() ? "" : db.error().message.c_str());
        QCOMPARE(db->tables().size(), size_t{2});
        QVERIFY(db->damage().empty() && db->checkedWhole());
        const TableShape* shape = db->table("WE\"IRD");
        QVERIFY(shape);
        QCOMPARE(shape->columns[1].name, std::string("b c"));
        QCOMPARE(shape->columns[0].type, std::string("INTEGER"));
        auto scan = TableScan::open(*db, "we\"ird", {"A", "missing", "b c"});
        QVERIFY(scan.ok());
        QVERIFY(*scan->next());
        QCOMPARE(scan->integer(0), int64_t{1});
        QVERIFY(!scan->has(1));
        QCOMPARE(std::string(scan->text(2)), std::string("x"));
        QCOMPARE(scan->rowid(), int64_t{1});
        QCOMPARE(rows(*db, "flat", {"v"}), 2);
        QVERIFY(!TableScan::open(*db, "none", {"a"}).ok());
        // Nothing but SELECTs over the tables.
        for (const char* sql : {"DELETE FROM flat", "PRAGMA journal_mode=DELETE", "ATTACH '/etc/passwd' AS x", "SELECT * FROM sqlite_schema", "SELECT load_extension('x')", "SELECT randomblob(9) FROM flat",
                                "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x+1 FROM c) SELECT count(*) FROM c", "CREATE TEMP TABLE t(a)", "SELECT readfile('/etc/passwd')"})
            QVERIFY2(!db->prepare(sql).ok(), sql);
    }
    void aRecursiveViewIsNoTable() {
        make(QStringLiteral("view.db"), "CREATE TABLE t(a); INSERT INTO t VALUES (1);"
                                        "CREATE VIEW spans(trace_id) AS WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x+1 FROM c) SELECT x FROM c;");
        auto snapshot = DatabaseSnapshot::take(path("view.db"), options());
        auto db = UntrustedDatabase::open(snapshot->descriptor(), {});
        QVERIFY(db.ok());
        QVERIFY(!db->has("spans"));
        QVERIFY(!db->prepare("SELECT count(*) FROM spans").ok());
        QCOMPARE(rows(*db, "t", {"a"}), 1);
    }
    void triggersAndVirtualTables() {
        make(QStringLiteral("virtual.db"), "CREATE TABLE t(a); CREATE TRIGGER tr AFTER INSERT ON t BEGIN DELETE FROM t; END;"
                                           "CREATE VIRTUAL TABLE logs USING fts5(body); INSERT INTO logs VALUES ('hello');");
        auto snapshot = DatabaseSnapshot::take(path("virtual.db"), options());
        auto db = UntrustedDatabase::open(snapshot->descriptor(), {});
        QVERIFY(db.ok());
        QVERIFY(!db->has("logs"));
        QVERIFY(!TableScan::open(*db, "logs", {"body"}).ok());
        QCOMPARE(rows(*db, "t", {"a"}), 0);
    }
    void aHugeRowIsPassedOver() {
        make(QStringLiteral("huge.db"), "CREATE TABLE t(id INTEGER PRIMARY KEY, v); INSERT INTO t VALUES (-5,'a'),(1,zeroblob(3000000)),(2,zeroblob(3000000)),(7,'b'),(9223372036854775807,zeroblob(3000000));");
        auto snapshot = DatabaseSnapshot::take(path("huge.db"), options());
        UntrustedDatabase::Limits limits;
        limits.valueBytes = 1 << 20;
        auto db = UntrustedDatabase::open(snapshot->descriptor(), {}, limits);
        QVERIFY(db.ok());
        uint64_t skipped = 0;
        QCOMPARE(rows(*db, "t", {"v"}, &skipped), 2);
        QCOMPARE(skipped, uint64_t{3});
    }
    void damage() {
        make(QStringLiteral("whole.db"), "CREATE TABLE t(id INTEGER PRIMARY KEY, v TEXT); WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x+1 FROM c WHERE x<2000) INSERT INTO t SELECT x, hex(zeroblob(100)) FROM c;");
        const QByteArray good = bytesOf(file("whole.db"));
        QByteArray bad = good;
        for (int i = 0; i < 4096; ++i)
            bad[bad.size() / 2 / 4096 * 4096 + i] = char(0x5a);
        write(file("page.db"), bad);
        write(file("short.db"), good.left(good.size() / 2));
        for (const char* name : {"page.db", "short.db"}) {
            auto snapshot = DatabaseSnapshot::take(path(name), options());
            QVERIFY(snapshot.ok());
            auto db = UntrustedDatabase::open(snapshot->descriptor(), {});
            QVERIFY2(!db.ok() || !db->damage().empty(), name);
            if (db.ok())
                QVERIFY2(rows(*db, "t", {"v"}) < 2000, name);
        }
        write(file("header.db"), good.left(40));
        write(file("none.db"), "this is a text, and a rather long one so that a header would fit into it: 0123456789 0123456789 0123456789");
        write(file("magic.db"), QByteArray("SQLite format 3\0", 16) + QByteArray(300, char(0xff)));
        for (const auto& [name, code] : {std::pair{"header.db", ErrorCode::kMalformed}, {"none.db", ErrorCode::kNotFound}, {"magic.db", ErrorCode::kMalformed}}) {
            auto snapshot = DatabaseSnapshot::take(path(name), options());
            QVERIFY(snapshot.ok());
            auto db = UntrustedDatabase::open(snapshot->descriptor(), {});
            QVERIFY2(!db.ok() && db.error().code == code, name);
        }
    }
    void aStopEndsIt() {
        std::atomic<bool> stop = false;
        auto snapshot = DatabaseSnapshot::take(path("whole.db"), options());
        auto db = UntrustedDatabase::open(snapshot->descriptor(), [&] { return stop.load(); });
        QVERIFY(db.ok());
        stop = true;
        // The whole table in one step: SQLite asks meanwhile.
        auto count = db->prepare("SELECT count(*), max(length(v)), min(substr(v, 3)) FROM t");
        QVERIFY(count.ok());
        const auto row = count->step();
        QVERIFY(!row.ok() && row.error().code == ErrorCode::kCancelled);
    }
    void aLogBesideItIsTakenIn() {
        SqliteFile writer(file("wal.db"));
        QVERIFY(writer.run("PRAGMA journal_mode=WAL; PRAGMA wal_autocheckpoint=0; CREATE TABLE t(v); INSERT INTO t VALUES (1),(2),(3)"));
        const QByteArray before = bytesOf(file("wal.db"));
        auto snapshot = DatabaseSnapshot::take(path("wal.db"), options());
        QVERIFY2(snapshot.ok(), snapshot.ok() ? "" : snapshot.error().message.c_str());
        QVERIFY(snapshot->copied() && snapshot->recovered());
        QVERIFY(snapshot->leftOut().empty());
        auto db = UntrustedDatabase::open(snapshot->descriptor(), {});
        QVERIFY(db.ok());
        QCOMPARE(rows(*db, "t", {"v"}), 3);
        // The writer goes on, and nothing of it was touched.
        QVERIFY(writer.run("INSERT INTO t VALUES (4)"));
        QCOMPARE(bytesOf(file("wal.db")), before);
        QCOMPARE(rows(*db, "t", {"v"}), 3);
        // A log that is garbage is left out, and said.
        writer.close();
        write(file("wal.db-wal"), QByteArray(5000, 'x'));
        auto again = DatabaseSnapshot::take(path("wal.db"), options());
        QVERIFY(again.ok());
        auto second = UntrustedDatabase::open(again->descriptor(), {});
        QVERIFY(second.ok());
        QCOMPARE(rows(*second, "t", {"v"}), 4);
        QCOMPARE(bytesOf(file("wal.db-wal")), QByteArray(5000, 'x'));
        QFile::remove(file("wal.db-wal"));
    }
    void aReadOnlyFolder() {
        QVERIFY(QDir(folder_.path()).mkdir(QStringLiteral("locked")));
        {
            SqliteFile writer(file("locked/wal.db"));
            QVERIFY(writer.run("PRAGMA journal_mode=WAL; CREATE TABLE t(v); INSERT INTO t VALUES (1)"));
        }
        const QString locked = file("locked");
        QFile::setPermissions(file("locked/wal.db"), QFileDevice::ReadOwner);
        QFile::setPermissions(locked, QFileDevice::ReadOwner | QFileDevice::ExeOwner);
        auto snapshot = DatabaseSnapshot::take(path("locked/wal.db"), options());
        QVERIFY(snapshot.ok());
        auto db = UntrustedDatabase::open(snapshot->descriptor(), {});
        QVERIFY(db.ok());
        QCOMPARE(rows(*db, "t", {"v"}), 1);
        QCOMPARE(QDir(locked).entryList(QDir::Files), QStringList{QStringLiteral("wal.db")});
        QFile::setPermissions(locked, QFileDevice::ReadOwner | QFileDevice::WriteOwner | QFileDevice::ExeOwner);
    }
    // A transaction under way, also one that has written to the file already: what was committed before is read.
    void anUnfinishedTransaction() {
        SqliteFile writer(file("open.db"));
        QVERIFY(writer.run("CREATE TABLE t(v); INSERT INTO t VALUES (1),(2); PRAGMA cache_size=2; BEGIN EXCLUSIVE; DELETE FROM t;"
                           "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x+1 FROM c WHERE x<500) INSERT INTO t SELECT hex(zeroblob(2000)) FROM c"));
        QVERIFY(QFileInfo(file("open.db")).size() > 500'000);   // the cache did spill
        auto snapshot = DatabaseSnapshot::take(path("open.db"), options());
        QVERIFY2(snapshot.ok(), snapshot.ok() ? "" : snapshot.error().message.c_str());
        auto db = UntrustedDatabase::open(snapshot->descriptor(), {});
        QVERIFY(db.ok());
        QVERIFY2(db->damage().empty(), db->damage().c_str());
        QCOMPARE(rows(*db, "t", {"v"}), 2);
        QVERIFY(writer.run("COMMIT"));
    }
    void aLiveWriterGoesOn_data() {
        QTest::addColumn<QByteArray>("mode");
        QTest::newRow("log") << QByteArray("WAL");
        QTest::newRow("journal") << QByteArray("DELETE");
    }
    // Each transaction adds a pair: a state with an odd count was never committed.
    void aLiveWriterGoesOn() {
        QFETCH(QByteArray, mode);
        const QString name = QStringLiteral("live-%1.db").arg(QString::fromLatin1(mode));
        SqliteFile writer(file(name));
        QVERIFY(writer.run("PRAGMA journal_mode=" + mode.toStdString() + "; PRAGMA synchronous=OFF; PRAGMA busy_timeout=10000; CREATE TABLE t(id INTEGER PRIMARY KEY, v); INSERT INTO t(v) VALUES (1),(2)"));
        std::atomic<bool> stop = false;
        std::atomic<int> failed = 0, done = 0;
        std::thread writing([&] {
            while (!stop) {
                failed += writer.run("INSERT INTO t(v) VALUES (hex(zeroblob(1000))),(hex(zeroblob(1000)))") ? 0 : 1;
                ++done;
            }
        });
        bool whole = true;
        for (int i = 0; i < 5 && whole; ++i) {
            auto snapshot = DatabaseSnapshot::take(path(name.toUtf8().constData()), options());
            whole = snapshot.ok() && snapshot->copied();
            if (!whole) {
                qWarning("%s", snapshot.ok() ? "not copied" : snapshot.error().message.c_str());
                break;
            }
            auto db = UntrustedDatabase::open(snapshot->descriptor(), {});
            whole = db.ok() && db->damage().empty();
            const qint64 count = whole ? rows(*db, "t", {"v"}) : 1;
            whole = whole && count % 2 == 0 && count >= 2;
        }
        const int before = done;
        QTRY_VERIFY(done > before + 3);
        stop = true;
        writing.join();
        QVERIFY(whole);
        QCOMPARE(failed.load(), 0);
    }
    // It changes without a pause and is locked all the time: it is waited for a little, and then said.
    void aLockedFileIsSaid() {
        make(QStringLiteral("busy.db"), "CREATE TABLE t(v); INSERT INTO t VALUES (1)");
        SqliteFile holder(file("busy.db"));
        QVERIFY(holder.run("BEGIN EXCLUSIVE"));
        DatabaseSnapshot::Options o = options();
        o.atRestSeconds = 1'000'000'000'000;
        // Asked while the file is copied: as if its writer had been at it meanwhile.
        o.stop = [this, ns = int64_t{0}]() mutable {
            const timespec times[2] = {{1, 0}, {1'773'745'092, ++ns}};
            return ::utimensat(AT_FDCWD, path("busy.db").c_str(), times, 0) != 0;
        };
        const auto snapshot = DatabaseSnapshot::take(path("busy.db"), o);
        QVERIFY(!snapshot.ok());
        QVERIFY(snapshot.error().code == ErrorCode::kBusy);
        QVERIFY2(snapshot.error().message.find("another program is writing to " + path("busy.db")) == 0, snapshot.error().message.c_str());
        QVERIFY(holder.run("COMMIT"));
        // Not locked any more, it is copied under one lock, and its writer goes on.
        const auto copied = DatabaseSnapshot::take(path("busy.db"), o);
        QVERIFY2(copied.ok(), copied.ok() ? "" : copied.error().message.c_str());
        auto db = UntrustedDatabase::open(copied->descriptor(), {});
        QVERIFY(db.ok());
        QCOMPARE(rows(*db, "t", {"v"}), 1);
        QVERIFY(holder.run("INSERT INTO t VALUES (2)"));
    }
    void aJournalOfAnotherFileDeletesNothing() {
        make(QStringLiteral("victim.txt.db"), "CREATE TABLE t(v); INSERT INTO t VALUES (1)");
        const QString precious = file("precious");
        write(precious, "do not delete me");
        // A journal whose end names a super-journal; see "super-journal" in SQLite's file format.
        QByteArray name = precious.toUtf8();
        quint32 sum = 0;
        for (const char c : name)
            sum += static_cast<quint32>(static_cast<signed char>(c));
        const auto big = [](quint32 v) { return QByteArray{} + char(v >> 24) + char(v >> 16) + char(v >> 8) + char(v); };
        const QByteArray magic = QByteArray::fromHex("d9d505f920a163d7");
        QByteArray journal = magic + big(0) + big(1) + big(2) + big(512) + big(4096);
        journal.append(QByteArray(512 - journal.size(), '\0'));
        journal += big(1 + 0x40000000 / 4096) + name + big(static_cast<quint32>(name.size())) + big(sum) + magic;
        write(file("victim.txt.db-journal"), journal);
        auto snapshot = DatabaseSnapshot::take(path("victim.txt.db"), options());
        QVERIFY(snapshot.ok());
        auto db = UntrustedDatabase::open(snapshot->descriptor(), {});
        QVERIFY(db.ok());
        QCOMPARE(rows(*db, "t", {"v"}), 1);
        QVERIFY(QFile::exists(precious));
        QCOMPARE(bytesOf(file("victim.txt.db-journal")), journal);
    }
    void aChangeWhileReadingIsNoticed() {
        make(QStringLiteral("rest.db"), "CREATE TABLE t(v); INSERT INTO t VALUES (1)");
        DatabaseSnapshot::Options o = options();
        o.atRestSeconds = -1;
        auto snapshot = DatabaseSnapshot::take(path("rest.db"), o);
        QVERIFY(snapshot.ok());
        QVERIFY(!snapshot->copied() && snapshot->unchanged());
        QTest::qWait(20);
        QVERIFY(SqliteFile(file("rest.db")).run("INSERT INTO t VALUES (2)"));
        QVERIFY(!snapshot->unchanged());
    }

private:
    QString file(const QString& name) const { return folder_.filePath(name); }
    QString file(const char* name) const { return file(QString::fromUtf8(name)); }
    std::string path(const char* name) const { return file(name).toStdString(); }
    void make(const QString& name, const std::string& sql) {
        SqliteFile db(file(name));
        QVERIFY(db.run(sql));
    }
    QTemporaryDir folder_;
};

QTEST_GUILESS_MAIN(UntrustedDatabaseTest)
#include "untrusted_database_test.moc"
