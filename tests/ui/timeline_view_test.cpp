// The timeline in the real window over a fake capsule, by mouse and keyboard: notes written from any view, edited, taken back, copied;
// saved views opened from the palette.
#include <QClipboard>
#include <QLineEdit>
#include <QPushButton>
#include <QTableView>

#include "qt_test.h"
#include "shell/command_palette.h"
#include "shell/main_window.h"
#include "shell/workbench.h"
#include "state/annotation_book.h"
#include "support/fake_backend.h"
#include "views/timeline_view.h"
#include "widgets/incident_times_bar.h"
#include "widgets/note_editor.h"
#include "widgets/timeline_lanes.h"

using namespace nj;
using namespace nj::ui;
using test::FakeBackend;

namespace {

constexpr int kWait = 20'000;

struct Fixture {
    MainWindow window;
    Fixture() {
        window.resize(1600, 1000);
        window.openCapsule(QStringLiteral("/data/gpu-node-07.nightjar"), []() -> Result<std::unique_ptr<query::Backend>> { return std::unique_ptr<query::Backend>(new FakeBackend); });
        window.show();
        if (!QTest::qWaitForWindowActive(&window))
            qFatal("no window");
        rest();
    }
    void rest() { QTRY_VERIFY_WITH_TIMEOUT(window.settled(), kWait); }
    Workspace& workspace() { return window.workbench()->workspace(); }
    AnnotationBook& book() { return AnnotationBook::of(workspace()); }
    void key(Qt::Key key, Qt::KeyboardModifiers modifiers = {}) { QTest::keyClick(QApplication::focusWidget() ? QApplication::focusWidget() : &window, key, modifiers); }
    void type(const QString& text) { QTest::keyClicks(QApplication::focusWidget(), text); }
    TimelineView& timeline() {
        window.workbench()->showView(QStringLiteral("timeline"));
        rest();
        auto* view = qobject_cast<TimelineView*>(window.workbench()->currentView());
        if (!view)
            qFatal("no timeline");
        return *view;
    }
};

}  // namespace

class TimelineViewTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void eventsOfTheRangeInLanesAndList() {
        Fixture f;
        TimelineView& view = f.timeline();
        QCOMPARE(view.model().rowCount(), 5);   // the XID of the morning lies before it
        f.workspace().setRange(FakeBackend::all());
        f.rest();
        QCOMPARE(view.model().rowCount(), 6);
        auto* lanes = view.findChild<TimelineLanes*>();
        const LaneItem& item = lanes->geometryNow().items.front();
        QTest::mouseClick(lanes, Qt::LeftButton, {}, item.mark.center().toPoint());
        QCOMPARE(view.table()->currentIndex().row(), item.row);
        QCOMPARE(f.workspace().selection().kind, Selection::Kind::kEvent);
        QCOMPARE(f.workspace().cursor(), std::optional(view.model().row(item.row).event.time));
        // Enter: what surrounds it; Backspace goes back.
        f.key(Qt::Key_Return);
        QCOMPARE(f.workspace().range().length(), 30 * kMinute);
        f.rest();
        f.key(Qt::Key_Backspace);
        QCOMPARE(f.workspace().range(), FakeBackend::all());
    }
    void filtersHideAGroup() {
        Fixture f;
        TimelineView& view = f.timeline();
        f.workspace().setRange(FakeBackend::all());
        f.rest();
        auto* changes = view.findChild<QToolButton*>(QStringLiteral("timelineGroup%1").arg(static_cast<int>(TimelineGroup::kChanges)));
        QTest::mouseClick(changes, Qt::LeftButton);
        QCOMPARE(view.model().rowCount(), 4);
        QTest::mouseClick(changes, Qt::LeftButton);
        QCOMPARE(view.model().rowCount(), 6);
    }
    void aNoteIsWrittenFromAnyView() {
        Fixture f;
        f.window.workbench()->showView(QStringLiteral("latency"));
        f.rest();
        const TimeNs at = FakeBackend::incident().from + 9 * kMinute;
        f.workspace().setCursor(at);
        f.key(Qt::Key_M);
        auto* editor = f.window.findChild<NoteEditor*>();
        QVERIFY(editor->isVisible());
        f.type(QStringLiteral("GPU 3 is slow"));
        f.key(Qt::Key_4, Qt::AltModifier);
        QCOMPARE(editor->kind(), NoteKind::kDetected);
        f.key(Qt::Key_Return);
        QVERIFY(!editor->isVisible());
        QCOMPARE(f.book().notes().size(), size_t(1));
        QCOMPARE(f.book().notes()[0].time, at);
        QCOMPARE(f.book().notes()[0].text, std::string("GPU 3 is slow"));
        // A range, left without writing.
        f.key(Qt::Key_M, Qt::ShiftModifier);
        QVERIFY(editor->isVisible());
        f.key(Qt::Key_Escape);
        QVERIFY(!editor->isVisible());
        QCOMPARE(f.book().notes().size(), size_t(1));
        // Time to detect is known now, to mitigate is not.
        const QString times = f.timeline().findChild<IncidentTimesBar*>()->text();
        QVERIFY2(times.contains(QStringLiteral("Time to detect: 9")), qPrintable(times));
        QVERIFY2(times.contains(QStringLiteral("Time to mitigate: unknown (no note marks it)")), qPrintable(times));
    }
    void notesAreEditedInPlaceAndTakenBack() {
        Fixture f;
        TimelineView& view = f.timeline();
        Note note;
        note.time = FakeBackend::incident().from + kMinute;
        note.text = "first";
        const std::string id = f.book().put(note, QStringLiteral("Add a note"));
        view.open(QStringLiteral("note:") + QString::fromStdString(id));
        QCOMPARE(view.table()->currentIndex().row(), view.model().rowOfNote(id));
        f.key(Qt::Key_F2);
        auto* edit = qobject_cast<QLineEdit*>(QApplication::focusWidget());
        QVERIFY(edit);
        edit->selectAll();
        f.type(QStringLiteral("second"));
        f.key(Qt::Key_Return);
        QTRY_COMPARE(f.book().note(id)->text, std::string("second"));
        view.table()->setFocus();
        f.key(Qt::Key_Z, Qt::ControlModifier);
        QCOMPARE(f.book().note(id)->text, std::string("first"));
        view.open(QStringLiteral("note:") + QString::fromStdString(id));
        f.key(Qt::Key_Delete);
        QVERIFY(!f.book().note(id));
        f.key(Qt::Key_Z, Qt::ControlModifier);
        QVERIFY(f.book().note(id));
        QVERIFY2(f.workspace().range() == FakeBackend::incident(), "Ctrl+Z in the list leaves the range alone");
    }
    void copiesAsMarkdown() {
        Fixture f;
        TimelineView& view = f.timeline();
        QTest::mouseClick(view.findChild<QPushButton*>(QStringLiteral("timelineCopy")), Qt::LeftButton);
        const QString text = QApplication::clipboard()->text();
        QVERIFY2(text.contains(QStringLiteral("| throttle | GPU 3 throttles | gpu-node-07/3 |")), qPrintable(text));
        QVERIFY(text.contains(QStringLiteral("- Time to mitigate: unknown")));
    }
    void savedViewsComeBackFromThePalette() {
        Fixture f;
        f.window.workbench()->showView(QStringLiteral("logs"));
        QVERIFY(f.workspace().setFilterText(QStringLiteral("severity:error")));
        f.rest();
        f.key(Qt::Key_S, Qt::ControlModifier);
        QCOMPARE(f.book().views().size(), size_t(1));
        f.key(Qt::Key_S, Qt::ControlModifier);
        QVERIFY2(f.book().views().size() == 1, "the same view is saved once");
        f.workspace().setFilterText({});
        f.window.workbench()->showView(QStringLiteral("latency"));
        f.rest();
        auto* palette = f.window.commands();
        f.key(Qt::Key_K, Qt::ControlModifier);
        f.type(QStringLiteral("#logs"));
        QVERIFY(palette->isVisible());
        QCOMPARE(palette->shownEntries().size(), 1);
        f.key(Qt::Key_Return);
        f.rest();
        QCOMPARE(f.window.workbench()->currentViewId(), QStringLiteral("logs"));
        QCOMPARE(f.workspace().filterText(), QStringLiteral("severity:error"));
    }
};

QTEST_MAIN(TimelineViewTest)
#include "timeline_view_test.moc"
