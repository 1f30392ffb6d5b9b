// Evaluates PromQL expressions over a Querier. An Engine is immutable: any number of threads may call it at once, each with a querier
// of its own.
#pragma once

#include <memory>
#include <stop_token>
#include <string_view>

#include "promql/storage.h"
#include "promql/syntax/ast.h"
#include "promql/value.h"

namespace nj::promql {

struct EngineOptions {
    DurationNs lookback = 5 * kMinute;
    DurationNs defaultSubqueryStep = kMinute;
    size_t maxSamples = 50'000'000;     // held in memory at once
    size_t maxSeries = 200'000;         // selected by one query
    size_t maxJoinPairs = 1'000'000;    // of series that one vector operation would pair
    size_t maxPoints = 11'000;          // per series of a range query
    // Names are dropped when the query is done, so that a rule on __name__ inside still sees them. Off: at once, as Prometheus does
    // unless it is told otherwise.
    bool delayedNameRemoval = true;
    bool experimentalFunctions = true;
};

// Those of a Prometheus that was told nothing else: what the API, the command line and replayed rules go by.
inline EngineOptions prometheusOptions() {
    EngineOptions options;
    options.delayedNameRemoval = false;
    return options;
}

class Engine {
public:
    explicit Engine(EngineOptions options = {}) : options_(options) {}

    [[nodiscard]] Result<QueryResult> instant(Querier& querier, std::string_view query, TimeNs time, std::stop_token stop = {}) const;
    [[nodiscard]] Result<QueryResult> range(Querier& querier, std::string_view query, TimeNs start, TimeNs end, DurationNs step,
                                            std::stop_token stop = {}) const;

private:
    EngineOptions options_;
};

}  // namespace nj::promql
