// A text box for a query: completion of words while typing, a wave under what is wrong, Ctrl+Enter runs, Ctrl+Space completes, Tab leaves.
// What a word is and how it is coloured is the language's. UI thread; the words are given from outside.
#pragma once

#include <QCompleter>
#include <QPlainTextEdit>
#include <QStringListModel>

#include "theme/theme.h"

namespace nj::ui {

class CodeEditor : public QPlainTextEdit {
    Q_OBJECT
public:
    explicit CodeEditor(const Theme& theme, QWidget* parent = nullptr);
    // Underlines the word at a byte of the UTF-8 text; < 0 removes the mark, as editing does.
    void markError(int byteOffset);
    // "line 2, column 8" of a byte of the UTF-8 text.
    [[nodiscard]] QString placeText(int byteOffset) const;
    void insertWord(const QString& word);
    [[nodiscard]] QStringList completions() const;

Q_SIGNALS:
    void runAsked();

protected:
    void keyPressEvent(QKeyEvent* event) override;
    // What is offered, in this order.
    void setWords(const QStringList& words) { model_.setStringList(words); }
    // The word that ends at the cursor, as it is replaced by a completion.
    [[nodiscard]] virtual QString wordBefore() const = 0;
    [[nodiscard]] virtual bool isWordCharacter(QChar c) const = 0;
    // Enter runs, too; for boxes of one line.
    void setEnterRuns(bool runs) { enterRuns_ = runs; }

    const Theme& theme_;

private:
    [[nodiscard]] int characterAt(int byteOffset) const;
    void complete(bool asked);
    void insertCompletion(const QString& completion);
    QStringListModel model_;
    QCompleter completer_;
    bool enterRuns_ = false, typing_ = false;
};

}  // namespace nj::ui
