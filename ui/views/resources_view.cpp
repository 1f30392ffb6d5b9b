#include "views/resources_view.h"

#include <QSplitter>
#include <QVBoxLayout>
#include <algorithm>

#include "query/search_syntax.h"
#include "state/links.h"
#include "views/resources_heat_panel.h"
#include "views/resources_lanes_panel.h"
#include "widgets/chart_events.h"
#include "widgets/resource_heatmap.h"

namespace nj::ui {
namespace {

constexpr size_t kMostFlags = 24;

}  // namespace

ResourcesView::ResourcesView(const ViewContext& context, QWidget* parent) : RefreshingView(parent), context_(context) {
    setObjectName(QStringLiteral("page"));
    const Theme& theme = context.theme;
    heat_ = new ResourcesHeatPanel(context);
    lanes_ = new ResourcesLanesPanel(context);
    auto* down = new QSplitter(Qt::Vertical, this);
    down->setHandleWidth(theme.gap);
    down->setChildrenCollapsible(false);
    down->addWidget(heat_);
    down->addWidget(lanes_);
    down->setSizes({578, 280});
    down->setStretchFactor(0, 67);
    down->setStretchFactor(1, 33);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(theme.padding, theme.padding, theme.padding, theme.padding);
    column->addWidget(down);

    connect(&context_.workspace, &Workspace::rangeChanged, this, &ResourcesView::scheduleRefresh);
    connect(&context_.workspace, &Workspace::infoChanged, this, &ResourcesView::scheduleAll);
    connect(&context_.workspace, &Workspace::utcChanged, this, &ResourcesView::showFlags);
    connect(&context_.workspace, &Workspace::selectionChanged, this, &ResourcesView::followSelection);
    connect(heat_, &ResourcesHeatPanel::settledChanged, this, &ResourcesView::announce);
    connect(lanes_, &ResourcesLanesPanel::settledChanged, this, &ResourcesView::announce);
    connect(heat_, &ResourcesHeatPanel::rowChosen, this, &ResourcesView::select);
    connect(heat_, &ResourcesHeatPanel::rowOpened, this, &ResourcesView::openRow);
    connect(heat_, &ResourcesHeatPanel::focusRowChanged, this, &ResourcesView::showLanes);
    connect(lanes_, &ResourcesLanesPanel::flagClicked, this, [this](qint64 seq) {
        if (seq >= 0)
            context_.workspace.setSelection({Selection::Kind::kEvent, seq, {}, {}});
    });
}

void ResourcesView::open(const QString& parameter) {
    if (parameter.startsWith(QLatin1String("metric:")))
        heat_->chooseMetric(parameter.mid(7));
}

QString ResourcesView::opened() const { return heat_->metric().isEmpty() ? QString() : QStringLiteral("metric:") + heat_->metric(); }

void ResourcesView::scheduleAll() {
    everything_ = true;
    scheduleRefresh();
}

void ResourcesView::refresh() {
    if (context_.workspace.range().empty())
        return;
    stale_ = false;
    heat_->refresh(everything_);
    everything_ = false;
    askEvents();
}

void ResourcesView::askEvents() {
    askingEvents_ = true;
    context_.queries.ask(
        QStringLiteral("resources/events"), this,
        [range = context_.workspace.range()](query::Backend& backend, std::stop_token stop) { return backend.events(range, stop); },
        [this](Result<std::vector<query::EventMark>>&& answer) {
            askingEvents_ = false;
            events_ = answer.ok() ? std::move(*answer) : std::vector<query::EventMark>();
            std::stable_sort(events_.begin(), events_.end(), [](const auto& a, const auto& b) { return a.severity > b.severity; });
            events_.resize(std::min(events_.size(), kMostFlags));
            std::stable_sort(events_.begin(), events_.end(), [](const auto& a, const auto& b) { return a.time < b.time; });
            showFlags();
            announce();
        });
}

void ResourcesView::showFlags() {
    const QVector<ChartFlag> flags = chartFlags(events_, context_.workspace.utc());
    heat_->setFlags(flags);
    lanes_->setFlags(flags);
}

void ResourcesView::select(int gridRow) {
    const query::ResourceRow& row = heat_->grid().rows.at(static_cast<size_t>(gridRow));
    // A device is selected by the series it was clicked in; the inspector tells the device.
    context_.workspace.setSelection({Selection::Kind::kSeries, row.series, {}, QString::fromStdString(row.identity.name)});
}

void ResourcesView::openRow(int gridRow) {
    const query::ResourceRow& row = heat_->grid().rows.at(static_cast<size_t>(gridRow));
    if (findView(QStringLiteral("metrics"))) {
        context_.workspace.requestView(QStringLiteral("metrics"), links::series(row.series));
        return;
    }
    const std::string& service = row.identity.service;
    if (!service.empty())
        context_.workspace.setFilterText(QString::fromStdString(query::searchTerm("service", service, false)));
    context_.workspace.requestView(QString::fromLatin1(links::kTraces));
}

void ResourcesView::followSelection() {
    const Selection& selection = context_.workspace.selection();
    if (selection.kind != Selection::Kind::kSeries)
        return;
    for (const query::ResourceRow& row : heat_->grid().rows)
        if (row.series == selection.seq) {
            heat_->selectKey(QString::fromStdString(row.identity.key));
            return;
        }
}

void ResourcesView::showLanes() {
    const int row = heat_->focusRow();
    if (row < 0) {
        lanesKey_.clear();
        lanes_->clear();
        return;
    }
    const query::ResourceIdentity& identity = heat_->grid().rows[static_cast<size_t>(row)].identity;
    if (identity.key == lanesKey_ && lanesRange_ == context_.workspace.range())
        return;
    lanesKey_ = identity.key;
    lanesRange_ = context_.workspace.range();
    lanes_->refresh(identity);
}

bool ResourcesView::settled() const {
    const bool waiting = (stale_ && !context_.workspace.range().empty()) || soon_.isActive() || askingEvents_;
    return !waiting && heat_->settled() && lanes_->settled();
}

void ResourcesView::announce() {
    lanes_->setVisible(heat_->bodyShown() || !heat_->settled());
    if (settled())
        Q_EMIT settledChanged();
}

QString ResourcesView::summary() const { return heat_->bodyShown() ? heat_->title() + QStringLiteral(" — ") + heat_->words() : heat_->message(); }

namespace {

QString resourcesNeeds(const query::CapsuleInfo& info) {
    return info.samples > 0 ? QString() : ResourcesView::tr("Resources need metrics: dcgm-exporter, nvidia-smi, vLLM, node_exporter, cAdvisor or the like.");
}

View* createResources(const ViewContext& context, QWidget* parent) { return new ResourcesView(context, parent); }

}  // namespace

extern const ViewFactory resources_view;
const ViewFactory resources_view{"resources", QT_TRANSLATE_NOOP("View", "Resources"), "▦", resourcesNeeds, createResources};

}  // namespace nj::ui
