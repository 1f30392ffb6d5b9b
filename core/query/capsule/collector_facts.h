// What the way to this capsule lost or held up, by the pipeline's own metrics: the OpenTelemetry collector's (otelcol_*: refused, failed,
// dropped, queues) and Prometheus' scrapes (up, scrape_duration_seconds).
#pragma once

#include <vector>

#include "query/capsule/query_context.h"
#include "query/sources.h"

namespace nj::query {

// Appends to `facts`; nothing where those metrics are not here.
Status addCollectorFacts(QueryContext& context, std::vector<MissingFact>& facts);

}  // namespace nj::query
