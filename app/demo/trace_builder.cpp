#include "demo/trace_builder.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "demo/rng.h"

namespace nj::demo {

namespace {

enum Kind { kInternal = 1, kServer = 2, kClient = 3 };
constexpr int64_t kTopK = 5;

double unit(uint64_t seed, size_t index, uint64_t salt) { return (static_cast<double>(mix(seed + salt, index) >> 12) + 0.5) * 0x1.0p-52; }
double rounded(double x, double step) { return std::round(x / step) * step; }
int64_t i64(uint64_t x) { return static_cast<int64_t>(x); }

}  // namespace

double groundedness(const Day& day, size_t index) {
    const Request& r = day.requests[index];
    const double mean = r.deployed && r.retrieval ? 0.80 : 0.872;
    const double z = normalQuantile(unit(day.seed, index, 71));
    // Skewed: most answers near the top, a tail of bad ones.
    return rounded(std::clamp(mean - 0.01 + 0.095 * z - 0.02 * (z * z - 1), 0.05, 1.0), 0.01);
}

bool isEvaluated(const Day& day, size_t index) {
    const Request& r = day.requests[index];
    return r.sampled && r.last().outcome == Outcome::kAnswered && unit(day.seed, index, 72) < 0.6;
}

bool isEvaluatedInline(const Day& day, size_t index) { return isEvaluated(day, index) && unit(day.seed, index, 73) < 0.1; }

OtlpSpan& TraceBuilder::add(Service service, Slot slot, Slot parent, std::string name, int kind, double start, double end) {
    PlacedSpan& placed = out_->emplace_back();
    placed.service = service;
    placed.newRetriever = service == Service::kRetriever && r_->deployed;
    placed.pod = static_cast<uint8_t>(mix(static_cast<uint64_t>(service) + 5, service == Service::kRetriever ? index_ : r_->session) & 1);
    OtlpSpan& span = placed.span;
    span.trace = r_->trace;
    span.id = spanId(day_.seed, index_, slot);
    if (slot != parent)
        span.parent = spanId(day_.seed, index_, parent);
    span.name = std::move(name);
    span.kind = kind;
    span.start = s_.at(start);
    span.end = s_.at(std::max(start, end));
    return span;
}

void TraceBuilder::retrieval(double t, double scale, double end) {
    OtlpSpan& embed = add(Service::kRetriever, Slot::kEmbed, Slot::kPrepare, r_->deployed ? "embeddings e5-large-v3" : "embeddings bge-m3", kClient, t, t + 0.024 * scale);
    embed.attributes = {{"gen_ai.operation.name", std::string("embeddings")},
                        {"gen_ai.provider.name", std::string("infinity")},
                        {"gen_ai.request.model", std::string(r_->deployed ? "e5-large-v3" : "bge-m3")},
                        {"gen_ai.usage.input_tokens", i64(r_->queryChars / 4 + 2)},
                        {"gen_ai.embeddings.dimension.count", int64_t{1024}}};
    t += 0.025 * scale;
    const double search = static_cast<double>(r_->searchSeconds);
    const double retrieveEnd = t + search + 0.023 * scale;
    OtlpSpan& retrieve = add(Service::kRetriever, Slot::kRetrieve, Slot::kPrepare, "retrieval docs", kClient, t, retrieveEnd);
    const double score = (r_->deployed ? 0.58 : 0.71) + 0.055 * normalQuantile(unit(day_.seed, index_, 61));
    const double chunk = (r_->deployed ? 830 : 240) * detExp(0.12 * normalQuantile(unit(day_.seed, index_, 62)));
    retrieve.attributes = {{"gen_ai.operation.name", std::string("retrieval")},
                           {"gen_ai.data_source.id", std::string("docs")},
                           {"retrieval.top_k", kTopK},
                           {"retrieval.score.top", rounded(std::clamp(score, 0.2, 0.98), 0.0001)},
                           {"retrieval.chunk.tokens.mean", std::round(chunk)},
                           {"retrieval.index", std::string(r_->deployed ? "docs-e5-v3" : "docs-bge-m3")},
                           {"app.user_query.characters", i64(r_->queryChars)}};
    OtlpSpan& find = add(Service::kVectorStore, Slot::kSearch, Slot::kRetrieve, "search docs", kServer, t + 0.004 * scale, t + 0.004 * scale + search);
    find.attributes = {{"db.system.name", std::string("qdrant")},
                       {"db.operation.name", std::string("search")},
                       {"db.collection.name", std::string(r_->deployed ? "docs-e5-v3" : "docs-bge-m3")},
                       {"db.vector.query.top_k", kTopK},
                       {"db.response.returned_rows", kTopK}};
    if (search > 0.15)
        find.events.push_back({s_.at(t + 0.1), "waiting for segment lock", {{"segment.optimizer", std::string("merge")}}});
    t = retrieveEnd + 0.001;
    if (unit(day_.seed, index_, 63) < 0.65 || index_ == day_.hero) {
        OtlpSpan& rerank = add(Service::kReranker, Slot::kRerank, Slot::kPrepare, "rerank", kClient, t, std::min(end, t + 0.142 * scale));
        rerank.attributes = {{"gen_ai.operation.name", std::string("rerank")},
                             {"gen_ai.request.model", std::string("bge-reranker-v2-m3")},
                             {"reranker.top_k", kTopK},
                             {"reranker.candidates", int64_t{20}}};
    }
}

void TraceBuilder::preparation() {
    const double start = r_->start + 0.004;
    const double end = r_->prepared - 0.006;
    OtlpSpan& prepare = add(Service::kChatApi, Slot::kPrepare, Slot::kRoot, "prepare prompt", kInternal, start, end);
    prepare.attributes = {{"gen_ai.prompt.name", std::string("rag-answer")},
                          {"gen_ai.prompt.version", std::string("17")},
                          {"app.history.turns", static_cast<int64_t>(mix(3, index_) % 7)},
                          {"app.user_query.characters", i64(r_->queryChars)}};
    const double fixed = end - start - (r_->retrieval ? static_cast<double>(r_->searchSeconds) : 0);
    const double scale = std::max(0.2, fixed / (r_->retrieval ? 0.262 : 0.07));
    const bool open = unit(day_.seed, index_, 64) < 0.0006;   // the guardrail timed out and let the request through
    OtlpSpan& check = add(Service::kGuardrail, Slot::kCheckInput, Slot::kPrepare, "check_input", kServer, start + 0.012 * scale, start + 0.050 * scale);
    check.attributes = {{"gen_ai.guardrail.name", std::string("prompt-injection")},
                        {"gen_ai.guardrail.status", std::string(open ? "timeout" : "passed")},
                        {"gen_ai.operation.name", std::string("guardrail.run")}};
    if (r_->retrieval)
        retrieval(start + 0.052 * scale, scale, end - 0.002);
}

void TraceBuilder::content(OtlpSpan& span) {
    // A few spans carry the conversation, so that masking has something to mask.
    if (mix(41, index_) % 37 != 0)
        return;
    span.attributes.push_back({"gen_ai.input.messages", fmt::format(
        R"([{{"role":"system","parts":[{{"type":"text","content":"Answer from the documents only."}}]}},{{"role":"user","parts":[{{"type":"text","content":"My order {} has not arrived. Please write to anna.keller{}@example.com or call +49 30 5550{:03}. My card ends in 4111 1111 1111 1111."}}]}}])",
        100000 + mix(42, index_) % 900000, index_ % 97, index_ % 1000)});
    span.attributes.push_back({"gen_ai.output.messages",
        std::string(R"([{"role":"assistant","parts":[{"type":"text","content":"I am sorry for the delay. Your parcel left the warehouse on Friday; the carrier expects to deliver it tomorrow."}],"finish_reason":"stop"}])")});
}

void TraceBuilder::engine(size_t k) {
    const Attempt& a = r_->attempts[k];
    const Service service = r_->replica == 0 ? Service::kVllmA : Service::kVllmB;
    const double arrival = a.start + 0.006;
    OtlpSpan& span = add(service, Slot::kEngine, k == 0 ? Slot::kAttempt1 : Slot::kAttempt2, "llm_request", kServer, arrival, a.end);
    // vLLM names no model here: it is inherited from the parent.
    span.attributes = {{"gen_ai.request.id", engineRequestId(day_.seed, index_, k)},
                       {"gen_ai.request.max_tokens", int64_t{2048}},
                       {"gen_ai.request.temperature", 0.7},
                       {"gen_ai.request.top_p", 0.95},
                       {"gen_ai.request.n", int64_t{1}},
                       {"gen_ai.usage.prompt_tokens", i64(r_->prompt)},
                       {"gen_ai.usage.completion_tokens", i64(r_->output)},
                       {"gen_ai.latency.time_in_queue", rounded(a.scheduled - arrival, 1e-6)},
                       {"gen_ai.latency.time_to_first_token", rounded(a.firstToken - arrival, 1e-6)},
                       {"gen_ai.latency.time_in_model_prefill", rounded(a.firstToken - a.scheduled, 1e-6)},
                       {"gen_ai.latency.time_in_model_decode", rounded(a.end - a.firstToken, 1e-6)},
                       {"gen_ai.latency.time_in_model_inference", rounded(a.end - a.scheduled, 1e-6)},
                       {"gen_ai.latency.e2e", rounded(a.end - arrival, 1e-6)}};
    if (a.preemptions > 0)
        span.events.push_back({s_.at(a.firstToken + 0.4 * (a.end - a.firstToken)), "preempted", {{"vllm.preemptions", static_cast<int64_t>(a.preemptions)}}});
}

void TraceBuilder::attempt(size_t k) {
    const Attempt& a = r_->attempts[k];
    const double end = a.outcome == Outcome::kDeadline ? a.end : a.end + 0.004;
    OtlpSpan& span = add(Service::kGateway, k == 0 ? Slot::kAttempt1 : Slot::kAttempt2, Slot::kChat, fmt::format("attempt {}", k + 1), kClient, a.start, end);
    const bool late = a.outcome == Outcome::kDeadline;
    span.attributes = {{"http.request.method", std::string("POST")},
                       {"url.full", fmt::format("http://{}:8000/v1/chat/completions", kReplicaNames[r_->replica])},
                       {"server.address", std::string(kReplicaNames[r_->replica])},
                       {"server.port", int64_t{8000}},
                       {"http.request.resend_count", static_cast<int64_t>(k)},
                       {"http.response.status_code", int64_t{late ? 504 : 200}}};
    if (late) {
        span.status = 2;
        span.statusMessage = "first byte deadline exceeded";
        span.attributes.push_back({"error.type", std::string("504")});
        span.events.push_back({s_.at(a.end), "first_byte_deadline_exceeded", {{"deadline", std::string("30s")}}});
    } else {
        span.events.push_back({s_.at(a.firstToken + 0.004), "first_token", {}});
    }
    if (a.outcome == Outcome::kCut) {
        span.attributes.push_back({"envoy.response_flags", std::string("DC")});
        span.events.push_back({s_.at(a.end), "client closed the stream", {{"tokens.delivered", i64(r_->generated)}}});
    }
    if (k == 1)
        span.link = spanId(day_.seed, index_, Slot::kAttempt1);
    if (a.outcome == Outcome::kAnswered)
        engine(k);
}

void TraceBuilder::chat() {
    const Attempt& last = r_->last();
    chatEnd_ = last.end + (last.outcome == Outcome::kDeadline ? 0.001 : 0.007);
    OtlpSpan& span = add(Service::kGateway, Slot::kChat, Slot::kRoot, fmt::format("chat {}", kModelName), kClient, r_->attempts[0].start - 0.002, chatEnd_);
    span.attributes = {{"gen_ai.operation.name", std::string("chat")},
                       {"gen_ai.provider.name", std::string("vllm")},
                       {"gen_ai.request.model", std::string(kModelName)},
                       {"gen_ai.request.max_tokens", int64_t{2048}},
                       {"gen_ai.request.temperature", 0.7},
                       {"gen_ai.request.stream", true},
                       {"gen_ai.conversation.id", sessionId(*r_)},
                       {"gen_ai.usage.input_tokens", i64(r_->prompt)},
                       {"server.address", std::string(kReplicaNames[r_->replica])},
                       {"app.attempts", int64_t{r_->attempts[1].outcome == Outcome::kNone ? 1 : 2}}};
    if (r_->failed()) {
        span.status = 2;
        span.statusMessage = "first byte deadline exceeded";
        span.attributes.push_back({"error.type", std::string("504")});
    } else {
        span.attributes.push_back({"gen_ai.response.model", std::string(kModelName)});
        span.attributes.push_back({"gen_ai.response.id", engineRequestId(day_.seed, index_, r_->attempts[1].outcome == Outcome::kNone ? 0 : 1)});
        span.attributes.push_back({"gen_ai.usage.output_tokens", i64(r_->generated)});
        span.attributes.push_back({"gen_ai.usage.cache_read.input_tokens", i64(r_->cached)});
        span.attributes.push_back({"gen_ai.response.time_to_first_chunk", rounded(last.firstToken + 0.004 - r_->attempts[0].start, 1e-6)});
        if (last.outcome == Outcome::kAnswered)
            span.attributes.push_back({"gen_ai.response.finish_reasons", std::vector<std::string>{r_->output >= 2048 ? "length" : "stop"}});
    }
    content(span);
    attempt(0);
    if (r_->attempts[1].outcome != Outcome::kNone)
        attempt(1);
}

void TraceBuilder::afterwards() {
    double t = chatEnd_ + 0.004;
    if (r_->last().outcome == Outcome::kAnswered) {
        OtlpSpan& check = add(Service::kGuardrail, Slot::kCheckOutput, Slot::kRoot, "check_output", kServer, t, t + 0.041);
        check.attributes = {{"gen_ai.guardrail.name", std::string("output-policy")}, {"gen_ai.guardrail.status", std::string("passed")}, {"gen_ai.operation.name", std::string("guardrail.run")}};
        if (isEvaluatedInline(day_, index_)) {
            const double score = groundedness(day_, index_);
            check.events.push_back({s_.at(t + 0.038), "gen_ai.evaluation.result",
                                    {{"gen_ai.evaluation.name", std::string("groundedness")},
                                     {"gen_ai.evaluation.score.value", score},
                                     {"gen_ai.evaluation.score.label", std::string(score >= 0.7 ? "grounded" : "ungrounded")}}});
        }
        t += 0.042;
        if (unit(day_.seed, index_, 65) < 0.6 || index_ == day_.hero) {
            OtlpSpan& save = add(Service::kChatApi, Slot::kSave, Slot::kRoot, "save turn", kClient, t, t + 0.012);
            save.attributes = {{"db.system.name", std::string("postgresql")}, {"db.operation.name", std::string("INSERT")}, {"db.collection.name", std::string("turns")}};
        }
        t += 0.013;
    }
    OtlpSpan& usage = add(Service::kGateway, Slot::kUsage, Slot::kRoot, "record usage", kInternal, t, std::min(t + 0.006, r_->end - 0.001));
    usage.attributes = {{"tenant.id", std::string(tenantName(r_->tenant))}, {"app.tokens.billed", i64(r_->failed() ? 0 : r_->prompt + r_->generated)}};
}

void TraceBuilder::build(size_t index, std::vector<PlacedSpan>& out) {
    index_ = index;
    r_ = &day_.requests[index];
    out_ = &out;
    out.clear();
    out.reserve(16);
    OtlpSpan& root = add(Service::kGateway, Slot::kRoot, Slot::kRoot, "POST /v1/chat", kServer, r_->start, r_->end);
    root.attributes = {{"http.request.method", std::string("POST")},
                       {"http.route", std::string("/v1/chat")},
                       {"url.path", std::string("/v1/chat")},
                       {"http.response.status_code", int64_t{r_->failed() ? 504 : 200}},
                       {"client.address", clientAddress(*r_)},
                       {"user_agent.original", std::string(userAgent(*r_))},
                       {"session.id", sessionId(*r_)},
                       {"tenant.id", std::string(tenantName(r_->tenant))},
                       {"app.upstream", std::string(kReplicaNames[r_->replica])}};
    if (r_->failed()) {
        root.status = 2;
        root.statusMessage = "upstream request timeout";
        root.attributes.push_back({"error.type", std::string("504")});
    } else if (r_->last().outcome == Outcome::kCut) {
        root.attributes.push_back({"envoy.response_flags", std::string("DC")});
    }
    preparation();
    chat();
    afterwards();
}

}  // namespace nj::demo
