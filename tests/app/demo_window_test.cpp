// The demo's story through the real window, with mouse and keyboard: from the spike to the slow trace, its logs, and its GPU's clock.
#include <QComboBox>
#include <QLineEdit>
#include <QPushButton>
#include <QTableView>
#include <QTemporaryDir>

#include "demo_truth.h"
#include "nightjar_process.h"
#include "shell/command_palette.h"
#include "shell/main_window.h"
#include "shell/workbench.h"
#include "views/errors_view.h"
#include "views/latency_differences_panel.h"
#include "views/latency_panel.h"
#include "views/latency_traces_panel.h"
#include "views/overview_view.h"
#include "widgets/error_group_table.h"
#include "widgets/objective_editor.h"
#include "widgets/time_chart.h"
#include "widgets/trace_panel.h"

using namespace nj;
using namespace nj::test;
using namespace nj::ui;

namespace {

constexpr int kPatience = 60'000;

QPushButton* linkNamed(const QWidget& parent, const QString& text) {
    for (QPushButton* button : parent.findChildren<QPushButton*>())
        if (button->text() == text && button->isVisible())
            return button;
    return nullptr;
}

}  // namespace

class DemoWindowTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() {
        const ProcessResult built = runNightjar({QStringLiteral("demo"), QStringLiteral("--no-window"), QStringLiteral("--capsule"), capsule()});
        QVERIFY2(built.exitCode == 0, built.err.constData());
        window_ = std::make_unique<MainWindow>(ThemeKind::kDark);
        window_->resize(1600, 1000);
        window_->show();
        window_->openCapsule(capsule(), [path = capsule().toStdString()] { return query::openCapsuleBackend(path); });
        QTRY_VERIFY_WITH_TIMEOUT(window_->settled(), kPatience);
        QVERIFY2(bench().problem().isEmpty(), qPrintable(bench().problem()));
    }
    void cleanupTestCase() { window_.reset(); }

    void opensOnTheIncident() {
        const TimeRange incident = rangeOf(demoTruth().value(QStringLiteral("incident")));
        const TimeRange shown = bench().workspace().range();
        QVERIFY2(shown.overlaps(incident) && shown.length() < 8 * kHour, qPrintable(QString::fromStdString(formatRfc3339(shown.from, 0) + ".." + formatRfc3339(shown.to, 0))));
        QVERIFY(bench().workspace().baseline().has_value());
        QVERIFY(bench().workspace().baseline()->to <= shown.from);
    }
    void fromTheSpikeToTheTrace() {
        bench().showView(QStringLiteral("latency"));
        QTRY_VERIFY_WITH_TIMEOUT(window_->settled(), kPatience);
        auto* panel = bench().currentView()->findChild<LatencyPanel*>();
        QVERIFY(panel);
        // The highest point of any series within the incident.
        const TimeChartData& data = panel->chart().data();
        TimeNs when = 0;
        double highest = 0;
        for (const auto& series : data.series) {
            for (qsizetype i = 0; i < static_cast<qsizetype>(series.values.size()); ++i) {
                const TimeNs time = data.from + i * data.width + data.width / 2;
                if (series.values[i] > highest && time > timeOf(demoTruth(QStringLiteral("effects"), QStringLiteral("first504")))) {
                    highest = series.values[i];
                    when = time;
                }
            }
        }
        QVERIFY(highest > 0);
        const PlotFrame& frame = panel->chart().plotFrame();
        QTest::mouseClick(panel->chart().viewport(), Qt::LeftButton, {}, QPointF(frame.x(when), frame.y(highest)).toPoint());
        auto* traces = bench().currentView()->findChild<LatencyTracesPanel*>();
        QTRY_VERIFY_WITH_TIMEOUT(traces->isVisible() && traces->settled() && traces->table().model()->rowCount() > 0, kPatience);
        QTest::mouseClick(traces->table().viewport(), Qt::LeftButton, {}, traces->table().visualRect(traces->table().model()->index(0, 0)).center());
        QTRY_COMPARE_WITH_TIMEOUT(bench().currentViewId(), QStringLiteral("traces"), kPatience);
        QTRY_VERIFY_WITH_TIMEOUT(window_->settled(), kPatience);
        QVERIFY(tracePanel()->waterfall()->layout().rows().size() > 3);
        QVERIFY(tracePanel()->waterfall()->layout().tree().to - tracePanel()->waterfall()->layout().tree().from > 20 * kSecond);
    }
    void theHeroTraceShowsItsGpu() {
        const QString hero = demoTruth(QStringLiteral("hero"), QStringLiteral("traceId")).toString();
        bench().openId(hero);
        QTRY_VERIFY_WITH_TIMEOUT(window_->settled() && QString::fromStdString(tracePanel()->trace().hex()) == hero, kPatience);
        QTRY_VERIFY_WITH_TIMEOUT(!tracePanel()->lanes()->lanes().empty(), kPatience);
        const auto& tree = tracePanel()->waterfall()->layout().tree();
        QCOMPARE(static_cast<int>(tree.spans.size()), demoTruth(QStringLiteral("hero"), QStringLiteral("spans")).toInt());
        const MetricLane* clock = nullptr;
        for (const MetricLane& lane : tracePanel()->lanes()->lanes())
            if (lane.unit == QLatin1String("MHz"))
                clock = &lane;
        QVERIFY2(clock, "no lane shows the GPU's clock");
        QCOMPARE(clock->subtitle, QStringLiteral("GPU 3"));
        const auto value = clock->at(tree.from + (tree.to - tree.from) / 2);
        QVERIFY(value && std::abs(*value - demoTruth(QStringLiteral("cause"), QStringLiteral("toMHz")).toDouble()) < 100);
    }
    void keysMoveThroughTheTrace() {
        WaterfallWidget* waterfall = tracePanel()->waterfall();
        waterfall->setFocus();
        QTest::keyClick(waterfall, Qt::Key_E);
        const auto& tree = waterfall->layout().tree();
        QVERIFY(waterfall->selected() >= 0);
        QCOMPARE(tree.spans[static_cast<size_t>(waterfall->selected())].status, SpanStatus::kError);
        const int failed = waterfall->selected();
        QTest::keyClick(waterfall, Qt::Key_Up);
        QVERIFY(waterfall->selected() < failed);
        QTest::keyClick(waterfall, Qt::Key_W);
        const TraceAxis zoomed = waterfall->axis();
        QVERIFY(zoomed.to - zoomed.from < tree.to - tree.from);
        QTest::mouseClick(waterfall->viewport(), Qt::RightButton, {}, QPoint(zoomed.left + 50, 100));
        QCOMPARE(waterfall->axis().to - waterfall->axis().from, tree.to - tree.from);
        // A drag on the bars zooms to what was dragged over.
        QTest::mousePress(waterfall->viewport(), Qt::LeftButton, {}, QPoint(zoomed.left + 100, 60));
        QTest::mouseMove(waterfall->viewport(), QPoint(zoomed.left + 200, 60));
        QTest::mouseRelease(waterfall->viewport(), Qt::LeftButton, {}, QPoint(zoomed.left + 200, 60));
        QVERIFY(waterfall->axis().to - waterfall->axis().from < (tree.to - tree.from) / 3);
        waterfall->fit();
    }
    void fromTheTraceToItsLogs() {
        QTRY_VERIFY_WITH_TIMEOUT(window_->settled(), kPatience);
        QPushButton* logs = nullptr;
        QTRY_VERIFY_WITH_TIMEOUT((logs = linkNamed(*window_, QStringLiteral("Its logs"))), kPatience);
        QTest::mouseClick(logs, Qt::LeftButton);
        QTRY_COMPARE_WITH_TIMEOUT(bench().currentViewId(), QStringLiteral("logs"), kPatience);
        QTRY_VERIFY_WITH_TIMEOUT(window_->settled(), kPatience);
        const auto* table = bench().currentView()->findChild<QTableView*>();
        QVERIFY(table && table->model()->rowCount() >= 1);
        QVERIFY(bench().workspace().filterText().contains(QStringLiteral("trace:")));
    }
    void errorsTellTheDeadlineFirst() {
        bench().workspace().setFilterText({});
        bench().workspace().setRange({timeOf(QJsonValue(QStringLiteral("2026-03-17T09:30:00Z"))), timeOf(QJsonValue(QStringLiteral("2026-03-17T11:50:00Z")))});
        bench().showView(QStringLiteral("errors"));
        QTRY_VERIFY_WITH_TIMEOUT(window_->settled(), kPatience);
        auto* view = qobject_cast<ErrorsView*>(bench().currentView());
        QVERIFY(view);
        const query::Failure& worst = view->groups().group(0);
        const auto truth = [](const char* key) { return static_cast<uint64_t>(demoTruth(QStringLiteral("counts"), QLatin1String(key)).toInt()); };
        QVERIFY2(view->summary().contains(QStringLiteral("504 first byte deadline exceeded on vllm-a, 1,440 times")), qPrintable(view->summary()));
        QCOMPARE(worst.count, truth("deadlines"));
        QCOMPARE(worst.failedRequests, truth("failedRequests"));
        QCOMPARE(worst.savedRequests, truth("savedByRetry"));
        QCOMPARE(worst.attempts, (std::vector<uint64_t>{truth("firstDeadlines"), truth("secondDeadlines")}));
        QVERIFY(!worst.where.empty());
        QCOMPARE(QString::fromStdString(worst.where.front().value), QStringLiteral("vllm-a"));
        QCOMPARE(worst.where.front().count, worst.count);
        QCOMPARE(worst.deadlineSeconds, 30.0);
        QVERIFY(worst.tracesKept > 0 && worst.samples.size() == 3 && worst.samples[0].traceKept);
        // The scanner's 404s are more, and last; cut streams (status 200, flag DC) are counted.
        const int last = view->groups().rowCount() - 1;
        QVERIFY(view->groups().isMuted(last) && view->groups().group(last).count >= truth("scanner404"));
        bool cut = false;
        for (int row = 0; row <= last; ++row) {
            const query::Failure& group = view->groups().group(row);
            cut = cut || (group.kind.find("DC") != std::string::npos && group.sameAs < 0 && group.count >= truth("cutStreamsIncident"));
        }
        QVERIFY2(cut, "no group counts the cut streams");
        // e goes on, Enter opens the rows.
        view->table().setFocus();
        QTest::keyClick(&view->table(), Qt::Key_E);
        QCOMPARE(view->table().currentRow(), 1);
        QTest::keyClick(&view->table(), Qt::Key_E, Qt::ShiftModifier);
        QTest::keyClick(&view->table(), Qt::Key_Return);
        QTRY_COMPARE_WITH_TIMEOUT(bench().currentViewId(), QStringLiteral("logs"), kPatience);
        QTRY_VERIFY_WITH_TIMEOUT(window_->settled(), kPatience);
        QCOMPARE(static_cast<uint64_t>(bench().currentView()->findChild<QTableView*>()->model()->rowCount()), truth("deadlines"));
        bench().workspace().setFilterText({});
    }
    void latencySaysWhatItCannotSee() {
        bench().showView(QStringLiteral("latency"));
        QTRY_VERIFY_WITH_TIMEOUT(window_->settled(), kPatience);
        auto* panel = bench().currentView()->findChild<LatencyPanel*>();
        QVERIFY(panel && panel->cuts());
        QCOMPARE(panel->cuts()->group, QStringLiteral("vllm-a"));
        QCOMPARE(panel->cuts()->deadline, demoTruth().value(QStringLiteral("deadlineSeconds")).toDouble());
        QVERIFY2(bench().currentView()->summary().contains(QStringLiteral("vllm-a ≥ ")), qPrintable(bench().currentView()->summary()));
    }
    void anObjectiveIsSetWhereItIsMissed() {
        auto* panel = bench().currentView()->findChild<LatencyPanel*>();
        const PlotFrame& frame = panel->chart().plotFrame();
        // The pointer says the threshold.
        QTest::mouseMove(panel->chart().viewport(), QPointF(frame.plot.center().x(), frame.y(2.5)).toPoint());
        panel->chart().setFocus();
        QTest::keyClick(&panel->chart(), Qt::Key_B);
        auto* editor = window_->findChild<ObjectiveEditor*>();
        QTRY_VERIFY_WITH_TIMEOUT(editor->isVisible(), kPatience);
        auto* threshold = editor->findChild<QLineEdit*>(QStringLiteral("objectiveThreshold"));
        QVERIFY2(threshold->text().startsWith(QLatin1String("2.")), qPrintable(threshold->text()));
        threshold->selectAll();
        QTest::keyClicks(threshold, QStringLiteral("soon"));
        QTest::keyClick(threshold, Qt::Key_Return);
        QVERIFY(editor->isVisible());   // refused, and said why
        threshold->selectAll();
        QTest::keyClicks(threshold, QStringLiteral("2.5 s"));
        keep("objective_editor");
        QTest::keyClick(threshold, Qt::Key_Return);
        QVERIFY(!editor->isVisible());
        const auto labels = [panel] {
            QStringList texts;
            for (const ChartLimit& limit : panel->chart().data().marks.limits)
                texts << limit.label;
            return texts;
        };
        QVERIFY2(labels().contains(QStringLiteral("objective 2.5 s · 99 %")), qPrintable(labels().join(QLatin1Char('|'))));
        QTRY_VERIFY_WITH_TIMEOUT(window_->settled(), kPatience);
        keep("objective_latency");
        // Another measure has no such line.
        auto* box = panel->findChild<QComboBox*>(QStringLiteral("measure"));
        QTest::keyClick(box, box->currentIndex() == 0 ? Qt::Key_Down : Qt::Key_Up);
        QTRY_VERIFY_WITH_TIMEOUT(window_->settled(), kPatience);
        QVERIFY(labels().filter(QStringLiteral("objective")).isEmpty());
        // Overview says what it cost and leads back.
        bench().showView(QStringLiteral("overview"));
        QTRY_VERIFY_WITH_TIMEOUT(window_->settled(), kPatience);
        const auto* overview = qobject_cast<OverviewView*>(bench().currentView());
        const auto tile = [overview] {
            for (const StoryTile& one : overview->story().tiles)
                if (one.unit == u"× burn rate")
                    return one;
            return StoryTile();
        };
        QCOMPARE(tile().mark, QStringLiteral("◆"));   // over 1, the hour before included under 14.4
        QVERIFY2(tile().first.contains(QStringLiteral("of 30 d budget")), qPrintable(tile().first));
        keep("objective_overview");
        bench().workspace().setRange(rangeOf(demoTruth().value(QStringLiteral("incident"))));
        QTRY_VERIFY_WITH_TIMEOUT(window_->settled(), kPatience);
        QCOMPARE(tile().mark, QStringLiteral("▲"));
        window_->setTheme(ThemeKind::kLight);
        keep("objective_overview_light");
        window_->setTheme(ThemeKind::kDark);
        QAbstractButton* button = nullptr;
        for (QAbstractButton* one : bench().currentView()->findChildren<QAbstractButton*>())
            if (one->accessibleName().contains(QStringLiteral("burn rate")))
                button = one;
        QVERIFY(button);
        QTest::mouseClick(button, Qt::LeftButton);
        QTRY_COMPARE_WITH_TIMEOUT(bench().currentViewId(), QStringLiteral("latency"), kPatience);
        QTRY_VERIFY_WITH_TIMEOUT(window_->settled(), kPatience);
        QVERIFY(labels().contains(QStringLiteral("objective 2.5 s · 99 %")));
        // Changed by its button, removed by the editor's.
        QTest::mouseClick(panel->findChild<QPushButton*>(QStringLiteral("objective")), Qt::LeftButton);
        QTRY_VERIFY_WITH_TIMEOUT(editor->isVisible(), kPatience);
        auto* target = editor->findChild<QLineEdit*>(QStringLiteral("objectiveTarget"));
        target->selectAll();
        QTest::keyClicks(target, QStringLiteral("95"));
        QTest::mouseClick(editor->findChild<QPushButton*>(QStringLiteral("objectiveKeep")), Qt::LeftButton);
        QVERIFY(labels().contains(QStringLiteral("objective 2.5 s · 95 %")));
        AnnotationBook& book = AnnotationBook::of(bench().workspace());
        QCOMPARE(book.objectives().size(), size_t(1));
        window_->commands()->open(QStringLiteral("%"));
        QVERIFY2(window_->commands()->shownEntries().first().contains(QStringLiteral("95 % within 2.5 s over 30 d")), qPrintable(window_->commands()->shownEntries().join(QLatin1Char('|'))));
        QTest::keyClick(QApplication::focusWidget(), Qt::Key_Return);
        QTRY_VERIFY_WITH_TIMEOUT(editor->isVisible(), kPatience);
        QTest::mouseClick(editor->findChild<QPushButton*>(QStringLiteral("objectiveRemove")), Qt::LeftButton);
        QVERIFY(book.objectives().empty());
        QVERIFY(labels().filter(QStringLiteral("objective")).isEmpty());
    }
    void whatChangedIsOneKeyAway() {
        QTest::keyClick(bench().currentView(), Qt::Key_X);
        auto* differences = bench().currentView()->findChild<LatencyDifferencesPanel*>();
        QTRY_VERIFY_WITH_TIMEOUT(differences->isVisible() && window_->settled(), kPatience);
        const query::DifferencesAnswer& answer = differences->answer();
        QVERIFY(answer.selected > 0 && answer.rest > 0 && !answer.differences.empty());
        // The rest is the baseline's rows, not all that lie between: the same count when the range is the baseline and the baseline the range.
        const TimeRange range = bench().workspace().range(), baseline = *bench().workspace().baseline();
        const uint64_t selected = answer.selected, rest = answer.rest;
        keep("compare_demo");
        bench().workspace().setBaseline(range, true);
        bench().workspace().setRange(baseline);
        QTRY_VERIFY_WITH_TIMEOUT(window_->settled(), kPatience);
        QCOMPARE(differences->answer().selected, rest);
        QCOMPARE(differences->answer().rest, selected);
    }

private:
    // With NIGHTJAR_PICTURES=<folder> what a test looked at is kept.
    void keep(const char* name) {
        if (const QString folder = qEnvironmentVariable("NIGHTJAR_PICTURES"); !folder.isEmpty())
            QVERIFY(window_->grab().save(folder + QLatin1Char('/') + QString::fromLatin1(name) + QStringLiteral(".png")));
    }
    [[nodiscard]] QString capsule() const { return directory_.filePath(QStringLiteral("demo.nightjar")); }
    Workbench& bench() { return *window_->workbench(); }
    [[nodiscard]] TracePanel* tracePanel() { return window_->findChild<TracePanel*>(); }

    QTemporaryDir directory_;
    std::unique_ptr<MainWindow> window_;
};

QTEST_MAIN(DemoWindowTest)
#include "demo_window_test.moc"
