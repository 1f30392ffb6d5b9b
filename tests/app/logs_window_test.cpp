// Logs over a real capsule with mouse and keyboard: patterns, columns, context of one source, jumps, opened records, copies and files of
// all matches, single keys in the whole window, and text that is meant to break viewers.
#include <QAbstractItemModelTester>
#include <QClipboard>
#include <QHeaderView>
#include <QJsonDocument>
#include <QJsonObject>
#include <QLineEdit>
#include <QMenu>
#include <QSettings>
#include <QTemporaryDir>
#include <QToolButton>

#include "../store/test_batches.h"
#include "qt_test.h"
#include "query/search_syntax.h"
#include "shell/main_window.h"
#include "shell/workbench.h"
#include "support/ui_watchdog.h"
#include "views/logs_bar.h"
#include "views/logs_columns_button.h"
#include "views/logs_patterns_panel.h"
#include "views/logs_table.h"
#include "views/logs_view.h"
#include "widgets/fact_table.h"

using namespace nj;
using namespace nj::test;
using namespace nj::ui;

namespace {

constexpr int kPatience = 60'000;
constexpr TimeRange kWindow{kT0 + kHour, kT0 + 2 * kHour};

void add(Batch& batch, TimeNs time, const std::string& body, uint8_t severity = 9, const std::string& service = "chat", AttributeList attributes = {}, TraceId trace = {}) {
    LogSpec log;
    log.time = time;
    log.body = body;
    log.severity = severity;
    log.service = service;
    log.attributes = std::move(attributes);
    log.trace = trace;
    addLog(batch, log);
}

const char* const kStack = "Traceback (most recent call last):\n  File \"app.py\", line 12, in main\n    run()\n  File \"app.py\", line 40, in run\n    connect()\nConnectionError: peer closed connection";

// Two files: the gateway's and the engine's. The window's hour has deadlines that the hour before has not.
void story(const TestCapsule& capsule) {
    std::vector<Batch> files(2);
    for (int i = 0; i < 240; ++i) {
        const TimeNs time = kT0 + i * 30 * kSecond;
        add(files[0], time, "GET /health " + std::to_string(i), 9, "gateway", {{"http.response.status_code", AttributeValue::ofInt(200)}, {"client.address", AttributeValue::ofString("10.0.0." + std::to_string(i % 5))}});
        add(files[1], time + kSecond, "Engine 000: Running: " + std::to_string(i) + " reqs", 9, "vllm-a");
        if (i >= 120 && i % 6 == 0)
            add(files[0], time + 2 * kSecond, "first byte deadline exceeded after " + std::to_string(i) + " s", 17, "gateway",
                {{"attempt", AttributeValue::ofInt(1 + i % 2)}, {"gen_ai.input.messages", AttributeValue::ofString("my secret")}}, traceId(7, static_cast<uint64_t>(i / 12)));
        if (i >= 120 && i % 20 == 0)
            add(files[1], time + 3 * kSecond, kStack, 17, "vllm-a");
        if (i >= 120 && i % 30 == 0)
            add(files[1], time + 4 * kSecond, "slow scrape", 13, "vllm-a");
    }
    capsule.import(std::move(files[0]), "gateway");
    const auto writer = capsule.writer();
    const auto id = writer->beginImport({"logs/engine.log", "test", kT0, "", 0});
    need(writer->add(*id, std::move(files[1])));
    need(writer->endImport(*id, endOf("engine")));
    need(writer->close());
}

}  // namespace

class LogsWindowTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() {
        QSettings::setPath(QSettings::IniFormat, QSettings::UserScope, settings_.path());
        story(capsule_);
        open(capsule_.path());
    }
    void cleanupTestCase() { window_.reset(); }
    void init() {
        if (!window_)
            return;
        bench().workspace().setFilterText({});
        bench().workspace().setRange(kWindow);
        bench().workspace().setBaseline(TimeRange{kT0, kT0 + kHour}, true);
        settle();
    }

    void patternsShowWhatIsNewAndFilter() {
        auto* panel = view().findChild<LogsPatternsPanel*>();
        QVERIFY(panel->isVisible());
        QVERIFY2(panel->title().startsWith(QStringLiteral("3 patterns are new")), qPrintable(panel->title()));
        FactTable& patterns = panel->table();
        QAbstractItemModelTester tester(patterns.model(), QAbstractItemModelTester::FailureReportingMode::QtTest);
        QVERIFY(patterns.cellAt(0, 0).text.contains(QStringLiteral("new")));
        QVERIFY(patterns.cellAt(0, 2).text.contains(QStringLiteral("deadline")));
        QCOMPARE(patterns.cellAt(0, 4).text, QStringLiteral("20"));
        QTest::mouseClick(patterns.viewport(), Qt::LeftButton, {}, patterns.visualRect(patterns.model()->index(0, 2)).center());
        settle();
        QVERIFY2(bench().workspace().filterText().startsWith(QStringLiteral("pattern:")), qPrintable(bench().workspace().filterText()));
        QCOMPARE(model().total(), quint64(20));
        patterns.setCurrentCell(0, 0);
        QTest::keyClick(&patterns, Qt::Key_Return);   // a second time: all again
        settle();
        QCOMPARE(bench().workspace().filterText(), QString());
    }

    void serviceChipsFilterAndStand() {
        QToolButton* chip = nullptr;
        for (QToolButton* one : view().findChildren<QToolButton*>(QStringLiteral("logService")))
            if (one->text().startsWith(QStringLiteral("gateway")))
                chip = one;
        QVERIFY(chip && !chip->isChecked());
        QTest::mouseClick(chip, Qt::LeftButton);
        settle();
        QCOMPARE(bench().workspace().filterText(), QStringLiteral("service:gateway"));
        QCOMPARE(model().total(), quint64(140));
        QTest::mouseClick(view().findChildren<QToolButton*>(QStringLiteral("logService")).front(), Qt::LeftButton);
        settle();
        QCOMPARE(bench().workspace().filterText(), QString());
    }

    void columnsAreAddedMovedRemovedAndRemembered() {
        auto* columns = view().findChild<LogsColumnsButton*>();
        QAbstractItemModelTester tester(&model(), QAbstractItemModelTester::FailureReportingMode::QtTest);
        columns->setKeys({QStringLiteral("attempt"), QStringLiteral("client.address")});
        settle();
        QCOMPARE(model().columnCount(), int(LogTableModel::kColumns) + 2);
        QHeaderView& header = *table().horizontalHeader();
        QVERIFY(header.visualIndex(LogTableModel::kColumns) < header.visualIndex(LogTableModel::kBody));
        bench().workspace().setFilterText(QStringLiteral("deadline"));
        settle();
        QCOMPARE(model().index(0, LogTableModel::kColumns).data().toString(), QStringLiteral("1"));
        header.moveSection(header.visualIndex(LogTableModel::kColumns + 1), header.visualIndex(LogTableModel::kColumns));   // what a drag does
        QTRY_COMPARE(columns->keys(), QStringList({QStringLiteral("client.address"), QStringLiteral("attempt")}));
        settle();
        QCOMPARE(LogsColumnsButton(bench().queries(), theme_).keys(), columns->keys());   // as at the next start
        QMenu* menu = columns->filledMenu();
        for (QAction* action : menu->actions())
            if (action->text().startsWith(QStringLiteral("client.address")))
                action->trigger();
        settle();
        QCOMPARE(columns->keys(), QStringList({QStringLiteral("attempt")}));
        // Contents of messages stay masked in a column of theirs.
        columns->setKeys({QStringLiteral("gen_ai.input.messages")});
        settle();
        QVERIFY(!model().index(0, LogTableModel::kColumns).data().toString().contains(QStringLiteral("secret")));
        columns->setKeys({});
        settle();
    }

    void contextIsOfTheSameFileWhateverTheFilter() {
        bench().workspace().setFilterText(QStringLiteral("deadline"));
        settle();
        select(3);
        const qint64 seq = current()->seq;
        QTest::keyClick(&table(), Qt::Key_C);
        settle();
        QVERIFY(model().contextPosition());
        int seen = 0;
        for (int row = 0; row < model().rowCount(); ++row)
            if (model().isContext(row)) {
                ++seen;
                QCOMPARE(model().record(row)->service, std::string("gateway"));
            }
        QCOMPARE(seen, 8);
        QCOMPARE(current()->seq, seq);
        QTest::keyClick(&table(), Qt::Key_C);
        settle();
        QVERIFY(!model().contextPosition());
        QTest::keyClick(&table(), Qt::Key_C, Qt::ShiftModifier);   // of everything
        settle();
        bool other = false;
        for (int row = 0; row < model().rowCount(); ++row)
            other = other || (model().isContext(row) && model().record(row)->service == "vllm-a");
        QVERIFY(other);
        QTest::keyClick(&table(), Qt::Key_C, Qt::ShiftModifier);
        settle();
    }

    void jumpsToHitsAndAlongATrace() {
        select(0);
        auto* search = view().findChild<QLineEdit*>(QStringLiteral("logSearch"));
        QTest::keyClicks(search, QStringLiteral("ConnectionError"));
        QTest::keyClick(search, Qt::Key_Return, Qt::ShiftModifier);
        settle();
        QCOMPARE(bench().workspace().filterText(), QString());   // jumps, does not filter
        QVERIFY(current()->body.find("ConnectionError") != std::string::npos);
        const int first = table().currentIndex().row();
        QTest::keyClick(&table(), Qt::Key_N);
        settle();
        QVERIFY(table().currentIndex().row() > first && current()->body.find("ConnectionError") != std::string::npos);
        QVERIFY2(bar().note().contains(QStringLiteral("hit 2 of 6")), qPrintable(bar().note()));
        QTest::keyClick(&table(), Qt::Key_N, Qt::ShiftModifier);
        settle();
        QCOMPARE(table().currentIndex().row(), first);
        bench().workspace().setFilterText(QStringLiteral("deadline"));
        settle();
        select(0);
        const TraceId trace = current()->traceId;
        const qint64 seq = current()->seq;
        bench().workspace().setFilterText({});
        settle();
        view().open(QStringLiteral("log:%1").arg(seq));
        settle();
        QTest::keyClick(&table(), Qt::Key_O);
        settle();
        QVERIFY(current()->seq != seq);
        QCOMPARE(current()->traceId, trace);
        QTest::keyClick(&table(), Qt::Key_O, Qt::ShiftModifier);
        settle();
        QCOMPARE(current()->seq, seq);
    }

    void recordsOfSeveralLinesOpenInPlace() {
        bench().workspace().setFilterText(QStringLiteral("ConnectionError"));
        settle();
        select(1);
        const QModelIndex body = model().index(1, LogTableModel::kBody);
        QCOMPARE(body.data(LogTableModel::kLineCountRole).toInt(), 6);
        QVERIFY(body.data().toString().startsWith(QStringLiteral("Traceback")) && body.data().toString().endsWith(QStringLiteral("peer closed connection")));
        const int low = table().rowHeight(1);
        QTest::keyClick(&table(), Qt::Key_Space);
        QCOMPARE(body.data(LogTableModel::kLinesRole).toStringList().size(), 6);
        QVERIFY(table().rowHeight(1) > 3 * low);
        QCOMPARE(table().rowHeight(0), low);
        QTest::keyClick(&table(), Qt::Key_Left);
        QCOMPARE(table().rowHeight(1), low);
        // With the mouse, by its chip.
        QTest::mouseClick(table().viewport(), Qt::LeftButton, {}, table().visualRect(body).topLeft() + QPoint(20, 12));
        QVERIFY(model().isOpen(1));
        QTest::mouseClick(table().viewport(), Qt::LeftButton, {}, table().visualRect(body).topLeft() + QPoint(20, 12));
        QVERIFY(!model().isOpen(1));
    }

    void allMatchesAreCopiedAndSaved_data() {
        QTest::addColumn<int>("format");
        QTest::newRow("text") << int(LogFormat::kText);
        QTest::newRow("JSON lines") << int(LogFormat::kJsonLines);
        QTest::newRow("CSV") << int(LogFormat::kCsv);
    }
    void allMatchesAreCopiedAndSaved() {
        QFETCH(int, format);
        const auto form = static_cast<LogFormat>(format);
        bench().workspace().setFilterText(QStringLiteral("deadline"));
        settle();
        QTemporaryDir folder;
        const QString path = folder.filePath(QStringLiteral("out"));
        auto* logs = qobject_cast<LogsView*>(&view());
        logs->saveTo(path, form);
        settle();
        QFile file(path);
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QByteArray text = file.readAll();
        const auto lines = text.count('\n');
        QCOMPARE(lines, form == LogFormat::kCsv ? 21 : 20);
        QVERIFY(!text.contains("my secret"));
        if (form == LogFormat::kJsonLines) {
            const QJsonObject first = QJsonDocument::fromJson(text.left(text.indexOf('\n'))).object();
            QCOMPARE(first.value(QStringLiteral("service")).toString(), QStringLiteral("gateway"));
            QCOMPARE(first.value(QStringLiteral("attributes")).toObject().value(QStringLiteral("attempt")).toInt(), 1);
        }
        for (QAction* action : view().findChild<QToolButton*>(QStringLiteral("logExport"))->menu()->actions())
            if (action->text().startsWith(QStringLiteral("Copy all as ")) && action->text().contains(form == LogFormat::kText ? QStringLiteral("text") : form == LogFormat::kCsv ? QStringLiteral("CSV") : QStringLiteral("JSON")))
                action->trigger();
        settle();
        QCOMPARE(QGuiApplication::clipboard()->text().toUtf8(), text);
    }

    void singleKeysAreTheTablesOwn() {
        bench().workspace().setFilterText(QStringLiteral("deadline"));
        settle();
        select(0);
        table().setFocus();
        QTRY_VERIFY(table().hasFocus());
        // Through the window, where T and C begin sequences (T Z, C T …).
        QTest::keyClick(window_->windowHandle(), Qt::Key_C);
        settle();
        QVERIFY(model().contextPosition());
        QTest::keyClick(window_->windowHandle(), Qt::Key_C);
        settle();
        QTest::keyClick(window_->windowHandle(), Qt::Key_E);
        settle();
        QVERIFY(current()->severity >= 17);
        QTest::keyClick(window_->windowHandle(), Qt::Key_T);   // its trace
        QTRY_COMPARE(bench().currentViewId(), QStringLiteral("traces"));
        bench().showView(QStringLiteral("logs"));
        settle();
    }

    void hostileTextIsShownLiterallyWithoutStall() {
        TestCapsule hostile;
        Batch batch;
        std::string marks = "combining ";
        for (int i = 0; i < 1'000'000; ++i)
            marks += "\xcc\x81";
        std::string tables;
        for (int i = 0; i < 3000; ++i)
            tables += "<table><tr><td>";
        std::string lines;
        for (int i = 0; i < 200'000; ++i)
            lines += "line " + std::to_string(i) + "\n";
        const std::vector<std::string> bodies = {std::string(10U << 20, 'x'), marks, tables, "<img src=file:///dev/zero>", "<b>bold</b> &amp; <script>alert(1)</script>",
                                                 "\xe2\x80\xae drawkcab \xe2\x81\xa6\xe2\x80\x8f", "\x1b[31mred\x1b[0m\x07\x1b]0;title\x07", lines, std::string(100'000, '\n'), std::string("nul\0inside", 10), "\xff\xfe broken"};
        for (int round = 0; round < 20; ++round)
            for (size_t i = 0; i < bodies.size(); ++i)
                if (round == 0 || bodies[i].size() < 100'000)
                    add(batch, kT0 + round * kSecond + static_cast<TimeNs>(i) * kMillisecond, bodies[i], 17, bodies[i].substr(0, 300), {{bodies[i].substr(0, 200), AttributeValue::ofString(bodies[i])}});
        hostile.import(std::move(batch));
        open(hostile.path());
        bench().workspace().setRange({kT0 - kSecond, kT0 + kMinute});
        settle();
        UiWatchdog watchdog;
        const auto quiet = [&](const char* what) {
            const double longest = watchdog.takeLongest();
            QVERIFY2(longest < 100 * kSlowBuild, qPrintable(QStringLiteral("%1: UI thread busy for %2 ms").arg(QLatin1String(what)).arg(longest)));
        };
        view().findChild<LogsColumnsButton*>()->setKeys({QStringLiteral("<img src=file:///dev/zero>"), QString::fromStdString(bodies[5])});
        settle();
        quiet("columns");
        for (int row = 0; row < std::min(model().rowCount(), 24); ++row) {
            select(row);   // the inspector shows each of them, too
            quiet(qPrintable(QStringLiteral("row %1").arg(row)));
            QTest::keyClick(&table(), Qt::Key_Space);
            settle();
            table().viewport()->repaint();
            quiet(qPrintable(QStringLiteral("row %1 opened").arg(row)));
            QTest::keyClick(&table(), Qt::Key_Space);
            const QString shown = model().index(row, LogTableModel::kBody).data().toString();
            QVERIFY(!shown.contains(QLatin1Char('\n')) && !shown.contains(QChar(0x1B)) && !shown.contains(QChar(0x202E)));
        }
        QVERIFY(model().index(3, LogTableModel::kBody).data().toString() == QStringLiteral("<img src=file:///dev/zero>"));
        QTemporaryDir folder;
        qobject_cast<LogsView*>(&view())->saveTo(folder.filePath(QStringLiteral("all.jsonl")), LogFormat::kJsonLines);
        settle();
        quiet("saved");
        view().findChild<LogsColumnsButton*>()->setKeys({});
        settle();
    }

private:
#ifdef NDEBUG
    static constexpr double kSlowBuild = 1;
#else
    static constexpr double kSlowBuild = 2;   // without optimisation
#endif
    void open(const std::string& path) {
        window_.reset();
        window_ = std::make_unique<MainWindow>(ThemeKind::kDark);
        window_->resize(1600, 1000);
        window_->show();
        window_->openCapsule(QString::fromStdString(path), [path] { return query::openCapsuleBackend(path); });
        settle();
        bench().showView(QStringLiteral("logs"));
        settle();
    }
    void settle() { QTRY_VERIFY_WITH_TIMEOUT(window_->settled(), kPatience); }
    Workbench& bench() { return *window_->findChild<Workbench*>(); }
    View& view() { return *bench().currentView(); }
    LogsTable& table() { return *view().findChild<LogsTable*>(); }
    LogTableModel& model() { return *view().findChild<LogTableModel*>(); }
    LogsBar& bar() { return *view().findChild<LogsBar*>(); }
    const query::LogRow* current() { return model().record(table().currentIndex().row()); }
    void select(int row) {
        table().goTo(row);
        settle();
    }
    QTemporaryDir settings_;
    TestCapsule capsule_;
    Theme theme_ = Theme::dark();
    std::unique_ptr<MainWindow> window_;
};

QTEST_MAIN(LogsWindowTest)
#include "logs_window_test.moc"
