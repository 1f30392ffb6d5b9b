// gen_ai.client.token.usage and the length of users' questions over all requests, as delta exponential histograms a minute: the
// traces are sampled and at night too few for a drift statistic.
#include <algorithm>
#include <cmath>
#include <map>

#include <fmt/format.h>

#include "demo/det_math.h"
#include "demo/files.h"
#include "demo/fleet.h"
#include "demo/zstd_file.h"

namespace nj::demo {

namespace {

constexpr int32_t kScale = 3;   // eight buckets a doubling
constexpr double kStep = 60;

// Index k of (2^(k/8), 2^((k+1)/8)], exact at powers of two.
int32_t bucketOf(double value) {
    int exponent = 0;
    const double m = std::frexp(value, &exponent);
    if (m == 0.5)
        return ((exponent - 1) << kScale) - 1;
    return static_cast<int32_t>(std::floor(detLog(value) * (1 << kScale) / 0.693147180559945309417));
}

struct Gathering {
    std::map<int32_t, uint64_t> buckets;
    OtlpExponentialPoint point;

    void add(double value, const Request& r, TimeNs time, SpanId span) {
        ++buckets[bucketOf(value)];
        point.min = point.count == 0 ? value : std::min(point.min, value);
        point.max = std::max(point.max, value);
        ++point.count;
        point.sum += value;
        if (r.sampled && point.exemplarTrace.empty()) {
            point.exemplarTrace = r.trace;
            point.exemplarSpan = span;
            point.exemplarTime = time;
            point.exemplarValue = value;
        }
    }
    void end(TimeNs from, TimeNs to, const OtlpAttributes& attributes, std::vector<OtlpExponentialPoint>& out) {
        if (point.count == 0)
            return;
        point.start = from;
        point.time = to;
        point.scale = kScale;
        point.offset = buckets.begin()->first;
        point.buckets.assign(static_cast<size_t>(buckets.rbegin()->first - point.offset + 1), 0);
        for (const auto& [index, count] : buckets)
            point.buckets[static_cast<size_t>(index - point.offset)] = count;
        point.attributes = attributes;
        out.push_back(std::move(point));
        *this = {};
    }
};

OtlpAttributes usageAttributes(size_t replica, const char* type) {
    OtlpAttributes a = {{"gen_ai.operation.name", std::string("chat")},
                        {"gen_ai.provider.name", std::string("vllm")},
                        {"gen_ai.request.model", std::string(kModelName)},
                        {"server.address", std::string(kReplicaNames[replica])}};
    if (type != nullptr)
        a.push_back({"gen_ai.token.type", std::string(type)});
    return a;
}

}  // namespace

Status writeTokenHistograms(const Day& day, const std::string& directory) {
    ZstdFile file(directory + "/gen-ai-usage.otlp.pb.zst");
    std::vector<std::pair<double, size_t>> ends;
    for (size_t i = 0; i < day.requests.size(); ++i) {
        const Request& r = day.requests[i];
        if (!r.failed() && r.end >= 0 && r.end < day.scenario.duration)
            ends.emplace_back(r.end, i);
    }
    std::sort(ends.begin(), ends.end());
    std::string message;
    std::string metrics;
    size_t next = 0;
    for (double from = 0; from < day.scenario.duration; from += kStep) {
        Gathering input[2];
        Gathering output[2];
        Gathering query;
        for (; next < ends.size() && ends[next].first < from + kStep; ++next) {
            const size_t i = ends[next].second;
            const Request& r = day.requests[i];
            const SpanId chat = spanId(day.seed, i, Slot::kChat);
            input[r.replica].add(r.prompt, r, day.scenario.at(r.end), chat);
            output[r.replica].add(std::max(1U, r.generated), r, day.scenario.at(r.end), chat);
            query.add(r.queryChars, r, day.scenario.at(r.end), chat);
        }
        const TimeNs start = day.scenario.at(from);
        const TimeNs end = day.scenario.at(from + kStep);
        std::vector<OtlpExponentialPoint> usage;
        std::vector<OtlpExponentialPoint> questions;
        for (size_t k = 0; k < 2; ++k) {
            input[k].end(start, end, usageAttributes(k, "input"), usage);
            output[k].end(start, end, usageAttributes(k, "output"), usage);
        }
        query.end(start, end, {{"http.route", std::string("/v1/chat")}}, questions);
        metrics.clear();
        protobufExponential(metrics, "gen_ai.client.token.usage", "Number of input and output tokens used.", "{token}", usage);
        protobufExponential(metrics, "app.user_query.length", "Characters of the user's question.", "{character}", questions);
        message.clear();
        protobufResource(message, resourceOf(deployments()[0], 0), "gateway/usage", "3.8.1", metrics);
        appendFrame(file.buffer(), message);
        file.flushIfLarge();
    }
    return file.finish();
}

}  // namespace nj::demo
