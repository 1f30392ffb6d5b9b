// What differs: the attributes of the rows in a marked box against all others, or of the range against the baseline, most different first, two bars each. Asks itself; a click
// or Enter filters by the attribute. UI thread only.
#pragma once

#include "query/differences.h"
#include "views/view.h"
#include "widgets/panel.h"

namespace nj::ui {

class PlainLabel;

class LatencyDifferencesPanel : public Panel {
    Q_OBJECT
public:
    explicit LatencyDifferencesPanel(const ViewContext& context, QWidget* parent = nullptr);
    // `measure`: of spans; values in its own unit.
    void askBox(TimeRange box, double low, double high, const query::Measure& measure);
    // The range shown against the baseline, without one against what lies before and after. `measure`: only rows that have it; every
    // span without one.
    void askRange(const std::optional<query::Measure>& measure);
    // The box says nothing about spans: why not.
    void showWhyNot(const QString& sentence);
    [[nodiscard]] bool settled() const { return !asking_; }
    [[nodiscard]] const query::DifferencesAnswer& answer() const { return answer_; }
    [[nodiscard]] static QString nameOf(const query::Difference& difference);

Q_SIGNALS:
    void settledChanged();

private:
    class List;
    void ask();
    void showAnswer();
    void filterBy(int index);

    ViewContext context_;
    List* list_;
    PlainLabel* against_;
    query::DifferencesQuestion question_;
    query::DifferencesAnswer answer_;
    bool asking_ = false, ofRange_ = false;
};

}  // namespace nj::ui
