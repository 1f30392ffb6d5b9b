// What one row of the Metrics view asks, and what was answered last: lines, a histogram's heatmap, or an expression's table or buckets. UI
// thread only; a child of its row.
#pragma once

#include <QObject>

#include "dashboard/panel_answer.h"
#include "query/backend.h"
#include "query/promql.h"
#include "views/metric_spec.h"
#include "views/view.h"

namespace nj::ui {

class MetricRow;

class MetricAsk : public QObject {
    Q_OBJECT
public:
    MetricAsk(const ViewContext& context, MetricRow& row);
    // What the row says now. overlay: with the baseline to be laid over.
    void ask(bool overlay);
    void cancel();

    enum class Shown { kLines, kHeat, kPicture };
    [[nodiscard]] bool shows(Shown shown) const;
    // The row as it was asked last; its answer is the one before while that is under way.
    [[nodiscard]] const MetricPart& part() const { return part_; }
    [[nodiscard]] const query::HeatmapAnswer& heat() const { return heat_; }
    [[nodiscard]] const dashboard::PanelAnswer& picture() const { return picture_; }
    // Of the last answer, "" = none.
    [[nodiscard]] const QString& error() const { return error_; }
    [[nodiscard]] bool asking() const { return asking_; }
    [[nodiscard]] bool answeredOnce() const { return answered_; }

Q_SIGNALS:
    void answered();

private:
    void askMetric(bool overlay);
    void askHeat(const query::MetricQuestion& question);
    void askPromql(bool overlay);
    void askPicture(const query::PromqlQuestion& question);
    void done(QString error);

    ViewContext context_;
    MetricRow& row_;
    QString key_;
    MetricPart part_;
    query::HeatmapAnswer heat_;
    dashboard::PanelAnswer picture_;
    QString error_;
    bool asking_ = false, answered_ = false;
};

}  // namespace nj::ui
