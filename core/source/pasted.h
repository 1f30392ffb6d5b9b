// What people paste out of other tools: the address of a graph, a search, a trace or an explore page, or the alert that woke them. Says which
// source could fetch it, what was asked, and about which time. A pure function: nothing is asked of anybody.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "source/source.h"

namespace nj::source {

struct PastedAlert {
    std::vector<std::pair<std::string, std::string>> labels, annotations;
    TimeNs from = 0, to = 0;               // to = 0: it still fires
};

struct Pasted {
    std::string what;                      // for people: "a Prometheus graph"
    SourceConfig source;                   // kind "" where the text does not say whom to ask
    std::vector<std::string> expressions;  // PromQL, LogQL or TraceQL
    TimeRange range;                       // empty where the text names none
    std::vector<PastedAlert> alerts;
};

// Prometheus (also VictoriaMetrics and Thanos), Grafana's dashboards and explore pages, Alertmanager's page and its webhook, Jaeger, the APIs
// of Prometheus, Tempo and Loki, and /metrics. kInvalidArgument says what the text is not; kLimit for over 1 MiB.
Result<Pasted> parsePasted(std::string_view text, TimeNs now);

}  // namespace nj::source
