#include <random>

#include "batch_text.h"
#include "format/prometheus_line.h"
#include "qt_test.h"
#include "shared_data.h"

using namespace nj;
using test::readAs;

namespace {

const format::Format& prometheusText() { return *format::findFormat("prometheus_text"); }

format::ReaderOptions options() {
    format::ReaderOptions o;
    o.modifiedAt = 1'700'000'000'000'000'000;
    return o;
}

}  // namespace

class PrometheusTextTest : public QObject {
    Q_OBJECT
private slots:
    void reads_data();
    void reads();
    void numbers_data();
    void numbers();
    void times_data();
    void times();
    void assumesTheFilesTime();
    void realExpositionsReadWithoutRejects_data();
    void realExpositionsReadWithoutRejects();
    void longDumpMakesSeveralBatches();
    void nativeBucketsGoBackIntoIndexes();
    void damagedBytesNeverCrash();
    void sniffs_data();
    void sniffs();
};

void PrometheusTextTest::reads_data() {
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QByteArray>("expected");
    const auto row = [](const char* name, const char* bytes, const char* expected) { QTest::newRow(name) << QByteArray(bytes) << QByteArray(expected); };
    row("exposition 0.0.4",
        "# HELP http_requests_total The total\\nof \\\\ requests.\n"
        "# TYPE http_requests_total counter\n"
        "# a comment\n"
        "http_requests_total{method=\"post\",code=\"200\",} 1027 1395066363000\n"
        "http_requests_total{code=\"200\", method=\"post\"} 1028 1395066364000\r\n"
        "\n"
        "msdos_file{path=\"C:\\\\DIR\\\\F.TXT\",error=\"Cannot find:\\n\\\"F\\\"\"} 1.458255915e9\n"
        "something_weird{problem=\"division by zero\"} +Inf -3982045\n"
        "up\tNaN\n"
        "neg -Inf 1395066363500",
        R"(series 1 r-1 s-1 http_requests_total unit= 'The total
of \ requests.' kind=2 temporality=0 monotonic=true {"code":"200","method":"post"}
series 1 r-1 s-1 msdos_file unit= '' kind=0 temporality=0 monotonic=false {"error":"Cannot find:\n\"F\"","path":"C:\\DIR\\F.TXT"}
series 1 r-1 s-1 something_weird unit= '' kind=0 temporality=0 monotonic=false {"problem":"division by zero"}
series 1 r-1 s-1 up unit= '' kind=0 temporality=0 monotonic=false {}
series 1 r-1 s-1 neg unit= '' kind=0 temporality=0 monotonic=false {}
sample 0 0..1395066363000000000 1027
sample 0 0..1395066364000000000 1028
sample 1 0..1700000000000000000 1458255915
sample 2 0..-3982045000000000 inf
sample 3 0..1700000000000000000 nan
sample 4 0..1395066363500000000 -inf
--
)");
    row("OpenMetrics",
        "# TYPE foo_seconds counter\n# UNIT foo_seconds seconds\n# HELP foo_seconds It.\n"
        "foo_seconds_total{a=\"b\"} 17.0 1520879607.789 # {trace_id=\"5b8efff798038103d269b633813fc60c\",span_id=\"eee19b7ec3c1b174\",x=\"}\"} 0.43 1520879606.5\n"
        "foo_seconds_created{a=\"b\"} 1520430000.123\n"
        "# TYPE h histogram\n"
        "h_bucket{le=\"0.1\"} 8 1520879607 # {} 0.054\n"
        "h_bucket{le=\"+Inf\"} 10 1520879607\nh_sum 3.5 1520879607\nh_count 10 1520879607\n"
        "# TYPE build info\nbuild_info{v=\"1\"} 1 1520879607\n"
        "# TYPE state stateset\nstate{state=\"on\"} 1 1520879607\n"
        "# TYPE gh gaugehistogram\ngh_gcount 2 1520879607\n"
        "# TYPE \"my.metric\" gauge\n{\"my.metric\",\"my.label\"=\"v\"} 2 1520879607\n"
        "# EOF\n",
        R"(series 1 r-1 s-1 foo_seconds_total unit=seconds 'It.' kind=2 temporality=0 monotonic=true {"a":"b"}
series 1 r-1 s-1 foo_seconds_created unit=seconds 'It.' kind=1 temporality=0 monotonic=false {"a":"b"}
series 1 r-1 s-1 h_bucket unit= '' kind=3 temporality=0 monotonic=false {"le":"0.1"}
series 1 r-1 s-1 h_bucket unit= '' kind=3 temporality=0 monotonic=false {"le":"+Inf"}
series 1 r-1 s-1 h_sum unit= '' kind=3 temporality=0 monotonic=false {}
series 1 r-1 s-1 h_count unit= '' kind=3 temporality=0 monotonic=false {}
series 1 r-1 s-1 build_info unit= '' kind=6 temporality=0 monotonic=false {"v":"1"}
series 1 r-1 s-1 state unit= '' kind=7 temporality=0 monotonic=false {"state":"on"}
series 1 r-1 s-1 gh_gcount unit= '' kind=8 temporality=0 monotonic=false {}
series 1 r-1 s-1 my.metric unit= '' kind=1 temporality=0 monotonic=false {"my.label":"v"}
sample 0 0..1520879607789000000 17
sample 1 0..1700000000000000000 1520430000.123
sample 2 0..1520879607000000000 8
sample 3 0..1520879607000000000 10
sample 4 0..1520879607000000000 3.5
sample 5 0..1520879607000000000 10
sample 6 0..1520879607000000000 1
sample 7 0..1520879607000000000 1
sample 8 0..1520879607000000000 2
sample 9 0..1520879607000000000 2
exemplar 0 at 1520879606500000000 0.43 5b8efff798038103d269b633813fc60c eee19b7ec3c1b174 {"x":"}"}
exemplar 2 at 1520879607000000000 0.054 00000000000000000000000000000000 0000000000000000 {}
--
)");
    row("promtool tsdb dump",
        "{__name__=\"heavy_metric\", foo=\"bar\"} 5 0\n{__name__=\"heavy_metric\", foo=\"bar\"} 4 60000\n{__name__=\"heavy_metric\", foo=\"b\\\\a\"} 1e-07 60000\n"
        "{__name__=\"hist\"} {count:14, sum:18.4, [-2,-1):1, [-0.001,0.001]:2, (0.5,1]:3, (2,4]:8} 120000\n"
        "{__name__=\"custom\"} {count:3, sum:2, [-Inf,0.1]:1, (0.1,0.25]:2} 120000\n",
        R"(series 1 r-1 s-1 heavy_metric unit= '' kind=0 temporality=0 monotonic=false {"foo":"bar"}
series 1 r-1 s-1 heavy_metric unit= '' kind=0 temporality=0 monotonic=false {"foo":"b\\a"}
series 1 r-1 s-1 hist unit= '' kind=4 temporality=0 monotonic=false {}
series 1 r-1 s-1 custom unit= '' kind=3 temporality=0 monotonic=false {}
sample 0 0..0 5
sample 0 0..60000000000 4
sample 1 0..60000000000 1e-07
histogram 2 0..120000000000 flags=0 count=14 sum=18.4 bounds=[] buckets=[] values=[] scale=0 zero=2<=0.001 +-1[3,0,8] -0[1]
histogram 3 0..120000000000 flags=0 count=3 sum=2 bounds=[0.1,0.25] buckets=[1,2,0] values=[] scale=0 zero=0<=0 +0[] -0[]
--
)");
    row("dump-openmetrics", "heavy_metric{foo=\"bar\"} 5 0.000\nheavy_metric{foo=\"bar\"} 4 60.000\nheavy_metric{foo=\"foo\"} 4 60.123\n# EOF\n",
        R"(series 1 r-1 s-1 heavy_metric unit= '' kind=0 temporality=0 monotonic=false {"foo":"bar"}
series 1 r-1 s-1 heavy_metric unit= '' kind=0 temporality=0 monotonic=false {"foo":"foo"}
sample 0 0..0 5
sample 0 0..60000000000 4
sample 1 0..60123000000 4
--
)");
    row("bad lines are counted",
        "up 1 1395066363000\nup one 1395066363000\nup 1 tomorrow\nup{a=\"b} 1\nup{a=b} 1\njust some words here\nup{a=\"\xff\"} 2 1395066363000\ndown 1\ndown 2\nup 3 1395066364000 # {a=\"b\"} x\nu 1 1395066363000\n",
        R"(series 1 r-1 s-1 up unit= '' kind=0 temporality=0 monotonic=false {}
series 1 r-1 s-1 up unit= '' kind=0 temporality=0 monotonic=false {"a":"�"}
series 1 r-1 s-1 down unit= '' kind=0 temporality=0 monotonic=false {}
series 1 r-1 s-1 u unit= '' kind=0 temporality=0 monotonic=false {}
sample 0 0..1395066363000000000 1
sample 1 0..1395066363000000000 2
sample 2 0..1700000000000000000 1
sample 0 0..1395066364000000000 3
sample 3 0..1395066363000000000 1
health 2 'Prometheus sample with a value that is no number' offset=19 line=2 count=1
health 2 'Prometheus sample with a time that is none' offset=40 line=3 count=1
health 2 'line that is no Prometheus sample' offset=54 line=4 count=2
health 2 'Prometheus series with damaged labels' offset=65 line=5 count=1
health 1 'text that is no UTF-8' offset=96 line=7 count=1
health 2 'second value without a time for one series' offset=129 line=9 count=1
health 2 'exemplar that can't be read' offset=136 line=10 count=1
--
)");
}

void PrometheusTextTest::reads() {
    QFETCH(QByteArray, bytes);
    QFETCH(QByteArray, expected);
    const std::string text = bytes.toStdString();
    const auto whole = readAs(prometheusText(), text, text.size(), options());
    QVERIFY2(whole.text == expected.toStdString(), whole.text.c_str());
    for (size_t chunk = 1; chunk < text.size(); ++chunk)
        QCOMPARE(QByteArray::fromStdString(readAs(prometheusText(), text, chunk, options()).text), expected);
}

void PrometheusTextTest::numbers_data() {
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArray>("expected");
    QTest::newRow("integer") << QByteArray("17") << QByteArray("17");
    QTest::newRow("exponent") << QByteArray("1.5e-07") << QByteArray("1.5e-07");
    QTest::newRow("hex") << QByteArray("0x1p-2") << QByteArray("0.25");
    QTest::newRow("+Inf") << QByteArray("+Inf") << QByteArray("inf");
    QTest::newRow("-inf") << QByteArray("-inf") << QByteArray("-inf");
    QTest::newRow("NaN") << QByteArray("NaN") << QByteArray("nan");
    QTest::newRow("huge") << QByteArray("1e999") << QByteArray("inf");
    QTest::newRow("tiny") << QByteArray("1e-999") << QByteArray("0");
    QTest::newRow("two signs") << QByteArray("--1") << QByteArray("none");
    QTest::newRow("word") << QByteArray("one") << QByteArray("none");
    QTest::newRow("tail") << QByteArray("1x") << QByteArray("none");
    QTest::newRow("empty") << QByteArray("") << QByteArray("none");
}

void PrometheusTextTest::numbers() {
    QFETCH(QByteArray, text);
    QFETCH(QByteArray, expected);
    const auto number = format::parsePrometheusNumber(text.toStdString());
    QCOMPARE(QByteArray::fromStdString(number ? fmt::format("{}", *number) : "none"), expected);
}

void PrometheusTextTest::times_data() {
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<bool>("surelyMilliseconds");
    QTest::addColumn<qint64>("expected");
    QTest::newRow("milliseconds") << QByteArray("1395066363000") << false << qint64{1395066363000000000};
    QTest::newRow("seconds") << QByteArray("1520879607") << false << qint64{1520879607000000000};
    QTest::newRow("seconds with fraction") << QByteArray("1520879607.000000001") << false << qint64{1520879607000000001};
    QTest::newRow("seconds with exponent") << QByteArray("1.520879607789e+09") << false << qint64{1520879607789000000};
    QTest::newRow("early milliseconds of a dump") << QByteArray("60000") << true << qint64{60000000000};
    QTest::newRow("negative fraction") << QByteArray("-1.5") << false << qint64{-1500000000};
    QTest::newRow("too far") << QByteArray("99999999999999999") << false << qint64{-1};
    QTest::newRow("none") << QByteArray("x") << false << qint64{-1};
}

void PrometheusTextTest::times() {
    QFETCH(QByteArray, text);
    QFETCH(bool, surelyMilliseconds);
    QFETCH(qint64, expected);
    QCOMPARE(static_cast<qint64>(format::parsePrometheusTime(text.toStdString(), surelyMilliseconds).value_or(-1)), expected);
}

void PrometheusTextTest::assumesTheFilesTime() {
    QCOMPARE(QString::fromStdString(readAs(prometheusText(), "up 1\n", 100, options()).assumptions),
             QStringLiteral("values without a time were placed at the file's modification time, 2023-11-14T22:13:20Z"));
    QVERIFY(readAs(prometheusText(), "up 1 1395066363000\n", 100, options()).assumptions.empty());
}

void PrometheusTextTest::realExpositionsReadWithoutRejects_data() {
    QTest::addColumn<QString>("path");
    QTest::addColumn<int>("samples");
    QTest::newRow("237 families") << "prometheus-open/textparse/alltypes.237mfs.prom.txt" << 1857;
    QTest::newRow("OpenMetrics, 5 families") << "prometheus-open/textparse/alltypes.5mfs.om.txt" << 53;
    QTest::newRow("OpenMetrics, a histogram") << "prometheus-open/textparse/1histogram.om.txt" << 42;
}

void PrometheusTextTest::realExpositionsReadWithoutRejects() {
    QFETCH(QString, path);
    QFETCH(int, samples);
    const QString full = test::sharedData(path);
    if (full.isEmpty())
        QSKIP("shared data not present");
    QFile file(full);
    QVERIFY(file.open(QIODevice::ReadOnly));
    const std::string bytes = file.readAll().toStdString();
    QVERIFY(prometheusText().sniff({bytes, "x", true}) >= 90);
    const auto reading = readAs(prometheusText(), bytes, 4096, options());
    QCOMPARE(reading.rejected(), uint64_t{0});
    QCOMPARE(static_cast<int>(reading.samples()), samples);
    for (const Batch& b : reading.batches)
        for (const SeriesKey& key : b.series)
            QVERIFY2(key.kind != MetricKind::kUnknown || key.description.empty(), key.name.c_str());
}

void PrometheusTextTest::longDumpMakesSeveralBatches() {
    std::string dump;
    for (int series = 0; series < 4; ++series)
        for (int i = 0; i < 20000; ++i)
            dump += fmt::format("{{__name__=\"m\", pod=\"p{}\"}} {} {}\n", series, i * 0.5, 1700000000000 + i * 15000LL);
    const auto reading = readAs(prometheusText(), dump, 1 << 16);
    QCOMPARE(reading.rejected(), uint64_t{0});
    QCOMPARE(reading.samples(), size_t{80000});
    QCOMPARE(reading.batches.size(), size_t{2});
    for (const Batch& b : reading.batches)
        for (const uint32_t series : b.samples.series)
            QVERIFY(series < b.series.size());
}

void PrometheusTextTest::nativeBucketsGoBackIntoIndexes() {
    for (int schema = -4; schema <= 8; ++schema) {
        for (const int index : {-37, -1, 0, 5, 100}) {
            const double step = std::ldexp(1.0, -schema);
            if (std::abs((index + 2) * step) > 1000)
                continue;
            bool exponential = false;
            bool rounded = false;
            const auto h = format::nativeHistogram(7, 1.5, {{std::exp2(index * step), std::exp2((index + 1) * step), 3}, {std::exp2((index + 1) * step), std::exp2((index + 2) * step), 4}}, exponential, rounded);
            QVERIFY(h.has_value() && exponential && !rounded);
            QCOMPARE(h->scale, schema);
            QCOMPARE(h->positiveOffset, index);
            QCOMPARE(h->positive, (std::vector<uint64_t>{3, 4}));
        }
    }
    bool exponential = false;
    bool rounded = false;
    QVERIFY(!format::nativeHistogram(1, 1, {{5, 1, 1}}, exponential, rounded).has_value());
    QVERIFY(format::nativeHistogram(1.5, 1, {{1, 2, 1.5}}, exponential, rounded).has_value());
    QVERIFY(rounded);
}

void PrometheusTextTest::damagedBytesNeverCrash() {
    const std::string good =
        "# TYPE a counter\na_total{b=\"c\\\"d\",e=\"f\"} 1.5 1395066363000 # {t=\"u\"} 1 1\n{__name__=\"h\"} {count:14, sum:18.4, [-2,-1):1, [-0.001,0.001]:2, (0.5,1]:3} 1395066363000\n{\"q.r\",s=\"t\"} 2\n";
    std::mt19937 random(3);
    for (int round = 0; round < 5000; ++round) {
        std::string bytes = good + good;
        for (unsigned n = 0; n <= random() % 5; ++n) {
            const size_t at = random() % bytes.size();
            if (random() % 3 == 0)
                bytes.erase(at, random() % 10);
            else
                bytes[at] = random() % 2 ? static_cast<char>(random()) : "{}\"\\#,=: \n"[random() % 10];
        }
        const auto whole = readAs(prometheusText(), bytes, bytes.size() + 1, options());
        QVERIFY(whole.ok);
        QVERIFY2(readAs(prometheusText(), bytes, 13, options()).text == whole.text, bytes.c_str());
    }
}

void PrometheusTextTest::sniffs_data() {
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<int>("least");
    QTest::addColumn<int>("most");
    QTest::newRow("exposition") << QByteArray("# HELP up x\n# TYPE up gauge\nup 1\n") << 90 << 100;
    QTest::newRow("dump") << QByteArray("{__name__=\"a\"} 1 2\n") << 95 << 100;
    QTest::newRow("dump-openmetrics") << QByteArray("a{b=\"c\"} 1 2.000\na{b=\"c\"} 1 3.000\n") << 80 << 100;
    QTest::newRow("words and numbers") << QByteArray("total 12\n") << 0 << 20;
    QTest::newRow("log line") << QByteArray("2026-03-17 10:58:12 ERROR something {a=1}\n") << 0 << 0;
    QTest::newRow("JSON") << QByteArray("{\"a\":1}\n") << 0 << 0;
    QTest::newRow("shell comments") << QByteArray("# HELP yourself\n# just comments\nset -e\n") << 0 << 0;
    QTest::newRow("empty") << QByteArray() << 0 << 0;
}

void PrometheusTextTest::sniffs() {
    QFETCH(QByteArray, bytes);
    QFETCH(int, least);
    QFETCH(int, most);
    const int got = prometheusText().sniff({std::string_view(bytes.constData(), static_cast<size_t>(bytes.size())), "x", true});
    QVERIFY2(got >= least && got <= most, qPrintable(QString::number(got)));
}

QTEST_GUILESS_MAIN(PrometheusTextTest)
#include "prometheus_text_test.moc"
