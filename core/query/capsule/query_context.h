// What one question works with: the snapshot it sees, its stop token, and views and partial results kept between questions of the same
// commit. Owned by CapsuleBackend, used by its one thread.
#pragma once

#include <map>
#include <memory>
#include <stop_token>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "base/string_table.h"
#include "base/time.h"
#include "query/backend.h"
#include "query/capsule/row_set.h"
#include "store/capsule_reader.h"

namespace nj::promql {
class CapsuleQuerier;
}

namespace nj::query {

class EntityNames;
class TraceIndex;
struct LogMatches;

// Results that hold as long as the commit does. Everything goes when a newer commit is seen.
struct QueryCache {
    QueryCache();
    ~QueryCache();
    QueryCache(const QueryCache&) = delete;
    QueryCache& operator=(const QueryCache&) = delete;
    void clear();

    std::unordered_map<int64_t, std::unique_ptr<store::SegmentView>> views;
    std::map<std::string, std::shared_ptr<const RowSet>> rowSets;          // by signal, segment, rows and filter text
    size_t rowSetBytes = 0;
    std::shared_ptr<const TraceIndex> traces;
    std::vector<std::shared_ptr<const LogMatches>> logMatches;             // the last few, newest first
    std::map<std::string, std::vector<std::string>> splits;                // by measure, filter and range
    std::unordered_map<int64_t, std::vector<uint32_t>> logKinds;            // segment → fingerprint code per row, kNoIndex = not read yet
    StringTable fingerprints;
    std::shared_ptr<const EntityGraph> entities;
    std::shared_ptr<const EntityNames> entityNames;                        // points into entities
    std::shared_ptr<const std::vector<EventMark>> gpuEvents;
    std::shared_ptr<const std::vector<store::ImportRow>> imports;
    std::unique_ptr<promql::CapsuleQuerier> promql;                        // naming every series takes a while
};

class QueryContext {
public:
    QueryContext(store::CapsuleReader& reader, std::shared_ptr<const store::Snapshot> snapshot, QueryCache& cache, std::stop_token stop)
        : reader_(reader), snapshot_(std::move(snapshot)), cache_(cache), stop_(std::move(stop)) {}

    [[nodiscard]] store::CapsuleReader& reader() { return reader_; }
    [[nodiscard]] const store::Snapshot& snapshot() const { return *snapshot_; }
    [[nodiscard]] QueryCache& cache() { return cache_; }
    [[nodiscard]] const std::stop_token& stop() const { return stop_; }
    // kCancelled once the question was withdrawn.
    [[nodiscard]] Status checkStop() const;

    Result<const store::SegmentView*> view(int64_t segment);
    // Segments with rows that may lie in the range, by start.
    [[nodiscard]] std::vector<const store::SegmentInfo*> segments(Signal signal, TimeRange range) const;
    // Rows whose start lies in the range, exactly.
    Result<RowSpan> rowsIn(const store::SegmentView& view, TimeRange range) const;
    Result<const EntityGraph*> entities();
    // The series under their Prometheus names.
    Result<promql::CapsuleQuerier*> promql();
    Result<ImportSummary> import(int64_t id);

private:
    store::CapsuleReader& reader_;
    std::shared_ptr<const store::Snapshot> snapshot_;
    QueryCache& cache_;
    std::stop_token stop_;
};

// A question's empty range means everything, rows without time included.
TimeRange wholeIfEmpty(TimeRange range);
ImportSummary importSummary(const store::ImportRow& row);

// A range cut into equal columns.
struct Columns {
    TimeNs from = 0;
    DurationNs width = 1;
    size_t count = 1;
    // As many as asked for (1 … 20,000) but none shorter than minimum.
    static Columns of(TimeRange range, int wanted, DurationNs minimum = 1);
    // Unsigned: the whole of time is a legal range.
    [[nodiscard]] TimeNs edge(size_t column) const { return static_cast<TimeNs>(static_cast<uint64_t>(from) + column * static_cast<uint64_t>(width)); }
    // Column of an instant inside the range.
    [[nodiscard]] size_t at(TimeNs time) const {
        const auto column = (static_cast<uint64_t>(time) - static_cast<uint64_t>(from)) / static_cast<uint64_t>(width);
        return column < count ? static_cast<size_t>(column) : count - 1;
    }
};

}  // namespace nj::query
