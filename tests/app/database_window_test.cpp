// A SQLite file of no known tool opened in the window: the dialog comes, its answer is imported and remembered, and the command line takes what
// it saves; files of tools and capsules open without a question.
#include <QLabel>
#include <QTemporaryDir>

#include "nightjar_process.h"
#include "shell/main_window.h"
#include "shell/workbench.h"
#include "sqlite_file.h"
#include "widgets/table_mapping_dialog.h"
#include "window/window_session.h"

using namespace nj;
using namespace nj::test;
using namespace nj::ui;
using app::WindowSettings;

namespace {

constexpr const char* kEvents = "CREATE TABLE events (ts INTEGER, level TEXT, message TEXT, user TEXT);"
                                "INSERT INTO events VALUES (1773745092000,'INFO','one','u1'),(1773745093000,'ERROR','two','u2'),(1773745094000,'INFO','three','u1');";

}  // namespace

class DatabaseWindowTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { QStandardPaths::setTestModeEnabled(true); }

    void theAnswerIsImportedAndRemembered() {
        const QString path = make("events.db", kEvents);
        WindowSettings settings(settingsFile());
        {
            MainWindow window(ThemeKind::kDark);
            app::WindowSession session(window, settings);
            window.show();
            session.open({path});
            QTRY_VERIFY_WITH_TIMEOUT(session.databaseMapping().dialog(), 30'000);
            TableMappingDialog* dialog = session.databaseMapping().dialog();
            QVERIFY(!window.workbench());
            QTRY_COMPARE_WITH_TIMEOUT(dialog->previewTable()->rowCount(), 3, 30'000);
            QCOMPARE(dialog->previewTable()->item(1, 3)->text(), QStringLiteral("two"));
            QCOMPARE(dialog->previewTable()->item(1, 1)->text(), QStringLiteral("error"));
            // Another column as the text: the preview follows.
            dialog->columnBox(QStringLiteral("body"))->setCurrentText(QStringLiteral("user"));
            QTRY_COMPARE_WITH_TIMEOUT(dialog->previewTable()->item(1, 3)->text(), QStringLiteral("u2"), 30'000);
            dialog->columnBox(QStringLiteral("body"))->setCurrentText(QStringLiteral("message"));
            QTest::mouseClick(dialog->importButton(), Qt::LeftButton);
            QTRY_VERIFY_WITH_TIMEOUT(window.workbench() && window.settled() && window.workbench()->opened(), 30'000);
            QTRY_COMPARE_WITH_TIMEOUT(window.workbench()->workspace().info().logs, uint64_t{3}, 30'000);
            QVERIFY(!session.databaseMapping().asking());
        }
        QCOMPARE(settings.mappings().size(), 1);
        // The next file with the same table is read without a question.
        const QString next = make("monday.db", std::string(kEvents) + "DELETE FROM events WHERE level = 'ERROR';");
        WindowSettings again(settingsFile());
        MainWindow window(ThemeKind::kDark);
        app::WindowSession session(window, again);
        window.show();
        session.open({next});
        QTRY_VERIFY_WITH_TIMEOUT(window.workbench() && window.settled() && window.workbench()->opened() && window.workbench()->workspace().info().logs == 2, 30'000);
        QVERIFY(!session.databaseMapping().dialog());
    }
    void leavingItOutImportsTheRest() {
        const QString path = make("other.db", "CREATE TABLE things (at TEXT, what TEXT); INSERT INTO things VALUES ('2026-03-17','x');");
        QFile log(folder_.filePath(QStringLiteral("shop.log")));
        QVERIFY(log.open(QIODevice::WriteOnly));
        log.write("2023-11-14T22:13:20Z INFO one\n2023-11-14T22:13:21Z INFO two\n");
        log.close();
        WindowSettings settings(folder_.filePath(QStringLiteral("rest.ini")));
        MainWindow window(ThemeKind::kLight);
        app::WindowSession session(window, settings);
        window.show();
        session.open({path});
        QTRY_VERIFY_WITH_TIMEOUT(session.databaseMapping().dialog(), 30'000);
        // Nothing else is begun meanwhile.
        session.open({log.fileName()});
        QVERIFY(session.databaseMapping().asking());
        QTest::keyClick(session.databaseMapping().dialog(), Qt::Key_Escape);
        session.databaseMapping().dialog()->close();
        QTRY_VERIFY(!session.databaseMapping().asking());
        QVERIFY(!window.workbench());
        session.open({path, log.fileName()});
        QTRY_VERIFY_WITH_TIMEOUT(session.databaseMapping().dialog(), 30'000);
        session.databaseMapping().dialog()->close();
        QTRY_VERIFY_WITH_TIMEOUT(window.workbench() && window.settled() && window.workbench()->opened() && window.workbench()->workspace().info().logs == 2, 30'000);
        QVERIFY(settings.mappings().isEmpty());
    }
    void aToolsFileOpensWithoutAQuestion() {
        const QString path = make("logs.db", "CREATE TABLE responses (id TEXT PRIMARY KEY, model TEXT, prompt TEXT, response TEXT, datetime_utc TEXT, duration_ms INTEGER);"
                                             "INSERT INTO responses VALUES ('01a','llama-3','hi','hello','2026-03-17T10:58:12',1500);");
        WindowSettings settings(folder_.filePath(QStringLiteral("tool.ini")));
        MainWindow window(ThemeKind::kDark);
        app::WindowSession session(window, settings);
        window.show();
        session.open({path});
        QTRY_VERIFY_WITH_TIMEOUT(window.workbench() && window.settled() && window.workbench()->opened() && window.workbench()->workspace().info().spans == 1, 30'000);
        QVERIFY(!session.databaseMapping().dialog());
    }
    // The session goes while the dialog is open.
    void closingWhileAsked() {
        const QString path = make("late.db", "CREATE TABLE things (at TEXT, what TEXT); INSERT INTO things VALUES ('2026-03-17','x');");
        WindowSettings settings(folder_.filePath(QStringLiteral("late.ini")));
        MainWindow window(ThemeKind::kDark);
        {
            app::WindowSession session(window, settings);
            window.show();
            session.open({path});
            QTRY_VERIFY_WITH_TIMEOUT(session.databaseMapping().dialog(), 30'000);
        }
        QVERIFY(settings.mappings().isEmpty());
    }
    void theCommandLine() {
        const QString path = make("cli.db", kEvents), mapping = folder_.filePath(QStringLiteral("m.json")), capsule = folder_.filePath(QStringLiteral("cli.nightjar"));
        const ProcessResult refused = runNightjar({QStringLiteral("import"), QStringLiteral("-o"), capsule, path});
        QCOMPARE(refused.exitCode, 1);
        QVERIFY2(refused.err.contains("a SQLite file of no known tool: table events; map it with --mapping or in the window"), refused.err.constData());
        const ProcessResult suggested = runNightjar({QStringLiteral("import"), QStringLiteral("--suggest-mapping"), path});
        QCOMPARE(suggested.exitCode, 0);
        QFile file(mapping);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(suggested.out);
        file.close();
        const ProcessResult imported = runNightjar({QStringLiteral("import"), QStringLiteral("-o"), capsule, QStringLiteral("--mapping"), mapping, path});
        QVERIFY2(imported.exitCode == 0 && imported.out.contains("3 logs"), imported.err.constData());
        const ProcessResult found = runNightjar({QStringLiteral("logs"), capsule, QStringLiteral("level:error user:u2")});
        QVERIFY2(found.out.contains("two") && !found.out.contains("three"), found.out.constData());
        QVERIFY(file.open(QIODevice::WriteOnly | QIODevice::Truncate));
        file.write("{\"table\": \"events\", \"signal\": \"logs\", \"fields\": {\"time\": \"ts\"}}");
        file.close();
        const ProcessResult wrong = runNightjar({QStringLiteral("import"), QStringLiteral("-o"), capsule, QStringLiteral("--mapping"), mapping, path});
        QCOMPARE(wrong.exitCode, 2);
        QVERIFY2(wrong.err.contains("m.json: the mapping is wrong at tables[0].fields: 'body' is missing, which logs need"), wrong.err.constData());
        QCOMPARE(runNightjar({QStringLiteral("import"), QStringLiteral("--suggest-mapping"), capsule}).exitCode, 1);
        QCOMPARE(runNightjar({QStringLiteral("import"), path}).exitCode, 2);
        const ProcessResult itself = runNightjar({QStringLiteral("import"), QStringLiteral("-o"), folder_.filePath(QStringLiteral("b.nightjar")), capsule});
        QVERIFY2(itself.exitCode == 1 && itself.err.contains("opened, not imported"), itself.err.constData());
    }

private:
    QString settingsFile() const { return folder_.filePath(QStringLiteral("window.ini")); }
    QString make(const char* name, const std::string& sql) {
        const QString path = folder_.filePath(QString::fromUtf8(name));
        SqliteFile db(path);
        return db.run(sql) ? path : QString();
    }
    QTemporaryDir folder_;
};

QTEST_MAIN(DatabaseWindowTest)
#include "database_window_test.moc"
