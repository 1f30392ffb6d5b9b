#include "models/error_group_model.h"

#include <algorithm>
#include <numeric>

#include "models/error_pictures.h"
#include "theme/number_format.h"

namespace nj::ui {

ErrorGroupModel::ErrorGroupModel(const Theme& theme, QObject* parent) : QAbstractTableModel(parent), theme_(theme) {}

void ErrorGroupModel::setShown(Shown shown) {
    beginResetModel();
    shown_ = std::move(shown);
    uint64_t most = 1;
    for (const query::Failure& group : shown_.groups)
        most = std::max(most, group.count);
    cells_.clear();
    for (size_t i = 0; i < shown_.groups.size(); ++i)
        cells_.push_back(cellsOf(i, most));
    order_.resize(cells_.size());
    std::iota(order_.begin(), order_.end(), 0);
    endResetModel();
}

bool ErrorGroupModel::isMuted(int row) const { return shown_.muted.contains(errorGroupKey(group(row))); }

int ErrorGroupModel::rowOf(const QString& key) const {
    for (int row = 0; row < rowCount(); ++row)
        if (errorGroupKey(group(row)) == key)
            return row;
    return -1;
}

std::vector<ErrorCell> ErrorGroupModel::cellsOf(size_t index, uint64_t most) const {
    const query::Failure& group = shown_.groups[index];
    const bool muted = shown_.muted.contains(errorGroupKey(group)), told = group.sameAs >= 0;
    const bool fresh = errorIsNew(group, shown_.baseline), grew = errorGrew(group, shown_.baseline);
    const QColor ink = muted || told ? theme_.others : shown_.colors.value(static_cast<qsizetype>(index), theme_.others);
    std::vector<ErrorCell> cells(kColumns);
    for (ErrorCell& cell : cells)
        cell.muted = muted || told;

    ErrorCell& name = cells[kGroup];
    name.first = errorGroupTitle(group);
    name.second = QString::fromStdString(group.service).left(120) + QStringLiteral(" · ") + (group.signal == Signal::kLog ? tr("log records") : tr("spans"));
    if (group.spans > 0)
        name.second += tr(", %1 spans").arg(formatCount(group.spans));
    name.mark = told ? QStringLiteral("↳") : muted ? QStringLiteral("▨") : fresh ? QStringLiteral("▲") : grew ? QStringLiteral("◆") : QStringLiteral("●");
    name.role = muted || told ? QString() : fresh ? QStringLiteral("error") : grew ? QStringLiteral("warning") : QString();
    name.strong = !muted && !told;
    name.order = -static_cast<double>(index);

    const TwoLines impact = errorImpact(group);
    cells[kImpact].first = impact.first;
    cells[kImpact].second = impact.second;
    cells[kImpact].order = static_cast<double>(group.failedRequests > 0 ? group.failedRequests : group.requests);

    cells[kCount].first = formatCount(group.count);
    cells[kCount].share = static_cast<double>(group.count) / static_cast<double>(most);
    cells[kCount].bar = ink;
    cells[kCount].right = true;
    cells[kCount].order = static_cast<double>(group.count);

    const TwoLines against = errorAgainstBaseline(group, shown_.baseline);
    cells[kRatio].first = against.first;
    cells[kRatio].second = against.second;
    cells[kRatio].right = true;
    cells[kRatio].pill = fresh && !muted && !told;
    cells[kRatio].order = group.expected > 0 ? static_cast<double>(group.count) / group.expected : fresh ? 1e12 : 0;

    cells[kCourse].course = group.perColumn;
    cells[kCourse].bar = ink;
    const auto peak = std::max_element(group.perColumn.begin(), group.perColumn.end());
    cells[kCourse].first = peak == group.perColumn.end() ? QString() : formatShort(*peak);
    cells[kCourse].order = peak == group.perColumn.end() ? 0 : static_cast<double>(*peak);

    cells[kSeen].first = formatClock(group.first, shown_.utc, kSecond);
    cells[kSeen].second = formatClock(group.last, shown_.utc, kSecond);
    cells[kSeen].order = static_cast<double>(group.first);

    const TwoLines where = errorWhere(group);
    cells[kWhere].first = where.first;
    cells[kWhere].second = where.second;
    return cells;
}

int ErrorGroupModel::rowCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : static_cast<int>(order_.size()); }

int ErrorGroupModel::columnCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : kColumns; }

QVariant ErrorGroupModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid() || index.row() >= rowCount() || index.column() >= kColumns)
        return {};
    const ErrorCell& shown = cell(index.row(), index.column());
    switch (role) {
    case Qt::DisplayRole: return shown.first;
    case Qt::AccessibleTextRole:
    case Qt::AccessibleDescriptionRole: return (shown.mark + QLatin1Char(' ') + shown.first + QStringLiteral(", ") + shown.second).trimmed();
    case Qt::TextAlignmentRole: return QVariant::fromValue((shown.right ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    default: return {};
    }
}

QVariant ErrorGroupModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || section < 0 || section >= kColumns)
        return {};
    if (role == Qt::TextAlignmentRole)
        return QVariant::fromValue((section == kCount || section == kRatio ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    if (role != Qt::DisplayRole)
        return {};
    const QString titles[] = {tr("Group"), tr("Impact"), tr("Count"), tr("× baseline"), tr("Course, own peak"), tr("First, last"), tr("Where")};
    return titles[section];
}

void ErrorGroupModel::sort(int column, Qt::SortOrder order) {
    Q_EMIT layoutAboutToBeChanged();
    std::iota(order_.begin(), order_.end(), 0);
    if (column > kGroup && column < kColumns) {
        const auto c = static_cast<size_t>(column);
        std::stable_sort(order_.begin(), order_.end(), [&](size_t a, size_t b) {
            const ErrorCell &x = cells_[a][c], &y = cells_[b][c];
            const int compared = x.order != y.order ? (x.order < y.order ? -1 : 1) : QString::localeAwareCompare(x.first, y.first);
            return order == Qt::DescendingOrder ? compared > 0 : compared < 0;
        });
    }
    Q_EMIT layoutChanged();
}

}  // namespace nj::ui
