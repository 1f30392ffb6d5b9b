// Entities of the range with rate, errors and p99, worst first.
#include <algorithm>
#include <cmath>
#include <iterator>

#include "query/capsule/entity_tallies.h"
#include "query/capsule/questions.h"

namespace nj::query {
namespace {

constexpr double kDeparts = 1;   // twice the p99, or five of a hundred more that fail
constexpr double kOwn = 0.5;     // beyond its services

// How much worse than before: share of errors and p99, whichever departs more.
double badness(const EntityRow& row) {
    const double share = row.count > 0 ? static_cast<double>(row.errors) / static_cast<double>(row.count) : 0;
    const double slower = row.baselineP99 > 0 && row.p99 > 0 ? std::log2(row.p99 / row.baselineP99) : 0;
    return std::max(slower, (share - row.baselineErrorShare) * 20);
}

EntityRow rowOf(EntityKind kind, const std::string& name, const EntityTally& now, const EntityTally* before, TimeRange range) {
    EntityRow row;
    row.kind = entityKindName(kind);
    row.name = name;
    row.count = now.fromSpans() ? now.count : static_cast<uint64_t>(std::llround(std::min(now.observations.count(), 9e18)));
    row.errors = now.errors;
    row.ratePerSecond = static_cast<double>(row.count) * 1e9 / static_cast<double>(std::max<DurationNs>(range.length(), 1));
    row.p99 = now.p99();
    if (before != nullptr && before->fromSpans() == now.fromSpans())
        row.baselineP99 = before->p99();
    if (before != nullptr && before->count > 0)
        row.baselineErrorShare = static_cast<double>(before->errors) / static_cast<double>(before->count);
    return row;
}

void addRows(const EntityTableQuestion& question, EntityKind kind, const EntityTallies& now, const EntityTallies& before, std::vector<EntityRow>& rows) {
    for (const auto& [name, counted] : now) {
        if (counted.count == 0 && counted.observations.empty())
            continue;
        const auto old = before.find(name);
        rows.push_back(rowOf(kind, name, counted, old == before.end() ? nullptr : &old->second, question.range));
    }
}

// A pod or host that is as bad as its services are says nothing of its own.
bool standsOut(const EntityRow& place, const EntityGraph& graph, const std::vector<EntityRow>& services) {
    if (badness(place) < kDeparts)
        return false;
    for (const EntityRow& service : services) {
        const auto serves = [&](const EntityEdge& e) { return e.fromKind == EntityKind::kService && e.from == service.name && e.to == place.name; };
        const bool its = place.kind == entityKindName(EntityKind::kHost) || std::any_of(graph.edges.begin(), graph.edges.end(), serves);
        if (its && badness(place) < badness(service) + kOwn)
            return false;
    }
    return true;
}

}  // namespace

// All services and engine replicas; of pods and hosts those that depart more than their services do.
Result<std::vector<EntityRow>> answerEntityTable(QueryContext& context, const EntityTableQuestion& question) {
    NJ_ASSIGN(FilterEvaluator spans, FilterEvaluator::create(context, question.filter, Signal::kSpan));
    NJ_ASSIGN(const EntityGraph* graph, context.entities());
    const auto known = [&](EntityKind kind) { return std::count_if(graph->entities.begin(), graph->entities.end(), [&](const Entity& e) { return e.kind == kind; }); };
    ResourceTallies now, before;
    NJ_RETURN_IF_ERROR(tallyResources(context, spans, question.range, now));
    if (question.baseline)
        NJ_RETURN_IF_ERROR(tallyResources(context, spans, *question.baseline, before));
    std::vector<EntityRow> rows;
    {
        EntityTallies services, old;
        sumServices(context, now, services);
        sumServices(context, before, old);
        addRows(question, EntityKind::kService, services, old, rows);
    }
    std::vector<EntityRow> places;
    for (const EntityKind kind : {EntityKind::kPod, EntityKind::kHost}) {
        if (!question.baseline || known(kind) < 2)
            continue;
        EntityTallies standing, old;
        NJ_RETURN_IF_ERROR(sumPlaces(context, now, kind, standing));
        NJ_RETURN_IF_ERROR(sumPlaces(context, before, kind, old));
        addRows(question, kind, standing, old, places);
    }
    std::erase_if(places, [&](const EntityRow& row) { return !standsOut(row, *graph, rows); });
    if (known(EntityKind::kReplica) > 0) {
        EntityTallies replicas, old;
        NJ_RETURN_IF_ERROR(tallyAttempts(context, spans, question.range, replicas));
        NJ_RETURN_IF_ERROR(tallyEngines(context, question.filter, question.range, replicas));
        if (question.baseline) {
            NJ_RETURN_IF_ERROR(tallyAttempts(context, spans, *question.baseline, old));
            NJ_RETURN_IF_ERROR(tallyEngines(context, question.filter, *question.baseline, old));
        }
        addRows(question, EntityKind::kReplica, replicas, old, rows);
    }
    rows.insert(rows.end(), std::make_move_iterator(places.begin()), std::make_move_iterator(places.end()));
    std::stable_sort(rows.begin(), rows.end(), [](const EntityRow& a, const EntityRow& b) {
        const double x = badness(a), y = badness(b);
        return x != y ? x > y : a.count > b.count;
    });
    return rows;
}

}  // namespace nj::query
