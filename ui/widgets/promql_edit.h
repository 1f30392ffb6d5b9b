// A box for one PromQL expression: highlighting, completion of metrics, labels and functions, a wave where it is wrong. Enter runs,
// Shift+Enter begins a line. UI thread; the names are given from outside.
#pragma once

#include <QSyntaxHighlighter>
#include <QTimer>

#include "query/promql.h"
#include "widgets/code_editor.h"

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
    [[nodiscard]] QString expression() const { return toPlainText().trimmed(); }
    // What is wrong with the text as it stands, "" = nothing.
    [[nodiscard]] QString problem() const { return problem_; }
    // The words for what the mouse or cursor is on: "rate(range vector)", a metric's type, unit and help.
    [[nodiscard]] QString helpFor(const QString& word) const;
    // Parses and marks.
    bool check();

Q_SIGNALS:
    void checked();

protected:
    bool event(QEvent* event) override;
    [[nodiscard]] QString wordBefore() const override;
    [[nodiscard]] bool isWordCharacter(QChar c) const override;

private:
    QTimer soon_;
    QString problem_;
    QHash<QString, QString> help_;
};

}  // namespace nj::ui
