#include "query/capsule/trace_rows.h"

#include <algorithm>
#include <set>

#include "analyze/stage.h"
#include "base/utf8.h"

namespace nj::query {
namespace {

constexpr size_t kFewRows = 48;          // below this, single rows are cheaper than whole columns …
constexpr size_t kCloseRows = 1024;      // … and all rows of so short a stretch than either
constexpr size_t kTraceLogBody = 1024;

Error unequalColumns() { return makeError(ErrorCode::kMalformed, "a span segment's columns have different lengths"); }

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

// Appends what the shape of a trace is made of.
Status appendTreeSpans(const store::SegmentView& view, const std::vector<uint32_t>& rows, std::vector<analyze::TreeSpan>& out) {
    NJ_ASSIGN(const std::vector<TimeNs> start, view.exactStart());
    NJ_ASSIGN(const std::vector<TimeNs> end, view.exactEnd());
    NJ_ASSIGN(const std::span<const SpanId> ids, view.spanIds());
    NJ_ASSIGN(const std::vector<SpanId> parents, view.parentIds());
    NJ_ASSIGN(const store::CodeColumn resource, view.resource());
    const size_t n = view.info().rows;
    if (start.size() < n || end.size() < n || ids.size() < n || parents.size() < n)
        return unequalColumns();
    for (const uint32_t row : rows)
        out.push_back({ids[row], parents[row], start[row], end[row], resource.id(row)});
    return {};
}

// The other fixed columns of one span segment, opened once.
class SpanReader {
public:
    static Result<SpanReader> open(QueryContext& context, const store::SegmentView& view) {
        SpanReader reader;
        reader.context_ = &context;
        reader.view_ = &view;
        NJ_ASSIGN(reader.service_, view.service());
        NJ_ASSIGN(reader.name_, view.name());
        NJ_ASSIGN(reader.kind_, view.kind());
        NJ_ASSIGN(reader.status_, view.status());
        NJ_ASSIGN(reader.scopes_, view.scopes());
        const size_t n = view.info().rows;
        if (reader.kind_.size() < n || reader.status_.size() < n || reader.scopes_.size() < n)
            return unequalColumns();
        return reader;
    }
    Status read(uint32_t row, const analyze::TreeSpan& shape, TraceSpan& span) const {
        const store::Snapshot& snapshot = context_->snapshot();
        NJ_ASSIGN(span.seq, view_->seqOf(row));
        span.id = shape.id;
        span.parentId = shape.parentId;
        span.start = shape.start;
        span.end = shape.end;
        span.resourceId = shape.place;
        span.service = snapshot.text(service_.id(row));
        span.name = snapshot.text(name_.id(row));
        span.kind = static_cast<SpanKind>(kind_[row]);
        span.status = static_cast<SpanStatus>(status_[row]);
        if (scopes_[row] != kNoIndex)
            span.scope = snapshot.scope(scopes_[row]).name;
        return {};
    }

private:
    QueryContext* context_ = nullptr;
    const store::SegmentView* view_ = nullptr;
    store::CodeColumn service_, name_;
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

// Attributes of rows[i] → spans[place[i]].
Status addAttributes(const store::SegmentView& view, const std::vector<uint32_t>& rows, std::span<const uint32_t> place, bool all, std::vector<TraceSpan>& spans) {
    if (const uint32_t count = rows.back() - rows.front() + 1; all && count <= kCloseRows) {
        NJ_ASSIGN(std::vector<AttributeList> lists, view.attributes(rows.front(), count));
        for (size_t i = 0; i < rows.size(); ++i)
            spans[place[i]].attributes = std::move(lists[rows[i] - rows.front()]);
        return {};
    }
    if (all && rows.size() <= kFewRows) {
        for (size_t i = 0; i < rows.size(); ++i) {
            NJ_ASSIGN(spans[place[i]].attributes, view.attributes(rows[i]));
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
                spans[place[i]].attributes.push_back({info.key, valueAt(values, entry)});
        }
    }
    return {};
}

Status addStatusMessages(const store::SegmentView& view, const std::vector<uint32_t>& rows, std::span<const uint32_t> place, std::vector<TraceSpan>& spans) {
    size_t i = 0;
    return view.scanText(store::TextColumn::kStatusMessage, rows.front(), rows.back() - rows.front() + 1, [&](uint32_t row, std::string_view text) {
        while (i < rows.size() && rows[i] < row)
            ++i;
        if (!text.empty() && i < rows.size() && rows[i] == row)
            spans[place[i]].statusMessage = text;
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
    std::optional<Owners> owners;   // made for the first segment that may have some
    for (const auto& info : context.snapshot().segments(signal)) {
        if (!imports.contains(info->import))
            continue;
        if (!owners)
            owners.emplace(spans);
        NJ_RETURN_IF_ERROR(context.checkStop());
        NJ_ASSIGN(const store::SegmentView* view, context.view(info->id));
        NJ_ASSIGN(const std::vector<int64_t> seqs, view->ownerSeq());
        std::vector<std::pair<uint32_t, size_t>> hits;
        for (uint32_t row = 0; row < seqs.size(); ++row)
            if (const auto span = owners->find(seqs[row]))
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
        if (span.events.size() > 1)
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

Result<TraceRows> findTraceSpans(QueryContext& context, const TraceId& id) {
    TraceRows found;
    for (const auto& info : context.snapshot().segments(Signal::kSpan)) {
        NJ_RETURN_IF_ERROR(context.checkStop());
        NJ_ASSIGN(const store::SegmentView* view, context.view(info->id));
        NJ_ASSIGN(std::vector<uint32_t> rows, rowsOfTrace(*view, id));
        if (rows.empty())
            continue;
        NJ_RETURN_IF_ERROR(appendTreeSpans(*view, rows, found.spans));
        found.parts.push_back({view, std::move(rows)});
    }
    return found;
}

Result<std::vector<TraceSpan>> readTraceSpans(QueryContext& context, const TraceRows& rows, std::span<const uint32_t> place) {
    const bool detailed = rows.spans.size() <= kMaxDetailedSpans;
    std::vector<TraceSpan> spans(rows.spans.size());
    std::set<ImportId> imports;
    size_t first = 0;
    for (const TraceRows::Part& part : rows.parts) {
        NJ_RETURN_IF_ERROR(context.checkStop());
        imports.insert(part.view->info().import);
        NJ_ASSIGN(const SpanReader reader, SpanReader::open(context, *part.view));
        const auto places = place.subspan(first, part.rows.size());
        for (size_t i = 0; i < part.rows.size(); ++i)
            NJ_RETURN_IF_ERROR(reader.read(part.rows[i], rows.spans[first + i], spans[places[i]]));
        NJ_RETURN_IF_ERROR(addAttributes(*part.view, part.rows, places, detailed, spans));
        NJ_RETURN_IF_ERROR(addStatusMessages(*part.view, part.rows, places, spans));
        first += part.rows.size();
    }
    NJ_RETURN_IF_ERROR(addEvents(context, imports, spans));
    NJ_RETURN_IF_ERROR(addLinks(context, imports, spans));
    return spans;
}

Result<TraceSpan> readSpan(QueryContext& context, const store::SegmentView& view, uint32_t row) {
    TraceRows one;
    one.parts.push_back({&view, {row}});
    NJ_RETURN_IF_ERROR(appendTreeSpans(view, {row}, one.spans));
    const uint32_t place = 0;
    NJ_ASSIGN(std::vector<TraceSpan> spans, readTraceSpans(context, one, {&place, 1}));
    return std::move(spans.front());
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
