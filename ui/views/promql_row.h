// The PromQL side of a row of the Metrics view: the expression with completion, what its lines are called, and, folded out, the expression
// taken apart. Asks for names, labels and the explanation itself; the view asks for the picture. UI thread only.
#pragma once

#include <QWidget>

#include "query/promql.h"
#include "views/metric_spec.h"
#include "views/view.h"

class QLineEdit;
class QToolButton;

namespace nj::ui {

class ExplainTree;
class PlainLabel;
class PromqlEdit;

class PromqlRow : public QWidget {
    Q_OBJECT
public:
    // key: of its questions, another for every row.
    PromqlRow(const ViewContext& context, const QString& key, QWidget* parent = nullptr);
    // Without a signal.
    void setSpec(const MetricSpec& spec);
    // Takes over what is written; false where it is no expression, which is then said below it until it is one.
    bool read(MetricSpec& spec);
    // What the picture was asked: explained where that is folded out.
    void setQuestion(const query::PromqlQuestion& question);
    void askNames();
    [[nodiscard]] bool settled() const { return asking_ == 0 && !explaining_; }
    [[nodiscard]] PromqlEdit& edit() { return *edit_; }
    [[nodiscard]] QLineEdit& legend() { return *legend_; }
    [[nodiscard]] QToolButton& explainButton() { return *explain_; }
    [[nodiscard]] PlainLabel& problem() { return *problem_; }
    [[nodiscard]] ExplainTree& explanation() { return *tree_; }

Q_SIGNALS:
    void runAsked();
    void touched();
    void settledChanged();
    void heightChanged();

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void askLabels(const QString& metric);
    void askExplanation();
    void fold(bool out);
    void showProblem(const QString& problem);
    void fit();
    [[nodiscard]] int lineHeight() const;

    ViewContext context_;
    QString key_;
    PromqlEdit* edit_;
    QLineEdit* legend_;
    QToolButton* explain_;
    PlainLabel* problem_;
    ExplainTree* tree_;
    query::PromqlQuestion question_;
    int asking_ = 0;
    bool namesKnown_ = false, namesAsked_ = false, explaining_ = false;
};

}  // namespace nj::ui
