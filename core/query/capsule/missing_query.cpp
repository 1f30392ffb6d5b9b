// What is missing or doubtful in the capsule, as sentences with counts: signals, rejected input, sampling, traces without a root,
// scrape gaps, dropped attributes, clocks, unresolved entities.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "analyze/robust.h"
#include "query/capsule/collector_facts.h"
#include "query/capsule/questions.h"
#include "query/capsule/source_questions.h"
#include "query/capsule/trace_index.h"
#include "store/retention_summary.h"

namespace nj::query {
namespace {

using Facts = std::vector<MissingFact>;
using Kind = MissingFact::Kind;

constexpr size_t kMaxSeries = 200;       // looked at for gaps
constexpr double kGapFactor = 3;         // of the usual interval: two scrapes missing

std::string plural(uint64_t n, const char* one, const char* many) { return fmt::format("{} {}", n, n == 1 ? one : many); }

void addSignals(const CapsuleInfo& info, Facts& facts) {
    if (info.spans == 0)
        facts.push_back({Kind::kSignal, "no traces: latency comes from histograms alone, if there are any", "", 0, false});
    if (info.logs == 0)
        facts.push_back({Kind::kSignal, "no log records", "", 0, false});
    if (info.series == 0)
        facts.push_back({Kind::kSignal, "no metrics", "", 0, false});
    if (info.spans > 0 && info.series > 0 && info.exemplars == 0)
        facts.push_back({Kind::kSignal, "no exemplars: metrics lead to traces by time alone", "", 0, false});
    if (info.sampledShare > 0 && info.sampledShare < 1)
        facts.push_back({Kind::kSampling, fmt::format("traces are sampled: {:.3g} % were kept, so counts of spans are a share of the truth", info.sampledShare * 100), "", 0, false});
    uint64_t duplicates = 0;
    for (const ImportSummary& import : info.imports) {
        duplicates += import.duplicates;
        if (import.state != "done" && import.state != "live")
            facts.push_back({Kind::kRejected, fmt::format("{} was not read to its end ({})", import.path, import.state), import.note, 0, true});
    }
    if (duplicates > 0)
        facts.push_back({Kind::kRejected, plural(duplicates, "row was delivered twice and is kept once", "rows were delivered twice and are kept once"), "", duplicates, false});
    for (const HealthSummary& health : info.health)
        if (health.severity == HealthSeverity::kRejected || health.severity == HealthSeverity::kLost)
            facts.push_back({Kind::kRejected, fmt::format("{} × {}", health.count, health.reason), health.example, health.count, health.severity == HealthSeverity::kLost});
        else if (health.reason == store::kRetentionReason)
            facts.push_back({Kind::kDropped, plural(health.count, "row was dropped by retention", "rows were dropped by retention"), health.example, health.count, true});
}

Status addTraces(QueryContext& context, Facts& facts) {
    NJ_ASSIGN(const auto index, TraceIndex::of(context));
    uint64_t rootless = 0;
    std::string example;
    for (const TraceIndex::Entry& trace : index->traces())
        if (!trace.hasRoot && rootless++ == 0)
            example = trace.id.hex();
    if (rootless > 0)
        facts.push_back({Kind::kTraces, fmt::format("{} of {} traces have no root span here: their durations are of the part that was kept", rootless, index->traces().size()), example, rootless, true});
    return {};
}

Status addDropped(QueryContext& context, Facts& facts) {
    uint64_t attributes = 0, children = 0, backwards = 0;
    for (const auto& info : context.snapshot().segments(Signal::kSpan)) {
        NJ_RETURN_IF_ERROR(context.checkStop());
        NJ_ASSIGN(const store::SegmentView* view, context.view(info->id));
        NJ_ASSIGN(const auto dropped, view->dropped());
        for (const auto& [a, e, l] : dropped) {
            attributes += a;
            children += e + l;
        }
        NJ_ASSIGN(const auto bins, view->durationBin());
        if (info->range.from != INT64_MIN)
            backwards += static_cast<uint64_t>(std::count(bins.begin(), bins.end(), 0xffff));
    }
    if (attributes > 0)
        facts.push_back({Kind::kDropped, plural(attributes, "attribute was dropped by an SDK before export", "attributes were dropped by SDKs before export"), "", attributes, false});
    if (children > 0)
        facts.push_back({Kind::kDropped, plural(children, "span event or link was dropped by an SDK before export", "span events and links were dropped by SDKs before export"), "", children, false});
    if (backwards > 0)
        facts.push_back({Kind::kClock, plural(backwards, "span ends before it begins", "spans end before they begin"), "", backwards, true});
    return {};
}

Status addLogClocks(QueryContext& context, Facts& facts) {
    uint64_t assumed = 0, none = 0, neighbour = 0, total = 0;
    for (const auto& info : context.snapshot().segments(Signal::kLog)) {
        NJ_RETURN_IF_ERROR(context.checkStop());
        NJ_ASSIGN(const store::SegmentView* view, context.view(info->id));
        NJ_ASSIGN(const auto flags, view->timeFlags());
        total += flags.size();
        for (const uint8_t flag : flags) {
            assumed += (flag & kTimeAssumedZone) != 0 ? 1 : 0;
            neighbour += (flag & kTimeFromNeighbour) != 0 ? 1 : 0;
            none += (flag & kTimeNone) != 0 ? 1 : 0;
        }
    }
    const auto of = [&](uint64_t n) { return fmt::format("{} of {} log records", n, total); };
    if (assumed > 0)
        facts.push_back({Kind::kClock, of(assumed) + " name no zone: their file's was assumed, and can be changed here", "", assumed, false});
    if (neighbour > 0)
        facts.push_back({Kind::kClock, of(neighbour) + " have no time and stand with the record before them", "", neighbour, false});
    if (none > 0)
        facts.push_back({Kind::kClock, of(none) + " have no time at all: they are searchable and never on a chart", "", none, false});
    return {};
}

struct Gap {
    DurationNs usual = 0;
    TimeNs from = 0, to = 0;
};

// The longest hole of a series that is otherwise regular.
Result<std::optional<Gap>> longestGap(QueryContext& context, int64_t series) {
    std::vector<TimeNs> times;
    NJ_RETURN_IF_ERROR(context.reader().samples(context.snapshot(), series, {INT64_MIN, INT64_MAX}, [&](const store::SamplePoint& point) {
        times.push_back(point.time);
        return times.size() < 200'000 && !context.stop().stop_requested();
    }));
    if (times.size() < 10)
        return std::optional<Gap>();
    std::vector<double> steps;
    for (size_t i = 1; i < times.size(); ++i)
        steps.push_back(static_cast<double>(times[i] - times[i - 1]));
    const auto longest = std::max_element(steps.begin(), steps.end());
    const double usual = analyze::median(steps);
    if (usual <= 0 || *longest <= kGapFactor * usual)
        return std::optional<Gap>();
    const auto at = static_cast<size_t>(longest - steps.begin());
    return std::optional<Gap>(Gap{static_cast<DurationNs>(usual), times[at], times[at + 1]});
}

// One series of each scraped target stands for all of its series.
Status addScrapes(QueryContext& context, Facts& facts) {
    std::map<std::string, const store::SeriesRow*> targets;
    for (const store::SeriesRow& series : context.snapshot().series()) {
        std::string target;
        for (const char* key : {"job", "instance", "pod", "host.name"})
            if (const AttributeValue* value = findAttribute(series.attributes, key))
                target += std::string(key) + "=" + value->text + " ";
        if (series.resource != kNoIndex)
            target += "resource " + std::to_string(series.resource);
        const auto [it, added] = targets.try_emplace(target, &series);
        if (!added && (series.name == "up" || series.samples > it->second->samples) && it->second->name != "up")
            it->second = &series;
        if (targets.size() >= kMaxSeries)
            break;
    }
    uint64_t holed = 0;
    std::string example;
    DurationNs worst = 0;
    for (const auto& [target, series] : targets) {
        NJ_RETURN_IF_ERROR(context.checkStop());
        NJ_ASSIGN(const auto gap, longestGap(context, series->id));
        if (!gap)
            continue;
        ++holed;
        if (gap->to - gap->from > worst) {
            worst = gap->to - gap->from;
            example = fmt::format("{}: nothing {} … {} (usually every {})", target.empty() ? series->name : target, formatRfc3339(gap->from, 0), formatRfc3339(gap->to, 0), formatDuration(gap->usual));
        }
    }
    if (holed > 0)
        facts.push_back({Kind::kScrapes, fmt::format("{} of {} targets have holes of more than two scrapes, the longest {}", holed, targets.size(), formatDuration(worst)), example, holed, true});
    return {};
}

Status addEntities(QueryContext& context, Facts& facts) {
    NJ_ASSIGN(const EntityGraph* graph, context.entities());
    uint64_t rows = 0;
    for (const UnresolvedEntity& one : graph->unresolved)
        rows += one.count;
    if (!graph->unresolved.empty()) {
        const UnresolvedEntity& first = graph->unresolved.front();
        facts.push_back({Kind::kEntity, fmt::format("{} in {} rows could not be matched to a known entity", plural(graph->unresolved.size(), "name", "names"), rows),
                         first.text + ": " + first.reason, rows, false});
    }
    return {};
}

}  // namespace

Result<std::vector<MissingFact>> answerMissingFacts(QueryContext& context) {
    Facts facts;
    NJ_ASSIGN(const CapsuleInfo info, answerInfo(context));
    addSignals(info, facts);
    if (info.spans > 0) {
        NJ_RETURN_IF_ERROR(addTraces(context, facts));
        NJ_RETURN_IF_ERROR(addDropped(context, facts));
    }
    NJ_RETURN_IF_ERROR(addLogClocks(context, facts));
    NJ_RETURN_IF_ERROR(addScrapes(context, facts));
    NJ_RETURN_IF_ERROR(addCollectorFacts(context, facts));
    NJ_RETURN_IF_ERROR(addEntities(context, facts));
    std::stable_sort(facts.begin(), facts.end(), [](const MissingFact& a, const MissingFact& b) { return a.serious > b.serious; });
    return facts;
}

}  // namespace nj::query
