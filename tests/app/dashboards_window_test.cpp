// Dashboards on the demo, through the real program and window: those that come with Nightjar appear by themselves, Grafana's are imported by
// the command line and by the window, every panel shows data or says why not, variables, folding, zoom and the way to Metrics by mouse and
// keyboard; what was kept is there when the capsule is opened again.
#include <QClipboard>
#include <QComboBox>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QLineEdit>
#include <QListWidget>
#include <QMenu>
#include <QScrollArea>
#include <QScrollBar>
#include <QTableWidget>
#include <QTemporaryDir>
#include <QToolButton>

#include "demo_truth.h"
#include "nightjar_process.h"
#include "bridge/query_runner.h"
#include "query/annotations.h"
#include "shared_data.h"
#include "shell/main_window.h"
#include "shell/workbench.h"
#include "views/dashboard_panel.h"
#include "views/dashboards_view.h"
#include "views/metric_row.h"
#include "views/metrics_view.h"
#include "widgets/dashboard_grid.h"
#include "widgets/figure_picture.h"
#include "widgets/time_chart.h"
#include "widgets/variable_bar.h"
#include "window/window_session.h"

using namespace nj;
using namespace nj::test;
using namespace nj::ui;
using app::WindowSettings;

namespace {

constexpr int kPatience = 120'000;

// Of today's schema: a variable of many values, a panel for each, a stat, a table, a text, a metric nobody has, and a kind nobody draws.
constexpr const char* kBoard = "{'title':'Escalation','uid':'esc','schemaVersion':39,'links':[{'title':'Runbook & more','type':'link','url':'https://wiki/a?b=1'}],'templating':{'list':[{'type':'adhoc','name':'Filters'},{'type':'query','name':'gpu','multi':true,'includeAll':false,"
                               "'query':'label_values(DCGM_FI_DEV_SM_CLOCK, gpu)','current':{'value':['0','3'],'text':['0','3']}}]},'panels':["
                               "{'id':1,'type':'timeseries','title':'Clock of GPU $gpu','repeat':'gpu','repeatDirection':'h','maxPerRow':4,'gridPos':{'x':0,'y':0,'w':24,'h':8},"
                               "'fieldConfig':{'defaults':{'unit':'hertz','custom':{'thresholdsStyle':{'mode':'line'}},'thresholds':{'mode':'absolute','steps':[{'value':null,'color':'green'},{'value':1400,'color':'red'}]}}},"
                               "'targets':[{'refId':'A','expr':'DCGM_FI_DEV_SM_CLOCK{gpu=~\\\"$gpu\\\"}','legendFormat':'{{Hostname}}'}]},"
                               "{'id':2,'type':'stat','title':'Waiting','gridPos':{'x':0,'y':8,'w':6,'h':4},'targets':[{'refId':'A','expr':'sum(vllm:num_requests_waiting)'}]},"
                               "{'id':3,'type':'table','title':'By engine','gridPos':{'x':6,'y':8,'w':10,'h':4},'targets':[{'refId':'A','format':'table','instant':true,'expr':'vllm:num_requests_running'}]},"
                               "{'id':4,'type':'text','title':'Read me','gridPos':{'x':16,'y':8,'w':4,'h':4},'options':{'mode':'markdown','content':'# First <b>this</b>'}},"
                               "{'id':5,'type':'stat','title':'Not here','gridPos':{'x':20,'y':8,'w':4,'h':4},'targets':[{'refId':'A','expr':'sum(sglang:num_queue_reqs)'}]},"
                               "{'id':6,'type':'geomap','title':'Map','gridPos':{'x':0,'y':12,'w':4,'h':4}}]}";

constexpr const char* kRules = "groups:\n- name: serving\n  interval: 30s\n  rules:\n"
                               "  - alert: Slow first token\n    expr: histogram_quantile(0.95, sum by (le, instance) (rate(vllm:time_to_first_token_seconds_bucket[5m]))) > 5\n    for: 2m\n"
                               "  - alert: Never\n    expr: sum(vllm:num_requests_running) > 1e6\n"
                               "  - alert: Not measured\n    expr: no_such_metric > 1\n"
                               "  - alert: Broken\n    expr: sum(\n"
                               "  - record: instance:ttft:p95\n    expr: histogram_quantile(0.95, sum by (le, instance) (rate(vllm:time_to_first_token_seconds_bucket[5m])))\n";

}  // namespace

class DashboardsWindowTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() {
        QStandardPaths::setTestModeEnabled(true);
        const ProcessResult built = runNightjar({QStringLiteral("demo"), QStringLiteral("--no-window"), QStringLiteral("--capsule"), capsule()});
        QVERIFY2(built.exitCode == 0, built.err.constData());
        openWindow();
    }
    void cleanupTestCase() { window_.reset(); }

    void whatFitsAppearsByItself() {
        QStringList names;
        for (int i = 0; i < view()->chooser().count(); ++i)
            names << view()->chooser().itemText(i);
        const QString all = names.join(QLatin1Char('\n'));
        QVERIFY2(all.contains(QStringLiteral("vLLM")) && all.contains(QStringLiteral("DCGM")) && all.contains(QStringLiteral("node_exporter")), qPrintable(all));
        QVERIFY2(!all.contains(QStringLiteral("SGLang")) && !all.contains(QStringLiteral("Triton")), qPrintable(all));
        QVERIFY(!view()->panels().empty());
    }
    void everyPanelOfTheBuiltInOnesShowsDataOrSaysWhy() {
        for (const char* id : {"builtin:vllm", "builtin:dcgm", "builtin:node_exporter"}) {
            bench().showView(QStringLiteral("dashboards"), QStringLiteral("dashboard:") + QLatin1String(id));
            QTRY_VERIFY_WITH_TIMEOUT(window_->settled(), kPatience);
            int shown = 0;
            QStringList without;
            QVERIFY2(seeAll(shown, without), qPrintable(without.join(QLatin1Char('\n'))));
            QVERIFY2(shown * 10 >= static_cast<int>(view()->panels().size()) * 8, qPrintable(QLatin1String(id) + QStringLiteral(": ") + without.join(QStringLiteral("; "))));
        }
    }
    void grafanasOwnAreTakenByTheCommandLine() {
        const QString folder = sharedData(QStringLiteral("grafana-dashboards"));
        if (folder.isEmpty())
            QSKIP("the shared dashboards are not here");
        const ProcessResult taken = runNightjar({QStringLiteral("dashboards"), capsule(), QStringLiteral("--import"), folder + QStringLiteral("/vllm.json"), folder + QStringLiteral("/dcgm-exporter.json")});
        QVERIFY2(taken.exitCode == 0, taken.err.constData());
        QVERIFY2(taken.err.contains("vllm:gpu_prefix_cache_hits_total is called vllm:prefix_cache_hits_total now"), taken.err.constData());
        const ProcessResult listed = runNightjar({QStringLiteral("dashboards"), capsule(), QStringLiteral("--json")});
        const QJsonArray list = QJsonDocument::fromJson(listed.out).array();
        QVERIFY2(list.size() >= 5, listed.out.constData());
        openWindow();
        for (const QString& name : {QStringLiteral("vLLM Dashboard"), QStringLiteral("NVIDIA DCGM Exporter Dashboard")}) {
            const int index = view()->chooser().findText(name);
            QVERIFY2(index >= 0, qPrintable(name));
            view()->chooser().setCurrentIndex(index);
            Q_EMIT view()->chooser().activated(index);
            QTRY_VERIFY_WITH_TIMEOUT(window_->settled(), kPatience);
            int shown = 0;
            QStringList without;
            QVERIFY2(seeAll(shown, without), qPrintable(without.join(QLatin1Char('\n'))));
            QVERIFY2(shown > 0, qPrintable(without.join(QStringLiteral("; "))));
        }
    }
    void aFileOfTodaysSchema() {
        const QString path = folder_.filePath(QStringLiteral("escalation.json"));
        QFile file(path);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(QByteArray(kBoard).replace('\'', '"'));
        file.close();
        view()->importFiles({path});
        QTRY_VERIFY_WITH_TIMEOUT(window_->settled(), kPatience);
        QVERIFY2(view()->chooser().currentText().contains(QStringLiteral("Escalation")), qPrintable(view()->chooser().currentText()));
        QCOMPARE(titles(), QStringList({QStringLiteral("Clock of GPU 0"), QStringLiteral("Clock of GPU 3"), QStringLiteral("Waiting"), QStringLiteral("By engine"), QStringLiteral("Read me"), QStringLiteral("Not here")}));
        // One that is nowhere says so, and which.
        QVERIFY(!panel("Not here")->bodyShown());
        QVERIFY2(panel("Not here")->message().contains(QStringLiteral("sglang:num_queue_reqs")), qPrintable(panel("Not here")->message()));
        QVERIFY(panel("Waiting")->bodyShown() && panel("By engine")->bodyShown() && panel("Read me")->bodyShown());
        QVERIFY(panel("By engine")->answer().table.rows() > 0);
        auto* figures = panel("Waiting")->findChild<FigurePicture*>();
        QVERIFY(figures && figures->figures().size() == 1 && !figures->figures().front().text.isEmpty());
        // The threshold is a line, because its author had it drawn.
        const TimeChart* chart = panel("Clock of GPU 3")->chart();
        QVERIFY(chart && chart->data().marks.limits.size() == 1 && chart->data().marks.limits.front().value == 1400);
        QCOMPARE(chart->data().unit, QStringLiteral("Hz"));
        // What was not taken is listed.
        auto* remarks = view()->findChild<QToolButton*>(QStringLiteral("dashboardRemarks"));
        QVERIFY(remarks->isVisible() && remarks->text().contains(QLatin1Char('1')));
        QTest::mouseClick(remarks, Qt::LeftButton);
        auto* table = view()->findChild<QTableWidget*>(QStringLiteral("remarksTable"));
        QVERIFY(table->isVisible());
        QVERIFY2(table->item(0, 0)->text().contains(QStringLiteral("Map")) || table->item(0, 1)->text().contains(QStringLiteral("Map")) || table->item(0, 1)->text().contains(QStringLiteral("geomap")),
                 qPrintable(table->item(0, 0)->text() + table->item(0, 1)->text()));
        QTest::mouseClick(remarks, Qt::LeftButton);
    }
    // Offline: an address is copied, not opened; a panel without one offers none.
    void anAddressIsCopied() {
        const auto addresses = [](QMenu* menu) {
            Q_EMIT menu->aboutToShow();
            for (QAction* action : menu->actions())
                if (action->menu() && action->isVisible() && action->text().startsWith(QStringLiteral("Copy the address")))
                    return action->menu()->actions();
            return QList<QAction*>();
        };
        const QList<QAction*> links = addresses(view()->findChild<QToolButton*>(QStringLiteral("dashboardMenu"))->menu());
        QVERIFY(links.size() == 1 && links.front()->text() == QStringLiteral("Runbook && more"));
        links.front()->trigger();
        QCOMPARE(QApplication::clipboard()->text(), QStringLiteral("https://wiki/a?b=1"));
        QVERIFY(addresses(panel("Waiting")->findChild<QToolButton*>(QStringLiteral("panelMenu"))->menu()).isEmpty());
    }
    void aVariableIsTickedAndThePanelsFollow() {
        auto* button = qobject_cast<QToolButton*>(view()->variables().control(QStringLiteral("gpu")));
        QVERIFY(button);
        auto* list = button->menu()->findChild<QListWidget*>(QStringLiteral("options"));
        QVERIFY(list && list->count() == 8);
        button->menu()->popup(button->mapToGlobal(QPoint(0, button->height())));
        QTRY_VERIFY(list->isVisible());
        const QRect box = list->visualItemRect(list->item(5));
        QTest::mouseClick(list->viewport(), Qt::LeftButton, {}, QPoint(box.left() + 10, box.center().y()));
        if (list->item(5)->checkState() != Qt::Checked)   // the style puts its box elsewhere
            list->item(5)->setCheckState(Qt::Checked);
        QTest::keyClick(button->menu(), Qt::Key_Escape);
        QTRY_VERIFY_WITH_TIMEOUT(window_->settled() && titles().contains(QStringLiteral("Clock of GPU 5")), kPatience);
        QCOMPARE(panel("Clock of GPU 5")->answer().series.size(), panel("Clock of GPU 0")->answer().series.size());
        QVERIFY(panel("Clock of GPU 5")->answer().expressions.front().find("5") != std::string::npos);
    }
    // Typed once, a filter is added to every selector of every query; a click takes it away.
    void aFilterHoldsForEveryQuery() {
        const auto filters = [this] { return view()->variables().control(QStringLiteral("Filters")); };
        auto* edit = filters()->findChild<QLineEdit*>(QStringLiteral("filterEdit"));
        QVERIFY(edit && filters()->findChildren<QToolButton*>().isEmpty());
        QTest::keyClicks(edit, QStringLiteral("no filter"));
        QTest::keyClick(edit, Qt::Key_Return);
        QVERIFY(edit->property("invalid").toBool() && window_->settled());
        edit->clear();
        QTest::keyClicks(edit, QStringLiteral("service=vllm-a"));
        QTest::keyClick(edit, Qt::Key_Return);
        QTRY_VERIFY_WITH_TIMEOUT(window_->settled() && filters()->findChildren<QToolButton*>().size() == 1, kPatience);
        QCOMPARE(panel("Waiting")->answer().expressions, std::vector<std::string>{"sum(vllm:num_requests_waiting{service=\"vllm-a\"})"});
        QVERIFY2(view()->opened().contains(QStringLiteral("&Filters=service%3D%22vllm-a%22")), qPrintable(view()->opened()));
        QTest::mouseClick(filters()->findChild<QToolButton*>(), Qt::LeftButton);
        QTRY_VERIFY_WITH_TIMEOUT(window_->settled() && filters()->findChildren<QToolButton*>().isEmpty(), kPatience);
        QCOMPARE(panel("Waiting")->answer().expressions, std::vector<std::string>{"sum(vllm:num_requests_waiting)"});
    }
    // A live capsule tells of every commit: nothing that is shown or was picked changes by it, and variables are asked for new series only.
    void aCommitResetsNothing() {
        QComboBox& chooser = view()->chooser();
        auto* button = view()->variables().control(QStringLiteral("gpu"));
        const QStringList before = titles();
        const auto panels = view()->panels();
        const auto commit = [&](uint64_t series) {
            QStringList asked;
            const auto listening = connect(&bench().queries(), &QueryRunner::answered, this, [&](const QString& key) { asked << key; });
            query::CapsuleInfo info = bench().workspace().info();
            info.series += series;
            bench().workspace().setInfo(info);
            const bool settled = QTest::qWaitFor([&] { return window_->settled(); }, kPatience);
            disconnect(listening);
            return settled ? asked : QStringList();
        };
        const QStringList unchanged = commit(0);
        QVERIFY2(unchanged.contains(QStringLiteral("dashboards/builtin")) && !unchanged.contains(QStringLiteral("dashboards/open")), qPrintable(unchanged.join(QLatin1Char(' '))));
        QVERIFY2(unchanged.contains(QStringLiteral("dashboards/panel/0")), qPrintable(unchanged.join(QLatin1Char(' '))));   // the panels follow
        const QStringList more = commit(1);
        QVERIFY2(more.contains(QStringLiteral("dashboards/open")), qPrintable(more.join(QLatin1Char(' '))));
        QCOMPARE(titles(), before);
        QVERIFY(view()->panels() == panels && view()->variables().control(QStringLiteral("gpu")) == button);   // the same widgets
        QVERIFY(chooser.currentText().contains(QStringLiteral("Escalation")));
    }
    void zoomByMouseAsksAgain() {
        TimeChart* chart = panel("Clock of GPU 3")->chart();
        const TimeRange before = bench().workspace().range();
        const QRectF plot = chart->plotFrame().plot;
        const QPoint from(static_cast<int>(plot.left() + plot.width() * 0.4), static_cast<int>(plot.center().y())), to(static_cast<int>(plot.left() + plot.width() * 0.7), from.y());
        QTest::mousePress(chart->viewport(), Qt::LeftButton, {}, from);
        QTest::mouseMove(chart->viewport(), to);
        QTest::mouseRelease(chart->viewport(), Qt::LeftButton, {}, to);
        QTRY_VERIFY_WITH_TIMEOUT(window_->settled(), kPatience);
        const TimeRange now = bench().workspace().range();
        QVERIFY(now.length() < before.length());
        QCOMPARE(panel("Clock of GPU 3")->answer().range, now);
        QVERIFY(panel("Clock of GPU 3")->answer().step > 0);
    }
    void aRowFolds() {
        bench().showView(QStringLiteral("dashboards"), QStringLiteral("dashboard:builtin:vllm"));
        QTRY_VERIFY_WITH_TIMEOUT(window_->settled(), kPatience);
        auto* header = view()->findChild<QToolButton*>(QStringLiteral("dashboardRow"));
        QVERIFY(header && view()->panels().front()->isVisible());
        header->setFocus();
        QTest::keyClick(header, Qt::Key_Space);
        QVERIFY(!view()->panels().front()->isVisible());
        QTest::keyClick(header, Qt::Key_Space);
        QVERIFY(view()->panels().front()->isVisible());
    }
    void aCopyIsKeptAndThereAgain() {
        auto* menu = view()->findChild<QToolButton*>(QStringLiteral("dashboardMenu"))->menu();
        Q_EMIT menu->aboutToShow();
        menu->actions().first()->trigger();
        QTRY_VERIFY_WITH_TIMEOUT(window_->settled(), kPatience);
        QVERIFY(view()->chooser().currentText().contains(QStringLiteral("vLLM (copy)")));
        const QString id = view()->opened();
        openWindow();
        bench().showView(QStringLiteral("dashboards"), id);
        QTRY_VERIFY_WITH_TIMEOUT(window_->settled(), kPatience);
        QVERIFY(view()->chooser().currentText().contains(QStringLiteral("vLLM (copy)")));
        menu = view()->findChild<QToolButton*>(QStringLiteral("dashboardMenu"))->menu();
        Q_EMIT menu->aboutToShow();
        menu->actions().last()->trigger();
        QTRY_VERIFY_WITH_TIMEOUT(window_->settled(), kPatience);
        QCOMPARE(view()->chooser().findText(QStringLiteral("vLLM (copy)")), -1);
    }
    // Dropped on the window, as a support engineer has it from a customer: each alert with its limit, and when it would have fired.
    void rulesAreDrawnWithTheirLimits() {
        const QString path = folder_.filePath(QStringLiteral("serving.yml"));
        QFile file(path);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(kRules);
        file.close();
        WindowSettings settings(folder_.filePath(QStringLiteral("window.ini")));
        window_ = std::make_unique<MainWindow>(ThemeKind::kDark);
        window_->resize(1600, 1000);
        window_->show();
        auto session = std::make_unique<app::WindowSession>(*window_, settings);   // goes before its window
        session->open({capsule()});
        QTRY_VERIFY_WITH_TIMEOUT(window_->settled() && window_->workbench() && bench().opened(), kPatience);
        Q_EMIT window_->filesDropped({path});
        QTRY_VERIFY_WITH_TIMEOUT(window_->settled() && view() && panel("Slow first token"), kPatience);
        QCOMPARE(titles(), QStringList({QStringLiteral("Slow first token"), QStringLiteral("Never"), QStringLiteral("instance:ttft:p95")}));
        const TimeRange incident = rangeOf(demoTruth().value(QStringLiteral("incident")));
        const DashboardPanel* slow = panel("Slow first token");
        QVERIFY(slow->course() && slow->course()->firing.size() >= 1);
        QVERIFY(slow->course()->firing.front().from < incident.to && slow->course()->firing.front().to > incident.from);
        QVERIFY2(slow->words().contains(QStringLiteral("fired")), qPrintable(slow->words()));
        const TimeChartData& data = slow->chart()->data();
        QVERIFY(data.marks.limits.size() == 1 && data.marks.limits.front().value == 5);
        QVERIFY(std::any_of(data.marks.windows.begin(), data.marks.windows.end(), [](const ChartWindow& window) { return window.role == ChartRole::kError; }));
        QVERIFY(panel("Never")->course() && panel("Never")->course()->firing.empty());
        QVERIFY(panel("Never")->chart()->data().yScale.high.value_or(0) >= 1e6);   // the limit is seen, far as it is
        // What has no series is one line below the others; its expression opens by the keyboard.
        auto* noData = view()->findChild<Panel*>(QStringLiteral("noDataAlerts"));
        QVERIFY(noData && noData->isVisible() && noData->mapTo(view(), QPoint()).y() > panel("instance:ttft:p95")->mapTo(view(), QPoint()).y());
        QCOMPARE(noData->title(), QStringLiteral("No data for 1 of 3 alerts"));
        auto* lines = noData->findChild<QTableWidget*>(QStringLiteral("noDataTable"));
        QCOMPARE(lines->rowCount(), 1);
        QVERIFY(lines->item(0, 0)->text().startsWith(QStringLiteral("Not measured")) && lines->item(0, 1)->text() == QStringLiteral("no_such_metric > 1"));
        QVERIFY2(lines->item(0, 2)->text().contains(QStringLiteral("no_such_metric")), qPrintable(lines->item(0, 2)->text()));
        QVERIFY(lines->verticalScrollBar()->maximum() == 0);
        // The rule that is none is listed.
        auto* remarks = view()->findChild<QToolButton*>(QStringLiteral("dashboardRemarks"));
        QVERIFY2(remarks->isVisible() && remarks->text().contains(QLatin1Char('1')), qPrintable(remarks->text()));
        // A commit leaves them in this order.
        const auto panels = view()->panels();
        bench().workspace().setInfo(bench().workspace().info());
        QVERIFY(!window_->settled());
        QVERIFY(noData->isVisible());
        QTRY_VERIFY_WITH_TIMEOUT(window_->settled(), kPatience);
        QVERIFY(view()->panels() == panels && panels.front()->title() == QStringLiteral("Slow first token") && noData->isVisible());
        const QString id = view()->opened();
        lines->setFocus();
        lines->setCurrentCell(0, 0);
        QTest::keyClick(lines, Qt::Key_Return);
        QTRY_VERIFY_WITH_TIMEOUT(window_->settled() && bench().currentView() == bench().findChild<MetricsView*>(), kPatience);
        session.reset();
        openWindow();
        bench().showView(QStringLiteral("dashboards"), id);
        QTRY_VERIFY_WITH_TIMEOUT(window_->settled() && panel("Slow first token"), kPatience);
    }
    void whatIsNoDashboardSaysWhy() {
        const QString path = folder_.filePath(QStringLiteral("broken.json"));
        QFile file(path);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("{\"title\": ");
        file.close();
        view()->importFiles({path});
        QTRY_VERIFY_WITH_TIMEOUT(window_->settled(), kPatience);
        auto* problem = view()->findChild<Panel*>(QStringLiteral("dashboardProblem"));
        QVERIFY2(problem->isVisible() && problem->message().contains(QStringLiteral("broken.json")), qPrintable(problem->message()));
        const ProcessResult refused = runNightjar({QStringLiteral("dashboards"), capsule(), QStringLiteral("--import"), path});
        QCOMPARE(refused.exitCode, 1);
        QVERIFY2(refused.err.contains("broken.json"), refused.err.constData());
    }

private:
    QString capsule() const { return folder_.filePath(QStringLiteral("demo.nightjar")); }
    Workbench& bench() const { return *window_->workbench(); }
    DashboardsView* view() const { return qobject_cast<DashboardsView*>(bench().currentView()); }
    void openWindow() {
        window_ = std::make_unique<MainWindow>(ThemeKind::kDark);
        window_->resize(1600, 1000);
        window_->show();
        const std::string path = capsule().toStdString();
        window_->openCapsule(capsule(), [path] { return query::openCapsuleBackend(path); }, {}, [path] { return query::openAnnotations(path); });
        QTRY_VERIFY_WITH_TIMEOUT(window_->settled(), kPatience);
        bench().showView(QStringLiteral("dashboards"));
        QTRY_VERIFY_WITH_TIMEOUT(window_->settled() && view(), kPatience);
    }
    QStringList titles() const {
        QStringList all;
        for (const DashboardPanel* one : view()->panels())
            all << one->title();
        return all;
    }
    DashboardPanel* panel(const char* title) const {
        for (DashboardPanel* one : view()->panels())
            if (one->title() == QLatin1String(title))
                return one;
        return nullptr;
    }
    // Scrolls over the whole dashboard. False where a panel neither shows something nor says why.
    bool seeAll(int& shown, QStringList& without) {
        QScrollBar* bar = view()->findChild<QScrollArea*>(QStringLiteral("dashboardScroll"))->verticalScrollBar();
        for (int at = 0; at <= bar->maximum() + bar->pageStep(); at += std::max(1, bar->pageStep() / 2)) {
            bar->setValue(at);
            if (!QTest::qWaitFor([&] { return window_->settled(); }, kPatience))
                return false;
        }
        bool all = true;
        for (const DashboardPanel* one : view()->panels())
            for (const DashboardPanel* other : view()->panels())
                if (one != other && one->isVisible() && other->isVisible() && one->geometry().intersects(other->geometry())) {
                    without << one->title() + QStringLiteral(" lies over ") + other->title();
                    return false;
                }
        for (DashboardPanel* one : view()->panels()) {
            if (one->isVisible() && one->stale())
                all = false;
            if (one->bodyShown()) {
                ++shown;
            } else {
                without << one->title() + QStringLiteral(": ") + one->message();
                all = all && !one->message().isEmpty();
            }
        }
        return all;
    }
    QTemporaryDir folder_;
    std::unique_ptr<MainWindow> window_;
};

QTEST_MAIN(DashboardsWindowTest)
#include "dashboards_window_test.moc"
