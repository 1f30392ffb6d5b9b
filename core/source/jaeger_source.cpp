// Fetches traces from Jaeger by id or by a search: through its HTTP API v3, or the older one of its web page, whichever it answers.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "source/fetch_source.h"

namespace nj::source {
namespace {

using Json = nlohmann::json;

constexpr uint64_t kPresetTraces = 100, kMostTraces = 10'000;
constexpr size_t kMostServices = 1000;

constexpr SourceField kFields[] = {
    {"url", "Server", FieldKind::kUrl, "http://localhost:16686", "with its path prefix; Grafana's data-source proxy: http://grafana/api/datasources/proxy/uid/UID", true},
    {"trace", "Traces", FieldKind::kText, "", "ids; without them a search", false, true},
    {"service", "Services", FieldKind::kText, "", "all of them by itself", false, true},
    {"operation", "Operation", FieldKind::kText, "", "the name of a span"},
    {"tag", "Tags", FieldKind::kText, "", "name=value, such as error=true", false, true},
    {"min_duration", "Longer than", FieldKind::kDuration, "", "such as 2s"},
    {"max_duration", "Shorter than", FieldKind::kDuration, ""},
    {"range", "Range", FieldKind::kRange, "1h", "how far back: 6h, or FROM..TO"},
    {"limit", "Most traces", FieldKind::kText, "100", "of each service"},
    NJ_HTTP_FIELDS,
};

// Texts of the array under that name; nothing where the answer has no such thing.
std::optional<std::vector<std::string>> namesIn(const std::string& body, const char* key) {
    const Json json = Json::parse(body, nullptr, false);
    if (json.is_object() && json.empty())
        return std::vector<std::string>();   // protobuf's JSON leaves out what is empty
    if (!json.is_object() || !json.contains(key) || !(json[key].is_array() || json[key].is_null()))
        return std::nullopt;
    std::vector<std::string> names;
    for (const Json& name : json[key])
        if (name.is_string() && names.size() < kMostServices)
            names.push_back(name.get<std::string>());
    return names;
}

struct Services {
    bool v3 = false;
    std::vector<std::string> names;
};

// Jaeger answers paths it does not know with its web page: only an answer of the right shape counts.
template <typename Get>
Result<Services> servicesOf(const Get& get, const std::string& base) {
    for (const bool v3 : {true, false}) {
        const Result<std::string> body = get(v3 ? "/api/v3/services" : "/api/services");
        if (body.ok()) {
            if (auto names = namesIn(*body, v3 ? "services" : "data"))
                return Services{v3, std::move(*names)};
        } else if (body.error().code != ErrorCode::kNotFound) {
            return body.error();
        }
    }
    return makeError(ErrorCode::kMalformed, fmt::format("{} does not answer as Jaeger does: is its path prefix missing?", base));
}

Result<std::string> tagsJson(const SourceConfig& config) {
    Json tags = Json::object();
    for (const std::string& tag : config.all("tag")) {
        const size_t equals = tag.find('=');
        if (equals == std::string::npos || equals == 0)
            return makeError(ErrorCode::kInvalidArgument, fmt::format("'{}' is no tag such as error=true", tag));
        tags[tag.substr(0, equals)] = tag.substr(equals + 1);
    }
    return tags.empty() ? std::string() : tags.dump(-1, ' ', false, Json::error_handler_t::replace);
}

class JaegerSource final : public FetchSource {
public:
    JaegerSource(const SourceConfig& config, DeliveryTarget& target) : FetchSource("Jaeger " + config.value("url"), "jaeger", config, target), config_(config) {}
    ~JaegerSource() override { stop(); }

private:
    Status run(std::stop_token stop) override {
        say("asking the server what it is");
        const auto ask = [&](std::string_view path) { return get(path, {}, stop); };
        NJ_ASSIGN(services_, servicesOf(ask, api().base()));
        NJ_ASSIGN(const std::vector<std::string> ids, traceIdsOf(config_));
        return ids.empty() ? search(stop) : fetch(ids, stop);
    }

    Status fetch(const std::vector<std::string>& ids, const std::stop_token& stop) {
        size_t missing = 0;
        for (size_t i = 0; i < ids.size(); ++i) {
            say(fmt::format("trace {} of {}", i + 1, ids.size()), static_cast<double>(i) / static_cast<double>(ids.size()));
            const Status taken = take((services_.v3 ? "/api/v3/traces/" : "/api/traces/") + ids[i], {}, stop);
            if (!taken.ok() && taken.error().code != ErrorCode::kNotFound)
                return taken;
            if (!taken.ok()) {
                ++missing;
                noteError(fmt::format("the server has no trace {}", ids[i]));
            }
        }
        return missing == ids.size() ? Status(makeError(ErrorCode::kNotFound, "the server has none of these traces")) : Status();
    }

    Status search(const std::stop_token& stop) {
        std::vector<std::string> services = config_.all("service");
        if (services.empty())
            services = services_.names;
        NJ_ASSIGN(const TimeRange range, fetchRange(config_.value("range"), nowNs()));
        for (size_t i = 0; i < services.size(); ++i) {
            say(fmt::format("traces of {}, service {} of {}", services[i], i + 1, services.size()), static_cast<double>(i) / static_cast<double>(services.size()));
            NJ_ASSIGN(const QueryPairs query, searchQuery(services[i], range));
            const Status taken = take(services_.v3 ? "/api/v3/traces" : "/api/traces", query, stop);
            // API v3 says "not found" where a search finds nothing.
            if (!taken.ok() && taken.error().code != ErrorCode::kNotFound)
                return taken;
        }
        return {};
    }

    // Both APIs ask for the same, by other names; those of v3 are the ones that all its versions take.
    Result<QueryPairs> searchQuery(const std::string& service, TimeRange range) const {
        struct Names {
            const char *operation, *shortest, *longest, *tags, *limit;
        };
        static constexpr Names kNew = {"query.operation_name", "query.duration_min", "query.duration_max", "query.attributes", "query.num_traces"};
        static constexpr Names kOld = {"operation", "minDuration", "maxDuration", "tags", "limit"};
        const Names& names = services_.v3 ? kNew : kOld;
        QueryPairs query = services_.v3
                               ? QueryPairs{{"query.service_name", service}, {"query.start_time_min", formatRfc3339(range.from)}, {"query.start_time_max", formatRfc3339(range.to)}}
                               : QueryPairs{{"service", service}, {"start", std::to_string(range.from / kMicrosecond)}, {"end", std::to_string(range.to / kMicrosecond)}};
        NJ_ASSIGN(const std::string tags, tagsJson(config_));
        NJ_ASSIGN(const uint64_t limit, countOf(config_, "limit", kPresetTraces, kMostTraces));
        for (const auto& [name, value] : {std::pair(names.operation, config_.value("operation")), std::pair(names.shortest, config_.value("min_duration")),
                                          std::pair(names.longest, config_.value("max_duration")), std::pair(names.tags, tags), std::pair(names.limit, std::to_string(limit))})
            if (!value.empty())
                query.emplace_back(name, value);
        return query;
    }

    Status take(const std::string& path, const QueryPairs& query, const std::stop_token& stop) {
        NJ_ASSIGN(const std::string body, get(path, query, stop));
        const Json head = body.size() < 4096 ? Json::parse(body, nullptr, false) : Json();
        // Nothing found, in the words of both.
        if (head.is_object() && (head.empty() || (head.contains("data") && (head["data"].is_null() || head["data"].empty())) || (head.contains("result") && head["result"].empty())))
            return makeError(ErrorCode::kNotFound, "nothing found");
        NJ_ASSIGN(std::vector<Batch> batches, readBody(services_.v3 ? "otlp_json" : "jaeger_json", body, api().base()));
        return commitAll(std::move(batches), {}, stop);
    }

    const SourceConfig config_;
    Services services_;
};

Status checkSettings(const SourceConfig& config) {
    NJ_RETURN_IF_ERROR(traceIdsOf(config));
    NJ_RETURN_IF_ERROR(tagsJson(config));
    NJ_RETURN_IF_ERROR(countOf(config, "limit", kPresetTraces, kMostTraces));
    NJ_RETURN_IF_ERROR(fetchRange(config.value("range"), nowNs()));
    return {};
}

Result<std::unique_ptr<Source>> create(const SourceConfig& config, DeliveryTarget& target) {
    NJ_RETURN_IF_ERROR(checkSettings(config));
    return std::unique_ptr<Source>(std::make_unique<JaegerSource>(config, target));
}

Result<SourceProbe> probe(const SourceConfig& config, std::stop_token stop) {
    NJ_RETURN_IF_ERROR(checkSettings(config));
    FetchApi api(config, 15 * kSecond);
    const auto ask = [&](std::string_view path) { return api.get(path, {}, stop); };
    NJ_ASSIGN(const Services services, servicesOf(ask, api.base()));
    SourceProbe found;
    found.summary = fmt::format("Jaeger (API {}): {} {}", services.v3 ? "v3" : "of its web page", services.names.size(), services.names.size() == 1 ? "service" : "services");
    return found;
}

}  // namespace

extern const SourceKind kJaeger;
const SourceKind kJaeger = {
    "jaeger", "Jaeger", "Fetches traces by id or by a search.", kFields, create, probe,
};

}  // namespace nj::source
