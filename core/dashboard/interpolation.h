// $variables → text, as Grafana does for Prometheus: a variable of many values becomes a regular expression's alternation. Pure
// functions, any thread.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "dashboard/dashboard.h"

namespace nj::dashboard {

struct VariableValue {
    std::vector<std::string> values;
    std::vector<std::string> texts;  // as a person reads them; empty: as the values
    bool regex = false;              // may hold several, and is escaped as a part of a regular expression
    bool literal = false;            // a custom All, which stands as its author wrote it
    bool operator==(const VariableValue&) const = default;
};

struct Scope {
    std::map<std::string, VariableValue, std::less<>> variables;
    std::vector<std::string> filters;        // of every selector: job="api" (see label_filters.h)
    TimeRange range;
    DurationNs interval = kMinute;           // the step of the panel
    DurationNs scrapeInterval = 15 * kSecond;
};

// $name, ${name}, ${name:format}, [[name]], [[name:format]] and $__interval, $__interval_ms, $__rate_interval, $__range, $__range_s,
// $__range_ms, $__from, $__to. What is unknown stays as it is.
std::string interpolate(std::string_view text, const Scope& scope);
// The names of the variables a text uses, each once.
std::vector<std::string> variablesIn(std::string_view text);

// What a variable stands for under the choice `current`; All without options is ".*".
VariableValue valueOf(const Variable& variable, const std::vector<std::string>& current);
// All variables at their saved choice.
Scope scopeOf(const Dashboard& dashboard);

// The rows as drawn: what repeats by a variable once per value, each copy with its own value of it (as `only`), at most 200 of one and
// 10,000 panels in all. Rows stay in order.
struct Occurrence {
    const Panel* panel = nullptr;
    std::string title;
    GridPlace place;
    std::map<std::string, std::string, std::less<>> only;
};
struct RowOccurrence {
    const Row* row = nullptr;
    std::string title;
    std::vector<Occurrence> panels;
};
std::vector<RowOccurrence> unroll(const Dashboard& dashboard, const Scope& scope);
Scope narrowed(const Scope& scope, const Occurrence& occurrence);

// A step for this many points, rounded as Grafana rounds it, never below the least.
DurationNs stepFor(TimeRange range, int points, DurationNs least);
// max($__interval + scrape interval, 4 × scrape interval)
DurationNs rateInterval(DurationNs interval, DurationNs scrapeInterval);

}  // namespace nj::dashboard
