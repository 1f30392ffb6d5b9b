// What can be measured: span durations, numeric attributes, histogram families; TTFT first where there are LLM signals.
#include <algorithm>
#include <array>
#include <map>
#include <string_view>

#include "query/capsule/questions.h"

namespace nj::query {
namespace {

struct KnownMeasure {
    std::string_view name;   // without a Ray prefix
    std::string_view title;
    std::string_view unit;
    double scale;
    int rank;                // lower comes first; 0 = time to first token
};

constexpr std::array<KnownMeasure, 46> kKnown = {{
    {"vllm:time_to_first_token_seconds", "Time to first token", "s", 1, 0},
    {"sglang:time_to_first_token_seconds", "Time to first token", "s", 1, 0},
    {"trtllm_time_to_first_token_seconds", "Time to first token", "s", 1, 0},
    {"dynamo_frontend_time_to_first_token_seconds", "Time to first token", "s", 1, 0},
    {"litellm_llm_api_time_to_first_token_metric", "Time to first token", "s", 1, 0},
    {"gen_ai.server.time_to_first_token", "Time to first token", "s", 1, 0},
    {"gen_ai_server_time_to_first_token_seconds", "Time to first token", "s", 1, 0},
    {"gen_ai.client.operation.time_to_first_chunk", "Time to first chunk", "s", 1, 0},
    {"gen_ai.latency.time_to_first_token", "Time to first token (spans)", "s", 1, 1},
    {"gen_ai.response.time_to_first_chunk", "Time to first chunk (spans)", "s", 1, 1},
    {"ai.response.msToFirstChunk", "Time to first chunk (spans)", "ms", 1e-3, 1},
    {"vllm:e2e_request_latency_seconds", "End-to-end request latency", "s", 1, 2},
    {"sglang:e2e_request_latency_seconds", "End-to-end request latency", "s", 1, 2},
    {"trtllm_e2e_request_latency_seconds", "End-to-end request latency", "s", 1, 2},
    {"tgi_request_duration", "Request latency", "s", 1, 2},
    {"dynamo_frontend_request_duration_seconds", "Request latency", "s", 1, 2},
    {"litellm_request_total_latency_metric", "Request latency", "s", 1, 2},
    {"gen_ai.server.request.duration", "Request latency", "s", 1, 2},
    {"gen_ai.client.operation.duration", "Operation latency", "s", 1, 2},
    {"gen_ai_client_operation_duration_seconds", "Operation latency", "s", 1, 2},
    {"gen_ai.latency.e2e", "End-to-end latency (spans)", "s", 1, 3},
    {"vllm:inter_token_latency_seconds", "Inter-token latency", "s", 1, 4},
    {"vllm:request_time_per_output_token_seconds", "Time per output token", "s", 1, 4},
    {"vllm:time_per_output_token_seconds", "Time per output token", "s", 1, 4},
    {"sglang:inter_token_latency_seconds", "Inter-token latency", "s", 1, 4},
    {"trtllm_time_per_output_token_seconds", "Time per output token", "s", 1, 4},
    {"dynamo_frontend_inter_token_latency_seconds", "Inter-token latency", "s", 1, 4},
    {"gen_ai.server.time_per_output_token", "Time per output token", "s", 1, 4},
    {"tgi_request_mean_time_per_token_duration", "Time per output token", "s", 1, 4},
    {"vllm:request_queue_time_seconds", "Queue time", "s", 1, 5},
    {"sglang:queue_time_seconds", "Queue time", "s", 1, 5},
    {"trtllm_request_queue_time_seconds", "Queue time", "s", 1, 5},
    {"tgi_request_queue_duration", "Queue time", "s", 1, 5},
    {"gen_ai.latency.time_in_queue", "Queue time (spans)", "s", 1, 6},
    {"vllm:request_prefill_time_seconds", "Prefill time", "s", 1, 7},
    {"trtllm_request_prefill_time_seconds", "Prefill time", "s", 1, 7},
    {"gen_ai.latency.time_in_model_prefill", "Prefill time (spans)", "s", 1, 8},
    {"vllm:request_decode_time_seconds", "Decode time", "s", 1, 9},
    {"trtllm_request_decode_time_seconds", "Decode time", "s", 1, 9},
    {"gen_ai.latency.time_in_model_decode", "Decode time (spans)", "s", 1, 10},
    {"vllm:request_prompt_tokens", "Prompt tokens", "{token}", 1, 11},
    {"vllm:request_generation_tokens", "Generated tokens", "{token}", 1, 12},
    {"gen_ai.client.token.usage", "Token usage", "{token}", 1, 11},
    {"gen_ai_client_token_usage", "Token usage", "{token}", 1, 11},
    {"gen_ai.usage.input_tokens", "Prompt tokens (spans)", "{token}", 1, 13},
    {"gen_ai.usage.output_tokens", "Generated tokens (spans)", "{token}", 1, 14},
}};

constexpr int kDurationRank = 3, kOtherHistogram = 20, kOtherAttribute = 30;

const KnownMeasure* known(std::string_view name) {
    std::string plain(name);
    // Ray Serve rewrites vllm:x as ray_vllm_x, older versions as ray_vllm:x.
    if (plain.starts_with("ray_vllm"))
        plain = "vllm:" + plain.substr(std::min<size_t>(plain.size(), 9));
    for (const KnownMeasure& measure : kKnown)
        if (measure.name == plain)
            return &measure;
    return nullptr;
}

// Unit and scale to seconds from a declared unit or the end of a name.
void unitOf(std::string_view name, const std::string& declared, Measure& measure) {
    struct Suffix { std::string_view end, unit; double scale; };
    static constexpr std::array<Suffix, 13> kSuffixes = {{{"_seconds", "s", 1}, {".seconds", "s", 1}, {"_ms", "ms", 1e-3}, {".ms", "ms", 1e-3}, {"_milliseconds", "ms", 1e-3},
                                                          {"_us", "us", 1e-6}, {"_microseconds", "us", 1e-6}, {"_ns", "ns", 1e-9}, {"_nano", "ns", 1e-9},
                                                          {"_bytes", "By", 1}, {"_tokens", "{token}", 1}, {".duration", "s", 1}, {"_duration", "s", 1}}};
    if (!declared.empty()) {
        measure.unit = declared;
        measure.scale = declared == "ms" ? 1e-3 : declared == "us" ? 1e-6 : declared == "ns" ? 1e-9 : 1;
        return;
    }
    measure.unit = "1";
    for (const Suffix& suffix : kSuffixes)
        if (name.ends_with(suffix.end)) {
            measure.unit = suffix.unit;
            measure.scale = suffix.scale;
            return;
        }
}

// Numbers that are names: ports, codes, line numbers, ids.
bool isLabelNumber(std::string_view key) {
    for (const std::string_view end : {".port", "port", "status_code", "line", "lineno", "line_number", "pid", "thread.id", ".id", "_id", "Id", "ID", "Pid", "PID", "version", "status", "code", "seed", "index", "timestamp", "attempt"})
        if (key.ends_with(end))
            return true;
    return false;
}

struct Ranked {
    int rank;
    Measure measure;
};

void addHistograms(const store::Snapshot& snapshot, std::vector<Ranked>& out) {
    struct Family { uint64_t samples = 0; std::string unit; };
    std::map<std::string, Family> families;
    for (const store::SeriesRow& series : snapshot.series()) {
        const bool composite = series.kind == MetricKind::kHistogram || series.kind == MetricKind::kExponentialHistogram;
        const bool classic = series.name.ends_with("_bucket") && findAttribute(series.attributes, "le");
        if (!composite && !classic)
            continue;
        Family& family = families[classic ? series.name.substr(0, series.name.size() - 7) : series.name];
        family.samples += series.samples;
        family.unit = family.unit.empty() ? series.unit : family.unit;
    }
    for (const auto& [name, family] : families) {
        Measure measure;
        measure.kind = Measure::Kind::kHistogram;
        measure.key = name;
        measure.count = family.samples;
        measure.title = name;
        unitOf(name, family.unit, measure);
        int rank = kOtherHistogram;
        if (const KnownMeasure* found = known(name)) {
            measure.title = found->title;
            measure.unit = found->unit;
            measure.scale = found->scale;
            rank = found->rank;
        }
        out.push_back({rank, std::move(measure)});
    }
}

void addAttributes(const store::Snapshot& snapshot, Signal signal, std::vector<Ranked>& out) {
    std::map<std::string, uint64_t> rows;
    for (const auto& info : snapshot.segments(signal))
        for (const store::AttributeInfo& attribute : info->attributes)
            if ((attribute.type == ValueType::kInt || attribute.type == ValueType::kDouble) && !isLabelNumber(attribute.key))
                rows[attribute.key] += attribute.rows;
    for (const auto& [key, count] : rows) {
        Measure measure;
        measure.kind = signal == Signal::kSpan ? Measure::Kind::kSpanAttribute : Measure::Kind::kLogAttribute;
        measure.key = key;
        measure.title = key + (signal == Signal::kSpan ? " (spans)" : " (logs)");
        measure.count = count;
        unitOf(key, {}, measure);
        int rank = kOtherAttribute + (signal == Signal::kLog ? 10 : 0);
        if (const KnownMeasure* found = known(key)) {
            measure.title = found->title;
            measure.unit = found->unit;
            measure.scale = found->scale;
            rank = found->rank;
        }
        out.push_back({rank, std::move(measure)});
    }
}

}  // namespace

Result<std::vector<Measure>> answerMeasures(QueryContext& context) {
    std::vector<Ranked> ranked;
    uint64_t spans = 0;
    for (const auto& info : context.snapshot().segments(Signal::kSpan))
        spans += info->rows;
    if (spans > 0) {
        Measure duration;
        duration.title = "Span duration";
        duration.unit = "ns";
        duration.scale = 1e-9;
        duration.count = spans;
        ranked.push_back({kDurationRank, std::move(duration)});
    }
    addHistograms(context.snapshot(), ranked);
    addAttributes(context.snapshot(), Signal::kSpan, ranked);
    addAttributes(context.snapshot(), Signal::kLog, ranked);
    // Without LLM signals span durations lead.
    const bool llm = std::any_of(ranked.begin(), ranked.end(), [](const Ranked& r) { return r.rank <= 1; });
    if (!llm)
        for (Ranked& r : ranked)
            if (r.rank == kDurationRank && r.measure.kind == Measure::Kind::kSpanDuration)
                r.rank = -1;
    std::stable_sort(ranked.begin(), ranked.end(), [](const Ranked& a, const Ranked& b) { return a.rank != b.rank ? a.rank < b.rank : a.measure.count > b.measure.count; });
    std::vector<Measure> out;
    for (Ranked& r : ranked)
        out.push_back(std::move(r.measure));
    return out;
}

}  // namespace nj::query
