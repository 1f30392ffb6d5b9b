#include <QDirIterator>

#include <random>

#include "batch_text.h"
#include "qt_test.h"
#include "shared_data.h"

using namespace nj;
using test::readAs;

namespace {

const format::Format& jaegerJson() { return *format::findFormat("jaeger_json"); }

const char* const kUi = R"({"data":[{"traceID":"1","spans":[
{"traceID":"1","spanID":"2","flags":1,"operationName":"op","references":[{"refType":"CHILD_OF","traceID":"1","spanID":"3"},{"refType":"FOLLOWS_FROM","traceID":"1","spanID":"4"},{"refType":"CHILD_OF","traceID":"ff","spanID":"ff"}],
"startTime":1485467191639875,"duration":5,"tags":[{"key":"span.kind","type":"string","value":"server"},{"key":"error","type":"bool","value":true},{"key":"i","type":"int64","value":"9223372036854775222"},{"key":"f","type":"float64","value":72.5},{"key":"b","type":"binary","value":"AAAwOQ=="},{"key":"otel.status_description","type":"string","value":"boom"},{"key":"otel.scope.name","type":"string","value":"lib"},{"key":"otel.scope.version","type":"string","value":"1"},{"key":"w3c.tracestate","type":"string","value":"a=b"}],
"logs":[{"timestamp":1485467191639876,"fields":[{"key":"event","type":"string","value":"retry"},{"key":"n","type":"int64","value":2}]}],"processID":"p1","warnings":["clock skew"]},
{"traceID":"1","spanID":"5","operationName":"child","parentSpanID":"2","startTime":1485467191639875,"duration":1,"tags":[],"logs":[],"processID":"p2","warnings":null}],
"processes":{"p1":{"serviceName":"service-x","tags":[{"key":"host","type":"string","value":"h1"}]},"p2":{"serviceName":"service-y","tags":[]}},"warnings":null}],"total":0,"errors":null})";

constexpr const char* kUiText =
    R"(resource {"service.name":"service-x","host":"h1"} schema= dropped=0
resource {"service.name":"service-y"} schema= dropped=0
scope lib 1 {} schema= dropped=0
span 00000000000000000000000000000001 0000000000000002 parent=0000000000000003 1485467191639875000..1485467191639880000 'op' r0 s0 kind=2 status=2 'boom' state=a=b flags=1 dropped=0/0/0 {"error":true,"i":9223372036854775222,"f":72.5,"b":"AAAwOQ==","jaeger.warning":"clock skew"}
span 00000000000000000000000000000001 0000000000000005 parent=0000000000000002 1485467191639875000..1485467191639876000 'child' r1 s-1 kind=0 status=0 '-' state=- flags=0 dropped=0/0/0 {}
event of 0 at 1485467191639876000 'retry' dropped=0 {"n":2}
link of 0 to 00000000000000000000000000000001 0000000000000004 state=- flags=0 dropped=0 {"opentracing.ref_type":"follows_from"}
link of 0 to 000000000000000000000000000000ff 00000000000000ff state=- flags=0 dropped=0 {"opentracing.ref_type":"child_of"}
--
)";

}  // namespace

class JaegerJsonTest : public QObject {
    Q_OBJECT
private slots:
    void reads_data();
    void reads();
    void everyFixtureReadsWithoutRejects_data();
    void everyFixtureReadsWithoutRejects();
    void damagedBytesNeverCrash();
};

void JaegerJsonTest::reads_data() {
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QByteArray>("expected");
    const std::string ui = kUi;
    const std::string trace = ui.substr(9, ui.size() - 9 - std::string("],\"total\":0,\"errors\":null}").size());
    QTest::newRow("API answer") << QByteArray(kUi) << QByteArray(kUiText);
    QTest::newRow("bare trace") << QByteArray::fromStdString(trace) << QByteArray(kUiText);
    QTest::newRow("array of traces") << QByteArray::fromStdString("[" + trace + "]") << QByteArray(kUiText);
    QTest::newRow("Elasticsearch hit") << QByteArray(
        R"({"hits":{"hits":[{"_index":"jaeger-span-2017-01-26","_source":{"traceID":"1","spanID":"2","operationName":"op","startTime":1485467191639875,"startTimeMillis":1485467191639,"duration":5,"tags":[{"key":"blob","type":"binary","value":"00003039"},{"key":"i","type":"int64","value":"23456"}],"tag":{"http@method":"GET","status":200},"process":{"serviceName":"es","tags":[]}}}]}})")
        << QByteArray(R"(resource {"service.name":"es"} schema= dropped=0
span 00000000000000000000000000000001 0000000000000002 parent=0000000000000000 1485467191639875000..1485467191639880000 'op' r0 s-1 kind=0 status=0 '-' state=- flags=0 dropped=0/0/0 {"blob":"AAAwOQ==","i":23456,"http.method":"GET","status":200}
--
)");
    QTest::newRow("storage model") << QByteArray(
        R"({"spans":[{"traceId":"AAAAAAAAAAAAAAAAAAAAAQ==","spanId":"AAAAAAAAAAI=","operationName":"op","startTime":"2017-01-26T16:46:31.639875139-05:00","duration":"5000ns","tags":[{"key":"s","vStr":"v"},{"key":"i","vType":"INT64","vInt64":"-3"},{"key":"z","vType":"BOOL"}],"process":{"serviceName":"m"}}]})")
        << QByteArray(R"(resource {"service.name":"m"} schema= dropped=0
span 00000000000000000000000000000001 0000000000000002 parent=0000000000000000 1485467191639875139..1485467191639880139 'op' r0 s-1 kind=0 status=0 '-' state=- flags=0 dropped=0/0/0 {"s":"v","i":-3,"z":false}
--
)");
    QTest::newRow("bad pieces") << QByteArray(
        R"({"data":[{"spans":[{"spanID":"2","operationName":"lost"},{"traceID":"x","spanID":"3"},7,{"traceID":"1","spanID":"4","startTime":"never","duration":"x","tags":[{"key":"k","type":"int64","value":"abc"}]}]}]})"
        "\n{\"a\":1}\n{\"data\":[,]}\n")
        << QByteArray(R"(resource {} schema= dropped=0
span 00000000000000000000000000000001 0000000000000004 parent=0000000000000000 0..0 '-' r0 s-1 kind=0 status=0 '-' state=- flags=0 dropped=0/0/0 {"k":"abc"}
health 2 'span without trace id' offset=19 line=1 count=2
health 1 'trace id that is not 16 bytes' offset=57 line=1 count=1
health 2 'Jaeger span that is no object' offset=86 line=1 count=1
health 1 'Jaeger time that is none: taken as unknown' offset=88 line=1 count=1
health 1 'Jaeger duration that is none: taken as 0' offset=88 line=1 count=1
health 1 'Jaeger tag that is not of its type: kept as text' offset=88 line=1 count=1
health 2 'JSON object without Jaeger data' offset=206 line=2 count=1
health 2 'malformed JSON' offset=214 line=3 count=1
--
)").replace("'-' r0 s-1 kind=0 status=0 '-'", "'' r0 s-1 kind=0 status=0 '-'");
}

void JaegerJsonTest::reads() {
    QFETCH(QByteArray, bytes);
    QFETCH(QByteArray, expected);
    const std::string text = bytes.toStdString();
    const auto whole = readAs(jaegerJson(), text, text.size());
    QVERIFY2(whole.text == expected.toStdString(), whole.text.c_str());
    for (size_t chunk = 1; chunk < text.size(); chunk += 1 + chunk / 8)
        QCOMPARE(QByteArray::fromStdString(readAs(jaegerJson(), text, chunk).text), expected);
}

void JaegerJsonTest::everyFixtureReadsWithoutRejects_data() {
    QTest::addColumn<QString>("path");
    const QString root = test::sharedData(QStringLiteral("trace-fixtures/jaeger"));
    if (root.isEmpty()) {
        QTest::newRow("none") << QString();
        return;
    }
    QDirIterator files(root, {QStringLiteral("*.json")}, QDir::Files, QDirIterator::Subdirectories);
    while (files.hasNext()) {
        const QString path = files.next();
        QTest::newRow(qPrintable(QDir(root).relativeFilePath(path))) << path;
    }
}

// Jaeger's own fixtures are in its JSON or in OTLP: whichever format claims the file reads all of it.
void JaegerJsonTest::everyFixtureReadsWithoutRejects() {
    QFETCH(QString, path);
    if (path.isEmpty())
        QSKIP("shared data not present");
    QFile file(path);
    QVERIFY(file.open(QIODevice::ReadOnly));
    const std::string bytes = file.readAll().toStdString();
    const format::Format* format = format::detectFormat({bytes, "x.json", true});
    QVERIFY(format != nullptr);
    QVERIFY2(format->name == "jaeger_json" || format->name == "otlp_json", std::string(format->name).c_str());
    const auto reading = readAs(*format, bytes, 777);
    QVERIFY2(reading.rejected() == 0, reading.text.c_str());
    QVERIFY(reading.spans() > 0);
}

void JaegerJsonTest::damagedBytesNeverCrash() {
    std::mt19937 random(17);
    static constexpr std::string_view kPieces[] = {"{", "}", "[", "]", "\"", "\\", "\n", ",", ":", "\xff", "null", "1e999"};
    for (int round = 0; round < 2000; ++round) {
        std::string bytes = kUi;
        for (unsigned n = 0; n <= random() % 3; ++n) {
            const size_t at = random() % bytes.size();
            if (random() % 2)
                bytes[at] = static_cast<char>(random());
            else
                bytes.replace(at, random() % 30, kPieces[random() % std::size(kPieces)]);
        }
        const auto whole = readAs(jaegerJson(), bytes, bytes.size() + 1);
        QVERIFY(whole.ok);
        QVERIFY2(readAs(jaegerJson(), bytes, 41).text == whole.text, bytes.c_str());
    }
}

QTEST_GUILESS_MAIN(JaegerJsonTest)
#include "jaeger_json_test.moc"
