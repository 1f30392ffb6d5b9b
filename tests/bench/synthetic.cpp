#include "synthetic.h"

#include <cmath>
#include <cstdio>
#include <cstring>
#include <random>

#include <fmt/format.h>
#include <protozero/pbf_writer.hpp>

namespace nj::bench {
namespace {

using protozero::pbf_writer;

constexpr double kStart = 1.7736e18;
constexpr double kDayNs = 86400e9;

struct Out {
    explicit Out(const std::string& path) : file(std::fopen(path.c_str(), "wb")) {}
    ~Out() {
        if (file)
            std::fclose(file);
    }
    Out(const Out&) = delete;
    Out& operator=(const Out&) = delete;
    void write(std::string_view bytes) {
        total += bytes.size();
        if (file)
            std::fwrite(bytes.data(), 1, bytes.size(), file);
    }
    std::FILE* file;
    size_t total = 0;
};

template <typename Fill>
void attribute(pbf_writer& span, const char* key, Fill fill, protozero::pbf_tag_type field = 9) {
    pbf_writer kv(span, field);
    kv.add_string(1, key);
    pbf_writer value(kv, 2);
    fill(value);
}

struct TraceState {
    uint64_t high = 0, low = 0, parent = 0;
    size_t left = 0;
};

void addSpan(pbf_writer& scopeSpans, std::mt19937_64& random, TraceState& trace, double& time, double step) {
    static constexpr const char* kMethods[] = {"GET", "POST", "PUT", "DELETE", "PATCH"};
    static constexpr const char* kModels[] = {"meta-llama/Llama-3.1-70B-Instruct", "Qwen/Qwen2.5-72B", "mistralai/Mixtral-8x22B", "bge-large-en"};
    static constexpr int64_t kStatus[] = {200, 200, 200, 201, 404, 500};
    if (trace.left == 0)
        trace = {random(), random(), 0, 1 + random() % 39};
    --trace.left;
    pbf_writer span(scopeSpans, 2);
    char id[16];
    std::memcpy(id, &trace.high, 8);
    std::memcpy(id + 8, &trace.low, 8);
    span.add_bytes(1, id, 16);
    const uint64_t spanId = random() | 1;
    span.add_bytes(2, reinterpret_cast<const char*>(&spanId), 8);
    if (trace.parent != 0)
        span.add_bytes(4, reinterpret_cast<const char*>(&trace.parent), 8);
    if (trace.parent == 0 || random() % 2)
        trace.parent = spanId;
    span.add_string(5, fmt::format("POST /v1/op{}", random() % 200));
    span.add_enum(6, static_cast<int32_t>(1 + random() % 5));
    time += step * (0.5 + static_cast<double>(random() % 1000) / 1000.0);
    const auto start = static_cast<uint64_t>(time);
    const double unit = static_cast<double>(random() % 1'000'000 + 1) / 1e6;
    span.add_fixed64(7, start);
    span.add_fixed64(8, start + static_cast<uint64_t>(20e6 * std::exp(1.5 * std::sqrt(-2 * std::log(unit)) * std::cos(static_cast<double>(random() % 6283) / 1000.0))));
    attribute(span, "http.request.method", [&](pbf_writer& v) { v.add_string(1, kMethods[random() % 5]); });
    attribute(span, "http.route", [&](pbf_writer& v) { v.add_string(1, fmt::format("/api/v1/res{}/{{id}}", random() % 50)); });
    const int64_t status = kStatus[random() % 6];
    attribute(span, "http.response.status_code", [&](pbf_writer& v) { v.add_int64(3, status); });
    attribute(span, "url.path", [&](pbf_writer& v) { v.add_string(1, fmt::format("/api/v1/res{}/{}", random() % 50, random() % 1'000'000)); });
    attribute(span, "server.address", [&](pbf_writer& v) { v.add_string(1, fmt::format("gateway-{}.prod.svc.cluster.local", random() % 20)); });
    attribute(span, "gen_ai.request.model", [&](pbf_writer& v) { v.add_string(1, kModels[random() % 4]); });
    attribute(span, "gen_ai.usage.input_tokens", [&](pbf_writer& v) { v.add_int64(3, static_cast<int64_t>(random() % 4000)); });
    attribute(span, "gen_ai.usage.output_tokens", [&](pbf_writer& v) { v.add_int64(3, static_cast<int64_t>(random() % 800)); });
    attribute(span, "gen_ai.response.time_to_first_chunk", [&](pbf_writer& v) { v.add_double(4, static_cast<double>(random() % 100'000'000) / 1e8); });
    attribute(span, "request.id", [&](pbf_writer& v) { v.add_string(1, fmt::format("{:016x}-{:016x}", random(), random())); });
    if (status == 500) {
        pbf_writer code(span, 15);
        code.add_enum(3, 2);
    }
}

}  // namespace

size_t writeSpans(const std::string& path, size_t spans, size_t perRequest) {
    Out out(path);
    std::mt19937_64 random(5);
    double time = kStart;
    const double step = kDayNs / static_cast<double>(spans);
    std::vector<TraceState> traces(20);
    for (size_t done = 0, batch = 0; done < spans; ++batch) {
        const size_t n = std::min(perRequest, spans - done);
        std::string request;
        {
            pbf_writer writer(request);
            pbf_writer resourceSpans(writer, 1);
            {
                pbf_writer resource(resourceSpans, 1);
                pbf_writer kv(resource, 1);
                kv.add_string(1, "service.name");
                pbf_writer value(kv, 2);
                value.add_string(1, fmt::format("service-{}", batch % 20));
            }
            pbf_writer scopeSpans(resourceSpans, 2);
            for (size_t i = 0; i < n; ++i)
                addSpan(scopeSpans, random, traces[batch % 20], time, step);
        }
        const auto size = static_cast<uint32_t>(request.size());
        const char prefix[4] = {static_cast<char>(size >> 24), static_cast<char>(size >> 16), static_cast<char>(size >> 8), static_cast<char>(size)};
        out.write({prefix, 4});
        out.write(request);
        done += n;
    }
    return out.total;
}

size_t writeLargeTrace(const std::string& path, size_t spans) {
    Out out(path);
    std::mt19937_64 random(11);
    constexpr size_t kPerRequest = 1000;
    const std::string trace(16, '\x2a');
    for (size_t from = 0; from < spans; from += kPerRequest) {
        std::string request;
        {
            pbf_writer root(request);
            pbf_writer resourceSpans(root, 1);
            {
                pbf_writer resource(resourceSpans, 1);
                attribute(resource, "service.name", [&](pbf_writer& v) { v.add_string(1, fmt::format("service-{}", from / kPerRequest % 24)); }, 1);
            }
            pbf_writer scopeSpans(resourceSpans, 2);
            for (size_t i = from; i < std::min(spans, from + kPerRequest); ++i) {
                pbf_writer span(scopeSpans, 2);
                const uint64_t id = i + 1, parent = i == 0 ? 0 : i - std::min<size_t>(i - 1, random() % 16);
                span.add_bytes(1, trace);
                span.add_bytes(2, reinterpret_cast<const char*>(&id), 8);
                if (parent != 0)
                    span.add_bytes(4, reinterpret_cast<const char*>(&parent), 8);
                span.add_string(5, fmt::format("step {}", random() % 200));
                span.add_enum(6, static_cast<int32_t>(1 + random() % 5));
                const uint64_t start = static_cast<uint64_t>(kStart) + i * 1000;
                span.add_fixed64(7, start);
                span.add_fixed64(8, start + 1000 + random() % 10'000'000);
                attribute(span, "http.route", [&](pbf_writer& v) { v.add_string(1, fmt::format("/res{}", random() % 50)); });
                attribute(span, "rows", [&](pbf_writer& v) { v.add_int64(3, static_cast<int64_t>(random() % 4000)); });
                attribute(span, "peer", [&](pbf_writer& v) { v.add_string(1, fmt::format("host-{}", random() % 20)); });
            }
        }
        const auto n = static_cast<uint32_t>(request.size());
        const char head[4] = {static_cast<char>(n >> 24), static_cast<char>(n >> 16), static_cast<char>(n >> 8), static_cast<char>(n)};
        out.write({head, 4});
        out.write(request);
    }
    return out.total;
}

size_t writeLogs(const std::string& path, size_t lines) {
    static constexpr const char* kLevels[] = {"INFO", "INFO", "INFO", "INFO", "INFO", "INFO", "DEBUG", "WARN", "ERROR"};
    static constexpr const char* kMessages[] = {"Received request {} from 10.0.{}.{}", "cache miss for key user:{} shard {} after {} us", "finished request {} in {} ms, {} rows",
                                                "retrying upstream call {} attempt {} of {}", "connection {} closed by peer after {} s, {} bytes"};
    Out out(path);
    std::mt19937_64 random(7);
    uint64_t millis = 0;
    std::string block;
    for (size_t i = 0; i < lines; ++i) {
        millis += random() % 20;
        const uint64_t seconds = millis / 1000;
        fmt::format_to(std::back_inserter(block), "2026-03-{:02} {:02}:{:02}:{:02},{:03} {} [worker-{}] com.example.service.Handler{}: ", 17 + seconds / 86400, seconds / 3600 % 24,
                       seconds / 60 % 60, seconds % 60, millis % 1000, kLevels[random() % 9], random() % 32, random() % 12);
        fmt::format_to(std::back_inserter(block), fmt::runtime(kMessages[random() % 5]), random() % 1'000'000, random() % 256, random() % 256);
        block += '\n';
        if (block.size() > (1U << 20)) {
            out.write(block);
            block.clear();
        }
    }
    out.write(block);
    return out.total;
}

size_t writeSamples(const std::string& path, size_t series, size_t samplesEach) {
    Out out(path);
    std::mt19937_64 random(9);
    std::string block;
    for (size_t s = 0; s < series; ++s) {
        double counter = 0;
        for (size_t i = 0; i < samplesEach; ++i) {
            counter += static_cast<double>(random() % 100);
            // Half counters that grow, half gauges that stay for a while.
            const double value = s % 2 == 0 ? counter : static_cast<double>((i / 40 * 7 + s) % 100);
            fmt::format_to(std::back_inserter(block), "bench_{}_total{{instance=\"node-{}:9100\",job=\"node\",mode=\"m{}\"}} {} {}\n", s % 40, s / 40 % 50, s % 7, value, 1773662400 + i * 15);
            if (block.size() > (1U << 20)) {
                out.write(block);
                block.clear();
            }
        }
    }
    out.write(block + "# EOF\n");
    return out.total;
}

}  // namespace nj::bench
