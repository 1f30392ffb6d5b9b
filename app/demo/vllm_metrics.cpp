// vLLM's /metrics of both replicas, with the engine's real names and buckets.
#include <cmath>
#include <functional>

#include "demo/files.h"
#include "demo/fleet.h"
#include "demo/prom_file.h"

namespace nj::demo {

namespace {

constexpr double kTtft[] = {.001, .005, .01, .02, .04, .06, .08, .1, .25, .5, .75, 1, 2.5, 5, 7.5, 10, 20, 40, 80, 160, 640, 2560};
constexpr double kLong[] = {.3, .5, .8, 1, 1.5, 2, 2.5, 5, 10, 15, 20, 30, 40, 50, 60, 120, 240, 480, 960, 1920, 7680};
constexpr double kTokens[] = {1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000, 20000};

class VllmMetrics {
public:
    VllmMetrics(const Day& day, size_t replica, PromFile& file)
        : day_(day), replica_(replica), file_(file), scrapes_(day.scrapes[replica]) {
        labels_ = {{"container", "vllm"}, {"engine", "0"}, {"instance", replica == 0 ? "10.42.7.21:8000" : "10.42.7.22:8000"}, {"job", "vllm"},
                   {"model_name", kModelName}, {"namespace", std::string(kNamespace)}, {"node", std::string(kGpuHost)},
                   {"pod", kReplicaPods[replica]}, {"service", kReplicaNames[replica]}};
    }
    void write() {
        gauges();
        counters();
        gapHistogram();
        iterationHistogram();
        requestHistograms();
        http();
    }

private:
    using Read = std::function<double(const EngineGauges&)>;

    void values(std::string_view name, const Read& read, const Labels& extra = {}) {
        std::vector<double> v;
        v.reserve(scrapes_.size());
        for (const EngineGauges& g : scrapes_)
            v.push_back(read(g));
        Labels all = labels_;
        all.insert(all.end(), extra.begin(), extra.end());
        file_.series(name, all, v);
    }
    void gauges() {
        values("vllm:num_requests_running", [](const EngineGauges& g) { return g.running; });
        values("vllm:num_requests_waiting", [](const EngineGauges& g) { return g.waiting; });
        values("vllm:num_requests_waiting_by_reason", [](const EngineGauges& g) { return g.waiting; }, {{"reason", "capacity"}});
        values("vllm:num_requests_waiting_by_reason", [](const EngineGauges&) { return 0; }, {{"reason", "deferred"}});
        values("vllm:kv_cache_usage_perc", [](const EngineGauges& g) { return std::round(g.kvUsed * 28076) / 28076; });
        values("vllm:cache_config_info", [](const EngineGauges&) { return 1; },
               {{"block_size", "16"}, {"cache_dtype", "auto"}, {"enable_prefix_caching", "True"}, {"gpu_memory_utilization", "0.9"}, {"num_gpu_blocks", "28076"}});
        for (const char* state : {"awake", "weights_offloaded", "discard_all"})
            values("vllm:engine_sleep_state", [state](const EngineGauges&) { return state[0] == 'a' ? 1 : 0; }, {{"sleep_state", state}});
    }
    void counters() {
        const auto whole = [](double x) { return std::floor(x); };
        values("vllm:prompt_tokens_total", [&](const EngineGauges& g) { return whole(g.promptTokens); });
        values("vllm:prompt_tokens_by_source_total", [&](const EngineGauges& g) { return whole(g.promptTokens); }, {{"source", "local_compute"}});
        values("vllm:prompt_tokens_by_source_total", [&](const EngineGauges& g) { return whole(g.cachedTokens); }, {{"source", "local_cache_hit"}});
        values("vllm:prompt_tokens_by_source_total", [](const EngineGauges&) { return 0; }, {{"source", "external_kv_transfer"}});
        values("vllm:prompt_tokens_cached_total", [&](const EngineGauges& g) { return whole(g.cachedTokens); });
        values("vllm:generation_tokens_total", [&](const EngineGauges& g) { return whole(g.generatedTokens); });
        values("vllm:num_preemptions_total", [](const EngineGauges& g) { return g.preemptions; });
        values("vllm:prefix_cache_hits_total", [&](const EngineGauges& g) { return whole(g.cachedTokens); });
        values("vllm:prefix_cache_queries_total", [&](const EngineGauges& g) { return whole(g.cachedTokens + g.promptTokens); });
        values("vllm:external_prefix_cache_hits_total", [](const EngineGauges&) { return 0; });
        values("vllm:external_prefix_cache_queries_total", [](const EngineGauges&) { return 0; });
        values("vllm:corrupted_requests_total", [](const EngineGauges&) { return 0; });
        ScrapedCounter stop(scrapes_.size());
        ScrapedCounter length(scrapes_.size());
        each([&](const Request& r, const Attempt& a) {
            if (a.outcome == Outcome::kAnswered)
                (r.output >= 2048 ? length : stop).add(a.end);
        });
        file_.series("vllm:request_success_total", with({{"finished_reason", "stop"}}), stop.values());
        file_.series("vllm:request_success_total", with({{"finished_reason", "length"}}), length.values());
        for (const char* reason : {"abort", "error", "repetition"})
            file_.constant("vllm:request_success_total", with({{"finished_reason", reason}}), 0, scrapes_.size());
    }
    Labels with(const Labels& extra) const {
        Labels all = labels_;
        all.insert(all.end(), extra.begin(), extra.end());
        return all;
    }
    void each(const std::function<void(const Request&, const Attempt&)>& visit) const {
        for (const Request& r : day_.requests)
            for (const Attempt& a : r.attempts)
                if (r.replica == replica_ && a.outcome != Outcome::kNone)
                    visit(r, a);
    }
    // Histograms the engine model kept itself: cumulative in time, not in buckets.
    template <size_t B, typename Member>
    void kept(std::string_view name, const std::array<double, B>& bounds, Member member, const Read& sum) {
        std::vector<double> v(scrapes_.size());
        for (size_t b = 0; b <= B; ++b) {
            for (size_t i = 0; i < v.size(); ++i) {
                double below = 0;
                for (size_t k = 0; k <= b; ++k)
                    below += (scrapes_[i].*member)[k];
                v[i] = std::floor(below);
            }
            std::string le = "+Inf";
            if (b < B) {
                le.clear();
                appendNumber(le, bounds[b]);
                if (bounds[b] == std::floor(bounds[b]))
                    le += ".0";
            }
            file_.series(std::string(name) + "_bucket", with({{"le", le}}), v);
        }
        file_.series(std::string(name) + "_count", labels_, v);
        values(std::string(name) + "_sum", sum);
    }
    void gapHistogram() {
        kept("vllm:inter_token_latency_seconds", kTokenGapBounds, &EngineGauges::gapTokens, [](const EngineGauges& g) { return std::round(g.gapSum * 1e3) / 1e3; });
    }
    void iterationHistogram() {
        kept("vllm:iteration_tokens_total", kIterationBounds, &EngineGauges::iterationSteps, [](const EngineGauges& g) { return std::floor(g.iterationTokens); });
    }
    void requestHistograms() {
        const size_t n = scrapes_.size();
        ScrapedHistogram ttft(kTtft, n), tpot(kTokenGapBounds, n), e2e(kLong, n), queue(kLong, n), prefill(kLong, n), decode(kLong, n), inference(kLong, n), prompt(kTokens, n), generated(kTokens, n);
        each([&](const Request& r, const Attempt& a) {
            if (a.outcome == Outcome::kDeadline)
                return;   // aborted before a first token: nothing is recorded
            const double arrival = a.start + 0.006;
            ttft.observe(a.firstToken, a.firstToken - arrival);
            if (a.outcome != Outcome::kAnswered)
                return;   // aborted by the client: no finished-request statistics
            e2e.observe(a.end, a.end - arrival);
            queue.observe(a.end, a.scheduled - arrival);
            prefill.observe(a.end, a.firstToken - a.scheduled);
            decode.observe(a.end, a.end - a.firstToken);
            inference.observe(a.end, a.end - a.scheduled);
            if (r.output > 1)
                tpot.observe(a.end, (a.end - a.firstToken) / (r.output - 1));
            prompt.observe(a.end, r.prompt);
            generated.observe(a.end, r.output);
        });
        ttft.write(file_, "vllm:time_to_first_token_seconds", labels_);
        tpot.write(file_, "vllm:request_time_per_output_token_seconds", labels_);
        e2e.write(file_, "vllm:e2e_request_latency_seconds", labels_);
        queue.write(file_, "vllm:request_queue_time_seconds", labels_);
        prefill.write(file_, "vllm:request_prefill_time_seconds", labels_);
        decode.write(file_, "vllm:request_decode_time_seconds", labels_);
        inference.write(file_, "vllm:request_inference_time_seconds", labels_);
        prompt.write(file_, "vllm:request_prompt_tokens", labels_);
        generated.write(file_, "vllm:request_generation_tokens", labels_);
    }
    void http() {
        ScrapedCounter chat(scrapes_.size());
        each([&](const Request&, const Attempt& a) { chat.add(a.end); });
        file_.series("http_requests_total", with({{"handler", "/v1/chat/completions"}, {"method", "POST"}, {"status", "2xx"}}), chat.values());
        std::vector<double> health(scrapes_.size());
        for (size_t i = 0; i < health.size(); ++i)
            health[i] = std::floor(static_cast<double>(i) * 0.75);
        file_.series("http_requests_total", with({{"handler", "/health"}, {"method", "GET"}, {"status", "2xx"}}), health);
        file_.constant("up", labels_, 1, scrapes_.size());
    }

    const Day& day_;
    size_t replica_;
    PromFile& file_;
    const std::vector<EngineGauges>& scrapes_;
    Labels labels_;
};

}  // namespace

Status writeVllmMetrics(const Day& day, const std::string& directory) {
    PromFile file(directory + "/vllm.json.zst", PromFile::Form::kRangeQuery, day.scenario.start, kScrape);
    for (size_t replica = 0; replica < 2; ++replica)
        VllmMetrics(day, replica, file).write();
    return file.finish();
}

}  // namespace nj::demo
