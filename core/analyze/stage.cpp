#include "analyze/stage.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

namespace nj::analyze {
namespace {

using Rule = std::pair<std::string_view, Stage>;

char lowered(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

bool equalsIgnoringCase(std::string_view a, std::string_view b) {
    return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) { return lowered(x) == lowered(y); });
}

std::optional<Stage> lookUp(std::string_view value, const Rule* rules, size_t count) {
    for (size_t i = 0; i < count; ++i)
        if (equalsIgnoringCase(value, rules[i].first))
            return rules[i].second;
    return std::nullopt;
}

template <size_t N>
std::optional<Stage> lookUp(std::string_view value, const std::array<Rule, N>& rules) {
    return value.empty() ? std::nullopt : lookUp(value, rules.data(), N);
}

constexpr std::array<Rule, 10> kOpenInference = {{{"LLM", Stage::kInference}, {"EMBEDDING", Stage::kEmbedding}, {"RETRIEVER", Stage::kRetrieval},
                                                  {"RERANKER", Stage::kRerank}, {"TOOL", Stage::kTool}, {"AGENT", Stage::kAgent}, {"GUARDRAIL", Stage::kGuardrail},
                                                  {"EVALUATOR", Stage::kEvaluation}, {"PROMPT", Stage::kPrompt}, {"CHAIN", Stage::kAgent}}};
constexpr std::array<Rule, 17> kOperations = {{{"chat", Stage::kInference}, {"generate_content", Stage::kInference}, {"text_completion", Stage::kInference},
                                               {"llm_request", Stage::kInference}, {"embeddings", Stage::kEmbedding}, {"retrieval", Stage::kRetrieval},
                                               {"search_memory", Stage::kRetrieval}, {"vector_db_retrieve", Stage::kRetrieval}, {"rerank", Stage::kRerank},
                                               {"execute_tool", Stage::kTool}, {"invoke_agent", Stage::kAgent}, {"create_agent", Stage::kAgent},
                                               {"invoke_workflow", Stage::kAgent}, {"plan", Stage::kAgent}, {"execute_task", Stage::kAgent},
                                               {"run_guardrail", Stage::kGuardrail}, {"guardrail.run", Stage::kGuardrail}}};
constexpr std::array<Rule, 8> kLangfuse = {{{"generation", Stage::kInference}, {"embedding", Stage::kEmbedding}, {"retriever", Stage::kRetrieval}, {"tool", Stage::kTool},
                                            {"agent", Stage::kAgent}, {"chain", Stage::kAgent}, {"guardrail", Stage::kGuardrail}, {"evaluator", Stage::kEvaluation}}};
constexpr std::array<Rule, 4> kTraceloop = {{{"workflow", Stage::kAgent}, {"task", Stage::kAgent}, {"agent", Stage::kAgent}, {"tool", Stage::kTool}}};

// Words of a name, in the order they are tried: the more telling first.
constexpr std::array<Rule, 34> kWords = {{{"rerank", Stage::kRerank}, {"ranker", Stage::kRerank}, {"guardrail", Stage::kGuardrail}, {"moderation", Stage::kGuardrail},
                                          {"safety_check", Stage::kGuardrail}, {"queue", Stage::kQueue}, {"prefill", Stage::kPrefill}, {"decode", Stage::kDecode},
                                          {"upsert", Stage::kIngestion}, {"ingest", Stage::kIngestion}, {"chunking", Stage::kIngestion}, {"re-index", Stage::kIngestion},
                                          {"embed", Stage::kEmbedding}, {"retrieve", Stage::kRetrieval}, {"retrieval", Stage::kRetrieval}, {"vector_search", Stage::kRetrieval},
                                          {"similarity", Stage::kRetrieval}, {"chroma.query", Stage::kRetrieval}, {"pinecone.query", Stage::kRetrieval},
                                          {"qdrant.search", Stage::kRetrieval}, {"milvus.search", Stage::kRetrieval}, {"build_prompt", Stage::kPrompt},
                                          {"prompttemplate", Stage::kPrompt}, {"promptbuilder", Stage::kPrompt}, {"assemble prompt", Stage::kPrompt}, {"render prompt", Stage::kPrompt},
                                          {"llm_request", Stage::kInference}, {"chat.completion", Stage::kInference}, {"dogenerate", Stage::kInference},
                                          {"dostream", Stage::kInference}, {"execute_tool", Stage::kTool}, {"toolcall", Stage::kTool}, {"post-process", Stage::kPostProcessing},
                                          {"postprocess", Stage::kPostProcessing}}};
// First words of a name.
constexpr std::array<Rule, 8> kStarts = {{{"chat ", Stage::kInference}, {"text_completion ", Stage::kInference}, {"generate_content ", Stage::kInference},
                                          {"openai.chat", Stage::kInference}, {"anthropic.chat", Stage::kInference}, {"litellm.chat", Stage::kInference},
                                          {"ollama.chat", Stage::kInference}, {"invoke_agent", Stage::kAgent}}};

}  // namespace

const char* stageName(Stage stage) {
    static constexpr std::array<const char*, kStageCount> kNames = {"ingestion", "prompt", "guardrail", "embedding", "retrieval", "rerank", "queue", "prefill",
                                                                    "decode", "inference", "tool", "agent", "post-processing", "evaluation", "delivery", "other"};
    return kNames[std::min(static_cast<size_t>(stage), kStageCount - 1)];
}

void setEvidence(StageEvidence& evidence, std::string_view key, std::string_view value) {
    if (key == kStageKeys[0])
        evidence.openInferenceKind = value;
    else if (key == kStageKeys[1])
        evidence.operation = value;
    else if (key == kStageKeys[2])
        evidence.langfuseType = value;
    else if (key == kStageKeys[3])
        evidence.traceloopKind = value;
    else if (key == kStageKeys[4] || key == kStageKeys[5])
        evidence.dbSystem = value;
    else if (key == kStageKeys[6] || key == kStageKeys[7])
        evidence.dbOperation = value;
}

Stage stageOfName(std::string_view name) {
    std::string lower(name.substr(0, 128));
    std::transform(lower.begin(), lower.end(), lower.begin(), lowered);
    for (const auto& [start, stage] : kStarts)
        if (lower.starts_with(start))
            return stage;
    for (const auto& [word, stage] : kWords)
        if (lower.find(word) != std::string::npos)
            return stage;
    return Stage::kOther;
}

Stage stageOfSpan(std::string_view name, const StageEvidence& evidence) {
    if (const auto stage = lookUp(evidence.openInferenceKind, kOpenInference))
        return *stage;
    if (const auto stage = lookUp(evidence.operation, kOperations))
        return *stage;
    if (const auto stage = lookUp(evidence.langfuseType, kLangfuse))
        return *stage;
    if (const auto stage = lookUp(evidence.traceloopKind, kTraceloop)) {
        // "rerank.task" says more by its name than by its kind.
        const Stage byName = stageOfName(name);
        return byName == Stage::kOther ? *stage : byName;
    }
    static constexpr std::array<std::string_view, 8> kVectorStores = {"chroma", "pinecone", "qdrant", "milvus", "weaviate", "lancedb", "marqo", "pgvector"};
    for (const std::string_view store : kVectorStores) {
        if (!equalsIgnoringCase(evidence.dbSystem, store))
            continue;
        for (const std::string_view write : {"upsert", "insert", "add", "add_object", "create"})
            if (equalsIgnoringCase(evidence.dbOperation, write))
                return Stage::kIngestion;
        return Stage::kRetrieval;
    }
    return stageOfName(name);
}

std::vector<StagePart> engineParts(const EngineTimes& times, TimeNs start, TimeNs end) {
    std::vector<StagePart> parts;
    if (!times.any() || end <= start)
        return parts;
    TimeNs at = start;
    const auto lay = [&](Stage stage, std::optional<double> seconds) {
        if (!seconds || !(*seconds > 0) || at >= end)
            return;
        const double left = static_cast<double>(end - at);
        const TimeNs to = *seconds * 1e9 >= left ? end : at + static_cast<TimeNs>(*seconds * 1e9);
        if (to > at)
            parts.push_back({stage, at, to});
        at = to;
    };
    lay(Stage::kQueue, times.queue);
    std::optional<double> prefill = times.prefill;
    if (!prefill && times.timeToFirstToken)
        prefill = *times.timeToFirstToken - times.queue.value_or(0);
    lay(Stage::kPrefill, prefill);
    if (times.decode)
        lay(Stage::kDecode, times.decode);
    else if (prefill && at < end)
        parts.push_back({Stage::kDecode, at, end});
    return parts;
}

}  // namespace nj::analyze
