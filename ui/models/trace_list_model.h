// The traces of one answer as a table. Values only; UI thread. Sorting is asked of the backend, which knows more traces than are shown.
#pragma once

#include <QAbstractTableModel>

#include "query/backend.h"
#include "theme/theme.h"

namespace nj::ui {

class TraceListModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column { kStart, kDuration, kName, kService, kSpans, kErrors, kServices, kId, kColumns };
    // Share of the longest listed duration in [0, 1], for the bar in the duration cell.
    static constexpr int kShareRole = Qt::UserRole + 1;

    TraceListModel(const Theme& theme, QObject* parent = nullptr);
    void setAnswer(query::TraceListAnswer answer, bool utc);
    // The column the answer is sorted by, marked in its header.
    void setSorted(int column, bool ascending);
    [[nodiscard]] const query::TraceRow& trace(int row) const { return answer_.rows[static_cast<size_t>(row)]; }
    [[nodiscard]] const query::TraceListAnswer& answer() const { return answer_; }

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    [[nodiscard]] QString heading(int section) const;
    [[nodiscard]] QString cell(const query::TraceRow& row, int column) const;

    const Theme& theme_;
    query::TraceListAnswer answer_;
    DurationNs longest_ = 1;
    bool utc_ = true, ascending_ = false;
    int sorted_ = kDuration;
};

}  // namespace nj::ui
