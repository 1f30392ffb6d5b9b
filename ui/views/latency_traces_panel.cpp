#include "views/latency_traces_panel.h"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QKeyEvent>
#include <QPushButton>
#include <QTableView>
#include <QVBoxLayout>

#include "query/search_syntax.h"
#include "theme/number_format.h"
#include "views/latency_pictures.h"
#include "widgets/plain_label.h"

namespace nj::ui {
namespace {

constexpr size_t kMostTraces = 200;
constexpr int kMostEntities = 50;

}  // namespace

LatencyTracesPanel::LatencyTracesPanel(const ViewContext& context, QWidget* parent) : Panel(context.theme, parent), context_(context) {
    auto* body = new QWidget(this);
    auto* column = new QVBoxLayout(body);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(2 * context.theme.unit);
    facts_ = new PlainLabel({}, context.theme.table, "muted", body);
    facts_->setWordWrap(true);
    table_ = new QTableView(body);
    table_->setObjectName(QStringLiteral("latencyTraces"));
    table_->setAccessibleName(tr("Traces"));
    table_->setFont(context.theme.table);
    table_->setShowGrid(false);
    table_->setWordWrap(false);
    table_->setTabKeyNavigation(false);
    table_->setSelectionBehavior(QAbstractItemView::SelectRows);
    table_->setSelectionMode(QAbstractItemView::SingleSelection);
    table_->setEditTriggers(QAbstractItemView::NoEditTriggers);
    table_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    table_->verticalHeader()->hide();
    table_->verticalHeader()->setDefaultSectionSize(context.theme.rowHeight);
    table_->horizontalHeader()->setHighlightSections(false);
    table_->horizontalHeader()->setFont(context.theme.table);
    column->addWidget(facts_);
    column->addWidget(table_, 1);
    traces_ = new TraceListModel(context.theme, this);
    entities_ = new QStandardItemModel(this);
    setBody(body);
    auto* close = new QPushButton(tr("Esc closes"), this);
    close->setProperty("role", QStringLiteral("flat"));
    close->setFont(context.theme.table);
    controls()->addWidget(close);
    connect(close, &QPushButton::clicked, this, &LatencyTracesPanel::closed);
    connect(table_, &QTableView::clicked, this, [this](const QModelIndex& index) { openRow(index.row()); });
    connect(table_, &QTableView::activated, this, [this](const QModelIndex& index) { openRow(index.row()); });
}

void LatencyTracesPanel::askBox(TimeRange range, double low, double high, const query::Measure& measure, quint64 observations) {
    query::TraceListQuestion question;
    question.range = range;
    question.filter = context_.workspace.filter();
    question.measure = measure;
    question.measureRange = {low, high};
    const QString unit = shownUnit(measure);
    valueTitle_ = formatValue(low * measure.scale, unit) + QStringLiteral(" – ") + formatValue(high * measure.scale, unit);
    setTitle(tr("In the box"));
    asked_ = tr("%1 observations of %2, %3, %4 %5")
                         .arg(formatCount(observations), measureTitle(measure), valueTitle_, formatRange(range, context_.workspace.utc()),
                              zoneName(range.from, context_.workspace.utc()));
    askTraces(question);
}

bool LatencyTracesPanel::parseTerm(const QString& term, Filter& filter) const {
    if (term.isEmpty())
        return true;
    const QString all = context_.workspace.filterText();
    auto parsed = query::parseSearch((all.isEmpty() ? term : QLatin1Char('(') + all + QStringLiteral(") ") + term).toStdString());
    if (!parsed.ok())
        return false;
    filter = std::move(*parsed);
    return true;
}

void LatencyTracesPanel::askAround(TimeNs time, DurationNs width, const query::Measure& measure, const QString& term) {
    query::TraceListQuestion question;
    question.range = {time - width, time + width};
    question.filter = context_.workspace.filter();
    const bool narrowed = parseTerm(term, question.filter);
    question.measure = measure;
    const QString clock = formatClock(time, context_.workspace.utc(), width >= kMinute ? kMinute : kSecond);
    setTitle(tr("Slowest around %1").arg(clock));
    asked_ = tr("Traces within %1 of %2 %3%4")
                         .arg(formatLength(width), clock, zoneName(time, context_.workspace.utc()),
                              narrowed && !term.isEmpty() ? QStringLiteral(", ") + term : QString());
    askTraces(question);
}

void LatencyTracesPanel::askTraces(const query::TraceListQuestion& question) {
    question_ = question;
    question_.limit = kMostTraces;
    question_.sort = query::TraceListQuestion::Sort::kSlowest;
    asking_ = true;
    setBusy(true);
    facts_->setPlain(asked_);
    context_.queries.ask(
        QStringLiteral("latency/traces"), this, [q = question_](query::Backend& backend, std::stop_token stop) { return backend.traceList(q, stop); },
        [this](Result<query::TraceListAnswer>&& answer) {
            if (!answer.ok()) {
                asking_ = false;
                setBusy(false);
                showError(QString::fromStdString(answer.error().message), tr("Try again"), [this] { askTraces(question_); });
                Q_EMIT settledChanged();
            } else if (answer->rows.empty()) {
                askEntities(question_.range);
            } else {
                showTraces(std::move(*answer));
            }
        });
}

void LatencyTracesPanel::showTraces(query::TraceListAnswer&& answer) {
    asking_ = false;
    setBusy(false);
    QString shown = answer.rows.size() < answer.total ? tr("The slowest %1 of %2 traces.").arg(formatCount(answer.rows.size()), formatCount(answer.total))
                                                      : tr("%1 traces.").arg(formatCount(answer.total));
    if (answer.partial)
        shown = tr("The slowest %1 of more than %2 traces.").arg(formatCount(answer.rows.size()), formatCount(answer.total));
    facts_->setPlain(asked_ + QStringLiteral(". ") + shown);
    traces_->setAnswer(std::move(answer), context_.workspace.utc());
    table_->setModel(traces_);
    for (int column = 0; column < TraceListModel::kColumns; ++column)
        table_->setColumnHidden(column, column != TraceListModel::kStart && column != TraceListModel::kDuration && column != TraceListModel::kName &&
                                            column != TraceListModel::kErrors);
    table_->horizontalHeader()->setSectionResizeMode(QHeaderView::Interactive);
    table_->horizontalHeader()->setSectionResizeMode(TraceListModel::kName, QHeaderView::Stretch);
    table_->setColumnWidth(TraceListModel::kStart, 96);
    table_->setColumnWidth(TraceListModel::kDuration, 88);
    table_->setColumnWidth(TraceListModel::kErrors, 56);
    showBody();
    Q_EMIT settledChanged();
}

void LatencyTracesPanel::askEntities(TimeRange range) {
    const query::EntityTableQuestion question{range, context_.workspace.baseline(), context_.workspace.filter()};
    context_.queries.ask(
        QStringLiteral("latency/entities"), this,
        [question](query::Backend& backend, std::stop_token stop) { return backend.entityTable(question, stop); },
        [this](Result<std::vector<query::EntityRow>>&& answer) {
            asking_ = false;
            setBusy(false);
            facts_->setPlain(asked_ + tr(". No trace was kept here; the worst entities instead."));
            if (answer.ok() && !answer->empty())
                showEntities(*answer);
            else
                showEmpty(tr("No trace and no entity was seen here: this measure has no spans of its own."), tr("Show the logs of this moment"), [this] {
                    context_.workspace.setRange(question_.range);
                    context_.workspace.requestView(QStringLiteral("logs"));
                });
            Q_EMIT settledChanged();
        });
}

void LatencyTracesPanel::showEntities(const std::vector<query::EntityRow>& entities) {
    entities_->clear();
    entities_->setHorizontalHeaderLabels({tr("Entity"), tr("errors"), tr("p99"), tr("× baseline")});
    for (const query::EntityRow& entity : entities) {
        if (entities_->rowCount() >= kMostEntities)
            break;
        auto* name = new QStandardItem(cutForCell(QString::fromStdString(entity.name)));
        name->setData(QString::fromStdString(entity.kind), Qt::UserRole);
        QList<QStandardItem*> items{name, new QStandardItem((entity.errors > 0 ? QStringLiteral("▲ ") : QString()) + formatCount(entity.errors)),
                                    new QStandardItem(formatValue(entity.p99, QStringLiteral("s"))),
                                    new QStandardItem(formatFactor(entity.baselineP99, entity.p99))};
        for (qsizetype i = 1; i < items.size(); ++i)
            items[i]->setTextAlignment(Qt::AlignVCenter | Qt::AlignRight);
        entities_->appendRow(items);
    }
    table_->setModel(entities_);
    for (int column = 0; column < 4; ++column)
        table_->setColumnHidden(column, false);
    table_->horizontalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
    table_->horizontalHeader()->setSectionResizeMode(0, QHeaderView::Stretch);
    showBody();
}

void LatencyTracesPanel::openRow(int row) {
    if (row < 0)
        return;
    if (table_->model() == traces_) {
        const TraceId id = traces_->trace(row).id;
        Selection selection;
        selection.kind = Selection::Kind::kTrace;
        selection.trace = id;
        context_.workspace.setSelection(selection);
        context_.workspace.requestView(QStringLiteral("traces"), QStringLiteral("trace:") + QString::fromStdString(id.hex()));
        return;
    }
    const QStandardItem* item = entities_->item(row);
    const QString term = QString::fromStdString(query::searchTerm(item->data(Qt::UserRole).toString().toStdString(), item->text().toStdString(), false));
    const QString all = context_.workspace.filterText();
    context_.workspace.setFilterText(all.isEmpty() ? term : all + QLatin1Char(' ') + term);
}

void LatencyTracesPanel::keyPressEvent(QKeyEvent* event) {
    if (event->key() == Qt::Key_Escape)
        Q_EMIT closed();
    else
        Panel::keyPressEvent(event);
}

}  // namespace nj::ui
