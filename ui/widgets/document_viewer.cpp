#include "widgets/document_viewer.h"

#include <QApplication>
#include <QClipboard>
#include <QHeaderView>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QVBoxLayout>
#include <algorithm>

#include "theme/number_format.h"
#include "widgets/plain_label.h"

namespace nj::ui {
namespace {

constexpr int kMostCopied = 10'000;

}  // namespace

DocumentViewer::DocumentViewer(const Theme& theme, QWidget* parent) : QWidget(parent), theme_(theme), model_(new DocumentModel(theme, this)) {
    search_ = new QLineEdit(this);
    search_->setObjectName(QStringLiteral("documentSearch"));
    search_->setPlaceholderText(tr("search this document  /"));
    search_->setAccessibleName(tr("Search this document"));
    search_->setFont(theme.mono);
    search_->setMaxLength(1024);
    search_->installEventFilter(this);
    note_ = new PlainLabel({}, theme.table, "muted", this);
    lines_ = new QTableView(this);
    lines_->setObjectName(QStringLiteral("documentLines"));
    lines_->setAccessibleName(tr("Lines of the document"));
    lines_->setModel(model_);
    lines_->setShowGrid(false);
    lines_->setWordWrap(false);
    lines_->setFrameShape(QFrame::NoFrame);
    lines_->setTabKeyNavigation(false);
    lines_->setTextElideMode(Qt::ElideNone);
    lines_->setSelectionBehavior(QAbstractItemView::SelectRows);
    lines_->setSelectionMode(QAbstractItemView::ExtendedSelection);
    lines_->setEditTriggers(QAbstractItemView::NoEditTriggers);
    lines_->setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
    lines_->horizontalHeader()->hide();
    lines_->verticalHeader()->hide();
    lines_->verticalHeader()->setMinimumSectionSize(16);
    lines_->verticalHeader()->setDefaultSectionSize(18);
    lines_->installEventFilter(this);
    auto* row = new QHBoxLayout;
    row->addWidget(search_, 1);
    row->addWidget(note_, 1);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(theme.unit);
    column->addLayout(row);
    column->addWidget(lines_, 1);
    setFocusProxy(lines_);
}

void DocumentViewer::setText(std::string text) {
    model_->setText(std::move(text));
    const QFontMetrics metrics(theme_.mono);
    lines_->setColumnWidth(DocumentModel::kNumber, metrics.horizontalAdvance(QString::number(std::max(1000, model_->rowCount()))) + 16);
    lines_->setColumnWidth(DocumentModel::kText, std::max(400, metrics.horizontalAdvance(QLatin1Char('x')) * (model_->longestLine() + 4)));
    note_->setPlain(tr("%1 lines").arg(formatCount(static_cast<quint64>(model_->rowCount()))));
    if (model_->rowCount() > 0)
        lines_->selectRow(0);
}

void DocumentViewer::goToLine(int line) {
    if (line < 1 || line > model_->rowCount())
        return;
    lines_->selectRow(line - 1);
    lines_->scrollTo(model_->index(line - 1, DocumentModel::kNumber), QAbstractItemView::PositionAtCenter);
}

int DocumentViewer::currentLine() const { return lines_->currentIndex().isValid() ? lines_->currentIndex().row() + 1 : 0; }

void DocumentViewer::focusSearch() {
    search_->setFocus(Qt::ShortcutFocusReason);
    search_->selectAll();
}

void DocumentViewer::findNext(bool forward) {
    const int row = model_->find(search_->text(), lines_->currentIndex().isValid() ? lines_->currentIndex().row() : -1, forward);
    note_->setRole(row < 0 ? "warning" : "muted");
    note_->setPlain(row < 0 ? tr("◆ not in this document") : tr("line %1 of %2").arg(formatCount(static_cast<quint64>(row) + 1), formatCount(static_cast<quint64>(model_->rowCount()))));
    if (row >= 0)
        goToLine(row + 1);
}

void DocumentViewer::copyLines() {
    QList<int> rows;
    for (const QItemSelectionRange& range : lines_->selectionModel()->selection())
        for (int row = range.top(); row <= range.bottom() && rows.size() < kMostCopied; ++row)
            rows.append(row);
    std::sort(rows.begin(), rows.end());
    QString text;
    for (const int row : rows)
        text += model_->line(row) + QLatin1Char('\n');
    QApplication::clipboard()->setText(text);
}

bool DocumentViewer::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() != QEvent::KeyPress)
        return QWidget::eventFilter(watched, event);
    const auto* key = static_cast<QKeyEvent*>(event);
    if (watched == search_ && (key->key() == Qt::Key_Return || key->key() == Qt::Key_Enter)) {
        findNext(!key->modifiers().testFlag(Qt::ShiftModifier));
        return true;
    }
    if (watched == search_ && (key->key() == Qt::Key_Down || key->key() == Qt::Key_Escape)) {
        lines_->setFocus();
        return true;
    }
    if (watched == lines_ && key->matches(QKeySequence::Copy)) {
        copyLines();
        return true;
    }
    if (watched == lines_ && key->key() == Qt::Key_Slash) {
        focusSearch();
        return true;
    }
    return QWidget::eventFilter(watched, event);
}

}  // namespace nj::ui
