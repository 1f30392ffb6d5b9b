// The questions of the pictures over small capsules, against the same rows computed by hand.
#include <algorithm>
#include <cmath>

#include "../store/test_batches.h"
#include "qt_test.h"
#include "query/backend.h"
#include "query/search_syntax.h"

using namespace nj;
using namespace nj::test;
using namespace nj::query;

namespace {

constexpr uint64_t kSpans = 20'000;
constexpr TimeNs kEnd = kT0 + 2 * kHour;

// Two hours of spans; in the second one vllm-a is ten times slower and fails.
SpanSpec spanOf(uint64_t i) {
    SpanSpec s;
    s.trace = traceId(3, i / 4);
    s.span = spanId(i + 1);
    s.parent = i % 4 == 0 ? SpanId{} : spanId(i - i % 4 + 1);
    s.start = kT0 + static_cast<TimeNs>(i) * (2 * kHour / kSpans);
    s.service = i % 2 == 0 ? "vllm-a" : "vllm-b";
    const bool bad = i >= kSpans / 2 && i % 2 == 0;
    s.end = s.start + static_cast<TimeNs>(1 + (i * 7919) % 1000) * 100'000 * (bad ? 10 : 1);
    s.status = bad && i % 10 == 0 ? SpanStatus::kError : SpanStatus::kOk;
    s.name = i % 4 == 0 ? "POST /v1/chat" : i % 4 == 1 ? "retrieval docs" : "work";
    s.attributes = {{"tokens", AttributeValue::ofInt(static_cast<int64_t>((i * 31) % 5000))}};
    if (s.status == SpanStatus::kError)
        s.attributes.push_back({"http.response.status_code", AttributeValue::ofInt(504)});
    return s;
}

double exactQuantile(std::vector<double> values, double q) {
    std::sort(values.begin(), values.end());
    return values[std::max<size_t>(1, static_cast<size_t>(std::ceil(q * static_cast<double>(values.size())))) - 1];
}

// A counter's samples every 15 s.
void addCounter(Batch& batch, const std::string& name, const AttributeList& labels, TimeNs from, TimeNs to, const std::function<double(TimeNs)>& valueAt) {
    const uint32_t series = addSeries(batch, name, labels);
    batch.series[series].kind = MetricKind::kCounter;
    for (TimeNs t = from; t < to; t += 15 * kSecond)
        addSample(batch, series, t, valueAt(t));
}

}  // namespace

class AnswersTest : public QObject {
    Q_OBJECT
private slots:
    void initTestCase() {
        std::vector<Batch> batches(1);
        Batch& batch = batches.front();
        for (uint64_t i = 0; i < kSpans; ++i)
            addSpan(batch, spanOf(i));
        for (uint64_t i = 0; i < 2000; ++i) {
            LogSpec l;
            l.time = kT0 + static_cast<TimeNs>(i) * (2 * kHour / 2000);
            l.severity = i >= 1000 && i % 4 == 0 ? 17 : 9;
            l.body = l.severity == 17 ? "first byte deadline exceeded after 30." + std::to_string(i % 10) + "s" : "request " + std::to_string(i) + " done";
            if (i % 100 == 50)
                l.attributes = {{"http.response.status_code", AttributeValue::ofInt(404)}};
            if (i == 1500)
                l.attributes = {{"http.response.status_code", AttributeValue::ofInt(200)}, {"envoy.response_flags", AttributeValue::ofString("DC")}};
            addLog(batch, l);
        }
        // TTFT: 1 request a second per replica; replica a moves from (0.1, 1] to (1, 10] at half time and is reset there.
        const auto seconds = [](TimeNs t) { return static_cast<double>(t - kT0) / 1e9; };
        for (const char* replica : {"a", "b"})
            for (const double le : {0.1, 1.0, 10.0, std::numeric_limits<double>::infinity()}) {
                const bool slow = replica[0] == 'a';
                addCounter(batch, "vllm:time_to_first_token_seconds_bucket",
                           {{"le", AttributeValue::ofString(std::isinf(le) ? "+Inf" : le == 0.1 ? "0.1" : le == 1.0 ? "1.0" : "10.0")}, {"replica", AttributeValue::ofString(replica)}}, kT0,
                           kEnd, [&](TimeNs t) {
                               const double s = seconds(t);
                               if (!slow || t < kT0 + kHour)
                                   return le < 1 ? 0 : s;
                               return le < 10 ? 0 : s - 3600;
                           });
            }
        const uint32_t clockSeries = addSeries(batch, "DCGM_FI_DEV_SM_CLOCK", {{"gpu", AttributeValue::ofString("3")}});
        const uint32_t steady = addSeries(batch, "steady", {});
        for (TimeNs t = kT0; t < kEnd; t += 15 * kSecond) {
            addSample(batch, clockSeries, t, t < kT0 + kHour ? 1980 : 1290);
            addSample(batch, steady, t, 5 + static_cast<double>(t / 15 % 7) / 10);
        }
        capsule_.import(std::move(batches));
        backend_ = need(openCapsuleBackend(capsule_.path()));
        half_ = {kT0 + kHour, kEnd};
        before_ = {kT0, kT0 + kHour};
    }

    void latencyWithinItsError() {
        LatencyQuestion question;
        question.range = {kT0, kEnd};
        question.columns = 24;
        question.splitBy = "service";
        const auto answer = need(backend_->latency(question, {}));
        QCOMPARE(answer.n, kSpans);
        QCOMPARE(answer.groups.size(), size_t(2));
        for (const auto& group : answer.groups) {
            std::vector<std::vector<double>> columns(24);
            std::vector<double> all;
            for (uint64_t i = group.label == "vllm-a" ? 0 : 1; i < kSpans; i += 2) {
                const SpanSpec s = spanOf(i);
                columns[static_cast<size_t>((s.start - kT0) / answer.width)].push_back(static_cast<double>(s.end - s.start));
                all.push_back(static_cast<double>(s.end - s.start));
            }
            for (size_t q = 0; q < 3; ++q) {
                for (size_t c = 0; c < 24; ++c) {
                    QCOMPARE(group.count[c], uint64_t(columns[c].size()));
                    const double exact = exactQuantile(columns[c], question.quantiles[q]);
                    QVERIFY(std::abs(group.quantile[q][c] - exact) <= exact * answer.relativeError * 1.001);
                }
                QVERIFY(std::abs(group.total[q] / exactQuantile(all, question.quantiles[q]) - 1) < 0.0055);
            }
        }
        QCOMPARE(answer.splits.front(), std::string("service"));
    }
    void latencyAgainstABaseline() {
        LatencyQuestion question;
        question.range = half_;
        question.baseline = before_;
        question.splitBy = "service";
        const auto answer = need(backend_->latency(question, {}));
        QCOMPARE(answer.groups[0].label, std::string("vllm-a"));
        QVERIFY(std::abs(answer.groups[0].total.back() / answer.groups[0].baseline.back() - 10) < 0.3);
        QVERIFY(std::abs(answer.groups[1].total.back() / answer.groups[1].baseline.back() - 1) < 0.05);
        question.filter = need(parseSearch("service:vllm-b"));
        QCOMPARE(need(backend_->latency(question, {})).groups.size(), size_t(1));
    }
    void latencyOfAnAttributeIsExact() {
        LatencyQuestion question;
        question.range = {kT0, kEnd};
        question.columns = 10;
        question.measure.kind = Measure::Kind::kSpanAttribute;
        question.measure.key = "tokens";
        const auto answer = need(backend_->latency(question, {}));
        std::vector<std::vector<double>> columns(10);
        for (uint64_t i = 0; i < kSpans; ++i)
            columns[static_cast<size_t>((spanOf(i).start - kT0) / answer.width)].push_back(static_cast<double>((i * 31) % 5000));
        for (size_t c = 0; c < 10; ++c)
            QCOMPARE(answer.groups[0].quantile[2][c], exactQuantile(columns[c], 0.99));
    }
    void latencyOfAClassicHistogram() {
        LatencyQuestion question;
        question.range = half_;
        question.baseline = before_;
        question.columns = 12;
        question.splitBy = "replica";
        question.measure.kind = Measure::Kind::kHistogram;
        question.measure.key = "vllm:time_to_first_token_seconds";
        const auto answer = need(backend_->latency(question, {}));
        QVERIFY(answer.fromHistogram);
        QCOMPARE(answer.groups.size(), size_t(2));
        QCOMPARE(answer.groups[0].label, std::string("a"));
        // All of a column's observations lie in one bucket: linear interpolation gives lower + q × width.
        for (size_t c = 1; c < 12; ++c) {
            QVERIFY(std::abs(answer.groups[0].quantile[0][c] - 5.5) < 1e-6);
            QVERIFY(std::abs(answer.groups[1].quantile[2][c] - (0.1 + 0.9 * 0.99)) < 1e-6);
            QCOMPARE(answer.groups[1].count[c], uint64_t(300));
        }
        QVERIFY(std::abs(answer.groups[0].baseline[0] - 0.55) < 1e-6);
        QCOMPARE(answer.splits, std::vector<std::string>{"replica"});
        // The reset at half time costs no more than the interval around it.
        QVERIFY(answer.groups[0].n >= 3570 && answer.groups[0].n <= 3600);
        question.measure.key = "absent";
        QVERIFY(!backend_->latency(question, {}).ok());
    }
    void measuresLeadWithTheFirstToken() {
        const auto measures = need(backend_->measures({}));
        QCOMPARE(measures[0].key, std::string("vllm:time_to_first_token_seconds"));
        QCOMPARE(measures[0].title, std::string("Time to first token"));
        QCOMPARE(measures[1].title, std::string("Span duration"));
        QVERIFY(std::any_of(measures.begin(), measures.end(), [](const Measure& m) { return m.key == "tokens"; }));
        QVERIFY(std::none_of(measures.begin(), measures.end(), [](const Measure& m) { return m.key == "http.response.status_code"; }));
    }
    void heatmapsCountEveryRow() {
        HeatmapQuestion question;
        question.range = {kT0, kEnd};
        auto answer = need(backend_->heatmap(question, {}));
        uint64_t sum = 0;
        for (const uint32_t n : answer.counts)
            sum += n;
        QCOMPARE(sum, kSpans);
        QCOMPARE(answer.bounds.size(), size_t(41));
        QVERIFY(!answer.exemplars.empty() && !answer.exemplars[0].trace.empty());
        question.measure.kind = Measure::Kind::kHistogram;
        question.measure.key = "vllm:time_to_first_token_seconds";
        answer = need(backend_->heatmap(question, {}));
        QVERIFY(answer.n > 14'000 && answer.n <= 14'400);
    }
    void volumeAndLogVolume() {
        const auto volume = need(backend_->volume({{kT0, kEnd}, {}, 4}, {}));
        QCOMPARE(volume.spans, (std::vector<uint32_t>{5000, 5000, 5000, 5000}));
        QCOMPARE(volume.logs, (std::vector<uint32_t>{500, 500, 500, 500}));
        QCOMPARE(volume.errors[0] + volume.errors[1], 0U);
        QCOMPARE(volume.errors[2] + volume.errors[3], 1000U + 250U);
        const auto logs = need(backend_->logVolume({{kT0, kEnd}, need(parseSearch("deadline")), 2}, {}));
        QCOMPARE(logs.total, uint64_t(250));
        QCOMPARE(logs.all, uint64_t(2000));
        QCOMPARE(logs.counts[1][3], 250U);
    }
    void pagesAreByPosition() {
        LogPageQuestion question{{kT0, kEnd}, need(parseSearch("severity:error")), 100, 7};
        const auto page = need(backend_->logPage(question, {}));
        QCOMPARE(page.total, uint64_t(250));
        QCOMPARE(page.rows.size(), size_t(7));
        QCOMPARE(page.rows[0].time, kT0 + 1400 * (2 * kHour / 2000));
        QCOMPARE(need(backend_->logSeek({question.range, question.filter, page.rows[3].time}, {})), uint64_t(103));
        question.offset = 1000;
        QVERIFY(need(backend_->logPage(question, {})).rows.empty());
    }
    void errorsNewFirst() {
        const auto answer = need(backend_->errors({half_, before_, {}, 60, 50}, {}));
        QCOMPARE(answer.groups[0].kind, std::string("HTTP 504"));
        QCOMPARE(answer.groups[0].count + answer.groups[1].count, uint64_t(1000));   // two operations
        QCOMPARE(answer.groups[0].service, std::string("vllm-a"));
        QCOMPARE(answer.groups[2].text, std::string("first byte deadline exceeded after <n>s"));
        QCOMPARE(answer.groups[2].count, uint64_t(249));   // one carries the response flag
        QVERIFY(answer.groups[0].exampleSeq >= 0);
        const auto kind = [&](const char* text) { return std::any_of(answer.groups.begin(), answer.groups.end(), [&](const ErrorGroup& g) { return g.kind.starts_with(text); }); };
        QVERIFY(kind("HTTP 404"));
        QVERIFY(kind("cut stream DC"));
        const auto known = std::find_if(answer.groups.begin(), answer.groups.end(), [](const ErrorGroup& g) { return g.kind.starts_with("HTTP 404"); });
        QVERIFY(known - answer.groups.begin() >= 3);   // known before: behind the new ones
    }
    void changesFindTheClock() {
        const auto rows = need(backend_->changes({half_, before_, 10}, {}));
        const auto clockRow = std::find_if(rows.begin(), rows.end(), [](const ChangeRow& r) { return r.what == "DCGM_FI_DEV_SM_CLOCK"; });
        QVERIFY(clockRow != rows.end());
        QCOMPARE(clockRow->before, 1980.0);
        QCOMPARE(clockRow->after, 1290.0);
        QVERIFY(std::abs(clockRow->onset - half_.from) <= 2 * kMinute);
        QVERIFY(std::any_of(rows.begin(), rows.end(), [](const ChangeRow& r) { return r.kind == "log" && r.what.starts_with("first byte deadline"); }));
        QVERIFY(std::none_of(rows.begin(), rows.end(), [](const ChangeRow& r) { return r.what == "steady"; }));
    }
    void entitiesWorstFirst() {
        const auto rows = need(backend_->entityTable({half_, before_, {}}, {}));
        QCOMPARE(rows[0].name, std::string("vllm-a"));
        QCOMPARE(rows[0].errors, uint64_t(1000));
        QVERIFY(rows[0].p99 > 9 * rows[0].baselineP99);
    }
    void stagesOfRequests() {
        const auto answer = need(backend_->stages({{kT0, kEnd}, {}, 4}, {}));
        QCOMPARE(answer.requests, (std::vector<uint64_t>{1250, 1250, 1250, 1250}));
        QVERIFY(std::find(answer.stages.begin(), answer.stages.end(), "retrieval") != answer.stages.end());
    }
    void openingFindsTheBadHour() {
        const auto answer = need(backend_->opening({}));
        QVERIFY(std::abs(answer.window.from - half_.from) <= 3 * kMinute);
        QVERIFY(std::abs(answer.window.to - half_.to) <= 3 * kMinute);
        QVERIFY(answer.reason.find("errors") != std::string::npos);
        QVERIFY(answer.baseline.has_value());
    }
    void baselinesByRule() {
        const auto near = need(backend_->baselineFor({kT0 + 100 * kMinute, kT0 + 110 * kMinute}, {}));
        QCOMPARE(near->from, kT0 + 60 * kMinute);
        QCOMPARE(near->to, kT0 + 100 * kMinute);
        const auto third = need(backend_->baselineFor(half_, {}));
        QCOMPARE(third->from, kT0);
        QVERIFY(third->to <= half_.from);
        QVERIFY(!need(backend_->baselineFor({kT0, kT0 + 10 * kMinute}, {})).has_value());
    }
    void seriesPointsKeepExtremesAndGaps() {
        Batch batch;
        const uint32_t gauge = addSeries(batch, "gauge", {});
        addSample(batch, gauge, kT0, 1);
        addSample(batch, gauge, kT0 + 1 * kSecond, 9);
        addSample(batch, gauge, kT0 + 2 * kSecond, 4);
        addSample(batch, gauge, kT0 + 30 * kSecond, std::bit_cast<double>(kStaleNanBits));
        addSample(batch, gauge, kT0 + 55 * kSecond, 7);
        const uint32_t counter = addSeries(batch, "counter_total", {});
        batch.series[counter].kind = MetricKind::kCounter;
        const double values[] = {100, 110, 5, 15};   // a reset before the third
        for (int i = 0; i < 4; ++i)
            addSample(batch, counter, kT0 + i * 10 * kSecond, values[i]);
        const TestCapsule capsule;
        capsule.import(std::move(batch));
        const auto backend = need(openCapsuleBackend(capsule.path()));
        const auto series = need(backend->series({"gauge", {}, 10}, {}));
        QCOMPARE(series.size(), size_t(1));
        auto points = need(backend->seriesPoints({{series[0].id}, {kT0, kT0 + kMinute}, 6, false}, {}))[0];
        QCOMPARE(points.min[0], 1.0F);
        QCOMPARE(points.max[0], 9.0F);
        QCOMPARE(points.last[0], 4.0F);
        QVERIFY(std::isnan(points.last[3]));
        QCOMPARE(points.last[5], 7.0F);
        QCOMPARE(points.raw.size(), size_t(4));
        const auto counters = need(backend->series({"counter_total", {}, 10}, {}));
        points = need(backend->seriesPoints({{counters[0].id}, {kT0, kT0 + kMinute}, 6, true}, {}))[0];
        QVERIFY(std::isnan(points.last[0]));
        QCOMPARE(points.last[1], 1.0F);
        QCOMPARE(points.last[2], 0.5F);
        QCOMPARE(points.last[3], 1.0F);
        QVERIFY(!backend->seriesPoints({{999}, {kT0, kEnd}, 6, false}, {}).ok());
    }
    void infoAndCompletion() {
        const auto info = need(backend_->info({}));
        QCOMPARE(info.spans, kSpans);
        QCOMPARE(info.traces, kSpans / 4);
        QVERIFY(info.services.size() >= 2 && info.services[0] == "vllm-a");
        QVERIFY(info.fileBytes > 0);
        const auto keys = need(backend_->keys({}));
        QVERIFY(std::any_of(keys.begin(), keys.end(), [](const KeyInfo& k) { return k.key == "tokens" && k.rows == kSpans && k.type == "int"; }));
        const auto values = need(backend_->values("service", "vllm", 5, {}));
        QCOMPARE(values.size(), size_t(2));
        QCOMPARE(values[0].second, kSpans / 2);
    }
    void emptyRangesAndEmptyCapsules() {
        const TestCapsule capsule;
        capsule.import(Batch());
        const auto empty = need(openCapsuleBackend(capsule.path()));
        for (Backend* backend : {empty.get(), backend_.get()}) {
            QVERIFY(backend->latency({}, {}).ok());
            QVERIFY(backend->heatmap({}, {}).ok());
            QVERIFY(backend->volume({}, {}).ok());
            QVERIFY(backend->stages({}, {}).ok());
            QVERIFY(backend->errors({}, {}).ok());
            QVERIFY(backend->changes({}, {}).ok());
            QVERIFY(backend->entityTable({}, {}).ok());
            QVERIFY(backend->logVolume({}, {}).ok());
            QVERIFY(backend->opening({}).ok());
            QVERIFY(backend->measures({}).ok());
            QVERIFY(backend->events({}, {}).ok());
            // A range no capsule spans: columns must not overflow.
            LatencyQuestion question;
            question.range = {std::numeric_limits<TimeNs>::min(), std::numeric_limits<TimeNs>::max()};
            QVERIFY(backend->latency(question, {}).ok());
        }
        QVERIFY(!need(empty->info({})).missing.empty());
    }

private:
    TestCapsule capsule_;
    std::unique_ptr<Backend> backend_;
    TimeRange half_, before_;
};

QTEST_APPLESS_MAIN(AnswersTest)
#include "answers_test.moc"
