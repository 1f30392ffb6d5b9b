// The filter text as a person sees it in chips: its top-level terms, and what is being typed at the caret. Pure; any thread.
#pragma once

#include <QString>
#include <QVector>

namespace nj::ui {

struct FilterTerm {
    QString text;        // as typed
    qsizetype from = 0;  // position in the whole text
    bool joint = false;  // OR, AND, NOT or a parenthesis: shown plain, not removable alone
};

// Splits at blanks outside quotes, slashes-regexes, parentheses and brackets. Never fails: an unfinished term runs to the end.
QVector<FilterTerm> filterTerms(const QString& text);
// The text without its i-th term, and without an OR or AND that would be left dangling.
QString withoutTerm(const QString& text, qsizetype index);

// What completion is about at the caret.
struct CompletionSpot {
    qsizetype from = 0, to = 0;   // what a chosen completion replaces
    QString key;                  // "" while the key itself is typed
    QString prefix;
};
CompletionSpot completionSpot(const QString& text, qsizetype caret);

// True for what people paste to find a request: 8 or more characters of one word with a digit and no field.
bool looksLikeId(const QString& text);

}  // namespace nj::ui
