#include "query/capsule/row_details.h"

#include <algorithm>
#include <deque>
#include <utility>

#include "base/utf8.h"

namespace nj::query {

Result<LogRowReader> LogRowReader::open(QueryContext& context, const store::SegmentView& view) {
    LogRowReader reader;
    reader.context_ = &context;
    reader.view_ = &view;
    NJ_ASSIGN(reader.time_, view.exactStart());
    NJ_ASSIGN(reader.observed_, view.exactEnd());
    NJ_ASSIGN(reader.severity_, view.severity());
    NJ_ASSIGN(reader.timeFlags_, view.timeFlags());
    NJ_ASSIGN(reader.service_, view.service());
    NJ_ASSIGN(reader.traces_, view.traceIds());
    NJ_ASSIGN(reader.spans_, view.spanIds());
    return reader;
}

Result<LogRow> LogRowReader::read(uint32_t row) const {
    if (row >= time_.size() || row >= severity_.size())
        return makeError(ErrorCode::kMalformed, "a log segment's columns have different lengths");
    LogRow out;
    NJ_ASSIGN(out.seq, view_->seqOf(row));
    out.time = time_[row];
    out.observedTime = row < observed_.size() ? observed_[row] : 0;
    out.severity = severity_[row];
    out.timeFlags = row < timeFlags_.size() ? timeFlags_[row] : uint8_t{0};
    out.service = context_->snapshot().text(service_.id(row));
    NJ_ASSIGN(std::string body, view_->text(store::TextColumn::kBody, row));
    out.bodyCut = body.size() > kMaxBody;
    out.body = out.bodyCut ? std::string(utf8Prefix(body, kMaxBody)) : std::move(body);
    NJ_ASSIGN(out.eventName, view_->text(store::TextColumn::kEventName, row));
    if (traces_.codes.code(row) < traces_.table.size())
        out.traceId = traces_.at(row);
    if (row < spans_.size())
        out.spanId = spans_[row];
    return out;
}

Result<std::vector<Entity>> entitiesOf(QueryContext& context, const Resource& resource) {
    NJ_ASSIGN(const EntityGraph* graph, context.entities());
    std::deque<std::pair<EntityKind, std::string>> queue;
    const auto start = [&](EntityKind kind, std::initializer_list<const char*> keys) {
        for (const char* key : keys)
            if (const AttributeValue* value = findAttribute(resource.attributes, key)) {
                queue.emplace_back(kind, value->display());
                return;
            }
    };
    start(EntityKind::kPod, {"k8s.pod.name", "pod"});
    start(EntityKind::kHost, {"host.name", "k8s.node.name"});
    start(EntityKind::kReplica, {"service.instance.id"});
    const bool precise = !queue.empty();
    start(EntityKind::kService, {"service.name"});
    std::vector<Entity> found;
    while (!queue.empty() && found.size() < 64) {
        const auto [kind, key] = queue.front();
        queue.pop_front();
        const auto same = [&](const Entity& entity) { return entity.kind == kind && entity.key == key; };
        if (std::any_of(found.begin(), found.end(), same))
            continue;
        const auto known = std::find_if(graph->entities.begin(), graph->entities.end(), same);
        if (known == graph->entities.end())
            continue;
        found.push_back(*known);
        // A service stands on all its pods; only a row that names nothing nearer is led through it. A host leads to no GPU of another pod.
        if (kind == EntityKind::kHost || (kind == EntityKind::kService && precise))
            continue;
        for (const EntityEdge& edge : graph->edges) {
            if (edge.fromKind == kind && edge.from == key)
                queue.emplace_back(edge.toKind, edge.to);
            else if (edge.toKind == kind && edge.to == key && edge.fromKind != EntityKind::kService && kind != EntityKind::kModel && kind != EntityKind::kGpu)
                queue.emplace_back(edge.fromKind, edge.from);
        }
    }
    std::stable_sort(found.begin(), found.end(), [](const Entity& a, const Entity& b) { return a.kind < b.kind; });
    return found;
}

}  // namespace nj::query
