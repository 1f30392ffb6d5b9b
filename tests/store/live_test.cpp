// Live sources: many small commits become full segments while they come, after a silence and after a crash; a commit that fails leaves
// nothing; every row keeps its seq and all its columns.
#include <filesystem>
#include <map>
#include <set>

#include "qt_test.h"
#include "sqlite/database.h"
#include "store/test_batches.h"

using namespace nj;
using namespace nj::test;
using namespace nj::store;

namespace {

constexpr uint64_t kRowsEach = 3;

// Three spans with events and links, three log records and a point of each kind, different in every column from those of other commits.
Batch commitOf(uint64_t number) {
    Batch batch;
    for (uint64_t i = number * kRowsEach; i < (number + 1) * kRowsEach; ++i) {
        SpanSpec s;
        s.trace = traceId(9, i / 7);
        s.span = spanId(i + 1);
        s.parent = i % 4 == 0 ? SpanId{} : spanId(i % 9 == 0 ? 0xabcdef + i : i);
        s.start = i % 50 == 49 ? 0 : kT0 + static_cast<TimeNs>((i * 7919) % 100'000) * kMillisecond + static_cast<TimeNs>(i);
        s.end = i % 13 == 0 ? s.start - 5 : s.start + static_cast<TimeNs>(i % 1000) * 1001;
        s.name = "op" + std::to_string(i % 17);
        s.service = "service-" + std::to_string(i % 3);
        s.scope = i % 5 == 0 ? "" : "scope" + std::to_string(i % 2);
        s.statusMessage = i % 6 == 0 ? "broken " + std::to_string(i) : "";
        s.traceState = i % 8 == 0 ? "a=b" : "";
        s.kind = static_cast<SpanKind>(i % 6);
        s.status = static_cast<SpanStatus>(i % 3);
        s.flags = static_cast<uint32_t>(i % 2);
        s.droppedEvents = static_cast<uint32_t>(i % 3);
        s.attributes = {{"n", AttributeValue::ofInt(static_cast<int64_t>(i))}, {"route", AttributeValue::ofString("/" + std::to_string(i % 5))}};
        if (i % 2 == 0)
            s.attributes.push_back({"x", AttributeValue::ofDouble(static_cast<double>(i) / 3)});
        if (i % 1000 == 500)
            s.attributes.push_back({"rare", AttributeValue::ofBool(true)});
        const uint32_t row = addSpan(batch, s);
        batch.spanEvents.span.push_back(row);
        batch.spanEvents.time.push_back(s.start + 1);
        batch.spanEvents.name.push_back(batch.strings.intern("event" + std::to_string(i % 4)));
        batch.spanEvents.droppedAttributes.push_back(static_cast<uint32_t>(i % 2));
        batch.spanEvents.attributes.addInt(static_cast<uint32_t>(batch.spanEvents.size() - 1), "e", static_cast<int64_t>(i));
        batch.spanLinks.span.push_back(row);
        batch.spanLinks.traceId.push_back(traceId(8, i));
        batch.spanLinks.spanId.push_back(spanId(i + 77));
        batch.spanLinks.traceState.push_back(kNoIndex);
        batch.spanLinks.flags.push_back(1);
        batch.spanLinks.droppedAttributes.push_back(0);
        LogSpec l;
        l.time = s.start == 0 ? kT0 : s.start;
        l.observed = i % 2 == 0 ? l.time + 17 : 0;
        l.severity = static_cast<uint8_t>(i % 24);
        l.severityText = i % 2 == 0 ? "INFO" : "";
        l.original = i % 3 == 0 ? "" : "INFO request " + std::to_string(i) + " done";
        l.body = i % 3 == 0 ? "body " + std::to_string(i) : "";
        l.bodyOffset = i % 3 == 0 ? kNoIndex : 5;
        l.bodyLength = i % 3 == 0 ? 0 : static_cast<uint32_t>(l.original.size() - 5 - i % 2);
        l.eventName = i % 7 == 0 ? "named" : "";
        l.trace = i % 2 == 0 ? s.trace : TraceId{};
        l.span = i % 2 == 0 ? s.span : SpanId{};
        l.line = i;
        l.attributes = {{"k", AttributeValue::ofString("v" + std::to_string(i))}};
        addLog(batch, l);
    }
    const auto time = kT0 + static_cast<TimeNs>(number) * kSecond;
    const uint32_t series = addSeries(batch, "up", {{"job", AttributeValue::ofString("x")}});
    addSample(batch, series, time, static_cast<double>(number));
    HistogramPoint point;
    point.series = addSeries(batch, "latency", {{"job", AttributeValue::ofString("x")}});
    point.time = time;
    point.count = number;
    point.bounds = {1, 2};
    point.buckets = {number, 0, 0};
    batch.histograms.push_back(point);
    return batch;
}

// Every row of a capsule as text, by signal and seq.
using Rows = std::map<std::pair<int, int64_t>, std::string>;
Rows allRows(CapsuleReader& reader) {
    Rows rows;
    const auto snapshot = need(reader.snapshot());
    for (const Signal signal : {Signal::kSpan, Signal::kSpanEvent, Signal::kSpanLink, Signal::kLog}) {
        for (const auto& info : snapshot->segments(signal)) {
            const auto view = need(reader.view(*snapshot, info->id));
            const bool timed = signal == Signal::kSpan || signal == Signal::kLog;
            const auto starts = need(view->exactStart());
            const auto ends = timed ? need(view->exactEnd()) : starts;
            const auto dropped = need(view->dropped());
            const bool ids = signal != Signal::kSpanEvent, span = signal == Signal::kSpan, log = signal == Signal::kLog, owned = !timed;
            const auto traces = ids ? need(view->traceIds()) : TraceIdColumn();
            const auto spans = ids ? need(view->spanIds()) : std::span<const SpanId>();
            const auto services = timed ? need(view->service()) : CodeColumn(), resources = timed ? need(view->resource()) : CodeColumn();
            const auto names = span ? need(view->name()) : CodeColumn();
            const auto scopes = timed ? need(view->scopes()) : std::vector<uint32_t>();
            const auto flags = timed ? need(view->flags()) : std::vector<uint32_t>();
            const auto parents = span ? need(view->parentIds()) : std::vector<SpanId>();
            const auto kinds = span ? need(view->kind()) : std::span<const uint8_t>(), statuses = span ? need(view->status()) : std::span<const uint8_t>();
            const auto severities = log ? need(view->severity()) : std::span<const uint8_t>();
            const auto lines = log ? need(view->lines()) : std::vector<uint64_t>();
            const auto owners = owned ? need(view->ownerSeq()) : std::vector<int64_t>();
            for (uint32_t row = 0; row < info->rows; ++row) {
                std::string text = std::to_string(starts[row]) + ' ' + std::to_string(ends[row]) + ' ' + std::to_string(dropped[row][0]) + std::to_string(dropped[row][1]);
                const auto add = [&](std::string_view more) { text.append(" ").append(more); };
                if (ids) {
                    add(traces.at(row).hex());
                    add(spans[row].hex());
                }
                if (timed)
                    add(std::string(snapshot->text(services.id(row))) + ' ' + std::to_string(resources.id(row)) + ' ' + std::to_string(scopes[row]) + ' ' + std::to_string(flags[row]));
                if (span) {
                    add(std::string(snapshot->text(names.id(row))) + ' ' + parents[row].hex() + ' ' + std::to_string(kinds[row]) + std::to_string(statuses[row]));
                    add(need(view->text(TextColumn::kStatusMessage, row)));
                    add(need(view->text(TextColumn::kTraceState, row)));
                }
                if (log) {
                    for (const TextColumn column : {TextColumn::kOriginal, TextColumn::kBody, TextColumn::kSeverityText, TextColumn::kEventName})
                        add(need(view->text(column, row)));
                    add(std::to_string(severities[row]) + ' ' + std::to_string(lines[row]));
                }
                if (owned)
                    add(std::to_string(owners[row]));
                std::map<std::string, std::string> attributes;
                for (const auto& [key, value] : need(view->attributes(row)))
                    attributes[key] = value.display();
                for (const auto& [key, value] : attributes)
                    add(key + "=" + value);
                const auto [at, added] = rows.emplace(std::pair(static_cast<int>(signal), need(view->seqOf(row))), text);
                if (!added)
                    qFatal("seq %lld twice", static_cast<long long>(at->first.second));
            }
        }
    }
    return rows;
}

size_t points(CapsuleReader& reader) {
    const auto snapshot = need(reader.snapshot());
    size_t count = 0;
    for (const SeriesRow& series : snapshot->series()) {
        need(reader.samples(*snapshot, series.id, {kT0, kT0 + kDay}, [&](const SamplePoint&) { return ++count > 0; }));
        need(reader.histograms(*snapshot, series.id, {kT0, kT0 + kDay}, [&](const HistogramPoint&) { return ++count > 0; }));
    }
    return count;
}

size_t segments(CapsuleReader& reader) {
    size_t count = 0;
    const auto snapshot = need(reader.snapshot());
    for (int signal = 1; signal < 6; ++signal)
        count += snapshot->segments(static_cast<Signal>(signal)).size();
    return count;
}

int64_t count(CapsuleReader& reader, const char* table) { return need(reader.database().queryInteger("SELECT count(*) FROM " + std::string(table))); }

void copyUnclosed(const std::string& from, const std::string& to) {
    for (const char* suffix : {"", "-wal"})
        if (std::filesystem::exists(from + suffix))
            std::filesystem::copy_file(from + suffix, to + suffix);
}

ImportId begin(CapsuleWriter& writer) { return need(writer.beginImport({"otlp http", "otlp", kT0, "", 0})); }

// Spans with and without a time, events, links, logs: one open segment each.
constexpr size_t kOpenSegments = 5;

}  // namespace

class LiveTest : public QObject {
    Q_OBJECT
private slots:
    void smallCommitsMakeFullSegments() {
        constexpr uint64_t kCommits = 700;
        const TestCapsule capsule;
        const auto reader = [&] { return capsule.reader(); };
        Rows before;
        {
            const auto writer = capsule.writer();
            const ImportId source = begin(*writer);
            for (uint64_t i = 0; i < kCommits; ++i) {
                QVERIFY(need(writer->commitLive(source, commitOf(i), hash128(std::to_string(i)))));
                if (i % 200 == 199) {
                    const auto now = reader();
                    QCOMPARE(need(now->totals()).spans, (i + 1) * kRowsEach);
                    QVERIFY(count(*now, "nj_journal") <= 512);
                }
            }
            before = allRows(*reader());
            QVERIFY(!need(writer->commitLive(source, commitOf(7), hash128("7"))));
            // Other bytes, the same spans: all known, sealed or not.
            Batch again = commitOf(3);
            again.logs = {};
            QVERIFY(need(writer->commitLive(source, std::move(again), hash128("again"))));
            need(writer->close());
        }
        const auto closed = reader();
        QCOMPARE(segments(*closed), kOpenSegments);
        QCOMPARE(count(*closed, "nj_journal"), int64_t(0));
        QCOMPARE(count(*closed, "nj_segment"), int64_t(kOpenSegments));
        QCOMPARE(need(closed->totals()).spans, kCommits * kRowsEach);
        QCOMPARE(points(*closed), size_t(kCommits * 2));
        Rows after = allRows(*closed);
        // The events and links of the spans that came twice went with them.
        QCOMPARE(after.size(), before.size());
        QVERIFY(after == before);
        QCOMPARE(need(closed->imports())[0].state, std::string("done"));
    }
    // A reader that stays open while the journal is emptied and begun anew: what it decoded before must not stand for what came later.
    void aReaderSeesWhatCameAfterASeal() {
        const TestCapsule capsule;
        auto writer = capsule.writer();
        ImportId source = begin(*writer);
        QVERIFY(need(writer->commitLive(source, commitOf(0), hash128("0"))));
        const auto reader = capsule.reader();
        QCOMPARE(need(reader->totals()).spans, kRowsEach);
        need(writer->seal());
        QVERIFY(need(writer->commitLive(source, commitOf(1), hash128("1"))));
        QCOMPARE(need(reader->totals()).spans, 2 * kRowsEach);
        QCOMPARE(allRows(*reader).size(), allRows(*capsule.reader()).size());
        QVERIFY(allRows(*reader) == allRows(*capsule.reader()));
        // Also over another writer.
        need(writer->close());
        writer.reset();
        writer = capsule.writer();
        source = begin(*writer);
        QVERIFY(need(writer->commitLive(source, commitOf(2), hash128("2"))));
        QCOMPARE(need(reader->totals()).spans, 3 * kRowsEach);
        QVERIFY(allRows(*reader) == allRows(*capsule.reader()));
    }
    void aCrashLeavesFullSegmentsToo() {
        constexpr uint64_t kCommits = 400;   // below the number that seals by itself
        const TestCapsule capsule;
        const std::string crashed = capsule.path() + ".crashed.nightjar";
        const auto writer = capsule.writer();
        const ImportId source = begin(*writer);
        for (uint64_t i = 0; i < kCommits; ++i)
            QVERIFY(need(writer->commitLive(source, commitOf(i), hash128(std::to_string(i)))));
        copyUnclosed(capsule.path(), crashed);
        const Rows before = allRows(*need(CapsuleReader::open(crashed)));
        QCOMPARE(before.size(), size_t(kCommits * kRowsEach * 4));
        need(need(CapsuleWriter::open(crashed))->close());
        const auto reader = need(CapsuleReader::open(crashed));
        QCOMPARE(segments(*reader), kOpenSegments);
        QVERIFY(count(*reader, "nj_chunk") <= 8);
        QCOMPARE(points(*reader), size_t(kCommits * 2));
        QVERIFY(allRows(*reader) == before);
    }
    void silenceSealsByAge() {
        const TestCapsule capsule;
        TimeNs now = kT0;
        WriterOptions options;
        options.now = [&now] { return now; };
        const auto writer = need(CapsuleWriter::open(capsule.path(), options));
        const auto reader = capsule.reader();
        const ImportId source = begin(*writer);
        QVERIFY(need(writer->commitLive(source, commitOf(0), hash128("0"))));
        need(writer->sealDue());
        QCOMPARE(count(*reader, "nj_journal"), int64_t(1));
        now += 10 * kMinute + 1;
        need(writer->sealDue());
        QCOMPARE(count(*reader, "nj_journal"), int64_t(0));
        QCOMPARE(need(reader->totals()).spans, kRowsEach);
        QCOMPARE(points(*reader), size_t(2));
        // A redelivery is known for fifteen minutes.
        QVERIFY(!need(writer->commitLive(source, commitOf(0), hash128("0"))));
        now += 10 * kMinute;
        Batch again = commitOf(0);
        QVERIFY(need(writer->commitLive(source, std::move(again), hash128("0"))));
        QCOMPARE(need(reader->totals()).spans, kRowsEach);
    }
    void aSealedOpenSegmentIsReplaced() {
        const TestCapsule capsule;
        const auto writer = capsule.writer();
        const ImportId source = begin(*writer);
        const auto reader = capsule.reader();
        std::shared_ptr<const Snapshot> old;
        Rows rows;
        for (uint64_t i = 0; i < 4; ++i) {
            QVERIFY(need(writer->commitLive(source, commitOf(i), hash128(std::to_string(i)))));
            need(writer->seal());
            if (i == 0) {
                old = need(reader->snapshot());
                rows = allRows(*reader);
            }
            QCOMPARE(need(reader->snapshot())->segments(Signal::kSpan).size(), size_t(1));
            const Rows grown = allRows(*reader);
            for (const auto& [seq, row] : rows)
                QCOMPARE(QString::fromStdString(grown.at(seq)), QString::fromStdString(row));
        }
        // What a snapshot pinned can be read three seals later.
        QCOMPARE(need(need(reader->view(*old, old->segments(Signal::kSpan)[0]->id))->exactStart()).size(), size_t(kRowsEach));
        need(writer->seal());
        QCOMPARE(count(*reader, "nj_journal"), int64_t(0));
    }
    // Many deliveries in one transaction leave what one transaction each leaves, but for the number of journal rows.
    void aGroupIsOneTransaction() {
        constexpr uint64_t kGroups = 12, kEach = 30;
        const TestCapsule grouped, single;
        const auto writer = grouped.writer(), other = single.writer();
        const ImportId source = begin(*writer), alone = begin(*other);
        const auto reader = grouped.reader();
        for (uint64_t group = 0; group < kGroups; ++group) {
            for (uint64_t i = group * kEach; i < (group + 1) * kEach; ++i) {
                QVERIFY(need(writer->takeLive(source, commitOf(i), hash128(std::to_string(i)), {"cursor", std::to_string(i)})));
                QVERIFY2(!need(writer->takeLive(source, commitOf(i), hash128(std::to_string(i)), {})), "delivered twice within a group");
                QVERIFY(need(other->commitLive(alone, commitOf(i), hash128(std::to_string(i)))));
            }
            QCOMPARE(need(reader->totals()).spans, group * kEach * kRowsEach);
            need(writer->commitTaken());
            QCOMPARE(need(reader->totals()).spans, (group + 1) * kEach * kRowsEach);
            QCOMPARE(count(*reader, "nj_journal"), static_cast<int64_t>(group + 1));
            QVERIFY(!need(writer->takeLive(source, commitOf(group), hash128(std::to_string(group)), {})));
            need(writer->commitTaken());
        }
        QCOMPARE(need(writer->cursors()).at("cursor"), std::to_string(kGroups * kEach - 1));
        QVERIFY(allRows(*reader) == allRows(*single.reader()));
        // A journal row holds a segment for each signal and one for its rows without a time, however many deliveries it is of.
        QVERIFY(need(reader->snapshot())->segments(Signal::kSpan).size() <= 2 * kGroups);
        need(writer->close());
        need(other->close());
        QCOMPARE(segments(*reader), kOpenSegments);
        QCOMPARE(points(*reader), size_t(kGroups * kEach * 2));
        QVERIFY(allRows(*grouped.reader()) == allRows(*single.reader()));
    }
    // Sources that share a transaction have journal rows of their own.
    void aGroupOfTwoSources() {
        const TestCapsule capsule;
        const auto writer = capsule.writer();
        const ImportId a = begin(*writer), b = begin(*writer);
        const auto reader = capsule.reader();
        std::set<int64_t> ids;
        for (uint64_t i = 0; i < 60; ++i) {
            QVERIFY(need(writer->takeLive(i % 3 == 0 ? a : b, commitOf(i), hash128(std::to_string(i)), {})));
            if (i % 6 != 5)
                continue;
            need(writer->commitTaken());
            QCOMPARE(need(reader->totals()).spans, (i + 1) * kRowsEach);
            if (i % 24 == 23)
                need(writer->seal());
            // None comes twice, also over seals.
            auto& db = reader->database();
            auto statement = need(db.prepare("SELECT id FROM nj_journal"));
            for (size_t rows = 0; need(statement.step()); ++rows)
                ids.insert(statement.integer(0));
        }
        QCOMPARE(ids.size(), size_t(2 * 10 - 2 * 2));   // of two groups the rows were sealed before we looked
        const Rows before = allRows(*reader);
        QCOMPARE(before.size(), size_t(60 * kRowsEach * 4));
        need(writer->close());
        QVERIFY(allRows(*capsule.reader()) == before);
        QCOMPARE(need(reader->snapshot())->segments(Signal::kLog).size(), size_t(2));
    }
    // Rows with and without a time by turns: segments by their kind, not by their turns.
    void rowsWithoutATimeByTurns() {
        const TestCapsule capsule;
        const auto writer = capsule.writer();
        const ImportId source = begin(*writer);
        Batch batch;
        for (uint64_t i = 0; i < 3000; ++i) {
            LogSpec l;
            l.time = i % 2 == 0 ? 0 : kT0 + static_cast<TimeNs>(i);
            l.original = "line " + std::to_string(i);
            addLog(batch, l);
        }
        QVERIFY(need(writer->commitLive(source, std::move(batch), hash128("x"))));
        const auto reader = capsule.reader();
        QCOMPARE(need(reader->totals()).logs, uint64_t(3000));
        QCOMPARE(need(reader->snapshot())->segments(Signal::kLog).size(), size_t(2));
    }
    void twoSourcesSideBySide() {
        const TestCapsule capsule;
        {
            const auto writer = capsule.writer();
            const ImportId a = begin(*writer), b = begin(*writer);
            for (uint64_t i = 0; i < 40; ++i) {
                QVERIFY(need(writer->commitLive(i % 2 == 0 ? a : b, commitOf(i), hash128(std::to_string(i)))));
                if (i % 10 == 9)
                    need(writer->seal());
            }
            need(writer->close());
        }
        const auto reader = capsule.reader();
        QCOMPARE(need(reader->totals()).spans, 40 * kRowsEach);
        QCOMPARE(allRows(*reader).size(), size_t(40 * kRowsEach * 4));
        const auto snapshot = need(reader->snapshot());
        std::map<ImportId, size_t> logs;
        for (const auto& info : snapshot->segments(Signal::kLog))
            ++logs[info->import];
        QCOMPARE(logs.size(), size_t(2));
        QCOMPARE(snapshot->segments(Signal::kLog).size(), size_t(2));
    }
};

QTEST_APPLESS_MAIN(LiveTest)
#include "live_test.moc"
