#include "widgets/error_group_table.h"

#include <QHeaderView>
#include <QKeyEvent>
#include <QPainter>
#include <QStyledItemDelegate>
#include <algorithm>

#include "widgets/cell_delegate.h"
#include "widgets/tabular_text.h"

namespace nj::ui {
namespace {

constexpr int kRowPad = 6, kTrendHeight = 3, kPeakWidth = 30;

QColor markColor(const QString& role, const Theme& theme) {
    return role == u"error" ? theme.error : role == u"warning" ? theme.warning : theme.muted;
}

class GroupDelegate : public QStyledItemDelegate {
public:
    GroupDelegate(const ErrorGroupModel& model, const Theme& theme, QObject* parent) : QStyledItemDelegate(parent), model_(model), theme_(theme) {}

    void paint(QPainter* p, const QStyleOptionViewItem& option, const QModelIndex& index) const override {
        const ErrorCell& cell = model_.cell(index.row(), index.column());
        p->save();
        p->setClipRect(option.rect);
        paintRowGround(*p, option, theme_);
        QRectF area = QRectF(option.rect).adjusted(kRowPad, 3, -kRowPad, -3);
        if (!cell.course.empty()) {
            paintCourse(p, area, cell);
        } else {
            if (!cell.mark.isEmpty()) {
                p->setFont(theme_.table);
                p->setPen(markColor(cell.role, theme_));
                p->drawText(QRectF(area.left(), area.top(), 14, area.height() / 2), Qt::AlignCenter, cell.mark);
                area.setLeft(area.left() + 20);
            }
            paintLines(p, area, cell);
        }
        p->restore();
    }
    QSize sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const override { return {60, 2 * theme_.rowHeight - 2 * theme_.unit}; }

private:
    void paintLines(QPainter* p, const QRectF& area, const ErrorCell& cell) const {
        QFont font = theme_.table;
        if (cell.strong)
            font.setWeight(QFont::DemiBold);
        const QRectF upper(area.left(), area.top(), area.width(), area.height() / 2), lower(area.left(), upper.bottom(), area.width(), area.height() / 2);
        const Qt::Alignment side = (cell.right ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter;
        p->setFont(font);
        const QFontMetricsF metrics(font);
        const QString first = metrics.elidedText(cell.first, Qt::ElideRight, upper.width());
        if (cell.pill) {
            const double width = metrics.horizontalAdvance(first) + 10;
            const QRectF pill(upper.right() - width, upper.top() + 1, width, upper.height() - 2);
            p->setRenderHint(QPainter::Antialiasing);
            p->setPen(QPen(theme_.error, 1));
            p->drawRoundedRect(pill.adjusted(0.5, 0.5, -0.5, -0.5), theme_.radius, theme_.radius);
            p->drawText(pill, Qt::AlignCenter, first);
            p->setRenderHint(QPainter::Antialiasing, false);
        } else {
            p->setPen(cell.muted ? theme_.muted : theme_.text);
            if (cell.right)
                drawTabular(*p, upper, side, first);
            else
                p->drawText(upper, side, first);
        }
        if (cell.share >= 0) {
            const double width = std::max(1.0, std::min(area.width(), 64.0) * std::clamp(cell.share, 0.0, 1.0)), full = std::min(area.width(), 64.0);
            p->fillRect(QRectF(area.right() - full, lower.center().y(), full, kTrendHeight), theme_.grid);
            p->fillRect(QRectF(area.right() - full, lower.center().y(), width, kTrendHeight), cell.bar);
            return;
        }
        p->setFont(theme_.caption);
        p->setPen(theme_.muted);
        const QString second = QFontMetricsF(theme_.caption).elidedText(cell.second, Qt::ElideRight, lower.width());
        p->drawText(lower, side, second);
    }

    void paintCourse(QPainter* p, const QRectF& area, const ErrorCell& cell) const {
        const QRectF plot = area.adjusted(0, 2, -kPeakWidth, -2);
        const uint32_t most = std::max<uint32_t>(1, *std::max_element(cell.course.begin(), cell.course.end()));
        p->fillRect(QRectF(plot.left(), plot.bottom(), plot.width(), 1), theme_.line);
        const double step = plot.width() / static_cast<double>(cell.course.size());
        for (size_t i = 0; i < cell.course.size(); ++i)
            if (cell.course[i] > 0) {
                const double height = std::max(1.0, plot.height() * cell.course[i] / most);
                p->fillRect(QRectF(plot.left() + step * static_cast<double>(i), plot.bottom() - height, std::max(1.0, step), height), cell.bar);
            }
        p->setFont(theme_.caption);
        p->setPen(theme_.muted);
        p->drawText(QRectF(plot.right() + 4, area.top(), kPeakWidth - 4, area.height() / 2), Qt::AlignLeft | Qt::AlignVCenter, cell.first);
    }

    const ErrorGroupModel& model_;
    const Theme& theme_;
};

}  // namespace

ErrorGroupTable::ErrorGroupTable(ErrorGroupModel& model, const Theme& theme, QWidget* parent) : QTableView(parent), groups_(model), theme_(theme) {
    setObjectName(QStringLiteral("errorGroups"));
    setAccessibleName(tr("Error groups"));
    setModel(&model);
    setItemDelegate(new GroupDelegate(model, theme, this));
    setShowGrid(false);
    setMouseTracking(true);
    setTabKeyNavigation(false);
    setWordWrap(false);
    setSelectionBehavior(QAbstractItemView::SelectRows);
    setSelectionMode(QAbstractItemView::SingleSelection);
    setEditTriggers(QAbstractItemView::NoEditTriggers);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    verticalHeader()->hide();
    verticalHeader()->setMinimumSectionSize(theme.rowHeight);
    verticalHeader()->setDefaultSectionSize(2 * theme.rowHeight - 2 * theme.unit);
    horizontalHeader()->setFixedHeight(theme.rowHeight);
    horizontalHeader()->setFont(theme.table);
    horizontalHeader()->setHighlightSections(false);
    horizontalHeader()->setSectionsClickable(true);
    horizontalHeader()->setMinimumSectionSize(20);
    horizontalHeader()->setSectionResizeMode(QHeaderView::Interactive);
    horizontalHeader()->setSectionResizeMode(ErrorGroupModel::kGroup, QHeaderView::Stretch);
    connect(horizontalHeader(), &QHeaderView::sectionClicked, this, [this](int section) {
        const bool again = horizontalHeader()->isSortIndicatorShown() && horizontalHeader()->sortIndicatorSection() == section;
        const auto order = again && horizontalHeader()->sortIndicatorOrder() == Qt::DescendingOrder ? Qt::AscendingOrder : Qt::DescendingOrder;
        horizontalHeader()->setSortIndicator(section, order);
        horizontalHeader()->setSortIndicatorShown(section != ErrorGroupModel::kGroup);   // the first column: the order of the answer
        groups_.sort(section, order);
    });
    connect(this, &QTableView::doubleClicked, this, [this](const QModelIndex& index) { Q_EMIT groupOpened(index.row()); });
}

void ErrorGroupTable::chooseRow(int row) {
    if (row < 0 || row >= groups_.rowCount())
        return;
    setCurrentIndex(groups_.index(row, 0));
    scrollTo(groups_.index(row, 0));
}

void ErrorGroupTable::currentChanged(const QModelIndex& current, const QModelIndex& previous) {
    QTableView::currentChanged(current, previous);
    if (current.isValid() && current.row() != previous.row())
        Q_EMIT groupChosen(current.row());
}

void ErrorGroupTable::keyPressEvent(QKeyEvent* event) {
    if ((event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) && currentRow() >= 0)
        Q_EMIT groupOpened(currentRow());
    else if (event->key() == Qt::Key_E || event->key() == Qt::Key_Escape)
        event->ignore();   // the view's
    else
        QTableView::keyPressEvent(event);
}

void ErrorGroupTable::resizeEvent(QResizeEvent* event) {
    QTableView::resizeEvent(event);
    fitColumns();
}

// The group keeps room for its words; what matters less gives way.
void ErrorGroupTable::fitColumns() {
    struct Width {
        int column, width, giveWay;
    };
    static constexpr Width kWidths[] = {{ErrorGroupModel::kImpact, 136, 2}, {ErrorGroupModel::kCount, 80, 0},  {ErrorGroupModel::kRatio, 104, 0},
                                        {ErrorGroupModel::kCourse, 150, 3}, {ErrorGroupModel::kSeen, 76, 1}, {ErrorGroupModel::kWhere, 140, 0}};
    constexpr int kWordsWidth = 230;
    int room = viewport()->width() - kWordsWidth;
    for (const Width& width : kWidths)
        room -= width.width;
    for (const Width& width : kWidths) {
        setColumnHidden(width.column, false);
        setColumnWidth(width.column, width.width);
    }
    for (int rank = 3; rank > 0 && room < 0; --rank)
        for (const Width& width : kWidths)
            if (width.giveWay == rank) {
                setColumnHidden(width.column, true);
                room += width.width;
            }
}

}  // namespace nj::ui
