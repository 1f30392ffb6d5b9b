#include "widgets/attribute_table.h"

#include <QApplication>
#include <QClipboard>
#include <QHeaderView>
#include <QMenu>
#include <QVBoxLayout>

#include "widgets/plain_label.h"

namespace nj::ui {

namespace {

constexpr int kRow = 20;
constexpr int kMostRows = 400;   // an attribute list beyond this is cut, and says so

QTableWidgetItem* cell(const QString& text, const QFont& font, const QColor& color, Qt::Alignment alignment) {
    auto* item = new QTableWidgetItem(cutForLine(text));
    item->setFont(font);
    item->setForeground(color);
    item->setTextAlignment(alignment | Qt::AlignVCenter);
    item->setFlags(Qt::ItemIsSelectable | Qt::ItemIsEnabled);
    item->setToolTip(plainToolTip(text));
    return item;
}

}  // namespace

AttributeTable::AttributeTable(const InspectorSection& section, const Theme& theme, QWidget* parent) : QWidget(parent), rows_(section.rows), theme_(theme) {
    const int count = static_cast<int>(std::min<qsizetype>(rows_.size(), kMostRows));
    table_ = new QTableWidget(count, 2, this);
    table_->setAccessibleName(section.title);
    table_->setShowGrid(false);
    table_->horizontalHeader()->hide();
    table_->verticalHeader()->hide();
    table_->verticalHeader()->setDefaultSectionSize(kRow);
    table_->verticalHeader()->setMinimumSectionSize(kRow);
    table_->horizontalHeader()->setSectionResizeMode(0, QHeaderView::Interactive);
    table_->horizontalHeader()->setMinimumSectionSize(20);   // else a long key pushes the value out of sight
    table_->horizontalHeader()->setStretchLastSection(true);
    table_->setTextElideMode(Qt::ElideMiddle);
    table_->setSelectionBehavior(QAbstractItemView::SelectRows);
    table_->setSelectionMode(QAbstractItemView::SingleSelection);
    table_->setEditTriggers(QAbstractItemView::NoEditTriggers);
    table_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    table_->setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    table_->setContextMenuPolicy(Qt::CustomContextMenu);
    table_->setWordWrap(false);
    table_->setTabKeyNavigation(false);
    int keyWidth = 60;
    QFont small = theme.mono;
    small.setPixelSize(11);
    const QFontMetrics metrics(small);
    for (int i = 0; i < count; ++i) {
        const InspectorRow& row = rows_[i];
        table_->setItem(i, 0, cell(row.key, small, theme.muted, Qt::AlignLeft));
        table_->setItem(i, 1, cell(row.masked ? row.value + QStringLiteral(" · ") + tr("show") : row.value, small, row.masked ? theme.accent : theme.text, Qt::AlignRight));
        keyWidth = std::max(keyWidth, metrics.horizontalAdvance(row.key.left(kLineCharacters)) + 10);
    }
    table_->setColumnWidth(0, std::min(keyWidth, 156));
    table_->setFixedHeight(count * kRow);
    whole_ = new PlainLabel({}, small, "", this);
    whole_->setWordWrap(true);
    whole_->setTextInteractionFlags(Qt::TextSelectableByMouse);
    whole_->hide();
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(theme.unit);
    column->addWidget(table_);
    column->addWidget(whole_);
    if (rows_.size() > kMostRows)
        column->addWidget(new PlainLabel(tr("first %1 of %2").arg(kMostRows).arg(rows_.size()), theme.caption, "warning", this));
    connect(table_, &QTableWidget::currentCellChanged, this, [this](int row) { showWhole(row); });
    connect(table_, &QTableWidget::cellClicked, this, [this](int row, int column_) {
        if (column_ == 1 && rows_[row].masked)
            Q_EMIT showContentsAsked();
    });
    connect(table_, &QTableWidget::cellActivated, this, [this](int row) {
        if (rows_[row].masked)
            Q_EMIT showContentsAsked();
    });
    connect(table_, &QWidget::customContextMenuRequested, this, &AttributeTable::openMenu);
}

void AttributeTable::showWhole(int row) {
    const bool inside = row >= 0 && row < rows_.size();
    const auto fits = [this](const QTableWidgetItem& item, const QString& value) {
        return value.size() <= kLineCharacters && QFontMetrics(item.font()).horizontalAdvance(value) <= table_->columnWidth(1) - 12;
    };
    const bool tooLong = inside && !rows_[row].masked && !fits(*table_->item(row, 1), rows_[row].value);
    whole_->setPlain(tooLong ? rows_[row].value : QString());
    whole_->setVisible(tooLong);
}

void AttributeTable::openMenu(const QPoint& at) {
    const int row = table_->rowAt(at.y());
    if (row < 0 || row >= rows_.size())
        return;
    const InspectorRow entry = rows_[row];
    QMenu menu(this);
    if (!entry.filterKey.isEmpty() && !entry.masked) {
        connect(menu.addAction(tr("Include %1").arg(entry.key)), &QAction::triggered, this, [this, entry] { Q_EMIT filterAsked(entry.filterKey, entry.value, false); });
        connect(menu.addAction(tr("Exclude %1").arg(entry.key)), &QAction::triggered, this, [this, entry] { Q_EMIT filterAsked(entry.filterKey, entry.value, true); });
        menu.addSeparator();
    }
    if (entry.masked)
        connect(menu.addAction(tr("Show message contents")), &QAction::triggered, this, &AttributeTable::showContentsAsked);
    connect(menu.addAction(tr("Copy value")), &QAction::triggered, this, [entry] { QApplication::clipboard()->setText(entry.value); });
    connect(menu.addAction(tr("Copy key and value")), &QAction::triggered, this, [entry] { QApplication::clipboard()->setText(entry.key + QLatin1Char('\t') + entry.value); });
    menu.exec(table_->viewport()->mapToGlobal(at));
}

}  // namespace nj::ui
