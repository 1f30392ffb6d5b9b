// Retention: the oldest go, whole, and it is said; what is newer, and whoever reads meanwhile, is not touched; summaries count every row.
#include <cmath>

#include "qt_test.h"
#include "sqlite/database.h"
#include "store/test_batches.h"

using namespace nj;
using namespace nj::test;
using namespace nj::store;

namespace {

constexpr uint64_t kRows = 500;

// Spans, logs and samples of one hour, 7.2 s apart.
Batch hourOf(int hour) {
    Batch batch;
    const uint32_t series = addSeries(batch, "up", {{"instance", AttributeValue::ofString("a")}});
    for (uint64_t i = 0; i < kRows; ++i) {
        const TimeNs at = kT0 + hour * kHour + static_cast<TimeNs>(i) * 7200 * kMillisecond;
        SpanSpec s;
        s.trace = traceId(static_cast<uint64_t>(hour) + 1, i);
        s.span = spanId(i + 1);
        s.start = at;
        s.end = at + 20 * kMillisecond;
        addSpan(batch, s);
        LogSpec log;
        log.time = at;
        log.body = "hello " + std::to_string(i);
        addLog(batch, log);
        addSample(batch, series, at, static_cast<double>(i));
    }
    return batch;
}

std::unique_ptr<CapsuleWriter> writerAt(const TestCapsule& capsule, TimeNs now) {
    WriterOptions options;
    options.now = [now] { return now; };
    return need(CapsuleWriter::open(capsule.path(), options));
}

void fill(const TestCapsule& capsule, int hours) {
    for (int hour = 0; hour < hours; ++hour)
        capsule.import(hourOf(hour), "hour " + std::to_string(hour));
}

}  // namespace

class RetentionTest : public QObject {
    Q_OBJECT
private slots:
    void byAge() {
        const TestCapsule capsule;
        fill(capsule, 6);
        const auto before = capsule.reader();
        const auto pinned = need(before->snapshot());
        auto writer = writerAt(capsule, kT0 + 6 * kHour);
        RetentionPolicy policy;
        policy.age = 2 * kHour + 30 * kMinute;
        const RetentionReport report = need(writer->retain(policy));
        // Hours 0 to 2 ended before; hour 3 has rows that are newer.
        QCOMPARE(report.spans, 3 * kRows);
        QCOMPARE(report.logs, 3 * kRows);
        QCOMPARE(report.points, 3 * kRows);
        QVERIFY(report.range.from == kT0 && report.range.to <= kT0 + 3 * kHour);
        const auto totals = need(capsule.reader()->totals());
        QCOMPARE(totals.spans, 3 * kRows);
        QCOMPARE(totals.logs, 3 * kRows);
        QCOMPARE(totals.samples, 3 * kRows);
        QVERIFY(totals.spanRange.from >= kT0 + 3 * kHour);
        QVERIFY(totals.sampleRange.from >= kT0 + 3 * kHour);
        // It is said, import by import.
        uint64_t said = 0;
        for (const auto& row : need(capsule.reader()->health()))
            if (row.record.reason == "rows dropped by retention") {
                said += row.record.count;
                QVERIFY(row.record.example.starts_with("what was older than 20"));
            }
        QCOMPARE(said, 9 * kRows);
        // Whoever reads the older snapshot still does.
        QCOMPARE(pinned->segments(Signal::kSpan).size(), size_t(6));
        for (const auto& info : pinned->segments(Signal::kSpan))
            QVERIFY(need(need(before->view(*pinned, info->id))->exactStart()).size() == info->rows);
        // Again: nothing left to drop. And what was dropped may be delivered again.
        QVERIFY(!need(writer->retain(policy)).any());
        need(writer->close());
        writer.reset();
        QCOMPARE(capsule.import(hourOf(0), "hour 0 again").spans, kRows);
    }

    void bySize() {
        const TestCapsule capsule;
        fill(capsule, 6);
        const auto writer = writerAt(capsule, kT0 + 6 * kHour);
        const auto used = [&] {
            const auto reader = capsule.reader();
            return static_cast<uint64_t>((need(reader->database().queryInteger("PRAGMA page_count")) - need(reader->database().queryInteger("PRAGMA freelist_count"))) *
                                         need(reader->database().queryInteger("PRAGMA page_size")));
        };
        RetentionPolicy policy;
        policy.bytes = used() - 60'000;
        const RetentionReport report = need(writer->retain(policy));
        QVERIFY(report.any());
        QVERIFY(report.range.from == kT0);
        const auto totals = need(capsule.reader()->totals());
        QVERIFY(totals.spans < 6 * kRows && totals.spans >= kRows);
        QVERIFY(used() <= policy.bytes);
        QVERIFY(totals.spanRange.to > kT0 + 5 * kHour);   // the newest stay
        need(writer->close());
    }

    void summariesCountEveryRow() {
        const TestCapsule capsule;
        fill(capsule, 3);
        const auto writer = writerAt(capsule, kT0 + 10 * kHour);
        RetentionPolicy policy;
        policy.age = kHour;
        policy.summaries = true;
        const RetentionReport report = need(writer->retain(policy));
        QCOMPARE(report.spans, 3 * kRows);
        const auto reader = capsule.reader();
        QCOMPARE(need(reader->totals()).spans, uint64_t(0));
        const auto snapshot = need(reader->snapshot());
        uint64_t spans = 0, logs = 0, minutes = 0;
        for (const SeriesRow& series : snapshot->series()) {
            if (series.name == "traces.span.metrics.duration")
                need(reader->histograms(*snapshot, series.id, {INT64_MIN, INT64_MAX}, [&](const HistogramPoint& point) {
                    spans += point.count;
                    ++minutes;
                    // 20 ms, give or take a bin.
                    return std::abs(point.sum / static_cast<double>(point.count) - 20e6) < 0.2e6;
                }));
            if (series.name == "log.record.count")
                need(reader->samples(*snapshot, series.id, {INT64_MIN, INT64_MAX}, [&](const SamplePoint& point) {
                    logs += point.valueBits;
                    return true;
                }));
        }
        QCOMPARE(spans, 3 * kRows);
        QCOMPARE(logs, 3 * kRows);
        QVERIFY(minutes >= 180);
        // Summaries stay.
        QVERIFY(!need(writer->retain(policy)).any());
        need(writer->close());
    }

    // A source that still writes: its sealed and full segments go, what it is filling stays.
    void besideALiveSource() {
        const TestCapsule capsule;
        TimeNs now = kT0 + 8 * kHour;
        WriterOptions options;
        options.now = [&] { return now; };
        auto writer = need(CapsuleWriter::open(capsule.path(), options));
        const ImportId source = need(writer->beginImport({"otlp http", "otlp", kT0, "", 0}));
        QVERIFY(need(writer->commitLive(source, hourOf(0), hash128("0"))));
        need(writer->seal());
        RetentionPolicy policy;
        policy.age = kHour;
        const RetentionReport report = need(writer->retain(policy));
        QCOMPARE(report.spans, uint64_t(0));
        QCOMPARE(report.points, kRows);
        QVERIFY(need(writer->commitLive(source, hourOf(7), hash128("7"))));
        need(writer->close());
        writer.reset();
        QCOMPARE(need(capsule.reader()->totals()).spans, 2 * kRows);
        const auto again = writerAt(capsule, now);
        QCOMPARE(need(again->retain(policy)).spans, uint64_t(0));   // both hours lie in one segment
        need(again->close());
    }
};

QTEST_GUILESS_MAIN(RetentionTest)
#include "retention_test.moc"
