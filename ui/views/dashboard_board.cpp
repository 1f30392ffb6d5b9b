#include "views/dashboard_board.h"

#include <QScrollBar>
#include <QVBoxLayout>
#include <algorithm>

#include "state/links.h"
#include "views/dashboard_panel.h"
#include "widgets/chart_events.h"
#include "widgets/dashboard_grid.h"
#include "widgets/plain_label.h"

namespace nj::ui {
namespace {

constexpr size_t kMostPanels = 300, kMostFlags = 40;
constexpr int kSeenDelayMs = 30;

}  // namespace

DashboardBoard::DashboardBoard(const ViewContext& context, QWidget* parent) : QScrollArea(parent), context_(context) {
    setObjectName(QStringLiteral("dashboardScroll"));
    setFrameShape(QFrame::NoFrame);
    setWidgetResizable(true);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    viewport()->setAutoFillBackground(false);
    grid_ = new DashboardGrid(context_.theme);
    grid_->setAutoFillBackground(false);
    page_ = new QWidget;
    page_->setAutoFillBackground(false);
    auto* column = new QVBoxLayout(page_);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(grid_);
    column->addStretch(1);
    setWidget(page_);
    seen_.setSingleShot(true);
    seen_.setInterval(kSeenDelayMs);
    connect(&seen_, &QTimer::timeout, this, &DashboardBoard::askSeen);
    connect(verticalScrollBar(), &QScrollBar::valueChanged, &seen_, qOverload<>(&QTimer::start));
    connect(grid_, &DashboardGrid::foldChanged, &seen_, qOverload<>(&QTimer::start));
}

void DashboardBoard::setDashboard(const dashboard::Dashboard& board, const dashboard::Scope& scope) {
    std::vector<dashboard::RowOccurrence> rows = dashboard::unroll(board, scope);
    size_t count = 0, all = 0;
    for (dashboard::RowOccurrence& row : rows) {
        all += row.panels.size();
        row.panels.resize(std::min(row.panels.size(), kMostPanels - std::min(kMostPanels, count)));
        count += row.panels.size();
    }
    notShown_ = all - count;
    const auto asDrawn = [](const dashboard::Occurrence& occurrence) {
        dashboard::Panel panel = *occurrence.panel;
        panel.title = occurrence.title;
        return panel;
    };
    bool same = grid_->rows().size() == rows.size();
    for (size_t r = 0; same && r < rows.size(); ++r) {
        const DashboardGrid::Row& shown = grid_->rows()[r];
        same = shown.title == oneLine(rows[r].title) && shown.cells.size() == rows[r].panels.size();
        for (size_t p = 0; same && p < shown.cells.size(); ++p)
            same = shown.cells[p].place == rows[r].panels[p].place;
    }
    if (!same) {
        panels_.clear();
        std::vector<DashboardGrid::Row> cells;
        for (const dashboard::RowOccurrence& row : rows) {
            DashboardGrid::Row made{oneLine(row.title), row.row && row.row->collapsed, {}};
            for (const dashboard::Occurrence& occurrence : row.panels) {
                auto* panel = new DashboardPanel(context_, QStringLiteral("dashboards/panel/") + QString::number(panels_.size()));
                connect(panel, &DashboardPanel::settledChanged, this, &DashboardBoard::settledChanged);
                connect(panel, &DashboardPanel::exploreWanted, this, [this](const QStringList& expressions) { context_.workspace.requestView(QString::fromLatin1(links::kMetrics), links::promql(expressions)); });
                panels_.push_back(panel);
                made.cells.push_back({panel, occurrence.place});
            }
            cells.push_back(std::move(made));
        }
        grid_->setRows(std::move(cells));
    }
    size_t index = 0;
    for (const dashboard::RowOccurrence& row : rows)
        for (const dashboard::Occurrence& occurrence : row.panels)
            panels_[index++]->setPanel(asDrawn(occurrence), dashboard::narrowed(scope, occurrence));
    setFlags(flags_);
    seen_.start();
}

void DashboardBoard::setFooter(QWidget* footer) { static_cast<QVBoxLayout*>(page_->layout())->insertWidget(1, footer); }

void DashboardBoard::clear() {
    panels_.clear();
    grid_->setRows({});
}

void DashboardBoard::setRange(TimeRange range) {
    for (DashboardPanel* panel : panels_)
        panel->setRange(range);
    seen_.start();
}

void DashboardBoard::askEvents() {
    askingEvents_ = true;
    context_.queries.ask(
        QStringLiteral("dashboards/events"), this, [range = context_.workspace.range()](query::Backend& backend, std::stop_token stop) { return backend.events(range, stop); },
        [this](Result<std::vector<query::EventMark>>&& events) {
            askingEvents_ = false;
            std::vector<query::EventMark> shown = events.ok() ? std::move(*events) : std::vector<query::EventMark>();
            std::stable_sort(shown.begin(), shown.end(), [](const auto& a, const auto& b) { return a.severity > b.severity; });
            shown.resize(std::min(shown.size(), kMostFlags));
            setFlags(chartFlags(shown, context_.workspace.utc()));
            Q_EMIT settledChanged();
        });
}

void DashboardBoard::setFlags(const QVector<ChartFlag>& flags) {
    flags_ = flags;
    for (DashboardPanel* panel : panels_)
        panel->setFlags(flags_);
}

// The panels in sight, and those a short way off.
void DashboardBoard::askSeen() {
    const int margin = viewport()->height() / 3;
    const QRect seen = viewport()->rect().adjusted(0, -margin, 0, margin);
    for (DashboardPanel* panel : panels_)
        if (panel->isVisible() && seen.intersects(QRect(panel->mapTo(viewport(), QPoint()), panel->size())))
            panel->ask();
    Q_EMIT settledChanged();
}

bool DashboardBoard::settled() const {
    return !seen_.isActive() && !askingEvents_ && std::none_of(panels_.begin(), panels_.end(), [](const DashboardPanel* panel) { return panel->asking(); });
}

// Of the viewport.
void DashboardBoard::resizeEvent(QResizeEvent* event) {
    QScrollArea::resizeEvent(event);
    seen_.start();
}

}  // namespace nj::ui
