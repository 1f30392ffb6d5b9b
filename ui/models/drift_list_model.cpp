#include "models/drift_list_model.h"

#include <algorithm>
#include <array>

#include "models/drift_text.h"
#include "theme/number_format.h"

namespace nj::ui {

void DriftListModel::setResults(std::vector<query::DriftResult> results, const QString& movedWords, bool utc) {
    beginResetModel();
    results_ = std::move(results);
    rows_.clear();
    utc_ = utc;
    std::stable_sort(results_.begin(), results_.end(), [](const query::DriftResult& a, const query::DriftResult& b) {
        if (a.feature.leading != b.feature.leading)
            return a.feature.leading;
        return a.verdict > b.verdict;   // the order of the question within a verdict: what matters most to operators
    });
    const std::array<std::pair<QString, QString>, 3> headings = {{{tr("Moved"), movedWords}, {tr("Unchanged"), tr("the controls")}, {tr("Not judged"), tr("n under 200 is never red")}}};
    for (const bool leading : {true, false})
        for (size_t group = 0; group < headings.size(); ++group) {
            bool first = true;
            for (size_t i = 0; i < results_.size(); ++i) {
                const query::DriftResult& result = results_[i];
                const size_t own = driftMoved(result) ? 0 : driftJudged(result) ? 1 : 2;
                if (own != group || result.feature.leading != leading)
                    continue;
                if (first)
                    rows_.push_back({-1, leading ? headings[group].first : tr("%1, other attributes").arg(headings[group].first), leading ? headings[group].second : QString()});
                first = false;
                rows_.push_back({static_cast<int>(i), {}, {}});
            }
        }
    endResetModel();
}

const query::DriftResult* DriftListModel::result(int row) const {
    if (row < 0 || static_cast<size_t>(row) >= rows_.size() || rows_[static_cast<size_t>(row)].result < 0)
        return nullptr;
    return &results_[static_cast<size_t>(rows_[static_cast<size_t>(row)].result)];
}

int DriftListModel::rowOf(const std::string& featureId) const {
    for (int row = 0; row < rowCount(); ++row)
        if (const query::DriftResult* found = result(row); found && found->feature.id() == featureId)
            return row;
    return -1;
}

int DriftListModel::firstFeature() const {
    for (int row = 0; row < rowCount(); ++row)
        if (result(row))
            return row;
    return -1;
}

int DriftListModel::rowCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : static_cast<int>(rows_.size()); }

QVariant DriftListModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid() || static_cast<size_t>(index.row()) >= rows_.size())
        return {};
    const Row& row = rows_[static_cast<size_t>(index.row())];
    const query::DriftResult* shown = result(index.row());
    switch (role) {
    case kHeadingRole: return shown == nullptr;
    case kWordsRole: return row.words;
    case Qt::DisplayRole: return shown ? QString::fromStdString(shown->feature.title) : row.heading;
    case Qt::ToolTipRole: return shown ? QVariant(QString::fromStdString(shown->feature.id()).toHtmlEscaped()) : QVariant();
    case Qt::AccessibleTextRole:
        if (!shown)
            return row.heading;
        return tr("%1, n %2, %3 %4, %5%6")
            .arg(QString::fromStdString(shown->feature.title), driftCounts(*shown), driftStatistic(shown->feature), driftNumber(shown->shown()), driftWord(*shown),
                 shown->since ? tr(", since %1").arg(formatClock(*shown->since, utc_)) : QString());
    default: return {};
    }
}

Qt::ItemFlags DriftListModel::flags(const QModelIndex& index) const {
    // Keys step over what is not enabled: headings.
    return index.isValid() && result(index.row()) ? Qt::ItemIsEnabled | Qt::ItemIsSelectable : Qt::NoItemFlags;
}

}  // namespace nj::ui
