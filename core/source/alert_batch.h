// Alerts of Prometheus and Alertmanager as rows: a log record with its labels and annotations, and an event for the event lane that leads
// to it. Used by one thread.
#pragma once

#include <string>
#include <vector>

#include "source/prometheus_api.h"

namespace nj::source {

struct AlertRow {
    LabelPairs labels, annotations;
    TimeNs from = 0, to = 0;     // to 0 = it fires still
};

// Severity by the label "severity" (critical, page, error: ERROR; info, none: INFO; else WARN); runbook_url stays an attribute.
Batch alertBatch(const std::vector<AlertRow>& alerts);

}  // namespace nj::source
