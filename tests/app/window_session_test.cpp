// The session of a window as a user meets it over two starts: what was left comes back, links open, what is missing is said.
#include <QLabel>
#include <QSignalSpy>
#include <QTemporaryDir>

#include "nightjar_process.h"
#include "shell/main_window.h"
#include "shell/notice.h"
#include "shell/top_bar.h"
#include "shell/workbench.h"
#include "window/window_session.h"

using namespace nj;
using namespace nj::test;
using namespace nj::ui;
using app::WindowSettings;

class WindowSessionTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() {
        QStandardPaths::setTestModeEnabled(true);
        QFile log(directory_.filePath(QStringLiteral("shop.log")));
        QVERIFY(log.open(QIODevice::WriteOnly));
        for (int i = 0; i < 600; ++i)
            log.write(QStringLiteral("2023-11-14T22:%1:%2Z %3 request %4 took %5 ms\n").arg(i / 60 + 10).arg(i % 60, 2, 10, QLatin1Char('0')).arg(i % 50 ? "INFO" : "ERROR").arg(i).arg(i * 7 % 400).toUtf8());
        log.close();
        const ProcessResult imported = runNightjar({QStringLiteral("import"), QStringLiteral("-o"), capsule(), log.fileName()});
        QVERIFY2(imported.exitCode == 0, imported.err.constData());
    }
    void whatWasLeftComesBack() {
        TimeRange range;
        {
            WindowSettings settings(settingsFile());
            MainWindow window(settings.theme());
            app::WindowSession session(window, settings);
            window.show();
            session.open({capsule()});
            QTRY_VERIFY_WITH_TIMEOUT(window.settled() && window.workbench()->opened(), 30'000);
            window.actions().find(QStringLiteral("window.theme"))->trigger();
            window.workbench()->showView(QStringLiteral("logs"));
            const TimeRange all = window.workbench()->workspace().all();
            range = {all.from + kMinute, all.from + 3 * kMinute};
            window.workbench()->workspace().setRange(range);
            QVERIFY(window.workbench()->workspace().setFilterText(QStringLiteral("level:error")));
            window.workbench()->workspace().setUtc(false);
            window.workbench()->toggleRail();
            QVERIFY(window.actions().rebind(QStringLiteral("window.theme"), {QKeySequence(QStringLiteral("F9")), QKeySequence(QStringLiteral("T, D"))}));
            QVERIFY(window.actions().rebind(QStringLiteral("window.refresh"), {}));
            window.close();
        }
        WindowSettings settings(settingsFile());
        QCOMPARE(settings.theme(), ThemeKind::kLight);
        MainWindow window(settings.theme());
        app::WindowSession session(window, settings);
        QCOMPARE(settings.recent(), QStringList{capsule()});
        QCOMPARE(window.actions().find(QStringLiteral("window.theme"))->shortcuts(), (QList<QKeySequence>{QKeySequence(QStringLiteral("F9")), QKeySequence(QStringLiteral("T, D"))}));
        QVERIFY(window.actions().find(QStringLiteral("window.refresh"))->shortcuts().isEmpty());
        window.actions().resetAll();
        QVERIFY(settings.keys().isEmpty());
        window.show();
        session.open({capsule()});
        QTRY_VERIFY_WITH_TIMEOUT(window.settled() && window.workbench()->opened(), 30'000);
        Workbench& bench = *window.workbench();
        QCOMPARE(bench.currentViewId(), QStringLiteral("logs"));
        QVERIFY(bench.workspace().range() == range);
        QCOMPARE(bench.workspace().filterText(), QStringLiteral("level:error"));
        QVERIFY(!bench.workspace().utc());
        QVERIFY(bench.railCollapsed());
        QVERIFY(bench.notice()->text().contains(QStringLiteral("left")));
        // One step back leads to what the capsule opens with.
        bench.workspace().undo().undo();
    }
    void aLinkOpensItsCapsule() {
        WindowSettings settings(directory_.filePath(QStringLiteral("other.ini")));
        MainWindow window(ThemeKind::kDark);
        app::WindowSession session(window, settings);
        ViewLink link;
        link.capsule = capsule();
        link.view = QStringLiteral("logs");
        link.filter = QStringLiteral("level:error");
        window.show();
        session.open({linkText(link)});
        QVERIFY(window.workbench());
        QTRY_VERIFY_WITH_TIMEOUT(window.settled() && window.workbench()->opened(), 30'000);
        QCOMPARE(window.workbench()->currentViewId(), QStringLiteral("logs"));
        QCOMPARE(window.workbench()->workspace().filterText(), QStringLiteral("level:error"));
    }
    void aLinkImportsNothing() {
        WindowSettings settings(directory_.filePath(QStringLiteral("third.ini")));
        MainWindow window(ThemeKind::kDark);
        app::WindowSession session(window, settings);
        ViewLink link;
        link.capsule = directory_.filePath(QStringLiteral("shop.log"));
        session.open({linkText(link)});
        QVERIFY(!window.workbench());
    }
    void filesThatAreGoneAreNotRecent() {
        WindowSettings settings(directory_.filePath(QStringLiteral("fourth.ini")));
        settings.addRecent(QStringLiteral("/nonexistent/x.nightjar"));
        settings.addRecent(capsule());
        settings.addRecent(capsule());
        QCOMPARE(settings.recent(), QStringList{capsule()});
    }

private:
    [[nodiscard]] QString capsule() const { return directory_.filePath(QStringLiteral("shop.nightjar")); }
    [[nodiscard]] QString settingsFile() const { return directory_.filePath(QStringLiteral("window.ini")); }

    QTemporaryDir directory_;
};

QTEST_MAIN(WindowSessionTest)
#include "window_session_test.moc"
