#include <random>

#include "batch_text.h"
#include "qt_test.h"

using namespace nj;
using test::readAs;

class PrometheusApiJsonTest : public QObject {
    Q_OBJECT
private slots:
    void reads_data();
    void reads();
    void namesExpressionsAfterTheFile();
    void longSeriesSpansBatches();
    void damagedBytesNeverCrash();
    void documentThatEndsInsideAList();
    void cutAnswerKeepsItsGoodPart();
    void sniffs();
};

namespace {

const format::Format& apiJson() { return *format::findFormat("prometheus_api_json"); }

const char* const kMatrix = R"({"status":"success","data":{"resultType":"matrix","result":[
{"metric":{"__name__":"up","job":"a\"b","instance":"x"},"values":[[1435781430.781,"1"],[1435781445.781,"NaN"],[1435781460,"+Inf"],[1435781475.1,"-1.5e-7"]]},
{"metric":{"__name__":"h"},"values":[],"histograms":[[1435781430.781,{"count":"14","sum":"18.4","buckets":[[1,"-2","-1","1"],[3,"-0.001","0.001","2"],[0,"0.5","1","3"],[0,"2","4","8"]]}]]}]},"warnings":["slow"]})";

}  // namespace

void PrometheusApiJsonTest::reads_data() {
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QByteArray>("expected");
    QTest::newRow("matrix") << QByteArray(kMatrix) << QByteArray(R"(series 1 r-1 s-1 up unit= '' kind=0 temporality=0 monotonic=false {"instance":"x","job":"a\"b"}
series 1 r-1 s-1 h unit= '' kind=4 temporality=0 monotonic=false {}
sample 0 0..1435781430781000000 1
sample 0 0..1435781445781000000 nan
sample 0 0..1435781460000000000 inf
sample 0 0..1435781475100000000 -1.5e-07
histogram 1 0..1435781430781000000 flags=0 count=14 sum=18.4 bounds=[] buckets=[] values=[] scale=0 zero=2<=0.001 +-1[3,0,8] -0[1]
health 0 'Prometheus answered with a warning' offset=408 line=3 count=1
--
)");
    QTest::newRow("vector and scalar")
        << QByteArray("{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":[{\"metric\":{\"__name__\":\"up\"},\"value\":[1435781451.781,\"1\"]},{\"metric\":{\"__name__\":\"n\"},\"histogram\":[1435781451.781,{\"count\":\"3\",\"sum\":\"2\",\"buckets\":[[0,\"0.1\",\"0.25\",\"3\"]]}]}]}}\n"
                      "{\"status\":\"success\",\"data\":{\"resultType\":\"scalar\",\"result\":[1435781451.781,\"2\"]}}")
        << QByteArray(R"(series 1 r-1 s-1 up unit= '' kind=0 temporality=0 monotonic=false {}
series 1 r-1 s-1 n unit= '' kind=3 temporality=0 monotonic=false {}
series 1 r-1 s-1 expression unit= '' kind=0 temporality=0 monotonic=false {}
sample 0 0..1435781451781000000 1
sample 2 0..1435781451781000000 2
histogram 1 0..1435781451781000000 flags=0 count=3 sum=2 bounds=[0.1,0.25] buckets=[0,3,0] values=[] scale=0 zero=0<=0 +0[] -0[]
--
)");
    QTest::newRow("series and exemplars")
        << QByteArray("{\"status\":\"success\",\"data\":[{\"__name__\":\"up\",\"job\":\"p\"}]}\n"
                      "{\"status\":\"success\",\"data\":[{\"seriesLabels\":{\"__name__\":\"b\",\"job\":\"p\"},\"exemplars\":[{\"labels\":{\"traceID\":\"ee\",\"x\":\"y\"},\"value\":\"6\",\"timestamp\":1600096945.479}]}]}")
        << QByteArray(R"(series 1 r-1 s-1 up unit= '' kind=0 temporality=0 monotonic=false {"job":"p"}
series 1 r-1 s-1 b unit= '' kind=0 temporality=0 monotonic=false {"job":"p"}
exemplar 1 at 1600096945479000000 6 000000000000000000000000000000ee 0000000000000000 {"x":"y"}
--
)");
    QTest::newRow("bad pieces")
        << QByteArray("{\"status\":\"error\",\"errorType\":\"bad_data\",\"error\":\"parse error\"}\n"
                      "{\"status\":\"success\",\"data\":{\"resultType\":\"matrix\",\"result\":[{\"metric\":{\"__name__\":\"up\"},\"values\":[[1,\"x\"],[\"y\",\"1\"],[2,\"2\"],[3]]},{\"metric\":{},\"values\":7,\"histograms\":[[1,{\"sum\":\"a\"}]]}]}}\n{\"a\":1}\n")
        << QByteArray(R"(series 1 r-1 s-1 up unit= '' kind=0 temporality=0 monotonic=false {}
sample 0 0..2000000000 2
health 2 'Prometheus answered with an error' offset=0 line=1 count=1
health 2 'Prometheus sample with a value that is no number' offset=64 line=2 count=1
health 2 'Prometheus sample with a time that is none' offset=64 line=2 count=1
health 2 'Prometheus values that are no pairs of time and value' offset=64 line=2 count=1
health 2 'Prometheus values that are no list' offset=64 line=2 count=1
health 2 'Prometheus histogram that can't be read' offset=64 line=2 count=1
health 2 'JSON object that is no answer of Prometheus' offset=253 line=3 count=1
--
)");
}

void PrometheusApiJsonTest::reads() {
    QFETCH(QByteArray, bytes);
    QFETCH(QByteArray, expected);
    const std::string text = bytes.toStdString();
    for (size_t chunk = text.size(); chunk > 0; chunk -= 1 + chunk / 8) {
        const auto reading = readAs(apiJson(), text, chunk);
        QVERIFY2(reading.text == expected.toStdString(), reading.text.c_str());
    }
}

void PrometheusApiJsonTest::namesExpressionsAfterTheFile() {
    format::ReaderOptions options;
    options.path = "bundle/metrics/ttft-p99.json";
    const auto reading = readAs(apiJson(), R"({"status":"success","data":{"resultType":"matrix","result":[{"metric":{"pod":"a"},"values":[[1,"2"]]}]}})", 100, options);
    QCOMPARE(reading.batches.at(0).series.at(0).name, std::string("ttft_p99"));
    QCOMPARE(reading.assumptions, std::string("series without a name (results of expressions) were named ttft_p99"));
}

void PrometheusApiJsonTest::longSeriesSpansBatches() {
    std::string json = R"({"status":"success","data":{"resultType":"matrix","result":[{"metric":{"__name__":"a","l":"1"},"values":[)";
    for (int i = 0; i < 140000; ++i)
        json += fmt::format("{}[{}.5,\"{}\"]", i ? "," : "", 1435781430 + i * 15, i);
    json += "]}]}}";
    const auto reading = readAs(apiJson(), json, 1 << 16);
    QCOMPARE(reading.samples(), size_t{140000});
    QCOMPARE(reading.batches.size(), size_t{3});
    for (const Batch& b : reading.batches) {
        QCOMPARE(b.series.size(), size_t{1});
        QCOMPARE(b.series[0].attributes.size(), size_t{1});
    }
}

void PrometheusApiJsonTest::damagedBytesNeverCrash() {
    std::mt19937 random(29);
    static constexpr std::string_view kPieces[] = {"{", "}", "[", "]", "\"", "\\", "\n", ",", ":", "\xff", "null", "1e999"};
    for (int round = 0; round < 2000; ++round) {
        std::string bytes = kMatrix;
        for (unsigned n = 0; n <= random() % 3; ++n) {
            const size_t at = random() % bytes.size();
            if (random() % 2)
                bytes[at] = static_cast<char>(random());
            else
                bytes.replace(at, random() % 20, kPieces[random() % std::size(kPieces)]);
        }
        const auto whole = readAs(apiJson(), bytes, bytes.size() + 1);
        QVERIFY(whole.ok);
        QVERIFY2(readAs(apiJson(), bytes, 41).text == whole.text, bytes.c_str());
    }
}

// simdjson then hands out a last element behind the document's end.
void PrometheusApiJsonTest::documentThatEndsInsideAList() {
    std::string bytes = kMatrix;
    const size_t from = bytes.find("\":\"up\"");
    const std::string middle = bytes.substr(from, bytes.find("14\",\"sum") - from);
    bytes.insert(bytes.find("ow\"]}"), middle);
    bytes.insert(0, "{\"status\":\"success\",\"data\":[]}\n");   // so that the answer is read as a whole
    const auto reading = readAs(apiJson(), bytes, bytes.size());
    QVERIFY(reading.ok);
    QCOMPARE(reading.samples(), size_t{4});   // those before the damage
    QVERIFY(reading.text.find("'malformed JSON'") != std::string::npos);
}

void PrometheusApiJsonTest::cutAnswerKeepsItsGoodPart() {
    const std::string whole = kMatrix;
    const std::string cut = whole.substr(0, whole.find("histograms"));
    const auto reading = readAs(apiJson(), cut, 100);
    QVERIFY(reading.ok);
    QCOMPARE(reading.samples(), size_t{4});
    QVERIFY(reading.text.find("'JSON value is cut off'") != std::string::npos);
    QVERIFY(reading.text.find("'Prometheus answer is cut off'") != std::string::npos);
}

void PrometheusApiJsonTest::sniffs() {
    const auto claim = [](std::string_view bytes) { return apiJson().sniff({bytes, "x.json", true}); };
    QVERIFY(claim(kMatrix) > 90);
    QVERIFY(claim("{\"status\":\"success\",\"data\":[{\"__name__\":\"up\"}]}") > 80);
    QCOMPARE(claim("{\"data\":[{\"traceID\":\"1\"}]}"), 0);
    QCOMPARE(claim("up 1"), 0);
    QCOMPARE(claim(""), 0);
}

QTEST_GUILESS_MAIN(PrometheusApiJsonTest)
#include "prometheus_api_json_test.moc"
