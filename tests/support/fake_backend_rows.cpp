// Rows of FakeBackend: traces, logs and series.
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "support/fake_backend.h"
#include "support/fake_story.h"

namespace nj::test {

using namespace query;
namespace s = story;

namespace {

constexpr int64_t kLogs = 301'902;
TimeNs logTime(int64_t seq) { return s::kStart + static_cast<TimeNs>(static_cast<double>(kDay) / static_cast<double>(kLogs) * static_cast<double>(seq)); }
int64_t firstLogAt(TimeNs t) {
    auto seq = std::clamp<int64_t>(static_cast<int64_t>(static_cast<double>(t - s::kStart) / static_cast<double>(kDay) * static_cast<double>(kLogs)), 0, kLogs);
    while (seq > 0 && logTime(seq - 1) >= t)
        --seq;
    while (seq < kLogs && logTime(seq) < t)
        ++seq;
    return seq;
}

LogRow logRow(int64_t seq) {
    LogRow row;
    row.seq = seq;
    row.time = row.observedTime = logTime(seq);
    const double pick = (s::noise(seq, 77) + 1) / 2;
    row.severity = 9;
    if (seq == FakeBackend::kHeroLog || pick < 0.16 * s::failing(row.time)) {
        row.service = "gateway";
        row.severity = 17;
        row.body = "first byte deadline exceeded upstream=vllm-a attempt=1 deadline=30s elapsed=30.001s";
        row.traceId = FakeBackend::heroTrace();
        return row;
    }
    if (pick < 0.24 * s::failing(row.time)) {
        row.service = "gateway";
        row.severity = 13;
        row.body = "retrying after first byte deadline upstream=vllm-a attempt=2 backoff=1s";
        row.traceId = FakeBackend::heroTrace();
        return row;
    }
    const int shape = static_cast<int>(pick * 1000) % 4;
    const std::string replica = seq % 2 ? "vllm-a" : "vllm-b";
    if (shape == 0) {
        row.service = replica;
        row.body = "Engine 000: Avg prompt throughput: 8123.4 tokens/s, Running: 88 reqs, Waiting: 66 reqs, Preemptions: 3, GPU KV cache usage: 98.9%, Prefix cache hit rate: 17.9%";
    } else if (shape == 1) {
        row.service = "gateway";
        row.body = "\"POST /v1/chat HTTP/1.1\" 200 - 20418 91 61021 - \"10.8.0.14\" \"web/4.2\"";
    } else if (shape == 2) {
        row.service = "chat-api";
        row.body = "turn finished tokens=260 session=s-" + std::to_string(seq % 2010);
    } else {
        row.service = replica;
        row.severity = 5;
        row.timeFlags = kTimeFromNeighbour;
        row.body = "(APIServer pid=1) INFO:     10.42.0.1:39018 - \"GET /health HTTP/1.1\" 200 OK";
    }
    return row;
}

bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

bool matches(const FilterNode& node, const LogRow& row) {
    using Op = FilterNode::Op;
    switch (node.op) {
        case Op::kAnd: return std::all_of(node.children.begin(), node.children.end(), [&](const auto& c) { return matches(c, row); });
        case Op::kOr: return std::any_of(node.children.begin(), node.children.end(), [&](const auto& c) { return matches(c, row); });
        case Op::kNot: return !node.children.empty() && !matches(node.children.front(), row);
        case Op::kText:
        case Op::kSubstring:
        case Op::kRegex: return contains(row.body, node.text);
        case Op::kEquals:
            if (node.field == "service")
                return row.service == node.text;
            if (node.field == "trace")
                return row.traceId.hex() == node.text;
            if (node.field == "severity")
                return node.text == "error" ? row.severity >= 17 : node.text == "warn" ? row.severity >= 13 && row.severity < 17 : row.severity < 13;
            return contains(row.body, node.field + "=" + node.text);
        case Op::kGreaterEqual: return node.field != "severity" || row.severity >= node.number;
        case Op::kLess: return node.field != "severity" || row.severity < node.number;
        default: return true;
    }
}

// The matches of a filter in a range, in time order.
std::vector<int64_t> matching(const TimeRange& range, const Filter& filter) {
    std::vector<int64_t> seqs;
    const int64_t end = firstLogAt(range.to);
    for (int64_t seq = firstLogAt(range.from); seq < end; ++seq)
        if (filter.matchesAll() || matches(filter.root, logRow(seq)))
            seqs.push_back(seq);
    return seqs;
}

struct SpanShape {
    int32_t parent, depth;
    const char *service, *name;
    double from, to;   // seconds into the trace
    bool error;
};
constexpr std::array<SpanShape, 12> kHero{{{-1, 0, "gateway", "POST /v1/chat", 0, 89.8, false},
                                           {0, 1, "chat-api", "prepare prompt", 0.02, 0.32, false},
                                           {1, 2, "guardrail", "check_input", 0.03, 0.068, false},
                                           {1, 2, "retriever", "retrieve", 0.07, 0.131, false},
                                           {0, 1, "gateway", "chat llama-3.3-70b", 0.33, 89.70, false},
                                           {4, 2, "gateway", "attempt 1", 0.34, 30.34, true},
                                           {4, 2, "gateway", "attempt 2", 31.34, 89.70, false},
                                           {6, 3, "vllm-a", "llm_request", 31.35, 89.69, false},
                                           {0, 1, "guardrail", "check_output", 89.71, 89.751, false},
                                           {0, 1, "chat-api", "save turn", 89.752, 89.764, false},
                                           {9, 2, "chat-api", "INSERT turns", 89.754, 89.762, false},
                                           {0, 1, "gateway", "record usage", 89.765, 89.771, false}}};
const TimeNs kHeroStart = s::at(11, 7, 14) + 180 * kMillisecond;

TimeNs heroTime(double seconds) { return kHeroStart + static_cast<DurationNs>(seconds * 1e9); }

TraceSpan heroSpan(size_t i) {
    const SpanShape& shape = kHero[i];
    TraceSpan span;
    span.seq = static_cast<int64_t>(i);
    span.id = *SpanId::fromHex("c81e5b0937a2f4" + std::string(1, "0123456789ab"[i]) + "0");
    if (shape.parent >= 0)
        span.parentId = *SpanId::fromHex("c81e5b0937a2f4" + std::string(1, "0123456789ab"[shape.parent]) + "0");
    span.parent = shape.parent;
    span.depth = shape.depth;
    span.start = heroTime(shape.from);
    span.end = heroTime(shape.to);
    span.service = shape.service;
    span.name = shape.name;
    span.kind = i == 0 ? SpanKind::kServer : SpanKind::kInternal;
    span.status = shape.error ? SpanStatus::kError : SpanStatus::kUnset;
    span.resourceId = 0;
    double covered = 0;
    for (const SpanShape& child : kHero)
        if (child.parent == static_cast<int32_t>(i)) {
            ++span.childCount;
            covered += child.to - child.from;
        }
    span.self = static_cast<DurationNs>(std::max(0.0, shape.to - shape.from - covered) * 1e9);
    span.onCriticalPath = i == 0 || (i >= 4 && i <= 7) || i == 8;
    if (span.onCriticalPath)
        span.criticalParts = {{span.start, span.end}};
    if (shape.error) {
        span.statusMessage = "first byte deadline exceeded";
        span.events.push_back({span.end, "exception", {{"exception.type", AttributeValue::ofString("DeadlineExceeded")}}});
        span.attributes = {{"http.response.status_code", AttributeValue::ofInt(504)}, {"upstream", AttributeValue::ofString("vllm-a")}};
    }
    if (span.name == "llm_request") {
        span.stages = {{"queue", heroTime(31.35), heroTime(59.95)}, {"prefill", heroTime(59.95), heroTime(60.75)}, {"decode", heroTime(60.75), heroTime(89.69)}};
        span.attributes = {{"gen_ai.request.id", AttributeValue::ofString("chatcmpl-8b1f04d2")},
                           {"gen_ai.request.model", AttributeValue::ofString("Llama-3.3-70B")},
                           {"gen_ai.usage.prompt_tokens", AttributeValue::ofInt(4612)},
                           {"gen_ai.usage.completion_tokens", AttributeValue::ofInt(165)},
                           {"gen_ai.latency.time_in_queue", AttributeValue::ofDouble(28.6)},
                           {"gen_ai.latency.time_to_first_token", AttributeValue::ofDouble(29.4)},
                           {"gen_ai.input.messages", AttributeValue::ofJson(R"([{"role":"user","content":"my private question"}])")},
                           {"k8s.pod.name", AttributeValue::ofString("vllm-a-0")}};
    }
    return span;
}

TraceRow traceRow(int64_t i, TimeRange range) {
    TraceRow row;
    row.id = FakeBackend::heroTrace();
    row.id.bytes[1] = static_cast<unsigned char>(i & 255);
    row.id.bytes[2] = static_cast<unsigned char>(i >> 8);
    if (i == 0)
        row.id = FakeBackend::heroTrace();
    row.start = range.from + static_cast<DurationNs>((s::noise(i, 5) + 1) / 2 * static_cast<double>(range.length()));
    row.duration = static_cast<DurationNs>((i == 0 ? 89.8 : 9 + 50 * s::failing(row.start) * (s::noise(i, 6) + 1) / 2 + 4 * s::noise(i, 9)) * 1e9);
    if (i == 0)
        row.start = kHeroStart;
    row.rootService = "gateway";
    row.rootName = "POST /v1/chat";
    row.spans = static_cast<uint32_t>(i == 0 ? kHero.size() : 12);
    row.errors = row.duration > 30 * kSecond ? 1 : 0;
    row.services = 6;
    row.rootMissing = i % 41 == 40;
    return row;
}

}  // namespace

Result<TraceListAnswer> FakeBackend::traceList(const TraceListQuestion& q, std::stop_token stop) {
    NJ_RETURN_IF_ERROR(begin(stop));
    TraceListAnswer answer;
    if (script_->noSpans)
        return answer;
    answer.total = static_cast<uint64_t>(static_cast<double>(q.range.length()) / 1e9 * 0.21);
    for (int64_t i = 0; i < static_cast<int64_t>(std::min<uint64_t>(answer.total, 400)); ++i)
        answer.rows.push_back(traceRow(i, q.range));
    using Sort = TraceListQuestion::Sort;
    std::stable_sort(answer.rows.begin(), answer.rows.end(), [&](const TraceRow& a, const TraceRow& b) {
        switch (q.sort) {
            case Sort::kSlowest: return a.duration > b.duration;
            case Sort::kFastest: return a.duration < b.duration;
            case Sort::kNewest: return a.start > b.start;
            case Sort::kOldest: return a.start < b.start;
            case Sort::kMostErrors: return a.errors > b.errors;
            case Sort::kMostSpans: return a.spans > b.spans;
        }
        return false;
    });
    answer.rows.resize(std::min(answer.rows.size(), q.limit));
    answer.partial = answer.rows.size() < answer.total;
    return answer;
}

Result<TraceTree> FakeBackend::traceTree(const TraceId& id, std::stop_token stop) {
    NJ_RETURN_IF_ERROR(begin(stop));
    TraceTree tree;
    tree.id = id;
    for (size_t i = 0; i < kHero.size(); ++i)
        tree.spans.push_back(heroSpan(i));
    tree.from = kHeroStart;
    tree.to = heroTime(89.8);
    tree.services = 6;
    tree.errors = 1;
    tree.logs = {{kHeroLog, heroTime(30.3), 17, heroSpan(5).id, "gateway", "first byte deadline exceeded upstream=vllm-a attempt=1"},
                 {kHeroLog + 1, heroTime(30.35), 13, heroSpan(4).id, "gateway", "retrying after first byte deadline attempt=2 backoff=1s"}};
    return tree;
}

Result<SpanDetail> FakeBackend::spanDetail(int64_t seq, std::stop_token stop) {
    NJ_RETURN_IF_ERROR(begin(stop));
    if (seq < 0 || seq >= static_cast<int64_t>(kHero.size()))
        return makeError(ErrorCode::kNotFound, "There is no span " + std::to_string(seq) + ".");
    SpanDetail detail;
    detail.span = heroSpan(static_cast<size_t>(seq));
    detail.traceId = heroTrace();
    detail.resource.attributes = {{"service.name", AttributeValue::ofString(detail.span.service)}, {"host.name", AttributeValue::ofString("gpu-node-07")}};
    detail.scope.name = "vllm.tracing";
    detail.import.path = "collector/spans-0.jsonl.zst";
    detail.entities = {{EntityKind::kService, detail.span.service, detail.span.service}};
    if (detail.span.service == "vllm-a") {
        detail.entities.push_back({EntityKind::kPod, "vllm-a-0", "vllm-a-0"});
        detail.entities.push_back({EntityKind::kHost, "gpu-node-07", "gpu-node-07"});
        for (int gpu = 0; gpu < 4; ++gpu)
            detail.entities.push_back({EntityKind::kGpu, "gpu-node-07/" + std::to_string(gpu), "GPU " + std::to_string(gpu)});
    }
    return detail;
}

Result<LogPageAnswer> FakeBackend::logPage(const LogPageQuestion& q, std::stop_token stop) {
    NJ_RETURN_IF_ERROR(begin(stop));
    LogPageAnswer answer;
    if (script_->noLogs)
        return answer;
    const auto seqs = matching(q.range, q.filter);
    answer.total = seqs.size();
    for (uint64_t i = q.offset; i < seqs.size() && answer.rows.size() < q.limit; ++i)
        answer.rows.push_back(logRow(seqs[i]));
    return answer;
}

Result<LogVolumeAnswer> FakeBackend::logVolume(const LogVolumeQuestion& q, std::stop_token stop) {
    NJ_RETURN_IF_ERROR(begin(stop));
    LogVolumeAnswer answer;
    answer.from = q.range.from;
    answer.width = std::max<DurationNs>(1, q.range.length() / std::max(1, q.columns));
    answer.counts.resize(static_cast<size_t>(std::max(1, q.columns)));
    if (script_->noLogs)
        return answer;
    for (const int64_t seq : matching(q.range, q.filter)) {
        const LogRow row = logRow(seq);
        const auto column = std::min(static_cast<size_t>((row.time - answer.from) / answer.width), answer.counts.size() - 1);
        const size_t level = row.severity >= 21 ? 4 : row.severity >= 17 ? 3 : row.severity >= 13 ? 2 : row.severity >= 9 ? 1 : 0;
        ++answer.counts[column][level];
        ++answer.total;
    }
    answer.all = static_cast<uint64_t>(firstLogAt(q.range.to) - firstLogAt(q.range.from));
    return answer;
}

Result<uint64_t> FakeBackend::logSeek(const LogSeekQuestion& q, std::stop_token stop) {
    NJ_RETURN_IF_ERROR(begin(stop));
    const auto seqs = matching(q.range, q.filter);
    return static_cast<uint64_t>(std::lower_bound(seqs.begin(), seqs.end(), firstLogAt(q.time)) - seqs.begin());
}

Result<LogDetail> FakeBackend::logDetail(int64_t seq, std::stop_token stop) {
    NJ_RETURN_IF_ERROR(begin(stop));
    if (seq < 0 || seq >= kLogs)
        return makeError(ErrorCode::kNotFound, "There is no log record " + std::to_string(seq) + ".");
    LogDetail detail;
    detail.row = logRow(seq);
    detail.body = detail.row.body;
    detail.severityText = detail.row.severity >= 17 ? "error" : "info";
    detail.original = R"({"level":"error","ts":"2026-03-17T11:07:44.492Z","logger":"gateway","msg":")" + detail.body + "\"}";
    detail.attributes = {{"upstream", AttributeValue::ofString("vllm-a")}, {"attempt", AttributeValue::ofInt(1)}, {"elapsed", AttributeValue::ofString("30.001s")}};
    detail.resource.attributes = {{"service.name", AttributeValue::ofString(detail.row.service)}};
    detail.line = static_cast<uint64_t>(seq);
    detail.import.path = "gateway.log.zst";
    detail.entities = {{EntityKind::kService, detail.row.service, detail.row.service}};
    return detail;
}

Result<std::vector<SeriesInfo>> FakeBackend::series(const SeriesQuestion& q, std::stop_token stop) {
    NJ_RETURN_IF_ERROR(begin(stop));
    std::vector<SeriesInfo> list;
    if (script_->noMetrics)
        return list;
    const auto add = [&](int64_t id, const char* name, const char* unit, MetricKind kind, AttributeList labels) {
        list.push_back({id, name, unit, "", kind, false, std::move(labels), 5'760, all()});
    };
    for (const bool a : {true, false}) {
        const AttributeList labels = {{"model_name", AttributeValue::ofString("llama-3.3-70b")}, {"pod", AttributeValue::ofString(a ? "vllm-a-0" : "vllm-b-0")},
                                      {"service", AttributeValue::ofString(a ? "vllm-a" : "vllm-b")}};
        const int64_t base = a ? 0 : 4;
        add(base + 1, "vllm:num_requests_waiting", "", MetricKind::kGauge, labels);
        add(base + 2, "vllm:num_requests_running", "", MetricKind::kGauge, labels);
        add(base + 3, "vllm:kv_cache_usage_perc", "ratio", MetricKind::kGauge, labels);
    }
    for (int gpu = 0; gpu < 8; ++gpu) {
        const AttributeList labels = {{"gpu", AttributeValue::ofString(std::to_string(gpu))}, {"Hostname", AttributeValue::ofString("gpu-node-07")},
                                      {"pod", AttributeValue::ofString(gpu < 4 ? "vllm-a-0" : "vllm-b-0")}};
        add(100 + gpu, "DCGM_FI_DEV_SM_CLOCK", "MHz", MetricKind::kGauge, labels);
        add(200 + gpu, "DCGM_FI_DEV_GPU_TEMP", "°C", MetricKind::kGauge, labels);
    }
    std::erase_if(list, [&](const SeriesInfo& info) {
        if (!q.name.empty() && info.name != q.name)
            return true;
        return std::any_of(q.labels.begin(), q.labels.end(), [&](const auto& want) {
            const AttributeValue* value = findAttribute(info.labels, want.first);
            return !value || value->text != want.second;
        });
    });
    list.resize(std::min(list.size(), q.limit));
    return list;
}

Result<std::vector<SeriesPoints>> FakeBackend::seriesPoints(const SeriesPointsQuestion& q, std::stop_token stop) {
    NJ_RETURN_IF_ERROR(begin(stop));
    std::vector<SeriesPoints> answer;
    const auto value = [](int64_t id, TimeNs t) {
        if (id >= 200)
            return s::temperature(t, static_cast<int>(id - 200));
        if (id >= 100)
            return s::clock(t, static_cast<int>(id - 100));
        const bool suspect = id < 4;
        switch (id % 4) {
            case 1: return s::waiting(t, suspect);
            case 2: return 13 + 23 * s::deployed(t) + (suspect ? 50 * s::throttled(t) : 0);
            default: return s::kv(t, suspect) / 100;
        }
    };
    for (const int64_t id : q.series) {
        SeriesPoints points;
        points.series = id;
        points.from = q.range.from;
        points.width = std::max<DurationNs>(1, q.range.length() / std::max(1, q.columns));
        for (int i = 0; i < q.columns; ++i) {
            const TimeNs t = points.from + points.width * i + points.width / 2;
            const auto v = all().contains(t) ? static_cast<float>(value(id, t) * (1 + 0.015 * s::noise(t / (15 * kSecond), id))) : std::numeric_limits<float>::quiet_NaN();
            points.min.push_back(v);
            points.max.push_back(v);
            points.last.push_back(v);
        }
        answer.push_back(std::move(points));
    }
    return answer;
}

}  // namespace nj::test
