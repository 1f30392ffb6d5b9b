// Questions about sources and objectives over small capsules, against the same rows counted by hand.
#include <cmath>

#include "../store/test_batches.h"
#include "qt_test.h"
#include "query/annotations.h"
#include "query/backend.h"
#include "query/sources.h"

using namespace nj;
using namespace nj::test;
using namespace nj::query;

namespace {

Batch incident() {
    Batch batch;
    for (uint64_t i = 0; i < 1000; ++i) {
        SpanSpec s;
        s.trace = traceId(3, i / 2);
        s.span = spanId(i + 1);
        s.parent = i % 2 == 0 ? SpanId{} : spanId(i);
        if (i == 10)
            s.parent = spanId(99'999);   // its trace has no root here
        s.start = kT0 + static_cast<TimeNs>(i) * kSecond;
        s.end = s.start + (i % 10 == 0 ? 3 * kSecond : 100 * kMillisecond);
        s.status = i % 20 == 0 ? SpanStatus::kError : SpanStatus::kOk;
        s.service = i % 2 == 0 ? "gateway" : "chat";
        s.droppedAttributes = i == 7 ? 4 : 0;
        s.attributes = {{"tokens", AttributeValue::ofInt(static_cast<int64_t>(i))}};
        addSpan(batch, s);
    }
    // First tokens: of 900 in 15 minutes 90 take over 2.5 s.
    for (const double le : {0.5, 2.5, 10.0, std::numeric_limits<double>::infinity()}) {
        const uint32_t series = addSeries(batch, "ttft_seconds_bucket", {{"le", AttributeValue::ofString(std::isinf(le) ? "+Inf" : le == 0.5 ? "0.5" : le == 2.5 ? "2.5" : "10.0")}});
        batch.series[series].kind = MetricKind::kCounter;
        for (TimeNs t = 0; t <= 15 * kMinute; t += 15 * kSecond)
            addSample(batch, series, kT0 + t, static_cast<double>(t / kSecond) * (le < 2 ? 0.5 : le < 5 ? 0.9 : 1));
    }
    // A target that was not scraped for ten minutes.
    const uint32_t up = addSeries(batch, "up", {{"instance", AttributeValue::ofString("node:9100")}});
    for (TimeNs t = 0; t < kHour; t += 15 * kSecond)
        if (t < 20 * kMinute || t >= 30 * kMinute)
            addSample(batch, up, kT0 + t, 1);
    batch.documents.push_back({"deploy.yaml", "application/yaml", "kind: Deployment\nimage: v2\n", 30});
    batch.documents.push_back({"note.txt", "text/plain", "The IMAGE\nis", 12});
    return batch;
}

}  // namespace

class SourcesTest : public QObject {
    Q_OBJECT
private slots:
    void initTestCase() {
        capsule_.import(incident());
        backend_ = need(openCapsuleBackend(capsule_.path()));
        sources_ = SourceQuestions::of(*backend_);
        QVERIFY(sources_);
    }
    void durationsAndErrorsAreCountedExactly() {
        ObjectiveQuestion question;
        question.range = {kT0, kT0 + kHour};
        question.columns = 6;
        question.objective.threshold = 1;
        ObjectiveAnswer answer = need(sources_->objective(question, {}));
        QCOMPARE(answer.total.total, uint64_t(1000));
        QCOMPARE(answer.total.good, uint64_t(900));
        QCOMPARE(answer.columns.size(), size_t(6));
        QCOMPARE(analyze::burnRate(answer.total, 0.99), 10.0);
        question.objective.filter = "service:gateway";
        QCOMPARE(need(sources_->objective(question, {})).total.bad(), uint64_t(100));
        question.objective.kind = ObjectiveKind::kErrors;
        answer = need(sources_->objective(question, {}));
        QCOMPARE(answer.total.total, uint64_t(500));
        QCOMPARE(answer.total.bad(), uint64_t(50));
        question.objective.kind = ObjectiveKind::kSpanAttribute;
        question.objective.key = "tokens";
        question.objective.filter = "";
        question.objective.threshold = 499;
        QCOMPARE(need(sources_->objective(question, {})).total.good, uint64_t(500));
        question.objective.filter = "service:(";
        QVERIFY(!sources_->objective(question, {}).ok());
    }
    void histogramsToTheirBuckets() {
        ObjectiveQuestion question;
        question.range = {kT0, kT0 + 15 * kMinute};
        question.objective.kind = ObjectiveKind::kHistogram;
        question.objective.key = "ttft_seconds";
        question.objective.threshold = 2.5;
        const ObjectiveAnswer answer = need(sources_->objective(question, {}));
        QVERIFY2(answer.total.total >= 880 && answer.total.total <= 900, qPrintable(QString::number(answer.total.total)));
        const double bad = static_cast<double>(answer.total.total) * 0.1;
        QVERIFY2(std::abs(static_cast<double>(answer.total.bad()) - bad) <= 1, qPrintable(QString::number(answer.total.bad())));
        QCOMPARE(answer.relativeError, 0.0);
        question.objective.threshold = 1.5;   // halfway into a bucket
        const ObjectiveAnswer within = need(sources_->objective(question, {}));
        QCOMPARE(within.total.total, answer.total.total);
        QVERIFY2(std::abs(static_cast<double>(within.total.good) / static_cast<double>(within.total.total) - 0.7) < 0.01, qPrintable(QString::number(within.total.good)));
        QVERIFY(within.relativeError > 1);
        question.objective.key = "nowhere";
        QVERIFY(!sources_->objective(question, {}).ok());
        Objective objective;
        objective.kind = ObjectiveKind::kHistogram;
        objective.key = "ttft_seconds";
        Measure measure;
        measure.kind = Measure::Kind::kHistogram;
        measure.key = "ttft_seconds";
        QVERIFY(concerns(objective, measure));
        measure.key = "other";
        QVERIFY(!concerns(objective, measure));
    }
    void documents() {
        const auto all = need(sources_->documents({}));
        QCOMPARE(all.size(), size_t(2));
        QCOMPARE(need(sources_->documentText(all[0].id, {})), std::string("kind: Deployment\nimage: v2\n"));
        const auto hits = need(sources_->searchDocuments("Image", 10, {}));
        QCOMPARE(hits.size(), size_t(2));
        QCOMPARE(hits[0].line, uint64_t(2));
        QCOMPARE(hits[0].text, std::string("image: v2"));
        QCOMPARE(need(sources_->searchDocuments("i", 1, {})).size(), size_t(1));
        QVERIFY(need(sources_->searchDocuments("", 10, {})).empty());
        QVERIFY(!sources_->documentText(77, {}).ok());
    }
    void whatIsMissing() {
        QStringList said;
        for (const MissingFact& fact : need(sources_->missingFacts({})))
            said << QString::fromStdString(fact.what);
        const QString all = said.join(QLatin1Char('|'));
        for (const char* wanted : {"no log records", "1 of 500 traces have no root span", "4 attributes were dropped", "1 of 2 targets have holes of more than two scrapes"})
            QVERIFY2(all.contains(QLatin1String(wanted)), qPrintable(QString::fromLatin1(wanted) + QStringLiteral(" in ") + all));
    }
    void aCancelledQuestionEnds() {
        std::stop_source stop;
        stop.request_stop();
        QCOMPARE(sources_->missingFacts(stop.get_token()).error().code, ErrorCode::kCancelled);
    }

private:
    TestCapsule capsule_;
    std::unique_ptr<Backend> backend_;
    SourceQuestions* sources_ = nullptr;
};

QTEST_APPLESS_MAIN(SourcesTest)
#include "sources_test.moc"
