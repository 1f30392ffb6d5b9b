#include "query/capsule/trace_rows.h"

#include <algorithm>
#include <set>

#include "analyze/stage.h"
#include "base/utf8.h"

namespace nj::query {
namespace {

constexpr size_t kFewRows = 48;          // below this, single rows are cheaper than whole columns
constexpr size_t kTraceLogBody = 1024;

// Rows of the trace in one segment, ascending.
Result<std::vector<uint32_t>> rowsOfTrace(const store::SegmentView& view, const TraceId& id) {
    std::vector<uint32_t> rows;
    NJ_ASSIGN(const bool may, view.mayContainTrace(id));
    if (!may)
        return rows;
    NJ_ASSIGN(const store::TraceIdColumn ids, view.traceIds());
    const auto found = std::lower_bound(ids.table.begin(), ids.table.end(), id);
    if (found == ids.table.end() || *found != id)
        return rows;
    const auto code = static_cast<uint32_t>(found - ids.table.begin());
    for (uint32_t row = 0; row < view.info().rows; ++row)
        if (ids.codes.code(row) == code)
            rows.push_back(row);
    return rows;
}

// Columns of one span segment, opened once.
class SpanReader {
public:
    static Result<SpanReader> open(QueryContext& context, const store::SegmentView& view) {
        SpanReader reader;
        reader.context_ = &context;
        reader.view_ = &view;
        NJ_ASSIGN(reader.start_, view.exactStart());
        NJ_ASSIGN(reader.end_, view.exactEnd());
        NJ_ASSIGN(reader.ids_, view.spanIds());
        NJ_ASSIGN(reader.parents_, view.parentIds());
        NJ_ASSIGN(reader.service_, view.service());
        NJ_ASSIGN(reader.name_, view.name());
        NJ_ASSIGN(reader.resource_, view.resource());
        NJ_ASSIGN(reader.kind_, view.kind());
        NJ_ASSIGN(reader.status_, view.status());
        NJ_ASSIGN(reader.scopes_, view.scopes());
        const size_t n = view.info().rows;
        if (reader.start_.size() < n || reader.end_.size() < n || reader.ids_.size() < n || reader.parents_.size() < n || reader.kind_.size() < n ||
            reader.status_.size() < n || reader.scopes_.size() < n)
            return makeError(ErrorCode::kMalformed, "a span segment's columns have different lengths");
        return reader;
    }
    Result<TraceSpan> read(uint32_t row) const {
        const store::Snapshot& snapshot = context_->snapshot();
        TraceSpan span;
        NJ_ASSIGN(span.seq, view_->seqOf(row));
        span.id = ids_[row];
        span.parentId = parents_[row];
        span.start = start_[row];
        span.end = end_[row];
        span.service = snapshot.text(service_.id(row));
        span.name = snapshot.text(name_.id(row));
        span.resourceId = resource_.id(row);
        span.kind = static_cast<SpanKind>(kind_[row]);
        span.status = static_cast<SpanStatus>(status_[row]);
        if (scopes_[row] != kNoIndex)
            span.scope = snapshot.scope(scopes_[row]).name;
        return span;
    }

private:
    QueryContext* context_ = nullptr;
    const store::SegmentView* view_ = nullptr;
    std::vector<TimeNs> start_, end_;
    std::span<const SpanId> ids_;
    std::vector<SpanId> parents_;
    store::CodeColumn service_, name_, resource_;
    std::span<const uint8_t> kind_, status_;
    std::vector<uint32_t> scopes_;
};

AttributeValue valueAt(const store::AttributeValues& values, size_t entry) {
    AttributeValue out;
    out.type = values.type;
    switch (values.type) {
    case ValueType::kString:
    case ValueType::kBytes:
    case ValueType::kJson: out.text = values.text(entry); break;
    case ValueType::kInt:
    case ValueType::kBool: out.integer = values.integers[entry]; break;
    case ValueType::kDouble: out.number = values.numbers[entry]; break;
    case ValueType::kEmpty: break;
    }
    return out;
}

bool isEngineKey(std::string_view key) { return key == analyze::kQueueKey || key == analyze::kPrefillKey || key == analyze::kDecodeKey || key == analyze::kFirstTokenKey; }

// Attributes of rows[i] → spans[first + i].
Status addAttributes(const store::SegmentView& view, const std::vector<uint32_t>& rows, size_t first, bool all, std::vector<TraceSpan>& spans) {
    if (rows.size() <= kFewRows) {
        for (size_t i = 0; i < rows.size(); ++i) {
            NJ_ASSIGN(spans[first + i].attributes, view.attributes(rows[i]));
        }
        return {};
    }
    for (const store::AttributeInfo& info : view.info().attributes) {
        if (!all && !isEngineKey(info.key))
            continue;
        NJ_ASSIGN(const store::AttributeValues values, view.attribute(info.key, info.type));
        const size_t n = values.size();
        size_t entry = 0;
        for (size_t i = 0; i < rows.size(); ++i) {
            if (values.dense)
                entry = rows[i];
            else
                entry = static_cast<size_t>(std::lower_bound(values.rows.begin() + static_cast<std::ptrdiff_t>(entry), values.rows.end(), rows[i]) - values.rows.begin());
            if (entry < n && (values.dense || values.rows[entry] == rows[i]))
                spans[first + i].attributes.push_back({info.key, valueAt(values, entry)});
        }
    }
    return {};
}

Status addStatusMessages(const store::SegmentView& view, const std::vector<uint32_t>& rows, size_t first, std::vector<TraceSpan>& spans) {
    if (rows.size() <= kFewRows) {
        for (size_t i = 0; i < rows.size(); ++i) {
            NJ_ASSIGN(spans[first + i].statusMessage, view.text(store::TextColumn::kStatusMessage, rows[i]));
        }
        return {};
    }
    size_t i = 0;
    return view.scanText(store::TextColumn::kStatusMessage, rows.front(), rows.back() - rows.front() + 1, [&](uint32_t row, std::string_view text) {
        while (i < rows.size() && rows[i] < row)
            ++i;
        if (i < rows.size() && rows[i] == row)
            spans[first + i].statusMessage = text;
        return i < rows.size();
    });
}

// Which of the spans a child row's owner is.
class Owners {
public:
    explicit Owners(const std::vector<TraceSpan>& spans) {
        for (size_t i = 0; i < spans.size(); ++i)
            seqs_.emplace_back(spans[i].seq, i);
        std::sort(seqs_.begin(), seqs_.end());
    }
    [[nodiscard]] std::optional<size_t> find(int64_t seq) const {
        const auto it = std::lower_bound(seqs_.begin(), seqs_.end(), std::pair<int64_t, size_t>(seq, 0));
        return it != seqs_.end() && it->first == seq ? std::optional(it->second) : std::nullopt;
    }

private:
    std::vector<std::pair<int64_t, size_t>> seqs_;
};

// Calls visit(view, row, span index) for the events or links of the spans. Owner and child lie in the same import.
template <typename Visit>
Status forEachOwned(QueryContext& context, Signal signal, const std::set<ImportId>& imports, const std::vector<TraceSpan>& spans, Visit&& visit) {
    const Owners owners(spans);
    for (const auto& info : context.snapshot().segments(signal)) {
        if (!imports.contains(info->import))
            continue;
        NJ_RETURN_IF_ERROR(context.checkStop());
        NJ_ASSIGN(const store::SegmentView* view, context.view(info->id));
        NJ_ASSIGN(const std::vector<int64_t> seqs, view->ownerSeq());
        std::vector<std::pair<uint32_t, size_t>> hits;
        for (uint32_t row = 0; row < seqs.size(); ++row)
            if (const auto span = owners.find(seqs[row]))
                hits.emplace_back(row, *span);
        if (!hits.empty())
            NJ_RETURN_IF_ERROR(visit(*view, hits));
    }
    return {};
}

using Hits = std::vector<std::pair<uint32_t, size_t>>;

Status addEvents(QueryContext& context, const std::set<ImportId>& imports, std::vector<TraceSpan>& spans) {
    NJ_RETURN_IF_ERROR(forEachOwned(context, Signal::kSpanEvent, imports, spans, [&](const store::SegmentView& view, const Hits& hits) -> Status {
        NJ_ASSIGN(const std::vector<TimeNs> times, view.exactStart());
        NJ_ASSIGN(const store::CodeColumn names, view.name());
        for (const auto& [row, span] : hits) {
            TraceSpan::Event event{row < times.size() ? times[row] : 0, std::string(context.snapshot().text(names.id(row))), {}};
            if (hits.size() <= 2000) {
                NJ_ASSIGN(event.attributes, view.attributes(row));
            }
            spans[span].events.push_back(std::move(event));
        }
        return {};
    }));
    for (TraceSpan& span : spans)
        std::stable_sort(span.events.begin(), span.events.end(), [](const auto& a, const auto& b) { return a.time < b.time; });
    return {};
}

Status addLinks(QueryContext& context, const std::set<ImportId>& imports, std::vector<TraceSpan>& spans) {
    return forEachOwned(context, Signal::kSpanLink, imports, spans, [&](const store::SegmentView& view, const Hits& hits) -> Status {
        NJ_ASSIGN(const store::TraceIdColumn traces, view.traceIds());
        NJ_ASSIGN(const std::span<const SpanId> ids, view.spanIds());
        for (const auto& [row, span] : hits)
            if (row < ids.size() && traces.codes.code(row) < traces.table.size())
                spans[span].links.push_back({traces.at(row), ids[row]});
        return {};
    });
}

}  // namespace

Result<std::vector<TraceSpan>> readTraceSpans(QueryContext& context, const TraceId& id) {
    struct Found { const store::SegmentView* view; std::vector<uint32_t> rows; };
    std::vector<Found> found;
    size_t total = 0;
    for (const auto& info : context.snapshot().segments(Signal::kSpan)) {
        NJ_RETURN_IF_ERROR(context.checkStop());
        NJ_ASSIGN(const store::SegmentView* view, context.view(info->id));
        NJ_ASSIGN(std::vector<uint32_t> rows, rowsOfTrace(*view, id));
        total += rows.size();
        if (!rows.empty())
            found.push_back({view, std::move(rows)});
    }
    const bool detailed = total <= kMaxDetailedSpans;
    std::vector<TraceSpan> spans;
    spans.reserve(total);
    std::set<ImportId> imports;
    for (const Found& part : found) {
        NJ_RETURN_IF_ERROR(context.checkStop());
        const size_t first = spans.size();
        imports.insert(part.view->info().import);
        NJ_ASSIGN(const SpanReader reader, SpanReader::open(context, *part.view));
        for (const uint32_t row : part.rows) {
            NJ_ASSIGN(TraceSpan span, reader.read(row));
            spans.push_back(std::move(span));
        }
        NJ_RETURN_IF_ERROR(addAttributes(*part.view, part.rows, first, detailed, spans));
        NJ_RETURN_IF_ERROR(addStatusMessages(*part.view, part.rows, first, spans));
    }
    NJ_RETURN_IF_ERROR(addEvents(context, imports, spans));
    NJ_RETURN_IF_ERROR(addLinks(context, imports, spans));
    return spans;
}

Result<TraceSpan> readSpan(QueryContext& context, const store::SegmentView& view, uint32_t row) {
    NJ_ASSIGN(const SpanReader reader, SpanReader::open(context, view));
    NJ_ASSIGN(TraceSpan read, reader.read(row));
    std::vector<TraceSpan> one;
    one.push_back(std::move(read));
    NJ_RETURN_IF_ERROR(addAttributes(view, {row}, 0, true, one));
    NJ_RETURN_IF_ERROR(addStatusMessages(view, {row}, 0, one));
    const std::set<ImportId> imports = {view.info().import};
    NJ_RETURN_IF_ERROR(addEvents(context, imports, one));
    NJ_RETURN_IF_ERROR(addLinks(context, imports, one));
    return std::move(one.front());
}

Result<std::vector<TraceLog>> readTraceLogs(QueryContext& context, const TraceId& id, uint64_t& more) {
    std::vector<TraceLog> logs;
    more = 0;
    for (const auto& info : context.snapshot().segments(Signal::kLog)) {
        NJ_RETURN_IF_ERROR(context.checkStop());
        NJ_ASSIGN(const store::SegmentView* view, context.view(info->id));
        NJ_ASSIGN(const std::vector<uint32_t> rows, rowsOfTrace(*view, id));
        if (rows.empty())
            continue;
        NJ_ASSIGN(const std::vector<TimeNs> times, view->exactStart());
        NJ_ASSIGN(const std::span<const uint8_t> severity, view->severity());
        NJ_ASSIGN(const std::span<const SpanId> spans, view->spanIds());
        NJ_ASSIGN(const store::CodeColumn services, view->service());
        for (const uint32_t row : rows) {
            if (logs.size() >= kMaxTraceLogs || row >= times.size() || row >= severity.size() || row >= spans.size()) {
                ++more;
                continue;
            }
            TraceLog log;
            NJ_ASSIGN(log.seq, view->seqOf(row));
            log.time = times[row];
            log.severity = severity[row];
            log.span = spans[row];
            log.service = context.snapshot().text(services.id(row));
            NJ_ASSIGN(const std::string body, view->text(store::TextColumn::kBody, row));
            log.body = utf8Prefix(body, kTraceLogBody);
            logs.push_back(std::move(log));
        }
    }
    std::stable_sort(logs.begin(), logs.end(), [](const TraceLog& a, const TraceLog& b) { return a.time < b.time; });
    return logs;
}

}  // namespace nj::query
