// Every trace of the capsule with what a list shows of it, and for each segment the trace of each of its id codes. Built once per commit
// by one pass over the exact times; read-only afterwards.
#pragma once

#include <memory>
#include <unordered_map>
#include <vector>

#include "query/capsule/query_context.h"

namespace nj::query {

class TraceIndex {
public:
    struct Entry {
        TraceId id;
        TimeNs start = 0, end = 0;
        TimeNs rootStart = 0;                  // of the earliest span without parent id
        uint32_t rootService = kNoIndex, rootName = kNoIndex;   // dictionary ids; of the earliest span where no root is here
        uint32_t spans = 0, errors = 0;
        uint32_t services = 0;
        bool hasRoot = false;
        std::vector<uint32_t> serviceIds;      // distinct, few
    };

    // The index of the context's commit, built when it is not there yet.
    static Result<std::shared_ptr<const TraceIndex>> of(QueryContext& context);

    [[nodiscard]] const std::vector<Entry>& traces() const { return traces_; }
    // Trace number by local id code of a span segment; kNoIndex = no trace id.
    [[nodiscard]] const std::vector<uint32_t>& codes(int64_t segment) const;

private:
    Status addSegment(QueryContext& context, const store::SegmentInfo& info);

    std::vector<Entry> traces_;
    std::unordered_map<int64_t, std::vector<uint32_t>> codes_;
    std::unordered_map<TraceId, uint32_t, IdHash<16>> numbers_;   // only while building
};

}  // namespace nj::query
