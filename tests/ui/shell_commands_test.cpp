// Commands of the real window over a fake capsule: comparing with the baseline, changing keys.
#include <QTreeWidget>
#include <QtTest/QtTest>

#include "shell/command_palette.h"
#include "shell/key_editor.h"
#include "shell/key_overlay.h"
#include "shell/main_window.h"
#include "shell/workbench.h"
#include "support/fake_backend.h"
#include "views/latency_differences_panel.h"
#include "views/latency_panel.h"
#include "views/overview_view.h"
#include "widgets/fact_table.h"
#include "widgets/overview_strip.h"
#include "widgets/panel.h"
#include "widgets/plain_label.h"
#include "widgets/strip_stack.h"
#include "widgets/time_chart.h"

using namespace nj;
using namespace nj::ui;
using test::FakeBackend;

namespace {

constexpr int kWait = 20'000;

struct Fixture {
    std::shared_ptr<test::FakeScript> script = std::make_shared<test::FakeScript>();
    MainWindow window;
    Fixture() {
        window.resize(1600, 1000);
        window.openCapsule(QStringLiteral("/data/gpu-node-07.nightjar"),
                           [s = script]() -> Result<std::unique_ptr<query::Backend>> { return std::unique_ptr<query::Backend>(new FakeBackend(s)); });
        window.show();
        [this] { QVERIFY(QTest::qWaitForWindowActive(&window)); }();
        rest();
    }
    void rest() { QTRY_VERIFY_WITH_TIMEOUT(window.settled(), kWait); }
    Workbench& bench() { return *window.workbench(); }
    Workspace& workspace() { return bench().workspace(); }
    void show(const char* view) {
        bench().showView(QString::fromLatin1(view));
        rest();
    }
    void keys(const char* sequence) {
        for (const auto& part : QKeySequence(QString::fromLatin1(sequence)).toString().split(QStringLiteral(", "))) {
            const QKeySequence one(part);
            QTest::keyClick(QApplication::focusWidget() ? QApplication::focusWidget() : &window, one[0].key(), one[0].keyboardModifiers());
        }
    }
    static void altDrag(QWidget* on, int fromX, int toX) {
        const int y = on->height() / 2;
        QTest::mousePress(on, Qt::LeftButton, Qt::AltModifier, QPoint(fromX, y));
        QTest::mouseMove(on, QPoint((fromX + toX) / 2, y));
        QTest::mouseMove(on, QPoint(toX, y));
        QTest::mouseRelease(on, Qt::LeftButton, Qt::AltModifier, QPoint(toX, y));
    }
    void keep(const char* name) {
        if (const QString folder = qEnvironmentVariable("NIGHTJAR_PICTURES"); !folder.isEmpty())
            QVERIFY(window.grab().save(folder + QLatin1Char('/') + QString::fromLatin1(name) + QStringLiteral(".png")));
    }
};

bool near(TimeNs a, TimeNs b, DurationNs tolerance) { return (a > b ? a - b : b - a) <= tolerance; }

}  // namespace

class ShellCommandsTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void altDragComparesWithTheBaselineThereIs() {
        Fixture f;
        f.show("latency");
        const TimeRange baseline = *f.workspace().baseline();
        QVERIFY(!f.workspace().baselinePinned());
        auto* panel = f.bench().currentView()->findChild<LatencyPanel*>();
        const PlotFrame& frame = panel->chart().plotFrame();
        const TimeRange range = f.workspace().range();
        const TimeRange wanted{range.from + range.length() / 4, range.from + range.length() / 2};
        const DurationNs pixel = static_cast<DurationNs>(2 * frame.nsPerPixel());
        Fixture::altDrag(panel->chart().viewport(), static_cast<int>(frame.x(wanted.from)), static_cast<int>(frame.x(wanted.to)));
        f.rest();
        QVERIFY(near(f.workspace().range().from, wanted.from, pixel) && near(f.workspace().range().to, wanted.to, pixel));
        QCOMPARE(*f.workspace().baseline(), baseline);   // kept, and stays
        QVERIFY(f.workspace().baselinePinned());
        auto* differences = f.bench().currentView()->findChild<LatencyDifferencesPanel*>();
        QVERIFY(differences->isVisible() && differences->bodyShown());
        QVERIFY2(differences->words().contains(QStringLiteral("n = 246")) && differences->words().contains(QStringLiteral("baseline n = 2,251")), qPrintable(differences->words()));
        const QString against = differences->findChild<PlainLabel*>(QStringLiteral("differencesAgainst"))->plain();
        QVERIFY2(against.startsWith(QStringLiteral("Share of spans")) && against.contains(QStringLiteral("against baseline")) && against.contains(QStringLiteral("UTC")), qPrintable(against));
        f.keep("compare_latency");
        // It follows the range; Esc closes it.
        const int asked = f.script->questions;
        f.bench().shiftRange(0.25);
        f.rest();
        QVERIFY(f.script->questions > asked && differences->isVisible());
        f.bench().currentView()->setFocus();
        f.keys("Esc");
        QVERIFY(!differences->isVisible());
        f.keys("Backspace");
    }
    void aStretchInsideTheBaselineGetsItsOwn() {
        Fixture f;
        const TimeRange baseline = *f.workspace().baseline();
        f.workspace().setBaseline(baseline, true);
        const TimeRange inside{baseline.from + baseline.length() / 2, baseline.to - baseline.length() / 4};
        OverviewStrip* strip = f.bench().strip();
        Fixture::altDrag(strip, static_cast<int>(strip->xOf(inside.from)), static_cast<int>(strip->xOf(inside.to)));
        f.rest();
        QVERIFY(f.workspace().range().overlaps(inside) && f.workspace().range().length() < baseline.length());
        QVERIFY(!f.workspace().baselinePinned());
        QVERIFY(!f.workspace().baseline() || !f.workspace().baseline()->overlaps(f.workspace().range()));
    }
    void xAsksFromEveryView() {
        Fixture f;
        f.show("logs");
        f.keys("X");
        f.rest();
        QCOMPARE(f.bench().currentViewId(), QStringLiteral("overview"));
        auto* overview = qobject_cast<OverviewView*>(f.bench().currentView());
        QCOMPARE(QApplication::focusWidget(), static_cast<QWidget*>(overview->changesTable()));
        QString words;
        for (const Panel* panel : overview->findChildren<Panel*>())
            if (panel->title().startsWith(QStringLiteral("What changed")))
                words = panel->words();
        QVERIFY2(words.contains(QStringLiteral("means against baseline")) && words.contains(QStringLiteral("robust z")), qPrintable(words));
        f.keep("compare_overview");
        f.keys("Backspace");   // the view before
        QCOMPARE(f.bench().currentViewId(), QStringLiteral("logs"));
        f.show("latency");
        f.keys("X");
        f.rest();
        QVERIFY(f.bench().currentView()->findChild<LatencyDifferencesPanel*>()->isVisible());
    }
    void altDragOnAStripOfTheOverview() {
        Fixture f;
        f.show("overview");
        auto* chart = f.bench().currentView()->findChild<StripStack*>()->findChild<TimeChart*>();
        const TimeRange before = f.workspace().range();
        const QRectF plot = chart->plotFrame().plot;
        Fixture::altDrag(chart->viewport(), static_cast<int>(plot.left() + plot.width() * 0.3), static_cast<int>(plot.left() + plot.width() * 0.6));
        f.rest();
        QVERIFY(f.workspace().range().length() < before.length() / 2);
        QVERIFY(f.workspace().baselinePinned());
        QCOMPARE(QApplication::focusWidget(), static_cast<QWidget*>(qobject_cast<OverviewView*>(f.bench().currentView())->changesTable()));
    }

    void keysAreChangedAndConflictsSaid() {
        Fixture f;
        f.keys("Ctrl+K");
        QTest::keyClicks(QApplication::focusWidget(), QStringLiteral("change keys"));
        QTest::keyClick(QApplication::focusWidget(), Qt::Key_Return);
        auto* editor = f.window.findChild<KeyEditor*>();
        QVERIFY(editor->isVisible());
        auto* filter = editor->findChild<QLineEdit*>(QStringLiteral("keyFilter"));
        auto* list = editor->findChild<QTreeWidget*>(QStringLiteral("keyCommands"));
        auto* pressed = editor->findChild<QKeySequenceEdit*>(QStringLiteral("keyPressed"));
        QTest::keyClicks(filter, QStringLiteral("dark or light"));
        QCOMPARE(list->topLevelItemCount(), 1);
        f.keep("key_editor");
        const auto say = [&] {
            QStringList texts;
            for (const PlainLabel* label : editor->findChildren<PlainLabel*>())
                texts << label->plain();
            return texts.join(QLatin1Char('|'));
        };
        const auto use = [&](const char* keys, const char* button) {
            pressed->setKeySequence(QKeySequence(QString::fromLatin1(keys)));
            QTest::mouseClick(editor->findChild<QPushButton*>(QString::fromLatin1(button)), Qt::LeftButton);
        };
        const auto now = [&] { return f.window.actions().find(QStringLiteral("window.theme"))->shortcuts(); };
        use("M", "keyUse");   // writes a note
        QVERIFY2(say().contains(QStringLiteral("M is taken: “Write a note at the cursor”")), qPrintable(say()));
        QCOMPARE(now(), QList<QKeySequence>{QKeySequence(QStringLiteral("Ctrl+Shift+L"))});
        use("T", "keyUse");   // begins others
        QVERIFY(say().contains(QStringLiteral("T is taken")));
        use("F9", "keyUse");
        QCOMPARE(now(), QList<QKeySequence>{QKeySequence(QStringLiteral("F9"))});
        QVERIFY(list->topLevelItem(0)->text(1).contains(QStringLiteral("F9")));
        QTest::keyClick(filter, Qt::Key_Escape);
        QVERIFY(!editor->isVisible());
        f.keys("F9");
        QCOMPARE(f.window.theme(), ThemeKind::kLight);
        f.keys("Ctrl+Shift+L");
        QCOMPARE(f.window.theme(), ThemeKind::kLight);
        // The overlay and the palette say the new one.
        QVERIFY(f.window.findChild<KeyOverlay*>()->lines().contains(QStringLiteral("F9\tDark or light")));
        // What the settings keep brings it back in another window; a broken or taken one does nothing.
        const auto kept = f.window.actions().bindings();
        QCOMPARE(kept.size(), 1);
        MainWindow other;
        auto changed = kept;
        changed[QStringLiteral("file.close")] = {QStringLiteral("M")};
        changed[QStringLiteral("gone.command")] = {QStringLiteral("F4")};
        other.actions().setBindings(changed);
        QCOMPARE(other.actions().find(QStringLiteral("window.theme"))->shortcut(), QKeySequence(QStringLiteral("F9")));
        QCOMPARE(other.actions().find(QStringLiteral("file.close"))->shortcut(), QKeySequence(QStringLiteral("Ctrl+W")));
        f.window.actions().find(QStringLiteral("window.rebind"))->trigger();
        QTest::mouseClick(editor->findChild<QPushButton*>(QStringLiteral("keyResetAll")), Qt::LeftButton);
        QCOMPARE(now(), QList<QKeySequence>{QKeySequence(QStringLiteral("Ctrl+Shift+L"))});
        QVERIFY(f.window.actions().bindings().isEmpty());
    }
    void noCommandComesWithAnothersKey() {
        MainWindow window;
        for (const ActionInfo& info : window.actions().actions())
            QVERIFY2(window.actions().conflict(info.id, info.keys).isEmpty(), qPrintable(info.id + QStringLiteral(" and ") + window.actions().conflict(info.id, info.keys)));
    }
};

QTEST_MAIN(ShellCommandsTest)
#include "shell_commands_test.moc"
