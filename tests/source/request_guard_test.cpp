// Who may post, and what addresses mean.
#include "qt_test.h"
#include "source/request_guard.h"

using namespace nj::source;

class RequestGuardTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void loopback_data() {
        QTest::addColumn<bool>("is");
        for (const char* yes : {"localhost", "127.0.0.1", "127.8.9.10", "::1", "[::1]"})
            QTest::newRow(yes) << true;
        for (const char* no : {"", "127.0.0", "127.0.0.1.evil.example", "127.0.0.256", "127.0.0.1x", "127..0.1", "1270.0.0.1", "0.0.0.0", "10.0.0.1", "localhost.evil", "::2"})
            QTest::newRow(*no ? no : "empty") << false;
    }
    void loopback() {
        QFETCH(bool, is);
        const std::string name = std::strcmp(QTest::currentDataTag(), "empty") == 0 ? "" : QTest::currentDataTag();
        QCOMPARE(isLoopback(name), is);
    }
    void verdicts_data() {
        QTest::addColumn<QByteArray>("host");
        QTest::addColumn<QByteArray>("origin");
        QTest::addColumn<QByteArray>("site");
        QTest::addColumn<int>("verdict");
        const auto row = [](const char* name, const char* host, const char* origin, const char* site, Verdict verdict) {
            QTest::newRow(name) << QByteArray(host) << QByteArray(origin) << QByteArray(site) << static_cast<int>(verdict);
        };
        row("an SDK", "127.0.0.1:4318", "", "", Verdict::kWelcome);
        row("by name", "localhost:4318", "", "", Verdict::kWelcome);
        row("IPv6", "[::1]:4318", "", "", Verdict::kWelcome);
        row("an allowed name", "collector.local:4318", "", "", Verdict::kWelcome);
        row("DNS rebinding", "evil.example:4318", "", "", Verdict::kWrongHost);
        row("no host", "", "", "", Verdict::kWrongHost);
        row("a page", "127.0.0.1:4318", "https://evil.example", "cross-site", Verdict::kForeignPage);
        row("a page of this computer", "127.0.0.1:4318", "http://localhost:9999", "same-site", Verdict::kForeignPage);
        row("an allowed page", "127.0.0.1:4318", "http://localhost:3000", "cross-site", Verdict::kWelcome);
        row("a page without origin", "127.0.0.1:4318", "", "cross-site", Verdict::kForeignPage);
        row("null origin", "127.0.0.1:4318", "null", "", Verdict::kForeignPage);
    }
    void verdicts() {
        QFETCH(QByteArray, host);
        QFETCH(QByteArray, origin);
        QFETCH(QByteArray, site);
        QFETCH(int, verdict);
        ListenOptions options;
        options.hosts = {"collector.local"};
        options.origins = {"http://localhost:3000"};
        const std::string keep[] = {host.toStdString(), origin.toStdString(), site.toStdString()};
        QCOMPARE(static_cast<int>(judge({keep[0], keep[1], keep[2], {}, {}}, options)), verdict);
    }
    void tokens() {
        ListenOptions options;
        options.host = "0.0.0.0";
        options.token = "abcdefghijklmnop";
        QCOMPARE(judge({"10.1.2.3:4318", "", "", "", ""}, options), Verdict::kNoToken);
        QCOMPARE(judge({"10.1.2.3:4318", "", "", "Bearer abcdefghijklmnop", ""}, options), Verdict::kWelcome);
        QCOMPARE(judge({"10.1.2.3:4318", "", "", "", "abcdefghijklmnop"}, options), Verdict::kWelcome);
        QCOMPARE(judge({"10.1.2.3:4318", "", "", "Bearer abcdefghijklmnoq", ""}, options), Verdict::kNoToken);
        QCOMPARE(judge({"10.1.2.3:4318", "", "", "Basic abcdefghijklmnop", ""}, options), Verdict::kNoToken);
        QVERIFY(!equalSecrets("", ""));
        QVERIFY(!equalSecrets("aaaa", "a"));
    }
    void addresses_data() {
        QTest::addColumn<QString>("host");
        QTest::addColumn<int>("port");
        QTest::newRow("") << "127.0.0.1" << 4318;
        QTest::newRow("9000") << "127.0.0.1" << 9000;
        QTest::newRow(":9000") << "127.0.0.1" << 9000;
        QTest::newRow("0.0.0.0:80") << "0.0.0.0" << 80;
        QTest::newRow("[::1]:81") << "::1" << 81;
        QTest::newRow("[::1]") << "::1" << 4318;
        QTest::newRow("host") << "host" << 4318;
        QTest::newRow("host:99999") << "" << -1;
        QTest::newRow("host:x") << "" << -1;
    }
    void addresses() {
        QFETCH(QString, host);
        QFETCH(int, port);
        const auto options = parseListen(QTest::currentDataTag(), 4318);
        QCOMPARE(options.ok(), port >= 0);
        if (!options.ok())
            return;
        QCOMPARE(QString::fromStdString(options->host), host);
        QCOMPARE(static_cast<int>(options->port), port);
    }
};

QTEST_APPLESS_MAIN(RequestGuardTest)
#include "request_guard_test.moc"
