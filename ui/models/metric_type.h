// What type a metric has, in words. UI thread.
#pragma once

#include <QString>

#include "query/metrics.h"

namespace nj::ui {

// "gauge", "counter", "histogram" …; nothing where it is unknown.
QString metricTypeText(const query::MetricName& metric);
// The same where there is room to say how it is known: "counter, by its name".
QString metricTypeWords(const query::MetricName& metric);

}  // namespace nj::ui
