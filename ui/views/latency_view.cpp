#include "views/latency_view.h"

#include <QKeyEvent>
#include <QSplitter>
#include <QVBoxLayout>
#include <algorithm>

#include "query/search_syntax.h"
#include "views/latency_differences_panel.h"
#include "views/latency_heatmap_panel.h"
#include "views/latency_panel.h"
#include "views/latency_pictures.h"
#include "views/latency_stages_panel.h"
#include "views/latency_traces_panel.h"
#include "widgets/chart_events.h"
#include "widgets/picture_copy.h"
#include "widgets/time_chart.h"

namespace nj::ui {
namespace {

constexpr int kSideWidth = 360;
constexpr size_t kMostFlags = 60;

QSplitter* splitter(Qt::Orientation orientation, const Theme& theme) {
    auto* made = new QSplitter(orientation);
    made->setHandleWidth(theme.gap);
    made->setChildrenCollapsible(false);
    return made;
}

}  // namespace

LatencyView::LatencyView(const ViewContext& context, QWidget* parent) : RefreshingView(parent), context_(context) {
    setObjectName(QStringLiteral("page"));
    build();
    connectPanels();
    connect(&context_.workspace, &Workspace::rangeChanged, this, &LatencyView::scheduleRefresh);
    connect(&context_.workspace, &Workspace::baselineChanged, this, &LatencyView::scheduleRefresh);
    connect(&context_.workspace, &Workspace::filterChanged, this, &LatencyView::scheduleRefresh);
    connect(&context_.workspace, &Workspace::utcChanged, this, &LatencyView::showFlags);
    connect(&context_.workspace, &Workspace::infoChanged, this, [this] {
        measuresKnown_ = false;   // more was read: there may be more to measure
        scheduleRefresh();
    });
}

void LatencyView::build() {
    const Theme& theme = context_.theme;
    main_ = new LatencyPanel(context_);
    stages_ = new LatencyStagesPanel(context_);
    heatmap_ = new LatencyHeatmapPanel(context_);
    traces_ = new LatencyTracesPanel(context_);
    differences_ = new LatencyDifferencesPanel(context_);
    side_ = splitter(Qt::Vertical, theme);
    side_->addWidget(differences_);
    side_->addWidget(traces_);
    side_->setSizes({400, 600});
    side_->setMinimumWidth(kSideWidth);
    differences_->hide();
    traces_->hide();
    side_->hide();
    auto* lower = splitter(Qt::Horizontal, theme);
    lower->addWidget(stages_);
    lower->addWidget(heatmap_);
    lower->setSizes({430, 560});
    lower->setStretchFactor(0, 43);
    lower->setStretchFactor(1, 56);
    auto* down = splitter(Qt::Vertical, theme);
    down->addWidget(main_);
    down->addWidget(lower);
    down->setSizes({560, 440});
    down->setStretchFactor(0, 56);
    down->setStretchFactor(1, 44);
    across_ = splitter(Qt::Horizontal, theme);
    across_->addWidget(down);
    across_->addWidget(side_);
    across_->setStretchFactor(0, 1);
    across_->setStretchFactor(1, 0);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(theme.padding, theme.padding, theme.padding, theme.padding);
    column->addWidget(across_);
}

void LatencyView::connectPanels() {
    connect(main_, &LatencyPanel::settledChanged, this, &LatencyView::announce);
    connect(stages_, &LatencyStagesPanel::settledChanged, this, &LatencyView::announce);
    connect(heatmap_, &LatencyHeatmapPanel::settledChanged, this, &LatencyView::announce);
    connect(traces_, &LatencyTracesPanel::settledChanged, this, &LatencyView::announce);
    connect(main_, &LatencyPanel::measureChanged, this, [this] {
        heatmap_->setMeasure(main_->measure());
        heatmap_->refresh();
        closeTraces();
    });
    connect(main_, &LatencyPanel::spikeClicked, this, &LatencyView::listAround);
    connect(stages_, &LatencyStagesPanel::spikeClicked, this, [this](TimeNs time) { listAround(time, {}); });
    connect(differences_, &LatencyDifferencesPanel::settledChanged, this, &LatencyView::announce);
    connect(main_, &LatencyPanel::cutsChanged, this, [this] { heatmap_->setCuts(main_->cuts()); });
    connect(heatmap_, &LatencyHeatmapPanel::boxMarked, this, &LatencyView::listBox);
    connect(heatmap_, &LatencyHeatmapPanel::boxCleared, this, &LatencyView::closeTraces);
    connect(heatmap_, &LatencyHeatmapPanel::exemplarClicked, this, [this](const TraceId& trace) {
        Selection selection;
        selection.kind = Selection::Kind::kTrace;
        selection.trace = trace;
        context_.workspace.setSelection(selection);
        context_.workspace.requestView(QStringLiteral("traces"), QStringLiteral("trace:") + QString::fromStdString(trace.hex()));
    });
    connect(traces_, &LatencyTracesPanel::closed, this, [this] {
        heatmap_->chart().clearBox();
        closeTraces();
    });
}

void LatencyView::closeTraces() {
    comparing_ = false;
    if (!side_->isVisible())
        return;
    const bool hadFocus = side_->isAncestorOf(focusWidget());
    traces_->hide();
    differences_->hide();
    side_->hide();
    if (hadFocus)
        main_->chart().setFocus();
}

// What a box's rows have that the others have not, and their traces. A histogram has no rows: its spans' own measure stands for it.
void LatencyView::listBox(TimeRange box, double low, double high, quint64 count) {
    const query::Measure& shown = *main_->measure();
    const auto twin = spanTwin(shown, main_->measures());
    comparing_ = false;
    side_->show();
    differences_->show();
    traces_->show();
    if (!twin) {
        differences_->showWhyNot(tr("“%1” has no rows of its own to compare.").arg(measureTitle(shown)));
        traces_->askBox(box, low, high, shown, count);
        return;
    }
    const double factor = twin->scale != 0 ? shown.scale / twin->scale : 1;
    differences_->askBox(box, low * factor, high * factor, *twin);
    traces_->askBox(box, low * factor, high * factor, *twin, count);
}

void LatencyView::listAround(TimeNs time, const QString& group) {
    if (!main_->measure())
        return;
    context_.workspace.setCursor(time);
    // A column each side, so that a click beside the spike still holds it.
    const DurationNs width = std::max<DurationNs>(context_.workspace.range().length() / 120, kSecond);
    const QString term = group.isEmpty() || group == QLatin1String("others") || main_->splitBy().isEmpty()
                             ? QString()
                             : QString::fromStdString(query::searchTerm(main_->splitBy().toStdString(), group.toStdString(), false));
    comparing_ = false;
    side_->show();
    differences_->hide();
    traces_->show();
    traces_->askAround(time, width, *main_->measure(), term);
}

void LatencyView::refresh() {
    if (context_.workspace.range().empty())
        return;
    stale_ = false;
    if (!measuresKnown_)
        askMeasures();
    else {
        main_->refresh();
        heatmap_->refresh();
    }
    if (comparing_)
        compare();
    stages_->refresh();
    askEvents();
}

void LatencyView::askMeasures() {
    askingMeasures_ = true;
    context_.queries.ask(
        QStringLiteral("latency/measures"), this, [](query::Backend& backend, std::stop_token stop) { return backend.measures(stop); },
        [this](Result<std::vector<query::Measure>>&& answer) {
            askingMeasures_ = false;
            if (!answer.ok()) {
                main_->showError(QString::fromStdString(answer.error().message), tr("Try again"), [this] { refresh(); });
                announce();
                return;
            }
            measuresKnown_ = true;
            const auto before = main_->measure();
            main_->setMeasures(*answer);
            main_->refresh();
            if (before && main_->measure() && *before == *main_->measure())
                heatmap_->refresh();
            if (answer->empty())
                heatmap_->showEmpty(tr("No observation to place."));
            announce();
        });
}

void LatencyView::askEvents() {
    askingEvents_ = true;
    context_.queries.ask(
        QStringLiteral("latency/events"), this,
        [range = context_.workspace.range()](query::Backend& backend, std::stop_token stop) { return backend.events(range, stop); },
        [this](Result<std::vector<query::EventMark>>&& answer) {
            askingEvents_ = false;
            events_ = answer.ok() ? std::move(*answer) : std::vector<query::EventMark>();
            if (events_.size() > kMostFlags) {
                std::stable_sort(events_.begin(), events_.end(), [](const auto& a, const auto& b) { return a.severity > b.severity; });
                events_.resize(kMostFlags);
            }
            showFlags();
            announce();
        });
}

void LatencyView::showFlags() {
    const QVector<ChartFlag> flags = chartFlags(events_, context_.workspace.utc());
    main_->setFlags(flags);
    stages_->setFlags(flags);
    heatmap_->setFlags(flags);
}

void LatencyView::open(const QString& parameter) {
    const QStringList parts = parameter.split(QLatin1Char(':'));
    if (parts.size() < 3 || parts[0] != u"measure")
        return;
    Objective named;
    named.kind = objectiveKindFromName(parts[1].toStdString());
    named.key = parts.mid(2).join(QLatin1Char(':')).toStdString();
    if (const auto measure = query::measureOf(named))
        main_->chooseMeasure(*measure);
}

std::optional<Objective> LatencyView::objectiveDraft() const { return main_->objectiveDraft(); }

bool LatencyView::compare() {
    if (context_.workspace.info().spans == 0)
        return false;   // series and log patterns are the overview's
    std::optional<query::Measure> rows;
    if (main_->measure())
        rows = spanTwin(*main_->measure(), main_->measures());
    if (!comparing_)
        heatmap_->chart().clearBox();
    comparing_ = true;
    side_->show();
    traces_->hide();
    differences_->show();
    differences_->askRange(rows);
    return true;
}

std::optional<CopyTable> LatencyView::shownTable() const {
    if (!main_->bodyShown())
        return {};
    CopyTable table = chartTable(main_->chart().data());
    table.caption = pictureCaption(context_.workspace, main_->title());
    return table;
}

bool LatencyView::settled() const {
    const bool waiting = (stale_ && !context_.workspace.range().empty()) || soon_.isActive() || askingMeasures_ || askingEvents_;
    return !waiting && main_->settled() && stages_->settled() && heatmap_->settled() && traces_->settled() && differences_->settled();
}

void LatencyView::announce() {
    if (settled())
        Q_EMIT settledChanged();
}

QString LatencyView::summary() const { return main_->bodyShown() ? main_->title() + QStringLiteral(" — ") + main_->words() : main_->message(); }

const KeyTable<LatencyView>& LatencyView::keys() {
    static const KeyTable<LatencyView> keys({{"Esc", QT_TR_NOOP("close the traces of the chosen field"),
                                               [](LatencyView& view) {
                                                   view.heatmap_->chart().clearBox();
                                                   view.closeTraces();
                                               },
                                               [](const LatencyView& view) { return view.side_->isVisible(); }}}, false);
    return keys;
}

void LatencyView::keyPressEvent(QKeyEvent* event) {
    if (!keys().run(*this, *event))
        View::keyPressEvent(event);
}

namespace {

QString latencyNeeds(const query::CapsuleInfo& info) {
    return info.spans > 0 || info.histograms > 0 || info.logs > 0 || info.samples > 0
               ? QString()
               : LatencyView::tr("Latency needs spans, histograms or log records with durations.");
}

View* createLatency(const ViewContext& context, QWidget* parent) { return new LatencyView(context, parent); }

}  // namespace

extern const ViewFactory latency_view;
const ViewFactory latency_view{"latency", QT_TRANSLATE_NOOP("View", "Latency"), "∿", latencyNeeds, createLatency, [] { return LatencyView::keys().rows(); }};

}  // namespace nj::ui
