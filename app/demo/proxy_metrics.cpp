// Envoy's statistics by cluster, what the applications count themselves, and the state of the pods.
#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "demo/background.h"
#include "demo/files.h"
#include "demo/fleet.h"
#include "demo/prom_file.h"
#include "demo/rng.h"

namespace nj::demo {

namespace {

// Envoy's default buckets, milliseconds.
constexpr double kEnvoyMs[] = {0.5, 1, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10000, 30000, 60000, 300000, 600000, 1800000, 3600000};
constexpr double kSearchSeconds[] = {.005, .01, .02, .03, .04, .05, .075, .1, .2, .3, .5, 1};

struct Cluster {
    explicit Cluster(std::string_view clusterName, size_t ticks)
        : name(clusterName), total(ticks), ok(ticks), timeout(ticks), unavailable(ticks), retry(ticks), retrySuccess(ticks), active(ticks + 1), milliseconds(kEnvoyMs, ticks), n(ticks) {}
    void request(double start, double end, int status) {
        total.add(start);
        (status == 200 ? ok : status == 504 ? timeout : unavailable).add(end);
        milliseconds.observe(end, (end - start) * 1000);
        active[std::min(tickOf(start, n), n)] += 1;
        active[std::min(tickOf(end, n), n)] -= 1;
    }
    void write(PromFile& file, Labels labels) const {
        labels.emplace_back("envoy_cluster_name", name);
        const auto with = [&](std::string_view key, const char* value) {
            Labels all = labels;
            all.emplace_back(key, value);
            return all;
        };
        const std::vector<double> good = ok.values();
        std::vector<double> bad = timeout.values();
        const std::vector<double> gone = unavailable.values();
        file.series("envoy_cluster_upstream_rq_total", labels, total.values());
        file.series("envoy_cluster_upstream_rq", with("envoy_response_code", "200"), good);
        file.series("envoy_cluster_upstream_rq", with("envoy_response_code", "504"), bad);
        file.series("envoy_cluster_upstream_rq", with("envoy_response_code", "503"), gone);
        file.series("envoy_cluster_upstream_rq_timeout", labels, bad);
        for (size_t i = 0; i < bad.size(); ++i)
            bad[i] += gone[i];
        file.series("envoy_cluster_upstream_rq_xx", with("envoy_response_code_class", "2"), good);
        file.series("envoy_cluster_upstream_rq_xx", with("envoy_response_code_class", "5"), bad);
        file.constant("envoy_cluster_upstream_rq_xx", with("envoy_response_code_class", "4"), 0, n);
        file.series("envoy_cluster_upstream_rq_retry", labels, retry.values());
        file.series("envoy_cluster_upstream_rq_retry_success", labels, retrySuccess.values());
        std::vector<double> now(n);
        double open = 0;
        for (size_t i = 0; i < n; ++i)
            now[i] = open += active[i];
        file.series("envoy_cluster_upstream_rq_active", labels, now);
        file.constant("envoy_cluster_membership_healthy", labels, name.starts_with("vllm") ? 1 : 2, n);
        milliseconds.write(file, "envoy_cluster_upstream_rq_time", labels);
    }
    std::string name;
    ScrapedCounter total, ok, timeout, unavailable, retry, retrySuccess;
    std::vector<double> active;
    ScrapedHistogram milliseconds;
    size_t n;
};

void writeClusters(PromFile& file, const Day& day, const Background& background) {
    const size_t n = day.ticks();
    Cluster a("vllm-a", n), b("vllm-b", n), chat("chat-api", n), retriever("retriever", n);
    ScrapedCounter rq(n), rq2(n), rq4(n), rq5(n);
    for (const Request& r : day.requests) {
        Cluster& engine = r.replica == 0 ? a : b;
        for (size_t k = 0; k < 2; ++k) {
            const Attempt& at = r.attempts[k];
            if (at.outcome == Outcome::kNone)
                continue;
            engine.request(at.start, at.end, at.outcome == Outcome::kDeadline ? 504 : 200);
            if (k == 1) {
                engine.retry.add(at.start);
                if (at.outcome != Outcome::kDeadline)
                    engine.retrySuccess.add(at.end);
            }
        }
        chat.request(r.start + 0.004, r.prepared - 0.006, 200);
        if (r.retrieval)
            retriever.request(r.start + 0.05, r.start + 0.09 + static_cast<double>(r.searchSeconds), 200);
        rq.add(r.start);
        (r.failed() ? rq5 : rq2).add(r.end);
    }
    for (const SideRequest& s : background.requests) {
        if (s.kind == SideKind::kRetrieverGone) {
            retriever.request(s.time, s.time + 0.002, 503);
            retriever.retry.add(s.time + 0.03);
            retriever.retrySuccess.add(s.time + 0.1);
            continue;
        }
        rq.add(s.time);
        rq4.add(s.time);
    }
    const Labels labels = {{"instance", "10.42.11.5:9901"}, {"job", "envoy"}, {"namespace", std::string(kNamespace)}, {"pod", "envoy-7c5d8b9f66-l2x9d"}};
    for (const Cluster* c : {&a, &b, &chat, &retriever})
        c->write(file, labels);
    Labels down = labels;
    down.emplace_back("envoy_http_conn_manager_prefix", "ingress_http");
    file.series("envoy_http_downstream_rq_total", down, rq.values());
    const auto xx = [&](const char* cls, const ScrapedCounter& c) {
        Labels all = down;
        all.emplace_back("envoy_response_code_class", cls);
        file.series("envoy_http_downstream_rq_xx", all, c.values());
    };
    xx("2", rq2);
    xx("4", rq4);
    xx("5", rq5);
    file.constant("up", labels, 1, n);
}

void writeApplications(PromFile& file, const Day& day) {
    const size_t n = day.ticks();
    ScrapedHistogram search(kSearchSeconds, n);
    ScrapedCounter attempts[2][2] = {{ScrapedCounter(n), ScrapedCounter(n)}, {ScrapedCounter(n), ScrapedCounter(n)}};
    ScrapedCounter versions[2] = {ScrapedCounter(n), ScrapedCounter(n)};
    ScrapedCounter chunks(n), cut(n), failed(n);
    for (const Request& r : day.requests) {
        if (r.retrieval) {
            search.observe(r.prepared - 0.1, static_cast<double>(r.searchSeconds));
            versions[r.deployed ? 1 : 0].add(r.prepared);
            chunks.add(r.prepared, r.deployed ? 5 * 830 : 5 * 240);
        }
        for (const Attempt& a : r.attempts)
            if (a.outcome != Outcome::kNone)
                attempts[r.replica][a.outcome == Outcome::kDeadline ? 1 : 0].add(a.end);
        if (r.last().outcome == Outcome::kCut)
            cut.add(r.end);
        if (r.failed())
            failed.add(r.end);
    }
    const Labels store = {{"instance", "10.42.11.31:6333"}, {"job", "vector-store"}, {"namespace", std::string(kNamespace)}, {"pod", "vector-store-0"}};
    search.write(file, "vector_store_search_duration_seconds", store);
    const Labels gateway = {{"instance", "10.42.11.20:9090"}, {"job", "gateway"}, {"namespace", std::string(kNamespace)}, {"pod", std::string(deployments()[0].pods[0])}};
    for (size_t k = 0; k < 2; ++k) {
        for (size_t late = 0; late < 2; ++late) {
            Labels l = gateway;
            l.emplace_back("code", late == 1 ? "504" : "200");
            l.emplace_back("upstream", kReplicaNames[k]);
            file.series("gateway_attempts_total", l, attempts[k][late].values());
        }
    }
    file.series("gateway_streams_cut_total", gateway, cut.values());
    file.series("gateway_requests_failed_total", gateway, failed.values());
    for (size_t v = 0; v < 2; ++v) {
        Labels l = {{"job", "retriever"}, {"namespace", std::string(kNamespace)}, {"version", v == 0 ? "2.13.4" : "2.14.0"}};
        file.series("retriever_requests_total", l, versions[v].values());
    }
    file.series("retriever_chunk_tokens_total", {{"job", "retriever"}, {"namespace", std::string(kNamespace)}}, chunks.values());
}

// Pods as kube-state-metrics and cAdvisor see them; vllm-a's stays ready throughout.
void writePods(PromFile& file, const Day& day) {
    const size_t n = day.ticks();
    const Scenario& s = day.scenario;
    Rng rng(day.seed, 400);
    std::vector<double> ready(n), memory(n), cpu(n), restarts(n);
    for (size_t d = 0; d < deployments().size(); ++d) {
        const Deployment& dep = deployments()[d];
        for (const std::string_view pod : dep.pods) {
            if (pod.empty())
                continue;
            double used = 1e4;
            for (size_t i = 0; i < n; ++i) {
                const double t = static_cast<double>(i) * kScrape;
                const bool newer = t >= s.deploy + 30 && t < s.rollback + 20;
                const bool there = d == kServices ? newer : dep.service != "retriever" || t < s.deploy + 45 || t >= s.rollback + 5;
                const double nothing = std::numeric_limits<double>::quiet_NaN();
                used += (0.2 + 0.8 * s.rateAt(t)) * kScrape * rng.uniform(0.3, 0.5);
                ready[i] = there ? 1 : nothing;
                restarts[i] = there ? 0 : nothing;
                memory[i] = there ? std::floor(6.2e8 + 4e7 * s.rateAt(t) + 2e6 * rng.normal()) : nothing;
                cpu[i] = there ? std::round(used * 100) / 100 : nothing;
            }
            const Labels state = {{"job", "kube-state-metrics"}, {"namespace", std::string(kNamespace)}, {"pod", std::string(pod)}};
            Labels condition = state;
            condition.emplace_back("condition", "true");
            file.series("kube_pod_status_ready", condition, ready);
            file.series("kube_pod_container_status_restarts_total", state, restarts);
            const Labels container = {{"container", std::string(dep.service)}, {"job", "cadvisor"}, {"namespace", std::string(kNamespace)}, {"node", std::string(dep.host)}, {"pod", std::string(pod)}};
            file.series("container_memory_working_set_bytes", container, memory);
            file.series("container_cpu_usage_seconds_total", container, cpu);
        }
    }
}

}  // namespace

Status writeProxyMetrics(const Day& day, const std::string& directory) {
    const Background background = makeBackground(day);
    PromFile envoy(directory + "/envoy.json.zst", PromFile::Form::kRangeQuery, day.scenario.start, kScrape);
    writeClusters(envoy, day, background);
    NJ_RETURN_IF_ERROR(envoy.finish());
    PromFile apps(directory + "/apps.json.zst", PromFile::Form::kRangeQuery, day.scenario.start, kScrape);
    writeApplications(apps, day);
    writePods(apps, day);
    return apps.finish();
}

}  // namespace nj::demo
