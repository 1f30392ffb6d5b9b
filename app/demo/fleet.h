// Who runs where in the demo: services, pods, hosts, GPUs, clients, and the ids that several files must agree on.
// Pure functions and constants, any thread.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "demo/day.h"
#include "demo/otlp_text.h"

namespace nj::demo {

enum class Service : uint8_t { kGateway, kChatApi, kGuardrail, kRetriever, kVectorStore, kReranker, kVllmA, kVllmB };
inline constexpr size_t kServices = 8;

struct Deployment {
    std::string_view service;
    std::string_view version;
    std::string_view language;             // of the SDK
    std::array<std::string_view, 2> pods;  // "" = only one
    std::string_view host;
    std::string_view scope;                // instrumentation scope of its spans
};
inline constexpr std::string_view kGpuHost = "gpu-node-07";
inline constexpr std::string_view kCpuHost = "cpu-node-11";
inline constexpr std::string_view kNamespace = "chat";
// Index is the Service; the retriever's new version has entry kServices.
const std::array<Deployment, kServices + 1>& deployments();

// Resource attributes of one pod of a deployment.
OtlpAttributes resourceOf(const Deployment& deployment, size_t pod);

// Slots of the spans of a request's trace.
enum class Slot : uint8_t { kRoot, kPrepare, kCheckInput, kEmbed, kRetrieve, kSearch, kRerank, kChat, kAttempt1, kAttempt2, kEngine, kCheckOutput, kSave, kUsage };
SpanId spanId(uint64_t seed, size_t request, Slot slot);

std::string hexId(uint64_t seed, size_t request, std::string_view purpose, size_t digits);
std::string engineRequestId(uint64_t seed, size_t request, size_t attempt);   // "chatcmpl-2ce7a90b…"
std::string sessionId(const Request& request);
std::string_view tenantName(uint16_t tenant);
std::string clientAddress(const Request& request);
std::string_view userAgent(const Request& request);
uint64_t mix(uint64_t a, uint64_t b);

inline constexpr std::string_view kScannerAddress = "198.51.100.23";

std::string gpuUuid(int gpu);
std::string_view gpuPci(int gpu);   // "00000000:5D:00.0"

}  // namespace nj::demo
