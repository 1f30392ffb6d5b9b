// The real window over a fake capsule, driven by mouse and keyboard.
#include <QClipboard>
#include <QDropEvent>
#include <QLabel>
#include <QMimeData>
#include <QSignalSpy>
#include <QTableWidget>

#include "qt_test.h"
#include "shell/command_palette.h"
#include "shell/key_overlay.h"
#include "shell/main_window.h"
#include "shell/notice.h"
#include "shell/start_page.h"
#include "shell/status_line.h"
#include "shell/top_bar.h"
#include "shell/view_rail.h"
#include "shell/workbench.h"
#include "state/links.h"
#include "support/fake_backend.h"
#include "widgets/inspector.h"
#include "widgets/overview_strip.h"

using namespace nj;
using namespace nj::ui;
using test::FakeBackend;

namespace {

constexpr int kWait = 20'000;

// With NIGHTJAR_PICTURES=<folder> what a test looked at is kept.
void keep(QWidget& window, const char* name) {
    if (const QString folder = qEnvironmentVariable("NIGHTJAR_PICTURES"); !folder.isEmpty())
        QVERIFY(window.grab().save(folder + QLatin1Char('/') + QString::fromLatin1(name) + QStringLiteral(".png")));
}

// A window with an open capsule, at rest.
struct Fixture {
    std::shared_ptr<test::FakeScript> script = std::make_shared<test::FakeScript>();
    MainWindow window;
    void open() {
        window.resize(1600, 1000);
        window.openCapsule(QStringLiteral("/data/gpu-node-07.nightjar"),
                           [s = script]() -> Result<std::unique_ptr<query::Backend>> { return std::unique_ptr<query::Backend>(new FakeBackend(s)); });
        window.show();
        QVERIFY(QTest::qWaitForWindowActive(&window));
        rest();
    }
    void rest() { QTRY_VERIFY_WITH_TIMEOUT(window.settled(), kWait); }
    Workbench& bench() { return *window.workbench(); }
    Workspace& workspace() { return bench().workspace(); }
    void keys(const char* sequence) {
        for (const auto& part : QKeySequence(QString::fromLatin1(sequence)).toString().split(QStringLiteral(", "))) {
            const QKeySequence one(part);
            QTest::keyClick(QApplication::focusWidget() ? QApplication::focusWidget() : &window, one[0].key(), one[0].keyboardModifiers());
        }
    }
    void drag(QWidget* on, int fromX, int toX, Qt::KeyboardModifiers modifiers = {}) {
        const int y = on->height() / 2;
        QTest::mousePress(on, Qt::LeftButton, modifiers, QPoint(fromX, y));
        QTest::mouseMove(on, QPoint((fromX + toX) / 2, y));
        QTest::mouseMove(on, QPoint(toX, y));
        QTest::mouseRelease(on, Qt::LeftButton, modifiers, QPoint(toX, y));
    }
};

}  // namespace

class ShellTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void startsWithThreeActionsAndKeys() {
        MainWindow window;
        QSignalSpy demo(&window, &MainWindow::demoRequested), open(&window, &MainWindow::openRequested);
        window.setRecent({QStringLiteral("/tmp/a.nightjar"), QStringLiteral("/tmp/b.nightjar")});
        window.show();
        QVERIFY(QTest::qWaitForWindowActive(&window));
        auto* page = window.findChild<StartPage*>();
        QVERIFY(page && page->isVisible());
        page->setFocus();
        keep(window, "start");
        QTest::keyClick(page, Qt::Key_D);
        QCOMPARE(demo.count(), 1);
        QTest::keyClick(page, Qt::Key_R);
        QCOMPARE(open.count(), 1);
        QCOMPARE(open.first().first().toStringList(), QStringList{QStringLiteral("/tmp/a.nightjar")});
    }
    void filesCanBeDropped() {
        MainWindow window;
        QSignalSpy dropped(&window, &MainWindow::filesDropped);
        window.show();
        QMimeData data;
        data.setUrls({QUrl::fromLocalFile(QStringLiteral("/tmp/bundle.tar.zst")), QUrl(QStringLiteral("https://example.org/x"))});
        QDragEnterEvent enter(QPoint(50, 50), Qt::CopyAction, &data, Qt::LeftButton, {});
        QApplication::sendEvent(&window, &enter);
        QVERIFY(enter.isAccepted());
        QDropEvent drop(QPointF(50, 50), Qt::CopyAction, &data, Qt::LeftButton, {});
        QApplication::sendEvent(&window, &drop);
        QCOMPARE(dropped.count(), 1);
        QCOMPARE(dropped.first().first().toStringList(), QStringList{QStringLiteral("/tmp/bundle.tar.zst")});
    }
    void opensOnTheWorstDepartureAndSaysSo() {
        Fixture f;
        f.open();
        QCOMPARE(f.workspace().range(), FakeBackend::incident());
        QCOMPARE(f.workspace().all(), FakeBackend::all());
        QVERIFY(f.workspace().baseline().has_value());
        QVERIFY2(!f.workspace().undo().canUndo(), "opening is no step to undo");
        QVERIFY(f.bench().notice()->text().contains(QStringLiteral("10:46–11:31")));
        f.keys("0");
        QCOMPARE(f.workspace().range(), FakeBackend::all());
        f.keys("Backspace");
        QCOMPARE(f.workspace().range(), FakeBackend::incident());
    }
    void statusNamesTotalsAndWhatIsMissing() {
        Fixture f;
        f.open();
        const QString text = f.bench().status()->text();
        QVERIFY2(text.contains(QStringLiteral("216,480 spans")), qPrintable(text));
        QVERIFY(text.contains(QStringLiteral("7 files read, 0 rejected")));
        QVERIFY(text.contains(QStringLiteral("no engine span")));
        QVERIFY(text.endsWith(QStringLiteral("UTC")));
    }
    void importProgressCanBeCancelled() {
        Fixture f;
        f.open();
        QSignalSpy cancelled(&f.window, &MainWindow::cancelImportRequested);
        f.window.setImportProgress({true, QStringLiteral("gateway.log.zst"), 40'000'000, 100'000'000, 1000, 250'000, 3});
        QVERIFY(f.bench().status()->text().contains(QStringLiteral("gateway.log.zst")));
        QVERIFY(f.bench().status()->text().contains(QStringLiteral("250 k rows/s").replace(QStringLiteral("250 k"), QStringLiteral("250\u00A0k"))));
        auto* button = f.window.findChild<QPushButton*>(QStringLiteral("cancelImport"));
        QVERIFY(button->isVisible());
        keep(f.window, "import");
        QTest::mouseClick(button, Qt::LeftButton);
        QCOMPARE(cancelled.count(), 1);
        f.window.setImportProgress({});
        QVERIFY(!button->isVisible());
    }
    void startPageSaysWhatIsBeingWritten() {
        MainWindow window;
        QSignalSpy cancelled(&window, &MainWindow::cancelImportRequested), demo(&window, &MainWindow::demoRequested);
        window.resize(1600, 1000);
        window.show();
        QVERIFY(QTest::qWaitForWindowActive(&window));
        auto* button = window.findChild<QPushButton*>(QStringLiteral("cancelStart"));
        QVERIFY(button && !button->isVisible());
        window.setImportProgress({true, QStringLiteral("Writing the demo: traces"), 400, 1000, 0, 0, 0});
        QVERIFY(button->isVisible());
        keep(window, "start-progress");
        auto* page = window.findChild<StartPage*>();
        QTest::keyClick(page, Qt::Key_D);
        QVERIFY2(demo.isEmpty(), "one at a time");
        QTest::mouseClick(button, Qt::LeftButton);
        QCOMPARE(cancelled.count(), 1);
        window.setImportProgress({});
        QVERIFY(!button->isVisible());
        QTest::keyClick(page, Qt::Key_D);
        QCOMPARE(demo.count(), 1);
    }
    // Events come first out of a bundle; the first view of a capsule is the overview all the same, unless another was asked for.
    void overviewIsShownOnceItCanBe() {
        for (const bool asked : {false, true}) {
            Fixture f;
            f.script->noSpans = f.script->noLogs = f.script->noMetrics = true;
            f.open();
            QVERIFY(f.bench().currentViewId() != QLatin1String("overview"));
            if (asked)
                f.bench().showView(QStringLiteral("sources"));
            const QString before = f.bench().currentViewId();
            f.script->noSpans = f.script->noLogs = f.script->noMetrics = false;
            f.window.refresh();
            QTRY_COMPARE_WITH_TIMEOUT(f.bench().currentViewId(), asked ? before : QStringLiteral("overview"), kWait);
            f.rest();
            QVERIFY2(!f.workspace().undo().canUndo() || asked, "nobody went anywhere");
        }
    }
    void growingDataIsAskedForAtMostTwiceASecond() {
        Fixture f;
        f.open();
        f.workspace().setRange({FakeBackend::incident().from, FakeBackend::incident().from + kHour});
        f.rest();
        const int before = f.script->infos;
        for (int i = 0; i < 50; ++i)
            f.window.refresh();
        f.rest();
        QVERIFY(f.script->infos - before >= 1);
        QVERIFY2(f.script->infos - before <= 3, "50 refreshes in a row are one or two questions (the overview asks for info, too)");
        QCOMPARE(f.workspace().range().length(), kHour);
    }

    void draggingTheStripSetsTheRange() {
        Fixture f;
        f.open();
        OverviewStrip* strip = f.bench().strip();
        f.drag(strip, 300, 600);
        const TimeRange range = f.workspace().range();
        QCOMPARE(range.from, strip->timeAt(300));
        QCOMPARE(range.to, strip->timeAt(600));
        QCOMPARE(f.workspace().undo().count(), 1);
        f.drag(strip, 600, 700);   // its right edge
        QCOMPARE(f.workspace().range().from, range.from);
        QVERIFY(f.workspace().range().to > range.to);
        f.drag(strip, 400, 500, Qt::ShiftModifier);   // moves it
        QVERIFY(f.workspace().range().from > range.from);
        QTest::mouseDClick(strip, Qt::LeftButton, {}, QPoint(900, 20));
        QCOMPARE(f.workspace().range(), FakeBackend::all());
        QTest::mouseClick(strip, Qt::RightButton, {}, QPoint(900, 20));
        QVERIFY(f.workspace().range() != FakeBackend::all());
        f.rest();
    }
    void theStripByKeyboard() {
        Fixture f;
        f.open();
        OverviewStrip* strip = f.bench().strip();
        strip->setFocus();
        const TimeRange before = f.workspace().range();
        QTest::keyClick(strip, Qt::Key_Left);
        QVERIFY(f.workspace().range().from < before.from);
        QTest::keyClick(strip, Qt::Key_Minus);
        QVERIFY(f.workspace().range().length() > before.length());
        QTest::keyClick(strip, Qt::Key_Home);
        QCOMPARE(f.workspace().range(), FakeBackend::all());
        f.rest();
    }
    void typedTimes() {
        Fixture f;
        f.open();
        TimeBox* box = f.bench().topBar()->timeBox();
        f.keys("Ctrl+L");
        QTRY_VERIFY(box->hasFocus());
        QTest::keyClicks(box, QStringLiteral("10:40..11:35"));
        QTest::keyClick(box, Qt::Key_Return);
        QCOMPARE(f.workspace().range().length(), 55 * kMinute);
        QVERIFY(!box->hasFocus());
        f.keys("T, T");
        QTRY_VERIFY(box->hasFocus());
        QTest::keyClicks(box, QStringLiteral("nonsense"));
        QTest::keyClick(box, Qt::Key_Return);
        QCOMPARE(f.workspace().range().length(), 55 * kMinute);
        QVERIFY(box->property("invalid").toBool());
        QTest::keyClick(box, Qt::Key_Escape);
        QVERIFY(!box->hasFocus());
        f.rest();
    }
    void theBaselineFollowsTheRange() {
        Fixture f;
        f.open();
        f.workspace().setRange({FakeBackend::incident().from, FakeBackend::incident().from + kHour});
        QTRY_COMPARE(f.workspace().baseline(), std::optional(TimeRange{FakeBackend::incident().from - 4 * kHour, FakeBackend::incident().from}));
        f.keys("T, B");   // this range is the baseline from now on
        QCOMPARE(f.workspace().baseline()->length(), kHour);
        f.workspace().setRange({FakeBackend::incident().from, FakeBackend::incident().from + 30 * kMinute});
        f.rest();
        QCOMPARE(f.workspace().baseline()->length(), kHour);
        QVERIFY(f.bench().topBar()->baselineText().contains(QStringLiteral("pinned")));
    }

    void filteringByTyping() {
        Fixture f;
        f.open();
        FilterBar* bar = f.bench().topBar()->filterBar();
        f.keys("/");
        QTRY_VERIFY(bar->hasFocus());
        QTest::keyClicks(bar, QStringLiteral("serv"));
        QTRY_VERIFY(bar->completions().contains(QStringLiteral("service:")));
        QTest::keyClicks(bar, QStringLiteral("ice:vl"));
        QTRY_VERIFY(bar->completions().contains(QStringLiteral("vllm-a")));
        keep(f.window, "completion");
        bar->setText(QStringLiteral("service:vllm-a status:error"));
        QTest::keyClick(bar, Qt::Key_Escape);   // closes the completion
        bar->setText(QStringLiteral("service:vllm-a status:error"));
        bar->setFocus();
        QTest::keyClick(bar, Qt::Key_Return);
        QCOMPARE(f.workspace().filterText(), QStringLiteral("service:vllm-a status:error"));
        f.rest();
        bar->edit();
        bar->setText(QStringLiteral("((("));
        QTest::keyClick(bar, Qt::Key_Return);
        QVERIFY(bar->property("invalid").toBool());
        QCOMPARE(f.workspace().filterText(), QStringLiteral("service:vllm-a status:error"));
    }
    void aPastedTraceIdOpensTheTrace() {
        Fixture f;
        f.open();
        QSignalSpy asked(&f.workspace(), &Workspace::viewRequested);
        FilterBar* bar = f.bench().topBar()->filterBar();
        bar->edit();
        QApplication::clipboard()->setText(QString::fromStdString(FakeBackend::heroTrace().hex()));
        QTest::keyClick(bar, Qt::Key_V, Qt::ControlModifier);
        QTest::keyClick(bar, Qt::Key_Return);
        f.rest();
        if (findView(QString::fromLatin1(links::kTraces)))
            QTRY_COMPARE(f.bench().currentViewId(), QString::fromLatin1(links::kTraces));
        QVERIFY(f.workspace().filterText().isEmpty());
        Q_UNUSED(asked)
    }
    void aPastedRequestIdSelectsItsSpan() {
        Fixture f;
        f.open();
        f.bench().openId(QStringLiteral("chatcmpl-8b1f04d2"));
        QTRY_COMPARE(f.workspace().selection().kind, Selection::Kind::kSpan);
        f.rest();
        QCOMPARE(f.workspace().selection().seq, qint64(FakeBackend::kHeroLlmSpan));
        QVERIFY(f.bench().inspector()->isVisible());
    }
    void anUnknownIdBecomesAFilter() {
        Fixture f;
        f.open();
        f.bench().openId(QStringLiteral("req-00000000"));
        QTRY_COMPARE(f.workspace().filterText(), QStringLiteral("req-00000000"));
        QVERIFY(f.bench().notice()->text().contains(QStringLiteral("req-00000000")));
        f.rest();
    }

    void everyViewOpensByRailAndKey() {
        Fixture f;
        f.open();
        int position = 0;
        for (const ViewFactory* factory : viewFactories()) {
            const QString id = QString::fromLatin1(factory->id);
            auto* button = f.window.findChild<QPushButton*>(QStringLiteral("rail.") + id);
            QVERIFY(button);
            QTest::mouseClick(button, Qt::LeftButton);
            QCOMPARE(f.bench().currentViewId(), id);
            QVERIFY(f.bench().currentView());
            f.rest();
            QVERIFY(!f.bench().currentView()->summary().isEmpty());
            QVERIFY(!button->accessibleName().isEmpty());
            ++position;
        }
        const QString last = f.bench().currentViewId();
        f.keys("Ctrl+1");
        QCOMPARE(f.bench().currentViewId(), QString::fromLatin1(viewFactories().front()->id));
        f.workspace().undo().undo();
        QCOMPARE(f.bench().currentViewId(), last);
        f.rest();
    }
    void aViewWithoutItsSignalSaysWhy() {
        Fixture f;
        f.script->noSpans = true;
        f.script->noLogs = true;
        f.script->noMetrics = true;
        f.open();
        for (const ViewFactory* factory : viewFactories()) {
            const QString id = QString::fromLatin1(factory->id);
            if (factory->needs(f.workspace().info()).isEmpty())
                continue;
            QVERIFY(!f.bench().rail()->reasonAgainst(id).isEmpty());
            f.bench().showView(id);
            QVERIFY(!f.bench().currentView());
        }
        f.rest();
    }
    void aBrokenCapsuleSaysSoAndCanBeTriedAgain() {
        Fixture f;
        f.script->fail = true;
        f.open();
        QVERIFY(f.bench().notice()->text().contains(QStringLiteral("cannot be read")));
        f.script->fail = false;
        f.keys("F5");
        QTRY_VERIFY_WITH_TIMEOUT(f.bench().opened() && f.window.settled(), kWait);
        QCOMPARE(f.workspace().range(), FakeBackend::incident());
    }

    void thePaletteFindsCommandsAndTimes() {
        Fixture f;
        f.open();
        f.keys("Ctrl+K");
        CommandPalette* palette = f.window.commands();
        QVERIFY(palette->isVisible());
        auto* edit = palette->findChild<QLineEdit*>(QStringLiteral("paletteEdit"));
        QVERIFY(edit->hasFocus());
        keep(f.window, "palette");
        QTest::keyClicks(edit, QStringLiteral("show all"));
        QVERIFY(!palette->shownEntries().isEmpty());
        QCOMPARE(palette->shownEntries().first(), QStringLiteral("Show all time"));
        QTest::keyClick(edit, Qt::Key_Return);
        QVERIFY(!palette->isVisible());
        QCOMPARE(f.workspace().range(), FakeBackend::all());
        f.keys("Ctrl+Shift+P");
        QTest::keyClicks(edit, QStringLiteral("=11:00..11:10"));
        QTest::keyClick(edit, Qt::Key_Return);
        QCOMPARE(f.workspace().range().length(), 10 * kMinute);
        f.keys("Ctrl+K");
        QTest::keyClicks(edit, QStringLiteral(":vllm-b"));
        QTest::keyClick(edit, Qt::Key_Return);
        QCOMPARE(f.workspace().filterText(), QStringLiteral("service:vllm-b"));
        f.keys("Ctrl+K");
        QTest::keyClick(edit, Qt::Key_Escape);
        QVERIFY(!palette->isVisible());
        f.rest();
    }
    void theKeysOverlayListsEveryAction() {
        Fixture f;
        f.open();
        f.keys("?");
        auto* overlay = f.window.findChild<KeyOverlay*>();
        QVERIFY(overlay->isVisible());
        keep(f.window, "keys");
        const QString lines = overlay->lines().join(QLatin1Char('\n'));
        for (const ActionInfo& info : f.window.actions().actions())
            if (!info.keys.isEmpty())
                QVERIFY2(lines.contains(info.text), qPrintable(info.text));
        QTest::keyClick(overlay, Qt::Key_Escape);
        QVERIFY(!overlay->isVisible());
    }
    void noKeyIsBoundTwice() {
        MainWindow window;
        QHash<QString, QString> owners;
        for (const ActionInfo& info : window.actions().actions())
            for (const QKeySequence& key : info.keys) {
                const QString text = key.toString();
                QVERIFY2(!owners.contains(text), qPrintable(text + QStringLiteral(" is bound to ") + owners.value(text) + QStringLiteral(" and ") + info.id));
                owners.insert(text, info.id);
            }
    }

    void theInspectorShowsASpanAndItsMoment() {
        Fixture f;
        f.open();
        f.workspace().setSelection({Selection::Kind::kSpan, FakeBackend::kHeroLlmSpan, FakeBackend::heroTrace(), {}});
        QTRY_VERIFY(f.bench().inspector()->isVisible());
        f.rest();
        Inspector* inspector = f.bench().inspector();
        QVERIFY(inspector->content().title.startsWith(QStringLiteral("llm_request")));
        QVERIFY2(inspector->sentence().contains(QStringLiteral("of it in decoding")), qPrintable(inspector->sentence()));
        QVERIFY2(inspector->laneCount() >= 3, "waiting, cache and clock of what served it");
        const QString text = inspector->copyText(Inspector::CopyForm::kText);
        QVERIFY(text.contains(QStringLiteral("Llama-3.3-70B")));
        QVERIFY2(!text.contains(QStringLiteral("my private question")), "contents are masked until asked for");
        QVERIFY(!inspector->copyText(Inspector::CopyForm::kJson).contains(QStringLiteral("private")));
        QVERIFY(!inspector->copyText(Inspector::CopyForm::kMarkdown).contains(QStringLiteral("private")));
        f.keys("Ctrl+Shift+U");
        f.rest();
        QVERIFY(inspector->copyText(Inspector::CopyForm::kText).contains(QStringLiteral("my private question")));
        f.keys("Esc");
        QVERIFY(!inspector->isVisible());
    }
    void theInspectorLeadsOn() {
        Fixture f;
        f.open();
        f.workspace().setSelection({Selection::Kind::kLog, FakeBackend::kHeroLog, {}, {}});
        f.rest();
        const auto links = f.bench().inspector()->findChildren<QPushButton*>();
        const auto button = [&](const QString& text) {
            for (QPushButton* b : f.bench().inspector()->findChildren<QPushButton*>())
                if (b->text() == text)
                    return b;
            return static_cast<QPushButton*>(nullptr);
        };
        QVERIFY(!links.isEmpty());
        QVERIFY(button(QStringLiteral("Same moment")));
        QTest::mouseClick(button(QStringLiteral("Same moment")), Qt::LeftButton);
        QCOMPARE(f.workspace().range().length(), 10 * kMinute);
        if (auto* trace = button(QStringLiteral("Open its trace"))) {
            QTest::mouseClick(trace, Qt::LeftButton);
            QCOMPARE(f.bench().currentViewId(), QString::fromLatin1(links::kTraces));
        }
        f.rest();
    }
    void textFromTelemetryIsNeverMarkup() {
        Fixture f;
        f.open();
        for (const QLabel* label : f.window.findChildren<QLabel*>())
            QVERIFY2(label->textFormat() == Qt::PlainText || label->text().isEmpty(), qPrintable(label->objectName() + label->text()));
        f.workspace().setSelection({Selection::Kind::kSpan, FakeBackend::kHeroLlmSpan, FakeBackend::heroTrace(), {}});
        f.rest();
        for (const QLabel* label : f.bench().inspector()->findChildren<QLabel*>())
            QCOMPARE(label->textFormat(), Qt::PlainText);
    }
    void darkAndLightInPlace() {
        Fixture f;
        f.open();
        const QImage dark = f.window.grab().toImage();
        f.keys("Ctrl+Shift+L");
        QCOMPARE(f.window.theme(), ThemeKind::kLight);
        const QImage light = f.window.grab().toImage();
        QVERIFY(qGray(dark.pixel(900, 990)) < 80);
        QVERIFY(qGray(light.pixel(900, 990)) > 180);
        f.rest();
        // What is built with colours of its own is built again.
        f.workspace().setSelection({Selection::Kind::kSpan, FakeBackend::kHeroLlmSpan, FakeBackend::heroTrace(), {}});
        f.rest();
        const auto darkest = [&] {
            int gray = 0;
            for (const QTableWidget* table : f.bench().inspector()->findChildren<QTableWidget*>())
                for (int row = 0; row < table->rowCount(); ++row)
                    if (const QTableWidgetItem* item = table->item(row, 1))
                        gray = std::max(gray, qGray(item->foreground().color().rgb()));
            return gray;
        };
        QTRY_VERIFY_WITH_TIMEOUT(darkest() > 0 && darkest() < 140, kWait);
        f.keys("Ctrl+Shift+L");
        QTRY_VERIFY_WITH_TIMEOUT(darkest() > 140, kWait);
    }
    void closingLeavesNothingBehind() {
        Fixture f;
        f.open();
        f.script->hold = true;
        f.workspace().setRange(FakeBackend::all());   // questions under way
        f.keys("Ctrl+W");
        QVERIFY(!f.window.workbench());
        QVERIFY(f.window.findChild<StartPage*>()->isVisible());
    }
};

QTEST_MAIN(ShellTest)
#include "shell_test.moc"
