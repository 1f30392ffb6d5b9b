// What goes into a capsule comes out again: every column of spans, events, links and logs.
#include <cmath>

#include "qt_test.h"
#include "store/test_batches.h"

using namespace nj;
using namespace nj::test;
using namespace nj::store;

class RoundTripTest : public QObject {
    Q_OBJECT
private slots:
    void spans() {
        Batch batch;
        std::vector<SpanSpec> specs;
        for (uint64_t i = 0; i < 3000; ++i) {
            SpanSpec s;
            s.trace = traceId(7, i / 20);
            s.span = spanId(i + 1);
            s.parent = i % 20 == 0 ? (i % 40 == 0 ? SpanId{} : spanId(999'999 + i)) : spanId(i - i % 20 + 1);
            s.start = kT0 + static_cast<TimeNs>((i * 7919) % 3000) * 1'000'003;
            s.end = s.start + static_cast<TimeNs>(i * i * 31);
            s.name = "op" + std::to_string(i % 300);
            s.service = "svc" + std::to_string(i % 3);
            s.scope = i % 2 == 0 ? "" : "scope";
            s.kind = static_cast<SpanKind>(i % 6);
            s.status = static_cast<SpanStatus>(i % 3);
            s.statusMessage = i % 50 == 0 ? "failed " + std::to_string(i) : "";
            s.traceState = i % 70 == 0 ? "a=b" : "";
            s.flags = i % 5 == 0 ? 0x101U : 0U;
            s.droppedAttributes = static_cast<uint32_t>(i % 2);
            s.droppedEvents = i == 5 ? 9 : 0;
            s.droppedLinks = i == 6 ? 4'000'000'000U : 0;
            s.attributes = {{"route", AttributeValue::ofString("/r" + std::to_string(i % 7))}, {"tokens", AttributeValue::ofInt(static_cast<int64_t>(i) - 1500)}};
            if (i % 4 == 0)
                s.attributes.push_back({"ratio", AttributeValue::ofDouble(std::sqrt(static_cast<double>(i)))});
            if (i % 1000 == 0)
                s.attributes.push_back({"rare", AttributeValue::ofJson("[1,{\"a\":null}]")});
            specs.push_back(s);
            addSpan(batch, s);
        }
        const TestCapsule capsule;
        const ImportOutcome outcome = capsule.import(std::move(batch));
        QCOMPARE(outcome.spans, uint64_t(3000));
        const auto reader = capsule.reader();
        const auto snapshot = need(reader->snapshot());
        QCOMPARE(snapshot->segments(Signal::kSpan).size(), size_t(1));
        const auto view = need(reader->view(*snapshot, snapshot->segments(Signal::kSpan)[0]->id));
        const auto starts = need(view->exactStart());
        const auto ends = need(view->exactEnd());
        const auto traces = need(view->traceIds());
        const auto spans = need(view->spanIds());
        const auto parents = need(view->parentIds());
        const auto names = need(view->name());
        const auto services = need(view->service());
        const auto resources = need(view->resource());
        const auto scopes = need(view->scopes());
        const auto flags = need(view->flags());
        const auto dropped = need(view->dropped());
        const auto kinds = need(view->kind());
        const auto statuses = need(view->status());
        const auto hot = need(view->start());
        QVERIFY(std::is_sorted(starts.begin(), starts.end()));
        for (uint32_t row = 0; row < view->info().rows; ++row) {
            const int64_t seq = need(view->seqOf(row));
            QCOMPARE(need(view->rowOf(seq)), row);
            const SpanSpec& s = specs[static_cast<size_t>(seq - view->info().seqBase)];
            QCOMPARE(starts[row], s.start);
            QCOMPARE(ends[row], s.end);
            QVERIFY(hot.at(row) <= s.start && s.start - hot.at(row) < (TimeNs(1) << hot.shift));
            QVERIFY(traces.at(row) == s.trace);
            QVERIFY(spans[row] == s.span);
            QVERIFY(parents[row] == s.parent);
            QCOMPARE(std::string(snapshot->text(names.id(row))), s.name);
            QCOMPARE(std::string(snapshot->text(services.id(row))), s.service);
            QCOMPARE(snapshot->resource(resources.id(row)).service(), s.service);
            QCOMPARE(scopes[row] == kNoIndex ? std::string() : snapshot->scope(scopes[row]).name, s.scope);
            QCOMPARE(flags[row], s.flags);
            QVERIFY((dropped[row] == std::array<uint32_t, 3>{s.droppedAttributes, s.droppedEvents, s.droppedLinks}));
            QCOMPARE(kinds[row], uint8_t(s.kind));
            QCOMPARE(statuses[row], uint8_t(s.status));
            QCOMPARE(need(view->text(TextColumn::kStatusMessage, row)), s.statusMessage);
            QCOMPARE(need(view->text(TextColumn::kTraceState, row)), s.traceState);
            const auto attributes = need(view->attributes(row));
            QCOMPARE(attributes.size(), s.attributes.size());
            for (const auto& [key, value] : s.attributes) {
                const AttributeValue* found = findAttribute(attributes, key);
                QVERIFY2(found != nullptr && *found == value, key.c_str());
            }
        }
        const auto routes = need(view->attribute("route", ValueType::kString));
        QVERIFY(routes.coded && routes.dense);
        const auto rare = need(view->attribute("rare", ValueType::kJson));
        QCOMPARE(rare.rows.size(), size_t(3));
        QCOMPARE(std::string(rare.text(0)), std::string("[1,{\"a\":null}]"));
    }
};

QTEST_APPLESS_MAIN(RoundTripTest)
#include "round_trip_test.moc"
