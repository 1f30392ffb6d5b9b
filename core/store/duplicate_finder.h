// Redelivered spans: the same ids with the same content. Looks at the rows that are not sealed yet, then at the filters of the sealed
// segments whose time range holds the span's start; a hit is verified against the content there. Used by the writer's thread.
#pragma once

#include <cstdint>
#include <deque>
#include <list>
#include <map>
#include <memory>
#include <span>
#include <vector>

#include "model/batch.h"
#include "sqlite/database.h"
#include "store/capsule_shared.h"
#include "store/segment_rows.h"

namespace nj::store {

// Spans by their ids and content; several contents of one id are variants.
class ContentSet {
public:
    // Never 0.
    static uint64_t keyOf(uint64_t id, uint64_t content);
    [[nodiscard]] bool contains(uint64_t key) const { return used_ > 0 && slots_[slotOf(key)] != 0; }
    // keep[i] = 0 where the key is known; a key of 0 is none.
    void dropKnown(std::span<const uint64_t> keys, std::span<uint8_t> keep) const;
    // Takes in the keys with keep[i] != 0; of equal ones the first, the others get 0.
    void addNew(std::span<const uint64_t> keys, std::span<uint8_t> keep);
    [[nodiscard]] size_t size() const { return used_; }

private:
    void reserve(size_t more);
    [[nodiscard]] size_t slotOf(uint64_t key) const;
    void prefetch(std::span<const uint64_t> keys, size_t i) const;
    std::vector<uint64_t> slots_;   // 0 = free; size is a power of two
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
    // That segment goes: a longer one with its rows is about to be sealed.
    void replaced(int64_t segment);
    // Rows that were taken last are not stored after all. Those before them that are not sealed yet are forgotten with them: their
    // redelivery would be kept twice.
    void forgetUnsealed(ImportId import) { unsealed_.erase(import); }
    // The rows of the import, sealed or not, are gone.
    void forget(ImportId import);

private:
    struct Sealed {
        std::shared_ptr<const SegmentInfo> info;
        std::shared_ptr<const std::string> filter;   // loaded at the first look
    };
    Status dropSealed(const SpanColumns& spans, std::span<const uint64_t> keys, std::span<uint8_t> keep);
    Result<const ContentSet*> contentOf(const Sealed& segment);

    sqlite::Database& db_;
    std::shared_ptr<CapsuleShared> shared_;
    struct Unsealed {
        std::deque<ContentSet> sets;   // newest last
        size_t rows = 0;               // taken and not sealed
    };
    std::map<ImportId, Unsealed> unsealed_;
    std::vector<Sealed> sealed_;
    std::list<std::pair<int64_t, ContentSet>> verified_;    // newest first
};

// Takes the rows with keep[row] == 0 out of the batch, with their events, links and evaluations.
void removeSpans(Batch& batch, const std::vector<uint8_t>& keep);

}  // namespace nj::store
