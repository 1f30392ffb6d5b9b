#include "views/metrics_view.h"

#include <QKeyEvent>
#include <QLineEdit>
#include <QSplitter>
#include <QToolButton>
#include <QVBoxLayout>
#include <algorithm>

#include "query/promql.h"
#include "state/links.h"
#include "theme/number_format.h"
#include "views/metric_ask.h"
#include "views/metric_panels.h"
#include "views/metric_row.h"
#include "views/metrics_list.h"
#include "views/promql_row.h"
#include "widgets/chart_choice.h"
#include "widgets/chart_events.h"

namespace nj::ui {
namespace {

constexpr size_t kFirstRows = 2, kMostMoved = 12, kMostFlags = 60;
constexpr int kListWidth = 400;

QString letterOf(size_t row) { return QString(QChar(QLatin1Char(static_cast<char>('A' + row)))); }

}  // namespace

MetricsView::MetricsView(const ViewContext& context, QWidget* parent) : RefreshingView(parent), context_(context) {
    setObjectName(QStringLiteral("page"));
    build();
    connect(&context_.workspace, &Workspace::rangeChanged, this, &MetricsView::scheduleRefresh);
    connect(&context_.workspace, &Workspace::baselineChanged, this, &MetricsView::scheduleRefresh);
    connect(&context_.workspace, &Workspace::filterChanged, this, &MetricsView::scheduleRefresh);
    connect(&context_.workspace, &Workspace::utcChanged, this, &MetricsView::showPanels);
    connect(&context_.workspace, &Workspace::infoChanged, this, [this] {
        namesKnown_ = false;   // more was read: there may be more metrics
        scheduleRefresh();
    });
}

void MetricsView::build() {
    const Theme& theme = context_.theme;
    list_ = new MetricsList(theme);
    connect(list_, &MetricsList::chosen, this, &MetricsView::choose);

    auto* right = new QWidget;
    auto* column = new QVBoxLayout(right);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(theme.gap);
    rowsBox_ = new QWidget(right);
    rowsColumn_ = new QVBoxLayout(rowsBox_);
    rowsColumn_->setContentsMargins(0, 0, 0, 0);
    rowsColumn_->setSpacing(0);   // rows bring theirs
    auto* bar = new QHBoxLayout;
    bar->setSpacing(theme.gap);
    auto* add = new QToolButton(right);
    add->setObjectName(QStringLiteral("addMetric"));
    add->setFont(theme.table);
    add->setText(tr("+ query"));
    add->setToolTip(tr("Another query; Ctrl+click at the left does the same"));
    connect(add, &QToolButton::clicked, this, [this] {
        if (!rows_.empty())
            addRow(rows_[current_]->spec());
    });
    layoutChoice_ = new ChartChoice({tr("a panel each"), tr("one panel")}, true, theme, right);
    scaleChoice_ = new ChartChoice({tr("linear"), tr("log")}, true, theme, right);
    stackChoice_ = new ChartChoice({tr("lines"), tr("stacked")}, true, theme, right);
    for (ChartChoice* choice : {layoutChoice_, scaleChoice_, stackChoice_})
        connect(choice, &ChartChoice::changed, this, [this] {
            layoutPanels();
            showPanels();
        });
    // Lines that come back from an area may have been asked for without their baseline.
    connect(stackChoice_, &ChartChoice::changed, this, [this] {
        if (overlay())
            askRows();
    });
    overlaySwitch_ = new QToolButton(right);
    overlaySwitch_->setObjectName(QStringLiteral("metricOverlay"));
    overlaySwitch_->setFont(theme.table);
    overlaySwitch_->setCheckable(true);
    overlaySwitch_->setText(tr("overlay baseline"));
    overlaySwitch_->setToolTip(tr("What each line was in the baseline, laid over the range, dashed (O)"));
    overlaySwitch_->setVisible(context_.workspace.baseline().has_value());
    connect(overlaySwitch_, &QToolButton::toggled, this, &MetricsView::askRows);
    connect(&context_.workspace, &Workspace::baselineChanged, this, [this] { overlaySwitch_->setVisible(context_.workspace.baseline().has_value()); });
    bar->addWidget(add);
    bar->addStretch(1);
    for (QWidget* control : std::initializer_list<QWidget*>{overlaySwitch_, layoutChoice_, stackChoice_, scaleChoice_})
        bar->addWidget(control);
    column->addWidget(rowsBox_);
    column->addLayout(bar);
    panels_ = new MetricPanels(context_, right);
    connect(panels_, &MetricPanels::seriesClicked, this, &MetricsView::select);
    connect(panels_, &MetricPanels::exemplarClicked, this, &MetricsView::openTrace);
    connect(panels_, &MetricPanels::clearLabelsAsked, this, [this] {
        MetricSpec spec = rows_[current_]->spec();
        spec.labels.clear();
        setRow(current_, spec);
    });
    connect(panels_, &MetricPanels::explanationAsked, this, [this](size_t row) {
        if (row < rows_.size())
            rows_[row]->promqlRow().explainButton().setChecked(true);
        showPanels();
    });
    column->addWidget(panels_, 1);

    auto* across = new QSplitter(Qt::Horizontal, this);
    across->setHandleWidth(theme.gap);
    across->setChildrenCollapsible(false);
    list_->setMinimumWidth(220);
    across->addWidget(list_);
    across->addWidget(right);
    across->setStretchFactor(0, 0);
    across->setStretchFactor(1, 1);
    across->setSizes({kListWidth, 1000});
    auto* outer = new QVBoxLayout(this);
    outer->setContentsMargins(theme.padding, theme.padding, theme.padding, theme.padding);
    outer->addWidget(across);
}

// ---------------------------------------------------------------- rows

void MetricsView::addRow(const MetricSpec& spec) {
    if (rows_.size() >= kMostMetricRows)
        return;
    auto* row = new MetricRow(context_, letterOf(rows_.size()), rowsBox_);
    rowsColumn_->addWidget(row);
    connect(row, &MetricRow::changed, this, [this, row] {
        chosen_ = true;
        const auto at = std::find(rows_.begin(), rows_.end(), row) - rows_.begin();
        setRow(static_cast<size_t>(at), row->spec());
    });
    connect(row, &MetricRow::removed, this, [this, row] { removeRow(row); });
    connect(row, &MetricRow::touched, this, [this, row] { setCurrent(static_cast<size_t>(std::find(rows_.begin(), rows_.end(), row) - rows_.begin())); });
    connect(row, &MetricRow::settledChanged, this, &MetricsView::announce);
    rows_.push_back(row);
    asks_.push_back(new MetricAsk(context_, *row));   // the row's child
    connect(asks_.back(), &MetricAsk::answered, this, &MetricsView::answered);
    for (MetricRow* one : rows_)
        one->setRemovable(rows_.size() > 1);
    setCurrent(rows_.size() - 1);
    layoutPanels();
    setRow(rows_.size() - 1, spec);
}

void MetricsView::setRow(size_t row, const MetricSpec& spec) {
    rows_[row]->setSpec(spec);
    list_->showCurrent(spec.name);
    ask(row);
}

void MetricsView::removeRow(MetricRow* row) {
    const auto at = std::find(rows_.begin(), rows_.end(), row);
    if (at == rows_.end() || rows_.size() < 2)
        return;
    asks_[static_cast<size_t>(at - rows_.begin())]->cancel();
    asks_.erase(asks_.begin() + (at - rows_.begin()));
    rows_.erase(at);
    row->hide();
    row->deleteLater();
    for (size_t i = 0; i < rows_.size(); ++i) {
        rows_[i]->setLetter(letterOf(i));
        rows_[i]->setRemovable(rows_.size() > 1);
    }
    chosen_ = true;
    setCurrent(std::min(current_, rows_.size() - 1));
    layoutPanels();
    showPanels();
}

void MetricsView::setCurrent(size_t row) {
    current_ = std::min(row, rows_.empty() ? 0 : rows_.size() - 1);
    for (size_t i = 0; i < rows_.size(); ++i)
        rows_[i]->setCurrent(i == current_ && rows_.size() > 1);
}

void MetricsView::choose(const QString& metric, qint64 series, bool added) {
    chosen_ = true;
    MetricSpec spec;
    spec.name = metric;
    spec.series = series;
    if (added || rows_.empty())
        addRow(spec);
    else
        setRow(current_, spec);
}

void MetricsView::open(const QString& parameter) {
    const QString series = QStringLiteral("series:");
    bool number = false;
    const qint64 id = parameter.mid(series.size()).toLongLong(&number);
    if (parameter.startsWith(series) && number)
        openSeries(id);
    else if (const std::vector<MetricSpec> specs = metricRowsOf(parameter); !specs.empty())
        setRows(specs);
}

void MetricsView::setRows(const std::vector<MetricSpec>& specs) {
    chosen_ = true;
    while (rows_.size() > specs.size())
        removeRow(rows_.back());
    for (size_t row = 0; row < specs.size(); ++row) {
        if (row < rows_.size())
            setRow(row, specs[row]);
        else
            addRow(specs[row]);
    }
    setCurrent(0);
}

// What nobody chose is what moved, wherever that is.
QString MetricsView::opened() const {
    std::vector<MetricSpec> specs;
    for (const MetricRow* row : rows_)
        specs.push_back(row->spec());
    return chosen_ ? metricRowsParameter(specs) : QString();
}

void MetricsView::openSeries(qint64 id) {
    askingSeries_ = true;
    chosen_ = true;
    context_.queries.ask(
        QStringLiteral("metrics/series"), this,
        [id](query::Backend& backend, std::stop_token stop) -> Result<std::string> {
            query::SeriesQuestion all;
            all.limit = SIZE_MAX;
            NJ_ASSIGN(const std::vector<query::SeriesInfo> list, backend.series(all, stop));
            for (const query::SeriesInfo& one : list)
                if (one.id == id)
                    return one.name;
            return makeError(ErrorCode::kNotFound, "The series is no longer there.");
        },
        [this, id](Result<std::string>&& name) {
            askingSeries_ = false;
            if (!name.ok()) {
                announce();
                return;
            }
            while (rows_.size() > 1)
                removeRow(rows_.back());
            QString metric = QString::fromStdString(*name);
            // A bucket of a classic histogram is shown as its family.
            if (metric.endsWith(QLatin1String("_bucket")))
                metric.chop(7);
            choose(metric, id, false);
            announce();
        });
}

// ---------------------------------------------------------------- questions

void MetricsView::refresh() {
    if (context_.workspace.range().empty())
        return;
    stale_ = false;
    if (!namesKnown_)
        askNames();
    askMoved();
    askEvents();
    askRows();
}

void MetricsView::askRows() {
    for (size_t row = 0; row < rows_.size(); ++row)
        ask(row);
    announce();
}

// Of an area there is no before to lay over it.
bool MetricsView::overlay() const { return overlaySwitch_->isChecked() && context_.workspace.baseline() && !stackChoice_->chosen(1); }

void MetricsView::askNames() {
    askingNames_ = true;
    context_.queries.ask(
        QStringLiteral("metrics/names"), this,
        [](query::Backend& backend, std::stop_token stop) -> Result<std::vector<query::MetricName>> {
            NJ_ASSIGN(query::MetricsBackend * metrics, query::metricsOf(backend));
            return metrics->metricNames(stop);
        },
        [this](Result<std::vector<query::MetricName>>&& names) {
            askingNames_ = false;
            if (!names.ok()) {
                list_->showError(QString::fromStdString(names.error().message), tr("Try again"), [this] { refresh(); });
                announce();
                return;
            }
            namesKnown_ = true;
            const bool none = names->empty();
            list_->setNames(std::move(*names));
            if (none)
                list_->showEmpty(tr("No metrics in this capsule."), tr("Show what was read"), [this] { context_.workspace.requestView(QStringLiteral("sources")); });
            else
                list_->showBody();
            if (!rows_.empty())
                list_->showCurrent(rows_[current_]->spec().name);
            showEmpty();
            announce();
        });
}

void MetricsView::askMoved() {
    const auto baseline = context_.workspace.baseline();
    if (!baseline) {
        list_->setMoved({});
        showEmpty();
        return;
    }
    askingMoved_ = true;
    query::ChangesQuestion question{context_.workspace.range(), *baseline, kMostMoved};
    context_.queries.ask(
        QStringLiteral("metrics/moved"), this, [question](query::Backend& backend, std::stop_token stop) { return backend.changes(question, stop); },
        [this](Result<std::vector<query::ChangeRow>>&& moved) {
            askingMoved_ = false;
            if (moved.ok()) {
                openMoved(*moved);
                list_->setMoved(std::move(*moved));
                if (!rows_.empty())
                    list_->showCurrent(rows_[current_]->spec().name);
            }
            showEmpty();
            announce();
        });
}

// Until something is chosen by hand, the view shows what moved most.
void MetricsView::openMoved(const std::vector<query::ChangeRow>& moved) {
    if (chosen_ || !rows_.empty())
        return;
    std::vector<std::string> names;
    for (const query::ChangeRow& change : moved) {
        if (change.series < 0 || std::find(names.begin(), names.end(), change.what) != names.end() || names.size() >= kFirstRows)
            continue;
        names.push_back(change.what);
        MetricSpec spec;
        spec.name = QString::fromStdString(change.what);
        spec.series = change.series;
        addRow(spec);
    }
    setCurrent(0);
}

// Nothing moved, or there is no baseline: the first metric there is, never an empty page.
void MetricsView::showEmpty() {
    if (askingMoved_ || askingNames_ || askingSeries_ || !rows_.empty() || !namesKnown_)
        return;
    const auto& names = list_->model().names();
    const auto first = std::find_if(names.begin(), names.end(), [](const query::MetricName& metric) { return metric.samples > 8 && metric.kind != MetricKind::kInfo; });
    if (names.empty())
        return;
    MetricSpec spec;
    spec.name = QString::fromStdString((first == names.end() ? names.begin() : first)->name);
    addRow(spec);
}

void MetricsView::askEvents() {
    askingEvents_ = true;
    context_.queries.ask(
        QStringLiteral("metrics/events"), this,
        [range = context_.workspace.range()](query::Backend& backend, std::stop_token stop) { return backend.events(range, stop); },
        [this](Result<std::vector<query::EventMark>>&& answer) {
            askingEvents_ = false;
            events_ = answer.ok() ? std::move(*answer) : std::vector<query::EventMark>();
            if (events_.size() > kMostFlags) {
                std::stable_sort(events_.begin(), events_.end(), [](const auto& a, const auto& b) { return a.severity > b.severity; });
                events_.resize(kMostFlags);
            }
            showPanels();
            announce();
        });
}

void MetricsView::ask(size_t row) {
    const MetricSpec& spec = rows_[row]->spec();
    if ((spec.promql ? spec.expression : spec.name).isEmpty() || context_.workspace.range().empty())
        return;
    if (!panels().empty())
        panels()[onePanel() ? 0 : row]->setBusy(true);
    asks_[row]->ask(overlay());
}

void MetricsView::answered() {
    showPanels();
    announce();
}

// ---------------------------------------------------------------- pictures

bool MetricsView::onePanel() const { return layoutChoice_->chosen(1); }

const std::vector<MetricPanel*>& MetricsView::panels() const { return panels_->panels(); }

void MetricsView::layoutPanels() { panels_->setCount(onePanel() ? std::min<size_t>(1, rows_.size()) : rows_.size()); }

void MetricsView::showPanels() {
    MetricPanel::Look look{scaleChoice_->chosen(1), stackChoice_->chosen(1), overlay(), {}};
    if (look.overlay)
        look.overlaid = formatRange(query::overlaidBaseline(context_.workspace.range(), *context_.workspace.baseline()), context_.workspace.utc());
    panels_->show(rows_, asks_, look, chartFlags(events_, context_.workspace.utc()));
}

// ---------------------------------------------------------------- what a click leads to

void MetricsView::select(TimeNs time, qint64 series, const QString& label) {
    if (series < 0)
        return;
    context_.workspace.setCursor(time);
    Selection selection;
    selection.kind = Selection::Kind::kSeries;
    selection.seq = series;
    selection.text = label;
    context_.workspace.setSelection({});   // the same series at another instant is another selection
    context_.workspace.setSelection(selection);
}

void MetricsView::openTrace(const TraceId& trace) {
    if (trace.empty())
        return;
    Selection selection;
    selection.kind = Selection::Kind::kTrace;
    selection.trace = trace;
    context_.workspace.setSelection(selection);
    context_.workspace.requestView(QString::fromLatin1(links::kTraces), links::trace(trace));
}

bool MetricsView::settled() const {
    const bool asking = std::any_of(asks_.begin(), asks_.end(), [](const MetricAsk* one) { return one->asking(); });
    const bool labels = std::any_of(rows_.begin(), rows_.end(), [](const MetricRow* row) { return !row->settled(); });
    const bool waiting = (stale_ && !context_.workspace.range().empty()) || soon_.isActive();
    return !waiting && !asking && !labels && !askingNames_ && !askingMoved_ && !askingEvents_ && !askingSeries_;
}

void MetricsView::announce() {
    if (settled())
        Q_EMIT settledChanged();
}

QString MetricsView::summary() const {
    QStringList texts;
    for (const MetricPanel* panel : panels())
        texts << (panel->bodyShown() ? panel->title() + QStringLiteral(" — ") + panel->words() : panel->message());
    return texts.join(QStringLiteral("; "));
}

const KeyTable<MetricsView>& MetricsView::keys() {
    static const KeyTable<MetricsView> keys(
        {{"O", QT_TR_NOOP("lay the baseline over the lines"), [](MetricsView& view) { view.overlaySwitch_->toggle(); }, [](const MetricsView& view) { return !view.overlaySwitch_->isHidden(); }},
         {"/", QT_TR_NOOP("search the names"), [](MetricsView& view) {
              view.list_->searchBox().setFocus();
              view.list_->searchBox().selectAll();
          }}},
        false);
    return keys;
}

void MetricsView::keyPressEvent(QKeyEvent* event) {
    if (!keys().run(*this, *event))
        View::keyPressEvent(event);
}

namespace {

QString metricsNeeds(const query::CapsuleInfo& info) { return info.series > 0 ? QString() : MetricsView::tr("Metrics needs samples of metrics."); }

View* createMetrics(const ViewContext& context, QWidget* parent) { return new MetricsView(context, parent); }

}  // namespace

extern const ViewFactory metrics_view;
const ViewFactory metrics_view{"metrics", QT_TRANSLATE_NOOP("View", "Metrics"), "ƒ", metricsNeeds, createMetrics, [] { return MetricsView::keys().rows(); }};

}  // namespace nj::ui
