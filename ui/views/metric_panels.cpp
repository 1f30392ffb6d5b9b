#include "views/metric_panels.h"

#include <QSplitter>
#include <QToolButton>
#include <algorithm>
#include <cmath>

#include "state/live_sources.h"
#include "views/metric_ask.h"
#include "views/metric_row.h"
#include "views/promql_row.h"
#include "views/whole_capsule.h"

namespace nj::ui {
namespace {

// Lines without a value that can be drawn: the reason is not the range.
bool nothingFinite(const std::vector<MetricPart>& parts) {
    const auto empty = [](const query::MetricLine& line) { return std::none_of(line.values.begin(), line.values.end(), [](double v) { return std::isfinite(v); }); };
    return !parts.empty() && std::all_of(parts.begin(), parts.end(), [&](const MetricPart& part) { return std::all_of(part.answer.lines.begin(), part.answer.lines.end(), empty); });
}

}  // namespace

MetricPanels::MetricPanels(const ViewContext& context, QWidget* parent) : QScrollArea(parent), context_(context) {
    setObjectName(QStringLiteral("metricPanels"));
    setFrameShape(QFrame::NoFrame);
    setWidgetResizable(true);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setFocusPolicy(Qt::NoFocus);
    viewport()->setAutoFillBackground(false);
    splitter_ = new QSplitter(Qt::Vertical, this);
    splitter_->setHandleWidth(context_.theme.gap);
    splitter_->setChildrenCollapsible(false);
    setWidget(splitter_);
    splitter_->setAutoFillBackground(false);
}

void MetricPanels::setCount(size_t count) {
    while (panels_.size() > count) {
        panels_.back()->hide();
        panels_.back()->deleteLater();
        panels_.pop_back();
    }
    while (panels_.size() < count) {
        auto* panel = new MetricPanel(context_);
        connect(panel, &MetricPanel::seriesClicked, this, &MetricPanels::seriesClicked);
        connect(panel, &MetricPanel::exemplarClicked, this, &MetricPanels::exemplarClicked);
        splitter_->addWidget(panel);
        panels_.push_back(panel);
    }
    for (MetricPanel* panel : panels_)
        panel->setLegendRows(count == 1 ? 9 : count == 2 ? 5 : 3);
}

MetricPanels::State MetricPanels::stateOf(const std::vector<MetricAsk*>& asks, size_t from, size_t to) {
    State state;
    for (size_t row = from; row < to; ++row) {
        const MetricAsk& ask = *asks[row];
        state.asking = state.asking || ask.asking();
        state.asked.push_back(ask.part());
        if (!ask.error().isEmpty())
            state.error = ask.error();
        else if (ask.answeredOnce() && ask.shows(MetricAsk::Shown::kPicture) && !ask.asking())
            state.picture = &ask;
        else if (ask.answeredOnce() && ask.shows(MetricAsk::Shown::kHeat) && !ask.asking())
            state.heat = &ask;
        else if (ask.answeredOnce() && ask.shows(MetricAsk::Shown::kLines))
            state.parts.push_back(ask.part());
    }
    std::erase_if(state.parts, [](const MetricPart& part) { return part.answer.lines.empty(); });
    return state;
}

void MetricPanels::show(const std::vector<MetricRow*>& rows, const std::vector<MetricAsk*>& asks, const MetricPanel::Look& look, const QVector<ChartFlag>& flags) {
    const bool one = panels_.size() < rows.size();
    for (size_t p = 0; p < std::min(panels_.size(), rows.size()); ++p) {
        const State state = stateOf(asks, one ? 0 : p, one ? rows.size() : p + 1);
        panels_[p]->setBusy(state.asking);
        panels_[p]->setFlags(flags);
        showState(*panels_[p], state, look, *rows[p], p);
    }
}

void MetricPanels::showState(MetricPanel& panel, const State& state, const MetricPanel::Look& look, MetricRow& row, size_t at) {
    if (nothingFinite(state.parts) && !state.asking)
        panel.showNothing(state.asked,
                          row.spec().promql ? tr("Nothing to draw here: every value is NaN or infinite.")
                                            : tr("Nothing to draw here: a rate needs two samples of a series. Choose “value” to see the samples."),
                          wholeCapsuleAction(context_.workspace),
                          [this] { context_.workspace.setRange(context_.workspace.all()); });
    else if (!state.parts.empty())
        panel.showParts(state.parts, look);
    else if (state.heat)
        panel.showHeatmap(state.heat->part(), state.heat->heat());
    else if (state.picture && (state.picture->picture().table.rows() > 0 || state.picture->part().spec.picture == MetricSpec::Picture::kHeatmap))
        panel.showAnswer(state.picture->part(), state.picture->picture());
    else if (!state.error.isEmpty() && !state.asking)
        panel.showProblem(state.asked, state.error, row.spec().promql ? QString() : tr("Clear the label filter"), [this] { Q_EMIT clearLabelsAsked(); });
    else if (!state.asking)
        sayNothing(panel, state, row, at);
}

void MetricPanels::sayNothing(MetricPanel& panel, const State& state, MetricRow& row, size_t at) {
    const MetricSpec& spec = row.spec();
    if (LiveSources::of(context_.workspace).canPull())
        panel.showNothing(state.asked, tr("No sample of it in this range, here. The Prometheus this capsule pulls from may have some."), tr("Pull it"),
                          [this, query = spec.promql ? spec.expression : spec.name] { LiveSources::of(context_.workspace).pull(query, context_.workspace.range()); });
    else if (spec.promql && !row.promqlRow().explainButton().isChecked())
        panel.showNothing(state.asked, tr("No series comes out of it in this range."), tr("Explain where they vanish"), [this, at] { Q_EMIT explanationAsked(at); });
    else
        panel.showNothing(state.asked, spec.promql ? tr("No series comes out of it in this range.") : tr("No sample of it in this range."), wholeCapsuleAction(context_.workspace),
                          [this] { context_.workspace.setRange(context_.workspace.all()); });
}

}  // namespace nj::ui
