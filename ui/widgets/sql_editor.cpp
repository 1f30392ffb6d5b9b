#include "widgets/sql_editor.h"

#include <QRegularExpression>
#include <QTextBlock>

namespace nj::ui {
namespace {

const QStringList& keywords() {
    static const QStringList kWords = QStringLiteral(
        "SELECT FROM WHERE GROUP BY ORDER HAVING LIMIT OFFSET AS AND OR NOT IN IS NULL LIKE GLOB BETWEEN JOIN LEFT INNER CROSS ON USING UNION ALL EXCEPT "
        "INTERSECT DISTINCT CASE WHEN THEN ELSE END WITH RECURSIVE ASC DESC OVER PARTITION FILTER EXISTS CAST COLLATE VALUES")
                                          .split(QLatin1Char(' '));
    return kWords;
}

const QStringList& functions() {
    static const QStringList kWords = QStringLiteral("count sum avg min max total quantile round abs coalesce ifnull iif length lower upper substr replace instr printf "
                                                     "strftime datetime date time json_extract json_each group_concat row_number lag lead")
                                          .split(QLatin1Char(' '));
    return kWords;
}

// One alternative per kind; the first that matches at a place wins, so that a keyword in a string is a string.
const QRegularExpression& tokens() {
    static const QRegularExpression kTokens(
        QStringLiteral(R"((?<comment>--.*$)|(?<string>'(?:[^']|'')*'?)|(?<name>"(?:[^"]|"")*"?)|(?<number>\b\d[\d_.]*(?:[eE][+-]?\d+)?\b)|(?<word>\b(?:%1)\b)|(?<call>\b(?:%2)(?=\s*\()))")
            .arg(keywords().join(QLatin1Char('|')), functions().join(QLatin1Char('|'))),
        QRegularExpression::CaseInsensitiveOption);
    return kTokens;
}

constexpr int kInComment = 1, kLongestHighlighted = 20'000;

}  // namespace

QString sqlName(const QString& name) {
    static const QRegularExpression kPlain(QStringLiteral("^[A-Za-z_][A-Za-z0-9_]*$"));
    if (kPlain.match(name).hasMatch() && !keywords().contains(name.toUpper()))
        return name;
    QString quoted = name;
    return QLatin1Char('"') + quoted.replace(QLatin1Char('"'), QLatin1String("\"\"")) + QLatin1Char('"');
}

SqlHighlighter::SqlHighlighter(const Theme& theme, QTextDocument* document) : QSyntaxHighlighter(document), theme_(theme) {}

void SqlHighlighter::highlightBlock(const QString& text) {
    if (text.size() > kLongestHighlighted)
        return;
    QTextCharFormat comment, string, name, number, word, call;
    comment.setForeground(theme_.muted);
    comment.setFontItalic(true);
    string.setForeground(theme_.ok);
    name.setForeground(theme_.seriesColor(6));
    number.setForeground(theme_.warning);
    word.setForeground(theme_.accent);
    word.setFontWeight(QFont::DemiBold);
    call.setForeground(theme_.seriesColor(0));
    // A block comment may run over several lines.
    int from = 0;
    setCurrentBlockState(0);
    if (previousBlockState() == kInComment) {
        const auto end = text.indexOf(QLatin1String("*/"));
        setFormat(0, end < 0 ? static_cast<int>(text.size()) : static_cast<int>(end) + 2, comment);
        if (end < 0) {
            setCurrentBlockState(kInComment);
            return;
        }
        from = static_cast<int>(end) + 2;
    }
    const auto opened = text.indexOf(QLatin1String("/*"), from);
    const QString plain = opened < 0 ? text : text.left(opened);
    for (auto match = tokens().globalMatch(plain, from); match.hasNext();) {
        const auto found = match.next();
        const std::pair<const char*, const QTextCharFormat*> kinds[] = {{"comment", &comment}, {"string", &string}, {"name", &name}, {"number", &number}, {"word", &word}, {"call", &call}};
        for (const auto& [kind, format] : kinds)
            if (found.capturedStart(QLatin1String(kind)) >= 0)
                setFormat(static_cast<int>(found.capturedStart()), static_cast<int>(found.capturedLength()), *format);
    }
    if (opened >= 0) {
        const auto end = text.indexOf(QLatin1String("*/"), opened + 2);
        setFormat(static_cast<int>(opened), static_cast<int>(end < 0 ? text.size() - opened : end + 2 - opened), comment);
        setCurrentBlockState(end < 0 ? kInComment : 0);
    }
}

SqlEditor::SqlEditor(const Theme& theme, QWidget* parent) : CodeEditor(theme, parent) {
    setAccessibleName(tr("SQL"));
    new SqlHighlighter(theme, document());
    setWords(keywords() + functions());
}

void SqlEditor::setTables(const std::vector<query::SqlTable>& tables) {
    QStringList words;
    QSet<QString> known;
    const auto add = [&](const std::string& text) {
        const QString name = QString::fromStdString(text).left(200);
        if (!name.isEmpty() && !known.contains(name)) {
            known.insert(name);
            words << sqlName(name);
        }
    };
    for (const query::SqlTable& table : tables)
        add(table.name);
    for (const bool hidden : {false, true})
        for (const query::SqlTable& table : tables)
            for (const query::SqlColumn& column : table.columns)
                if (column.hidden == hidden)
                    add(column.name);
    setWords(words + functions() + keywords());
}

// Letters, digits, _ and the dots of attribute keys, with the quote that may open them.
QString SqlEditor::wordBefore() const {
    const QString line = textCursor().block().text().left(textCursor().positionInBlock());
    qsizetype from = line.size();
    while (from > 0 && isWordCharacter(line[from - 1]))
        --from;
    if (from > 0 && line[from - 1] == QLatin1Char('"') && line.left(from).count(QLatin1Char('"')) % 2 == 1)
        --from;
    return line.mid(from);
}

bool SqlEditor::isWordCharacter(QChar c) const { return c.isLetterOrNumber() || c == QLatin1Char('_') || c == QLatin1Char('.'); }

}  // namespace nj::ui
