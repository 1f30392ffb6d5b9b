#include "models/metric_type.h"

#include <QCoreApplication>

namespace nj::ui {
namespace {

QString tr(const char* text) { return QCoreApplication::translate("nj::ui::MetricType", text); }

}  // namespace

QString metricTypeText(const query::MetricName& metric) {
    switch (metric.kind) {
    case MetricKind::kGauge: return tr("gauge");
    case MetricKind::kCounter: return metric.counter || metric.inferred ? tr("counter") : tr("sum");
    case MetricKind::kHistogram:
    case MetricKind::kGaugeHistogram: return tr("histogram");
    case MetricKind::kExponentialHistogram: return tr("exp. histogram");
    case MetricKind::kSummary: return tr("summary");
    case MetricKind::kInfo: return tr("info");
    case MetricKind::kStateSet: return tr("states");
    case MetricKind::kUnknown: break;
    }
    return {};
}

QString metricTypeWords(const query::MetricName& metric) {
    const QString type = metricTypeText(metric);
    return metric.inferred && !type.isEmpty() ? tr("%1, by its name").arg(type) : type;
}

}  // namespace nj::ui
