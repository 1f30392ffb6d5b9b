// The HTTP receiver on loopback, with a real capsule behind it.
#include <atomic>
#include <snappy.h>
#include <thread>
#include <zlib.h>

#include "receiver_fixture.h"
#include "source/self_signed.h"
#include "tls_client.h"

using namespace nj;
using namespace nj::test;

namespace {

QByteArray gzip(const QByteArray& text) {
    z_stream stream{};
    deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
    QByteArray out(static_cast<qsizetype>(deflateBound(&stream, static_cast<uLong>(text.size()))), '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
    stream.avail_in = static_cast<uInt>(text.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    deflate(&stream, Z_FINISH);
    out.chop(stream.avail_out);
    deflateEnd(&stream);
    return out;
}

constexpr const char* kJsonSpan = R"({"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"web"}}]},"scopeSpans":[{"spans":[
{"traceId":"5b8efff798038103d269b633813fc60c","spanId":"eee19b7ec3c1b174","name":"GET /","kind":2,"startTimeUnixNano":"1770000000000000000","endTimeUnixNano":"1770000001000000000"}]}]}]})";
const QByteArray kJson = "Content-Type: application/json\r\n", kProtobuf = "Content-Type: application/x-protobuf\r\n";

}  // namespace

class HttpReceiverTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void acknowledgedIsStored() {
        ReceivingCapsule capsule;
        HttpClient client(capsule.port());
        const HttpAnswer first = client.post("/v1/traces", spanRequest(1));
        QCOMPARE(first.status, 200);
        QVERIFY2(first.body.isEmpty(), "full success is an empty message");
        QVERIFY(first.head.contains("application/x-protobuf"));
        QCOMPARE(client.post("/v1/traces", gzip(spanRequest(2)), kProtobuf + "Content-Encoding: gzip\r\n").status, 200);
        const HttpAnswer json = client.post("/v1/traces", kJsonSpan, kJson);
        QCOMPARE(json.status, 200);
        QCOMPARE(json.body, QByteArray("{}"));
        QCOMPARE(client.post("/v1/traces", "").status, 200);   // an empty request is a success
        // Delivered again: acknowledged, not stored twice.
        QCOMPARE(client.post("/v1/traces", spanRequest(1)).status, 200);
        QCOMPARE(capsule.receiver->counters().duplicates.load(), uint64_t(1));
        const auto info = capsule.close();
        QCOMPARE(info.spans, uint64_t(3));
    }
    void pipeliningAndContinue() {
        ReceivingCapsule capsule;
        HttpClient client(capsule.port());
        QByteArray both;
        for (uint64_t i = 10; i < 20; ++i)
            both += HttpClient::request(capsule.port(), "/v1/traces", spanRequest(i));
        client.write(both);
        for (int i = 0; i < 10; ++i)
            QCOMPARE(client.read().status, 200);
        const QByteArray body = spanRequest(30);
        client.write("POST /v1/traces HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-protobuf\r\nExpect: 100-continue\r\nContent-Length: " + QByteArray::number(body.size()) + "\r\n\r\n");
        QCOMPARE(client.read().status, 100);
        client.write(body);
        QCOMPARE(client.read().status, 200);
        // Chunked.
        client.write("POST /v1/traces HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-protobuf\r\nTransfer-Encoding: chunked\r\n\r\n");
        const QByteArray chunked = spanRequest(31);
        client.write(QByteArray::number(chunked.size(), 16) + "\r\n" + chunked + "\r\n0\r\n\r\n");
        QCOMPARE(client.read().status, 200);
        QCOMPARE(capsule.close().spans, uint64_t(12));
    }
    void refusals_data() {
        QTest::addColumn<QByteArray>("request");
        QTest::addColumn<int>("status");
        const QByteArray body = spanRequest(1);
        const auto post = [&](const char* name, const char* path, const QByteArray& headers, const QByteArray& text, int status, const char* host = "localhost") {
            QTest::newRow(name) << QByteArray("POST ") + path + " HTTP/1.1\r\nHost: " + host + "\r\n" + headers + "Content-Length: " + QByteArray::number(text.size()) + "\r\n\r\n" + text << status;
        };
        post("a form", "/v1/traces", "Content-Type: text/plain\r\n", body, 415);
        post("no type", "/v1/traces", "", body, 415);
        post("brotli", "/v1/traces", kProtobuf + "Content-Encoding: br\r\n", body, 415);
        post("another path", "/v1/secrets", kProtobuf, body, 404);
        post("rebinding", "/v1/traces", kProtobuf, body, 421, "evil.example");
        post("a page", "/v1/traces", kProtobuf + "Origin: https://evil.example\r\n", body, 403);
        post("no protobuf", "/v1/traces", kProtobuf, "\xff\xff\xff\xff not protobuf", 400);
        post("no JSON", "/v1/traces", kJson, "{\"resourceSpans\":", 400);
        post("no gzip", "/v1/traces", kProtobuf + "Content-Encoding: gzip\r\n", body, 400);
        post("bomb", "/v1/traces", kProtobuf + "Content-Encoding: gzip\r\n", gzip(QByteArray(200 << 20, '\0')), 413);
        QTest::newRow("too long") << QByteArray("POST /v1/traces HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-protobuf\r\nContent-Length: 99999999999\r\n\r\n") << 413;
        QTest::newRow("GET") << QByteArray("GET /v1/traces HTTP/1.1\r\nHost: localhost\r\n\r\n") << 405;
        QTest::newRow("preflight") << QByteArray("OPTIONS /v1/traces HTTP/1.1\r\nHost: localhost\r\nOrigin: https://evil.example\r\nAccess-Control-Request-Method: POST\r\n\r\n") << 403;
        QTest::newRow("health") << QByteArray("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n") << 200;
    }
    void refusals() {
        QFETCH(QByteArray, request);
        QFETCH(int, status);
        ReceivingCapsule capsule;
        {
            HttpClient client(capsule.port());
            client.write(request);
            const HttpAnswer answer = client.read();
            QCOMPARE(answer.status, status);
            QVERIFY2(!answer.head.toLower().contains("access-control-allow-origin"), "no page is let in");
            if (status == 503)
                QVERIFY(answer.head.contains("Retry-After"));
        }
        // It goes on working, and nothing of it was stored.
        HttpClient good(capsule.port());
        QCOMPARE(good.post("/v1/traces", spanRequest(77)).status, 200);
        QCOMPARE(capsule.close().spans, uint64_t(1));
    }
    void rejectedRowsAreSaid() {
        ReceivingCapsule capsule;
        HttpClient client(capsule.port());
        QByteArray json(kJsonSpan);
        json.replace("5b8efff798038103d269b633813fc60c", "");   // a span without a trace
        const HttpAnswer answer = client.post("/v1/traces", json, kJson);
        QCOMPARE(answer.status, 200);
        QVERIFY2(answer.body.contains("rejectedSpans") && answer.body.contains("errorMessage"), answer.body.constData());
        QCOMPARE(capsule.receiver->counters().rejectedRows.load(), uint64_t(1));
        QCOMPARE(capsule.close().spans, uint64_t(0));
    }
    void fullQueueIsBusy() {
        // No room at all: everything but what enters alone is told to come later.
        FullTarget full;
        const auto receiver = source::createHttpReceiver({}, full);
        QVERIFY(receiver->start().ok());
        HttpClient client(portOf(*receiver));
        const HttpAnswer busy = client.post("/v1/traces", spanRequest(1));
        QCOMPARE(busy.status, 503);
        QVERIFY(busy.head.contains("Retry-After: 1"));
        QVERIFY(busy.body.contains("the disk is full"));
        HttpClient large(portOf(*receiver));
        QCOMPARE(large.post("/v1/traces", QByteArray(2000, '\x0a')).status, 503);
        receiver->stop();
        QCOMPARE(receiver->counters().refusedBusy.load(), uint64_t(2));
    }
    void slowOnesAreEndedAndHarmNobody() {
        ReceivingCapsule capsule;
        std::vector<std::unique_ptr<HttpClient>> slow;
        for (int i = 0; i < 200; ++i) {
            slow.push_back(std::make_unique<HttpClient>(capsule.port()));
            slow.back()->write(i % 2 ? "POST /v1/traces HTTP/1.1\r\nHost: loc" : "POST /v1/traces HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-protobuf\r\nContent-Length: 1000\r\n\r\nx");
        }
        HttpClient good(capsule.port());
        for (uint64_t i = 0; i < 50; ++i)
            QCOMPARE(good.post("/v1/traces", spanRequest(i)).status, 200);
        QTRY_VERIFY_WITH_TIMEOUT(std::none_of(slow.begin(), slow.end(), [](auto& client) { return client->open(); }), 30'000);
        HttpClient after(capsule.port());
        QCOMPARE(after.post("/v1/traces", spanRequest(1000)).status, 200);
        QCOMPARE(capsule.close().spans, uint64_t(51));
    }
    // Clients that hear "later" deliver again, and nothing is lost or stored twice: the queue takes a few requests only.
    void manyClientsAtOnce() {
        constexpr uint64_t kClients = 8, kRequests = 100;
        ingest::LiveWriterOptions little;
        little.queueBytes = 4096;
        ReceivingCapsule capsule({}, little);
        std::atomic<uint64_t> acknowledged = 0;
        {
            std::vector<std::jthread> clients;
            for (uint64_t c = 0; c < kClients; ++c)
                clients.emplace_back([&, c] {
                    for (uint64_t i = 0; i < kRequests; ++i) {
                        HttpClient client(capsule.port());
                        int status = 503;
                        for (int attempt = 0; status == 503 && attempt < 5000; ++attempt) {
                            if (attempt > 0)
                                QThread::msleep(2);   // as it was told to
                            status = client.post("/v1/traces", spanRequest(1 + c * kRequests + i)).status;
                        }
                        acknowledged += status == 200 ? 1 : 0;
                    }
                });
        }
        QCOMPARE(acknowledged.load(), kClients * kRequests);
        QCOMPARE(capsule.close().spans, kClients * kRequests);
    }
    // Connections open and end while it stops, many times over: it stops, and answers or ends each of them.
    void stopsWhileRequestsCome() {
        FullTarget full;
        for (int round = 0; round < 300; ++round) {
            const auto receiver = source::createHttpReceiver({}, full);
            QVERIFY(receiver->start().ok());
            const quint16 port = portOf(*receiver);
            std::atomic<bool> stopped = false;
            std::atomic<int> answered = 0;
            std::vector<std::jthread> clients;
            for (uint64_t c = 0; c < 2; ++c)
                clients.emplace_back([&, c] {
                    do {
                        HttpClient client(port);
                        const int status = client.post("/v1/traces", spanRequest(c)).status;
                        answered += status == 503 ? 1 : 0;
                    } while (!stopped);
                });
            for (int wait = 0; answered == 0 && wait < 5000; ++wait)
                QThread::msleep(1);
            QVERIFY(answered > 0);
            receiver->stop();
            stopped = true;
            QVERIFY2(!HttpClient(port).open(), "the port is free once it has stopped");
        }
    }
    void portsThatAreTakenAndAddressesOfOthers() {
        ReceivingCapsule capsule;
        source::ListenOptions taken;
        taken.port = capsule.port();
        const auto second = source::createHttpReceiver(taken, *capsule.live);
        const Status status = second->start();
        QVERIFY(!status.ok());
        QCOMPARE(status.error().code, ErrorCode::kBusy);
        source::ListenOptions open;
        open.host = "0.0.0.0";
        const auto public_ = source::createHttpReceiver(open, *capsule.live);
        QVERIFY2(!public_->start().ok(), "an address of others needs a token");
        open.token = "0123456789abcdef0123456789abcdef";
        const auto bare = source::createHttpReceiver(open, *capsule.live);
        QVERIFY2(!bare->start().ok(), "an address of others needs TLS too");
        open.plain = true;
        const auto guarded = source::createHttpReceiver(open, *capsule.live);
        QVERIFY(guarded->start().ok());
        HttpClient client(portOf(*guarded));
        QCOMPARE(client.post("/v1/traces", spanRequest(1)).status, 401);
        HttpClient known(portOf(*guarded));
        QCOMPARE(known.post("/v1/traces", spanRequest(1), kProtobuf + "Authorization: Bearer 0123456789abcdef0123456789abcdef\r\n").status, 200);
        guarded->stop();
        QCOMPARE(capsule.close().spans, uint64_t(1));
    }
    void tls() {
        const std::string names[] = {"localhost", "127.0.0.1"};
        const auto identity = source::makeSelfSigned(names);
        QVERIFY(identity.ok());
        source::ListenOptions options;
        options.host = "0.0.0.0";
        options.token = "0123456789abcdef0123456789abcdef";
        options.certificate = identity->certificate;
        options.privateKey = identity->privateKey;
        ReceivingCapsule capsule(options);
        const auto pinned = *source::fingerprintOf(identity->certificate);
        TlsClient client(capsule.port());
        QCOMPARE(client.fingerprint(), QByteArray::fromStdString(pinned));
        QCOMPARE(client.post(spanRequest(1), "Authorization: Bearer 0123456789abcdef0123456789abcdee\r\n"), 401);
        for (uint64_t i = 1; i <= 20; ++i) {
            TlsClient known(capsule.port());
            QCOMPARE(known.post(spanRequest(i), "Authorization: Bearer 0123456789abcdef0123456789abcdef\r\n"), 200);
        }
        // Larger than TLS' records and the socket's buffers.
        TlsClient large(capsule.port());
        QCOMPARE(large.post(spansRequest(1000, 50'000, 1'770'000'000'000'000'000), "Authorization: Bearer 0123456789abcdef0123456789abcdef\r\n"), 200);
        // Without TLS there is no answer at all.
        HttpClient plain(capsule.port());
        QCOMPARE(plain.post("/v1/traces", spanRequest(100), kProtobuf + "Authorization: Bearer 0123456789abcdef0123456789abcdef\r\n").status, 0);
        QCOMPARE(capsule.close().spans, uint64_t(50'020));
    }
};

QTEST_GUILESS_MAIN(HttpReceiverTest)
#include "http_receiver_test.moc"
