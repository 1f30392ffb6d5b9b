// Charts under mouse and keys: zoom, pan, brush, box, cursor, legend.
#include <QAbstractItemModelTester>
#include <QApplication>
#include <QScreen>
#include <cmath>

#include "qt_test.h"
#include "widgets/heatmap_cells.h"
#include "widgets/heatmap_chart.h"
#include "widgets/legend_table.h"
#include "widgets/time_chart.h"

using namespace nj;
using namespace nj::ui;

namespace {

constexpr TimeNs kFrom = 1'773'739'800LL * kSecond;
const TimeRange kRange{kFrom, kFrom + 100 * kMinute};

TimeChartData twoLines() {
    TimeChartData data;
    data.from = kFrom;
    data.width = kMinute;
    data.unit = QStringLiteral("s");
    for (int k = 0; k < 2; ++k) {
        ChartSeries series;
        series.name = k == 0 ? QStringLiteral("slow") : QStringLiteral("quick");
        series.values = QVector<double>(100, k == 0 ? 9 : 1);
        data.series.push_back(series);
    }
    data.title = QStringLiteral("Latency: slow at 9 s");
    return data;
}

QPoint at(const ChartFrame& chart, int minute, double value) {
    return QPointF(chart.plotFrame().x(kFrom + minute * kMinute), chart.plotFrame().y(value)).toPoint();
}

void drag(ChartFrame& chart, const QPoint& from, const QPoint& to, Qt::KeyboardModifiers keys = {}) {
    QTest::mousePress(chart.viewport(), Qt::LeftButton, keys, from);
    QTest::mouseMove(chart.viewport(), (from + to) / 2);
    QTest::mouseMove(chart.viewport(), to);
    QTest::mouseRelease(chart.viewport(), Qt::LeftButton, keys, to);
}

bool near(TimeNs a, TimeNs b) { return std::abs(static_cast<double>(a - b)) < static_cast<double>(kMinute); }

}  // namespace

class ChartWidgetTest : public QObject {
    Q_OBJECT
    Theme theme_ = Theme::dark();

private Q_SLOTS:
    void dragZoomsRightClickGoesBackDoubleClickFits() {
        Workspace workspace;
        workspace.setAll({kFrom - kHour, kFrom + 3 * kHour});
        workspace.setRange(kRange);
        TimeChart chart(workspace, theme_);
        chart.resize(800, 300);
        chart.setData(twoLines());
        chart.show();
        drag(chart, at(chart, 20, 5), at(chart, 60, 5));
        QVERIFY(near(workspace.range().from, kFrom + 20 * kMinute));
        QVERIFY(near(workspace.range().to, kFrom + 60 * kMinute));
        QTest::mouseClick(chart.viewport(), Qt::RightButton, {}, at(chart, 40, 5));
        QCOMPARE(workspace.range(), kRange);
        QTest::mouseDClick(chart.viewport(), Qt::LeftButton, {}, at(chart, 40, 5));
        QCOMPARE(workspace.range(), workspace.all());
    }

    void shiftDragPansAndWheelZoomsOnlyWithControl() {
        Workspace workspace;
        workspace.setRange(kRange);
        TimeChart chart(workspace, theme_);
        chart.resize(800, 300);
        chart.setData(twoLines());
        chart.show();
        drag(chart, at(chart, 50, 5), at(chart, 30, 5), Qt::ShiftModifier);
        QCOMPARE(workspace.range().length(), kRange.length());
        QVERIFY(near(workspace.range().from, kFrom + 20 * kMinute));
        const TimeRange before = workspace.range();
        const auto wheel = [&](Qt::KeyboardModifiers keys) {
            QWheelEvent event(QPointF(at(chart, 70, 5)), QPointF(), {}, QPoint(0, 120), Qt::NoButton, keys, Qt::NoScrollPhase, false);
            QCoreApplication::sendEvent(chart.viewport(), &event);
            return event.isAccepted();
        };
        wheel({});
        QCOMPARE(workspace.range(), before);   // the page scrolls
        wheel(Qt::ControlModifier);
        QVERIFY(workspace.range().length() < before.length());
    }

    void clickNamesTheSeriesAndSetsTheCursor() {
        Workspace workspace;
        workspace.setRange(kRange);
        TimeChart chart(workspace, theme_);
        chart.resize(800, 300);
        chart.setData(twoLines());
        chart.show();
        int series = -2;
        double value = 0;
        connect(&chart, &ChartFrame::pointClicked, this, [&](TimeNs, int s, double v) {
            series = s;
            value = v;
        });
        QTest::mouseClick(chart.viewport(), Qt::LeftButton, {}, at(chart, 30, 9) + QPoint(0, 3));
        QCOMPARE(series, 0);
        QCOMPARE(value, 9.0);
        QVERIFY(near(*workspace.cursor(), kFrom + 30 * kMinute));
        QTest::mouseClick(chart.viewport(), Qt::LeftButton, {}, at(chart, 30, 5));
        QCOMPARE(series, -1);
        chart.setHidden({0});
        QTest::mouseClick(chart.viewport(), Qt::LeftButton, {}, at(chart, 30, 1));
        QCOMPARE(series, 1);   // what is hidden is neither drawn nor hit, and the scale is the other's
        QCOMPARE(chart.plotFrame().scale.high, 1.0);
    }

    void keysMoveTheCursor() {
        Workspace workspace;
        workspace.setRange(kRange);
        workspace.setCursor(kFrom + 10 * kMinute);
        TimeChart chart(workspace, theme_);
        chart.resize(800, 300);
        chart.setData(twoLines());
        chart.show();
        QTest::keyClick(&chart, Qt::Key_Right);
        QCOMPARE(*workspace.cursor(), kFrom + 11 * kMinute);
        QTest::keyClick(&chart, Qt::Key_Left, Qt::ShiftModifier);
        QCOMPARE(*workspace.cursor(), kFrom + kMinute);
        QTest::keyClick(&chart, Qt::Key_Plus);
        QCOMPARE(workspace.range().length(), kRange.length() / 2);
        QCOMPARE(chart.accessibleName(), QStringLiteral("Latency: slow at 9 s"));
    }

    void brushStaysEnterZoomsEscapeClears() {
        Workspace workspace;
        workspace.setRange(kRange);
        TimeChart chart(workspace, theme_);
        chart.resize(800, 300);
        chart.setData(twoLines());
        chart.setDrag(ChartDrag::kBrush);
        chart.show();
        QSignalSpy changed(&chart, &ChartFrame::brushChanged);
        drag(chart, at(chart, 20, 5), at(chart, 60, 5));
        QCOMPARE(workspace.range(), kRange);
        QVERIFY(chart.brush());
        QTest::keyClick(&chart, Qt::Key_Escape);
        QVERIFY(!chart.brush());
        QCOMPARE(changed.size(), 2);
        drag(chart, at(chart, 20, 5), at(chart, 60, 5));
        QTest::keyClick(&chart, Qt::Key_Return);
        QVERIFY(near(workspace.range().from, kFrom + 20 * kMinute));
    }

    void pressingOutsideThePlotIsHarmless() {
        // QChartView of Qt before 6.7 dereferences the item under the pointer even when there is none.
        Workspace workspace;
        TimeChart chart(workspace, theme_);
        chart.resize(400, 200);
        chart.show();
        QTest::mouseClick(chart.viewport(), Qt::LeftButton, {}, QPoint(1, 1));
        drag(chart, QPoint(2, 2), QPoint(390, 190));
        chart.chart()->hide();
        QTest::mouseClick(chart.viewport(), Qt::LeftButton, {}, QPoint(200, 100));
        QVERIFY(workspace.range().empty());
    }

    void heatmapBoxGivesTimesValuesAndCount() {
        Workspace workspace;
        workspace.setRange(kRange);
        HeatmapChart heatmap(workspace, theme_);
        HeatmapData data;
        data.from = kFrom;
        data.width = 10 * kMinute;
        data.bounds = {0.1, 1, 10, 100};
        data.counts = QVector<quint32>(30, 0);
        data.counts[5 * 3 + 1] = 7;    // minute 50–60, 1–10
        data.counts[5 * 3 + 2] = 100;
        data.exemplars = {{kFrom + 20 * kMinute, 0.3}};
        heatmap.resize(600, 300);
        heatmap.setData(data);
        heatmap.show();
        TimeRange range;
        double low = 0, high = 0;
        int exemplar = -1;
        connect(&heatmap, &HeatmapChart::boxMarked, this, [&](TimeRange r, double l, double h) {
            range = r;
            low = l;
            high = h;
        });
        connect(&heatmap, &HeatmapChart::exemplarClicked, this, [&](int index) { exemplar = index; });
        drag(heatmap, at(heatmap, 48, 0.9), at(heatmap, 62, 12));
        QVERIFY(near(range.from, kFrom + 48 * kMinute));
        QVERIFY(low > 0.8 && low < 1 && high > 11 && high < 13);
        QCOMPARE(heatmap.countInBox(), 7ULL);
        QSignalSpy cleared(&heatmap, &HeatmapChart::boxCleared);
        QTest::keyClick(&heatmap, Qt::Key_Escape);
        QCOMPARE(cleared.size(), 1);
        QTest::mouseClick(heatmap.viewport(), Qt::LeftButton, {}, at(heatmap, 20, 0.3));
        QCOMPARE(exemplar, 0);
    }

    void heatCountsAreRoundAndEndAtTheMost() {
        QCOMPARE(heatSteps(3, true), QVector<quint32>({1, 2, 3}));
        QCOMPARE(heatSteps(16, true), QVector<quint32>({1, 2, 4, 8, 16}));
        QCOMPARE(heatSteps(0, true), QVector<quint32>());
        HeatmapData data;
        QVERIFY(data.shade(1, 100) < data.shade(10, 100));
        QCOMPARE(data.shade(100, 100), 1.0);
    }

    void colourOfACountIsThatOfItsShade() {
        HeatmapData data;
        for (const quint32 most : {1U, 7U, 500U, 4'000'000'000U}) {
            const HeatmapColors colors(data, most, theme_);
            QCOMPARE(qAlpha(colors.of(0)), 0);
            for (const quint32 count : {1U, 2U, 5U, 7U, 100U, 499U, 500U})
                if (count <= most)
                    QCOMPARE(colors.of(count), heatColor(theme_, data.shade(count, most)));
            QCOMPARE(colors.of(most), heatColor(theme_, 1));
        }
    }

    // Ten columns and ten rows on a pixel: the one full cell among empty and nearly empty ones gives the pixel its colour.
    void manyCellsOnAPixelShowTheFullest() {
        HeatmapData data;
        data.from = kFrom;
        data.width = kMinute;
        for (int i = 0; i <= 100; ++i)
            data.bounds.append(std::pow(10.0, i / 50.0));
        data.counts = QVector<quint32>(100 * 100, 1);
        data.counts[53 * 100 + 27] = 900;   // pixel 5 from the left, 2 from below
        std::fill_n(data.counts.begin() + 80 * 100, 10 * 100, 0);
        PlotFrame frame{QRectF(0, 0, 10, 10), kRange, {true, 1, 100}};
        QImage image;
        drawHeatmapCells(data, data.most(), frame, 1, theme_, image);
        QCOMPARE(image.size(), QSize(10, 10));
        for (int y = 0; y < 10; ++y)
            for (int x = 0; x < 10; ++x) {
                const bool full = x == 5 && y == 7;
                QVERIFY2(image.pixel(x, y) == (x == 8 ? qRgba(0, 0, 0, 0) : heatColor(theme_, full ? 1 : 0)), qPrintable(QStringLiteral("pixel %1, %2").arg(x).arg(y)));
            }
        QCOMPARE(heatmapRowSums(data, kRange)[27], 89ULL + 900);
        QCOMPARE(heatmapRowSums(data, {kFrom, kFrom + 10 * kMinute})[27], 10ULL);
    }

    // Only the parts where the cursor was and is are drawn anew: what is on the screen must be what a whole paint would give.
    void cursorLeavesNothingBehind() {
        Workspace workspace;
        workspace.setRange(kRange);
        QWidget window;   // a chart is transparent
        window.resize(800, 300);
        TimeChart chart(workspace, theme_, &window);
        chart.resize(window.size());
        chart.setData(twoLines());
        window.show();
        QTRY_VERIFY(QTest::qWaitForWindowExposed(&window));
        const auto onScreen = [&] { return window.screen()->grabWindow(window.winId()).toImage().convertToFormat(QImage::Format_RGB32); };
        const auto whole = [&] { return window.grab().toImage().convertToFormat(QImage::Format_RGB32); };
        QApplication::processEvents();
        const QImage without = onScreen();
        QCOMPARE(without, whole());
        for (const int minute : {20, 23, 70, 24, 90, 0}) {
            workspace.setCursor(kFrom + minute * kMinute);
            QApplication::processEvents();
            QCOMPARE(onScreen(), whole());
            QVERIFY(onScreen() != without);
        }
        // With its card, under the mouse.
        for (const int minute : {30, 60, 62}) {
            QTest::mouseMove(chart.viewport(), at(chart, minute, 5));
            QApplication::processEvents();
            QCOMPARE(onScreen(), whole());
        }
        workspace.setCursor({});
        QApplication::processEvents();
        QCOMPARE(onScreen(), without);
    }

    void legendSortsIsolatesAndToggles() {
        LegendTable legend(theme_);
        QAbstractItemModelTester tester(&legend.legendModel(), QAbstractItemModelTester::FailureReportingMode::QtTest);
        LegendRow a, b, c;
        a.name = QStringLiteral("a");
        a.value = 2, a.baseline = 1, a.max = 5, a.last = kNoValue;
        b.name = QStringLiteral("b");
        b.value = 9, b.baseline = 1, b.max = 3;
        c.name = QStringLiteral("c");
        c.baseline = kNoValue, c.max = 4;
        legend.setRows({a, b, c}, QStringLiteral("s"), QStringLiteral("replica"), QStringLiteral("n"));
        legend.resize(900, 160);
        legend.show();
        const auto cell = [&](int row, int column) { return legend.model()->index(row, column).data().toString(); };
        QCOMPARE(cell(0, LegendModel::kName), QStringLiteral("b"));   // × baseline, unknown last
        QCOMPARE(cell(0, LegendModel::kRatio), QStringLiteral("×\u00A09.0"));
        QCOMPARE(cell(2, LegendModel::kRatio), QStringLiteral("–"));
        legend.legendModel().sort(LegendModel::kMax, Qt::DescendingOrder);
        QCOMPARE(cell(0, LegendModel::kName), QStringLiteral("a"));
        const auto click = [&](int row, Qt::KeyboardModifiers keys = {}) {
            QTest::mouseClick(legend.viewport(), Qt::LeftButton, keys, legend.visualRect(legend.model()->index(row, 0)).center());
        };
        click(0);
        QCOMPARE(legend.hidden(), QSet<int>({1, 2}));
        click(1, Qt::ControlModifier);
        QCOMPARE(legend.hidden(), QSet<int>({1}));
        legend.setRows({a, b, c}, QStringLiteral("s"), QStringLiteral("replica"), QStringLiteral("n"));
        QCOMPARE(legend.hidden(), QSet<int>({1}));   // new values of the same series keep the choice
        legend.setRows({a, b}, QStringLiteral("s"), QStringLiteral("replica"), QStringLiteral("n"));
        QVERIFY(legend.hidden().isEmpty());
    }
};

QTEST_MAIN(ChartWidgetTest)
#include "chart_widget_test.moc"
