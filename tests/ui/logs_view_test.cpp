// The Logs view over the fake capsule: the table by pages, jumping, context, following, filtering, saving.
#include <QAbstractItemModelTester>
#include <QClipboard>
#include <QLineEdit>
#include <QTemporaryDir>
#include <QToolButton>

#include "models/log_text.h"
#include "qt_test.h"
#include "query/search_syntax.h"
#include "support/fake_backend.h"
#include "views/logs_bar.h"
#include "views/logs_table.h"
#include "views/logs_view.h"
#include "views/logs_volume_panel.h"
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
    std::unique_ptr<LogsView> view;
    LogsTable* table = nullptr;
    LogTableModel* model = nullptr;
    explicit Fixture(const QString& filter = {}) {
        FakeBackend backend;
        workspace.setInfo(*backend.info({}));
        workspace.setAll(FakeBackend::all());
        workspace.setRange(FakeBackend::incident());
        workspace.setFilterText(filter);
        view = std::make_unique<LogsView>(ViewContext{workspace, queries, theme});
        view->resize(1200, 800);
        table = view->findChild<LogsTable*>();
        model = view->findChild<LogTableModel*>();
        view->show();
        wait();
    }
    void wait() const { QTRY_VERIFY_WITH_TIMEOUT(view->settled(), 30'000); }
    [[nodiscard]] const query::LogRow* current() const { return model->record(table->currentIndex().row()); }
    void select(int row) const {
        table->goTo(row);
        wait();
    }
};

QPoint at(const ChartFrame& chart, TimeNs time) { return QPointF(chart.plotFrame().x(time), chart.plotFrame().plot.center().y()).toPoint(); }

}  // namespace

class LogsViewTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void countsStandInTheTitle() {
        Fixture f(QStringLiteral("deadline"));
        FakeBackend backend;
        const auto volume = *backend.logVolume({FakeBackend::incident(), f.workspace.filter(), 10}, {});
        QCOMPARE(f.model->total(), volume.total);
        QVERIFY(volume.total > 0 && volume.total < volume.all);
        QVERIFY2(f.view->summary().startsWith(QStringLiteral("“deadline”: ")), qPrintable(f.view->summary()));
        QCOMPARE(f.model->words(), QStringList({QStringLiteral("deadline")}));
    }

    void onlySeenPagesAreAsked() {
        Fixture f;
        QAbstractItemModelTester tester(f.model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        f.wait();
        const int before = f.script->questions;
        f.select(f.model->rowCount() - 1);
        QVERIFY(f.current() != nullptr);
        QVERIFY2(f.script->questions - before < 8, "the last rows were reached through all pages between");
        for (int row = 1; row < 5; ++row)
            QVERIFY(f.model->record(f.model->rowCount() - row - 1)->time <= f.model->record(f.model->rowCount() - row)->time);
    }

    void aRowIsTheSelectionAndTheCursor() {
        Fixture f;
        f.select(10);
        QCOMPARE(f.workspace.selection().kind, Selection::Kind::kLog);
        QCOMPARE(f.workspace.selection().seq, f.current()->seq);
        QCOMPARE(*f.workspace.cursor(), f.current()->time);
        f.table->setFocus();
        QTest::keyClick(f.table, Qt::Key_Down);
        QCOMPARE(f.table->currentIndex().row(), 11);
    }

    void keysJumpToErrorsBothWays() {
        Fixture f;
        f.select(0);
        QTest::keyClick(f.table, Qt::Key_E);
        f.wait();
        QVERIFY(f.current()->severity >= 17);
        const int first = f.table->currentIndex().row();
        QTest::keyClick(f.table, Qt::Key_E);
        f.wait();
        const int second = f.table->currentIndex().row();
        QVERIFY(second > first && f.current()->severity >= 17);
        for (int row = first + 1; row < std::min(second, first + 150); ++row)
            if (const query::LogRow* between = f.model->record(row))
                QVERIFY(between->severity < 17);
        QTest::keyClick(f.table, Qt::Key_E, Qt::ShiftModifier);
        f.wait();
        QCOMPARE(f.table->currentIndex().row(), first);
        QTest::keyClick(f.table, Qt::Key_W);
        f.wait();
        QVERIFY(f.current()->severity >= 13 && f.current()->severity < 17);
    }

    void contextShowsWhatStandsBetweenTheMatches() {
        Fixture f(QStringLiteral("deadline"));
        f.select(5);
        const qint64 seq = f.current()->seq, previous = f.model->record(4)->seq, next = f.model->record(6)->seq;
        const int rows = f.model->rowCount();
        QAbstractItemModelTester tester(f.model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        QTest::keyClick(f.table, Qt::Key_C, Qt::ShiftModifier);   // of all sources
        f.wait();
        QVERIFY(f.model->contextPosition());
        QVERIFY(f.model->rowCount() > rows);
        QCOMPARE(f.current()->seq, seq);   // the match stays under the hand
        int seen = 0;
        for (int row = 0; row < f.model->rowCount() && row < 30; ++row) {
            if (!f.model->isContext(row))
                continue;
            ++seen;
            const qint64 one = f.model->record(row)->seq;
            QVERIFY(one > previous && one < next && one != seq);
        }
        QCOMPARE(seen, f.model->rowCount() - rows);
        QTest::keyClick(f.table, Qt::Key_C, Qt::ShiftModifier);   // of all sources
        f.wait();
        QCOMPARE(f.model->rowCount(), rows);
        QCOMPARE(f.current()->seq, seq);
    }

    void theTableFollowsTheCursor() {
        Fixture f;
        const TimeNs moment = FakeBackend::incident().from + 60 * kMinute;
        f.workspace.setCursor(moment);
        f.wait();
        QVERIFY(f.current() && std::abs(static_cast<double>(f.current()->time - moment)) < 5e9);
        QCOMPARE(*f.workspace.cursor(), moment);   // following does not pull the cursor about
        QTest::mouseClick(f.view->findChild<QToolButton*>(QStringLiteral("logFollow")), Qt::LeftButton);
        const int row = f.table->currentIndex().row();
        f.workspace.setCursor(moment + 10 * kMinute);
        f.wait();
        QCOMPARE(f.table->currentIndex().row(), row);
    }

    void openShowsOneRecordEvenOutsideTheRange() {
        Fixture f;
        f.view->open(QStringLiteral("log:nonsense"));
        f.view->open(QStringLiteral("log:%1").arg(FakeBackend::kHeroLog));
        f.wait();
        QTRY_VERIFY_WITH_TIMEOUT(f.current() && f.current()->seq == FakeBackend::kHeroLog, 20'000);
    }

    void severityChipsAndSearchEditTheFilter() {
        Fixture f;
        QTest::mouseClick(f.view->findChild<QToolButton*>(QStringLiteral("severity0")), Qt::LeftButton);
        f.wait();
        QCOMPARE(f.workspace.filterText(), QStringLiteral("severity>=error"));
        QTest::mouseClick(f.view->findChild<QToolButton*>(QStringLiteral("severity1")), Qt::LeftButton);
        f.wait();
        QCOMPARE(f.workspace.filterText(), QStringLiteral("severity:warn"));
        QTest::mouseClick(f.view->findChild<QToolButton*>(QStringLiteral("severity1")), Qt::LeftButton);
        QCOMPARE(f.workspace.filterText(), QString());
        auto* search = f.view->findChild<QLineEdit*>(QStringLiteral("logSearch"));
        QTest::keyClicks(search, QStringLiteral("deadline"));
        QTest::keyClick(search, Qt::Key_Return);
        f.wait();
        QCOMPARE(f.workspace.filterText(), QStringLiteral("deadline"));
        QTest::mouseClick(f.view->findChild<QToolButton*>(QStringLiteral("logChip")), Qt::LeftButton);
        QCOMPARE(f.workspace.filterText(), QString());
    }

    void theBrushNarrowsTheTable() {
        Fixture f;
        TimeChart& chart = f.view->findChild<LogsVolumePanel*>()->chart();
        const quint64 before = f.model->total();
        const TimeNs from = FakeBackend::incident().from;
        QTest::mousePress(chart.viewport(), Qt::LeftButton, {}, at(chart, from + 30 * kMinute));
        QTest::mouseMove(chart.viewport(), at(chart, from + 60 * kMinute));
        QTest::mouseRelease(chart.viewport(), Qt::LeftButton, {}, at(chart, from + 60 * kMinute));
        f.wait();
        QVERIFY(f.model->total() < before);
        QVERIFY(f.model->record(0)->time >= from + 29 * kMinute);
        QTest::keyClick(f.view.get(), Qt::Key_Escape);
        f.wait();
        QCOMPARE(f.model->total(), before);
    }

    void copyAndSaveGiveWholeLines() {
        Fixture f(QStringLiteral("deadline"));
        f.select(0);
        QTest::keyClick(f.table, Qt::Key_Down, Qt::ShiftModifier);
        QTest::keyClick(f.table, Qt::Key_C, Qt::ControlModifier);
        const QStringList copied = QGuiApplication::clipboard()->text().split(QLatin1Char('\n'), Qt::SkipEmptyParts);
        QCOMPARE(copied.size(), 2);
        QVERIFY(copied[0].contains(QStringLiteral("deadline")));
        QTemporaryDir folder;
        const QString path = folder.filePath(QStringLiteral("records.log"));
        f.view->saveTo(path);
        f.wait();
        QFile file(path);
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QList<QByteArray> lines = file.readAll().split('\n');
        QCOMPARE(static_cast<quint64>(lines.size() - 1), f.model->total());
        QCOMPARE(QString::fromUtf8(lines[0]), copied[0]);
        f.view->saveTo(QStringLiteral("/nonexistent/folder/x.log"));
        f.wait();
        QVERIFY(f.view->findChild<LogsBar*>()->note().contains(QStringLiteral("Cannot write")));
    }

    void emptyAndFailingSaySo() {
        Fixture f(QStringLiteral("nothinghasthisword"));
        QCOMPARE(f.model->total(), 0ULL);
        QVERIFY(!f.table->isVisible());
        f.script->fail = true;
        f.workspace.setFilterText({});
        f.wait();
        QVERIFY(!f.table->isVisible());
        f.script->fail = false;
        f.workspace.setRange({FakeBackend::incident().from, FakeBackend::incident().to - kSecond});
        f.wait();
        QVERIFY(f.table->isVisible());
    }

    void searchedWordsAreMarkedNotThoseExcluded() {
        const QStringList words = searchedWords(*query::parseSearch("deadline \"first byte\" -retry service:gateway"));
        QCOMPARE(words, QStringList({QStringLiteral("deadline"), QStringLiteral("first byte")}));
        const auto places = wordPlaces(QStringLiteral("First Byte deadline, deadlinedeadline"), words);
        QCOMPARE(places.size(), 3);
        QCOMPARE(places[0], (std::pair<qsizetype, qsizetype>(0, 10)));
        QCOMPARE(places[2], (std::pair<qsizetype, qsizetype>(21, 37)));
        QCOMPARE(wordPlaces(QString(1'000'000, QLatin1Char('a')), {QStringLiteral("a")}).size() <= 64, true);
    }

    void hostileTextIsOneTameLine() {
        const QString line = cellLine(std::string("a\nb\x1b[31m\xe2\x80\xae evil \xff") + std::string(100'000, 'x'));
        QVERIFY(!line.contains(QLatin1Char('\n')));
        QVERIFY(!line.contains(QChar(0x202E)));
        QVERIFY(!line.contains(QChar(0x1B)));
        QVERIFY(line.size() <= 4096);
    }
};

QTEST_MAIN(LogsViewTest)
#include "logs_view_test.moc"
