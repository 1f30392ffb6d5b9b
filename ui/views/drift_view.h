// Drift: which features moved against the reference, since when, and how: list and statistics at the left, trend above, both
// distributions and the control below. The reference is the workspace's baseline; the current window is the stretch of the range that
// departs until the reader sets it. UI thread only.
#pragma once

#include <optional>

#include "query/drift.h"
#include "views/refreshing_view.h"

class QToolButton;

namespace nj::ui {

class DistributionChart;
class DriftList;
class DriftTrendPanel;
class FactTable;
class Panel;

class DriftView : public RefreshingView {
    Q_OBJECT
public:
    explicit DriftView(const ViewContext& context, QWidget* parent = nullptr);
    // "feature:<id or key>" chooses it.
    void open(const QString& parameter) override;
    [[nodiscard]] bool settled() const override;
    [[nodiscard]] QString summary() const override;
    [[nodiscard]] const query::DriftAnswer& answer() const { return answer_; }
    [[nodiscard]] DriftList& list() { return *list_; }
    [[nodiscard]] DriftTrendPanel& trend() { return *trend_; }
    [[nodiscard]] DistributionChart& distribution() { return *distribution_; }
    [[nodiscard]] DistributionChart& controlDistribution() { return *control_; }

private:
    enum class Current { kDeparts, kRange, kMarked };
    void build();
    QWidget* buildList();
    QWidget* buildWindows();
    QWidget* buildStatistics();
    QWidget* buildDistributions();
    void connectParts();
    void refresh() override;
    void askFeatures();
    void askDrift();
    void askOthers();
    void askEvents();
    void answerArrived(Result<query::DriftAnswer>&& answer);
    void showAnswer();
    void showFeature();
    void showStatistics(const query::DriftResult& result);
    void showDistribution(Panel& panel, DistributionChart& chart, const query::DriftResult* result, bool control);
    void showProblem(const QString& sentence, const QString& action, std::function<void()> act);
    void announce();
    void openRows(const query::DriftResult& result, const TimeRange& range, int bin);
    void copy(int form);
    void setReference(TimeRange range);
    [[nodiscard]] const query::DriftResult* controlFor(const query::DriftResult* result) const;
    [[nodiscard]] TimeRange currentWindow() const;
    [[nodiscard]] query::DriftQuestion question() const;

    ViewContext context_;
    Panel* listPanel_;
    DriftList* list_;
    QToolButton* reference_;
    QToolButton* current_;
    QToolButton* others_;
    Panel* statisticsPanel_;
    FactTable* statistics_;
    DriftTrendPanel* trend_;
    Panel* distributionPanel_;
    DistributionChart* distribution_;
    Panel* controlPanel_;
    DistributionChart* control_;
    std::vector<query::DriftFeature> features_;
    query::DriftAnswer answer_;
    std::vector<query::EventMark> events_;
    std::string chosen_;                     // id of the feature shown
    QString wanted_;                         // key asked for before the answer came
    Current mode_ = Current::kDeparts;
    TimeRange marked_;
    bool featuresKnown_ = false, askingFeatures_ = false, asking_ = false, askingEvents_ = false, othersAsked_ = false, failed_ = false;
    size_t othersNext_ = 0;
};

}  // namespace nj::ui
