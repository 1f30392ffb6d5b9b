#include "views/overview_questions.h"

#include <algorithm>
#include <cmath>

#include "query/sources.h"

namespace nj::ui {

namespace {

constexpr int kColumns = 280;
constexpr size_t kMostSeries = 6, kMostObjectives = 20;
constexpr int kObjectiveColumns = 60;

// Families of the common serving engines that say the same thing.
constexpr const char* kWaiting[] = {"vllm:num_requests_waiting", "sglang:num_queue_reqs", "tgi_queue_size", "trtllm_request_metrics_waiting"};
constexpr const char* kCache[] = {"vllm:kv_cache_usage_perc", "vllm:gpu_cache_usage_perc", "sglang:token_usage"};
constexpr const char* kTokens[] = {"vllm:generation_tokens_total", "vllm:generation_tokens", "sglang:generation_tokens_total", "tgi_request_generated_tokens_sum"};

std::string labelOf(const query::SeriesInfo& info) {
    for (const char* key : {"service", "service.name", "resource.service.name", "exported_pod", "pod", "k8s.pod.name", "instance", "model_name", "job"})
        if (const AttributeValue* value = findAttribute(info.labels, key); value && !value->display().empty())
            return value->display();
    return info.name;
}

// The service a series' label stands for: itself, or the one its pod's name begins with.
std::string serviceOf(const std::string& label, const std::vector<std::string>& services) {
    std::string best;
    for (const std::string& service : services)
        if (label.compare(0, service.size(), service) == 0 && service.size() > best.size())
            best = service;
    return best;
}

template <size_t N>
Result<std::vector<query::SeriesInfo>> firstFamily(query::Backend& backend, const char* const (&names)[N], std::stop_token stop) {
    for (const char* name : names) {
        query::SeriesQuestion question;
        question.name = name;
        question.limit = 64;
        NJ_ASSIGN(std::vector<query::SeriesInfo> found, backend.series(question, stop));
        if (!found.empty()) {
            if (found.size() > kMostSeries)
                found.resize(kMostSeries);
            return found;
        }
    }
    return std::vector<query::SeriesInfo>{};
}

// The most separating key; of the first few rather one a person knows than an address.
std::string chooseSplit(const std::vector<std::string>& splits) {
    const size_t few = std::min<size_t>(splits.size(), 5);
    for (const char* known : {"service", "service.name", "exported_pod", "pod", "k8s.pod.name", "replica", "engine"})
        for (size_t i = 0; i < few; ++i)
            if (splits[i] == known)
                return splits[i];
    return splits.front();
}

double meanOf(const query::SeriesPoints& points) {
    double total = 0;
    size_t n = 0;
    for (const float v : points.last)
        if (std::isfinite(v)) {
            total += static_cast<double>(v);
            ++n;
        }
    return n ? total / static_cast<double>(n) : std::nan("");
}

struct Family {
    std::vector<StripSeries> lines;
    TimeNs from = 0;
    DurationNs width = 0;
};

Result<Family> askFamily(query::Backend& backend, const std::vector<query::SeriesInfo>& series, const OverviewScope& scope, bool rate, const std::vector<std::string>& services,
                         std::stop_token stop) {
    Family family;
    if (series.empty())
        return family;
    query::SeriesPointsQuestion question{{}, scope.range, kColumns, rate};
    for (const query::SeriesInfo& info : series)
        question.series.push_back(info.id);
    NJ_ASSIGN(const std::vector<query::SeriesPoints> points, backend.seriesPoints(question, stop));
    std::vector<query::SeriesPoints> before;
    if (scope.baseline) {
        question.range = *scope.baseline;
        NJ_ASSIGN(before, backend.seriesPoints(question, stop));
    }
    for (const query::SeriesPoints& one : points) {
        const auto info = std::find_if(series.begin(), series.end(), [&](const query::SeriesInfo& s) { return s.id == one.series; });
        if (info == series.end())
            continue;
        StripSeries line;
        const std::string label = labelOf(*info);
        const std::string service = serviceOf(label, services);
        line.name = QString::fromStdString(service.empty() ? label : service).left(40);
        line.service = QString::fromStdString(service);
        line.values.assign(one.last.begin(), one.last.end());
        for (const query::SeriesPoints& old : before)
            if (old.series == one.series)
                line.baseline = meanOf(old);
        family.from = one.from;
        family.width = one.width;
        family.lines.push_back(std::move(line));
    }
    // Scrapes are coarser than columns: a column without one keeps the last value over at most a minute.
    const auto reach = family.width > 0 ? static_cast<size_t>(kMinute / family.width) : 0;
    for (StripSeries& line : family.lines) {
        size_t since = reach + 1;
        double last = std::nan("");
        for (double& v : line.values) {
            if (std::isfinite(v)) {
                last = v;
                since = 0;
            } else if (++since <= reach) {
                v = last;
            }
        }
    }
    return family;
}

}  // namespace

Result<OverviewFacts> askOverview(query::Backend& b, const OverviewScope& scope, std::stop_token stop) {
    OverviewFacts f;
    f.range = scope.range;
    f.baseline = scope.baseline;
    const query::ErrorsQuestion errors{scope.range, scope.baseline, scope.filter, static_cast<int>(std::clamp<DurationNs>(scope.range.length() / kMinute, 30, 240)), 20};
    if (auto failures = query::askFailures(b, {errors, false}, stop); failures.ok()) {
        f.errors = {failures->from, failures->width, {failures->groups.begin(), failures->groups.end()}, failures->errors, failures->total};
        f.failures = std::move(failures->groups);
    } else {
        NJ_ASSIGN(f.errors, b.errors(errors, stop));
    }
    NJ_ASSIGN(f.entities, b.entityTable({scope.range, scope.baseline, scope.filter}, stop));
    NJ_ASSIGN(f.volume, b.volume({scope.range, scope.filter, kColumns / 2}, stop));
    if (scope.baseline) {
        NJ_ASSIGN(f.baselineVolume, b.volume({*scope.baseline, scope.filter, 60}, stop));
    }
    NJ_ASSIGN(f.events, b.events(scope.range, stop));
    return f;
}

Result<OverviewLatency> askOverviewLatency(query::Backend& b, const OverviewScope& scope, std::stop_token stop) {
    OverviewLatency f;
    NJ_ASSIGN(const std::vector<query::Measure> measures, b.measures(stop));
    const int chosen = chooseMeasure(measures);
    if (chosen < 0)
        return f;
    f.measure = measures[static_cast<size_t>(chosen)];
    query::LatencyQuestion question;
    question.range = scope.range;
    question.baseline = scope.baseline;
    question.filter = scope.filter;
    question.measure = f.measure;
    question.columns = kColumns / 2;
    question.quantiles = {0.5, 0.99};
    question.maxGroups = 6;
    NJ_ASSIGN(f.latency, b.latency(question, stop));
    if (!f.latency.splits.empty()) {
        question.splitBy = chooseSplit(f.latency.splits);
        NJ_ASSIGN(query::LatencyAnswer split, b.latency(question, stop));
        if (!split.groups.empty())
            f.latency = std::move(split);
    }
    return f;
}

Result<std::vector<ObjectiveFact>> askOverviewObjectives(query::Backend& b, const std::vector<Objective>& objectives, TimeRange range, std::stop_token stop) {
    std::vector<ObjectiveFact> facts;
    auto* questions = query::SourceQuestions::of(b);
    for (size_t i = 0; questions && i < std::min(objectives.size(), kMostObjectives); ++i) {
        auto answer = questions->objective({objectives[i], range, kObjectiveColumns}, stop);
        if (answer.ok())
            facts.push_back({objectives[i], std::move(*answer)});
        else if (answer.error().code == ErrorCode::kCancelled)
            return answer.error();
    }
    return facts;
}

Result<OverviewMetrics> askOverviewMetrics(query::Backend& b, const OverviewScope& scope, std::stop_token stop) {
    OverviewMetrics metrics;
    NJ_ASSIGN(const query::CapsuleInfo info, b.info(stop));
    if (info.series == 0)
        return metrics;
    NJ_ASSIGN(const auto waiting, firstFamily(b, kWaiting, stop));
    NJ_ASSIGN(const auto cache, firstFamily(b, kCache, stop));
    NJ_ASSIGN(const auto tokens, firstFamily(b, kTokens, stop));
    NJ_ASSIGN(Family first, askFamily(b, waiting, scope, false, info.services, stop));
    NJ_ASSIGN(Family second, askFamily(b, cache, scope, false, info.services, stop));
    metrics.strips.from = first.lines.empty() ? second.from : first.from;
    metrics.strips.width = first.lines.empty() ? second.width : first.width;
    metrics.strips.waiting = std::move(first.lines);
    metrics.strips.cache = std::move(second.lines);
    NJ_ASSIGN(const Family generated, askFamily(b, tokens, scope, true, info.services, stop));
    for (const StripSeries& line : generated.lines) {
        metrics.tokens.resize(std::max(metrics.tokens.size(), line.values.size()), std::nan(""));
        for (size_t i = 0; i < line.values.size(); ++i)
            if (std::isfinite(line.values[i]))
                metrics.tokens[i] = (std::isfinite(metrics.tokens[i]) ? metrics.tokens[i] : 0) + line.values[i];
        if (std::isfinite(line.baseline))
            metrics.tokensBaseline += line.baseline;
    }
    return metrics;
}

}  // namespace nj::ui
