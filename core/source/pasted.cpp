#include "source/pasted.h"

#include <fmt/format.h>

#include <algorithm>

#include "source/pasted_kinds.h"
#include "source/promql_selectors.h"

namespace nj::source {
namespace {

constexpr size_t kMaxText = 1U << 20;
constexpr size_t kMaxUrl = 64U << 10;
constexpr size_t kMaxExpressions = 100;
constexpr size_t kMaxExpression = 16U << 10;

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view kAround = " \t\r\n<>\"'`";
    const size_t first = text.find_first_not_of(kAround);
    if (first == std::string_view::npos)
        return {};
    return text.substr(first, text.find_last_not_of(kAround) - first + 1);
}

// Grafana's "now/d": the start of the day, or its end.
TimeNs rounded(TimeNs time, char unit, bool end) {
    const DurationNs length = unit == 'm' ? kMinute : unit == 'h' ? kHour : unit == 'd' ? kDay : 0;
    return length == 0 ? time : time / length * length + (end ? length : 0);
}

}  // namespace

TimeNs pastedTime(const std::string& text, TimeNs now, bool end) {
    const size_t slash = text.starts_with("now") ? text.find('/') : std::string::npos;
    const auto time = parseTime(text.substr(0, slash), now);
    if (!time.ok())
        return 0;
    return slash == std::string::npos || slash + 1 >= text.size() ? *time : rounded(*time, text[slash + 1], end);
}

SourceConfig pastedSource(std::string kind, const PastedUrl& url, std::string address) {
    SourceConfig config;
    config.kind = std::move(kind);
    config.add("url", std::move(address));
    if (!url.user.empty())
        config.add("user", url.user);
    if (!url.password.empty())
        config.add("password", url.password);
    return config;
}

void addExpression(Pasted& pasted, std::string expression) {
    if (expression.empty() || expression.size() > kMaxExpression || pasted.expressions.size() >= kMaxExpressions)
        return;
    if (pasted.source.kind == "prometheus") {
        const auto known = pasted.source.all("match");
        for (std::string& selector : selectorsIn(expression))
            if (std::find(known.begin(), known.end(), selector) == known.end())
                pasted.source.add("match", std::move(selector));
    }
    pasted.expressions.push_back(std::move(expression));
}

void setRange(Pasted& pasted, TimeRange range) {
    if (range.from <= 0 || range.empty())
        return;
    pasted.range = range;
    if (!pasted.source.kind.empty())
        pasted.source.set("range", fmt::format("{}..{}", formatRfc3339(range.from, 3), formatRfc3339(range.to, 3)));
}

Result<Pasted> parsePasted(std::string_view text, TimeNs now) {
    if (text.size() > kMaxText)
        return makeError(ErrorCode::kLimit, "the text is longer than 1 MiB");
    text = trimmed(text);
    if (text.starts_with('{') || text.starts_with('['))
        return pastedAlerts(text, now);
    if (text.size() > kMaxUrl)
        return makeError(ErrorCode::kLimit, "the address is longer than 64 KiB");
    const auto url = PastedUrl::parse(text);
    if (!url)
        return makeError(ErrorCode::kInvalidArgument, "neither an address that starts with http:// or https:// nor an alert as JSON");
    for (const auto parse : {pastedGrafana, pastedPrometheus, pastedJaeger, pastedOther})
        if (auto pasted = parse(*url, now))
            return std::move(*pasted);
    return makeError(ErrorCode::kInvalidArgument, fmt::format("{} is no page of Prometheus, Grafana, Alertmanager or Jaeger that is known here", url->origin));
}

}  // namespace nj::source
