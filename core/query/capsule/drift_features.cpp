// What can drift in this capsule. First what operators of LLM systems watch, each from its best source (all requests before sampled ones);
// then every other measure and every attribute with few values.
#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <span>

#include "query/capsule/drift_questions.h"
#include "query/capsule/questions.h"

namespace nj::query {
namespace {

using Source = DriftFeature::Source;

constexpr size_t kMostEvaluations = 8, kMostScores = 6, kMostRest = 400;

// Span or log attributes that hold the same thing, the conventions' own names first.
constexpr std::array<std::string_view, 11> kPromptKeys = {"gen_ai.usage.input_tokens", "gen_ai.usage.prompt_tokens", "llm.token_count.prompt", "llm.usage.prompt_tokens",
                                                          "ai.usage.inputTokens", "ai.usage.promptTokens", "input_length", "prompt_tokens", "input_tokens", "num_prompt_tokens",
                                                          "ContextTokens"};
constexpr std::array<std::string_view, 11> kOutputKeys = {"gen_ai.usage.output_tokens", "gen_ai.usage.completion_tokens", "llm.token_count.completion", "llm.usage.completion_tokens",
                                                          "ai.usage.outputTokens", "ai.usage.completionTokens", "output_length", "completion_tokens", "output_tokens",
                                                          "num_generation_tokens", "GeneratedTokens"};
constexpr std::array<std::string_view, 5> kModelKeys = {"gen_ai.request.model", "gen_ai.response.model", "llm.model_name", "ai.model.id", "model"};
constexpr std::array<std::string_view, 5> kToolKeys = {"gen_ai.tool.name", "tool.name", "ai.toolCall.name", "tool_name", "mcp.tool.name"};
constexpr std::array<std::string_view, 6> kLanguageKeys = {"gen_ai.request.language", "user.language", "app.language", "language", "lang", "locale"};
struct CounterPair { std::string_view part, whole; };
constexpr std::array<CounterPair, 6> kPrefixCounters = {{{"vllm:prefix_cache_hits_total", "vllm:prefix_cache_queries_total"},
                                                         {"vllm:prefix_cache_hits", "vllm:prefix_cache_queries"},
                                                         {"vllm:gpu_prefix_cache_hits_total", "vllm:gpu_prefix_cache_queries_total"},
                                                         {"vllm:gpu_prefix_cache_hits", "vllm:gpu_prefix_cache_queries"},
                                                         {"ray_vllm_prefix_cache_hits_total", "ray_vllm_prefix_cache_queries_total"},
                                                         {"sglang:cached_tokens_total", "sglang:prompt_tokens_total"}}};
constexpr std::array<std::string_view, 3> kPrefixGauges = {"vllm:gpu_prefix_cache_hit_rate", "vllm:cpu_prefix_cache_hit_rate", "sglang:cache_hit_rate"};

bool has(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

// "user_feedback" → "User feedback".
std::string spoken(std::string_view name) {
    std::string out(name);
    std::replace(out.begin(), out.end(), '_', ' ');
    if (!out.empty() && out.front() >= 'a' && out.front() <= 'z')
        out.front() = static_cast<char>(out.front() - 'a' + 'A');
    return out;
}

struct Attribute {
    uint64_t numbers = 0, texts = 0, json = 0;
};
struct Family {
    uint64_t samples = 0;
    std::set<std::string> labels;
    bool has(const char* label) const { return labels.contains(label); }
};

class FeatureFinder {
public:
    explicit FeatureFinder(QueryContext& context) : context_(context) {}

    Result<std::vector<DriftFeature>> find() {
        collect();
        tokens(kPromptKeys, "input", "vllm:request_prompt_tokens", "Prompt tokens");
        prefixHit();
        scores();
        NJ_RETURN_IF_ERROR(evaluations());
        queryLength();
        tokens(kOutputKeys, "output", "vllm:request_generation_tokens", "Output tokens");
        NJ_RETURN_IF_ERROR(models());
        category(kLanguageKeys, "Language");
        category(kToolKeys, "Tool");
        embeddings();
        NJ_RETURN_IF_ERROR(rest());
        return std::move(out_);
    }

private:
    void collect() {
        for (const Signal signal : {Signal::kSpan, Signal::kLog})
            for (const auto& info : context_.snapshot().segments(signal))
                for (const store::AttributeInfo& attribute : info->attributes) {
                    Attribute& entry = (signal == Signal::kSpan ? spans_ : logs_)[attribute.key];
                    const bool number = attribute.type == ValueType::kInt || attribute.type == ValueType::kDouble;
                    (number ? entry.numbers : attribute.type == ValueType::kJson ? entry.json : entry.texts) += attribute.rows;
                }
        for (const store::SeriesRow& series : context_.snapshot().series()) {
            metrics_[series.name] += series.samples;
            const bool classic = series.name.ends_with("_bucket") && findAttribute(series.attributes, "le");
            if (series.kind != MetricKind::kHistogram && series.kind != MetricKind::kExponentialHistogram && !classic)
                continue;
            Family& family = families_[classic ? series.name.substr(0, series.name.size() - 7) : series.name];
            family.samples += series.samples;
            for (const KeyValue& label : series.attributes)
                family.labels.insert(label.key);
        }
    }

    DriftFeature& add(Source source, std::string key, std::string title, std::string unit, uint64_t count) {
        DriftFeature feature;
        feature.source = source;
        feature.key = std::move(key);
        feature.title = std::move(title);
        feature.unit = std::move(unit);
        feature.count = count;
        feature.leading = true;
        feature.rowsAreLogs = source == Source::kLogAttribute;
        taken_.insert(feature.key);
        out_.push_back(std::move(feature));
        return out_.back();
    }

    // The first of the keys that rows have as numbers.
    [[nodiscard]] static std::string firstNumber(const std::map<std::string, Attribute>& rows, std::span<const std::string_view> keys) {
        for (const std::string_view key : keys)
            if (const auto it = rows.find(std::string(key)); it != rows.end() && it->second.numbers > 0)
                return it->first;
        return {};
    }

    void tokens(std::span<const std::string_view> keys, const char* type, const std::string& engineFamily, const char* title) {
        const std::string spanKey = firstNumber(spans_, keys), logKey = firstNumber(logs_, keys);
        for (const auto& [name, typeLabel] : {std::pair("gen_ai.client.token.usage", "gen_ai.token.type"), std::pair("gen_ai_client_token_usage", "gen_ai_token_type")}) {
            const auto family = families_.find(name);
            if (family == families_.end() || !family->second.has(typeLabel))
                continue;
            DriftFeature& feature = add(Source::kHistogram, name, title, "{token}", family->second.samples);
            feature.where = {{typeLabel, type}};
            feature.rowsKey = spanKey;
            return;
        }
        if (const auto family = families_.find(engineFamily); family != families_.end())
            add(Source::kHistogram, engineFamily, title, "{token}", family->second.samples).rowsKey = spanKey;
        else if (!spanKey.empty())
            add(Source::kSpanAttribute, spanKey, title, "{token}", spans_[spanKey].numbers);
        else if (!logKey.empty())
            add(Source::kLogAttribute, logKey, title, "{token}", logs_[logKey].numbers);
    }

    void prefixHit() {
        for (const CounterPair& pair : kPrefixCounters)
            if (metrics_.contains(std::string(pair.part)) && metrics_.contains(std::string(pair.whole))) {
                add(Source::kCounterRatio, std::string(pair.part), "Prefix cache hit", "ratio", metrics_[std::string(pair.part)]).label = pair.whole;
                return;
            }
        for (const std::string_view gauge : kPrefixGauges)
            if (const auto it = metrics_.find(std::string(gauge)); it != metrics_.end()) {
                add(Source::kGauge, it->first, "Prefix cache hit", "ratio", it->second);
                return;
            }
    }

    void scores() {
        size_t found = 0;
        for (const auto* rows : {&spans_, &logs_})
            for (const auto& [key, attribute] : *rows) {
                const bool score = has(key, "score") || has(key, "similarity");
                const bool retrieval = has(key, "retriev") || has(key, "similarity") || has(key, "vector") || has(key, "document");
                if (!score || !retrieval || attribute.numbers == 0 || has(key, "evaluation") || found >= kMostScores || taken_.contains(key))
                    continue;
                const bool plain = found++ == 0;
                DriftFeature& feature = add(rows == &spans_ ? Source::kSpanAttribute : Source::kLogAttribute, key, plain ? "Retrieval score" : key, "1", attribute.numbers);
                feature.modelScore = true;
            }
    }

    Status evaluations() {
        NJ_ASSIGN(const std::vector<store::CapsuleReader::EvaluationRow> rows, context_.reader().evaluations());
        std::map<std::string, uint64_t> names;
        for (const auto& row : rows)
            if (row.evaluation.hasScore && !row.evaluation.name.empty())
                ++names[row.evaluation.name];
        std::vector<std::pair<std::string, uint64_t>> order(names.begin(), names.end());
        std::stable_sort(order.begin(), order.end(), [](const auto& a, const auto& b) { return a.second > b.second; });
        for (size_t i = 0; i < std::min(order.size(), kMostEvaluations); ++i)
            add(Source::kEvaluation, order[i].first, spoken(order[i].first), "1", order[i].second);
        return {};
    }

    void queryLength() {
        const auto measures = [](std::string_view key) { return (has(key, "query") || has(key, "question")) && (has(key, "length") || has(key, "char") || has(key, "size")) && !has(key, "db."); };
        std::string spanKey;
        for (const auto& [key, attribute] : spans_)
            if (spanKey.empty() && attribute.numbers > 0 && measures(key))
                spanKey = key;
        for (const auto& [name, family] : families_)
            if (measures(name)) {
                add(Source::kHistogram, name, "User query length", "{character}", family.samples).rowsKey = spanKey;
                taken_.insert(spanKey);
                return;
            }
        if (!spanKey.empty())
            add(Source::kSpanAttribute, spanKey, "User query length", "{character}", spans_[spanKey].numbers);
    }

    Status models() {
        for (const auto& [name, label] : {std::pair("gen_ai.client.token.usage", "gen_ai.request.model"), std::pair("gen_ai_client_token_usage", "gen_ai_request_model")}) {
            const auto family = families_.find(name);
            if (family == families_.end() || !family->second.has(label))
                continue;
            DriftFeature& feature = add(Source::kHistogramLabel, name, "Model", "", family->second.samples);
            feature.label = label;
            feature.categorical = true;
            feature.rowsKey = spans_.contains("gen_ai.request.model") ? "gen_ai.request.model" : "";
            const char* type = family->second.has("gen_ai.token.type") ? "gen_ai.token.type" : "gen_ai_token_type";
            if (family->second.has(type))
                feature.where = {{type, "input"}};   // each request once
            break;
        }
        std::map<std::string, uint64_t> operations;
        if (spans_.contains("gen_ai.operation.name")) {
            NJ_ASSIGN(const auto values, answerValues(context_, "gen_ai.operation.name", "", 20));
            operations.insert(values.begin(), values.end());
        }
        const bool known = std::any_of(out_.begin(), out_.end(), [](const DriftFeature& feature) { return feature.title == "Model"; });
        for (const std::string_view key : kModelKeys) {
            const auto it = spans_.find(std::string(key));
            const bool inLogs = it == spans_.end() && logs_.contains(std::string(key));
            if ((it == spans_.end() || it->second.texts == 0) && !inLogs)
                continue;
            if (!known) {
                DriftFeature& feature = add(inLogs ? Source::kLogAttribute : Source::kSpanAttribute, std::string(key), "Model", "", inLogs ? logs_[std::string(key)].texts : it->second.texts);
                feature.categorical = true;
                if (operations.contains("chat") && !inLogs)
                    feature.where = {{"gen_ai.operation.name", "chat"}};
            }
            // The model that embeds is another one, and its change moves what is retrieved.
            if (operations.contains("embeddings") && !inLogs) {
                DriftFeature& feature = add(Source::kSpanAttribute, std::string(key), "Embedding model", "", operations["embeddings"]);
                feature.categorical = true;
                feature.where = {{"gen_ai.operation.name", "embeddings"}};
            }
            break;
        }
        return {};
    }

    void category(std::span<const std::string_view> keys, const char* title) {
        for (const auto* rows : {&spans_, &logs_})
            for (const std::string_view key : keys) {
                const auto it = rows->find(std::string(key));
                if (it == rows->end() || it->second.texts == 0)
                    continue;
                add(rows == &spans_ ? Source::kSpanAttribute : Source::kLogAttribute, it->first, title, "", it->second.texts).categorical = true;
                return;
            }
    }

    void embeddings() {
        for (const auto* rows : {&spans_, &logs_})
            for (const auto& [key, attribute] : *rows) {
                if (attribute.json == 0 || (!has(key, "embedding") && !has(key, "vector")) || has(key, "text"))
                    continue;
                DriftFeature& feature = add(Source::kEmbedding, key, "Embeddings", "", attribute.json);
                feature.rowsAreLogs = rows == &logs_;
                feature.label = feature.rowsAreLogs ? "log" : "";
                return;
            }
    }

    // Texts that are names of one thing rather than of a kind.
    static bool isName(std::string_view key) {
        for (const std::string_view end : {".id", "_id", "uuid", "uid", ".hash", "timestamp", "message", "messages", "prompt", "url", "url.full", "url.path", "stacktrace", "address", "ip", "token"})
            if (key.ends_with(end))
                return true;
        return key == "id" || has(key, "trace") || has(key, "content") || has(key, "statement");
    }

    Status rest() {
        NJ_ASSIGN(const std::vector<Measure> measures, answerMeasures(context_));
        const size_t leading = out_.size();
        for (const Measure& measure : measures) {
            if (measure.kind == Measure::Kind::kSpanDuration || taken_.contains(measure.key) || out_.size() - leading >= kMostRest)
                continue;
            const Source source = measure.kind == Measure::Kind::kHistogram ? Source::kHistogram : measure.kind == Measure::Kind::kLogAttribute ? Source::kLogAttribute : Source::kSpanAttribute;
            add(source, measure.key, measure.title, measure.unit, measure.count).leading = false;
        }
        for (const auto* rows : {&spans_, &logs_})
            for (const auto& [key, attribute] : *rows) {
                if (attribute.texts == 0 || taken_.contains(key) || isName(key) || out_.size() - leading >= kMostRest)
                    continue;
                DriftFeature& feature = add(rows == &spans_ ? Source::kSpanAttribute : Source::kLogAttribute, key, key, "", attribute.texts);
                feature.categorical = true;
                feature.leading = false;
            }
        return {};
    }

    QueryContext& context_;
    std::map<std::string, Attribute> spans_, logs_;
    std::map<std::string, Family> families_;
    std::map<std::string, uint64_t> metrics_;
    std::set<std::string> taken_;
    std::vector<DriftFeature> out_;
};

}  // namespace

Result<std::vector<DriftFeature>> answerDriftFeatures(QueryContext& context) { return FeatureFinder(context).find(); }

}  // namespace nj::query
