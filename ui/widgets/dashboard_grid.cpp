#include "widgets/dashboard_grid.h"

#include <QResizeEvent>
#include <QToolButton>
#include <algorithm>
#include <array>
#include <tuple>

namespace nj::ui {
namespace {

// A unit of height with the gap under it. Grafana's is 38 px; panels here have smaller margins.
constexpr int kUnitHeight = 34, kHeaderHeight = 28, kLeastColumnWidth = 8, kLeastUnits = 2, kMostUnits = 60;

}  // namespace

DashboardGrid::DashboardGrid(const Theme& theme, QWidget* parent) : QWidget(parent), theme_(theme) {
    QSizePolicy policy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    policy.setHeightForWidth(true);
    setSizePolicy(policy);
}

void DashboardGrid::setRows(std::vector<Row> rows) {
    for (const Row& row : rows_)
        for (const Cell& cell : row.cells)
            delete cell.widget;
    qDeleteAll(headers_);
    headers_.clear();
    rows_ = std::move(rows);
    for (size_t i = 0; i < rows_.size(); ++i) {
        QToolButton* header = nullptr;
        if (!rows_[i].title.isEmpty()) {
            header = new QToolButton(this);
            header->setObjectName(QStringLiteral("dashboardRow"));
            header->setProperty("role", QStringLiteral("flat"));
            header->setFont(theme_.panelTitle);
            header->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
            header->setFocusPolicy(Qt::StrongFocus);
            connect(header, &QToolButton::clicked, this, [this, i] {
                rows_[i].folded = !rows_[i].folded;
                relayout();
                Q_EMIT foldChanged();
            });
            header->show();
        }
        headers_.push_back(header);
        for (const Cell& cell : rows_[i].cells) {
            cell.widget->setParent(this);
            cell.widget->show();
        }
    }
    relayout();
}

void DashboardGrid::relayout() {
    for (size_t i = 0; i < rows_.size(); ++i)
        if (headers_[i]) {
            const QString count = rows_[i].folded ? tr("  (%1)").arg(rows_[i].cells.size()) : QString();
            headers_[i]->setText((rows_[i].folded ? QStringLiteral("▸  ") : QStringLiteral("▾  ")) + rows_[i].title + count);
        }
    updateGeometry();
    arrange(width(), true);
    setFixedHeight(std::max(1, heightForWidth(width())));
}

int DashboardGrid::heightForWidth(int width) const { return arrange(width, false); }

int DashboardGrid::arrange(int width, bool apply) const {
    const double column = std::max<double>(kLeastColumnWidth, (width + theme_.gap) / static_cast<double>(dashboard::kGridColumns));
    int top = 0;
    for (size_t i = 0; i < rows_.size(); ++i) {
        const Row& row = rows_[i];
        if (headers_[i]) {
            if (apply)
                headers_[i]->setGeometry(0, top, headers_[i]->sizeHint().width(), kHeaderHeight);
            top += kHeaderHeight + theme_.unit;
        }
        int last = top;
        std::vector<const Cell*> cells;
        for (const Cell& cell : row.cells)
            cells.push_back(&cell);
        std::stable_sort(cells.begin(), cells.end(), [](const Cell* a, const Cell* b) { return std::tie(a->place.y, a->place.x) < std::tie(b->place.y, b->place.x); });
        std::array<int, dashboard::kGridColumns> free{};   // the first unit of each column with nothing in it or below
        for (const Cell* each : cells) {
            const Cell& cell = *each;
            if (apply)
                cell.widget->setVisible(!row.folded);
            if (row.folded)
                continue;
            const int x = std::clamp(cell.place.x, 0, dashboard::kGridColumns - 1), w = std::clamp(cell.place.width, 1, dashboard::kGridColumns - x);
            const int left = static_cast<int>(x * column), right = static_cast<int>((x + w) * column) - theme_.gap;
            const int units = std::clamp(cell.place.height, kLeastUnits, kMostUnits), unit = *std::max_element(free.begin() + x, free.begin() + x + w);
            std::fill(free.begin() + x, free.begin() + x + w, unit + units);
            const int y = top + unit * kUnitHeight, height = units * kUnitHeight - theme_.gap;
            if (apply)
                cell.widget->setGeometry(left, y, right - left, height);
            last = std::max(last, y + height + theme_.gap);
        }
        top = last;
    }
    return std::max(0, top);
}

void DashboardGrid::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    if (event->size().width() != event->oldSize().width())
        relayout();
}

}  // namespace nj::ui
