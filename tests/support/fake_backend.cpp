#include "support/fake_backend.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <thread>

#include "support/fake_story.h"

namespace nj::test {

using namespace query;
namespace s = story;

namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

struct Columns {
    TimeNs from;
    DurationNs width;
    int count;
    Columns(TimeRange range, int columns)
        : from(range.from), width(std::max<DurationNs>(1, range.length() / std::max(1, columns))), count(std::max(1, columns)) {}
    [[nodiscard]] TimeNs middle(int i) const { return from + width * i + width / 2; }
    [[nodiscard]] double seconds() const { return static_cast<double>(width) / 1e9; }
};

uint32_t counted(double mean, TimeNs t, int64_t salt) {
    return static_cast<uint32_t>(std::max(0.0, mean + s::noise(t / kSecond, salt) * std::sqrt(std::max(mean, 0.0)) * 0.6));
}

}  // namespace

TimeRange FakeBackend::all() { return {s::kStart, s::kEnd}; }
TimeRange FakeBackend::incident() { return {s::at(9, 30), s::at(11, 50)}; }
TraceId FakeBackend::heroTrace() { return *TraceId::fromHex("7b1f4ce26be853a1e07c42b9d8d85e16"); }

Status FakeBackend::begin(std::stop_token stop) {
    ++script_->questions;
    while (script_->hold && !stop.stop_requested())
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    if (stop.stop_requested()) {
        ++script_->cancelled;
        return makeError(ErrorCode::kCancelled, "cancelled");
    }
    if (script_->fail)
        return makeError(ErrorCode::kIo, "The capsule cannot be read: input/output error.");
    return {};
}

Result<CapsuleInfo> FakeBackend::info(std::stop_token stop) {
    ++script_->infos;
    NJ_RETURN_IF_ERROR(begin(stop));
    CapsuleInfo info;
    info.path = "/data/gpu-node-07.nightjar";
    info.fileBytes = 61'000'000;
    info.services = {"vllm-a", "vllm-b", "gateway", "chat-api", "retriever", "guardrail", "vector-store", "reranker"};
    if (!script_->noSpans) {
        info.spans = 216'480;
        info.spanEvents = 9'120;
        info.traces = 18'040;
        info.spanRange = all();
        info.sampledShare = 0.08;
    }
    if (!script_->noLogs) {
        info.logs = 301'902;
        info.logRange = all();
    }
    if (!script_->noMetrics) {
        info.series = 1'512;
        info.samples = 8'700'000;
        info.sampleRange = all();
    }
    info.events = 38;
    for (int i = 0; i < 7; ++i) {
        ImportSummary import;
        import.id = i + 1;
        import.path = i < 3 ? "collector/spans-" + std::to_string(i) + ".jsonl.zst" : "logs/gateway-" + std::to_string(i) + ".log";
        import.format = i < 3 ? "otlp-json" : "json-lines";
        import.state = "done";
        info.imports.push_back(import);
    }
    info.missing = {"1,440 attempts have no engine span (aborted before finish)"};
    return info;
}

Result<OpeningAnswer> FakeBackend::opening(std::stop_token stop) {
    NJ_RETURN_IF_ERROR(begin(stop));
    return OpeningAnswer{all(), incident(), TimeRange{s::at(0, 10), s::at(9, 30)}, "10:46–11:31 UTC: errors and p99 depart most from the hours before"};
}

Result<std::optional<TimeRange>> FakeBackend::baselineFor(TimeRange window, std::stop_token stop) {
    NJ_RETURN_IF_ERROR(begin(stop));
    const TimeRange before{window.from - 4 * window.length(), window.from};
    if (before.from >= s::kStart)
        return std::optional(before);
    return std::optional<TimeRange>();
}

Result<std::vector<EventMark>> FakeBackend::events(TimeRange range, std::stop_token stop) {
    NJ_RETURN_IF_ERROR(begin(stop));
    std::vector<EventMark> events = {
        {1, s::at(7, 12), 0, "xid", "XID 63", "gpu-node-07/6", 9, -1},
        {2, s::kDeploy, 0, "deploy", "deploy, retriever 2.14.0", "retriever", 9, -1},
        {3, s::at(10, 31), s::at(10, 37), "note", "vector-store optimisation", "vector-store", 9, -1},
        {4, s::kThrottle, 0, "throttle", "GPU 3 throttles", "gpu-node-07/3", 13, -1},
        {5, s::kFirst504, 0, "error", "first 504", "gateway", 17, FakeBackend::kHeroLog},
        {6, s::kRollback, 0, "rollback", "rollback", "retriever", 9, -1},
    };
    std::erase_if(events, [&](const EventMark& e) { return !range.contains(e.time); });
    return events;
}

Result<VolumeAnswer> FakeBackend::volume(const VolumeQuestion& q, std::stop_token stop) {
    NJ_RETURN_IF_ERROR(begin(stop));
    const Columns columns(q.range, q.columns);
    VolumeAnswer answer{columns.from, columns.width, {}, {}, {}};
    for (int i = 0; i < columns.count; ++i) {
        const TimeNs t = columns.middle(i);
        const bool inside = all().contains(t);
        const double spans = inside ? s::load(t) * 0.08 * 12 * columns.seconds() : 0;
        answer.spans.push_back(script_->noSpans ? 0 : counted(spans, t, 1));
        answer.logs.push_back(script_->noLogs ? 0 : counted(spans * 1.4, t, 2));
        answer.errors.push_back(inside ? counted((0.002 + 0.53 * s::failing(t)) * columns.seconds(), t, 3) : 0);
    }
    return answer;
}

Result<std::vector<Measure>> FakeBackend::measures(std::stop_token stop) {
    NJ_RETURN_IF_ERROR(begin(stop));
    using K = Measure::Kind;
    return std::vector<Measure>{
        {K::kSpanDuration, "", "Duration", "ns", 1e-9, 216'480},
        {K::kHistogram, "vllm:time_to_first_token_seconds", "Time to first token", "s", 1, 231'220},
        {K::kHistogram, "vllm:time_per_output_token_seconds", "Time per output token", "s", 1, 231'220},
        {K::kHistogram, "vllm:request_queue_time_seconds", "Queue time", "s", 1, 231'220},
        {K::kSpanAttribute, "gen_ai.latency.time_to_first_token", "Time to first token, spans", "s", 1, 18'040},
    };
}

Result<LatencyAnswer> FakeBackend::latency(const LatencyQuestion& q, std::stop_token stop) {
    NJ_RETURN_IF_ERROR(begin(stop));
    const Columns columns(q.range, q.columns);
    LatencyAnswer answer;
    answer.from = columns.from;
    answer.width = columns.width;
    answer.relativeError = 0.0054;
    answer.fromHistogram = q.measure.kind == Measure::Kind::kHistogram;
    answer.splits = {"service.name", "model_name", "status", "name"};
    const double unit = q.measure.unit == "ns" ? 1e9 : 1;
    for (const bool suspect : {true, false}) {
        if (q.splitBy.empty() && !suspect)
            break;
        LatencyGroup group;
        group.label = q.splitBy.empty() ? "" : suspect ? "vllm-a" : "vllm-b";
        group.min = 0.08 * unit;
        const auto value = [&](TimeNs t, double quantile) {
            const double p50 = s::ttft50(t, suspect), p99 = s::ttft99(t, suspect);
            const double f = std::clamp((quantile - 0.5) / 0.49, 0.0, 1.0);
            return std::exp(std::log(p50) * (1 - f) + std::log(p99) * f) * unit;
        };
        for (const double quantile : q.quantiles) {
            std::vector<double> values;
            double largest = 0;
            for (int i = 0; i < columns.count; ++i) {
                const TimeNs t = columns.middle(i);
                const double v = all().contains(t) ? value(t, quantile) * (1 + 0.07 * s::noise(t / kSecond, suspect)) : kNan;
                values.push_back(v);
                if (!std::isnan(v))
                    largest = std::max(largest, v);
            }
            group.quantile.push_back(std::move(values));
            group.total.push_back(largest);
            group.baseline.push_back(q.baseline ? value(q.baseline->from, quantile) : kNan);
            group.max = std::max(group.max, largest * 1.05);
        }
        for (int i = 0; i < columns.count; ++i) {
            group.count.push_back(counted(s::load(columns.middle(i)) / 2 * columns.seconds(), columns.middle(i), 5));
            group.n += group.count.back();
        }
        group.sum = static_cast<double>(group.n) * 0.6 * unit;
        group.baselineN = q.baseline ? 31'000 : 0;
        answer.n += group.n;
        answer.groups.push_back(std::move(group));
    }
    return answer;
}

Result<HeatmapAnswer> FakeBackend::heatmap(const HeatmapQuestion& q, std::stop_token stop) {
    NJ_RETURN_IF_ERROR(begin(stop));
    const Columns columns(q.range, q.columns);
    const double unit = q.measure.unit == "ns" ? 1e9 : 1;
    HeatmapAnswer answer;
    answer.from = columns.from;
    answer.width = columns.width;
    const double low = std::log(0.05), high = std::log(60.0);
    for (int r = 0; r <= q.rows; ++r)
        answer.bounds.push_back(std::exp(low + (high - low) * r / q.rows) * unit);
    answer.counts.assign(static_cast<size_t>(columns.count) * static_cast<size_t>(q.rows), 0);
    for (int i = 0; i < columns.count; ++i) {
        const TimeNs t = columns.middle(i);
        if (!all().contains(t))
            continue;
        const int n = static_cast<int>(s::load(t) * 0.08 * columns.seconds()) + 1;
        for (int k = 0; k < n; ++k) {
            const double spread = std::exp(1.1 * (s::noise(t, k) + s::noise(t, k + 1000)) / 1.4);
            const double value = std::min(29.9, s::ttft50(t, k % 2 == 0) * spread);
            const int row = static_cast<int>((std::log(std::max(value, 0.051)) - low) / (high - low) * q.rows);
            ++answer.counts[static_cast<size_t>(i * q.rows + std::clamp(row, 0, q.rows - 1))];
            ++answer.n;
            if (answer.exemplars.size() < 40 && (k + i) % 17 == 0) {
                TraceId id = heroTrace();
                id.bytes[0] = static_cast<unsigned char>(answer.exemplars.size());
                answer.exemplars.push_back({t, value * unit, id, SpanId{}});
            }
        }
    }
    return answer;
}

Result<StagesAnswer> FakeBackend::stages(const StagesQuestion& q, std::stop_token stop) {
    NJ_RETURN_IF_ERROR(begin(stop));
    const Columns columns(q.range, q.columns);
    StagesAnswer answer;
    answer.from = columns.from;
    answer.width = columns.width;
    answer.stages = {"retrieval", "queue", "prefill", "decode", "rest"};
    answer.meanSeconds.resize(answer.stages.size());
    for (int i = 0; i < columns.count; ++i) {
        const TimeNs t = columns.middle(i);
        const double values[] = {0.06 + 0.1 * s::deployed(t), 14 * s::failing(t) + 0.01, 0.1 + 0.3 * s::deployed(t), 5 + 9 * s::deployed(t) + 15 * s::throttled(t), 0.3};
        for (size_t k = 0; k < answer.stages.size(); ++k)
            answer.meanSeconds[k].push_back(values[k]);
        answer.requests.push_back(counted(s::load(t) * 0.08 * columns.seconds(), t, 8));
    }
    return answer;
}

Result<std::vector<EntityRow>> FakeBackend::entityTable(const EntityTableQuestion& q, std::stop_token stop) {
    NJ_RETURN_IF_ERROR(begin(stop));
    const double base = q.baseline ? 1 : 0;
    return std::vector<EntityRow>{
        {"service", "vllm-a", 5'760, 1'440, 2.1, 29.9, 0.35 * base, 0.0001},  {"service", "gateway", 11'000, 1'440, 4.1, 30.0, 0.7 * base, 0.0002},
        {"service", "chat-api", 10'070, 510, 3.7, 61, 0.7 * base, 0.0001},    {"service", "vllm-b", 5'240, 0, 1.9, 4.1, 0.35 * base, 0},
        {"service", "retriever", 10'070, 0, 3.7, 0.074, 0.070 * base, 0},     {"service", "vector-store", 10'070, 0, 3.7, 0.039, 0.038 * base, 0},
        {"service", "guardrail", 10'070, 0, 3.7, 0.041, 0.040 * base, 0},
    };
}

Result<ErrorsAnswer> FakeBackend::errors(const ErrorsQuestion& q, std::stop_token stop) {
    NJ_ASSIGN(FailuresAnswer failures, this->failures({q, false}, stop));
    ErrorsAnswer answer{failures.from, failures.width, {}, failures.errors, failures.total};
    answer.groups.assign(failures.groups.begin(), failures.groups.end());
    return answer;
}

Result<FailuresAnswer> FakeBackend::failures(const FailuresQuestion& q, std::stop_token stop) {
    NJ_RETURN_IF_ERROR(begin(stop));
    const Columns columns(q.range, q.columns);
    FailuresAnswer answer;
    answer.from = columns.from;
    answer.width = columns.width;
    struct Kind {
        const char *kind, *text, *service;
        double perSecond;
        uint64_t baseline;
    };
    // By newness × impact; the scanner's 404s, one client's, last.
    const Kind kinds[] = {{"HTTP 504", "first byte deadline exceeded", "gateway", 0.7, 0},
                          {"cut stream DC", "downstream connection cut", "envoy", 0.02, 12},
                          {"HTTP 503 UH", "no healthy upstream", "envoy", 0.004, 6},
                          {"HTTP 404 NR", "no route", "envoy", 12.8, 40}};
    for (const Kind& kind : kinds) {
        Failure group;
        group.kind = kind.kind;
        group.text = kind.text;
        group.service = kind.service;
        group.signal = Signal::kLog;
        group.filter = std::string("service:") + kind.service + " \"" + kind.text + "\"";
        group.baselineCount = q.baseline ? kind.baseline : 0;
        if (q.baseline)
            group.expected = static_cast<double>(kind.baseline) * static_cast<double>(q.range.length()) / static_cast<double>(q.baseline->length());
        const bool scanner = kind.perSecond > 10, deadline = kind.perSecond > 0.5 && !scanner;
        for (int i = 0; i < columns.count; ++i) {
            const TimeNs t = columns.middle(i);
            const bool scan = t >= s::kScan && t < s::kScan + 3 * kMinute;
            const double level = scanner ? (scan ? 1 : 0) : deadline ? s::failing(t) : 1;
            group.perColumn.push_back(counted(kind.perSecond * level * columns.seconds(), t, kind.kind[5]));
            group.count += group.perColumn.back();
        }
        group.first = scanner ? s::kScan : deadline ? s::kFirst504 : q.range.from;
        group.last = scanner ? s::kScan + 3 * kMinute : deadline ? s::kRollback : q.range.to;
        group.exampleSeq = kHeroLog;
        group.muted = scanner;
        if (scanner)
            group.where.push_back({"client.address", "198.51.100.23", group.count, group.count, 1});
        if (deadline) {
            group.where.push_back({"upstream", "vllm-a", group.count, group.count, 1});
            group.deadlineSeconds = 30;
            group.attempts = {group.count * 93 / 144, group.count - group.count * 93 / 144};
            group.requests = group.attempts[0];
            group.failedRequests = group.attempts[1];
            group.savedRequests = group.requests - group.failedRequests;
            group.tracesKept = q.details ? group.requests / 12 : 0;
            if (q.details)
                group.samples.push_back({kHeroLog, s::at(11, 7, 44), "first byte deadline exceeded", heroTrace(), true, 1, true});
        }
        answer.errors += group.count;
        if (group.count > 0)
            answer.groups.push_back(std::move(group));
    }
    answer.attemptsFromLogs = true;
    for (int i = 0; i < columns.count; ++i) {
        answer.attempts.push_back(counted(3.8 * columns.seconds(), columns.middle(i), 9));
        answer.attemptsTotal += answer.attempts.back();
    }
    answer.total = static_cast<uint64_t>(3.8 * static_cast<double>(q.range.length()) / 1e9);
    return answer;
}

Result<DifferencesAnswer> FakeBackend::differences(const DifferencesQuestion&, std::stop_token stop) {
    NJ_RETURN_IF_ERROR(begin(stop));
    return DifferencesAnswer{{{"service", "vllm-a", false, 1, 0.43, {"resource.k8s.pod.name"}}, {"gen_ai.usage.prompt_tokens", "4000", true, 0.58, 0.39, {}}}, 246, 2'251, 11};
}

Result<std::vector<ChangeRow>> FakeBackend::changes(const ChangesQuestion& q, std::stop_token stop) {
    NJ_RETURN_IF_ERROR(begin(stop));
    struct Row {
        const char *what, *detail, *kind;
        double before, after;
        const char* unit;
        uint64_t n;
        TimeNs onset;
    };
    const Row rows[] = {{"Deploy", "retriever 2.14.0", "event", 0, 1, "", 1, s::kDeploy},
                        {"Prompt tokens", "p50, both replicas", "series", 1'900, 4'600, "{token}", 21'200, s::kDeploy},
                        {"Prefix-cache hit", "vllm", "series", 0.44, 0.18, "ratio", 21'200, s::kDeploy},
                        {"GPU temperature", "gpu-node-07/3, DCGM", "series", 71, 87, "°C", 364, s::at(10, 0)},
                        {"Vector-store p99", "vector-store", "spans", 0.038, 0.31, "s", 1'400, s::at(10, 31)},
                        {"SM clock", "gpu-node-07/3, DCGM", "series", 1'980, 1'290, "MHz", 180, s::kThrottle},
                        {"Time per output token", "p50, vllm-a", "series", 0.052, 0.170, "s", 4'300, s::kThrottle + kMinute},
                        {"KV cache", "vllm-a", "series", 0.43, 0.99, "ratio", 144, s::at(10, 55)},
                        {"Requests waiting", "vllm-a", "series", 0, 64, "{request}", 144, s::at(10, 56)},
                        {"first byte deadline exceeded", "gateway, upstream vllm-a", "log", 0, 42, "/min", 1'440, s::kFirst504}};
    std::vector<ChangeRow> changes;
    const TimeRange both{std::min(q.range.from, q.baseline.from), std::max(q.range.to, q.baseline.to)};
    for (const Row& row : rows) {
        ChangeRow change{row.what, row.detail, row.kind, row.before, row.after, row.unit, row.n, row.onset, 1, {}, -1};
        if (change.kind == "series")
            change.series = 10 + static_cast<int64_t>(changes.size());
        const Columns columns(both, 160);
        for (int i = 0; i < columns.count; ++i) {
            const TimeNs t = columns.middle(i);
            const double level = s::ramp(t, row.onset, row.onset + 3 * kMinute) - s::ramp(t, s::kRollback, s::kRollback + 3 * kMinute);
            const double value = row.before + (row.after - row.before) * level;
            change.spark.push_back(static_cast<float>(value * (1 + 0.04 * s::noise(t / kSecond, row.what[0]))));
        }
        if (changes.size() < q.limit)
            changes.push_back(std::move(change));
    }
    return changes;
}

Result<EntityGraph> FakeBackend::entities(std::stop_token stop) {
    NJ_RETURN_IF_ERROR(begin(stop));
    EntityGraph graph;
    const auto add = [&](EntityKind kind, const std::string& key, const std::string& name) { graph.entities.push_back({kind, key, name}); };
    add(EntityKind::kHost, "gpu-node-07", "gpu-node-07");
    for (const std::string replica : {"vllm-a", "vllm-b"}) {
        add(EntityKind::kService, replica, replica);
        add(EntityKind::kPod, replica + "-0", replica + "-0");
        graph.edges.push_back({EntityKind::kService, replica, EntityKind::kPod, replica + "-0", "served_by", "k8s.pod.name"});
        for (int gpu = 0; gpu < 4; ++gpu) {
            const int index = gpu + (replica == "vllm-b" ? 4 : 0);
            const std::string key = "gpu-node-07/" + std::to_string(index);
            add(EntityKind::kGpu, key, "GPU " + std::to_string(index));
            graph.edges.push_back({EntityKind::kPod, replica + "-0", EntityKind::kGpu, key, "uses", "DCGM_FI_DEV_SM_CLOCK{pod=}"});
        }
    }
    return graph;
}

Result<FoundId> FakeBackend::findId(const std::string& text, std::stop_token stop) {
    NJ_RETURN_IF_ERROR(begin(stop));
    FoundId found;
    if (text == heroTrace().hex()) {
        found.trace = heroTrace();
        found.matchedKey = "trace_id";
    } else if (text == "chatcmpl-8b1f04d2") {
        found.spanSeqs = {kHeroLlmSpan};
        found.logSeqs = {kHeroLog};
        found.matchedKey = "gen_ai.request.id";
    }
    return found;
}

Result<std::vector<KeyInfo>> FakeBackend::keys(std::stop_token stop) {
    NJ_RETURN_IF_ERROR(begin(stop));
    return std::vector<KeyInfo>{{"service", 518'000, "string", Signal::kSpan},
                                {"gen_ai.request.model", 18'040, "string", Signal::kSpan},
                                {"gen_ai.usage.prompt_tokens", 18'040, "int", Signal::kSpan},
                                {"gen_ai.usage.completion_tokens", 18'040, "int", Signal::kSpan},
                                {"http.response.status_code", 60'000, "int", Signal::kSpan},
                                {"k8s.pod.name", 216'480, "string", Signal::kSpan},
                                {"upstream", 12'000, "string", Signal::kLog}};
}

Result<std::vector<std::pair<std::string, uint64_t>>> FakeBackend::values(const std::string& key, const std::string& prefix, size_t limit, std::stop_token stop) {
    NJ_RETURN_IF_ERROR(begin(stop));
    std::vector<std::pair<std::string, uint64_t>> values;
    if (key == "service")
        values = {{"gateway", 90'000}, {"chat-api", 60'000}, {"vllm-a", 30'000}, {"vllm-b", 30'000}, {"retriever", 18'000}};
    else if (key == "http.response.status_code")
        values = {{"200", 57'000}, {"504", 1'440}, {"404", 2'310}};
    std::erase_if(values, [&](const auto& value) { return value.first.compare(0, prefix.size(), prefix) != 0; });
    values.resize(std::min(values.size(), limit));
    return values;
}

}  // namespace nj::test
