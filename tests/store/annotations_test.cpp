// Notes, views, objectives and corrections: written beside a running import, killed in the middle, in a sidecar, merged by id; and a
// correction of an import's clock, seen by every kind of row and taken back.
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <map>

#include "qt_test.h"
#include "sqlite/database.h"
#include "store/annotation_file.h"
#include "store/import_hosts.h"
#include "store/sql_session.h"
#include "store/test_batches.h"

using namespace nj;
using namespace nj::test;
using namespace nj::store;

namespace {

Note noteOf(const std::string& id, const std::string& text, TimeNs modified = kT0) {
    Note note;
    note.id = id;
    note.author = "ada";
    note.created = kT0;
    note.modified = modified;
    note.kind = NoteKind::kHypothesis;
    note.time = kT0;
    note.end = kT0 + kMinute;
    note.text = text;
    note.entity = "GPU 3";
    note.signal = Signal::kLog;
    note.seq = 42;
    return note;
}

TimeCorrection shiftOf(ImportId import, DurationNs shift, TimeNs modified) {
    TimeCorrection correction;
    correction.id = correctionId(import, {});
    correction.import = import;
    correction.shift = shift;
    correction.modified = modified;
    correction.deleted = shift == 0;
    return correction;
}

Batch everySignal(TimeNs at) {
    Batch batch;
    SpanSpec span;
    span.start = at;
    span.end = at + kSecond;
    addSpan(batch, span);
    LogSpec log;
    log.time = at;
    log.observed = at + 5 * kSecond;
    log.body = "hello";
    addLog(batch, log);
    log.time = 0;   // says no time: no correction can give it one
    addLog(batch, log);
    const uint32_t series = addSeries(batch, "up", {});
    addSample(batch, series, at, 1.0);
    batch.events.push_back({at, 0, "deploy", "v2", "retriever", 9, kNoIndex});
    return batch;
}

Annotations loaded(const std::string& path, AnnotationFile::Place place = AnnotationFile::Place::kAuto) { return need(need(AnnotationFile::open(path, place))->load()); }

}  // namespace

class AnnotationsTest : public QObject {
    Q_OBJECT
private slots:
    void everythingComesBack() {
        const TestCapsule capsule;
        capsule.import(everySignal(kT0));
        const auto file = need(AnnotationFile::open(capsule.path()));
        QVERIFY(!file->inSidecar());
        const Note note = noteOf(newAnnotationId(), "fan of <b>GPU 3</b>\nfails");
        SavedView view;
        view.id = newAnnotationId();
        view.modified = kT0;
        view.name = "The spike";
        view.state = "nightjar://open?view=latency";
        Objective objective;
        objective.id = newAnnotationId();
        objective.modified = kT0;
        objective.name = "First token in 2.5 s";
        objective.kind = ObjectiveKind::kHistogram;
        objective.key = "vllm:time_to_first_token_seconds";
        objective.unit = "s";
        objective.threshold = 2.5;
        objective.target = 0.99;
        need(file->put(note));
        need(file->put(view));
        need(file->put(objective));
        need(file->put(shiftOf(1, kHour, kT0)));
        const Annotations all = loaded(capsule.path());
        QVERIFY(all.notes == std::vector{note});
        QVERIFY(all.views == std::vector{view});
        QVERIFY(all.objectives == std::vector{objective});
        QVERIFY(all.corrections == std::vector{shiftOf(1, kHour, kT0)});
        QVERIFY2(!std::filesystem::exists(capsule.path() + "-wal"), "the capsule stays one file");
        QVERIFY(!file->put(Note{}).ok());
    }
    void dashboardsAndRulesToo() {
        const TestCapsule capsule;
        capsule.import(everySignal(kT0));
        Definition board;
        board.id = newAnnotationId();
        board.modified = kT0;
        board.name = "vLLM";
        board.source = "grafana.json";
        board.document = "{'rows': []}" + std::string(200'000, ' ');   // longer than a note may be
        Definition rules = board;
        rules.id = newAnnotationId();
        rules.kind = DefinitionKind::kRules;
        const auto file = need(AnnotationFile::open(capsule.path()));
        need(file->put(board));
        need(file->put(rules));
        const Annotations all = loaded(capsule.path());
        QCOMPARE(all.definitions.size(), size_t(2));
        QVERIFY(std::find(all.definitions.begin(), all.definitions.end(), board) != all.definitions.end());
        QVERIFY(std::find(all.definitions.begin(), all.definitions.end(), rules) != all.definitions.end());
        board.document.assign(kMaxDefinitionBytes + 1, ' ');
        QVERIFY(!file->put(board).ok());
    }
    // A capsule and a sidecar from before there were definitions: read, and given the table with the first one.
    void anOlderFileHasNone() {
        const TestCapsule capsule;
        capsule.import(everySignal(kT0));
        need(need(sqlite::Database::open(capsule.path(), sqlite::OpenMode::kReadWrite)).execute("DROP TABLE nj_definition"));
        QVERIFY(loaded(capsule.path()).definitions.empty());
        QCOMPARE(need(capsule.reader()->totals()).events, uint64_t(1));
        Definition board;
        board.id = newAnnotationId();
        board.modified = kT0;
        board.name = "vLLM";
        need(need(AnnotationFile::open(capsule.path()))->put(board));
        QVERIFY(loaded(capsule.path()).definitions == std::vector{board});
        need(need(AnnotationFile::open(capsule.path(), AnnotationFile::Place::kSidecar))->put(noteOf("n", "beside")));
        const std::string sidecar = capsule.path() + "-notes";
        need(need(sqlite::Database::open(sidecar, sqlite::OpenMode::kReadWrite)).execute("DROP TABLE nj_definition"));
        QCOMPARE(loaded(capsule.path()).notes.size(), size_t(1));
    }
    void theLaterChangeWins() {
        const TestCapsule capsule;
        capsule.import(everySignal(kT0));
        const auto file = need(AnnotationFile::open(capsule.path()));
        need(file->put(noteOf("n", "second", kT0 + 2)));
        need(file->put(noteOf("n", "first", kT0 + 1)));
        QCOMPARE(need(file->load()).notes.at(0).text, std::string("second"));
        Note gone = noteOf("n", "second", kT0 + 3);
        gone.deleted = true;
        need(file->put(gone));
        QVERIFY(need(file->load()).notes.at(0).deleted);
    }
    void writtenWhileAnImportRuns() {
        const TestCapsule capsule;
        const auto writer = capsule.writer();
        const auto id = need(writer->beginImport({"big.json", "otlp", kT0, "", 0}));
        const auto file = need(AnnotationFile::open(capsule.path()));
        for (int i = 0; i < 5; ++i) {
            need(writer->add(id, everySignal(kT0 + i * kMinute)));
            need(file->put(noteOf("note-" + std::to_string(i), "during")));
        }
        need(writer->endImport(id, {}));
        need(writer->close());
        QCOMPARE(loaded(capsule.path()).notes.size(), size_t(5));
        QCOMPARE(need(capsule.reader()->totals()).events, uint64_t(5));
    }
    void killedInTheMiddle() {
        const TestCapsule capsule;
        capsule.import(everySignal(kT0));
        int out[2];
        QVERIFY(::pipe(out) == 0);
        const pid_t child = ::fork();
        if (child == 0) {
            // Says each number once it is durable, until it is killed.
            auto file = AnnotationFile::open(capsule.path());
            for (int32_t i = 0; file.ok(); ++i) {
                if (!(*file)->put(noteOf("note-" + std::to_string(i), "written")).ok() || ::write(out[1], &i, sizeof i) != sizeof i)
                    break;
            }
            ::_exit(1);
        }
        ::close(out[1]);
        int32_t acknowledged = -1;
        for (int32_t said = 0; said < 20 && ::read(out[0], &said, sizeof said) == sizeof said;)
            acknowledged = said;
        ::kill(child, SIGKILL);
        ::waitpid(child, nullptr, 0);
        for (int32_t said = 0; ::read(out[0], &said, sizeof said) == sizeof said;)
            acknowledged = said;
        ::close(out[0]);
        QVERIFY(acknowledged >= 19);
        const auto notes = loaded(capsule.path()).notes;
        QVERIFY(notes.size() >= static_cast<size_t>(acknowledged) + 1);
        QCOMPARE(need(capsule.reader()->totals()).spans, uint64_t(1));
    }
    void sidecarOfAReadOnlyCapsule() {
        const TestCapsule capsule;
        capsule.import(everySignal(kT0));
        {
            const auto direct = need(AnnotationFile::open(capsule.path()));
            need(direct->put(noteOf("both", "in the capsule", kT0 + 1)));
            need(direct->put(noteOf("kept", "in the capsule", kT0 + 9)));
        }
        const auto file = need(AnnotationFile::open(capsule.path(), AnnotationFile::Place::kSidecar));
        QVERIFY(file->inSidecar());
        const auto before = std::filesystem::last_write_time(capsule.path());
        need(file->put(noteOf("both", "in the sidecar", kT0 + 2)));
        need(file->put(noteOf("kept", "in the sidecar", kT0 + 3)));
        need(file->put(noteOf("new", "in the sidecar", kT0 + 2)));
        need(file->put(shiftOf(1, kHour, kT0)));
        QVERIFY2(std::filesystem::last_write_time(capsule.path()) == before, "the capsule is not touched");
        const auto texts = [](const Annotations& all) {
            std::map<std::string, std::string> byId;
            for (const Note& note : all.notes)
                byId[note.id] = note.text;
            return byId;
        };
        const std::map<std::string, std::string> merged = {{"both", "in the sidecar"}, {"kept", "in the capsule"}, {"new", "in the sidecar"}};
        QVERIFY(texts(need(file->load())) == merged);
        // A reader sees the sidecar's correction, and the change of it without being opened again.
        const auto reader = capsule.reader();
        QCOMPARE(need(reader->totals()).spanRange.from, kT0 + kHour);
        need(file->put(shiftOf(1, 2 * kHour, kT0 + 1)));
        QCOMPARE(need(reader->totals()).spanRange.from, kT0 + 2 * kHour);
        // Once it can be written, the capsule takes all of it over.
        QVERIFY(texts(loaded(capsule.path())) == merged);
        QVERIFY(!std::filesystem::exists(file->file()));
        QCOMPARE(need(reader->totals()).spanRange.from, kT0 + 2 * kHour);
    }
    void sidecarOfAnotherCapsuleIsLeftAlone() {
        const TestCapsule one, two;
        one.import(everySignal(kT0));
        two.import(everySignal(kT0));
        need(need(AnnotationFile::open(one.path(), AnnotationFile::Place::kSidecar))->put(noteOf("n", "of one")));
        std::filesystem::copy_file(one.path() + "-notes", two.path() + "-notes");
        QVERIFY(loaded(two.path()).notes.empty());
        QVERIFY(std::filesystem::exists(two.path() + "-notes"));
        const auto file = need(AnnotationFile::open(two.path()));
        QCOMPARE(file->merge(one.path() + "-notes").error().code, ErrorCode::kInvalidArgument);
        // Nonsense in place of a sidecar is no reason not to open.
        QFile junk(QString::fromStdString(two.path() + "-notes"));
        QVERIFY(junk.open(QIODevice::WriteOnly | QIODevice::Truncate));
        junk.write(QByteArray(100'000, 'x'));
        junk.close();
        QVERIFY(loaded(two.path()).notes.empty());
    }
    void aCorrectionMovesEveryRowAndBack() {
        const TestCapsule capsule;
        capsule.import(everySignal(kT0), "a");
        capsule.import(everySignal(kT0 + kDay), "b");
        const auto file = need(AnnotationFile::open(capsule.path()));
        const auto reader = capsule.reader();
        const auto expect = [&](DurationNs by) {
            const TimeNs at = kT0 + by;
            const auto snapshot = need(reader->snapshot());
            for (const Signal signal : {Signal::kSpan, Signal::kLog}) {
                int64_t found = 0, timeless = 0, other = 0;
                for (const auto& info : snapshot->segments(signal)) {
                    const auto view = need(reader->view(*snapshot, info->id));
                    const auto start = need(view->exactStart()), end = need(view->exactEnd());
                    for (uint32_t row = 0; row < info->rows; ++row) {
                        found += start[row] == at && info->range.from == at && need(view->start()).at(row) <= at ? 1 : 0;
                        timeless += start[row] == 0 ? 1 : 0;
                        other += start[row] == kT0 + kDay ? 1 : 0;
                        if (start[row] == at)
                            QCOMPARE(end[row], signal == Signal::kSpan ? at + kSecond : kT0 + 5 * kSecond);   // the observer's clock stays
                    }
                }
                QCOMPARE(found, int64_t(1));
                QCOMPARE(other, int64_t(1));
                QCOMPARE(timeless, signal == Signal::kLog ? int64_t(2) : int64_t(0));
            }
            std::vector<TimeNs> samples;
            need(reader->samples(*snapshot, snapshot->series().at(0).id, {INT64_MIN, INT64_MAX}, [&](const SamplePoint& point) {
                samples.push_back(point.time);
                return true;
            }));
            QCOMPARE(samples, (std::vector<TimeNs>{std::min(at, kT0 + kDay), std::max(at, kT0 + kDay)}));
            samples.clear();
            need(reader->samples(*snapshot, snapshot->series().at(0).id, {at, at + 1}, [&](const SamplePoint& point) {
                samples.push_back(point.time);
                return true;
            }));
            QCOMPARE(samples, std::vector<TimeNs>{at});
            QCOMPARE(snapshot->series().at(0).range.from, std::min(at, kT0 + kDay));
            std::vector<TimeNs> events;
            for (const EventRow& event : need(reader->events()))
                events.push_back(event.time);
            QCOMPARE(events, (std::vector<TimeNs>{std::min(at, kT0 + kDay), std::max(at, kT0 + kDay)}));
            QCOMPARE(need(reader->imports()).at(0).range.from, at);
        };
        expect(0);
        need(file->put(shiftOf(1, -7 * kHour, kT0 + 1)));
        expect(-7 * kHour);
        need(file->put(shiftOf(1, 2 * kDay, kT0 + 2)));   // past the other import: order changes
        expect(2 * kDay);
        need(file->put(shiftOf(1, 0, kT0 + 3)));
        expect(0);
    }
    void aHostsCorrectionMovesEveryImportThatNamesItAlone() {
        const auto onHosts = [](TimeNs at, std::initializer_list<const char*> hosts) {
            Batch batch;
            uint64_t n = 0;
            for (const char* host : hosts) {
                SpanSpec span;
                span.trace = traceId(static_cast<uint64_t>(at), ++n);
                span.span = spanId(n);
                span.start = at;
                span.end = at + kSecond;
                addSpan(batch, span);
                Resource resource;
                resource.attributes = {{"service.name", AttributeValue::ofString("svc")}};
                if (*host)
                    resource.attributes.push_back({"host.name", AttributeValue::ofString(host)});
                batch.spans.resource.back() = batch.internResource(resource);
            }
            return batch;
        };
        const TestCapsule capsule;
        capsule.import(onHosts(kT0, {"gpu-07", "gpu-07"}), "one");
        capsule.import(onHosts(kT0 + kMinute, {"gpu-07", "gpu-08"}), "two hosts");
        capsule.import(onHosts(kT0 + 2 * kMinute, {""}), "no host");
        Batch metrics;
        const uint32_t series = addSeries(metrics, "node_load1", {{"instance", AttributeValue::ofString("gpu-07:9100")}});
        addSample(metrics, series, kT0 + 3 * kMinute, 1);
        capsule.import(std::move(metrics), "metrics");
        const auto file = need(AnnotationFile::open(capsule.path()));
        const auto reader = capsule.reader();
        QCOMPARE(need(hostsOfImports(*reader)).all(), (std::map<ImportId, std::string>{{1, "gpu-07"}, {4, "gpu-07"}}));
        const auto starts = [&] {
            std::vector<TimeNs> from;
            for (const ImportRow& row : need(reader->imports()))
                from.push_back(row.range.from - kT0);
            return from;
        };
        const std::vector<TimeNs> asRead = {0, kMinute, 2 * kMinute, 3 * kMinute};
        QCOMPARE(starts(), asRead);
        TimeCorrection correction;
        correction.host = "gpu-07";
        correction.id = correctionId(0, correction.host);
        correction.shift = kHour;
        correction.modified = kT0 + 1;
        need(file->put(correction));
        QCOMPARE(starts(), (std::vector<TimeNs>{kHour, kMinute, 2 * kMinute, kHour + 3 * kMinute}));
        QCOMPARE(need(reader->snapshot())->segments(Signal::kSpan).back()->range.from, kT0 + kHour);
        // Its own counts before its host's; what comes later is moved too.
        need(file->put(shiftOf(1, 2 * kHour, kT0 + 2)));
        capsule.import(onHosts(kT0 + 4 * kMinute, {"gpu-07"}), "later");
        QCOMPARE(starts(), (std::vector<TimeNs>{2 * kHour, kMinute, 2 * kMinute, kHour + 3 * kMinute, kHour + 4 * kMinute}));
        need(file->put(shiftOf(1, 0, kT0 + 3)));
        correction.deleted = true;
        correction.modified = kT0 + 4;
        need(file->put(correction));
        QCOMPARE(starts(), (std::vector<TimeNs>{0, kMinute, 2 * kMinute, 3 * kMinute, 4 * kMinute}));
    }
    void spansDeliveredAgainAreFoundInACorrectedImport() {
        const TestCapsule capsule;
        capsule.import(everySignal(kT0), "a");
        need(need(AnnotationFile::open(capsule.path()))->put(shiftOf(1, kHour, kT0)));
        QCOMPARE(capsule.import(everySignal(kT0), "b").duplicates, uint64_t(1));
    }
    void sqlSeesCorrectedTimes() {
        const TestCapsule capsule;
        capsule.import(everySignal(kT0));
        need(need(AnnotationFile::open(capsule.path()))->put(shiftOf(1, kHour, kT0)));
        const auto reader = capsule.reader();
        for (const char* query : {"SELECT start_time_unix_nano FROM spans", "SELECT max(time_unix_nano) FROM logs", "SELECT time_unix_nano FROM samples",
                                  "SELECT time_unix_nano FROM events", "SELECT from_unix_nano FROM imports"})
            QCOMPARE(need(runSql(*reader, query, {}, {})).rows.at(0).at(0).integer, kT0 + kHour);
        const std::string from = std::to_string(kT0 + kHour);
        QCOMPARE(need(runSql(*reader, "SELECT count(*) FROM spans WHERE start_time_unix_nano = " + from, {}, {})).rows.at(0).at(0).integer, int64_t(1));
    }
};

QTEST_GUILESS_MAIN(AnnotationsTest)
#include "annotations_test.moc"
