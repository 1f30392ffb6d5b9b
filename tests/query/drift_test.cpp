// Drift asked of a capsule: features offered, windows exact, verdicts, onset, filters, and input that has nothing to compare.
#include <cmath>

#include "../store/test_batches.h"
#include "qt_test.h"
#include "query/backend.h"
#include "query/capsule/drift_gather.h"
#include "query/search_syntax.h"

using namespace nj;
using namespace nj::test;
using namespace nj::query;
using analyze::DriftVerdict;

namespace {

constexpr uint64_t kSpans = 12'000;
constexpr DurationNs kStep = kSecond;
constexpr TimeNs kStart = 1'773'741'600'000'000'000;      // a whole hour
constexpr TimeNs kDeploy = kStart + 9000 * kSecond;       // prompts double from here on
const TimeRange kReference{kStart, kStart + 8000 * kSecond}, kCurrent{kDeploy, kStart + 12'000 * kSecond};

double uniform(uint64_t i, uint64_t salt) { return static_cast<double>(((i + 1) * 2654435761U + salt * 40503U) % 1'000'003) / 1'000'003.0; }

SpanSpec spanOf(uint64_t i) {
    SpanSpec s;
    s.trace = traceId(9, i);
    s.span = spanId(i + 1);
    s.start = kStart + static_cast<TimeNs>(i) * kStep;
    s.end = s.start + kMillisecond;
    s.service = i % 2 == 0 ? "chat" : "batch";
    const bool after = s.start >= kDeploy;
    s.attributes = {{"gen_ai.operation.name", AttributeValue::ofString("chat")},
                    {"gen_ai.usage.input_tokens", AttributeValue::ofInt(static_cast<int64_t>((after ? 2000 : 1000) * (0.5 + uniform(i, 1))))},
                    {"gen_ai.usage.output_tokens", AttributeValue::ofInt(static_cast<int64_t>(100 + 400 * uniform(i, 2)))},
                    {"gen_ai.request.model", AttributeValue::ofString(after && i % 2 == 0 ? "llama-4" : "llama-3")},
                    {"retrieval.score.top", AttributeValue::ofDouble((after ? 0.5 : 0.7) + 0.1 * uniform(i, 3))},
                    {"constant", AttributeValue::ofInt(7)},
                    {"request.name", AttributeValue::ofString("r" + std::to_string(i))}};
    if (i % 100 == 0)
        s.attributes.push_back({"rare.length", AttributeValue::ofInt(static_cast<int64_t>(i))});
    if (i % 10 == 0)
        s.attributes.push_back({"broken", AttributeValue::ofDouble(i % 20 == 0 ? std::nan("") : INFINITY)});
    if (i % 4 == 0) {
        const double x = uniform(i, 4), y = uniform(i, 5) + (after ? 3 : 0);
        s.attributes.push_back({"query.embedding", AttributeValue::ofJson("[" + std::to_string(x) + ", " + std::to_string(y) + ",1]")});
    }
    return s;
}

}  // namespace

class DriftAnswersTest : public QObject {
    Q_OBJECT
private slots:
    void initTestCase() {
        Batch batch;
        for (uint64_t i = 0; i < kSpans; ++i)
            addSpan(batch, spanOf(i));
        // Hits and queries of the prefix cache every 15 s: 40 %, then 10 %.
        for (const auto& [name, growth] : {std::pair("vllm:prefix_cache_hits_total", 40.0), std::pair("vllm:prefix_cache_queries_total", 100.0)}) {
            const uint32_t series = addSeries(batch, name, {{"pod", AttributeValue::ofString("a")}});
            double value = 0;
            for (TimeNs t = kStart; t < kStart + 12'000 * kSecond; t += 15 * kSecond) {
                value += growth == 40.0 ? (t < kDeploy ? 35 : 5) + 10 * uniform(static_cast<uint64_t>(t / kSecond), 7) : growth;
                addSample(batch, series, t, value);
            }
        }
        capsule_.import(std::move(batch));
        backend_ = need(openCapsuleBackend(capsule_.path()));
        features_ = need(askDriftFeatures(*backend_, {}));
    }

    void featuresAreOffered() {
        QStringList leading;
        for (const DriftFeature& feature : features_)
            if (feature.leading)
                leading << QString::fromStdString(feature.title);
        QCOMPARE(leading, QStringList({"Prompt tokens", "Prefix cache hit", "Retrieval score", "Output tokens", "Model", "Embeddings"}));
        QVERIFY(find("constant") && !find("constant")->leading);
        QVERIFY(find("request.name") && find("request.name")->categorical);
    }
    void promptsDriftSinceTheDeploy() {
        const DriftResult result = ask("gen_ai.usage.input_tokens");
        QCOMPARE(result.referenceCount, 8000.0);
        QCOMPARE(result.currentCount, 3000.0);
        QVERIFY(result.verdict == DriftVerdict::kDrifted);
        QVERIFY(std::abs(result.statistics.ks - 0.75) < 0.05);   // [500, 1500) against [1000, 3000): half lies beyond, a quarter more below
        QVERIFY(std::abs(result.statistics.wasserstein - 1000) < 30);
        QVERIFY(result.since.has_value());
        QVERIFY2(std::abs(*result.since - kDeploy) <= kMinute, formatRfc3339(*result.since).c_str());
        QVERIFY(!result.until.has_value());
        QVERIFY(std::abs(result.referenceQuantile[1] - 1000) < 20 && std::abs(result.currentQuantile[1] - 2000) < 40);
        QVERIFY(!result.trend.empty());
        for (const DriftPoint& point : result.trend)
            if (point.to <= kDeploy && !std::isnan(point.psi))
                QVERIFY2(point.psi < 0.1, qPrintable(QString::number(point.psi)));
    }
    void controlsHold() {
        QVERIFY(ask("gen_ai.usage.output_tokens").verdict == DriftVerdict::kStable);
        const DriftResult constant = ask("constant");
        QVERIFY(constant.verdict == DriftVerdict::kStable);
        QCOMPARE(constant.statistics.psi, 0.0);
        QCOMPARE(constant.categories.size(), size_t{1});
    }
    void categoriesAndScores() {
        const DriftResult model = ask("gen_ai.request.model");
        QVERIFY(model.verdict == DriftVerdict::kDrifted);
        QCOMPARE(model.categories.size(), size_t{2});
        QVERIFY(std::abs(model.statistics.totalVariation - 0.5) < 0.01);
        QVERIFY(std::isnan(model.statistics.ks));
        const DriftResult score = ask("retrieval.score.top");
        QVERIFY(score.verdict == DriftVerdict::kDrifted && score.scaleChange);
        QVERIFY(!ask("gen_ai.usage.input_tokens").scaleChange);
        const DriftResult names = ask("request.name");
        QVERIFY(names.nearlyUnique && names.verdict == DriftVerdict::kNoData);
    }
    void ratiosOfCounters() {
        const DriftResult hit = ask("vllm:prefix_cache_hits_total");
        QVERIFY(hit.verdict == DriftVerdict::kDrifted || hit.verdict == DriftVerdict::kTooFew);
        QVERIFY(std::abs(hit.referenceMean - 0.4) < 0.02 && std::abs(hit.currentMean - 0.1) < 0.02);
        QCOMPARE(hit.currentCount, 200.0);
    }
    void vectors() {
        const DriftResult embedding = ask("query.embedding");
        QVERIFY(embedding.verdict == DriftVerdict::kDrifted);
        QVERIFY(embedding.discrepancy > 0.5 && embedding.cosine > 0);
        QVERIFY(embedding.since && std::abs(*embedding.since - kDeploy) <= 15 * kMinute);
        const DriftResult still = ask("query.embedding", {kReference.from, kReference.from + 4000 * kSecond}, {kReference.from + 4000 * kSecond, kReference.to});
        QVERIFY2(still.verdict == DriftVerdict::kStable, qPrintable(QString::number(still.discrepancy)));
        QCOMPARE(vectorOf("[1, -2.5e1,3]"), (std::vector<float>{1, -25, 3}));
        for (const char* bad : {"", "[", "[1", "[1,]", "[1,x]", "{}", "[[1,2],[3]]", "[1,2", "[1]", "[1,nan]", "[1 2]"})
            QVERIFY2(vectorOf(bad).empty(), bad);
    }
    void tooFewIsNeverRed() {
        const DriftResult rare = ask("rare.length");   // 80 against 30
        QVERIFY(rare.verdict == DriftVerdict::kTooFew);
        QVERIFY(!rare.since);
        QVERIFY(ask("broken").verdict == DriftVerdict::kNoData);   // NaN and infinities are no observations
        QVERIFY(ask("gen_ai.usage.input_tokens", kReference, {kStart + kDay, kStart + 2 * kDay}).verdict == DriftVerdict::kNoData);
    }
    void theFilterSelectsRows() {
        DriftQuestion question = questionOf("gen_ai.request.model", kReference, kCurrent);
        question.filter = need(parseSearch("service:batch"));
        const DriftResult batch = need(askDrift(*backend_, question, {})).results.front();
        QCOMPARE(batch.referenceCount, 4000.0);
        QVERIFY(batch.verdict == DriftVerdict::kStable);   // only chat changed its model
    }
    void theCurrentWindowNarrows() {
        DriftQuestion question = questionOf("gen_ai.usage.input_tokens", {kStart, kStart + 6000 * kSecond}, {kStart + 6000 * kSecond, kStart + 12'000 * kSecond});
        question.narrow = true;
        const DriftAnswer answer = need(askDrift(*backend_, question, {}));
        QVERIFY(answer.narrowed);
        QVERIFY(std::abs(answer.current.from - kDeploy) <= kMinute);
        QVERIFY(answer.current.to > kCurrent.to - 3 * kMinute);
    }
    void badQuestions() {
        QCOMPARE(askDrift(*backend_, questionOf("constant", {}, kCurrent), {}).error().code, ErrorCode::kInvalidArgument);
        std::stop_source stop;
        stop.request_stop();
        QCOMPARE(askDrift(*backend_, questionOf("constant", kReference, kCurrent), stop.get_token()).error().code, ErrorCode::kCancelled);
        // A reference as long as time allows, a window of a nanosecond.
        DriftQuestion odd = questionOf("constant", {0, kCurrent.to}, kCurrent);
        odd.window = 1;
        QVERIFY(askDrift(*backend_, odd, {}).ok());
    }
    void anEmptyCapsule() {
        TestCapsule empty;
        empty.import(Batch());
        const auto backend = need(openCapsuleBackend(empty.path()));
        QVERIFY(need(askDriftFeatures(*backend, {})).empty());
        DriftQuestion question;
        question.reference = kReference;
        question.current = kCurrent;
        QVERIFY(need(askDrift(*backend, question, {})).results.empty());
    }

private:
    const DriftFeature* find(const std::string& key) const {
        for (const DriftFeature& feature : features_)
            if (feature.key == key)
                return &feature;
        return nullptr;
    }
    DriftQuestion questionOf(const std::string& key, TimeRange reference, TimeRange current) const {
        DriftQuestion question;
        question.reference = reference;
        question.current = current;
        if (const DriftFeature* feature = find(key))
            question.features = {*feature};
        else {
            DriftFeature made;   // a key that is not offered (too few rows, no numbers)
            made.key = key;
            question.features = {made};
        }
        return question;
    }
    DriftResult ask(const std::string& key, TimeRange reference = kReference, TimeRange current = kCurrent) {
        return need(askDrift(*backend_, questionOf(key, reference, current), {})).results.front();
    }
    TestCapsule capsule_;
    std::unique_ptr<Backend> backend_;
    std::vector<DriftFeature> features_;
};

QTEST_APPLESS_MAIN(DriftAnswersTest)
#include "drift_test.moc"
