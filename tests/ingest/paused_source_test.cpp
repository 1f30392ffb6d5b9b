// A pipe that pauses: its first rows are in the queue before the writer goes on.
#include "ingest/member_decoder.h"
#include "qt_test.h"

using namespace nj;
using namespace nj::ingest;

namespace {

// Gives one piece a read; pauses before each further one and tells a callback that it did.
class FakePipe : public ByteSource {
public:
    FakePipe(std::vector<std::string> pieces, std::function<void(size_t)> paused) : pieces_(std::move(pieces)), paused_(std::move(paused)) {}
    Result<size_t> read(char* buffer, size_t size) override {
        if (next_ == pieces_.size())
            return size_t{0};
        if (next_ > 0)
            paused_(next_);
        const std::string& piece = pieces_[next_++];
        std::memcpy(buffer, piece.data(), std::min(size, piece.size()));
        return piece.size();
    }
    bool ready(std::chrono::milliseconds) override { return next_ == 0 || next_ == pieces_.size(); }

private:
    std::vector<std::string> pieces_;
    std::function<void(size_t)> paused_;
    size_t next_ = 0;
};

}  // namespace

class PausedSourceTest : public QObject {
    Q_OBJECT
private slots:
    void rowsComeBeforeTheEnd() {
        ImportOptions options;
        DecodeQueue queue(64U << 20);
        DecodeShared shared{queue, options, 1'773'800'000 * kSecond};
        uint64_t rows = 0;
        std::vector<uint64_t> seen;
        std::string format;
        const auto drain = [&] {
            DecodeMessage last = Tick{};
            queue.tryPush(last, 0);
            for (auto message = queue.pop(); message && !std::holds_alternative<Tick>(*message); message = queue.pop()) {
                if (const auto* begin = std::get_if<MemberBegin>(&*message))
                    format = begin->start.format;
                if (const auto* batch = std::get_if<MemberBatch>(&*message))
                    rows += batch->batch.logs.size();
            }
        };
        FakePipe pipe({"hello\n", "2026-03-17T10:58:12Z INFO one\n2026-03-17T10:58:13Z INFO two\n2026-03-17T10:58:14Z INFO three\n", "2026-03-17T10:58:15Z INFO fo", "ur\n", "2026-03-17T10:58:16Z INFO five\n"},
                      [&](size_t) {
                          drain();
                          seen.push_back(rows);
                      });
        PeekedSource peeked(pipe);
        QVERIFY(!peeked.full());
        Member member{"-", "-", peeked, 0, 0};
        MemberDecoder decoder(shared);
        decoder.onMember(member);
        drain();
        // "hello" alone is no format: more is waited for. Each pause hands out the whole lines before it.
        QCOMPARE(format, std::string("log_text"));
        QCOMPARE(seen, (std::vector<uint64_t>{0, 4, 4, 5}));
        QCOMPARE(rows, uint64_t(6));
    }
};

QTEST_APPLESS_MAIN(PausedSourceTest)
#include "paused_source_test.moc"
