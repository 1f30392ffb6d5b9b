// The Resources view over fake devices: what it says first, the cell under mouse and keyboard, orders, chips, missing data, many rows.
#include <QApplication>
#include <QClipboard>
#include <QPushButton>
#include <QScrollBar>
#include <QToolButton>

#include "qt_test.h"
#include "support/fake_resources.h"
#include "views/resources_heat_panel.h"
#include "views/resources_lanes_panel.h"
#include "views/resources_view.h"
#include "widgets/inspector_resource.h"
#include "widgets/metric_chips.h"
#include "widgets/resource_heatmap.h"
#include "widgets/resource_overview.h"
#include "widgets/resources_picture.h"
#include "widgets/strip_stack.h"
#include "widgets/time_chart.h"

using namespace nj;
using namespace nj::ui;
using nj::test::FakeBackend;
using nj::test::FakeResources;
using nj::test::FakeScript;

namespace {

struct Fixture {
    std::shared_ptr<FakeScript> script = std::make_shared<FakeScript>();
    Theme theme = Theme::dark();
    Workspace workspace;
    QueryRunner queries;
    std::unique_ptr<ResourcesView> view;
    explicit Fixture(int rows = 8, bool none = false)
        : queries([s = script, rows, none]() -> Result<std::unique_ptr<query::Backend>> { return std::unique_ptr<query::Backend>(new FakeResources(s, rows, none)); }) {
        FakeBackend backend;
        workspace.setInfo(*backend.info({}));
        workspace.setAll(FakeBackend::all());
        workspace.setRange(FakeBackend::incident());
        view = std::make_unique<ResourcesView>(ViewContext{workspace, queries, theme});
        view->resize(1300, 840);
    }
    void show() {
        view->show();
        QTRY_VERIFY_WITH_TIMEOUT(view->settled(), 20'000);
    }
    [[nodiscard]] ResourcesHeatPanel& panel() const { return *view->findChild<ResourcesHeatPanel*>(); }
    [[nodiscard]] ResourceHeatmap& heatmap() const { return panel().heatmap(); }
    [[nodiscard]] QPoint cell(int row, TimeNs time) const {
        const QRect rect = heatmap().rowRect(row);
        const TimeRange range = workspace.range();
        return {rect.left() + static_cast<int>(static_cast<double>(rect.width()) * static_cast<double>(time - range.from) / static_cast<double>(range.length())), rect.center().y()};
    }
    void click(QPoint at) { QTest::mouseClick(heatmap().viewport(), Qt::LeftButton, {}, at); }
};

}  // namespace

class ResourcesViewTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    // Rows and overview are kept between paint events; what is on the screen must be what a whole paint would give.
    void cursorAndPointerLeaveNothingBehind() {
        Fixture f;
        f.show();
        ResourceHeatmap& map = f.heatmap();
        QWidget& view = *f.view;
        QTRY_VERIFY(QTest::qWaitForWindowExposed(&view));
        const auto same = [&] {
            QApplication::processEvents();
            const QImage screen = view.screen()->grabWindow(view.winId()).toImage().convertToFormat(QImage::Format_RGB32);
            return screen == view.grab().toImage().convertToFormat(QImage::Format_RGB32);
        };
        QVERIFY(same());
        const TimeRange range = f.workspace.range();
        for (const int share : {10, 80, 81, 40}) {
            f.workspace.setCursor(range.from + range.length() / 100 * share);
            QVERIFY2(same(), qPrintable(QString::number(share)));
        }
        for (const int row : {2, 5, 3}) {
            QTest::mouseMove(map.viewport(), f.cell(row, range.from + range.length() / 3));
            QVERIFY2(same(), qPrintable(QString::number(row)));
        }
        map.setFocus();
        QTest::keyClick(&map, Qt::Key_Down);
        QTest::keyClick(&map, Qt::Key_Right);
        QTRY_VERIFY(f.view->settled());
        QTRY_VERIFY(same());
        QTest::keyClick(&map, Qt::Key_Down);
        QTRY_VERIFY(f.view->settled());
        QTRY_VERIFY(same());
        f.workspace.setCursor({});
        QVERIFY(same());
    }

    void saysWhatMattersFirst() {
        Fixture f;
        f.show();
        QVERIFY2(f.view->summary().startsWith(QStringLiteral("GPU 3 falls to 65 % of its own maximum SM clock from 10:46; the other 7 hold 100 %")), qPrintable(f.view->summary()));
        QCOMPARE(f.panel().chips().chosen(), QStringLiteral("sm_clock"));
        QCOMPARE(f.heatmap().rows().rows.size(), 8);
        QVERIFY(f.heatmap().rows().rows[3].strong);
        QCOMPARE(f.heatmap().rows().rows[0].heading, QStringLiteral("gpu-node-07 › vllm-a"));
        QVERIFY(f.heatmap().rows().rows[1].heading.isEmpty());
        QCOMPARE(f.heatmap().rows().rows[4].heading, QStringLiteral("gpu-node-07 › vllm-b"));
        // Its lanes stand below without a click: temperature with its limit over the clock.
        auto* lanes = f.view->findChild<ResourcesLanesPanel*>();
        QVERIFY(lanes->title().startsWith(QStringLiteral("GPU 3")));
        QCOMPARE(lanes->stack().strips().size(), 2);
        QCOMPARE(lanes->stack().strips()[0].title, QStringLiteral("GPU 3 temperature"));
        QCOMPARE(lanes->stack().strips()[0].chart.marks.limits.at(0).value, 87.0);
        QCOMPARE(lanes->stack().strips()[1].title, QStringLiteral("GPU 3 SM clock"));
        // One instant is one x in all three.
        const TimeNs t = FakeResources::throttle();
        const double heat = f.cell(0, t).x();
        TimeChart* chart = lanes->stack().chart(0);
        const double lane = chart->mapTo(f.view.get(), QPoint(0, 0)).x() + chart->plotFrame().x(t);
        QVERIFY2(std::abs(f.heatmap().viewport()->mapTo(f.view.get(), QPoint(0, 0)).x() + heat - lane) <= 2, qPrintable(QStringLiteral("%1 %2").arg(heat).arg(lane)));
    }

    void aClickSelectsTheCellEverywhere() {
        Fixture f;
        f.show();
        const TimeNs at = FakeResources::throttle() + 10 * kMinute;
        QSignalSpy selected(&f.workspace, &Workspace::selectionChanged);
        f.click(f.cell(2, at));
        QCOMPARE(selected.size(), 1);
        QCOMPARE(f.workspace.selection().kind, Selection::Kind::kSeries);
        QCOMPARE(f.workspace.selection().seq, qint64(1002));
        QVERIFY(f.workspace.cursor() && std::abs(*f.workspace.cursor() - at) < kMinute);
        QCOMPARE(f.heatmap().current(), 2);
        QVERIFY(f.heatmap().accessibleDescription().startsWith(QStringLiteral("GPU 2, ")));
        QTRY_VERIFY_WITH_TIMEOUT(f.view->findChild<ResourcesLanesPanel*>()->title().startsWith(QStringLiteral("GPU 2")), 20'000);
        // And the other way: a series selected elsewhere marks its row.
        f.workspace.setSelection({Selection::Kind::kSeries, 1006, {}, {}});
        QCOMPARE(f.heatmap().current(), 6);
    }

    void arrowsMoveTheCellAndEnterOpens() {
        Fixture f;
        f.show();
        f.heatmap().setFocus();
        f.workspace.setCursor(FakeResources::throttle());
        QTest::keyClick(&f.heatmap(), Qt::Key_Down);
        QCOMPARE(f.heatmap().current(), 0);
        QTest::keyClick(&f.heatmap(), Qt::Key_Down);
        QTest::keyClick(&f.heatmap(), Qt::Key_Down);
        QTest::keyClick(&f.heatmap(), Qt::Key_Down);
        QCOMPARE(f.heatmap().current(), 3);
        QCOMPARE(f.workspace.selection().seq, qint64(1003));
        const TimeNs before = *f.workspace.cursor();
        QTest::keyClick(&f.heatmap(), Qt::Key_Right);
        QCOMPARE(*f.workspace.cursor() - before, f.heatmap().rows().width);
        QTest::keyClick(&f.heatmap(), Qt::Key_Left, Qt::ShiftModifier);
        QCOMPARE(*f.workspace.cursor() - before, -9 * f.heatmap().rows().width);
        QSignalSpy wanted(&f.workspace, &Workspace::viewRequested);
        QTest::keyClick(&f.heatmap(), Qt::Key_Return);
        QCOMPARE(wanted.size(), 1);
    }

    void aDragZoomsAndTheRightButtonGoesBack() {
        Fixture f;
        f.show();
        const TimeRange before = f.workspace.range();
        const QPoint a = f.cell(3, FakeResources::throttle()), b = f.cell(3, FakeResources::throttle() + 20 * kMinute);
        QTest::mousePress(f.heatmap().viewport(), Qt::LeftButton, {}, a);
        QTest::mouseMove(f.heatmap().viewport(), b);
        QTest::mouseRelease(f.heatmap().viewport(), Qt::LeftButton, {}, b);
        QVERIFY(std::abs(f.workspace.range().from - FakeResources::throttle()) < kMinute);
        QVERIFY(std::abs(f.workspace.range().length() - 20 * kMinute) < kMinute);
        QTRY_VERIFY_WITH_TIMEOUT(f.view->settled(), 20'000);
        QTest::mouseClick(f.heatmap().viewport(), Qt::RightButton, {}, a);
        QCOMPARE(f.workspace.range(), before);
        // The band above: a drag there is the new range as well.
        ResourceOverview& band = f.panel().overview();
        const QPoint from(static_cast<int>(band.xOf(FakeBackend::all().from + 2 * kHour)), static_cast<int>(band.band().center().y()));
        const QPoint to(static_cast<int>(band.xOf(FakeBackend::all().from + 5 * kHour)), from.y());
        QTest::mousePress(&band, Qt::LeftButton, {}, from);
        QTest::mouseMove(&band, to);
        QTest::mouseRelease(&band, Qt::LeftButton, {}, to);
        QVERIFY(std::abs(f.workspace.range().length() - 3 * kHour) < 10 * kMinute);
        QTRY_VERIFY_WITH_TIMEOUT(f.view->settled(), 20'000);
    }

    void chipsChooseTheMetric() {
        Fixture f;
        f.show();
        const QVector<MetricChip*> chips = f.panel().chips().visibleChips();
        QCOMPARE(chips.size(), 3);
        QCOMPARE(chips[0]->data().words, QStringLiteral("GPU 3 is 35 points lower"));
        QTest::mouseClick(chips[1], Qt::LeftButton);
        QTRY_VERIFY_WITH_TIMEOUT(f.view->settled() && f.panel().grid().metric.id == "temperature", 20'000);
        // A choice by hand stays when the range changes.
        f.workspace.setRange({FakeBackend::incident().from, FakeBackend::incident().from + kHour});
        QTRY_VERIFY_WITH_TIMEOUT(f.view->settled(), 20'000);
        QCOMPARE(f.panel().grid().metric.id, std::string("temperature"));
        QTest::keyClick(f.panel().chips().visibleChips()[1], Qt::Key_Right);
        QTRY_VERIFY_WITH_TIMEOUT(f.view->settled() && f.panel().grid().metric.id == "utilisation", 20'000);
        // In a narrow window the rest is in a menu, the chosen one stays in sight.
        f.panel().chips().resize(360, 62);
        QVERIFY(f.panel().chips().moreButton()->isVisible());
        bool inSight = false;
        for (const MetricChip* chip : f.panel().chips().visibleChips())
            inSight = inSight || chip->data().id == QStringLiteral("utilisation");
        QVERIFY(inSight);
    }

    void ordersAndUnits() {
        Fixture f;
        f.show();
        QToolButton *value = nullptr, *unlike = nullptr, *mhz = nullptr;
        for (QToolButton* button : f.panel().findChildren<QToolButton*>()) {
            value = button->text() == QStringLiteral("value") ? button : value;
            unlike = button->text() == QStringLiteral("unlike") ? button : unlike;
            mhz = button->text() == QStringLiteral("MHz") ? button : mhz;
        }
        QVERIFY(value && unlike && mhz);
        QTest::mouseClick(value, Qt::LeftButton);
        QVERIFY(f.heatmap().rows().rows[0].name.startsWith(QStringLiteral("GPU 3")));
        QTest::mouseClick(unlike, Qt::LeftButton);
        QCOMPARE(f.heatmap().rows().rows[0].key, QStringLiteral("GPU-3"));
        QVERIFY(f.heatmap().rows().rows[0].heading.isEmpty());   // no hierarchy, but where it is stays said
        QVERIFY(f.heatmap().rows().rows[0].name.contains(QStringLiteral("gpu-node-07")));
        QTest::mouseClick(mhz, Qt::LeftButton);
        QCOMPARE(f.heatmap().rows().text(1290), QStringLiteral("1,290 MHz"));
    }

    void missingIsHatchedAndNeverAColour() {
        Fixture f;
        f.show();
        const HeatRows& rows = f.heatmap().rows();
        const QImage cells = heatImage(rows, f.theme);
        QCOMPARE(cells.height(), 8);
        const int gap = rows.columns / 4 + 5;
        QVERIFY(std::isnan(rows.rows[5].values[static_cast<size_t>(gap)]));
        QCOMPARE(qAlpha(cells.pixel(gap, 5)), 0);
        QCOMPARE(qAlpha(cells.pixel(gap, 4)), 255);
        QVERIFY(cells.pixel(rows.columns - 10, 3) != cells.pixel(rows.columns - 10, 4));
        // A zero is a colour like any other.
        HeatScale scale;
        QCOMPARE(qAlpha(scale.color(0, f.theme)), 255);
        QCOMPARE(qAlpha(scale.color(kNoValue, f.theme)), 0);
        const QImage picture = f.heatmap().grab().toImage();
        QVERIFY(!picture.isNull());
    }

    void squeezedRowsShowTheWorst() {
        HeatRows rows;
        rows.columns = 4;
        rows.width = kSecond;
        for (int i = 0; i < 100; ++i) {
            HeatRow row;
            row.values.assign(4, i == 42 ? 0.6F : 1.0F);
            rows.rows.push_back(row);
        }
        rows.scale = {HeatScale::Kind::kShortfall, 0.6, 0.95};
        const Theme theme = Theme::light();
        const QImage image = heatImage(rows, theme, 10, true);
        QCOMPARE(image.height(), 10);
        QCOMPARE(image.pixel(1, 4), rows.scale.color(0.6, theme));
        QCOMPARE(image.pixel(1, 5), rows.scale.color(1.0, theme));
    }

    void aThousandRowsScroll() {
        Fixture f(1024);
        f.show();
        ResourceHeatmap& map = f.heatmap();
        QCOMPARE(map.rows().rows.size(), 1024);
        QCOMPARE(map.layoutOfRows().count(), 1024);
        QVERIFY(map.verticalScrollBar()->maximum() > 10'000);
        map.setFocus();
        QTest::keyClick(&map, Qt::Key_Up);   // from nothing to the last
        QCOMPARE(map.current(), 1023);
        QVERIFY(map.rect().contains(map.rowRect(1023)));
        QTest::keyClick(&map, Qt::Key_PageUp);
        QVERIFY(map.current() < 1023 && map.current() > 980);
        QCOMPARE(map.layoutOfRows().rowAt(map.layoutOfRows().top(700) + 1), 700);
        QCOMPARE(map.layoutOfRows().rowAt(-1), -1);
        QCOMPARE(map.layoutOfRows().rowAt(1'000'000), -1);
    }

    void hostileNamesAreText() {
        Fixture f;
        f.show();
        QCOMPARE(f.heatmap().rows().rows[7].name, QString::fromLatin1("<b>GPU</b> 7\x1b[31m"));
        f.click(f.cell(7, FakeResources::throttle()));
        QVERIFY(f.heatmap().accessibleDescription().startsWith(QStringLiteral("<b>GPU</b> 7")));
        query::ResourceGrid grid = FakeResources::makeGrid("sm_clock", FakeBackend::incident(), 3, 2);
        grid.rows[0].identity.name = "=cmd|' /C calc'!A0";
        grid.rows[1].identity.name = "a\"b\n,c";
        grid.rows[1].low[1] = grid.rows[1].mean[1] = grid.rows[1].high[1] = std::nanf("");
        const QString csv = resourceCsv(grid, {});
        QVERIFY(csv.contains(QStringLiteral("\"'=cmd|")));
        QVERIFY(csv.contains(QStringLiteral("\"a\"\"b\n,c\"")));
        QVERIFY(csv.contains(QStringLiteral(",1,,1\n")));   // the cell without sample is empty, not 0
    }

    void copiesAsCsv() {
        Fixture f;
        f.show();
        f.heatmap().setFocus();
        QTest::keySequence(&f.heatmap(), QKeySequence(QKeySequence::Copy));
        const QString csv = QApplication::clipboard()->text();
        QVERIFY(csv.startsWith(QStringLiteral("row,host,group,key,metric,unit,20")));
        QCOMPARE(csv.count(QLatin1Char('\n')), 9);
    }

    void emptyAndErrorSayWhatToDo() {
        Fixture none(8, true);
        none.show();
        QVERIFY(none.view->summary().contains(QStringLiteral("DCGM_FI_DEV_SM_CLOCK")));
        Fixture f;
        f.script->fail = true;
        f.view->show();
        QTRY_VERIFY_WITH_TIMEOUT(f.view->settled(), 20'000);
        QVERIFY(f.panel().message().contains(QStringLiteral("cannot be read")));
        f.script->fail = false;
        f.workspace.setRange({FakeBackend::incident().from, FakeBackend::incident().to - kMinute});
        QTRY_VERIFY_WITH_TIMEOUT(f.view->settled() && f.panel().bodyShown(), 20'000);
    }

    void theInspectorTellsTheDevice() {
        ResourceInspection inspection;
        inspection.series.id = 1003;
        inspection.series.name = "DCGM_FI_DEV_SM_CLOCK";
        FakeResources backend(std::make_shared<FakeScript>());
        inspection.survey = *backend.resourceSurvey({FakeBackend::incident(), 280, 3}, {});
        inspection.marks = *backend.resourceGrid({"sm_clock", FakeBackend::all(), 8, {}, true}, {});
        const auto content = inspectResource(inspection, {});
        QVERIFY(content);
        QCOMPARE(content->title, QStringLiteral("GPU 3"));
        QCOMPARE(content->role, QStringLiteral("warning"));
        QVERIFY2(content->sentence.contains(QStringLiteral("falls to 65 %")), qPrintable(content->sentence));
        QStringList text;
        for (const InspectorSection& section : content->sections)
            for (const InspectorRow& row : section.rows)
                text << row.key + QLatin1Char('=') + row.value;
        QVERIFY2(text.contains(QStringLiteral("SM clock=◆ 1,290 MHz · peers 1,980 MHz")), qPrintable(text.join(QLatin1Char('\n'))));
        QVERIFY(text.join(QLatin1Char('\n')).contains(QStringLiteral("thermal slowdown by software (0x60)")));
        QStringList links;
        for (const InspectorLink& link : content->links)
            links << link.text;
        QVERIFY(links.contains(QStringLiteral("Traces on vllm-a")));
        QVERIFY(links.contains(QStringLiteral("Logs of the host")));
        inspection.survey.key = "another";
        QVERIFY(!inspectResource(inspection, {}));
    }
};

QTEST_MAIN(ResourcesViewTest)
#include "resources_view_test.moc"
