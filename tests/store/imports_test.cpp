// Imports: undone, redone, interrupted, the same twice; spans delivered twice; rows keep their seq; live commits and their journal.
#include <filesystem>

#include "qt_test.h"
#include "sqlite/database.h"
#include "store/test_batches.h"

using namespace nj;
using namespace nj::test;
using namespace nj::store;

namespace {

Batch spansOf(uint64_t first, uint64_t count) {
    Batch batch;
    for (uint64_t i = first; i < first + count; ++i) {
        SpanSpec s;
        s.trace = traceId(1, i / 10);
        s.span = spanId(i + 1);
        s.start = kT0 + static_cast<TimeNs>(i) * kMillisecond;
        s.end = s.start + 5 * kMillisecond;
        s.attributes = {{"n", AttributeValue::ofInt(static_cast<int64_t>(i))}, {"route", AttributeValue::ofString("/" + std::to_string(i % 5))}};
        addSpan(batch, s);
    }
    return batch;
}

uint64_t spanCount(const TestCapsule& capsule) { return need(capsule.reader()->totals()).spans; }

// As a crash would leave it: the files as they are, beside the writer that still holds them.
void copyUnclosed(const std::string& from, const std::string& to) {
    for (const char* suffix : {"", "-wal"})
        if (std::filesystem::exists(from + suffix))
            std::filesystem::copy_file(from + suffix, to + suffix);
}

}  // namespace

class ImportsTest : public QObject {
    Q_OBJECT
private slots:
    void sameContentTwiceIsKeptOnce() {
        const TestCapsule capsule;
        QVERIFY(capsule.import(spansOf(0, 100), "content").kept);
        const ImportOutcome again = capsule.import(spansOf(0, 100), "content");
        QVERIFY(!again.kept);
        QVERIFY(again.sameAs.has_value());
        QCOMPARE(spanCount(capsule), uint64_t(100));
        QCOMPARE(need(capsule.reader()->imports()).size(), size_t(1));
    }
    void undo() {
        const TestCapsule capsule;
        capsule.import(spansOf(0, 100), "a");
        capsule.import(spansOf(100, 50), "b");
        {
            const auto writer = capsule.writer();
            need(writer->removeImport(1));
            QVERIFY(!writer->removeImport(77).ok());
            need(writer->close());
        }
        QCOMPARE(spanCount(capsule), uint64_t(50));
        const auto reader = capsule.reader();
        QCOMPARE(need(reader->imports()).size(), size_t(1));
        QCOMPARE(need(reader->database().queryInteger("SELECT count(DISTINCT id >> 12) FROM nj_column")), int64_t(1));
    }
    void runningImportIsDroppedAtOpen() {
        const TestCapsule capsule;
        const std::string crashed = capsule.path() + ".crashed.nightjar";
        {
            const auto writer = capsule.writer(0);
            const auto id = need(writer->beginImport({"big.json", "otlp", kT0, "", 0}));
            for (uint64_t i = 0; i < 9; ++i)
                need(writer->add(id, spansOf(i * 8000, 8000)));
            copyUnclosed(capsule.path(), crashed);
        }
        QVERIFY(need(need(CapsuleReader::open(crashed))->totals()).spans > 0);
        need(need(CapsuleWriter::open(crashed))->close());
        const auto reader = need(CapsuleReader::open(crashed));
        QCOMPARE(need(reader->totals()).spans, uint64_t(0));
        QCOMPARE(need(reader->imports())[0].state, std::string("failed"));
    }
    void abandoned() {
        const TestCapsule capsule;
        {
            const auto writer = capsule.writer();
            const auto id = need(writer->beginImport({"x", "y", kT0, "", 0}));
            need(writer->add(id, spansOf(0, 70'000)));
            need(writer->abandonImport(id));
            QVERIFY(!writer->add(id, spansOf(0, 1)).ok());
        }
        QCOMPARE(spanCount(capsule), uint64_t(0));
    }
    void redeliveredSpansAreDroppedAndCounted() {
        const TestCapsule capsule;
        capsule.import(spansOf(0, 70'000), "a");
        Batch again = spansOf(69'000, 2000);
        const ImportOutcome outcome = capsule.import(std::move(again), "b");
        QCOMPARE(outcome.duplicates, uint64_t(1000));
        QCOMPARE(spanCount(capsule), uint64_t(71'000));
    }
    void redeliveredWithinAnImport() {
        const TestCapsule capsule;
        std::vector<Batch> batches;
        batches.push_back(spansOf(0, 500));
        batches.push_back(spansOf(400, 200));
        QCOMPARE(capsule.import(std::move(batches)).duplicates, uint64_t(100));
        QCOMPARE(spanCount(capsule), uint64_t(600));
    }
    void sameIdsOtherContentIsAVariant() {
        const TestCapsule capsule;
        capsule.import(spansOf(0, 10), "a");
        Batch variant = spansOf(0, 10);
        variant.spans.kind[3] = SpanKind::kClient;
        variant.spans.attributes.columns()[0].integers[4] = 999;
        QCOMPARE(capsule.import(std::move(variant), "b").duplicates, uint64_t(8));
        QCOMPARE(spanCount(capsule), uint64_t(12));
    }
    void eventsOfADroppedSpanGoWithIt() {
        const TestCapsule capsule;
        const auto make = [] {
            Batch batch = spansOf(0, 3);
            for (uint32_t span = 0; span < 3; ++span) {
                batch.spanEvents.span.push_back(span);
                batch.spanEvents.time.push_back(kT0 + span);
                batch.spanEvents.name.push_back(batch.strings.intern("e" + std::to_string(span)));
                batch.spanEvents.droppedAttributes.push_back(0);
                batch.spanEvents.attributes.addInt(span, "i", span);
            }
            return batch;
        };
        capsule.import(make(), "a");
        Batch second = make();
        second.spans.end[1] += 1;
        capsule.import(std::move(second), "b");
        const auto reader = capsule.reader();
        const auto snapshot = need(reader->snapshot());
        QCOMPARE(need(reader->totals()).spanEvents, uint64_t(4));
        const auto view = need(reader->view(*snapshot, snapshot->segments(Signal::kSpanEvent)[1]->id));
        QCOMPARE(std::string(snapshot->text(need(view->name()).id(0))), std::string("e1"));
        const auto owner = need(reader->locate(*snapshot, Signal::kSpan, need(view->ownerSeq())[0]));
        QCOMPARE(need(owner.first->exactEnd())[owner.second], kT0 + kMillisecond + 5 * kMillisecond + 1);
    }
    void seqIsNeverReused() {
        const TestCapsule capsule;
        capsule.import(spansOf(0, 100), "a");
        int64_t last = 0;
        {
            const auto reader = capsule.reader();
            last = need(reader->snapshot())->segments(Signal::kSpan)[0]->seqBase + 99;
        }
        need(capsule.writer()->removeImport(1));
        capsule.import(spansOf(0, 100), "a");
        QVERIFY(need(capsule.reader()->snapshot())->segments(Signal::kSpan)[0]->seqBase > last);
    }
    void aSegmentEndsAt65536Rows() {
        const TestCapsule capsule;
        std::vector<Batch> batches;
        for (uint64_t i = 0; i < 10; ++i)
            batches.push_back(spansOf(i * 8000, 8000));
        capsule.import(std::move(batches));
        const auto reader = capsule.reader();
        const auto snapshot = need(reader->snapshot());
        QCOMPARE(snapshot->segments(Signal::kSpan).size(), size_t(2));
        QCOMPARE(snapshot->segments(Signal::kSpan)[0]->rows, 65'536U);
        QCOMPARE(snapshot->segments(Signal::kSpan)[1]->seqBase, snapshot->segments(Signal::kSpan)[0]->seqBase + 65'536);
    }
    void aSnapshotKeepsItsSegments() {
        const TestCapsule capsule;
        capsule.import(spansOf(0, 100), "a");
        const auto reader = capsule.reader();
        auto snapshot = need(reader->snapshot());
        const int64_t segment = snapshot->segments(Signal::kSpan)[0]->id;
        const auto writer = capsule.writer();
        need(writer->removeImport(1));
        QCOMPARE(need(need(reader->view(*snapshot, segment))->exactStart()).size(), size_t(100));
        QVERIFY(need(reader->snapshot())->segments(Signal::kSpan).empty());
        QVERIFY(snapshot->commitSeq() < need(reader->snapshot())->commitSeq());
    }
    void oneWriter() {
        const TestCapsule capsule;
        const auto writer = capsule.writer();
        const auto second = CapsuleWriter::open(capsule.path());
        QVERIFY(!second.ok());
        QCOMPARE(second.error().code, ErrorCode::kBusy);
        need(writer->close());
    }
    void liveCommitIsSeenRedeliveredOnceAndSealed() {
        const TestCapsule capsule;
        const auto writer = capsule.writer();
        const auto reader = capsule.reader();
        const auto source = need(writer->beginImport({"otlp http", "otlp", kT0, "", 0}));
        for (uint64_t i = 0; i < 5; ++i) {
            Batch batch = spansOf(i * 10, 10);
            const uint32_t series = addSeries(batch, "up", {});
            addSample(batch, series, kT0 + static_cast<TimeNs>(i) * kSecond, static_cast<double>(i));
            QVERIFY(need(writer->commitLive(source, std::move(batch), hash128("request " + std::to_string(i)))));
        }
        QVERIFY(!need(writer->commitLive(source, spansOf(500, 10), hash128("request 3"))));
        QCOMPARE(need(reader->totals()).spans, uint64_t(50));
        auto snapshot = need(reader->snapshot());
        QCOMPARE(snapshot->series().size(), size_t(1));
        size_t points = 0;
        const auto count = [&](const SamplePoint&) { return ++points > 0; };
        need(reader->samples(*snapshot, snapshot->series()[0].id, {kT0, kT0 + kHour}, count));
        QCOMPARE(points, size_t(5));
        QCOMPARE(need(reader->database().queryInteger("SELECT count(*) FROM nj_journal")), int64_t(5));
        const auto before = need(reader->locate(*snapshot, Signal::kSpan, 42));
        const SpanId id = need(before.first->spanIds())[before.second];
        need(writer->seal());
        QCOMPARE(need(reader->database().queryInteger("SELECT count(*) FROM nj_journal")), int64_t(0));
        snapshot = need(reader->snapshot());
        QCOMPARE(snapshot->segments(Signal::kSpan).size(), size_t(1));
        QCOMPARE(need(reader->totals()).spans, uint64_t(50));
        QCOMPARE(need(reader->totals()).samples, uint64_t(5));
        const auto after = need(reader->locate(*snapshot, Signal::kSpan, 42));
        QVERIFY(need(after.first->spanIds())[after.second] == id);
    }
    void acknowledgedLiveRowsSurviveACrash() {
        const TestCapsule capsule;
        const std::string crashed = capsule.path() + ".crashed.nightjar";
        const auto writer = capsule.writer();
        const auto source = need(writer->beginImport({"otlp http", "otlp", kT0, "", 0}));
        for (uint64_t i = 0; i < 3; ++i)
            QVERIFY(need(writer->commitLive(source, spansOf(i * 10, 10), hash128(std::to_string(i)))));
        copyUnclosed(capsule.path(), crashed);
        QCOMPARE(need(need(CapsuleReader::open(crashed))->totals()).spans, uint64_t(30));
        {
            const auto again = need(CapsuleWriter::open(crashed));
            const auto next = need(again->beginImport({"otlp http", "otlp", kT0, "", 0}));
            QVERIFY(!need(again->commitLive(next, spansOf(0, 10), hash128("1"))));
            need(again->close());
        }
        const auto reader = need(CapsuleReader::open(crashed));
        QCOMPARE(need(reader->totals()).spans, uint64_t(30));
        QCOMPARE(need(reader->database().queryInteger("SELECT count(*) FROM nj_journal")), int64_t(0));
        QVERIFY(need(reader->locate(*need(reader->snapshot()), Signal::kSpan, 25)).first != nullptr);
    }
};

QTEST_APPLESS_MAIN(ImportsTest)
#include "imports_test.moc"
