// A text box for one SQL statement: highlighting, completion of keywords, tables, columns and attribute keys. UI thread; the names are
// given from outside.
#pragma once

#include <QSyntaxHighlighter>
#include <vector>

#include "query/sql.h"
#include "theme/theme.h"
#include "widgets/code_editor.h"

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

class SqlEditor : public CodeEditor {
    Q_OBJECT
public:
    explicit SqlEditor(const Theme& theme, QWidget* parent = nullptr);
    void setTables(const std::vector<query::SqlTable>& tables);

protected:
    [[nodiscard]] QString wordBefore() const override;
    [[nodiscard]] bool isWordCharacter(QChar c) const override;
};

// As it must stand in a statement: quoted where it is more than a plain name.
QString sqlName(const QString& name);

}  // namespace nj::ui
