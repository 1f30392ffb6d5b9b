#include "views/live_panel.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <algorithm>

#include "theme/number_format.h"
#include "widgets/fact_table.h"
#include "widgets/plain_label.h"
#include "widgets/source_editor.h"

namespace nj::ui {
namespace {

QString plain(const QString& text) { return cutForCell(text.left(4096)).simplified(); }

FactCell phaseCell(const LiveRow& row) {
    FactCell cell;
    switch (row.phase) {
    case LiveRow::Phase::kRunning:
    case LiveRow::Phase::kStarting:
        cell.mark = row.open ? QStringLiteral("◆") : QStringLiteral("●");
        cell.role = row.open ? QStringLiteral("warning") : QStringLiteral("ok");
        break;
    case LiveRow::Phase::kWaiting:
        cell.mark = QStringLiteral("◆");
        cell.role = QStringLiteral("warning");
        break;
    case LiveRow::Phase::kFailed:
        cell.mark = QStringLiteral("▲");
        cell.role = QStringLiteral("error");
        break;
    default: cell.mark = QStringLiteral("○"); break;
    }
    cell.text = plain(row.title);
    return cell;
}

QString phaseText(const LiveRow& row) {
    switch (row.phase) {
    case LiveRow::Phase::kStopped: return LivePanel::tr("stopped");
    case LiveRow::Phase::kStarting: return LivePanel::tr("starting");
    case LiveRow::Phase::kRunning: return LivePanel::tr("running");
    case LiveRow::Phase::kWaiting: return LivePanel::tr("waits and tries again");
    case LiveRow::Phase::kDone: return LivePanel::tr("done");
    case LiveRow::Phase::kFailed: return LivePanel::tr("failed");
    }
    return {};
}

FactCell count(quint64 value, bool bad = false) {
    FactCell cell;
    cell.text = value == 0 ? QString() : formatCount(value);
    cell.order = static_cast<double>(value);
    if (bad && value > 0) {
        cell.mark = QStringLiteral("◆");
        cell.role = QStringLiteral("warning");
    }
    return cell;
}

}  // namespace

LivePanel::LivePanel(const ViewContext& context, QWidget* parent) : Panel(context.theme, parent), context_(context), sources_(LiveSources::of(context.workspace)) {
    setObjectName(QStringLiteral("livePanel"));
    setTitle(tr("Live"));
    table_ = new FactTable({{tr("source"), 300},
                            {tr("what it does; its last problem"), 0, false, 1},
                            {tr("rows/s"), 84, true},
                            {tr("rows"), 96, true},
                            {tr("behind"), 84, true},
                            {tr("requests"), 84, true, 3},
                            {tr("rejected"), 84, true},
                            {tr("retried"), 80, true, 2}},
                           context.theme);
    table_->setObjectName(QStringLiteral("liveTable"));
    table_->setAccessibleName(tr("Live sources"));
    setBody(table_);
    const auto button = [&](const QString& text, const char* name) {
        auto* b = new QPushButton(text, this);
        b->setFont(context.theme.table);
        b->setObjectName(QString::fromLatin1(name));
        controls()->addWidget(b);
        return b;
    };
    copy_ = button(tr("Copy for SDKs"), "liveCopy");
    copy_->setToolTip(plainToolTip(tr("Environment variables by which an OpenTelemetry SDK sends here")));
    remove_ = button(tr("Remove"), "liveRemove");
    edit_ = button(tr("Edit…"), "liveEdit");
    toggle_ = button(tr("Start"), "liveToggle");
    add_ = button(tr("Add…"), "liveAdd");
    connect(add_, &QPushButton::clicked, this, &LivePanel::add);
    connect(edit_, &QPushButton::clicked, this, [this] { edit(chosen()); });
    connect(table_, &FactTable::rowOpened, this, [this](int row) { edit(row >= 0 && row < sources_.rows().size() ? &sources_.rows()[row] : nullptr); });
    connect(table_, &QTableWidget::itemSelectionChanged, this, &LivePanel::showButtons);
    connect(toggle_, &QPushButton::clicked, this, [this] {
        if (const LiveRow* row = chosen())
            row->active() ? sources_.stop(row->id) : sources_.start(row->id);
    });
    connect(remove_, &QPushButton::clicked, this, [this] {
        if (const LiveRow* row = chosen())
            sources_.remove(row->id);
    });
    connect(copy_, &QPushButton::clicked, this, [this] { QGuiApplication::clipboard()->setText(sources_.environment()); });
    connect(&sources_, &LiveSources::changed, this, &LivePanel::showRows);
    showRows();
}

const LiveRow* LivePanel::chosen() const {
    const int row = table_->currentRow();
    if (row < 0 || row >= table_->rowCount())
        return sources_.rows().size() == 1 ? &sources_.rows().front() : nullptr;
    const int index = table_->sourceRow(row);
    return index < sources_.rows().size() ? &sources_.rows()[index] : nullptr;
}

void LivePanel::showRows() {
    const LiveRow* before = chosen();
    const int kept = before ? before->id : 0;
    std::vector<std::vector<FactCell>> rows;
    double rate = 0;
    for (const LiveRow& row : sources_.rows()) {
        FactCell what, perSecond, lag;
        what.text = row.activity.isEmpty() ? phaseText(row) : plain(row.activity);
        if (row.progress >= 0 && row.active())
            what.share = row.progress;
        if (!row.problem.isEmpty())
            what.detail = tr("%1: %2").arg(formatClock(row.problemAt, context_.workspace.utc(), kSecond), plain(row.problem));
        perSecond.text = row.rowsPerSecond > 0 ? formatShort(row.rowsPerSecond) : QString();
        perSecond.order = row.rowsPerSecond;
        rate += row.rowsPerSecond;
        if (row.lag && row.active()) {
            lag.text = formatLength(std::max<DurationNs>(*row.lag, 0));
            lag.order = static_cast<double>(*row.lag);
        }
        rows.push_back({phaseCell(row), what, perSecond, count(row.rows), lag, count(row.requests), count(row.rejected, true), count(row.retried)});
    }
    const bool none = rows.empty();
    table_->setRows(std::move(rows));
    for (int row = 0; row < table_->rowCount(); ++row)
        if (sources_.rows()[table_->sourceRow(row)].id == kept)
            table_->setCurrentCell(row, 0);
    const auto reachable = std::count_if(sources_.rows().begin(), sources_.rows().end(), [](const LiveRow& row) { return row.open && row.active(); });
    QStringList words;
    if (none)
        words << tr("no port is open");
    if (rate > 0)
        words << tr("%1 rows/s").arg(formatShort(rate));
    if (reachable > 0)
        words << tr("◆ other computers can reach %n of them", nullptr, static_cast<int>(reachable));
    setWords(words.join(QStringLiteral(" · ")));
    if (none)
        showEmpty(tr("Nothing is received. Listen for OTLP, or pull from a Prometheus: choose Add."), tr("Add a live source…"), [this] { add(); });
    else
        showBody();
    showButtons();
}

void LivePanel::showButtons() {
    const LiveRow* row = chosen();
    for (QPushButton* button : {edit_, toggle_, remove_})
        button->setEnabled(row != nullptr);
    toggle_->setText(row && row->active() ? tr("Stop") : tr("Start"));
    copy_->setVisible(!sources_.environment().isEmpty());
    const bool some = !sources_.rows().isEmpty();
    for (QPushButton* button : {edit_, toggle_, remove_, add_})
        button->setVisible(some);
}

void LivePanel::add() { edit(nullptr); }

void LivePanel::edit(const LiveRow* row) {
    if (!editor_)
        editor_ = new SourceEditor(context_.theme, sources_, this);
    if (row)
        editor_->openRow(*row);
    else
        editor_->openNew();
}

}  // namespace nj::ui
