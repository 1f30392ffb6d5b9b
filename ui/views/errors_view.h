// Errors: what failed over time, stacked, and its share of attempts; groups by newness × impact; the chosen one with its rows, traces and
// what moved before it. A click on a bar isolates its group, a drag brushes a stretch for the table, e and E go through the groups.
// UI thread only.
#pragma once

#include "models/error_group_model.h"
#include "models/error_pictures.h"
#include "views/refreshing_view.h"

class QHBoxLayout;

namespace nj::ui {

class ChartChoice;
class ErrorGroupPanel;
class ErrorGroupTable;
class Panel;
class TimeChart;

class ErrorsView : public RefreshingView {
    Q_OBJECT
public:
    explicit ErrorsView(const ViewContext& context, QWidget* parent = nullptr);
    static const KeyTable<ErrorsView>& keys();
    [[nodiscard]] bool settled() const override;
    [[nodiscard]] QString summary() const override;
    [[nodiscard]] TimeChart& chart() { return *chart_; }
    [[nodiscard]] TimeChart& shareChart() { return *share_; }
    [[nodiscard]] ErrorGroupTable& table() { return *table_; }
    [[nodiscard]] ErrorGroupModel& groups() { return *model_; }
    [[nodiscard]] ErrorGroupPanel& groupPanel() { return *side_; }

protected:
    void keyPressEvent(QKeyEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    void step(int by);
    void build();
    QWidget* buildPicture();
    QWidget* buildTable();
    void refresh() override;
    void askGroups();
    void askBrush();
    void askEvents();
    void showAnswer();
    void showCharts();
    void showLegend();
    void showTable();
    void showGroup();
    void showIsolated();
    void choose(const QString& key);
    void isolate(const QString& key);
    void mute(const QString& key, bool on);
    void openRows(const query::Failure& group);
    void openTraces(const query::Failure& group);
    [[nodiscard]] ErrorSplit split() const;
    [[nodiscard]] QSet<QString> mutedKeys(const query::FailuresAnswer& answer) const;
    [[nodiscard]] ErrorsPicture picture(const query::FailuresAnswer& answer) const;

    ViewContext context_;
    Panel *picturePanel_, *tablePanel_;
    ErrorGroupPanel* side_;
    TimeChart *chart_, *share_;
    QWidget* legend_;
    ErrorGroupModel* model_;
    ErrorGroupTable* table_;
    ChartChoice* splitChoice_;
    query::FailuresAnswer answer_, folded_;            // of the range
    std::optional<query::FailuresAnswer> brushed_;     // of the brush
    std::vector<query::EventMark> events_;
    QSet<QString> mutedByHand_, unmutedByHand_;
    QString chosen_, isolated_;                      // keys
    bool asking_ = false, askingBrush_ = false, askingEvents_ = false, failed_ = false;
};

}  // namespace nj::ui
