// Numbers out of the periodic lines of inference engines.
#include <cmath>

#include "format/log_shapes.h"
#include "format/log_text.h"

namespace nj::format {
namespace {

// The number behind a label, which may be followed by blanks; `percent` tells whether a '%' follows it.
bool numberAfter(std::string_view body, std::string_view label, double& value, bool& percent) {
    const size_t found = body.find(label);
    if (found == std::string_view::npos)
        return false;
    size_t from = found + label.size();
    while (from < body.size() && body[from] == ' ')
        ++from;
    size_t end = from;
    while (end < body.size() && (text::isDigit(body[end]) || body[end] == '.'))
        ++end;
    // "1.5." at the end of a sentence
    while (end > from && body[end - 1] == '.')
        --end;
    percent = end < body.size() && body[end] == '%';
    return text::parseDouble(body.substr(from, end - from), value);
}

struct Statistic {
    std::string_view label;
    std::string_view attribute;
    bool count;
};

constexpr Statistic kVllm[] = {
    {"Avg prompt throughput:", "vllm.avg_prompt_throughput", false},
    {"Avg generation throughput:", "vllm.avg_generation_throughput", false},
    {"Running:", "vllm.num_requests_running", true},
    {"Waiting:", "vllm.num_requests_waiting", true},
    {"Pending:", "vllm.num_requests_waiting", true},
    {"Swapped:", "vllm.num_requests_swapped", true},
    {"Preemptions:", "vllm.num_preemptions", true},
    {"KV cache usage:", "vllm.kv_cache_usage_perc", false},
    {"Prefix cache hit rate:", "vllm.prefix_cache_hit_rate", false},
};

constexpr Statistic kSglang[] = {
    {"#running-req:", "sglang.num_running_reqs", true},
    {"#queue-req:", "sglang.num_queue_reqs", true},
    {"#new-seq:", "sglang.num_new_seqs", true},
    {"#new-token:", "sglang.num_new_tokens", true},
    {"#cached-token:", "sglang.num_cached_tokens", true},
    {"#token:", "sglang.num_used_tokens", true},
    {"token usage:", "sglang.token_usage", false},
    {"gen throughput (token/s):", "sglang.gen_throughput", false},
    {"input throughput (token/s):", "sglang.input_throughput", false},
};

constexpr Statistic kVllmStart[] = {
    {"GPU KV cache size:", "vllm.kv_cache_tokens", true},
    {"Maximum concurrency for", "vllm.max_concurrency_tokens", true},
};

void addAll(std::string_view body, const Statistic* from, size_t count, LogLine& out) {
    for (size_t i = 0; i < count; ++i) {
        double value = 0;
        bool percent = false;
        if (!numberAfter(body, from[i].label, value, percent))
            continue;
        if (from[i].count)
            out.addInt(from[i].attribute, static_cast<int64_t>(value));
        else
            out.addDouble(from[i].attribute, percent ? std::round(value * 1e6) / 1e8 : value);
    }
}

// "449,216 tokens": digits with thousands separators.
void addGrouped(std::string_view body, const Statistic& what, LogLine& out) {
    const size_t found = body.find(what.label);
    if (found == std::string_view::npos)
        return;
    int64_t value = 0;
    int digits = 0;
    for (size_t i = found + what.label.size(); i < body.size() && digits < 18; ++i) {
        if (text::isDigit(body[i])) {
            value = value * 10 + (body[i] - '0');
            ++digits;
        } else if (digits > 0 && body[i] != ',') {
            break;
        }
    }
    if (digits > 0)
        out.addInt(what.attribute, value);
}

}  // namespace

void addEngineStatistics(LogLine& out) {
    const std::string_view body = out.body;
    constexpr std::string_view kFirst = "EADPGM";
    if (body.size() > 4096 || body.size() < 16 || kFirst.find(body[0]) == std::string_view::npos)
        return;
    if (body.compare(0, 7, "Engine ") == 0 && body.find("throughput:") != std::string_view::npos) {
        int64_t engine = 0;
        if (text::leadingDigits(body.substr(7), engine) > 0)
            out.addInt("vllm.engine", engine);
        addAll(body, kVllm, std::size(kVllm), out);
    } else if (body.compare(0, 22, "Avg prompt throughput:") == 0) {
        addAll(body, kVllm, std::size(kVllm), out);
    } else if (body.compare(0, 12, "Decode batch") == 0 || body.compare(0, 13, "Prefill batch") == 0) {
        addAll(body, kSglang, std::size(kSglang), out);
    } else if (body.compare(0, 18, "GPU KV cache size:") == 0) {
        addGrouped(body, kVllmStart[0], out);
    } else if (body.compare(0, 23, "Maximum concurrency for") == 0) {
        addGrouped(body, kVllmStart[1], out);
        double factor = 0;
        bool percent = false;
        if (numberAfter(body, "request:", factor, percent))
            out.addDouble("vllm.max_concurrency", factor);
    }
}

}  // namespace nj::format
