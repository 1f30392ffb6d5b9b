// What scripts can't say: bounds, cancellation, the API's JSON, regular expressions, many series.
#include <atomic>
#include <cmath>
#include <random>
#include <thread>

#include "model/batch.h"
#include "promql/engine.h"
#include "promql/json/result_json.h"
#include "promql/memory_querier.h"
#include "qt_test.h"

using namespace nj;
using namespace nj::promql;

namespace {

void addSeries(test::MemoryQuerier& querier, const std::string& name, int count, int samples) {
    for (int i = 0; i < count; ++i)
        for (int j = 0; j < samples; ++j)
            querier.add({{"__name__", name}, {"i", std::to_string(i)}}, j * kMinute, {static_cast<double>(i * j), nullptr});
}

// Counts what it is asked for and can cancel while it answers.
class WatchingQuerier : public test::MemoryQuerier {
public:
    std::stop_source* cancelAtSelect = nullptr;
    int selects = 0;
    Result<std::vector<std::unique_ptr<SeriesIterator>>> select(const std::vector<Matcher>& matchers, TimeNs from, TimeNs to,
                                                                std::stop_token stop) override {
        ++selects;
        lastFrom = from;
        lastTo = to;
        if (cancelAtSelect != nullptr)
            cancelAtSelect->request_stop();
        return MemoryQuerier::select(matchers, from, to, stop);
    }
    TimeNs lastFrom = 0, lastTo = 0;
};

std::string errorOf(const Result<QueryResult>& result) { return result.ok() ? "" : result.error().message; }

}  // namespace

class EngineTest : public QObject {
    Q_OBJECT

private slots:
    void boundsEndInErrors();
    void crossJoinIsRefused();
    void cancelledQueriesStop();
    void asksForNoMoreThanItNeeds();
    void answersInTheApisJson();
    void experimentalFunctionsCanBeOff();
    void namesCanBeDroppedAtOnce();
    void otlpPointsBecomeHistograms();
    void longWindowsAreAsExactAsShortOnes_data();
    void longWindowsAreAsExactAsShortOnes();
    void enginesAreSharedByThreads();
};

void EngineTest::boundsEndInErrors() {
    test::MemoryQuerier querier;
    addSeries(querier, "m", 50, 20);
    EngineOptions options;
    options.maxSamples = 100;
    QCOMPARE(errorOf(Engine(options).range(querier, "m", 0, 19 * kMinute, kMinute)),
             std::string("query processing would load too many samples into memory in query execution"));
    QVERIFY(Engine(options).instant(querier, "m", kMinute).ok());
    QVERIFY(Engine(options).instant(querier, "sum(sum_over_time(m[20m]))", 19 * kMinute).ok());
    options = {};
    options.maxSeries = 49;
    QCOMPARE(errorOf(Engine(options).instant(querier, "sum(m)", kMinute)), std::string("the query selects more than 49 series"));
    const Engine engine;
    QCOMPARE(errorOf(engine.range(querier, "m", 0, 12'000 * kSecond, kSecond)),
             std::string("exceeded maximum resolution of 11000 points per timeseries. Try decreasing the query resolution (?step=XX)"));
    QVERIFY(engine.range(querier, "sum(m)", 0, 11'000 * kSecond, kSecond).ok());
    QCOMPARE(errorOf(engine.range(querier, "m", 0, kMinute, 0)),
             std::string("zero or negative query resolution step widths are not accepted"));
    QVERIFY(!errorOf(engine.range(querier, "m", kMinute, 0, kMinute)).empty());
    QCOMPARE(errorOf(engine.range(querier, "m[5m]", 0, kMinute, kMinute)),
             std::string("invalid expression type \"range vector\" for range query, must be Scalar or instant Vector"));
    QVERIFY(errorOf(engine.instant(querier, "sum_over_time(m[100y:1ms])", 0)).find("more than the 50000000 samples that are allowed") !=
            std::string::npos);
    QVERIFY(engine.instant(querier, "m offset 250y", 0).ok());
    QVERIFY(engine.instant(querier, "sum_over_time(m[290y] offset 290y)", 0).ok());
}

void EngineTest::crossJoinIsRefused() {
    test::MemoryQuerier querier;
    addSeries(querier, "left", 1100, 1);
    addSeries(querier, "right", 1100, 1);
    QCOMPARE(errorOf(Engine().instant(querier, "left + on() group_left() right", 0)),
        std::string("the operator \"+\" would pair 1210000 series, more than the 1000000 that are allowed: match on more labels"));
    QVERIFY(Engine().instant(querier, "left + on(i) right", 0).ok());
}

void EngineTest::cancelledQueriesStop() {
    WatchingQuerier querier;
    addSeries(querier, "m", 10, 3);
    std::stop_source before;
    before.request_stop();
    const auto stopped = Engine().instant(querier, "sum(m)", 0, before.get_token());
    QVERIFY(!stopped.ok());
    QCOMPARE(stopped.error().code, ErrorCode::kCancelled);
    QCOMPARE(querier.selects, 0);
    for (const char* query : {"sum(m)", "rate(m[5m])", "m + m", "m or m", "topk(1, m)", "quantile(0.5, m)", "histogram_quantile(0.5, m)",
                              "max_over_time(m[5m:1m])"}) {
        std::stop_source during;
        querier.cancelAtSelect = &during;
        const auto result = Engine().range(querier, query, 0, 2 * kMinute, kMinute, during.get_token());
        QVERIFY2(!result.ok() && result.error().code == ErrorCode::kCancelled, query);
    }
}

void EngineTest::asksForNoMoreThanItNeeds() {
    WatchingQuerier querier;
    addSeries(querier, "m", 1, 3);
    const Engine engine;
    QVERIFY(engine.instant(querier, "m", 600 * kSecond).ok());
    QCOMPARE(querier.lastFrom, 300 * kSecond);
    QCOMPARE(querier.lastTo, 600 * kSecond);
    QVERIFY(engine.range(querier, "rate(m[1m] offset 2m)", 600 * kSecond, 900 * kSecond, kMinute).ok());
    QCOMPARE(querier.lastFrom, 420 * kSecond);
    QCOMPARE(querier.lastTo, 780 * kSecond);
    QVERIFY(engine.range(querier, "sum_over_time(m[1m] @ 100)", 600 * kSecond, 900 * kSecond, kMinute).ok());
    QCOMPARE(querier.lastFrom, 40 * kSecond);
    QCOMPARE(querier.lastTo, 100 * kSecond);
    QVERIFY(engine.instant(querier, "sum_over_time(m[1m:20s])", 600 * kSecond).ok());
    QCOMPARE(querier.lastFrom, 260 * kSecond);
    QCOMPARE(querier.lastTo, 600 * kSecond);
}

void EngineTest::answersInTheApisJson() {
    test::MemoryQuerier querier;
    querier.add({{"__name__", "m"}, {"a", "x\"y"}}, 0, {1.5, nullptr});
    querier.add({{"__name__", "m"}, {"a", "x\"y"}}, kMinute, {-1e-7, nullptr});
    FloatHistogram histogram;
    histogram.zeroThreshold = 0.25;
    histogram.zeroCount = 1;
    histogram.count = 4;
    histogram.sum = 5;
    histogram.positive = {{0, 1}, {2, 0}};
    histogram.negative = {{1}, {1}};
    querier.add({{"__name__", "h"}}, 0, {0, std::make_shared<const FloatHistogram>(histogram)});
    const Engine engine;
    const auto json = [&](const char* query, TimeNs time) {
        return QString::fromStdString(resultJson(engine.instant(querier, query, time).value()));
    };
    QCOMPARE(json("1 / 3", 1500 * kMillisecond), QStringLiteral(R"({"resultType":"scalar","result":[1.5,"0.3333333333333333"]})"));
    QCOMPARE(json("-inf", 0), QStringLiteral(R"({"resultType":"scalar","result":[0,"-Inf"]})"));
    QCOMPARE(json("1e21", 0), QStringLiteral(R"({"resultType":"scalar","result":[0,"1e+21"]})"));
    QCOMPARE(json("123456789012", 0), QStringLiteral(R"({"resultType":"scalar","result":[0,"123456789012"]})"));
    QCOMPARE(json("'a'", 0), QStringLiteral(R"({"resultType":"string","result":[0,"a"]})"));
    QCOMPARE(json("m", 61 * kSecond), QStringLiteral(R"({"resultType":"vector","result":[{"metric":{"__name__":"m","a":"x\"y"},"value":[61,"-1e-07"]}]})"));
    QCOMPARE(json("h", 0),
        QStringLiteral(R"({"resultType":"vector","result":[{"metric":{"__name__":"h"},"histogram":[0,{"count":"4","sum":"5","buckets":[[1,"-2","-1","1"],[3,"-0.25","0.25","1"],[0,"0.5","1","2"]]}]}]})"));
    QCOMPARE(json("m[2m]", kMinute), QStringLiteral(R"({"resultType":"matrix","result":[{"metric":{"__name__":"m","a":"x\"y"},"values":[[0,"1.5"],[60,"-1e-07"]]}]})"));
    const std::string query = "rate(m[3m])";
    const auto range = engine.range(querier, query, kMinute, kMinute, kMinute);
    const QString response = QString::fromStdString(responseJson(*range, query));
    QVERIFY(response.startsWith(QStringLiteral(R"({"status":"success","data":{"resultType":"matrix","result":[{"metric":{"a":"x\"y"},"values":[[60,)")));
    QVERIFY(response.endsWith(QStringLiteral(R"~("infos":["PromQL info: metric might not be a counter, name does not end in _total/_sum/_count/_bucket: \"m\" (1:6)"]})~")));
    QCOMPARE(errorJson(engine.instant(querier, "foo{", 0).error()),
        std::string(R"({"status":"error","errorType":"bad_data","error":"1:5: parse error: unexpected end of input in label matching, expected identifier or \"}\""})"));
    QVERIFY(errorJson(engine.instant(querier, "label_replace(m, '', '', '', '')", 0).error()).find("\"errorType\":\"execution\"") != std::string::npos);
}

void EngineTest::experimentalFunctionsCanBeOff() {
    test::MemoryQuerier querier;
    EngineOptions options;
    options.experimentalFunctions = false;
    QCOMPARE(errorOf(Engine(options).instant(querier, "mad_over_time(m[5m])", 0)),
             std::string("function \"mad_over_time\" is experimental and must be enabled"));
    QCOMPARE(errorOf(Engine(options).instant(querier, "limitk(1, m)", 0)), std::string("limitk() is experimental and must be enabled"));
    QVERIFY(Engine(options).instant(querier, "rate(m[5m])", 0).ok());
}

void EngineTest::namesCanBeDroppedAtOnce() {
    test::MemoryQuerier querier;
    addSeries(querier, "m", 1, 3);
    EngineOptions options;
    const char* query = "sum by (__name__) (m + 0 or abs(m))";
    options.delayedNameRemoval = false;
    for (const char* named : {"sum by (__name__) (abs(m))", query}) {
        const auto result = Engine(options).instant(querier, named, kMinute);
        QVERIFY2(result.ok(), errorOf(result).c_str());
        QVERIFY(std::get<Vector>(result->value)[0].labels->empty());
    }
    const auto late = Engine().instant(querier, "label_replace(abs(m), \"was\", \"$1\", \"__name__\", \"(.*)\")", kMinute);
    QVERIFY(late.ok());
    QCOMPARE(labelsText(*std::get<Vector>(late->value)[0].labels), std::string("{i=\"0\", was=\"m\"}"));
}

void EngineTest::otlpPointsBecomeHistograms() {
    HistogramPoint exponential;
    exponential.count = 6;
    exponential.hasSum = true;
    exponential.sum = 12;
    exponential.scale = 0;
    exponential.zeroCount = 1;
    exponential.zeroThreshold = 0.1;
    exponential.positiveOffset = 0;   // (1, 2], (2, 4]
    exponential.positive = {2, 3};
    const FloatHistogram native = fromPoint(exponential);
    QCOMPARE(native.positive.index, (std::vector<int32_t>{1, 2}));
    QCOMPARE(positiveBucket(native, 0).lower, 1.0);
    QCOMPARE(positiveBucket(native, 1).upper, 4.0);
    exponential.scale = 10;   // finer than any schema
    QCOMPARE(fromPoint(exponential).schema, 8);
    HistogramPoint explicitBuckets;
    explicitBuckets.count = 3;
    explicitBuckets.bounds = {1, 5};
    explicitBuckets.buckets = {1, 0, 2};
    const FloatHistogram custom = fromPoint(explicitBuckets);
    QVERIFY(custom.usesCustomBuckets());
    QCOMPARE(custom.positive.index, (std::vector<int32_t>{0, 2}));
    QVERIFY(std::isnan(custom.sum));
}

void EngineTest::longWindowsAreAsExactAsShortOnes_data() {
    QTest::addColumn<int>("kind");
    for (const char* kind : {"integers", "fractions", "far apart in size", "with NaN", "with infinities", "cancelling"})
        QTest::newRow(kind) << 0;
}

// Windows that slide over many samples are summed and searched in another way than windows of few; the answers must be the same.
void EngineTest::longWindowsAreAsExactAsShortOnes() {
    const std::string kind = QTest::currentDataTag();
    std::mt19937 random(7);
    std::vector<double> values;
    for (int i = 0; i < 400; ++i) {
        const double number = static_cast<double>(random() % 2001) - 1000;
        double value = number;
        if (kind == "fractions")
            value = number / 7;
        else if (kind == "far apart in size")
            value = i % 50 == 0 ? number * 1e100 : number;
        else if (kind == "with NaN")
            value = i % 3 == 0 || i > 300 ? std::nan("") : number;
        else if (kind == "with infinities")
            value = i % 40 == 0 ? HUGE_VAL : number;
        else if (kind == "cancelling")
            value = i % 2 == 0 ? 1e9 + number / 3 : -1e9;
        values.push_back(value);
    }
    test::MemoryQuerier querier;
    for (size_t i = 0; i < values.size(); ++i)
        querier.add({{"__name__", "m"}}, static_cast<TimeNs>(i) * kSecond, {values[i], nullptr});
    constexpr int kWindow = 60;
    const Engine engine;
    for (const std::string function : {"sum_over_time", "avg_over_time", "max_over_time", "min_over_time"}) {
        const auto result = engine.range(querier, function + "(m[1m])", 0, 399 * kSecond, kSecond);
        QVERIFY(result.ok());
        const auto& points = std::get<Matrix>(result->value)[0].floats;
        QCOMPARE(points.size(), values.size());
        for (size_t i = 0; i < points.size(); ++i) {
            const size_t begin = i + 1 > kWindow ? i + 1 - kWindow : 0;
            long double sum = 0;
            double size = 0;
            double greatest = std::nan("");
            double least = std::nan("");
            for (size_t j = begin; j <= i; ++j) {
                sum += values[j];
                size += std::fabs(values[j]);
                greatest = std::isnan(greatest) || values[j] > greatest ? values[j] : greatest;
                least = std::isnan(least) || values[j] < least ? values[j] : least;
            }
            double expected = static_cast<double>(sum);
            if (function == "avg_over_time")
                expected /= static_cast<double>(i + 1 - begin);
            else if (function != "sum_over_time")
                expected = function == "max_over_time" ? greatest : least;
            const double actual = points[i].value;
            const bool same = actual == expected || (std::isnan(actual) && std::isnan(expected)) || std::fabs(actual - expected) <= 1e-15 * size;
            QVERIFY2(same, qPrintable(QStringLiteral("%1 at %2: %3 instead of %4")
                                          .arg(QString::fromStdString(function))
                                          .arg(i)
                                          .arg(actual, 0, 'g', 17)
                                          .arg(expected, 0, 'g', 17)));
        }
    }
}

void EngineTest::enginesAreSharedByThreads() {
    const Engine engine;
    std::atomic<int> right = 0;
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
        threads.emplace_back([&] {
            test::MemoryQuerier querier;
            addSeries(querier, "m", 5, 10);
            for (int i = 0; i < 50; ++i) {
                const auto result = engine.range(querier, "sum(max_over_time(m[5m]))", 0, 9 * kMinute, kMinute);
                right += result.ok() && std::get<Matrix>(result->value)[0].floats.back().value == 90 ? 1 : 0;
            }
        });
    }
    for (std::thread& thread : threads)
        thread.join();
    QCOMPARE(right.load(), 200);
}

QTEST_APPLESS_MAIN(EngineTest)
#include "engine_test.moc"
