#include "query/capsule/trace_index.h"

#include <algorithm>

namespace nj::query {

Result<std::shared_ptr<const TraceIndex>> TraceIndex::of(QueryContext& context) {
    if (context.cache().traces)
        return context.cache().traces;
    auto index = std::make_shared<TraceIndex>();
    for (const auto& info : context.snapshot().segments(Signal::kSpan)) {
        NJ_RETURN_IF_ERROR(context.checkStop());
        NJ_RETURN_IF_ERROR(index->addSegment(context, *info));
    }
    for (Entry& entry : index->traces_) {
        entry.services = static_cast<uint32_t>(entry.serviceIds.size());
        entry.serviceIds = {};
    }
    index->numbers_ = {};
    context.cache().traces = index;
    return context.cache().traces;
}

const std::vector<uint32_t>& TraceIndex::codes(int64_t segment) const {
    static const std::vector<uint32_t> kEmpty;
    const auto found = codes_.find(segment);
    return found == codes_.end() ? kEmpty : found->second;
}

Status TraceIndex::addSegment(QueryContext& context, const store::SegmentInfo& info) {
    NJ_ASSIGN(const store::SegmentView* view, context.view(info.id));
    NJ_ASSIGN(const store::TraceIdColumn ids, view->traceIds());
    NJ_ASSIGN(const std::vector<TimeNs> starts, view->exactStart());
    NJ_ASSIGN(const std::vector<TimeNs> ends, view->exactEnd());
    NJ_ASSIGN(const std::vector<SpanId> parents, view->parentIds());
    NJ_ASSIGN(const store::CodeColumn services, view->service());
    NJ_ASSIGN(const store::CodeColumn names, view->name());
    NJ_ASSIGN(const std::span<const uint8_t> status, view->status());
    if (starts.size() != info.rows || ends.size() != info.rows || parents.size() != info.rows || status.size() != info.rows)
        return makeError(ErrorCode::kMalformed, "a span segment's columns have different lengths");

    std::vector<uint32_t>& numbers = codes_[info.id];
    numbers.assign(ids.table.size(), kNoIndex);
    for (size_t code = 0; code < ids.table.size(); ++code) {
        if (ids.table[code].empty())
            continue;
        const auto [it, fresh] = numbers_.try_emplace(ids.table[code], static_cast<uint32_t>(traces_.size()));
        if (fresh)
            traces_.emplace_back().id = ids.table[code];
        numbers[code] = it->second;
    }
    for (uint32_t row = 0; row < info.rows; ++row) {
        const uint32_t code = ids.codes.code(row);
        if (code >= numbers.size() || numbers[code] == kNoIndex)
            continue;
        Entry& trace = traces_[numbers[code]];
        const TimeNs start = starts[row], end = std::max(start, ends[row]);
        const bool root = parents[row].empty();
        // A true root beats any other span; among equals the earliest.
        if (trace.spans == 0 || (root && !trace.hasRoot) || (root == trace.hasRoot && start < trace.rootStart)) {
            trace.hasRoot = trace.hasRoot || root;
            trace.rootStart = start;
            trace.rootService = services.id(row);
            trace.rootName = names.id(row);
        }
        trace.start = trace.spans == 0 ? start : std::min(trace.start, start);
        trace.end = trace.spans == 0 ? end : std::max(trace.end, end);
        ++trace.spans;
        trace.errors += status[row] == static_cast<uint8_t>(SpanStatus::kError) ? 1 : 0;
        const uint32_t service = services.id(row);
        if (trace.serviceIds.size() < 64 && std::find(trace.serviceIds.begin(), trace.serviceIds.end(), service) == trace.serviceIds.end())
            trace.serviceIds.push_back(service);
    }
    return {};
}

}  // namespace nj::query
