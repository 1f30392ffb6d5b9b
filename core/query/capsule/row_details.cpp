#include "query/capsule/row_details.h"

#include <algorithm>
#include <deque>
#include <set>
#include <utility>

#include "base/utf8.h"
#include "model/device_names.h"
#include "model/entity_mapping.h"
#include "query/capsule/entity_names.h"

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

namespace {

using Key = std::pair<EntityKind, std::string>;
constexpr size_t kMaxFound = 64;

// What is reached from the start over the entity edges, by kind. `throughServices`: a start that names only a service leads to its pods.
std::vector<Entity> walk(const EntityGraph& graph, const EntityNames& names, const std::deque<Key>& start, bool throughServices) {
    struct Step {
        Key key;
        bool first;
    };
    std::deque<Step> queue;
    for (const Key& key : start)
        queue.push_back({key, true});
    std::vector<Entity> found;
    std::set<Key> seen;
    while (!queue.empty() && found.size() < kMaxFound) {
        const auto [named, first] = queue.front();
        queue.pop_front();
        const Entity* known = named.first == EntityKind::kGpu ? names.findGpu(named.second) : names.find(named.first, named.second);
        // A text that is no entity leads where a person mapped it.
        const Key key = known != nullptr ? Key{known->kind, known->key} : named;
        if (!seen.insert(key).second)
            continue;
        if (known != nullptr)
            found.push_back(*known);
        // A service stands on all its pods; only a row that names nothing nearer is led through it. A host leads to no GPU of another pod.
        if (key.first == EntityKind::kHost || (key.first == EntityKind::kService && !throughServices))
            continue;
        const bool backwards = key.first != EntityKind::kModel && (key.first != EntityKind::kGpu || first);
        for (const EntityEdge& edge : graph.edges) {
            if (edge.relation == kSameAs)
                continue;
            if (edge.fromKind == key.first && edge.from == key.second)
                queue.push_back({{edge.toKind, edge.to}, false});
            else if (edge.toKind == key.first && edge.to == key.second && edge.fromKind != EntityKind::kService && backwards)
                queue.push_back({{edge.fromKind, edge.from}, false});
        }
    }
    std::stable_sort(found.begin(), found.end(), [](const Entity& a, const Entity& b) { return a.kind < b.kind; });
    return found;
}

std::string textOf(const AttributeList& attributes, std::initializer_list<const char*> keys) {
    for (const char* key : keys)
        if (const AttributeValue* value = findAttribute(attributes, key))
            return value->display();
    return {};
}

}  // namespace

Result<std::vector<Entity>> entitiesOf(QueryContext& context, const Resource& resource, const AttributeList& attributes) {
    NJ_ASSIGN(const EntityNames* names, entityNames(context));
    NJ_ASSIGN(const EntityGraph* graph, context.entities());
    std::deque<Key> start;
    const auto add = [&](EntityKind kind, std::string text) {
        if (!text.empty())
            start.emplace_back(kind, std::move(text));
    };
    const std::string host = textOf(resource.attributes, {"k8s.node.name", "host.name"});
    if (const std::string uuid = textOf(attributes, {"gpu.uuid"}); !uuid.empty())
        add(EntityKind::kGpu, uuid);
    else if (const std::string address = textOf(attributes, {"gpu.pci.id"}); !address.empty())
        add(EntityKind::kGpu, host.empty() ? address : host + '/' + address);
    add(EntityKind::kPod, textOf(resource.attributes, {"k8s.pod.name", "pod"}));
    add(EntityKind::kHost, textOf(resource.attributes, {"host.name", "k8s.node.name"}));
    add(EntityKind::kReplica, textOf(resource.attributes, {"service.instance.id"}));
    const bool precise = !start.empty();
    add(EntityKind::kService, textOf(resource.attributes, {"service.name"}));
    return walk(*graph, *names, start, !precise);
}

Result<std::vector<Entity>> calledEntities(QueryContext& context, const AttributeList& attributes) {
    NJ_ASSIGN(const EntityNames* names, entityNames(context));
    NJ_ASSIGN(const EntityGraph* graph, context.entities());
    const std::string port = textOf(attributes, {"server.port", "net.peer.port"});
    for (const char* key : {"server.address", "peer.service", "net.peer.name", "upstream_cluster", "upstream"}) {
        const std::string text = textOf(attributes, {key});
        if (text.empty())
            continue;
        const std::string target = hostOfTarget(text);
        const std::string bare = isIpAddress(target) ? target : target.substr(0, target.find('.'));
        for (const std::string& name : {text, text + ':' + port, bare}) {
            std::deque<Key> start;
            for (const EntityKind kind : {EntityKind::kReplica, EntityKind::kPod})
                start.emplace_back(kind, name);
            // A service of several pods does not say which one answered.
            const auto pods = std::count_if(graph->edges.begin(), graph->edges.end(), [&](const EntityEdge& e) {
                return e.fromKind == EntityKind::kService && e.from == name && e.toKind == EntityKind::kPod;
            });
            if (pods <= 1)
                start.emplace_back(EntityKind::kService, name);
            std::vector<Entity> found = walk(*graph, *names, start, true);
            if (!found.empty())
                return found;
        }
    }
    return std::vector<Entity>();
}

}  // namespace nj::query
