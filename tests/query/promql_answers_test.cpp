// PromQL through the backend: units of expressions, exemplars on what they are comparable with, legends, steps, the baseline laid over the
// range, labels for completion, and an expression taken apart to where its series vanish.
#include <cmath>
#include <limits>
#include <set>

#include "../store/test_batches.h"
#include "qt_test.h"
#include "query/backend.h"
#include "query/capsule/expression_unit.h"
#include "query/capsule/line_order.h"
#include "query/promql.h"

using namespace nj;
using namespace nj::test;
using namespace nj::query;

namespace {

constexpr TimeNs kStart = kT0 / kMinute * kMinute, kEnd = kStart + 2 * kHour;
constexpr DurationNs kScrape = 15 * kSecond;

AttributeList labelled(std::initializer_list<std::pair<const char*, const char*>> labels) {
    AttributeList out;
    for (const auto& [key, value] : labels)
        out.push_back({key, AttributeValue::ofString(value)});
    return out;
}

uint32_t series(Batch& batch, const char* name, const AttributeList& labels, MetricKind kind, const std::function<double(double)>& valueAt) {
    const uint32_t at = addSeries(batch, name, labels);
    batch.series[at].kind = kind;
    for (TimeNs t = kStart; t < kEnd; t += kScrape)
        addSample(batch, at, t, valueAt(static_cast<double>(t - kStart) / 1e9));
    return at;
}

}  // namespace

class PromqlAnswersTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() {
        std::vector<Batch> batches(1);
        Batch& batch = batches.front();
        for (const char* gpu : {"0", "1", "2"}) {
            const uint32_t at = series(batch, "temp_celsius", labelled({{"gpu", gpu}, {"pod", gpu[0] == '2' ? "b" : "a"}}), MetricKind::kGauge, [gpu](double s) { return 40 + (gpu[0] - '0') + (s >= 3600 ? 10 : 0); });
            batch.series[at].description = "How warm it is";
        }
        series(batch, "limit_celsius", labelled({{"pod", "a"}}), MetricKind::kGauge, [](double) { return 90; });
        for (const char* pod : {"a", "b"}) {
            series(batch, "requests_total", labelled({{"pod", pod}}), MetricKind::kCounter, [](double s) { return 2 * s; });
            for (const char* le : {"0.1", "1.0", "+Inf"}) {
                const uint32_t at = series(batch, "wait_seconds_bucket", labelled({{"le", le}, {"pod", pod}}), MetricKind::kHistogram, [le](double s) { return le[0] == '0' ? 0 : s; });
                if (le[0] == '1')
                    batch.exemplars.push_back(exemplar(at, pod[0] == 'a' ? 0.4 : 0.7, pod[0]));
            }
            series(batch, "wait_seconds_sum", labelled({{"pod", pod}}), MetricKind::kHistogram, [](double s) { return s / 2; });
            series(batch, "wait_seconds_count", labelled({{"pod", pod}}), MetricKind::kHistogram, [](double s) { return s; });
        }
        capsule_.import(std::move(batches));
        backend_ = need(openCapsuleBackend(capsule_.path()));
        promql_ = PromqlBackend::of(*backend_);
        QVERIFY(promql_);
    }

    void units_data() {
        QTest::addColumn<QString>("expression");
        QTest::addColumn<QString>("unit");
        const auto row = [](const char* expression, const char* unit) { QTest::newRow(expression) << QString(expression) << QString(unit); };
        row("x_seconds", "s");
        row("sum by (pod) (x_seconds)", "s");
        row("x_bytes", "By");
        row("rate(x_bytes_total[5m])", "By/s");
        row("rate(x_bytes_total[5m]) * 8", "bit/s");
        row("increase(x_bytes_total[5m])", "By");
        row("x_bytes / 1024 / 1024", "MiBy");
        row("x_bytes / 1024^3", "GiBy");
        row("rate(requests_total[5m])", "/s");
        row("sum(rate(requests_total[5m])) * 60", "/min");
        row("rate(cpu_seconds_total[5m])", "ratio");
        row("rate(cpu_seconds_total[5m]) * 100", "%");
        row("100 - avg(rate(idle_seconds_total[5m])) * 100", "%");
        row("1 - avg(rate(idle_seconds_total[5m]))", "ratio");
        row("rate(cpu_seconds_total[5m]) / 8", "ratio");
        row("histogram_quantile(0.99, sum by (le) (rate(x_seconds_bucket[5m])))", "s");
        row("histogram_quantile(0.99, sum by (le) (rate(x_seconds_bucket[5m]))) * 1000", "ms");
        row("rate(x_seconds_bucket[5m])", "/s");
        row("rate(x_seconds_count[5m])", "/s");
        row("sum(rate(x_seconds_sum[5m])) / sum(rate(x_seconds_count[5m]))", "s");
        row("histogram_avg(rate(x_seconds[5m]))", "s");
        row("histogram_count(rate(x_seconds[5m]))", "/s");
        row("histogram_fraction(0, 0.1, rate(x_seconds[5m]))", "ratio");
        row("used_bytes / all_bytes", "");
        row("100 * used_bytes / all_bytes", "%");
        row("used_bytes - free_bytes", "By");
        row("used_bytes - x_seconds", "");
        row("used_bytes or x_seconds", "");
        row("used_ratio", "ratio");
        row("used_ratio * 100", "%");
        row("used_ratio > 0.5", "ratio");
        row("used_ratio > bool 0.5", "");
        row("count(x_bytes)", "");
        row("temp_celsius + 3", "Cel");
        row("max_over_time(temp_celsius[5m])", "Cel");
        row("2 * x_seconds", "s");
        row("x_seconds * 1000", "ms");
        row("x_seconds * 3600", "");
        row("stdvar(x_seconds)", "");
        row("sqrt(x_seconds)", "");
        row("time() - start_time_seconds", "s");
        row("topk(3, label_replace(x_bytes, \"a\", \"$1\", \"b\", \"(.*)\"))", "By");
        row("42", "");
        row("sum(", "");
    }
    void units() {
        QFETCH(QString, expression);
        const UnitOfMetric byName = [](std::string_view name) -> std::string {
            for (const char* end : {"_total", "_sum", "_bucket"})
                if (name.ends_with(end))
                    name.remove_suffix(strlen(end));
            return name.ends_with("_seconds") ? "s" : name.ends_with("_bytes") ? "By" : name.ends_with("_ratio") ? "ratio" : name.ends_with("_celsius") ? "Cel" : "";
        };
        QTEST(QString::fromStdString(expressionUnit(expression.toStdString(), byName)), "unit");
    }
    void answersCarryTheirUnit() {
        QCOMPARE(ask("temp_celsius").lines.unit, std::string("Cel"));
        QCOMPARE(ask("rate(requests_total[5m])").lines.unit, std::string("/s"));
        QCOMPARE(ask("histogram_quantile(0.5, rate(wait_seconds_bucket[5m]))").lines.unit, std::string("s"));
        const PromqlAnswer buckets = ask("sum by (le) (rate(wait_seconds_bucket[5m]))");
        QCOMPARE(buckets.lines.unit, std::string("/s"));
        QCOMPARE(buckets.bucketUnit, std::string("s"));
    }

    void legends_data() {
        QTest::addColumn<QString>("format");
        QTest::addColumn<QString>("text");
        QTest::newRow("one") << "{{pod}}" << "a";
        QTest::newRow("several, spaces") << "{{ gpu }} on {{pod}}!" << "3 on a!";
        QTest::newRow("absent") << "[{{none}}]" << "[]";
        QTest::newRow("open") << "{{pod" << "{{pod";
        QTest::newRow("plain") << "p99" << "p99";
    }
    void legends() {
        QFETCH(QString, format);
        QTEST(QString::fromStdString(legendText(format.toStdString(), {{"gpu", "3"}, {"pod", "a"}})), "text");
    }
    void legendNamesTheLines() {
        PromqlQuestion question = of("temp_celsius");
        question.legend = "GPU {{gpu}}";
        std::set<std::string> labels;
        for (const MetricLine& line : need(promql_->promql(question, {})).lines.lines)
            labels.insert(line.label);
        QVERIFY2(labels.contains("GPU 1"), labels.empty() ? "no line" : labels.begin()->c_str());
    }
    // As in the control rows: what is unlike its baseline or its peers comes first, and names the picture.
    void whatDepartsIsFirst() {
        std::vector<MetricLine> lines(4);
        const double means[] = {10, 10, 40, 11};
        for (size_t i = 0; i < lines.size(); ++i) {
            lines[i].label = std::to_string(i);
            lines[i].mean = means[i];
            lines[i].baseline = std::nan("");
        }
        orderByDeparture(lines);
        QCOMPARE(lines.front().label, std::string("2"));
        lines.resize(2);
        lines[0].baseline = lines[0].mean;
        lines[1].baseline = lines[1].mean * 3;
        const std::string departs = lines[1].label;
        orderByDeparture(lines);
        QCOMPARE(lines.front().label, departs);
    }

    void stepsAreThoseAskedFor() {
        PromqlQuestion question = of("temp_celsius");
        question.step = 5 * kMinute;
        PromqlAnswer answer = need(promql_->promql(question, {}));
        QCOMPARE(answer.step, 5 * kMinute);
        QCOMPARE(answer.lines.lines[0].values.size(), size_t(25));
        question.step = kMillisecond;   // more steps than there may be
        answer = need(promql_->promql(question, {}));
        QVERIFY(answer.step >= kSecond && question.range.length() / answer.step <= 5000);
    }

    // An hour each: 10 degrees apart.
    void theBaselineLiesOverTheRange() {
        PromqlQuestion question = of("temp_celsius{gpu=\"1\"}");
        question.range = {kStart + kHour, kEnd};
        question.baseline = TimeRange{kStart, kStart + 30 * kMinute};
        QVERIFY(need(promql_->promql(question, {})).lines.lines[0].baselineValues.empty());
        question.shifted = true;
        const MetricLine line = need(promql_->promql(question, {})).lines.lines[0];
        QCOMPARE(line.baselineValues.size(), line.values.size());
        QCOMPARE(line.values[2], 51.0);
        QCOMPARE(line.baselineValues[2], 41.0);
        QCOMPARE(line.baseline, 41.0);
        QVERIFY2(std::isnan(line.baselineValues.back()), "the baseline is half as long");
        // A longer one lends its last stretch, and keeps its mean.
        question.range = {kEnd - 30 * kMinute, kEnd};
        question.baseline = TimeRange{kStart, kStart + 90 * kMinute};
        const MetricLine last = need(promql_->promql(question, {})).lines.lines[0];
        QCOMPARE(last.baselineValues[2], 51.0);
        QVERIFY(last.baseline > 43 && last.baseline < 46);
    }
    void theBaselineOfControlsToo() {
        MetricsBackend& metrics = *need(metricsOf(*backend_));
        MetricQuestion question;
        question.name = "temp_celsius";
        question.range = {kStart + kHour, kEnd};
        question.baseline = TimeRange{kStart, kStart + 30 * kMinute};
        const MetricAnswer answer = need(metricWithBaseline(metrics, question, {}));
        QCOMPARE(answer.lines.size(), size_t(3));
        for (const MetricLine& line : answer.lines) {
            QCOMPARE(line.baselineValues.size(), line.values.size());
            QCOMPARE(line.values[2] - line.baselineValues[2], 10.0);
            QVERIFY(std::isnan(line.baselineValues.back()));
        }
        question.baseline.reset();
        QVERIFY(need(metricWithBaseline(metrics, question, {})).lines[0].baselineValues.empty());
    }

    void exemplars_data() {
        QTest::addColumn<QString>("expression");
        QTest::addColumn<QVector<double>>("values");
        const QVector<double> both{0.4, 0.7}, none;
        const auto row = [](const char* expression, const QVector<double>& values) { QTest::newRow(expression) << QString(expression) << values; };
        row("histogram_quantile(0.99, sum by (le) (rate(wait_seconds_bucket[5m])))", both);
        row("histogram_quantile(0.99, sum by (le) (rate(wait_seconds_bucket{pod=\"a\"}[5m])))", {0.4});
        row("1000 * histogram_quantile(0.99, sum by (le) (rate(wait_seconds_bucket{pod=\"b\"}[5m])))", {700});
        row("sum(rate(wait_seconds_sum[5m])) / sum(rate(wait_seconds_count[5m]))", both);
        row("sum(rate(wait_seconds_count[5m]))", none);
        row("rate(wait_seconds_bucket[5m])", none);
        row("temp_celsius", none);
        row("histogram_quantile(0.9, rate(wait_seconds_bucket[5m])) + histogram_quantile(0.5, rate(wait_seconds_bucket[5m]))", none);
    }
    void exemplars() {
        QFETCH(QString, expression);
        QVector<double> values;
        for (const MetricExemplar& one : ask(expression.toUtf8()).lines.exemplars)
            values << std::round(one.value * 1000) / 1000;
        std::sort(values.begin(), values.end());
        QTEST(values, "values");
    }

    void labelsForCompletion() {
        const auto labels = need(promql_->promqlLabels("temp_celsius", {}));
        QCOMPARE(labels.size(), size_t(2));
        QCOMPARE(labels[1].key, std::string("pod"));
        QCOMPARE(labels[1].values.front(), (std::pair<std::string, uint32_t>("a", 2)));
        QVERIFY(need(promql_->promqlLabels("nothing", {})).empty());
        const auto names = need(promql_->promqlNames({})).metrics;
        const auto found = std::find_if(names.begin(), names.end(), [](const MetricName& name) { return name.name == "temp_celsius"; });
        QVERIFY(found != names.end());
        QCOMPARE(found->unit, std::string("Cel"));
        QCOMPARE(found->description, std::string("How warm it is"));
    }

    void explainSaysWhereSeriesVanish() {
        const PromqlExplanation all = explain("max by (pod) (temp_celsius) / limit_celsius");
        QCOMPARE(all.nodes.size(), size_t(4));
        QCOMPARE(all.nodes[0].kind, std::string("/"));
        QCOMPARE(all.nodes[0].series, uint64_t(1));
        QVERIFY2(said(all.nodes[0], "1 of 2 series on the left found no partner on the right: {pod=\"b\"}"), words(all.nodes[0]));
        QCOMPARE(all.nodes[1].kind, std::string("max"));
        QCOMPARE(all.nodes[1].depth, 1);
        QVERIFY2(said(all.nodes[1], "3 series by pod: 2 groups"), words(all.nodes[1]));
        QCOMPARE(all.nodes[2].text, std::string("temp_celsius"));
        QCOMPARE(all.nodes[2].depth, 2);
        QVERIFY2(said(all.nodes[2], "3 series of temp_celsius"), words(all.nodes[2]));
        QCOMPARE(all.nodes[3].series, uint64_t(1));
        QVERIFY(!all.cut);
    }
    void explainSaysWhatDiffers() {
        const PromqlNode node = explain("temp_celsius / limit_celsius").nodes[0];
        QCOMPARE(node.series, uint64_t(0));
        QVERIFY2(said(node, "only the left has gpu"), words(node));
    }
    void explainSaysWhichMatcherIsWrong() {
        PromqlNode node = explain("temp_celsius{pod=\"c\"}").nodes[0];
        QCOMPARE(node.series, uint64_t(0));
        QVERIFY2(said(node, "without pod=\"c\" there are 3, with pod \"a\", \"b\""), words(node));
        node = explain("temp_celsius{job=\"c\"}").nodes[0];
        QVERIFY2(said(node, "none has a label job"), words(node));
        node = explain("temp_kelvin").nodes[0];
        QVERIFY2(said(node, "no metric of this name"), words(node));
    }
    void explainSaysWhatARateLoses() {
        const PromqlExplanation all = explain("rate(requests_total[10s])");
        QCOMPARE(all.nodes.size(), size_t(2));
        QCOMPARE(all.nodes[1].series, uint64_t(2));
        QCOMPARE(all.nodes[0].series, uint64_t(0));
        QVERIFY2(said(all.nodes[0], "2 of 2 series lost: they never have two samples"), words(all.nodes[0]));
    }
    void explainKnowsWhatAbsenceIs() {
        const PromqlNode node = explain("absent_over_time(temp_celsius[5m])").nodes[0];
        QCOMPARE(node.series, uint64_t(0));
        QVERIFY2(said(node, "3 series into 0 series") && !said(node, "lost"), words(node));
    }
    void explainSaysWhatGroupingLost() {
        PromqlNode node = explain("sum by (host) (temp_celsius)").nodes[0];
        QVERIFY2(said(node, "no series has the label host"), words(node));
        node = explain("histogram_quantile(0.9, sum by (pod) (rate(wait_seconds_bucket[5m])))").nodes[0];
        QVERIFY2(said(node, "no series has the label le"), words(node));
        node = explain("temp_celsius > 51").nodes[0];
        QVERIFY2(said(node, "1 of 3 series ever pass"), words(node));
    }
    void explainGoesOnPastAnError() {
        const PromqlExplanation all = explain("temp_celsius * on (pod) temp_celsius");
        QVERIFY(!all.nodes[0].error.empty());
        QCOMPARE(all.nodes[1].series, uint64_t(3));
        QCOMPARE(promql_->promqlExplain(of("sum("), {}).error().code, ErrorCode::kInvalidArgument);
    }
    void explainEnds() {
        std::string expression = "temp_celsius";
        for (int i = 0; i < 60; ++i)
            expression = "(" + expression + ") + temp_celsius";
        QVERIFY(explain(expression.c_str()).cut);
        std::stop_source stop;
        stop.request_stop();
        QCOMPARE(promql_->promqlExplain(of("temp_celsius"), stop.get_token()).error().code, ErrorCode::kCancelled);
    }

private:
    static Exemplar exemplar(uint32_t series, double value, char pod) {
        Exemplar out;
        out.series = series;
        out.time = kStart + kHour;
        out.value = value;
        out.traceId = traceId(7, static_cast<uint64_t>(pod));
        return out;
    }
    static PromqlQuestion of(const char* expression) {
        PromqlQuestion question;
        question.expression = expression;
        question.range = {kStart, kEnd};
        return question;
    }
    PromqlAnswer ask(const char* expression) { return need(promql_->promql(of(expression), {})); }
    PromqlExplanation explain(const char* expression) { return need(promql_->promqlExplain(of(expression), {})); }
    static bool said(const PromqlNode& node, std::string_view what) {
        return std::any_of(node.words.begin(), node.words.end(), [&](const std::string& word) { return word.find(what) != std::string::npos; });
    }
    static const char* words(const PromqlNode& node) {
        static std::string all;
        all.clear();
        for (const std::string& word : node.words)
            all += word + "; ";
        return all.c_str();
    }

    TestCapsule capsule_;
    std::unique_ptr<Backend> backend_;
    PromqlBackend* promql_ = nullptr;
};

QTEST_APPLESS_MAIN(PromqlAnswersTest)
#include "promql_answers_test.moc"
