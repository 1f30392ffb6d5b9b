// Names that OTLP metrics and attributes go by in Prometheus, as its OTLP receiver and the specification's compatibility rules give them.
// Pure functions.
#pragma once

#include <string>
#include <string_view>

#include "model/batch.h"
#include "model/resource.h"
#include "promql/labels.h"

namespace nj::promql {

// "http.server.duration", "ms" → "http_server_duration_milliseconds"; monotonic sums end in _total, gauges of unit 1 in _ratio.
std::string otlpMetricName(std::string_view name, std::string_view unit, MetricKind kind, bool monotonic);
// "k8s.pod.name" → "k8s_pod_name"; one that begins with a digit gets "key_" before it.
std::string otlpLabelName(std::string_view key);
// job (service.namespace/service.name) and instance (service.instance.id).
void addIdentity(Labels& labels, const Resource& resource);
// All attributes as labels but those that job and instance say.
void addResourceLabels(Labels& labels, const Resource& resource);

}  // namespace nj::promql
