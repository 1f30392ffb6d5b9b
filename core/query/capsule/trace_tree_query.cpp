// One trace as a tree with its critical path, self times and stages; one span in detail.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "analyze/stage.h"
#include "analyze/trace_time.h"
#include "analyze/trace_tree.h"
#include "query/capsule/questions.h"
#include "query/capsule/row_details.h"
#include "query/capsule/trace_rows.h"

namespace nj::query {
namespace {

std::optional<double> seconds(const AttributeList& attributes, std::string_view key) {
    const AttributeValue* value = findAttribute(attributes, key);
    if (!value || (value->type != ValueType::kDouble && value->type != ValueType::kInt))
        return std::nullopt;
    return value->type == ValueType::kInt ? static_cast<double>(value->integer) : value->number;
}

void addStages(TraceSpan& span) {
    analyze::EngineTimes times;
    times.queue = seconds(span.attributes, analyze::kQueueKey);
    times.prefill = seconds(span.attributes, analyze::kPrefillKey);
    times.decode = seconds(span.attributes, analyze::kDecodeKey);
    times.timeToFirstToken = seconds(span.attributes, analyze::kFirstTokenKey);
    for (const analyze::StagePart& part : analyze::engineParts(times, span.start, span.end))
        span.stages.push_back({analyze::stageName(part.stage), part.from, part.to});
}

std::string spans(uint32_t n) { return n == 1 ? "1 span" : fmt::format("{} spans", n); }

std::vector<std::string> warningsOf(const analyze::TraceShape& shape, size_t total, uint64_t moreLogs) {
    std::vector<std::string> out;
    const char* const s[2] = {"", "s"};
    const auto plural = [&](uint32_t n) { return s[n == 1 ? 1 : 0]; };   // of the verb
    if (shape.orphans > 0)
        out.push_back(fmt::format("{} name{} a parent that is not here", spans(shape.orphans), plural(shape.orphans)));
    if (shape.roots > 1)
        out.push_back(fmt::format("{} spans have no parent: the trace has several roots", shape.roots));
    if (shape.roots == 0 && total > 0)
        out.push_back("no span without a parent: the root of this trace is missing");
    if (shape.cycles > 0)
        out.push_back(fmt::format("{} of spans that are each other's ancestors, cut at the earliest", shape.cycles == 1 ? "1 cycle" : fmt::format("{} cycles", shape.cycles)));
    if (shape.duplicates > 0)
        out.push_back(fmt::format("{} share{} an id with another span", spans(shape.duplicates), plural(shape.duplicates)));
    if (shape.reversed > 0)
        out.push_back(fmt::format("{} end{} before the start", spans(shape.reversed), plural(shape.reversed)));
    if (shape.skewed > 0)
        out.push_back(fmt::format("{} start{} before the parent on another host: clocks differ", spans(shape.skewed), plural(shape.skewed)));
    if (total > kMaxDetailedSpans)
        out.push_back(fmt::format("more than {} spans: attributes are shown in each span's detail only", kMaxDetailedSpans));
    if (moreLogs > 0)
        out.push_back(fmt::format("{} more log records of this trace are not shown here", moreLogs));
    return out;
}

// Fills what follows from the shape: the spans stand in its order.
void applyShape(const analyze::TraceShape& shape, const std::vector<analyze::TreeSpan>& shapeSpans, TraceTree& tree) {
    const std::vector<DurationNs> self = analyze::selfTimes(shape, shapeSpans);
    for (size_t i = 0; i < shape.nodes.size(); ++i) {
        const analyze::TreeNode& node = shape.nodes[i];
        TraceSpan& span = tree.spans[i];
        span.parent = node.parent;
        span.depth = node.depth;
        span.childCount = node.childCount;
        span.self = self[i];
        span.orphan = node.orphan;
        span.inCycle = node.inCycle;
        span.duplicateId = node.duplicateId;
        span.endBeforeStart = node.endBeforeStart;
        span.skewed = node.skewed;
        if (!span.attributes.empty())
            addStages(span);
    }
    for (const analyze::PathPart& part : analyze::criticalPath(shape, shapeSpans)) {
        TraceSpan& span = tree.spans[part.node];
        span.onCriticalPath = true;
        span.criticalParts.emplace_back(part.from, part.to);
    }
}

void summarise(TraceTree& tree) {
    std::set<std::string_view> services;
    std::string_view last;
    for (const TraceSpan& span : tree.spans) {
        const bool first = services.empty();
        const TimeNs end = std::max(span.start, span.end);
        tree.from = first ? span.start : std::min(tree.from, span.start);
        tree.to = first ? end : std::max(tree.to, end);
        tree.errors += span.status == SpanStatus::kError ? 1 : 0;
        if (first || span.service != last)
            services.insert(last = span.service);
    }
    tree.services = static_cast<uint32_t>(services.size());
    if (tree.spans.empty()) {
        tree.from = tree.logs.front().time;
        tree.to = tree.logs.back().time;
    }
}

}  // namespace

Result<TraceTree> answerTraceTree(QueryContext& context, const TraceId& id) {
    if (id.empty())
        return makeError(ErrorCode::kInvalidArgument, "the all-zero id names no trace");
    NJ_ASSIGN(const TraceRows rows, findTraceSpans(context, id));
    uint64_t moreLogs = 0;
    TraceTree tree;
    tree.id = id;
    NJ_ASSIGN(tree.logs, readTraceLogs(context, id, moreLogs));
    if (rows.spans.empty() && tree.logs.empty())
        return makeError(ErrorCode::kNotFound, "no span or log record has trace id " + id.hex());
    const analyze::TraceShape shape = analyze::buildTraceShape(rows.spans);
    NJ_RETURN_IF_ERROR(context.checkStop());
    std::vector<uint32_t> place(rows.spans.size());
    for (uint32_t i = 0; i < shape.nodes.size(); ++i)
        place[shape.nodes[i].span] = i;
    NJ_ASSIGN(tree.spans, readTraceSpans(context, rows, place));
    applyShape(shape, rows.spans, tree);
    summarise(tree);
    tree.warnings = warningsOf(shape, tree.spans.size(), moreLogs);
    return tree;
}

Result<SpanDetail> answerSpanDetail(QueryContext& context, int64_t seq) {
    NJ_ASSIGN(auto located, context.reader().locate(context.snapshot(), Signal::kSpan, seq));
    const store::SegmentView& view = *located.first;
    const uint32_t row = located.second;
    SpanDetail detail;
    NJ_ASSIGN(detail.span, readSpan(context, view, row));
    detail.span.endBeforeStart = detail.span.end < detail.span.start;
    detail.span.self = std::max<DurationNs>(0, detail.span.end - detail.span.start);
    addStages(detail.span);
    NJ_ASSIGN(const store::TraceIdColumn traces, view.traceIds());
    if (traces.codes.code(row) < traces.table.size())
        detail.traceId = traces.at(row);
    detail.resource = context.snapshot().resource(detail.span.resourceId);
    NJ_ASSIGN(const std::vector<uint32_t> scopes, view.scopes());
    if (row < scopes.size() && scopes[row] != kNoIndex)
        detail.scope = context.snapshot().scope(scopes[row]);
    NJ_ASSIGN(detail.traceState, view.text(store::TextColumn::kTraceState, row));
    NJ_ASSIGN(const std::vector<uint32_t> flags, view.flags());
    detail.flags = row < flags.size() ? flags[row] : 0;
    NJ_ASSIGN(const auto dropped, view.dropped());
    if (row < dropped.size()) {
        detail.droppedAttributes = dropped[row][0];
        detail.droppedEvents = dropped[row][1];
        detail.droppedLinks = dropped[row][2];
    }
    NJ_ASSIGN(detail.import, context.import(view.info().import));
    NJ_ASSIGN(detail.entities, entitiesOf(context, detail.resource, detail.span.attributes));
    if (detail.span.kind == SpanKind::kClient || detail.span.kind == SpanKind::kProducer) {
        // An attempt that got no answer has no span on the other side: whom it called is all there is.
        NJ_ASSIGN(const std::vector<Entity> called, calledEntities(context, detail.span.attributes));
        const auto known = [&](const Entity& e) { return std::any_of(detail.entities.begin(), detail.entities.end(), [&](const Entity& own) { return own.kind == e.kind && own.key == e.key; }); };
        std::copy_if(called.begin(), called.end(), std::back_inserter(detail.entities), [&](const Entity& e) { return !known(e); });
    }
    return detail;
}

}  // namespace nj::query
