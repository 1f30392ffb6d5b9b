#include <random>

#include "batch_text.h"
#include "format/otlp_json_decoder.h"
#include "qt_test.h"
#include "shared_data.h"

using namespace nj;
using test::readAs;

namespace {

const format::Format& otlpJson() { return *format::findFormat("otlp_json"); }

std::string fileText(const QString& path) {
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll().toStdString() : std::string();
}

}  // namespace

class OtlpJsonTest : public QObject {
    Q_OBJECT
private slots:
    void reads_data();
    void reads();
    void everyFixtureReadsWithoutRejects_data();
    void everyFixtureReadsWithoutRejects();
    void sniffs_data();
    void sniffs();
    void largeInputMakesSeveralBatches();
    void damagedBytesNeverCrash();
    void requestBody();
};

void OtlpJsonTest::reads_data() {
    QTest::addColumn<QByteArray>("json");
    QTest::addColumn<QByteArray>("expected");
    const auto row = [](const char* name, const char* json, const char* expected) { QTest::newRow(name) << QByteArray(json) << QByteArray(expected); };

    row("span with every field",
        R"({"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"gateway"}},{"key":"n","value":{"intValue":"7"}}],"droppedAttributesCount":2},
"scopeSpans":[{"scope":{"name":"lib","version":"1.2","attributes":[{"key":"a","value":{"boolValue":true}}],"droppedAttributesCount":3},
"spans":[{"traceId":"5b8efff798038103d269b633813fc60c","spanId":"EEE19B7EC3C1B174","parentSpanId":"eee19b7ec3c1b173","traceState":"k=v","name":"I'm a server span",
"startTimeUnixNano":"1544712660000000000","endTimeUnixNano":"1544712661000000000","kind":2,"flags":257,
"attributes":[{"key":"s","value":{"stringValue":"a\"b\u00e9\ud83d\ude00"}},{"key":"i","value":{"intValue":-5}},{"key":"d","value":{"doubleValue":1.5}},{"key":"nan","value":{"doubleValue":"NaN"}},
{"key":"b","value":{"boolValue":false}},{"key":"raw","value":{"bytesValue":"AAH/"}},{"key":"e","value":{}},
{"key":"list","value":{"arrayValue":{"values":[{"stringValue":"x"},{"intValue":"2"},{"doubleValue":3},{"kvlistValue":{"values":[{"key":"k","value":{"boolValue":true}}]}},{}]}}}],
"droppedAttributesCount":1,"droppedEventsCount":4,"droppedLinksCount":5,"status":{"code":2,"message":"boom"},
"events":[{"timeUnixNano":"1544712660500000000","name":"exception","attributes":[{"key":"exception.type","value":{"stringValue":"E"}}],"droppedAttributesCount":6}],
"links":[{"traceId":"5b8efff798038103d269b633813fc60d","spanId":"eee19b7ec3c1b175","traceState":"l=m","flags":1,"attributes":[{"key":"why","value":{"stringValue":"retry"}}],"droppedAttributesCount":7}]}],
"schemaUrl":"https://scope/1"}],"schemaUrl":"https://resource/1"}]})",
        R"(resource {"service.name":"gateway","n":7} schema=https://resource/1 dropped=2
scope lib 1.2 {"a":true} schema=https://scope/1 dropped=3
span 5b8efff798038103d269b633813fc60c eee19b7ec3c1b174 parent=eee19b7ec3c1b173 1544712660000000000..1544712661000000000 'I'm a server span' r0 s0 kind=2 status=2 'boom' state=k=v flags=257 dropped=1/4/5 {"s":"a\"bé😀","i":-5,"d":1.5,"nan":"NaN","b":false,"raw":"AAH/","e":null,"list":["x",2,3.0,{"k":true},null]}
event of 0 at 1544712660500000000 'exception' dropped=6 {"exception.type":"E"}
link of 0 to 5b8efff798038103d269b633813fc60d eee19b7ec3c1b175 state=l=m flags=1 dropped=7 {"why":"retry"}
--
)");
    row("Tempo: batches, base64 ids, names of enums",
        R"({"batches":[{"resource":{"attributes":[]},"scopeSpans":[{"spans":[{"traceId":"W47/95gDgQPSabYzgT/GDA==","spanId":"7uGbfsPBsXQ=","name":"n","kind":"SPAN_KIND_CLIENT","startTimeUnixNano":"5","endTimeUnixNano":"9","status":{"code":"STATUS_CODE_OK"}}]}]}]})",
        R"(resource {} schema= dropped=0
span 5b8efff798038103d269b633813fc60c eee19b7ec3c1b174 parent=0000000000000000 5..9 'n' r0 s-1 kind=3 status=1 '-' state=- flags=0 dropped=0/0/0 {}
--
)");
    row("Grafana: old names, number times, dropped zeros, result wrapper, resource behind",
        R"({"result":{"batches":[{"instrumentationLibrarySpans":[{"spans":[{"trace_id":"8efff798038103d269b633813fc60c","span_id":"1b174","name":"n","start_time_unix_nano":1544712660000000000,"endTimeUnixNano":1.544712661e18}],"instrumentationLibrary":{"name":"old"}}],"resource":{"attributes":{"service.name":"map","x":[1,{"y":null}]}}}]}})",
        R"(resource {"service.name":"map","x":[1,{"y":null}]} schema= dropped=0
scope old  {} schema= dropped=0
span 008efff798038103d269b633813fc60c 000000000001b174 parent=0000000000000000 1544712660000000000..1544712661000000000 'n' r0 s0 kind=0 status=0 '-' state=- flags=0 dropped=0/0/0 {}
--
)");
    row("log records",
        R"({"resourceLogs":[{"scopeLogs":[{"logRecords":[{"timeUnixNano":"1","observedTimeUnixNano":"2","severityNumber":"SEVERITY_NUMBER_WARN2","severityText":"Warning","body":{"stringValue":"hello"},"traceId":"5b8efff798038103d269b633813fc60c","spanId":"eee19b7ec3c1b174","flags":1,"eventName":"ev","droppedAttributesCount":1,"attributes":[{"key":"k","value":{"stringValue":"v"}}]},
{"observedTimeUnixNano":"3","severityNumber":9,"body":{"kvlistValue":{"values":[{"key":"a","value":{"intValue":"1"}}]}}},{"timeUnixNano":4,"body":{"intValue":"12"}}]}]}]})",
        R"(resource {} schema= dropped=0
log 1 observed=2 sev=14 Warning body1='hello' 5b8efff798038103d269b633813fc60c eee19b7ec3c1b174 event=ev r0 s-1 flags=1 dropped=1 timeFlags=0 line=0 part=0 {"k":"v"}
log 0 observed=3 sev=9 - body6='{"a":1}' 00000000000000000000000000000000 0000000000000000 event=- r0 s-1 flags=0 dropped=0 timeFlags=0 line=0 part=0 {}
log 4 observed=0 sev=0 - body1='12' 00000000000000000000000000000000 0000000000000000 event=- r0 s-1 flags=0 dropped=0 timeFlags=0 line=0 part=0 {}
--
)");
    row("metrics of all five kinds",
        R"({"resourceMetrics":[{"scopeMetrics":[{"metrics":[
{"name":"g","unit":"1","description":"a gauge","gauge":{"dataPoints":[{"timeUnixNano":"10","asDouble":"NaN","attributes":[{"key":"b","value":{"stringValue":"2"}},{"key":"a","value":{"intValue":"1"}}]},{"timeUnixNano":"11","asInt":"5","attributes":[{"key":"a","value":{"intValue":"1"}},{"key":"b","value":{"stringValue":"2"}}]},{"timeUnixNano":"12","flags":1}]}},
{"sum":{"aggregationTemporality":2,"isMonotonic":true,"dataPoints":[{"startTimeUnixNano":"1","timeUnixNano":"10","asInt":"9007199254740993","exemplars":[{"timeUnixNano":"9","asDouble":1.5,"traceId":"5b8efff798038103d269b633813fc60c","spanId":"eee19b7ec3c1b174","filteredAttributes":[{"key":"x","value":{"stringValue":"y"}}]}]}]},"name":"c"},
{"name":"h","histogram":{"aggregationTemporality":"AGGREGATION_TEMPORALITY_DELTA","dataPoints":[{"timeUnixNano":"10","count":"3","sum":6.5,"min":1,"max":3,"bucketCounts":["1","2"],"explicitBounds":[2]},{"timeUnixNano":"11","count":1,"bucketCounts":["1"],"explicitBounds":[1,2]}]}},
{"name":"e","exponentialHistogram":{"aggregationTemporality":1,"dataPoints":[{"timeUnixNano":"10","count":"6","sum":1,"scale":3,"zeroCount":"1","zeroThreshold":0.001,"positive":{"offset":-2,"bucketCounts":["1","0","2"]},"negative":{"offset":4,"bucketCounts":[2]}}]}},
{"name":"s","summary":{"dataPoints":[{"timeUnixNano":"10","count":"2","sum":5,"quantileValues":[{"quantile":0.5,"value":2},{"quantile":0.99,"value":3}]}]}}]}]}]})",
        R"(resource {} schema= dropped=0
series 0 r0 s-1 g unit=1 'a gauge' kind=1 temporality=0 monotonic=false {"a":1,"b":"2"}
series 0 r0 s-1 g unit=1 'a gauge' kind=1 temporality=0 monotonic=false {}
series 0 r0 s-1 c unit= '' kind=2 temporality=2 monotonic=true {}
series 0 r0 s-1 h unit= '' kind=3 temporality=1 monotonic=false {}
series 0 r0 s-1 e unit= '' kind=4 temporality=1 monotonic=false {}
series 0 r0 s-1 s unit= '' kind=5 temporality=0 monotonic=false {}
sample 0 0..10 nan
sample 0 0..11 int 5
sample 1 0..12 none
sample 2 1..10 int 9007199254740993
histogram 3 0..10 flags=0 count=3 sum=6.5 min=1 max=3 bounds=[2] buckets=[1,2] values=[] scale=0 zero=0<=0 +0[] -0[]
histogram 4 0..10 flags=0 count=6 sum=1 bounds=[] buckets=[] values=[] scale=3 zero=1<=0.001 +-2[1,0,2] -4[2]
histogram 5 0..10 flags=0 count=2 sum=5 bounds=[0.5,0.99] buckets=[] values=[2,3] scale=0 zero=0<=0 +0[] -0[]
exemplar 2 at 9 1.5 5b8efff798038103d269b633813fc60c eee19b7ec3c1b174 {"x":"y"}
health 2 'histogram whose bounds do not fit its buckets' offset=957 line=1 count=1
--
)");
    row("evaluations of span events and logs",
        R"({"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"5b8efff798038103d269b633813fc60c","spanId":"eee19b7ec3c1b174","name":"chat","endTimeUnixNano":"9","attributes":[{"key":"gen_ai.response.id","value":{"stringValue":"r1"}},{"key":"annotations.0.annotation.name","value":{"stringValue":"toxic"}},{"key":"annotations.0.annotation.score","value":{"doubleValue":0.1}}],"events":[{"timeUnixNano":"8","name":"gen_ai.evaluation.result","attributes":[{"key":"gen_ai.evaluation.name","value":{"stringValue":"faithful"}},{"key":"gen_ai.evaluation.score.value","value":{"doubleValue":0.25}},{"key":"gen_ai.evaluation.score.label","value":{"stringValue":"bad"}},{"key":"gen_ai.evaluation.explanation","value":{"stringValue":"invents"}}]}]}]}]}]}
{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"timeUnixNano":"7","eventName":"gen_ai.evaluation.result","attributes":[{"key":"gen_ai.evaluation.name","value":{"stringValue":"relevance"}},{"key":"gen_ai.evaluation.score.value","value":{"intValue":"1"}},{"key":"gen_ai.response.id","value":{"stringValue":"r2"}}]},{"timeUnixNano":"8","attributes":[{"key":"event.name","value":{"stringValue":"gen_ai.evaluation.result"}},{"key":"gen_ai.evaluation.name","value":{"stringValue":"old"}}]}]}]}]})",
        R"(resource {} schema= dropped=0
span 5b8efff798038103d269b633813fc60c eee19b7ec3c1b174 parent=0000000000000000 0..9 'chat' r0 s-1 kind=0 status=0 '-' state=- flags=0 dropped=0/0/0 {"gen_ai.response.id":"r1","annotations.0.annotation.name":"toxic","annotations.0.annotation.score":0.1}
event of 0 at 8 'gen_ai.evaluation.result' dropped=0 {"gen_ai.evaluation.name":"faithful","gen_ai.evaluation.score.value":0.25,"gen_ai.evaluation.score.label":"bad","gen_ai.evaluation.explanation":"invents"}
log 7 observed=0 sev=0 - body1='' 00000000000000000000000000000000 0000000000000000 event=gen_ai.evaluation.result r0 s-1 flags=0 dropped=0 timeFlags=0 line=0 part=0 {"gen_ai.evaluation.name":"relevance","gen_ai.evaluation.score.value":1,"gen_ai.response.id":"r2"}
log 8 observed=0 sev=0 - body1='' 00000000000000000000000000000000 0000000000000000 event=- r0 s-1 flags=0 dropped=0 timeFlags=0 line=0 part=0 {"gen_ai.evaluation.name":"old","event.name":"gen_ai.evaluation.result"}
evaluation of 2:0 at 8 faithful score=0.25 label=bad 'invents' response=r1 5b8efff798038103d269b633813fc60c eee19b7ec3c1b174
evaluation of 4:0 at 7 relevance score=1 label= '' response=r2 00000000000000000000000000000000 0000000000000000
evaluation of 4:1 at 8 old score=- label= '' response= 00000000000000000000000000000000 0000000000000000
evaluation of 1:0 at 9 toxic score=0.1 label= '' response= 5b8efff798038103d269b633813fc60c eee19b7ec3c1b174
--
)");
    row("bad pieces are counted, the rest is kept",
        "{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":[{\"spanId\":\"01\",\"name\":\"a\",\"attributes\":[{\"key\":\"lost\",\"value\":{\"intValue\":1}}],\"events\":[{\"name\":\"gone\"}]},"
        "{\"traceId\":\"01\",\"spanId\":\"02\",\"name\":\"b\\ud800\",\"kind\":77,\"startTimeUnixNano\":\"x\",\"attributes\":[{\"key\":\"k\",\"value\":{\"intValue\":1}},{\"key\":\"k\",\"value\":{\"intValue\":2}}]},7]}]}]}\n"
        "{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":[{\"traceId\":\"01\"\n"
        "{\"other\":1}\n{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":[{\"traceId\":\"03\",\"spanId\":\"03\",\"name\":\"\xff\"}]}]}]}\n{\"resourceSpans\":[,]}\nnot json\n",
        R"(resource {} schema= dropped=0
span 00000000000000000000000000000001 0000000000000002 parent=0000000000000000 0..0 'b�' r0 s-1 kind=0 status=0 '-' state=- flags=0 dropped=0/0/0 {"k":1}
span 00000000000000000000000000000003 0000000000000003 parent=0000000000000000 0..0 '�' r0 s-1 kind=0 status=0 '-' state=- flags=0 dropped=0/0/0 {}
health 2 'span without trace id' offset=43 line=1 count=1
health 1 'OTLP enum value out of range' offset=150 line=1 count=1
health 1 'OTLP number that is none: taken as 0' offset=150 line=1 count=1
health 1 'attribute key twice on one row: the first is kept' offset=150 line=1 count=1
health 2 'OTLP item that is no object' offset=317 line=1 count=1
health 2 'JSON value is cut off' offset=325 line=2 count=1
health 2 'JSON object without OTLP data' offset=384 line=3 count=1
health 1 'text that is no UTF-8' offset=396 line=4 count=1
health 2 'OTLP resource item that is no object' offset=487 line=5 count=1
health 2 'malformed JSON' offset=487 line=5 count=1
health 2 'text that is no JSON object' offset=509 line=6 count=1
--
)");
}

void OtlpJsonTest::reads() {
    QFETCH(QByteArray, json);
    QFETCH(QByteArray, expected);
    const std::string bytes = json.toStdString();
    const auto whole = readAs(otlpJson(), bytes, bytes.size());
    QVERIFY(whole.ok);
    QVERIFY2(whole.text == expected.toStdString(), whole.text.c_str());
    for (const size_t chunk : {1, 2, 7, 63, 64, 65, 500})
        QCOMPARE(QByteArray::fromStdString(readAs(otlpJson(), bytes, chunk).text), expected);
    for (size_t split = 1; split < bytes.size(); split += 3) {
        const auto reader = otlpJson().open({});
        std::string text;
        const format::BatchConsumer out = [&](Batch&& b) { text += test::batchText(b) + "--\n"; return true; };
        QVERIFY(reader->feed(std::string_view(bytes).substr(0, split), out).ok());
        QVERIFY(reader->feed(std::string_view(bytes).substr(split), out).ok());
        QVERIFY(reader->finish(out).ok());
        QCOMPARE(QByteArray::fromStdString(text), expected);
    }
}

void OtlpJsonTest::everyFixtureReadsWithoutRejects_data() {
    QTest::addColumn<QString>("path");
    QTest::addColumn<int>("rows");
    QTest::newRow("trace") << "trace-fixtures/otlp/examples/trace.json" << 1;
    QTest::newRow("logs") << "trace-fixtures/otlp/examples/logs.json" << 1;
    QTest::newRow("events") << "trace-fixtures/otlp/examples/events.json" << 1;
    QTest::newRow("metrics") << "trace-fixtures/otlp/examples/metrics.json" << 4;
    QTest::newRow("Jaeger's OTLP") << "trace-fixtures/jaeger/internal/storage/v2/memory/fixtures/otel_traces_01.json" << 20;
}

void OtlpJsonTest::everyFixtureReadsWithoutRejects() {
    QFETCH(QString, path);
    QFETCH(int, rows);
    const QString full = test::sharedData(path);
    if (full.isEmpty())
        QSKIP("shared data not present");
    const std::string bytes = fileText(full);
    QVERIFY(otlpJson().sniff({bytes, "x", true}) >= 90);
    const auto reading = readAs(otlpJson(), bytes, 1000);
    QCOMPARE(reading.rejected(), uint64_t{0});
    size_t total = 0;
    for (const Batch& b : reading.batches)
        total += b.rowCount();
    QVERIFY2(static_cast<int>(total) == rows, reading.text.c_str());
}

void OtlpJsonTest::sniffs_data() {
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<bool>("claimed");
    QTest::newRow("lines") << QByteArray("{\"resourceLogs\":[") << true;
    QTest::newRow("array") << QByteArray("[\n {\"resourceMetrics\":[") << true;
    QTest::newRow("batches") << QByteArray("{\"batches\":[{\"resource\":{},\"scopeSpans\":[") << true;
    QTest::newRow("other JSON") << QByteArray("{\"msg\":\"resourceSpans\"}") << false;
    QTest::newRow("text") << QByteArray("2026 {\"resourceSpans\":[]}") << true;   // within the first bytes, as after a byte order mark
    QTest::newRow("late in a text line") << QByteArray("2026-01-01T00:00:00Z info {\"resourceSpans\":[]}") << false;
    QTest::newRow("empty") << QByteArray() << false;
}

void OtlpJsonTest::sniffs() {
    QFETCH(QByteArray, bytes);
    QFETCH(bool, claimed);
    QCOMPARE(otlpJson().sniff({std::string_view(bytes.constData(), static_cast<size_t>(bytes.size())), "x.json", true}) > 0, claimed);
}

void OtlpJsonTest::largeInputMakesSeveralBatches() {
    std::string line = "{\"resourceSpans\":[{\"resource\":{\"attributes\":[{\"key\":\"service.name\",\"value\":{\"stringValue\":\"s\"}}]},\"scopeSpans\":[{\"scope\":{\"name\":\"l\"},\"spans\":[";
    for (int i = 1; i <= 20000; ++i)
        line += fmt::format("{}{{\"traceId\":\"{:x}\",\"spanId\":\"{:x}\",\"name\":\"n\"}}", i > 1 ? "," : "", i, i);
    line += "]}]}]}\n";
    const auto reading = readAs(otlpJson(), line, 1 << 16);
    QCOMPARE(reading.spans(), size_t{20000});
    QCOMPARE(reading.batches.size(), size_t{3});
    for (const Batch& b : reading.batches) {
        QVERIFY(b.rowCount() <= kBatchRows);
        QCOMPARE(b.resources.size(), size_t{1});   // the resource follows into every batch
        QCOMPARE(b.scopes.size(), size_t{1});
        QCOMPARE(b.resources[0].service(), std::string("s"));
    }
}

void OtlpJsonTest::damagedBytesNeverCrash() {
    const std::string good =
        R"({"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"gateway"}}]},"scopeSpans":[{"scope":{"name":"lib"},"spans":[{"traceId":"5b8efff798038103d269b633813fc60c","spanId":"eee19b7ec3c1b174","name":"n","startTimeUnixNano":"1","attributes":[{"key":"l","value":{"arrayValue":{"values":[{"stringValue":"x"},{"kvlistValue":{"values":[{"key":"k","value":{"doubleValue":1e3}}]}}]}}}],"events":[{"name":"e"}],"status":{"code":2}}]}]}]})"
        "\n"
        R"({"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"name":"h","histogram":{"dataPoints":[{"count":"3","bucketCounts":["1","2"],"explicitBounds":[2],"exemplars":[{"asInt":"1"}]}]}}]}]}]})"
        "\n";
    std::mt19937 random(11);
    static constexpr std::string_view kPieces[] = {"{", "}", "[", "]", "\"", "\\", "\n", ",", ":", "\xff", "null", "\\ud800"};
    for (int round = 0; round < 3000; ++round) {
        std::string bytes = good + good;
        for (unsigned n = 0; n <= random() % 3; ++n) {
            const size_t at = random() % bytes.size();
            switch (random() % 4) {
            case 0: bytes[at] = static_cast<char>(random()); break;
            case 1: bytes.resize(at); bytes += ' '; break;
            case 2: bytes.insert(at, kPieces[random() % std::size(kPieces)]); break;
            default: bytes.erase(at, random() % 40);
            }
        }
        const auto whole = readAs(otlpJson(), bytes, bytes.size());
        QVERIFY(whole.ok);
        QVERIFY2(readAs(otlpJson(), bytes, 37).text == whole.text, bytes.c_str());
    }
}

void OtlpJsonTest::requestBody() {
    const auto empty = format::decodeOtlpJson("{}");
    QVERIFY(empty.ok());
    QCOMPARE(empty->rowCount(), size_t{0});
    const auto one = format::decodeOtlpJson(R"({"resourceLogs":[{"scopeLogs":[{"logRecords":[{"body":{"stringValue":"x"}}]}]}]})");
    QVERIFY(one.ok());
    QCOMPARE(one->logs.size(), size_t{1});
    QVERIFY(!format::decodeOtlpJson("{\"a\":1}").ok());
    QVERIFY(!format::decodeOtlpJson("<html>").ok());
    QVERIFY(!format::decodeOtlpJson("").ok());
}

QTEST_GUILESS_MAIN(OtlpJsonTest)
#include "otlp_json_test.moc"
