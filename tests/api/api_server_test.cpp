// The API over sockets, as QNetworkAccessManager and raw ones ask it: forms, whom it answers, queries given up.
#include <QJsonDocument>
#include <QJsonObject>
#include <QNetworkAccessManager>
#include <QNetworkReply>
#include <QTcpServer>
#include <QTcpSocket>

#include "api/api_server.h"
#include "served_data.h"

using namespace nj;
using namespace nj::api;

namespace {

// Evaluates for minutes.
const QByteArray kEndless = "query=max_over_time%28quantile_over_time%280.5%2Cvector%28time%28%29%29%5B1d%3A1s%5D%29%5B1d%3A1s%5D%29";

}  // namespace

class ApiServerTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { capsule_.import(test::servedBatch()); }
    void init() { start({}); }
    void cleanup() { server_.reset(); }

    void answersGet() {
        const auto [status, body] = get("/api/v1/query?query=sum%28requests_total%29");
        QCOMPARE(status, 200);
        QVERIFY2(body.contains("\"1800\""), body.constData());
        QCOMPARE(QJsonDocument::fromJson(body).object().value(QStringLiteral("status")).toString(), QStringLiteral("success"));
        QCOMPARE(get("/api/v1/label/room%2Ename/values").second, QByteArray("{\"status\":\"success\",\"data\":[\"cellar\"]}"));
        QCOMPARE(get("/-/ready").first, 200);
        QCOMPARE(get("/api/v1/query?query=sum%28").first, 400);
        QCOMPARE(get("/api/v1/nothing").first, 404);
    }
    void answersForms() {
        const auto [status, body] = send("/api/v1/query", "query=sum%28requests_total%29");
        QCOMPARE(status, 200);
        QVERIFY2(body.contains("\"1800\""), body.constData());
        QVERIFY(send("/api/v1/series", "match[]=early").second.contains("[{\"__name__\":\"early\"}]"));
        QCOMPARE(send("/api/v1/metadata", "metric=early").first, 405);
        QByteArray large("query=");
        large.append(5 << 20, 'x');
        QVERIFY2(send("/api/v1/query", large).first != 200, "a form of any size is no query");
    }
    // Many requests on one connection and many connections at once.
    void answersAtOnce() {
        QNetworkAccessManager network;
        std::vector<std::unique_ptr<QNetworkReply>> replies;
        for (int i = 0; i < 40; ++i)
            replies.emplace_back(
                network.get(QNetworkRequest(url("/api/v1/query?query=sum%28requests_total%29%2B" + QByteArray::number(i)))));
        for (int i = 0; i < 40; ++i) {
            QTRY_VERIFY_WITH_TIMEOUT(replies[size_t(i)]->isFinished(), 30'000);
            QVERIFY(replies[size_t(i)]->readAll().contains('"' + QByteArray::number(1800 + i) + '"'));
        }
    }
    void answersOnlyWhomItMay() {
        QCOMPARE(get("/api/v1/alerts", {{"Host", "evil.example"}}).first, 421);
        QCOMPARE(get("/api/v1/alerts", {{"Origin", "http://evil.example"}}).first, 403);
        QCOMPARE(get("/api/v1/alerts", {{"Sec-Fetch-Site", "cross-site"}}).first, 403);
        ServerOptions options;
        options.listen.token = "s3cret";
        options.listen.origins = {"http://grafana.example"};
        start(options);
        QCOMPARE(get("/api/v1/alerts").first, 401);
        QCOMPARE(get("/api/v1/alerts", {{"Authorization", "Bearer other!"}}).first, 401);
        QCOMPARE(get("/api/v1/alerts", {{"Authorization", "Bearer s3cret"}, {"Origin", "http://grafana.example"}}).first, 200);
        options.listen.host = "0.0.0.0";
        options.listen.token.clear();
        const Status open = createApiServer(capsule_.path(), options)->start();
        QVERIFY(!open.ok() && open.error().code == ErrorCode::kInvalidArgument);
    }
    void saysWhatIsWrong() {
        QTcpServer taken;
        QVERIFY(taken.listen(QHostAddress::LocalHost));
        ServerOptions options;
        options.listen.port = taken.serverPort();
        const Status busy = createApiServer(capsule_.path(), options)->start();
        QVERIFY(!busy.ok() && busy.error().code == ErrorCode::kBusy);
        QVERIFY(!createApiServer(capsule_.path() + ".none", {})->start().ok());
    }
    void givesUpAtTheTimeout() {
        const auto [status, body] = send("/api/v1/query", kEndless + "&timeout=200ms");
        QCOMPARE(status, 503);
        QVERIFY2(body.contains("\"errorType\":\"timeout\""), body.constData());
    }
    // One query at a time: the second is answered only because the first was given up with its client.
    void givesUpWhereTheClientIsGone() {
        ServerOptions options;
        options.threads = 1;
        start(options);
        {
            QTcpSocket client;
            client.connectToHost(QHostAddress::LocalHost, port());
            QVERIFY(client.waitForConnected());
            client.write("GET /api/v1/query?" + kEndless + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
            QVERIFY(client.waitForBytesWritten());
            QVERIFY2(!client.waitForReadyRead(500), "the query was to take longer");
        }
        QCOMPARE(get("/api/v1/query?query=1").first, 200);
    }
    void stopsWithQueriesUnderWay() {
        QTcpSocket client;
        client.connectToHost(QHostAddress::LocalHost, port());
        QVERIFY(client.waitForConnected());
        client.write("GET /api/v1/query?" + kEndless + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
        QVERIFY(client.waitForBytesWritten());
        QVERIFY(!client.waitForReadyRead(300));
        server_->stop();
        // An answer, or the end of the connection, which waiting for an answer may be the first to notice.
        QVERIFY(client.waitForReadyRead(5000) || client.state() != QAbstractSocket::ConnectedState || client.waitForDisconnected(5000));
    }
    void tellsTheManyToComeLater() {
        ServerOptions options;
        options.threads = 1;
        options.maxWaiting = 1;
        start(options);
        QNetworkAccessManager network;
        std::vector<std::unique_ptr<QNetworkReply>> replies;
        for (int i = 0; i < 4; ++i) replies.emplace_back(network.get(QNetworkRequest(url("/api/v1/query?timeout=3s&" + kEndless))));
        int busy = 0, late = 0;
        for (const auto& reply : replies) {
            QTRY_VERIFY_WITH_TIMEOUT(reply->isFinished(), 60'000);
            const QByteArray body = reply->readAll();
            busy += body.contains("\"unavailable\"") ? 1 : 0;
            late += body.contains("\"timeout\"") ? 1 : 0;
        }
        QVERIFY2(busy >= 1 && late >= 1 && busy + late == 4, qPrintable(QStringLiteral("%1 busy, %2 late").arg(busy).arg(late)));
    }

private:
    void start(ServerOptions options) {
        server_ = createApiServer(capsule_.path(), std::move(options));
        const Status started = server_->start();
        if (!started.ok())
            qFatal("%s", started.error().message.c_str());
    }
    quint16 port() const { return QByteArray::fromStdString(server_->address()).split(':').last().toUShort(); }
    QUrl url(const QByteArray& target) const { return QUrl::fromEncoded("http://127.0.0.1:" + QByteArray::number(port()) + target); }
    static std::pair<int, QByteArray> finished(const std::unique_ptr<QNetworkReply>& reply) {
        QEventLoop loop;
        QObject::connect(reply.get(), &QNetworkReply::finished, &loop, &QEventLoop::quit);
        if (!reply->isFinished())
            loop.exec();
        return {reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt(), reply->readAll()};
    }
    std::pair<int, QByteArray> get(const QByteArray& target, const std::vector<std::pair<QByteArray, QByteArray>>& headers = {}) const {
        QNetworkAccessManager network;
        QNetworkRequest request(url(target));
        for (const auto& [name, value] : headers) request.setRawHeader(name, value);
        return finished(std::unique_ptr<QNetworkReply>(network.get(request)));
    }
    std::pair<int, QByteArray> send(const QByteArray& target, const QByteArray& form) const {
        QNetworkAccessManager network;
        QNetworkRequest request(url(target));
        request.setHeader(QNetworkRequest::ContentTypeHeader, QStringLiteral("application/x-www-form-urlencoded"));
        return finished(std::unique_ptr<QNetworkReply>(network.post(request, form)));
    }

    test::TestCapsule capsule_;
    std::unique_ptr<ApiServer> server_;
};

QTEST_GUILESS_MAIN(ApiServerTest)
#include "api_server_test.moc"
