#include "dashboard/renamed_metrics.h"

#include <algorithm>
#include <array>

namespace nj::dashboard {
namespace {

struct Rename {
    std::string_view from, to;   // to: "" = gone
};
constexpr Rename kRenames[] = {
    {"vllm:gpu_cache_usage_perc", "vllm:kv_cache_usage_perc"},
    {"vllm:gpu_prefix_cache_hits", "vllm:prefix_cache_hits"},
    {"vllm:gpu_prefix_cache_queries", "vllm:prefix_cache_queries"},
    {"vllm:time_per_output_token_seconds", "vllm:inter_token_latency_seconds"},
    {"vllm:time_in_queue_requests", "vllm:request_queue_time_seconds"},
    {"vllm:cpu_cache_usage_perc", ""},
    {"vllm:num_requests_swapped", ""},
    {"vllm:gpu_prefix_cache_hit_rate", ""},
    {"vllm:cpu_prefix_cache_hit_rate", ""},
    {"vllm:avg_prompt_throughput_toks_per_s", ""},
    {"vllm:avg_generation_throughput_toks_per_s", ""},
    {"vllm:request_params_best_of", ""},
    {"vllm:model_forward_time_milliseconds", ""},
    {"vllm:model_execute_time_milliseconds", ""},
    {"vllm:spec_decode_draft_acceptance_rate", ""},
    {"vllm:spec_decode_efficiency", ""},
    {"sglang:time_per_output_token_seconds", "sglang:inter_token_latency_seconds"},
    {"llamacpp:kv_cache_usage_ratio", ""},
    {"DCGM_FI_DEV_CLOCK_THROTTLE_REASONS", "DCGM_FI_DEV_CLOCKS_EVENT_REASONS"},
};
constexpr std::array<std::string_view, 5> kSuffixes{"", "_total", "_bucket", "_sum", "_count"};

bool isNameChar(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == ':'; }

const Rename* renameOf(std::string_view name, std::string_view* suffix) {
    for (const Rename& rename : kRenames) {
        if (!name.starts_with(rename.from))
            continue;
        *suffix = name.substr(rename.from.size());
        if (std::find(kSuffixes.begin(), kSuffixes.end(), *suffix) != kSuffixes.end())
            return &rename;
    }
    return nullptr;
}

template <typename T>
void addOnce(std::vector<T>& list, T value) {
    if (std::find(list.begin(), list.end(), value) == list.end())
        list.push_back(std::move(value));
}

// The end of the string that begins at `at`.
size_t stringEnd(std::string_view text, size_t at) {
    const char quote = text[at];
    for (++at; at < text.size() && text[at] != quote; ++at)
        if (text[at] == '\\' && quote != '`')
            ++at;
    return std::min(at + 1, text.size());
}

}  // namespace

Renaming withCurrentNames(std::string_view expr, const std::set<std::string, std::less<>>& present) {
    Renaming out;
    for (size_t at = 0; at < expr.size();) {
        const char c = expr[at];
        size_t end = at + 1;
        if (c == '"' || c == '\'' || c == '`') {
            end = stringEnd(expr, at);
        } else if (isNameChar(c)) {
            while (end < expr.size() && isNameChar(expr[end]))
                ++end;
            const std::string_view name = expr.substr(at, end - at);
            std::string_view suffix;
            const Rename* rename = at > 0 && expr[at - 1] == '$' ? nullptr : renameOf(name, &suffix);
            if (rename != nullptr && !present.contains(name)) {
                if (rename->to.empty()) {
                    addOnce(out.gone, std::string(name));
                } else {
                    const std::string today = std::string(rename->to) + std::string(suffix);
                    out.expr += today;
                    addOnce(out.renamed, {std::string(name), today});
                    at = end;
                    continue;
                }
            }
        }
        out.expr += expr.substr(at, end - at);
        at = end;
    }
    return out;
}

}  // namespace nj::dashboard
