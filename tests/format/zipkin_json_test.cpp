#include <random>

#include "batch_text.h"
#include "qt_test.h"

using namespace nj;
using test::readAs;

class ZipkinJsonTest : public QObject {
    Q_OBJECT
private slots:
    void reads_data();
    void reads();
    void sharedHalvesHaveTheirOwnStableIds();
    void versionOne();
    void badPieces();
    void damagedBytesNeverCrash();
    void sniffs();
};

namespace {

const format::Format& zipkinJson() { return *format::findFormat("zipkin_json"); }

const char* const kTrace = R"([{"traceId":"5af7183fb1d4cf5f","parentId":"6b221d5bc9e6496c","id":"352bff9a74ca9ad2","kind":"CLIENT","name":"get /api","timestamp":1556604172355737,"duration":1431,"debug":true,
"localEndpoint":{"serviceName":"backend","ipv4":"192.168.99.1","port":3306},"remoteEndpoint":{"serviceName":"db","ipv4":"172.19.0.2","port":58648},
"annotations":[{"timestamp":1556604172355800,"value":"ws"}],"tags":{"http.method":"GET","error":"timed \"out\""}},
{"traceId":"5af7183fb1d4cf5f","parentId":"6b221d5bc9e6496c","id":"352bff9a74ca9ad2","kind":"SERVER","name":"get","timestamp":1556604172355800,"shared":true,"localEndpoint":{"serviceName":"db"}}])";

constexpr const char* kTraceText =
    R"(resource {"service.name":"backend"} schema= dropped=0
resource {"service.name":"db"} schema= dropped=0
span 00000000000000005af7183fb1d4cf5f 352bff9a74ca9ad2 parent=6b221d5bc9e6496c 1556604172355737000..1556604172357168000 'get /api' r0 s-1 kind=3 status=2 'timed "out"' state=- flags=0 dropped=0/0/0 {"zipkin.debug":true,"network.local.address":"192.168.99.1","network.local.port":3306,"peer.service":"db","network.peer.address":"172.19.0.2","network.peer.port":58648,"http.method":"GET","error":"timed \"out\""}
span 00000000000000005af7183fb1d4cf5f SERVER parent=352bff9a74ca9ad2 1556604172355800000..1556604172355800000 'get' r1 s-1 kind=2 status=0 '-' state=- flags=0 dropped=0/0/0 {"zipkin.no_duration":true,"zipkin.shared_id":"352bff9a74ca9ad2"}
event of 0 at 1556604172355800000 'ws' dropped=0 {}
--
)";

// The id made for the server's half, whatever it is, as SERVER.
std::string withoutMadeId(std::string text) {
    const size_t first = text.find("\nspan ");
    const size_t at = text.find("\nspan ", first + 1);
    if (at != std::string::npos)
        text.replace(at + 6 + 33, 16, "SERVER");
    return text;
}

}  // namespace

void ZipkinJsonTest::reads_data() {
    QTest::addColumn<QByteArray>("bytes");
    QTest::newRow("a trace") << QByteArray(kTrace);
    QTest::newRow("a search result") << "[" + QByteArray(kTrace) + "]";
}

void ZipkinJsonTest::reads() {
    QFETCH(QByteArray, bytes);
    const std::string text = bytes.toStdString();
    QCOMPARE(format::detectFormat({text, "x.json", true}), &zipkinJson());
    for (size_t chunk = 1; chunk <= text.size(); chunk += 1 + chunk / 8) {
        const std::string got = withoutMadeId(readAs(zipkinJson(), text, chunk).text);
        QVERIFY2(got == kTraceText, got.c_str());
    }
}

void ZipkinJsonTest::sharedHalvesHaveTheirOwnStableIds() {
    const auto once = readAs(zipkinJson(), kTrace, 4096);
    const SpanColumns& s = once.batches.at(0).spans;
    QVERIFY(s.spanId[0] != s.spanId[1]);
    QVERIFY(!s.spanId[1].empty());
    QCOMPARE(s.parentSpanId[1].hex(), s.spanId[0].hex());
    QCOMPARE(readAs(zipkinJson(), kTrace, 10).text, once.text);
}

void ZipkinJsonTest::versionOne() {
    const auto reading = readAs(zipkinJson(),
                                R"([{"traceId":"1","id":"2","name":"get","timestamp":1,"duration":2,"annotations":[{"timestamp":1,"value":"sr","endpoint":{"serviceName":"old"}}],"binaryAnnotations":[{"key":"http.path","value":"/x","endpoint":{"serviceName":"old"}}]}])",
                                4096);
    QCOMPARE(reading.spans(), size_t{1});
    const Batch& b = reading.batches[0];
    QCOMPARE(b.resources[b.spans.resource[0]].service(), std::string("old"));
    QCOMPARE(static_cast<int>(b.spans.kind[0]), static_cast<int>(SpanKind::kServer));
    QCOMPARE(attributesToJson(b.spans.attributes.row(0)), std::string("{\"http.path\":\"/x\"}"));
}

void ZipkinJsonTest::badPieces() {
    const auto reading = readAs(zipkinJson(), R"([{"id":"2","tags":{"gone":"x"},"annotations":[{"value":"gone"}]},{"traceId":"1","id":"3","timestamp":"soon"},{"traceId":"1","id":"zz"}])", 4096);
    QCOMPARE(reading.spans(), size_t{1});
    QCOMPARE(reading.batches[0].spanEvents.size(), size_t{0});
    QCOMPARE(reading.rejected(), uint64_t{2});
    QVERIFY(reading.text.find("'span without trace id'") != std::string::npos);
    QVERIFY(reading.text.find("'span without span id'") != std::string::npos);
    QVERIFY(reading.text.find("'Zipkin time that is none: taken as unknown'") != std::string::npos);
}

void ZipkinJsonTest::damagedBytesNeverCrash() {
    std::mt19937 random(23);
    for (int round = 0; round < 2000; ++round) {
        std::string bytes = kTrace;
        for (unsigned n = 0; n <= random() % 3; ++n) {
            const size_t at = random() % bytes.size();
            if (random() % 2)
                bytes[at] = static_cast<char>(random());
            else
                bytes.erase(at, random() % 30);
        }
        const auto whole = readAs(zipkinJson(), bytes, bytes.size() + 1);
        QVERIFY(whole.ok);
        QVERIFY2(readAs(zipkinJson(), bytes, 41).text == whole.text, bytes.c_str());
    }
}

void ZipkinJsonTest::sniffs() {
    const auto claim = [](std::string_view bytes) { return zipkinJson().sniff({bytes, "x.json", true}); };
    QVERIFY(claim(kTrace) > 90);
    QCOMPARE(claim("{\"traceId\":\"1\",\"msg\":\"x\"}"), 0);
    QCOMPARE(claim("[{\"id\":1}]"), 0);
    QCOMPARE(claim(""), 0);
}

QTEST_GUILESS_MAIN(ZipkinJsonTest)
#include "zipkin_json_test.moc"
