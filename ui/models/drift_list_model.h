// The features of a drift answer as a list under headings: moved, unchanged, not judged. Within a heading the furthest first. UI thread.
#pragma once

#include <QAbstractListModel>
#include <vector>

#include "query/drift.h"

namespace nj::ui {

class DriftListModel final : public QAbstractListModel {
    Q_OBJECT
public:
    enum Role { kHeadingRole = Qt::UserRole + 1, kWordsRole };   // bool; the muted words of a heading
    using QAbstractListModel::QAbstractListModel;

    // `movedWords`: beside the first heading, "retriever 2.14.0, 09:58".
    void setResults(std::vector<query::DriftResult> results, const QString& movedWords, bool utc);
    [[nodiscard]] const std::vector<query::DriftResult>& results() const { return results_; }
    // Null for a heading.
    [[nodiscard]] const query::DriftResult* result(int row) const;
    [[nodiscard]] int rowOf(const std::string& featureId) const;   // −1 = not here
    // The first feature's row, −1 when there is none.
    [[nodiscard]] int firstFeature() const;
    [[nodiscard]] bool utc() const { return utc_; }

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] Qt::ItemFlags flags(const QModelIndex& index) const override;

private:
    struct Row {
        int result = -1;           // −1 = heading
        QString heading, words;
    };
    std::vector<query::DriftResult> results_;
    std::vector<Row> rows_;
    bool utc_ = true;
};

}  // namespace nj::ui
