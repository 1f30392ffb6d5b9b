#include "views/logs_view.h"

#include <QFileDialog>
#include <QKeyEvent>
#include <QVBoxLayout>
#include <algorithm>

#include "theme/number_format.h"
#include "views/logs_bar.h"
#include "views/logs_table.h"
#include "views/logs_volume_panel.h"
#include "widgets/chart_events.h"
#include "widgets/panel.h"
#include "widgets/time_chart.h"

namespace nj::ui {
namespace {

constexpr int kVolumeHeight = 178, kSeekDelayMs = 60, kProgressMs = 200;
constexpr size_t kMostFlags = 40;
const QString kSaveKey = QStringLiteral("logs/save");

}  // namespace

LogsView::LogsView(const ViewContext& context, QWidget* parent) : View(parent), context_(context) {
    setObjectName(QStringLiteral("page"));
    build();
    connectParts();
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
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(theme.padding, theme.padding, theme.padding, theme.padding);
    column->setSpacing(theme.gap);
    column->addWidget(volume_);
    column->addWidget(bar_);
    column->addWidget(tablePanel_, 1);
    soon_.setSingleShot(true);
    soon_.setInterval(0);
    seekSoon_.setSingleShot(true);
    seekSoon_.setInterval(kSeekDelayMs);
    progress_.setInterval(kProgressMs);
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
    connect(&workspace, &Workspace::utcChanged, this, [this] { model_->setUtc(context_.workspace.utc()); });
    connect(&workspace, &Workspace::cursorChanged, this, [this] {
        if (!ownCursor_ && bar_->follows() && isVisible() && context_.workspace.cursor())
            seekSoon_.start();
    });
    connect(&seekSoon_, &QTimer::timeout, this, &LogsView::seekCursor);
    connect(&soon_, &QTimer::timeout, this, &LogsView::refresh);
    connect(&progress_, &QTimer::timeout, this, [this] {
        if (saved_)
            bar_->setNote(tr("saving, %1 records so far").arg(formatCount(saved_->load())));
    });
}

void LogsView::connectParts() {
    connect(volume_, &LogsVolumePanel::settledChanged, this, &LogsView::announce);
    connect(volume_, &LogsVolumePanel::answered, this, &LogsView::showCounts);
    connect(volume_, &LogsVolumePanel::brushChanged, this, &LogsView::refreshTable);
    connect(volume_, &LogsVolumePanel::instantClicked, this, [this](TimeNs time) {
        goal_ = Goal{time, -1};
        seekGoal();
    });
    connect(bar_, &LogsBar::filterWanted, this, [this](const QString& text) {
        QString error;
        if (!context_.workspace.setFilterText(text, &error))
            bar_->setNote(error, "error");
    });
    connect(bar_, &LogsBar::contextToggled, this, &LogsView::toggleContext);
    connect(bar_, &LogsBar::followToggled, this, [this](bool follows) {
        if (follows)
            seekCursor();
    });
    connect(bar_, &LogsBar::saveClicked, this, &LogsView::chooseFile);
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
    connect(table_, &LogsTable::severeWanted, this, &LogsView::jump);
    connect(table_, &LogsTable::contextWanted, this, &LogsView::toggleContext);
    connect(table_, &LogsTable::traceWanted, this, &LogsView::openTrace);
    connect(table_, &LogsTable::doubleClicked, this, &LogsView::openTrace);
    connect(table_, &LogsTable::searchWanted, bar_, &LogsBar::focusSearch);
    connect(table_, &LogsTable::copied, this, [this](int rows) { bar_->setNote(tr("%1 records copied").arg(formatCount(static_cast<quint64>(rows)))); });
    connect(table_, &LogsTable::filterWanted, this, [this](const QString& term) {
        const QString all = context_.workspace.filterText();
        context_.workspace.setFilterText(all.isEmpty() ? term : all + QLatin1Char(' ') + term);
    });
}

// ---------------------------------------------------------------- asking

TimeRange LogsView::tableRange() const { return volume_->chart().brush().value_or(context_.workspace.range()); }

void LogsView::scheduleRefresh() {
    stale_ = true;
    if (isVisible())
        soon_.start();
}

void LogsView::showEvent(QShowEvent* event) {
    View::showEvent(event);
    if (stale_)
        soon_.start();
}

void LogsView::refresh() {
    if (context_.workspace.range().empty())
        return;
    stale_ = false;
    volume_->refresh();
    refreshTable();
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

void LogsView::tableReloaded() {
    tablePanel_->setBusy(false);
    bar_->setContextShown(false);
    if (model_->total() == 0) {
        const bool filtered = !context_.workspace.filter().matchesAll();
        tablePanel_->showEmpty(filtered ? tr("No record matches the filter here.") : tr("No log records in this range."),
                               filtered ? tr("Clear the filter") : tr("Show the whole capsule"), [this, filtered] {
                                   if (filtered)
                                       context_.workspace.setFilterText({});
                                   else
                                       context_.workspace.setRange(context_.workspace.all());
                               });
    } else {
        tablePanel_->showBody();
    }
    showCounts();
    if (goal_)
        seekGoal();
    else if (context_.workspace.cursor() && bar_->follows())
        seekCursor();
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
    if (!saved_)
        bar_->setNote(note);
}

void LogsView::askPosition(std::function<Result<std::optional<uint64_t>>(query::Backend&, std::stop_token)> question, const QString& none) {
    askingPosition_ = true;
    context_.queries.ask(QStringLiteral("logs/position"), this, std::move(question), [this, none](Result<std::optional<uint64_t>>&& answer) {
        askingPosition_ = false;
        if (!answer.ok())
            bar_->setNote(QString::fromStdString(answer.error().message), "error");
        else if (*answer)
            goToPosition(**answer);
        else if (!none.isEmpty())
            bar_->setNote(none);
        following_ = false;
        announce();
    });
}

void LogsView::goToPosition(quint64 position) {
    if (model_->total() > 0)
        table_->goTo(model_->rowOfPosition(std::min<quint64>(position, model_->total() - 1)));
}

void LogsView::seekCursor() {
    const auto cursor = context_.workspace.cursor();
    if (!cursor || !tableRange().contains(*cursor) || model_->total() == 0)
        return;
    following_ = true;
    askPosition(
        [question = query::LogSeekQuestion{model_->range(), model_->filter(), *cursor}](query::Backend& backend,
                                                                                       std::stop_token stop) -> Result<std::optional<uint64_t>> {
            NJ_ASSIGN(const uint64_t position, backend.logSeek(question, stop));
            return std::optional<uint64_t>(position);
        },
        {});
}

void LogsView::seekGoal() {
    if (!goal_)
        return;
    const Goal goal = *goal_;
    goal_.reset();
    following_ = false;
    if (goal.seq < 0) {
        askPosition(
            [question = query::LogSeekQuestion{model_->range(), model_->filter(), goal.time}](query::Backend& backend,
                                                                                             std::stop_token stop) -> Result<std::optional<uint64_t>> {
                NJ_ASSIGN(const uint64_t position, backend.logSeek(question, stop));
                return std::optional<uint64_t>(position);
            },
            {});
        return;
    }
    askPosition([range = model_->range(), filter = model_->filter(), goal](query::Backend& backend,
                                                                           std::stop_token stop) { return positionOf(backend, range, filter, goal.time, goal.seq, stop); },
                tr("That record does not match the filter."));
}

void LogsView::open(const QString& parameter) {
    bool number = false;
    const qint64 seq = parameter.startsWith(QLatin1String("log:")) ? parameter.mid(4).toLongLong(&number) : -1;
    if (!number || seq < 0)
        return;
    askingPosition_ = true;
    context_.queries.ask(
        QStringLiteral("logs/open"), this, [seq](query::Backend& backend, std::stop_token stop) { return backend.logDetail(seq, stop); },
        [this, seq](Result<query::LogDetail>&& detail) {
            askingPosition_ = false;
            if (!detail.ok()) {
                bar_->setNote(QString::fromStdString(detail.error().message), "error");
                announce();
                return;
            }
            const TimeNs time = detail->row.time;
            goal_ = Goal{time, seq};
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
    currentPending_ = !following_ && current.isValid() && row == nullptr;
    if (!row || following_)
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

void LogsView::jump(bool forward, bool errors) {
    const QModelIndex current = table_->currentIndex();
    const query::LogRow* row = current.isValid() ? model_->record(current.row()) : nullptr;
    SevereJump question{model_->range(), model_->filter(), forward ? model_->range().from : model_->range().to - 1, -1, forward, errors};
    if (row) {
        question.time = row->time;
        question.seq = row->seq;
    }
    const QString what = errors ? tr("error") : tr("warning");
    askPosition([question](query::Backend& backend, std::stop_token stop) { return jumpToSevere(backend, question, stop); },
                forward ? tr("No further %1 after this one.").arg(what) : tr("No %1 before this one.").arg(what));
}

void LogsView::toggleContext() {
    const QModelIndex current = table_->currentIndex();
    const int row = current.isValid() ? current.row() : -1;
    const auto position = row < 0 ? std::nullopt : model_->positionOfRow(row);
    if (!position || model_->contextPosition() == position) {
        const auto middle = model_->contextPosition();
        model_->clearContext();
        if (middle)
            goToPosition(*middle);
        bar_->setContextShown(false);
        return;
    }
    const query::LogRow* record = model_->record(row);
    if (!record)
        return;
    LogContextQuestion question{context_.workspace.range(), *record, -1, -1, 4};
    if (*position > 0)
        if (const query::LogRow* before = model_->record(model_->rowOfPosition(*position - 1)))
            question.previousMatch = before->seq;
    if (const query::LogRow* after = *position + 1 < model_->total() ? model_->record(model_->rowOfPosition(*position + 1)) : nullptr)
        question.nextMatch = after->seq;
    askingPosition_ = true;
    context_.queries.ask(
        QStringLiteral("logs/context"), this, [question](query::Backend& backend, std::stop_token stop) { return contextOf(backend, question, stop); },
        [this, at = *position](Result<LogContext>&& context) {
            askingPosition_ = false;
            const bool any = context.ok() && !(context->before.empty() && context->after.empty());
            if (any) {
                model_->setContext(at, std::move(*context));
                goToPosition(at);
            } else {
                bar_->setNote(context.ok() ? tr("Nothing else was recorded between the neighbouring matches.") : QString::fromStdString(context.error().message));
            }
            bar_->setContextShown(any);
            announce();
        });
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

// ---------------------------------------------------------------- saving

void LogsView::chooseFile() {
    if (saved_) {
        context_.queries.cancel(kSaveKey);
        saved_.reset();
        progress_.stop();
        bar_->setSaving(false);
        bar_->setNote(tr("Saving was cancelled; no file was left."));
        return;
    }
    auto* dialog = new QFileDialog(this, tr("Save all matching records"), QStringLiteral("records.log"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    connect(dialog, &QFileDialog::fileSelected, this, &LogsView::saveTo);
    dialog->open();
}

void LogsView::saveTo(const QString& path) {
    saved_ = std::make_shared<std::atomic<uint64_t>>(0);
    bar_->setSaving(true);
    progress_.start();
    context_.queries.ask(
        kSaveKey, this,
        [range = tableRange(), filter = context_.workspace.filter(), file = path.toStdString(), written = saved_](query::Backend& backend,
                                                                                                                 std::stop_token stop) {
            return saveLogs(backend, range, filter, file, written, stop);
        },
        [this, path](Result<uint64_t>&& answer) {
            saved_.reset();
            progress_.stop();
            bar_->setSaving(false);
            if (answer.ok())
                bar_->setNote(tr("%1 records saved to %2").arg(formatCount(*answer), path));
            else
                bar_->setNote(QString::fromStdString(answer.error().message), "error");
            announce();
        });
}

// ---------------------------------------------------------------- the view

bool LogsView::settled() const {
    const bool waiting = (stale_ && !context_.workspace.range().empty()) || soon_.isActive() || seekSoon_.isActive() || askingEvents_ || askingPosition_;
    return !waiting && !saved_ && !goal_ && volume_->settled() && model_->settled();
}

void LogsView::announce() {
    if (settled())
        Q_EMIT settledChanged();
}

QString LogsView::summary() const { return volume_->title(); }

void LogsView::keyPressEvent(QKeyEvent* event) {
    if (event->key() == Qt::Key_Slash && event->modifiers() == Qt::NoModifier)
        bar_->focusSearch();
    else if (event->key() == Qt::Key_Escape && volume_->chart().brush())
        volume_->chart().setBrush({});
    else
        View::keyPressEvent(event);
}

namespace {

QString logsNeeds(const query::CapsuleInfo& info) { return info.logs > 0 ? QString() : LogsView::tr("Logs needs log records, and this capsule has none."); }

View* createLogs(const ViewContext& context, QWidget* parent) { return new LogsView(context, parent); }

}  // namespace

extern const ViewFactory logs_view;
const ViewFactory logs_view{"logs", QT_TRANSLATE_NOOP("View", "Logs"), "¶", logsNeeds, createLogs};

}  // namespace nj::ui
