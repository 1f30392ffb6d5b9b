// Which step of an LLM request a span is, from its name and attributes, and the queue, prefill and decode of an engine's one span.
// Evidence in this order, first hit wins: openinference.span.kind, gen_ai.operation.name, langfuse.observation.type, traceloop.span.kind,
// db.system with a vector-search operation, span name, else kOther. Pure functions, any thread.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/time.h"

namespace nj::analyze {

// In request order; kOther stands for everything else of a request.
enum class Stage : uint8_t {
    kIngestion, kPrompt, kGuardrail, kEmbedding, kRetrieval, kRerank, kQueue, kPrefill, kDecode, kInference, kTool, kAgent, kPostProcessing,
    kEvaluation, kDelivery, kOther,
};
inline constexpr size_t kStageCount = static_cast<size_t>(Stage::kOther) + 1;
// "retrieval", "post-processing" …; kOther is "other".
const char* stageName(Stage stage);

// The attributes that say a stage; "" = absent.
struct StageEvidence {
    std::string_view openInferenceKind;    // openinference.span.kind
    std::string_view operation;            // gen_ai.operation.name
    std::string_view langfuseType;         // langfuse.observation.type
    std::string_view traceloopKind;        // traceloop.span.kind
    std::string_view dbSystem;             // db.system or db.system.name
    std::string_view dbOperation;          // db.operation or db.operation.name
};
inline constexpr std::array<std::string_view, 8> kStageKeys = {"openinference.span.kind", "gen_ai.operation.name", "langfuse.observation.type", "traceloop.span.kind",
                                                               "db.system", "db.system.name", "db.operation", "db.operation.name"};
// Stores the value of one of kStageKeys; other keys are ignored.
void setEvidence(StageEvidence& evidence, std::string_view key, std::string_view value);

Stage stageOfSpan(std::string_view name, const StageEvidence& evidence);
// By the name alone.
Stage stageOfName(std::string_view name);

// Seconds an engine states about one request (vLLM's llm_request: gen_ai.latency.*). Absent = not stated.
struct EngineTimes {
    std::optional<double> queue, prefill, decode, timeToFirstToken;
    [[nodiscard]] bool any() const { return queue || prefill || decode || timeToFirstToken; }
};
inline constexpr std::string_view kQueueKey = "gen_ai.latency.time_in_queue";
inline constexpr std::string_view kPrefillKey = "gen_ai.latency.time_in_model_prefill";
inline constexpr std::string_view kDecodeKey = "gen_ai.latency.time_in_model_decode";
inline constexpr std::string_view kFirstTokenKey = "gen_ai.latency.time_to_first_token";

struct StagePart {
    Stage stage = Stage::kOther;
    TimeNs from = 0, to = 0;
};
// Lays the stated times into [start, end] back to back: queue, prefill, decode; decode ends at the span's end when it is not stated.
// Hostile values (negative, NaN, beyond the span) are clamped or left out.
std::vector<StagePart> engineParts(const EngineTimes& times, TimeNs start, TimeNs end);

}  // namespace nj::analyze
