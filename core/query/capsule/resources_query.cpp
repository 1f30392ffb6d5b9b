// Resources: rows of like things over time, and which of them departs from its peers.
#include <algorithm>
#include <cmath>
#include <map>

#include "analyze/peers.h"
#include "query/capsule/resource_index.h"
#include "query/capsule/resource_marks.h"
#include "query/capsule/resource_samples.h"

namespace nj::query {
namespace {

using analyze::ResourceMetric;
using analyze::ResourceScope;

constexpr size_t kMostRows = 4096;
constexpr int kMostColumns = 2000;

EntityKind rowsOf(ResourceScope scope) {
    switch (scope) {
    case ResourceScope::kGpu: return EntityKind::kGpu;
    case ResourceScope::kReplica: return EntityKind::kReplica;
    case ResourceScope::kHost: return EntityKind::kHost;
    case ResourceScope::kContainer: return EntityKind::kPod;
    }
    return EntityKind::kGpu;
}

ResourceMetricInfo infoOf(const ResourceMetric& metric) {
    ResourceMetricInfo info;
    info.id = metric.id;
    info.title = metric.title;
    info.unit = metric.unit;
    info.rows = rowsOf(metric.scope);
    info.lowerIsWorse = metric.worse == analyze::ResourceWorse::kLower;
    info.ofOwnMaximum = metric.ofOwnMaximum;
    return info;
}

bool measures(const ResourceEntry& entry, const ResourceMetric& metric) {
    return std::any_of(entry.sources.begin(), entry.sources.end(), [&](const ResourceSource& s) { return s.name->metric == metric.id; });
}

// Columns on round instants, so that "from 10:46" is when it began and not where a column happened to be cut; the first and last may reach
// over the range's ends.
Columns roundColumns(TimeRange range, int wanted) {
    constexpr DurationNs kWidths[] = {kSecond,      2 * kSecond, 5 * kSecond,  10 * kSecond, 15 * kSecond, 30 * kSecond, kMinute,  2 * kMinute, 5 * kMinute,
                                      10 * kMinute, 15 * kMinute, 30 * kMinute, kHour,        2 * kHour,    3 * kHour,    6 * kHour, 12 * kHour,  kDay};
    const Columns plain = Columns::of(range, wanted);
    for (const DurationNs width : kWidths) {
        if (width < plain.width)
            continue;
        const TimeNs from = (range.from >= 0 ? range.from : range.from - width + 1) / width * width;
        if (range.length() < width)
            return plain;
        return Columns::of({from, (range.to + width - 1) / width * width}, static_cast<int>((range.to + width - 1 - from) / width), width);
    }
    return plain;
}

Result<const ResourceIndex*> indexOf(QueryContext& context, ResourceCache& cache) {
    if (!cache.index) {
        NJ_ASSIGN(cache.index, ResourceIndex::build(context));
    }
    return cache.index.get();
}

// The last value of the first series that has one; 0 = none.
Result<double> publishedValue(QueryContext& context, const std::vector<const store::SeriesRow*>& list) {
    SampleList samples;
    for (const store::SeriesRow* series : list) {
        NJ_RETURN_IF_ERROR(readSamples(context, *series, workableRange(series->range), false, 1, samples));
        for (auto it = samples.rbegin(); it != samples.rend(); ++it)
            if (it->second > 0)
                return it->second;
    }
    return 0.0;
}

// The highest value in the whole capsule, so that a window inside a slowdown does not take the slow clock for the maximum.
Result<double> observedMaximum(QueryContext& context, ResourceCache& cache, const ResourceEntry& entry, const ResourceMetric& metric) {
    double most = 0;
    SampleList samples;
    for (const ResourceSource& source : entry.sources) {
        if (source.name->metric != metric.id)
            continue;
        auto& known = cache.maxima;
        auto found = known.find(source.series->id);
        if (found == known.end()) {
            NJ_RETURN_IF_ERROR(readSamples(context, *source.series, workableRange(source.series->range), source.name->rate, source.name->scale, samples));
            double highest = 0;
            for (const auto& [time, value] : samples)
                highest = std::isfinite(value) ? std::max(highest, value) : highest;
            found = known.emplace(source.series->id, highest).first;
        }
        most = std::max(most, found->second);
    }
    return most;
}

Status addMaximum(QueryContext& context, ResourceCache& cache, const ResourceEntry& entry, const ResourceMetric& metric, ResourceRow& row) {
    if (metric.ofOwnMaximum) {
        NJ_ASSIGN(row.ownMaximum, publishedValue(context, metric.id == "sm_clock" ? entry.evidence.maximumClock : entry.evidence.maximumMemoryClock));
        if (row.ownMaximum <= 0) {
            NJ_ASSIGN(row.ownMaximum, observedMaximum(context, cache, entry, metric));
            row.maximumObserved = true;
        }
    }
    if (metric.id == "temperature") {
        NJ_ASSIGN(double limit, publishedValue(context, entry.evidence.maximumTemperature));
        if (limit <= 0)
            limit = analyze::operatingLimitCelsius(entry.identity.model);
        if (limit > 0)
            row.limit = limit;
    }
    return {};
}

// Peers do the same work on the same model of device.
void compare(const ResourceMetric& metric, ResourceGrid& grid) {
    if (metric.scope == ResourceScope::kContainer)
        return;   // containers of different programs are not alike
    std::map<std::string, std::vector<size_t>> groups;
    for (size_t i = 0; i < grid.rows.size(); ++i)
        groups[grid.rows[i].identity.model].push_back(i);
    for (const auto& [model, rows] : groups) {
        std::vector<std::vector<float>> values;
        for (const size_t i : rows) {
            values.push_back(grid.rows[i].mean);
            if (metric.ofOwnMaximum && grid.rows[i].ownMaximum > 0)
                for (float& v : values.back())
                    v = static_cast<float>(static_cast<double>(v) / grid.rows[i].ownMaximum);
        }
        const auto found = analyze::peerDepartures(values, metric.floor, metric.floorShare);
        for (size_t k = 0; k < rows.size(); ++k) {
            ResourceDeparture& departure = grid.rows[rows[k]].departure;
            departure.score = found[k].score;
            if (found[k].score <= 0)
                continue;
            departure.stretch = {grid.from + static_cast<DurationNs>(found[k].from) * grid.width, grid.from + static_cast<DurationNs>(found[k].to) * grid.width};
            departure.throughout = found[k].from == 0;
            departure.own = found[k].own;
            departure.peersLow = found[k].peersLow;
            departure.peersHigh = found[k].peersHigh;
            if (grid.mostUnlike < 0 || departure.score > grid.rows[static_cast<size_t>(grid.mostUnlike)].departure.score)
                grid.mostUnlike = static_cast<int>(rows[k]);
        }
    }
}

Result<ResourceGrid> gridOf(QueryContext& context, ResourceCache& cache, const ResourceIndex& index, const ResourceMetric& metric, ResourceGridQuestion question) {
    ResourceGrid grid;
    question.range = workableRange(question.range);
    grid.metric = infoOf(metric);
    const Columns columns = roundColumns(question.range, std::clamp(question.columns, 1, kMostColumns));
    const TimeRange read{columns.from, columns.edge(columns.count)};
    grid.from = columns.from;
    grid.width = columns.width;
    grid.columns = columns.count;
    std::vector<EventMark> events;
    if (question.marks) {
        NJ_ASSIGN(events, resourceEvents(context));
    }
    for (const ResourceEntry& entry : index.entries(grid.metric.rows)) {
        NJ_RETURN_IF_ERROR(context.checkStop());
        if (!measures(entry, metric) || (!question.only.empty() && std::find(question.only.begin(), question.only.end(), entry.identity.key) == question.only.end()))
            continue;
        if (grid.rows.size() >= kMostRows) {
            ++grid.rowsLeftOut;
            continue;
        }
        ResourceRow row;
        row.identity = entry.identity;
        NJ_ASSIGN(ResourceFold fold, foldEntry(context, entry, metric, read, columns));
        row.low = std::move(fold.low);
        row.mean = std::move(fold.mean);
        row.high = std::move(fold.high);
        row.samples = fold.samples;
        grid.step = std::max(grid.step, fold.step);
        for (const ResourceSource& source : entry.sources)
            if (source.name->metric == metric.id && row.series < 0)
                row.series = source.series->id;
        NJ_RETURN_IF_ERROR(addMaximum(context, cache, entry, metric, row));
        if (question.marks) {
            NJ_ASSIGN(row.marks, resourceMarks(context, index, entry, question.range, events));
        }
        grid.rows.push_back(std::move(row));
    }
    uint64_t most = 0;
    for (const ResourceRow& row : grid.rows)
        most = std::max(most, row.samples);
    for (ResourceRow& row : grid.rows) {
        row.expected = most;   // what the best scraped row has
        grid.samples += row.samples;
        grid.expected += row.expected;
    }
    compare(metric, grid);
    return grid;
}

std::vector<std::string> lookedFor() {
    return {"DCGM_FI_DEV_SM_CLOCK, DCGM_FI_DEV_GPU_TEMP and others of dcgm-exporter", "nvidia-smi --query-gpu=… --format=csv, dmon, -q, -q -x", "gpu_gfx_activity, gpu_junction_temperature and others of AMD's exporter",
            "vllm:kv_cache_usage_perc, sglang:token_usage, trtllm_kv_cache_utilization, tgi_queue_size", "node_cpu_seconds_total, node_memory_MemAvailable_bytes of node_exporter",
            "container_cpu_usage_seconds_total of cAdvisor"};
}

}  // namespace

Result<ResourceGrid> answerResourceGrid(QueryContext& context, ResourceCache& cache, const ResourceGridQuestion& question) {
    const ResourceMetric* metric = analyze::findResourceMetric(question.metric);
    if (!metric)
        return makeError(ErrorCode::kNotFound, "no resource metric \"" + question.metric + "\"");
    NJ_ASSIGN(const ResourceIndex* index, indexOf(context, cache));
    return gridOf(context, cache, *index, *metric, question);
}

Result<ResourceSurvey> answerResourceSurvey(QueryContext& context, ResourceCache& cache, const ResourceSurveyQuestion& question) {
    NJ_ASSIGN(const ResourceIndex* index, indexOf(context, cache));
    ResourceSurvey survey;
    survey.looksFor = lookedFor();
    const ResourceEntry* only = question.series < 0 ? nullptr : index->ofSeries(question.series);
    if (question.series >= 0 && !only)
        return survey;
    survey.key = only ? only->identity.key : std::string();
    for (const ResourceMetric& metric : analyze::resourceMetrics()) {
        if (only && rowsOf(metric.scope) != only->identity.kind)
            continue;
        ResourceGridQuestion part{std::string(metric.id), question.range, question.columns, {}, false};
        NJ_ASSIGN(ResourceGrid grid, gridOf(context, cache, *index, metric, part));
        if (!grid.rows.empty())
            survey.metrics.push_back(std::move(grid));
    }
    // GPUs before what runs on them before hosts: a host of another role always differs. Within a kind the largest departure leads.
    const auto place = [](const ResourceGrid& grid) {
        const double score = grid.mostUnlike < 0 ? 0 : grid.rows[static_cast<size_t>(grid.mostUnlike)].departure.score;
        const int kind = grid.metric.rows == EntityKind::kGpu ? 0 : grid.metric.rows == EntityKind::kReplica ? 1 : 2;
        return std::pair(score > 0 ? kind : 3, -score);
    };
    if (!survey.metrics.empty()) {
        const auto best = std::min_element(survey.metrics.begin(), survey.metrics.end(), [&](const ResourceGrid& a, const ResourceGrid& b) { return place(a) < place(b); });
        std::rotate(survey.metrics.begin(), best, best + 1);
        survey.best = 0;
    }
    return survey;
}

}  // namespace nj::query
