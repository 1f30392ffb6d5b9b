// Fingerprints of log lines, stages of LLM spans, and the robust statistics behind "what departs most".
#include <cmath>
#include <limits>

#include "analyze/fingerprint.h"
#include "analyze/robust.h"
#include "analyze/rollout.h"
#include "analyze/stage.h"
#include "qt_test.h"

using namespace nj::analyze;

class TextAndStageTest : public QObject {
    Q_OBJECT
private slots:
    void rollouts() {
        RolloutHistory history;
        QVERIFY(!history.isReturn("ScalingReplicaSet: Scaled up replica set web-2 from 0 to 1"));
        QVERIFY(!history.isReturn("ScalingReplicaSet: Scaled down replica set web-1 from 1 to 0"));
        QVERIFY2(!history.isReturn("ScalingReplicaSet: Scaled up replica set web-10 from 0 to 1"), "another name with the same beginning");
        QVERIFY(history.isReturn("ScalingReplicaSet: Scaled up replica set web-1 from 0 to 1"));
        QVERIFY(!history.isReturn("Killing: Stopping container web"));
        QVERIFY(!history.isReturn("Scaled up replica set "));
    }

    void fingerprints_data() {
        QTest::addColumn<QString>("line");
        QTest::addColumn<QString>("kind");
        const auto row = [](const char* line, const char* kind) { QTest::newRow(line) << QString::fromUtf8(line) << QString::fromUtf8(kind); };
        row("", "");
        row("plain words stay", "plain words stay");
        row("took 31.2s", "took <n>s");
        row("Running: 88 reqs, Waiting: 66 reqs", "Running: <n> reqs, Waiting: <n> reqs");
        row("request 5f3c9a1e-7b2d-4c8e-9f00-1234567890ab done", "request <id> done");
        row("trace 4bf92f3577b34da6a3ce929d0e0e4736", "trace <id>");
        row("at 0x7ffe12ab", "at <hex>");
        row("10.0.0.1:8080 refused", "<n> refused");
        row("open /var/log/app/x.log failed", "open <path> failed");
        row("gpu3 and node07", "gpu<n> and node<n>");
        row("sess-1f9a2c ended", "sess-<id> ended");
        row("turn failed session=sess-1f9a2c tenant=acme status=504", "turn failed session=<v> tenant=<v> status=<n>");
        row("level=error msg=\"no route\" user=\"a b\"", "level=error msg=\"no route\" user=<v>");
        row("a  \t b", "a b");
        row("a == b", "a == b");
        row("2026-03-17T10:58:12Z start", "<id> start");
    }
    void fingerprints() {
        QFETCH(QString, line);
        QFETCH(QString, kind);
        QCOMPARE(QString::fromStdString(fingerprint(line.toStdString())), kind);
    }
    void anyBytesHaveAFingerprint() {
        std::string all;
        for (int round = 0; round < 8; ++round)
            for (int c = 0; c < 256; ++c)
                all += static_cast<char>(c);
        QVERIFY(fingerprint(all).size() <= 3 * kFingerprintInput);
        QVERIFY(fingerprint(std::string(1U << 20, '7')).size() <= 3 * kFingerprintInput);
        QVERIFY(fingerprint(std::string(1U << 20, '/')).size() <= 3 * kFingerprintInput);
    }
    void stages_data() {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QString>("key");
        QTest::addColumn<QString>("value");
        QTest::addColumn<QString>("stage");
        const auto row = [](const char* name, const char* key, const char* value, const char* stage) {
            QTest::addRow("%s %s=%s", name, key, value) << QString::fromLatin1(name) << QString::fromLatin1(key) << QString::fromLatin1(value) << QString::fromLatin1(stage);
        };
        row("x", "openinference.span.kind", "RERANKER", "rerank");
        row("x", "openinference.span.kind", "llm", "inference");
        row("x", "gen_ai.operation.name", "embeddings", "embedding");
        row("x", "gen_ai.operation.name", "execute_tool", "tool");
        row("x", "langfuse.observation.type", "retriever", "retrieval");
        row("rerank.task", "traceloop.span.kind", "task", "rerank");
        row("rag.workflow", "traceloop.span.kind", "workflow", "agent");
        row("query", "db.system", "qdrant", "retrieval");
        row("SELECT", "db.system", "postgresql", "other");
        row("llm_request", "", "", "inference");
        row("chat llama-3.3-70b", "", "", "inference");
        row("vector_db_retrieve docs", "", "", "retrieval");
        row("openai.embeddings", "", "", "embedding");
        row("GET /health", "", "", "other");
        row("", "", "", "other");
    }
    void stages() {
        QFETCH(QString, name);
        QFETCH(QString, key);
        QFETCH(QString, value);
        QFETCH(QString, stage);
        const std::string k = key.toStdString(), v = value.toStdString(), n = name.toStdString();
        StageEvidence evidence;
        setEvidence(evidence, k, v);
        QCOMPARE(QString::fromLatin1(stageName(stageOfSpan(n, evidence))), stage);
    }
    void strongerEvidenceWins() {
        StageEvidence evidence;
        evidence.operation = "chat";
        evidence.openInferenceKind = "GUARDRAIL";
        QCOMPARE(stageOfSpan("retrieval docs", evidence), Stage::kGuardrail);
        evidence.openInferenceKind = "UNKNOWN";
        QCOMPARE(stageOfSpan("retrieval docs", evidence), Stage::kInference);
    }
    void enginePartsAreLaidBackToBack() {
        EngineTimes times;
        times.queue = 2;
        times.prefill = 1;
        times.decode = 3;
        auto parts = engineParts(times, 0, 10'000'000'000);
        QCOMPARE(parts.size(), size_t(3));
        QCOMPARE(parts[1].from, nj::TimeNs(2'000'000'000));
        QCOMPARE(parts[2].to, nj::TimeNs(6'000'000'000));
        times.decode.reset();
        parts = engineParts(times, 0, 10'000'000'000);
        QCOMPARE(parts[2].to, nj::TimeNs(10'000'000'000));
        times.queue = std::numeric_limits<double>::infinity();
        times.prefill = -1;
        parts = engineParts(times, 0, 100);
        QCOMPARE(parts.size(), size_t(1));
        QCOMPARE(parts[0].to, nj::TimeNs(100));
        times.queue = std::nan("");
        QVERIFY(engineParts(times, 100, 0).empty());
        QVERIFY(engineParts({}, 0, 100).empty());
    }
    void robustStatistics() {
        const double nan = std::nan("");
        QCOMPARE(median({3, 1, 2}), 2.0);
        QCOMPARE(median({4, 1, nan, 2, 3}), 2.5);
        QVERIFY(std::isnan(median({})));
        std::vector<double> values = {5, 1, 4, 2, 3};
        QCOMPARE(quantile(values, 0.99), 5.0);
        QCOMPARE(quantile(values, 0), 1.0);
        const Spread spread = spreadOf({10, 11, 9, 10, 10, 1000});
        QCOMPARE(spread.centre, 10.0);
        QVERIFY(robustZ(1000, spread, 0.5) > 100);
        QCOMPARE(robustZ(nan, spread, 0.5), 0.0);
        QVERIFY(lowSpreadOf({1, 1, 1, 1, 9, 9, 9, 9, 9}).centre < 2);
    }
    void theWorstStretch() {
        const auto stretch = worstStretch({0, 5, 0, 0, 9, 2, 9, 8, 0, 6}, 3);
        QVERIFY(stretch.has_value());
        QCOMPARE(stretch->from, size_t(4));
        QCOMPARE(stretch->to, size_t(8));
        QVERIFY(!worstStretch({1, 2, 3}, 3).has_value());
        QVERIFY(!worstStretch({}, 3).has_value());
    }
    void onsetsHold() {
        const double nan = std::numeric_limits<double>::quiet_NaN();
        QCOMPARE(onsetOf({1, 1, 9, 1, 1, 1, 1, 1, 9, 9, 9, 9, 9, 9}, 1, 9).value_or(99), size_t(8));   // the blip does not hold
        QCOMPARE(onsetOf({9, 9, 8, 9, 9, 1, 1, nan, 1, 2, 9}, 9, 1).value_or(99), size_t(5));          // down, and back at the end
        QCOMPARE(onsetOf({1, 1, 2, 3, 4, 5, 6, 7, 7, 7}, 1, 7).value_or(99), size_t(4));               // a slope begins beyond a third
        QCOMPARE(onsetOf({0, 1, 0, 0, 0, 0, 1000, 0, 5, 5, 5, 5, 5}, 0, 5).value_or(99), size_t(6));   // a spike weighs what is near
        QVERIFY(!onsetOf({1, 1, 1}, 1, 1).has_value());
        QVERIFY(!onsetOf({nan, nan}, 1, 2).has_value());
    }
};

QTEST_APPLESS_MAIN(TextAndStageTest)
#include "text_and_stage_test.moc"
