#include "models/trace_list_model.h"

#include <algorithm>

#include "theme/number_format.h"

namespace nj::ui {

TraceListModel::TraceListModel(const Theme& theme, QObject* parent) : QAbstractTableModel(parent), theme_(theme) {}

void TraceListModel::setAnswer(query::TraceListAnswer answer, bool utc) {
    beginResetModel();
    answer_ = std::move(answer);
    utc_ = utc;
    longest_ = 1;
    for (const auto& row : answer_.rows)
        longest_ = std::max(longest_, row.duration);
    endResetModel();
}

void TraceListModel::setSorted(int column, bool ascending) {
    sorted_ = column;
    ascending_ = ascending;
    Q_EMIT headerDataChanged(Qt::Horizontal, 0, kColumns - 1);
}

int TraceListModel::rowCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : static_cast<int>(answer_.rows.size()); }

int TraceListModel::columnCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : kColumns; }

QString TraceListModel::cell(const query::TraceRow& row, int column) const {
    const auto text = [](const std::string& s) { return QString::fromUtf8(s.data(), static_cast<qsizetype>(std::min<size_t>(s.size(), 1024))).simplified(); };
    switch (column) {
    case kStart: return formatClock(row.start, utc_, kMillisecond);
    case kDuration: return formatLength(row.duration);
    case kName: return row.rootMissing ? text(row.rootName) + tr(" (root missing)") : text(row.rootName);
    case kService: return text(row.rootService);
    case kSpans: return formatCount(row.spans);
    case kErrors: return row.errors == 0 ? QString() : QStringLiteral("▲ ") + formatCount(row.errors);
    case kServices: return formatCount(row.services);
    case kId: return QString::fromStdString(row.id.hex());
    default: return {};
    }
}

QVariant TraceListModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid() || static_cast<size_t>(index.row()) >= answer_.rows.size())
        return {};
    const auto& row = answer_.rows[static_cast<size_t>(index.row())];
    const int column = index.column();
    switch (role) {
    case Qt::DisplayRole:
    case Qt::AccessibleTextRole: return cell(row, column);
    case Qt::TextAlignmentRole:
        return QVariant::fromValue(column == kDuration || column == kSpans || column == kErrors || column == kServices ? Qt::AlignRight | Qt::AlignVCenter : Qt::AlignLeft | Qt::AlignVCenter);
    case Qt::ForegroundRole:
        if (column == kErrors)
            return theme_.error;
        return column == kId || column == kService || column == kServices ? QVariant(theme_.muted) : QVariant(theme_.text);
    case Qt::FontRole: return column == kId ? theme_.mono : theme_.table;
    case kShareRole: return column == kDuration ? QVariant(static_cast<double>(row.duration) / static_cast<double>(longest_)) : QVariant();
    default: return {};
    }
}

QVariant TraceListModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::TextAlignmentRole)
        return QVariant::fromValue(section == kDuration || section == kSpans || section == kErrors || section == kServices ? Qt::AlignRight | Qt::AlignVCenter : Qt::AlignLeft | Qt::AlignVCenter);
    if (role != Qt::DisplayRole)
        return {};
    const QString mark = section == sorted_ ? (ascending_ ? QStringLiteral(" ↑") : QStringLiteral(" ↓")) : QString();
    return heading(section) + mark;
}

QString TraceListModel::heading(int section) const {
    switch (section) {
    case kStart: return utc_ ? tr("start, UTC") : tr("start, local");
    case kDuration: return tr("duration");
    case kName: return tr("root span");
    case kService: return tr("service");
    case kSpans: return tr("spans");
    case kErrors: return tr("errors");
    case kServices: return tr("services");
    case kId: return tr("trace id");
    default: return {};
    }
}

}  // namespace nj::ui
