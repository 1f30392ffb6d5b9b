#include "views/resources_heat_panel.h"

#include <QApplication>
#include <QClipboard>
#include <QHash>
#include <QHBoxLayout>
#include <QPushButton>
#include <QVBoxLayout>
#include <algorithm>
#include <cmath>

#include "theme/number_format.h"
#include "widgets/chart_choice.h"
#include "widgets/heat_key.h"
#include "widgets/metric_chips.h"
#include "widgets/plain_label.h"
#include "widgets/resource_heatmap.h"
#include "widgets/resource_overview.h"
#include "widgets/strip_stack.h"

namespace nj::ui {
namespace {

constexpr int kHeatColumns = 280, kOverviewColumns = 288, kMiniRows = 20;
constexpr HeatMargins kMargins{130 + StripStack::kAxisWidth, 150};

}  // namespace

ResourcesHeatPanel::ResourcesHeatPanel(const ViewContext& context, QWidget* parent) : Panel(context.theme, parent), context_(context) {
    build();
    const auto reshow = [this] { show(); };
    connect(unit_, &ChartChoice::changed, this, reshow);
    connect(sample_, &ChartChoice::changed, this, reshow);
    connect(order_, &ChartChoice::changed, this, reshow);
    connect(&context.workspace, &Workspace::utcChanged, this, reshow);
    connect(chips_, &MetricChips::chipChosen, this, &ResourcesHeatPanel::chooseMetric);
    connect(heatmap_, &ResourceHeatmap::copyAsked, this, &ResourcesHeatPanel::copyCsv);
    connect(heatmap_, &ResourceHeatmap::rowChosen, this, [this](int row) {
        Q_EMIT rowChosen(static_cast<int>(shownRows_.at(static_cast<size_t>(row))));
        Q_EMIT focusRowChanged();
    });
    connect(heatmap_, &ResourceHeatmap::rowOpened, this, [this](int row) { Q_EMIT rowOpened(static_cast<int>(shownRows_.at(static_cast<size_t>(row)))); });
}

void ResourcesHeatPanel::build() {
    const Theme& theme = context_.theme;
    auto* body = new QWidget(this);
    auto* column = new QVBoxLayout(body);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(theme.unit + 2);
    chips_ = new MetricChips(theme, body);
    key_ = new HeatKey(theme, body);
    overview_ = new ResourceOverview(context_.workspace, theme, kMargins, body);
    heatmap_ = new ResourceHeatmap(context_.workspace, theme, kMargins, body);
    heatmap_->setMinimumHeight(120);
    column->addWidget(chips_);
    column->addWidget(key_);
    auto* halves = new QVBoxLayout;
    halves->setSpacing(0);   // the bracket's funnel runs into the rows
    halves->addWidget(overview_);
    halves->addWidget(heatmap_, 1);
    column->addLayout(halves, 1);
    setBody(body);
    unit_ = new ChartChoice({tr("% of own max"), tr("MHz")}, true, theme, this);
    sample_ = new ChartChoice({tr("worst"), tr("mean")}, true, theme, this);
    order_ = new ChartChoice({tr("hierarchy"), tr("value"), tr("unlike")}, true, theme, this);
    unit_->setToolTip(tr("Show the clock as a share of the card's own maximum, or as it is"));
    sample_->setToolTip(tr("What a cell shows of its samples"));
    order_->setToolTip(tr("Order of the rows: host and replica, worst value, or how unlike its peers"));
    auto* copy = new QPushButton(tr("Copy CSV"), this);
    copy->setProperty("role", QStringLiteral("segment"));
    connect(copy, &QPushButton::clicked, this, &ResourcesHeatPanel::copyCsv);
    for (QWidget* control : {static_cast<QWidget*>(unit_), static_cast<QWidget*>(sample_), static_cast<QWidget*>(order_), static_cast<QWidget*>(copy)})
        controls()->addWidget(control);
    setTitle(tr("Resources"));
}

ResourceShow ResourcesHeatPanel::wish() const {
    const ResourceOrder orders[] = {ResourceOrder::kHierarchy, ResourceOrder::kValue, ResourceOrder::kUnlike};
    return {unit_->chosen(0), sample_->chosen(0), orders[std::clamp(order_->first(), 0, 2)]};
}

TimeRange ResourcesHeatPanel::sampledTime() const {
    const TimeRange samples = context_.workspace.info().sampleRange;
    return samples.empty() ? context_.workspace.all() : samples;
}

void ResourcesHeatPanel::setFlags(const QVector<ChartFlag>& flags) { heatmap_->setFlags(flags); }

int ResourcesHeatPanel::focusRow() const {
    if (heatmap_->current() >= 0 && static_cast<size_t>(heatmap_->current()) < shownRows_.size())
        return static_cast<int>(shownRows_[static_cast<size_t>(heatmap_->current())]);
    if (zoom_.mostUnlike >= 0)
        return zoom_.mostUnlike;
    return zoom_.rows.empty() ? -1 : 0;
}

void ResourcesHeatPanel::selectKey(const QString& key) {
    heatmap_->setCurrent(key);
    Q_EMIT focusRowChanged();
}

void ResourcesHeatPanel::refresh(bool everything) {
    if (context_.workspace.range().empty())
        return;
    askSurvey();
    if (metric_.isEmpty())
        return;   // the survey says which
    askGrid(false);
    if (everything)
        askGrid(true);
}

void ResourcesHeatPanel::chooseMetric(const QString& id) {
    chosenByHand_ = true;
    if (id == metric_)
        return;
    metric_ = id;
    chips_->choose(id);
    if (context_.workspace.range().empty())
        return;
    askGrid(false);
    askGrid(true);
}

void ResourcesHeatPanel::askSurvey() {
    asking_ |= 1;
    setBusy(true);
    context_.queries.ask(
        QStringLiteral("resources/survey"), this,
        [question = query::ResourceSurveyQuestion{context_.workspace.range(), 96, -1}](query::Backend& backend, std::stop_token stop) { return query::askResourceSurvey(backend, question, stop); },
        [this](Result<query::ResourceSurvey>&& answer) { showSurvey(std::move(answer)); });
}

void ResourcesHeatPanel::askGrid(bool overview) {
    asking_ |= overview ? 4 : 2;
    setBusy(true);
    query::ResourceGridQuestion question;
    question.metric = metric_.toStdString();
    question.range = overview ? sampledTime() : context_.workspace.range();
    question.columns = overview ? kOverviewColumns : kHeatColumns;
    context_.queries.ask(
        overview ? QStringLiteral("resources/all") : QStringLiteral("resources/range"), this,
        [question](query::Backend& backend, std::stop_token stop) { return query::askResourceGrid(backend, question, stop); },
        [this, overview](Result<query::ResourceGrid>&& answer) { showGrid(overview, std::move(answer)); });
}

QString ResourcesHeatPanel::miniUnit(const query::ResourceMetricInfo& metric) const {
    if (metric.ofOwnMaximum)
        return tr("% of own max");
    if (metric.unit == "ratio")
        return metric.rows == EntityKind::kReplica ? tr("per replica") : QStringLiteral("%");
    if (metric.rows == EntityKind::kReplica)
        return tr("per replica");
    return metric.unit == "By" || metric.unit == "By/s" ? tr("bytes") + (metric.unit == "By/s" ? QStringLiteral("/s") : QString()) : qText(metric.unit);
}

void ResourcesHeatPanel::showSurvey(Result<query::ResourceSurvey>&& answer) {
    asking_ &= ~1;
    if (!answer.ok()) {
        showError(qText(answer.error().message), tr("Try again"), [this] { refresh(true); });
        done();
        return;
    }
    survey_ = std::move(*answer);
    if (survey_.metrics.empty()) {
        QStringList names;
        for (const std::string& name : survey_.looksFor)
            names << qText(name);
        setTitle(tr("Resources"));
        setWords({});
        const bool sources = findView(QStringLiteral("sources")) != nullptr;
        showEmpty(tr("No metric of a GPU, serving engine, host or container is in this capsule. Recognised are, for example: %1.").arg(names.join(QStringLiteral("; "))),
                  sources ? tr("Show the sources") : tr("Look at the logs"),
                  [this, sources] { context_.workspace.requestView(sources ? QStringLiteral("sources") : QStringLiteral("logs")); });
        done();
        return;
    }
    QVector<MetricChipData> chips;
    for (const query::ResourceGrid& grid : survey_.metrics) {
        const ResourceShow show;
        const HeatRows rows = resourceRows(grid, grid.range(), show, resourceScale({&grid}, show), context_.workspace.utc());
        chips.push_back({qText(grid.metric.id), qText(grid.metric.title), miniUnit(grid.metric), resourceChipWords(grid), heatImage(rows, context_.theme, kMiniRows, grid.metric.lowerIsWorse),
                         grid.mostUnlike >= 0});
    }
    const bool known = std::any_of(chips.begin(), chips.end(), [this](const MetricChipData& c) { return c.id == metric_; });
    if (!known)
        metric_ = chips[std::max(0, survey_.best)].id;
    chips_->setChips(chips);
    chips_->choose(metric_);
    if (!known) {
        askGrid(false);
        askGrid(true);
    }
    done();
}

void ResourcesHeatPanel::showGrid(bool overview, Result<query::ResourceGrid>&& answer) {
    asking_ &= overview ? ~4 : ~2;
    if (answer.ok()) {
        (overview ? all_ : zoom_) = std::move(*answer);
        show();
        if (!overview)
            Q_EMIT focusRowChanged();
    } else {
        showError(qText(answer.error().message), tr("Try again"), [this] { refresh(true); });
    }
    done();
}

void ResourcesHeatPanel::show() {
    if (zoom_.rows.empty() && zoom_.metric.id.empty())
        return;
    const ResourceShow wish = this->wish();
    // While the overview still shows another metric it has no say in the scale.
    const bool both = all_.metric.id == zoom_.metric.id && !all_.rows.empty();
    std::vector<const query::ResourceGrid*> grids{&zoom_};
    if (both)
        grids.push_back(&all_);
    const HeatScale scale = resourceScale(grids, wish);
    const bool utc = context_.workspace.utc();
    shownRows_ = resourceOrder(zoom_, wish);
    heatmap_->setRows(resourceRows(zoom_, context_.workspace.range(), wish, scale, utc));
    if (both) {
        // Rows of both halves in one order, by what the range shows.
        HeatRows rows = resourceRows(all_, all_.range(), wish, scale, utc);
        QHash<QString, const HeatRow*> byKey;
        for (const HeatRow& row : std::as_const(rows.rows))
            byKey.insert(row.key, &row);
        QVector<HeatRow> ordered;
        for (const HeatRow& row : heatmap_->rows().rows)
            if (const HeatRow* other = byKey.value(row.key)) {
                ordered.push_back(*other);
                ordered.back().strong = row.strong || other->strong;
            }
        rows.rows = std::move(ordered);
        rows.shown = sampledTime();
        overview_->setRows(rows, zoom_.metric.lowerIsWorse, zoom_.metric.lowerIsWorse ? tr("lowest, all time") : tr("highest, all time"));
    }
    unit_->setVisible(zoom_.metric.ofOwnMaximum);
    setTitle(resourceHeadline(zoom_, utc));
    QString words = tr("n = %1 of %2").arg(formatCount(zoom_.samples), formatCount(std::max(zoom_.expected, zoom_.samples)));
    if (zoom_.step > 0)
        words += tr(" · every %1").arg(formatLength(zoom_.step));
    setWords(words);
    setPartial(zoom_.rowsLeftOut > 0 ? tr("first %1 rows of %2").arg(formatCount(zoom_.rows.size()), formatCount(zoom_.rows.size() + zoom_.rowsLeftOut)) : QString());
    showKey(scale);
    showBody();
}

void ResourcesHeatPanel::showKey(const HeatScale& scale) {
    HeatKeyData key;
    const bool share = zoom_.metric.ofOwnMaximum && wish().share;
    key.scale = scale;
    key.low = (scale.kind == HeatScale::Kind::kShortfall ? QStringLiteral("≤ ") : QString()) + resourceText(zoom_.metric, scale.low, share);
    key.high = (scale.kind == HeatScale::Kind::kShortfall ? QStringLiteral("≥ ") : QString()) + resourceText(zoom_.metric, scale.high, share);
    key.words = !wish().worst ? tr("Each cell its mean") : zoom_.metric.lowerIsWorse ? tr("Each cell its lowest sample") : tr("Each cell its highest sample");
    for (const query::ResourceGrid* grid : {&zoom_, &all_})
        for (const query::ResourceRow& row : grid->rows) {
            for (const query::ResourceMark& mark : row.marks) {
                key.throttle = key.throttle || mark.kind == query::ResourceMark::Kind::kThrottle;
                key.inferred = key.inferred || mark.kind == query::ResourceMark::Kind::kInferredThrottle;
                key.xid = key.xid || mark.kind == query::ResourceMark::Kind::kXid;
            }
            key.missing = key.missing || std::any_of(row.mean.begin(), row.mean.end(), [](float v) { return std::isnan(v); });
        }
    key_->setData(key);
}

void ResourcesHeatPanel::copyCsv() const { QApplication::clipboard()->setText(resourceCsv(zoom_, wish())); }

void ResourcesHeatPanel::done() {
    setBusy(asking_ != 0);
    Q_EMIT settledChanged();
}

}  // namespace nj::ui
