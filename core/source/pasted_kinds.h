// The kinds of pasted texts, each in its own source; parts of pasted.h's parsePasted. Nothing = it is not of that kind.
#pragma once

#include <optional>

#include "source/pasted.h"
#include "source/pasted_url.h"

namespace nj::source {

std::optional<Result<Pasted>> pastedGrafana(const PastedUrl& url, TimeNs now);
std::optional<Result<Pasted>> pastedPrometheus(const PastedUrl& url, TimeNs now);
std::optional<Result<Pasted>> pastedJaeger(const PastedUrl& url, TimeNs now);
// Tempo's and Loki's APIs, Alertmanager's page, /metrics.
std::optional<Result<Pasted>> pastedOther(const PastedUrl& url, TimeNs now);
// The body of a webhook, or alerts of its API.
Result<Pasted> pastedAlerts(std::string_view json, TimeNs now);

// A source with its address and whoever the URL names for it.
SourceConfig pastedSource(std::string kind, const PastedUrl& url, std::string address);
// Adds an expression, and what a Prometheus source has to match for it.
void addExpression(Pasted& pasted, std::string expression);
// Sets the range, also of the source. One that is none is left out.
void setRange(Pasted& pasted, TimeRange range);
// Grafana's and the APIs' times: "now-1h", "now/d", milliseconds, seconds, RFC 3339. 0 = none.
TimeNs pastedTime(const std::string& text, TimeNs now, bool end);

}  // namespace nj::source
