#include "views/logs_table.h"

#include <QClipboard>
#include <QContextMenuEvent>
#include <QGuiApplication>
#include <QHeaderView>
#include <QMenu>
#include <QScrollBar>
#include <algorithm>

#include "models/log_export.h"
#include "query/search_syntax.h"
#include "state/masking.h"

namespace nj::ui {
namespace {

constexpr int kMostCopied = 10'000, kPad = LogCellDelegate::kPad, kKeyWidth = 132;

bool isPlain(const QKeyEvent& event) { return !(event.modifiers() & (Qt::ControlModifier | Qt::AltModifier | Qt::MetaModifier)); }

QString menuText(const QString& text) { return text.left(60).replace(QLatin1Char('&'), QStringLiteral("&&")); }

}  // namespace

LogsTable::LogsTable(LogTableModel& model, const Theme& theme, ServiceColor serviceColor, QWidget* parent) : QTableView(parent), model_(model), theme_(theme) {
    setModel(&model);
    delegate_ = new LogCellDelegate(model, theme, std::move(serviceColor), this);
    setItemDelegate(delegate_);
    setObjectName(QStringLiteral("logsTable"));
    setAccessibleName(tr("Log records"));
    setShowGrid(false);
    setWordWrap(false);
    setTabKeyNavigation(false);
    setFrameShape(QFrame::NoFrame);
    setSelectionBehavior(SelectRows);
    setSelectionMode(ExtendedSelection);
    setEditTriggers(NoEditTriggers);
    setVerticalScrollMode(ScrollPerItem);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    verticalHeader()->hide();
    verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    verticalHeader()->setDefaultSectionSize(theme.rowHeight);
    verticalHeader()->setMinimumSectionSize(theme.rowHeight);
    horizontalHeader()->setHighlightSections(false);
    horizontalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    horizontalHeader()->setFont(theme.table);
    horizontalHeader()->setFixedHeight(theme.rowHeight);
    horizontalHeader()->setSectionsMovable(true);
    horizontalHeader()->setContextMenuPolicy(Qt::CustomContextMenu);
    connect(horizontalHeader(), &QHeaderView::customContextMenuRequested, this, &LogsTable::headerMenu);
    connect(horizontalHeader(), &QHeaderView::sectionMoved, this, [this] {
        if (!placing_)
            Q_EMIT keysWanted(keysAsShown());
    });
    connect(&model, &QAbstractItemModel::modelReset, this, &LogsTable::placeColumns);
}

// ---------------------------------------------------------------- columns

QStringList LogsTable::keysAsShown() const {
    QStringList keys;
    for (int visual = 0; visual < horizontalHeader()->count(); ++visual)
        if (const int logical = horizontalHeader()->logicalIndex(visual); logical >= LogTableModel::kColumns)
            keys.push_back(model_.keys().value(logical - LogTableModel::kColumns));
    return keys;
}

void LogsTable::placeColumns() {
    placing_ = true;
    QHeaderView& header = *horizontalHeader();
    int at = 0;
    const auto place = [&](int logical) { header.moveSection(header.visualIndex(logical), at++); };
    for (const int fixed : {LogTableModel::kTime, LogTableModel::kMark, LogTableModel::kService})
        place(fixed);
    for (int key = 0; key < model_.keys().size(); ++key)
        place(LogTableModel::kColumns + key);
    place(LogTableModel::kBody);
    place(LogTableModel::kTrace);
    placing_ = false;
    QResizeEvent same(size(), size());
    resizeEvent(&same);
}

void LogsTable::headerMenu(const QPoint& at) {
    const int logical = horizontalHeader()->logicalIndexAt(at);
    if (logical < LogTableModel::kColumns)
        return;
    const QStringList keys = keysAsShown();
    const QString key = model_.keys().value(logical - LogTableModel::kColumns);
    const auto now = static_cast<int>(keys.indexOf(key));
    QMenu menu(this);
    const auto moved = [&](int to) {
        QStringList list = keys;
        list.move(now, to);
        return list;
    };
    if (now > 0)
        menu.addAction(tr("Move to the left"), this, [this, list = moved(now - 1)] { Q_EMIT keysWanted(list); });
    if (now + 1 < keys.size())
        menu.addAction(tr("Move to the right"), this, [this, list = moved(now + 1)] { Q_EMIT keysWanted(list); });
    QStringList rest = keys;
    rest.removeAll(key);
    menu.addAction(tr("Remove the column %1").arg(menuText(key)), this, [this, rest] { Q_EMIT keysWanted(rest); });
    menu.exec(horizontalHeader()->mapToGlobal(at));
}

void LogsTable::resizeEvent(QResizeEvent* event) {
    QTableView::resizeEvent(event);
    const QFontMetrics mono(theme_.mono);
    const int time = mono.horizontalAdvance(QStringLiteral("00:00:00.000 ≈")) + 2 * kPad, service = 116, mark = 24, trace = 28;
    setColumnWidth(LogTableModel::kTime, time);
    setColumnWidth(LogTableModel::kMark, mark);
    setColumnWidth(LogTableModel::kService, service);
    setColumnWidth(LogTableModel::kTrace, trace);
    // Columns of attributes share at most half of what there is.
    const int keys = static_cast<int>(model_.keys().size()), room = viewport()->width() - time - service - mark - trace;
    const int each = keys == 0 ? 0 : std::clamp(room / 2 / keys, 48, kKeyWidth);
    for (int key = 0; key < keys; ++key)
        setColumnWidth(LogTableModel::kColumns + key, each);
    setColumnWidth(LogTableModel::kBody, std::max(120, room - keys * each));
}

void LogsTable::fitRow(int row) {
    const QVariant lines = model_.index(row, LogTableModel::kBody).data(LogTableModel::kLinesRole);
    setRowHeight(row, lines.isValid() ? delegate_->heightOf(static_cast<int>(lines.toStringList().size())) : theme_.rowHeight);
}

void LogsTable::updateGeometries() {
    QTableView::updateGeometries();
    horizontalScrollBar()->setRange(0, 0);   // the body is cut to what there is: nothing lies to the right
}

void LogsTable::goTo(int row) {
    if (row < 0 || row >= model_.rowCount())
        return;
    const QModelIndex index = model_.index(row, LogTableModel::kBody);
    const QRect place = visualRect(index);
    const bool seen = viewport()->rect().adjusted(0, 0, 0, -theme_.rowHeight).contains(place.center());
    setCurrentIndex(index);
    scrollTo(index, seen ? EnsureVisible : PositionAtCenter);
}

void LogsTable::currentChanged(const QModelIndex& current, const QModelIndex& previous) {
    QTableView::currentChanged(current, previous);
    Q_EMIT currentRecordChanged();
}

QString LogsTable::selectedText() const {
    QString text;
    QList<int> rows;
    // Ranges, not single cells: "select all" of ten million rows is one range.
    for (const QItemSelectionRange& range : selectionModel()->selection())
        for (int row = range.top(); row <= range.bottom() && rows.size() < kMostCopied; ++row)
            rows.push_back(row);
    std::sort(rows.begin(), rows.end());
    for (const int row : rows)
        if (const query::LogRow* record = model_.record(row))
            text += QString::fromStdString(logLine(*record)) + QLatin1Char('\n');
    return text;
}

void LogsTable::copySelection() {
    const QString text = selectedText();
    if (text.isEmpty())
        return;
    QGuiApplication::clipboard()->setText(text);
    Q_EMIT copied(static_cast<int>(text.count(QLatin1Char('\n'))));
}

bool LogsTable::event(QEvent* event) {
    // Before the window's sequences see them: T and C would wait there for a second key.
    if (event->type() == QEvent::ShortcutOverride) {
        if (keys().has(*this, *static_cast<QKeyEvent*>(event))) {
            event->accept();
            return true;
        }
    }
    return QTableView::event(event);
}

const KeyTable<LogsTable>& LogsTable::keys() {
    static const KeyTable<LogsTable> keys({{"E", QT_TR_NOOP("next, previous error"), [](LogsTable& table) { Q_EMIT table.jumpWanted(true, Target::kError); }},
                                           {"Shift+E", QT_TR_NOOP("next, previous error"), [](LogsTable& table) { Q_EMIT table.jumpWanted(false, Target::kError); }},
                                           {"W", QT_TR_NOOP("next, previous warning"), [](LogsTable& table) { Q_EMIT table.jumpWanted(true, Target::kWarning); }},
                                           {"Shift+W", QT_TR_NOOP("next, previous warning"), [](LogsTable& table) { Q_EMIT table.jumpWanted(false, Target::kWarning); }},
                                           {"N", QT_TR_NOOP("next, previous hit"), [](LogsTable& table) { Q_EMIT table.jumpWanted(true, Target::kHit); }},
                                           {"Shift+N", QT_TR_NOOP("next, previous hit"), [](LogsTable& table) { Q_EMIT table.jumpWanted(false, Target::kHit); }},
                                           {"O", QT_TR_NOOP("next, previous record of the trace"), [](LogsTable& table) { Q_EMIT table.jumpWanted(true, Target::kTrace); }},
                                           {"Shift+O", QT_TR_NOOP("next, previous record of the trace"), [](LogsTable& table) { Q_EMIT table.jumpWanted(false, Target::kTrace); }},
                                           {"C", QT_TR_NOOP("what surrounds it: its source, everything"), [](LogsTable& table) { Q_EMIT table.contextWanted(true); }},
                                           {"Shift+C", QT_TR_NOOP("what surrounds it: its source, everything"), [](LogsTable& table) { Q_EMIT table.contextWanted(false); }},
                                           {"Space", QT_TR_NOOP("open, close a record of several lines"), [](LogsTable& table) { Q_EMIT table.openWanted(table.currentIndex().row(), !table.model_.isOpen(table.currentIndex().row())); }},
                                           {"Right", QT_TR_NOOP("open, close a record of several lines"), [](LogsTable& table) { Q_EMIT table.openWanted(table.currentIndex().row(), true); }},
                                           {"Left", QT_TR_NOOP("open, close a record of several lines"), [](LogsTable& table) { Q_EMIT table.openWanted(table.currentIndex().row(), false); }},
                                           {"T; Return; Enter", QT_TR_NOOP("its trace"), [](LogsTable& table) { Q_EMIT table.traceWanted(); }},
                                           {"Ctrl+C", QT_TR_NOOP("copy the records"), [](LogsTable& table) { table.copySelection(); }}},
                                          true);
    return keys;
}

void LogsTable::keyPressEvent(QKeyEvent* event) {
    if (keys().run(*this, *event))
        return;
    if (isPlain(*event) && !event->text().isEmpty() && event->text().front().isPrint()) {
        event->ignore();   // QTableView would search ten million rows for what was typed
        return;
    }
    QTableView::keyPressEvent(event);
}

void LogsTable::mouseReleaseEvent(QMouseEvent* event) {
    QTableView::mouseReleaseEvent(event);
    const QModelIndex index = indexAt(event->pos());
    if (event->button() != Qt::LeftButton || index.column() != LogTableModel::kBody || event->modifiers() != Qt::NoModifier)
        return;
    if (delegate_->chip(visualRect(index), index.data(LogTableModel::kLineCountRole).toInt()).contains(event->position()))
        Q_EMIT openWanted(index.row(), !model_.isOpen(index.row()));
}

void LogsTable::addCellActions(QMenu& menu, const QModelIndex& index) {
    const QString key = model_.keys().value(index.column() - LogTableModel::kColumns);
    const QString value = index.data(Qt::DisplayRole).toString();
    if (index.column() < LogTableModel::kColumns || value.isEmpty() || value == maskText())
        return;
    const auto term = [&](bool exclude) { return QString::fromStdString(query::searchTerm(key.toStdString(), value.toStdString(), exclude)); };
    menu.addAction(tr("Only %1").arg(menuText(key + QStringLiteral(": ") + value)), this, [this, text = term(false)] { Q_EMIT filterWanted(text); });
    menu.addAction(tr("Without %1").arg(menuText(key + QStringLiteral(": ") + value)), this, [this, text = term(true)] { Q_EMIT filterWanted(text); });
}

void LogsTable::contextMenuEvent(QContextMenuEvent* event) {
    const QModelIndex index = indexAt(event->pos());
    const query::LogRow* row = index.isValid() ? model_.record(index.row()) : nullptr;
    if (!row)
        return;
    QMenu menu(this);
    const std::string service = row->service;
    const bool trace = !row->traceId.empty();
    menu.addAction(tr("Copy\tCtrl+C"), this, [this] { copySelection(); });
    addCellActions(menu, index);
    if (!service.empty()) {
        const QString name = menuText(QString::fromStdString(service));
        menu.addAction(tr("Only %1").arg(name), this, [this, service] { Q_EMIT filterWanted(QString::fromStdString(query::searchTerm("service", service, false))); });
        menu.addAction(tr("Without %1").arg(name), this, [this, service] { Q_EMIT filterWanted(QString::fromStdString(query::searchTerm("service", service, true))); });
    }
    if (trace) {
        const std::string id = row->traceId.hex();
        menu.addAction(tr("Open its trace\tT"), this, [this] { Q_EMIT traceWanted(); });
        menu.addAction(tr("Only this trace"), this, [this, id] { Q_EMIT filterWanted(QString::fromStdString(query::searchTerm("trace", id, false))); });
    }
    menu.addAction(tr("Surrounding records of its source\tC"), this, [this] { Q_EMIT contextWanted(true); });
    menu.addAction(tr("Surrounding records of everything\tShift+C"), this, [this] { Q_EMIT contextWanted(false); });
    menu.exec(event->globalPos());
}

}  // namespace nj::ui
