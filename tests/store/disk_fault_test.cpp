// Full disks, failing syncs and lost power: an error that says so, nothing half there, and the work goes on once there is room again.
#include <filesystem>

#include "qt_test.h"
#include "sqlite/database.h"
#include "store/test_batches.h"
#include "support/fault_vfs.h"

using namespace nj;
using namespace nj::test;
using namespace nj::store;

namespace {

Batch rowsOf(uint64_t first, uint64_t count) {
    Batch batch;
    for (uint64_t i = first; i < first + count; ++i) {
        SpanSpec s;
        s.trace = traceId(1, i / 10);
        s.span = spanId(i + 1);
        s.start = kT0 + static_cast<TimeNs>(i) * kMillisecond;
        s.end = s.start + 5 * kMillisecond;
        s.attributes = {{"id", AttributeValue::ofString("value " + std::to_string(i * 7919))}};
        addSpan(batch, s);
        LogSpec l;
        l.time = s.start;
        l.original = "request " + std::to_string(i * 31);
        addLog(batch, l);
    }
    addSample(batch, addSeries(batch, "up", {}), kT0 + static_cast<TimeNs>(first) * kSecond, 1);
    return batch;
}

// Import of a file in three batches; an error ends it and takes it back, as ingest does.
Status importRows(CapsuleWriter& writer, uint64_t first, uint64_t rows) {
    NJ_ASSIGN(const ImportId id, writer.beginImport({"file", "test", kT0, "", 0}));
    Status status;
    for (uint64_t part = 0; part < 3 && status.ok(); ++part)
        status = writer.add(id, rowsOf(first + part * rows / 3, rows / 3));
    if (status.ok()) {
        const auto outcome = writer.endImport(id, endOf(std::to_string(first)));
        status = outcome.ok() ? Status() : Status(outcome.error());
    }
    if (!status.ok())
        (void)writer.removeImport(id);
    return status;
}

void expectRows(const std::string& path, uint64_t rows) {
    const auto reader = need(CapsuleReader::open(path));
    const auto totals = need(reader->totals());
    QCOMPARE(totals.spans, rows);
    QCOMPARE(totals.logs, rows);
    QCOMPARE(need(reader->database().queryText("PRAGMA integrity_check")), std::string("ok"));
}

}  // namespace

class DiskFaultTest : public QObject {
    Q_OBJECT
private slots:
    void diskFullDuringImport_data() {
        QTest::addColumn<int64_t>("room");
        for (const int64_t kib : {0, 20, 100, 400, 700})
            QTest::addRow("%lld KiB", static_cast<long long>(kib)) << kib * 1024;
    }
    void diskFullDuringImport() {
        QFETCH(int64_t, room);
        constexpr uint64_t kFirst = 300, kMore = 24'000;
        const TestCapsule capsule;
        FaultVfs disk;
        {
            const auto writer = capsule.writer();
            need(importRows(*writer, 0, kFirst));
            need(writer->close());
        }
        disk.room = room;
        {
            auto writer = CapsuleWriter::open(capsule.path());
            Status status = writer.ok() ? importRows(**writer, kFirst, kMore) : Status(writer.error());
            QVERIFY(!status.ok());
            QCOMPARE(status.error().code, ErrorCode::kDiskFull);
        }
        disk.room = INT64_MAX;
        // Where even taking it back found no room, the rows are those of an import that says it is not finished …
        for (const ImportRow& row : need(capsule.reader()->imports()))
            QVERIFY(row.state == (row.id == 1 ? "done" : "running"));
        // … and the next to open for writing drops them.
        need(capsule.writer()->close());
        expectRows(capsule.path(), kFirst);
        {
            const auto writer = capsule.writer();
            need(importRows(*writer, kFirst, kMore));
            need(writer->close());
        }
        expectRows(capsule.path(), kFirst + kMore);
    }
    void diskFullDuringLiveCommits() {
        const TestCapsule capsule;
        FaultVfs disk;
        uint64_t refused = 0;
        {
            const auto writer = capsule.writer();
            const auto source = need(writer->beginImport({"otlp http", "otlp", kT0, "", 0}));
            for (uint64_t i = 0; i < 60; ++i) {
                // Every sixth finds the disk full, at another place of its transaction each time.
                disk.room = i % 6 == 5 ? static_cast<int64_t>(i) * 1000 : INT64_MAX;
                auto stored = writer->commitLive(source, rowsOf(i * 3, 3), hash128(std::to_string(i)));
                if (!stored.ok()) {
                    ++refused;
                    QCOMPARE(stored.error().code, ErrorCode::kDiskFull);
                    QVERIFY(!writer->seal().ok());
                    disk.room = INT64_MAX;
                    stored = writer->commitLive(source, rowsOf(i * 3, 3), hash128(std::to_string(i)));
                }
                QVERIFY(stored.ok());
                QVERIFY(*stored);
                if (i % 20 == 10)
                    need(writer->seal());
            }
            disk.room = INT64_MAX;
            need(writer->close());
        }
        QVERIFY(refused > 0);
        expectRows(capsule.path(), 180);
        const auto reader = capsule.reader();
        QCOMPARE(need(reader->totals()).samples, uint64_t(60));
        QCOMPARE(need(reader->snapshot())->segments(Signal::kLog).size(), size_t(1));
    }
    // A group is there as a whole or not at all; of two sources, with their cursors.
    void diskFullDuringGroups() {
        constexpr uint64_t kGroups = 40, kEach = 5;
        const TestCapsule capsule;
        FaultVfs disk;
        uint64_t refused = 0;
        {
            const auto writer = capsule.writer();
            const ImportId sources[] = {need(writer->beginImport({"otlp http", "otlp", kT0, "", 0})), need(writer->beginImport({"otlp grpc", "otlp", kT0, "", 0}))};
            need(writer->commitLive(sources[0], {}, hash128("a")));
            need(writer->commitLive(sources[1], {}, hash128("b")));
            for (uint64_t group = 0; group < kGroups; ++group) {
                const auto attempt = [&] {
                    for (uint64_t i = group * kEach; i < (group + 1) * kEach; ++i)
                        (void)writer->takeLive(sources[i % 2], rowsOf(i * 3, 3), hash128(std::to_string(i)), {"source " + std::to_string(i % 2), std::to_string(i)});
                    return writer->commitTaken();
                };
                disk.room = group % 3 == 2 ? static_cast<int64_t>(group) * 2000 : INT64_MAX;
                Status stored = attempt();
                if (!stored.ok()) {
                    ++refused;
                    QCOMPARE(stored.error().code, ErrorCode::kDiskFull);
                    QCOMPARE(need(capsule.reader()->totals()).spans, group * kEach * 3);
                    disk.room = INT64_MAX;
                    stored = attempt();
                }
                need(stored);
                if (group % 16 == 10)
                    need(writer->seal());
                QCOMPARE(need(writer->cursors()).at("source " + std::to_string(((group + 1) * kEach - 1) % 2)), std::to_string((group + 1) * kEach - 1));
            }
            need(writer->close());
        }
        QVERIFY(refused > 0);
        expectRows(capsule.path(), kGroups * kEach * 3);
        const auto reader = capsule.reader();
        QCOMPARE(need(reader->totals()).samples, kGroups * kEach);
        QCOMPARE(need(reader->snapshot())->segments(Signal::kLog).size(), size_t(2));
    }
    // One sync for a group: what a slow disk costs is paid once.
    void aGroupSyncsOnce() {
        const TestCapsule capsule;
        FaultVfs disk;
        const auto writer = capsule.writer();
        const auto source = need(writer->beginImport({"otlp http", "otlp", kT0, "", 0}));
        QVERIFY(need(writer->commitLive(source, rowsOf(0, 3), hash128("0"))));
        const uint64_t before = disk.syncs;
        QVERIFY(need(writer->commitLive(source, rowsOf(3, 3), hash128("1"))));
        const uint64_t one = disk.syncs - before;
        QVERIFY(one > 0);
        for (uint64_t i = 2; i < 50; ++i)
            QVERIFY(need(writer->takeLive(source, rowsOf(i * 3, 3), hash128(std::to_string(i)), {})));
        QCOMPARE(disk.syncs.load(), before + one);
        need(writer->commitTaken());
        QCOMPARE(disk.syncs.load(), before + 2 * one);
        need(writer->close());
        expectRows(capsule.path(), 150);
    }
    void failedSyncIsNotAcknowledged() {
        const TestCapsule capsule;
        FaultVfs disk;
        const auto writer = capsule.writer();
        const auto source = need(writer->beginImport({"otlp http", "otlp", kT0, "", 0}));
        QVERIFY(need(writer->commitLive(source, rowsOf(0, 3), hash128("0"))));
        disk.failSyncs = true;
        const auto failed = writer->commitLive(source, rowsOf(3, 3), hash128("1"));
        QVERIFY(!failed.ok());
        QCOMPARE(failed.error().code, ErrorCode::kIo);
        disk.failSyncs = false;
        QVERIFY(need(writer->commitLive(source, rowsOf(3, 3), hash128("1"))));
        need(writer->close());
        expectRows(capsule.path(), 6);
    }
    void whatWasAcknowledgedSurvivesALossOfPower() {
        const TestCapsule capsule;
        FaultVfs disk;
        disk.keepSynced();
        const auto writer = capsule.writer();
        const auto check = [&](uint64_t rows, const std::string& name) {
            const std::string copy = capsule.path() + "." + name + ".nightjar";
            disk.losePower(capsule.path(), copy);
            need(need(CapsuleWriter::open(copy))->close());
            expectRows(copy, rows);
        };
        need(importRows(*writer, 1000, 300));
        check(300, "import");
        const auto source = need(writer->beginImport({"otlp http", "otlp", kT0, "", 0}));
        for (uint64_t i = 0; i < 30; ++i) {
            QVERIFY(need(writer->commitLive(source, rowsOf(i * 3, 3), hash128(std::to_string(i)))));
            if (i % 7 == 0)
                check(300 + (i + 1) * 3, "commit" + std::to_string(i));
            if (i == 12 || i == 20) {
                need(writer->seal());
                check(300 + (i + 1) * 3, "seal" + std::to_string(i));
            }
        }
        need(writer->close());
        check(390, "close");
    }
};

QTEST_APPLESS_MAIN(DiskFaultTest)
#include "disk_fault_test.moc"
