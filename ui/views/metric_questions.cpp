#include "views/metric_questions.h"

#include <algorithm>

#include "base/time.h"
#include "query/search_syntax.h"
#include "state/view_link.h"

namespace nj::ui {
namespace {

constexpr int kHeatColumns = 160, kHeatRows = 40, kMostColumns = 5000;

}  // namespace

query::MetricQuestion metricQuestion(const MetricSpec& spec, const Workspace& workspace) {
    query::MetricQuestion question;
    question.name = spec.name.toStdString();
    question.range = workspace.range();
    question.baseline = workspace.baseline();
    question.filter = workspace.filter();
    const auto labels = query::parseSearch(spec.labels.toStdString());
    if (labels.ok())
        question.labels = *labels;
    question.combine = spec.combine;
    if (!spec.by.isEmpty())
        question.by = {spec.by.toStdString()};
    question.mustShow = spec.series;
    question.quantiles = {0.5, 0.99};
    if (spec.step > 0)
        question.columns = static_cast<int>(std::clamp<DurationNs>(question.range.length() / spec.step, 2, kMostColumns));
    switch (spec.show) {
    case MetricSpec::Show::kAuto: break;
    case MetricSpec::Show::kValue: question.reading = query::MetricReading::kValue; break;
    case MetricSpec::Show::kRate: question.reading = query::MetricReading::kRate; break;
    case MetricSpec::Show::kQuantiles: question.quantiles = {0.5, 0.95, 0.99}; [[fallthrough]];
    case MetricSpec::Show::kHeatmap: question.reading = query::MetricReading::kQuantiles; break;
    }
    return question;
}

query::PromqlQuestion promqlQuestion(const MetricSpec& spec, const Workspace& workspace, bool overlay) {
    query::PromqlQuestion question;
    question.expression = spec.expression.toStdString();
    question.range = workspace.range();
    question.baseline = workspace.baseline();
    question.shifted = overlay;
    question.step = spec.step;
    question.legend = spec.legend.toStdString();
    return question;
}

query::HeatmapQuestion metricHeatQuestion(const query::MetricQuestion& question) {
    query::HeatmapQuestion heat;
    heat.range = question.range;
    heat.filter = question.filter;
    if (!question.labels.matchesAll()) {
        heat.filter.root = {};
        heat.filter.root.children = {question.filter.root, question.labels.root};
    }
    heat.measure.kind = query::Measure::Kind::kHistogram;
    heat.measure.key = question.name;
    heat.columns = kHeatColumns;
    heat.rows = kHeatRows;
    return heat;
}

query::PanelQuestion promqlPictureQuestion(const MetricSpec& spec, const Workspace& workspace) {
    const bool table = spec.picture == MetricSpec::Picture::kTable;
    query::PanelQuestion question;
    question.panel.kind = table ? dashboard::PanelKind::kTable : dashboard::PanelKind::kHeatmap;
    question.scope.range = workspace.range();
    question.columns = kHeatColumns;
    dashboard::Target target;
    target.refId = "A";
    target.expr = spec.expression.toStdString();
    target.legend = spec.legend.toStdString();
    target.instant = table;
    target.format = table ? dashboard::TargetFormat::kTable : dashboard::TargetFormat::kHeatmap;
    if (spec.step > 0)
        target.minStep = std::to_string(spec.step / kSecond) + "s";
    question.panel.targets.push_back(std::move(target));
    return question;
}

QString promqlCurl(const QString& expression, TimeRange range, DurationNs step) {
    const auto argument = [](const QString& text) { return QStringLiteral(" --data-urlencode ") + shellQuoted(text); };
    const TimeNs first = step > 0 ? range.from / step * step : range.from;   // the steps that the window shows
    return QStringLiteral("curl -G http://127.0.0.1:9090/api/v1/query_range") + argument(QStringLiteral("query=") + expression) +
           argument(QStringLiteral("start=") + QString::fromStdString(formatRfc3339(first, 3))) + argument(QStringLiteral("end=") + QString::fromStdString(formatRfc3339(range.to, 3))) +
           argument(QStringLiteral("step=") + QString::number(static_cast<double>(step) / static_cast<double>(kSecond)));
}

}  // namespace nj::ui
