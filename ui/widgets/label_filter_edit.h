// A line for terms over labels in the search language, with completion of keys and values: "gpu:3 -pod:vllm-b-0". Enter or leaving it
// applies; a text that does not parse stays, marked, with the reason as tooltip. UI thread; the labels are given from outside.
#pragma once

#include <QCompleter>
#include <QLineEdit>
#include <QStringListModel>
#include <vector>

#include "query/metrics.h"

namespace nj::ui {

class LabelFilterEdit : public QLineEdit {
    Q_OBJECT
public:
    explicit LabelFilterEdit(QWidget* parent = nullptr);
    void setLabels(std::vector<query::MetricLabel> labels);
    // The last text that parsed.
    [[nodiscard]] QString applied() const { return applied_; }
    void setApplied(const QString& text);
    [[nodiscard]] QStringList completions() const { return model_.stringList(); }

Q_SIGNALS:
    void appliedChanged();

protected:
    void keyPressEvent(QKeyEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;

private:
    void complete();
    void insert(const QString& completion);
    void apply();
    [[nodiscard]] qsizetype termStart() const;
    std::vector<query::MetricLabel> labels_;
    QStringListModel model_;
    QCompleter completer_;
    QString applied_;
};

}  // namespace nj::ui
