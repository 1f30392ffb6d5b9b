// The panels of the Metrics view below each other, one for each row or one for all, scrolled where there are more than there is room for; and
// what a panel says in place of a picture, with the way out. UI thread only; rows and asks are the view's.
#pragma once

#include <QScrollArea>
#include <vector>

#include "views/metric_panel.h"

class QSplitter;

namespace nj::ui {

class MetricAsk;
class MetricRow;

class MetricPanels : public QScrollArea {
    Q_OBJECT
public:
    explicit MetricPanels(const ViewContext& context, QWidget* parent = nullptr);
    // As many panels as that.
    void setCount(size_t count);
    [[nodiscard]] const std::vector<MetricPanel*>& panels() const { return panels_; }
    // asks[i] is of rows[i]; one panel shows them all, else panel i shows row i.
    void show(const std::vector<MetricRow*>& rows, const std::vector<MetricAsk*>& asks, const MetricPanel::Look& look, const QVector<ChartFlag>& flags);

Q_SIGNALS:
    void seriesClicked(nj::TimeNs time, qint64 series, const QString& label);
    void exemplarClicked(const nj::TraceId& trace);
    // The way out of an error, and of an expression that gives no series.
    void clearLabelsAsked();
    void explanationAsked(size_t row);

private:
    // What the rows of one panel have come to.
    struct State {
        std::vector<MetricPart> parts, asked;
        const MetricAsk *heat = nullptr, *picture = nullptr;
        bool asking = false;
        QString error;
    };
    [[nodiscard]] static State stateOf(const std::vector<MetricAsk*>& asks, size_t from, size_t to);
    void showState(MetricPanel& panel, const State& state, const MetricPanel::Look& look, MetricRow& row, size_t at);
    void sayNothing(MetricPanel& panel, const State& state, MetricRow& row, size_t at);

    ViewContext context_;
    QSplitter* splitter_;
    std::vector<MetricPanel*> panels_;
};

}  // namespace nj::ui
