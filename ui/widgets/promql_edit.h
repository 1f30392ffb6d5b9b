// A box for one PromQL expression: highlighting, completion of metrics and functions, within braces of labels and their values, a wave where
// it is wrong. Enter runs, Shift+Enter begins a line. UI thread; the names are given from outside.
#pragma once

#include <QSyntaxHighlighter>
#include <QTimer>

#include "query/promql.h"
#include "widgets/code_editor.h"
#include "widgets/promql_place.h"

namespace nj::ui {

// Functions and keywords, strings, numbers and durations, labels in braces.
class PromqlHighlighter : public QSyntaxHighlighter {
    Q_OBJECT
public:
    PromqlHighlighter(const Theme& theme, QTextDocument* document);

protected:
    void highlightBlock(const QString& text) override;

private:
    const Theme& theme_;
};

class PromqlEdit : public CodeEditor {
    Q_OBJECT
public:
    explicit PromqlEdit(const Theme& theme, QWidget* parent = nullptr);
    void setNames(const query::PromqlNames& names);
    // The labels that labelsWanted() asked for.
    void setLabels(const QString& metric, const std::vector<query::MetricLabel>& labels);
    [[nodiscard]] QString expression() const { return toPlainText().trimmed(); }
    // What is wrong with the text as it stands, "" = nothing.
    [[nodiscard]] QString problem() const { return problem_; }
    // The words for what the mouse or cursor is on: "rate(range vector)", a metric's type, unit and help.
    [[nodiscard]] QString helpFor(const QString& word) const;
    [[nodiscard]] QString aboutOffer(const QString& offer) const override;
    // Parses and marks.
    bool check();

Q_SIGNALS:
    void checked();
    // The cursor is where labels of the metric are written, and they are not known yet.
    void labelsWanted(const QString& metric);

protected:
    bool event(QEvent* event) override;
    [[nodiscard]] QString wordBefore() const override;
    [[nodiscard]] bool isWordCharacter(QChar c) const override;
    void prepareCompletion() override;
    [[nodiscard]] bool completesAfter(QChar typed) const override;
    [[nodiscard]] int leastTyped() const override;
    [[nodiscard]] QString insertedFor(const QString& offer) const override;

private:
    [[nodiscard]] PromqlPlace place() const;
    void offer(const PromqlPlace& place);
    QTimer soon_;
    QString problem_;
    QHash<QString, QString> help_;                                    // of metrics, functions and keywords
    QStringList words_, labelNames_;
    QHash<QString, std::vector<query::MetricLabel>> labels_;          // by metric
    QSet<QString> wanted_;
    PromqlPlace offered_;                                             // what the words offered are for
    QHash<QString, QString> offeredAbout_;
    bool offeredKnown_ = false;
};

}  // namespace nj::ui
