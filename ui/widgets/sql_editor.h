// A text box for one SQL statement: highlighting, completion of keywords, tables, columns and attribute keys, a mark where an error is.
// Ctrl+Enter runs, Ctrl+Space completes. UI thread; the names are given from outside.
#pragma once

#include <QCompleter>
#include <QPlainTextEdit>
#include <QStringListModel>
#include <QSyntaxHighlighter>
#include <vector>

#include "query/sql.h"
#include "theme/theme.h"

namespace nj::ui {

// Keywords, strings, quoted names, numbers, comments: by colour, weight and slant.
class SqlHighlighter : public QSyntaxHighlighter {
    Q_OBJECT
public:
    SqlHighlighter(const Theme& theme, QTextDocument* document);

protected:
    void highlightBlock(const QString& text) override;

private:
    const Theme& theme_;
};

class SqlEditor : public QPlainTextEdit {
    Q_OBJECT
public:
    explicit SqlEditor(const Theme& theme, QWidget* parent = nullptr);
    void setTables(const std::vector<query::SqlTable>& tables);
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

private:
    [[nodiscard]] QString wordBefore() const;
    [[nodiscard]] int characterAt(int byteOffset) const;
    void complete(bool asked);
    void insertCompletion(const QString& completion);
    const Theme& theme_;
    QStringListModel model_;
    QCompleter completer_;
};

// As it must stand in a statement: quoted where it is more than a plain name.
QString sqlName(const QString& name);

}  // namespace nj::ui
