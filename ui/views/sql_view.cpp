#include "views/sql_view.h"

#include <QClipboard>
#include <QFileDialog>
#include <QGuiApplication>
#include <QHeaderView>
#include <QKeyEvent>
#include <QMenu>
#include <QPushButton>
#include <QSplitter>
#include <QStackedWidget>
#include <QTableView>
#include <QToolButton>
#include <QTreeWidget>
#include <QVBoxLayout>
#include <algorithm>
#include <cmath>

#include "models/sql_copy.h"
#include "state/copy_text.h"
#include "state/sql_history.h"
#include "state/view_link.h"
#include "theme/number_format.h"
#include "widgets/chart_choice.h"
#include "widgets/panel.h"
#include "widgets/picture_copy.h"
#include "widgets/plain_label.h"
#include "widgets/sql_editor.h"
#include "widgets/time_chart.h"

namespace nj::ui {
namespace {

constexpr int kSideWidth = 260, kPollMs = 50, kTextRole = Qt::UserRole + 1, kKindRole = Qt::UserRole + 2;
constexpr int kMeasuredRows = 40, kNarrowest = 56, kWidest = 380, kMostShownKeys = 200;
enum Kind { kName = 1, kQuery = 2 };

}  // namespace

SqlView::SqlView(const ViewContext& context, QWidget* parent) : View(parent), context_(context) {
    setObjectName(QStringLiteral("page"));
    const Theme& theme = context_.theme;
    auto* down = new QSplitter(Qt::Vertical);
    down->setHandleWidth(theme.gap);
    down->setChildrenCollapsible(false);
    down->addWidget(buildEditor());
    down->addWidget(buildResult());
    down->setSizes({210, 700});
    down->setStretchFactor(0, 0);
    down->setStretchFactor(1, 1);
    auto* across = new QSplitter(Qt::Horizontal, this);
    across->setHandleWidth(theme.gap);
    across->setChildrenCollapsible(false);
    across->addWidget(buildSide());
    across->addWidget(down);
    across->setSizes({kSideWidth, 1000});
    across->setStretchFactor(0, 0);
    across->setStretchFactor(1, 1);
    auto* outer = new QVBoxLayout(this);
    outer->setContentsMargins(theme.padding, theme.padding, theme.padding, theme.padding);
    outer->addWidget(across);
    poll_.setInterval(kPollMs);
    connect(&poll_, &QTimer::timeout, this, &SqlView::poll);
    connect(&context_.workspace, &Workspace::infoChanged, this, [this] { askedTables_ = false; });
    showState();
}

QWidget* SqlView::buildSide() {
    auto* panel = new Panel(context_.theme);
    panel->setTitle(tr("Tables"));
    panel->setMinimumWidth(180);
    side_ = new QTreeWidget(panel);
    side_->setObjectName(QStringLiteral("sqlSide"));
    side_->setAccessibleName(tr("Tables, examples and history"));
    side_->setHeaderHidden(true);
    side_->setColumnCount(2);
    side_->setFont(context_.theme.table);
    side_->setUniformRowHeights(true);
    side_->setIndentation(context_.theme.padding);
    side_->setFrameShape(QFrame::NoFrame);
    side_->setTextElideMode(Qt::ElideRight);
    side_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    side_->header()->setStretchLastSection(false);
    side_->header()->setSectionResizeMode(0, QHeaderView::Stretch);
    side_->header()->setSectionResizeMode(1, QHeaderView::Fixed);
    side_->header()->resizeSection(1, 64);
    connect(side_, &QTreeWidget::itemClicked, this, [this](QTreeWidgetItem* item) { sideClicked(item); });
    side_->installEventFilter(this);
    panel->setBody(side_);
    panel->showBody();
    return panel;
}

QWidget* SqlView::buildEditor() {
    const Theme& theme = context_.theme;
    auto* panel = new Panel(theme);
    panel->setTitle(tr("Query"));
    panel->setWords(tr("read-only; attribute keys are columns, \"gen_ai.request.model\""));
    auto* body = new QWidget(panel);
    auto* column = new QVBoxLayout(body);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(theme.unit * 2);
    editor_ = new SqlEditor(theme, body);
    editor_->setObjectName(QStringLiteral("sqlEditor"));
    editor_->setMinimumHeight(64);
    state_ = new PlainLabel(QString(), theme.table, "muted", body);
    state_->setElided(true);
    run_ = new QPushButton(tr("Run  Ctrl+Enter"), panel);
    run_->setObjectName(QStringLiteral("sqlRun"));
    run_->setProperty("role", QStringLiteral("primary"));
    cancel_ = new QPushButton(tr("Cancel"), panel);
    cancel_->setObjectName(QStringLiteral("sqlCancel"));
    connect(run_, &QPushButton::clicked, this, [this] { run(editor_->toPlainText()); });
    connect(editor_, &SqlEditor::runAsked, this, [this] { run(editor_->toPlainText()); });
    connect(cancel_, &QPushButton::clicked, this, &SqlView::cancel);
    panel->controls()->addWidget(cancel_);
    panel->controls()->addWidget(run_);
    column->addWidget(editor_, 1);
    column->addWidget(state_);
    panel->setBody(body);
    panel->showBody();
    return panel;
}

QWidget* SqlView::buildResult() {
    const Theme& theme = context_.theme;
    resultPanel_ = new Panel(theme);
    resultPanel_->setTitle(tr("Result"));
    pages_ = new QStackedWidget(resultPanel_);
    table_ = new QTableView(pages_);
    table_->setObjectName(QStringLiteral("sqlTable"));
    table_->setAccessibleName(tr("Result"));
    model_ = new SqlResultModel(context_.queries, theme, this);
    table_->setModel(model_);
    table_->setShowGrid(false);
    table_->setWordWrap(false);
    table_->setFrameShape(QFrame::NoFrame);
    table_->setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
    table_->setSelectionBehavior(QAbstractItemView::SelectItems);
    table_->setTabKeyNavigation(false);
    table_->verticalHeader()->setDefaultSectionSize(theme.rowHeight);
    table_->verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    table_->verticalHeader()->setFont(theme.caption);
    table_->horizontalHeader()->setFont(theme.table);
    table_->horizontalHeader()->setHighlightSections(false);
    table_->installEventFilter(this);
    chart_ = new TimeChart(context_.workspace, theme, pages_);
    chart_->setObjectName(QStringLiteral("sqlChart"));
    pages_->addWidget(table_);
    pages_->addWidget(chart_);
    pageChoice_ = new ChartChoice({tr("table"), tr("chart")}, true, theme, resultPanel_);
    connect(pageChoice_, &ChartChoice::changed, this, [this] { pages_->setCurrentIndex(pageChoice_->first()); });
    connect(table_, &QTableView::doubleClicked, this, &SqlView::follow);
    connect(model_, &SqlResultModel::blockRead, this, [this] {
        fitColumns();
        announce();
    });
    auto* copyAs = new QToolButton(resultPanel_);
    copyAs->setObjectName(QStringLiteral("sqlCopy"));
    copyAs->setFont(theme.table);
    copyAs->setText(tr("Copy"));
    copyAs->setPopupMode(QToolButton::InstantPopup);
    auto* menu = new QMenu(copyAs);
    menu->addAction(tr("Rows as CSV"), this, [this] { copy(CopyForm::kCsv); });
    menu->addAction(tr("Rows as JSON"), this, [this] { copy(CopyForm::kJson); });
    menu->addAction(tr("Rows as Markdown"), this, [this] { copy(CopyForm::kMarkdown); });
    menu->addAction(tr("Picture of the chart"), this, [this] {
        if (drawn_)
            QGuiApplication::clipboard()->setImage(pictureWithCaption(*chart_, caption(), context_.theme));
    });
    menu->addAction(tr("Command line"), this, [this] {
        QGuiApplication::clipboard()->setText(QStringLiteral("nightjar sql %1 %2").arg(shellQuoted(QString::fromStdString(context_.workspace.info().path)), shellQuoted(text_)));
    });
    menu->addSeparator();
    menu->addAction(tr("Save all rows…"), this, &SqlView::chooseFile);
    copyAs->setMenu(menu);
    resultPanel_->controls()->addWidget(pageChoice_);
    resultPanel_->controls()->addWidget(copyAs);
    resultPanel_->setBody(pages_);
    resultPanel_->showEmpty(tr("Ctrl+Enter runs the query."));
    return resultPanel_;
}

// ---------------------------------------------------------------- tables, examples, history

void SqlView::showEvent(QShowEvent* event) {
    View::showEvent(event);
    if (!askedTables_)
        askTables();
    editor_->setFocus();
}

void SqlView::askTables() {
    askedTables_ = askingTables_ = true;
    context_.queries.ask(
        QStringLiteral("sql/tables"), this,
        [](query::Backend& backend, std::stop_token stop) -> Result<std::vector<query::SqlTable>> {
            NJ_ASSIGN(query::SqlBackend * sql, query::sqlOf(backend));
            return sql->sqlTables(stop);
        },
        [this](Result<std::vector<query::SqlTable>>&& tables) {
            askingTables_ = false;
            if (tables.ok()) {
                tables_ = std::move(*tables);
                editor_->setTables(tables_);
            } else {
                problem_ = QString::fromStdString(tables.error().message);
            }
            fillSide();
            // Never an empty page: the first example runs until something else does.
            const auto examples = sqlExamples(tables_);
            if (text_.isEmpty() && editor_->toPlainText().isEmpty() && !examples.empty()) {
                editor_->setPlainText(examples.front().text);
                run(examples.front().text);
            }
            announce();
        });
}

void SqlView::fillSide() {
    const Theme& theme = context_.theme;
    side_->clear();
    QFont heading = theme.table;
    heading.setWeight(QFont::DemiBold);
    const auto group = [&](const QString& title) {
        auto* item = new QTreeWidgetItem(side_, {title});
        item->setFont(0, heading);
        item->setForeground(0, theme.muted);
        item->setFlags(Qt::ItemIsEnabled);
        return item;
    };
    const auto query = [&](QTreeWidgetItem* parent, const QString& title, const QString& text) {
        auto* item = new QTreeWidgetItem(parent, {title});
        item->setData(0, kTextRole, text);
        item->setData(0, kKindRole, kQuery);
        item->setToolTip(0, plainToolTip(text));
        item->setFirstColumnSpanned(true);
    };
    QTreeWidgetItem* examples = group(tr("Examples"));
    for (const SqlExample& example : sqlExamples(tables_))
        query(examples, example.title, example.text);
    QTreeWidgetItem* tables = group(tr("Tables"));
    for (const query::SqlTable& table : tables_) {
        auto* item = new QTreeWidgetItem(tables, {QString::fromStdString(table.name)});
        item->setData(0, kTextRole, QString::fromStdString(table.name));
        item->setData(0, kKindRole, kName);
        int keys = 0;
        for (const query::SqlColumn& column : table.columns) {
            if (column.hidden && ++keys > kMostShownKeys)
                continue;
            const QString name = QString::fromStdString(column.name).left(200);
            auto* child = new QTreeWidgetItem(item, {name, column.hidden ? tr("attribute") : QString::fromStdString(column.type).toLower()});
            child->setData(0, kTextRole, sqlName(name));
            child->setData(0, kKindRole, kName);
            child->setToolTip(0, plainToolTip(name));
            child->setFont(0, theme.mono);
            child->setForeground(1, theme.muted);
        }
    }
    const QStringList past = SqlHistory(QString::fromStdString(context_.workspace.info().path)).queries();
    if (!past.isEmpty()) {
        QTreeWidgetItem* history = group(tr("History"));
        for (const QString& text : past)
            query(history, text.simplified().left(200), text);
        history->setExpanded(true);
    }
    examples->setExpanded(true);
    tables->setExpanded(true);
}

void SqlView::sideClicked(QTreeWidgetItem* item) {
    const QString text = item->data(0, kTextRole).toString();
    switch (item->data(0, kKindRole).toInt()) {
    case kQuery:
        editor_->setPlainText(text);
        run(text);
        break;
    case kName:
        if (item->childCount() > 0)
            item->setExpanded(!item->isExpanded());
        else
            editor_->insertWord(text);
        break;
    default: item->setExpanded(!item->isExpanded());
    }
}

// ---------------------------------------------------------------- running

void SqlView::open(const QString& parameter) {
    const QString prefix = QStringLiteral("sql:");
    if (!parameter.startsWith(prefix))
        return;
    editor_->setPlainText(parameter.mid(prefix.size()));
    run(editor_->toPlainText());
}

void SqlView::run(const QString& text) {
    if (text.trimmed().isEmpty())
        return;
    text_ = text;
    problem_.clear();
    cancelled_ = false;
    drawn_.reset();
    fitted_ = false;
    editor_->markError(-1);
    now_ = std::make_shared<Run>();
    model_->setResult(now_->result);
    running_ = true;
    clock_.start();
    poll_.start();
    context_.queries.cancel(QStringLiteral("sql/chart"));
    askingChart_ = false;
    resultPanel_->setBusy(true);
    context_.queries.ask(
        QStringLiteral("sql/run"), this,
        [run = now_, query = text.toStdString()](query::Backend& backend, std::stop_token stop) -> Status {
            NJ_ASSIGN(query::SqlBackend * sql, query::sqlOf(backend));
            query::SqlReceiver receiver;
            receiver.onColumns = [&](const std::vector<std::string>& columns) { run->result->setColumns(columns); };
            receiver.onRow = [&](SqlRow&& row) { return run->result->append(row); };
            receiver.onErrorAt = [&](int offset) { run->errorAt = offset; };
            return sql->sql(query, receiver, stop);
        },
        [this](Status&& status) { finished(status); });
    showState();
}

void SqlView::cancel() {
    if (!running_)
        return;
    context_.queries.cancel(QStringLiteral("sql/run"));
    cancelled_ = true;
    finished({});
}

void SqlView::poll() {
    model_->poll();
    if (model_->columnCount() > 0 && !resultPanel_->bodyShown())
        resultPanel_->showBody();
    showState();
}

void SqlView::finished(const Status& status) {
    running_ = false;
    poll_.stop();
    took_ = clock_.elapsed();
    resultPanel_->setBusy(false);
    model_->poll();
    if (!status.ok()) {
        problem_ = QString::fromStdString(status.error().message);
        const int at = now_->errorAt;
        if (at >= 0) {
            problem_ += QStringLiteral(", ") + editor_->placeText(at);
            editor_->markError(at);
        }
    }
    if (problem_.isEmpty()) {
        SqlHistory(QString::fromStdString(context_.workspace.info().path)).add(text_);
        resultPanel_->showBody();
    } else if (model_->rowCount() == 0) {
        resultPanel_->showError(problem_);
    }
    if (problem_.isEmpty() && !cancelled_ && model_->columnCount() > 0 && model_->rowCount() == 0)
        resultPanel_->showEmpty(tr("The query gives no rows."));
    if (cancelled_ && model_->rowCount() == 0)
        resultPanel_->showEmpty(tr("Cancelled before the first row."));
    showState();
    askChart();
    announce();
}

void SqlView::showState() {
    run_->setEnabled(!running_);
    cancel_->setVisible(running_);
    const quint64 rows = now_ ? static_cast<quint64>(now_->result->rows()) : 0;
    const QString counted = rows == 1 ? tr("1 row") : tr("%1 rows").arg(formatCount(rows));
    const QString why = now_ ? now_->result->why() : QString();
    QString text;
    const char* role = "muted";
    if (running_) {
        text = tr("%1 so far, %2 s").arg(counted, QString::number(static_cast<double>(clock_.elapsed()) / 1000, 'f', 1));
    } else if (!problem_.isEmpty()) {
        text = QStringLiteral("▲ ") + problem_;
        role = "error";
    } else if (cancelled_) {
        text = tr("Cancelled after %1").arg(counted);
    } else if (now_) {
        text = tr("%1 in %2").arg(counted, formatValue(static_cast<double>(took_) / 1000, QStringLiteral("s")));
    } else {
        text = tr("Ctrl+Enter runs, Ctrl+Space completes");
    }
    state_->setRole(role);
    state_->setPlain(text);
    resultPanel_->setWords(now_ ? counted : QString());
    resultPanel_->setPartial(!why.isEmpty() ? why : cancelled_ ? tr("cancelled: not all rows") : QString());
}

// ---------------------------------------------------------------- what is shown of it

void SqlView::fitColumns() {
    if (fitted_ || !model_->loaded(0))
        return;
    fitted_ = true;
    const QFontMetrics mono(context_.theme.mono), head(context_.theme.table);
    for (int column = 0; column < model_->columnCount(); ++column) {
        int width = head.horizontalAdvance(model_->headerData(column, Qt::Horizontal, Qt::DisplayRole).toString()) + 24;
        for (int row = 0; row < std::min(kMeasuredRows, model_->rowCount()) && model_->loaded(row); ++row)
            width = std::max(width, mono.horizontalAdvance(model_->index(row, column).data().toString().left(200)) + 20);
        table_->setColumnWidth(column, std::clamp(width, kNarrowest, kWidest));
    }
    // What is left goes to the last column, whose text may be long; a number would stand far from its neighbours.
    table_->horizontalHeader()->setStretchLastSection(!model_->isNumber(model_->columnCount() - 1));
    table_->verticalHeader()->setMinimumWidth(QFontMetrics(context_.theme.caption).horizontalAdvance(formatCount(static_cast<quint64>(std::max(1, model_->rowCount())))) + 16);
}

void SqlView::askChart() {
    const auto result = now_ ? now_->result : nullptr;
    if (!result || result->rows() < 2 || result->columns().size() < 2) {
        showChart({});
        return;
    }
    askingChart_ = true;
    context_.queries.ask(
        QStringLiteral("sql/chart"), this,
        [result](query::Backend&, std::stop_token stop) -> Result<std::optional<SqlChart>> {
            std::vector<SqlRow> rows;
            NJ_RETURN_IF_ERROR(result->forEach([&](const SqlRow& row) {
                // A first row that has no time settles it.
                if (rows.empty() && row.front().type != query::SqlCell::Type::kNull && !sqlTime(row.front()))
                    return false;
                rows.push_back(row);
                return rows.size() < kMostChartRows && !stop.stop_requested();
            }));
            return sqlChart(result->columns(), rows);
        },
        [this](Result<std::optional<SqlChart>>&& chart) {
            askingChart_ = false;
            showChart(chart.ok() ? std::move(*chart) : std::nullopt);
            announce();
        });
}

void SqlView::showChart(std::optional<SqlChart> chart) {
    drawn_ = std::move(chart);
    pageChoice_->setEnabled(drawn_.has_value());
    if (drawn_) {
        drawn_->data.description = caption();
        chart_->setFixedRange(drawn_->range);
        chart_->setData(drawn_->data);
        if (static_cast<qint64>(drawn_->rows) < now_->result->rows())
            resultPanel_->setPartial(tr("chart: first %1 rows").arg(formatCount(drawn_->rows)));
    }
    pageChoice_->choose(drawn_ ? 1 : 0);
    pages_->setCurrentIndex(drawn_ ? 1 : 0);
}

bool SqlView::chartShown() const { return drawn_.has_value() && pages_->currentWidget() == chart_; }

void SqlView::follow(const QModelIndex& index) {
    const SqlLink link = model_->linkAt(index);
    if (!link.empty())
        context_.workspace.requestView(link.view, link.parameter);
}

// ---------------------------------------------------------------- copies

QString SqlView::caption() const {
    const QString path = QString::fromStdString(context_.workspace.info().path);
    return text_.simplified().left(500) + (path.isEmpty() ? QString() : QStringLiteral(" · ") + path.mid(path.lastIndexOf(QLatin1Char('/')) + 1));
}

void SqlView::copy(CopyForm form) {
    if (!now_ || !now_->result->hasColumns())
        return;
    // Rows of the selection as ascending stretches; more than one cell, else all is meant.
    std::vector<std::pair<qint64, qint64>> wanted;
    const QItemSelection selection = table_->selectionModel()->selection();
    const bool several = selection.size() > 1 || (selection.size() == 1 && (selection.front().height() > 1 || selection.front().width() > 1));
    if (several)
        for (const QItemSelectionRange& range : selection)
            wanted.emplace_back(range.top(), range.bottom());
    copying_ = true;
    context_.queries.ask(
        QStringLiteral("sql/copy"), this,
        [result = now_->result, caption = caption(), form, wanted](query::Backend&, std::stop_token stop) -> Result<QString> {
            return sqlRowsText(*result, caption, form, wanted, stop);
        },
        [this](Result<QString>&& text) {
            copying_ = false;
            if (text.ok())
                QGuiApplication::clipboard()->setText(*text);
            announce();
        });
}

void SqlView::chooseFile() {
    if (!now_ || !now_->result->hasColumns())
        return;
    auto* dialog = new QFileDialog(window(), tr("Save all rows"), QStringLiteral("result.csv"), tr("CSV (*.csv);;JSON (*.json);;Markdown (*.md)"));
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &QFileDialog::fileSelected, this, &SqlView::saveTo);
    dialog->open();
}

void SqlView::saveTo(const QString& path) {
    if (!now_ || !now_->result->hasColumns())
        return;
    saving_ = true;
    state_->setPlain(tr("Saving %1 …").arg(path));
    context_.queries.ask(
        QStringLiteral("sql/save"), this,
        [result = now_->result, path, caption = caption()](query::Backend&, std::stop_token stop) -> Status {
            return saveSqlRows(*result, caption, path, stop);
        },
        [this, path](Status&& status) {
            saving_ = false;
            showState();
            state_->setRole(status.ok() ? "ok" : "error");
            state_->setPlain(status.ok() ? tr("● Saved %1").arg(path) : QStringLiteral("▲ ") + QString::fromStdString(status.error().message));
            announce();
        });
}

// ---------------------------------------------------------------- keys and state

bool SqlView::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() != QEvent::KeyPress)
        return View::eventFilter(watched, event);
    auto* key = static_cast<QKeyEvent*>(event);
    const bool enter = key->key() == Qt::Key_Return || key->key() == Qt::Key_Enter;
    if (watched == side_ && enter && side_->currentItem()) {
        sideClicked(side_->currentItem());
        return true;
    }
    if (watched == table_ && enter) {
        follow(table_->currentIndex());
        return true;
    }
    if (watched == table_ && key->matches(QKeySequence::Copy)) {
        const QModelIndexList cells = table_->selectionModel()->selectedIndexes();
        if (cells.size() == 1)
            QGuiApplication::clipboard()->setText(cells.front().data().toString());
        else
            copy(CopyForm::kCsv);
        return true;
    }
    return View::eventFilter(watched, event);
}

const KeyTable<SqlView>& SqlView::keys() {
    static const KeyTable<SqlView> keys({{"Esc", QT_TR_NOOP("cancel the query"), [](SqlView& view) { view.cancel(); }, [](const SqlView& view) { return view.running_; }}}, false);
    return keys;
}

void SqlView::keyPressEvent(QKeyEvent* event) {
    if (!keys().run(*this, *event))
        View::keyPressEvent(event);
}

bool SqlView::settled() const {
    const bool first = !askedTables_ && isVisible();
    return !first && !askingTables_ && !running_ && !askingChart_ && !saving_ && !copying_ && model_->settled();
}

void SqlView::announce() {
    if (settled())
        Q_EMIT settledChanged();
}

QString SqlView::summary() const { return problem_.isEmpty() ? tr("SQL: %1, %2").arg(state_->plain(), text_.simplified().left(200)) : problem_; }

QString SqlView::shownSql() const { return editor_->toPlainText(); }

namespace {

QString sqlNeeds(const query::CapsuleInfo&) { return {}; }

View* createSql(const ViewContext& context, QWidget* parent) { return new SqlView(context, parent); }

}  // namespace

extern const ViewFactory sql_view;
const ViewFactory sql_view{"sql", QT_TRANSLATE_NOOP("View", "SQL"), "⌘", sqlNeeds, createSql, [] { return SqlView::keys().rows(); }};

}  // namespace nj::ui
