#include "views/logs_table.h"

#include <QClipboard>
#include <QContextMenuEvent>
#include <QGuiApplication>
#include <QHeaderView>
#include <QMenu>
#include <QPainter>
#include <QScrollBar>
#include <QStyledItemDelegate>
#include <algorithm>

#include "models/log_text.h"
#include "query/search_syntax.h"

namespace nj::ui {
namespace {

constexpr int kMostCopied = 10'000, kPad = 6;

class LogCellDelegate final : public QStyledItemDelegate {
public:
    LogCellDelegate(const LogTableModel& model, const Theme& theme, LogsTable::ServiceColor color, QObject* parent)
        : QStyledItemDelegate(parent), model_(model), theme_(theme), serviceColor_(std::move(color)) {}

    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override {
        // The view has drawn the selection already.
        const bool selected = option.state.testFlag(QStyle::State_Selected);
        if (!selected && index.data(LogTableModel::kContextRole).toBool())
            painter->fillRect(option.rect, theme_.grid);
        painter->setPen(theme_.grid);
        painter->drawLine(option.rect.bottomLeft(), option.rect.bottomRight());
        const QString text = index.data(Qt::DisplayRole).toString();
        QRectF place = QRectF(option.rect).adjusted(kPad, 0, -2, 0);
        painter->setFont(index.data(Qt::FontRole).value<QFont>());
        painter->setPen(index.data(Qt::ForegroundRole).value<QColor>());
        if (index.column() == LogTableModel::kService && !text.isEmpty()) {
            painter->fillRect(QRectF(place.left(), place.center().y() - 4, 8, 8), serviceColor_(text));
            place.setLeft(place.left() + 14);
        }
        if (index.column() == LogTableModel::kBody)
            paintBody(*painter, place, text);
        else
            painter->drawText(place, static_cast<int>(index.data(Qt::TextAlignmentRole).toInt()) | Qt::TextSingleLine,
                              QFontMetricsF(painter->font()).elidedText(text, Qt::ElideRight, place.width()));
    }

    QSize sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const override { return {80, theme_.rowHeight}; }

private:
    void paintBody(QPainter& painter, const QRectF& place, const QString& text) const {
        const QFontMetricsF metrics(painter.font());
        const double cell = std::max(1.0, metrics.horizontalAdvance(QLatin1Char('x')));
        // Only what can be seen is measured: a body may be thousands of characters.
        const QString seen = metrics.elidedText(text.left(static_cast<qsizetype>(place.width() / cell) + 8), Qt::ElideRight, place.width());
        const double baseline = place.center().y() + (metrics.ascent() - metrics.descent()) / 2;
        for (const auto& [from, to] : wordPlaces(seen, model_.words())) {
            const double left = place.left() + metrics.horizontalAdvance(seen.left(from)), width = metrics.horizontalAdvance(seen.mid(from, to - from));
            painter.fillRect(QRectF(left - 1, place.center().y() - 9, width + 2, 18), theme_.selection);
            painter.fillRect(QRectF(left - 1, place.center().y() + 8, width + 2, 1), theme_.accent);
        }
        painter.drawText(QPointF(place.left(), baseline), seen);
    }

    const LogTableModel& model_;
    const Theme& theme_;
    LogsTable::ServiceColor serviceColor_;
};

}  // namespace

LogsTable::LogsTable(LogTableModel& model, const Theme& theme, ServiceColor serviceColor, QWidget* parent) : QTableView(parent), model_(model), theme_(theme) {
    setModel(&model);
    setItemDelegate(new LogCellDelegate(model, theme, std::move(serviceColor), this));
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
}

void LogsTable::resizeEvent(QResizeEvent* event) {
    QTableView::resizeEvent(event);
    const QFontMetrics mono(theme_.mono);
    const int time = mono.horizontalAdvance(QStringLiteral("00:00:00.000 ≈")) + 2 * kPad, service = 116, mark = 24, trace = 28;
    setColumnWidth(LogTableModel::kTime, time);
    setColumnWidth(LogTableModel::kMark, mark);
    setColumnWidth(LogTableModel::kService, service);
    setColumnWidth(LogTableModel::kTrace, trace);
    setColumnWidth(LogTableModel::kBody, std::max(120, viewport()->width() - time - service - mark - trace));
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

void LogsTable::keyPressEvent(QKeyEvent* event) {
    if (event->matches(QKeySequence::Copy)) {
        copySelection();
        return;
    }
    const bool plain = !(event->modifiers() & (Qt::ControlModifier | Qt::AltModifier | Qt::MetaModifier));
    const bool shift = event->modifiers().testFlag(Qt::ShiftModifier);
    if (plain) {
        switch (event->key()) {
        case Qt::Key_E: Q_EMIT severeWanted(!shift, true); return;
        case Qt::Key_W: Q_EMIT severeWanted(!shift, false); return;
        case Qt::Key_C: Q_EMIT contextWanted(); return;
        case Qt::Key_T:
        case Qt::Key_Return:
        case Qt::Key_Enter: Q_EMIT traceWanted(); return;
        case Qt::Key_Slash: Q_EMIT searchWanted(); return;
        default: break;
        }
        if (!event->text().isEmpty() && event->text().front().isPrint()) {
            event->ignore();   // QTableView would search ten million rows for what was typed
            return;
        }
    }
    QTableView::keyPressEvent(event);
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
    if (!service.empty()) {
        const QString name = QString::fromStdString(service).left(60).replace(QLatin1Char('&'), QStringLiteral("&&"));
        menu.addAction(tr("Only %1").arg(name), this, [this, service] { Q_EMIT filterWanted(QString::fromStdString(query::searchTerm("service", service, false))); });
        menu.addAction(tr("Without %1").arg(name), this, [this, service] { Q_EMIT filterWanted(QString::fromStdString(query::searchTerm("service", service, true))); });
    }
    if (trace) {
        const std::string id = row->traceId.hex();
        menu.addAction(tr("Open its trace\tT"), this, [this] { Q_EMIT traceWanted(); });
        menu.addAction(tr("Only this trace"), this, [this, id] { Q_EMIT filterWanted(QString::fromStdString(query::searchTerm("trace", id, false))); });
    }
    menu.addAction(tr("Show what surrounds it\tC"), this, [this] { Q_EMIT contextWanted(); });
    menu.exec(event->globalPos());
}

}  // namespace nj::ui
