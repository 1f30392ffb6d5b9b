// Pulls from a Prometheus-compatible server: back-fills a range, the newest first, while it follows what comes in; alerts, rules and
// exemplars come along.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <unordered_map>

#include "base/hash128_hash.h"
#include "format/prometheus_families.h"
#include "source/alert_batch.h"
#include "source/covered_time.h"
#include "source/fetch_source.h"
#include "source/prometheus_api.h"
#include "source/prometheus_packs.h"
#include "source/prometheus_selector.h"
#include "source/pull_source.h"

namespace nj::source {
namespace {

constexpr DurationNs kDefaultInterval = 15 * kSecond;
constexpr uint64_t kPointsPerPull = 1'000'000;
constexpr uint64_t kMaxSeries = 500'000;
constexpr DurationNs kShortestPull = kMinute, kLongestPull = 6 * kHour;
// Scrapes are stored under the time they began at, when they have ended: so long a sample may come later than one that is newer.
constexpr DurationNs kSettled = 30 * kSecond;
constexpr DurationNs kAlertsEvery = 15 * kSecond, kRulesEvery = 5 * kMinute;
constexpr size_t kMaxFiring = 10'000;

constexpr SourceField kFields[] = {
    {"url", "Server", FieldKind::kUrl, "http://localhost:9090", "with its path prefix; Grafana's data-source proxy: http://grafana/api/datasources/proxy/uid/UID", true},
    {"pack", "Packs", FieldKind::kText, "", "the series of a kind of system: vllm, sglang, tgi, triton, dcgm, node, kubernetes, gateway, http, genai, collector, runtime, up", false, true},
    {"match", "Matchers", FieldKind::kText, "", "PromQL selectors such as {job=\"vllm\"}", false, true},
    {"range", "Range", FieldKind::kRange, "1h", "how far back: 6h, or FROM..TO"},
    {"follow", "Follow", FieldKind::kSwitch, "yes", "go on with what comes in"},
    {"interval", "Every", FieldKind::kDuration, "", "how often what is new is fetched; the scrape interval by itself"},
    NJ_HTTP_FIELDS,
};

// "" = everything.
std::vector<std::string> selectorsOf(const SourceConfig& config) {
    std::vector<std::string> selectors = config.all("match");
    for (const std::string& name : config.all("pack"))
        if (const PrometheusPack* pack = findPack(name))
            selectors.emplace_back(pack->selector);
    if (selectors.empty())
        selectors.emplace_back(R"({__name__=~".+"})");
    return selectors;
}

Status checkSelectors(const SourceConfig& config) {
    for (const std::string& name : config.all("pack"))
        if (findPack(name) == nullptr)
            return makeError(ErrorCode::kInvalidArgument, "there is no pack named '" + name + "'");
    for (const std::string& selector : config.all("match"))
        NJ_RETURN_IF_ERROR(parseSelector(selector));
    return {};
}

DurationNs intervalOf(PrometheusApi& api, const SourceConfig& config, const std::stop_token& stop) {
    if (const auto wanted = parseDuration(config.value("interval")); wanted.ok() && *wanted > 0)
        return std::max(*wanted, kSecond);
    DurationNs shortest = 0;
    if (const auto targets = api.targets(stop); targets.ok())
        for (const PrometheusTarget& target : *targets)
            if (target.interval > 0)
                shortest = shortest == 0 ? target.interval : std::min(shortest, target.interval);
    return shortest == 0 ? kDefaultInterval : std::clamp(shortest, kSecond, 5 * kMinute);
}

Result<uint64_t> seriesOf(PrometheusApi& api, const std::vector<std::string>& selectors, TimeRange range, const std::stop_token& stop) {
    uint64_t series = 0;
    for (const std::string& selector : selectors) {
        NJ_ASSIGN(const uint64_t count, api.countSeries(selector, range.to, stop));
        series += count;
    }
    return series;
}

std::string hexOfText(std::string_view text) { return fmt::format("{:02x}", fmt::join(hash128(text), "")); }

Hash128 identityOf(const SeriesKey& key) {
    std::string text = key.name;
    for (const KeyValue& label : key.attributes)
        text += '\0' + label.key + '\0' + label.value.text;
    return hash128(text);
}

class PrometheusSource final : public PullSource {
public:
    PrometheusSource(SourceConfig config, DeliveryTarget& target)
        : PullSource("Prometheus " + config.value("url"), "prometheus", target),
          config_(std::move(config)),
          selectors_(selectorsOf(config_)),
          follow_(config_.value("follow") != "no"),
          api_(config_.value("url"), httpOptions(config_)),
          cursorName_("prometheus " + hexOf(config_)) {}
    ~PrometheusSource() override { stop(); }

private:
    // Settings that say what is read; another range goes on in the same place.
    static std::string hexOf(const SourceConfig& config) {
        std::string text = config.value("url");
        for (const std::string& selector : selectorsOf(config))
            text += '\n' + selector;
        return hexOfText(text);
    }

    Status run(std::stop_token stop) override {
        say("asking the server what it is");
        NJ_RETURN_IF_ERROR(retrying([&] { return greet(stop); }, stop));
        NJ_RETURN_IF_ERROR(plan(stop));
        TimeNs nextPoll = 0, nextAlerts = 0, nextRules = 0;
        for (;;) {
            if (stop.stop_requested())
                return makeError(ErrorCode::kCancelled, "stopped");
            const TimeNs now = nowNs();
            const bool behind = now - covered_.to > 2 * (interval_ + kSettled);
            if (follow_ && (now >= nextPoll || behind)) {
                NJ_RETURN_IF_ERROR(retrying([&] { return followOnce(stop); }, stop));
                nextPoll = now + interval_;
            } else if (covered_.from > covered_.goal) {
                NJ_RETURN_IF_ERROR(retrying([&] { return backfillOnce(stop); }, stop));
            } else if (!alertsFilled_) {
                alertsFilled_ = true;
                if (const Status filled = fillAlerts(stop); !filled.ok())
                    noteError("alerts: " + filled.error().message);
            } else if (!follow_) {
                return {};
            } else if (now >= nextAlerts) {
                nextAlerts = now + kAlertsEvery;
                if (const Status polled = pollAlerts(stop); !polled.ok() && polled.error().code != ErrorCode::kNotFound)
                    noteError("alerts: " + polled.error().message);
            } else if (now >= nextRules) {
                nextRules = now + kRulesEvery;
                takeRules(stop);
            } else {
                say(fmt::format("following: {} series every {}", series_, formatDuration(interval_)));
                sleepFor(std::max<DurationNs>(std::min({nextPoll, nextAlerts, nextRules}) - now, 10 * kMillisecond), stop);
            }
        }
    }

    Status greet(const std::stop_token& stop) {
        NJ_ASSIGN(product_, api_.product(stop));
        if (const auto metadata = api_.metadata(stop); metadata.ok())
            for (const auto& one : *metadata)
                families_.set(one);
        interval_ = intervalOf(api_, config_, stop);
        return {};
    }

    Status plan(const std::stop_token& stop) {
        const TimeNs now = nowNs();
        NJ_ASSIGN(const TimeRange range, fetchRange(config_.value("range"), now));
        follow_ = follow_ && range.to >= now - kMinute;
        Status counted = retrying([&]() -> Status {
            NJ_ASSIGN(series_, seriesOf(api_, selectors_, range, stop));
            return {};
        }, stop);
        NJ_RETURN_IF_ERROR(counted);
        if (series_ > kMaxSeries)
            return makeError(ErrorCode::kLimit, fmt::format("{} series match, more than {}: choose packs or narrower matchers", series_, kMaxSeries));
        covered_ = {range.to, range.to, range.from};
        if (const auto before = CoveredTime::parse(target().cursor(cursorName_)); before && before->to > 0 && before->to <= now) {
            // What lies between the last run and this one is followed up; what is further back goes on from where it stopped.
            if (follow_ || before->to >= range.to)
                covered_ = {before->from, before->to, std::min(before->goal, range.from)};
        }
        length_ = pullLength();
        return {};
    }

    [[nodiscard]] DurationNs pullLength() const {
        const uint64_t perInterval = std::max<uint64_t>(series_, 1);
        const auto intervals = static_cast<DurationNs>(kPointsPerPull / perInterval);
        return std::clamp(intervals * interval_, kShortestPull, kLongestPull);
    }

    Status followOnce(const std::stop_token& stop) {
        const TimeNs now = nowNs();
        const TimeRange range{covered_.to, std::min(now, covered_.to + length_ + kSettled)};
        if (range.to < now)
            say(fmt::format("catching up: {} to {}", formatRfc3339(range.from, 0), formatRfc3339(range.to, 0)));
        CoveredTime next = covered_;
        next.to = std::max(covered_.to, range.to - kSettled);
        return pull(range, next, true, stop);
    }

    Status backfillOnce(const std::stop_token& stop) {
        const TimeRange range{std::max(covered_.goal, covered_.from - length_), covered_.from};
        const double all = static_cast<double>(std::max<DurationNs>(covered_.to - covered_.goal, 1));
        say(fmt::format("{}, {} series: back-filling {} to {}", product_, series_, formatRfc3339(range.from, 0), formatRfc3339(range.to, 0)),
            static_cast<double>(covered_.to - covered_.from) / all);
        CoveredTime next = covered_;
        next.from = range.from;
        return pull(range, next, false, stop);
    }

    // One stretch of time, all selectors; durable together with `next` at its end.
    Status pull(TimeRange range, const CoveredTime& next, bool following, const std::stop_token& stop) {
        std::vector<Batch> batches;
        const format::BatchConsumer keep = [&](Batch&& batch) {
            for (SeriesKey& key : batch.series)
                families_.describe(key);
            if (following)
                dropSeen(batch);
            if (!batch.empty() || !batch.health.empty())
                batches.push_back(std::move(batch));
            return !stop.stop_requested();
        };
        const uint64_t before = api_.bytes();
        Status read = readSamples(range, keep, stop);
        if (!read.ok() && read.error().code == ErrorCode::kLimit && range.length() > kShortestPull) {
            // The server gives less at once than was asked for.
            length_ = std::max(kShortestPull, range.length() / 2);
            return makeError(ErrorCode::kBusy, read.error().message);
        }
        NJ_RETURN_IF_ERROR(read);
        for (const std::string& selector : selectors_) {
            if (!exemplarsOffered_)
                break;
            // Not every server keeps exemplars, and a selector of everything is refused by some.
            if (!api_.exemplars(selector, range, keep, stop).ok())
                exemplarsOffered_ = false;
        }
        noteRequest(api_.bytes() - before);
        if (batches.empty())
            batches.emplace_back();
        for (size_t i = 0; i < batches.size(); ++i) {
            const bool last = i + 1 == batches.size();
            if (last || !batches[i].empty())
                NJ_RETURN_IF_ERROR(commit(std::move(batches[i]), last ? LiveCursor{cursorName_, next.text()} : LiveCursor{}, stop));
        }
        covered_ = next;
        return {};
    }

    Status readSamples(TimeRange range, const format::BatchConsumer& keep, const std::stop_token& stop) {
        if (remoteRead_) {
            const Status read = api_.remoteRead(selectors_, range, keep, stop);
            if (read.ok() || (read.error().code != ErrorCode::kUnsupported && read.error().code != ErrorCode::kNotFound))
                return read;
            remoteRead_ = false;
        }
        for (const std::string& selector : selectors_)
            NJ_RETURN_IF_ERROR(api_.rangeRead(selector, range, keep, stop));
        return {};
    }

    // Samples that were taken by the pull before this one, whose end overlaps.
    void dropSeen(Batch& batch) {
        std::vector<TimeNs> last;
        std::vector<Hash128> identities;
        for (const SeriesKey& key : batch.series) {
            identities.push_back(identityOf(key));
            const auto known = seen_.find(identities.back());
            last.push_back(known == seen_.end() ? 0 : known->second);
        }
        keepPoints(batch, [&](uint32_t series, TimeNs time) { return time > last[series]; });
        const auto note = [&](uint32_t series, TimeNs time) {
            TimeNs& newest = seen_[identities[series]];
            newest = std::max(newest, time);
        };
        for (size_t row = 0; row < batch.samples.size(); ++row)
            note(batch.samples.series[row], batch.samples.time[row]);
        for (const HistogramPoint& point : batch.histograms)
            note(point.series, point.time);
    }

    // Alerts that fired in the range, from the series that rules leave behind.
    Status fillAlerts(const std::stop_token& stop) {
        if (target().cursor(cursorName_ + " alerts") == "filled")
            return {};
        takeRules(stop);
        const TimeRange range{covered_.goal, covered_.to};
        const DurationNs step = std::max<DurationNs>(interval_, (range.length() / 10'000 / kSecond + 1) * kSecond);
        NJ_ASSIGN(const auto series, api_.presence(R"(ALERTS{alertstate="firing"})", range, step, stop));
        std::vector<AlertRow> rows;
        for (const auto& one : series) {
            for (size_t i = 0; i < one.times.size(); ++i) {
                if (i == 0 || one.times[i] - one.times[i - 1] > 2 * step)
                    rows.push_back({labelsOf(one.labels), annotationsOf(one.labels), one.times[i], one.times[i]});
                rows.back().to = one.times[i];
            }
            // What fires at the end is told again by whoever follows.
            if (follow_ && rows.back().to + 2 * step >= range.to)
                rows.pop_back();
            if (rows.size() > kMaxFiring)
                break;
        }
        return commit(alertBatch(rows), {cursorName_ + " alerts", "filled"}, stop);
    }

    static LabelPairs labelsOf(LabelPairs labels) {
        std::erase_if(labels, [](const auto& pair) { return pair.first == "__name__" || pair.first == "alertstate"; });
        return labels;
    }

    // Of its rule, without what a template would have filled in.
    LabelPairs annotationsOf(const LabelPairs& labels) const {
        LabelPairs out;
        const auto rule = rules_.find(std::string(findLabel(labels, "alertname")));
        if (rule == rules_.end())
            return out;
        for (const auto& annotation : rule->second.annotations)
            if (annotation.second.find("{{") == std::string::npos)
                out.push_back(annotation);
        return out;
    }

    Status pollAlerts(const std::stop_token& stop) {
        NJ_ASSIGN(const auto alerts, api_.alerts(stop));
        std::map<std::string, AlertRow> firing;
        for (const PrometheusAlert& alert : alerts) {
            if (alert.state != "firing" || firing.size() >= kMaxFiring)
                continue;
            std::string key;
            for (const auto& [name, value] : alert.labels)
                key += name + '\0' + value + '\0';
            firing.emplace(std::move(key), AlertRow{alert.labels, alert.annotations, alert.activeAt == 0 ? nowNs() : alert.activeAt, 0});
        }
        std::vector<AlertRow> news;
        for (const auto& [key, row] : firing)
            if (!firing_.contains(key))
                news.push_back(row);
        for (const auto& [key, row] : firing_)
            if (!firing.contains(key)) {
                news.push_back(row);
                news.back().to = nowNs();
            }
        if (!news.empty())
            NJ_RETURN_IF_ERROR(commit(alertBatch(news), {}, stop));
        firing_ = std::move(firing);
        return {};
    }

    // The rules lie in the capsule as a document, so that an alert can be read offline; again whenever they change.
    void takeRules(const std::stop_token& stop) {
        auto rules = api_.alertRules(stop);
        if (!rules.ok())
            return;
        std::string identity;
        for (PrometheusAlertRule& rule : rules->first) {
            identity += rule.name + '\n' + rule.expression + '\n';
            for (const auto& [name, value] : rule.annotations)
                identity += name + '\t' + value + '\n';
            rules_[rule.name] = std::move(rule);
        }
        const std::string known = target().cursor(cursorName_ + " rules"), now = hexOfText(identity);
        if (rules->first.empty() || known == now)
            return;
        Batch batch;
        batch.documents.push_back({api_.base() + "/api/v1/rules", "application/json", rules->second.substr(0, 8U << 20), rules->second.size()});
        (void)commit(std::move(batch), {cursorName_ + " rules", now}, stop);
    }

    const SourceConfig config_;
    const std::vector<std::string> selectors_;
    // Of the source's thread.
    bool follow_;
    PrometheusApi api_;
    const std::string cursorName_;
    std::string product_;
    format::PrometheusFamilies families_;
    DurationNs interval_ = kDefaultInterval, length_ = kShortestPull;
    uint64_t series_ = 0;
    CoveredTime covered_;
    bool remoteRead_ = true, exemplarsOffered_ = true, alertsFilled_ = false;
    std::unordered_map<Hash128, TimeNs, Hash128Hash> seen_;   // newest sample taken while following
    std::map<std::string, PrometheusAlertRule> rules_;
    std::map<std::string, AlertRow> firing_;
};

Result<std::unique_ptr<Source>> create(const SourceConfig& config, DeliveryTarget& target) {
    NJ_RETURN_IF_ERROR(checkSelectors(config));
    NJ_RETURN_IF_ERROR(fetchRange(config.value("range"), nowNs()));
    return std::unique_ptr<Source>(std::make_unique<PrometheusSource>(config, target));
}

Result<SourceProbe> probe(const SourceConfig& config, std::stop_token stop) {
    NJ_RETURN_IF_ERROR(checkSelectors(config));
    NJ_ASSIGN(const TimeRange range, fetchRange(config.value("range"), nowNs()));
    HttpOptions options = httpOptions(config);
    options.timeout = 15 * kSecond;
    PrometheusApi api(config.value("url"), std::move(options));
    NJ_ASSIGN(const std::string product, api.product(stop));
    NJ_ASSIGN(const uint64_t series, seriesOf(api, selectorsOf(config), range, stop));
    const DurationNs interval = intervalOf(api, config, stop);
    const double samples = static_cast<double>(series) * static_cast<double>(range.length()) / static_cast<double>(interval);
    SourceProbe found;
    found.series = series;
    const std::string about = samples >= 1e6 ? fmt::format("{:.1f} million", samples / 1e6) : fmt::format("{:.0f}", std::round(samples / 100) * 100);
    found.summary = fmt::format("{}: {} series match, about {} samples in {}", product, series, about, formatDuration(range.length()));
    return found;
}

}  // namespace

extern const SourceKind kPrometheus;
const SourceKind kPrometheus = {
    "prometheus", "Prometheus", "Pulls metrics, alerts and exemplars from Prometheus, Mimir, Thanos or VictoriaMetrics, also through Grafana.", kFields, create, probe,
};

}  // namespace nj::source
