// Addresses of Jaeger's pages, of the APIs of Tempo, Jaeger and Loki, of Alertmanager's page, and of metrics endpoints.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "source/pasted_kinds.h"

namespace nj::source {
namespace {

using Json = nlohmann::json;

// The hexadecimal id that stands behind `page` in the path; "" = none.
std::string idBehind(const std::string& path, size_t at, std::string_view page) {
    std::string id = path.substr(at + page.size());
    id = id.substr(0, id.find('/'));
    return id.size() <= 32 && id.find_first_not_of("0123456789abcdefABCDEF") == std::string::npos ? id : std::string();
}

Pasted traceOf(const char* kind, const char* what, const PastedUrl& url, size_t at, std::string id) {
    Pasted pasted;
    pasted.what = what;
    pasted.source = pastedSource(kind, url, url.serverBefore(at));
    pasted.source.add("trace", std::move(id));
    return pasted;
}

Result<Pasted> jaegerSearch(const PastedUrl& url, size_t at, TimeNs now) {
    Pasted pasted;
    pasted.what = "a search in Jaeger";
    pasted.source = pastedSource("jaeger", url, url.serverBefore(at));
    for (const auto& [from, to] : {std::pair("service", "service"), std::pair("operation", "operation"), std::pair("minDuration", "min_duration"), std::pair("maxDuration", "max_duration"), std::pair("limit", "limit")})
        if (std::string value = url.value(from); !value.empty() && !(value == "all" && std::string_view(from) == "operation"))
            pasted.source.add(to, std::move(value));
    if (const Json tags = Json::parse(url.value("tags"), nullptr, false); tags.is_object())
        for (const auto& [name, value] : tags.items())
            if (value.is_string() && !name.empty())
                pasted.source.add("tag", name + '=' + value.get<std::string>());
    const auto lookback = parseDuration(url.value("lookback"));
    const TimeNs to = url.value("end").empty() ? now : pastedTime(url.value("end"), now, true);
    if (lookback.ok() && *lookback > 0)
        setRange(pasted, {to - *lookback, to});
    else
        setRange(pasted, {pastedTime(url.value("start"), now, false), to});
    return pasted;
}

Result<Pasted> lokiQuery(const PastedUrl& url, size_t at, TimeNs now) {
    Pasted pasted;
    pasted.what = "a query to Loki";
    pasted.source = pastedSource("loki", url, url.serverBefore(at));
    addExpression(pasted, url.value("query"));
    if (pasted.expressions.empty())
        return makeError(ErrorCode::kInvalidArgument, "the address holds no query");
    pasted.source.add("query", pasted.expressions.front());
    setRange(pasted, {pastedTime(url.value("start"), now, false), url.value("end").empty() ? now : pastedTime(url.value("end"), now, true)});
    return pasted;
}

// Alertmanager's page does not say which Prometheus sends to it: only what was looked for.
Pasted alertsPage(const PastedUrl& url) {
    Pasted pasted;
    pasted.what = "Alertmanager's page";
    std::string filter = url.value("filter");
    if (!filter.empty() && !filter.starts_with('{'))
        filter = '{' + filter + '}';
    addExpression(pasted, "ALERTS" + filter);
    return pasted;
}

}  // namespace

std::optional<Result<Pasted>> pastedJaeger(const PastedUrl& url, TimeNs now) {
    for (const std::string_view page : {"/api/v3/traces/", "/trace/"})
        if (const size_t at = url.path.rfind(page); at != std::string::npos)
            if (std::string id = idBehind(url.path, at, page); !id.empty())
                return traceOf("jaeger", "a trace in Jaeger", url, at, std::move(id));
    constexpr std::string_view kSearch = "/search";
    if (url.path.ends_with(kSearch) && !url.value("service").empty() && url.path.find("/api/") == std::string::npos)
        return jaegerSearch(url, url.path.size() - kSearch.size(), now);
    return std::nullopt;
}

std::optional<Result<Pasted>> pastedOther(const PastedUrl& url, TimeNs now) {
    if (const size_t at = url.path.find("/loki/api/v1/query"); at != std::string::npos)
        return lokiQuery(url, at, now);
    for (const std::string_view page : {"/api/v2/traces/", "/api/traces/"})
        if (const size_t at = url.path.rfind(page); at != std::string::npos)
            if (std::string id = idBehind(url.path, at, page); !id.empty()) {
                // Both have this path; Jaeger is where it always is.
                const bool jaeger = page == "/api/traces/" && url.origin.ends_with(":16686");
                return traceOf(jaeger ? "jaeger" : "tempo", jaeger ? "a trace in Jaeger" : "a trace in Tempo", url, at, std::move(id));
            }
    if (url.fragmentPath.starts_with("/alerts"))
        return alertsPage(url);
    if (url.path.ends_with("/metrics")) {
        Pasted pasted;
        pasted.what = "a metrics endpoint";
        pasted.source = pastedSource("scrape", url, url.origin + url.path);
        return pasted;
    }
    return std::nullopt;
}

}  // namespace nj::source
