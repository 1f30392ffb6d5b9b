// The rows of one import or source that wait for their segments: per signal an open segment that grows until it is full. Used by
// the writer's thread.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "store/metric_buffer.h"
#include "store/segment_rows.h"

namespace nj::store {

// Rows, and bytes when decoded, at which a segment ends.
inline constexpr size_t kSegmentBytes = 32U << 20;

// Hands out seqs: a segment reserves a whole range when it opens and gives the end back when nobody came after it.
class SeqCounter {
public:
    int64_t reserve(Signal signal) {
        const int64_t base = next_[index(signal)];
        next_[index(signal)] += static_cast<int64_t>(kSegmentRows);
        return base;
    }
    void release(Signal signal, int64_t base, size_t used) {
        if (next_[index(signal)] == base + static_cast<int64_t>(kSegmentRows))
            next_[index(signal)] = base + static_cast<int64_t>(used);
    }
    [[nodiscard]] int64_t next(Signal signal) const { return next_[index(signal)]; }
    void set(Signal signal, int64_t next) { next_[index(signal)] = next; }
    static constexpr size_t kSignals = 7;

private:
    static size_t index(Signal signal) { return static_cast<size_t>(signal); }
    int64_t next_[kSignals] = {1, 1, 1, 1, 1, 1, 1};
};

class ImportRows {
    struct Open {
        SegmentRows rows;
        size_t count = 0, bytes = 0;
    };
    // One open segment per signal, and one for the rows without a time.
    using OpenKey = std::pair<Signal, bool>;

public:
    // `onFull` takes a full segment's rows.
    ImportRows(ImportId import, SeqCounter& seqs, std::function<void(SegmentRows&&)> onFull) : import_(import), seqs_(seqs), onFull_(std::move(onFull)) {}

    // Rows of every signal of the batch but the metrics; returns the seqs of spans, span events and logs by their batch row.
    struct Seqs {
        std::vector<int64_t> spans, events, links, logs;
    };
    Seqs add(Batch& batch, const std::shared_ptr<const BatchTables>& tables);
    void addExemplars(const Batch& batch, const std::vector<int64_t>& seriesIds);
    // What add() and addExemplars() take in from here on, as segments of their own: for the journal. nullptr: no more.
    struct Recorded {
        SegmentRows rows;
        size_t count = 0;
    };
    void recordInto(std::vector<Recorded>* record) { record_ = record; }
    // What was taken in after a mark can be taken back, but for segments handed over since.
    class Mark {
        friend class ImportRows;
        std::map<OpenKey, Open> open_;
        SeqCounter seqs_;
    };
    [[nodiscard]] Mark mark() const;
    void rollback(const Mark& mark);
    // Hands over what is open, also when not full.
    void flush();
    // The same rows as flush() would hand over, which stay open.
    [[nodiscard]] std::vector<SegmentRows> open() const;
    // Takes the rows of an open segment in another form: one part instead of the many that small batches left.
    void replaceOpen(SegmentRows&& rows);
    // Rows that have their seqs: they must follow those of the open segment, or start one.
    void addStored(const SegmentRows& rows);
    [[nodiscard]] size_t openRows() const;

private:
    template <typename Columns>
    std::vector<int64_t> append(Signal signal, std::vector<Part<Columns>> SegmentRows::*member, Part<Columns> all, const std::vector<TimeNs>& times,
                                const std::vector<uint32_t>& rowBytes);
    template <typename Columns>
    void addParts(Signal signal, std::vector<Part<Columns>> SegmentRows::*member, const SegmentRows& rows, const std::vector<TimeNs> Columns::*times, size_t fixed);
    template <typename Columns>
    void record(const SegmentRows& open, size_t before, std::vector<Part<Columns>> SegmentRows::*member, const Part<Columns>& part);
    Open& openSegment(const OpenKey& key);
    void close(const OpenKey& key);

    ImportId import_;
    SeqCounter& seqs_;
    std::function<void(SegmentRows&&)> onFull_;
    std::map<OpenKey, Open> open_;
    std::vector<Recorded>* record_ = nullptr;
};

}  // namespace nj::store
