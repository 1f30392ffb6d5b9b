// The main picture of the Latency view: percentiles of a measure over time, split by a label, with its legend table.
// Asks for its own answer; UI thread only.
#pragma once

#include "state/annotation_book.h"
#include "views/latency_pictures.h"
#include "views/view.h"
#include "widgets/panel.h"

class QComboBox;
class QPushButton;

namespace nj::ui {

class ChartChoice;
class LegendTable;
class TimeChart;

class LatencyPanel : public Panel {
    Q_OBJECT
public:
    explicit LatencyPanel(const ViewContext& context, QWidget* parent = nullptr);

    void setMeasures(const std::vector<query::Measure>& measures);
    void setFlags(const QVector<ChartFlag>& flags);
    [[nodiscard]] const std::optional<query::Measure>& measure() const { return measure_; }
    [[nodiscard]] QString splitBy() const { return splitBy_; }
    // Shows this measure, where it is one of those known; else once they are.
    void chooseMeasure(const query::Measure& measure);
    // The objective on the measure shown, else one to begin from: its threshold is what the pointer is at, else what the baseline kept.
    [[nodiscard]] std::optional<Objective> objectiveDraft() const;
    // Asks again for the workspace's range, baseline and filter.
    void refresh();
    [[nodiscard]] bool settled() const { return !asking_ && !askingCuts_; }
    [[nodiscard]] const std::vector<query::Measure>& measures() const { return measures_; }
    // What its percentiles cannot see.
    [[nodiscard]] const std::optional<LatencyCuts>& cuts() const { return cuts_; }
    [[nodiscard]] TimeChart& chart() { return *chart_; }
    [[nodiscard]] LegendTable& legend() { return *legend_; }

Q_SIGNALS:
    void measureChanged();
    void splitChanged();
    void settledChanged();
    void cutsChanged();
    // A click into the chart: the instant, and the group under it ("" = none).
    void spikeClicked(nj::TimeNs time, const QString& group);

private:
    void buildControls();
    void offerSplits();
    void askCuts();
    void answerArrived(Result<query::LatencyAnswer>&& answer);
    void show();
    void showCursor();
    void showHidden();
    [[nodiscard]] std::vector<Objective> objectives() const;
    [[nodiscard]] LatencyPicture picture() const;
    [[nodiscard]] int rankOf(const QString& group) const;

    ViewContext context_;
    AnnotationBook& book_;
    TimeChart* chart_;
    LegendTable* legend_;
    QComboBox* measureBox_;
    QComboBox* splitBox_;
    QPushButton* objective_;
    ChartChoice* quantileChoice_;
    ChartChoice* scaleChoice_;
    std::vector<query::Measure> measures_;
    std::optional<query::Measure> measure_, wanted_;
    query::LatencyAnswer answer_;
    QVector<ChartFlag> flags_;
    QString splitBy_;
    bool splitChosen_ = false;   // by the reader; until then the most separating key is taken
    std::optional<LatencyCuts> cuts_;
    bool asking_ = false, askingCuts_ = false, failed_ = false;
};

}  // namespace nj::ui
