// nightjar_promql_bench [SERIES [HOURS]]: range queries at a step of 15 s over synthetic series in memory; prints seconds per query, fails
// only when a query does. For a comparison with Prometheus on the same data: --openmetrics FILE writes what promtool tsdb
// create-blocks-from openmetrics reads, --json EXPR prints the HTTP API's answer; --node FILE writes SERIES of a node_exporter's kind.
// beside_prometheus compares capsules with Prometheus on both.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <fmt/format.h>
#include <random>

#include "node_series.h"
#include "promql/engine.h"
#include "promql/json/result_json.h"
#include "promql/text/number_text.h"

namespace nj::bench {
namespace {

using namespace promql;

constexpr TimeNs kStart = 1'700'000'000 * kSecond - 1'700'000'000 % 15 * kSecond;
constexpr DurationNs kScrape = 15 * kSecond;
constexpr DurationNs kShift = 7 * kSecond;   // samples lie between steps, so that no sample is at a range's end

struct StoredSeries {
    LabelsPtr labels;
    std::vector<double> values;
};

class Samples : public SeriesIterator {
public:
    Samples(const StoredSeries& series, const std::vector<TimeNs>& times) : series_(series), times_(times) {}
    const LabelsPtr& labels() const override { return series_.labels; }
    Status samples(TimeNs from, TimeNs to, const std::function<bool(const SampleRun&)>& visit) override {
        const auto begin = static_cast<size_t>(std::upper_bound(times_.begin(), times_.end(), from) - times_.begin());
        const auto end = static_cast<size_t>(std::upper_bound(times_.begin(), times_.end(), to) - times_.begin());
        if (begin < end)
            visit({std::span(times_).subspan(begin, end - begin), std::span(series_.values).subspan(begin, end - begin), {}});
        return {};
    }

private:
    const StoredSeries& series_;
    const std::vector<TimeNs>& times_;
};

class Store : public Querier {
public:
    Store(int series, int hours) {
        const auto count = static_cast<size_t>(hours * 3600 / 15);
        for (size_t i = 0; i < count; ++i)
            times.push_back(kStart + kShift + static_cast<TimeNs>(i) * kScrape);
        for (int i = 0; i < series / 2; ++i)
            addCounter(i, count);
        static const char* const bounds[] = {"0.005", "0.01", "0.025", "0.05", "0.1", "0.25", "0.5", "1", "2.5", "+Inf"};
        for (int i = 0; i < series / 2 / 10; ++i)
            addHistogram(i, count, bounds);
        std::sort(all.begin(), all.end(), [](const StoredSeries& a, const StoredSeries& b) { return *a.labels < *b.labels; });
    }

    Result<std::vector<std::unique_ptr<SeriesIterator>>> select(const std::vector<Matcher>& matchers, TimeNs, TimeNs,
                                                                std::stop_token) override {
        std::vector<CompiledMatcher> compiled;
        for (const Matcher& matcher : matchers) {
            NJ_ASSIGN(CompiledMatcher one, CompiledMatcher::compile(matcher));
            compiled.push_back(std::move(one));
        }
        std::vector<std::unique_ptr<SeriesIterator>> found;
        for (const StoredSeries& series : all)
            if (std::all_of(compiled.begin(), compiled.end(),
                            [&](const CompiledMatcher& matcher) { return matcher.matches(*series.labels); }))
                found.push_back(std::make_unique<Samples>(series, times));
        return found;
    }
    Result<std::vector<std::string>> labelNames(const std::vector<Matcher>&) override { return std::vector<std::string>(); }
    Result<std::vector<std::string>> labelValues(const std::string&, const std::vector<Matcher>&) override {
        return std::vector<std::string>();
    }

    std::vector<TimeNs> times;
    std::vector<StoredSeries> all;

private:
    void addCounter(int i, size_t count) {
        std::mt19937 random(static_cast<unsigned>(i));
        StoredSeries series;
        series.labels = std::make_shared<const Labels>(Labels{{"__name__", "http_requests_total"},
                                                              {"code", i % 5 == 0 ? "500" : "200"},
                                                              {"instance", fmt::format("i{}", i / 10 % 100)},
                                                              {"job", fmt::format("job{}", i % 10)},
                                                              {"path", fmt::format("/path/{}", i / 1000)}});
        double value = 0;
        for (size_t s = 0; s < count; ++s) {
            value = random() % 1500 == 0 ? 0 : value + static_cast<double>(random() % 100);
            series.values.push_back(value);
        }
        all.push_back(std::move(series));
    }

    void addHistogram(int i, size_t count, const char* const bounds[10]) {
        std::mt19937 random(static_cast<unsigned>(i) + 1'000'000);
        std::vector<StoredSeries> buckets(10);
        for (int b = 0; b < 10; ++b)
            buckets[static_cast<size_t>(b)].labels =
                std::make_shared<const Labels>(Labels{{"__name__", "http_request_duration_seconds_bucket"},
                                                      {"instance", fmt::format("i{}", i)},
                                                      {"job", fmt::format("job{}", i % 10)},
                                                      {"le", bounds[b]}});
        std::vector<double> totals(10);
        for (size_t s = 0; s < count; ++s) {
            double added = 0;
            for (size_t b = 0; b < 10; ++b) {
                added += static_cast<double>(random() % 8);
                totals[b] += added;
                buckets[b].values.push_back(totals[b]);
            }
        }
        for (StoredSeries& bucket : buckets)
            all.push_back(std::move(bucket));
    }
};

int writeOpenMetrics(const Store& store, const char* path) {
    std::FILE* file = std::fopen(path, "wb");
    if (file == nullptr)
        return 1;
    for (const StoredSeries& series : store.all) {
        std::string name;
        std::string labels;
        for (const Label& label : *series.labels) {
            if (label.name == kMetricName)
                name = label.value;
            else
                labels += fmt::format("{}{}=\"{}\"", labels.empty() ? "" : ",", label.name, label.value);
        }
        std::string text;
        for (size_t i = 0; i < series.values.size(); ++i)
            fmt::format_to(std::back_inserter(text), "{}{{{}}} {} {}\n", name, labels, plainNumber(series.values[i]),
                           store.times[i] / kSecond);
        std::fwrite(text.data(), 1, text.size(), file);
    }
    std::fputs("# EOF\n", file);
    return std::fclose(file);
}

const char* const kQueries[] = {
    "rate(http_requests_total[5m])",
    "sum by (job) (rate(http_requests_total[5m]))",
    "histogram_quantile(0.99, sum by (le) (rate(http_request_duration_seconds_bucket[5m])))",
    "topk(5, rate(http_requests_total[5m]))",
    "max_over_time(sum by (job) (rate(http_requests_total[5m]))[1h:1m])",
    "sum(http_requests_total{instance=~\"i1.|i2.+\", code!~\"5..\"})",
    "avg_over_time(http_requests_total[1h])",
    "max_over_time(http_requests_total[1h])",
    "quantile_over_time(0.9, http_requests_total[10m])",
    "http_requests_total / on (instance, job, path, code) http_requests_total",
    "sum by (instance) (rate(http_requests_total{code=\"500\"}[5m])) / on (instance) group_left () sum by (instance) "
    "(rate(http_requests_total[5m]))",
};

int run(int argc, char** argv) {
    const char* dump = nullptr;
    const char* node = nullptr;
    const char* query = nullptr;
    std::vector<int> numbers;
    for (int i = 1; i < argc; ++i) {
        if (std::strcmp(argv[i], "--openmetrics") == 0 && i + 1 < argc)
            dump = argv[++i];
        else if (std::strcmp(argv[i], "--node") == 0 && i + 1 < argc)
            node = argv[++i];
        else if (std::strcmp(argv[i], "--json") == 0 && i + 1 < argc)
            query = argv[++i];
        else
            numbers.push_back(std::max(20, std::atoi(argv[i])));
    }
    const int hours = std::min(numbers.size() > 1 ? numbers[1] : 24, 45);   // the longest that has no more than 11,000 steps
    if (node != nullptr)
        return writeNodeSeries(node, std::max(1, (numbers.empty() ? 500 : numbers[0]) / 100), hours);
    Store store(!numbers.empty() ? numbers[0] : 5000, hours);
    if (dump != nullptr)
        return writeOpenMetrics(store, dump);
    EngineOptions options;
    options.maxSamples = 200'000'000;
    const Engine engine(options);
    const TimeNs end = kStart + hours * kHour;
    if (query != nullptr) {
        const auto result = engine.range(store, query, kStart, end, kScrape);
        fmt::print("{}\n", result.ok() ? responseJson(*result, query) : errorJson(result.error()));
        return result.ok() ? 0 : 1;
    }
    fmt::print("{} series, {} h at 15 s\n", store.all.size(), hours);
    bool failed = false;
    for (const char* each : kQueries) {
        const auto begin = std::chrono::steady_clock::now();
        const auto result = engine.range(store, each, kStart, end, kScrape);
        const double took = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
        failed = failed || !result.ok();
        fmt::print("{:<140} {:>8.3f} s  {}\n", each, took,
                   result.ok() ? fmt::format("{} series", std::get<Matrix>(result->value).size()) : result.error().message);
        std::fflush(stdout);
    }
    return failed ? 1 : 0;
}

}  // namespace
}  // namespace nj::bench

int main(int argc, char** argv) { return nj::bench::run(argc, argv); }
