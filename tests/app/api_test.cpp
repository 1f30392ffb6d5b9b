// `nightjar serve --api` as a user runs it: read only, while receivers write, and asked by Debian's promtool.
#include <QTcpServer>

#include "nightjar_process.h"
#include "source/prometheus_fixture.h"
#include "source/receiver_fixture.h"

using namespace nj::test;

namespace {

class Serving {
public:
    Serving(const QString& capsule, const QStringList& more = {}) : port_(freePort()) {
        process_.start(qEnvironmentVariable("NIGHTJAR_BINARY"),
                       QStringList{QStringLiteral("serve"), capsule, QStringLiteral("--quiet"), QStringLiteral("--api"),
                                   QStringLiteral("127.0.0.1:%1").arg(port_)} +
                           more);
        process_.waitForStarted();
    }
    ~Serving() {
        process_.kill();
        process_.waitForFinished();
    }
    bool answers() {
        for (int i = 0; i < 200 && process_.state() == QProcess::Running; ++i) {
            if (fetch(QUrl(url() + QStringLiteral("/-/ready"))).status == 200)
                return true;
            QTest::qSleep(20);
        }
        return false;
    }
    QByteArray ask(const QString& target) { return fetch(QUrl(url() + target)).body; }
    [[nodiscard]] QString url() const { return QStringLiteral("http://127.0.0.1:%1").arg(port_); }
    int terminate() {
        process_.terminate();
        return process_.waitForFinished(20'000) && process_.exitStatus() == QProcess::NormalExit ? process_.exitCode() : -1;
    }

private:
    QProcess process_;
    quint16 port_;
};

bool listens(quint16 port) {
    QTcpSocket socket;
    socket.connectToHost(QHostAddress::LocalHost, port);
    return socket.waitForConnected(1000);
}

}  // namespace

class ApiTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() {
        end_ = 1'700'000'000 / 15 * 15;
        const QString history = folder_.filePath(QStringLiteral("history.om"));
        QVERIFY(writeFile(history, engineHistory(end_, 3)));
        capsule_ = folder_.filePath(QStringLiteral("engines.nightjar"));
        QCOMPARE(runNightjar({QStringLiteral("import"), history, QStringLiteral("-o"), capsule_}).exitCode, 0);
    }
    // Nothing listens for telemetry and nothing is written.
    void aloneItOnlyReads() {
        QTcpServer grpc, http;  // where they can be had they stay free
        const bool free = grpc.listen(QHostAddress::LocalHost, 4317) && http.listen(QHostAddress::LocalHost, 4318);
        grpc.close();
        http.close();
        QFile file(capsule_);
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QByteArray before = file.readAll();
        Serving serving(capsule_);
        QVERIFY(serving.answers());
        QVERIFY2(serving.ask(QStringLiteral("/api/v1/query?query=count(vllm:request_success_total)")).contains("\"3\""),
                 "the newest sample's time is now");
        if (free)
            QVERIFY(!listens(4317) && !listens(4318));
        QCOMPARE(serving.terminate(), 0);
        file.seek(0);
        QVERIFY(file.readAll() == before);
    }
    void needsACapsule() {
        const QString none = folder_.filePath(QStringLiteral("none.nightjar"));
        const ProcessResult failed = runNightjar({QStringLiteral("serve"), none, QStringLiteral("--api"), QStringLiteral("127.0.0.1:0")});
        QCOMPARE(failed.exitCode, 1);
        QVERIFY2(failed.err.contains("does not exist"), failed.err.constData());
        QVERIFY(!QFile::exists(none));
        QCOMPARE(runNightjar({QStringLiteral("serve"), capsule_, QStringLiteral("--api"), QStringLiteral("0.0.0.0:0")}).exitCode, 2);
    }
    // What a receiver has acknowledged is answered.
    void answersWhatComesIn() {
        const quint16 otlp = freePort();
        Serving serving(folder_.filePath(QStringLiteral("live.nightjar")),
                        {QStringLiteral("--otlp-http"), QStringLiteral("127.0.0.1:%1").arg(otlp)});
        QVERIFY(serving.answers());
        for (int i = 1; i <= 3; ++i) {
            const QByteArray time = QByteArray::number(1'700'000'000 + i) + "000000000";
            const QByteArray body =
                "{\"resourceMetrics\":[{\"resource\":{\"attributes\":[{\"key\":\"service.name\",\"value\":{\"stringValue\":\"shop\"}}]},"
                "\"scopeMetrics\":[{\"metrics\":[{\"name\":\"queue.length\",\"gauge\":{\"dataPoints\":[{\"timeUnixNano\":\"" +
                time + "\",\"asInt\":\"" + QByteArray::number(i) + "\"}]}}]}]}]}";
            QCOMPARE(fetch(QUrl(QStringLiteral("http://127.0.0.1:%1/v1/metrics").arg(otlp)), body, "application/json").status, 200);
            const QByteArray answer =
                serving.ask(QStringLiteral("/api/v1/query?query=queue_length{job=\"shop\"}&time=%1").arg(1'700'000'000 + i));
            QVERIFY2(answer.contains("\",\"" + QByteArray::number(i)) || answer.contains(",\"" + QByteArray::number(i) + "\"]"),
                     answer.constData());
        }
        QCOMPARE(serving.terminate(), 0);
    }
    void promtoolReadsIt() {
        const QString tool = toolBinary("promtool");
        if (tool.isEmpty())
            QSKIP("promtool is not here: packaging/dependencies fetches it");
        Serving serving(capsule_);
        QVERIFY(serving.answers());
        const auto query = [&](const QStringList& arguments) {
            QProcess process;
            process.start(tool, QStringList{QStringLiteral("query")} + arguments);
            if (!process.waitForFinished(30'000) || process.exitCode() != 0)
                qWarning("%s", process.readAllStandardError().constData());
            return process.readAllStandardOutput();
        };
        const QString start = QStringLiteral("--start=%1").arg(end_ - 3600), end = QStringLiteral("--end=%1").arg(end_);
        QByteArray out = query({QStringLiteral("instant"), QStringLiteral("--time=%1").arg(end_), serving.url(),
                                QStringLiteral("sum(vllm:request_success_total)")});
        QCOMPARE(out, QByteArray("{} => 1440 @[") + QByteArray::number(end_) + "]\n");
        out = query({QStringLiteral("range"), QStringLiteral("--start=%1").arg(end_ - 60), end, QStringLiteral("--step=30s"), serving.url(),
                     QStringLiteral("count(vllm:num_requests_running)")});
        QCOMPARE(out, "{} =>\n3 @[" + QByteArray::number(end_ - 60) + "]\n3 @[" + QByteArray::number(end_ - 30) + "]\n3 @[" +
                          QByteArray::number(end_) + "]\n");
        out = query({QStringLiteral("series"), QStringLiteral("--match=vllm:num_requests_running"), start, end, serving.url()});
        QCOMPARE(out.count('\n'), 3);
        QVERIFY2(out.contains("{__name__=\"vllm:num_requests_running\", instance=\"gpu-1:8000\", job=\"vllm\", model_name=\"llama-1\"}"),
                 out.constData());
        out = query({QStringLiteral("labels"), start, end, serving.url(), QStringLiteral("model_name")});
        QCOMPARE(out, QByteArray("llama-0\nllama-1\nllama-2\n"));
    }

private:
    QTemporaryDir folder_;
    QString capsule_;
    qint64 end_ = 0;
};

QTEST_GUILESS_MAIN(ApiTest)
#include "api_test.moc"
