// The rows of a segment table ordered by columns of few values (service, name, status …), two bytes a row: what GROUP BY and
// ORDER BY on them need, without SQLite sorting millions of rows. Rows of equal values stand together, group by group.
#pragma once

#include <map>
#include <vector>

#include "store/sql_segment_filter.h"

namespace nj::store {

class SortedRows {
public:
    // Rows [begin, end) of one group in one segment.
    struct Run {
        uint32_t group = 0;
        uint32_t segment = 0;   // index in the snapshot's list
        uint32_t begin = 0, end = 0;
    };

    static bool sortable(Field field);
    SortedRows(SqlContext& context, const SegmentLayout& layout) : context_(context), layout_(layout) {}
    Status build(const SegmentFilter& filter, const std::vector<sqlite::SortTerm>& order);
    // In order; the direction within the segments alternates, so that what was used last is used next.
    [[nodiscard]] const std::vector<Run>& runs() const { return runs_; }
    [[nodiscard]] uint32_t row(const Run& run, uint32_t position) const { return rows_[run.segment][position]; }

private:
    using GroupKey = std::vector<uint32_t>;   // one id per sort term

    Status addSegment(uint32_t segment, const SegmentFilter& filter, const std::vector<sqlite::SortTerm>& order);
    // A sort term's column: codes by row, and what they stand for (dictionary ids, numbers).
    struct TermCodes {
        std::vector<uint16_t> codes;
        std::vector<uint32_t> ids;
    };
    static Result<TermCodes> codesOf(const SegmentView& view, Field field);
    [[nodiscard]] bool before(const GroupKey& a, const GroupKey& b, const std::vector<sqlite::SortTerm>& order) const;
    [[nodiscard]] int compare(Field field, uint32_t a, uint32_t b) const;

    SqlContext& context_;
    const SegmentLayout& layout_;
    std::map<GroupKey, uint32_t> groups_;
    std::vector<std::vector<uint16_t>> rows_;   // by segment
    std::vector<Run> runs_;
};

}  // namespace nj::store
