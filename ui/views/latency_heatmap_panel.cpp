#include "views/latency_heatmap_panel.h"

#include <QHBoxLayout>
#include <QVBoxLayout>

#include "theme/number_format.h"
#include "views/whole_capsule.h"
#include "widgets/chart_choice.h"
#include "widgets/heatmap_legend.h"

namespace nj::ui {
namespace {

constexpr int kColumns = 90, kRows = 32;

}  // namespace

LatencyHeatmapPanel::LatencyHeatmapPanel(const ViewContext& context, QWidget* parent) : Panel(context.theme, parent), context_(context) {
    auto* body = new QWidget(this);
    auto* column = new QVBoxLayout(body);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(context.theme.unit);
    chart_ = new HeatmapChart(context.workspace, context.theme, body);
    chart_->setObjectName(QStringLiteral("latencyHeatmap"));
    chart_->setMinimumHeight(90);
    legend_ = new HeatmapLegend(context.theme, body);
    column->addWidget(chart_, 1);
    column->addWidget(legend_);
    setBody(body);
    countChoice_ = new ChartChoice({tr("log count"), tr("linear")}, true, context.theme, this);
    controls()->addWidget(countChoice_);
    setTitle(tr("Each observation"));
    connect(countChoice_, &ChartChoice::changed, this, &LatencyHeatmapPanel::show);
    connect(chart_, &HeatmapChart::boxMarked, this, [this](TimeRange range, double low, double high) {
        const double scale = measure_ && measure_->scale != 0 ? measure_->scale : 1;
        Q_EMIT boxMarked(range, low / scale, high / scale, chart_->countInBox());
    });
    connect(chart_, &HeatmapChart::boxCleared, this, &LatencyHeatmapPanel::boxCleared);
    connect(chart_, &HeatmapChart::exemplarClicked, this, [this](int index) {
        if (static_cast<size_t>(index) < answer_.exemplars.size())
            Q_EMIT exemplarClicked(answer_.exemplars[static_cast<size_t>(index)].trace);
    });
}

void LatencyHeatmapPanel::setFlags(const QVector<ChartFlag>& flags) {
    flags_ = flags;
    show();
}

void LatencyHeatmapPanel::setCuts(const std::optional<LatencyCuts>& cuts) {
    cuts_ = cuts;
    show();
}

void LatencyHeatmapPanel::setMeasure(const std::optional<query::Measure>& measure) {
    measure_ = measure;
    answer_ = {};
    chart_->clearBox();
}

void LatencyHeatmapPanel::refresh() {
    if (!measure_ || context_.workspace.range().empty())
        return;
    const query::HeatmapQuestion question{context_.workspace.range(), context_.workspace.filter(), *measure_, kColumns, kRows};
    asking_ = true;
    setBusy(true);
    context_.queries.ask(
        QStringLiteral("latency/heatmap"), this, [question](query::Backend& backend, std::stop_token stop) { return backend.heatmap(question, stop); },
        [this](Result<query::HeatmapAnswer>&& answer) {
            asking_ = false;
            failed_ = !answer.ok();
            setBusy(false);
            if (answer.ok()) {
                answer_ = std::move(*answer);
                show();
            } else {
                showError(QString::fromStdString(answer.error().message), tr("Try again"), [this] { refresh(); });
            }
            Q_EMIT settledChanged();
        });
}

void LatencyHeatmapPanel::show() {
    if (!measure_ || failed_)
        return;
    HeatmapData heat = heatmapData(answer_, *measure_, flags_, cuts_);
    if (answer_.n == 0) {
        setTitle(heat.title);
        setWords({});
        if (!asking_)
            showEmpty(tr("No single observation in this range to place."), wholeCapsuleAction(context_.workspace),
                      [this] { context_.workspace.setRange(context_.workspace.all()); });
        return;
    }
    heat.logCount = countChoice_->chosen(0);
    const bool spans = measure_->kind == query::Measure::Kind::kSpanDuration || measure_->kind == query::Measure::Kind::kSpanAttribute;
    const double share = context_.workspace.info().sampledShare;
    QString words = heat.description;
    if (spans && share > 0 && share < 1)
        words += tr(", sampled %1").arg(formatShare(share));
    setTitle(heat.title);
    setWords(words + tr(" · drag a box to list its traces"));
    chart_->setData(heat);
    legend_->setData(heat, spans ? tr("spans per cell") : tr("observations per cell"));
    showBody();
}

}  // namespace nj::ui
