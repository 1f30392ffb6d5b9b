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
    // A few words beside an offer, "" = none.
    [[nodiscard]] virtual QString aboutOffer(const QString& offer) const { Q_UNUSED(offer); return {}; }

Q_SIGNALS:
    void runAsked();

protected:
    void keyPressEvent(QKeyEvent* event) override;
    // What is offered, in this order.
    void setWords(const QStringList& words) { model_.setStringList(words); }
    // The word that ends at the cursor, as it is replaced by a completion.
    [[nodiscard]] virtual QString wordBefore() const = 0;
    [[nodiscard]] virtual bool isWordCharacter(QChar c) const = 0;
    // Before anything is offered: the place for setWords() where what can stand depends on where the cursor is.
    virtual void prepareCompletion() {}
    // Whether what was just typed offers completions, and how much of a word must be there.
    [[nodiscard]] virtual bool completesAfter(QChar typed) const { return isWordCharacter(typed); }
    [[nodiscard]] virtual int leastTyped() const { return 2; }
    // What is inserted for an offer.
    [[nodiscard]] virtual QString insertedFor(const QString& offer) const { return offer; }
    // More was learnt about what can be written here: offers it where the cursor still is.
    void completeAgain();
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
