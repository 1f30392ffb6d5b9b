// Fetches traces from Grafana Tempo: by id, or those that a TraceQL query finds.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "source/fetch_source.h"

namespace nj::source {
namespace {

using Json = nlohmann::json;

constexpr uint64_t kPresetTraces = 100, kMostTraces = 10'000;

constexpr SourceField kFields[] = {
    {"url", "Server", FieldKind::kUrl, "http://localhost:3200", "with its path prefix; Grafana's data-source proxy: http://grafana/api/datasources/proxy/uid/UID", true},
    {"trace", "Traces", FieldKind::kText, "", "ids; without them a search", false, true},
    {"query", "TraceQL", FieldKind::kText, "{}", "such as { resource.service.name = \"gateway\" && duration > 2s }"},
    {"range", "Range", FieldKind::kRange, "1h", "how far back: 6h, or FROM..TO"},
    {"limit", "Most traces", FieldKind::kText, "100", "that a search fetches"},
    NJ_HTTP_FIELDS,
};

Result<QueryPairs> searchQuery(const SourceConfig& config) {
    NJ_ASSIGN(const TimeRange range, fetchRange(config.value("range"), nowNs()));
    NJ_ASSIGN(const uint64_t limit, countOf(config, "limit", kPresetTraces, kMostTraces));
    const std::string query = config.value("query");
    return QueryPairs{{"q", query.empty() ? "{}" : query}, {"start", std::to_string(range.from / kSecond)}, {"end", std::to_string((range.to + kSecond - 1) / kSecond)}, {"limit", std::to_string(limit)}};
}

// Ids of the traces a search found.
Result<std::vector<std::string>> idsIn(const std::string& body, const std::string& base) {
    const Json json = Json::parse(body, nullptr, false);
    if (!json.is_object() || (json.contains("traces") && !json["traces"].is_array()) || (!json.contains("traces") && !json.contains("metrics") && !json.empty()))
        return makeError(ErrorCode::kMalformed, fmt::format("{} does not answer as Tempo does: is its path prefix missing?", base));
    SourceConfig ids;
    if (json.contains("traces"))
        for (const Json& trace : json["traces"])
            if (trace.is_object() && trace.contains("traceID") && trace["traceID"].is_string())
                ids.add("trace", trace["traceID"].get<std::string>());
    return traceIdsOf(ids);
}

class TempoSource final : public FetchSource {
public:
    TempoSource(const SourceConfig& config, DeliveryTarget& target) : FetchSource("Tempo " + config.value("url"), "tempo", config, target), config_(config) {}
    ~TempoSource() override { stop(); }

private:
    Status run(std::stop_token stop) override {
        NJ_ASSIGN(std::vector<std::string> ids, traceIdsOf(config_));
        const bool named = !ids.empty();
        if (!named) {
            say("searching");
            NJ_ASSIGN(const QueryPairs query, searchQuery(config_));
            NJ_ASSIGN(const std::string found, get("/api/search", query, stop));
            NJ_ASSIGN(ids, idsIn(found, api().base()));
        }
        size_t missing = 0;
        for (size_t i = 0; i < ids.size(); ++i) {
            say(fmt::format("trace {} of {}", i + 1, ids.size()), static_cast<double>(i) / static_cast<double>(ids.size()));
            const Status taken = take(ids[i], stop);
            if (!taken.ok() && taken.error().code != ErrorCode::kNotFound)
                return taken;
            if (!taken.ok()) {
                ++missing;
                noteError(fmt::format("the server has no trace {}", ids[i]));
            }
        }
        return named && missing == ids.size() ? Status(makeError(ErrorCode::kNotFound, "the server has none of these traces")) : Status();
    }

    Status take(const std::string& id, const std::stop_token& stop) {
        // Older servers know the first version only, and say "not found" to both a path and a trace they do not know.
        Result<std::string> body = makeError(ErrorCode::kNotFound, "");
        if (v2_)
            body = get("/api/v2/traces/" + id, {}, stop);
        if (!body.ok() && body.error().code == ErrorCode::kNotFound) {
            body = get("/api/traces/" + id, {}, stop);
            v2_ = v2_ && !body.ok();
        }
        NJ_RETURN_IF_ERROR(body);
        const Json head = body->size() < 4096 ? Json::parse(*body, nullptr, false) : Json();
        if (head.is_object() && (head.empty() || (head.contains("trace") && head["trace"].empty())))
            return makeError(ErrorCode::kNotFound, "an empty trace");
        NJ_ASSIGN(std::vector<Batch> batches, readBody("otlp_json", *body, api().base()));
        if (body->find("\"status\":\"PARTIAL\"", body->size() > 1024 ? body->size() - 1024 : 0) != std::string::npos)
            noteError(fmt::format("trace {} is larger than the server gives: a part of it came", id));
        return commitAll(std::move(batches), {}, stop);
    }

    const SourceConfig config_;
    bool v2_ = true;   // not known to be missing
};

Status checkSettings(const SourceConfig& config) {
    NJ_RETURN_IF_ERROR(traceIdsOf(config));
    NJ_RETURN_IF_ERROR(searchQuery(config));
    return {};
}

Result<std::unique_ptr<Source>> create(const SourceConfig& config, DeliveryTarget& target) {
    NJ_RETURN_IF_ERROR(checkSettings(config));
    return std::unique_ptr<Source>(std::make_unique<TempoSource>(config, target));
}

Result<SourceProbe> probe(const SourceConfig& config, std::stop_token stop) {
    NJ_RETURN_IF_ERROR(checkSettings(config));
    FetchApi api(config, 15 * kSecond);
    NJ_ASSIGN(const QueryPairs query, searchQuery(config));
    NJ_ASSIGN(const std::string body, api.get("/api/search", query, stop));
    NJ_ASSIGN(const auto found, idsIn(body, api.base()));
    SourceProbe probed;
    const auto ids = traceIdsOf(config);
    probed.summary = ids.ok() && !ids->empty() ? "Tempo answers" : fmt::format("Tempo: {} {} match", found.size(), found.size() == 1 ? "trace" : "traces");
    return probed;
}

}  // namespace

extern const SourceKind kTempo;
const SourceKind kTempo = {
    "tempo", "Tempo", "Fetches traces by id or by a TraceQL query.", kFields, create, probe,
};

}  // namespace nj::source
