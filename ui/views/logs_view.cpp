#include "views/logs_view.h"

#include <QFileDialog>
#include <QKeyEvent>
#include <QVBoxLayout>
#include <algorithm>
#include <utility>

#include "query/search_syntax.h"
#include "theme/number_format.h"
#include "views/logs_bar.h"
#include "views/logs_columns_button.h"
#include "views/logs_export_job.h"
#include "views/logs_navigator.h"
#include "views/logs_patterns_panel.h"
#include "views/logs_table.h"
#include "views/logs_volume_panel.h"
#include "views/whole_capsule.h"
#include "widgets/chart_events.h"
#include "widgets/filter_terms.h"
#include "widgets/panel.h"
#include "widgets/time_chart.h"

namespace nj::ui {
namespace {

constexpr int kVolumeHeight = 178, kPatternsHeight = 236, kLowHeight = 740, kSeekDelayMs = 60;
constexpr size_t kMostFlags = 40;

}  // namespace

LogsView::LogsView(const ViewContext& context, QWidget* parent) : RefreshingView(parent), context_(context) {
    setObjectName(QStringLiteral("page"));
    build();
    connectBar();
    connectTable();
    connectPatterns();
    connectWorkspace();
}

void LogsView::build() {
    const Theme& theme = context_.theme;
    volume_ = new LogsVolumePanel(context_, this);
    volume_->setFixedHeight(kVolumeHeight);
    bar_ = new LogsBar(context_, this);
    bar_->setFilterText(context_.workspace.filterText());
    tablePanel_ = new Panel(theme, this);
    tablePanel_->setHeaderShown(false);
    model_ = new LogTableModel(context_.queries, theme, this);
    model_->setUtc(context_.workspace.utc());
    table_ = new LogsTable(*model_, theme, [this](const QString& service) { return context_.theme.seriesColor(context_.workspace.serviceRank(service)); });
    tablePanel_->setBody(table_);
    columns_ = new LogsColumnsButton(context_.queries, theme, this);
    bar_->addControl(columns_);
    model_->setContentsShown(context_.workspace.contentsShown());
    model_->setKeys(columns_->keys());
    navigator_ = new LogsNavigator(context_, *model_, *table_, *bar_, this);
    export_ = new LogsExportJob(context_.queries, this);
    patterns_ = new LogsPatternsPanel(context_, this);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(theme.padding, theme.padding, theme.padding, theme.padding);
    column->setSpacing(theme.gap);
    column->addWidget(volume_);
    column->addWidget(bar_);
    column->addWidget(tablePanel_, 1);
    column->addWidget(patterns_);
    seekSoon_.setSingleShot(true);
    seekSoon_.setInterval(kSeekDelayMs);
    showParts();
}

// Where the window is low, both at once would leave a few rows of each: the rows win.
void LogsView::showParts() {
    const bool low = height() < kLowHeight;
    const LogsBar::Shown shown = bar_->shown();
    const bool rows = shown != LogsBar::Shown::kPatterns, patterns = shown == LogsBar::Shown::kPatterns || (shown == LogsBar::Shown::kBoth && !low);
    tablePanel_->setVisible(rows);
    patterns_->setVisible(patterns);
    patterns_->setMinimumHeight(rows ? kPatternsHeight : 0);
    patterns_->setMaximumHeight(rows ? kPatternsHeight : QWIDGETSIZE_MAX);
    if (patterns && patternsStale_ && !stale_)
        refreshPatterns();
}

void LogsView::resizeEvent(QResizeEvent* event) {
    View::resizeEvent(event);
    showParts();
}

void LogsView::connectWorkspace() {
    Workspace& workspace = context_.workspace;
    connect(&workspace, &Workspace::rangeChanged, this, [this] {
        volume_->chart().setBrush({});
        scheduleRefresh();
    });
    connect(&workspace, &Workspace::filterChanged, this, [this] {
        bar_->setFilterText(context_.workspace.filterText());
        scheduleRefresh();
    });
    connect(&workspace, &Workspace::infoChanged, this, &LogsView::scheduleRefresh);
    connect(&workspace, &Workspace::baselineChanged, this, [this] {
        patternsStale_ = true;
        if (isVisible() && !stale_)
            refreshPatterns();
    });
    connect(&workspace, &Workspace::selectionChanged, this, [this] {
        const Selection& selection = context_.workspace.selection();
        chosenElsewhere_ = !ownCursor_ && selection.kind == Selection::Kind::kLog ? selection.seq : -1;
        showChosen();
    });
    connect(&workspace, &Workspace::contentsShownChanged, this, [this] { model_->setContentsShown(context_.workspace.contentsShown()); });
    connect(&workspace, &Workspace::utcChanged, this, [this] { model_->setUtc(context_.workspace.utc()); });
    connect(&workspace, &Workspace::cursorChanged, this, [this] {
        if (!ownCursor_ && bar_->follows() && isVisible() && context_.workspace.cursor())
            seekSoon_.start();
    });
    connect(&seekSoon_, &QTimer::timeout, navigator_, &LogsNavigator::seekCursor);
}

void LogsView::connectBar() {
    connect(volume_, &LogsVolumePanel::settledChanged, this, &LogsView::announce);
    connect(volume_, &LogsVolumePanel::answered, this, &LogsView::showCounts);
    connect(volume_, &LogsVolumePanel::brushChanged, this, [this] {
        refreshTable();
        refreshPatterns();
    });
    connect(volume_, &LogsVolumePanel::instantClicked, this, [this](TimeNs time) {
        navigator_->setGoal(time);
        navigator_->seekGoal();
    });
    connect(bar_, &LogsBar::filterWanted, this, [this](const QString& text) {
        QString error;
        if (!context_.workspace.setFilterText(text, &error))
            bar_->setNote(error, "error");
    });
    connect(bar_, &LogsBar::hitWanted, this, [this](const QString& words, bool forward) {
        navigator_->setHit(words);
        table_->setFocus();
        navigator_->jump(forward, LogsTable::Target::kHit);
    });
    connect(bar_, &LogsBar::contextToggled, navigator_, &LogsNavigator::toggleContext);
    connect(bar_, &LogsBar::followToggled, this, [this](bool follows) {
        if (follows)
            navigator_->seekCursor();
    });
    connect(bar_, &LogsBar::shownChanged, this, &LogsView::showParts);
    connect(bar_, &LogsBar::saveAllWanted, this, &LogsView::chooseFile);
    connect(bar_, &LogsBar::copyAllWanted, this, [this](LogFormat format) { export_->copy(exportQuestion(format)); });
    connect(bar_, &LogsBar::cancelWanted, export_, &LogsExportJob::cancel);
    connect(export_, &LogsExportJob::said, this, [this](const QString& text, bool problem) { bar_->setNote(text, problem ? "error" : "muted"); });
    connect(export_, &LogsExportJob::runningChanged, this, [this](bool running) {
        bar_->setExporting(running);
        announce();
    });
    connect(columns_, &LogsColumnsButton::keysChanged, this, [this](const QStringList& keys) {
        tablePanel_->setBusy(true);
        model_->setKeys(keys);
    });
}

void LogsView::connectTable() {
    connect(model_, &LogTableModel::reloaded, this, &LogsView::tableReloaded);
    connect(model_, &LogTableModel::settledChanged, this, &LogsView::announce);
    connect(model_, &LogTableModel::failed, this, [this](const QString& message) {
        tablePanel_->setBusy(false);
        tablePanel_->showError(message, tr("Try again"), [this] { refreshTable(); });
    });
    connect(model_, &LogTableModel::dataChanged, this, [this] {
        if (currentPending_)
            selectCurrent();
    });
    connect(table_, &LogsTable::currentRecordChanged, this, &LogsView::selectCurrent);
    connect(table_, &LogsTable::jumpWanted, navigator_, &LogsNavigator::jump);
    connect(table_, &LogsTable::contextWanted, navigator_, &LogsNavigator::toggleContext);
    connect(table_, &LogsTable::openWanted, navigator_, &LogsNavigator::openRecord);
    connect(navigator_, &LogsNavigator::settledChanged, this, &LogsView::announce);
    connect(table_, &LogsTable::traceWanted, this, &LogsView::openTrace);
    connect(table_, &LogsTable::doubleClicked, this, &LogsView::openTrace);
    connect(table_, &LogsTable::keysWanted, columns_, &LogsColumnsButton::setKeys, Qt::QueuedConnection);   // not while the header moves its sections
    connect(table_, &LogsTable::copied, this, [this](int rows) { bar_->setNote(tr("%1 records copied").arg(formatCount(static_cast<quint64>(rows)))); });
    connect(table_, &LogsTable::filterWanted, this, [this](const QString& term) {
        const QString all = context_.workspace.filterText();
        context_.workspace.setFilterText(all.isEmpty() ? term : all + QLatin1Char(' ') + term);
    });
}

void LogsView::connectPatterns() {
    connect(patterns_, &LogsPatternsPanel::settledChanged, this, &LogsView::announce);
    connect(patterns_, &LogsPatternsPanel::answered, this, [this] { bar_->setServices(patterns_->answer().services); });
    connect(patterns_, &LogsPatternsPanel::patternChosen, this, &LogsView::togglePattern);
}

// ---------------------------------------------------------------- asking

TimeRange LogsView::tableRange() const { return volume_->chart().brush().value_or(context_.workspace.range()); }

void LogsView::showEvent(QShowEvent* event) {
    RefreshingView::showEvent(event);
    showChosen();
}

// A record selected in another view (a dot of the waterfall, an event) stands in the middle when one comes here.
void LogsView::showChosen() {
    if (chosenElsewhere_ < 0 || !isVisible() || context_.workspace.range().empty())
        return;
    const QModelIndex current = table_->currentIndex();
    const query::LogRow* row = current.isValid() ? model_->record(current.row()) : nullptr;
    const qint64 seq = std::exchange(chosenElsewhere_, -1);
    if (!row || row->seq != seq)
        open(QStringLiteral("log:%1").arg(seq));
}

void LogsView::refresh() {
    if (context_.workspace.range().empty())
        return;
    stale_ = false;
    showChosen();
    volume_->refresh();
    refreshTable();
    refreshPatterns();
    askingEvents_ = true;
    context_.queries.ask(
        QStringLiteral("logs/events"), this,
        [range = context_.workspace.range()](query::Backend& backend, std::stop_token stop) { return backend.events(range, stop); },
        [this](Result<std::vector<query::EventMark>>&& answer) {
            askingEvents_ = false;
            if (answer.ok()) {
                if (answer->size() > kMostFlags) {
                    std::stable_sort(answer->begin(), answer->end(), [](const auto& a, const auto& b) { return a.severity > b.severity; });
                    answer->resize(kMostFlags);
                }
                volume_->setFlags(chartFlags(*answer, context_.workspace.utc()));
            }
            announce();
        });
}

void LogsView::refreshTable() {
    if (tableRange().empty())
        return;
    tablePanel_->setBusy(true);
    model_->setQuestion(tableRange(), context_.workspace.filter());
}

// The chips need its services also while the panel is hidden.
void LogsView::refreshPatterns() {
    patternsStale_ = false;
    patterns_->refresh(tableRange());
}

void LogsView::tableReloaded() {
    tablePanel_->setBusy(false);
    bar_->setContextShown(false);
    if (model_->total() == 0) {
        const bool filtered = !context_.workspace.filter().matchesAll();
        tablePanel_->showEmpty(filtered ? tr("No record matches the filter here.") : tr("No log records in this range."),
                               filtered ? tr("Clear the filter") : wholeCapsuleAction(context_.workspace), [this, filtered] {
                                   if (filtered)
                                       context_.workspace.setFilterText({});
                                   else
                                       context_.workspace.setRange(context_.workspace.all());
                               });
    } else {
        tablePanel_->showBody();
    }
    showCounts();
    if (navigator_->hasGoal())
        navigator_->seekGoal();
    else if (context_.workspace.cursor() && bar_->follows())
        navigator_->seekCursor();
}

void LogsView::showCounts() {
    QVector<quint64> counts;
    for (int i = 0; i < 4; ++i)
        counts.push_back(volume_->countOf(i));
    bar_->setCounts(counts);
    const quint64 all = volume_->answer().all;
    QString note = volume_->chart().brush() ? tr("%1 in the brush, %2 in the range").arg(formatCount(model_->total()), formatCount(all))
                                            : tr("%1 of %2").arg(formatCount(model_->total()), formatCount(all));
    if (model_->totalPartial())
        note = tr("at least %1").arg(note);
    if (!exporting())
        bar_->setNote(note);
}

void LogsView::open(const QString& parameter) {
    bool number = false;
    const qint64 seq = parameter.startsWith(QLatin1String("log:")) ? parameter.mid(4).toLongLong(&number) : -1;
    if (!number || seq < 0)
        return;
    askingRecord_ = true;
    context_.queries.ask(
        QStringLiteral("logs/open"), this, [seq](query::Backend& backend, std::stop_token stop) { return backend.logDetail(seq, stop); },
        [this, seq](Result<query::LogDetail>&& detail) {
            askingRecord_ = false;
            if (!detail.ok()) {
                bar_->setNote(QString::fromStdString(detail.error().message), "error");
                announce();
                return;
            }
            const TimeNs time = detail->row.time;
            navigator_->setGoal(time, seq);
            volume_->chart().setBrush({});
            if (!context_.workspace.range().contains(time))
                context_.workspace.setRange({time - 30 * kMinute, time + 30 * kMinute});
            else if (!stale_)
                refreshTable();
        });
}

// ---------------------------------------------------------------- acting on rows

void LogsView::selectCurrent() {
    const QModelIndex current = table_->currentIndex();
    const query::LogRow* row = current.isValid() ? model_->record(current.row()) : nullptr;
    currentPending_ = !navigator_->following() && current.isValid() && row == nullptr;
    if (!row || navigator_->following())
        return;
    Selection selection;
    selection.kind = Selection::Kind::kLog;
    selection.seq = row->seq;
    selection.trace = row->traceId;
    ownCursor_ = true;
    const TimeNs time = row->time;
    context_.workspace.setSelection(selection);
    context_.workspace.setCursor(time);
    ownCursor_ = false;
}

void LogsView::togglePattern(const QString& id) {
    const QString own = QString::fromStdString(query::searchTerm("pattern", id.toStdString(), false));
    QString text = context_.workspace.filterText();
    bool had = false;
    const QVector<FilterTerm> terms = filterTerms(text);
    for (qsizetype i = terms.size(); i-- > 0;)
        if (terms[i].text.startsWith(QLatin1String("pattern:"))) {
            had = had || terms[i].text == own;
            text = withoutTerm(text, i);   // one pattern at a time: two would match nothing
        }
    context_.workspace.setFilterText(had ? text : text.isEmpty() ? own : text + QLatin1Char(' ') + own);
}

void LogsView::openTrace() {
    const QModelIndex current = table_->currentIndex();
    const query::LogRow* row = current.isValid() ? model_->record(current.row()) : nullptr;
    if (!row)
        return;
    if (row->traceId.empty()) {
        bar_->setNote(tr("This record names no trace."));
        return;
    }
    context_.workspace.requestView(QStringLiteral("traces"), QStringLiteral("trace:") + QString::fromStdString(row->traceId.hex()));
}

// ---------------------------------------------------------------- all matches

bool LogsView::exporting() const { return export_->running(); }

LogExportQuestion LogsView::exportQuestion(LogFormat format) const {
    LogExportQuestion question{tableRange(), context_.workspace.filter(), format, {}, context_.workspace.contentsShown()};
    for (const QString& key : columns_->keys())
        question.columns.push_back(key.toStdString());
    return question;
}

void LogsView::chooseFile(LogFormat format) {
    const QString name = format == LogFormat::kCsv ? QStringLiteral("records.csv") : format == LogFormat::kJsonLines ? QStringLiteral("records.jsonl") : QStringLiteral("records.log");
    auto* dialog = new QFileDialog(this, tr("Save all matching records"), name);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    connect(dialog, &QFileDialog::fileSelected, this, [this, format](const QString& path) { saveTo(path, format); });
    dialog->open();
}

void LogsView::saveTo(const QString& path, LogFormat format) { export_->save(exportQuestion(format), path); }

// ---------------------------------------------------------------- the view

bool LogsView::settled() const {
    const bool waiting = (stale_ && !context_.workspace.range().empty()) || soon_.isActive() || seekSoon_.isActive() || askingEvents_ || askingRecord_;
    return !waiting && !exporting() && navigator_->settled() && volume_->settled() && model_->settled() && patterns_->settled();
}

void LogsView::announce() {
    if (settled())
        Q_EMIT settledChanged();
}

QString LogsView::summary() const { return volume_->title(); }

QString LogsView::shownSql() const {
    const TimeRange range = context_.workspace.range();
    const QString filter = context_.workspace.filterText().simplified();
    return QStringLiteral("SELECT time_unix_nano, severity_number, service, body, trace_id FROM logs WHERE time_unix_nano >= %1 AND time_unix_nano < %2 ORDER BY time_unix_nano;").arg(range.from).arg(range.to) +
           (filter.isEmpty() ? QString() : QStringLiteral(" -- ") + tr("the window also filters by: %1").arg(filter));
}

const KeyTable<LogsView>& LogsView::keys() {
    static const KeyTable<LogsView> keys(
        {{"/", QT_TR_NOOP("search the texts"), [](LogsView& view) { view.bar_->focusSearch(); }},
         {"Esc", QT_TR_NOOP("let go of the stretch"), [](LogsView& view) { view.volume_->chart().setBrush({}); }, [](const LogsView& view) { return view.volume_->chart().brush().has_value(); }}}, false);
    return keys;
}

void LogsView::keyPressEvent(QKeyEvent* event) {
    if (!keys().run(*this, *event))
        View::keyPressEvent(event);
}

namespace {

QString logsNeeds(const query::CapsuleInfo& info) { return info.logs > 0 ? QString() : LogsView::tr("Logs needs log records, and this capsule has none."); }

View* createLogs(const ViewContext& context, QWidget* parent) { return new LogsView(context, parent); }

}  // namespace

extern const ViewFactory logs_view;
const ViewFactory logs_view{"logs", QT_TRANSLATE_NOOP("View", "Logs"), "¶", logsNeeds, createLogs, [] { return withKeys(LogsView::keys().rows(), LogsTable::keys().rows()); }};

}  // namespace nj::ui
