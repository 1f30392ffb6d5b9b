// Commands of the real window over a fake capsule: comparing with the baseline, changing keys, copying what is shown, and reaching and
// hearing everything without a mouse or a screen.
#include <QClipboard>
#include <QFile>
#include <QFileDialog>
#include <QImage>
#include <QTreeWidget>

#include "qt_test.h"
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
#include "widgets/heatmap_chart.h"
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

// "T then Z": as the manual writes it.
QByteArray troff(const QString& text) {
    QByteArray out = text.toUtf8();
    out.replace('\\', "\\e").replace('-', "\\-").replace('\'', "\\(aq");
    if (out.startsWith('.'))
        out.prepend("\\&");
    return out;
}

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
    // A key of a view is no command's, nor does one begin with it; except those the window passes on to the view, and those a list with the
    // focus takes before the window sees them.
    void noViewHasACommandsKey() {
        MainWindow window;
        const QList<QKeySequence> passedOn{QKeySequence(Qt::Key_Slash), QKeySequence(Qt::Key_Escape)};
        int seen = 0;
        for (const ViewFactory* view : viewFactories())
            for (const KeyRow& row : view->keys ? view->keys() : QVector<KeyRow>())
                for (const QKeySequence& key : row.keys) {
                    ++seen;
                    QVERIFY2(!key.isEmpty(), qPrintable(row.text));
                    if (!row.own && !passedOn.contains(key))
                        QVERIFY2(window.actions().conflict({}, {key}).isEmpty(), qPrintable(QString::fromLatin1(view->id) + QLatin1Char(' ') + key.toString() + QStringLiteral(": ") + window.actions().conflict({}, {key})));
                }
        QVERIFY(seen > 30);
    }
    void importingDashboardsHasAKey() {
        Fixture f;
        f.show("dashboards");
        f.bench().currentView()->setFocus();
        f.keys("Shift+I");
        auto* dialog = f.window.findChild<QFileDialog*>();
        QVERIFY(dialog && dialog->isVisible());
        dialog->reject();
    }
    void noViewBindsAKeyTwice() {
        for (const ViewFactory* view : viewFactories()) {
            QHash<QString, QStringList> texts;
            for (const KeyRow& row : view->keys ? view->keys() : QVector<KeyRow>())
                for (const QKeySequence& key : row.keys)
                    texts[key.toString()] << row.text;
            for (auto one = texts.begin(); one != texts.end(); ++one)   // Esc leaves one level after the other
                QVERIFY2(one->size() == 1 || one.key() == QLatin1String("Esc"), qPrintable(QString::fromLatin1(view->id) + QLatin1Char(' ') + one.key() + QLatin1Char(' ') + one->join(QLatin1Char('|'))));
        }
    }
    void theOverlayListsTheKeysOfTheViewShown() {
        Fixture f;
        f.show("metrics");
        f.keys("?");
        auto* overlay = f.window.findChild<KeyOverlay*>();
        const QString metrics = QStringLiteral("O\tlay the baseline over the lines"), logs = QStringLiteral("W · Shift+W\tnext, previous warning");
        QVERIFY(overlay->lines().contains(metrics));
        QVERIFY(!overlay->lines().contains(logs));
        if (const QString folder = qEnvironmentVariable("NIGHTJAR_PICTURES"); !folder.isEmpty())
            QVERIFY(f.window.grab().save(folder + QStringLiteral("/keys-metrics.png")));
        QTest::keyClick(overlay, Qt::Key_Escape);
        f.show("logs");
        f.keys("?");
        QVERIFY(overlay->lines().contains(logs));
        QVERIFY(!overlay->lines().contains(metrics));
        if (const QString folder = qEnvironmentVariable("NIGHTJAR_PICTURES"); !folder.isEmpty())
            QVERIFY(f.window.grab().save(folder + QStringLiteral("/keys-logs.png")));
        QTest::keyClick(overlay, Qt::Key_Escape);
        QVERIFY(overlay->allLines().contains(QStringLiteral("O\tin Metrics: lay the baseline over the lines")));
    }
    void theManualListsTheKeysThatWork() {
        MainWindow window;
        QByteArray wanted;
        for (const QString& line : window.findChild<KeyOverlay*>()->allLines()) {
            const QStringList parts = line.split(QLatin1Char('\t'));
            wanted += ".TP\n\\fB" + troff(parts[0]) + "\\fR\n" + troff(parts[1]) + '\n';
        }
        if (const QString folder = qEnvironmentVariable("NIGHTJAR_PICTURES"); !folder.isEmpty()) {
            QFile out(folder + QStringLiteral("/keys.1"));
            QVERIFY(out.open(QIODevice::WriteOnly));
            out.write(wanted);
        }
        QFile manual(QStringLiteral(NIGHTJAR_SOURCE_DIR "/packaging/nightjar.1"));
        QVERIFY(manual.open(QIODevice::ReadOnly));
        const QByteArray text = manual.readAll();
        const auto from = text.indexOf(".SH KEYS\n");
        QVERIFY(from >= 0);
        const auto begin = text.indexOf(".TP\n", from), end = text.indexOf(".SH ", begin);
        const QList<QByteArray> there = text.mid(begin, end - begin).split('\n'), expected = wanted.split('\n');
        for (qsizetype i = 0; i < std::max(there.size(), expected.size()); ++i)
            QCOMPARE(there.value(i), expected.value(i));
    }

    void theViewIsCopiedAsPictureAndTable() {
        Fixture f;
        f.show("latency");
        QApplication::clipboard()->clear();
        f.keys("C, I");
        const QImage picture = QApplication::clipboard()->image();
        QVERIFY(picture.width() >= 2 * f.bench().currentView()->width() && picture.height() > 2 * f.bench().currentView()->height());
        // The caption is written under the view.
        int inked = 0;
        for (int x = 0; x < picture.width(); ++x)
            inked += picture.pixel(x, picture.height() - 24) != picture.pixel(picture.width() - 2, picture.height() - 2);
        QVERIFY(inked > 20);
        if (const QString folder = qEnvironmentVariable("NIGHTJAR_PICTURES"); !folder.isEmpty())
            QVERIFY(picture.save(folder + QStringLiteral("/copied.png")));
        f.keys("C, M");
        const QString table = QApplication::clipboard()->text();
        QVERIFY2(table.contains(QStringLiteral("| time |")) && table.contains(QStringLiteral("vllm\\-a")) == table.contains(QStringLiteral("\\-")), qPrintable(table.left(200)));
        QVERIFY(table.startsWith(QStringLiteral("Time to first token")));
        // Where a row is selected, it is the row.
        f.workspace().setSelection({Selection::Kind::kSpan, FakeBackend::kHeroLlmSpan, FakeBackend::heroTrace(), {}});
        f.rest();
        f.keys("C, S");
        QCOMPARE(QApplication::clipboard()->text(), QStringLiteral("SELECT * FROM spans WHERE rowid = %1;").arg(FakeBackend::kHeroLlmSpan));
    }

    void chartsSayWhatTheyShow() {
        Fixture f;
        f.show("latency");
        auto* panel = f.bench().currentView()->findChild<LatencyPanel*>();
        QVERIFY2(panel->chart().accessibleName().startsWith(QStringLiteral("Time to first token p99: vllm-a")), qPrintable(panel->chart().accessibleName()));
        const QString words = panel->chart().accessibleDescription();
        QVERIFY2(words.contains(QStringLiteral(" UTC, highest ")) && words.endsWith(QStringLiteral(", vllm-a p99")), qPrintable(words));
        const QString heat = f.bench().currentView()->findChild<HeatmapChart*>()->accessibleDescription();
        QVERIFY2(heat.contains(QStringLiteral("n = ")) && heat.contains(QStringLiteral("most ")) && heat.contains(QStringLiteral(" between ")), qPrintable(heat));
        // They follow the zone and the range.
        f.bench().shiftRange(-0.5);
        f.rest();
        QVERIFY(panel->chart().accessibleDescription() != words);
    }
    void tabReachesEveryPanel_data() {
        QTest::addColumn<QString>("view");
        for (const ViewFactory* factory : viewFactories())
            QTest::newRow(factory->id) << QString::fromLatin1(factory->id);
    }
    void tabReachesEveryPanel() {
        QFETCH(QString, view);
        Fixture f;
        f.show(view.toLatin1().constData());
        View* page = f.bench().currentView();
        if (!page)
            QSKIP("the fake capsule lacks its signal");
        QSet<QWidget*> reached;
        page->setFocus();
        for (int i = 0; i < 400; ++i) {
            QWidget* focus = QApplication::focusWidget();
            QVERIFY(focus);
            reached.insert(focus);
            QTest::keyClick(&f.window, Qt::Key_Tab);
            if (i > 10 && QApplication::focusWidget() == page)
                break;
        }
        // A panel whose body takes input is reached, and everything reached has a name.
        QStringList missed, nameless;
        for (QWidget* panel : page->findChildren<Panel*>()) {
            bool any = false, wants = false;
            for (QWidget* part : panel->findChildren<QWidget*>()) {
                wants = wants || (part->isVisible() && part->isEnabled() && (part->focusPolicy() & Qt::TabFocus));
                any = any || reached.contains(part);
            }
            if (panel->isVisible() && wants && !any)
                missed << qobject_cast<Panel*>(panel)->title();
        }
        for (ChartFrame* chart : page->findChildren<ChartFrame*>())
            if (chart->isVisible() && !reached.contains(chart))
                missed << QStringLiteral("chart ") + chart->accessibleName();
        for (QWidget* widget : reached)
            if (page->isAncestorOf(widget) && widget->accessibleName().isEmpty() && !qobject_cast<QAbstractButton*>(widget))
                nameless << QString::fromLatin1(widget->metaObject()->className()) + QLatin1Char(' ') + widget->objectName();
        QVERIFY2(missed.isEmpty(), qPrintable(missed.join(QStringLiteral(", "))));
        QVERIFY2(nameless.isEmpty(), qPrintable(nameless.join(QStringLiteral(", "))));
    }
};

QTEST_MAIN(ShellCommandsTest)
#include "shell_commands_test.moc"
