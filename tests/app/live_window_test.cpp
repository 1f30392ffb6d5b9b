// The window while telemetry arrives: from the start page to the first row, with mouse and keyboard and a real sender on loopback; the range
// that follows the clock; imports beside it; and that the window answers under full load.
#include <QClipboard>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QToolButton>
#include <atomic>
#include <thread>

#include "../source/prometheus_fixture.h"
#include "../source/receiver_fixture.h"
#include "query/backend.h"
#include "shell/live_clock.h"
#include "shell/main_window.h"
#include "shell/start_page.h"
#include "shell/top_bar.h"
#include "shell/workbench.h"
#include "state/live_sources.h"
#include "ui_watchdog.h"
#include "views/metric_panel.h"
#include "views/metric_row.h"
#include "views/metrics_view.h"
#include "widgets/fact_table.h"
#include "widgets/promql_edit.h"
#include "widgets/source_editor.h"
#include "window/window_session.h"

using namespace nj;
using namespace nj::test;
using namespace nj::ui;

namespace {

struct LiveWindow {
    QTemporaryDir folder;
    app::WindowSettings settings{folder.filePath(QStringLiteral("window.ini"))};
    MainWindow window{ThemeKind::kDark};
    app::WindowSession session{window, settings};

    LiveWindow() {
        window.show();
        QCoreApplication::processEvents();
    }
    LiveSources& live() { return LiveSources::of(window.workbench()->workspace()); }
    SourceEditor* editor() { return window.findChild<SourceEditor*>(QStringLiteral("sourceEditor")); }
    // From the start page: L, choose OTLP/HTTP on a free port, Start.
    bool listen() {
        QTest::keyClick(window.findChild<StartPage*>(), Qt::Key_L);
        if (!QTest::qWaitFor([&] { return editor() && editor()->isVisible(); }, 20'000))
            return false;
        editor()->kind()->setCurrentIndex(editor()->kind()->findData(QStringLiteral("otlp_http")));
        QTest::keyClicks(editor()->field(QStringLiteral("address")), QStringLiteral("127.0.0.1:0"));
        QTest::mouseClick(editor()->findChild<QPushButton*>(QStringLiteral("sourceKeep")), Qt::LeftButton);
        return QTest::qWaitFor([&] { return live().rows().size() == 1 && live().rows()[0].phase == LiveRow::Phase::kRunning; }, 20'000);
    }
    quint16 port() { return static_cast<quint16>(live().rows()[0].title.section(QLatin1Char(':'), -1).toUInt()); }
    QString capsule() { return QString::fromStdString(window.workbench()->workspace().info().path); }
};

uint64_t spansIn(const QString& capsule) {
    const auto backend = query::openCapsuleBackend(capsule.toStdString());
    return backend.ok() ? (*backend)->info({})->spans : 0;
}

}  // namespace

class LiveWindowTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { QStandardPaths::setTestModeEnabled(true); }

    void fromTheStartPageToTheFirstRow() {
        LiveWindow w;
        QVERIFY(w.listen());
        QVERIFY(!w.editor()->isVisible());
        Workbench& bench = *w.window.workbench();
        QCOMPARE(bench.currentViewId(), QStringLiteral("sources"));
        // Nothing was there: what comes is followed.
        QVERIFY(bench.live()->running());
        QTest::mouseClick(w.window.findChild<QPushButton*>(QStringLiteral("liveCopy")), Qt::LeftButton);
        QCOMPARE(QGuiApplication::clipboard()->text(), QStringLiteral("export OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:%1\nexport OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf\n").arg(w.port()));

        nj::test::HttpClient sender(w.port());
        QCOMPARE(sender.post("/v1/traces", spansRequest(1, 20, nowNs())).status, 200);
        QTRY_COMPARE_WITH_TIMEOUT(w.live().rows()[0].rows, 20U, 20'000);
        QTRY_COMPARE_WITH_TIMEOUT(bench.workspace().info().spans, 20U, 20'000);
        auto* table = w.window.findChild<FactTable*>(QStringLiteral("liveTable"));
        QCOMPARE(table->cellAt(0, 3).text, QStringLiteral("20"));
        QCOMPARE(table->cellAt(0, 0).mark, QStringLiteral("●"));

        // A request that is refused is shown with its reason.
        QCOMPARE(sender.post("/v1/traces", "nonsense").status, 400);
        QTRY_VERIFY_WITH_TIMEOUT(!table->cellAt(0, 1).detail.isEmpty(), 20'000);

        // Stop: the port is closed; start again: it is another run of the same source.
        const quint16 port = w.port();
        QTest::mouseClick(w.window.findChild<QPushButton*>(QStringLiteral("liveToggle")), Qt::LeftButton);
        QTRY_COMPARE_WITH_TIMEOUT(w.live().rows()[0].phase, LiveRow::Phase::kStopped, 20'000);
        QCOMPARE(nj::test::HttpClient(port).post("/v1/traces", spansRequest(100, 1, nowNs())).status, 0);
        QTest::mouseClick(w.window.findChild<QPushButton*>(QStringLiteral("liveToggle")), Qt::LeftButton);
        QTRY_COMPARE_WITH_TIMEOUT(w.live().rows()[0].phase, LiveRow::Phase::kRunning, 20'000);
        QCOMPARE(nj::test::HttpClient(w.port()).post("/v1/traces", spansRequest(200, 5, nowNs())).status, 200);
        QTRY_COMPARE_WITH_TIMEOUT(bench.workspace().info().spans, 25U, 20'000);
    }

    void liveFollowsTheClockUntilARangeIsChosen() {
        LiveWindow w;
        QVERIFY(w.listen());
        Workbench& bench = *w.window.workbench();
        nj::test::HttpClient sender(w.port());
        QCOMPARE(sender.post("/v1/traces", spansRequest(1, 50, nowNs() - kSecond)).status, 200);
        const TimeNs before = bench.workspace().range().to;
        QTRY_VERIFY_WITH_TIMEOUT(bench.workspace().range().to > before + kSecond, 20'000);
        QVERIFY(bench.topBar()->liveButton()->isChecked());
        QCOMPARE(bench.workspace().undo().count(), 0);   // sliding is nothing to go back over
        // Choosing a range pauses it, T L goes on.
        const TimeRange chosen{nowNs() - kMinute, nowNs()};
        bench.workspace().setRange(chosen);
        QVERIFY(!bench.live()->running());
        QVERIFY(!bench.topBar()->liveButton()->isChecked());
        QTest::qWait(700);
        QVERIFY(bench.workspace().range() == chosen);
        w.window.actions().find(QStringLiteral("time.live"))->trigger();
        QVERIFY(bench.live()->running());
        QTRY_VERIFY_WITH_TIMEOUT(bench.workspace().range().to > chosen.to, 20'000);
        QCOMPARE(bench.workspace().range().length(), chosen.length());
        QTest::mouseClick(bench.topBar()->liveButton(), Qt::LeftButton);
        QVERIFY(!bench.live()->running());
    }

    // The capsule has one writer: while an import has it, senders are told to come later, and nothing acknowledged is lost.
    void filesBesideLive() {
        LiveWindow w;
        QVERIFY(w.listen());
        QFile log(w.folder.filePath(QStringLiteral("shop.log")));
        QVERIFY(log.open(QIODevice::WriteOnly));
        for (int i = 0; i < 500; ++i)
            log.write(QStringLiteral("2026-11-14T22:10:%1Z INFO request %2\n").arg(i % 60, 2, 10, QLatin1Char('0')).arg(i).toUtf8());
        log.close();
        std::atomic<uint64_t> acknowledged = 0;
        std::atomic<bool> stop = false;
        std::jthread sending([&, port = w.port()] {
            nj::test::HttpClient sender(port);
            for (uint64_t i = 1; !stop; i += 10)
                if (sender.post("/v1/traces", spansRequest(i, 10, nowNs())).status == 200)
                    acknowledged += 10;
        });
        QTRY_VERIFY_WITH_TIMEOUT(acknowledged > 50, 20'000);
        Q_EMIT w.window.filesDropped({log.fileName()});
        QTRY_COMPARE_WITH_TIMEOUT(w.window.workbench()->workspace().info().logs, 500U, 30'000);
        const uint64_t then = acknowledged;
        QTRY_VERIFY_WITH_TIMEOUT(acknowledged > then + 50, 20'000);   // it goes on
        stop = true;
        sending.join();
        QTRY_COMPARE_WITH_TIMEOUT(spansIn(w.capsule()), acknowledged.load(), 20'000);
    }

    void settingsComeBackWithoutSecrets() {
        QTemporaryDir folder;
        const QString ini = folder.filePath(QStringLiteral("window.ini"));
        QString capsule;
        {
            app::WindowSettings settings(ini);
            MainWindow window(ThemeKind::kDark);
            app::WindowSession session(window, settings);
            window.show();
            QCoreApplication::processEvents();
            QTest::keyClick(window.findChild<StartPage*>(), Qt::Key_L);
            QTRY_VERIFY_WITH_TIMEOUT(window.workbench() && window.findChild<SourceEditor*>(), 20'000);
            auto* editor = window.findChild<SourceEditor*>();
            editor->kind()->setCurrentIndex(editor->kind()->findData(QStringLiteral("prometheus")));
            QTest::keyClicks(editor->field(QStringLiteral("url")), QStringLiteral("http://127.0.0.1:1"));
            QTest::keyClicks(editor->field(QStringLiteral("token")), QStringLiteral("s3cret-token"));
            // Nothing listens there: the test says so, and names the address.
            QSignalSpy tested(&LiveSources::of(window.workbench()->workspace()), &LiveSources::testAnswered);
            QTest::mouseClick(editor->findChild<QPushButton*>(QStringLiteral("sourceTest")), Qt::LeftButton);
            QTRY_COMPARE_WITH_TIMEOUT(tested.count(), 1, 20'000);
            QVERIFY(!tested[0][1].toBool());
            QVERIFY2(tested[0][2].toString().contains(QStringLiteral("127.0.0.1:1")), qPrintable(tested[0][2].toString()));
            QTest::mouseClick(editor->findChild<QPushButton*>(QStringLiteral("sourceKeep")), Qt::LeftButton);
            QTRY_COMPARE_WITH_TIMEOUT(LiveSources::of(window.workbench()->workspace()).rows().size(), 1, 20'000);
            QTRY_VERIFY_WITH_TIMEOUT(!LiveSources::of(window.workbench()->workspace()).rows()[0].problem.isEmpty(), 20'000);
            capsule = settings.recent().value(0);
            // A setting that can't be is refused in words; the editor stays.
            editor->openNew();
            editor->kind()->setCurrentIndex(editor->kind()->findData(QStringLiteral("prometheus")));
            QTest::keyClicks(editor->field(QStringLiteral("url")), QStringLiteral("prom:9090"));
            QTest::mouseClick(editor->findChild<QPushButton*>(QStringLiteral("sourceKeep")), Qt::LeftButton);
            QVERIFY(editor->isVisible());
        }
        QFile stored(ini);
        QVERIFY(stored.open(QIODevice::ReadOnly));
        const QByteArray bytes = stored.readAll();
        QVERIFY(bytes.contains("127.0.0.1:1") && !bytes.contains("s3cret"));
        QFile file(capsule);
        QVERIFY(file.open(QIODevice::ReadOnly));
        QVERIFY(!file.readAll().contains("s3cret"));

        app::WindowSettings settings(ini);
        MainWindow window(ThemeKind::kDark);
        app::WindowSession session(window, settings);
        window.show();
        session.open({capsule});
        QTRY_VERIFY_WITH_TIMEOUT(window.workbench() && LiveSources::of(window.workbench()->workspace()).rows().size() == 1, 20'000);
        const LiveRow row = LiveSources::of(window.workbench()->workspace()).rows()[0];
        QCOMPARE(row.phase, LiveRow::Phase::kStopped);   // opening a file opens no connection
        QCOMPARE(row.values.value(QStringLiteral("url")), QStringList{QStringLiteral("http://127.0.0.1:1")});
        QVERIFY(!row.values.contains(QStringLiteral("token")));
    }

    void pastedAddressesSetTheSource() {
        LiveWindow w;
        QTest::keyClick(w.window.findChild<StartPage*>(), Qt::Key_L);
        QTRY_VERIFY_WITH_TIMEOUT(w.editor() && w.editor()->isVisible(), 20'000);
        w.editor()->pasteField()->setText(QStringLiteral("http://prom.example:9090/graph?g0.expr=rate(vllm%3Arequest_success_total%5B5m%5D)&g0.range_input=2h&g0.end_input=2026-03-17%2011%3A00%3A00"));
        QCOMPARE(w.editor()->kind()->currentData().toString(), QStringLiteral("prometheus"));
        QCOMPARE(w.editor()->values().value(QStringLiteral("url")), QStringList{QStringLiteral("http://prom.example:9090")});
        QVERIFY2(w.editor()->sentence().contains(QStringLiteral("vllm:request_success_total")), qPrintable(w.editor()->sentence()));
        const TimeRange range = w.window.workbench()->workspace().range();
        QCOMPARE(range.length(), 2 * kHour);
        w.editor()->pasteField()->setText(QStringLiteral("good morning"));
        QVERIFY(w.editor()->sentence().startsWith(QStringLiteral("◆")));
        QCOMPARE(w.editor()->kind()->currentData().toString(), QStringLiteral("prometheus"));
    }

    // A query reads series that were not pulled: they are fetched from where the others came from.
    void aViewPullsWhatItLacks() {
        PrometheusServer server;
        if (!server.start({}))
            QSKIP("Debian's prometheus is not here");
        LiveWindow w;
        QTest::keyClick(w.window.findChild<StartPage*>(), Qt::Key_L);
        QTRY_VERIFY_WITH_TIMEOUT(w.editor() && w.editor()->isVisible(), 20'000);
        w.editor()->kind()->setCurrentIndex(w.editor()->kind()->findData(QStringLiteral("prometheus")));
        QTest::keyClicks(w.editor()->field(QStringLiteral("url")), QString::fromStdString(server.url()));
        QTest::keyClicks(w.editor()->field(QStringLiteral("pack")), QStringLiteral("up"));
        QTest::keyClicks(w.editor()->field(QStringLiteral("interval")), QStringLiteral("1s"));
        QTest::mouseClick(w.editor()->findChild<QPushButton*>(QStringLiteral("sourceKeep")), Qt::LeftButton);
        Workbench& bench = *w.window.workbench();
        QTRY_VERIFY_WITH_TIMEOUT(bench.workspace().info().series > 0, 30'000);
        bench.live()->stop();
        QTest::qWait(4000);   // a few scrapes lie in the range then
        bench.workspace().setRange({nowNs() - kMinute, nowNs()});
        bench.showView(QStringLiteral("metrics"));
        auto* metrics = qobject_cast<MetricsView*>(bench.currentView());
        QVERIFY(metrics);
        QTRY_VERIFY_WITH_TIMEOUT(!metrics->rows().empty() && w.window.settled(), 30'000);
        MetricRow& row = *metrics->rows().front();
        QTest::mouseClick(&row.promqlSwitch(), Qt::LeftButton);
        row.promql().selectAll();
        row.promql().insertPlainText(QStringLiteral("sum(go_goroutines)"));
        QTest::keyClick(&row.promql(), Qt::Key_Return);
        QTRY_VERIFY_WITH_TIMEOUT(metrics->panels().front()->message().contains(QStringLiteral("may have some")), 30'000);
        for (QPushButton* button : metrics->panels().front()->findChildren<QPushButton*>())
            if (button->text() == QStringLiteral("Pull it"))
                QTest::mouseClick(button, Qt::LeftButton);
        QTRY_COMPARE_WITH_TIMEOUT(w.live().rows().size(), 2, 20'000);
        QTRY_VERIFY_WITH_TIMEOUT(metrics->panels().front()->bodyShown() && metrics->panels().front()->title().contains(QStringLiteral("go_goroutines")), 30'000);
        QCOMPARE(w.live().rows()[1].values.value(QStringLiteral("match")), QStringList{QStringLiteral("go_goroutines")});
    }

    // At full speed on two cores: a frame of the window takes no longer than before.
    void answersUnderLoad() {
        LiveWindow w;
        QVERIFY(w.listen());
        Workbench& bench = *w.window.workbench();
        std::atomic<uint64_t> acknowledged = 0;
        std::atomic<bool> stop = false;
        std::vector<std::jthread> senders;
        for (uint64_t s = 0; s < 2; ++s)
            senders.emplace_back([&, s, port = w.port()] {
                nj::test::HttpClient sender(port);
                for (uint64_t i = (s + 1) << 40; !stop; i += 1000)
                    if (sender.post("/v1/traces", spansRequest(i, 1000, nowNs() - kSecond)).status == 200)
                        acknowledged += 1000;
            });
        QTRY_VERIFY_WITH_TIMEOUT(bench.workspace().info().spans > 0, 20'000);
        UiWatchdog watchdog;
        for (const char* view : {"overview", "latency", "traces", "sources"}) {
            bench.showView(QString::fromLatin1(view));
            QTest::qWait(500);
            watchdog.restart();
            QTest::qWait(1500);
            const double longest = watchdog.takeLongest();
            QVERIFY2(longest < 100, qPrintable(QStringLiteral("%1: %2 ms").arg(QLatin1String(view)).arg(longest)));
        }
        stop = true;
        senders.clear();
        qInfo("%llu spans were acknowledged meanwhile", static_cast<unsigned long long>(acknowledged.load()));
        QTRY_COMPARE_WITH_TIMEOUT(spansIn(w.capsule()), acknowledged.load(), 30'000);
    }
};

int main(int argc, char** argv) {
    QApplication application(argc, argv);
    LiveWindowTest test;
    return QTest::qExec(&test, argc, argv);
}
#include "live_window_test.moc"
