#include "views/dashboard_panel.h"

#include <QApplication>
#include <QClipboard>
#include <QMenu>
#include <QScrollArea>
#include <QStackedWidget>
#include <QToolButton>
#include <QVBoxLayout>
#include <cmath>

#include "dashboard/label_filters.h"
#include "models/panel_heatmap.h"
#include "models/panel_table.h"
#include "state/links.h"
#include "state/live_sources.h"
#include "theme/number_format.h"
#include "views/dashboard_links.h"
#include "views/whole_capsule.h"
#include "widgets/bucket_bars.h"
#include "widgets/dashboard_chart.h"
#include "widgets/fact_table.h"
#include "widgets/figure_picture.h"
#include "widgets/heatmap_chart.h"
#include "widgets/heatmap_legend.h"
#include "widgets/picture_copy.h"
#include "widgets/plain_label.h"

namespace nj::ui {
namespace {

using dashboard::PanelKind;

constexpr int kMostShownText = 20'000;

// Markdown as plain text: what a heading, an emphasis or a link says, without their marks.
QString withoutMarkup(const std::string& text) {
    QStringList lines;
    for (QString line : QString::fromStdString(text).left(kMostShownText).split(QLatin1Char('\n'))) {
        while (line.startsWith(QLatin1Char('#')))
            line.remove(0, 1);
        lines << line.remove(QStringLiteral("**")).trimmed();
    }
    return lines.join(QLatin1Char('\n')).trimmed();
}

// An alert is about how far its limit is: the scale holds it.
void showLimits(TimeChartData& chart) {
    for (const ChartLimit& limit : chart.marks.limits) {
        double low = HUGE_VAL, high = -HUGE_VAL;
        for (const ChartSeries& series : chart.series)
            for (const double value : series.values)
                if (std::isfinite(value)) {
                    low = std::min(low, value);
                    high = std::max(high, value);
                }
        const double room = std::fabs(limit.value) * 0.05;
        if (limit.value > high)
            chart.yScale.high = std::max(chart.yScale.high.value_or(limit.value), limit.value + room);
        else if (limit.value < low && limit.value > 0)
            chart.yScale.low = std::min(chart.yScale.low.value_or(limit.value), limit.value - room);
        chart.yScale.fromZero = chart.yScale.fromZero || limit.value <= 0;
    }
}

}  // namespace

DashboardPanel::DashboardPanel(const ViewContext& context, const QString& key, QWidget* parent) : Panel(context.theme, parent), context_(context), key_(key) {
    pages_ = new QStackedWidget(this);
    setBody(pages_);
    setHeightFollowsWidth(false);
    buildMenu();
}

DashboardPanel::~DashboardPanel() { context_.queries.cancel(key_); }

void DashboardPanel::buildMenu() {
    CopySource source;
    source.picture = pages_;
    source.caption = [this] { return pictureCaption(context_.workspace, title()); };
    source.table = [this] { return table(); };
    source.fileName = QStringLiteral("panel");
    menu_ = copyButton(std::move(source), context_.theme, this);
    menu_->setObjectName(QStringLiteral("panelMenu"));
    menu_->setText(QStringLiteral("⋯"));
    menu_->setToolTip(tr("Open in Metrics, copy, save"));
    menu_->setAccessibleName(tr("Panel menu"));
    menu_->setProperty("role", QStringLiteral("flat"));
    QMenu* menu = menu_->menu();
    auto* explore = new QAction(tr("Open in Metrics"), menu);
    connect(explore, &QAction::triggered, this, [this] { Q_EMIT exploreWanted(expressions()); });
    auto* copy = new QAction(tr("Copy PromQL"), menu);
    connect(copy, &QAction::triggered, this, [this] { QApplication::clipboard()->setText(expressions().join(QLatin1Char('\n'))); });
    menu->insertActions(menu->actions().value(0), {explore, copy});
    menu->insertSeparator(menu->actions().value(2));
    links_ = menu->addMenu(tr("Copy the address of"));
    links_->menuAction()->setVisible(false);
    connect(menu, &QMenu::aboutToShow, this, [this, explore, copy] {
        explore->setEnabled(!expressions().isEmpty());
        copy->setEnabled(!expressions().isEmpty());
    });
    // There when it is wanted: by the pointer over the panel, or by the keyboard. Else the title has its room.
    menu_->setVisible(false);
    controls()->addWidget(menu_);
    connect(qApp, &QApplication::focusChanged, this, [this](QWidget*, QWidget* now) {
        const bool inside = now && isAncestorOf(now);
        menu_->setVisible(panel_.kind != PanelKind::kText && (inside || underMouse() || menu_->menu()->isVisible()));
    });
}

void DashboardPanel::enterEvent(QEnterEvent* event) {
    Panel::enterEvent(event);
    menu_->setVisible(panel_.kind != PanelKind::kText);
}

void DashboardPanel::leaveEvent(QEvent* event) {
    Panel::leaveEvent(event);
    menu_->setVisible(menu_->hasFocus() || menu_->menu()->isVisible());
}

void DashboardPanel::setPanel(const dashboard::Panel& panel, const dashboard::Scope& scope) {
    if (answered_ && panel == panel_ && scope.variables == scope_.variables && scope.filters == scope_.filters) {
        setRange(scope.range);
        return;
    }
    const bool otherKind = !(panel.kind == panel_.kind);
    panel_ = panel;
    scope_ = scope;
    stale_ = true;
    if (otherKind)
        answered_ = false;
    setTitle(oneLine(panel.title));
    fillWithLinks(*links_, panel.links);
    setToolTip(panel.description.empty() ? QString() : plainToolTip(QString::fromStdString(panel.description).left(2000)));
    if (panel_.kind == PanelKind::kText) {
        stale_ = false;
        setHeaderShown(!panel.title.empty());
        show();
    }
}

void DashboardPanel::setRange(TimeRange range) {
    if (panel_.kind == PanelKind::kText)
        return;
    scope_.range = range;
    stale_ = true;
}

void DashboardPanel::setCourse(const std::optional<query::AlertCourse>& course) {
    if (!course && !course_)
        return;
    course_ = course;
    if (answered_ && chart_ && bodyShown() && pages_->currentWidget() == chart_)
        showChart();
    showCourse();
}

// Beside the title: whether it would have fired, when, and under which condition. Without a sample nothing can be said.
void DashboardPanel::showCourse() {
    if (!course_) {
        setWords({});
        return;
    }
    DurationNs firing = 0;
    for (const TimeRange& range : course_->firing)
        firing += range.length();
    const bool utc = context_.workspace.utc();
    QString words;
    if (!course_->problem.empty())
        words = oneLine(course_->problem).left(200);
    else if (course_->firing.size() == 1)
        words = tr("▲ would have fired %1 %2, %3").arg(formatRange(course_->firing.front(), utc), zoneName(course_->firing.front().from, utc), formatLength(firing));
    else if (!course_->firing.empty())
        words = tr("▲ would have fired %1 times, first at %2, %3 in all").arg(course_->firing.size()).arg(formatClock(course_->firing.front().from, utc), formatLength(firing));
    else if (!course_->pending.empty())
        words = tr("◆ pending, would not have fired");
    else
        words = answered_ && !bodyShown() ? tr("no data to judge") : tr("would not have fired");
    if (course_->instances > 1)
        words += tr(" · %1 instances").arg(course_->instances);
    if (!course_->condition.empty())
        words += QStringLiteral(" · ") + oneLine(course_->condition);
    setWords(words);
}

void DashboardPanel::setFlags(const QVector<ChartFlag>& flags) {
    flags_ = flags;
    if (answered_ && chart_ && bodyShown() && pages_->currentWidget() == chart_)
        showChart();
}

void DashboardPanel::ask() {
    if (!stale_)
        return;
    stale_ = false;
    asking_ = true;
    setBusy(true);
    query::PanelQuestion question{panel_, scope_};
    context_.queries.ask(
        key_, this,
        [question = std::move(question)](query::Backend& backend, std::stop_token stop) -> Result<dashboard::PanelAnswer> {
            auto* boards = query::DashboardBackend::of(backend);
            return boards ? boards->panel(question, stop) : Result<dashboard::PanelAnswer>(makeError(ErrorCode::kUnsupported, "This source draws no dashboards."));
        },
        [this](Result<dashboard::PanelAnswer>&& answer) {
            asking_ = false;
            setBusy(false);
            if (answer.ok()) {
                answer_ = std::move(*answer);
                answered_ = true;
                drawn_ = panel_;
                if (drawn_.unit.empty())
                    drawn_.unit = answer_.unit;
                show();
                if (course_)
                    showCourse();
            } else {
                showError(QString::fromStdString(answer.error().message));
            }
            Q_EMIT settledChanged();
        });
}

// ---------------------------------------------------------------- what is shown

QStringList DashboardPanel::expressions() const {
    QStringList texts;
    if (answered_)
        for (const std::string& expression : answer_.expressions)
            texts << QString::fromStdString(expression);
    else
        for (const dashboard::Target& target : panel_.targets)
            if (!target.hidden)
                texts << QString::fromStdString(dashboard::filtered(dashboard::interpolate(target.expr, scope_), scope_.filters));
    texts.removeAll(QString());
    return texts;
}

void DashboardPanel::show() {
    if (panel_.kind == PanelKind::kText) {
        if (!text_) {
            auto* scroll = new QScrollArea(pages_);
            scroll->setWidgetResizable(true);
            scroll->setFrameShape(QFrame::NoFrame);
            text_ = new PlainLabel({}, context_.theme.body);
            text_->setWordWrap(true);
            text_->setAlignment(Qt::AlignTop | Qt::AlignLeft);
            scroll->setWidget(text_);
            pages_->addWidget(scroll);
        }
        text_->setPlain(withoutMarkup(panel_.text));
        pages_->setCurrentIndex(pages_->count() - 1);
        showBody();
        return;
    }
    const bool table = panel_.kind == PanelKind::kTable, buckets = panel_.kind == PanelKind::kHeatmap || panel_.kind == PanelKind::kHistogram;
    if (table ? answer_.table.rows() == 0 : buckets ? answer_.buckets.rows() == 0 : answer_.series.empty()) {
        showNothing();
        return;
    }
    QString partial;
    if (answer_.seriesInAll > answer_.series.size() && !table && !buckets)
        partial = tr("first %1 of %2 series").arg(formatCount(answer_.series.size()), formatCount(answer_.seriesInAll));
    else if (table && answer_.rowsInAll > answer_.table.rows())
        partial = tr("first %1 of %2 rows").arg(formatCount(answer_.table.rows()), formatCount(answer_.rowsInAll));
    else if (!answer_.problems.empty())
        partial = tr("query %1: %2").arg(oneLine(answer_.problems.front().refId), oneLine(answer_.problems.front().what));
    setPartial(partial);
    switch (panel_.kind) {
    case PanelKind::kTimeSeries: showChart(); break;
    case PanelKind::kTable: showTable(); break;
    case PanelKind::kHeatmap:
    case PanelKind::kHistogram: showHeatmap(); break;
    default: showFigures();
    }
    if (bodyShown() || message().isEmpty())
        showBody();
}

void DashboardPanel::showNothing() {
    setPartial({});
    if (!answer_.problems.empty()) {
        showError(tr("Query %1: %2").arg(oneLine(answer_.problems.front().refId), oneLine(answer_.problems.front().what)));
        return;
    }
    const QString why = answer_.why.empty() ? tr("Nothing in this range.") : QString::fromStdString(answer_.why).left(600);
    LiveSources& live = LiveSources::of(context_.workspace);
    if (live.canPull() && !expressions().isEmpty())
        showEmpty(why, tr("Pull it"), [this] { LiveSources::of(context_.workspace).pull(expressions().join(QStringLiteral(" or ")), answer_.range); });
    else
        showEmpty(why);
}

void DashboardPanel::showChart() {
    if (!chart_) {
        chart_ = new DashboardChart(context_.workspace, context_.theme, pages_);
        pages_->addWidget(chart_);
    }
    TimeChartData lines = panelChart(drawn_, answer_, context_.theme);
    if (course_) {
        showLimits(lines);
        for (const TimeRange& range : course_->firing)
            lines.marks.windows.push_back({range, ChartRole::kError, tr("firing")});
        for (const TimeRange& range : course_->pending)
            lines.marks.windows.push_back({range, ChartRole::kWarning, {}});
    }
    lines.marks.flags = flags_;
    lines.marks.flagLabels = false;
    chart_->setChart(lines, panel_, answer_, size());
    pages_->setCurrentWidget(chart_);
}

TimeChart* DashboardPanel::chart() const { return chart_ ? chart_->chart() : nullptr; }

void DashboardPanel::showFigures() {
    if (!figures_) {
        figures_ = new FigurePicture(context_.theme, pages_);
        figures_->setObjectName(QStringLiteral("panelFigures"));
        figures_->setFocusPolicy(Qt::TabFocus);
        pages_->addWidget(figures_);
    }
    const auto kind = panel_.kind == PanelKind::kGauge ? FigurePicture::Kind::kDials : panel_.kind == PanelKind::kBarGauge ? FigurePicture::Kind::kBars : FigurePicture::Kind::kTiles;
    figures_->setFigures(kind, panelFigures(drawn_, answer_, context_.theme, context_.workspace.utc()));
    pages_->setCurrentWidget(figures_);
}

void DashboardPanel::showTable() {
    // The columns of a table are those it was made with.
    if (table_) {
        pages_->removeWidget(table_);
        table_->deleteLater();
    }
    table_ = new FactTable(panelColumns(answer_), context_.theme, pages_);
    table_->setObjectName(QStringLiteral("panelTable"));
    table_->setRows(panelCells(drawn_, answer_, context_.theme, context_.workspace.utc()));
    pages_->addWidget(table_);
    pages_->setCurrentWidget(table_);
}

void DashboardPanel::showHeatmap() {
    const auto [unit, factor] = panelUnit(drawn_);
    if (panel_.kind == PanelKind::kHistogram) {
        if (!bars_) {
            bars_ = new BucketBars(context_.theme, pages_);
            bars_->setFocusPolicy(Qt::TabFocus);
            pages_->addWidget(bars_);
        }
        bars_->setBars(panelBars(answer_, factor), unit);
        pages_->setCurrentWidget(bars_);
        return;
    }
    HeatmapData heat = panelHeatmap(answer_, unit, factor);
    if (heat.rows() == 0) {
        showEmpty(tr("Only values at or below zero, which the heatmap's axis cannot show."));
        return;
    }
    if (!heatmap_) {
        heatPage_ = new QWidget(pages_);
        auto* column = new QVBoxLayout(heatPage_);
        column->setContentsMargins(0, 0, 0, 0);
        column->setSpacing(context_.theme.unit);
        heatmap_ = new HeatmapChart(context_.workspace, context_.theme, heatPage_);
        heatKey_ = new HeatmapLegend(context_.theme, heatPage_);
        column->addWidget(heatmap_, 1);
        column->addWidget(heatKey_);
        pages_->addWidget(heatPage_);
    }
    heat.title = title();
    heatmap_->setFixedRange(answer_.range == context_.workspace.range() ? std::nullopt : std::optional(answer_.range));
    heatmap_->setData(heat);
    heatKey_->setData(heat, tr("per cell"));
    pages_->setCurrentWidget(heatPage_);
}

CopyTable DashboardPanel::table() const {
    CopyTable copied = panelCopy(drawn_, answer_, context_.theme);
    copied.caption = pictureCaption(context_.workspace, title());
    return copied;
}

}  // namespace nj::ui
