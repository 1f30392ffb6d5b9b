// How people write objectives, and what counts mean for their budget.
#include <cmath>

#include "qt_test.h"
#include "query/annotations.h"
#include "query/objectives.h"

using namespace nj;
using namespace nj::query;

class ObjectiveWordsTest : public QObject {
    Q_OBJECT
private slots:
    void thresholdsComeInTheMeasuresOwnUnit_data() {
        QTest::addColumn<int>("kind");
        QTest::addColumn<QString>("unit");
        QTest::addColumn<QString>("text");
        QTest::addColumn<double>("threshold");   // NaN = refused
        QTest::addColumn<QString>("written");
        const int span = static_cast<int>(ObjectiveKind::kSpanDuration), histogram = static_cast<int>(ObjectiveKind::kHistogram);
        QTest::newRow("seconds") << span << "s" << "2.5 s" << 2.5 << "2.5 s";
        QTest::newRow("bare") << span << "s" << " 2.5 " << 2.5 << "2.5 s";
        QTest::newRow("milliseconds of seconds") << span << "s" << "250ms" << 0.25 << "250 ms";
        QTest::newRow("seconds of milliseconds") << histogram << "ms" << "2.5s" << 2500.0 << "2.5 s";
        QTest::newRow("bare, of milliseconds") << histogram << "ms" << "2.5" << 2500.0 << "2.5 s";
        QTest::newRow("tokens") << histogram << "{token}" << "4000" << 4000.0 << "4000 {token}";
        QTest::newRow("seconds of tokens") << histogram << "{token}" << "4 s" << std::nan("") << "";
        QTest::newRow("no number") << span << "s" << "soon" << std::nan("") << "";
        QTest::newRow("not above zero") << span << "s" << "-1 s" << std::nan("") << "";
        QTest::newRow("no unit of time") << span << "s" << "2 parsecs" << std::nan("") << "";
    }
    void thresholdsComeInTheMeasuresOwnUnit() {
        QFETCH(int, kind);
        QFETCH(QString, unit);
        QFETCH(QString, text);
        QFETCH(double, threshold);
        QFETCH(QString, written);
        Objective objective;
        objective.kind = static_cast<ObjectiveKind>(kind);
        objective.unit = unit.toStdString();
        const auto read = parseThreshold(text.toStdString(), objective);
        QCOMPARE(read.ok(), !std::isnan(threshold));
        if (!read.ok())
            return;
        QCOMPARE(*read, threshold);
        objective.threshold = *read;
        QCOMPARE(QString::fromStdString(thresholdText(objective)), written);
    }
    void targetsAreShares() {
        for (const char* text : {"99.9", "99.9 %", "99.9%", "0.999"})
            QVERIFY2(std::abs(*parseTarget(text) - 0.999) < 1e-12, text);
        for (const char* text : {"", "100", "0", "1", "-3", "99 s", "200 %"})
            QVERIFY2(text == std::string("1") ? parseTarget(text).ok() : !parseTarget(text).ok(), text);   // "1" is 1 %
        Objective objective;
        objective.target = 0.9995;
        objective.threshold = 2.5;
        QCOMPARE(QString::fromStdString(objectiveSentence(objective)), QStringLiteral("99.95 % within 2.5 s over 30 d"));
        objective.kind = ObjectiveKind::kErrors;
        objective.window = 90 * kMinute;
        QCOMPARE(QString::fromStdString(objectiveSentence(objective)), QStringLiteral("99.95 % without error over 90 min"));
    }
    void aMeasureAndItsObjectiveFindEachOther() {
        for (const Measure::Kind kind : {Measure::Kind::kSpanDuration, Measure::Kind::kSpanAttribute, Measure::Kind::kLogAttribute, Measure::Kind::kHistogram}) {
            const bool duration = kind == Measure::Kind::kSpanDuration;
            const Measure measure{kind, duration ? "" : "ttft", "Time to first token", duration ? "ns" : "ms", duration ? 1e-9 : 1e-3, 10};
            Objective objective;
            setMeasure(objective, measure);
            QVERIFY(concerns(objective, measure));
            QCOMPARE(unitOf(objective).unit, std::string("s"));
            QCOMPARE(objective.name, measure.title);
        }
    }
    void onlyTheObservedStretchUsesBudget() {
        ObjectiveAnswer answer;
        answer.width = kHour;
        QCOMPARE(observedLength(answer), DurationNs{0});
        answer.columns = {{0, 0}, {9, 10}, {0, 0}, {0, 3}, {0, 0}, {0, 0}};
        QCOMPARE(observedLength(answer), 3 * kHour);
    }
    void whatCountsMean() {
        using Level = ObjectiveStanding::Level;
        const Objective objective;   // 99 % over 30 days
        QVERIFY(standingOf(objective, {0, 0}, kHour).level == Level::kNoData);
        QVERIFY(standingOf(objective, {995, 1000}, kHour).level == Level::kKept);
        const ObjectiveStanding burning = standingOf(objective, {900, 1000}, 6 * kHour);
        QVERIFY(burning.level == Level::kBurning);
        QVERIFY(std::abs(burning.burnRate - 10) < 1e-9);
        QVERIFY(std::abs(burning.consumed - 10 * 6 / 720.0) < 1e-9);
        QVERIFY(burning.exhaustedIn && std::abs(static_cast<double>(*burning.exhaustedIn) / static_cast<double>(kHour) - 66) < 1e-6);   // 72 h in all
        QVERIFY(standingOf(objective, {850, 1000}, kHour).level == Level::kFast);   // 15 > 14.4
    }
};

QTEST_MAIN(ObjectiveWordsTest)
#include "objective_words_test.moc"
