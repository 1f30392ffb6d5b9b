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

// The service, pod, host, GPUs, replica and model a resource stands on, through the capsule's entity edges.
Result<std::vector<Entity>> entitiesOf(QueryContext& context, const Resource& resource);

}  // namespace nj::query
