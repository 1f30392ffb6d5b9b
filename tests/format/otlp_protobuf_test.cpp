#include <zstd.h>

#include <protozero/pbf_writer.hpp>

#include <limits>
#include <random>

#include "batch_text.h"
#include "format/otlp_protobuf_decoder.h"
#include "qt_test.h"

using namespace nj;
using protozero::pbf_writer;
using test::readAs;

namespace {

const format::Format& otlpProtobuf() { return *format::findFormat("otlp_protobuf"); }

template <typename F>
std::string message(F&& fill) {
    std::string out;
    pbf_writer writer(out);
    fill(writer);
    return out;
}

template <typename F>
void child(pbf_writer& parent, uint32_t field, F&& fill) {
    pbf_writer writer(parent, field);
    fill(writer);
}

template <typename F>
void attribute(pbf_writer& owner, uint32_t field, const char* key, F&& value) {
    child(owner, field, [&](pbf_writer& kv) {
        kv.add_string(1, key);
        child(kv, 2, value);
    });
}

void textAttribute(pbf_writer& owner, uint32_t field, const char* key, const std::string& text) {
    attribute(owner, field, key, [&](pbf_writer& v) { v.add_string(1, text); });
}

// A request with one resource and scope, whose items are written by fill(scope).
template <typename F>
std::string request(F&& fill) {
    return message([&](pbf_writer& top) {
        child(top, 1, [&](pbf_writer& r) {
            child(r, 1, [&](pbf_writer& resource) {
                textAttribute(resource, 1, "service.name", "gateway");
                resource.add_uint32(2, 2);
            });
            child(r, 2, [&](pbf_writer& scope) {
                child(scope, 1, [&](pbf_writer& s) {
                    s.add_string(1, "lib");
                    s.add_string(2, "1.2");
                    textAttribute(s, 3, "a", "b");
                    s.add_uint32(4, 3);
                });
                fill(scope);
                scope.add_string(3, "https://scope/1");
            });
            r.add_string(3, "https://resource/1");
        });
    });
}

const std::string kTrace = "\x5b\x8e\xff\xf7\x98\x03\x81\x03\xd2\x69\xb6\x33\x81\x3f\xc6\x0c";
const std::string kSpan = "\xee\xe1\x9b\x7e\xc3\xc1\xb1\x74";

std::string tracesRequest() {
    return request([](pbf_writer& scope) {
        child(scope, 2, [](pbf_writer& s) {
            s.add_bytes(1, kTrace);
            s.add_bytes(2, kSpan);
            s.add_string(3, "k=v");
            s.add_bytes(4, "12345678");
            s.add_string(5, "POST /v1/chat");
            s.add_enum(6, 2);
            s.add_fixed64(7, 1544712660000000000);
            s.add_fixed64(8, 1544712661000000000);
            textAttribute(s, 9, "s", "text");
            attribute(s, 9, "i", [](pbf_writer& v) { v.add_int64(3, -5); });
            attribute(s, 9, "d", [](pbf_writer& v) { v.add_double(4, 1.5); });
            attribute(s, 9, "b", [](pbf_writer& v) { v.add_bool(2, true); });
            attribute(s, 9, "raw", [](pbf_writer& v) { v.add_bytes(7, "\x01\xff"); });
            attribute(s, 9, "e", [](pbf_writer&) {});
            attribute(s, 9, "list", [](pbf_writer& v) {
                child(v, 5, [](pbf_writer& list) {
                    child(list, 1, [](pbf_writer& e) { e.add_string(1, "x"); });
                    child(list, 1, [](pbf_writer& e) { e.add_int64(3, 2); });
                    child(list, 1, [](pbf_writer& e) {
                        child(e, 6, [](pbf_writer& map) { attribute(map, 1, "k", [](pbf_writer& m) { m.add_double(4, 3); }); });
                    });
                });
            });
            s.add_uint32(10, 1);
            child(s, 11, [](pbf_writer& e) {
                e.add_fixed64(1, 1544712660500000000);
                e.add_string(2, "exception");
                textAttribute(e, 3, "exception.type", "E");
                e.add_uint32(4, 6);
            });
            s.add_uint32(12, 4);
            child(s, 13, [](pbf_writer& l) {
                l.add_bytes(1, kTrace);
                l.add_bytes(2, kSpan);
                l.add_string(3, "l=m");
                textAttribute(l, 4, "why", "retry");
                l.add_uint32(5, 7);
                l.add_fixed32(6, 1);
            });
            s.add_uint32(14, 5);
            child(s, 15, [](pbf_writer& status) {
                status.add_string(2, "boom");
                status.add_enum(3, 2);
            });
            s.add_fixed32(16, 257);
            s.add_string(99, "from the future");
        });
    });
}

constexpr const char* kTracesText =
    R"(resource {"service.name":"gateway"} schema=https://resource/1 dropped=2
scope lib 1.2 {"a":"b"} schema=https://scope/1 dropped=3
span 5b8efff798038103d269b633813fc60c eee19b7ec3c1b174 parent=3132333435363738 1544712660000000000..1544712661000000000 'POST /v1/chat' r0 s0 kind=2 status=2 'boom' state=k=v flags=257 dropped=1/4/5 {"s":"text","i":-5,"d":1.5,"b":true,"raw":"Af8=","e":null,"list":["x",2,{"k":3.0}]}
event of 0 at 1544712660500000000 'exception' dropped=6 {"exception.type":"E"}
link of 0 to 5b8efff798038103d269b633813fc60c eee19b7ec3c1b174 state=l=m flags=1 dropped=7 {"why":"retry"}
)";

std::string logsRequest() {
    return request([](pbf_writer& scope) {
        child(scope, 2, [](pbf_writer& l) {
            l.add_fixed64(1, 10);
            l.add_enum(2, 14);
            l.add_string(3, "Warning");
            child(l, 5, [](pbf_writer& body) { body.add_string(1, "hello"); });
            textAttribute(l, 6, "k", "v");
            l.add_uint32(7, 1);
            l.add_fixed32(8, 1);
            l.add_bytes(9, kTrace);
            l.add_bytes(10, kSpan);
            l.add_fixed64(11, 12);
            l.add_string(12, "ev");
        });
        child(scope, 2, [](pbf_writer& l) {
            l.add_fixed64(11, 3);
            child(l, 5, [](pbf_writer& body) {
                child(body, 6, [](pbf_writer& map) { attribute(map, 1, "a", [](pbf_writer& v) { v.add_int64(3, 1); }); });
            });
        });
    });
}

constexpr const char* kLogsText =
    R"(resource {"service.name":"gateway"} schema=https://resource/1 dropped=2
scope lib 1.2 {"a":"b"} schema=https://scope/1 dropped=3
log 10 observed=12 sev=14 Warning body1='hello' 5b8efff798038103d269b633813fc60c eee19b7ec3c1b174 event=ev r0 s0 flags=1 dropped=1 timeFlags=0 line=0 part=0 {"k":"v"}
log 0 observed=3 sev=0 - body6='{"a":1}' 00000000000000000000000000000000 0000000000000000 event=- r0 s0 flags=0 dropped=0 timeFlags=0 line=0 part=0 {}
)";

template <typename F>
void metric(pbf_writer& scope, const char* name, uint32_t kind, F&& data) {
    child(scope, 2, [&](pbf_writer& m) {
        m.add_string(1, name);
        m.add_string(2, "what it is");
        m.add_string(3, "s");
        child(m, kind, data);
    });
}

std::string metricsRequest() {
    return request([](pbf_writer& scope) {
        metric(scope, "g", 5, [](pbf_writer& d) {
            child(d, 1, [](pbf_writer& p) {
                p.add_fixed64(3, 10);
                p.add_double(4, std::numeric_limits<double>::quiet_NaN());
                textAttribute(p, 7, "b", "2");
                textAttribute(p, 7, "a", "1");
            });
            child(d, 1, [](pbf_writer& p) {
                p.add_fixed64(3, 11);
                p.add_sfixed64(6, -5);
                textAttribute(p, 7, "a", "1");
                textAttribute(p, 7, "b", "2");
            });
            child(d, 1, [](pbf_writer& p) {
                p.add_fixed64(3, 12);
                p.add_uint32(8, 1);
            });
        });
        metric(scope, "c", 7, [](pbf_writer& d) {
            child(d, 1, [](pbf_writer& p) {
                p.add_fixed64(2, 1);
                p.add_fixed64(3, 10);
                p.add_sfixed64(6, 9007199254740993);
                child(p, 5, [](pbf_writer& e) {
                    e.add_fixed64(2, 9);
                    e.add_double(3, 1.5);
                    e.add_bytes(4, kSpan);
                    e.add_bytes(5, kTrace);
                    textAttribute(e, 7, "x", "y");
                });
            });
            d.add_enum(2, 2);
            d.add_bool(3, true);
        });
        metric(scope, "h", 9, [](pbf_writer& d) {
            child(d, 1, [](pbf_writer& p) {
                p.add_fixed64(3, 10);
                p.add_fixed64(4, 3);
                p.add_double(5, 6.5);
                const uint64_t counts[] = {1, 2};
                p.add_packed_fixed64(6, std::begin(counts), std::end(counts));
                const double bounds[] = {2};
                p.add_packed_double(7, std::begin(bounds), std::end(bounds));
                p.add_double(11, 1);
                p.add_double(12, 3);
            });
            d.add_enum(2, 1);
        });
        metric(scope, "e", 10, [](pbf_writer& d) {
            child(d, 1, [](pbf_writer& p) {
                p.add_fixed64(3, 10);
                p.add_fixed64(4, 6);
                p.add_sint32(6, 3);
                p.add_fixed64(7, 1);
                child(p, 8, [](pbf_writer& b) {
                    b.add_sint32(1, -2);
                    const uint64_t counts[] = {1, 0, 200};
                    b.add_packed_uint64(2, std::begin(counts), std::end(counts));
                });
                child(p, 9, [](pbf_writer& b) {
                    b.add_sint32(1, 4);
                    b.add_uint64(2, 2);
                });
                p.add_double(14, 0.001);
            });
            d.add_enum(2, 1);
        });
        metric(scope, "s", 11, [](pbf_writer& d) {
            child(d, 1, [](pbf_writer& p) {
                p.add_fixed64(3, 10);
                p.add_fixed64(4, 2);
                p.add_double(5, 5);
                child(p, 6, [](pbf_writer& q) {
                    q.add_double(1, 0.5);
                    q.add_double(2, 2);
                });
            });
        });
    });
}

constexpr const char* kMetricsText =
    R"(resource {"service.name":"gateway"} schema=https://resource/1 dropped=2
scope lib 1.2 {"a":"b"} schema=https://scope/1 dropped=3
series 0 r0 s0 g unit=s 'what it is' kind=1 temporality=0 monotonic=false {"a":"1","b":"2"}
series 0 r0 s0 g unit=s 'what it is' kind=1 temporality=0 monotonic=false {}
series 0 r0 s0 c unit=s 'what it is' kind=2 temporality=2 monotonic=true {}
series 0 r0 s0 h unit=s 'what it is' kind=3 temporality=1 monotonic=false {}
series 0 r0 s0 e unit=s 'what it is' kind=4 temporality=1 monotonic=false {}
series 0 r0 s0 s unit=s 'what it is' kind=5 temporality=0 monotonic=false {}
sample 0 0..10 nan
sample 0 0..11 int -5
sample 1 0..12 none
sample 2 1..10 int 9007199254740993
histogram 3 0..10 flags=0 count=3 sum=6.5 min=1 max=3 bounds=[2] buckets=[1,2] values=[] scale=0 zero=0<=0 +0[] -0[]
histogram 4 0..10 flags=0 count=6 bounds=[] buckets=[] values=[] scale=3 zero=1<=0.001 +-2[1,0,200] -4[2]
histogram 5 0..10 flags=0 count=2 sum=5 bounds=[0.5] buckets=[] values=[2] scale=0 zero=0<=0 +0[] -0[]
exemplar 2 at 9 1.5 5b8efff798038103d269b633813fc60c eee19b7ec3c1b174 {"x":"y"}
)";

std::string lengthFramed(const std::string& payload) {
    std::string out;
    for (int shift = 24; shift >= 0; shift -= 8)
        out += static_cast<char>(payload.size() >> shift & 0xff);
    return out + payload;
}

std::string varintFramed(const std::string& payload) {
    std::string out;
    protozero::write_varint(std::back_inserter(out), payload.size());
    return out + payload;
}

std::string zstd(const std::string& plain) {
    std::string out(ZSTD_compressBound(plain.size()), '\0');
    out.resize(ZSTD_compress(out.data(), out.size(), plain.data(), plain.size(), 1));
    return out;
}

const std::string kJson = R"({"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"json"}}]},"scopeSpans":[{"spans":[{"traceId":"01","spanId":"02","name":"n"}]}]}]})";

}  // namespace

class OtlpProtobufTest : public QObject {
    Q_OBJECT
private slots:
    void decodesEveryField_data();
    void decodesEveryField();
    void framings_data();
    void framings();
    void signalsByStructure();
    void truncatedRequestKeepsItsGoodPart();
    void damagedFrameIsSteppedOver();
    void repairs();
    void deepValuesAreCut();
    void noProtobufIsAnError();
    void damagedBytesNeverCrash();
    void sniffsOthersNot_data();
    void sniffsOthersNot();
};

void OtlpProtobufTest::decodesEveryField_data() {
    QTest::addColumn<int>("signal");
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QByteArray>("expected");
    const auto row = [](const char* name, int signal, const std::string& bytes, const char* expected) {
        QTest::newRow(name) << signal << QByteArray::fromStdString(bytes) << QByteArray(expected);
    };
    row("traces", 1, tracesRequest(), kTracesText);
    row("metrics", 2, metricsRequest(), kMetricsText);
    row("logs", 3, logsRequest(), kLogsText);
}

void OtlpProtobufTest::decodesEveryField() {
    QFETCH(int, signal);
    QFETCH(QByteArray, bytes);
    QFETCH(QByteArray, expected);
    const std::string request = bytes.toStdString();
    const auto batch = signal == 1 ? format::decodeTraces(request) : signal == 2 ? format::decodeMetrics(request) : format::decodeLogs(request);
    QVERIFY(batch.ok());
    const std::string text = test::batchText(*batch);
    QVERIFY2(text == expected.toStdString(), text.c_str());
    QCOMPARE(static_cast<int>(format::signalOf(request)), signal);
}

void OtlpProtobufTest::framings_data() {
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<int>("spans");
    QTest::addColumn<int>("others");
    const auto row = [](const char* name, const std::string& bytes, int spans, int others) {
        QTest::newRow(name) << QByteArray::fromStdString(bytes) << spans << others;
    };
    row("bare", tracesRequest(), 1, 2);
    row("several bare ones", tracesRequest() + logsRequest() + metricsRequest(), 1, 2 + 2 + 4 + 3 + 1);
    row("length-framed", lengthFramed(tracesRequest()) + lengthFramed(tracesRequest()) + lengthFramed(""), 2, 4);
    row("mixed signals, length-framed", lengthFramed(tracesRequest()) + lengthFramed(logsRequest()), 1, 2 + 2);
    row("varint-delimited", varintFramed(tracesRequest()) + varintFramed(logsRequest()) + varintFramed(metricsRequest()), 1, 2 + 2 + 4 + 3 + 1);
    row("each message compressed", lengthFramed(zstd(tracesRequest())) + lengthFramed(zstd(logsRequest())), 1, 2 + 2);
    row("each message compressed JSON", lengthFramed(zstd(kJson)) + lengthFramed(zstd(kJson)), 2, 0);
    row("framed JSON", lengthFramed(kJson), 1, 0);
}

void OtlpProtobufTest::framings() {
    QFETCH(QByteArray, bytes);
    QFETCH(int, spans);
    QFETCH(int, others);
    const std::string file = bytes.toStdString();
    QVERIFY(otlpProtobuf().sniff({file, "x", true}) >= 80);
    QVERIFY(otlpProtobuf().sniff({std::string_view(file).substr(0, 150), "x", false}) >= 80);
    const auto whole = readAs(otlpProtobuf(), file, file.size());
    QVERIFY(whole.ok);
    QCOMPARE(whole.rejected(), uint64_t{0});
    size_t rows = 0;
    for (const Batch& b : whole.batches)
        rows += b.rowCount();
    QCOMPARE(static_cast<int>(whole.spans()), spans);
    QCOMPARE(static_cast<int>(rows), spans + others);
    for (const size_t chunk : {1, 3, 64, 333})
        QCOMPARE(readAs(otlpProtobuf(), file, chunk).text, whole.text);
    for (size_t split = 1; split < file.size(); ++split) {
        const auto reader = otlpProtobuf().open({});
        std::string text;
        const format::BatchConsumer out = [&](Batch&& b) { text += test::batchText(b) + "--\n"; return true; };
        QVERIFY(reader->feed(std::string_view(file).substr(0, split), out).ok());
        QVERIFY(reader->feed(std::string_view(file).substr(split), out).ok());
        QVERIFY(reader->finish(out).ok());
        QCOMPARE(text, whole.text);
    }
}

void OtlpProtobufTest::signalsByStructure() {
    using format::OtlpSignal;
    const auto item = [](auto fill) { return format::signalOfItem(message(fill)); };
    QCOMPARE(static_cast<int>(item([](pbf_writer& w) { w.add_bytes(1, kTrace); w.add_fixed64(7, 1); })), static_cast<int>(OtlpSignal::kTraces));
    QCOMPARE(static_cast<int>(item([](pbf_writer& w) { w.add_enum(2, 9); })), static_cast<int>(OtlpSignal::kLogs));
    QCOMPARE(static_cast<int>(item([](pbf_writer& w) { w.add_fixed64(11, 9); })), static_cast<int>(OtlpSignal::kLogs));
    QCOMPARE(static_cast<int>(item([](pbf_writer& w) { w.add_string(1, "up"); child(w, 5, [](pbf_writer& g) { child(g, 1, [](pbf_writer& p) { p.add_fixed64(3, 1); }); }); })),
             static_cast<int>(OtlpSignal::kMetrics));
    QCOMPARE(static_cast<int>(item([](pbf_writer&) {})), static_cast<int>(OtlpSignal::kUnknown));
}

void OtlpProtobufTest::truncatedRequestKeepsItsGoodPart() {
    const std::string three = request([](pbf_writer& scope) {
        for (char i = 1; i <= 3; ++i)
            child(scope, 2, [&](pbf_writer& s) {
                s.add_bytes(1, std::string(16, i));
                s.add_bytes(2, std::string(8, i));
                s.add_string(5, "name");
                s.add_fixed64(7, 1);
            });
    });
    const std::string cut = three.substr(0, three.size() - 60);   // inside the third span
    const auto batch = format::decodeTraces(cut);
    QVERIFY(batch.ok());
    QCOMPARE(batch->spans.size(), size_t{2});
    QVERIFY(!batch->health.empty());
    const auto file = readAs(otlpProtobuf(), lengthFramed(three) + lengthFramed(three).substr(0, three.size() - 50), 100);
    QVERIFY(file.ok);
    QCOMPARE(file.spans(), size_t{5});
    QVERIFY(file.text.find("file ends inside an OTLP message") != std::string::npos);
}

void OtlpProtobufTest::damagedFrameIsSteppedOver() {
    const std::string good = lengthFramed(tracesRequest());
    const std::string noise(1000, '\xee');
    const auto reading = readAs(otlpProtobuf(), good + noise + good + noise + good, 77);
    QCOMPARE(reading.spans(), size_t{3});
    QVERIFY(reading.text.find("health 2 'damaged OTLP frame'") != std::string::npos);
    QVERIFY(reading.text.find("count=2") != std::string::npos);
}

void OtlpProtobufTest::repairs() {
    const std::string bytes = request([](pbf_writer& scope) {
        child(scope, 2, [](pbf_writer& s) {
            s.add_bytes(1, kTrace);
            s.add_bytes(2, kSpan);
            s.add_string(5, "bad \xff name");
            s.add_enum(6, 42);
            s.add_fixed64(7, UINT64_MAX);
            textAttribute(s, 9, "k", "\xc3");
            textAttribute(s, 9, "k", "again");
            s.add_fixed64(10, 1);
        });
        child(scope, 2, [](pbf_writer& s) {
            s.add_bytes(2, kSpan);
            textAttribute(s, 9, "gone", "x");
            child(s, 11, [](pbf_writer& e) { textAttribute(e, 3, "gone", "x"); });
        });
        child(scope, 2, [](pbf_writer& s) { s.add_bytes(1, "short"); });
    });
    const auto batch = format::decodeTraces(bytes);
    QVERIFY(batch.ok());
    QCOMPARE(batch->spans.size(), size_t{1});
    QCOMPARE(batch->spanEvents.size(), size_t{0});
    const std::string text = test::batchText(*batch);
    QVERIFY(text.find("'bad \xEF\xBF\xBD name'") != std::string::npos);
    QVERIFY(text.find("{\"k\":\"\xEF\xBF\xBD\"}") != std::string::npos);
    QVERIFY(text.find("'text that is no UTF-8'") != std::string::npos);
    QVERIFY(text.find("'attribute key twice on one row: the first is kept'") != std::string::npos);
    QVERIFY(text.find("'OTLP enum value out of range'") != std::string::npos);
    QVERIFY(text.find("'time beyond the year 2262'") != std::string::npos);
    QVERIFY(text.find("'span without trace id' ") != std::string::npos);
    QVERIFY(text.find("'trace id that is not 16 bytes'") != std::string::npos);
    QVERIFY(text.find("gone") == std::string::npos);
}

void OtlpProtobufTest::deepValuesAreCut() {
    std::string value;
    for (int i = 0; i < 5000; ++i) {
        const std::string inner = value;
        value = message([&](pbf_writer& v) { child(v, 5, [&](pbf_writer& list) { list.add_message(1, inner); }); });
    }
    const std::string bytes = request([&](pbf_writer& scope) {
        child(scope, 2, [&](pbf_writer& l) {
            l.add_fixed64(1, 1);
            l.add_message(5, value);
        });
    });
    const auto batch = format::decodeLogs(bytes);
    QVERIFY(batch.ok());
    const std::string body(batch->logs.bodyText(0));
    QCOMPARE(body, std::string(32, '[') + "null" + std::string(32, ']'));
    QCOMPARE(batch->health.size(), size_t{1});
    QCOMPARE(batch->health[0].reason, std::string("attribute value nested deeper than 32: cut"));
}

void OtlpProtobufTest::noProtobufIsAnError() {
    QVERIFY(!format::decodeTraces("<html>404</html>").ok());
    QVERIFY(!format::decodeTraces(std::string_view("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", 12)).ok());
    QVERIFY(format::decodeTraces("").ok());   // an empty request is a good one
}

void OtlpProtobufTest::damagedBytesNeverCrash() {
    const std::string files[] = {lengthFramed(tracesRequest()) + lengthFramed(logsRequest()) + lengthFramed(metricsRequest()),
                                 tracesRequest() + metricsRequest(), varintFramed(metricsRequest()) + varintFramed(logsRequest()),
                                 lengthFramed(zstd(tracesRequest())) + lengthFramed(zstd(kJson))};
    std::mt19937 random(5);
    for (int round = 0; round < 4000; ++round) {
        std::string bytes = files[random() % std::size(files)];
        for (unsigned n = 0; n <= random() % 4; ++n) {
            const size_t at = random() % bytes.size();
            if (random() % 4 == 0)
                bytes.erase(at, random() % 20);
            else
                bytes[at] = static_cast<char>(random());
        }
        if (random() % 4 == 0)
            bytes.resize(random() % bytes.size());
        const auto whole = readAs(otlpProtobuf(), bytes, bytes.size() + 1);
        QVERIFY(whole.ok);
        for (const Batch& b : whole.batches) {
            for (const uint32_t span : b.spanEvents.span)
                QVERIFY(span < b.spans.size());
            for (const AttributeColumns::Column& c : b.spans.attributes.columns())
                QVERIFY(c.rows.empty() || c.rows.back() < b.spans.size());
        }
        const std::string pieces = readAs(otlpProtobuf(), bytes, 29).text;
        QVERIFY2(pieces == whole.text, (pieces + "\n=== whole:\n" + whole.text).c_str());
    }
}

void OtlpProtobufTest::sniffsOthersNot_data() {
    QTest::addColumn<QByteArray>("bytes");
    QTest::newRow("text") << QByteArray("\n\nhello world, this is a text file that starts with line ends\n");
    QTest::newRow("pprof") << QByteArray::fromStdString(message([](pbf_writer& w) {
        child(w, 1, [](pbf_writer& type) { type.add_int64(1, 1); type.add_int64(2, 2); });
        child(w, 2, [](pbf_writer& sample) { sample.add_uint64(1, 7); });
        w.add_string(6, "samples and a long enough string table");
    }));
    QTest::newRow("JSON") << QByteArray("{\"resourceSpans\":[]}");
    QTest::newRow("zeros") << QByteArray(100, '\0');
    QTest::newRow("zstd file") << QByteArray::fromStdString(zstd(std::string(500, 'x')));
    QTest::newRow("empty") << QByteArray();
}

void OtlpProtobufTest::sniffsOthersNot() {
    QFETCH(QByteArray, bytes);
    QCOMPARE(otlpProtobuf().sniff({std::string_view(bytes.constData(), static_cast<size_t>(bytes.size())), "x", true}), 0);
}

QTEST_GUILESS_MAIN(OtlpProtobufTest)
#include "otlp_protobuf_test.moc"
