// Metrics and SQL on the demo, through the real window with mouse and keyboard: GPU 3's clock among its peers, preemptions as a rate, counts
// by SQL as `nightjar info` says them, a slow query ended, rows that lead to their trace.
#include <QAbstractItemModelTester>
#include <QClipboard>
#include <QComboBox>
#include <QJsonDocument>
#include <QJsonObject>
#include <QLineEdit>
#include <QPushButton>
#include <QTableView>
#include <QTemporaryDir>
#include <QToolButton>

#include "demo_truth.h"
#include "nightjar_process.h"
#include "shell/main_window.h"
#include "shell/workbench.h"
#include "views/metric_panel.h"
#include "views/metric_row.h"
#include "views/metrics_list.h"
#include "views/metrics_view.h"
#include "views/sql_view.h"
#include "widgets/promql_edit.h"
#include "widgets/inspector.h"
#include "widgets/label_filter_edit.h"
#include "widgets/legend_table.h"
#include "widgets/sql_editor.h"
#include "widgets/time_chart.h"

using namespace nj;
using namespace nj::test;
using namespace nj::ui;

namespace {

constexpr int kPatience = 120'000;

}  // namespace

class DemoMetricsTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() {
        QStandardPaths::setTestModeEnabled(true);
        const ProcessResult built = runNightjar({QStringLiteral("demo"), QStringLiteral("--no-window"), QStringLiteral("--capsule"), capsule()});
        QVERIFY2(built.exitCode == 0, built.err.constData());
        window_ = std::make_unique<MainWindow>(ThemeKind::kDark);
        window_->resize(1600, 1000);
        window_->show();
        window_->openCapsule(capsule(), [path = capsule().toStdString()] { return query::openCapsuleBackend(path); });
        QTRY_VERIFY_WITH_TIMEOUT(window_->settled(), kPatience);
        bench().showView(QStringLiteral("metrics"));
        QTRY_VERIFY_WITH_TIMEOUT(window_->settled() && metrics(), kPatience);
    }
    void cleanupTestCase() { window_.reset(); }

    void opensOnWhatMoved() {
        QVERIFY(!metrics()->rows().empty());
        QVERIFY(metrics()->panels().front()->bodyShown());
        QVERIFY(!metrics()->panels().front()->chart().data().series.isEmpty());
        QCOMPARE(metrics()->list().model().index(0, 0).data().toString(), QStringLiteral("Moved most"));
        QAbstractItemModelTester tester(&metrics()->list().model(), QAbstractItemModelTester::FailureReportingMode::QtTest);
        metrics()->list().searchBox().setText(QStringLiteral("kv cache"));
        QVERIFY(metrics()->list().model().matches() > 0);
        metrics()->list().searchBox().clear();
    }
    void theThrottledGpuStandsOut() {
        // As a person does: types a part of the name, Enter.
        QLineEdit& search = metrics()->list().searchBox();
        search.setFocus();
        QTest::keyClicks(&search, QStringLiteral("sm_clock"));
        QTest::keyClick(&search, Qt::Key_Return);
        QTRY_VERIFY_WITH_TIMEOUT(window_->settled(), kPatience);
        QCOMPARE(metrics()->rows().front()->spec().name, demoTruth(QStringLiteral("cause"), QStringLiteral("metric")).toString());
        search.clear();
        auto* by = metrics()->rows().front()->findChild<QComboBox*>(QStringLiteral("metricBy"));
        const int gpu = by->findData(QStringLiteral("gpu"));
        QVERIFY(gpu > 0);
        by->setCurrentIndex(gpu);
        Q_EMIT by->activated(gpu);
        QTRY_VERIFY_WITH_TIMEOUT(window_->settled(), kPatience);
        const MetricPicture picture = metrics()->panels().front()->picture();
        QCOMPARE(picture.parts.front()->answer.lines.size(), size_t(8));
        const query::MetricLine& first = picture.parts.front()->answer.lines.front();
        QCOMPARE(first.label, std::string("gpu=3"));
        QVERIFY(std::abs(first.min - demoTruth(QStringLiteral("cause"), QStringLiteral("toMHz")).toDouble()) < 100);
        QCOMPARE(picture.unit(), QStringLiteral("MHz"));
        QVERIFY(metrics()->panels().front()->title().contains(QStringLiteral("gpu=3")));
    }
    void aClickOpensItsInspector() {
        TimeChart& chart = metrics()->panels().front()->chart();
        const auto& line = metrics()->panels().front()->picture().parts.front()->answer.lines.front();
        const TimeRange incident = rangeOf(demoTruth().value(QStringLiteral("incident")));
        const TimeNs when = incident.from + incident.length() / 2;
        const auto& answer = metrics()->panels().front()->picture().parts.front()->answer;
        const double value = line.values[static_cast<size_t>((when - answer.from) / answer.width)];
        QTest::mouseClick(chart.viewport(), Qt::LeftButton, {}, QPointF(chart.plotFrame().x(when), chart.plotFrame().y(value)).toPoint());
        QTRY_VERIFY_WITH_TIMEOUT(window_->settled(), kPatience);
        QCOMPARE(bench().workspace().selection().seq, qint64(line.series));
        const auto& links = bench().inspector()->content().links;
        QVERIFY(std::any_of(links.begin(), links.end(), [&](const InspectorLink& link) { return link.view == QStringLiteral("logs") && link.range.contains(when); }));
    }
    void legendIsolates() {
        LegendTable& legend = metrics()->panels().front()->legend();
        QTest::mouseClick(legend.viewport(), Qt::LeftButton, {}, legend.visualRect(legend.model()->index(0, 0)).center());
        QCOMPARE(metrics()->panels().front()->chart().hidden().size(), 7);
        QTest::mouseClick(legend.viewport(), Qt::LeftButton, {}, legend.visualRect(legend.model()->index(0, 0)).center());
        QVERIFY(metrics()->panels().front()->chart().hidden().isEmpty());
    }
    void preemptionsAreARate() {
        bench().showView(QStringLiteral("metrics"), QStringLiteral("metric:vllm:num_preemptions_total"));
        QTRY_VERIFY_WITH_TIMEOUT(window_->settled(), kPatience);
        const auto& answer = metrics()->panels().front()->picture().parts.front()->answer;
        QCOMPARE(answer.reading, query::MetricReading::kRate);
        const QJsonObject table = demoTruth(QStringLiteral("table"), QStringLiteral("throttled")).toObject();
        const double expected = table.value(QStringLiteral("preemptionsPerMinute")).toArray().at(0).toDouble();
        const TimeNs from = timeOf(table.value(QStringLiteral("from"))), to = timeOf(table.value(QStringLiteral("to")));
        double most = 0;
        for (const query::MetricLine& line : answer.lines) {
            double sum = 0;
            int n = 0;
            for (size_t c = 0; c < line.values.size(); ++c)
                if (const TimeNs t = answer.from + static_cast<TimeNs>(c) * answer.width; t >= from && t + answer.width <= to && !std::isnan(line.values[c])) {
                    sum += line.values[c];
                    ++n;
                }
            most = std::max(most, n > 0 ? 60 * sum / n : 0);
        }
        NJ_VERIFY_NEAR(most, expected, 0.5);
    }
    // The controls become an expression, which is written on with completion; what is wrong is marked where it is.
    void aQueryIsWrittenAsPromql() {
        bench().showView(QStringLiteral("metrics"), QStringLiteral("metric:vllm:num_preemptions_total"));
        QTRY_VERIFY_WITH_TIMEOUT(window_->settled(), kPatience);
        MetricRow& row = *metrics()->rows().front();
        const double controls = metrics()->panels().front()->picture().parts.front()->answer.lines.front().max;
        QTest::mouseClick(&row.promqlSwitch(), Qt::LeftButton);
        QTRY_VERIFY_WITH_TIMEOUT(window_->settled(), kPatience);
        PromqlEdit& edit = row.promql();
        QVERIFY2(edit.expression().contains(QStringLiteral("rate(vllm:num_preemptions_total[5m])")), qPrintable(edit.expression()));
        const auto& part = *metrics()->panels().front()->picture().parts.front();
        QVERIFY(!part.answer.lines.empty());
        QVERIFY2(part.answer.lines.front().max > 0.3 * controls && part.answer.lines.front().max < 3 * controls, "a five-minute rate is of the size of the controls' own");

        // Typed by hand, with completion.
        edit.selectAll();
        QTest::keyClicks(&edit, QStringLiteral("topk(1, sum by (pod) (rate(num_preemp"));
        QTRY_VERIFY(edit.completions().contains(QStringLiteral("vllm:num_preemptions_total")));
        QVERIFY(edit.helpFor(QStringLiteral("rate")).contains(QStringLiteral("range vector")));
        QVERIFY(edit.helpFor(QStringLiteral("topk")).contains(QStringLiteral("number")));
        edit.selectAll();
        edit.insertPlainText(QStringLiteral("topk(1, sum by (pod) (rate(vllm:num_preemptions_total[5m)))"));
        QTest::keyClick(&edit, Qt::Key_Return);
        QVERIFY2(edit.problem().contains(QStringLiteral("line 1, column")), qPrintable(edit.problem()));
        QCOMPARE(edit.extraSelections().size(), 1);
        edit.selectAll();
        edit.insertPlainText(QStringLiteral("sum by (pod) (rate(vllm:num_preemptions_total[5m]))"));
        QTest::keyClick(&edit, Qt::Key_Return);
        QTRY_VERIFY_WITH_TIMEOUT(window_->settled(), kPatience);
        QVERIFY(edit.problem().isEmpty());
        const auto& summed = metrics()->panels().front()->picture().parts.front()->answer;
        QVERIFY(summed.lines.size() > 1);
        QVERIFY2(summed.lines.front().label.starts_with("pod="), summed.lines.front().label.c_str());
        QVERIFY(std::isfinite(summed.lines.front().baseline));
        // The engine's own words where it can't be evaluated.
        edit.selectAll();
        edit.insertPlainText(QStringLiteral("vllm:num_requests_running * on (model_name) vllm:num_requests_waiting"));
        QTest::keyClick(&edit, Qt::Key_Return);
        QTRY_VERIFY_WITH_TIMEOUT(window_->settled(), kPatience);
        QVERIFY2(metrics()->panels().front()->message().contains(QStringLiteral("many")), qPrintable(metrics()->panels().front()->message()));
        if (const QByteArray path = qgetenv("NIGHTJAR_PICTURES"); !path.isEmpty())
            window_->grab().save(QString::fromLocal8Bit(path) + QStringLiteral("/promql-error.png"));
        edit.selectAll();
        edit.insertPlainText(QStringLiteral("histogram_quantile(0.99, sum by (le, pod) (rate(vllm:time_to_first_token_seconds_bucket[5m])))"));
        QTest::keyClick(&edit, Qt::Key_Return);
        QTRY_VERIFY_WITH_TIMEOUT(window_->settled(), kPatience);
        if (const QByteArray path = qgetenv("NIGHTJAR_PICTURES"); !path.isEmpty())
            window_->grab().save(QString::fromLocal8Bit(path) + QStringLiteral("/promql.png"));
        QVERIFY(metrics()->panels().front()->title().contains(QStringLiteral("histogram_quantile")));
        // Back: the controls are as they were.
        QTest::mouseClick(&row.promqlSwitch(), Qt::LeftButton);
        QTRY_VERIFY_WITH_TIMEOUT(window_->settled(), kPatience);
        QCOMPARE(metrics()->panels().front()->picture().parts.front()->answer.reading, query::MetricReading::kRate);
    }
    void histogramsHaveQuantilesAndAHeatmap() {
        bench().showView(QStringLiteral("metrics"), QStringLiteral("metric:vllm:time_to_first_token_seconds"));
        QTRY_VERIFY_WITH_TIMEOUT(window_->settled(), kPatience);
        QCOMPARE(metrics()->panels().front()->picture().parts.front()->answer.reading, query::MetricReading::kQuantiles);
        auto* show = metrics()->rows().front()->findChild<QComboBox*>(QStringLiteral("metricShow"));
        show->setCurrentIndex(show->findData(static_cast<int>(MetricSpec::Show::kHeatmap)));
        Q_EMIT show->activated(show->currentIndex());
        QTRY_VERIFY_WITH_TIMEOUT(window_->settled(), kPatience);
        QVERIFY(metrics()->panels().front()->heatmap().data().most() > 0);
    }
    void labelFilterCompletesAndFilters() {
        bench().showView(QStringLiteral("metrics"), QStringLiteral("metric:DCGM_FI_DEV_SM_CLOCK"));
        QTRY_VERIFY_WITH_TIMEOUT(window_->settled(), kPatience);
        auto* edit = metrics()->rows().front()->findChild<LabelFilterEdit*>();
        edit->setFocus();
        QTest::keyClicks(edit, QStringLiteral("gp"));
        QVERIFY(edit->completions().contains(QStringLiteral("gpu:")));
        QTest::keyClicks(edit, QStringLiteral("u:3"));
        Q_EMIT edit->editingFinished();
        QTRY_VERIFY_WITH_TIMEOUT(window_->settled(), kPatience);
        QCOMPARE(metrics()->panels().front()->picture().parts.front()->answer.series, uint64_t(1));
    }

    void sqlOpensWithAnAnswer() {
        bench().showView(QStringLiteral("sql"));
        QTRY_VERIFY_WITH_TIMEOUT(window_->settled() && sql() && sql()->model().rowCount() > 0, kPatience);
        QVERIFY(sql()->problem().isEmpty());
        QCOMPARE(sql()->model().rowCount(), static_cast<int>(demoTruth().value(QStringLiteral("services")).toArray().size()));
    }
    void sqlCountsAreThoseOfInfo() {
        const ProcessResult info = runNightjar({QStringLiteral("info"), capsule(), QStringLiteral("--json")});
        const query::CapsuleInfo& known = bench().workspace().info();
        QVERIFY(info.exitCode == 0 && info.out.contains(QByteArray::number(static_cast<qulonglong>(known.spans))));
        type(QStringLiteral("SELECT (SELECT count(*) FROM spans), (SELECT count(*) FROM logs), (SELECT count(*) FROM series)"));
        QTRY_VERIFY_WITH_TIMEOUT(window_->settled() && sql()->model().loaded(0), kPatience);
        QCOMPARE(cell(0, 0), QString::number(known.spans));
        QCOMPARE(cell(0, 1), QString::number(known.logs));
        QCOMPARE(cell(0, 2), QString::number(known.series));
    }
    void sqlOverTimeIsAChart() {
        type(QStringLiteral("SELECT start_time_unix_nano / 3600000000000 * 3600000000000 AS time, count(*) AS spans FROM spans GROUP BY 1 ORDER BY 1"));
        QTRY_VERIFY_WITH_TIMEOUT(window_->settled(), kPatience);
        QVERIFY(sql()->chartShown());
        QCOMPARE(sql()->chart().data().series.front().name, QStringLiteral("spans"));
        QVERIFY(sql()->chart().data().series.front().points.size() >= 24);
    }
    void sqlErrorsHaveAPlace() {
        type(QStringLiteral("SELECT *\nFROM nowhere"));
        QTRY_VERIFY_WITH_TIMEOUT(window_->settled() && !sql()->problem().isEmpty(), kPatience);
        type(QStringLiteral("SELECT service,\n  nothing FROM spans"));
        QTRY_VERIFY_WITH_TIMEOUT(window_->settled() && sql()->problem().contains(QStringLiteral("line 2, column 3")), kPatience);
        QCOMPARE(sql()->editor().extraSelections().size(), 1);
        type(QStringLiteral("DROP TABLE spans"));
        QTRY_VERIFY_WITH_TIMEOUT(window_->settled() && sql()->problem().contains(QStringLiteral("only be read")), kPatience);
    }
    void anEndlessQueryStreamsAndIsCancelled() {
        type(QStringLiteral("WITH RECURSIVE c(x) AS (SELECT 0 UNION ALL SELECT x + 1 FROM c) SELECT x, x * 2 FROM c"));
        QTRY_VERIFY_WITH_TIMEOUT(sql()->model().rowCount() > 5000 && sql()->model().loaded(0), kPatience);
        QVERIFY(sql()->running());
        sql()->table().scrollToBottom();
        QTest::mouseClick(sql()->findChild<QPushButton*>(QStringLiteral("sqlCancel")), Qt::LeftButton);
        QVERIFY(!sql()->running());
        QTRY_VERIFY_WITH_TIMEOUT(window_->settled(), kPatience);
        QAbstractItemModelTester tester(&sql()->model(), QAbstractItemModelTester::FailureReportingMode::QtTest);
        const int last = sql()->model().rowCount() - 1;
        sql()->table().scrollToBottom();
        QTRY_VERIFY_WITH_TIMEOUT((sql()->model().index(last, 0).data(), sql()->model().loaded(last)), kPatience);
        QCOMPARE(cell(last, 1), QString::number(2LL * last));
    }
    void aRowLeadsToItsTrace() {
        type(QStringLiteral("SELECT trace_id, name FROM spans WHERE trace_id = '%1' LIMIT 1").arg(demoTruth(QStringLiteral("hero"), QStringLiteral("traceId")).toString()));
        QTRY_VERIFY_WITH_TIMEOUT(window_->settled() && sql()->model().loaded(0), kPatience);
        sql()->table().setCurrentIndex(sql()->model().index(0, 0));
        QTest::keyClick(&sql()->table(), Qt::Key_Return);
        QTRY_COMPARE_WITH_TIMEOUT(bench().currentViewId(), QStringLiteral("traces"), kPatience);
        bench().showView(QStringLiteral("sql"));
        QTRY_VERIFY_WITH_TIMEOUT(window_->settled(), kPatience);
    }
    void hostileCellsAreShownAsTheyAre() {
        type(QStringLiteral("SELECT '<img src=file:///dev/zero><table><tr>' AS \"<b>head</b>\", char(27) || '[31m' AS esc, printf('%.*c', 10000000, 'x') AS long, '=1+1' AS formula, x'00ff' AS blob"));
        QTRY_VERIFY_WITH_TIMEOUT(window_->settled() && sql()->model().loaded(0), kPatience);
        QCOMPARE(cell(0, 0), QStringLiteral("<img src=file:///dev/zero><table><tr>"));
        QVERIFY(cell(0, 2).size() <= 4096);
        sql()->copy(CopyForm::kCsv);
        QTRY_VERIFY_WITH_TIMEOUT(window_->settled() && QGuiApplication::clipboard()->text().contains(QStringLiteral("'=1+1")), kPatience);
        const QString path = directory_.filePath(QStringLiteral("out.json"));
        sql()->saveTo(path);
        QTRY_VERIFY_WITH_TIMEOUT(!sql()->saving(), kPatience);
        QFile file(path);
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QJsonArray rows = QJsonDocument::fromJson(file.readAll()).array();
        QCOMPARE(rows.size(), 1);
        QCOMPARE(rows[0].toObject().value(QStringLiteral("long")).toString().size(), 10'000'000);
    }

private:
    [[nodiscard]] QString capsule() const { return directory_.filePath(QStringLiteral("demo.nightjar")); }
    Workbench& bench() { return *window_->workbench(); }
    [[nodiscard]] MetricsView* metrics() { return window_->findChild<MetricsView*>(); }
    [[nodiscard]] SqlView* sql() { return window_->findChild<SqlView*>(); }
    [[nodiscard]] QString cell(int row, int column) { return sql()->model().index(row, column).data().toString(); }
    // Into the editor by hand, then Ctrl+Enter.
    void type(const QString& text) {
        SqlEditor& editor = sql()->editor();
        editor.setFocus();
        editor.selectAll();
        editor.insertPlainText(text);
        QTest::keyClick(&editor, Qt::Key_Return, Qt::ControlModifier);
    }

    QTemporaryDir directory_;
    std::unique_ptr<MainWindow> window_;
};

QTEST_MAIN(DemoMetricsTest)
#include "demo_metrics_test.moc"
