// Following: files that grow, are rotated, copied and truncated, appear and vanish; restarts and crashes lose no line and take none twice.
#include <QDir>
#include <QFile>
#include <QRandomGenerator>
#include <QTemporaryDir>

#include <fcntl.h>
#include <unistd.h>

#include "loopback_server.h"
#include "qt_test.h"

using namespace nj;
using namespace nj::source;
using namespace nj::test;

namespace {

void append(const QString& path, const QByteArray& bytes) {
    QFile file(path);
    if (!file.open(QIODevice::WriteOnly | QIODevice::Append))
        qFatal("can't write");
    file.write(bytes);
}

// logrotate's copytruncate.
void copyTruncate(const QString& path, const QString& copy) {
    if (!QFile::copy(path, copy) || !QFile::resize(path, 0))
        qFatal("can't copy");
}

QByteArray line(int number) { return "2026-03-17T10:58:12Z INFO line " + QByteArray::number(number) + " of the test\n"; }

QByteArray linesFrom(int first, int count) {
    QByteArray text;
    for (int i = first; i < first + count; ++i)
        text += line(i);
    return text;
}

// The records as they stood in the files, in the order they were delivered.
QStringList records(const KeepingTarget& target) {
    QStringList out;
    for (const Batch& batch : target.batches())
        for (size_t row = 0; row < batch.logs.size(); ++row)
            out << QString::fromUtf8(batch.logs.original.view(row).data(), static_cast<qsizetype>(batch.logs.original.view(row).size()));
    return out;
}

size_t recordCount(const KeepingTarget& target) {
    size_t rows = 0;
    for (const Batch& batch : target.batches())
        rows += batch.logs.size();
    return rows;
}

// Numbers of line(): each once?
QString onceEach(const KeepingTarget& target, int count) {
    QMap<int, int> seen;
    for (const QString& record : records(target))
        ++seen[record.section(QLatin1Char(' '), 3, 3).toInt()];
    QStringList wrong;
    for (int i = 0; i < count; ++i)
        if (seen.value(i) != 1)
            wrong << QStringLiteral("%1: %2 times").arg(i).arg(seen.value(i));
    return wrong.mid(0, 10).join(QStringLiteral(", "));
}

class Following {
public:
    Following(const QStringList& paths, KeepingTarget& target, const char* from = "start") {
        SourceConfig config{"follow", {{"from", from}}};
        for (const QString& path : paths)
            config.add("path", path.toStdString());
        auto made = createSource(config, target);
        if (!made.ok() || !(*made)->start().ok())
            qFatal("not started");
        source_ = std::move(*made);
    }
    [[nodiscard]] SourceState state() const { return source_->state(); }
    void stop() { source_->stop(); }
    void start() {
        if (!source_->start().ok())
            qFatal("not started");
    }

private:
    std::unique_ptr<Source> source_;
};

constexpr int kPatience = 20'000;

}  // namespace

class FollowTest : public QObject {
    Q_OBJECT
private slots:
    void init() {
        folder_ = std::make_unique<QTemporaryDir>();
        path_ = folder_->filePath(QStringLiteral("app.log"));
    }

    void aLineWaitsForItsEnd() {
        append(path_, line(0) + line(1) + "2026-03-17T10:58:13Z INFO half");
        KeepingTarget target;
        Following following({path_}, target);
        QTRY_COMPARE_WITH_TIMEOUT(recordCount(target), size_t(2), kPatience);
        append(path_, " and half\n");
        QTRY_COMPARE_WITH_TIMEOUT(recordCount(target), size_t(3), kPatience);
        QCOMPARE(records(target).back(), QStringLiteral("2026-03-17T10:58:13Z INFO half and half"));
        following.stop();
        QCOMPARE(following.state().logs, uint64_t(3));
        QCOMPARE(following.state().bytes, uint64_t(QFile(path_).size()));
        const Batch first = target.batches().front().logs.size() > 0 ? target.batches().front() : target.batches()[1];
        QCOMPARE(findAttribute(first.resources[first.logs.resource[0]].attributes, "log.file.path")->text, path_.toStdString());
    }

    void aTraceStaysTogether() {
        append(path_, line(0));
        KeepingTarget target;
        Following following({path_}, target);
        QTRY_COMPARE_WITH_TIMEOUT(recordCount(target), size_t(1), kPatience);
        append(path_, "2026-03-17T10:58:13Z ERROR it broke\nTraceback (most recent call last):\n  File \"a.py\", line 1, in f\nValueError: bad\n");
        QTRY_COMPARE_WITH_TIMEOUT(recordCount(target), size_t(2), kPatience);
        QVERIFY(records(target).back().endsWith(QStringLiteral("ValueError: bad")));
    }

    void linesWithoutTimesArePlacedWhenTheyCame() {
        append(path_, "starting up\nready\n");
        const TimeNs before = nowNs();
        KeepingTarget target;
        Following following({path_}, target);
        QTRY_COMPARE_WITH_TIMEOUT(recordCount(target), size_t(2), kPatience);
        for (const Batch& batch : target.batches())
            for (size_t row = 0; row < batch.logs.size(); ++row) {
                QVERIFY(batch.logs.time[row] >= before && batch.logs.time[row] <= nowNs());
                QCOMPARE(batch.logs.timeFlags[row], kTimeFromNeighbour);
            }
    }

    void restartGoesOnWhereItStopped() {
        KeepingTarget target;
        append(path_, linesFrom(0, 10));
        for (int run = 1; run <= 3; ++run) {
            {
                Following following({path_}, target);
                QTRY_COMPARE_WITH_TIMEOUT(recordCount(target), size_t(20 * run - 10), kPatience);
            }
            append(path_, linesFrom(20 * run - 10, 20));
        }
        Following following({path_}, target);
        QTRY_COMPARE_WITH_TIMEOUT(recordCount(target), size_t(70), kPatience);
        following.stop();
        QCOMPARE(onceEach(target, 70), QString());
    }

    void startedAgain() {
        KeepingTarget target;
        append(path_, linesFrom(0, 10));
        Following following({path_}, target);
        for (int run = 1; run <= 3; ++run) {
            QTRY_COMPARE_WITH_TIMEOUT(recordCount(target), size_t(10 * run), kPatience);
            following.stop();
            QCOMPARE(following.state().phase, SourceState::Phase::kStopped);
            append(path_, linesFrom(10 * run, 10));
            following.start();
        }
        QTRY_COMPARE_WITH_TIMEOUT(recordCount(target), size_t(40), kPatience);
        following.stop();
        QCOMPARE(onceEach(target, 40), QString());
    }

    void fromTheEnd() {
        KeepingTarget target;
        append(path_, linesFrom(100, 10));
        {
            Following following({folder_->path()}, target, "end");
            QTRY_VERIFY_WITH_TIMEOUT(!target.batches().empty(), kPatience);
            QTRY_VERIFY_WITH_TIMEOUT(following.state().activity.starts_with("following"), kPatience);
            append(path_, linesFrom(0, 5));
            QTRY_COMPARE_WITH_TIMEOUT(recordCount(target), size_t(5), kPatience);
            // What appears later is new from its first line on.
            append(folder_->filePath(QStringLiteral("b.log")), linesFrom(5, 5));
            QTRY_COMPARE_WITH_TIMEOUT(recordCount(target), size_t(10), kPatience);
        }
        append(path_, linesFrom(10, 5));
        append(folder_->filePath(QStringLiteral("c.log")), linesFrom(15, 5));
        Following following({folder_->path()}, target, "end");
        QTRY_COMPARE_WITH_TIMEOUT(recordCount(target), size_t(20), kPatience);
        following.stop();
        QCOMPARE(onceEach(target, 20), QString());
    }

    void rotatedByRenaming_data() {
        QTest::addColumn<QString>("place");
        QTest::addColumn<bool>("running");
        for (const bool running : {true, false}) {
            QTest::addRow("file, %s", running ? "running" : "stopped") << QStringLiteral("app.log") << running;
            QTest::addRow("pattern, %s", running ? "running" : "stopped") << QStringLiteral("*.log*") << running;
            QTest::addRow("folder, %s", running ? "running" : "stopped") << QStringLiteral(".") << running;
        }
    }
    void rotatedByRenaming() {
        QFETCH(QString, place);
        QFETCH(bool, running);
        KeepingTarget target;
        append(path_, linesFrom(0, 10));
        const QString followed = folder_->filePath(place);
        std::optional<Following> following(std::in_place, QStringList(followed), target);
        QTRY_COMPARE_WITH_TIMEOUT(recordCount(target), size_t(10), kPatience);
        if (!running)
            following.reset();
        append(path_, linesFrom(10, 10));
        QVERIFY(QFile::rename(path_, path_ + QStringLiteral(".1")));
        append(path_ + QStringLiteral(".1"), linesFrom(20, 10));   // a writer that has not noticed yet
        append(path_, linesFrom(30, 10));
        append(path_ + QStringLiteral(".2.gz"), "\x1f\x8b not read");
        if (!running)
            following.emplace(QStringList(followed), target);
        QTRY_COMPARE_WITH_TIMEOUT(recordCount(target), size_t(40), kPatience);
        // Twice more, the first of which nobody may have seen under its own name.
        QVERIFY(QFile::rename(path_ + QStringLiteral(".1"), path_ + QStringLiteral(".3")));
        QVERIFY(QFile::rename(path_, path_ + QStringLiteral(".2")));
        append(path_, linesFrom(40, 10));
        QVERIFY(QFile::rename(path_, path_ + QStringLiteral(".1")));
        append(path_, linesFrom(50, 10));
        QTRY_COMPARE_WITH_TIMEOUT(recordCount(target), size_t(60), kPatience);
        following.reset();
        QCOMPARE(onceEach(target, 60), QString());
    }

    void copiedAndTruncated_data() {
        QTest::addColumn<QString>("place");
        QTest::addColumn<bool>("running");
        for (const bool running : {true, false}) {
            QTest::addRow("file, %s", running ? "running" : "stopped") << QStringLiteral("app.log") << running;
            QTest::addRow("folder, %s", running ? "running" : "stopped") << QStringLiteral(".") << running;
        }
    }
    void copiedAndTruncated() {
        QFETCH(QString, place);
        QFETCH(bool, running);
        KeepingTarget target;
        append(path_, linesFrom(0, 10));
        const QStringList followed(folder_->filePath(place));
        std::optional<Following> following(std::in_place, followed, target);
        QTRY_COMPARE_WITH_TIMEOUT(recordCount(target), size_t(10), kPatience);
        if (!running)
            following.reset();
        append(path_, linesFrom(10, 30));
        copyTruncate(path_, path_ + QStringLiteral(".1"));
        append(path_, linesFrom(40, 3));
        if (!running)
            following.emplace(followed, target);
        QTRY_COMPARE_WITH_TIMEOUT(recordCount(target), size_t(43), kPatience);
        // Grown past where it was, before it is looked at again.
        copyTruncate(path_, path_ + QStringLiteral(".2"));
        append(path_, linesFrom(43, 100));
        QTRY_COMPARE_WITH_TIMEOUT(recordCount(target), size_t(143), kPatience);
        following.reset();
        QCOMPARE(onceEach(target, 143), QString());
    }

    // A crash between two batches of one stretch: what is in the capsule is passed over.
    void crashInTheMiddle() {
        constexpr int kLines = 40'000;
        append(path_, linesFrom(0, kLines));
        KeepingTarget target;
        for (int run = 0; run < 3; ++run) {
            const size_t before = recordCount(target);
            target.refuseAfter(run == 0 ? 3 : 1);
            Following following({path_}, target);
            QTRY_VERIFY_WITH_TIMEOUT(following.state().retried > 0, kPatience);
            following.stop();
            QVERIFY(recordCount(target) > before || run == 0);
            QVERIFY(recordCount(target) < kLines);
        }
        target.refuseAfter(-1);
        Following following({path_}, target);
        QTRY_COMPARE_WITH_TIMEOUT(recordCount(target), size_t(kLines), 60'000);
        append(path_, linesFrom(kLines, 5));
        QTRY_COMPARE_WITH_TIMEOUT(recordCount(target), size_t(kLines + 5), kPatience);
        following.stop();
        QCOMPARE(onceEach(target, kLines + 5), QString());
    }

    void foldersAndPatterns() {
        QVERIFY(QDir(folder_->path()).mkpath(QStringLiteral("ns_pod-a_1/main")));
        const auto in = [&](const char* name) { return folder_->filePath(QLatin1String(name)); };
        append(in("ns_pod-a_1/main/0.log"), linesFrom(0, 2));
        append(in("ns_pod-a_1/main/0.log.gz"), "\x1f\x8b");
        append(in("ns_pod-a_1/main/.hidden.log"), linesFrom(100, 2));
        append(in("ns_pod-a_1/main/note.txt"), linesFrom(200, 2));
        KeepingTarget target;
        Following following({in("*/*/*.log")}, target);
        QTRY_COMPARE_WITH_TIMEOUT(recordCount(target), size_t(2), kPatience);
        QVERIFY(QDir(folder_->path()).mkpath(QStringLiteral("ns_pod-b_2/main")));
        append(in("ns_pod-b_2/main/0.log"), linesFrom(2, 2));
        QTRY_COMPARE_WITH_TIMEOUT(recordCount(target), size_t(4), kPatience);
        QTRY_COMPARE_WITH_TIMEOUT(following.state().activity, std::string("following 2 files"), kPatience);
        following.stop();
        QCOMPARE(onceEach(target, 4), QString());
    }

    void aFileThatIsNotThereYet() {
        KeepingTarget target;
        Following following({path_}, target, "end");
        QTRY_COMPARE_WITH_TIMEOUT(following.state().activity, std::string("no file is there yet"), kPatience);
        append(path_, linesFrom(0, 3));
        QTRY_COMPARE_WITH_TIMEOUT(recordCount(target), size_t(3), kPatience);
    }

    void deletedFilesAreClosed() {
        append(path_, linesFrom(0, 3) + "2026-03-17T10:58:13Z INFO without an end");
        KeepingTarget target;
        Following following({path_}, target);
        QTRY_COMPARE_WITH_TIMEOUT(recordCount(target), size_t(3), kPatience);
        const auto open = [&] {
            int descriptors = 0;
            for (const QFileInfo& entry : QDir(QStringLiteral("/proc/self/fd")).entryInfoList(QDir::Files | QDir::System | QDir::NoDotAndDotDot))
                descriptors += entry.symLinkTarget().contains(path_) ? 1 : 0;
            return descriptors;
        };
        QCOMPARE(open(), 1);
        QVERIFY(QFile::remove(path_));
        QTRY_COMPARE_WITH_TIMEOUT(open(), 0, kPatience);
        QCOMPARE(records(target).back(), QStringLiteral("2026-03-17T10:58:13Z INFO without an end"));
        QTRY_COMPARE_WITH_TIMEOUT(following.state().activity, std::string("no file is there yet"), kPatience);
    }

    void whatCannotBeReadIsSaid() {
        append(path_, QByteArray("\x7f" "ELF\0\0\1\2", 8) + QByteArray(100'000, '\0'));
        KeepingTarget target;
        Following following({path_}, target);
        QTRY_VERIFY_WITH_TIMEOUT(following.state().lastError.find("neither text nor JSON") != std::string::npos, kPatience);
        if (geteuid() == 0)
            return;   // root may read everything
        const QString secret = folder_->filePath(QStringLiteral("secret.log"));
        append(secret, line(0));
        QFile::setPermissions(secret, {});
        Following second({secret}, target);
        QTRY_VERIFY_WITH_TIMEOUT(second.state().lastError.find("Permission denied") != std::string::npos, kPatience);
    }

    void tablesGoOnWithTheirHeader() {
        KeepingTarget target;
        append(path_, "time,level,message\n2026-03-17T10:58:12Z,info,one\n2026-03-17T10:58:13Z,warn,two\n");
        {
            Following following({path_}, target);
            QTRY_COMPARE_WITH_TIMEOUT(recordCount(target), size_t(2), kPatience);
        }
        append(path_, "2026-03-17T10:58:14Z,error,three\n");
        Following following({path_}, target);
        QTRY_COMPARE_WITH_TIMEOUT(recordCount(target), size_t(3), kPatience);
        following.stop();
        const Batch last = target.batches().back();
        QCOMPARE(std::string(last.logs.bodyText(0)), std::string("three"));
        QCOMPARE(last.logs.severityNumber[0], uint8_t(17));
    }

    void spansOfTheFileExporter() {
        const auto span = [](int n) {
            QByteArray text = "{'resourceSpans':[{'resource':{'attributes':[{'key':'service.name','value':{'stringValue':'chat'}}]},'scopeSpans':[{'spans':["
                              "{'traceId':'0102030405060708090a0b0c0d0e0f10','spanId':'000000000000000" +
                              QByteArray::number(n) + "','name':'work','startTimeUnixNano':'1773745092000000000','endTimeUnixNano':'1773745093000000000'}]}]}]}\n";
            return text.replace('\'', '"');
        };
        KeepingTarget target;
        append(path_, span(1) + span(2));
        const auto spans = [&] {
            size_t rows = 0;
            for (const Batch& batch : target.batches())
                rows += batch.spans.size();
            return rows;
        };
        {
            Following following({path_}, target);
            QTRY_COMPARE_WITH_TIMEOUT(spans(), size_t(2), kPatience);
        }
        append(path_, span(3));
        Following following({path_}, target);
        QTRY_COMPARE_WITH_TIMEOUT(spans(), size_t(3), kPatience);
    }

    void standardInput() {
        int ends[2];
        QVERIFY(::pipe(ends) == 0);
        const int before = ::dup(STDIN_FILENO);
        QVERIFY(::dup2(ends[0], STDIN_FILENO) == STDIN_FILENO);
        ::close(ends[0]);
        KeepingTarget target;
        Following following({QStringLiteral("-")}, target);
        const auto write = [&](const QByteArray& bytes) { QCOMPARE(::write(ends[1], bytes.constData(), static_cast<size_t>(bytes.size())), ssize_t(bytes.size())); };
        write(line(0) + "2026-03-17T10:58:13Z INFO ha");
        QTRY_COMPARE_WITH_TIMEOUT(recordCount(target), size_t(1), kPatience);
        write("lf\n" + line(2));
        QTRY_COMPARE_WITH_TIMEOUT(recordCount(target), size_t(3), kPatience);
        write("2026-03-17T10:58:13Z INFO without an end");
        ::close(ends[1]);
        QTRY_COMPARE_WITH_TIMEOUT(following.state().phase, SourceState::Phase::kDone, kPatience);
        QCOMPARE(recordCount(target), size_t(4));
        ::dup2(before, STDIN_FILENO);
        ::close(before);
    }

    // Seeded: writes, both ways of rotating and restarts in any order.
    void anyOrder_data() {
        QTest::addColumn<unsigned>("seed");
        // 14, 18: stopped between reading the new file and the rest of the rotated one.
        for (const unsigned seed : {1U, 2U, 3U, 6U, 14U, 18U})
            QTest::addRow("%u", seed) << seed;
    }
    void anyOrder() {
        QFETCH(unsigned, seed);
        QRandomGenerator random(seed);
        KeepingTarget target;
        const QString followed = folder_->filePath(random.bounded(2) == 0 ? QStringLiteral("app.log") : QStringLiteral("."));
        std::optional<Following> following;
        int written = 0, rotations = 0;
        const auto write = [&] {
            const int count = 1 + static_cast<int>(random.bounded(200));
            append(path_, linesFrom(written, count));
            written += count;
        };
        write();
        following.emplace(QStringList(followed), target);
        QTRY_COMPARE_WITH_TIMEOUT(recordCount(target), size_t(written), kPatience);
        for (int turn = 0; turn < 12; ++turn) {
            switch (random.bounded(5)) {
            case 0:
                following.reset();
                break;
            case 1:
                QVERIFY(QFile::rename(path_, path_ + QStringLiteral("-%1").arg(++rotations)));
                write();
                break;
            case 2:
                if (following) {
                    // A file that was never looked into can be cut unseen.
                    QTRY_COMPARE_WITH_TIMEOUT(recordCount(target), size_t(written), kPatience);
                    write();
                    copyTruncate(path_, path_ + QStringLiteral("-%1").arg(++rotations));
                    write();
                    // Where it was cut has to be seen before it is cut again.
                    QTRY_COMPARE_WITH_TIMEOUT(recordCount(target), size_t(written), kPatience);
                }
                break;
            default: write();
            }
            QTest::qWait(static_cast<int>(random.bounded(60)));
            if (!following)
                write();
            if (!following && random.bounded(2) == 0)
                following.emplace(QStringList(followed), target);
        }
        if (!following)
            following.emplace(QStringList(followed), target);
        QTRY_VERIFY_WITH_TIMEOUT(recordCount(target) >= size_t(written), kPatience);
        following.reset();
        QCOMPARE(onceEach(target, written), QString());
        QCOMPARE(recordCount(target), size_t(written));
    }

    void badSettings() {
        KeepingTarget target;
        QVERIFY(!createSource({"follow", {}}, target).ok());
        QVERIFY(!createSource({"follow", {{"path", "x"}, {"from", "middle"}}}, target).ok());
        QVERIFY(!createSource({"follow", {{"path", "x"}, {"format", "nonsense"}}}, target).ok());
        const auto probe = findSourceKind("follow")->probe;
        QCOMPARE(probe({"follow", {{"path", path_.toStdString()}}}, {}).error().code, ErrorCode::kNotFound);
        append(path_, linesFrom(0, 3));
        QCOMPARE(probe({"follow", {{"path", path_.toStdString()}}}, {})->summary, std::string("1 file, 0.0 MiB"));
    }

private:
    std::unique_ptr<QTemporaryDir> folder_;
    QString path_;
};

QTEST_MAIN(FollowTest)
#include "follow_test.moc"
