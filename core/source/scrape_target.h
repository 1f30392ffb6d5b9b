// One /metrics endpoint that is scraped: how it is asked, and what its scrapes become. Used by one thread.
#pragma once

#include <string>
#include <vector>

#include "source/http_client.h"
#include "source/scrape_reader.h"

namespace nj::source {

struct ScrapeSettings {
    HttpOptions http;               // with its timeout and limit of a body
    DurationNs interval = 15 * kSecond;
    std::string job;
    AttributeList labels;           // beside job and instance, which they may replace
    uint64_t sampleLimit = 0;
};

// "host:9100" → "http://host:9100/metrics"; kInvalidArgument for what is no URL.
Result<std::string> scrapeUrl(std::string_view text);
// "host:9100" of a URL, without user and password.
std::string hostAndPort(std::string_view url);

class ScrapeTarget {
public:
    ScrapeTarget(std::string url, const ScrapeSettings& settings);

    struct Round {
        std::vector<Batch> batches;   // samples, stale markers, up and its like
        ScrapeReport report;
        uint64_t bytes = 0;
        std::string error;            // why it is down, "" = it is not
    };
    // Blocks as long as the timeout says. kCancelled is the only error: a target that is down is a round as well.
    Result<Round> scrape(TimeNs start, const std::stop_token& stop);
    [[nodiscard]] const std::string& instance() const { return instance_; }

private:
    Result<ScrapeReader::Taken> ask(TimeNs start, Round& round, const std::stop_token& stop);

    const std::string url_, instance_, timeoutHeader_;
    HttpClient http_;
    ScrapeReader reader_;
};

}  // namespace nj::source
