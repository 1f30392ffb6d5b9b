// What is shown, as text and back: links, command lines, selections; and links that are wrong or hostile.
#include <QTest>

#include "state/view_link.h"
#include "state/workspace.h"

using namespace nj;
using namespace nj::ui;

class ViewLinkTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void linksComeBack_data() {
        QTest::addColumn<QString>("capsule");
        QTest::addColumn<QString>("filter");
        QTest::newRow("plain") << QStringLiteral("/tmp/a.nightjar") << QStringLiteral("service:chat status:error");
        QTest::newRow("every sign") << QStringLiteral("/tmp/it's a b&c=d?#%25+ü.nightjar") << QStringLiteral("body:\"a & b = c + d %\" -x:'y' /re?gex#/ 100%");
        QTest::newRow("lines and controls") << QStringLiteral("/tmp/x\ny.nightjar") << QStringLiteral("a\tb\u202e\u0000c");
    }
    void linksComeBack() {
        QFETCH(QString, capsule);
        QFETCH(QString, filter);
        const ViewLink link{capsule, QStringLiteral("traces"), QStringLiteral("trace:7b1f4ce26be853a1e0f442b9d8d85e16"), {1'773'740'000'000'000'001, 1'773'743'600'000'000'000}, filter, QStringLiteral("span:12")};
        const QString text = linkText(link);
        QVERIFY(isLinkText(text));
        for (const QChar c : text)
            QVERIFY2(c.unicode() > 32 && c.unicode() < 127, "a link is one printable word");
        const auto back = parseLink(text);
        QVERIFY2(back.ok(), back.ok() ? "" : back.error().message.c_str());
        QVERIFY(*back == link);
    }
    void wrongLinks_data() {
        QTest::addColumn<QString>("text");
        QTest::newRow("another scheme") << QStringLiteral("http://open?capsule=a");
        QTest::newRow("another action") << QStringLiteral("nightjar://run?capsule=a");
        QTest::newRow("half a range") << QStringLiteral("nightjar://open?from=2026-01-01T00:00:00Z");
        QTest::newRow("no time") << QStringLiteral("nightjar://open?from=yesterday&to=today");
        QTest::newRow("ends before it begins") << QStringLiteral("nightjar://open?from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z");
        QTest::newRow("a megabyte") << QStringLiteral("nightjar://open?filter=") + QString(1'000'000, QLatin1Char('a'));
    }
    void wrongLinks() {
        QFETCH(QString, text);
        const auto link = parseLink(text);
        QVERIFY(!link.ok());
        QVERIFY(!link.error().message.empty());
    }
    void unknownPartsAreIgnored() {
        const auto link = parseLink(QStringLiteral("nightjar://open?capsule=/a.nightjar&layout=split&view=logs"));
        QVERIFY(link.ok());
        QCOMPARE(link->view, QStringLiteral("logs"));
    }
    void commandLineIsQuoted() {
        const ViewLink link{QStringLiteral("/tmp/it's.nightjar"), QStringLiteral("latency"), {}, {0, 60'000'000'000}, QStringLiteral("a b"), {}};
        QCOMPARE(commandLine(link), QStringLiteral("nightjar '/tmp/it'\\''s.nightjar' --view latency --range 1970-01-01T00:00:00.000000000Z..1970-01-01T00:01:00.000000000Z --filter 'a b'"));
        QVERIFY(renderCommandLine(link).startsWith(QStringLiteral("nightjar render '/tmp/it'\\''s.nightjar' latency -o latency.png")));
    }
    void selectionsComeBack() {
        for (const QString& text : {QStringLiteral("span:0"), QStringLiteral("log:77"), QStringLiteral("event:3"), QStringLiteral("series:9")}) {
            const auto selection = parseSelection(text);
            QVERIFY(selection);
            QCOMPARE(selectionText(*selection), text);
        }
        for (const QString& text : {QString(), QStringLiteral("span"), QStringLiteral("span:x"), QStringLiteral("host:1")})
            QVERIFY(!parseSelection(text));
        QVERIFY(selectionText({}).isEmpty());
    }
};

QTEST_APPLESS_MAIN(ViewLinkTest)
#include "view_link_test.moc"
