// Addresses of Grafana: explore pages of all ages (left=[…], left={…}, panes={…}) and dashboards.

#include "base/bounded_json.h"
#include "source/http_client.h"
#include "source/pasted_kinds.h"

namespace nj::source {
namespace {

constexpr size_t kMostQueries = 50;

std::string textAt(const Json& object, const char* key) {
    const Json& value = at(object, key);
    return value.is_string() ? value.get<std::string>() : value.is_number() ? value.dump() : std::string();
}

bool isTraceId(std::string_view text) { return text.size() >= 8 && text.size() <= 32 && text.find_first_not_of("0123456789abcdefABCDEF") == std::string_view::npos; }

// The kind of source for a data source's type; "" = none for it.
std::string kindOf(const std::string& type, const Json& query) {
    const auto has = [&](const char* word) { return type.find(word) != std::string::npos; };
    if (has("prometheus") || has("victoriametrics-metrics") || has("mimir"))
        return "prometheus";
    for (const char* kind : {"loki", "tempo", "jaeger"})
        if (has(kind))
            return kind;
    if (!type.empty())
        return {};
    // Old addresses name no type.
    const std::string expression = textAt(query, "expr");
    const bool logs = expression.starts_with('{') && (expression.find("|=") != std::string::npos || expression.find("} |") != std::string::npos || expression.find("|~") != std::string::npos);
    return expression.empty() ? "" : logs ? "loki" : "prometheus";
}

// An explore pane in its own order of things, whatever its age.
struct Pane {
    std::string uid, from, to;
    std::vector<Json> queries;
};

Pane paneOf(const Json& json) {
    Pane pane;
    if (json.is_array()) {   // ["now-1h", "now", "Prometheus", {"expr": "up"}, …]
        for (size_t i = 0; i < json.size() && pane.queries.size() < kMostQueries; ++i) {
            if (json[i].is_object())
                pane.queries.push_back(json[i]);
            else if (json[i].is_string())
                (i == 0 ? pane.from : i == 1 ? pane.to : pane.uid) = json[i].get<std::string>();
        }
        return pane;
    }
    pane.uid = textAt(json, "datasource");
    pane.from = textAt(at(json, "range"), "from");
    pane.to = textAt(at(json, "range"), "to");
    if (const Json& queries = at(json, "queries"); queries.is_array())
        for (size_t i = 0; i < queries.size() && i < kMostQueries; ++i)
            pane.queries.push_back(queries[i]);
    return pane;
}

void addQuery(Pasted& pasted, const Json& query) {
    SourceConfig& source = pasted.source;
    if (source.kind == "prometheus" || source.kind == "loki") {
        addExpression(pasted, textAt(query, "expr"));
        return;
    }
    const std::string text = textAt(query, "query");
    if (isTraceId(text)) {
        source.add("trace", text);
        return;
    }
    if (source.kind == "tempo") {
        addExpression(pasted, text);
        return;
    }
    for (const auto& [from, to] : {std::pair("service", "service"), std::pair("operation", "operation"), std::pair("minDuration", "min_duration"), std::pair("maxDuration", "max_duration"), std::pair("limit", "limit")})
        if (std::string value = textAt(query, from); !value.empty())
            source.set(to, std::move(value));
}

Result<Pasted> explore(const PastedUrl& url, const Json& json, const std::string& address, TimeNs now) {
    const Pane pane = paneOf(json);
    Pasted pasted;
    std::string type, uid;
    for (const Json& query : pane.queries) {
        const Json& from = at(query, "datasource");
        const std::string itsType = textAt(from, "type"), itsUid = textAt(from, "uid");
        if (pasted.source.kind.empty()) {
            type = itsType;
            uid = !itsUid.empty() ? itsUid : pane.uid;
            const std::string kind = kindOf(type, query);
            if (kind.empty() && !type.empty())
                return makeError(ErrorCode::kUnsupported, "the page asks a data source of the type " + type.substr(0, 100) + ", which can't be fetched from");
            if (kind.empty() || uid.empty())
                continue;
            pasted.what = "an explore page of Grafana on " + kind;
            pasted.source = pastedSource(kind, url, address + "/api/datasources/proxy/uid/" + urlEncoded(uid));
        } else if (!itsUid.empty() && itsUid != uid) {
            continue;   // of another data source: one at a time
        }
        addQuery(pasted, query);
    }
    if (pasted.source.kind.empty())
        return makeError(ErrorCode::kInvalidArgument, "the explore page names neither a query nor a data source");
    if ((pasted.source.kind == "loki" || pasted.source.kind == "tempo") && !pasted.expressions.empty())
        pasted.source.set("query", pasted.expressions.front());
    setRange(pasted, {pastedTime(pane.from, now, false), pastedTime(pane.to, now, true)});
    return pasted;
}

}  // namespace

std::optional<Result<Pasted>> pastedGrafana(const PastedUrl& url, TimeNs now) {
    if (url.path.ends_with("/explore") || url.path.ends_with("/explore/")) {
        const std::string address = url.serverBefore(url.path.rfind("/explore"));
        if (const Json panes = Json::parse(url.value("panes"), nullptr, false); panes.is_object() && !panes.empty())
            return explore(url, panes.front(), address, now);
        if (const Json left = Json::parse(url.value("left"), nullptr, false); !left.is_discarded())
            return explore(url, left, address, now);
        return makeError(ErrorCode::kInvalidArgument, "the explore page's address holds no query");
    }
    for (const char* page : {"/d/", "/d-solo/", "/dashboard/"})
        if (url.path.find(page) != std::string::npos && (!url.value("from").empty() || !url.value("orgId").empty())) {
            Pasted pasted;
            pasted.what = "a dashboard of Grafana";   // it does not say whom its panels ask
            setRange(pasted, {pastedTime(url.value("from"), now, false), pastedTime(url.value("to").empty() ? "now" : url.value("to"), now, true)});
            return pasted;
        }
    return std::nullopt;
}

}  // namespace nj::source
