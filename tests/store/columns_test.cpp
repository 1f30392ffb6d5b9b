// The decisions about columns: hostile times, long texts, the rule for attribute columns, log bodies, filters.
#include <limits>

#include "qt_test.h"
#include "sketch/latency_sketch.h"
#include "sqlite/database.h"
#include "store/segment_columns.h"
#include "store/test_batches.h"

using namespace nj;
using namespace nj::test;
using namespace nj::store;

namespace {

// An imported batch with its first segment of a signal.
struct Opened {
    TestCapsule capsule;
    std::unique_ptr<CapsuleReader> reader;
    std::shared_ptr<const Snapshot> snapshot;
    std::unique_ptr<SegmentView> view;
    Opened(Batch&& batch, Signal signal) {
        capsule.import(std::move(batch));
        reader = capsule.reader();
        snapshot = need(reader->snapshot());
        view = need(reader->view(*snapshot, snapshot->segments(signal).at(0)->id));
    }
    [[nodiscard]] bool hasColumn(size_t number) const {
        return need(reader->database().queryInteger("SELECT count(*) FROM nj_column WHERE id = " + std::to_string(view->info().id << 12 | static_cast<int64_t>(number)))) == 1;
    }
};

}  // namespace

class ColumnsTest : public QObject {
    Q_OBJECT
private slots:
    void times_data() {
        QTest::addColumn<qint64>("start");
        QTest::addColumn<qint64>("end");
        constexpr qint64 least = std::numeric_limits<qint64>::min(), most = std::numeric_limits<qint64>::max();
        QTest::newRow("zero") << qint64(0) << qint64(0);
        QTest::newRow("no start") << qint64(0) << qint64(kT0);
        QTest::newRow("negative") << qint64(-5) << qint64(7);
        QTest::newRow("end before start") << qint64(kT0) << qint64(kT0 - 1);
        QTest::newRow("far future") << most << most;
        QTest::newRow("far past") << least + 1 << most;
        QTest::newRow("long") << qint64(1) << most;
    }
    void times() {
        QFETCH(qint64, start);
        QFETCH(qint64, end);
        Batch batch;
        SpanSpec ordinary;
        addSpan(batch, ordinary);
        SpanSpec s;
        s.span = spanId(2);
        s.start = start;
        s.end = end;
        addSpan(batch, s);
        const TestCapsule capsule;
        capsule.import(std::move(batch));
        const auto reader = capsule.reader();
        const auto snapshot = need(reader->snapshot());
        const auto [view, row] = need(reader->locate(*snapshot, Signal::kSpan, snapshot->segments(Signal::kSpan).size() == 1 ? snapshot->segments(Signal::kSpan)[0]->seqBase + 1
                                                                                                                              : snapshot->segments(Signal::kSpan)[0]->seqBase));
        QCOMPARE(need(view->exactStart())[row], start);
        QCOMPARE(need(view->exactEnd())[row], end);
        const uint16_t bin = need(view->durationBin())[row];
        const bool tooLong = static_cast<uint64_t>(end) - static_cast<uint64_t>(start) > static_cast<uint64_t>(std::numeric_limits<TimeNs>::max());
        if (start == 0 || end < start || tooLong)
            QVERIFY(bin == 0xffff || start < 0);
        else if (bin != 0xffff)
            QVERIFY(sketch::binLower(bin) <= static_cast<double>(end - start) + 1 && static_cast<double>(end - start) <= sketch::binUpper(bin) * 1.0000001 + 1);
        // A row without a time lies in a segment of its own and leaves the others' range alone.
        if (start == 0)
            QCOMPARE(snapshot->segments(Signal::kSpan)[0]->range.from, std::numeric_limits<TimeNs>::min());
        else
            QCOMPARE(snapshot->segments(Signal::kSpan).size(), size_t(1));
    }
    void longTexts() {
        Batch batch;
        std::vector<std::string> texts;
        for (const size_t size : {size_t(0), size_t(1), size_t(300'000), size_t(7'000'000), size_t(9'000'000)}) {
            LogSpec l;
            for (size_t i = 0; i < size; ++i)
                l.body += static_cast<char>('a' + (i * i + i / 7) % 26);
            texts.push_back(l.body);
            addLog(batch, l);
        }
        const Opened opened(std::move(batch), Signal::kLog);
        for (uint32_t row = 0; row < texts.size(); ++row)
            QVERIFY(need(opened.view->text(TextColumn::kBody, row)) == texts[row].substr(0, 8U << 20));
        const auto health = need(opened.reader->health());
        QCOMPARE(health.size(), size_t(1));
        QCOMPARE(health[0].record.reason, std::string("text over 8 MiB cut"));
    }
    void attributeColumnsFromOnePercent() {
        Batch batch;
        for (uint64_t i = 0; i < 1000; ++i) {
            SpanSpec s;
            s.span = spanId(i + 1);
            s.start = kT0 + static_cast<TimeNs>(i);
            if (i < 10)
                s.attributes.push_back({"enough", AttributeValue::ofString("x")});
            if (i < 9)
                s.attributes.push_back({"rare", AttributeValue::ofString("y" + std::to_string(i))});
            if (i == 3)
                s.attributes.push_back({"bytes", AttributeValue::ofBytes(std::string("\0\xff", 2))});
            addSpan(batch, s);
        }
        const Opened opened(std::move(batch), Signal::kSpan);
        const auto& attributes = opened.view->info().attributes;
        QCOMPARE(attributes.size(), size_t(3));
        QCOMPARE(attributes[0].key, std::string("enough"));
        QVERIFY(!attributes[0].residual && attributes[1].residual && attributes[2].residual);
        QCOMPARE(attributes[1].rows, 9U);
        const auto rare = need(opened.view->attribute("rare", ValueType::kString));
        QCOMPARE(rare.size(), size_t(9));
        QCOMPARE(std::string(rare.text(*rare.entry(4))), std::string("y4"));
        QVERIFY(!rare.entry(10).has_value());
        QCOMPARE(need(opened.view->attributes(3)).size(), size_t(3));
        QCOMPARE(need(opened.view->attributes(3))[2].value.text, std::string("\0\xff", 2));
        QVERIFY(opened.hasColumn(256) && !opened.hasColumn(257));
    }
    void atMost256AttributeColumns() {
        Batch batch;
        for (uint64_t i = 0; i < 20; ++i) {
            SpanSpec s;
            s.span = spanId(i + 1);
            for (int k = 0; k < 300; ++k)
                s.attributes.push_back({"k" + std::to_string(k), AttributeValue::ofInt(k)});
            addSpan(batch, s);
        }
        const Opened opened(std::move(batch), Signal::kSpan);
        QVERIFY(opened.hasColumn(511) && !opened.hasColumn(512));
        QCOMPARE(need(opened.view->attributes(7)).size(), size_t(300));
        QCOMPARE(need(opened.view->attribute("k299", ValueType::kInt)).integers.at(19), int64_t(299));
    }
    void intAndStringOfOneKey() {
        Batch batch;
        for (uint64_t i = 0; i < 10; ++i) {
            SpanSpec s;
            s.span = spanId(i + 1);
            s.start = kT0 + static_cast<TimeNs>(i);
            s.attributes.push_back({"code", i % 2 == 0 ? AttributeValue::ofInt(200) : AttributeValue::ofString("200")});
            s.attributes.push_back({"empty", {}});
            s.attributes.push_back({"flag", AttributeValue::ofBool(i % 3 == 0)});
            s.attributes.push_back({"nan", AttributeValue::ofDouble(std::bit_cast<double>(0x7ff8'0000'dead'beefULL))});
            addSpan(batch, s);
        }
        const Opened opened(std::move(batch), Signal::kSpan);
        QCOMPARE(need(opened.view->attribute("code", ValueType::kInt)).size(), size_t(5));
        QCOMPARE(need(opened.view->attribute("code", ValueType::kString)).size(), size_t(5));
        QCOMPARE(need(opened.view->attribute("code", ValueType::kDouble)).size(), size_t(0));
        QCOMPARE(need(opened.view->attribute("empty", ValueType::kEmpty)).size(), size_t(10));
        QCOMPARE(need(opened.view->attribute("flag", ValueType::kBool)).integers.at(3), int64_t(1));
        QCOMPARE(std::bit_cast<uint64_t>(need(opened.view->attribute("nan", ValueType::kDouble)).numbers.at(9)), uint64_t(0x7ff8'0000'dead'beefULL));
    }
    void manyDistinctValuesArePlainText() {
        std::vector<Batch> batches;
        for (uint64_t b = 0; b < 3; ++b) {
            Batch batch;
            for (uint64_t i = b * 8000; i < b * 8000 + 8000; ++i) {
                SpanSpec s;
                s.span = spanId(i + 1);
                s.start = kT0 + static_cast<TimeNs>(i * 7919 % 24'000);
                s.attributes = {{"id", AttributeValue::ofString("request-" + std::to_string(i))}, {"few", AttributeValue::ofString(std::to_string(i % 16'384))}};
                addSpan(batch, s);
            }
            batches.push_back(std::move(batch));
        }
        const TestCapsule capsule;
        capsule.import(std::move(batches));
        const auto reader = capsule.reader();
        const auto snapshot = need(reader->snapshot());
        const auto view = need(reader->view(*snapshot, snapshot->segments(Signal::kSpan)[0]->id));
        const auto ids = need(view->attribute("id", ValueType::kString));
        QVERIFY(!ids.coded);
        QVERIFY(need(view->attribute("few", ValueType::kString)).coded);
        for (uint32_t row = 0; row < 24'000; row += 997) {
            const auto expected = "request-" + std::to_string(need(view->seqOf(row)) - view->info().seqBase);
            QCOMPARE(std::string(ids.text(row)), expected);
            QCOMPARE(findAttribute(need(view->attributes(row)), "id")->text, expected);
        }
    }
    void rangesOfRows() {
        // Three frames of numbers, seventeen of a dictionary; values of some rows only.
        constexpr uint32_t kRows = 20'000;
        const auto expected = [](uint32_t i) {
            AttributeList list{{"code", AttributeValue::ofString("text " + std::to_string(i * 7919 % 16'384))}, {"real", AttributeValue::ofDouble(i / 8.0)}};
            if (i % 3 == 0)
                list.push_back({"third", AttributeValue::ofInt(-int64_t{i} * 1'000'003)});
            if (i % 5 == 0)
                list.push_back({"fifth", AttributeValue::ofString(i % 10 == 0 ? "even" : "odd")});
            if (i % 7 == 0)
                list.push_back({"seventh", AttributeValue::ofBool(i % 14 == 0)});
            return list;
        };
        Batch batch;
        for (uint32_t i = 0; i < kRows; ++i) {
            SpanSpec s;
            s.span = spanId(i + 1);
            s.start = kT0 + static_cast<TimeNs>(i);
            s.attributes = expected(i);
            addSpan(batch, s);
        }
        const Opened opened(std::move(batch), Signal::kSpan);
        for (const auto& [first, count] : std::vector<std::pair<uint32_t, uint32_t>>{{0, 1}, {8191, 2}, {8192, 1}, {8100, 8400}, {16'383, 3617}, {19'999, 1}, {19'999, 9}, {kRows, 5}}) {
            const auto lists = need(opened.view->attributes(first, count));
            QCOMPARE(lists.size(), size_t(std::min(count, kRows - first)));
            for (uint32_t i = 0; i < lists.size(); ++i) {
                const AttributeList wanted = expected(first + i);
                QCOMPARE(lists[i].size(), wanted.size());
                for (const auto& [key, value] : wanted) {
                    const AttributeValue* found = findAttribute(lists[i], key);
                    QVERIFY(found && found->type == value.type && found->text == value.text && found->integer == value.integer && found->number == value.number);
                }
            }
        }
    }
    void logBodiesAndTokens() {
        Batch batch;
        std::vector<LogSpec> specs;
        for (uint32_t i = 0; i < 3000; ++i) {
            LogSpec l;
            l.time = kT0 + i;
            l.observed = i % 2 == 0 ? kT0 + 5 + i : 0;
            l.severity = static_cast<uint8_t>(i % 25);
            l.severityText = i % 25 == 17 ? "ERROR" : "";
            l.line = i + 1;
            l.timeFlags = i % 7 == 0 ? kTimeAssumedZone : 0;
            l.part = i % 100 == 0 ? 2 : 0;
            l.trace = i % 10 == 0 ? traceId(3, i) : TraceId{};
            l.span = i % 10 == 0 ? spanId(i + 1) : SpanId{};
            if (i % 3 == 0) {
                l.body = i == 2700 ? "a Zebrafish_7 swam" : "own body " + std::to_string(i);
                l.bodyType = i % 6 == 0 ? ValueType::kJson : ValueType::kString;
            } else {
                l.original = "2026-03-17 INFO message number " + std::to_string(i) + " end";
                l.bodyOffset = 16;
                l.bodyLength = static_cast<uint32_t>(l.original.size() - 16 - (i % 3 == 1 ? 4 : 0));
            }
            l.attributes = {{"i", AttributeValue::ofInt(i)}};
            specs.push_back(l);
            addLog(batch, l);
        }
        const Opened opened(std::move(batch), Signal::kLog);
        const SegmentView& view = *opened.view;
        const auto bodyOf = [&](uint32_t row) { return specs[row].bodyOffset == kNoIndex ? specs[row].body : specs[row].original.substr(16, specs[row].bodyLength); };
        uint32_t next = 1000;
        need(view.scanText(TextColumn::kBody, 1000, 1500, [&](uint32_t row, std::string_view text) { return row == next && bodyOf(next++) == text; }));
        QCOMPARE(next, 2500U);
        const auto observed = need(view.exactEnd());
        const auto lines = need(view.lines());
        const auto severity = need(view.severity());
        const auto types = need(view.bodyTypes());
        for (uint32_t row = 0; row < specs.size(); row += 37) {
            QCOMPARE(need(view.text(TextColumn::kBody, row)), bodyOf(row));
            QCOMPARE(need(view.text(TextColumn::kOriginal, row)), specs[row].original);
            QCOMPARE(need(view.text(TextColumn::kSeverityText, row)), specs[row].severityText);
            QCOMPARE(observed[row], specs[row].observed);
            QCOMPARE(lines[row], specs[row].line);
            QCOMPARE(severity[row], specs[row].severity);
            QVERIFY(types[row] == specs[row].bodyType);
            QCOMPARE(need(view.parts())[row], specs[row].part);
            QCOMPARE(need(view.timeFlags())[row], specs[row].timeFlags);
            QVERIFY(need(view.traceIds()).at(row) == specs[row].trace);
        }
        QVERIFY(need(view.mayContainToken("zebrafish_7")));
        QVERIFY(need(view.mayContainToken("Zebrafish_7", 2048, 952)));
        QVERIFY(!need(view.mayContainToken("zebrafish_7", 0, 1024)));
        QVERIFY(!need(view.mayContainToken("absent_word_xyz")));
        QVERIFY(need(view.mayContainToken("number")));
        QVERIFY(need(view.mayContainTrace(traceId(3, 20))));
        QVERIFY(!need(view.mayContainTrace(traceId(99, 1))));
    }
    void rowsWithoutAnythingOptional() {
        Batch batch;
        LogSpec l;
        l.time = 0;
        addLog(batch, l);
        const Opened opened(std::move(batch), Signal::kLog);
        QCOMPARE(need(opened.view->exactStart()).at(0), TimeNs(0));
        QCOMPARE(need(opened.view->text(TextColumn::kBody, 0)), std::string());
        QVERIFY(need(opened.view->traceIds()).at(0).empty());
        QVERIFY(need(opened.view->attributes(0)).empty());
        QVERIFY(!opened.view->text(TextColumn::kBody, 1).ok());
    }
    void anEmptyImport() {
        const TestCapsule capsule;
        capsule.import(Batch());
        const auto reader = capsule.reader();
        QVERIFY(need(reader->snapshot())->segments(Signal::kSpan).empty());
        QCOMPARE(need(reader->imports()).at(0).state, std::string("done"));
    }
    void aSegmentEndsAt32MiB() {
        Batch batch;
        for (uint64_t i = 0; i < 50; ++i) {
            LogSpec l;
            l.time = kT0 + static_cast<TimeNs>(i);
            l.body = std::string(1U << 20, static_cast<char>('a' + i % 26));
            addLog(batch, l);
        }
        const Opened opened(std::move(batch), Signal::kLog);
        QCOMPARE(opened.snapshot->segments(Signal::kLog).size(), size_t(2));
        QVERIFY(opened.view->info().rows <= 32);
    }
    void catalogue() {
        Batch batch;
        addSpan(batch, {});
        batch.evaluations.push_back({Signal::kSpan, 0, kT0, "quality", true, 0.5, "good", "because", "resp", traceId(1, 1), spanId(1)});
        batch.evaluations.push_back(batch.evaluations[0]);
        batch.events.push_back({kT0, kT0 + 1, "deploy", "v2", "retriever", 9, kNoIndex});
        batch.documents.push_back({"a/b.yaml", "application/yaml", std::string(5000, 'x'), 5000});
        batch.health.push_back({HealthSeverity::kRejected, "bad line", "???", 10, 2, 1});
        batch.health.push_back({HealthSeverity::kRejected, "bad line", "!!!", 20, 3, 4});
        const TestCapsule capsule;
        QCOMPARE(capsule.import(std::move(batch)).rejected, uint64_t(5));
        {
            const auto writer = capsule.writer();
            need(writer->putEntities({{{EntityKind::kPod, "p1", "p1"}}, {{EntityKind::kPod, "p1", EntityKind::kHost, "h1", "runs_on", "k8s"}}, {{EntityKind::kPod, "p9", "unknown", 3}}}));
            need(writer->mapEntity({EntityKind::kPod, "p1", EntityKind::kHost, "h2", "runs_on", ""}));
            need(writer->putEntities({{}, {{EntityKind::kPod, "p1", EntityKind::kHost, "h3", "runs_on", "k8s"}}, {}}));
            // A text that was mapped is settled, also when a later import meets it again.
            need(writer->mapEntity({EntityKind::kPod, "p8", EntityKind::kPod, "p1", "same_as", ""}));
            need(writer->putEntities({{}, {}, {{EntityKind::kPod, "p8", "unknown", 1}}}));
            need(writer->setSetting("name", "incident"));
            need(writer->close());
        }
        const auto reader = capsule.reader();
        const auto evaluations = need(reader->evaluations());
        QCOMPARE(evaluations.size(), size_t(1));
        QCOMPARE(evaluations[0].originSeq, need(reader->snapshot())->segments(Signal::kSpan)[0]->seqBase);
        QCOMPARE(need(reader->events()).at(0).title, std::string("v2"));
        QCOMPARE(need(reader->documentText(need(reader->documents()).at(0).id)), std::string(5000, 'x'));
        QCOMPARE(need(reader->health()).at(0).record.count, uint64_t(5));
        QCOMPARE(need(reader->setting("name")), std::string("incident"));
        const EntityGraph graph = need(reader->entities());
        QCOMPARE(graph.edges.size(), size_t(2));
        QCOMPARE(graph.edges[0].to, std::string("h2"));
        QCOMPARE(graph.unresolved.size(), size_t(1));
        QCOMPARE(graph.unresolved[0].text, std::string("p9"));
        const auto writer = capsule.writer();
        need(writer->unmapEntity(EntityKind::kPod, "p1"));
        need(writer->unmapEntity(EntityKind::kPod, "p8"));
        QCOMPARE(writer->unmapEntity(EntityKind::kPod, "p8").error().code, ErrorCode::kNotFound);
        need(writer->close());
        const EntityGraph without = need(capsule.reader()->entities());
        QCOMPARE(without.edges.size(), size_t(2));
        QCOMPARE(without.edges[0].to, std::string("h1"));
        QCOMPARE(without.edges[1].to, std::string("h3"));
        QCOMPARE(without.unresolved.size(), size_t(2));
    }
};

QTEST_APPLESS_MAIN(ColumnsTest)
#include "columns_test.moc"
