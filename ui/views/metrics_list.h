// The left side of the Metrics view: every metric, searchable, with what it is below. UI thread only; holds no question of its own.
#pragma once

#include <QTreeView>

#include "models/metric_tree_model.h"
#include "theme/theme.h"
#include "widgets/panel.h"

class QLineEdit;

namespace nj::ui {

class MetricsList : public Panel {
    Q_OBJECT
public:
    explicit MetricsList(const Theme& theme, QWidget* parent = nullptr);
    void setNames(std::vector<query::MetricName> names);
    void setMoved(std::vector<query::ChangeRow> moved);
    // Marks it in the tree, without a signal.
    void showCurrent(const QString& metric);
    [[nodiscard]] MetricTreeModel& model() { return *model_; }
    [[nodiscard]] QTreeView& tree() { return *tree_; }
    [[nodiscard]] QLineEdit& searchBox() { return *search_; }

Q_SIGNALS:
    // `series`: the one that moved, else -1. `added`: beside what is shown (Ctrl), not instead of it.
    void chosen(const QString& metric, qint64 series, bool added);

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void reset();
    void describe(const QModelIndex& index);
    void choose(const QModelIndex& index, bool added);
    MetricTreeModel* model_;
    QTreeView* tree_;
    QLineEdit* search_;
    class PlainLabel* facts_;
    class PlainLabel* help_;
};

}  // namespace nj::ui
