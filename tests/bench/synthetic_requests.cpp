#include "synthetic_requests.h"

#include <algorithm>
#include <fstream>
#include <random>

#include <fmt/format.h>
#include <protozero/pbf_writer.hpp>
#include <snappy.h>

namespace nj::bench {
namespace {

using protozero::pbf_writer;

constexpr size_t kRows = 1000, kSources = 20;
constexpr uint64_t kStart = 1'773'600'000'000'000'000, kSecond = 1'000'000'000;

// `fill(writer, request, rows)` writes a request.
template <typename Fill>
size_t writeRequests(const std::string& path, size_t rows, bool packed, Fill&& fill) {
    std::ofstream out(path, std::ios::binary);
    size_t total = 0;
    for (size_t done = 0, request = 0; done < rows; done += kRows, ++request) {
        std::string plain, bytes;
        {
            pbf_writer root(plain);
            fill(root, request, std::min(kRows, rows - done));
        }
        if (packed)
            snappy::Compress(plain.data(), plain.size(), &bytes);
        else
            bytes = std::move(plain);
        const auto size = static_cast<uint32_t>(bytes.size());
        const char head[4] = {static_cast<char>(size >> 24), static_cast<char>(size >> 16), static_cast<char>(size >> 8), static_cast<char>(size)};
        out.write(head, 4);
        out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
        total += 4 + bytes.size();
    }
    return total;
}

void attribute(pbf_writer& owner, protozero::pbf_tag_type field, const char* key, const std::string& text) {
    pbf_writer kv(owner, field);
    kv.add_string(1, key);
    pbf_writer value(kv, 2);
    value.add_string(1, text);
}

void resourceOf(pbf_writer& owner, size_t source) {
    pbf_writer resource(owner, 1);
    attribute(resource, 1, "service.name", fmt::format("service-{}", source));
}

void label(pbf_writer& series, std::string_view name, const std::string& value) {
    pbf_writer pair(series, 1);
    pair.add_string(1, name.data(), name.size());
    pair.add_string(2, value);
}

}  // namespace

size_t writeLogRequests(const std::string& path, size_t records) {
    static constexpr const char* kMessages[] = {"Received request {} of user {} from the gateway, shard {}", "cache miss for key user:{} on shard {} after {} us",
                                                "finished request {} in {} ms, {} rows were read", "retrying upstream call {}, attempt {} of {}"};
    std::mt19937_64 random(21);
    uint64_t time = kStart;
    return writeRequests(path, records, false, [&](pbf_writer& root, size_t request, size_t rows) {
        pbf_writer resourceLogs(root, 1);
        resourceOf(resourceLogs, request % kSources);
        pbf_writer scopeLogs(resourceLogs, 2);
        for (size_t i = 0; i < rows; ++i) {
            time += random() % 2'000'000;
            pbf_writer record(scopeLogs, 2);
            record.add_fixed64(1, time);
            record.add_enum(2, random() % 20 == 0 ? 17 : 9);
            record.add_string(3, "INFO");
            {
                pbf_writer body(record, 5);
                body.add_string(1, fmt::format(fmt::runtime(kMessages[random() % 4]), random() % 1'000'000, random() % 256, random() % 1000));
            }
            attribute(record, 6, "thread", fmt::format("worker-{}", random() % 32));
            attribute(record, 6, "logger", fmt::format("com.example.service.Handler{}", random() % 12));
            attribute(record, 6, "request.id", fmt::format("{:016x}", random()));
            record.add_fixed64(11, time + 1000);
        }
    });
}

size_t writeMetricRequests(const std::string& path, size_t samples) {
    std::mt19937_64 random(22);
    return writeRequests(path, samples, false, [&](pbf_writer& root, size_t request, size_t rows) {
        const uint64_t time = kStart + request / kSources * 15 * kSecond;
        pbf_writer resourceMetrics(root, 1);
        resourceOf(resourceMetrics, request % kSources);
        pbf_writer scopeMetrics(resourceMetrics, 2);
        constexpr size_t kPoints = 10;
        for (size_t metric = 0; metric * kPoints < rows; ++metric) {
            pbf_writer one(scopeMetrics, 2);
            one.add_string(1, fmt::format("bench.metric.{}", metric));
            one.add_string(3, "1");
            const bool sum = metric % 2 == 0;
            pbf_writer data(one, sum ? 7 : 5);
            for (size_t i = 0; i < kPoints && metric * kPoints + i < rows; ++i) {
                pbf_writer point(data, 1);
                attribute(point, 7, "cpu", std::to_string(i));
                attribute(point, 7, "state", i % 2 ? "user" : "system");
                point.add_fixed64(2, kStart - 3600 * kSecond);
                point.add_fixed64(3, time);
                point.add_double(4, sum ? static_cast<double>(request / kSources * 100 + random() % 100) : static_cast<double>(random() % 1000) / 8);
            }
            if (sum) {
                data.add_enum(2, 2);
                data.add_bool(3, true);
            }
        }
    });
}

size_t writeRemoteWriteRequests(const std::string& path, size_t samples) {
    std::mt19937_64 random(23);
    return writeRequests(path, samples, true, [&](pbf_writer& root, size_t request, size_t rows) {
        const auto time = static_cast<int64_t>((kStart + request / kSources * 15 * kSecond) / 1'000'000);
        for (size_t i = 0; i < rows; ++i) {
            pbf_writer series(root, 1);
            label(series, "__name__", fmt::format("node_bench_{}_total", i / 10));
            label(series, "cpu", std::to_string(i % 10));
            label(series, "instance", fmt::format("node-{}:9100", request % kSources));
            label(series, "job", "node");
            label(series, "mode", i % 2 ? "user" : "system");
            pbf_writer sample(series, 2);
            sample.add_double(1, static_cast<double>(request / kSources * 100 + random() % 100));
            sample.add_int64(2, time);
        }
    });
}

}  // namespace nj::bench
