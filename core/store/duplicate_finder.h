// Redelivered spans: the same ids with the same content. Looks at the rows that are not sealed yet, then at the filters of the sealed
// segments whose time range holds the span's start; a hit is verified against the content there. Used by the writer's thread.
#pragma once

#include <cstdint>
#include <deque>
#include <list>
#include <map>
#include <memory>
#include <vector>

#include "model/batch.h"
#include "sqlite/database.h"
#include "store/capsule_shared.h"
#include "store/segment_rows.h"

namespace nj::store {

// Ids with the hash of their content; several contents of one id are variants.
class ContentSet {
public:
    void insert(uint64_t id, uint64_t content);
    [[nodiscard]] bool contains(uint64_t id, uint64_t content) const;

private:
    struct Slot {
        uint64_t id = 0, content = 0;
    };
    std::vector<Slot> slots_;
    size_t used_ = 0;
};

// What tells one delivery of a span from another, by row. Equal spans of one capsule have equal hashes whether they stand in a
// batch or in a segment.
std::vector<uint64_t> contentHashes(const SpanColumns& spans, const BatchTables& tables);
Result<std::vector<uint64_t>> contentHashes(const SegmentView& segment);

class DuplicateFinder {
public:
    DuplicateFinder(sqlite::Database& db, std::shared_ptr<CapsuleShared> shared) : db_(db), shared_(std::move(shared)) {}

    // 1 for each row to keep. Kept rows are remembered as unsealed rows of the import.
    Result<std::vector<uint8_t>> check(ImportId import, const SpanColumns& spans, const BatchTables& tables);
    // A segment of these rows is in the capsule now.
    void sealed(const SegmentInfo& info);
    // The rows of the import, sealed or not, are gone.
    void forget(ImportId import);

private:
    struct Sealed {
        std::shared_ptr<const SegmentInfo> info;
        std::shared_ptr<const std::string> filter;   // loaded at the first look
    };
    Result<bool> inSealed(const TraceId& trace, const SpanId& span, TimeNs start, uint64_t content);
    Result<const ContentSet*> contentOf(const Sealed& segment);

    sqlite::Database& db_;
    std::shared_ptr<CapsuleShared> shared_;
    std::map<ImportId, std::deque<ContentSet>> unsealed_;   // newest last
    std::vector<Sealed> sealed_;
    std::list<std::pair<int64_t, ContentSet>> verified_;    // newest first
};

// Takes the rows with keep[row] == 0 out of the batch, with their events, links and evaluations.
void removeSpans(Batch& batch, const std::vector<uint8_t>& keep);

}  // namespace nj::store
