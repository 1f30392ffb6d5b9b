// One query of the Metrics view as a line of controls: letter, metric, label filter with completion, reading, grouping; or, with the switch
// at its end, as a PromQL expression. Asks for the labels of its metric; the view asks for the picture. UI thread only.
#pragma once

#include <QWidget>

#include "query/promql.h"
#include "views/metric_spec.h"
#include "views/view.h"

class QComboBox;
class QToolButton;

namespace nj::ui {

class LabelFilterEdit;
class MetricRowMenu;
class PromqlEdit;
class PromqlRow;

class MetricRow : public QWidget {
    Q_OBJECT
public:
    MetricRow(const ViewContext& context, const QString& letter, QWidget* parent = nullptr);
    [[nodiscard]] const MetricSpec& spec() const { return spec_; }
    // Without a signal.
    void setSpec(const MetricSpec& spec);
    // What the answer chose, shown where nothing was chosen by hand.
    void showAnswer(const query::MetricAnswer& answer);
    // The same of an expression: its unit, warnings and infos.
    void showAnswer(const query::PromqlAnswer& answer);
    // What the picture of an expression was asked.
    void setQuestion(const query::PromqlQuestion& question);
    // As PromQL, whichever way it is written.
    [[nodiscard]] QString asPromql() const;
    void setLetter(const QString& letter);
    [[nodiscard]] QString letter() const { return letter_; }
    void setRemovable(bool removable);
    // Marked: what the list chooses goes here.
    void setCurrent(bool current);
    [[nodiscard]] bool settled() const;
    [[nodiscard]] PromqlEdit& promql();
    [[nodiscard]] PromqlRow& promqlRow() { return *promql_; }
    [[nodiscard]] QToolButton& promqlSwitch() { return *switch_; }
    [[nodiscard]] MetricRowMenu& more() { return *more_; }

Q_SIGNALS:
    void changed();
    void removed();
    void touched();
    void settledChanged();

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void build();
    void fitBoxes();
    void nameAutomatics();
    void nameBy();
    void askLabels();
    void offerKeys(const std::vector<query::MetricLabel>& labels);
    void read();
    void runExpression();
    void switchTo(bool promql);
    void show();
    void fitHeight();
    void showNotes(const std::vector<std::string>& notes);

    ViewContext context_;
    MetricSpec spec_;
    QString letter_, asked_;
    QToolButton* name_;
    LabelFilterEdit* labels_;
    QComboBox* showBox_;
    QComboBox* combineBox_;
    QComboBox* byBox_;
    PromqlRow* promql_;
    MetricRowMenu* more_;
    QToolButton *switch_, *remove_;
    query::MetricAnswer answer_;   // the last of the controls
    bool current_ = false, asking_ = false, histogram_ = false, answered_ = false, narrow_ = false;
};

}  // namespace nj::ui
