// Snapshot as it is, and how a reader brings one up to date. Immutable once published.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <unordered_map>
#include <vector>

#include "sqlite/database.h"
#include "store/blob_source.h"
#include "store/capsule_reader.h"
#include "store/capsule_shared.h"
#include "store/import_hosts.h"
#include "store/journal.h"
#include "store/time_shifts.h"

namespace nj::store {

// Append-only dictionaries, shared by all snapshots of a reader: ids of an older snapshot stay valid.
struct Dictionaries {
    StringTable texts;
    std::vector<std::shared_ptr<const Resource>> resources;
    std::vector<std::shared_ptr<const Scope>> scopes;
};

class StoreSnapshot final : public Snapshot {
public:
    explicit StoreSnapshot(std::shared_ptr<CapsuleShared> shared) : shared_(std::move(shared)) {}
    ~StoreSnapshot() override;

    [[nodiscard]] uint64_t commitSeq() const override { return commitSeq_; }
    [[nodiscard]] const std::vector<std::shared_ptr<const SegmentInfo>>& segments(Signal signal) const override;
    [[nodiscard]] std::string_view text(uint32_t dictionaryId) const override;
    [[nodiscard]] uint32_t findText(std::string_view text) const override { return dictionaries_->texts.find(text); }
    [[nodiscard]] const Resource& resource(uint32_t id) const override;
    [[nodiscard]] uint32_t resourceCount() const override { return static_cast<uint32_t>(dictionaries_->resources.size()); }
    [[nodiscard]] const Scope& scope(uint32_t id) const override;
    [[nodiscard]] const std::vector<SeriesRow>& series() const override { return *series_; }

    [[nodiscard]] std::shared_ptr<const SegmentInfo> segment(int64_t id) const;
    // The blobs of a segment that is still in the journal, else nullptr.
    [[nodiscard]] std::shared_ptr<const MemoryBlobs> journalBlobs(int64_t segment) const;
    // Chunks still in the journal, in order of commit.
    [[nodiscard]] const std::vector<const ChunkRow*>& journalChunks(int64_t series, ChunkKind kind) const;
    [[nodiscard]] uint64_t journalPoints(ChunkKind kind) const;
    [[nodiscard]] const TimeShifts& shifts() const { return shifts_; }
    // By how much the times of a segment are moved.
    [[nodiscard]] DurationNs shiftOf(const SegmentInfo& info) const { return shifts_.of(info.import); }

private:
    friend class SnapshotLoader;
    std::shared_ptr<CapsuleShared> shared_;
    uint64_t commitSeq_ = 0;
    TimeShifts shifts_;
    std::vector<std::shared_ptr<const SegmentInfo>> bySignal_[7];
    std::unordered_map<int64_t, std::shared_ptr<const SegmentInfo>> byId_;
    std::vector<int64_t> pinned_;
    std::map<int64_t, std::shared_ptr<const JournalEntry>> journal_;   // by row
    std::unordered_map<int64_t, std::shared_ptr<const MemoryBlobs>> journalBlobs_;
    std::unordered_map<int64_t, std::vector<const ChunkRow*>> journalChunks_[2];   // by kind and series; a query asks for each series
    std::shared_ptr<const Dictionaries> dictionaries_;
    std::shared_ptr<const std::vector<SeriesRow>> series_;
};

class SnapshotLoader {
public:
    // Times as they are stored.
    SnapshotLoader(sqlite::Database& db, std::shared_ptr<CapsuleShared> shared) : db_(db), shared_(std::move(shared)) {}
    // Times as people corrected them, in the capsule or in a sidecar of it.
    SnapshotLoader(sqlite::Database& db, std::shared_ptr<CapsuleShared> shared, std::string capsule) : db_(db), shared_(std::move(shared)), capsule_(std::move(capsule)) {}
    // The last one where nothing was committed or corrected since.
    Result<std::shared_ptr<const StoreSnapshot>> load();
    // Inside the caller's read transaction.
    Result<ImportHosts> hosts();

private:
    Result<TimeShifts> loadShifts(int64_t commit);
    Status loadDictionaries();
    Status loadSegments(StoreSnapshot& snapshot);
    Status loadJournal(StoreSnapshot& snapshot);
    Status loadSeries(const StoreSnapshot& snapshot);

    sqlite::Database& db_;
    std::shared_ptr<CapsuleShared> shared_;
    std::string capsule_, capsuleId_;
    std::vector<std::string> sidecars_;   // as last seen: path, size and time of change
    uint64_t corrections_ = 0;            // how often those of sidecars changed
    std::shared_ptr<const StoreSnapshot> last_;
    std::shared_ptr<const Dictionaries> dictionaries_ = std::make_shared<Dictionaries>();
    std::shared_ptr<const std::vector<SeriesRow>> series_;
    int64_t metricSeq_ = -1;
    ImportHosts hosts_;
    std::set<int64_t> hostSegments_;      // whose rows hosts_ knows
    int64_t hostMetricSeq_ = -1;
};

}  // namespace nj::store
