// The trend of one feature against the reference: its statistic per window on a log scale with the thresholds, the control beside it, both
// windows shaded and the events as flags. A drag sets the reference or the current window; a click opens the rows of a window. UI thread.
#pragma once

#include "query/drift.h"
#include "views/view.h"
#include "widgets/chart_data.h"
#include "widgets/panel.h"

class QComboBox;

namespace nj::ui {

class ChartChoice;
class PlainLabel;
class TimeChart;

struct DriftTrendPicture {
    const query::DriftResult& result;
    const query::DriftResult* control = nullptr;
    TimeRange reference, current;
    const std::vector<query::EventMark>& events;   // by time
    int statistic = 0;                          // 0 PSI, 1 JS, 2 KS, 3 Wasserstein / σ
    bool utc = true;
    [[nodiscard]] QString title() const;        // "Prompt tokens: away at the deploy, back at the next rollout"
    [[nodiscard]] QString words() const;
    [[nodiscard]] TimeChartData chart(const Theme& theme) const;
};

class DriftTrendPanel : public Panel {
    Q_OBJECT
public:
    explicit DriftTrendPanel(const ViewContext& context, QWidget* parent = nullptr);
    void show(const query::DriftAnswer& answer, const query::DriftResult& result, const query::DriftResult* control, const std::vector<query::EventMark>& events);
    [[nodiscard]] TimeChart& chart() { return *chart_; }
    [[nodiscard]] DurationNs window() const;     // 0 = fitting
    [[nodiscard]] bool dragSetsCurrent() const;

Q_SIGNALS:
    void statisticChanged();
    void windowChanged();
    // A drag: the new reference or the new current window.
    void rangeMarked(nj::TimeRange range, bool current);
    // A click or Enter into a window of the trend.
    void windowOpened(nj::TimeRange range);

private:
    ViewContext context_;
    TimeChart* chart_;
    ChartChoice* statistic_;
    ChartChoice* drag_;
    PlainLabel* legend_;
    QComboBox* window_;
    std::vector<query::DriftPoint> trend_;
};

}  // namespace nj::ui
