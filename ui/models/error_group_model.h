// The groups of an errors answer as a table: two lines a cell, a bar for the share, a small picture of the course. Sorted as the answer
// is (newness × impact) until a header is clicked. UI thread only.
#pragma once

#include <QAbstractTableModel>
#include <QColor>
#include <QSet>
#include <optional>
#include <vector>

#include "query/failures.h"
#include "theme/theme.h"

namespace nj::ui {

struct ErrorCell {
    QString first, second;          // two lines; the second muted
    QString mark, role;             // before the first line: "▲" and "error"
    QColor bar;                     // of `share`, and of the course
    double share = -1;              // 0 … 1, a bar under the text; negative = none
    std::vector<uint32_t> course;   // per column, painted to its own peak
    bool strong = false, muted = false, pill = false, right = false;
    double order = 0;               // for sorting
};

class ErrorGroupModel final : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column { kGroup, kImpact, kCount, kRatio, kCourse, kSeen, kWhere, kColumns };
    explicit ErrorGroupModel(const Theme& theme, QObject* parent = nullptr);

    struct Shown {
        std::vector<query::Failure> groups;
        QVector<QColor> colors;             // of each group in the picture
        QSet<QString> muted;                // keys
        std::optional<TimeRange> baseline;
        bool utc = true;
    };
    void setShown(Shown shown);
    [[nodiscard]] const query::Failure& group(int row) const { return shown_.groups[order_[static_cast<size_t>(row)]]; }
    [[nodiscard]] const ErrorCell& cell(int row, int column) const { return cells_[order_[static_cast<size_t>(row)]][static_cast<size_t>(column)]; }
    [[nodiscard]] bool isMuted(int row) const;
    // Row of a group by its key, −1 = not there.
    [[nodiscard]] int rowOf(const QString& key) const;

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    void sort(int column, Qt::SortOrder order) override;

private:
    [[nodiscard]] std::vector<ErrorCell> cellsOf(size_t group, uint64_t most) const;
    const Theme& theme_;
    Shown shown_;
    std::vector<std::vector<ErrorCell>> cells_;
    std::vector<size_t> order_;
};

}  // namespace nj::ui
