// CapsuleReader as it is.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "sqlite/database.h"
#include "store/capsule_reader.h"
#include "store/capsule_shared.h"
#include "store/store_snapshot.h"

namespace nj::store {

// A connection that may read a capsule of this format, checked. Where a crash left what only a writer could recover, it is one to a
// private copy; the folder that holds it is then the caller's to remove.
struct ReadableCapsule {
    sqlite::Database db;
    std::string privateFolder;
};
Result<ReadableCapsule> openReadable(const std::string& path);

class StoreReader final : public CapsuleReader {
public:
    // `path`: what the person opened; the database may be a private copy of it, in a folder that is removed at the end.
    StoreReader(std::string path, sqlite::Database db, std::shared_ptr<CapsuleShared> shared, std::string privateFolder);
    ~StoreReader() override;

    Result<std::shared_ptr<const Snapshot>> snapshot() override;
    Result<std::unique_ptr<SegmentView>> view(const Snapshot& snapshot, int64_t segmentId) override;
    Result<std::pair<std::unique_ptr<SegmentView>, uint32_t>> locate(const Snapshot& snapshot, Signal signal, int64_t seq) override;
    Status samples(const Snapshot& snapshot, int64_t series, TimeRange range, const std::function<bool(const SamplePoint&)>& visit) override;
    Status sampleArrays(const Snapshot& snapshot, int64_t series, TimeRange range, SampleArrays& out) override;
    Status histograms(const Snapshot& snapshot, int64_t series, TimeRange range, const std::function<bool(const HistogramPoint&)>& visit) override;
    Result<std::vector<Exemplar>> exemplars(const Snapshot& snapshot, TimeRange range, const std::vector<int64_t>& series) override;
    Result<SignalTotals> totals() override;
    Result<std::vector<ImportRow>> imports() override;
    Result<std::vector<HealthRow>> health() override;
    Result<std::vector<EventRow>> events() override;
    Result<EntityGraph> entities() override;
    Result<std::vector<DocumentRow>> documents() override;
    Result<std::string> documentText(int64_t id) override;
    Result<std::vector<EvaluationRow>> evaluations() override;
    Result<std::string> setting(const std::string& key) override;
    Result<ImportHosts> importHosts();
    sqlite::Database& database() override { return db_; }
    [[nodiscard]] const std::string& path() const override { return path_; }

private:
    // The statement that yields the chunks of a series that overlap a range: time_from, id, data, shift. Prepared once per set of
    // corrections, for a query asks for thousands of series; giveBack() keeps it for the next, so that calls may nest.
    Result<sqlite::Statement> chunks(const StoreSnapshot& snapshot, int64_t series, ChunkKind kind, TimeRange range);
    void giveBack(sqlite::Statement&& statement);

    std::string path_;
    std::string privateFolder_;
    sqlite::Database db_;
    std::string chunkSql_;
    std::optional<sqlite::Statement> chunkStatement_;   // nobody reads it
    std::shared_ptr<CapsuleShared> shared_;
    SnapshotLoader loader_;
};

}  // namespace nj::store
