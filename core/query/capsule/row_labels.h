// The value of one key for every row of a segment, as small codes into one table of labels over all segments: what a picture is split by.
// The key is a field (service, name, status, kind, severity, scope) or an attribute key (row, else resource; `resource.key` only there).
// Used by one question.
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "query/capsule/query_context.h"

namespace nj::query {

class RowLabels {
public:
    static constexpr uint16_t kNone = 0;        // the row has no value: "(none)"
    static constexpr uint16_t kOverflow = 1;    // more distinct values than kMaxLabels: "(others)"
    static constexpr size_t kMaxLabels = 4096;

    RowLabels(QueryContext& context, Signal signal, std::string key);
    // Whether a row of the segment may have a value: where none has, codes() are not worth their while.
    Result<bool> anyIn(const store::SegmentView& view);
    // One code per row of the segment.
    Result<std::vector<uint16_t>> codes(const store::SegmentView& view);
    [[nodiscard]] const std::vector<std::string>& labels() const { return labels_; }

private:
    uint16_t code(std::string_view label);
    uint16_t resourceCode(uint32_t resource);
    Result<bool> hotCodes(const store::SegmentView& view, std::vector<uint16_t>& out);
    void addAttribute(const store::AttributeValues& values, std::vector<uint16_t>& out);

    QueryContext& context_;
    Signal signal_;
    std::string key_;
    bool resourceOnly_ = false;
    std::vector<std::string> labels_;
    std::unordered_map<std::string, uint16_t> known_;
    std::unordered_map<uint32_t, uint16_t> resources_, dictionary_;
};

// Which labels get a group of their own: the most frequent maxGroups; the rest shares one.
struct GroupChoice {
    std::vector<uint16_t> groupOfCode;
    std::vector<std::string> names;
};
GroupChoice chooseGroups(const std::vector<uint64_t>& counts, const std::vector<std::string>& labels, size_t maxGroups);

}  // namespace nj::query
