#include "query/capsule/query_context.h"

#include <algorithm>
#include <limits>

#include "promql/capsule/capsule_querier.h"
#include "query/capsule/entity_names.h"
#include "query/capsule/log_matches.h"
#include "query/capsule/trace_index.h"

namespace nj::query {

QueryCache::QueryCache() = default;
QueryCache::~QueryCache() = default;

void QueryCache::clear() {
    views.clear();
    rowSets.clear();
    rowSetBytes = 0;
    traces.reset();
    logMatches.clear();
    splits.clear();
    logKinds.clear();
    fingerprints.clear();
    entityNames.reset();
    entities.reset();
    gpuEvents.reset();
    imports.reset();
    promql.reset();
}

Status QueryContext::checkStop() const {
    if (stop_.stop_requested())
        return makeError(ErrorCode::kCancelled, "the question was withdrawn");
    return {};
}

Result<promql::CapsuleQuerier*> QueryContext::promql() {
    if (!cache_.promql) {
        NJ_ASSIGN(cache_.promql, promql::CapsuleQuerier::of(reader_, snapshot_));
    }
    return cache_.promql.get();
}

Result<const store::SegmentView*> QueryContext::view(int64_t segment) {
    auto& slot = cache_.views[segment];
    if (!slot) {
        auto opened = reader_.view(*snapshot_, segment);
        if (!opened.ok()) {
            cache_.views.erase(segment);
            return opened.error();
        }
        slot = std::move(opened).value();
    }
    return slot.get();
}

std::vector<const store::SegmentInfo*> QueryContext::segments(Signal signal, TimeRange range) const {
    std::vector<const store::SegmentInfo*> found;
    for (const auto& info : snapshot_->segments(signal))
        if (info->rows > 0 && info->range.from < range.to && range.from < info->range.to)
            found.push_back(info.get());
    return found;
}

Result<RowSpan> QueryContext::rowsIn(const store::SegmentView& view, TimeRange range) const {
    const store::SegmentInfo& info = view.info();
    if (range.from <= info.range.from && info.range.to <= range.to)
        return RowSpan{0, info.rows};
    NJ_ASSIGN(const store::StartColumn start, view.start());
    const TimeNs step = start.shift < 62 ? TimeNs{1} << start.shift : std::numeric_limits<TimeNs>::max();
    std::vector<TimeNs> exact;
    // The hot column is right to `step`; only an edge among rows closer than that needs the exact times.
    const auto edge = [&](TimeNs instant) -> Result<uint32_t> {
        if (instant <= info.range.from)
            return uint32_t{0};
        if (instant >= info.range.to)
            return info.rows;
        const size_t surelyBelow = instant < std::numeric_limits<TimeNs>::min() + 2 * step || step > (TimeNs{1} << 60) ? 0 : start.lowerBound(instant - 2 * step);
        const size_t surelyNot = step > (TimeNs{1} << 60) ? info.rows : start.lowerBound(instant + 2 * step);
        if (surelyBelow == surelyNot)
            return static_cast<uint32_t>(surelyNot);
        if (exact.empty()) {
            NJ_ASSIGN(exact, view.exactStart());
            if (exact.size() != info.rows)
                return makeError(ErrorCode::kMalformed, "a segment's start column has a wrong length");
        }
        const auto first = exact.begin() + static_cast<std::ptrdiff_t>(std::min<size_t>(surelyBelow, info.rows));
        const auto last = exact.begin() + static_cast<std::ptrdiff_t>(std::min<size_t>(std::max(surelyNot, surelyBelow), info.rows));
        return static_cast<uint32_t>(std::lower_bound(first, last, instant) - exact.begin());
    };
    NJ_ASSIGN(const uint32_t from, edge(range.from));
    NJ_ASSIGN(const uint32_t to, edge(range.to));
    return RowSpan{from, std::max(from, to)};
}

Result<const EntityGraph*> QueryContext::entities() {
    if (!cache_.entities) {
        NJ_ASSIGN(EntityGraph graph, reader_.entities());
        cache_.entities = std::make_shared<const EntityGraph>(std::move(graph));
    }
    return cache_.entities.get();
}

Result<ImportSummary> QueryContext::import(int64_t id) {
    if (!cache_.imports) {
        NJ_ASSIGN(std::vector<store::ImportRow> rows, reader_.imports());
        cache_.imports = std::make_shared<const std::vector<store::ImportRow>>(std::move(rows));
    }
    for (const store::ImportRow& row : *cache_.imports)
        if (row.id == id)
            return importSummary(row);
    return ImportSummary{};
}

TimeRange wholeIfEmpty(TimeRange range) {
    return range.empty() ? TimeRange{std::numeric_limits<TimeNs>::min(), std::numeric_limits<TimeNs>::max()} : range;
}

ImportSummary importSummary(const store::ImportRow& row) {
    ImportSummary out;
    out.id = row.id;
    out.path = row.path;
    out.format = row.format;
    out.state = row.state;
    out.assumedZone = row.assumedZone;
    out.note = row.note;
    out.bytes = row.bytes;
    out.spans = row.spans;
    out.logs = row.logs;
    out.samples = row.samples;
    out.series = row.series;
    out.documents = row.documents;
    out.rejected = row.rejected;
    out.duplicates = row.duplicates;
    out.range = row.range;
    out.startedAt = row.startedAt;
    out.finishedAt = row.finishedAt;
    return out;
}

Columns Columns::of(TimeRange range, int wanted, DurationNs minimum) {
    Columns columns;
    columns.from = range.from;
    // Unsigned: a range may span more than 2^63 ns.
    const uint64_t length = range.empty() ? 1 : static_cast<uint64_t>(range.to) - static_cast<uint64_t>(range.from);
    const auto count = static_cast<uint64_t>(std::clamp(wanted, 1, 20'000));
    const uint64_t width = std::max({length / count + (length % count != 0 ? 1 : 0), static_cast<uint64_t>(std::max<DurationNs>(minimum, 1)), uint64_t{1}});
    columns.width = static_cast<DurationNs>(std::min<uint64_t>(width, std::numeric_limits<DurationNs>::max()));
    const auto shown = static_cast<uint64_t>(columns.width);
    columns.count = std::max<size_t>(1, static_cast<size_t>(length / shown + (length % shown != 0 ? 1 : 0)));
    return columns;
}

}  // namespace nj::query
