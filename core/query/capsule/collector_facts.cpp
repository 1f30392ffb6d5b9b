#include "query/capsule/collector_facts.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

namespace nj::query {
namespace {

using Kind = MissingFact::Kind;

constexpr size_t kMostSeries = 500;          // of each kind, looked at
constexpr double kFullQueue = 0.8;           // of its capacity
constexpr double kSlowScrape = 5;            // seconds: half of Prometheus' usual time-out

struct Loss {
    std::string_view prefix, what;
};
// With and without the suffix _total, which the collector's versions write differently.
constexpr Loss kLosses[] = {
    {"otelcol_receiver_refused_", "was refused by a collector's receiver"},       {"otelcol_exporter_send_failed_", "could not be sent on by a collector"},
    {"otelcol_exporter_enqueue_failed_", "found a collector's queue full"},       {"otelcol_processor_dropped_", "was dropped by a collector's processor"},
    {"otelcol_processor_refused_", "was refused by a collector's memory limiter"},
};

// "spans", "metric points", "log records" of a name's end.
std::string itemsOf(std::string_view name, std::string_view prefix) {
    std::string items(name.substr(prefix.size()));
    if (items.ends_with("_total"))
        items.resize(items.size() - 6);
    std::replace(items.begin(), items.end(), '_', ' ');
    return items;
}

std::string labelsOf(const store::SeriesRow& series) {
    std::string text;
    for (const KeyValue& label : series.attributes)
        if (label.key == "instance" || label.key == "job" || label.key == "receiver" || label.key == "exporter" || label.key == "processor")
            text += (text.empty() ? "" : ", ") + label.key + ' ' + label.value.display();
    return text;
}

Status forSamples(QueryContext& context, int64_t series, const std::function<void(TimeNs, double)>& visit) {
    NJ_RETURN_IF_ERROR(context.checkStop());
    return context.reader().samples(context.snapshot(), series, {INT64_MIN, INT64_MAX}, [&](const store::SamplePoint& point) {
        if (const double value = point.value(); !std::isnan(value))
            visit(point.time, value);
        return !context.stop().stop_requested();
    });
}

// What a counter grew by, resets as Prometheus reads them.
Result<double> increaseOf(QueryContext& context, int64_t series) {
    double last = std::nan(""), sum = 0;
    NJ_RETURN_IF_ERROR(forSamples(context, series, [&](TimeNs, double value) {
        if (!std::isnan(last))
            sum += value >= last ? value - last : value;
        last = value;
    }));
    return sum;
}

}  // namespace

Status addCollectorFacts(QueryContext& context, std::vector<MissingFact>& facts) {
    struct Lost {
        double count = 0, worst = 0;
        std::string example;
    };
    std::map<std::pair<size_t, std::string>, Lost> lost;
    std::map<std::string, std::pair<int64_t, double>> queues;   // by labels: series of the size, capacity
    double slowest = 0;
    std::string slowestTarget, downExample;
    uint64_t down = 0, targetsDown = 0;
    size_t looked = 0;
    for (const store::SeriesRow& series : context.snapshot().series()) {
        const std::string_view name = series.name;
        const bool collector = name.starts_with("otelcol_");
        if ((!collector && name != "up" && name != "scrape_duration_seconds") || ++looked > kMostSeries)
            continue;
        if (name == "up") {
            uint64_t missed = 0;
            NJ_RETURN_IF_ERROR(forSamples(context, series.id, [&](TimeNs, double value) { missed += value == 0 ? 1 : 0; }));
            down += missed;
            targetsDown += missed > 0 ? 1 : 0;
            if (missed > 0 && downExample.empty())
                downExample = labelsOf(series);
        } else if (name == "scrape_duration_seconds") {
            NJ_RETURN_IF_ERROR(forSamples(context, series.id, [&](TimeNs, double value) {
                if (value > slowest) {
                    slowest = value;
                    slowestTarget = labelsOf(series);
                }
            }));
        } else if (name == "otelcol_exporter_queue_size" || name == "otelcol_exporter_queue_capacity") {
            auto& queue = queues[labelsOf(series)];
            if (name.ends_with("_size"))
                queue.first = series.id;
            else
                NJ_RETURN_IF_ERROR(forSamples(context, series.id, [&](TimeNs, double value) { queue.second = std::max(queue.second, value); }));
        } else {
            for (size_t i = 0; i < std::size(kLosses); ++i) {
                if (!name.starts_with(kLosses[i].prefix))
                    continue;
                NJ_ASSIGN(const double grew, increaseOf(context, series.id));
                Lost& one = lost[{i, itemsOf(name, kLosses[i].prefix)}];
                one.count += grew;
                if (grew > one.worst) {
                    one.worst = grew;
                    one.example = labelsOf(series);
                }
            }
        }
    }
    for (const auto& [key, one] : lost)
        if (one.count >= 1)
            facts.push_back({Kind::kDropped, fmt::format("{:.0f} {}: {}", one.count, key.second, kLosses[key.first].what), one.example, static_cast<uint64_t>(one.count), true});
    for (const auto& [labels, queue] : queues) {
        if (queue.second <= 0 || queue.first == 0)
            continue;
        double fullest = 0;
        TimeNs at = 0;
        NJ_RETURN_IF_ERROR(forSamples(context, queue.first, [&](TimeNs time, double value) {
            if (value > fullest) {
                fullest = value;
                at = time;
            }
        }));
        if (fullest >= kFullQueue * queue.second)
            facts.push_back({Kind::kDropped, fmt::format("a collector's queue was {:.0f} % full at {}", 100 * fullest / queue.second, formatRfc3339(at, 0)), labels, 0, true});
    }
    if (down > 0)
        facts.push_back({Kind::kScrapes, fmt::format("{} {} not be scraped, {} times in all", targetsDown, targetsDown == 1 ? "target could" : "targets could", down), downExample, down, true});
    if (slowest >= kSlowScrape)
        facts.push_back({Kind::kScrapes, fmt::format("the slowest scrape took {}", formatDuration(static_cast<DurationNs>(slowest * 1e9))), slowestTarget, 0, false});
    return {};
}

}  // namespace nj::query
