#include "demo/fleet.h"

#include <fmt/format.h>

namespace nj::demo {

const std::array<Deployment, kServices + 1>& deployments() {
    static constexpr std::array<Deployment, kServices + 1> kAll = {{
        {"gateway", "3.8.1", "go", {"gateway-6d9c7b5f4d-x2k8m", "gateway-6d9c7b5f4d-p9q4z"}, kCpuHost, "gateway/http"},
        {"chat-api", "5.2.0", "python", {"chat-api-5f8d9c6b7-hm4tz", "chat-api-5f8d9c6b7-w7kjs"}, kCpuHost, "chat_api"},
        {"guardrail", "1.9.3", "python", {"guardrail-74c6d8f5b9-2nvxq", ""}, kCpuHost, "guardrail"},
        {"retriever", "2.13.4", "python", {"retriever-6f7c9d8b54-kd8xw", "retriever-6f7c9d8b54-zq5lm"}, kCpuHost, "retriever"},
        {"vector-store", "1.14.2", "rust", {"vector-store-0", ""}, kCpuHost, "vector_store"},
        {"reranker", "0.8.0", "python", {"reranker-59b7f6d4c8-t6rvd", ""}, kCpuHost, "reranker"},
        {"vllm-a", "0.11.2", "python", {"vllm-a-0", ""}, kGpuHost, "vllm.llm_engine"},
        {"vllm-b", "0.11.2", "python", {"vllm-b-0", ""}, kGpuHost, "vllm.llm_engine"},
        {"retriever", "2.14.0", "python", {"retriever-7d9fb5c6d8-4xj2c", "retriever-7d9fb5c6d8-n8s6p"}, kCpuHost, "retriever"},
    }};
    return kAll;
}

OtlpAttributes resourceOf(const Deployment& d, size_t pod) {
    const std::string name(d.pods[d.pods[pod].empty() ? 0 : pod]);
    OtlpAttributes a = {
        {"service.name", std::string(d.service)},
        {"service.version", std::string(d.version)},
        {"service.namespace", std::string(kNamespace)},
        {"service.instance.id", name},
        {"k8s.namespace.name", std::string(kNamespace)},
        {"k8s.pod.name", name},
        {"k8s.node.name", std::string(d.host)},
        {"host.name", std::string(d.host)},
        {"deployment.environment.name", std::string("production")},
        {"telemetry.sdk.name", std::string("opentelemetry")},
        {"telemetry.sdk.language", std::string(d.language)},
        {"otel.traces_sampler", std::string("parentbased_traceidratio")},
        {"otel.traces_sampler_arg", 0.08},
    };
    return a;
}

uint64_t mix(uint64_t a, uint64_t b) {
    uint64_t z = a * 0x9E3779B97F4A7C15ULL + b * 0xBF58476D1CE4E5B9ULL + 0x94D049BB133111EBULL;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
    return z ^ (z >> 31);
}

SpanId spanId(uint64_t seed, size_t request, Slot slot) {
    const uint64_t bits = mix(seed, request * 32 + static_cast<uint64_t>(slot)) | 1;
    SpanId id;
    for (size_t i = 0; i < 8; ++i)
        id.bytes[i] = static_cast<unsigned char>(bits >> (56 - 8 * i));
    return id;
}

std::string hexId(uint64_t seed, size_t request, std::string_view purpose, size_t digits) {
    const uint64_t salt = purpose.empty() ? 0 : static_cast<unsigned char>(purpose[0]) * 131U + purpose.size();
    std::string out;
    for (uint64_t block = 0; out.size() < digits; ++block)
        out += fmt::format("{:016x}", mix(seed + salt * 7919, request * 8 + block));
    out.resize(digits);
    return out;
}

std::string engineRequestId(uint64_t seed, size_t request, size_t attempt) {
    return "chatcmpl-" + hexId(seed, request * 2 + attempt, "engine", 32);
}

std::string sessionId(const Request& r) { return fmt::format("sess-{:07x}", mix(99, r.session) & 0xfffffff); }

std::string_view tenantName(uint16_t tenant) {
    static constexpr std::string_view kNames[] = {"acme-retail", "northwind", "helvetia-care", "borealis", "quayside", "lumen-legal", "sandbox"};
    return kNames[tenant % std::size(kNames)];
}

std::string clientAddress(const Request& r) {
    const uint64_t bits = mix(7, r.session);
    return fmt::format("10.8.{}.{}", bits % 4, 2 + (bits >> 8) % 250);
}

std::string_view userAgent(const Request& r) {
    static constexpr std::string_view kAgents[] = {"web/4.2", "web/4.2", "web/4.1", "ios/7.10", "android/7.9", "python-httpx/0.27.2"};
    return kAgents[mix(11, r.session) % std::size(kAgents)];
}

std::string gpuUuid(int gpu) {
    if (gpu == 3)
        return "GPU-7c1e0f3a-52d9-4b86-9e41-0d8f6a2b93c5";
    const std::string hex = hexId(20260317, static_cast<size_t>(gpu), "gpu", 32);
    return fmt::format("GPU-{}-{}-4{}-9{}-{}", hex.substr(0, 8), hex.substr(8, 4), hex.substr(13, 3), hex.substr(17, 3), hex.substr(20, 12));
}

std::string_view gpuPci(int gpu) {
    static constexpr std::string_view kIds[] = {"00000000:1B:00.0", "00000000:43:00.0", "00000000:52:00.0", "00000000:5D:00.0",
                                                "00000000:9D:00.0", "00000000:C3:00.0", "00000000:D1:00.0", "00000000:DF:00.0"};
    return kIds[gpu & 7];
}

}  // namespace nj::demo
