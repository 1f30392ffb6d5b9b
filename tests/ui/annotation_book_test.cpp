// The window's notes: at once in the window, written behind, every change undoable; zones as shifts; documents as lines.
#include <QAbstractItemModelTester>
#include <QSignalSpy>

#include <map>
#include <mutex>

#include "models/document_model.h"
#include "models/timeline_model.h"
#include "qt_test.h"
#include "state/annotation_book.h"
#include "state/workspace.h"
#include "state/zone_correction.h"
#include "widgets/timeline_lanes.h"

using namespace nj;
using namespace nj::ui;

namespace {

constexpr TimeNs kT0 = 1'773'744'360'000'000'000;   // 2026-03-17T10:46:00Z

// A store in memory that a test may fail and look into.
struct Shelf {
    std::mutex mutex;
    Annotations all;
    bool fails = false;
};
class ShelfStore : public query::AnnotationStore {
public:
    explicit ShelfStore(std::shared_ptr<Shelf> shelf) : shelf_(std::move(shelf)) {}
    Result<Annotations> load() override {
        const std::scoped_lock lock(shelf_->mutex);
        return shelf_->all;
    }
    Status put(const Annotation& annotation) override {
        const std::scoped_lock lock(shelf_->mutex);
        if (shelf_->fails)
            return makeError(ErrorCode::kDiskFull, "the disk is full");
        mergeInto(shelf_->all, annotation);
        return {};
    }
    Status merge(const std::string&) override { return {}; }
    [[nodiscard]] bool inSidecar() const override { return true; }
    [[nodiscard]] std::string file() const override { return "/shelf"; }

private:
    std::shared_ptr<Shelf> shelf_;
};

Note noteAt(TimeNs time, const std::string& text) {
    Note note;
    note.time = time;
    note.text = text;
    return note;
}

}  // namespace

class AnnotationBookTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void changesShowAtOnceAndAreWritten() {
        const auto shelf = std::make_shared<Shelf>();
        mergeInto(shelf->all, Annotation([] {
                      Note note = noteAt(kT0 + kMinute, "was there");
                      note.id = "old";
                      return note;
                  }()));
        Workspace workspace;
        AnnotationBook& book = AnnotationBook::of(workspace);
        QCOMPARE(&AnnotationBook::of(workspace), &book);
        book.open([shelf]() -> Result<std::unique_ptr<query::AnnotationStore>> { return std::unique_ptr<query::AnnotationStore>(new ShelfStore(shelf)); });
        QTRY_VERIFY(book.idle());
        QCOMPARE(book.notes().size(), size_t(1));
        QVERIFY(book.inSidecar());
        QSignalSpy changed(&book, &AnnotationBook::changed);
        const std::string id = book.put(noteAt(kT0, "first"), QStringLiteral("Add a note"));
        QCOMPARE(changed.count(), 1);
        QCOMPARE(book.notes().at(0).text, std::string("first"));   // by time, before the one that was there
        Note edited = *book.note(id);
        edited.text = "second";
        book.put(edited, QStringLiteral("Change a note"));
        book.remove("old", QStringLiteral("Remove a note"));
        QCOMPARE(book.notes().size(), size_t(1));
        book.undo().undo();
        QCOMPARE(book.notes().size(), size_t(2));
        book.undo().undo();
        QCOMPARE(book.note(id)->text, std::string("first"));
        book.undo().undo();
        QVERIFY(!book.note(id));
        book.undo().redo();
        QCOMPARE(book.note(id)->text, std::string("first"));
        QTRY_VERIFY(book.idle());
        const std::scoped_lock lock(shelf->mutex);
        QCOMPARE(shelf->all.notes.size(), size_t(2));
        for (const Note& note : shelf->all.notes)
            QVERIFY(!note.deleted && (note.text == "first" || note.text == "was there"));
    }
    void whatCannotBeWrittenIsSaidAndKept() {
        const auto shelf = std::make_shared<Shelf>();
        shelf->fails = true;
        AnnotationBook book;
        QSignalSpy failed(&book, &AnnotationBook::failed);
        book.open([shelf]() -> Result<std::unique_ptr<query::AnnotationStore>> { return std::unique_ptr<query::AnnotationStore>(new ShelfStore(shelf)); });
        book.put(noteAt(kT0, "kept"), QStringLiteral("Add a note"));
        QTRY_COMPARE(failed.count(), 1);
        QCOMPARE(book.notes().size(), size_t(1));
        QVERIFY(failed.first().first().toString().contains(QStringLiteral("disk is full")));
    }
    void marksLeadBackToTheirNote() {
        AnnotationBook book;
        book.put(noteAt(kT0 + kMinute, "b"), {});
        book.put(noteAt(kT0, "a"), {});
        const auto marks = noteMarks(book);
        QCOMPARE(marks.size(), size_t(2));
        QCOMPARE(noteOfSeq(book, marks[1].seq)->text, std::string("b"));
        QVERIFY(!noteOfSeq(book, 7));
        QVERIFY(!noteOfSeq(book, -1));
        QVERIFY(!noteOfSeq(book, -99));
    }
    void timelineIsAModelWhoseNotesCanBeEdited() {
        AnnotationBook book;
        const Theme theme = Theme::dark();
        TimelineModel model(book, theme);
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setEvents({{1, kT0, 0, "deploy", "retriever 2.14.0", "retriever", 9, -1}, {2, kT0 + kHour, 0, "xid", "XID 63", "GPU 6", 13, -1}, {3, kT0 - kDay, 0, "alert", "old", "", 17, -1}});
        model.setRange({kT0 - kMinute, kT0 + 2 * kHour});
        const std::string id = book.put(noteAt(kT0 + kMinute, "it slows <b>down</b>"), {});
        QCOMPARE(model.rowCount(), 3);
        QCOMPARE(model.countOf(TimelineGroup::kAlerts), 0);
        const QModelIndex what = model.index(model.rowOfNote(id), TimelineModel::kWhat), kind = model.index(1, TimelineModel::kKind);
        QCOMPARE(what.data().toString(), QStringLiteral("it slows <b>down</b>"));
        QVERIFY(!(model.flags(model.index(0, TimelineModel::kWhat)) & Qt::ItemIsEditable));
        QVERIFY(model.setData(kind, static_cast<int>(NoteKind::kDetected), Qt::EditRole));
        QVERIFY(model.setData(model.index(1, TimelineModel::kWhat), QStringLiteral("p99 alert seen"), Qt::EditRole));
        QVERIFY2(!model.setData(model.index(1, TimelineModel::kWhat), QStringLiteral("  "), Qt::EditRole), "a note keeps its words");
        QCOMPARE(book.note(id)->kind, NoteKind::kDetected);
        book.undo().undo();
        QCOMPARE(book.note(id)->text, std::string("it slows <b>down</b>"));
        model.setShown({TimelineGroup::kNotes});
        QCOMPARE(model.rowCount(), 1);
    }
    void lanesLayTheirWordsApart() {
        AnnotationBook book;
        const Theme theme = Theme::dark();
        TimelineModel model(book, theme);
        std::vector<query::EventMark> events;
        for (int i = 0; i < 40; ++i)
            events.push_back({i, kT0 + i * kMinute, i == 3 ? kT0 + 9 * kMinute : 0, i % 2 ? "deploy" : "restart", "a title of some length", "", 9, -1});
        model.setEvents(events);
        const QRectF area(0, 0, 1200, 100);
        const auto layout = layoutTimelineLanes(model.rows(), {kT0, kT0 + kHour}, area, 96, 20, 24, QFontMetricsF(theme.caption));
        QCOMPARE(layout.lanes, (QVector<TimelineGroup>{TimelineGroup::kChanges, TimelineGroup::kRestarts}));
        QCOMPARE(layout.items.size(), qsizetype(40));
        for (const LaneItem& a : layout.items) {
            QVERIFY(a.mark.right() <= area.right() + 5 && a.mark.left() >= layout.plot.left() - 5);
            for (const LaneItem& b : layout.items)
                if (&a != &b && !a.label.isEmpty() && a.mark.center().y() == b.mark.center().y())
                    QVERIFY(!a.label.intersects(b.mark));
        }
        QVERIFY(layoutTimelineLanes({}, {}, area, 96, 20, 24, QFontMetricsF(theme.caption)).items.isEmpty());
    }
    void zonesAreShifts() {
        QCOMPARE(zoneMinutes(QStringLiteral("-07:00")), std::optional(-420));
        QCOMPARE(zoneMinutes(QStringLiteral("UTC")), std::optional(0));
        QCOMPARE(zoneMinutes(QStringLiteral("UTC+05:30")), std::optional(330));
        for (const char* bad : {"", "CET", "+x", "-7:00:00", "+24:00"})
            QVERIFY2(!zoneMinutes(QString::fromLatin1(bad)), bad);
        for (const int minutes : knownZones())
            QCOMPARE(zoneMinutes(zoneLabel(minutes)), std::optional(minutes));
        // Read as UTC, meant in UTC−7: seven hours later. And 90 s of skew with it.
        const TimeCorrection correction = correctionOf(3, 0, -420, 90 * kSecond);
        QCOMPARE(correction.shift, 7 * kHour + 90 * kSecond);
        QCOMPARE(skewOf(correction, 0), 90 * kSecond);
        QVERIFY(correctionOf(3, 0, 0, 0).deleted);
        QCOMPARE(*parseSkew(QStringLiteral("-1h30m")), -90 * kMinute);
        QCOMPARE(*parseSkew(QString()), DurationNs{0});
        QVERIFY(!parseSkew(QStringLiteral("soon")).ok());
        QCOMPARE(*parseSkew(skewText(-90 * kMinute)), -90 * kMinute);
    }
    void documentsAreLines() {
        const Theme theme = Theme::dark();
        DocumentModel model(theme);
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setText("kind: Deployment\r\n<img src=file:///dev/zero>\n\x1b[31mred\n\nlast");
        QCOMPARE(model.rowCount(), 5);
        QCOMPARE(model.line(0), QStringLiteral("kind: Deployment"));
        QCOMPARE(model.line(1), QStringLiteral("<img src=file:///dev/zero>"));
        QVERIFY(!model.line(2).contains(QChar(0x1b)));
        QCOMPARE(model.find(QStringLiteral("LAST"), -1, true), 4);
        QCOMPARE(model.find(QStringLiteral("kind"), 0, true), 0);
        QCOMPARE(model.find(QStringLiteral("kind"), 4, false), 0);
        QCOMPARE(model.find(QStringLiteral("nowhere"), 0, true), -1);
        model.setText(std::string(8U << 20, 'x'));
        QVERIFY(model.line(0).size() <= 4100);
        model.setText({});
        QCOMPARE(model.rowCount(), 0);
    }
};

QTEST_MAIN(AnnotationBookTest)
#include "annotation_book_test.moc"
