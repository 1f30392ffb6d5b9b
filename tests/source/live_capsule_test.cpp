// Sources into a real capsule: what they wrote and how far they came is there when it is opened again.
#include <QFile>
#include <QTemporaryDir>

#include "ingest/live_writer.h"
#include "loopback_server.h"
#include "qt_test.h"
#include "store/capsule_reader.h"
#include "store/capsule_writer.h"

using namespace nj;
using namespace nj::source;
using namespace nj::test;

namespace {

constexpr int kPatience = 20'000;

// A capsule that is open for as long as this lives.
class Live {
public:
    explicit Live(const std::string& path) : path_(path) {
        auto opened = store::CapsuleWriter::open(path);
        if (!opened.ok())
            qFatal("%s", opened.error().message.c_str());
        writer_ = std::move(*opened);
        live_ = std::make_unique<ingest::LiveWriter>(*writer_);
    }
    std::unique_ptr<Source> start(const SourceConfig& config) {
        auto source = createSource(config, *live_);
        if (!source.ok() || !(*source)->start().ok())
            qFatal("not started");
        return std::move(*source);
    }
    store::SignalTotals close() {
        live_->stop();
        if (!writer_->close().ok())
            qFatal("not closed");
        auto reader = store::CapsuleReader::open(path_);
        return *(*reader)->totals();
    }

private:
    const std::string path_;
    std::unique_ptr<store::CapsuleWriter> writer_;
    std::unique_ptr<ingest::LiveWriter> live_;
};

QByteArray lines(int first, int count) {
    QByteArray text;
    for (int i = first; i < first + count; ++i)
        text += "2026-03-17T10:58:12Z INFO line " + QByteArray::number(i) + "\n";
    return text;
}

void append(const QString& path, const QByteArray& bytes) {
    QFile file(path);
    if (!file.open(QIODevice::WriteOnly | QIODevice::Append))
        qFatal("can't write");
    file.write(bytes);
}

}  // namespace

class LiveCapsuleTest : public QObject {
    Q_OBJECT
private slots:
    void init() {
        folder_ = std::make_unique<QTemporaryDir>();
        capsule_ = folder_->filePath(QStringLiteral("c.nightjar")).toStdString();
    }

    void followedFilesGoOn() {
        const QString path = folder_->filePath(QStringLiteral("app.log"));
        const SourceConfig config{"follow", {{"path", path.toStdString()}}};
        append(path, lines(0, 20'000));
        uint64_t expected = 20'000;
        for (int run = 0; run < 3; ++run) {
            Live live(capsule_);
            {
                const auto source = live.start(config);
                append(path, lines(static_cast<int>(expected), 10));
                expected += 10;
                // Of this run alone.
                QTRY_COMPARE_WITH_TIMEOUT(source->state().logs, run == 0 ? expected : uint64_t(110), kPatience);
            }
            QCOMPARE(live.close().logs, expected);
            append(path, lines(static_cast<int>(expected), 100));
            expected += 100;
        }
    }

    // Fetched twice: spans that are there already are not stored again.
    void tracesFetchedTwice() {
        QByteArray trace = "{'trace':{'resourceSpans':[{'resource':{'attributes':[{'key':'service.name','value':{'stringValue':'chat'}}]},'scopeSpans':[{'spans':["
                           "{'traceId':'0102030405060708090a0b0c0d0e0f10','spanId':'0000000000000001','name':'work','startTimeUnixNano':'1773745092000000000','endTimeUnixNano':'1773745093000000000'}]}]}]}}";
        trace.replace('\'', '"');
        LoopbackServer server([&](const Asked&) { return Told{200, trace}; });
        for (int run = 0; run < 2; ++run) {
            Live live(capsule_);
            {
                const auto source = live.start({"tempo", {{"url", server.url()}, {"trace", "0102030405060708090a0b0c0d0e0f10"}}});
                QTRY_COMPARE_WITH_TIMEOUT(source->state().phase, SourceState::Phase::kDone, kPatience);
            }
            QCOMPARE(live.close().spans, uint64_t(1));
        }
    }

    void scrapesWithStaleMarkers() {
        LoopbackServer server([](const Asked&) { return Told{200, "# TYPE a gauge\na 1\n", "text/plain; version=0.0.4"}; });
        Live live(capsule_);
        {
            const auto source = live.start({"scrape", {{"url", server.host()}, {"interval", "200ms"}}});
            QTRY_VERIFY_WITH_TIMEOUT(source->state().samples >= 12, kPatience);   // two scrapes of a and the five about them
            server.setAnswer([](const Asked&) { return Told{500, {}}; });
            QTRY_VERIFY_WITH_TIMEOUT(!source->state().lastError.empty(), kPatience);
            const uint64_t before = source->state().samples;
            QTRY_VERIFY_WITH_TIMEOUT(source->state().samples > before, kPatience);
        }
        const store::SignalTotals totals = live.close();
        QCOMPARE(totals.series, uint64_t(6));
        QVERIFY(totals.samples >= 18);
    }

private:
    std::unique_ptr<QTemporaryDir> folder_;
    std::string capsule_;
};

QTEST_MAIN(LiveCapsuleTest)
#include "live_capsule_test.moc"
