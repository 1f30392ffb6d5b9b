// One query of the Metrics view as a line of controls: letter, metric, label filter with completion, reading, grouping; or, with the switch
// at its end, as a PromQL expression. Asks for the labels of its metric under the key it is given; the view asks for the picture. UI thread
// only.
#pragma once

#include <QWidget>

#include "views/metric_pictures.h"
#include "views/view.h"

class QComboBox;
class QStandardItemModel;
class QToolButton;

namespace nj::ui {

class LabelFilterEdit;
class PromqlEdit;

class MetricRow : public QWidget {
    Q_OBJECT
public:
    MetricRow(const ViewContext& context, const QString& letter, QWidget* parent = nullptr);
    [[nodiscard]] const MetricSpec& spec() const { return spec_; }
    // Without a signal.
    void setSpec(const MetricSpec& spec);
    // What the answer chose, shown where nothing was chosen by hand.
    void showAnswer(const query::MetricAnswer& answer);
    void setLetter(const QString& letter);
    [[nodiscard]] QString letter() const { return letter_; }
    void setRemovable(bool removable);
    // Marked: what the list chooses goes here.
    void setCurrent(bool current);
    [[nodiscard]] bool settled() const { return !asking_ && !askingNames_; }
    [[nodiscard]] PromqlEdit& promql() { return *promql_; }
    [[nodiscard]] QToolButton& promqlSwitch() { return *switch_; }
    // Warnings and infos of the last answer.
    void showNotes(const std::vector<std::string>& notes);

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
    void askLabels();
    void offerKeys(const std::vector<query::MetricLabel>& labels);
    void askNames();
    void read();
    void runExpression();
    void switchTo(bool promql);
    void show();

    ViewContext context_;
    MetricSpec spec_;
    QString letter_, asked_;
    QToolButton* name_;
    LabelFilterEdit* labels_;
    QComboBox* showBox_;
    QComboBox* combineBox_;
    QComboBox* byBox_;
    PromqlEdit* promql_;
    QToolButton *switch_, *remove_;
    query::MetricAnswer answer_;   // the last of the controls
    bool current_ = false, asking_ = false, askingNames_ = false, namesKnown_ = false, histogram_ = false, answered_ = false, narrow_ = false;
};

}  // namespace nj::ui
