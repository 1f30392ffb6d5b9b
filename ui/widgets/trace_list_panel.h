// The traces of the workspace's range and filter: a sentence, their durations over time, a sortable table. A box in the chart narrows
// the table, a row or a point opens its trace. UI thread.
#pragma once

#include <QTableView>

#include "bridge/query_runner.h"
#include "models/trace_list_model.h"
#include "state/workspace.h"
#include "widgets/panel.h"
#include "widgets/scatter_chart.h"

namespace nj::ui {

class TraceListPanel : public Panel {
    Q_OBJECT
public:
    TraceListPanel(const Theme& theme, Workspace& workspace, QueryRunner& queries, QWidget* parent = nullptr);
    // Asks again for the workspace's range and filter.
    void refresh();
    [[nodiscard]] bool settled() const { return !asking_; }
    [[nodiscard]] QTableView* table() const { return table_; }
    [[nodiscard]] const TraceListModel& model() const { return *model_; }
    // False: there was none.
    void clearBox();
    [[nodiscard]] bool hasBox() const;
    [[nodiscard]] ScatterChart& scatter() const { return *scatter_; }
    // The listed trace before or after this one; empty at the ends.
    [[nodiscard]] TraceId neighbour(const TraceId& id, int step) const;

Q_SIGNALS:
    void traceChosen(const nj::TraceId& id);
    void settledChanged();

private:
    void sortBy(int column);
    void show(Result<query::TraceListAnswer>&& answer);
    void showScatter();
    // The rows of the answer that lie in the marked box, or all.
    void showRows();
    void describe();

    Workspace& workspace_;
    QueryRunner& queries_;
    TraceListModel* model_;
    QTableView* table_;
    ScatterChart* scatter_;
    query::TraceListAnswer answer_;
    query::TraceListQuestion::Sort sort_ = query::TraceListQuestion::Sort::kSlowest;
    bool asking_ = false;
};

}  // namespace nj::ui
