// Decompression bombs: a child process imports each; it must end with a clear message and stay within 80 MiB of what an
// ordinary import of the same program needs (peak resident memory, VmHWM).
#include <QProcess>
#include <QTemporaryDir>

#include <cstdio>
#include <cstring>
#include <fstream>

#include "ingest/importer.h"
#include "qt_test.h"
#include "support/archive_builder.h"
#include "support/recording_sink.h"

using namespace nj;
using namespace nj::test;

namespace {

constexpr size_t kMiB = 1U << 20;

// Zeros as many small compressed members one after the other: cheap to make.
std::string zeros(int filter, size_t mebibytes) { return repeated(compressed(filter, std::string(16 * kMiB, '\0')), mebibytes / 16); }

long peakKiB() {
    std::ifstream status("/proc/self/status");
    std::string line;
    while (std::getline(status, line))
        if (line.starts_with("VmHWM:"))
            return std::atol(line.c_str() + 6);
    return -1;
}

int child(const char* path) {
    RecordingSink sink;
    const auto result = ingest::Importer().import({path}, {}, sink, {}, {});
    std::string problems;
    if (result.ok())
        for (const auto& member : result->members)
            problems += member.problem + "\n";
    std::printf("%ld\n%s", peakKiB(), result.ok() ? problems.c_str() : result.error().message.c_str());
    return result.ok() ? 0 : 1;
}

}  // namespace

class BombTest : public QObject {
    Q_OBJECT
private slots:
    void initTestCase() {
        const auto [peak, said] = import("apiVersion: v1\n");
        QVERIFY(peak > 0);
        QCOMPARE(said.trimmed(), QString());
        normal_ = peak;
    }
    void staysSmall_data() {
        QTest::addColumn<QByteArray>("bytes");
        const auto row = [](const char* name, const std::string& bytes) { QTest::newRow(name) << QByteArray::fromStdString(bytes); };
        row("gzip", zeros(ARCHIVE_FILTER_GZIP, 512));
        row("zstd", zeros(ARCHIVE_FILTER_ZSTD, 4'096));
        row("xz", zeros(ARCHIVE_FILTER_XZ, 1'024));
        row("bzip2", zeros(ARCHIVE_FILTER_BZIP2, 1'024));
        row("zip", zip({{"zeros", std::string(256 * kMiB, '\0')}}));
        row("tar.zst", zstd(tar({{"a", std::string(128 * kMiB, '\0')}, {"b", std::string(128 * kMiB, '\0')}})));
        row("gzip in gzip", gzip(zeros(ARCHIVE_FILTER_GZIP, 2'048)));
        const std::string inner = zip({{"zeros", std::string(32 * kMiB, '\0')}});
        ArchiveEntries many;
        for (int i = 0; i < 64; ++i)
            many.emplace_back("z" + std::to_string(i) + ".zip", inner);
        row("zip of zips", zip(many));
    }
    void staysSmall() {
        QFETCH(QByteArray, bytes);
        const auto [peak, said] = import(bytes.toStdString());
        QVERIFY2(said.contains(QStringLiteral("decompression stopped")), qPrintable(said));
        QVERIFY2(peak > 0 && peak - normal_ <= 80 * 1024, qPrintable(QStringLiteral("%1 KiB over %2 KiB").arg(peak - normal_).arg(normal_)));
    }

private:
    std::pair<long, QString> import(const std::string& bytes) {
        QTemporaryDir folder;
        const QString path = folder.filePath(QStringLiteral("bomb"));
        writeFile(path.toStdString(), bytes);
        QProcess process;
        process.start(QCoreApplication::applicationFilePath(), {QStringLiteral("--import-child"), path});
        if (!process.waitForFinished(120'000) || process.exitCode() != 0)
            return {-1, QString::fromUtf8(process.readAllStandardOutput() + process.readAllStandardError())};
        const QString out = QString::fromUtf8(process.readAllStandardOutput());
        return {out.section(QLatin1Char('\n'), 0, 0).toLong(), out.section(QLatin1Char('\n'), 1)};
    }

    long normal_ = 0;
};

int main(int argc, char** argv) {
    if (argc == 3 && std::strcmp(argv[1], "--import-child") == 0)
        return child(argv[2]);
    QCoreApplication app(argc, argv);
    BombTest test;
    return QTest::qExec(&test, argc, argv);
}
#include "bomb_test.moc"
