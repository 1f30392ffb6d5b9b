// The gRPC receiver on loopback, with a real capsule behind it.
#include <atomic>
#include <protozero/pbf_writer.hpp>
#include <thread>

#include "grpc_client.h"
#include "receiver_fixture.h"
#include "source/self_signed.h"

using namespace nj;
using namespace nj::test;

namespace {

QByteArray logRequest(const char* text) {
    std::string bytes;
    {
        protozero::pbf_writer root(bytes);
        protozero::pbf_writer resource(root, 1);
        protozero::pbf_writer scope(resource, 2);
        protozero::pbf_writer record(scope, 2);
        record.add_fixed64(1, 1'770'000'000'000'000'000);
        protozero::pbf_writer body(record, 5);
        body.add_string(1, text);
    }
    return QByteArray::fromStdString(bytes);
}

QByteArray gaugeRequest(double value) {
    std::string bytes;
    {
        protozero::pbf_writer root(bytes);
        protozero::pbf_writer resource(root, 1);
        protozero::pbf_writer scope(resource, 2);
        protozero::pbf_writer metric(scope, 2);
        metric.add_string(1, "load");
        protozero::pbf_writer gauge(metric, 5);
        protozero::pbf_writer point(gauge, 1);
        point.add_fixed64(3, 1'770'000'000'000'000'000);
        point.add_double(4, value);
    }
    return QByteArray::fromStdString(bytes);
}

struct GrpcCapsule : ReceivingCapsule {
    explicit GrpcCapsule(source::ListenOptions options = {}, ingest::LiveWriterOptions limits = {}) : ReceivingCapsule(std::move(options), limits, source::createGrpcReceiver) {}
    [[nodiscard]] std::string address() const { return "127.0.0.1:" + std::to_string(port()); }
};

constexpr const char* kToken = "0123456789abcdef0123456789abcdef";

}  // namespace

class GrpcReceiverTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void acknowledgedIsStored() {
        GrpcCapsule capsule;
        GrpcClient client(capsule.address());
        const GrpcAnswer first = client.send(kTracesMethod, spanRequest(1));
        QVERIFY2(first.status.ok(), first.status.error_message().c_str());
        QVERIFY2(first.body.empty(), "full success is an empty message");
        QVERIFY(client.send(kTracesMethod, spansRequest(2, 500, 1'770'000'000'000'000'000), {{}, "", true}).status.ok());
        QVERIFY(client.send(kLogsMethod, logRequest("hello")).status.ok());
        QVERIFY(client.send(kMetricsMethod, gaugeRequest(1.5)).status.ok());
        QVERIFY(client.send(kTracesMethod, "").status.ok());   // an empty request is a success
        // Delivered again, also in another encoding: acknowledged, not stored twice.
        QVERIFY(client.send(kTracesMethod, spanRequest(1)).status.ok());
        QVERIFY(client.send(kTracesMethod, spanRequest(1), {{}, "", true}).status.ok());
        const auto& counters = capsule.receiver->counters();
        QCOMPARE(counters.duplicates.load(), uint64_t(2));
        QCOMPARE(counters.requests.load(), uint64_t(7));
        const auto info = capsule.close();
        QCOMPARE(info.spans, uint64_t(501));
        QCOMPARE(info.logs, uint64_t(1));
        QCOMPARE(info.samples, uint64_t(1));
    }
    void refusals_data() {
        QTest::addColumn<QByteArray>("method");
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<QByteArray>("header");
        QTest::addColumn<QByteArray>("authority");
        QTest::addColumn<bool>("gzip");
        QTest::addColumn<int>("code");
        const QByteArray body = spanRequest(1);
        const auto row = [](const char* name, const char* method, const QByteArray& text, const char* header, const char* authority, bool gzip, grpc::StatusCode code) {
            QTest::newRow(name) << QByteArray(method) << text << QByteArray(header) << QByteArray(authority) << gzip << static_cast<int>(code);
        };
        row("another service", "/opentelemetry.proto.collector.profiles.v1development.ProfilesService/Export", body, "", "", false, grpc::StatusCode::UNIMPLEMENTED);
        row("another method", "/opentelemetry.proto.collector.trace.v1.TraceService/Delete", body, "", "", false, grpc::StatusCode::UNIMPLEMENTED);
        row("no protobuf", kTracesMethod, "\xff\xff\xff\xff not protobuf", "", "", false, grpc::StatusCode::INVALID_ARGUMENT);
        row("no gzip", kTracesMethod, QByteArray("\x1f\x8b\x08 not gzip at all", 19), "", "", false, grpc::StatusCode::INVALID_ARGUMENT);
        row("too large", kTracesMethod, QByteArray(65 << 20, '\x0a'), "", "", false, grpc::StatusCode::RESOURCE_EXHAUSTED);
        row("bomb", kTracesMethod, QByteArray(200 << 20, '\0'), "", "", true, grpc::StatusCode::RESOURCE_EXHAUSTED);
        row("rebinding", kTracesMethod, body, "", "evil.example", false, grpc::StatusCode::PERMISSION_DENIED);
        row("a page", kTracesMethod, body, "origin", "", false, grpc::StatusCode::PERMISSION_DENIED);
    }
    void refusals() {
        QFETCH(QByteArray, method);
        QFETCH(QByteArray, body);
        QFETCH(QByteArray, header);
        QFETCH(QByteArray, authority);
        QFETCH(bool, gzip);
        QFETCH(int, code);
        GrpcCapsule capsule;
        {
            GrpcClient client(capsule.address());
            GrpcExtras extras{{}, authority.toStdString(), gzip};
            if (!header.isEmpty())
                extras.metadata.emplace_back(header.toStdString(), "https://evil.example");
            const GrpcAnswer answer = client.send(method.constData(), body, extras);
            QVERIFY2(answer.code() == code, answer.status.error_message().c_str());
        }
        // It goes on working, and nothing of it was stored.
        GrpcClient good(capsule.address());
        QVERIFY(good.send(kTracesMethod, spanRequest(77)).status.ok());
        QCOMPARE(capsule.close().spans, uint64_t(1));
    }
    void rejectedRowsAreSaid() {
        GrpcCapsule capsule;
        QByteArray body = spanRequest(1);
        const qsizetype id = body.indexOf(QByteArray("\x0a\x10", 2));   // the trace id, which becomes no id
        QVERIFY(id > 0);
        body.replace(id + 2, 16, QByteArray(16, '\0'));
        GrpcClient client(capsule.address());
        const GrpcAnswer answer = client.send(kTracesMethod, body);
        QVERIFY(answer.status.ok());
        QVERIFY(!answer.body.empty());
        QCOMPARE(capsule.receiver->counters().rejectedRows.load(), uint64_t(1));
        QCOMPARE(capsule.close().spans, uint64_t(0));
    }
    void tokens() {
        source::ListenOptions options;
        options.token = kToken;
        GrpcCapsule capsule(options);
        GrpcClient client(capsule.address());
        const auto code = [&](const GrpcExtras& extras) { return client.send(kTracesMethod, spanRequest(1), extras).code(); };
        QCOMPARE(code({}), static_cast<int>(grpc::StatusCode::UNAUTHENTICATED));
        QCOMPARE(code({{{"authorization", "Bearer 0123456789abcdef0123456789abcdee"}}, "", false}), static_cast<int>(grpc::StatusCode::UNAUTHENTICATED));
        QCOMPARE(code({{{"authorization", std::string("Bearer ") + kToken}}, "", false}), 0);
        QCOMPARE(code({{{"x-otlp-api-key", kToken}}, "", false}), 0);
        QCOMPARE(capsule.receiver->counters().refusedForeign.load(), uint64_t(2));
        QCOMPARE(capsule.close().spans, uint64_t(1));
    }
    void busyIsToldWithADelay() {
        FullTarget full;
        const auto receiver = source::createGrpcReceiver({}, full);
        QVERIFY(receiver->start().ok());
        GrpcClient client(receiver->address());
        const GrpcAnswer busy = client.send(kTracesMethod, spanRequest(1));
        QCOMPARE(busy.code(), static_cast<int>(grpc::StatusCode::UNAVAILABLE));
        QCOMPARE(busy.status.error_message(), std::string("the disk is full"));
        QVERIFY2(busy.status.error_details().find("google.rpc.RetryInfo") != std::string::npos, "without it clients drop what was refused");
        QCOMPARE(client.send(kTracesMethod, QByteArray(2000, '\x0a')).code(), static_cast<int>(grpc::StatusCode::UNAVAILABLE));
        receiver->stop();
        QCOMPARE(receiver->counters().refusedBusy.load(), uint64_t(2));
    }
    // Clients that hear "later" deliver again, and nothing is lost or stored twice: the queue takes a few requests only.
    void manyClientsAtOnce() {
        constexpr uint64_t kClients = 8, kRequests = 60;
        ingest::LiveWriterOptions little;
        little.queueBytes = 4096;
        GrpcCapsule capsule({}, little);
        std::atomic<uint64_t> acknowledged = 0;
        {
            std::vector<std::jthread> clients;
            for (uint64_t c = 0; c < kClients; ++c)
                clients.emplace_back([&, c] {
                    GrpcClient client(capsule.address());
                    for (uint64_t i = 0; i < kRequests; ++i) {
                        int code = 14;
                        for (int attempt = 0; code == 14 && attempt < 5000; ++attempt) {
                            if (attempt > 0)
                                QThread::msleep(2);
                            code = client.send(kTracesMethod, spanRequest(1 + c * kRequests + i)).code();
                        }
                        acknowledged += code == 0 ? 1 : 0;
                    }
                });
        }
        QCOMPARE(acknowledged.load(), kClients * kRequests);
        QCOMPARE(capsule.close().spans, kClients * kRequests);
    }
    void portsThatAreTakenAndAddressesOfOthers() {
        GrpcCapsule capsule;
        source::ListenOptions taken;
        taken.port = capsule.port();
        const Status status = source::createGrpcReceiver(taken, *capsule.live)->start();
        QVERIFY(!status.ok());
        QCOMPARE(status.error().code, ErrorCode::kBusy);
        source::ListenOptions open;
        open.host = "0.0.0.0";
        QVERIFY2(!source::createGrpcReceiver(open, *capsule.live)->start().ok(), "an address of others needs a token");
        open.token = kToken;
        QVERIFY2(!source::createGrpcReceiver(open, *capsule.live)->start().ok(), "an address of others needs TLS");
        open.plain = true;
        const auto behind = source::createGrpcReceiver(open, *capsule.live);
        QVERIFY(behind->start().ok());
        behind->stop();
    }
    void tls() {
        const std::string names[] = {"localhost", "127.0.0.1"};
        const auto identity = source::makeSelfSigned(names);
        QVERIFY(identity.ok());
        source::ListenOptions options;
        options.host = "0.0.0.0";
        options.token = kToken;
        options.certificate = identity->certificate;
        options.privateKey = identity->privateKey;
        GrpcCapsule capsule(options);
        const std::string address = "localhost:" + std::to_string(capsule.port());
        const GrpcExtras good{{{"authorization", std::string("Bearer ") + kToken}}, "", false};
        GrpcClient client(address, grpc::SslCredentials({identity->certificate, "", ""}));
        const GrpcAnswer answer = client.send(kTracesMethod, spanRequest(1), good);
        QVERIFY2(answer.status.ok(), answer.status.error_message().c_str());
        QCOMPARE(client.send(kTracesMethod, spanRequest(2), {{{"authorization", "Bearer wrong"}}, "", false}).code(), static_cast<int>(grpc::StatusCode::UNAUTHENTICATED));
        // One that trusts another certificate, and one that speaks no TLS, get no answer.
        const auto other = source::makeSelfSigned(names);
        GrpcClient stranger(address, grpc::SslCredentials({other->certificate, "", ""}));
        QCOMPARE(stranger.send(kTracesMethod, spanRequest(3), good).code(), static_cast<int>(grpc::StatusCode::UNAVAILABLE));
        GrpcClient plain(address);
        QCOMPARE(plain.send(kTracesMethod, spanRequest(4), good).code(), static_cast<int>(grpc::StatusCode::UNAVAILABLE));
        QCOMPARE(capsule.close().spans, uint64_t(1));
    }
};

QTEST_GUILESS_MAIN(GrpcReceiverTest)
#include "grpc_receiver_test.moc"
