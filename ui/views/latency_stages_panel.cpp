#include "views/latency_stages_panel.h"

#include <QVBoxLayout>

#include "theme/number_format.h"
#include "views/latency_stage_table.h"
#include "views/whole_capsule.h"
#include "widgets/time_axis.h"
#include "widgets/time_chart.h"

namespace nj::ui {
namespace {

constexpr int kStageColumns = 120;

}  // namespace

LatencyStagesPanel::LatencyStagesPanel(const ViewContext& context, QWidget* parent) : Panel(context.theme, parent), context_(context) {
    auto* body = new QWidget(this);
    auto* column = new QVBoxLayout(body);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(context.theme.unit);
    chart_ = new TimeChart(context.workspace, context.theme, body);
    chart_->setObjectName(QStringLiteral("stagesChart"));
    chart_->setMinimumHeight(90);
    table_ = new LatencyStageTable(context.theme, body);
    column->addWidget(chart_, 1);
    column->addWidget(table_);
    setBody(body);
    setTitle(tr("Where the time goes"));
    connect(&context_.workspace, &Workspace::cursorChanged, this, &LatencyStagesPanel::showTable);
    connect(chart_, &ChartFrame::pointClicked, this, [this](TimeNs time) { Q_EMIT spikeClicked(time); });
}

void LatencyStagesPanel::setFlags(const QVector<ChartFlag>& flags) {
    flags_ = flags;
    show();
}

void LatencyStagesPanel::refresh() {
    if (context_.workspace.range().empty())
        return;
    const query::StagesQuestion question{context_.workspace.range(), context_.workspace.filter(), kStageColumns};
    asking_ = true;
    setBusy(true);
    context_.queries.ask(
        QStringLiteral("latency/stages"), this, [question](query::Backend& backend, std::stop_token stop) { return backend.stages(question, stop); },
        [this](Result<query::StagesAnswer>&& answer) {
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

void LatencyStagesPanel::show() {
    if (failed_)
        return;   // events that arrive later must not cover the error
    picture_ = stagesPicture(answer_, context_.theme, flags_);
    if (picture_.requests == 0) {
        setTitle(tr("Where the time goes"));
        setWords({});
        if (!asking_)
            showEmpty(context_.workspace.info().spans == 0 ? tr("It needs request spans, and this capsule has none: import traces to see where the time goes.")
                                                            : tr("No request spans in this range, so no stages to add up."),
                      context_.workspace.info().spans == 0 ? QString() : wholeCapsuleAction(context_.workspace),
                      [this] { context_.workspace.setRange(context_.workspace.all()); });
        return;
    }
    setTitle(picture_.title);
    setWords(picture_.words);
    chart_->setData(picture_.chart);
    showTable();
    showBody();
}

void LatencyStagesPanel::showTable() {
    if (picture_.requests == 0)
        return;
    const auto cursor = context_.workspace.cursor();
    const QString clock =
        cursor ? formatClock(*cursor, context_.workspace.utc(), cursorResolution(chart_->plotFrame().nsPerPixel())) : tr("at the cursor");
    QVector<QColor> colors;
    for (const ChartSeries& series : picture_.chart.series)
        colors.push_back(series.color);
    table_->setStages(picture_.stages, colors);
    table_->setRows({{clock, cursor ? stageMeans(answer_, cursor) : QVector<double>(picture_.stages.size(), kNoValue), false},
                     {tr("whole range"), stageMeans(answer_, {}), true}});
}

}  // namespace nj::ui
