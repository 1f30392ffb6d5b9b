// The drift view's parts without a capsule: list model, words, the layout of both distributions, mouse and keys.
#include <QAbstractItemModelTester>

#include <cmath>

#include "models/drift_text.h"
#include "qt_test.h"
#include "theme/number_format.h"
#include "views/drift_trend_panel.h"
#include "widgets/distribution_chart.h"
#include "widgets/drift_list.h"

using namespace nj;
using namespace nj::ui;
using analyze::DriftVerdict;

namespace {

query::DriftResult resultOf(const std::string& title, DriftVerdict verdict, double psi) {
    query::DriftResult result;
    result.feature.title = title;
    result.feature.key = title;
    result.feature.leading = true;
    result.feature.unit = "{token}";
    result.verdict = verdict;
    result.statistics.psi = psi;
    result.referenceCount = 85'940;
    result.currentCount = verdict == DriftVerdict::kTooFew ? 19 : 20'690;
    result.referenceQuantile[1] = 1900;
    result.currentQuantile[1] = 4600;
    if (verdict == DriftVerdict::kDrifted)
        result.since = 1'773'741'490LL * kSecond;   // 09:58:10
    for (int i = 0; i < 6; ++i) {
        const TimeNs from = 1'773'738'000LL * kSecond + i * 15 * kMinute;
        result.trend.push_back({from, from + 15 * kMinute, 1500, i == 2 ? std::nan("") : i < 4 ? 0.01 : psi, 0.1, 0.1, 0.1});
    }
    result.window = 15 * kMinute;
    return result;
}

DistributionData numbers() {
    DistributionData data;
    data.logarithmic = true;
    data.edges = {100, 1000, 10'000, 100'000};
    data.reference = {0.5, 0.4, 0.1};
    data.current = {0.1, 0.3, 0.6};
    data.referenceMedian = 1000;
    data.currentMedian = 20'000;
    data.unit = QStringLiteral("tokens");
    return data;
}

}  // namespace

class DriftWidgetsTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void listUnderHeadings() {
        const Theme theme = Theme::dark();
        DriftList list(theme);
        QAbstractItemModelTester tester(&list.driftModel(), QAbstractItemModelTester::FailureReportingMode::QtTest);
        list.resize(480, 400);
        list.show();
        list.driftModel().setResults({resultOf("few", DriftVerdict::kTooFew, 9), resultOf("still", DriftVerdict::kStable, 0.01), resultOf("a bit", DriftVerdict::kModerate, 0.2),
                                      resultOf("much", DriftVerdict::kDrifted, 3.5)},
                                     QStringLiteral("with the deploy"), true);
        QStringList shown;
        for (int row = 0; row < list.model()->rowCount(); ++row)
            shown << list.model()->index(row, 0).data().toString();
        QCOMPARE(shown, QStringList({"Moved", "much", "a bit", "Unchanged", "still", "Not judged", "few"}));
        list.choose("nothing");
        QCOMPARE(list.chosen()->feature.title, std::string("much"));
        QSignalSpy chosen(&list, &DriftList::featureChosen);
        list.setFocus();
        QTest::keyClick(&list, Qt::Key_Down);
        QTest::keyClick(&list, Qt::Key_Down);   // over the heading
        QCOMPARE(list.chosen()->feature.title, std::string("still"));
        QCOMPARE(chosen.count(), 2);
        const QString spoken = list.model()->index(1, 0).data(Qt::AccessibleTextRole).toString();
        QVERIFY2(spoken.contains(QStringLiteral("PSI 3.5")) && spoken.contains(QStringLiteral("since 09:58")), qPrintable(spoken));
    }
    void rowPartsDoNotOverlap_data() {
        QTest::addColumn<int>("width");
        for (const int width : {260, 340, 490, 900})
            QTest::addRow("%d", width) << width;
    }
    void rowPartsDoNotOverlap() {
        QFETCH(int, width);
        const DriftRowLayout at = DriftRowLayout::of(QRectF(0, 0, width, 41), Theme::dark());
        const QVector<QRectF> parts = {at.name, at.counts, at.picture, at.change, at.value, at.word, at.since};
        for (int i = 0; i < parts.size(); ++i)
            for (int k = i + 1; k < parts.size(); ++k)
                QVERIFY2(!parts[i].intersects(parts[k]), qPrintable(QStringLiteral("%1 and %2").arg(i).arg(k)));
        QVERIFY(at.name.width() > 40 && at.since.right() <= width);
    }
    void words() {
        QCOMPARE(driftSentence({resultOf("a", DriftVerdict::kDrifted, 1), resultOf("b", DriftVerdict::kDrifted, 1), resultOf("c", DriftVerdict::kModerate, 0.2), resultOf("d", DriftVerdict::kStable, 0)}),
                 QStringLiteral("Two features drifted, one moved, one held"));
        QCOMPARE(driftSentence({resultOf("a", DriftVerdict::kTooFew, 9)}), QStringLiteral("Too few observations to judge"));
        query::DriftResult few = resultOf("few", DriftVerdict::kTooFew, 9);
        QCOMPARE(driftWord(few), QStringLiteral("too few"));
        QCOMPARE(QLatin1String(driftRole(few.verdict)), QLatin1String("muted"));   // never red
        for (const DriftStatisticRow& row : driftStatisticRows(few))
            QVERIFY(row.mark.isEmpty());
        QCOMPARE(driftChange(resultOf("a", DriftVerdict::kDrifted, 1)), QStringLiteral("1,900 → 4,600"));
        query::DriftAnswer answer;
        answer.results = {resultOf("a,\"b\"|c", DriftVerdict::kDrifted, 1)};
        QVERIFY(driftCopy(answer, DriftCopy::kCsv).contains(QStringLiteral("\"a,\"\"b\"\"|c\"")));
        QVERIFY(driftCopy(answer, DriftCopy::kMarkdown).contains(QStringLiteral("a,\"b\"\\|c")));
        query::EventMark deploy;
        deploy.kind = "deploy";
        deploy.time = 100 * kMinute;
        QVERIFY(causeAt({deploy}, 101 * kMinute) && !causeAt({deploy}, 110 * kMinute) && !causeAt({deploy}, 90 * kMinute));
    }
    void trendOnALogScaleWithGaps() {
        const query::DriftResult result = resultOf("much", DriftVerdict::kDrifted, 3.5), control = resultOf("still", DriftVerdict::kStable, 0.001);
        const std::vector<query::EventMark> none;
        const DriftTrendPicture picture{result, &control, {0, 1}, {2, 3}, none};
        const TimeChartData data = picture.chart(Theme::dark());
        QVERIFY(data.yScale.log && *data.yScale.low > 0 && *data.yScale.high > 3.5);
        const ChartSeries& main = data.series.back();
        QVERIFY(main.emphasised && std::isnan(main.values[2]) && main.values[5] == 3.5);
        for (const ChartSeries& series : data.series)
            for (const double value : series.values)
                QVERIFY(std::isnan(value) || value > 0);
        QCOMPARE(data.marks.windows.size(), 2);
        QCOMPARE(picture.title(), QStringLiteral("much: away at 09:58"));
    }
    void distributionLayout() {
        const DistributionData data = numbers();
        const DistributionLayout at = DistributionLayout::of(data, {400, 300}, Theme::dark());
        QCOMPARE(at.bars.size(), 3);
        QVERIFY(std::abs(at.bars[0].width() - at.bars[2].width()) < 1e-6);        // decades are equally wide
        QVERIFY(std::abs(at.bars[2].height() / at.bars[0].height() - 6) < 1e-6);   // heights are shares
        QVERIFY(std::abs(at.referenceX - at.bars[1].left()) < 1e-6);
        QVERIFY(at.currentX > at.bars[2].left() && at.currentX < at.bars[2].right());
        QVERIFY(at.differences[0].top() >= at.change.center().y() - 1e-6 && at.differences[2].bottom() <= at.change.center().y() + 1e-6);
        QCOMPARE(at.binAt(at.bars[1].center()), 1);
        QCOMPARE(at.binAt({-5, -5}), -1);
        QCOMPARE(DistributionLayout::of({}, {400, 300}, Theme::dark()).bars.size(), 0);
        QVERIFY(DistributionLayout::of(data, {400, 150}, Theme::dark()).change.isEmpty());   // too low for the change
    }
    void distributionByMouseAndKeys() {
        const Theme theme = Theme::light();
        DistributionChart chart(theme);
        chart.resize(400, 300);
        chart.setData(numbers());
        chart.show();
        QSignalSpy opened(&chart, &DistributionChart::binOpened);
        QTest::mouseClick(&chart, Qt::LeftButton, {}, chart.layoutOfPlot().bars[2].center().toPoint());
        QCOMPARE(opened.takeFirst().at(0).toInt(), 2);
        chart.setFocus();
        QTest::keyClick(&chart, Qt::Key_Left);
        QTest::keyClick(&chart, Qt::Key_Left);
        const int before = chart.marked();
        QTest::keyClick(&chart, Qt::Key_Right);
        QCOMPARE(chart.marked(), before + 1);
        QTest::keyClick(&chart, Qt::Key_Return);
        QCOMPARE(opened.takeFirst().at(0).toInt(), before + 1);
        QVERIFY(chart.binText(2).contains(formatShare(0.1) + QStringLiteral(" → ") + formatShare(0.6)));
        DistributionData hostile;
        hostile.labels = {QStringLiteral("<img src=file:///dev/zero>"), QString(100'000, QLatin1Char('x'))};
        hostile.reference = {1, 0};
        hostile.current = {0, 1};
        chart.setData(hostile);
        QVERIFY(!chart.grab().isNull());
        QCOMPARE(chart.layoutOfPlot().binAt(chart.layoutOfPlot().bars[1].center()), 1);
    }
};

QTEST_MAIN(DriftWidgetsTest)
#include "drift_widgets_test.moc"
