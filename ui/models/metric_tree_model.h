// The metrics of a capsule as a tree: what moved most first, then every name under its first word. A search leaves the names that hold
// all its words, in the name or in the help. Values only; UI thread.
#pragma once

#include <QAbstractItemModel>
#include <vector>

#include "query/backend.h"
#include "query/metrics.h"
#include "theme/theme.h"

namespace nj::ui {

class MetricTreeModel : public QAbstractItemModel {
    Q_OBJECT
public:
    enum Column { kName, kType, kSeries, kColumns };
    static constexpr int kMetricRole = Qt::UserRole + 1;   // name of the metric, "" for a heading
    static constexpr int kSeriesRole = Qt::UserRole + 2;   // id of the series that moved, else -1
    static constexpr int kSharedRole = Qt::UserRole + 3;   // characters the name shares with the one above or below it, up to a word's end

    explicit MetricTreeModel(const Theme& theme, QObject* parent = nullptr);
    void setNames(std::vector<query::MetricName> names);
    void setMoved(std::vector<query::ChangeRow> moved);   // rows without a series are left out
    void setSearch(const QString& text);
    [[nodiscard]] const std::vector<query::MetricName>& names() const { return names_; }
    // nullptr when there is none of that name.
    [[nodiscard]] const query::MetricName* find(const QString& name) const;
    // Names the search leaves.
    [[nodiscard]] int matches() const { return matches_; }
    // The first index of that metric among the names (not what moved), invalid when the search hides it.
    [[nodiscard]] QModelIndex indexOf(const QString& name) const;

    [[nodiscard]] QModelIndex index(int row, int column, const QModelIndex& parent = {}) const override;
    [[nodiscard]] QModelIndex parent(const QModelIndex& index) const override;
    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    [[nodiscard]] Qt::ItemFlags flags(const QModelIndex& index) const override;

private:
    struct Group {
        QString title;
        bool moved = false;            // rows are of moved_, else of names_
        std::vector<int> rows;
        std::vector<int> shared;       // kSharedRole of each row; empty for what moved
    };
    void findShared(Group& group) const;
    void rebuild();
    [[nodiscard]] bool found(const QString& text, const QStringList& words) const;
    [[nodiscard]] QVariant groupData(const Group& group, int column, int role) const;
    [[nodiscard]] QVariant nameData(const query::MetricName& metric, int column, int role) const;
    [[nodiscard]] QVariant movedData(const query::ChangeRow& change, int column, int role) const;

    const Theme& theme_;
    std::vector<query::MetricName> names_;
    std::vector<query::ChangeRow> moved_;
    std::vector<Group> groups_;
    QString search_;
    int matches_ = 0;
};

}  // namespace nj::ui
