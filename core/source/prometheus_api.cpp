#include "source/prometheus_api.h"

#include <fmt/format.h>
#include <snappy.h>

#include <algorithm>
#include <cmath>
#include <protozero/pbf_writer.hpp>

#include "base/bounded_json.h"
#include "format/format.h"
#include "source/inflater.h"
#include "source/keep_samples.h"
#include "source/prometheus_selector.h"

namespace nj::source {
namespace {

constexpr size_t kMaxAnswer = 512U << 20;
constexpr size_t kMaxJson = 64U << 20;         // of answers that are read as a whole
constexpr long kUnprocessable = 422;

std::string seconds(TimeNs time) { return fmt::format("{}.{:03}", time / kSecond, time / kMillisecond % 1000); }

std::string baseOf(std::string_view url) {
    url = url.substr(0, url.find_first_of("?#"));
    while (url.ends_with('/'))
        url.remove_suffix(1);
    if (url.ends_with("/api/v1"))
        url.remove_suffix(7);
    return std::string(url);
}

HttpOptions bounded(HttpOptions options) {
    options.maxBody = kMaxAnswer;
    return options;
}

std::string textAt(const Json& object, const char* key) {
    const Json& value = at(object, key);
    return value.is_string() ? value.get<std::string>() : std::string();
}

LabelPairs pairsOf(const Json& object) {
    LabelPairs pairs;
    if (object.is_object())
        for (const auto& [key, value] : object.items())
            if (value.is_string())
                pairs.emplace_back(key, value.get<std::string>());
    return pairs;
}

TimeNs timeAt(const Json& object, const char* key) {
    const auto time = parseTime(textAt(object, key), 0);
    return time.ok() ? *time : 0;
}

// "data" of an answer that is a success.
Result<Json> dataOf(const std::string& body, std::string_view base) {
    Json json = Json::parse(body, nullptr, false);
    if (json.is_discarded() || textAt(json, "status") != "success")
        return makeError(ErrorCode::kMalformed, fmt::format("{} answers, but not as Prometheus does: is its path prefix missing?", base));
    return std::move(json["data"]);
}

std::string readRequest(const std::vector<std::vector<LabelMatcher>>& selectors, TimeRange range) {
    std::string message;
    protozero::pbf_writer request(message);
    for (const auto& matchers : selectors) {
        std::string query;
        protozero::pbf_writer writer(query);
        writer.add_int64(1, range.from / kMillisecond);
        writer.add_int64(2, (range.to - 1) / kMillisecond);
        for (const LabelMatcher& matcher : matchers) {
            std::string one;
            protozero::pbf_writer m(one);
            m.add_enum(1, static_cast<int32_t>(matcher.type));
            m.add_string(2, matcher.name);
            m.add_string(3, matcher.value);
            writer.add_message(3, one);
        }
        request.add_message(1, query);
    }
    std::string packed;
    snappy::Compress(message.data(), message.size(), &packed);
    return packed;
}

bool asksForLess(const HttpResponse& response) {
    return response.status == kUnprocessable || response.body.find("exceed") != std::string::npos || response.body.find("too many") != std::string::npos;
}

}  // namespace

std::string_view findLabel(const LabelPairs& pairs, std::string_view name) {
    const auto it = std::find_if(pairs.begin(), pairs.end(), [&](const auto& pair) { return pair.first == name; });
    return it == pairs.end() ? std::string_view() : std::string_view(it->second);
}

PrometheusApi::PrometheusApi(std::string_view url, HttpOptions options) : base_(baseOf(url)), http_(bounded(std::move(options))) {}

Result<std::string> PrometheusApi::get(std::string_view path, const LabelPairs& query, const std::stop_token& stop) {
    std::string url = base_ + "/api/v1/" + std::string(path);
    if (!query.empty())
        url += '?' + formEncoded(query);
    std::string body;
    bool tooLong = false;
    NJ_ASSIGN(const HttpResponse response, http_.fetch({url, {}, {}, {}, false}, stop, [&](std::string_view piece) {
        tooLong = body.size() + piece.size() > kMaxJson;
        body.append(tooLong ? std::string_view() : piece);
        return !tooLong;
    }));
    bytes_ += response.bytes;
    if (tooLong)
        return makeError(ErrorCode::kLimit, fmt::format("{}: the answer to {} is longer than {} MiB", base_, path, kMaxJson >> 20));
    return body;
}

Result<std::string> PrometheusApi::product(const std::stop_token& stop) {
    auto body = get("status/buildinfo", {}, stop);
    if (body.ok()) {
        const auto data = dataOf(*body, base_);
        if (data.ok() && !textAt(*data, "version").empty()) {
            const std::string application = textAt(*data, "application");
            return fmt::format("{} {}", application.empty() ? "Prometheus" : application, textAt(*data, "version"));
        }
    } else if (body.error().code == ErrorCode::kIo || body.error().code == ErrorCode::kCancelled || body.error().code == ErrorCode::kInvalidArgument) {
        return body.error();
    }
    // Not every one of them says what it is.
    NJ_ASSIGN(const std::string answer, get("query", {{"query", "1"}}, stop));
    NJ_RETURN_IF_ERROR(dataOf(answer, base_));
    return std::string("a Prometheus-compatible server");
}

Result<std::vector<format::PrometheusMetadata>> PrometheusApi::metadata(const std::stop_token& stop) {
    NJ_ASSIGN(const std::string body, get("metadata", {{"limit_per_metric", "1"}}, stop));
    NJ_ASSIGN(const Json data, dataOf(body, base_));
    std::vector<format::PrometheusMetadata> out;
    using Kind = format::PrometheusMetadata::Kind;
    if (!data.is_object())
        return out;
    for (const auto& [name, list] : data.items()) {
        if (!list.is_array() || list.empty())
            continue;
        for (const auto& [kind, key] : {std::pair(Kind::kType, "type"), std::pair(Kind::kHelp, "help"), std::pair(Kind::kUnit, "unit")})
            if (std::string text = textAt(list[0], key); !text.empty())
                out.push_back({kind, name, std::move(text)});
    }
    return out;
}

Result<uint64_t> PrometheusApi::countSeries(const std::string& selector, TimeNs time, const std::stop_token& stop) {
    NJ_ASSIGN(const std::string body, get("query", {{"query", "count(" + selector + ")"}, {"time", seconds(time)}}, stop));
    NJ_ASSIGN(const Json data, dataOf(body, base_));
    const Json& result = at(data, "result");
    if (!result.is_array() || result.empty())
        return 0;
    const Json& value = at(result[0], "value");
    if (!value.is_array() || value.size() != 2 || !value[1].is_string())
        return 0;
    const auto number = format::parsePrometheusNumber(value[1].get<std::string>());
    return number && *number > 0 ? static_cast<uint64_t>(std::min(*number, 1e15)) : 0;
}

Result<std::vector<std::string>> PrometheusApi::metricNames(const std::stop_token& stop) {
    NJ_ASSIGN(const std::string body, get("label/__name__/values", {}, stop));
    NJ_ASSIGN(const Json data, dataOf(body, base_));
    std::vector<std::string> names;
    if (data.is_array())
        for (const Json& name : data)
            if (name.is_string())
                names.push_back(name.get<std::string>());
    std::sort(names.begin(), names.end());
    return names;
}

Status PrometheusApi::remoteRead(const std::vector<std::string>& selectors, TimeRange range, const format::BatchConsumer& out, const std::stop_token& stop) {
    std::vector<std::vector<LabelMatcher>> parsed;
    for (const std::string& selector : selectors) {
        NJ_ASSIGN(auto matchers, parseSelector(selector));
        parsed.push_back(std::move(matchers));
    }
    HttpRequest request;
    request.url = base_ + "/api/v1/read";
    request.body = readRequest(parsed, range);
    request.contentType = "application/x-protobuf";
    request.asIs = true;   // a snappy block, which libcurl doesn't know
    request.headers = {"Content-Encoding: snappy", "X-Prometheus-Remote-Read-Version: 0.1.0"};
    NJ_ASSIGN(HttpResponse response, http_.send(request, stop));
    if (response.status == 400 && asksForLess(response))
        return makeError(ErrorCode::kLimit, response.body);
    if (response.status == 429 || response.status == 502 || response.status == 503 || response.status == 504)
        return makeError(ErrorCode::kIo, fmt::format("{} answered {}", base_, response.status));
    if (response.status / 100 != 2 || !response.contentType.starts_with("application/x-protobuf"))
        return makeError(ErrorCode::kUnsupported, fmt::format("{} offers no remote read (it answered {})", base_, response.status));
    NJ_ASSIGN(const std::string plain, inflate(Encoding::kSnappy, response.body, kMaxAnswer));
    response.body = {};
    bytes_ += plain.size();
    // ReadResponse: results = 1; each QueryResult holds its series under WriteRequest's number.
    format::WireReader results(plain);
    while (results.next()) {
        if (results.field() != 1 || !results.isBytes())
            continue;
        NJ_ASSIGN(Batch batch, decoder_.decode(results.bytes()));
        if (!batch.empty() && !out(std::move(batch)))
            return makeError(ErrorCode::kCancelled, "stopped");
    }
    return results.good() ? Status() : makeError(ErrorCode::kMalformed, fmt::format("{}: an answer to remote read that is cut", base_));
}

// Form-encoded POST: selectors may be longer than a URL may be.
Result<HttpResponse> PrometheusApi::query(std::string_view path, const LabelPairs& form, const std::stop_token& stop, const HttpClient::BodySink& sink) {
    HttpRequest request;
    request.url = base_ + "/api/v1/" + std::string(path);
    request.body = formEncoded(form);
    request.contentType = kFormType;
    NJ_ASSIGN(HttpResponse response, http_.send(request, stop, sink));
    // Grafana's proxy and some gateways let GET through only.
    if (response.status == 403 || response.status == 405) {
        request = {};
        request.url = base_ + "/api/v1/" + std::string(path) + '?' + formEncoded(form);
        NJ_ASSIGN(response, http_.fetch(request, stop, sink));
    }
    bytes_ += response.bytes;
    return response;
}

Status PrometheusApi::readAnswer(std::string_view path, const LabelPairs& form, TimeRange range, const format::BatchConsumer& out, const std::stop_token& stop) {
    format::ReaderOptions options;
    options.path = "prometheus";
    options.now = nowNs();
    const auto reader = format::findFormat("prometheus_api_json")->open(options);
    // The servers differ in which end of a range belongs to it: more is asked for and cut here.
    const format::BatchConsumer cut = [&](Batch&& batch) {
        keepPoints(batch, [&](uint32_t, TimeNs time) { return range.contains(time); });
        return batch.empty() || out(std::move(batch));
    };
    Status read;
    NJ_ASSIGN(const HttpResponse response, query(path, form, stop, [&](std::string_view piece) {
        read = reader->feed(piece, cut);
        return read.ok();
    }));
    NJ_RETURN_IF_ERROR(read);
    if (response.status / 100 != 2 && asksForLess(response))
        return makeError(ErrorCode::kLimit, response.body);
    if (response.status / 100 != 2) {
        const bool passes = response.status == 429 || response.status >= 502;
        return makeError(passes ? ErrorCode::kIo : ErrorCode::kInvalidArgument, fmt::format("{} answered {}: {}", base_, response.status, response.body.substr(0, 300)));
    }
    return reader->finish(cut);
}

Status PrometheusApi::rangeRead(const std::string& selector, TimeRange range, const format::BatchConsumer& out, const std::stop_token& stop) {
    const LabelPairs form = {{"query", fmt::format("{}[{}ms]", selector, range.length() / kMillisecond + 1)}, {"time", seconds(range.to)}};
    return readAnswer("query", form, range, out, stop);
}

Status PrometheusApi::exemplars(const std::string& selector, TimeRange range, const format::BatchConsumer& out, const std::stop_token& stop) {
    return readAnswer("query_exemplars", {{"query", selector}, {"start", seconds(range.from)}, {"end", seconds(range.to)}}, range, out, stop);
}

Result<std::vector<PrometheusAlert>> PrometheusApi::alerts(const std::stop_token& stop) {
    NJ_ASSIGN(const std::string body, get("alerts", {}, stop));
    NJ_ASSIGN(const Json data, dataOf(body, base_));
    std::vector<PrometheusAlert> out;
    for (const Json& alert : at(data, "alerts"))
        out.push_back({pairsOf(at(alert, "labels")), pairsOf(at(alert, "annotations")), textAt(alert, "state"), timeAt(alert, "activeAt")});
    return out;
}

Result<std::vector<PrometheusTarget>> PrometheusApi::targets(const std::stop_token& stop) {
    NJ_ASSIGN(const std::string body, get("targets", {{"state", "active"}}, stop));
    NJ_ASSIGN(const Json data, dataOf(body, base_));
    std::vector<PrometheusTarget> out;
    for (const Json& target : at(data, "activeTargets")) {
        PrometheusTarget one{textAt(target, "scrapeUrl"), textAt(at(target, "labels"), "job"), textAt(target, "health"), textAt(target, "lastError"), timeAt(target, "lastScrape"), 0};
        if (const auto interval = parseDuration(textAt(target, "scrapeInterval")); interval.ok())
            one.interval = *interval;
        out.push_back(std::move(one));
    }
    return out;
}

Result<std::pair<std::vector<PrometheusAlertRule>, std::string>> PrometheusApi::alertRules(const std::stop_token& stop) {
    NJ_ASSIGN(std::string body, get("rules", {}, stop));
    NJ_ASSIGN(const Json data, dataOf(body, base_));
    std::vector<PrometheusAlertRule> out;
    for (const Json& group : at(data, "groups"))
        for (const Json& rule : at(group, "rules"))
            if (textAt(rule, "type") == "alerting")
                out.push_back({textAt(rule, "name"), textAt(rule, "query"), pairsOf(at(rule, "annotations"))});
    return std::pair(std::move(out), std::move(body));
}

Result<std::vector<PrometheusApi::Presence>> PrometheusApi::presence(const std::string& expression, TimeRange range, DurationNs step, const std::stop_token& stop) {
    NJ_ASSIGN(const std::string body, get("query_range", {{"query", expression}, {"start", seconds(range.from)}, {"end", seconds(range.to)}, {"step", seconds(step)}}, stop));
    NJ_ASSIGN(const Json data, dataOf(body, base_));
    std::vector<Presence> out;
    for (const Json& series : at(data, "result")) {
        Presence one{pairsOf(at(series, "metric")), {}};
        for (const Json& pair : at(series, "values"))
            if (pair.is_array() && !pair.empty() && pair[0].is_number())
                one.times.push_back(std::llround(pair[0].get<double>() * 1000) * kMillisecond);
        if (!one.times.empty())
            out.push_back(std::move(one));
    }
    return out;
}

void keepPoints(Batch& batch, const std::function<bool(uint32_t series, TimeNs time)>& wanted) {
    const SampleColumns& samples = batch.samples;
    keepSamples(batch.samples, [&](size_t row) { return wanted(samples.series[row], samples.time[row]); });
    std::erase_if(batch.histograms, [&](const HistogramPoint& point) { return !wanted(point.series, point.time); });
}

}  // namespace nj::source
