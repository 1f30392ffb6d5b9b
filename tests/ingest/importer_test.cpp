// Importing files: what arrives in the sink, under which labels, and what is said about what could not be read.
#include <QTemporaryDir>

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <thread>

#include "format/format.h"
#include "ingest/importer.h"
#include "qt_test.h"
#include "support/archive_builder.h"
#include "support/recording_sink.h"

using namespace nj;
using namespace nj::test;

namespace {

// Files of this kind have no times: they become documents, whatever log formats there are.
const std::string kYaml = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: gateway\n";

std::string otlpLine(int span) {
    return R"({"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"chat"}}]},"scopeSpans":[{"spans":[{"traceId":"0af7651916cd43dd8448eb211c80319c","spanId":")" +
           QString::number(span, 16).rightJustified(16, QLatin1Char('0')).toStdString() +
           R"(","name":"GET","kind":2,"startTimeUnixNano":"1773745092000000000","endTimeUnixNano":"1773745093000000000"}]}]}]})" + "\n";
}

struct Run {
    QTemporaryDir folder;
    RecordingSink sink;
    ingest::ImportOptions options;
    ingest::ImportReport report;
    Error error;
    bool ok = false;

    std::string path(const std::string& name) const { return folder.path().toStdString() + "/" + name; }
    void write(const std::string& name, const std::string& bytes) const { writeFile(path(name), bytes); }
    bool import(const std::vector<std::string>& names, std::stop_token stop = {}, const ingest::ProgressCallback& progress = {}) {
        std::vector<std::string> paths;
        for (const std::string& name : names)
            paths.push_back(path(name));
        auto result = ingest::Importer().import(paths, options, sink, progress, stop);
        ok = result.ok();
        if (ok)
            report = *result;
        else
            error = result.error();
        return ok;
    }
    QString documentText(const std::string& ending) const {
        const auto* import = sink.find(ending);
        if (!import || import->documents().size() != 1)
            return QStringLiteral("(no document %1)").arg(QString::fromStdString(ending));
        return QString::fromStdString(import->documents()[0].text);
    }
    const ingest::MemberReport* member(const std::string& ending) const {
        for (const auto& m : report.members)
            if (m.path.ends_with(ending))
                return &m;
        return nullptr;
    }
};

}  // namespace

class ImporterTest : public QObject {
    Q_OBJECT
private slots:
    void undoesCompression_data() {
        QTest::addColumn<int>("filter");
        QTest::newRow("gzip") << int(ARCHIVE_FILTER_GZIP);
        QTest::newRow("zstd") << int(ARCHIVE_FILTER_ZSTD);
        QTest::newRow("xz") << int(ARCHIVE_FILTER_XZ);
        QTest::newRow("bzip2") << int(ARCHIVE_FILTER_BZIP2);
    }
    void undoesCompression() {
        QFETCH(int, filter);
        Run run;
        const std::string once = compressed(filter, kYaml);
        run.write("one.yaml.x", once);
        run.write("three.yaml.x", repeated(once, 3));
        run.write("large.yaml.x", compressed(filter, repeated(kYaml, 20'000)));
        QVERIFY(run.import({"one.yaml.x", "three.yaml.x", "large.yaml.x"}));
        QCOMPARE(run.documentText("one.yaml.x"), QString::fromStdString(kYaml));
        QCOMPARE(run.documentText("three.yaml.x"), QString::fromStdString(repeated(kYaml, 3)));
        QCOMPARE(run.documentText("large.yaml.x"), QString::fromStdString(repeated(kYaml, 20'000)));
        QCOMPARE(run.report.members.size(), size_t(3));
        for (const auto& member : run.report.members)
            QCOMPARE(member.problem, std::string());
    }

    void opensNestedArchives() {
        Run run;
        const std::string inner = zip({{"b.yaml", kYaml + "b: 1\n"}, {"deep/c.yaml.gz", gzip(kYaml + "c: 1\n")}});
        run.write("bundle.tar.zst", zstd(tar({{"a.yaml", kYaml}, {"logs/inner.zip", inner}, {"z.yaml", kYaml + "z: 1\n"}})));
        QVERIFY(run.import({"bundle.tar.zst"}));
        QCOMPARE(run.documentText("bundle.tar.zst/a.yaml"), QString::fromStdString(kYaml));
        QCOMPARE(run.documentText("bundle.tar.zst/logs/inner.zip/b.yaml"), QString::fromStdString(kYaml + "b: 1\n"));
        QCOMPARE(run.documentText("bundle.tar.zst/logs/inner.zip/deep/c.yaml.gz"), QString::fromStdString(kYaml + "c: 1\n"));
        QCOMPARE(run.documentText("bundle.tar.zst/z.yaml"), QString::fromStdString(kYaml + "z: 1\n"));
        QCOMPARE(run.report.members.size(), size_t(4));
        QCOMPARE(run.report.documents, uint64_t(4));
    }

    void stopsAtDepth() {
        Run run;
        std::string bytes = kYaml;
        for (int i = 0; i < 4; ++i)
            bytes = gzip(bytes);
        run.write("four", bytes);
        run.write("five", gzip(bytes));
        QVERIFY(run.import({"four", "five"}));
        QCOMPARE(run.documentText("four"), QString::fromStdString(kYaml));
        QVERIFY(run.member("five"));
        QVERIFY2(run.member("five")->problem.find("nested more than 4") != std::string::npos, run.member("five")->problem.c_str());
        QCOMPARE(run.sink.find("five")->health().size(), size_t(1));
    }

    // Names from an archive are labels: nothing is written, wherever they point.
    void namesAreNotPaths() {
        Run run;
        const std::string target = run.path("outside.yaml");
        run.write("evil.tar", tar({{"../outside.yaml", kYaml}, {target, kYaml + "1"}, {"../../../../etc/nightjar.yaml", kYaml + "2"}, {"bad\xff.yaml", kYaml + "3"}}));
        run.write("evil.zip", zip({{"../outside.yaml", kYaml + "4"}}));
        QVERIFY(run.import({"evil.tar", "evil.zip"}));
        QVERIFY(!QFileInfo::exists(QString::fromStdString(target)));
        QVERIFY(!QFileInfo::exists(QStringLiteral("/etc/nightjar.yaml")));
        QCOMPARE(run.documentText("evil.tar/../outside.yaml"), QString::fromStdString(kYaml));
        QCOMPARE(run.documentText("evil.zip/../outside.yaml"), QString::fromStdString(kYaml + "4"));
        QCOMPARE(run.report.members.size(), size_t(5));
        QCOMPARE(std::distance(std::filesystem::directory_iterator(run.folder.path().toStdString()), {}), std::ptrdiff_t(2));
    }

    void readsWhatIsLeftOfTruncatedFiles_data() {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<int>("wholeMembers");
        std::string noise;
        for (unsigned i = 0, x = 1; i < 300'000; ++i, x = x * 1664525 + 1013904223)
            noise += static_cast<char>('a' + (x >> 24) % 26);
        const ArchiveEntries entries = {{"a.yaml", kYaml}, {"b.yaml", "key: " + noise}};
        const auto cut = [](const std::string& bytes) { return QByteArray::fromStdString(bytes.substr(0, bytes.size() * 2 / 3)); };
        QTest::newRow("tar") << cut(tar(entries)) << 1;
        QTest::newRow("tar.gz") << cut(gzip(tar(entries))) << 1;
        QTest::newRow("tar.zst") << cut(zstd(tar(entries))) << 1;
        QTest::newRow("zip") << cut(zip(entries)) << 1;
        QTest::newRow("gz") << cut(gzip("key: " + noise)) << 0;
        QTest::newRow("zst") << cut(zstd("key: " + noise)) << 0;
        QTest::newRow("xz") << cut(compressed(ARCHIVE_FILTER_XZ, "key: " + noise)) << 0;
        QTest::newRow("bz2") << cut(compressed(ARCHIVE_FILTER_BZIP2, "key: " + noise)) << 0;
    }
    void readsWhatIsLeftOfTruncatedFiles() {
        QFETCH(QByteArray, bytes);
        QFETCH(int, wholeMembers);
        Run run;
        run.write("cut.yaml", bytes.toStdString());
        run.write("good.yaml", kYaml + "good: 1\n");
        QVERIFY(run.import({"cut.yaml", "good.yaml"}));
        QCOMPARE(run.documentText("good.yaml"), QString::fromStdString(kYaml + "good: 1\n"));
        int whole = 0, broken = 0;
        for (const auto& member : run.report.members) {
            whole += member.problem.empty() ? 1 : 0;
            broken += member.problem.empty() ? 0 : 1;
            if (!member.problem.empty())
                QCOMPARE(member.rejected, uint64_t(1));
        }
        QCOMPARE(whole, wholeMembers + 1);
        QCOMPARE(broken, 1);
        if (wholeMembers)
            QCOMPARE(run.documentText("cut.yaml/a.yaml"), QString::fromStdString(kYaml));
    }

    void stopsAtTheEntryLimit_data() {
        QTest::addColumn<bool>("zipped");
        QTest::newRow("tar.zst") << false;
        QTest::newRow("zip") << true;
    }
    void stopsAtTheEntryLimit() {
        QFETCH(bool, zipped);
        Run run;
        ArchiveEntries entries;
        for (int i = 0; i < 150'000; ++i)
            entries.emplace_back("e" + std::to_string(i), "");
        run.write("many", zipped ? zip(entries) : zstd(tar(entries)));
        QVERIFY(run.import({"many"}));
        QCOMPARE(run.report.members.size(), size_t(1));
        QVERIFY2(run.report.members[0].problem.find("100000") != std::string::npos, run.report.members[0].problem.c_str());
        QVERIFY(run.report.emptyMembers <= 100'000);
    }

    void totalLimitEndsTheFile() {
        Run run;
        run.options.limits.decodedBytes = 1U << 20;
        run.write("large.gz", gzip(std::string(8U << 20, 'x')));
        run.write("small.yaml", kYaml);
        QVERIFY(run.import({"large.gz", "small.yaml"}));
        QVERIFY2(run.member("large.gz")->problem.find("1 MiB decoded") != std::string::npos, run.member("large.gz")->problem.c_str());
        QCOMPARE(run.documentText("small.yaml"), QString::fromStdString(kYaml));
    }

    void refusesWhatIsNoFile() {
        Run run;
        std::filesystem::create_directory(run.path("dir"));
        QCOMPARE(::mkfifo(run.path("dir/fifo").c_str(), 0600), 0);
        run.write("secret.yaml", "secret: 1\n");
        run.write("dir/in.yaml", kYaml);
        std::filesystem::create_symlink(run.path("secret.yaml"), run.path("dir/out.yaml"));
        std::filesystem::create_symlink("in.yaml", run.path("dir/same.yaml"));
        std::filesystem::create_directory_symlink("..", run.path("dir/loop"));
        QVERIFY(run.import({"dir", "missing.yaml"}));
        QCOMPARE(run.documentText("dir/in.yaml"), QString::fromStdString(kYaml));
        QVERIFY(run.member("dir/fifo") && !run.member("dir/fifo")->problem.empty());
        QVERIFY(run.member("dir/out.yaml") && run.member("dir/out.yaml")->problem.find("link out") != std::string::npos);
        QVERIFY(run.member("missing.yaml") && run.member("missing.yaml")->problem.find("does not exist") != std::string::npos);
        for (const auto& [id, import] : run.sink.imports)
            for (const Document& document : import.documents())
                QVERIFY(document.text.find("secret") == std::string::npos);
        Run device;
        auto result = ingest::Importer().import({"/dev/zero"}, {}, device.sink, {}, {});
        QVERIFY(result.ok());
        QVERIFY(result->members.at(0).problem.find("device") != std::string::npos);
    }

    void readsStandardInput() {
        int pipe[2];
        QCOMPARE(::pipe(pipe), 0);
        const std::string bytes = gzip(kYaml);
        QCOMPARE(::write(pipe[1], bytes.data(), bytes.size()), ssize_t(bytes.size()));
        ::close(pipe[1]);
        const int saved = ::dup(0);
        ::dup2(pipe[0], 0);
        RecordingSink sink;
        const auto result = ingest::Importer().import({"-"}, {}, sink, {}, {});
        ::dup2(saved, 0);
        ::close(saved);
        ::close(pipe[0]);
        QVERIFY(result.ok());
        QVERIFY(sink.find("standard input"));
        QCOMPARE(sink.find("standard input")->documents().at(0).text, kYaml);
    }

    void keepsDocumentsWithinBounds() {
        Run run;
        run.options.limits.documentBytes = 1'000;
        run.write("long.yaml", repeated(kYaml, 100));
        run.write("image.bin", std::string("\x89PNG\r\n\x1a\n\0\0\0", 11));
        run.write("empty.yaml", "");
        QVERIFY(run.import({"long.yaml", "image.bin", "empty.yaml"}));
        const auto text = run.sink.find("long.yaml")->documents().at(0);
        QCOMPARE(text.text.size(), size_t(1'000));
        QCOMPARE(text.size, uint64_t(kYaml.size() * 100));
        QCOMPARE(text.mediaType, std::string("application/yaml"));
        const auto image = run.sink.find("image.bin")->documents().at(0);
        QCOMPARE(image.mediaType, std::string("image/png"));
        QVERIFY(image.text.empty());
        QCOMPARE(run.report.emptyMembers, uint64_t(1));
        QCOMPARE(run.report.members.size(), size_t(2));
    }

    void recognisesTheSameContent() {
        Run run;
        run.write("a.yaml", kYaml);
        run.write("b.yaml.gz", gzip(kYaml));
        run.options.decodeThreads = 1;
        QVERIFY(run.import({"a.yaml"}));
        QVERIFY(run.report.members.at(0).kept);
        const ImportId first = run.report.members[0].import;
        QVERIFY(run.import({"a.yaml", "b.yaml.gz"}));
        for (const auto& member : run.report.members) {
            QVERIFY(!member.kept);
            QCOMPARE(*member.sameAs, first);
        }
        QCOMPARE(run.sink.imports.size(), size_t(1));
        QCOMPARE(run.report.documents, uint64_t(0));
    }

    void cancelledLeavesNothing() {
        Run run;
        for (int i = 0; i < 20; ++i)
            run.write("f" + std::to_string(i) + ".yaml", kYaml + std::to_string(i));
        std::stop_source stop;
        int adds = 0;
        run.sink.onAdd = [&](ImportId) -> Status {
            if (++adds == 5)
                stop.request_stop();
            return {};
        };
        QVERIFY(!run.import({""}, stop.get_token()));
        QCOMPARE(run.error.code, ErrorCode::kCancelled);
        QVERIFY(run.sink.imports.empty());
    }

    void cancelledWhileReadingAPipe() {
        int pipe[2];
        QCOMPARE(::pipe(pipe), 0);
        const int saved = ::dup(0);
        ::dup2(pipe[0], 0);
        RecordingSink sink;
        std::stop_source stop;
        std::jthread later([&] { stop.request_stop(); });
        const auto result = ingest::Importer().import({"-"}, {}, sink, {}, stop.get_token());
        ::dup2(saved, 0);
        for (const int fd : {saved, pipe[0], pipe[1]})
            ::close(fd);
        QVERIFY(!result.ok());
        QCOMPARE(result.error().code, ErrorCode::kCancelled);
        QVERIFY(sink.imports.empty());
    }

    void aFailingStoreEndsTheImport() {
        Run run;
        for (int i = 0; i < 6; ++i)
            run.write("f" + std::to_string(i) + ".yaml", kYaml + std::to_string(i));
        int adds = 0;
        run.sink.onAdd = [&](ImportId) -> Status { return ++adds == 3 ? Status(makeError(ErrorCode::kDiskFull, "no space left")) : Status(); };
        QVERIFY(!run.import({""}));
        QCOMPARE(run.error.code, ErrorCode::kDiskFull);
        QVERIFY(run.sink.imports.empty());
    }

    void refusesAnUnknownFormatName() {
        Run run;
        run.options.format = "no_such_format";
        run.write("a.yaml", kYaml);
        QVERIFY(!run.import({"a.yaml"}));
        QCOMPARE(run.error.code, ErrorCode::kInvalidArgument);
    }

    void rowsArriveAndProgressGrows() {
        if (!format::findFormat("otlp_json"))
            QSKIP("the OTLP JSON reader is not in this build");
        Run run;
        std::string lines;
        for (int i = 1; i <= 20'000; ++i)
            lines += otlpLine(i);
        run.write("traces.jsonl.gz", gzip(lines));
        run.write("broken.jsonl", otlpLine(1) + "{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":[{\"traceId\"\n" + otlpLine(2));
        run.write("config.yaml", kYaml);
        uint64_t rows = 0;
        bool finished = false;
        QVERIFY(run.import({"traces.jsonl.gz", "broken.jsonl", "config.yaml"}, {}, [&](const ingest::ImportProgress& progress) {
            QVERIFY(progress.rows >= rows);
            rows = progress.rows;
            finished = progress.finished;
        }));
        QVERIFY(finished);
        QCOMPARE(rows, uint64_t(20'002));
        QCOMPARE(run.report.spans, uint64_t(20'002));
        QCOMPARE(run.member("traces.jsonl.gz")->rows, uint64_t(20'000));
        QCOMPARE(run.member("traces.jsonl.gz")->format, std::string("otlp_json"));
        QCOMPARE(run.member("traces.jsonl.gz")->bytes, uint64_t(lines.size()));
        QVERIFY(run.member("broken.jsonl")->rejected >= 1);
        QCOMPARE(run.member("config.yaml")->format, std::string("document"));
    }
};

QTEST_APPLESS_MAIN(ImporterTest)
#include "importer_test.moc"
