// Series, samples and histograms: what goes in comes out, in chunks within their limits.
#include <cmath>
#include <limits>

#include "qt_test.h"
#include "sqlite/database.h"
#include "store/sample_chunk.h"
#include "store/test_batches.h"

using namespace nj;
using namespace nj::test;
using namespace nj::store;

namespace {

std::vector<SamplePoint> samplesOf(CapsuleReader& reader, int64_t series, TimeRange range = {std::numeric_limits<TimeNs>::min(), std::numeric_limits<TimeNs>::max()}) {
    const auto snapshot = need(reader.snapshot());
    std::vector<SamplePoint> out;
    need(reader.samples(*snapshot, series, range, [&](const SamplePoint& p) {
        out.push_back(p);
        return true;
    }));
    // Read as arrays they are the same samples, whatever way these took; what was in the arrays stays.
    SampleArrays arrays{{7}, {0.5}};
    need(reader.sampleArrays(*snapshot, series, range, arrays));
    if (arrays.times.size() != out.size() + 1 || arrays.values.size() != arrays.times.size() || arrays.times[0] != 7)
        qFatal("%zu samples, but %zu in arrays", out.size(), arrays.times.size() - 1);
    for (size_t i = 0; i < out.size(); ++i)
        if (arrays.times[i + 1] != out[i].time || std::bit_cast<uint64_t>(arrays.values[i + 1]) != std::bit_cast<uint64_t>(arrayValue(out[i])))
            qFatal("sample %zu is another one in arrays", i);
    return out;
}

bool same(const SamplePoint& a, const SamplePoint& b) { return a.start == b.start && a.time == b.time && a.valueBits == b.valueBits && a.flags == b.flags; }

}  // namespace

class MetricsTest : public QObject {
    Q_OBJECT
private slots:
    void chunkKeepsEveryBit_data() {
        QTest::addColumn<int>("shape");
        for (int shape = 0; shape < 9; ++shape)
            QTest::addRow("shape %d", shape) << shape;
    }
    void chunkKeepsEveryBit() {
        QFETCH(int, shape);
        std::mt19937_64 random(static_cast<uint64_t>(shape));
        std::vector<SamplePoint> points;
        TimeNs time = kT0;
        for (int i = 0; i < 700; ++i) {
            SamplePoint p;
            time += shape == 1 ? static_cast<TimeNs>(random() % 1'000'000'000) + 1 : 15 * kSecond;
            p.time = time;
            double value = i;
            switch (shape) {
            case 2: value = std::bit_cast<double>(random()); break;                                        // any bits, NaN payloads among them
            case 3: value = i % 100 == 99 ? std::bit_cast<double>(kStaleNanBits) : i * 0.1; break;
            case 4: p.flags = kSampleInteger; p.valueBits = random(); break;
            case 5: value = i % 2 == 0 ? -0.0 : std::numeric_limits<double>::infinity(); break;
            case 6: p.start = kT0; value = i * 1e15; break;
            case 7: p.start = i == 0 ? kT0 : points.back().time; value = i * 0.01; break;
            case 8: p.start = static_cast<TimeNs>(random()); p.flags = static_cast<uint32_t>(i % 3 == 0); p.time = i == 0 ? std::numeric_limits<TimeNs>::min() : time; break;
            default: break;
            }
            if (shape != 4)
                p.valueBits = std::bit_cast<uint64_t>(value);
            points.push_back(p);
        }
        const std::string bytes = encodeSampleChunk(points);
        const auto back = need(decodeSampleChunk(bytes));
        QCOMPARE(back.size(), points.size());
        for (size_t i = 0; i < points.size(); ++i)
            QVERIFY2(same(back[i], points[i]), std::to_string(i).c_str());
        SampleArrays arrays;
        need(decodeSampleArrays(bytes, arrays));
        QCOMPARE(arrays.times.size(), points.size());
        for (size_t i = 0; i < points.size(); ++i) {
            QCOMPARE(arrays.times[i], points[i].time);
            const bool none = (points[i].flags & kSampleNoRecordedValue) != 0;
            QVERIFY2(std::bit_cast<uint64_t>(arrays.values[i]) == (none ? kStaleNanBits : std::bit_cast<uint64_t>(points[i].value())), std::to_string(i).c_str());
        }
        // Every cut of the bytes is an Error or a shorter answer, never a crash.
        for (size_t cut = 0; cut < bytes.size(); cut += 7)
            QCOMPARE(decodeSampleArrays(std::string_view(bytes).substr(0, cut), arrays).ok(), decodeSampleChunk(std::string_view(bytes).substr(0, cut)).ok());
        QCOMPARE(arrays.times.size(), points.size());
    }
    void regularScrapesTakeTwoBytesASample() {
        Batch batch;
        size_t count = 0;
        for (int s = 0; s < 12; ++s) {
            const uint32_t series = addSeries(batch, "m" + std::to_string(s), {{"instance", AttributeValue::ofString("a")}});
            for (int i = 0; i < 5760; ++i, ++count) {
                const double values[] = {static_cast<double>(i * 7 + i * i % 11), std::round(50 + 30 * std::sin(i / 50.0)), 1.0, std::round((60 + 10 * std::sin(i / 90.0)) * 10) / 10};
                addSample(batch, series, kT0 + i * 15 * kSecond, values[s % 4]);
            }
        }
        const TestCapsule capsule;
        capsule.import(std::move(batch));
        const auto reader = capsule.reader();
        const int64_t bytes = need(reader->database().queryInteger("SELECT sum(length(data)) FROM nj_chunk"));
        QVERIFY2(static_cast<double>(bytes) <= 2.0 * static_cast<double>(count), std::to_string(static_cast<double>(bytes) / static_cast<double>(count)).c_str());
        QVERIFY(need(reader->database().queryInteger("SELECT max(count) FROM nj_chunk")) <= 1440);
        QVERIFY(need(reader->database().queryInteger("SELECT max(length(data)) FROM nj_chunk")) <= 3072);
        const auto snapshot = need(reader->snapshot());
        QCOMPARE(snapshot->series().size(), size_t(12));
        QCOMPARE(snapshot->series()[3].samples, uint64_t(5760));
        QCOMPARE(samplesOf(*reader, snapshot->series()[3].id).size(), size_t(5760));
    }
    void oneSamplePerTimeTheLaterDeliveryWins() {
        const TestCapsule capsule;
        Batch first;
        uint32_t series = addSeries(first, "up", {{"job", AttributeValue::ofString("a")}});
        for (int i = 0; i < 100; ++i)
            addSample(first, series, kT0 + i * kSecond, 1);
        addSample(first, series, kT0 + 5 * kSecond, 2);
        capsule.import(std::move(first), "one");
        // The second delivery begins earlier and covers a part.
        Batch second;
        series = addSeries(second, "up", {{"job", AttributeValue::ofString("a")}});
        for (int i = -10; i < 50; ++i)
            addSample(second, series, kT0 + i * kSecond, 3);
        capsule.import(std::move(second), "two");
        const auto reader = capsule.reader();
        const auto snapshot = need(reader->snapshot());
        QCOMPARE(snapshot->series().size(), size_t(1));
        const auto points = samplesOf(*reader, snapshot->series()[0].id);
        QCOMPARE(points.size(), size_t(110));
        for (const auto& point : points)
            QCOMPARE(point.value(), point.time < kT0 + 50 * kSecond ? 3.0 : 1.0);
        QCOMPARE(samplesOf(*reader, snapshot->series()[0].id, {kT0, kT0 + 3 * kSecond}).size(), size_t(3));
    }
    void identity() {
        Batch batch;
        addSeries(batch, "m", {{"a", AttributeValue::ofString("1")}});
        addSeries(batch, "m", {{"a", AttributeValue::ofString("2")}});
        addSeries(batch, "m", {{"a", AttributeValue::ofString("1")}}, SeriesOrigin::kOtlp);
        batch.series.push_back(batch.series[0]);
        batch.series.back().unit = "s";   // metadata of a Prometheus series, no identity
        batch.series.push_back(batch.series[2]);
        batch.series.back().temporality = Temporality::kDelta;
        for (uint32_t s = 0; s < 5; ++s)
            addSample(batch, s, kT0 + s, s);
        const TestCapsule capsule;
        capsule.import(std::move(batch));
        QCOMPARE(need(capsule.reader()->snapshot())->series().size(), size_t(4));
    }
    void histograms() {
        Batch batch;
        const uint32_t series = addSeries(batch, "latency", {}, SeriesOrigin::kOtlp);
        std::vector<HistogramPoint> points;
        for (uint64_t i = 0; i < 400; ++i) {
            HistogramPoint p;
            p.series = series;
            p.start = kT0;
            p.time = kT0 + static_cast<TimeNs>(i) * kSecond;
            p.count = i * 3;
            p.hasSum = i % 2 == 0;
            p.sum = p.hasSum ? static_cast<double>(i) * 0.3 : 0;
            if (i < 200) {
                p.bounds = {0.1, 1, 10};
                p.buckets = {i, i, i, 0};
            } else if (i < 300) {
                p.scale = 3;
                p.zeroCount = i;
                p.zeroThreshold = 1e-9;
                p.positiveOffset = -4;
                p.positive = {i, 1, i * i};
                p.negativeOffset = 2;
                p.negative = {5};
                p.hasMin = p.hasMax = true;
                p.min = -1;
                p.max = 7;
            } else {
                p.bounds = {0.5, 0.99};
                p.values = {1.5, std::numeric_limits<double>::quiet_NaN()};
                p.flags = kSampleNoRecordedValue;
            }
            points.push_back(p);
            batch.histograms.push_back(p);
        }
        const TestCapsule capsule;
        capsule.import(std::move(batch));
        const auto reader = capsule.reader();
        const auto snapshot = need(reader->snapshot());
        size_t at = 0;
        need(reader->histograms(*snapshot, snapshot->series()[0].id, {kT0, kT0 + kHour}, [&](const HistogramPoint& p) {
            const HistogramPoint& e = points[at++];
            const bool equal = p.time == e.time && p.start == e.start && p.flags == e.flags && p.count == e.count && p.hasSum == e.hasSum && p.sum == e.sum &&
                               p.hasMin == e.hasMin && p.min == e.min && p.max == e.max && p.bounds == e.bounds && p.buckets == e.buckets && p.scale == e.scale &&
                               p.zeroCount == e.zeroCount && p.zeroThreshold == e.zeroThreshold && p.positiveOffset == e.positiveOffset && p.positive == e.positive &&
                               p.negativeOffset == e.negativeOffset && p.negative == e.negative && p.values.size() == e.values.size();
            if (!equal)
                qWarning("point %zu differs", at - 1);
            return equal;
        }));
        QCOMPARE(at, points.size());
        QCOMPARE(need(reader->totals()).histograms, uint64_t(400));
    }
    void exemplars() {
        Batch batch;
        const uint32_t series = addSeries(batch, "m", {});
        addSample(batch, series, kT0, 1);
        batch.exemplars.push_back({series, kT0 + 5, 0.25, traceId(1, 2), spanId(3), {{"k", AttributeValue::ofString("v")}}});
        batch.exemplars.push_back({series, kT0 + 1, 0.5, {}, {}, {}});
        const TestCapsule capsule;
        capsule.import(std::move(batch));
        const auto reader = capsule.reader();
        const auto found = need(reader->exemplars(*need(reader->snapshot()), {kT0, kT0 + 10}, {}));
        QCOMPARE(found.size(), size_t(2));
        QCOMPARE(found[0].value, 0.5);
        QVERIFY(found[1].traceId == traceId(1, 2) && found[1].spanId == spanId(3));
        QCOMPARE(found[1].attributes.size(), size_t(1));
    }
};

QTEST_APPLESS_MAIN(MetricsTest)
#include "metrics_test.moc"
