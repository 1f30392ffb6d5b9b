#include "widgets/sql_editor.h"

#include <QAbstractItemView>
#include <QKeyEvent>
#include <QRegularExpression>
#include <QScrollBar>

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

constexpr int kInComment = 1, kMostOffered = 200, kLongestHighlighted = 20'000;

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

SqlEditor::SqlEditor(const Theme& theme, QWidget* parent) : QPlainTextEdit(parent), theme_(theme) {
    setFont(theme.mono);
    setLineWrapMode(WidgetWidth);
    setTabStopDistance(4 * fontMetrics().horizontalAdvance(QLatin1Char(' ')));
    setAccessibleName(tr("SQL"));
    new SqlHighlighter(theme, document());
    completer_.setModel(&model_);
    completer_.setWidget(this);
    completer_.setCaseSensitivity(Qt::CaseInsensitive);
    completer_.setFilterMode(Qt::MatchContains);
    completer_.setCompletionMode(QCompleter::PopupCompletion);
    completer_.setMaxVisibleItems(12);
    completer_.popup()->setFont(theme.mono);
    connect(&completer_, qOverload<const QString&>(&QCompleter::activated), this, &SqlEditor::insertCompletion);
    connect(document(), &QTextDocument::contentsChange, this, [this](int, int removed, int added) {
        if (removed != added || removed > 0)   // highlighting alone changes nothing
            markError(-1);
    });
    model_.setStringList(keywords() + functions());
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
    model_.setStringList(words + functions() + keywords());
}

QStringList SqlEditor::completions() const {
    QStringList offered;
    const QAbstractItemModel* list = completer_.completionModel();
    for (int i = 0; i < std::min(list->rowCount(), kMostOffered); ++i)
        offered << list->index(i, 0).data().toString();
    return offered;
}

int SqlEditor::characterAt(int byteOffset) const {
    const QByteArray bytes = toPlainText().toUtf8();
    return static_cast<int>(QString::fromUtf8(bytes.left(byteOffset)).size());
}

QString SqlEditor::placeText(int byteOffset) const {
    const QString before = toPlainText().left(characterAt(byteOffset));
    return tr("line %1, column %2").arg(before.count(QLatin1Char('\n')) + 1).arg(before.size() - before.lastIndexOf(QLatin1Char('\n')));
}

void SqlEditor::markError(int byteOffset) {
    QList<QTextEdit::ExtraSelection> marks;
    if (byteOffset >= 0) {
        QTextEdit::ExtraSelection mark;
        mark.cursor = textCursor();
        mark.cursor.setPosition(std::min(characterAt(byteOffset), static_cast<int>(toPlainText().size())));
        mark.cursor.movePosition(QTextCursor::EndOfWord, QTextCursor::KeepAnchor);
        if (!mark.cursor.hasSelection())
            mark.cursor.movePosition(mark.cursor.atEnd() ? QTextCursor::PreviousCharacter : QTextCursor::NextCharacter, QTextCursor::KeepAnchor);
        mark.format.setUnderlineStyle(QTextCharFormat::WaveUnderline);
        mark.format.setUnderlineColor(theme_.error);
        mark.format.setForeground(theme_.error);
        marks << mark;
    }
    setExtraSelections(marks);
}

void SqlEditor::insertWord(const QString& word) {
    QTextCursor cursor = textCursor();
    const int at = cursor.position();
    const bool apart = at > 0 && !document()->characterAt(at - 1).isSpace() && document()->characterAt(at - 1) != QLatin1Char('(');
    cursor.insertText((apart ? QStringLiteral(" ") : QString()) + word);
    setTextCursor(cursor);
    setFocus();
}

// Letters, digits, _ and the dots of attribute keys, with the quote that may open them.
QString SqlEditor::wordBefore() const {
    const QString line = textCursor().block().text().left(textCursor().positionInBlock());
    qsizetype from = line.size();
    while (from > 0 && (line[from - 1].isLetterOrNumber() || line[from - 1] == QLatin1Char('_') || line[from - 1] == QLatin1Char('.')))
        --from;
    if (from > 0 && line[from - 1] == QLatin1Char('"') && line.left(from).count(QLatin1Char('"')) % 2 == 1)
        --from;
    return line.mid(from);
}

void SqlEditor::complete(bool asked) {
    const QString word = wordBefore();
    if (!asked && word.size() < 2) {
        completer_.popup()->hide();
        return;
    }
    QString prefix = word;
    completer_.setCompletionPrefix(prefix.remove(QLatin1Char('"')));
    const bool whole = completer_.completionCount() == 1 && completer_.currentCompletion().compare(word, Qt::CaseInsensitive) == 0;
    if (completer_.completionCount() == 0 || whole) {
        completer_.popup()->hide();
        return;
    }
    QRect place = cursorRect();
    place.translate(viewport()->pos());
    place.setWidth(280 + completer_.popup()->verticalScrollBar()->sizeHint().width());
    completer_.popup()->setCurrentIndex(completer_.completionModel()->index(0, 0));
    completer_.complete(place);
}

void SqlEditor::insertCompletion(const QString& completion) {
    QTextCursor cursor = textCursor();
    cursor.movePosition(QTextCursor::Left, QTextCursor::KeepAnchor, static_cast<int>(wordBefore().size()));
    cursor.insertText(completion);
    setTextCursor(cursor);
}

void SqlEditor::keyPressEvent(QKeyEvent* event) {
    const bool enter = event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter;
    if (enter && event->modifiers().testFlag(Qt::ControlModifier)) {
        completer_.popup()->hide();
        Q_EMIT runAsked();
        return;
    }
    if (completer_.popup()->isVisible() && (enter || event->key() == Qt::Key_Tab || event->key() == Qt::Key_Escape || event->key() == Qt::Key_Backtab)) {
        event->ignore();   // the list's
        return;
    }
    if (event->key() == Qt::Key_Space && event->modifiers().testFlag(Qt::ControlModifier)) {
        complete(true);
        return;
    }
    if (event->key() == Qt::Key_Tab) {
        focusNextChild();   // reachable and left by keyboard alone
        return;
    }
    QPlainTextEdit::keyPressEvent(event);
    const QString typed = event->text();
    if (!typed.isEmpty() && (typed[0].isLetterOrNumber() || typed[0] == QLatin1Char('_') || typed[0] == QLatin1Char('.')))
        complete(false);
    else if (event->key() == Qt::Key_Backspace && completer_.popup()->isVisible())
        complete(false);
    else if (!typed.isEmpty())
        completer_.popup()->hide();
}

}  // namespace nj::ui
