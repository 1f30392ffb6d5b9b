#include "widgets/fact_table.h"

#include <QHeaderView>
#include <QKeyEvent>
#include <QPainter>
#include <QStyledItemDelegate>
#include <algorithm>
#include <cmath>
#include <numeric>

#include "widgets/cell_delegate.h"
#include "widgets/plain_label.h"
#include "widgets/tabular_text.h"

namespace nj::ui {

namespace {

constexpr int kPad = 5, kBarWidth = 44, kBarHeight = 6, kWords = 150;

QColor roleInk(const FactCell& cell, const Theme& theme) {
    if (cell.role == u"error")
        return theme.error;
    if (cell.role == u"warning")
        return theme.warning;
    if (cell.role == u"ok")
        return theme.ok;
    if (cell.role == u"accent")
        return theme.accent;
    return theme.muted;
}

void paintSpark(QPainter* p, const QRectF& area, const std::vector<float>& values, const QColor& ink) {
    float low = INFINITY, high = -INFINITY;
    for (const float v : values)
        if (std::isfinite(v)) {
            low = std::min(low, v);
            high = std::max(high, v);
        }
    if (!(low <= high))
        return;
    if (high - low < 1e-9F * std::max(1.0F, std::fabs(high))) {
        low -= 1;
        high += 1;
    }
    QPen pen(ink, 1.25);
    pen.setCosmetic(true);
    p->setPen(pen);
    p->setRenderHint(QPainter::Antialiasing);
    QVector<QLineF> lines;
    QPointF last;
    bool joined = false;
    const double step = area.width() / std::max<double>(1, static_cast<double>(values.size()) - 1);
    for (size_t i = 0; i < values.size(); ++i) {
        if (!std::isfinite(values[i])) {
            joined = false;
            continue;
        }
        const QPointF point(area.left() + step * static_cast<double>(i), area.bottom() - area.height() * static_cast<double>((values[i] - low) / (high - low)));
        if (joined)
            lines.push_back({last, point});
        last = point;
        joined = true;
    }
    p->drawLines(lines);
    p->setRenderHint(QPainter::Antialiasing, false);
}

class FactDelegate : public QStyledItemDelegate {
public:
    FactDelegate(const FactTable& table, const Theme& theme, const std::vector<FactColumn>& columns, QObject* parent)
        : QStyledItemDelegate(parent), table_(table), theme_(theme), columns_(columns) {}

    void paint(QPainter* p, const QStyleOptionViewItem& option, const QModelIndex& index) const override {
        const FactCell& cell = table_.cellAt(index.row(), index.column());
        const FactColumn& column = columns_[static_cast<size_t>(index.column())];
        p->save();
        p->setClipRect(option.rect);
        paintRowGround(*p, option, theme_);
        QRectF area = QRectF(option.rect).adjusted(kPad, 0, -kPad, 0);
        if (!cell.spark.empty()) {
            paintSpark(p, area.adjusted(0, 5, 0, -5), cell.spark, cell.role.isEmpty() ? theme_.text : roleInk(cell, theme_));
            p->restore();
            return;
        }
        paintMark(p, area, cell);
        QFont font = theme_.table;
        if (cell.strong)
            font.setWeight(QFont::DemiBold);
        p->setFont(font);
        p->setPen(cell.muted ? theme_.muted : theme_.text);
        const QFontMetricsF metrics(font);
        if (column.right) {
            if (cell.share >= 0)
                paintBar(p, area, cell, tabularWidth(metrics, cell.text));
            drawTabular(*p, area, Qt::AlignRight | Qt::AlignVCenter, metrics.elidedText(cell.text, Qt::ElideRight, area.width()));
        } else {
            if (cell.share >= 0) {
                paintBar(p, QRectF(area.left(), area.top(), kBarWidth, area.height()), cell, 0);
                area.setLeft(area.left() + kBarWidth + 6);
            }
            const QString text = metrics.elidedText(cell.text, Qt::ElideRight, area.width());
            p->drawText(area, Qt::AlignLeft | Qt::AlignVCenter, text);
            area.setLeft(area.left() + metrics.horizontalAdvance(text) + 6);
            if (!cell.detail.isEmpty() && area.width() > 16) {
                p->setFont(theme_.caption);
                p->setPen(theme_.muted);
                p->drawText(area, Qt::AlignLeft | Qt::AlignVCenter, QFontMetricsF(theme_.caption).elidedText(cell.detail, Qt::ElideRight, area.width()));
            }
        }
        p->restore();
    }
    QSize sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const override { return {40, theme_.rowHeight}; }

private:
    void paintMark(QPainter* p, QRectF& area, const FactCell& cell) const {
        if (!cell.mark.isEmpty()) {
            p->setFont(theme_.caption);
            p->setPen(roleInk(cell, theme_));
            p->drawText(QRectF(area.left(), area.top(), 14, area.height()), Qt::AlignCenter, cell.mark);
            area.setLeft(area.left() + 18);
        }
        if (cell.dot.isValid()) {
            p->fillRect(QRectF(area.left(), area.center().y() - 4, 8, 8), cell.dot);
            area.setLeft(area.left() + 13);
        }
    }
    void paintBar(QPainter* p, const QRectF& area, const FactCell& cell, double textWidth) const {
        const double room = std::min<double>(kBarWidth, area.width() - textWidth - 6);
        const double width = room * std::clamp(cell.share, 0.0, 1.0);
        if (width <= 0)
            return;
        const double left = textWidth > 0 ? area.right() - textWidth - 6 - room : area.left();
        p->fillRect(QRectF(left, area.center().y() - kBarHeight / 2.0, std::max(1.0, width), kBarHeight), roleInk(cell, theme_));
    }
    const FactTable& table_;
    const Theme& theme_;
    const std::vector<FactColumn>& columns_;
};

}  // namespace

FactTable::FactTable(const std::vector<FactColumn>& columns, const Theme& theme, QWidget* parent)
    : QTableWidget(0, static_cast<int>(columns.size()), parent), theme_(theme), columns_(columns) {
    setItemDelegate(new FactDelegate(*this, theme, columns_, this));
    setShowGrid(false);
    setSelectionBehavior(QAbstractItemView::SelectRows);
    setSelectionMode(QAbstractItemView::SingleSelection);
    setEditTriggers(QAbstractItemView::NoEditTriggers);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setTabKeyNavigation(false);
    setMouseTracking(true);
    setWordWrap(false);
    verticalHeader()->hide();
    verticalHeader()->setDefaultSectionSize(theme.rowHeight);
    verticalHeader()->setMinimumSectionSize(theme.rowHeight);
    horizontalHeader()->setFixedHeight(theme.rowHeight);
    horizontalHeader()->setHighlightSections(false);
    horizontalHeader()->setFont(theme.table);
    horizontalHeader()->setSectionsClickable(true);
    horizontalHeader()->setMinimumSectionSize(20);
    for (int i = 0; i < columnCount(); ++i) {
        const FactColumn& column = columns_[static_cast<size_t>(i)];
        auto* item = new QTableWidgetItem(column.title);
        item->setTextAlignment((column.right ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
        setHorizontalHeaderItem(i, item);
        horizontalHeader()->setSectionResizeMode(i, column.width > 0 ? QHeaderView::Interactive : QHeaderView::Stretch);
        if (column.width > 0)
            setColumnWidth(i, column.width);
    }
    connect(horizontalHeader(), &QHeaderView::sectionClicked, this, &FactTable::sortBy);
    connect(this, &QTableWidget::cellClicked, this, [this](int row) { Q_EMIT rowOpened(sourceRow(row)); });
}

const FactCell& FactTable::cellAt(int row, int column) const {
    return rows_[static_cast<size_t>(order_[static_cast<size_t>(row)])][static_cast<size_t>(column)];
}

void FactTable::setRows(std::vector<std::vector<FactCell>> rows) {
    rows_ = std::move(rows);
    for (auto& row : rows_)
        for (FactCell& cell : row) {
            cell.text.truncate(CellDelegate::kShownCharacters);
            cell.detail.truncate(CellDelegate::kShownCharacters);
        }
    order_.resize(rows_.size());
    std::iota(order_.begin(), order_.end(), 0);
    sorted_ = -1;
    horizontalHeader()->setSortIndicatorShown(false);
    setRowCount(static_cast<int>(rows_.size()));
    fill();
}

// Items carry the text, for screen readers and keyboard search; the delegate paints from the cells.
void FactTable::fill() {
    for (int row = 0; row < rowCount(); ++row)
        for (int column = 0; column < columnCount(); ++column) {
            const FactCell& cell = cellAt(row, column);
            const QString text = (cell.text + QLatin1Char(' ') + cell.detail).trimmed();
            auto* item = new QTableWidgetItem(text);
            item->setFlags(Qt::ItemIsEnabled | Qt::ItemIsSelectable);
            item->setToolTip(plainToolTip(text));
            setItem(row, column, item);
        }
}

// The stretched column keeps room for words; numbers that matter less give way.
void FactTable::resizeEvent(QResizeEvent* event) {
    QTableWidget::resizeEvent(event);
    int room = viewport()->width() - kWords, most = 0;
    for (const FactColumn& column : columns_) {
        room -= column.width;
        most = std::max(most, column.giveWay);
    }
    for (int i = 0; i < columnCount(); ++i)
        setColumnHidden(i, false);
    for (int rank = most; rank > 0 && room < 0; --rank)
        for (int i = 0; i < columnCount(); ++i)
            if (columns_[static_cast<size_t>(i)].giveWay == rank) {
                setColumnHidden(i, true);
                room += columns_[static_cast<size_t>(i)].width;
            }
}

void FactTable::sortBy(int column) {
    descending_ = sorted_ == column ? !descending_ : true;
    sorted_ = column;
    const auto c = static_cast<size_t>(column);
    std::stable_sort(order_.begin(), order_.end(), [&](int a, int b) {
        const FactCell &x = rows_[static_cast<size_t>(a)][c], &y = rows_[static_cast<size_t>(b)][c];
        const int compared = x.order != y.order ? (x.order < y.order ? -1 : 1) : QString::localeAwareCompare(x.text, y.text);
        return descending_ ? compared > 0 : compared < 0;
    });
    horizontalHeader()->setSortIndicator(column, descending_ ? Qt::DescendingOrder : Qt::AscendingOrder);
    horizontalHeader()->setSortIndicatorShown(true);
    fill();
    viewport()->update();
}

void FactTable::keyPressEvent(QKeyEvent* event) {
    if ((event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) && currentRow() >= 0) {
        Q_EMIT rowOpened(sourceRow(currentRow()));
        return;
    }
    QTableWidget::keyPressEvent(event);
}

}  // namespace nj::ui
