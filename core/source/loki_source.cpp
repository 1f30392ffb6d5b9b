// Fetches log lines from Grafana Loki by a LogQL query: the newest first, page by page; then it may go on with what comes in.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "base/hash.h"
#include "source/covered_time.h"
#include "source/fetch_source.h"
#include "source/loki_page.h"

namespace nj::source {
namespace {

constexpr uint64_t kPage = 5000;               // what servers give at most, as they come
constexpr uint64_t kSmallestPage = 100;
constexpr DurationNs kWindow = 6 * kHour, kSmallestWindow = kMinute;
constexpr DurationNs kSettled = 5 * kSecond;   // lines arrive late
constexpr uint64_t kPresetLines = 100'000, kMostLines = 100'000'000;

constexpr SourceField kFields[] = {
    {"url", "Server", FieldKind::kUrl, "http://localhost:3100", "with its path prefix; Grafana's data-source proxy: http://grafana/api/datasources/proxy/uid/UID", true},
    {"query", "LogQL", FieldKind::kText, "", "such as {app=\"vllm\"} |= \"error\"", true},
    {"range", "Range", FieldKind::kRange, "1h", "how far back: 6h, or FROM..TO"},
    {"limit", "Most lines", FieldKind::kText, "100000", "of the range; the newest are fetched"},
    {"follow", "Follow", FieldKind::kSwitch, "no", "go on with what comes in"},
    {"interval", "Every", FieldKind::kDuration, "5s", "how often what is new is fetched"},
    NJ_HTTP_FIELDS,
};

class LokiSource final : public FetchSource {
public:
    LokiSource(const SourceConfig& config, DeliveryTarget& target)
        : FetchSource("Loki " + config.value("url"), "loki", config, target),
          config_(config),
          query_(config.value("query")),
          cursorName_(fmt::format("loki {:016x}", fastHash(config.value("url") + '\n' + config.value("tenant") + '\n' + query_))) {}
    ~LokiSource() override { stop(); }

private:
    Status run(std::stop_token stop) override {
        NJ_RETURN_IF_ERROR(plan());
        TimeNs nextPoll = 0;
        for (;;) {
            if (stop.stop_requested())
                return makeError(ErrorCode::kCancelled, "stopped");
            const TimeNs now = nowNs(), end = follow_ ? now - kSettled : end_;
            if (covered_.to < end && (!follow_ || now >= nextPoll)) {
                NJ_ASSIGN(const bool more, forward(end, stop));
                nextPoll = more ? now : now + interval_;
            } else if (covered_.from > covered_.goal && lines_ < limit_) {
                NJ_RETURN_IF_ERROR(backward(stop));
            } else if (!follow_) {
                if (covered_.from > covered_.goal)
                    noteError(fmt::format("stopped after {} lines: what is older than {} was not fetched", lines_, formatRfc3339(covered_.from, 0)));
                return {};
            } else {
                say("following");
                sleepFor(std::max<DurationNs>(std::max(nextPoll, covered_.to + kSettled) - now, 10 * kMillisecond), stop);
            }
        }
    }

    Status plan() {
        const TimeNs now = nowNs();
        NJ_ASSIGN(TimeRange range, fetchRange(config_.value("range"), now));
        range.to = std::min(range.to, now);
        NJ_ASSIGN(limit_, countOf(config_, "limit", kPresetLines, kMostLines));
        follow_ = config_.value("follow") == "yes" && range.to >= now - kMinute;
        if (const auto interval = parseDuration(config_.value("interval")); interval.ok() && *interval > 0)
            interval_ = std::max(*interval, kSecond);
        end_ = range.to;
        lines_ = 0;
        covered_ = {range.to, range.to, range.from};
        // What an earlier run fetched is not fetched again, unless there is a hole between.
        if (const auto before = CoveredTime::parse(target().cursor(cursorName_)); before && before->from <= before->to)
            if (follow_ ? before->to <= now : before->from <= range.to && before->to >= range.from)
                covered_ = {before->from, before->to, range.from};
        return {};
    }

    // True where more of it can be had at once.
    Result<bool> forward(TimeNs end, const std::stop_token& stop) {
        TimeRange range{covered_.to, std::min(end, covered_.to + window_)};
        say(fmt::format("catching up: {} to {}", formatRfc3339(range.from, 0), formatRfc3339(range.to, 0)));
        NJ_ASSIGN(LokiPage page, fetch(range, false, stop));
        CoveredTime next = covered_;
        next.to = page.whole.to;
        NJ_RETURN_IF_ERROR(take(page, next, stop));
        return page.cut || range.to < end;
    }

    Status backward(const std::stop_token& stop) {
        TimeRange range{std::max(covered_.goal, covered_.from - window_), covered_.from};
        const double all = static_cast<double>(std::max<DurationNs>(covered_.to - covered_.goal, 1));
        say(fmt::format("{} lines; fetching {} to {}", lines_, formatRfc3339(range.from, 0), formatRfc3339(range.to, 0)), static_cast<double>(covered_.to - covered_.from) / all);
        NJ_ASSIGN(LokiPage page, fetch(range, true, stop));
        CoveredTime next = covered_;
        next.from = page.whole.from;
        return take(page, next, stop);
    }

    Result<LokiPage> fetch(TimeRange& range, bool backward, const std::stop_token& stop) {
        for (;;) {
            auto body = get("/loki/api/v1/query_range",
                            {{"query", query_},
                             {"start", std::to_string(range.from)},
                             {"end", std::to_string(range.to)},
                             {"limit", std::to_string(page_)},
                             {"direction", backward ? "backward" : "forward"}},
                            stop);
            if (body.ok())
                return readLokiPage(std::move(*body), range, page_, backward);
            if (!asksForLess(body.error(), range, backward))
                return body.error();
        }
    }

    // Servers are set up for smaller pages or shorter ranges than these: true where a smaller one may do.
    bool asksForLess(const Error& error, TimeRange& range, bool backward) {
        if (error.code != ErrorCode::kInvalidArgument)
            return false;
        const auto says = [&](std::string_view words) { return error.message.find(words) != std::string::npos; };
        if (says("max entries limit") && page_ > kSmallestPage) {
            page_ = std::max(kSmallestPage, page_ / 2);
            return true;
        }
        if (says("range exceeds") && window_ > kSmallestWindow) {
            window_ = std::max(kSmallestWindow, window_ / 2);
            if (backward)
                range.from = std::max(range.from, range.to - window_);
            else
                range.to = std::min(range.to, range.from + window_);
            return true;
        }
        return false;
    }

    Status take(LokiPage& page, const CoveredTime& next, const std::stop_token& stop) {
        if (page.crowded)
            noteError(fmt::format("more than {} lines at {}: not all of them are given", page_, formatRfc3339(page.whole.from)));
        std::vector<Batch> batches;
        if (page.entries > 0) {
            NJ_ASSIGN(batches, readBody("log_export", page.body, api().base()));
        }
        NJ_RETURN_IF_ERROR(commitAll(std::move(batches), {cursorName_, next.text()}, stop));
        lines_ += page.entries;
        covered_ = next;
        return {};
    }

    const SourceConfig config_;
    const std::string query_, cursorName_;
    // Of the source's thread.
    bool follow_ = false;
    DurationNs interval_ = 5 * kSecond, window_ = kWindow;
    TimeNs end_ = 0;
    uint64_t page_ = kPage, limit_ = kPresetLines, lines_ = 0;
    CoveredTime covered_;
};

Status checkSettings(const SourceConfig& config) {
    NJ_RETURN_IF_ERROR(countOf(config, "limit", kPresetLines, kMostLines));
    NJ_RETURN_IF_ERROR(fetchRange(config.value("range"), nowNs()));
    return {};
}

Result<std::unique_ptr<Source>> create(const SourceConfig& config, DeliveryTarget& target) {
    NJ_RETURN_IF_ERROR(checkSettings(config));
    return std::unique_ptr<Source>(std::make_unique<LokiSource>(config, target));
}

Result<SourceProbe> probe(const SourceConfig& config, std::stop_token stop) {
    NJ_RETURN_IF_ERROR(checkSettings(config));
    NJ_ASSIGN(const TimeRange range, fetchRange(config.value("range"), nowNs()));
    FetchApi api(config, 15 * kSecond);
    constexpr uint64_t kLook = 100;
    NJ_ASSIGN(std::string body, api.get("/loki/api/v1/query_range",
                                        {{"query", config.value("query")},
                                         {"start", std::to_string(std::max(range.from, range.to - kWindow))},
                                         {"end", std::to_string(range.to)},
                                         {"limit", std::to_string(kLook)},
                                         {"direction", "backward"}},
                                        stop));
    NJ_ASSIGN(const LokiPage page, readLokiPage(std::move(body), range, kLook, true));
    SourceProbe found;
    found.summary = page.cut ? fmt::format("Loki: {} lines and more match", kLook) : fmt::format("Loki: {} {} match", page.entries, page.entries == 1 ? "line" : "lines");
    return found;
}

}  // namespace

extern const SourceKind kLoki;
const SourceKind kLoki = {
    "loki", "Loki", "Fetches log lines by a LogQL query and, if it should, goes on with what comes in.", kFields, create, probe,
};

}  // namespace nj::source
