// `nightjar serve` as a user runs it, killed while it receives: what was acknowledged is there, once.
#include <QTcpServer>
#include <set>

#include "nightjar_process.h"
#include "source/receiver_fixture.h"
#include "source/tls_client.h"

using namespace nj::test;

namespace {

constexpr int kKills = 50;

quint16 freePort() {
    QTcpServer server;
    server.listen(QHostAddress::LocalHost);
    return server.serverPort();
}

class Serving {
public:
    Serving(const QString& capsule, quint16 http) : port_(http) {
        process_.setProcessChannelMode(QProcess::ForwardedErrorChannel);
        process_.start(qEnvironmentVariable("NIGHTJAR_BINARY"), {QStringLiteral("serve"), capsule, QStringLiteral("--quiet"), QStringLiteral("--otlp-http"), QStringLiteral("127.0.0.1:%1").arg(http)});
        process_.waitForStarted();
    }
    ~Serving() { kill(); }
    bool answers() {
        for (int i = 0; i < 200 && process_.state() == QProcess::Running; ++i) {
            HttpClient client(port_);
            client.write("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n");
            if (client.read(200).status == 200)
                return true;
            QTest::qSleep(20);
        }
        return false;
    }
    void kill() {
        process_.kill();
        process_.waitForFinished();
    }
    int terminate() {
        process_.terminate();
        return process_.waitForFinished(20'000) && process_.exitStatus() == QProcess::NormalExit ? process_.exitCode() : -1;
    }
    QByteArray output() { return process_.readAllStandardOutput(); }

private:
    QProcess process_;
    quint16 port_;
};

std::set<QString> spanNames(const QString& capsule) {
    const ProcessResult result = runNightjar({QStringLiteral("sql"), capsule, QStringLiteral("SELECT name, count(*) FROM spans GROUP BY 1"), QStringLiteral("--format"), QStringLiteral("csv")});
    std::set<QString> names;
    for (const QByteArray& line : result.out.split('\n').mid(1)) {
        const QList<QByteArray> cells = line.trimmed().split(',');
        if (cells.size() == 2)
            names.insert(QString::fromUtf8(cells[0]) + QLatin1Char('x') + QString::fromUtf8(cells[1]));
    }
    return names;
}

}  // namespace

class ServeTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void killedFiftyTimesLosesNothing() {
        QTemporaryDir folder;
        const QString capsule = folder.filePath(QStringLiteral("live.nightjar"));
        const quint16 port = freePort();
        std::set<QString> acknowledged;
        uint64_t next = 1;
        for (int kill = 0; kill < kKills; ++kill) {
            Serving serving(capsule, port);
            QVERIFY2(serving.answers(), qPrintable(QStringLiteral("it does not start again after %1 kills").arg(kill)));
            HttpClient client(port);
            // Several requests under way at once: the kill comes between their commits and their answers.
            const int requests = 5 + kill % 40;
            QByteArray all;
            for (int i = 0; i < requests; ++i)
                all += HttpClient::request(port, "/v1/traces", spanRequest(next + static_cast<uint64_t>(i), ("n" + std::to_string(next + static_cast<uint64_t>(i))).c_str()));
            client.write(all);
            for (int i = 0; i < requests / 2; ++i)
                if (client.read(2000).status == 200)
                    acknowledged.insert(QStringLiteral("n%1").arg(next + static_cast<uint64_t>(i)));
            serving.kill();
            for (int i = requests / 2; i < requests; ++i)   // answers that were on their way
                if (client.read(50).status == 200)
                    acknowledged.insert(QStringLiteral("n%1").arg(next + static_cast<uint64_t>(i)));
            next += static_cast<uint64_t>(requests);
        }
        QVERIFY(acknowledged.size() > 200);
        const std::set<QString> stored = spanNames(capsule);
        for (const QString& name : acknowledged)
            QVERIFY2(stored.contains(name + QStringLiteral("x1")), qPrintable(QStringLiteral("%1 was acknowledged and is not there exactly once").arg(name)));
        const ProcessResult info = runNightjar({QStringLiteral("info"), capsule});
        QVERIFY2(info.exitCode == 0, info.err.constData());
        QProcess check;
        check.start(QStringLiteral("sqlite3"), {QStringLiteral("-readonly"), capsule, QStringLiteral("PRAGMA integrity_check")});
        if (check.waitForFinished(60'000))
            QCOMPARE(check.readAllStandardOutput().trimmed(), QByteArray("ok"));
    }
    void stopsCleanly() {
        QTemporaryDir folder;
        const QString capsule = folder.filePath(QStringLiteral("live.nightjar"));
        const quint16 port = freePort();
        Serving serving(capsule, port);
        QVERIFY(serving.answers());
        HttpClient client(port);
        QCOMPARE(client.post("/v1/traces", spanRequest(1)).status, 200);
        QCOMPARE(serving.terminate(), 0);
        QVERIFY(serving.output().contains("1 spans"));
        QVERIFY2(!QFile::exists(capsule + QStringLiteral("-wal")), "a clean close leaves one file");
        QCOMPARE(infoOf(capsule).value(QStringLiteral("rows")).toObject().value(QStringLiteral("spans")).toInt(), 1);
    }
    // An address that other computers reach: TLS with a certificate of its own, whose fingerprint it says.
    void otherComputersGetTls() {
        QTemporaryDir folder;
        QProcess process;
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        environment.insert(QStringLiteral("XDG_DATA_HOME"), folder.path());
        process.setProcessEnvironment(environment);
        const quint16 port = freePort();
        process.start(qEnvironmentVariable("NIGHTJAR_BINARY"), {QStringLiteral("serve"), folder.filePath(QStringLiteral("live.nightjar")), QStringLiteral("--token"), QStringLiteral("0123456789abcdef0123456789abcdef"),
                                                                QStringLiteral("--otlp-http"), QStringLiteral("0.0.0.0:%1").arg(port)});
        QByteArray said;
        process.setReadChannel(QProcess::StandardError);
        while (!said.contains("Ctrl+C") && process.waitForReadyRead(30'000))
            said += process.readAllStandardError();
        TlsClient client(port);
        QVERIFY2(!client.fingerprint().isEmpty() && said.contains("SHA-256 " + client.fingerprint()), said.constData());
        const QString kept = folder.filePath(QStringLiteral("nightjar/receiver-cert.pem"));
        QVERIFY2(said.contains("https://0.0.0.0") && said.contains("OTEL_EXPORTER_OTLP_CERTIFICATE=" + kept.toUtf8()), said.constData());
        QVERIFY(QFile::exists(kept));
        QCOMPARE(client.post(spanRequest(1), "Authorization: Bearer 0123456789abcdef0123456789abcdef\r\n"), 200);
        HttpClient plain(port);
        QCOMPARE(plain.post("/v1/traces", spanRequest(2)).status, 0);
        process.terminate();
        QVERIFY(process.waitForFinished(20'000));
        QCOMPARE(process.exitCode(), 0);
    }
    void saysWhatIsWrong() {
        QTemporaryDir folder;
        const ProcessResult open = runNightjar({QStringLiteral("serve"), folder.filePath(QStringLiteral("a.nightjar")), QStringLiteral("--otlp-http"), QStringLiteral("0.0.0.0:0")});
        QCOMPARE(open.exitCode, 2);
        QVERIFY2(open.err.contains("token"), open.err.constData());
        QTcpServer taken;
        QVERIFY(taken.listen(QHostAddress::LocalHost));
        const ProcessResult busy = runNightjar({QStringLiteral("serve"), folder.filePath(QStringLiteral("b.nightjar")), QStringLiteral("--otlp-grpc"), QStringLiteral("127.0.0.1:%1").arg(taken.serverPort())});
        QCOMPARE(busy.exitCode, 1);
        QVERIFY2(busy.err.contains("another port"), busy.err.constData());
    }
};

QTEST_GUILESS_MAIN(ServeTest)
#include "serve_test.moc"
