// Metrics by name and SQL through the backend: rates over resets, gaps that stay gaps, grouping, quantiles, labels; SQL is read-only, says
// where it is wrong, and ends when it is told to.
#include <cmath>
#include <limits>
#include <map>
#include <thread>

#include "../store/test_batches.h"
#include "qt_test.h"
#include "query/backend.h"
#include "query/metrics.h"
#include "query/promql.h"
#include "query/search_syntax.h"
#include "query/sql.h"

using namespace nj;
using namespace nj::test;
using namespace nj::query;

namespace {

constexpr TimeNs kEnd = kT0 + 2 * kHour;
constexpr DurationNs kScrape = 15 * kSecond;

AttributeList labelled(std::initializer_list<std::pair<const char*, std::string>> labels) {
    AttributeList out;
    for (const auto& [key, value] : labels)
        out.push_back({key, AttributeValue::ofString(value)});
    return out;
}

void fill(Batch& batch, uint32_t series, MetricKind kind, const std::function<double(TimeNs)>& valueAt) {
    batch.series[series].kind = kind;
    for (TimeNs t = kT0; t < kEnd; t += kScrape)
        if (const double value = valueAt(t); !std::isnan(value))
            addSample(batch, series, t, value);
}

}  // namespace

class MetricTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() {
        std::vector<Batch> batches(1);
        Batch& batch = batches.front();
        for (int gpu = 0; gpu < 8; ++gpu) {
            const uint32_t series = addSeries(batch, "DCGM_FI_DEV_SM_CLOCK", labelled({{"UUID", "GPU-" + std::string(30, static_cast<char>('a' + gpu))}, {"gpu", std::to_string(gpu)}, {"pod", gpu < 4 ? "a" : "b"}}));
            batch.series[series].description = "SM clock frequency (in MHz)";
            fill(batch, series, MetricKind::kGauge, [gpu](TimeNs t) { return gpu == 3 && t >= kT0 + kHour ? 1290.0 : 1980.0; });
        }
        // Two a second each; "a" is restarted after an hour and is not scraped for 20 minutes then.
        for (const char* pod : {"a", "b"}) {
            const bool restarted = pod[0] == 'a';
            fill(batch, addSeries(batch, "requests_total", labelled({{"pod", pod}})), MetricKind::kCounter, [restarted](TimeNs t) {
                const double seconds = static_cast<double>(t - kT0) / 1e9;
                if (!restarted || seconds < 3600)
                    return 2 * seconds;
                return seconds < 4800 ? std::numeric_limits<double>::quiet_NaN() : 2 * (seconds - 4800);
            });
        }
        for (const double le : {0.1, 1.0, 10.0, std::numeric_limits<double>::infinity()})
            fill(batch, addSeries(batch, "wait_seconds_bucket", labelled({{"le", std::isinf(le) ? "+Inf" : le == 0.1 ? "0.1" : le == 1.0 ? "1.0" : "10.0"}, {"pod", "a"}})), MetricKind::kHistogram,
                 [le](TimeNs t) { return le < 1 ? 0 : static_cast<double>(t - kT0) / 1e9; });
        fill(batch, addSeries(batch, "wait_seconds_sum", labelled({{"pod", "a"}})), MetricKind::kHistogram, [](TimeNs t) { return static_cast<double>(t - kT0) / 2e9; });
        fill(batch, addSeries(batch, "wait_seconds_count", labelled({{"pod", "a"}})), MetricKind::kHistogram, [](TimeNs t) { return static_cast<double>(t - kT0) / 1e9; });
        fill(batch, addSeries(batch, "untyped", {}), MetricKind::kUnknown, [](TimeNs t) { return static_cast<double>(t - kT0) / 1e9; });
        fill(batch, addSeries(batch, "hostile", labelled({{"path", "<img src=file:///dev/zero>\n\t\x1b[31m" + std::string(100'000, 'x')}})), MetricKind::kGauge, [](TimeNs) { return 1.0; });
        // As Prometheus' API hands them out: without a type.
        for (const char* name : {"pings_total", "tick_seconds_bucket", "tick_seconds_sum", "tick_seconds_count", "gc_seconds", "gc_seconds_sum", "gc_seconds_count", "lone_count", "no_le_bucket"}) {
            const std::string text = name;
            const auto labels = text == "tick_seconds_bucket" ? labelled({{"le", "+Inf"}}) : text == "gc_seconds" ? labelled({{"quantile", "0.9"}}) : labelled({});
            fill(batch, addSeries(batch, name, labels), MetricKind::kUnknown, [](TimeNs t) { return static_cast<double>(t - kT0) / 1e9; });
        }
        for (int i = 0; i < 300; ++i) {
            const uint32_t series = addSeries(batch, "many", labelled({{"i", std::to_string(i)}, {"group", std::to_string(i % 3)}}));
            batch.series[series].kind = MetricKind::kGauge;
            for (TimeNs t = kT0; t < kEnd; t += kHour)
                addSample(batch, series, t, i % 3);
        }
        capsule_.import(std::move(batches));
        backend_ = need(openCapsuleBackend(capsule_.path()));
        metrics_ = need(metricsOf(*backend_));
        sql_ = need(sqlOf(*backend_));
    }

    void namesFoldHistograms() {
        const auto names = need(metrics_->metricNames({}));
        QStringList all;
        for (const MetricName& metric : names)
            all << QString::fromStdString(metric.name);
        QCOMPARE(all, QStringList({"DCGM_FI_DEV_SM_CLOCK", "gc_seconds", "gc_seconds_count", "gc_seconds_sum", "hostile", "lone_count", "many", "no_le_bucket", "pings_total", "requests_total", "tick_seconds",
                                   "untyped", "wait_seconds"}));
        QCOMPARE(names[0].series, 8U);
        QCOMPARE(names[0].unit, std::string("MHz"));
        QVERIFY(names[9].counter && !names[9].histogram);
        QVERIFY(names[12].histogram && !names[12].counter);
        QCOMPARE(names[12].series, 1U);
        QCOMPARE(names[12].unit, std::string("s"));
    }
    // Only where the names of the series leave no doubt, and said to be so.
    void typesByTheirNames_data() {
        QTest::addColumn<MetricKind>("kind");
        QTest::addColumn<bool>("inferred");
        QTest::newRow("DCGM_FI_DEV_SM_CLOCK") << MetricKind::kGauge << false;
        QTest::newRow("requests_total") << MetricKind::kCounter << false;
        QTest::newRow("wait_seconds") << MetricKind::kHistogram << false;
        QTest::newRow("pings_total") << MetricKind::kCounter << true;
        QTest::newRow("tick_seconds") << MetricKind::kHistogram << true;
        QTest::newRow("gc_seconds") << MetricKind::kSummary << true;
        QTest::newRow("gc_seconds_sum") << MetricKind::kCounter << true;
        QTest::newRow("gc_seconds_count") << MetricKind::kCounter << true;
        QTest::newRow("lone_count") << MetricKind::kUnknown << false;
        QTest::newRow("no_le_bucket") << MetricKind::kUnknown << false;
        QTest::newRow("untyped") << MetricKind::kUnknown << false;
    }
    void typesByTheirNames() {
        QFETCH(MetricKind, kind);
        QFETCH(bool, inferred);
        for (const MetricName& metric : need(metrics_->metricNames({})))
            if (metric.name == QTest::currentDataTag()) {
                QCOMPARE(metric.kind, kind);
                QCOMPARE(metric.inferred, inferred);
                return;
            }
        QFAIL("no such name");
    }
    void typesForCompletion() {
        std::map<std::string, std::pair<MetricKind, bool>> types;
        for (const MetricName& metric : need(PromqlBackend::of(*backend_)->promqlNames({})).metrics)
            types[metric.name] = {metric.kind, metric.inferred};
        for (const char* name : {"tick_seconds_bucket", "wait_seconds_bucket"})
            QCOMPARE(types.at(name).first, MetricKind::kHistogram);
        QVERIFY(types.at("tick_seconds_bucket").second && !types.at("wait_seconds_bucket").second);
        QCOMPARE(types.at("tick_seconds_sum"), std::pair(MetricKind::kCounter, true));
        QCOMPARE(types.at("pings_total"), std::pair(MetricKind::kCounter, true));
        QCOMPARE(types.at("lone_count"), std::pair(MetricKind::kUnknown, false));
    }
    void labelsForCompletion() {
        MetricLabelsQuestion question{"DCGM_FI_DEV_SM_CLOCK", need(parseSearch("pod:a"))};
        const auto labels = need(metrics_->metricLabels(question, {}));
        QCOMPARE(labels.size(), size_t(3));
        QCOMPARE(labels[1].key, std::string("gpu"));
        QCOMPARE(labels[1].valueCount, 4U);
        const auto buckets = need(metrics_->metricLabels({"wait_seconds", {}}, {}));
        QCOMPARE(buckets.size(), size_t(1));   // pod; le is no label of the histogram
    }
    void theOneThatDepartsIsFirst() {
        MetricAnswer answer = need(metrics_->metric(ask("DCGM_FI_DEV_SM_CLOCK"), {}));
        QCOMPARE(answer.reading, MetricReading::kValue);
        QCOMPARE(answer.by, std::vector<std::string>{"gpu"});   // tells as much as UUID, and is readable
        QCOMPARE(answer.lines.size(), size_t(8));
        QCOMPARE(answer.lines[0].label, std::string("gpu=3"));
        QCOMPARE(answer.lines[0].min, 1290.0);
        QCOMPARE(answer.lines[0].baseline, 1980.0);
        QVERIFY(std::none_of(answer.lines[0].values.begin(), answer.lines[0].values.end(), [](double v) { return std::isnan(v); }));
    }
    void combining_data() {
        QTest::addColumn<int>("combine");
        QTest::addColumn<double>("value");   // pod a, second half
        QTest::addRow("sum") << int(MetricCombine::kSum) << 3 * 1980.0 + 1290;
        QTest::addRow("avg") << int(MetricCombine::kAvg) << (3 * 1980.0 + 1290) / 4;
        QTest::addRow("min") << int(MetricCombine::kMin) << 1290.0;
        QTest::addRow("max") << int(MetricCombine::kMax) << 1980.0;
        QTest::addRow("p50") << int(MetricCombine::kP50) << 1980.0;
        QTest::addRow("count") << int(MetricCombine::kCount) << 4.0;
    }
    void combining() {
        QFETCH(int, combine);
        QFETCH(double, value);
        MetricQuestion question = ask("DCGM_FI_DEV_SM_CLOCK");
        question.combine = static_cast<MetricCombine>(combine);
        question.by = {"pod"};
        const auto answer = need(metrics_->metric(question, {}));
        QCOMPARE(answer.lines.size(), size_t(2));
        const MetricLine& a = answer.lines[0].label == "pod=a" ? answer.lines[0] : answer.lines[1];
        QCOMPARE(a.members, 4U);
        QVERIFY(std::abs(a.values.back() - value) < 1e-6);
    }
    void ratesOverResetsAndGaps() {
        MetricQuestion question = ask("requests_total");
        question.baseline = {};
        const auto answer = need(metrics_->metric(question, {}));
        QCOMPARE(answer.reading, MetricReading::kRate);
        QCOMPARE(answer.unit, std::string("/s"));
        QVERIFY(answer.width >= 4 * kScrape);
        for (const MetricLine& line : answer.lines)
            for (size_t c = 0; c < line.values.size(); ++c) {
                const TimeNs from = answer.from + static_cast<TimeNs>(c) * answer.width, to = from + answer.width;
                const bool gap = line.label == "pod=a" && from >= kT0 + kHour && to <= kT0 + kHour + 20 * kMinute;
                if (gap)
                    QVERIFY2(std::isnan(line.values[c]), "a gap is not drawn over");
                else if (from > kT0 && to < kEnd && (line.label == "pod=b" || to < kT0 + kHour || from > kT0 + kHour + 21 * kMinute))
                    QVERIFY2(std::abs(line.values[c] - 2) < 1e-6, qPrintable(QString::number(line.values[c])));
            }
    }
    void untypedThatOnlyGrowsIsRead() { QCOMPARE(need(metrics_->metric(ask("untyped"), {})).reading, MetricReading::kRate); }
    void quantilesOfAHistogram() {
        MetricQuestion question = ask("wait_seconds");
        const auto answer = need(metrics_->metric(question, {}));
        QVERIFY(answer.histogram);
        QCOMPARE(answer.reading, MetricReading::kQuantiles);
        QCOMPARE(answer.lines.size(), question.quantiles.size());
        QVERIFY(answer.lines[0].mean > 0.1 && answer.lines[0].mean <= 1);
        question.reading = MetricReading::kRate;
        const auto rate = need(metrics_->metric(question, {}));
        QCOMPARE(rate.lines.size(), size_t(1));
        QVERIFY(std::abs(rate.lines[0].mean - 1) < 0.02);
        question.name = "untyped";
        question.reading = MetricReading::kQuantiles;
        QCOMPARE(metrics_->metric(question, {}).error().code, ErrorCode::kInvalidArgument);
    }
    void tooManySeriesAreGrouped() {
        const auto answer = need(metrics_->metric(ask("many"), {}));
        QCOMPARE(answer.series, uint64_t(300));
        QCOMPARE(answer.combine, MetricCombine::kAvg);
        QCOMPARE(answer.by, std::vector<std::string>{"group"});
        QCOMPARE(answer.lines.size(), size_t(3));
        MetricQuestion each = ask("many");
        each.combine = MetricCombine::kNone;
        each.mustShow = need(backend_->series({"many", {{"i", "299"}}, 10}, {})).front().id;
        const auto lines = need(metrics_->metric(each, {}));
        QCOMPARE(lines.lines.size(), each.maxLines);
        QCOMPARE(lines.linesInAll, uint64_t(300));
        QVERIFY(std::any_of(lines.lines.begin(), lines.lines.end(), [&](const MetricLine& line) { return line.series == each.mustShow; }));
    }
    void labelTermsMustHold() {
        MetricQuestion question = ask("DCGM_FI_DEV_SM_CLOCK");
        question.labels = need(parseSearch("gpu:3"));
        QCOMPARE(need(metrics_->metric(question, {})).series, uint64_t(1));
        question.labels = need(parseSearch("-pod:a gpu:(4 OR 5)"));
        QCOMPARE(need(metrics_->metric(question, {})).series, uint64_t(2));
        question.labels = need(parseSearch("absent:1"));
        QCOMPARE(metrics_->metric(question, {}).error().code, ErrorCode::kNotFound);
        // A term of the window on what the series does not have leaves it.
        question.labels = {};
        question.filter = need(parseSearch("status:error pod:b"));
        QCOMPARE(need(metrics_->metric(question, {})).series, uint64_t(4));
    }
    void hostileLabelsStayShort() {
        MetricQuestion question = ask("hostile");
        question.combine = MetricCombine::kSum;
        question.by = {"path"};
        QVERIFY(need(metrics_->metric(question, {})).lines[0].label.size() < 200);
    }

    void sqlNamesItsTables() {
        const auto tables = need(sql_->sqlTables({}));
        QVERIFY(tables.size() >= 16);
        QCOMPARE(tables.front().name, std::string("spans"));
        QVERIFY(std::any_of(tables.front().columns.begin(), tables.front().columns.end(), [](const SqlColumn& c) { return c.name == "duration_nano" && !c.hidden; }));
    }
    void sqlStreams() {
        QString text;
        SqlReceiver receiver;
        receiver.onColumns = [&](const auto& columns) { text += QString::fromStdString(columns[0]) + QLatin1Char(':'); };
        receiver.onRow = [&](std::vector<SqlCell>&& row) {
            text += QString::number(row[0].integer) + QLatin1Char(' ');
            return row[0].integer < 2;
        };
        need(sql_->sql("WITH RECURSIVE c(x) AS (SELECT 0 UNION ALL SELECT x + 1 FROM c) SELECT x FROM c", receiver, {}));
        QCOMPARE(text, QStringLiteral("x:0 1 2 "));
    }
    void sqlErrors_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<int>("code");
        QTest::addColumn<int>("at");
        QTest::addRow("syntax") << QByteArray("SELECT 1 FORM spans WHERE 1") << int(ErrorCode::kInvalidArgument) << 14;
        QTest::addRow("column") << QByteArray("SELECT nothing FROM spans") << int(ErrorCode::kInvalidArgument) << 7;
        QTest::addRow("two") << QByteArray("SELECT 1; SELECT 2") << int(ErrorCode::kInvalidArgument) << 9;
        QTest::addRow("write") << QByteArray("DELETE FROM spans") << int(ErrorCode::kInvalidArgument) << -1;
        QTest::addRow("attach") << QByteArray("ATTACH '/etc/passwd' AS x") << int(ErrorCode::kReadOnly) << -1;
        QTest::addRow("pragma") << QByteArray("PRAGMA journal_mode = DELETE") << int(ErrorCode::kReadOnly) << -1;
        QTest::addRow("nothing") << QByteArray("-- only a comment") << int(ErrorCode::kInvalidArgument) << -1;
    }
    void sqlErrors() {
        QFETCH(QByteArray, text);
        QFETCH(int, code);
        QFETCH(int, at);
        int where = -1;
        SqlReceiver receiver;
        receiver.onErrorAt = [&](int offset) { where = offset; };
        receiver.onRow = [](std::vector<SqlCell>&&) { return true; };
        const Status status = sql_->sql(text.toStdString(), receiver, {});
        QVERIFY(!status.ok());
        QCOMPARE(int(status.error().code), code);
        QCOMPARE(where, at);
    }
    void sqlStopsWhenTold() {
        std::stop_source stop;
        SqlReceiver receiver;
        receiver.onRow = [](std::vector<SqlCell>&&) { return true; };
        std::jthread later([&] { stop.request_stop(); });
        const Status status = sql_->sql("WITH RECURSIVE c(x) AS (SELECT 0 UNION ALL SELECT x + 1 FROM c) SELECT count(*) FROM c", receiver, stop.get_token());
        QCOMPARE(int(status.error().code), int(ErrorCode::kCancelled));
    }

private:
    static MetricQuestion ask(const std::string& name) {
        MetricQuestion question;
        question.name = name;
        question.range = {kT0, kEnd};
        question.baseline = TimeRange{kT0, kT0 + kHour};
        return question;
    }
    TestCapsule capsule_;
    std::unique_ptr<Backend> backend_;
    MetricsBackend* metrics_ = nullptr;
    SqlBackend* sql_ = nullptr;
};

QTEST_APPLESS_MAIN(MetricTest)
#include "metric_test.moc"
