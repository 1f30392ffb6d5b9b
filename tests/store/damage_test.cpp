// Files that are no capsule, newer ones, damaged ones: a clear message, no crash, and the bytes stay as they are.
#include <filesystem>
#include <random>

#include "qt_test.h"
#include "sqlite/database.h"
#include "store/test_batches.h"

using namespace nj;
using namespace nj::test;
using namespace nj::store;

namespace {

QByteArray bytesOf(const std::string& path) {
    QFile file(QString::fromStdString(path));
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}
void putBytes(const std::string& path, const QByteArray& bytes) {
    QFile file(QString::fromStdString(path));
    if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size())
        qFatal("cannot write %s", path.c_str());
}

Batch everything() {
    Batch batch;
    for (uint64_t i = 0; i < 2500; ++i) {
        SpanSpec s;
        s.trace = traceId(1, i / 10);
        s.span = spanId(i + 1);
        s.parent = spanId(i / 2);
        s.start = kT0 + static_cast<TimeNs>(i % 700) * kMillisecond;
        s.end = s.start + static_cast<TimeNs>(i) * 1000;
        s.name = "op" + std::to_string(i % 11);
        s.statusMessage = i % 9 == 0 ? "broken pipe" : "";
        s.attributes = {{"route", AttributeValue::ofString("/" + std::to_string(i % 5))}, {"n", AttributeValue::ofInt(static_cast<int64_t>(i))}};
        if (i == 7)
            s.attributes.push_back({"rare", AttributeValue::ofDouble(1.5)});
        addSpan(batch, s);
        LogSpec l;
        l.time = s.start;
        l.original = "INFO request " + std::to_string(i) + " done";
        l.bodyOffset = 5;
        l.bodyLength = static_cast<uint32_t>(l.original.size() - 5);
        addLog(batch, l);
    }
    const uint32_t series = addSeries(batch, "up", {{"job", AttributeValue::ofString("x")}});
    for (int i = 0; i < 500; ++i)
        addSample(batch, series, kT0 + i * kSecond, i * 0.5);
    return batch;
}

// Reads all that a window would; errors are fine, crashes are not.
void readAll(CapsuleReader& reader) {
    const auto snapshot = reader.snapshot();
    if (!snapshot.ok())
        return;
    for (const Signal signal : {Signal::kSpan, Signal::kLog}) {
        for (const auto& info : (*snapshot)->segments(signal)) {
            const auto view = reader.view(**snapshot, info->id);
            if (!view.ok())
                continue;
            const SegmentView& v = **view;
            (void)v.start();
            (void)v.durationBin();
            (void)v.exactEnd();
            (void)v.service();
            (void)v.resource();
            (void)v.name();
            (void)v.kind();
            (void)v.severity();
            (void)v.traceIds();
            (void)v.parentIds();
            (void)v.scopes();
            (void)v.dropped();
            (void)v.mayContainToken("request");
            (void)v.mayContainTrace(traceId(1, 1));
            (void)v.rowOf(info->seqBase);
            for (const auto& attribute : info->attributes)
                (void)v.attribute(attribute.key, attribute.type);
            for (const uint32_t row : {0U, info->rows / 2, info->rows - 1}) {
                (void)v.attributes(row);
                (void)v.text(TextColumn::kBody, row);
                (void)v.text(TextColumn::kStatusMessage, row);
            }
            (void)v.scanText(TextColumn::kBody, 0, info->rows, [](uint32_t, std::string_view) { return true; });
        }
    }
    for (const SeriesRow& series : (*snapshot)->series())
        (void)reader.samples(**snapshot, series.id, {kT0, kT0 + kHour}, [](const SamplePoint&) { return true; });
    (void)reader.imports();
    (void)reader.totals();
}

}  // namespace

class DamageTest : public QObject {
    Q_OBJECT
private slots:
    // A journal beside a stranger's capsule may name any file, which SQLite would delete.
    void aJournalThatNamesAnotherFileIsRefused() {
        const TestCapsule capsule;
        capsule.import(everything());
        const std::string precious = capsule.path() + ".precious";
        putBytes(precious, "do not delete me");
        const QByteArray magic = QByteArray::fromHex("d9d505f920a163d7"), name = QByteArray::fromStdString(precious);
        quint32 sum = 0;
        for (const char c : name)
            sum += static_cast<quint32>(static_cast<signed char>(c));
        const auto big = [](quint32 v) { return QByteArray{} + char(v >> 24) + char(v >> 16) + char(v >> 8) + char(v); };
        QByteArray journal = magic + big(0) + big(1) + big(2) + big(512) + big(16384);
        journal.append(QByteArray(512 - journal.size(), '\0'));
        journal += big(1 + 0x40000000 / 16384) + name + big(static_cast<quint32>(name.size())) + big(sum) + magic;
        putBytes(capsule.path() + "-journal", journal);
        const auto writer = CapsuleWriter::open(capsule.path());
        QVERIFY(!writer.ok());
        QVERIFY2(writer.error().message.find("names another file") != std::string::npos, writer.error().message.c_str());
        (void)CapsuleReader::open(capsule.path());   // it may read or refuse, and deletes nothing
        QCOMPARE(bytesOf(precious), QByteArray("do not delete me"));
        QCOMPARE(bytesOf(capsule.path() + "-journal"), journal);
        std::filesystem::remove(capsule.path() + "-journal");
        QVERIFY(CapsuleWriter::open(capsule.path()).ok());
    }
    void container() {
        const TestCapsule capsule;
        capsule.import(everything());
        const auto reader = capsule.reader();
        auto& db = reader->database();
        QCOMPARE(need(db.queryInteger("PRAGMA page_size")), int64_t(16384));
        QCOMPARE(need(db.queryInteger("PRAGMA application_id")), int64_t(0x4e4a4152));
        QCOMPARE(need(db.queryInteger("PRAGMA user_version")), int64_t(1));
        QCOMPARE(need(db.queryText("PRAGMA journal_mode")), std::string("delete"));
        QCOMPARE(need(db.queryInteger("SELECT count(*) FROM sqlite_schema WHERE name NOT LIKE 'nj\\_%' ESCAPE '\\' OR type NOT IN ('table', 'index') OR rootpage = 0")), int64_t(0));
        QVERIFY(need(db.queryInteger("SELECT max(length(data)) FROM nj_column")) <= int64_t(64) << 20);
        QVERIFY(!std::filesystem::exists(capsule.path() + "-wal"));
        QVERIFY(!std::filesystem::exists(capsule.path() + "-lock"));
    }
    void refused_data() {
        QTest::addColumn<QByteArray>("bytes");
        QTest::newRow("text") << QByteArray("hello\n").repeated(5000);
        QTest::newRow("magic only") << QByteArray("SQLite format 3\0", 16);
        QTest::newRow("zeros") << QByteArray(100'000, '\0');
    }
    void refused() {
        QFETCH(QByteArray, bytes);
        const TestCapsule capsule;
        putBytes(capsule.path(), bytes);
        const auto reader = CapsuleReader::open(capsule.path());
        QVERIFY(!reader.ok());
        QVERIFY(reader.error().code == ErrorCode::kNotACapsule || reader.error().code == ErrorCode::kMalformed);
        QVERIFY(!CapsuleWriter::open(capsule.path()).ok());
        QCOMPARE(bytesOf(capsule.path()), bytes);
    }
    void anotherDatabaseIsNotACapsule() {
        const TestCapsule capsule;
        need(need(sqlite::Database::open(capsule.path(), sqlite::OpenMode::kCreate)).execute("CREATE TABLE t(x)"));
        const QByteArray before = bytesOf(capsule.path());
        QCOMPARE(CapsuleReader::open(capsule.path()).error().code, ErrorCode::kNotACapsule);
        QCOMPARE(CapsuleWriter::open(capsule.path()).error().code, ErrorCode::kNotACapsule);
        QCOMPARE(bytesOf(capsule.path()), before);
    }
    void newerVersionAndForeignTables() {
        const TestCapsule capsule;
        capsule.import(everything());
        need(need(sqlite::Database::open(capsule.path(), sqlite::OpenMode::kReadWrite)).execute("PRAGMA user_version = 9"));
        QCOMPARE(CapsuleReader::open(capsule.path()).error().code, ErrorCode::kNewerVersion);
        QCOMPARE(CapsuleWriter::open(capsule.path()).error().code, ErrorCode::kNewerVersion);
        need(need(sqlite::Database::open(capsule.path(), sqlite::OpenMode::kReadWrite)).execute("PRAGMA user_version = 1; CREATE VIEW v AS SELECT 1"));
        QCOMPARE(CapsuleReader::open(capsule.path()).error().code, ErrorCode::kMalformed);
    }
    void truncated() {
        const TestCapsule capsule;
        capsule.import(everything());
        const QByteArray whole = bytesOf(capsule.path());
        constexpr qsizetype kPage = 16384;
        std::vector<qsizetype> sizes{1, 15, 16, 99, 100, 101, 1023, 4096, kPage - 1, whole.size() - 1};
        for (qsizetype page = 1; page * kPage < whole.size(); page += 1 + page / 4)
            for (const qsizetype off : {-1, 0, 1, 5000})
                sizes.push_back(std::min(page * kPage + off, whole.size() - 1));
        for (const qsizetype size : sizes) {
            const QByteArray cut = whole.left(size);
            putBytes(capsule.path(), cut);
            const auto reader = CapsuleReader::open(capsule.path());
            QVERIFY(!reader.ok());
            const QString message = QString::fromStdString(reader.error().message);
            QVERIFY2(message.contains(QStringLiteral("damaged")) || message.contains(QStringLiteral("not a Nightjar capsule")), qPrintable(message));
            QVERIFY(!CapsuleWriter::open(capsule.path()).ok());
            QCOMPARE(bytesOf(capsule.path()), cut);
        }
    }
    void flippedBits() {
        const TestCapsule capsule;
        capsule.import(everything());
        const QByteArray whole = bytesOf(capsule.path());
        std::mt19937_64 random(1);
        for (int round = 0; round < 300; ++round) {
            QByteArray bytes = whole;
            for (int flips = round % 3 == 0 ? 1 : 8; flips > 0; --flips) {
                const auto at = static_cast<qsizetype>(random() % static_cast<uint64_t>(bytes.size()));
                bytes[at] = static_cast<char>(bytes[at] ^ (1 << (random() % 8)));
            }
            putBytes(capsule.path(), bytes);
            if (const auto reader = CapsuleReader::open(capsule.path()); reader.ok())
                readAll(**reader);
            QCOMPARE(bytesOf(capsule.path()), bytes);
        }
    }
    void readingNeverChangesTheFile() {
        const TestCapsule capsule;
        capsule.import(everything());
        const QByteArray before = bytesOf(capsule.path());
        {
            const auto reader = capsule.reader();
            readAll(*reader);
            QVERIFY(!reader->database().execute("INSERT INTO nj_setting VALUES('a', 'b')").ok());
        }
        QCOMPARE(bytesOf(capsule.path()), before);
        QCOMPARE(QDir(QString::fromStdString(std::filesystem::path(capsule.path()).parent_path().string())).entryList(QDir::Files).size(), 1);
    }
    void missingFile() { QCOMPARE(CapsuleReader::open("/nonexistent/x.nightjar").error().code, ErrorCode::kNotFound); }
};

QTEST_APPLESS_MAIN(DamageTest)
#include "damage_test.moc"
