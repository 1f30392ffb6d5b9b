// Our own scripts in Prometheus's test language, and Prometheus's where they are at hand.
#include <QDir>

#include "promql/syntax/function_table.h"
#include "promql/test_run.h"
#include "qt_test.h"
#include "support/shared_data.h"

class ScriptsTest : public QObject {
    Q_OBJECT

private slots:
    void ownScripts_data() { addScripts(QStringLiteral(NIGHTJAR_SOURCE_DIR "/tests/promql/scripts")); }
    void ownScripts() { runOne(); }
    void sharedScripts_data() { addScripts(nj::test::sharedData(QStringLiteral("prometheus-open/promqltest"))); }
    void sharedScripts() {
        NJ_NEED_SHARED_DATA(folder, "prometheus-open/promqltest");
        runOne();
    }
    void failuresAreSeen();
    void everyFunctionIsInAScript();

private:
    static void addScripts(const QString& folder) {
        QTest::addColumn<QString>("path");
        if (folder.isEmpty()) {
            QTest::newRow("none") << QString();
            return;
        }
        for (const QFileInfo& file : QDir(folder).entryInfoList({QStringLiteral("*.test")}, QDir::Files, QDir::Name))
            QTest::newRow(qPrintable(file.baseName())) << file.filePath();
    }
    static QByteArray contents(const QString& path) {
        QFile file(path);
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }
    static void runOne() {
        QFETCH(QString, path);
        const nj::test::ScriptOutcome outcome = nj::test::runScript(contents(path).toStdString());
        for (const std::string& failure : outcome.failures)
            qWarning("%s", failure.c_str());
        QVERIFY(outcome.failures.empty());
        QVERIFY(outcome.passed > 0);
    }
};

// The runner itself: each of these expectations is wrong.
void ScriptsTest::failuresAreSeen() {
    const std::string load = "load 1m\n  m{l=\"a\"} 1 2 3\n  h {{count:1 sum:1}} {{count:3 sum:2}}\n\n";
    const std::vector<std::string> wrong = {
        "eval instant at 0 m\n  m{l=\"a\"} 2\n",
        "eval instant at 0 m\n  m{l=\"b\"} 1\n",
        "eval instant at 0 m\n",
        "eval instant at 0 none\n  m 1\n",
        "eval instant at 0 m\n  m{l=\"a\"} {{count:1}}\n",
        "eval instant at 0 h\n  h {{count:1 sum:2}}\n",
        "eval instant at 0 h\n  h {{count:1 sum:1 counter_reset_hint:gauge}}\n",
        "eval range from 0 to 1m step 1m m\n  m{l=\"a\"} 1\n",
        "eval range from 0 to 1m step 1m m\n  m{l=\"a\"} 1 _\n",
        "eval range from 0 to 1m step 1m m\n  m{l=\"a\"} 1 2 3\n",
        "eval instant at 0 1\n  2\n",
        "eval instant at 0 \"a\"\n  expect string \"b\"\n",
        "eval instant at 0 m\n  expect fail\n",
        "eval instant at 0 m + on() m{l=\"a\"} + {__name__=~\".+\"}\n  m 1\n",
        "eval instant at 0 m\n  expect info\n  m{l=\"a\"} 1\n",
        "eval instant at 1m rate(m[2m])\n  expect no_info\n  {l=\"a\"} 0.016666666666666666\n",
        "eval instant at 1m sum(m) * 2\n  expect warn\n  {} 4\n",
        "eval instant at 1m m[\n",
        "nonsense\n",
    };
    for (const std::string& script : wrong)
        QVERIFY2(!nj::test::runScript(load + script).failures.empty(), script.c_str());
    QVERIFY(nj::test::runScript(load + "eval instant at 0 m\n  m{l=\"a\"} 1\n").failures.empty());
}

void ScriptsTest::everyFunctionIsInAScript() {
    QByteArray all;
    for (const QFileInfo& file :
         QDir(QStringLiteral(NIGHTJAR_SOURCE_DIR "/tests/promql/scripts")).entryInfoList({QStringLiteral("*.test")}, QDir::Files))
        all += contents(file.filePath());
    for (const nj::promql::FunctionSignature& function : nj::promql::allFunctions())
        QVERIFY2(all.contains(QByteArray(function.name.data(), static_cast<qsizetype>(function.name.size())) + '('),
                 std::string(function.name).c_str());
}

QTEST_APPLESS_MAIN(ScriptsTest)
#include "scripts_test.moc"
