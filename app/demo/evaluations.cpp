// What judged the answers: an evaluator's groundedness (of sampled requests, some seconds after the answer) and people's thumbs.
#include <algorithm>

#include <fmt/format.h>

#include "demo/files.h"
#include "demo/rng.h"
#include "demo/trace_builder.h"
#include "demo/zstd_file.h"

namespace nj::demo {

namespace {

constexpr double kFeedbackShare = 0.035;

// People mind waiting, not the clocks: four in five are content, fewer the longer the answer took to begin and to finish.
double thumbsUp(const Request& r) {
    if (r.failed())
        return 0.04;
    const double wait = std::max(0.0, r.last().firstToken - r.prepared);
    const double whole = r.end - r.start;
    return std::clamp(0.835 - 0.011 * std::min(wait, 40.0) - 0.0032 * std::min(whole, 90.0), 0.05, 0.95);
}

}  // namespace

Status writeEvaluations(const Day& day, const std::string& directory) {
    ZstdFile file(directory + "/evaluations.otlp.jsonl.zst");
    Rng rng(day.seed, 60);
    std::vector<OtlpLog> logs;
    for (size_t i = 0; i < day.requests.size(); ++i) {
        const Request& r = day.requests[i];
        const double delay = rng.uniform(8, 40);
        const bool feedback = rng.chance(kFeedbackShare);
        const bool up = rng.chance(thumbsUp(r));
        const double feedbackDelay = rng.uniform(3, 25);
        if (r.start < 0 || r.end + 60 >= day.scenario.duration)
            continue;
        const std::string response = engineRequestId(day.seed, i, r.attempts[1].outcome == Outcome::kNone ? 0 : 1);
        OtlpLog log;
        log.eventName = "gen_ai.evaluation.result";
        if (r.sampled) {
            log.trace = r.trace;
            log.span = spanId(day.seed, i, Slot::kChat);
        }
        if (isEvaluated(day, i) && !isEvaluatedInline(day, i)) {
            const double score = groundedness(day, i);
            log.time = log.observed = day.scenario.at(r.end + delay);
            log.body = "groundedness evaluated";
            log.attributes = {{"gen_ai.evaluation.name", std::string("groundedness")},
                              {"gen_ai.evaluation.score.value", score},
                              {"gen_ai.evaluation.score.label", std::string(score >= 0.7 ? "grounded" : "ungrounded")},
                              {"gen_ai.response.id", response},
                              {"evaluator", std::string("llm")}};
            logs.push_back(log);
        }
        if (feedback) {
            log.time = log.observed = day.scenario.at(r.end + feedbackDelay);
            log.body = up ? "thumbs up" : "thumbs down";
            log.attributes = {{"gen_ai.evaluation.name", std::string("user_feedback")},
                              {"gen_ai.evaluation.score.value", up ? 1.0 : 0.0},
                              {"gen_ai.evaluation.score.label", std::string(up ? "thumbs_up" : "thumbs_down")},
                              {"gen_ai.response.id", response},
                              {"session.id", sessionId(r)},
                              {"tenant.id", std::string(tenantName(r.tenant))},
                              {"server.address", std::string(kReplicaNames[r.replica])}};
            logs.push_back(log);
        }
    }
    std::stable_sort(logs.begin(), logs.end(), [](const OtlpLog& a, const OtlpLog& b) { return a.time < b.time; });
    const OtlpAttributes resource = {{"service.name", std::string("evaluator")}, {"service.version", std::string("1.3.0")}, {"service.namespace", std::string(kNamespace)},
                                     {"k8s.pod.name", std::string("evaluator-66d5c9f7b8-c2wqn")}, {"host.name", std::string(kCpuHost)}};
    std::string records;
    for (size_t i = 0; i < logs.size(); ++i) {
        if (!records.empty())
            records += ',';
        jsonLog(records, logs[i]);
        if (i % 100 == 99 || i + 1 == logs.size()) {
            std::string& out = file.buffer();
            out += R"({"resourceLogs":[)";
            jsonResource(out, "Logs", resource, "evaluator", "1.3.0", records);
            out += "]}\n";
            records.clear();
            file.flushIfLarge();
        }
    }
    return file.finish();
}

}  // namespace nj::demo
