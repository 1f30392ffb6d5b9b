// Files made by real producers: the OpenTelemetry JavaScript SDK from npm, and the metrics text of Debian's prometheus-node-exporter.
// Each part skips, saying so, where its producer can't be had.
#include <QJsonArray>
#include <QStandardPaths>
#include <QTcpServer>
#include <QTcpSocket>
#include <QTemporaryDir>

#include "nightjar_process.h"

using namespace nj::test;

namespace {

int runIn(const QString& directory, const QString& program, const QStringList& arguments, QByteArray* output = nullptr) {
    QProcess process;
    process.setWorkingDirectory(directory);
    process.setProcessChannelMode(QProcess::MergedChannels);
    process.start(program, arguments);
    if (!process.waitForStarted() || !process.waitForFinished(180'000))
        return -1;
    if (output)
        *output = process.readAll();
    return process.exitCode();
}

QString exporterBinary() {
    const QString unpacked = QStringLiteral(NIGHTJAR_SOURCE_DIR "/build/tools/usr/bin/prometheus-node-exporter");
    return QFileInfo(unpacked).isExecutable() ? unpacked : QStandardPaths::findExecutable(QStringLiteral("prometheus-node-exporter"));
}

QByteArray httpGet(quint16 port, const QByteArray& path) {
    QTcpSocket socket;
    socket.connectToHost(QStringLiteral("127.0.0.1"), port);
    if (!socket.waitForConnected(2000))
        return {};
    socket.write("GET " + path + " HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n");
    QByteArray answer;
    while (socket.waitForReadyRead(5000))
        answer += socket.readAll();
    answer += socket.readAll();
    return answer.startsWith("HTTP/1.") && answer.contains(" 200 ") ? answer.mid(answer.indexOf("\r\n\r\n") + 4) : QByteArray();
}

}  // namespace

class RealProducersTest : public QObject {
    Q_OBJECT
private slots:
    void openTelemetryJavaScript_data() {
        QTest::addColumn<QString>("suffix");
        QTest::newRow("json") << QStringLiteral("json");
        QTest::newRow("protobuf") << QStringLiteral("pb");
    }
    void openTelemetryJavaScript() {
        QFETCH(QString, suffix);
        if (!produce())
            QSKIP("the OpenTelemetry SDK can't be installed: no npm, no node or no registry");
        const QString capsule = producer_.filePath(suffix + QStringLiteral(".nightjar"));
        QStringList import{QStringLiteral("import"), QStringLiteral("-o"), capsule};
        for (const char* name : {"traces", "logs", "metrics"})
            import << producer_.filePath(QStringLiteral("%1.%2").arg(QLatin1String(name), suffix));
        const ProcessResult imported = runNightjar(import);
        QVERIFY2(imported.exitCode == 0, imported.err.constData());

        checkProduced(capsule);
    }

    void sdkDelivers_data() {
        QTest::addColumn<QString>("port");
        QTest::newRow("grpc") << QStringLiteral("--otlp-grpc");
        QTest::newRow("proto") << QStringLiteral("--otlp-http");
        QTest::newRow("http") << QStringLiteral("--otlp-http");
    }
    // The SDK's exporters, to a receiver that was started as a user starts it.
    void sdkDelivers() {
        QFETCH(QString, port);
        if (!produce())
            QSKIP("the OpenTelemetry SDK can't be installed: no npm, no node or no registry");
        const QString protocol = QString::fromLatin1(QTest::currentDataTag()), capsule = producer_.filePath(protocol + QStringLiteral(".nightjar"));
        QTcpServer free;
        QVERIFY(free.listen(QHostAddress::LocalHost));
        const QString address = QStringLiteral("127.0.0.1:%1").arg(free.serverPort());
        free.close();
        QProcess serving;
        serving.start(qEnvironmentVariable("NIGHTJAR_BINARY"), {QStringLiteral("serve"), capsule, port, address});
        QVERIFY(serving.waitForStarted());
        QByteArray said;
        QTRY_VERIFY_WITH_TIMEOUT((said += serving.readAllStandardError()).contains("OTEL_EXPORTER_OTLP_ENDPOINT"), 10'000);
        QByteArray output;
        QVERIFY2(runIn(producer_.path(), QStringLiteral("node"), {QStringLiteral("produce.mjs"), producer_.path(), protocol, QStringLiteral("http://") + address}, &output) == 0, output.constData());
        serving.terminate();
        QVERIFY(serving.waitForFinished(20'000));
        QCOMPARE(serving.exitCode(), 0);
        checkProduced(capsule);
    }

    void nodeExporter() {
        const QString binary = exporterBinary();
        if (binary.isEmpty())
            QSKIP("prometheus-node-exporter is not here");
        QTcpServer free;
        QVERIFY(free.listen(QHostAddress::LocalHost));
        const quint16 port = free.serverPort();
        free.close();
        QProcess exporter;
        exporter.start(binary, {QStringLiteral("--web.listen-address=127.0.0.1:%1").arg(port)});
        QVERIFY(exporter.waitForStarted());
        QByteArray text;
        QTRY_VERIFY_WITH_TIMEOUT(!(text = httpGet(port, "/metrics")).isEmpty(), 10'000);
        exporter.kill();
        exporter.waitForFinished();
        QTemporaryDir directory;
        const QString path = directory.filePath(QStringLiteral("scrape"));
        QFile file(path);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(text);
        file.close();
        const QString capsule = directory.filePath(QStringLiteral("c.nightjar"));
        const ProcessResult imported = runNightjar({QStringLiteral("import"), QStringLiteral("-o"), capsule, path});
        QVERIFY2(imported.exitCode == 0, imported.err.constData());
        int samples = 0;
        for (const QByteArray& line : text.split('\n'))
            samples += !line.isEmpty() && !line.startsWith('#');
        QVERIFY(samples > 200);
        const QJsonObject info = infoOf(capsule);
        QCOMPARE(info.value(QStringLiteral("rows")).toObject().value(QStringLiteral("samples")).toInt(), samples);
        QCOMPARE(info.value(QStringLiteral("health")).toArray().size(), 0);
    }

private:
    // All spans, logs and metrics of the producer, attribute for attribute.
    void checkProduced(const QString& capsule) {
        QFile file(producer_.filePath(QStringLiteral("expected.json")));
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QJsonObject expected = QJsonDocument::fromJson(file.readAll()).object();
        const ProcessResult shown = runNightjar({QStringLiteral("trace"), capsule, expected.value(QStringLiteral("traceId")).toString(), QStringLiteral("--format"), QStringLiteral("json")});
        QVERIFY2(shown.exitCode == 0, shown.err.constData());
        const QJsonObject trace = QJsonDocument::fromJson(shown.out).object();
        const QJsonArray spans = trace.value(QStringLiteral("spans")).toArray();
        QCOMPARE(spans.size(), expected.value(QStringLiteral("spans")).toArray().size());
        for (const auto& wanted : expected.value(QStringLiteral("spans")).toArray()) {
            const QJsonObject span = spanOf(spans, wanted.toObject().value(QStringLiteral("id")).toString());
            QCOMPARE(span.value(QStringLiteral("name")), wanted.toObject().value(QStringLiteral("name")));
            QCOMPARE(span.value(QStringLiteral("service")).toString(), QStringLiteral("js-producer"));
        }
        const QJsonObject root = spanOf(spans, expected.value(QStringLiteral("rootSpanId")).toString());
        QCOMPARE(root.value(QStringLiteral("attributes")).toObject(), expected.value(QStringLiteral("attributes")).toObject());
        QCOMPARE(trace.value(QStringLiteral("logs")).toArray().size(), expected.value(QStringLiteral("logs")).toArray().size());

        const QJsonObject rows = infoOf(capsule).value(QStringLiteral("rows")).toObject();
        QCOMPARE(rows.value(QStringLiteral("spans")).toInt(), 21);
        QCOMPARE(rows.value(QStringLiteral("span_links")).toInt(), 20);
        QCOMPARE(rows.value(QStringLiteral("logs")).toInt(), 10);
        QCOMPARE(rows.value(QStringLiteral("series")).toInt(), expected.value(QStringLiteral("metrics")).toArray().size());
        QCOMPARE(rows.value(QStringLiteral("samples")).toInt() + rows.value(QStringLiteral("histograms")).toInt(), 5);
    }

    static QJsonObject spanOf(const QJsonArray& spans, const QString& id) {
        for (const auto& span : spans)
            if (span.toObject().value(QStringLiteral("span_id")).toString() == id)
                return span.toObject();
        return {};
    }
    // Installs the SDK and lets it write its files, once.
    bool produce() {
        if (produced_)
            return true;
        if (QStandardPaths::findExecutable(QStringLiteral("npm")).isEmpty())
            return false;
        for (const char* name : {"package.json", "produce.mjs"})
            QFile::copy(QStringLiteral(NIGHTJAR_SOURCE_DIR "/tests/support/otel_js/") + QLatin1String(name), producer_.filePath(QLatin1String(name)));
        QByteArray output;
        produced_ = runIn(producer_.path(), QStringLiteral("npm"), {QStringLiteral("install"), QStringLiteral("--no-audit"), QStringLiteral("--no-fund")}) == 0 &&
                    runIn(producer_.path(), QStringLiteral("node"), {QStringLiteral("produce.mjs"), producer_.path()}, &output) == 0;
        if (!produced_)
            qWarning("%s", output.constData());
        return produced_;
    }

    QTemporaryDir producer_;
    bool produced_ = false;
};

QTEST_GUILESS_MAIN(RealProducersTest)
#include "real_producers_test.moc"
