#include "source/scrape_target.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

namespace nj::source {
namespace {

// As Prometheus 3 writes it, without the protobuf formats, which only carry more for native histograms.
constexpr const char* kAccept =
    "Accept: application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,application/openmetrics-text;version=0.0.1;q=0.5,"
    "text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2";

AttributeList labelsOf(const ScrapeSettings& settings, const std::string& instance) {
    AttributeList labels = settings.labels;
    const auto add = [&](const char* name, const std::string& value) {
        if (findAttribute(labels, name) == nullptr && !value.empty())
            labels.push_back({name, AttributeValue::ofString(value)});
    };
    add("job", settings.job);
    add("instance", instance);
    std::sort(labels.begin(), labels.end(), [](const KeyValue& a, const KeyValue& b) { return a.key < b.key; });
    return labels;
}

std::string secondsOf(DurationNs duration) { return fmt::format("{}", static_cast<double>(duration) / static_cast<double>(kSecond)); }

}  // namespace

Result<std::string> scrapeUrl(std::string_view text) {
    std::string url(text);
    if (url.find("://") == std::string::npos)
        url.insert(0, "http://");
    const bool known = url.starts_with("http://") || url.starts_with("https://");
    const size_t host = url.find("://") + 3;
    const size_t rest = std::min(url.find_first_of("/?#", host), url.size());
    if (!known || rest == host || url.find_first_of(" \t\r\n\"<>") != std::string::npos)
        return makeError(ErrorCode::kInvalidArgument, fmt::format("'{}' is no target such as localhost:9100 or http://host:8000/metrics", text));
    if (rest == url.size())
        url += "/metrics";
    return url;
}

std::string hostAndPort(std::string_view url) {
    const size_t scheme = url.find("://");
    url.remove_prefix(scheme == std::string_view::npos ? 0 : scheme + 3);
    url = url.substr(0, url.find_first_of("/?#"));
    if (const size_t at = url.rfind('@'); at != std::string_view::npos)
        url.remove_prefix(at + 1);
    return std::string(url);
}

ScrapeTarget::ScrapeTarget(std::string url, const ScrapeSettings& settings)
    : url_(std::move(url)),
      instance_(hostAndPort(url_)),
      timeoutHeader_("X-Prometheus-Scrape-Timeout-Seconds: " + secondsOf(settings.http.timeout)),
      http_(settings.http),
      reader_(labelsOf(settings, instance_), settings.sampleLimit) {}

Result<ScrapeReader::Taken> ScrapeTarget::ask(TimeNs start, Round& round, const std::stop_token& stop) {
    NJ_ASSIGN(const HttpResponse response, http_.send({url_, {}, {}, {kAccept, timeoutHeader_}}, stop));
    round.bytes = response.bytes;
    if (response.status != 200)
        return makeError(ErrorCode::kIo, fmt::format("it answered {}", response.status));
    return reader_.read(response.body, response.contentType.starts_with("application/openmetrics-text"), start);
}

Result<ScrapeTarget::Round> ScrapeTarget::scrape(TimeNs start, const std::stop_token& stop) {
    Round round;
    const auto before = std::chrono::steady_clock::now();
    auto taken = ask(start, round, stop);
    if (stop.stop_requested())
        return makeError(ErrorCode::kCancelled, "stopped");
    if (taken.ok()) {
        round.report.up = true;
        round.report.samples = taken->samples;
        round.report.added = taken->added;
        round.batches = std::move(taken->batches);
    } else {
        round.error = fmt::format("{}: {}", instance_, taken.error().message);
        if (Batch stale = reader_.fail(start); !stale.empty())
            round.batches.push_back(std::move(stale));
    }
    round.report.took = std::chrono::nanoseconds(std::chrono::steady_clock::now() - before).count();
    round.batches.push_back(reader_.report(round.report, start));
    return round;
}

}  // namespace nj::source
