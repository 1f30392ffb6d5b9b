// PromQL in the Metrics view as people use it in other tools, through the real window with mouse and keyboard on the demo: written with
// completion, zoomed, laid over its baseline, explained, led from an exemplar to its trace, copied, and added to a dashboard.
#include <QAbstractItemView>
#include <QAction>
#include <QApplication>
#include <QClipboard>
#include <QDateTime>
#include <QLineEdit>
#include <QMenu>
#include <QPushButton>
#include <QRegularExpression>
#include <QTemporaryDir>
#include <QToolButton>

#include "dashboard/json/dashboard_json.h"
#include "demo_truth.h"
#include "nightjar_process.h"
#include "shell/main_window.h"
#include "shell/workbench.h"
#include "state/annotation_book.h"
#include "state/links.h"
#include "views/add_to_dashboard.h"
#include "views/metric_panel.h"
#include "views/metric_row.h"
#include "views/metric_row_menu.h"
#include "views/metrics_view.h"
#include "views/promql_row.h"
#include "widgets/fact_table.h"
#include "widgets/heatmap_chart.h"
#include "widgets/explain_tree.h"
#include "widgets/legend_table.h"
#include "widgets/plain_label.h"
#include "widgets/promql_edit.h"
#include "widgets/time_chart.h"
#include "widgets/trace_panel.h"

using namespace nj;
using namespace nj::test;
using namespace nj::ui;

namespace {

constexpr int kPatience = 120'000;

QAction* actionNamed(const QMenu& menu, const QString& text) {
    for (QAction* action : menu.actions()) {
        if (action->text() == text)
            return action;
        if (action->menu())
            if (QAction* inner = actionNamed(*action->menu(), text))
                return inner;
    }
    return nullptr;
}

}  // namespace

class PromqlWindowTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() {
        QStandardPaths::setTestModeEnabled(true);
        const ProcessResult built = runNightjar({QStringLiteral("demo"), QStringLiteral("--no-window"), QStringLiteral("--capsule"), capsule()});
        QVERIFY2(built.exitCode == 0, built.err.constData());
        window_ = std::make_unique<MainWindow>(ThemeKind::kDark);
        window_->resize(1600, 1000);
        window_->show();
        QVERIFY(QTest::qWaitForWindowActive(window_.get()));
        window_->openCapsule(capsule(), [path = capsule().toStdString()] { return query::openCapsuleBackend(path); });
        settle();
        bench().showView(QStringLiteral("metrics"));
        settle();
        QVERIFY(metrics());
        incident_ = bench().workspace().range();
    }
    void cleanupTestCase() { window_.reset(); }

    // The list says what a metric is; within braces it offers labels, within quotes their values, closed with the quote.
    void aQueryIsTypedByCompletion() {
        bench().showView(QStringLiteral("metrics"), links::promql({QStringLiteral("up")}));
        settle();
        PromqlEdit& edit = row().promql();
        edit.setFocus();
        edit.selectAll();
        QTest::keyClicks(&edit, QStringLiteral("sm_cl"));
        QVERIFY(popup());
        QCOMPARE(edit.completions().front(), QStringLiteral("DCGM_FI_DEV_SM_CLOCK"));
        QVERIFY2(edit.aboutOffer(edit.completions().front()).contains(QStringLiteral("MHz")), qPrintable(edit.aboutOffer(edit.completions().front())));
        QTest::keyClick(popup(), Qt::Key_Return);
        QCOMPARE(edit.toPlainText(), QStringLiteral("DCGM_FI_DEV_SM_CLOCK"));
        QTest::keyClicks(&edit, QStringLiteral("{"));
        QTRY_VERIFY_WITH_TIMEOUT(edit.completions().contains(QStringLiteral("gpu")), kPatience);
        QTRY_VERIFY_WITH_TIMEOUT(!edit.completions().contains(QStringLiteral("le")), kPatience);
        QTest::keyClicks(&edit, QStringLiteral("gpu=\""));
        QVERIFY(edit.completions().contains(QStringLiteral("3")));
        picture("completion");
        QTest::keyClicks(&edit, QStringLiteral("3"));
        QTest::keyClicks(&edit, QStringLiteral("\"}"));
        QCOMPARE(edit.toPlainText(), QStringLiteral("DCGM_FI_DEV_SM_CLOCK{gpu=\"3\"}"));
        QTest::keyClick(&edit, Qt::Key_Return);
        settle();
        QCOMPARE(answer().lines.size(), size_t(1));
        QCOMPARE(answer().unit, std::string("MHz"));
        // By the list alone.
        edit.selectAll();
        QTest::keyClicks(&edit, QStringLiteral("DCGM_FI_DEV_SM_CLOCK{gpu=\""));
        QVERIFY(popup());
        QTest::keyClick(popup(), Qt::Key_Down);
        QTest::keyClick(popup(), Qt::Key_Return);
        QVERIFY2(edit.toPlainText().endsWith(QLatin1Char('"')), qPrintable(edit.toPlainText()));
    }
    void labelsOfAGroupingAreOffered() {
        PromqlEdit& edit = row().promql();
        edit.setFocus();
        edit.selectAll();
        QTest::keyClicks(&edit, QStringLiteral("sum by (po"));
        QVERIFY(edit.completions().contains(QStringLiteral("pod")));
        QVERIFY(!edit.completions().contains(QStringLiteral("topk")));
        QTest::keyClick(&edit, Qt::Key_Escape);
    }

    // Both ways to write a query, and what stands beside: one height, one line for each.
    void controlsStandOnOneGrid() {
        bench().showView(QStringLiteral("metrics"), links::promql({QStringLiteral("up")}));
        settle();
        MetricSpec up;
        up.name = QStringLiteral("up");
        metrics()->addRow(up);
        settle();
        for (MetricRow* one : metrics()->rows()) {
            QMap<int, int> tops, heights;   // how many there are of each
            for (const char* name : {"metricName", "metricLabels", "metricShow", "metricCombine", "metricBy", "metricExplain", "metricLegendFormat", "metricPromqlSwitch", "metricMore"})
                if (auto* control = one->findChild<QWidget*>(QLatin1String(name)); control->isVisible()) {
                    ++tops[control->mapTo(one, QPoint()).y()];
                    ++heights[control->height()];
                }
            QCOMPARE(heights.keys(), QList<int>{24});
            QCOMPARE(tops.keys(), one->spec().promql ? QList<int>({4, 32}) : QList<int>{4});
            if (one->spec().promql) {
                QCOMPARE(one->promql().mapTo(one, QPoint()).y(), 4);
                QCOMPARE(one->promql().height(), 52);
            }
        }
        picture("grid");
        bench().showView(QStringLiteral("metrics"), links::promql({QStringLiteral("up")}));
        settle();
    }

    void legendsAndUnits() {
        write(QStringLiteral("rate(vllm:num_preemptions_total[5m])"));
        QCOMPARE(answer().unit, std::string("/s"));
        QLineEdit& legend = row().promqlRow().legend();
        legend.setFocus();
        QTest::keyClicks(&legend, QStringLiteral("on {{pod}}"));
        QTest::keyClick(&legend, Qt::Key_Return);
        settle();
        QVERIFY2(panel().legend().legendModel().rows().front().name.startsWith(QStringLiteral("on vllm-")), qPrintable(panel().legend().legendModel().rows().front().name));
        choose(QStringLiteral("bytes per second"));
        QCOMPARE(panel().picture().unit(), QStringLiteral("By/s"));
        choose(QStringLiteral("auto: /s"));
        QCOMPARE(panel().picture().unit(), QStringLiteral("/s"));
        choose(QStringLiteral("every 5 min"));
        QCOMPARE(answer().width, 5 * kMinute);
        QVERIFY2(panel().words().contains(QStringLiteral("every 5 min")), qPrintable(panel().words()));
        choose(QStringLiteral("auto, by the width of the range"));
        legend.selectAll();
        QTest::keyClick(&legend, Qt::Key_Delete);
        QTest::keyClick(&legend, Qt::Key_Return);
        settle();
    }

    // O, and the button; every line has its companion, which hides with it.
    void theBaselineIsLaidOver() {
        write(QStringLiteral("vllm:num_requests_running"));
        QVERIFY(dashed().isEmpty());
        metrics()->setFocus();
        QTest::keyClick(metrics(), Qt::Key_O);
        settle();
        QVERIFY(metrics()->overlaySwitch().isChecked());
        QCOMPARE(dashed().size(), static_cast<qsizetype>(answer().lines.size()));
        const ChartSeries& before = panel().chart().data().series[dashed().front()];
        QVERIFY(std::any_of(before.values.begin(), before.values.end(), [](double v) { return std::isfinite(v); }));
        QVERIFY2(panel().words().contains(QStringLiteral("dashed")), qPrintable(panel().words()));
        picture("overlay");
        LegendTable& legend = panel().legend();
        QTest::mouseClick(legend.viewport(), Qt::LeftButton, {}, legend.visualRect(legend.model()->index(0, 0)).center());
        QCOMPARE(panel().chart().hidden().size(), 2 * static_cast<qsizetype>(answer().lines.size() - 1));
        QTest::mouseClick(legend.viewport(), Qt::LeftButton, {}, legend.visualRect(legend.model()->index(0, 0)).center());
        // Controls, too.
        bench().showView(QStringLiteral("metrics"), QStringLiteral("metric:DCGM_FI_DEV_SM_CLOCK"));
        settle();
        QCOMPARE(dashed().size(), qsizetype(8));
        QTest::mouseClick(&metrics()->overlaySwitch(), Qt::LeftButton);
        settle();
        QVERIFY(dashed().isEmpty());
    }

    void draggingZooms() {
        write(QStringLiteral("sum(rate(vllm:generation_tokens_total[5m]))"));
        TimeChart& chart = panel().chart();
        const QRectF plot = chart.plotFrame().plot;
        const QPoint from(static_cast<int>(plot.left() + plot.width() / 4), static_cast<int>(plot.center().y())), to(static_cast<int>(plot.left() + plot.width() / 2), from.y());
        QTest::mousePress(chart.viewport(), Qt::LeftButton, {}, from);
        for (int x = from.x(); x <= to.x(); x += 10)
            QTest::mouseMove(chart.viewport(), {x, from.y()});
        QTest::mouseRelease(chart.viewport(), Qt::LeftButton, {}, to);
        settle();
        const TimeRange zoomed = bench().workspace().range();
        QVERIFY2(zoomed.length() < incident_.length() / 2, "a quarter of it");
        QVERIFY(!answer().lines.empty() && answer().width < 15 * kSecond + 1);
        bench().workspace().setRange(incident_);
        settle();
    }

    void areasAndLogScale() {
        write(QStringLiteral("sum by (pod) (rate(vllm:generation_tokens_total[5m]))"));
        click(QStringLiteral("stacked"));
        QCOMPARE(panel().chart().data().series.front().kind, ChartSeries::Kind::kArea);
        click(QStringLiteral("lines"));
        click(QStringLiteral("log"));
        QVERIFY(panel().chart().data().yScale.log);
        click(QStringLiteral("linear"));
    }

    void anExemplarLeadsToItsTrace() {
        bench().workspace().setRange(bench().workspace().all());
        settle();
        write(QStringLiteral("histogram_quantile(0.99, sum(rate(gen_ai_client_token_usage[30m])))"));
        QVERIFY(!answer().exemplars.empty());
        TimeChart& chart = panel().chart();
        // One with no other ring within reach, in the plot.
        const auto& all = answer().exemplars;
        const auto at = [&](const query::MetricExemplar& one) { return QPointF(chart.plotFrame().x(one.time), chart.plotFrame().y(one.value)); };
        const auto alone = std::find_if(all.begin(), all.end(), [&](const query::MetricExemplar& one) {
            return chart.plotFrame().plot.adjusted(12, 12, -12, -12).contains(at(one)) &&
                   std::count_if(all.begin(), all.end(), [&](const query::MetricExemplar& other) { return QLineF(at(one), at(other)).length() < 12; }) == 1;
        });
        QVERIFY(alone != all.end());
        picture("exemplars");
        const TraceId trace = alone->trace;
        QTest::mouseClick(chart.viewport(), Qt::LeftButton, {}, at(*alone).toPoint());
        QTRY_COMPARE_WITH_TIMEOUT(bench().currentViewId(), QStringLiteral("traces"), kPatience);
        settle();
        auto* shown = bench().currentView()->findChild<TracePanel*>();
        QVERIFY(shown);
        QCOMPARE(shown->trace(), trace);
        bench().showView(QStringLiteral("metrics"));
        settle();
        bench().workspace().setRange(incident_);
        settle();
    }

    void explainFoldsOut() {
        write(QStringLiteral("sum by (pod) (rate(vllm:num_preemptions_total[5m])) / vllm:num_requests_running"));
        QTest::mouseClick(&row().promqlRow().explainButton(), Qt::LeftButton);
        settle();
        ExplainTree& tree = row().promqlRow().explanation();
        QVERIFY(tree.isVisible());
        const QAbstractItemModel& model = *tree.model();
        const QModelIndex root = model.index(0, ExplainTree::kPart);
        QCOMPARE(model.rowCount(), 1);
        QCOMPARE(model.rowCount(root), 2);
        QVERIFY(model.index(0, ExplainTree::kPart, root).data().toString().startsWith(QStringLiteral("sum by (pod)")));
        QCOMPARE(model.index(0, ExplainTree::kSeries, root).data().toString(), QStringLiteral("2"));
        QVERIFY2(model.index(0, ExplainTree::kWords).data().toString().contains(QStringLiteral("2 of 2 series on the left found no partner on the right")), qPrintable(model.index(0, ExplainTree::kWords).data().toString()));
        QTRY_VERIFY(row().rect().contains(tree.mapTo(&row(), tree.rect().bottomRight())) && row().parentWidget()->rect().contains(row().geometry()));
        QVERIFY(tree.visualRect(model.index(1, 0, root)).bottom() < tree.viewport()->height());
        picture("explain");
        // Follows what is run next, and folds in.
        write(QStringLiteral("vllm:num_requests_running{pod=\"none\"}"));
        QVERIFY(model.index(0, ExplainTree::kSeries).data().toString().contains(QStringLiteral("none")));
        QVERIFY2(model.index(0, ExplainTree::kWords).data().toString().contains(QStringLiteral("without pod=\"none\" there are 2")), qPrintable(model.index(0, ExplainTree::kWords).data().toString()));
        const int tall = row().height();
        QTest::mouseClick(&row().promqlRow().explainButton(), Qt::LeftButton);
        QVERIFY(!tree.isVisible());
        QVERIFY(row().height() < tall);
    }

    void nothingLeadsToTheExplanation() {
        write(QStringLiteral("vllm:num_requests_running{pod=\"none\"}"));
        QVERIFY(!panel().bodyShown());
        for (QPushButton* button : panel().findChildren<QPushButton*>())
            if (button->isVisible() && button->text() == QStringLiteral("Explain where they vanish"))
                QTest::mouseClick(button, Qt::LeftButton);
        settle();
        QVERIFY(row().promqlRow().explanation().isVisible());
        QTest::mouseClick(&row().promqlRow().explainButton(), Qt::LeftButton);
    }

    void tablesAndHeatmaps() {
        write(QStringLiteral("topk(3, rate(container_cpu_usage_seconds_total[5m]))"));
        choose(QStringLiteral("table of the last values"));
        QVERIFY(panel().table());
        QCOMPARE(panel().table()->rowCount(), 3);
        picture("table");
        QMenu& menu = *panel().findChild<QToolButton*>(QStringLiteral("copyButton"))->menu();
        actionNamed(menu, QStringLiteral("Values as CSV"))->trigger();
        QVERIFY2(QGuiApplication::clipboard()->text().contains(QStringLiteral("pod")), qPrintable(QGuiApplication::clipboard()->text()));
        choose(QStringLiteral("heatmap of buckets"));
        QCOMPARE(panel().heatmap().data().unit, QStringLiteral("ratio"));   // of the values themselves
        write(QStringLiteral("sum by (le) (rate(vllm:time_to_first_token_seconds_bucket[5m]))"));
        QVERIFY(panel().bodyShown() && panel().heatmap().isVisible());
        QVERIFY(panel().heatmap().data().most() > 0);
        QCOMPARE(panel().heatmap().data().unit, QStringLiteral("s"));
        picture("heatmap");
        choose(QStringLiteral("graph"));
        QVERIFY(panel().chart().isVisible() && !panel().table());
    }

    void aFailedQueryIsNamedAfterItself() {
        write(QStringLiteral("vllm:num_requests_running"));
        QVERIFY(panel().title().startsWith(QStringLiteral("vllm:num_requests_running")));
        write(QStringLiteral("vllm:num_requests_running * on (model_name) vllm:num_requests_waiting"));
        QVERIFY(!panel().bodyShown());
        QCOMPARE(panel().title(), QStringLiteral("vllm:num_requests_running * on (model_name) vllm:num_requests_waiting"));
        QVERIFY(panel().words().isEmpty());
    }

    // What is wrong stands in sight once it was to be run, and goes when it is mended.
    void aSyntaxErrorStandsBelow() {
        write(QStringLiteral("vllm:num_requests_running"));
        const int height = row().height();
        PlainLabel& problem = row().promqlRow().problem();
        QVERIFY(!problem.isVisible());
        write(QStringLiteral("sum by (pod (rate(vllm:num_preemptions_total[5m]))"));
        QVERIFY(problem.isVisible() && row().height() > height);
        QVERIFY2(problem.plain().contains(QStringLiteral("line 1, column 13")), qPrintable(problem.plain()));
        QVERIFY(row().rect().contains(problem.geometry().translated(row().promqlRow().pos())));
        picture("syntax");
        write(QStringLiteral("vllm:num_requests_running"));
        QVERIFY(!problem.isVisible());
        QCOMPARE(row().height(), height);
    }
    void whatIsNoNumberIsSaid() {
        write(QStringLiteral("vllm:num_requests_running / 0"));
        QVERIFY(!panel().bodyShown());
        QVERIFY2(panel().message().contains(QStringLiteral("NaN or infinite")), qPrintable(panel().message()));
        choose(QStringLiteral("table of the last values"));
        QCOMPARE(panel().table()->item(0, panel().table()->columnCount() - 1)->text(), QStringLiteral("∞"));
        QVERIFY2(panel().words().endsWith(QStringLiteral("2 rows")), qPrintable(panel().words()));
        write(QStringLiteral("sum(vllm:num_requests_running)"));
        QVERIFY2(panel().words().endsWith(QStringLiteral("1 row")), qPrintable(panel().words()));
        choose(QStringLiteral("graph"));
    }
    void negativeOnALogScaleStaysLinear() {
        write(QStringLiteral("-vllm:num_requests_running"));
        click(QStringLiteral("log"));
        QVERIFY(!panel().chart().data().yScale.log);
        QVERIFY2(panel().words().contains(QStringLiteral("linear, as nothing is above zero")), qPrintable(panel().words()));
        write(QStringLiteral("vllm:num_requests_running"));
        QVERIFY(panel().chart().data().yScale.log);
        click(QStringLiteral("linear"));
    }
    // A bucket that never counted anything departs from all others, but is not worth the title.
    void theTitleNamesWhatHappened() {
        write(QStringLiteral("sum by (le) (rate(vllm:time_to_first_token_seconds_bucket[5m]))"));
        QVERIFY2(!panel().title().contains(QStringLiteral("up to 0")), qPrintable(panel().title()));
    }
    void baselinesOfOnePanelNameTheirQuery() {
        bench().showView(QStringLiteral("metrics"), links::promql({QStringLiteral("vllm:kv_cache_usage_perc"), QStringLiteral("vllm:num_requests_waiting")}));
        settle();
        click(QStringLiteral("one panel"));
        QStringList labels;
        for (const ChartLimit& limit : panel().chart().data().marks.limits)
            labels << limit.label;
        QCOMPARE(labels.size(), 2);
        QVERIFY2(labels[0].startsWith(QStringLiteral("A baseline ")) && labels[1].startsWith(QStringLiteral("B baseline ")) && !labels[0].contains(QLatin1Char('%')), qPrintable(labels.join(QLatin1Char('|'))));
        picture("one");
        click(QStringLiteral("a panel each"));
    }

    void copiesAsPromqlAndCurl() {
        write(QStringLiteral("sum(rate(http_requests_total{code=~\"5..\"}[5m]))"));
        QMenu& menu = *panel().findChild<QToolButton*>(QStringLiteral("copyButton"))->menu();
        actionNamed(menu, QStringLiteral("PromQL"))->trigger();
        QCOMPARE(QGuiApplication::clipboard()->text(), QStringLiteral("sum(rate(http_requests_total{code=~\"5..\"}[5m]))"));
        actionNamed(menu, QStringLiteral("curl, for nightjar serve --api"))->trigger();
        const QString curl = QGuiApplication::clipboard()->text();
        QVERIFY2(curl.startsWith(QStringLiteral("curl -G http://127.0.0.1:9090/api/v1/query_range --data-urlencode 'query=sum(rate(")) && curl.contains(QStringLiteral("start=2026-03-")) && curl.contains(QStringLiteral("step=")), qPrintable(curl));
        // The same steps as in the window: they stand on multiples of the step.
        const QRegularExpressionMatch asked = QRegularExpression(QStringLiteral("start=([^']+)'.*step=(\\d+)'")).match(curl);
        QVERIFY2(asked.hasMatch(), qPrintable(curl));
        QCOMPARE(QDateTime::fromString(asked.captured(1), Qt::ISODateWithMs).toMSecsSinceEpoch() % (asked.captured(2).toLongLong() * 1000), qint64(0));
    }

    void goesOntoADashboard() {
        write(QStringLiteral("sum(rate(node_network_receive_bytes_total[5m]))"));
        auto* button = panel().findChild<AddToDashboard*>();
        AnnotationBook& book = AnnotationBook::of(bench().workspace());
        const auto chosen = [&](const QString& text) {
            Q_EMIT button->menu()->aboutToShow();
            QAction* action = actionNamed(*button->menu(), text);
            if (action)
                action->trigger();
            return action != nullptr;
        };
        QVERIFY(chosen(QStringLiteral("A new dashboard")));
        QCOMPARE(book.definitions().size(), size_t(1));
        QVERIFY(chosen(QStringLiteral("Dashboard 1")));
        QCOMPARE(book.definitions().size(), size_t(1));
        const auto dashboard = dashboard::dashboardFromJson(book.definitions().front().document);
        QVERIFY(dashboard.ok());
        QCOMPARE(dashboard->panelCount(), size_t(2));
        const auto& panels = dashboard->rows.front().panels;
        QCOMPARE(panels[0].targets.front().expr, std::string("sum(rate(node_network_receive_bytes_total[5m]))"));
        QCOMPARE(panels[0].unit, std::string("binBps"));
        QCOMPARE(panels[1].place.x, 12);
        QCOMPARE(panels[1].place.y, 0);
    }

    // More queries than there is room for: the panels scroll, none is squeezed.
    void manyPanelsScroll() {
        bench().showView(QStringLiteral("metrics"), links::promql(QStringList(8, QStringLiteral("sum(rate(http_requests_total[5m]))"))));
        settle();
        QCOMPARE(metrics()->panels().size(), size_t(8));
        for (MetricPanel* one : metrics()->panels())
            QTRY_VERIFY(one->height() >= one->minimumSizeHint().height());
        QVERIFY(metrics()->height() <= window_->height());
        picture("many");
    }

    // What is shown is a link, and the link shows it again.
    void linksKeepTheRows() {
        bench().showView(QStringLiteral("metrics"), links::promql({QStringLiteral("up{job=~\"a|b\"}"), QStringLiteral("sum(rate(http_requests_total[5m])) > 0")}));
        settle();
        QCOMPARE(metrics()->rows().size(), size_t(2));
        QCOMPARE(metrics()->rows()[1]->spec().expression, QStringLiteral("sum(rate(http_requests_total[5m])) > 0"));
        QCOMPARE(metrics()->opened(), links::promql({QStringLiteral("up{job=~\"a|b\"}"), QStringLiteral("sum(rate(http_requests_total[5m])) > 0")}));
        MetricSpec spec = metrics()->rows()[1]->spec();
        spec.legend = QStringLiteral("100 % {{a}}&{{b}}");
        spec.unit = QStringLiteral("%");
        MetricSpec controls;
        controls.name = QStringLiteral("DCGM_FI_DEV_SM_CLOCK");
        controls.labels = QStringLiteral("gpu:3");
        controls.combine = query::MetricCombine::kMax;
        controls.by = QStringLiteral("gpu");
        controls.step = kMinute;
        const QString parameter = metricRowsParameter({spec, controls});
        QVERIFY(parameter.startsWith(QStringLiteral("rows:")));
        bench().showView(QStringLiteral("metrics"), QStringLiteral("metric:up"));
        settle();
        QCOMPARE(metrics()->opened(), QStringLiteral("metric:up"));
        bench().showView(QStringLiteral("metrics"), parameter);
        settle();
        QCOMPARE(metrics()->rows().size(), size_t(2));
        QCOMPARE(metrics()->rows()[0]->spec(), spec);
        QCOMPARE(metrics()->rows()[1]->spec(), controls);
        QCOMPARE(metrics()->opened(), parameter);
        picture("rows");
    }

private:
    [[nodiscard]] QString capsule() const { return directory_.filePath(QStringLiteral("demo.nightjar")); }
    Workbench& bench() { return *window_->workbench(); }
    [[nodiscard]] MetricsView* metrics() { return window_->findChild<MetricsView*>(); }
    MetricRow& row() { return *metrics()->rows().front(); }
    MetricPanel& panel() { return *metrics()->panels().front(); }
    const query::MetricAnswer& answer() { return panel().picture().parts.front()->answer; }
    void settle() { QTRY_VERIFY_WITH_TIMEOUT(window_->settled(), kPatience); }
    // The only query, by hand.
    void write(const QString& expression) {
        if (metrics()->rows().size() > 1 || !row().spec().promql) {
            bench().showView(QStringLiteral("metrics"), links::promql({QStringLiteral("up")}));
            settle();
        }
        PromqlEdit& edit = row().promql();
        edit.selectAll();
        edit.insertPlainText(expression);
        QTest::keyClick(&edit, Qt::Key_Return);
        settle();
    }
    static QAbstractItemView* popup() { return qobject_cast<QAbstractItemView*>(QApplication::activePopupWidget()); }
    void choose(const QString& text) {
        QAction* action = actionNamed(*row().more().menu(), text);
        QVERIFY2(action, qPrintable(text));
        action->trigger();
        settle();
    }
    void click(const QString& text) {
        for (QToolButton* button : metrics()->findChildren<QToolButton*>())
            if (button->text() == text && button->isVisible()) {
                QTest::mouseClick(button, Qt::LeftButton);
                settle();
                return;
            }
        QFAIL(qPrintable(text));
    }
    // Series of the chart that are dashed companions.
    QVector<int> dashed() {
        QVector<int> found;
        const auto& series = panel().chart().data().series;
        for (int i = 0; i < series.size(); ++i)
            if (series[i].kind == ChartSeries::Kind::kDashedLine)
                found << i;
        return found;
    }
    void picture(const char* name) {
        if (const QByteArray path = qgetenv("NIGHTJAR_PICTURES"); !path.isEmpty()) {
            window_->grab().save(QString::fromLocal8Bit(path) + QStringLiteral("/metrics-") + QString::fromLatin1(name) + QStringLiteral(".png"));
            if (popup())
                popup()->grab().save(QString::fromLocal8Bit(path) + QStringLiteral("/metrics-") + QString::fromLatin1(name) + QStringLiteral("-list.png"));
        }
    }

    QTemporaryDir directory_;
    std::unique_ptr<MainWindow> window_;
    TimeRange incident_;
};

QTEST_MAIN(PromqlWindowTest)
#include "promql_window_test.moc"
