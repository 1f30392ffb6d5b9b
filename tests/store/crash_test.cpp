// A real process killed in the middle of imports and live commits, two processes that want to write, and what a crash left on a medium
// that cannot be written. The test runs itself as the other process.
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <set>

#include "qt_test.h"
#include "sqlite/database.h"
#include "store/test_batches.h"

using namespace nj;
using namespace nj::test;
using namespace nj::store;
namespace fs = std::filesystem;

namespace {

constexpr uint64_t kImportRows = 70'000;   // more than a segment
constexpr uint64_t kCommitRows = 3;
constexpr uid_t kNobody = 65534;
constexpr std::string_view kAs = "--as=";   // what the other process is started with

Batch rowsOf(uint64_t first, uint64_t count) {
    Batch batch;
    for (uint64_t i = first; i < first + count; ++i) {
        SpanSpec s;
        s.trace = traceId(1, i / 10);
        s.span = spanId(i + 1);
        s.start = kT0 + static_cast<TimeNs>(i) * kMillisecond;
        s.end = s.start + 5 * kMillisecond;
        s.attributes = {{"n", AttributeValue::ofInt(static_cast<int64_t>(i))}};
        addSpan(batch, s);
        if (count != kCommitRows)
            continue;
        LogSpec l;
        l.time = s.start;
        l.original = "request " + std::to_string(i);
        l.bodyOffset = 0;
        l.bodyLength = static_cast<uint32_t>(l.original.size());
        addLog(batch, l);
    }
    return batch;
}

void acknowledge(uint64_t number) {
    if (::write(STDOUT_FILENO, &number, sizeof number) != sizeof number)
        ::_exit(2);
}

// ---- what the other process does until it is killed
void importForEver(const std::string& path) {
    const auto writer = need(CapsuleWriter::open(path));
    acknowledge(0);
    for (uint64_t number = 1;; ++number) {
        const auto id = need(writer->beginImport({"file " + std::to_string(number), "test", kT0, "", 0}));
        for (uint64_t at = 0; at < kImportRows; at += 7000)
            need(writer->add(id, rowsOf(number * kImportRows + at, 7000)));
        (void)need(writer->endImport(id, endOf(std::to_string(number))));
        acknowledge(number);
    }
}

void commitForEver(const std::string& path) {
    const auto writer = need(CapsuleWriter::open(path));
    const auto source = need(writer->beginImport({"otlp http", "otlp", kT0, "", 0}));
    acknowledge(0);
    for (uint64_t number = 1;; ++number) {
        if (!need(writer->commitLive(source, rowsOf((number - 1) * kCommitRows, kCommitRows), hash128(std::to_string(number)))))
            ::_exit(3);
        if (number % 23 == 0)
            need(writer->seal());
        acknowledge(number);
    }
}

// Groups of one to five deliveries, by turns of two sources; acknowledges how many deliveries there are.
uint64_t deliveriesAfter(uint64_t groups) {
    uint64_t n = 0;
    for (uint64_t group = 0; group < groups; ++group)
        n += 1 + group % 5;
    return n;
}

void commitGroupsForEver(const std::string& path) {
    const auto writer = need(CapsuleWriter::open(path));
    const ImportId sources[] = {need(writer->beginImport({"otlp http", "otlp", kT0, "", 0})), need(writer->beginImport({"otlp grpc", "otlp", kT0, "", 0}))};
    acknowledge(0);
    for (uint64_t group = 0;; ++group) {
        for (uint64_t i = deliveriesAfter(group); i < deliveriesAfter(group + 1); ++i)
            if (!need(writer->takeLive(sources[i % 2], rowsOf(i * kCommitRows, kCommitRows), hash128(std::to_string(i)), {})))
                ::_exit(3);
        need(writer->commitTaken());
        if (group % 13 == 12)
            need(writer->seal());
        acknowledge(group + 1);
    }
}

void holdForEver(const std::string& path) {
    const auto writer = need(CapsuleWriter::open(path));
    acknowledge(0);
    for (;;)
        ::pause();
}

// Root can write everywhere, so it becomes nobody first.
void readOnce(const std::string& path) {
    if (::geteuid() == 0 && (::setgid(kNobody) != 0 || ::setuid(kNobody) != 0))
        ::_exit(4);
    const auto reader = CapsuleReader::open(path);
    acknowledge(reader.ok() ? need((*reader)->totals()).spans : ~uint64_t{0});
}

int actAs(const std::string& role, const std::string& path) {
    if (role == "import")
        importForEver(path);
    else if (role == "commit")
        commitForEver(path);
    else if (role == "group")
        commitGroupsForEver(path);
    else if (role == "hold")
        holdForEver(path);
    else
        readOnce(path);
    return 0;
}

class OtherProcess {
public:
    OtherProcess(const char* role, const std::string& path) {
        int ends[2] = {-1, -1};
        if (::pipe(ends) != 0)
            qFatal("no pipe");
        pid_ = ::fork();
        if (pid_ == 0) {
            ::dup2(ends[1], STDOUT_FILENO);
            ::close(ends[0]);
            ::setenv("TMPDIR", "/tmp", 1);
            ::execl("/proc/self/exe", "crash_test", (std::string(kAs) + role).c_str(), path.c_str(), nullptr);
            ::_exit(5);
        }
        ::close(ends[1]);
        acks_ = ends[0];
    }
    ~OtherProcess() {
        kill();
        ::close(acks_);
    }
    OtherProcess(const OtherProcess&) = delete;
    OtherProcess& operator=(const OtherProcess&) = delete;
    // The next acknowledgement; nothing when the process is gone and all were read.
    std::optional<uint64_t> next() const {
        uint64_t number = 0;
        return ::read(acks_, &number, sizeof number) == sizeof number ? std::optional(number) : std::nullopt;
    }
    // kill -9; returns the last acknowledgement.
    uint64_t kill() {
        if (pid_ > 0) {
            ::kill(pid_, SIGKILL);
            ::waitpid(pid_, nullptr, 0);
            pid_ = -1;
            while (const auto number = next())
                last_ = *number;
        }
        return last_;
    }
    void waitFor(uint64_t number) {
        while (last_ < number) {
            const auto got = next();
            if (!got)
                qFatal("the other process ended by itself");
            last_ = *got;
        }
    }

private:
    pid_t pid_ = -1;
    int acks_ = -1;
    uint64_t last_ = 0;
};

int64_t integer(CapsuleReader& reader, const std::string& sql) { return need(reader.database().queryInteger(sql)); }

void checkWhole(CapsuleReader& reader) {
    QCOMPARE(need(reader.database().queryText("PRAGMA integrity_check")), std::string("ok"));
    QCOMPARE(integer(reader, "SELECT count(*) FROM nj_column WHERE id >> 12 NOT IN (SELECT id FROM nj_segment)"), int64_t(0));
    QCOMPARE(integer(reader, "SELECT count(*) FROM nj_segment WHERE retired = 0 AND import NOT IN (SELECT id FROM nj_import)"), int64_t(0));
    QCOMPARE(integer(reader, "SELECT count(*) FROM nj_journal"), int64_t(0));
}

// Numbers of the spans, by their attribute; fails when one is there twice.
std::set<int64_t> numbers(CapsuleReader& reader) {
    std::set<int64_t> out;
    const auto snapshot = need(reader.snapshot());
    for (const auto& info : snapshot->segments(Signal::kSpan))
        for (const int64_t n : need(need(reader.view(*snapshot, info->id))->attribute("n", ValueType::kInt)).integers)
            if (!out.insert(n).second)
                qFatal("span %lld is there twice", static_cast<long long>(n));
    return out;
}

}  // namespace

class CrashTest : public QObject {
    Q_OBJECT
private slots:
    void killedWhileImporting_data() {
        QTest::addColumn<uint64_t>("after");
        QTest::addColumn<int>("delayMs");
        for (const int delay : {0, 7, 40, 120, 300})
            QTest::addRow("%d ms", delay) << uint64_t(delay % 2) << delay;
    }
    void killedWhileImporting() {
        QFETCH(uint64_t, after);
        QFETCH(int, delayMs);
        const TestCapsule capsule;
        uint64_t done = 0;
        {
            OtherProcess other("import", capsule.path());
            (void)other.next();
            other.waitFor(after);
            QTest::qSleep(delayMs);
            done = other.kill();
        }
        // Also before anybody recovers it.
        QVERIFY(need(capsule.reader()->totals()).spans >= done * kImportRows);
        need(capsule.writer()->close());
        const auto reader = capsule.reader();
        uint64_t whole = 0;
        for (const ImportRow& row : need(reader->imports())) {
            QVERIFY(row.state == "done" || row.state == "failed");
            whole += row.state == "done";
            QCOMPARE(row.spans, row.state == "done" ? kImportRows : 0);
        }
        QVERIFY(whole == done || whole == done + 1);   // the last acknowledgement may not have been sent
        QCOMPARE(numbers(*reader).size(), size_t(whole * kImportRows));
        checkWhole(*reader);
    }
    void killedWhileCommitting_data() {
        QTest::addColumn<uint64_t>("after");
        for (const uint64_t commits : {1, 22, 45, 46, 100})
            QTest::addRow("%llu commits", static_cast<unsigned long long>(commits)) << commits;
    }
    void killedWhileCommitting() {
        QFETCH(uint64_t, after);
        const TestCapsule capsule;
        uint64_t acknowledged = 0;
        {
            OtherProcess other("commit", capsule.path());
            other.waitFor(after);
            acknowledged = other.kill();
        }
        const uint64_t before = need(capsule.reader()->totals()).spans;
        QVERIFY(before == acknowledged * kCommitRows || before == (acknowledged + 1) * kCommitRows);
        {
            const auto writer = capsule.writer();
            const auto source = need(writer->beginImport({"otlp http", "otlp", kT0, "", 0}));
            QVERIFY(!need(writer->commitLive(source, rowsOf((acknowledged - 1) * kCommitRows, kCommitRows), hash128(std::to_string(acknowledged)))));
            need(writer->close());
        }
        const auto reader = capsule.reader();
        const auto found = numbers(*reader);
        QCOMPARE(found.size(), size_t(before));
        QCOMPARE(*found.rbegin(), static_cast<int64_t>(before) - 1);
        QCOMPARE(need(reader->totals()).logs, before);
        checkWhole(*reader);
    }
    void killedWhileCommittingGroups_data() {
        QTest::addColumn<uint64_t>("after");
        for (const uint64_t groups : {1, 12, 13, 30, 60})
            QTest::addRow("%llu groups", static_cast<unsigned long long>(groups)) << groups;
    }
    void killedWhileCommittingGroups() {
        QFETCH(uint64_t, after);
        const TestCapsule capsule;
        uint64_t acknowledged = 0;
        {
            OtherProcess other("group", capsule.path());
            other.waitFor(after);
            acknowledged = other.kill();
        }
        const uint64_t before = need(capsule.reader()->totals()).spans;
        QVERIFY2(before == deliveriesAfter(acknowledged) * kCommitRows || before == deliveriesAfter(acknowledged + 1) * kCommitRows, "a group is there as a whole or not at all");
        need(capsule.writer()->close());
        const auto reader = capsule.reader();
        const auto found = numbers(*reader);
        QCOMPARE(found.size(), size_t(before));
        QCOMPARE(*found.rbegin(), static_cast<int64_t>(before) - 1);
        QCOMPARE(need(reader->totals()).logs, before);
        checkWhole(*reader);
    }
    void twoWriters() {
        const TestCapsule capsule;
        OtherProcess other("hold", capsule.path());
        (void)other.next();
        const auto second = CapsuleWriter::open(capsule.path());
        QVERIFY(!second.ok());
        QCOMPARE(second.error().code, ErrorCode::kBusy);
        QVERIFY(QString::fromStdString(second.error().message).contains(QStringLiteral("another Nightjar")));
        QVERIFY(CapsuleReader::open(capsule.path()).ok());
        // A lock dies with its process.
        other.kill();
        need(capsule.writer()->close());
    }
    void hotWalWhereNothingCanBeWritten() {
        const TestCapsule capsule;
        const fs::path folder = fs::path(capsule.path()).parent_path() / "medium";
        fs::create_directory(folder);
        const std::string path = folder / "crashed.nightjar";
        uint64_t acknowledged = 0;
        {
            OtherProcess other("commit", path);
            other.waitFor(10);
            acknowledged = other.kill();
        }
        // A copy as a person would burn it: without the lock and the shared memory.
        fs::remove(path + "-shm");
        fs::remove(path + "-lock");
        QVERIFY(fs::file_size(path + "-wal") > 0);
        fs::permissions(folder.parent_path(), fs::perms(0755));
        for (const char* suffix : {"", "-wal"})
            fs::permissions(path + suffix, fs::perms(0444));
        fs::permissions(folder, fs::perms(0555));
        OtherProcess other("read", path);
        const auto spans = other.next();
        other.kill();
        fs::permissions(folder, fs::perms(0755));
        QVERIFY(spans.has_value());
        QVERIFY(*spans == acknowledged * kCommitRows || *spans == (acknowledged + 1) * kCommitRows);
        size_t files = 0;
        for ([[maybe_unused]] const auto& entry : fs::directory_iterator(folder))
            ++files;
        QCOMPARE(files, size_t(2));
    }
    void cutWal() {
        const TestCapsule capsule;
        uint64_t acknowledged = 0;
        {
            OtherProcess other("commit", capsule.path());
            other.waitFor(12);
            acknowledged = other.kill();
        }
        const std::string copy = capsule.path() + ".cut.nightjar";
        const auto size = fs::file_size(capsule.path() + "-wal");
        uint64_t most = 0;
        for (uint64_t part = 0; part <= 40; ++part) {
            fs::copy_file(capsule.path(), copy, fs::copy_options::overwrite_existing);
            fs::copy_file(capsule.path() + "-wal", copy + "-wal", fs::copy_options::overwrite_existing);
            fs::resize_file(copy + "-wal", part == 40 ? size : size * part / 40 + part % 3);
            fs::remove(copy + "-shm");
            if (const auto reader = CapsuleReader::open(copy); reader.ok()) {
                const uint64_t spans = need((*reader)->totals()).spans;
                QCOMPARE(spans % kCommitRows, uint64_t(0));
                QVERIFY(spans >= most);   // a longer piece never holds fewer commits
                most = spans;
                QCOMPARE(numbers(**reader).size(), size_t(spans));
            }
        }
        QVERIFY(most >= acknowledged * kCommitRows);
    }
};

int main(int argc, char** argv) {
    if (argc == 3 && std::string_view(argv[1]).starts_with(kAs))
        return actAs(argv[1] + kAs.size(), argv[2]);
    CrashTest test;
    return QTest::qExec(&test, argc, argv);
}
#include "crash_test.moc"
