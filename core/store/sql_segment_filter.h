// What a query's bounds say about segments and rows: which segments need no look, which rows of one can't match. Leaves rows
// out only when they fail a bound; SQLite checks the rest.
#pragma once

#include <set>
#include <vector>

#include "sqlite/virtual_table.h"
#include "store/sql_fields.h"

namespace nj::store {

class SegmentFilter {
public:
    // `fields` and `keys`: the table's columns; column fields.size() + i is keys[i].
    SegmentFilter(const SqlContext& context, const std::vector<FieldColumn>& fields, const std::vector<std::string>& keys, const std::vector<sqlite::Bound>& bounds);
    // By the zone map alone.
    [[nodiscard]] bool mayHold(const SegmentInfo& info) const;
    // keep: one flag per row, all set at first. Empty afterwards: every row.
    Status narrow(const SegmentView& view, std::vector<uint8_t>& keep) const;

    static double selectivity(Field field, sqlite::Compare compare);

private:
    struct TimeBound { TimeNs low; TimeNs high; };
    struct CodeBound { Field field; std::set<uint32_t> ids; };
    struct KeyBound { std::string key; sqlite::Bound bound; };

    void add(const SqlContext& context, Field field, const std::string& key, const sqlite::Bound& bound);
    void addTime(const sqlite::Bound& bound);
    void addCodes(const SqlContext& context, Field field, const sqlite::Bound& bound);
    void addIds(Field field, const sqlite::Bound& bound);
    Status narrowCodes(const SegmentView& view, const CodeBound& bound, std::vector<uint8_t>& keep) const;
    Status narrowTraces(const SegmentView& view, std::vector<uint8_t>& keep) const;

    TimeBound time_;
    bool hasTime_ = false;
    std::vector<CodeBound> codes_;
    std::optional<std::set<TraceId>> traces_;
    std::optional<std::set<SpanId>> spans_;
    std::optional<std::set<int64_t>> seqs_;
    std::vector<KeyBound> keys_;
};

}  // namespace nj::store
