// Where series and marks lie, without painting: gaps stay gaps, stacks add up, labels do not overlap, a drag is a range.
#include "qt_test.h"
#include "widgets/chart_geometry.h"
#include "widgets/chart_gesture.h"
#include "widgets/chart_marks.h"
#include "widgets/crosshair.h"

using namespace nj;
using namespace nj::ui;

namespace {

constexpr TimeNs kFrom = 1'773'739'800LL * kSecond;

PlotFrame frame(double width = 100, double high = 10) { return {QRectF(0, 0, width, 100), {kFrom, kFrom + 10 * kSecond}, {false, 0, high}}; }

TimeChartData columns(ChartSeries::Kind kind, const QVector<double>& values) {
    TimeChartData data;
    data.from = kFrom;
    data.width = 10 * kSecond / values.size();
    ChartSeries series;
    series.kind = kind;
    series.values = values;
    data.series.push_back(series);
    return data;
}

ChartFlag flag(int second, ChartRole role, const char* label) {
    ChartFlag f;
    f.time = kFrom + second * kSecond;
    f.role = role;
    f.label = QString::fromLatin1(label);
    return f;
}

}  // namespace

class ChartGeometryTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void gapsStayGaps() {
        const auto g = layoutChart(columns(ChartSeries::Kind::kLine, {1, 2, kNoValue, 4, 5, kNoValue, 7, kNoValue, 9, 9}), frame(10), {});
        QCOMPARE(g.series[0].lines.size(), 3);   // 1–2, 4–5, 9–9
        QCOMPARE(g.series[0].dots, QVector<QPointF>({QPointF(6.5, 30)}));   // 7 stands alone and is still seen
    }

    void pointsShowWhereThereIsRoom() {
        QCOMPARE(layoutChart(columns(ChartSeries::Kind::kLine, {1, 2, 3, 4, 5}), frame(100), {}).series[0].dots.size(), 5);
        QCOMPARE(layoutChart(columns(ChartSeries::Kind::kLine, {1, 2, 3, 4, 5}), frame(20), {}).series[0].dots.size(), 0);
    }

    void irregularPointsBreakAtLongGaps() {
        TimeChartData data;
        ChartSeries series;
        series.gapAfter = 2 * kSecond;
        series.points = {{kFrom, 1}, {kFrom + kSecond, 2}, {kFrom + 5 * kSecond, 3}, {kFrom + 6 * kSecond, 4}};
        data.series.push_back(series);
        QCOMPARE(layoutChart(data, frame(20), {}).series[0].lines.size(), 2);
        QCOMPARE(seriesValueAt(data, 0, kFrom + 5 * kSecond - 1), 3.0);
        data.series[0].gapAfter = kSecond / 2;
        QVERIFY(std::isnan(seriesValueAt(data, 0, kFrom + 3 * kSecond)));
    }

    void denseLinesKeepTheirSpikes() {
        TimeChartData data;
        ChartSeries series;
        for (int i = 0; i < 100'000; ++i)
            series.points.push_back({kFrom + i * (10 * kSecond / 100'000), i == 54'321 ? 10.0 : 1.0});
        data.series.push_back(series);
        const auto g = layoutChart(data, frame(100), {});
        QVERIFY2(g.series[0].lines.size() <= 400, qPrintable(QString::number(g.series[0].lines.size())));
        const bool spike = std::any_of(g.series[0].lines.begin(), g.series[0].lines.end(), [](const QLineF& l) { return l.p2().y() == 0; });
        QVERIFY(spike);
    }

    void stacksAddUpAndHiddenOnesDoNotCount() {
        TimeChartData data = columns(ChartSeries::Kind::kBars, {2, 0, kNoValue, 4, 0});
        data.series.push_back(data.series[0]);
        data.series[1].values = {3, 1, 1, 1, 0};
        const auto g = layoutChart(data, frame(100), {});
        QCOMPARE(g.series[0].bars.size(), 2);
        QCOMPARE(g.series[1].bars[0].bottom(), g.series[0].bars[0].top());
        QCOMPARE(g.series[1].bars[0].top(), 50.0);
        QCOMPARE(g.series[1].bars[1].bottom(), 100.0);   // nothing below it
        QCOMPARE(layoutChart(data, frame(100), {0}).series[1].bars[0].bottom(), 100.0);
        QCOMPARE(chartScale(data, frame().range, {}).high, 5.0);
    }

    void areasBreakWhereNothingWasSeen() {
        const auto g = layoutChart(columns(ChartSeries::Kind::kArea, {1, 1, kNoValue, 1, 1}), frame(), {});
        QCOMPARE(g.series[0].areas.size(), 2);
    }

    void aFarLimitDoesNotFlattenTheData() {
        TimeChartData data = columns(ChartSeries::Kind::kLine, {1, 2, 1, 2});
        data.marks.limits = {{3, {}, ChartRole::kMuted, false}, {500, {}, ChartRole::kError, false}};
        const ValueScale scale = chartScale(data, frame().range, {});
        QVERIFY(scale.high >= 3 && scale.high < 10);
        const QVector<double> tops = placeLimitLabels(data.marks.limits, {frame().plot, frame().range, scale}, 16);
        QVERIFY(std::isfinite(tops[0]));
        QVERIFY(std::isnan(tops[1]));
    }

    void limitLabelsMoveApart() {
        const QVector<double> tops = placeLimitLabels({{5, {}, ChartRole::kMuted, false}, {5.2, {}, ChartRole::kError, false}}, frame(), 16);
        QCOMPARE(qAbs(tops[0] - tops[1]) >= 16, true);
    }

    // Not into the row of the time axis.
    void limitLabelsStayInThePlot() {
        const double low = frame().scale.low, bottom = frame().plot.bottom();
        const QVector<double> tops = placeLimitLabels({{low, {}, ChartRole::kMuted, false}, {low + 0.001, {}, ChartRole::kMuted, false}, {low + 0.002, {}, ChartRole::kMuted, false}}, frame(), 16);
        for (const double top : tops)
            QVERIFY2(top <= bottom - 8 + 1e-9, qPrintable(QString::number(top)));
        QVERIFY(tops[1] <= tops[0] - 16 + 1e-9 && tops[2] <= tops[1] - 16 + 1e-9);
    }

    void flagsNeverOverlapAndTheGraverWin() {
        const PlotFrame wide{QRectF(0, 40, 400, 100), {kFrom, kFrom + 10 * kSecond}, {}};
        const QVector<ChartFlag> flags = {flag(1, ChartRole::kMuted, "note"), flag(2, ChartRole::kError, "first error"), flag(2, ChartRole::kMuted, "beside"),
                                          flag(9, ChartRole::kAccent, "deploy"), flag(30, ChartRole::kError, "outside")};
        const QVector<FlagPlace> places = placeFlags(flags, wide, {120, 120, 120, 120, 120}, 12, 400, 2);
        QCOMPARE(places.size(), 3);   // the one under the error and the one outside are left out
        QCOMPARE(places[0].flag, 1);
        QCOMPARE(places[0].lane, 0);
        for (qsizetype i = 0; i < places.size(); ++i)
            for (qsizetype k = i + 1; k < places.size(); ++k)
                QVERIFY(places[i].lane != places[k].lane || !places[i].label.intersects(places[k].label));
        QVERIFY(places[1].label.right() <= places[1].x || places[1].label.right() <= 400);
    }

    void drags_data() {
        QTest::addColumn<int>("mode");
        QTest::addColumn<int>("keys");
        QTest::addColumn<QPointF>("from");
        QTest::addColumn<QPointF>("to");
        QTest::addColumn<int>("kind");
        QTest::addColumn<double>("startSeconds");
        QTest::addColumn<double>("endSeconds");
        using K = GestureResult::Kind;
        QTest::newRow("zoom, backwards too") << int(ChartDrag::kZoom) << int(Qt::NoModifier) << QPointF(60, 50) << QPointF(20, 50) << int(K::kRange) << 2.0 << 6.0;
        QTest::newRow("out of the plot ends at its edge") << int(ChartDrag::kZoom) << int(Qt::NoModifier) << QPointF(60, 50) << QPointF(400, 50) << int(K::kRange) << 6.0 << 10.0;
        QTest::newRow("pan right shows what was before") << int(ChartDrag::kZoom) << int(Qt::ShiftModifier) << QPointF(20, 50) << QPointF(40, 50) << int(K::kPan) << -2.0 << 8.0;
        QTest::newRow("a shaky click is a click") << int(ChartDrag::kZoom) << int(Qt::NoModifier) << QPointF(20, 50) << QPointF(22, 60) << int(K::kClick) << 0.0 << 0.0;
        QTest::newRow("a box may be high and narrow") << int(ChartDrag::kBox) << int(Qt::NoModifier) << QPointF(20, 80) << QPointF(21, 10) << int(K::kBox) << 2.0 << 2.1;
        QTest::newRow("with Alt it is compared") << int(ChartDrag::kZoom) << int(Qt::AltModifier) << QPointF(20, 50) << QPointF(60, 50) << int(K::kCompare) << 2.0 << 6.0;
        QTest::newRow("with Alt no box") << int(ChartDrag::kBox) << int(Qt::AltModifier) << QPointF(60, 80) << QPointF(20, 10) << int(K::kCompare) << 2.0 << 6.0;
    }
    void drags() {
        QFETCH(int, mode);
        QFETCH(int, keys);
        QFETCH(QPointF, from);
        QFETCH(QPointF, to);
        QFETCH(int, kind);
        QFETCH(double, startSeconds);
        QFETCH(double, endSeconds);
        ChartGesture gesture;
        gesture.setMode(static_cast<ChartDrag>(mode));
        gesture.press(from, Qt::KeyboardModifiers(keys), frame());
        gesture.move(to);
        const GestureResult result = gesture.release(to);
        QCOMPARE(int(result.kind), kind);
        QVERIFY(!gesture.pressed());
        if (result.kind != GestureResult::Kind::kClick) {
            QVERIFY(qAbs(static_cast<double>(result.range.from - kFrom) / 1e9 - startSeconds) < 0.001);
            QVERIFY(qAbs(static_cast<double>(result.range.to - kFrom) / 1e9 - endSeconds) < 0.001);
        }
    }

    void zoomKeepsTheInstantUnderThePointer() {
        const TimeRange range = zoomedRange(frame().range, kFrom + 2 * kSecond, 0.5);
        QCOMPARE(range.from, kFrom + kSecond);
        QCOMPARE(range.to, kFrom + 6 * kSecond);
        QVERIFY(zoomedRange({kFrom, kFrom + 2}, kFrom + 1, 0.01).length() >= kMicrosecond);
        QVERIFY(!zoomedRange({std::numeric_limits<TimeNs>::min(), std::numeric_limits<TimeNs>::max()}, 0, 100).empty());
    }

    void theCardGoesWhereLeastIsCovered() {
        QVector<QPointF> points;
        for (int x = 0; x < 400; x += 4)
            points.push_back(QPointF(x, 20));   // a line along the top
        const QRectF place = placeCard({100, 40}, QRectF(0, 0, 400, 200), 200, points);
        QVERIFY(place.top() > 30);
        QVERIFY(!place.adjusted(0, -500, 0, 500).contains(QPointF(200, place.center().y())));
    }

    void nanosecondsSurvive() {
        const PlotFrame narrow{QRectF(0, 0, 1000, 100), {kFrom + 1, kFrom + 1001}, {}};
        QCOMPARE(narrow.x(kFrom + 501), 500.0);
        QCOMPARE(narrow.timeAt(500), kFrom + 501);
    }
};

QTEST_GUILESS_MAIN(ChartGeometryTest)
#include "chart_geometry_test.moc"
