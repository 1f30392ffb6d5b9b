// The log of each vLLM pod: start-up, statistics every ten seconds, aborted requests, and uvicorn's access lines, which carry no time.
#include <cmath>

#include <fmt/format.h>

#include "demo/files.h"
#include "demo/fleet.h"
#include "demo/log_lines.h"

namespace nj::demo {

namespace {

constexpr double kStatistics = 10;

std::string startUp(const Scenario& s, size_t replica) {
    struct Line { double before; const char* process; const char* place; std::string text; };
    const Line lines[] = {
        {1130, "APIServer pid=1", "api_server.py:1772", "vLLM API server version 0.11.2"},
        {1129, "APIServer pid=1", "utils.py:253", fmt::format("non-default args: {{'model': 'meta-llama/Llama-3.3-70B-Instruct', 'served_model_name': ['{}'], 'max_model_len': 32768, 'tensor_parallel_size': 4, "
                                                              "'otlp_traces_endpoint': 'http://otel-collector:4317', 'enable_prefix_caching': True}}", kModelName)},
        {1122, "APIServer pid=1", "model.py:547", "Resolved architecture: LlamaForCausalLM"},
        {1121, "APIServer pid=1", "model.py:1510", "Using max model len 32768"},
        {1104, "EngineCore_DP0 pid=212", "core.py:93", "Initializing a V1 LLM engine (v0.11.2) with config: model='meta-llama/Llama-3.3-70B-Instruct', dtype=torch.bfloat16, tensor_parallel_size=4"},
        {1076, "Worker_TP0 pid=318", "gpu_model_runner.py:2602", "Starting to load model meta-llama/Llama-3.3-70B-Instruct..."},
        {915, "Worker_TP0 pid=318", "gpu_model_runner.py:2653", "Model loading took 32.8894 GiB and 159.310482 seconds"},
        {861, "EngineCore_DP0 pid=212", "kv_cache_utils.py:1087", "GPU KV cache size: 449,216 tokens"},
        {861, "EngineCore_DP0 pid=212", "kv_cache_utils.py:1091", "Maximum concurrency for 32,768 tokens per request: 13.71x"},
        {809, "EngineCore_DP0 pid=212", "core.py:210", "init engine (profile, create kv cache, warmup model) took 105.62 seconds"},
        {803, "APIServer pid=1", "api_server.py:1847", "Starting vLLM API server 0 on http://0.0.0.0:8000"},
    };
    std::string out;
    for (const Line& line : lines)
        out += fmt::format("({}) INFO {} [{}] {}\n", line.process, vllmTime(s, -line.before - 240 * static_cast<double>(replica)), line.place, line.text);
    out += "(APIServer pid=1) INFO:     Started server process [1]\n(APIServer pid=1) INFO:     Waiting for application startup.\n(APIServer pid=1) INFO:     Application startup complete.\n";
    return out;
}

void addStatistics(const Day& day, size_t replica, LogLines& lines) {
    const Scenario& s = day.scenario;
    const auto& scrapes = day.scrapes[replica];
    for (double t = 7; t + kScrape < s.duration; t += kStatistics) {
        const auto i = static_cast<size_t>(t / kScrape);
        const EngineGauges& now = scrapes[i];
        const EngineGauges& next = scrapes[i + 1];
        const double part = t / kScrape - static_cast<double>(i);
        const double prompt = (next.promptTokens - now.promptTokens) / kScrape;
        const double generated = (next.generatedTokens - now.generatedTokens) / kScrape;
        const EngineGauges& back = scrapes[i >= 20 ? i - 20 : 0];
        const double hits = next.cachedTokens - back.cachedTokens;
        const double queries = hits + next.promptTokens - back.promptTokens;
        const EngineGauges& shown = part < 0.5 ? now : next;
        const uint32_t preempted = next.preemptions - now.preemptions;
        lines.add(t, fmt::format("(APIServer pid=1) INFO {} [loggers.py:259] Engine 000: Avg prompt throughput: {:.1f} tokens/s, Avg generation throughput: {:.1f} tokens/s, Running: {} reqs, Waiting: {} reqs, "
                                 "{}GPU KV cache usage: {:.1f}%, Prefix cache hit rate: {:.1f}%",
                                 vllmTime(s, t), prompt, generated, shown.running, shown.waiting, preempted > 0 ? fmt::format("Preemptions: {}, ", preempted) : "", shown.kvUsed * 100,
                                 queries > 0 ? 100 * hits / queries : 0));
    }
}

}  // namespace

Status writeEngineLogs(const Day& day, const std::string& directory) {
    const Scenario& s = day.scenario;
    for (size_t replica = 0; replica < 2; ++replica) {
        LogLines lines;
        addStatistics(day, replica, lines);
        for (double t = 3.4 + static_cast<double>(replica); t < s.duration; t += 20)
            lines.add(t, fmt::format("(APIServer pid=1) INFO:     10.42.0.1:{} - \"GET /health HTTP/1.1\" 200 OK", 32768 + mix(replica, static_cast<uint64_t>(t)) % 28000));
        for (double t = 1.1; t < s.duration; t += 2 * kScrape)
            lines.add(t, fmt::format("(APIServer pid=1) INFO:     10.42.9.14:{} - \"GET /metrics HTTP/1.1\" 200 OK", 47110 + static_cast<int>(t / 3600) % 7));
        for (size_t i = 0; i < day.requests.size(); ++i) {
            const Request& r = day.requests[i];
            if (r.replica != replica)
                continue;
            for (size_t k = 0; k < 2; ++k) {
                const Attempt& a = r.attempts[k];
                if (a.outcome == Outcome::kDeadline || a.outcome == Outcome::kCut)
                    lines.add(a.end + 0.011, fmt::format("(APIServer pid=1) INFO {} [async_llm.py:712] Request {} aborted.", vllmTime(s, a.end + 0.011), engineRequestId(day.seed, i, k)));
            }
        }
        NJ_RETURN_IF_ERROR(lines.write(fmt::format("{}/{}.log.zst", directory, kReplicaNames[replica]), s.duration, startUp(s, replica)));
    }
    return {};
}

}  // namespace nj::demo
