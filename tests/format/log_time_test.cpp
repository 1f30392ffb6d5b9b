// Timestamps: every shape a line may start with, and what is assumed about those that leave something out.
#include "format/log_clock.h"
#include "format/timestamp_parser.h"
#include "log_rows.h"
#include "qt_test.h"

using namespace nj;
using namespace nj::format;
using nj::test::q;

class LogTimeTest : public QObject {
    Q_OBJECT
private slots:
    void parses_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("utc");
        QTest::addColumn<int>("length");   // taken from the front; -1 = all
        const auto row = [](const char* text, const char* utc, int length = -1) { QTest::newRow(text) << QString::fromUtf8(text) << QString::fromLatin1(utc) << length; };
        row("2026-03-17T10:58:12Z", "2026-03-17T10:58:12.000000000Z");
        row("2026-03-17T10:58:12.123456789Z", "2026-03-17T10:58:12.123456789Z");
        row("2026-03-17 10:58:12,123 INFO", "2026-03-17T10:58:12.123000000Z", 23);
        row("2026-03-17 03:58:12-07:00", "2026-03-17T10:58:12.000000000Z");
        row("2026-03-17 11:58:12 +0100", "2026-03-17T10:58:12.000000000Z");
        row("2026-03-17 11:58:12.5 CET [1]", "2026-03-17T10:58:12.500000000Z", 25);
        row("2026-03-17 12:58:12 CEST", "2026-03-17T10:58:12.000000000Z");
        row("2026-03-17 10:58:12 INFO x", "2026-03-17T10:58:12.000000000Z", 19);
        row("2026-03-17 10:58:12 - x", "2026-03-17T10:58:12.000000000Z", 19);
        row("2026-03-17 10:58:12 -5 items", "2026-03-17T10:58:12.000000000Z", 19);
        row("2026/03/17 10:58:12 x", "2026-03-17T10:58:12.000000000Z", 19);
        row("2026-076T10:58:12,672", "2026-03-17T10:58:12.672000000Z");
        row("20260317.105812,123", "2026-03-17T10:58:12.123000000Z");
        row("20260317T105812Z", "2026-03-17T10:58:12.000000000Z");
        row("081109 203615 148", "2008-11-09T20:36:15.000000000Z", 13);
        row("17/06/09 20:10:40 INFO", "2017-06-09T20:10:40.000000000Z", 17);
        row("17/Mar/2026:10:58:12 +0000", "2026-03-17T10:58:12.000000000Z");
        row("22/Jan/2019:03:56:14 +0330", "2019-01-22T00:26:14.000000000Z");
        row("17 Mar 2026 10:58:12.250", "2026-03-17T10:58:12.250000000Z");
        row("Tue, 17 Mar 2026 10:58:12 GMT", "2026-03-17T10:58:12.000000000Z");
        row("Sun Dec 04 04:47:44 2005] x", "2005-12-04T04:47:44.000000000Z", 24);
        row("Wed May 19 08:00:01 EST 2021 x", "2021-05-19T13:00:01.000000000Z", 28);
        row("Mar 17, 2026 @ 10:58:12.123", "2026-03-17T10:58:12.123000000Z");
        row("03/17/2026 10:58:12 PM", "2026-03-17T22:58:12.000000000Z");
        row("17.03.2026 10:58:12", "2026-03-17T10:58:12.000000000Z");
        row("1773745092 x", "2026-03-17T10:58:12.000000000Z", 10);
        row("1773745092.25 x", "2026-03-17T10:58:12.250000000Z", 13);
        row("1773745092123 x", "2026-03-17T10:58:12.123000000Z", 13);
        row("1773745092123456", "2026-03-17T10:58:12.123456000Z");
        row("1773745092123456789", "2026-03-17T10:58:12.123456789Z");
        row("@40000000433225833b6e1a8c x", "2005-09-22T03:31:05.997071500Z", 25);
    }
    void parses() {
        QFETCH(QString, text);
        QFETCH(QString, utc);
        QFETCH(int, length);
        const std::string bytes = text.toStdString();
        ParsedTime parsed;
        const size_t taken = parseTimestamp(bytes, parsed);
        QCOMPARE(qsizetype(taken), length < 0 ? qsizetype(bytes.size()) : qsizetype(length));
        LogClock clock({});
        uint8_t flags = 0;
        QCOMPARE(q(formatRfc3339(clock.resolve(parsed, flags))), utc);
    }
    void rejects_data() {
        QTest::addColumn<QString>("text");
        for (const char* text : {"", "hello world", "2026-13-01 10:00:00", "2026-03-17", "25:00:00", "10:61:00", "12345 things", "10.0.0.1 - - x", "Marvin was here", "Sunday morning",
                                 "99999999999999999999", "2026-03-17T10", "1.2.3 release", "May the force", "00000000000000000000000000"})
            QTest::newRow(text) << QString::fromLatin1(text);
    }
    void rejects() {
        QFETCH(QString, text);
        ParsedTime parsed;
        QCOMPARE(parseTimestamp(text.toStdString(), parsed), size_t(0));
        QVERIFY(!parsed);
    }
    void assumes_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<int>("zone");          // minutes; 9999 = none given
        QTest::addColumn<QString>("modified");
        QTest::addColumn<QString>("utc");
        QTest::addColumn<int>("flags");
        QTest::newRow("no zone is UTC") << "2026-03-17 10:58:12" << 9999 << "2026-03-18T00:00:00Z" << "2026-03-17T10:58:12Z" << int(kTimeAssumedZone);
        QTest::newRow("given zone") << "2026-03-16 20:41:07" << -420 << "2026-03-18T00:00:00Z" << "2026-03-17T03:41:07Z" << int(kTimeAssumedZone);
        QTest::newRow("its own zone wins") << "2026-03-17T10:58:12Z" << -420 << "2026-03-18T00:00:00Z" << "2026-03-17T10:58:12Z" << 0;
        QTest::newRow("year from the file") << "Mar 17 10:58:12" << 9999 << "2024-03-18T00:00:00Z" << "2024-03-17T10:58:12Z" << int(kTimeAssumedZone | kTimeAssumedYear);
        QTest::newRow("not in the future") << "Dec 31 10:58:12" << 9999 << "2026-01-02T00:00:00Z" << "2025-12-31T10:58:12Z" << int(kTimeAssumedZone | kTimeAssumedYear);
        QTest::newRow("29 February") << "Feb 29 10:58:12" << 9999 << "2024-03-18T00:00:00Z" << "2024-02-29T10:58:12Z" << int(kTimeAssumedZone | kTimeAssumedYear);
        QTest::newRow("time of day") << "10:58:12.5" << 9999 << "2026-03-17T11:00:00Z" << "2026-03-17T10:58:12.500Z" << int(kTimeAssumedZone | kTimeAssumedYear);
        QTest::newRow("time of day before the file's") << "23:58:12" << 9999 << "2026-03-17T11:00:00Z" << "2026-03-16T23:58:12Z" << int(kTimeAssumedZone | kTimeAssumedYear);
        QTest::newRow("month and day") << "03-17 10:58:12" << 9999 << "2026-03-18T00:00:00Z" << "2026-03-17T10:58:12Z" << int(kTimeAssumedZone | kTimeAssumedYear);
    }
    void assumes() {
        QFETCH(QString, text);
        QFETCH(int, zone);
        QFETCH(QString, modified);
        QFETCH(QString, utc);
        QFETCH(int, flags);
        ReaderOptions options;
        if (zone != 9999)
            options.zoneOffsetMinutes = zone;
        options.modifiedAt = *parseTime(modified.toStdString(), 0);
        ParsedTime parsed;
        QVERIFY(parseTimestamp(text.toStdString(), parsed) > 0);
        LogClock clock(options);
        uint8_t got = 0;
        QCOMPARE(qint64(clock.resolve(parsed, got)), qint64(*parseTime(utc.toStdString(), 0)));
        QCOMPARE(int(got), flags);
    }
    void newYear() {
        ReaderOptions options;
        options.modifiedAt = *parseTime("2026-01-05T00:00:00Z", 0);
        LogClock clock(options);
        const auto at = [&](const char* text) {
            ParsedTime parsed;
            parseTimestamp(text, parsed);
            uint8_t flags = 0;
            return formatRfc3339(clock.resolve(parsed, flags), 0);
        };
        QCOMPARE(at("Dec 31 23:59:58"), std::string("2025-12-31T23:59:58Z"));
        QCOMPARE(at("Jan  1 00:00:01"), std::string("2026-01-01T00:00:01Z"));
        QCOMPARE(at("Dec 31 23:59:59"), std::string("2025-12-31T23:59:59Z"));   // a late line of the old year
        QCOMPARE(at("Jan  1 00:00:02"), std::string("2026-01-01T00:00:02Z"));
        QVERIFY(q(clock.assumptions()).contains("New Year"));
    }
    void midnight() {
        ReaderOptions options;
        options.modifiedAt = *parseTime("2026-03-17T23:59:59Z", 0);
        LogClock clock(options);
        const auto at = [&](const char* text) {
            ParsedTime parsed;
            parseTimestamp(text, parsed);
            uint8_t flags = 0;
            return formatRfc3339(clock.resolve(parsed, flags), 0);
        };
        QCOMPARE(at("23:59:58"), std::string("2026-03-17T23:59:58Z"));
        QCOMPARE(at("00:00:01"), std::string("2026-03-18T00:00:01Z"));
        QCOMPARE(at("23:59:59"), std::string("2026-03-17T23:59:59Z"));
    }
    void says() {
        ReaderOptions options;
        options.zoneOffsetMinutes = -420;
        LogClock clock(options);
        ParsedTime parsed;
        parseTimestamp("2026-03-16 20:41:07", parsed);
        uint8_t flags = 0;
        QCOMPARE(clock.assumptions(), std::string());
        clock.resolve(parsed, flags);
        QCOMPARE(clock.assumptions(), std::string("times without zone read as -07:00 (given)"));
    }
};

QTEST_APPLESS_MAIN(LogTimeTest)
#include "log_time_test.moc"
