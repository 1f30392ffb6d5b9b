// The Latency view over the fake capsule: what it says first, and what a click, a box and an empty range lead to.
#include <QComboBox>
#include <QPushButton>
#include <QTableView>

#include "qt_test.h"
#include "support/fake_backend.h"
#include "views/latency_differences_panel.h"
#include "views/latency_heatmap_panel.h"
#include "views/latency_panel.h"
#include "views/latency_pictures.h"
#include "views/latency_traces_panel.h"
#include "views/latency_view.h"
#include "widgets/heatmap_chart.h"
#include "widgets/legend_table.h"
#include "widgets/time_chart.h"

using namespace nj;
using namespace nj::ui;
using nj::test::FakeBackend;
using nj::test::FakeScript;

namespace {

struct Fixture {
    std::shared_ptr<FakeScript> script = std::make_shared<FakeScript>();
    Theme theme = Theme::dark();
    Workspace workspace;
    QueryRunner queries{[s = script]() -> Result<std::unique_ptr<query::Backend>> { return std::unique_ptr<query::Backend>(new FakeBackend(s)); }};
    std::unique_ptr<LatencyView> view;
    explicit Fixture(TimeRange range = FakeBackend::incident()) {
        FakeBackend backend;
        workspace.setInfo(*backend.info({}));
        workspace.setAll(FakeBackend::all());
        workspace.setBaseline(*backend.baselineFor(FakeBackend::incident(), {}), false);
        workspace.setRange(range);
        view = std::make_unique<LatencyView>(ViewContext{workspace, queries, theme});
        view->resize(1300, 840);
    }
    void show() {
        view->show();
        QTRY_VERIFY_WITH_TIMEOUT(view->settled(), 20'000);
    }
    template <typename T>
    T* child() const {
        return view->findChild<T*>();
    }
};

QPoint at(const ChartFrame& chart, TimeNs time, double value) { return QPointF(chart.plotFrame().x(time), chart.plotFrame().y(value)).toPoint(); }

}  // namespace

class LatencyViewTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void saysWhatMattersFirst() {
        Fixture f;
        f.show();
        auto* main = f.child<LatencyPanel>();
        QVERIFY(main->measure());
        QCOMPARE(QString::fromStdString(main->measure()->title), QStringLiteral("Time to first token"));
        QCOMPARE(main->splitBy(), QStringLiteral("service.name"));   // the most separating label, unasked
        QVERIFY2(f.view->summary().startsWith(QStringLiteral("Time to first token p99: vllm-a ")), qPrintable(f.view->summary()));
        QVERIFY(f.view->summary().contains(QStringLiteral("n = ")));
        QCOMPARE(main->chart().data().series.size(), 4);   // p50 and p99 of two replicas
        QVERIFY(main->chart().data().yScale.log);
        QCOMPARE(main->chart().data().marks.limits.size(), 2);   // baseline and deadline
        QVERIFY(!main->chart().data().marks.flags.isEmpty());
    }

    void whatTheDeadlineCutIsSaid() {
        Fixture f;
        f.show();
        auto* main = f.child<LatencyPanel>();
        QVERIFY(main->cuts());
        QCOMPARE(main->cuts()->group, QStringLiteral("vllm-a"));
        QVERIFY2(f.view->summary().startsWith(QStringLiteral("Time to first token p99: vllm-a ≥ ")), qPrintable(f.view->summary()));
        const auto& hatches = main->chart().data().marks.hatches;
        QCOMPARE(hatches.size(), 1);
        QCOMPARE(hatches[0].above, 30.0);
        QVERIFY(hatches[0].text.contains(QStringLiteral("504s have no TTFT")));
        const QVector<LegendRow> rows = main->legend().legendModel().rows();
        QVERIFY(rows[0].atLeast && !rows[1].atLeast);   // the control lost nothing
        // Whole spans end at the deadline: nothing is missing there.
        auto* box = f.view->findChild<QComboBox*>(QStringLiteral("measure"));
        QTest::keyClick(box, Qt::Key_Home);
        QTRY_VERIFY_WITH_TIMEOUT(f.view->settled(), 20'000);
        QVERIFY(!main->cuts());
        QVERIFY(main->chart().data().marks.hatches.isEmpty());
    }

    void measuresKnowTheirTwins() {
        FakeBackend backend;
        const auto measures = *backend.measures({});
        const auto twin = spanTwin(measures[1], measures);
        QVERIFY(twin);
        QCOMPARE(QString::fromStdString(twin->key), QStringLiteral("gen_ai.latency.time_to_first_token"));
        QVERIFY(!spanTwin(measures[3], measures));
        QVERIFY(endsAtDeadline(measures[1]) && !endsAtDeadline(measures[2]));
    }

    void theLegendChoosesWhatIsDrawn() {
        Fixture f;
        f.show();
        auto* main = f.child<LatencyPanel>();
        LegendTable& legend = main->legend();
        QTest::mouseClick(legend.viewport(), Qt::LeftButton, {}, legend.visualRect(legend.model()->index(0, 0)).center());
        QCOMPARE(main->chart().hidden(), QSet<int>({2, 3}));
    }

    void anotherMeasureIsAskedForAndScaled() {
        Fixture f;
        f.show();
        auto* box = f.view->findChild<QComboBox*>(QStringLiteral("measure"));
        const int before = f.script->questions;
        QTest::keyClick(box, Qt::Key_Home);
        QTRY_VERIFY_WITH_TIMEOUT(f.script->questions > before && f.view->settled(), 20'000);
        auto* main = f.child<LatencyPanel>();
        QCOMPARE(QString::fromStdString(main->measure()->title), QStringLiteral("Duration"));
        const auto values = main->chart().data().series[1].values;
        QVERIFY(*std::max_element(values.begin(), values.end()) < 100);   // seconds, not nanoseconds
        QCOMPARE(main->chart().data().unit, QStringLiteral("s"));
    }

    void aSpikeListsItsTracesAndAClickOpensOne() {
        Fixture f;
        f.show();
        auto* main = f.child<LatencyPanel>();
        auto* traces = f.child<LatencyTracesPanel>();
        QVERIFY(!traces->isVisible());
        const TimeNs spike = FakeBackend::incident().from + 100 * kMinute;
        QTest::mouseClick(main->chart().viewport(), Qt::LeftButton, {}, at(main->chart(), spike, 29));
        QVERIFY(traces->isVisible());
        QTRY_VERIFY_WITH_TIMEOUT(f.view->settled(), 20'000);
        QVERIFY(f.workspace.cursor());
        QVERIFY(traces->table().model()->rowCount() > 0);
        QSignalSpy wanted(&f.workspace, &Workspace::viewRequested);
        QTest::mouseClick(traces->table().viewport(), Qt::LeftButton, {}, traces->table().visualRect(traces->table().model()->index(0, 0)).center());
        QCOMPARE(wanted.size(), 1);
        QCOMPARE(wanted[0][0].toString(), QStringLiteral("traces"));
        QVERIFY(wanted[0][1].toString().startsWith(QStringLiteral("trace:")));
        QCOMPARE(f.workspace.selection().kind, Selection::Kind::kTrace);
        QTest::keyClick(f.view.get(), Qt::Key_Escape);
        QVERIFY(!traces->isVisible());
    }

    void withoutTracesTheWorstEntitiesAreListed() {
        Fixture f;
        f.show();
        f.script->noSpans = true;
        auto* main = f.child<LatencyPanel>();
        auto* traces = f.child<LatencyTracesPanel>();
        QTest::mouseClick(main->chart().viewport(), Qt::LeftButton, {}, at(main->chart(), FakeBackend::incident().from + 100 * kMinute, 29));
        QTRY_VERIFY_WITH_TIMEOUT(f.view->settled(), 20'000);
        QVERIFY(traces->bodyShown() ? traces->table().model()->rowCount() > 0 : !traces->message().isEmpty());
    }

    void aBoxInTheHeatmapListsItsTraces() {
        Fixture f;
        f.show();
        HeatmapChart& heatmap = f.child<LatencyHeatmapPanel>()->chart();
        const TimeNs from = FakeBackend::incident().from;
        const QPoint a = at(heatmap, from + 88 * kMinute, 12), b = at(heatmap, from + 120 * kMinute, 50);
        QTest::mousePress(heatmap.viewport(), Qt::LeftButton, {}, a);
        QTest::mouseMove(heatmap.viewport(), b);
        QTest::mouseRelease(heatmap.viewport(), Qt::LeftButton, {}, b);
        auto* traces = f.child<LatencyTracesPanel>();
        QVERIFY(traces->isVisible());
        QTRY_VERIFY_WITH_TIMEOUT(f.view->settled(), 20'000);
        QVERIFY(traces->table().model()->rowCount() > 0);
        QCOMPARE(f.workspace.range(), FakeBackend::incident());   // a box is a question, not a zoom
        auto* differences = f.child<LatencyDifferencesPanel>();
        QVERIFY(differences->isVisible() && differences->bodyShown());
        auto* list = f.view->findChild<QWidget*>(QStringLiteral("differences"));
        list->setFocus();
        QTest::keyClick(list, Qt::Key_Down);
        QTest::keyClick(list, Qt::Key_Return);
        QCOMPARE(f.workspace.filterText(), QStringLiteral("service:vllm-a"));
    }

    void errorsAndEmptinessSayWhatToDo() {
        Fixture f({0, kHour});
        f.show();
        auto* main = f.child<LatencyPanel>();
        QVERIFY(main->bodyShown() || !main->message().isEmpty());
        f.script->fail = true;
        f.workspace.setRange(FakeBackend::incident());
        QTRY_VERIFY_WITH_TIMEOUT(f.view->settled(), 20'000);
        QVERIFY(!main->bodyShown());
        QVERIFY(main->message().contains(QStringLiteral("cannot be read")));
        f.script->fail = false;
        f.workspace.setRange({FakeBackend::incident().from, FakeBackend::incident().to - 1});
        QTRY_VERIFY_WITH_TIMEOUT(f.view->settled() && main->bodyShown(), 20'000);
    }

    void stageMeansAreWeightedByRequests() {
        query::StagesAnswer answer;
        answer.from = 0;
        answer.width = kSecond;
        answer.stages = {"queue", "decode"};
        answer.requests = {1, 3, 0};
        answer.meanSeconds = {{4, 0, 99}, {1, 1, 99}};
        QCOMPARE(stageMeans(answer, {}), QVector<double>({1, 1}));
        QCOMPARE(stageMeans(answer, 0), QVector<double>({4, 1}));
        QVERIFY(std::isnan(stageMeans(answer, 2 * kSecond)[0]));   // no request is not zero seconds
        const StagesPicture picture = stagesPicture(answer, Theme::dark(), {});
        QVERIFY(std::isnan(picture.chart.series[0].values[2]));
        QCOMPARE(picture.requests, 4ULL);
    }
};

QTEST_MAIN(LatencyViewTest)
#include "latency_view_test.moc"
