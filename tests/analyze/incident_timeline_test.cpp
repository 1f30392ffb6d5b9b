// Times to detect, mitigate and resolve, known or not, and the story as Markdown that hostile text cannot break.
#include "analyze/incident_timeline.h"
#include "qt_test.h"

using namespace nj;
using namespace nj::analyze;

namespace {

constexpr TimeNs kStart = 1'773'744'360'000'000'000;   // 2026-03-17T10:46:00Z

Note noteAt(NoteKind kind, TimeNs time) {
    Note note;
    note.id = newAnnotationId();
    note.kind = kind;
    note.time = time;
    return note;
}

}  // namespace

class IncidentTimelineTest : public QObject {
    Q_OBJECT
private slots:
    void timesFromMarks() {
        const std::vector<Note> notes = {noteAt(NoteKind::kDetected, kStart + 12 * kMinute), noteAt(NoteKind::kDetected, kStart + 9 * kMinute),
                                         noteAt(NoteKind::kMitigated, kStart + 45 * kMinute)};
        const IncidentTimes times = incidentTimes(notes, kStart);
        QCOMPARE(times.toDetect(), std::optional(9 * kMinute));
        QCOMPARE(times.toMitigate(), std::optional(45 * kMinute));
        QVERIFY(!times.toResolve());
        QVERIFY(!incidentTimes(notes, 0).toDetect());
        QCOMPARE(incidentTimes({noteAt(NoteKind::kDetected, kStart - kMinute)}, kStart).toDetect(), std::optional(DurationNs{0}));
        Note gone = noteAt(NoteKind::kResolved, kStart + kHour);
        gone.deleted = true;
        QVERIFY(!incidentTimes({gone}, kStart).toResolve());
    }
    void markdown() {
        const std::string text = timelineMarkdown("GPU 3", {{kStart, kStart + kMinute, "fact", "a|b <img src=x>\n# not a heading", "vllm-a", "ada"}},
                                                  incidentTimes({noteAt(NoteKind::kDetected, kStart + 9 * kMinute)}, kStart));
        QVERIFY(text.find("| 2026-03-17T10:46:00Z … 2026-03-17T10:47:00Z | fact | a\\|b \\<img src=x\\> \\# not a heading | vllm-a | ada |\n") != std::string::npos);
        QVERIFY(text.find("- Time to detect: 9 min") != std::string::npos || text.find("- Time to detect: 9 m") != std::string::npos);
        QVERIFY(text.find("- Time to mitigate: unknown: no note marks the mitigation\n") != std::string::npos);
    }
};

QTEST_APPLESS_MAIN(IncidentTimelineTest)
#include "incident_timeline_test.moc"
