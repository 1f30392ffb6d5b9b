// CapsuleWriter as it is: the transactions. Each brings new dictionary entries, the counters and commit_seq along.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>

#include "sqlite/database.h"
#include "store/capsule_shared.h"
#include "store/capsule_writer.h"
#include "store/catalogue.h"
#include "store/duplicate_finder.h"
#include "store/encode_workers.h"
#include "store/import_rows.h"
#include "store/write_lock.h"

namespace nj::store {

class StoreWriter final : public CapsuleWriter {
public:
    StoreWriter(std::string path, sqlite::Database db, WriteLock lock, const WriterOptions& options);
    ~StoreWriter() override;
    Status load();

    Result<ImportId> beginImport(const ImportStart& start) override;
    Status add(ImportId import, Batch&& batch) override;
    Result<ImportOutcome> endImport(ImportId import, const ImportEnd& end) override;
    Status abandonImport(ImportId import) override;
    Status putEntities(const EntityGraph& graph) override;
    Result<bool> takeLive(ImportId source, Batch&& batch, const Hash128& requestHash, const LiveCursor& cursor) override;
    Status commitTaken() override;
    Result<RetentionReport> retain(const RetentionPolicy& policy) override;
    Result<std::map<std::string, std::string>> cursors() override;
    Status seal() override;
    Status sealDue() override;
    Status setSetting(const std::string& key, const std::string& value) override;
    Status removeImport(ImportId import) override;
    Status mapEntity(const EntityEdge& edge) override;
    Status unmapEntity(EntityKind kind, const std::string& text) override;
    Status close() override;
    [[nodiscard]] const std::string& path() const override { return path_; }

private:
    enum class Seal : uint8_t { kRows, kAll, kClose };
    struct Sealing {
        EncodedSegment segment;
        bool open = false;      // goes on growing in memory
        size_t parts = 0;
    };
    struct SealedOpen {
        int64_t segment = 0;
        size_t rows = 0;
    };
    struct Import {
        explicit Import(ImportRows r) : rows(std::move(r)) {}
        ImportRows rows;
        MetricBuffer metrics;
        ImportOutcome counts;
        std::map<std::pair<HealthSeverity, std::string>, HealthRecord> health;
        std::map<int64_t, int> seriesSeen;
        TimeRange range;
        bool any = false;
        bool live = false;
        TimeNs unsealedSince = 0;               // live: of the oldest journal row
        size_t journalRows = 0;                 // live
        std::vector<SegmentRows> full;          // live: waiting for the seal
        // live: encoded, kept until the transaction that seals them succeeds
        std::vector<Sealing> sealing;
        std::vector<ChunkRow> sealingChunks;
        // live: the open segments as they are in the capsule, by signal and seq base
        std::map<std::pair<Signal, int64_t>, SealedOpen> sealedOpen;
    };

    // What a live commit changes in memory before it is durable.
    struct Before {
        ImportRows::Mark rows;
        size_t full = 0;
        ImportOutcome counts;
        std::map<std::pair<HealthSeverity, std::string>, HealthRecord> health;
    };
    // What was taken and is not committed yet.
    struct TakenBatch {
        Batch batch;                            // without its rows, which are in Import::rows
        ImportRows::Seqs seqs;
        std::vector<int64_t> seriesIds;
        Hash128 request{};
        LiveCursor cursor;
    };
    struct TakenOf {
        ImportId source = 0;
        Import* state = nullptr;
        Before before;
        std::vector<ImportRows::Recorded> rows;
        std::vector<TakenBatch> batches;
    };
    struct LiveGroup {
        std::vector<TakenOf> sources;           // in the order in which they came
        std::set<Hash128> requests;
        Status failed;
    };
    Result<Import*> running(ImportId import);
    TakenOf& takenOf(ImportId source, Import& state);
    void takeBack(LiveGroup& group);
    // BEGIN, `body`, dictionaries and counters, COMMIT.
    template <typename Body>
    Status transact(const Body& body);
    Status loadSealedSpans();
    Status writeCounters();
    Status insertSegment(int64_t id, const EncodedSegment& segment);
    // Inserts encoded segments that are done; with `all` waits for every one.
    Status drain(bool all);
    Status writeChunks(ImportId import, Import& state, bool all);
    Status insertChunks(ImportId import, const std::vector<ChunkRow>& chunks);
    Status insertCatalogueRows(ImportId import, const Batch& batch, const ImportRows::Seqs& seqs);
    Status insertHealth(ImportId import, const Import& state);
    Status finishImport(ImportId import, const Import& state, const ImportEnd& end);
    Result<std::optional<ImportId>> sameContent(ImportId import, const ImportEnd& end);
    void noteHealth(Import& state, const HealthRecord& record);
    void noteTimes(Import& state, const Batch& batch);
    // Marks the rows of an import as gone and deletes what no reader pins.
    Status dropRows(ImportId import);
    Status purgeRetired();
    Status maybeCheckpoint();
    // Maps, drops what was delivered before, and takes the rows in; the metrics stay in the batch.
    Result<ImportRows::Seqs> takeRows(ImportId import, Import& state, Batch& batch, std::vector<int64_t>& seriesIds);
    Result<Import*> liveSource(ImportId import);
    Result<bool> alreadyCommitted(const Hash128& requestHash);
    Status updateCounts(ImportId source, const Import& state);
    Status commitJournal(const LiveGroup& group);
    std::string journalOf(const TakenOf& taken);
    Status insertJournal(ImportId source, std::string_view packed);
    Status insertRequest(const TakenBatch& taken);
    Status sealSource(ImportId source, Import& state, Seal how);
    void encodeForSeal(Import& state, Seal how);
    void noteSealed(Import& state, const Sealing& sealing);
    [[nodiscard]] bool overdue(const Import& state) const;
    Status recoverJournal();
    // A segment, or a chunk, that retention may drop.
    struct Old {
        bool chunk = false;
        int64_t id = 0;
        Signal signal = Signal::kMetric;
        ImportId import = 0;
        int64_t series = 0;
        uint64_t rows = 0, bytes = 0;
        TimeNs from = 0, to = 0;
    };
    Result<std::vector<Old>> droppable();
    Result<uint64_t> usedBytes();
    Status summarise(const std::vector<Old>& going);
    Status dropOld(const std::vector<Old>& going, TimeNs before);
    ImportRows rowsOf(ImportId import);
    Status putEdge(const EntityEdge& edge, bool byHand);

    std::string path_;
    sqlite::Database db_;
    WriteLock lock_;
    Catalogue catalogue_;
    EncodeWorkers workers_;
    size_t maxUnderway_;
    std::function<TimeNs()> now_;
    std::shared_ptr<CapsuleShared> shared_;
    std::unique_ptr<DuplicateFinder> duplicates_;
    SegmentEncoder journalEncoder_;
    SeqCounter seqs_;
    int64_t nextSegment_ = 1;
    std::map<ImportId, std::unique_ptr<Import>> imports_;
    LiveGroup taken_;
    uint64_t bytesSinceCheckpoint_ = 0;
    bool metricsChanged_ = false;
    bool closed_ = false;
};

template <typename Body>
Status StoreWriter::transact(const Body& body) {
    NJ_ASSIGN(auto transaction, sqlite::Transaction::begin(db_));
    NJ_RETURN_IF_ERROR(body());
    NJ_RETURN_IF_ERROR(catalogue_.flush(db_));
    NJ_RETURN_IF_ERROR(writeCounters());
    NJ_RETURN_IF_ERROR(transaction.commit());
    catalogue_.committed();
    metricsChanged_ = false;
    return maybeCheckpoint();
}

}  // namespace nj::store
