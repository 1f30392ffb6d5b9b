// Addresses of Prometheus' pages, of Thanos and VictoriaMetrics, which write them alike, and of its API.
#include <fmt/format.h>

#include "source/pasted_kinds.h"

namespace nj::source {
namespace {

constexpr int kMostPanels = 50;

Result<Pasted> graph(const PastedUrl& url, const std::string& address, TimeNs now) {
    Pasted pasted;
    pasted.what = "a Prometheus graph";
    pasted.source = pastedSource("prometheus", url, address);
    TimeRange range;
    for (int i = 0; i < kMostPanels; ++i) {
        const auto value = [&](const char* name) { return url.value(fmt::format("g{}.{}", i, name)); };
        if (value("expr").empty())
            continue;
        addExpression(pasted, value("expr"));
        if (!range.empty())
            continue;
        std::string end = value("end_input");
        if (end.empty())
            end = value("moment_input");
        const auto length = parseDuration(value("range_input").empty() ? "1h" : value("range_input"));
        const TimeNs to = end.empty() ? now : pastedTime(end, now, true);
        if (length.ok() && *length > 0 && to > *length)
            range = {to - *length, to};
    }
    if (pasted.expressions.empty())
        return makeError(ErrorCode::kInvalidArgument, "the graph's address holds no expression");
    setRange(pasted, range);
    return pasted;
}

}  // namespace

std::optional<Result<Pasted>> pastedPrometheus(const PastedUrl& url, TimeNs now) {
    if (const size_t ui = url.path.find("/vmui"); ui != std::string::npos)
        return graph(url, url.serverBefore(ui), now);
    for (const char* page : {"/graph", "/query"})
        if (url.path.ends_with(page) && (!url.value("g0.expr").empty() || std::string_view(page) == "/graph"))
            return graph(url, url.serverBefore(url.path.size() - std::string_view(page).size()), now);
    const size_t api = url.path.find("/api/v1/query");
    if (api == std::string::npos || url.path.find("/loki/") != std::string::npos)
        return std::nullopt;
    Pasted pasted;
    pasted.what = "a query to Prometheus";
    pasted.source = pastedSource("prometheus", url, url.serverBefore(api));
    addExpression(pasted, url.value("query"));
    if (pasted.expressions.empty())
        return makeError(ErrorCode::kInvalidArgument, "the address holds no query");
    const TimeNs at = url.value("time").empty() ? now : pastedTime(url.value("time"), now, true);
    const bool ranged = !url.value("start").empty();
    setRange(pasted, ranged ? TimeRange{pastedTime(url.value("start"), now, false), pastedTime(url.value("end"), now, true)} : TimeRange{at - kHour, at});
    return pasted;
}

}  // namespace nj::source
