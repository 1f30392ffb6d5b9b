// What differs: the attributes of the rows in a marked box against all others, most different first, two bars each. Asks itself; a click
// or Enter filters by the attribute. UI thread only.
#pragma once

#include "query/differences.h"
#include "views/view.h"
#include "widgets/panel.h"

namespace nj::ui {

class LatencyDifferencesPanel : public Panel {
    Q_OBJECT
public:
    explicit LatencyDifferencesPanel(const ViewContext& context, QWidget* parent = nullptr);
    // `measure`: of spans; values in its own unit.
    void askBox(TimeRange box, double low, double high, const query::Measure& measure);
    // The box says nothing about spans: why not.
    void showWhyNot(const QString& sentence);
    [[nodiscard]] bool settled() const { return !asking_; }
    [[nodiscard]] const query::DifferencesAnswer& answer() const { return answer_; }
    [[nodiscard]] static QString nameOf(const query::Difference& difference);

Q_SIGNALS:
    void settledChanged();

private:
    class List;
    void showAnswer();
    void filterBy(int index);

    ViewContext context_;
    List* list_;
    query::DifferencesQuestion question_;
    query::DifferencesAnswer answer_;
    bool asking_ = false;
};

}  // namespace nj::ui
