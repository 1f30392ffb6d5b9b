// The writer's thread of live sources on a sink that says what it is called with: what waits becomes one group, a group that fails is
// answered as one, and one bad delivery does not take its neighbours with it for ever.
#include <condition_variable>
#include <mutex>
#include <set>

#include "ingest/live_writer.h"
#include "qt_test.h"

using namespace nj;
using ingest::LiveWriter;
using source::Delivery;
using source::Outcome;

namespace {

class Sink final : public LiveSink {
public:
    // The groups that were committed: the requests in them.
    std::vector<std::vector<Hash128>> groups;
    Hash128 culprit{};                 // a group with this one fails
    std::optional<Error> failure;      // every group fails
    std::map<std::string, std::string> kept;

    // Commits wait until they are let go, so that deliveries pile up behind them.
    void hold() {
        const std::scoped_lock lock(mutex_);
        held_ = true;
    }
    void letGo() {
        const std::scoped_lock lock(mutex_);
        held_ = false;
        wake_.notify_all();
    }
    void waitUntilHeld() {
        std::unique_lock lock(mutex_);
        wake_.wait(lock, [&] { return waiting_; });
    }

    Result<ImportId> beginImport(const ImportStart&) override { return ++imports_; }
    Status add(ImportId, Batch&&) override { return {}; }
    Result<ImportOutcome> endImport(ImportId, const ImportEnd&) override { return ImportOutcome{}; }
    Status abandonImport(ImportId) override { return {}; }
    Status removeImport(ImportId) override { return {}; }
    Status putEntities(const EntityGraph&) override { return {}; }
    Result<bool> takeLive(ImportId, Batch&&, const Hash128& request, const LiveCursor& cursor) override {
        if (!known_.insert(request).second)
            return false;
        taken_.push_back(request);
        if (!cursor.name.empty())
            kept[cursor.name] = cursor.value;
        return true;
    }
    Status commitTaken() override {
        std::unique_lock lock(mutex_);
        waiting_ = held_;
        wake_.notify_all();
        wake_.wait(lock, [&] { return !held_; });
        waiting_ = false;
        std::vector<Hash128> group = std::exchange(taken_, {});
        const bool bad = std::find(group.begin(), group.end(), culprit) != group.end();
        if (failure || bad) {
            for (const Hash128& request : group)
                known_.erase(request);
            return failure ? *failure : makeError(ErrorCode::kInternal, "a row that cannot be stored");
        }
        groups.push_back(std::move(group));
        return {};
    }
    Result<RetentionReport> retain(const RetentionPolicy&) override { return RetentionReport{}; }
    Result<std::map<std::string, std::string>> cursors() override { return kept; }
    Status sealDue() override { return {}; }

private:
    std::mutex mutex_;
    std::condition_variable wake_;
    bool held_ = false, waiting_ = false;
    std::vector<Hash128> taken_;
    std::set<Hash128> known_;
    ImportId imports_ = 0;
};

// Answers by delivery, in the order in which they came.
class Answers {
public:
    Delivery delivery(int number, const std::string& source = "s", LiveCursor cursor = {}) {
        Delivery d{source, "test", {}, hash128(std::to_string(number)), std::move(cursor), {}};
        d.batch.strings.intern("x");
        d.done = [this, number](Outcome outcome, const std::string&) {
            const std::scoped_lock lock(mutex_);
            all_.emplace_back(number, outcome);
        };
        return d;
    }
    [[nodiscard]] size_t count(Outcome outcome) const {
        const std::scoped_lock lock(mutex_);
        return static_cast<size_t>(std::count_if(all_.begin(), all_.end(), [&](const auto& a) { return a.second == outcome; }));
    }
    [[nodiscard]] size_t size() const {
        const std::scoped_lock lock(mutex_);
        return all_.size();
    }
    [[nodiscard]] std::vector<std::pair<int, Outcome>> take() {
        const std::scoped_lock lock(mutex_);
        return std::exchange(all_, {});
    }

private:
    mutable std::mutex mutex_;
    std::vector<std::pair<int, Outcome>> all_;
};

}  // namespace

class LiveWriterTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void whatWaitsIsOneGroup() {
        Sink sink;
        Answers answers;
        LiveWriter writer(sink);
        sink.hold();
        writer.deliver(answers.delivery(0));
        sink.waitUntilHeld();
        for (int i = 1; i <= 30; ++i)
            writer.deliver(answers.delivery(i, i % 2 ? "a" : "b", {"c", std::to_string(i)}));
        writer.deliver(answers.delivery(30));   // twice in a group
        QCOMPARE(answers.size(), size_t(0));
        QCOMPARE(writer.cursor("c"), std::string());
        sink.letGo();
        QTRY_COMPARE(answers.size(), size_t(32));
        writer.stop();
        size_t stored = 0;
        for (const auto& group : sink.groups)
            stored += group.size();
        QCOMPARE(stored, size_t(31));
        QVERIFY2(sink.groups.size() < 31, "what waited was committed one by one");
        QCOMPARE(sink.groups.front().size(), size_t(1));
        QCOMPARE(answers.count(Outcome::kCommitted), size_t(31));
        QCOMPARE(answers.count(Outcome::kDuplicate), size_t(1));
        QCOMPARE(writer.cursor("c"), std::string("30"));
        QCOMPARE(writer.counters().commits.load(), uint64_t(31));
        QCOMPARE(writer.counters().groups.load(), uint64_t(sink.groups.size()));
    }
    void aGroupHasAnEnd() {
        Sink sink;
        Answers answers;
        LiveWriter writer(sink);
        sink.hold();
        writer.deliver(answers.delivery(0));
        sink.waitUntilHeld();
        for (int i = 1; i <= 500; ++i)
            writer.deliver(answers.delivery(i));
        sink.letGo();
        QTRY_COMPARE(answers.count(Outcome::kCommitted), size_t(501));
        writer.stop();
        for (const auto& group : sink.groups)
            QVERIFY(group.size() <= 64);
    }
    void aFullDiskAnswersAllAndGoesOn() {
        Sink sink;
        Answers answers;
        LiveWriter writer(sink);
        sink.hold();
        sink.failure = makeError(ErrorCode::kDiskFull, "the disk is full");
        writer.deliver(answers.delivery(0));
        sink.waitUntilHeld();
        for (int i = 1; i < 10; ++i)
            writer.deliver(answers.delivery(i));
        sink.letGo();
        QTRY_COMPARE(answers.count(Outcome::kBusy), size_t(10));
        QCOMPARE(writer.problem(), std::string("the disk is full"));
        writer.stop();
        QCOMPARE(writer.counters().failures.load(), uint64_t(10));
        QCOMPARE(sink.groups.size(), size_t(0));
        // Nothing is said to be known of what was taken back.
        sink.failure.reset();
        LiveWriter again(sink);
        for (int i = 0; i < 10; ++i)
            again.deliver(answers.delivery(i));
        QTRY_COMPARE(answers.count(Outcome::kCommitted), size_t(10));
        QCOMPARE(again.problem(), std::string());
    }
    void oneThatCannotBeStoredHarmsNoOther() {
        Sink sink;
        sink.culprit = hash128("3");
        Answers answers;
        LiveWriter writer(sink);
        // Each time all of them wait at once, as the senders would deliver them again.
        std::set<int> left;
        for (int i = 0; i < 10; ++i)
            left.insert(i);
        for (int round = 0; round < 2; ++round) {
            sink.hold();
            writer.deliver(answers.delivery(100 + round));
            sink.waitUntilHeld();
            for (const int i : left)
                writer.deliver(answers.delivery(i));
            sink.letGo();
            QTRY_COMPARE(answers.size(), left.size() + 1);
            for (const auto& [number, outcome] : answers.take())
                if (outcome == Outcome::kCommitted)
                    left.erase(number);
        }
        QCOMPARE(left, std::set<int>{3});
    }
    void aWriterThatStopsAnswersWhatWaits() {
        Sink sink;
        Answers answers;
        LiveWriter writer(sink);
        sink.hold();
        writer.deliver(answers.delivery(0));
        sink.waitUntilHeld();
        for (int i = 1; i < 10; ++i)
            writer.deliver(answers.delivery(i));
        std::jthread stopping([&] { writer.stop(); });
        QTRY_VERIFY(!writer.hasRoom(0));
        writer.deliver(answers.delivery(10));
        QCOMPARE(answers.count(Outcome::kBusy), size_t(1));
        sink.letGo();
        stopping.join();
        QCOMPARE(answers.count(Outcome::kCommitted), size_t(10));
    }
};

QTEST_APPLESS_MAIN(LiveWriterTest)
#include "live_writer_test.moc"
