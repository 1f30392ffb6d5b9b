// Entities of the range with rate, errors and p99, worst first.
#include <algorithm>
#include <cmath>
#include <functional>
#include <iterator>

#include "query/capsule/entity_tallies.h"
#include "query/capsule/questions.h"

namespace nj::query {
namespace {

constexpr double kDeparts = 1;   // twice the p99, or five of a hundred more that fail

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

using Tally = std::function<Status(TimeRange range, EntityTallies& out)>;

Status addRows(const EntityTableQuestion& question, EntityKind kind, const Tally& tally, std::vector<EntityRow>& rows) {
    EntityTallies now, before;
    NJ_RETURN_IF_ERROR(tally(question.range, now));
    if (question.baseline)
        NJ_RETURN_IF_ERROR(tally(*question.baseline, before));
    for (const auto& [name, counted] : now) {
        if (counted.count == 0 && counted.observations.empty())
            continue;
        const auto old = before.find(name);
        rows.push_back(rowOf(kind, name, counted, old == before.end() ? nullptr : &old->second, question.range));
    }
    return {};
}

}  // namespace

// All services and engine replicas; of pods and hosts, which repeat what their services say, those that depart.
Result<std::vector<EntityRow>> answerEntityTable(QueryContext& context, const EntityTableQuestion& question) {
    NJ_ASSIGN(FilterEvaluator spans, FilterEvaluator::create(context, question.filter, Signal::kSpan));
    NJ_ASSIGN(const EntityGraph* graph, context.entities());
    const auto known = [&](EntityKind kind) { return std::count_if(graph->entities.begin(), graph->entities.end(), [&](const Entity& e) { return e.kind == kind; }); };
    std::vector<EntityRow> rows;
    NJ_RETURN_IF_ERROR(addRows(question, EntityKind::kService, [&](TimeRange range, EntityTallies& out) { return tallyServices(context, spans, range, out); }, rows));
    if (known(EntityKind::kReplica) > 0)
        NJ_RETURN_IF_ERROR(addRows(question, EntityKind::kReplica, [&](TimeRange range, EntityTallies& out) -> Status {
            NJ_RETURN_IF_ERROR(tallyAttempts(context, spans, range, out));
            return tallyEngines(context, question.filter, range, out);
        }, rows));
    std::vector<EntityRow> places;
    for (const EntityKind kind : {EntityKind::kPod, EntityKind::kHost})
        if (question.baseline && known(kind) > 1)
            NJ_RETURN_IF_ERROR(addRows(question, kind, [&](TimeRange range, EntityTallies& out) { return tallyPlaces(context, spans, range, kind, out); }, places));
    // A replica's row says more than its pod's: it counts the attempts that found no answer.
    std::erase_if(places, [&](const EntityRow& row) {
        const bool replica = std::any_of(rows.begin(), rows.end(), [&](const EntityRow& r) { return r.kind == "replica" && r.name == row.name; });
        return replica || badness(row) < kDeparts;
    });
    rows.insert(rows.end(), std::make_move_iterator(places.begin()), std::make_move_iterator(places.end()));
    std::stable_sort(rows.begin(), rows.end(), [](const EntityRow& a, const EntityRow& b) {
        const double x = badness(a), y = badness(b);
        return x != y ? x > y : a.count > b.count;
    });
    return rows;
}

}  // namespace nj::query
