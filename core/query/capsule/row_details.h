// Parts of rows that several questions show: a log row, the entities a resource stands on. Used by one question.
#pragma once

#include <vector>

#include "query/backend.h"
#include "query/capsule/query_context.h"

namespace nj::query {

inline constexpr size_t kMaxBody = 4096;

// Reads log rows of one segment; opens each column once.
class LogRowReader {
public:
    static Result<LogRowReader> open(QueryContext& context, const store::SegmentView& view);
    Result<LogRow> read(uint32_t row) const;
    [[nodiscard]] TimeNs time(uint32_t row) const { return row < time_.size() ? time_[row] : 0; }

private:
    QueryContext* context_ = nullptr;
    const store::SegmentView* view_ = nullptr;
    std::vector<TimeNs> time_, observed_;
    std::span<const uint8_t> severity_;
    std::vector<uint8_t> timeFlags_;
    store::CodeColumn service_;
    store::TraceIdColumn traces_;
    std::span<const SpanId> spans_;
};

// The service, pod, host, GPUs, replica and model a row's resource stands on, through the capsule's entity edges; the card its attributes name
// (gpu.pci.id of an XID).
Result<std::vector<Entity>> entitiesOf(QueryContext& context, const Resource& resource, const AttributeList& attributes);
// The same of whom a client span calls, by server.address and the like; empty where no single replica, pod or service of one pod is named so.
Result<std::vector<Entity>> calledEntities(QueryContext& context, const AttributeList& attributes);

}  // namespace nj::query
