// The rows behind a picture of latency: the traces of a marked box, or the slowest around an instant; where there is none, the worst
// entities then. Never nothing without a reason and a way on. UI thread only.
#pragma once

#include <QStandardItemModel>

#include "models/trace_list_model.h"
#include "views/view.h"
#include "widgets/panel.h"

class QTableView;
class QStackedWidget;

namespace nj::ui {

class PlainLabel;

class LatencyTracesPanel : public Panel {
    Q_OBJECT
public:
    explicit LatencyTracesPanel(const ViewContext& context, QWidget* parent = nullptr);
    // Spans of the measure whose values lie in a box; values in the measure's unit.
    void askBox(TimeRange range, double low, double high, const query::Measure& measure, quint64 observations);
    // The slowest of the measure around an instant, of one group (a filter term, "" = all).
    void askAround(TimeNs time, DurationNs width, const query::Measure& measure, const QString& term);
    [[nodiscard]] bool settled() const { return !asking_; }
    [[nodiscard]] QTableView& table() { return *table_; }

Q_SIGNALS:
    void settledChanged();
    void closed();

protected:
    void keyPressEvent(QKeyEvent* event) override;

private:
    void askTraces(const query::TraceListQuestion& question);
    void askEntities(TimeRange range);
    void showTraces(query::TraceListAnswer&& answer);
    void showEntities(const std::vector<query::EntityRow>& entities);
    void openRow(int row);
    [[nodiscard]] bool parseTerm(const QString& term, Filter& filter) const;

    ViewContext context_;
    PlainLabel* facts_;
    QTableView* table_;
    TraceListModel* traces_;
    QStandardItemModel* entities_;
    query::TraceListQuestion question_;
    QString valueTitle_, asked_;
    bool asking_ = false;
};

}  // namespace nj::ui
