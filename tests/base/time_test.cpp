// Times: what people and machines write, there and back.
#include "base/time.h"
#include "qt_test.h"

using namespace nj;

class TimeTest : public QObject {
    Q_OBJECT
private slots:
    void parses_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<qint64>("expected");
        QTest::newRow("rfc3339") << "2026-03-17T10:58:12Z" << qint64(1773745092000000000);
        QTest::newRow("fraction") << "2026-03-17T10:58:12.123456789Z" << qint64(1773745092123456789);
        QTest::newRow("offset") << "2026-03-17T03:58:12-07:00" << qint64(1773745092000000000);
        QTest::newRow("blank and no zone") << "2026-03-17 10:58:12" << qint64(1773745092000000000);
        QTest::newRow("unix seconds") << "1773745092" << qint64(1773745092000000000);
        QTest::newRow("unix fraction") << "1773745092.5" << qint64(1773745092500000000);
        QTest::newRow("unix ms") << "1773745092000" << qint64(1773745092000000000);
        QTest::newRow("unix ns") << "1773745092000000001" << qint64(1773745092000000001);
        QTest::newRow("now") << "now-15m" << qint64(1773745092000000000 - 900000000000);
    }
    void parses() {
        QFETCH(QString, text);
        QFETCH(qint64, expected);
        const auto time = parseTime(text.toStdString(), 1773745092000000000);
        QVERIFY2(time.ok(), time.ok() ? "" : time.error().message.c_str());
        QCOMPARE(qint64(*time), expected);
    }
    void rejects_data() {
        QTest::addColumn<QString>("text");
        for (const char* text : {"", "yesterday", "2026-13-01", "2026-03-17T25:00", "now-", "12:00", "99999999999999999999"})
            QTest::newRow(text) << QString::fromLatin1(text);
    }
    void rejects() {
        QFETCH(QString, text);
        QVERIFY(!parseTime(text.toStdString(), 0).ok());
    }
    void roundTrip() {
        for (const TimeNs t : {TimeNs(0), TimeNs(-1), TimeNs(1773745092123456789), TimeNs(-5'000'000'000'000'000'000), TimeNs(9'000'000'000'000'000'000)})
            QCOMPARE(*parseTime(formatRfc3339(t), 0), t);
    }
    void durations() {
        QCOMPARE(*parseDuration("1h30m"), 90 * kMinute);
        QCOMPARE(*parseDuration("250ms"), 250 * kMillisecond);
        QCOMPARE(*parseDuration("1.5s"), 1500 * kMillisecond);
        QVERIFY(!parseDuration("5 parsecs").ok());
        QCOMPARE(QString::fromStdString(formatDuration(1'420'000'000)), QStringLiteral("1.42 s"));
        QCOMPARE(QString::fromStdString(formatDuration(38'200'000)), QStringLiteral("38.2 ms"));
        QCOMPARE(QString::fromStdString(formatDuration(2 * kHour + 20 * kMinute)), QStringLiteral("2 h 20 m"));
    }
};

QTEST_APPLESS_MAIN(TimeTest)
#include "time_test.moc"
