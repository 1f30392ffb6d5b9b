#include "widgets/lane_planner.h"

#include <QCoreApplication>
#include <algorithm>
#include <cmath>
#include <map>

namespace nj::ui {
namespace {

struct KnownMetric {
    const char* name;
    const char* title;
    const char* unit;
    double rate;       // asked as a rate per second and multiplied by this; 0 = the value itself
    bool gpu;          // one series per GPU
    bool fromZero;
};

// In the order in which lanes are shown: the queue, what fills it, what drives it.
constexpr KnownMetric kMetrics[] = {
    {"vllm:num_requests_waiting", QT_TRANSLATE_NOOP("nj::ui::MetricLane", "Waiting"), "reqs", 0, false, true},
    {"sglang:num_queue_reqs", QT_TRANSLATE_NOOP("nj::ui::MetricLane", "Waiting"), "reqs", 0, false, true},
    {"tgi_queue_size", QT_TRANSLATE_NOOP("nj::ui::MetricLane", "Waiting"), "reqs", 0, false, true},
    {"vllm:num_requests_running", QT_TRANSLATE_NOOP("nj::ui::MetricLane", "Running"), "reqs", 0, false, true},
    {"vllm:kv_cache_usage_perc", QT_TRANSLATE_NOOP("nj::ui::MetricLane", "KV cache used"), "ratio", 0, false, true},
    {"vllm:gpu_cache_usage_perc", QT_TRANSLATE_NOOP("nj::ui::MetricLane", "KV cache used"), "ratio", 0, false, true},
    {"sglang:token_usage", QT_TRANSLATE_NOOP("nj::ui::MetricLane", "KV cache used"), "ratio", 0, false, true},
    {"vllm:num_preemptions_total", QT_TRANSLATE_NOOP("nj::ui::MetricLane", "Preemptions"), "/ min", 60, false, true},
    {"DCGM_FI_DEV_SM_CLOCK", QT_TRANSLATE_NOOP("nj::ui::MetricLane", "SM clock"), "MHz", 0, true, false},
    {"DCGM_FI_DEV_GPU_TEMP", QT_TRANSLATE_NOOP("nj::ui::MetricLane", "GPU temperature"), "°C", 0, true, false},
    {"container_cpu_usage_seconds_total", QT_TRANSLATE_NOOP("nj::ui::MetricLane", "CPU"), "cores", 1, false, true},
    {"container_memory_working_set_bytes", QT_TRANSLATE_NOOP("nj::ui::MetricLane", "Memory"), "By", 0, false, true},
    {"node_load1", QT_TRANSLATE_NOOP("nj::ui::MetricLane", "Load of the host"), "", 0, false, true},
};

std::string label(const query::SeriesInfo& series, std::initializer_list<const char*> keys) {
    for (const char* key : keys)
        if (const AttributeValue* value = findAttribute(series.labels, key); value && !value->display().empty())
            return value->display();
    return {};
}

// The text by which an entity is matched in labels: pods and services by name, hosts without port.
bool belongsTo(const query::SeriesInfo& series, const KnownMetric& metric, const std::vector<Entity>& entities) {
    const std::string pod = label(series, {"exported_pod", "pod", "k8s.pod.name"});
    const std::string uuid = label(series, {"UUID", "uuid", "gpu_uuid"});
    std::string host = label(series, {"Hostname", "hostname", "host.name", "nodename", "instance"});
    const std::string gpu = label(series, {"gpu", "gpu_index"});
    if (const size_t port = host.rfind(':'); port != std::string::npos)
        host.resize(port);
    for (const Entity& entity : entities) {
        if (metric.gpu && entity.kind == EntityKind::kGpu && (entity.key == uuid || (!gpu.empty() && entity.key == host + "/" + gpu)))
            return true;
        if (!metric.gpu && (entity.kind == EntityKind::kPod || entity.kind == EntityKind::kReplica) && !pod.empty() && entity.key == pod)
            return true;
        if (!metric.gpu && pod.empty() && entity.kind == EntityKind::kHost && !host.empty() && entity.key == host)
            return true;
    }
    return false;
}

QString entityName(const query::SeriesInfo& series, const KnownMetric& metric) {
    const std::string gpu = label(series, {"gpu", "gpu_index"});
    if (metric.gpu && !gpu.empty())
        return QStringLiteral("GPU ") + QString::fromStdString(gpu);
    return QString::fromStdString(label(series, {"exported_pod", "pod", "k8s.pod.name", "service.name", "instance", "job"}));
}

std::vector<std::pair<TimeNs, double>> pointsOf(const query::SeriesPoints& answer) {
    if (!answer.raw.empty())
        return answer.raw;
    std::vector<std::pair<TimeNs, double>> points;
    for (size_t i = 0; i < answer.last.size(); ++i)
        points.emplace_back(answer.from + static_cast<DurationNs>(i) * answer.width + answer.width / 2, static_cast<double>(answer.last[i]));
    return points;
}

double mean(const std::vector<std::pair<TimeNs, double>>& points) {
    double sum = 0;
    size_t n = 0;
    for (const auto& [time, value] : points) {
        if (std::isnan(value))
            continue;
        sum += value;
        ++n;
    }
    return n == 0 ? std::nan("") : sum / static_cast<double>(n);
}

}  // namespace

bool laneIsRate(int metric) { return kMetrics[metric].rate > 0; }

std::vector<LaneCandidate> laneCandidates(const std::vector<query::SeriesInfo>& all, const std::vector<Entity>& entities) {
    std::vector<LaneCandidate> candidates;
    std::set<int> ownMetrics;
    for (const auto& series : all) {
        for (int i = 0; i < static_cast<int>(std::size(kMetrics)); ++i) {
            if (series.name != kMetrics[i].name)
                continue;
            const bool own = belongsTo(series, kMetrics[i], entities);
            candidates.push_back({series, i, own, entityName(series, kMetrics[i])});
            if (own)
                ownMetrics.insert(i);
        }
    }
    std::erase_if(candidates, [&](const LaneCandidate& c) { return !ownMetrics.contains(c.metric); });
    std::stable_sort(candidates.begin(), candidates.end(), [](const auto& a, const auto& b) { return std::pair(a.metric, !a.own) < std::pair(b.metric, !b.own); });
    if (candidates.size() > 64)
        candidates.resize(64);
    return candidates;
}

std::vector<MetricLane> planLanes(const std::vector<LaneCandidate>& candidates, const std::vector<query::SeriesPoints>& points, const Theme& theme, size_t limit) {
    std::map<int64_t, std::vector<std::pair<TimeNs, double>>> bySeries;
    for (const auto& answer : points)
        bySeries[answer.series] = pointsOf(answer);
    std::vector<MetricLane> lanes;
    for (int metric = 0; metric < static_cast<int>(std::size(kMetrics)) && lanes.size() < limit; ++metric) {
        std::vector<const LaneCandidate*> own;
        std::vector<const LaneCandidate*> peers;
        double total = 0;
        double n = 0;
        for (const auto& c : candidates) {
            if (c.metric != metric || bySeries[c.series.id].empty())
                continue;
            (c.own ? own : peers).push_back(&c);
            if (const double m = mean(bySeries[c.series.id]); !std::isnan(m)) {
                total += m;
                ++n;
            }
        }
        if (own.empty())
            continue;
        const double all = n > 0 ? total / n : 0;
        const auto departure = [&](const LaneCandidate* c) {
            const double m = mean(bySeries[c->series.id]);
            return std::isnan(m) ? -1.0 : std::abs(m - all);
        };
        const LaneCandidate* main = *std::max_element(own.begin(), own.end(), [&](auto* a, auto* b) { return departure(a) < departure(b); });
        const LaneCandidate* control = nullptr;
        for (const auto* c : peers)
            if (!control || departure(c) < departure(control))
                control = c;
        const KnownMetric& known = kMetrics[metric];
        MetricLane lane;
        lane.title = QCoreApplication::translate("nj::ui::MetricLane", known.title);
        lane.unit = QString::fromUtf8(known.unit);
        lane.subtitle = main->entity;
        lane.points = bySeries[main->series.id];
        lane.color = theme.accent;
        lane.series = main->series.id;
        if (control) {
            lane.control = bySeries[control->series.id];
            lane.controlName = control->entity;
        }
        double low = known.fromZero ? 0 : HUGE_VAL;
        double high = known.fromZero && lane.unit == QLatin1String("ratio") ? 1 : -HUGE_VAL;
        for (auto* line : {&lane.points, &lane.control}) {
            for (auto& [time, value] : *line) {
                if (known.rate > 0)
                    value *= known.rate;
                if (std::isnan(value))
                    continue;
                low = std::min(low, value);
                high = std::max(high, value);
            }
        }
        lane.low = known.fromZero ? low : low - (high - low) * 0.15;
        lane.high = high > lane.low ? high * (high > 0 && lane.unit != QLatin1String("ratio") ? 1.05 : 1) : lane.low + 1;
        lanes.push_back(std::move(lane));
    }
    return lanes;
}

}  // namespace nj::ui
