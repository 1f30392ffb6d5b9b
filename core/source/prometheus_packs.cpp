#include "source/prometheus_packs.h"

#include <algorithm>

namespace nj::source {
namespace {

// Names as their exporters write them; a recording rule keeps the prefix before its first ':'.
constexpr PrometheusPack kPacks[] = {
    {"up", "Targets up", R"({__name__=~"up|scrape_duration_seconds|scrape_samples_scraped"})"},
    {"vllm", "vLLM", R"({__name__=~"vllm:.+"})"},
    {"sglang", "SGLang", R"({__name__=~"sglang:.+|sglang_.+"})"},
    {"tgi", "TGI", R"({__name__=~"tgi_.+"})"},
    {"triton", "Triton", R"({__name__=~"nv_.+"})"},
    {"dcgm", "DCGM (GPUs)", R"({__name__=~"DCGM_FI_.+"})"},
    {"node", "Hosts (node_exporter)", R"({__name__=~"node_(cpu|memory|disk|filesystem|network|load|pressure|vmstat|netstat|boot_time|hwmon|uname).*"})"},
    {"kubernetes", "Kubernetes", R"({__name__=~"kube_(pod|deployment|node|job|horizontalpodautoscaler)_.+|container_(cpu|memory|network|fs|oom|spec).+"})"},
    {"gateway", "Gateways (nginx, Envoy, Traefik, HAProxy, LiteLLM)", R"({__name__=~"(nginx|envoy|traefik|haproxy|litellm|istio|kong)_.+"})"},
    {"http", "HTTP and RPC of services", R"({__name__=~"(http|grpc|rpc)_(server|client|request|requests)_.+"})"},
    {"genai", "OpenTelemetry GenAI", R"({__name__=~"gen_ai_.+"})"},
    {"collector", "OpenTelemetry collectors", R"({__name__=~"otelcol_.+"})"},
    {"runtime", "Processes", R"({__name__=~"process_(cpu|resident|virtual|open|max|start).+"})"},
};

}  // namespace

std::span<const PrometheusPack> prometheusPacks() { return kPacks; }

const PrometheusPack* findPack(std::string_view name) {
    const auto* const it = std::find_if(std::begin(kPacks), std::end(kPacks), [&](const PrometheusPack& pack) { return pack.name == name; });
    return it == std::end(kPacks) ? nullptr : it;
}

}  // namespace nj::source
