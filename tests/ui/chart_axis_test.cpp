// Where ticks of time and value stand and what they say.
#include "qt_test.h"
#include "widgets/chart_scale.h"
#include "widgets/time_axis.h"

using namespace nj;
using namespace nj::ui;

namespace {

TimeNs at(const char* text) { return *parseTime(text, 0); }

QString labels(const TimeTicks& ticks) {
    QStringList list;
    for (const TimeTick& tick : ticks.ticks)
        list << tick.label;
    return list.join(QLatin1Char('|'));
}

}  // namespace

class ChartAxisTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void timeLabels_data() {
        QTest::addColumn<QString>("from");
        QTest::addColumn<QString>("to");
        QTest::addColumn<int>("most");
        QTest::addColumn<QString>("expected");
        const auto row = [](const char* name, const char* from, const char* to, int most, const char* expected) {
            QTest::newRow(name) << QString::fromLatin1(from) << QString::fromLatin1(to) << most << QString::fromLatin1(expected);
        };
        row("incident", "2026-03-17T09:30:00Z", "2026-03-17T11:50:00Z", 8, "09:40|10:00|10:20|10:40|11:00|11:20|11:40");
        row("date at midnight only", "2026-03-16T12:00:00Z", "2026-03-17T12:00:00Z", 7, "12:00|16:00|20:00|Mar 17|04:00|08:00");
        row("date with the clock when midnight has no tick", "2026-03-16T23:50:30Z", "2026-03-17T00:00:10Z", 2, "23:55|Mar 17");
        row("seconds", "2026-03-17T11:12:00Z", "2026-03-17T11:12:10Z", 6, "11:12:00|11:12:02|11:12:04|11:12:06|11:12:08");
        row("milliseconds", "2026-03-17T11:12:00Z", "2026-03-17T11:12:00.01Z", 3, "11:12:00.000|11:12:00.005");
        row("microseconds say only what moves", "2026-03-17T11:12:00.001Z", "2026-03-17T11:12:00.001020Z", 3, "00.001000|00.001010");
        row("days", "2026-03-01T00:00:00Z", "2026-03-05T00:00:00Z", 5, "Mar 1|Mar 2|Mar 3|Mar 4");
        row("weeks begin on Monday", "2026-03-01T00:00:00Z", "2026-03-29T00:00:00Z", 5, "Mar 2|Mar 9|Mar 16|Mar 23");
        row("months", "2025-12-15T00:00:00Z", "2026-04-02T00:00:00Z", 5, "Jan 2026|Feb 2026|Mar 2026|Apr 2026");
        row("empty", "2026-03-01T00:00:00Z", "2026-03-01T00:00:00Z", 5, "");
    }
    void timeLabels() {
        QFETCH(QString, from);
        QFETCH(QString, to);
        QFETCH(int, most);
        QFETCH(QString, expected);
        QCOMPARE(labels(timeTicks({at(from.toLatin1().data()), at(to.toLatin1().data())}, most, true)), expected);
    }

    void ticksAreInsideAscendingAndFew() {
        const TimeNs base = at("2026-03-17T09:30:11.123456789Z");
        for (DurationNs length = 2; length < 4'000 * kDay; length = length * 3 + 1)
            for (const int most : {1, 3, 10}) {
                const TimeRange range{base, base + length};
                const TimeTicks ticks = timeTicks(range, most, true);
                QVERIFY2(ticks.ticks.size() <= most + 1, qPrintable(QString::number(length)));
                for (qsizetype i = 0; i < ticks.ticks.size(); ++i) {
                    QVERIFY(range.contains(ticks.ticks[i].time));
                    QVERIFY(i == 0 || ticks.ticks[i].time > ticks.ticks[i - 1].time);
                }
            }
    }

    void hostileRangesEnd() {
        constexpr TimeNs kLeast = std::numeric_limits<TimeNs>::min(), kMost = std::numeric_limits<TimeNs>::max();
        QVERIFY(timeTicks({kLeast, kMost}, 8, true).ticks.size() <= 9);
        QVERIFY(timeTicks({kMost, kLeast}, 8, true).ticks.isEmpty());
        QVERIFY(!shownRange({kLeast, kMost}).empty());
    }

    void valueTicks_data() {
        QTest::addColumn<bool>("log");
        QTest::addColumn<double>("min");
        QTest::addColumn<double>("max");
        QTest::addColumn<QString>("unit");
        QTest::addColumn<QString>("expected");
        QTest::newRow("log seconds") << true << 0.09 << 31.0 << QStringLiteral("s") << QStringLiteral("0.1|0.3|1|3|10|30\u00A0s");
        QTest::newRow("many decades keep whole ones") << true << 0.001 << 900.0 << QString() << QStringLiteral("0.001|0.01|0.1|1|10|100|1,000");
        QTest::newRow("counts from zero") << false << 12.0 << 83.0 << QStringLiteral("/min") << QStringLiteral("0|20|40|60|80|100/min");
        QTest::newRow("milliseconds where all is below a second") << false << 0.0 << 0.08 << QStringLiteral("s") << QStringLiteral("0|20|40|60|80\u00A0ms");
        QTest::newRow("shares") << false << 0.0 << 1.0 << QStringLiteral("ratio") << QStringLiteral("0|20|40|60|80|100\u00A0%");
        QTest::newRow("all zero") << false << 0.0 << 0.0 << QString() << QStringLiteral("0|0.2|0.4|0.6|0.8|1");
        QTest::newRow("negative") << false << -4.0 << 4.0 << QString() << QStringLiteral("−4|−2|0|2|4");
    }
    void valueTicks() {
        QFETCH(bool, log);
        QFETCH(double, min);
        QFETCH(double, max);
        QFETCH(QString, unit);
        QFETCH(QString, expected);
        const ValueScale scale = niceScale(min, max, {log, true, false, {}, {}});
        QCOMPARE(tickLabels(ui::valueTicks(scale, 6), unit).join(QLatin1Char('|')), expected);
    }

    void bytesStepByPowersOfTwoOnALogScaleToo() {
        const auto labels = [](double min, double max) { return tickLabels(ui::valueTicks(niceScale(min, max, {true, true, true, {}, {}}), 5), QStringLiteral("By")).join(QLatin1Char('|')); };
        QCOMPARE(labels(0x1p30, 0x1p33), QStringLiteral("1|2|4|8\u00A0GiB"));
        QCOMPARE(labels(0x1p37, 1.2 * 0x1p40), QStringLiteral("0.125|0.25|0.5|1\u00A0TiB"));
        QCOMPARE(labels(0x1p28, 0x1p40), QStringLiteral("256\u00A0MiB|2\u00A0GiB|16\u00A0GiB|128\u00A0GiB|1\u00A0TiB"));
    }
    void bytesStepByPowersOfTwo() {
        const ValueScale scale = niceScale(0, 3.1 * 1024 * 1024 * 1024, {false, true, true, {}, {}});
        QCOMPARE(tickLabels(ui::valueTicks(scale, 5), QStringLiteral("By")).join(QLatin1Char('|')), QStringLiteral("0|1|2|3|4\u00A0GiB"));
    }

    void scalesHoldWhatTheyShow() {
        for (const double max : {1e-9, 0.3, 1.0, 31.7, 9.99e12})
            for (const bool log : {false, true}) {
                const ValueScale scale = niceScale(max / 50, max, {log, true, false, {}, {}});
                QVERIFY(scale.low <= max / 50 && scale.high >= max);
                QVERIFY(scale.position(max / 50) >= 0 && scale.position(max) <= 1);
                QVERIFY(qAbs(scale.valueAt(scale.position(max)) - max) < max * 1e-6);
            }
        const ValueScale log = niceScale(0.1, 10, {true, true, false, {}, {}});
        QCOMPARE(log.position(0), 0.0);
        QCOMPARE(log.position(-5), 0.0);
        QVERIFY(std::isnan(log.position(std::nan(""))));
        const ValueScale unknown = niceScale(std::nan(""), std::numeric_limits<double>::infinity(), {true, true, false, {}, {}});
        QVERIFY(unknown.high > unknown.low);
    }
};

QTEST_GUILESS_MAIN(ChartAxisTest)
#include "chart_axis_test.moc"
