#include "widgets/legend_table.h"

#include <QHeaderView>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QPixmap>
#include <algorithm>
#include <cmath>
#include <numeric>

#include "theme/number_format.h"
#include "widgets/plain_label.h"

namespace nj::ui {
namespace {

constexpr int kHeaderHeight = 24, kNarrow = 84;

QPixmap swatch(const QColor& color, Qt::PenStyle dash, double ratio) {
    QPixmap pixmap(QSize(18, 12) * ratio);
    pixmap.setDevicePixelRatio(ratio);
    pixmap.fill(Qt::transparent);
    QPainter painter(&pixmap);
    painter.setPen(QPen(color, 2, dash));
    painter.drawLine(QPointF(0, 6), QPointF(18, 6));
    return pixmap;
}

double ratioOf(const LegendRow& row) { return row.baseline > 0 ? row.value / row.baseline : std::numeric_limits<double>::quiet_NaN(); }

}  // namespace

LegendModel::LegendModel(const Theme& theme, QObject* parent) : QAbstractTableModel(parent), theme_(theme) {}

void LegendModel::setRows(const QVector<LegendRow>& rows, const QString& unit, const QString& nameTitle, const QString& countTitle) {
    beginResetModel();
    rows_ = rows;
    unit_ = unit;
    nameTitle_ = nameTitle;
    countTitle_ = countTitle;
    clock_.clear();
    hidden_.clear();
    order_.resize(rows.size());
    std::iota(order_.begin(), order_.end(), 0);
    applySort();
    endResetModel();
}

void LegendModel::setAtCursor(const QString& clock, const QVector<double>& values) {
    const bool newTitle = clock != clock_;
    clock_ = clock;
    for (qsizetype i = 0; i < rows_.size(); ++i)
        rows_[i].atCursor = i < values.size() ? values[i] : std::numeric_limits<double>::quiet_NaN();
    if (newTitle)
        Q_EMIT headerDataChanged(Qt::Horizontal, kAtCursor, kAtCursor);
    if (!rows_.isEmpty())
        Q_EMIT dataChanged(index(0, kAtCursor), index(static_cast<int>(rows_.size()) - 1, kAtCursor));
}

void LegendModel::setHidden(const QSet<int>& hidden) {
    hidden_ = hidden;
    if (!rows_.isEmpty())
        Q_EMIT dataChanged(index(0, 0), index(static_cast<int>(rows_.size()) - 1, kColumns - 1));
}

int LegendModel::rowCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : static_cast<int>(rows_.size()); }
int LegendModel::columnCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : kColumns; }

double LegendModel::number(const LegendRow& row, int column) const {
    switch (column) {
    case kAtCursor: return row.atCursor;
    case kLast: return row.last;
    case kMin: return row.min;
    case kP95: return row.p95;
    case kMax: return row.max;
    case kRatio: return ratioOf(row);
    default: return static_cast<double>(row.n);
    }
}

QString LegendModel::text(const LegendRow& row, int column) const {
    if (column == kName)
        return row.name.isEmpty() ? tr("all") : cutForCell(row.name);
    if (column == kCount)
        return formatCount(row.n);
    if (column == kAtCursor && clock_.isEmpty())
        return {};
    const QString least = row.atLeast && (column == kP95 || column == kMax || column == kRatio) ? QStringLiteral("≥ ") : QString();
    if (column == kRatio)
        return std::isnan(ratioOf(row)) ? QStringLiteral("–") : least + formatFactor(row.baseline, row.value);
    const double value = number(row, column);
    return std::isfinite(value) ? least + formatValue(value, unit_) : QStringLiteral("–");
}

QVariant LegendModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid() || index.row() >= order_.size())
        return {};
    const int series = order_[index.row()];
    const LegendRow& row = rows_[series];
    const bool off = hidden_.contains(series);
    switch (role) {
    case Qt::DisplayRole: return text(row, index.column());
    case Qt::ToolTipRole: return index.column() == kName ? QVariant(Qt::convertFromPlainText(cutForCell(row.name))) : QVariant();
    case Qt::TextAlignmentRole: return QVariant(Qt::AlignVCenter | (index.column() == kName ? Qt::AlignLeft : Qt::AlignRight));
    case Qt::DecorationRole:
        return index.column() == kName ? QVariant(swatch(off ? theme_.line : row.color, row.dash, 2)) : QVariant();
    case Qt::ForegroundRole: return off ? theme_.muted : theme_.text;
    case Qt::FontRole: {
        QFont font = theme_.table;
        if (index.column() == kRatio)
            font.setWeight(QFont::DemiBold);
        font.setStrikeOut(off && index.column() == kName);
        return font;
    }
    case Qt::AccessibleTextRole: return off ? tr("%1, hidden").arg(text(row, index.column())) : text(row, index.column());
    default: return {};
    }
}

QVariant LegendModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::TextAlignmentRole)
        return QVariant(Qt::AlignVCenter | (section == kName ? Qt::AlignLeft : Qt::AlignRight));
    if (role != Qt::DisplayRole)
        return {};
    QString title;
    switch (section) {
    case kName: title = nameTitle_; break;
    case kAtCursor: title = clock_.isEmpty() ? QString() : tr("at %1").arg(clock_); break;
    case kLast: title = tr("last"); break;
    case kMin: title = tr("min"); break;
    case kP95: title = tr("p95"); break;
    case kMax: title = tr("max"); break;
    case kRatio: title = tr("× baseline"); break;
    default: title = countTitle_; break;
    }
    if (section == sortColumn_)
        title += sortOrder_ == Qt::DescendingOrder ? QStringLiteral(" ↓") : QStringLiteral(" ↑");
    return title;
}

void LegendModel::applySort() {
    const auto before = [this](int a, int b) {
        const LegendRow &x = rows_[a], &y = rows_[b];
        if (sortColumn_ == kName)
            return sortOrder_ == Qt::AscendingOrder ? x.name < y.name : y.name < x.name;
        const double p = number(x, sortColumn_), q = number(y, sortColumn_);
        if (std::isnan(p) || std::isnan(q))
            return !std::isnan(p) && std::isnan(q);   // what is not known stands last in both orders
        return sortOrder_ == Qt::AscendingOrder ? p < q : p > q;
    };
    std::stable_sort(order_.begin(), order_.end(), before);
}

void LegendModel::sort(int column, Qt::SortOrder order) {
    Q_EMIT layoutAboutToBeChanged();
    const QModelIndexList before = persistentIndexList();
    const QVector<int> oldOrder = order_;
    sortColumn_ = column;
    sortOrder_ = order;
    applySort();
    QModelIndexList after;
    for (const QModelIndex& old : before)
        after.push_back(index(static_cast<int>(order_.indexOf(oldOrder[old.row()])), old.column()));
    changePersistentIndexList(before, after);
    Q_EMIT layoutChanged();
    Q_EMIT headerDataChanged(Qt::Horizontal, 0, kColumns - 1);
}

// ---------------------------------------------------------------- the view

LegendTable::LegendTable(const Theme& theme, QWidget* parent) : QTableView(parent), theme_(theme), model_(new LegendModel(theme, this)) {
    setModel(model_);
    setFont(theme.table);
    setShowGrid(false);
    setWordWrap(false);
    setFrameShape(QFrame::NoFrame);
    setSelectionBehavior(SelectRows);
    setSelectionMode(SingleSelection);
    setEditTriggers(NoEditTriggers);
    setVerticalScrollMode(ScrollPerPixel);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setIconSize(QSize(18, 12));
    setTabKeyNavigation(false);
    verticalHeader()->hide();
    verticalHeader()->setDefaultSectionSize(theme.rowHeight);
    horizontalHeader()->setFont(theme.table);
    horizontalHeader()->setFixedHeight(kHeaderHeight);
    horizontalHeader()->setHighlightSections(false);
    horizontalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    horizontalHeader()->setSectionsClickable(true);
    setSortingEnabled(false);
    connect(horizontalHeader(), &QHeaderView::sectionClicked, this, [this, last = -1, order = Qt::DescendingOrder](int section) mutable {
        order = section == last && order == Qt::DescendingOrder ? Qt::AscendingOrder : Qt::DescendingOrder;
        last = section;
        model_->sort(section, order);
    });
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setAccessibleName(tr("Legend"));
}

void LegendTable::setRows(const QVector<LegendRow>& rows, const QString& unit, const QString& nameTitle, const QString& countTitle) {
    // The same series with new values keep what the reader chose to see.
    const QVector<LegendRow>& before = model_->rows();
    const bool same = std::equal(before.begin(), before.end(), rows.begin(), rows.end(), [](const LegendRow& a, const LegendRow& b) { return a.name == b.name; });
    const bool forgotten = !same && !hidden_.isEmpty();
    if (forgotten)
        hidden_.clear();
    model_->setRows(rows, unit, nameTitle, countTitle);
    model_->setHidden(hidden_);
    updateGeometry();
    if (forgotten)
        Q_EMIT hiddenChanged();
}

void LegendTable::setMostRows(int most) {
    mostRows_ = most;
    updateGeometry();
}

QSize LegendTable::sizeHint() const {
    const int rows = std::clamp(model_->rowCount(), 1, mostRows_);
    return {480, kHeaderHeight + rows * theme_.rowHeight + 2};
}

QSize LegendTable::minimumSizeHint() const { return {200, sizeHint().height()}; }

void LegendTable::resizeEvent(QResizeEvent* event) {
    QTableView::resizeEvent(event);
    fitColumns();
}

void LegendTable::setBrief(bool brief) {
    brief_ = brief;
    fitColumns();
}

void LegendTable::fitColumns() {
    // Numbers keep their width, the name takes what is left; the least important columns go first where it is tight.
    const int width = viewport()->width();
    const int fit = std::max(2, (width - 180) / kNarrow);
    const int droppable[] = {LegendModel::kMin, LegendModel::kLast, LegendModel::kP95, LegendModel::kAtCursor};
    int shown = LegendModel::kColumns - (brief_ ? 4 : 1);
    for (const int column : droppable) {
        setColumnHidden(column, shown > fit);
        shown -= shown > fit ? 1 : 0;
    }
    if (brief_)
        for (const int column : {LegendModel::kAtCursor, LegendModel::kRatio, LegendModel::kCount})
            setColumnHidden(column, true);
    int used = 0;
    for (int column = 1; column < LegendModel::kColumns; ++column)
        if (!isColumnHidden(column)) {
            const int wide = column == LegendModel::kRatio || column == LegendModel::kAtCursor ? kNarrow + 20 : kNarrow;
            setColumnWidth(column, wide);
            used += wide;
        }
    setColumnWidth(LegendModel::kName, std::max(120, width - used));
}

void LegendTable::setHidden(const QSet<int>& hidden) {
    hidden_ = hidden;
    model_->setHidden(hidden);
    Q_EMIT hiddenChanged();
}

void LegendTable::showAll() {
    if (!hidden_.isEmpty())
        setHidden({});
}

void LegendTable::isolate(int series) {
    QSet<int> others;
    for (int i = 0; i < model_->rowCount(); ++i)
        if (i != series)
            others.insert(i);
    setHidden(hidden_ == others ? QSet<int>() : others);
}

void LegendTable::toggle(int series) {
    QSet<int> hidden = hidden_;
    if (!hidden.remove(series))
        hidden.insert(series);
    // Hiding the last one would leave an empty picture: then all are shown again.
    setHidden(hidden.size() == model_->rowCount() ? QSet<int>() : hidden);
}

void LegendTable::mouseReleaseEvent(QMouseEvent* event) {
    QTableView::mouseReleaseEvent(event);
    const QModelIndex index = indexAt(event->position().toPoint());
    if (event->button() != Qt::LeftButton || !index.isValid())
        return;
    const int series = model_->seriesOf(index.row());
    if (event->modifiers().testFlag(Qt::ControlModifier))
        toggle(series);
    else
        isolate(series);
}

void LegendTable::keyPressEvent(QKeyEvent* event) {
    const QModelIndex index = currentIndex();
    if (index.isValid() && event->key() == Qt::Key_Space) {
        toggle(model_->seriesOf(index.row()));
    } else if (index.isValid() && (event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter)) {
        isolate(model_->seriesOf(index.row()));
    } else {
        QTableView::keyPressEvent(event);
    }
}

}  // namespace nj::ui
