// Scrapes /metrics endpoints itself, without a Prometheus between: vLLM, SGLang, dcgm-exporter, node_exporter and their like.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "source/fetch_source.h"
#include "source/pull_source.h"
#include "source/scrape_target.h"

namespace nj::source {
namespace {

using Clock = std::chrono::steady_clock;

constexpr DurationNs kPresetTimeout = 10 * kSecond;
constexpr size_t kMaxTargets = 200;   // each has a thread
// As Prometheus aligns times: so near to where it was due, a scrape is stamped as if it had been on time, and times compress better.
constexpr DurationNs kTolerance = 2 * kMillisecond;

constexpr SourceField kFields[] = {
    {"url", "Targets", FieldKind::kText, "", "localhost:8000 (means http://localhost:8000/metrics) or a whole URL", true, true},
    {"interval", "Every", FieldKind::kDuration, "15s", "how often each target is asked"},
    {"timeout", "Timeout", FieldKind::kDuration, "10s", "how long an answer may take; not longer than the interval"},
    {"job", "Job", FieldKind::kText, "scrape", "the label job"},
    {"label", "Labels", FieldKind::kText, "", "name=value, put on every series", false, true},
    {"sample_limit", "Most samples", FieldKind::kText, "500000", "of one answer; a longer one counts as failed"},
    {"body_limit", "Most MiB", FieldKind::kText, "64", "of one answer; a longer one counts as failed"},
    NJ_HTTP_FIELDS,
};

bool isLabelName(std::string_view name) {
    const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
    return !name.empty() && letter(name.front()) && std::all_of(name.begin(), name.end(), [&](char c) { return letter(c) || (c >= '0' && c <= '9'); });
}

Result<AttributeList> labelsOf(const SourceConfig& config) {
    AttributeList labels;
    for (const std::string& text : config.all("label")) {
        const size_t equals = text.find('=');
        const std::string name = text.substr(0, equals);
        if (equals == std::string::npos || !isLabelName(name) || name == "__name__")
            return makeError(ErrorCode::kInvalidArgument, fmt::format("'{}' is no label such as cluster=prod", text));
        if (findAttribute(labels, name) != nullptr)
            return makeError(ErrorCode::kInvalidArgument, fmt::format("the label {} is given twice", name));
        labels.push_back({name, AttributeValue::ofString(std::string_view(text).substr(equals + 1))});
    }
    return labels;
}

Result<DurationNs> durationOf(const SourceConfig& config, std::string_view field, DurationNs preset) {
    const std::string text = config.value(field);
    return text.empty() ? Result<DurationNs>(preset) : parseDuration(text);
}

Result<ScrapeSettings> settingsOf(const SourceConfig& config) {
    ScrapeSettings settings;
    NJ_ASSIGN(settings.interval, durationOf(config, "interval", 15 * kSecond));
    if (settings.interval < 100 * kMillisecond)
        return makeError(ErrorCode::kInvalidArgument, "an interval under 100ms leaves a target no rest");
    NJ_ASSIGN(DurationNs timeout, durationOf(config, "timeout", kPresetTimeout));
    if (timeout == kPresetTimeout)
        timeout = std::min(timeout, settings.interval);
    if (timeout > settings.interval)
        return makeError(ErrorCode::kInvalidArgument, "the timeout is longer than the interval");
    NJ_ASSIGN(settings.labels, labelsOf(config));
    NJ_ASSIGN(settings.sampleLimit, countOf(config, "sample_limit", 500'000, 10'000'000));
    NJ_ASSIGN(const uint64_t mebibytes, countOf(config, "body_limit", 64, 1024));
    settings.job = config.value("job").empty() ? "scrape" : config.value("job");
    settings.http = httpOptions(config);
    settings.http.timeout = timeout;
    settings.http.maxBody = mebibytes << 20;
    return settings;
}

Result<std::vector<std::string>> targetsOf(const SourceConfig& config) {
    std::vector<std::string> urls;
    for (const std::string& text : config.all("url")) {
        NJ_ASSIGN(std::string url, scrapeUrl(text));
        if (std::find(urls.begin(), urls.end(), url) == urls.end())
            urls.push_back(std::move(url));
    }
    if (urls.size() > kMaxTargets)
        return makeError(ErrorCode::kInvalidArgument, fmt::format("{} targets are more than {}", urls.size(), kMaxTargets));
    return urls;
}

std::string nameOf(const std::vector<std::string>& urls, const std::string& job) {
    std::string name = "Scrape " + job + ':';
    constexpr size_t kNamed = 3;
    for (size_t i = 0; i < std::min(urls.size(), kNamed); ++i)
        name += (i == 0 ? " " : ", ") + hostAndPort(urls[i]);
    return urls.size() > kNamed ? fmt::format("{} and {} more", name, urls.size() - kNamed) : name;
}

class ScrapeSource final : public PullSource {
public:
    ScrapeSource(std::vector<std::string> urls, ScrapeSettings settings, DeliveryTarget& target)
        : PullSource(nameOf(urls, settings.job), "scrape", target), urls_(std::move(urls)), settings_(std::move(settings)) {}
    ~ScrapeSource() override { stop(); }

private:
    enum class Health : uint8_t { kUnknown, kUp, kDown };

    // A thread per target: one that answers late keeps no other waiting.
    Status run(std::stop_token stop) override {
        {
            const std::scoped_lock lock(mutex_);
            health_.assign(urls_.size(), Health::kUnknown);
        }
        say("asking for the first time");
        std::vector<std::jthread> threads;
        for (size_t i = 0; i < urls_.size(); ++i)
            threads.emplace_back([this, i, stop] { scrapeForever(i, stop); });
        threads.clear();   // joins
        return makeError(ErrorCode::kCancelled, "stopped");
    }

    void scrapeForever(size_t index, const std::stop_token& stop) {
        ScrapeTarget target(urls_[index], settings_);
        const auto begun = Clock::now();
        const TimeNs base = nowNs() / kMillisecond * kMillisecond;
        int64_t turn = 0;
        while (!stop.stop_requested()) {
            const TimeNs now = nowNs() / kMillisecond * kMillisecond, due = base + turn * settings_.interval;
            const TimeNs start = now - due >= -kTolerance && now - due <= kTolerance ? due : now;
            if (!scrapeOnce(index, target, start, stop))
                return;
            const DurationNs elapsed = std::chrono::nanoseconds(Clock::now() - begun).count();
            turn = elapsed / settings_.interval + 1;
            sleepFor(turn * settings_.interval - elapsed, stop);
        }
    }

    bool scrapeOnce(size_t index, ScrapeTarget& target, TimeNs start, const std::stop_token& stop) {
        auto round = target.scrape(start, stop);
        if (!round.ok())
            return false;
        noteRequest(round->bytes);
        if (!round->error.empty())
            noteError(round->error);
        tell(index, round->report.up ? Health::kUp : Health::kDown);
        for (const Batch& batch : round->batches) {
            // It can't be fetched again: a copy waits until the disk takes it.
            const Status committed = retrying([&] { return commit(Batch(batch), {}, stop); }, stop);
            if (!committed.ok()) {
                if (committed.error().code == ErrorCode::kCancelled)
                    return false;
                noteError(committed.error().message);
            }
        }
        return true;
    }

    void tell(size_t index, Health health) {
        const std::scoped_lock lock(mutex_);
        health_[index] = health;
        const auto up = std::count(health_.begin(), health_.end(), Health::kUp);
        say(fmt::format("{} of {} targets up, every {}", up, health_.size(), formatDuration(settings_.interval)));
    }

    const std::vector<std::string> urls_;
    const ScrapeSettings settings_;
    std::mutex mutex_;
    std::vector<Health> health_;   // guarded by mutex_
};

Result<std::unique_ptr<Source>> create(const SourceConfig& config, DeliveryTarget& target) {
    NJ_ASSIGN(std::vector<std::string> urls, targetsOf(config));
    NJ_ASSIGN(ScrapeSettings settings, settingsOf(config));
    return std::unique_ptr<Source>(std::make_unique<ScrapeSource>(std::move(urls), std::move(settings), target));
}

Result<SourceProbe> probe(const SourceConfig& config, std::stop_token stop) {
    NJ_ASSIGN(const std::vector<std::string> urls, targetsOf(config));
    NJ_ASSIGN(ScrapeSettings settings, settingsOf(config));
    settings.http.timeout = std::min(settings.http.timeout, 5 * kSecond);
    std::vector<std::optional<ScrapeTarget::Round>> rounds(urls.size());
    std::vector<std::jthread> threads;
    for (size_t i = 0; i < urls.size(); ++i)
        threads.emplace_back([&, i] {
            if (auto round = ScrapeTarget(urls[i], settings).scrape(nowNs(), stop); round.ok())
                rounds[i] = std::move(*round);
        });
    threads.clear();   // joins
    SourceProbe found;
    size_t up = 0;
    std::string error;
    for (const auto& round : rounds) {
        if (!round)
            return makeError(ErrorCode::kCancelled, "stopped");
        up += round->report.up ? 1 : 0;
        found.series += round->report.added;
        if (error.empty())
            error = round->error;
    }
    if (up == 0)
        return makeError(ErrorCode::kIo, error);
    found.summary = fmt::format("{} of {} targets answer: {} series{}{}", up, urls.size(), found.series, error.empty() ? "" : "; ", error);
    return found;
}

}  // namespace

extern const SourceKind kScrape;
const SourceKind kScrape = {
    "scrape", "Metrics endpoints", "Scrapes /metrics of vLLM, SGLang, dcgm-exporter, node_exporter and other exporters, as Prometheus does.", kFields, create, probe,
};

}  // namespace nj::source
