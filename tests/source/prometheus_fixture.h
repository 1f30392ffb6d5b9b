// Real servers on loopback: Debian's prometheus and victoria-metrics, with a history made by the test.
#pragma once

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QNetworkAccessManager>
#include <QNetworkReply>
#include <QProcess>
#include <QStandardPaths>
#include <QTcpServer>
#include <QTemporaryDir>
#include <QUrlQuery>

#include <cmath>

#include "qt_test.h"

namespace nj::test {

inline QString toolBinary(const char* name) {
    const QString unpacked = QStringLiteral(NIGHTJAR_SOURCE_DIR "/build/tools/usr/bin/") + QLatin1String(name);
    return QFileInfo(unpacked).isExecutable() ? unpacked : QStandardPaths::findExecutable(QLatin1String(name));
}

inline quint16 freePort() {
    QTcpServer server;
    return server.listen(QHostAddress::LocalHost) ? server.serverPort() : 0;
}

struct Answer {
    int status = 0;
    QByteArray body;
};
inline Answer fetch(const QUrl& url, const QByteArray& body = {}, const char* type = nullptr) {
    QNetworkAccessManager network;
    QNetworkRequest request(url);
    if (type != nullptr)
        request.setHeader(QNetworkRequest::ContentTypeHeader, QLatin1String(type));
    const std::unique_ptr<QNetworkReply> reply(type != nullptr ? network.post(request, body) : network.get(request));
    QEventLoop loop;
    QObject::connect(reply.get(), &QNetworkReply::finished, &loop, &QEventLoop::quit);
    loop.exec();
    return {reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt(), reply->readAll()};
}

// Raw samples of a selector by the server itself: labels as "name{a=\"b\",…}" → time in ms → value as text.
using RawSeries = std::map<std::string, std::map<int64_t, double>>;
inline RawSeries rawSeries(quint16 port, const QString& selector, int64_t fromMs, int64_t toMs) {
    QUrl url(QStringLiteral("http://127.0.0.1:%1/api/v1/query").arg(port));
    QUrlQuery query;
    query.addQueryItem(QStringLiteral("query"), QString::fromLatin1(QUrl::toPercentEncoding(QStringLiteral("%1[%2ms]").arg(selector).arg(toMs - fromMs + 1))));
    query.addQueryItem(QStringLiteral("time"), QString::number(static_cast<double>(toMs) / 1000, 'f', 3));
    url.setQuery(query);
    RawSeries out;
    const QJsonObject answer = QJsonDocument::fromJson(fetch(url).body).object();
    for (const QJsonValue& one : answer.value(QStringLiteral("data")).toObject().value(QStringLiteral("result")).toArray()) {
        const QJsonObject metric = one.toObject().value(QStringLiteral("metric")).toObject();
        std::string key = metric.value(QStringLiteral("__name__")).toString().toStdString();
        for (const QString& label : metric.keys())   // sorted by QJsonObject
            if (label != QStringLiteral("__name__"))
                key += '|' + label.toStdString() + '=' + metric.value(label).toString().toStdString();
        for (const QJsonValue& pair : one.toObject().value(QStringLiteral("values")).toArray()) {
            const auto ms = static_cast<int64_t>(std::llround(pair.toArray().at(0).toDouble() * 1000));
            const QString text = pair.toArray().at(1).toString();
            const double value = text == QStringLiteral("NaN") ? std::nan("") : text == QStringLiteral("+Inf") ? HUGE_VAL : text == QStringLiteral("-Inf") ? -HUGE_VAL : text.toDouble();
            if (ms >= fromMs && ms <= toMs)
                out[key][ms] = value;
        }
    }
    return out;
}

// An hour of an engine's metrics at 15 s that ends at `end` (unix seconds), as OpenMetrics.
inline QByteArray engineHistory(qint64 end, int engines) {
    const qint64 from = end / 15 * 15 - 3600;
    QByteArray running = "# HELP vllm:num_requests_running Requests in the batch.\n# TYPE vllm:num_requests_running gauge\n";
    QByteArray success = "# HELP vllm:request_success Requests that ended well.\n# TYPE vllm:request_success counter\n";
    QByteArray first = "# HELP vllm:time_to_first_token_seconds Seconds to the first token.\n# TYPE vllm:time_to_first_token_seconds histogram\n";
    for (int i = 0; i < engines; ++i) {
        const QByteArray labels = "model_name=\"llama-" + QByteArray::number(i % 3) + "\",instance=\"gpu-" + QByteArray::number(i) + ":8000\",job=\"vllm\"";
        for (qint64 t = from; t <= end; t += 15) {
            const double wave = 5 + 4 * std::sin(static_cast<double>(t) / 600 + i);
            const auto n = static_cast<int>((t - from) / 15 * (i + 1));
            const QByteArray time = ' ' + QByteArray::number(t) + '\n';
            running += "vllm:num_requests_running{" + labels + "} " + QByteArray::number(wave, 'g', 17) + time;
            success += "vllm:request_success_total{" + labels + "} " + QByteArray::number(n) + time;
            const auto bucket = [&](const char* le, int count) { first += "vllm:time_to_first_token_seconds_bucket{" + labels + ",le=\"" + le + "\"} " + QByteArray::number(count) + time; };
            bucket("0.1", n / 2);
            bucket("1.0", n * 9 / 10);
            bucket("+Inf", n);
            first += "vllm:time_to_first_token_seconds_sum{" + labels + "} " + QByteArray::number(n * 0.21, 'g', 17) + time;
            first += "vllm:time_to_first_token_seconds_count{" + labels + "} " + QByteArray::number(n) + time;
        }
    }
    return running + success + first + "# EOF\n";
}

inline bool writeFile(const QString& path, const QByteArray& bytes) {
    QFile file(path);
    return file.open(QIODevice::WriteOnly) && file.write(bytes) == bytes.size();
}

// A Prometheus that scrapes itself each second, has an alert that always fires, and may write to `remoteWrite`.
class PrometheusServer {
public:
    // False: not here.
    bool start(const QByteArray& history, quint16 remoteWrite = 0) {
        const QString program = toolBinary("prometheus"), tool = toolBinary("promtool");
        if (program.isEmpty() || tool.isEmpty())
            return false;
        port = freePort();
        const QString data = folder.filePath(QStringLiteral("data"));
        if (!history.isEmpty()) {
            writeFile(folder.filePath(QStringLiteral("history.om")), history);
            QProcess blocks;
            blocks.start(tool, {QStringLiteral("tsdb"), QStringLiteral("create-blocks-from"), QStringLiteral("openmetrics"), folder.filePath(QStringLiteral("history.om")), data});
            if (!blocks.waitForFinished(60'000) || blocks.exitCode() != 0)
                qFatal("promtool: %s", blocks.readAllStandardError().constData());
        }
        QByteArray config = "global: {scrape_interval: 1s, evaluation_interval: 1s}\nrule_files: [rules.yml]\nscrape_configs:\n- job_name: prometheus\n  static_configs: [{targets: ['127.0.0.1:" +
                            QByteArray::number(port) + "']}]\n- job_name: gone\n  static_configs: [{targets: ['127.0.0.1:1']}]\n";
        if (remoteWrite != 0)
            config += "remote_write:\n- url: http://127.0.0.1:" + QByteArray::number(remoteWrite) + "/api/v1/write\n  metadata_config: {send_interval: 1s}\n";
        writeFile(folder.filePath(QStringLiteral("prometheus.yml")), config);
        writeFile(folder.filePath(QStringLiteral("rules.yml")),
                  "groups:\n- name: engines\n  rules:\n  - alert: EngineGone\n    expr: up == 0\n    labels: {severity: critical}\n    annotations:\n"
                  "      summary: '{{ $labels.instance }} is gone'\n      runbook_url: https://runbooks.example/engine-gone\n");
        process.setProcessChannelMode(QProcess::MergedChannels);
        process.start(program, {QStringLiteral("--config.file=") + folder.filePath(QStringLiteral("prometheus.yml")), QStringLiteral("--storage.tsdb.path=") + data,
                                QStringLiteral("--web.listen-address=127.0.0.1:%1").arg(port), QStringLiteral("--enable-feature=exemplar-storage,remote-write-receiver")});
        if (!process.waitForStarted())
            return false;
        for (int i = 0; i < 300 && fetch(QUrl(QStringLiteral("http://127.0.0.1:%1/-/ready").arg(port))).status != 200; ++i)
            QTest::qWait(100);
        return true;
    }
    ~PrometheusServer() {
        process.kill();
        process.waitForFinished();
    }
    [[nodiscard]] std::string url() const { return "http://127.0.0.1:" + std::to_string(port); }

    QTemporaryDir folder;
    QProcess process;
    quint16 port = 0;
};

}  // namespace nj::test
