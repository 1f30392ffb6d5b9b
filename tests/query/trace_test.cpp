// Traces out of a capsule: list order, trees of every shape, details, and ids found again.
#include "../store/test_batches.h"
#include "qt_test.h"
#include "query/backend.h"
#include "query/search_syntax.h"

using namespace nj;
using namespace nj::test;

namespace {

SpanSpec span(uint64_t trace, uint64_t id, uint64_t parent, TimeNs from, TimeNs to, const char* name = "op", const char* service = "svc") {
    SpanSpec s;
    s.trace = traceId(1, trace);
    s.span = spanId(id);
    s.parent = parent == 0 ? SpanId{} : spanId(parent);
    s.start = kT0 + from * kMillisecond;
    s.end = kT0 + to * kMillisecond;
    s.name = name;
    s.service = service;
    return s;
}

std::string print(const query::TraceTree& tree) {
    std::string out;
    for (const auto& s : tree.spans) {
        out += std::string(static_cast<size_t>(s.depth), '.') + s.name;
        out += s.orphan ? " orphan" : "";
        out += s.inCycle ? " cycle" : "";
        out += s.duplicateId ? " duplicate" : "";
        out += s.endBeforeStart ? " reversed" : "";
        out += s.onCriticalPath ? " *" : "";
        out += "\n";
    }
    return out;
}

}  // namespace

class TraceTest : public QObject {
    Q_OBJECT
private slots:
    void initTestCase() {
        Batch batch;
        // 1: root with two children in sequence and a grandchild.
        addSpan(batch, span(1, 10, 0, 0, 100, "root", "gateway"));
        SpanSpec failing = span(1, 11, 10, 10, 40, "a", "chat");
        failing.status = SpanStatus::kError;
        failing.statusMessage = "boom";
        const uint32_t failingRow = addSpan(batch, failing);
        SpanSpec engine = span(1, 12, 10, 40, 90, "llm_request", "vllm-a");
        engine.attributes = {{"gen_ai.latency.time_in_queue", AttributeValue::ofDouble(0.020)},
                             {"gen_ai.latency.time_in_model_prefill", AttributeValue::ofDouble(0.010)},
                             {"gen_ai.latency.time_in_model_decode", AttributeValue::ofDouble(0.020)},
                             {"session.id", AttributeValue::ofString("session-42")}};
        addSpan(batch, engine);
        addSpan(batch, span(1, 13, 12, 50, 60, "deep", "vllm-a"));
        // 2: orphan, cycle, self parent, duplicate, reversed, two roots.
        addSpan(batch, span(2, 20, 99, 0, 5, "orphan"));
        addSpan(batch, span(2, 21, 22, 1, 5, "cycleA"));
        addSpan(batch, span(2, 22, 21, 2, 5, "cycleB"));
        addSpan(batch, span(2, 23, 23, 3, 5, "self"));
        addSpan(batch, span(2, 24, 0, 4, 9, "rootA"));
        addSpan(batch, span(2, 24, 0, 5, 8, "twin", "other"));
        addSpan(batch, span(2, 25, 24, 6, 2, "reversed"));
        addSpan(batch, span(2, 26, 0, 7, 8, "rootB"));
        batch.spanEvents.span = {failingRow};
        batch.spanEvents.time = {kT0 + 20 * kMillisecond};
        batch.spanEvents.name = {batch.strings.intern("exception")};
        batch.spanEvents.droppedAttributes = {0};
        batch.spanEvents.attributes.addString(0, "exception.type", "TimeoutError");
        LogSpec log;
        log.time = kT0 + 15 * kMillisecond;
        log.trace = traceId(1, 1);
        log.span = spanId(11);
        log.body = "handling request req-9f3a for session-42";
        log.severity = 17;
        addLog(batch, log);
        capsule_.import(std::move(batch));
        backend_ = need(query::openCapsuleBackend(capsule_.path()));
    }
    void aPlainTree() {
        const auto tree = need(backend_->traceTree(traceId(1, 1), {}));
        QCOMPARE(QString::fromStdString(print(tree)), QStringLiteral("root *\n.a *\n.llm_request *\n..deep *\n"));
        QCOMPARE(tree.services, 3U);
        QCOMPARE(tree.errors, 1U);
        QVERIFY(tree.warnings.empty());
        QCOMPARE(tree.to - tree.from, 100 * kMillisecond);
        QCOMPARE(tree.spans[0].self, 20 * kMillisecond);
        QCOMPARE(tree.spans[2].self, 40 * kMillisecond);
        QCOMPARE(tree.spans[1].statusMessage, std::string("boom"));
        QCOMPARE(tree.spans[1].events.size(), size_t(1));
        QCOMPARE(tree.spans[1].events[0].attributes[0].value.text, std::string("TimeoutError"));
        const auto& stages = tree.spans[2].stages;
        QCOMPARE(stages.size(), size_t(3));
        QCOMPARE(stages[0].name, std::string("queue"));
        QCOMPARE(stages[0].to - stages[0].from, 20 * kMillisecond);
        QCOMPARE(stages[2].name, std::string("decode"));
        QCOMPARE(stages[2].to, tree.spans[2].end);
        QCOMPARE(tree.logs.size(), size_t(1));
        QCOMPARE(tree.logs[0].span, spanId(11));
        DurationNs critical = 0;
        for (const auto& s : tree.spans)
            for (const auto& [from, to] : s.criticalParts)
                critical += to - from;
        QCOMPARE(critical, 100 * kMillisecond);
    }
    void aBrokenTreeKeepsEverySpan() {
        const auto tree = need(backend_->traceTree(traceId(1, 2), {}));
        QCOMPARE(tree.spans.size(), size_t(8));
        const std::string text = print(tree);
        for (const char* line : {"orphan orphan", "cycleA cycle", ".cycleB cycle", "self cycle", "rootA", ".twin duplicate", "reversed reversed", "rootB"})
            QVERIFY2(text.find(line) != std::string::npos, (std::string(line) + " in\n" + text).c_str());
        QVERIFY(tree.warnings.size() >= 5);
    }
    void anAbsentTraceIsNotFound() {
        const auto tree = backend_->traceTree(traceId(5, 5), {});
        QVERIFY(!tree.ok() && tree.error().code == ErrorCode::kNotFound);
        QVERIFY(!backend_->traceTree(TraceId{}, {}).ok());
    }
    void theListIsSorted() {
        query::TraceListQuestion question;
        auto answer = need(backend_->traceList(question, {}));
        QCOMPARE(answer.total, uint64_t(2));
        QCOMPARE(answer.rows[0].id, traceId(1, 1));
        QCOMPARE(answer.rows[0].duration, 100 * kMillisecond);
        QCOMPARE(answer.rows[0].rootName, std::string("root"));
        QCOMPARE(answer.rows[0].rootService, std::string("gateway"));
        QCOMPARE(answer.rows[0].services, 3U);
        question.sort = query::TraceListQuestion::Sort::kMostSpans;
        answer = need(backend_->traceList(question, {}));
        QCOMPARE(answer.rows[0].id, traceId(1, 2));
        question.limit = 1;
        answer = need(backend_->traceList(question, {}));
        QCOMPARE(answer.rows.size(), size_t(1));
        QVERIFY(answer.partial);
        question.measureRange = {40e6, 60e6};
        answer = need(backend_->traceList(question, {}));
        QCOMPARE(answer.total, uint64_t(1));
    }
    void details() {
        const auto tree = need(backend_->traceTree(traceId(1, 1), {}));
        const auto detail = need(backend_->spanDetail(tree.spans[2].seq, {}));
        QCOMPARE(detail.traceId, traceId(1, 1));
        QCOMPARE(detail.span.attributes.size(), size_t(4));
        QCOMPARE(detail.resource.service(), std::string("vllm-a"));
        QCOMPARE(detail.span.stages.size(), size_t(3));
        QCOMPARE(detail.import.path, std::string("file"));
        const auto log = need(backend_->logDetail(tree.logs[0].seq, {}));
        QCOMPARE(log.row.traceId, traceId(1, 1));
        QCOMPARE(log.resource.service(), std::string("svc"));
        QVERIFY(!backend_->spanDetail(123'456'789, {}).ok());
        QVERIFY(!backend_->logDetail(-1, {}).ok());
    }
    void idsAreFound_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("key");
        QTest::addColumn<int>("spans");
        QTest::addColumn<int>("logs");
        QTest::newRow("trace") << QString::fromStdString(traceId(1, 1).hex()) << "trace_id" << 4 << 1;
        QTest::newRow("span") << QString::fromStdString(spanId(11).hex()) << "span_id" << 1 << 1;
        QTest::newRow("session") << "session-42" << "session.id" << 1 << 1;
        QTest::newRow("request in a body") << "req-9f3a" << "body" << 0 << 1;
        QTest::newRow("nothing") << "nowhere-1" << "" << 0 << 0;
        QTest::newRow("empty") << "  " << "" << 0 << 0;
    }
    void idsAreFound() {
        QFETCH(QString, text);
        QFETCH(QString, key);
        QFETCH(int, spans);
        QFETCH(int, logs);
        const auto found = need(backend_->findId(text.toStdString(), {}));
        QCOMPARE(QString::fromStdString(found.matchedKey), key);
        QCOMPARE(static_cast<int>(found.spanSeqs.size()), spans);
        QCOMPARE(static_cast<int>(found.logSeqs.size()), logs);
        if (spans + logs > 0)
            QCOMPARE(found.trace, traceId(1, 1));
    }

private:
    TestCapsule capsule_;
    std::unique_ptr<query::Backend> backend_;
    // Rows that lie close together, few far apart, and many far apart are read in three ways.
    void attributesHoweverTheRowsLie() {
        constexpr uint64_t kSpans = 6000;
        const auto traceOf = [](uint64_t i) -> uint64_t { return i < 30 ? 1 : i % 500 == 0 ? 2 : 3; };
        Batch batch;
        for (uint64_t i = 0; i < kSpans; ++i) {
            SpanSpec s = span(traceOf(i), i + 1, 0, static_cast<TimeNs>(i), static_cast<TimeNs>(i + 1));
            s.attributes = {{"n", AttributeValue::ofInt(static_cast<int64_t>(i))}, {"id", AttributeValue::ofString("value " + std::to_string(i))}};
            if (i % 5 == 0) {
                s.status = SpanStatus::kError;
                s.statusMessage = "failed " + std::to_string(i);
            }
            addSpan(batch, s);
        }
        const TestCapsule capsule;
        capsule.import(std::move(batch));
        const auto backend = need(query::openCapsuleBackend(capsule.path()));
        for (const auto& [trace, count] : std::vector<std::pair<uint64_t, size_t>>{{1, 30}, {2, 11}, {3, 5959}}) {
            const query::TraceTree tree = need(backend->traceTree(traceId(1, trace), {}));
            QCOMPARE(tree.spans.size(), count);
            for (const query::TraceSpan& s : tree.spans) {
                const auto i = static_cast<uint64_t>((s.start - kT0) / kMillisecond);
                QCOMPARE(traceOf(i), trace);
                QVERIFY(s.id == spanId(i + 1));
                QCOMPARE(findAttribute(s.attributes, "n")->integer, static_cast<int64_t>(i));
                QCOMPARE(findAttribute(s.attributes, "id")->text, "value " + std::to_string(i));
                QCOMPARE(s.statusMessage, i % 5 == 0 ? "failed " + std::to_string(i) : std::string());
            }
        }
    }
};

QTEST_APPLESS_MAIN(TraceTest)
#include "trace_test.moc"
