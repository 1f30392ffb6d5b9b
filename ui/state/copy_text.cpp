#include "state/copy_text.h"

#include <QFileInfo>
#include <QJsonDocument>
#include <QJsonObject>

#include "state/view_link.h"
#include "theme/number_format.h"

namespace nj::ui {
namespace {

// One JSON string, quoted and escaped.
QString jsonString(const QString& text) {
    const QJsonObject one{{QStringLiteral("x"), text}};
    const QByteArray object = QJsonDocument(one).toJson(QJsonDocument::Compact);   // {"x":"…"}
    return QString::fromUtf8(object.mid(5, object.size() - 6));
}

bool isNumeric(const CopyTable& table, qsizetype column) { return column < table.numeric.size() && table.numeric[column]; }

QString jsonCell(const CopyTable& head, qsizetype column, const QString& text) {
    bool number = false;
    if (isNumeric(head, column)) {
        const double value = text.toDouble(&number);
        number = number && std::isfinite(value) && !text.startsWith(QLatin1Char('+'));
    }
    if (text.isEmpty() && isNumeric(head, column))
        return QStringLiteral("null");
    return number ? text : jsonString(text);
}

}  // namespace

QString csvCell(const QString& text) {
    QString cell = text;
    bool number = false;
    cell.toDouble(&number);
    if (!number && !cell.isEmpty() && QStringLiteral("=+-@\t\r").contains(cell[0]))
        cell.prepend(QLatin1Char('\''));
    if (!cell.contains(QLatin1Char(',')) && !cell.contains(QLatin1Char('"')) && !cell.contains(QLatin1Char('\n')) && !cell.contains(QLatin1Char('\r')))
        return cell;
    return QLatin1Char('"') + cell.replace(QLatin1Char('"'), QLatin1String("\"\"")) + QLatin1Char('"');
}

QString markdownCell(const QString& text) {
    QString cell;
    for (const QChar c : text) {
        if (c == QLatin1Char('\n') || c == QLatin1Char('\r'))
            cell += QLatin1Char(' ');
        else if (QStringLiteral("\\|`*_<>[]&").contains(c))
            cell += QString(QLatin1Char('\\')) + c;
        else
            cell += c;
    }
    return cell;
}

QString copyFileEnding(CopyForm form) { return form == CopyForm::kCsv ? QStringLiteral(".csv") : form == CopyForm::kJson ? QStringLiteral(".json") : QStringLiteral(".md"); }

QString copyHead(const CopyTable& head, CopyForm form) {
    switch (form) {
    case CopyForm::kCsv: {
        QStringList cells;
        for (const QString& column : head.columns)
            cells << csvCell(column);
        return cells.join(QLatin1Char(',')) + QLatin1String("\r\n");
    }
    case CopyForm::kJson: return QStringLiteral("[");
    case CopyForm::kMarkdown: {
        QString text = head.caption.isEmpty() ? QString() : markdownCell(head.caption) + QLatin1String("\n\n");
        QString rule;
        text += QLatin1Char('|');
        for (qsizetype i = 0; i < head.columns.size(); ++i) {
            text += QLatin1Char(' ') + markdownCell(head.columns[i]) + QLatin1String(" |");
            rule += isNumeric(head, i) ? QLatin1String("---:|") : QLatin1String("---|");
        }
        return text + QLatin1String("\n|") + rule + QLatin1Char('\n');
    }
    }
    return {};
}

QString copyRow(const CopyTable& head, const QStringList& row, CopyForm form, bool first) {
    QString text;
    switch (form) {
    case CopyForm::kCsv:
        for (qsizetype i = 0; i < row.size(); ++i)
            text += (i > 0 ? QLatin1String(",") : QLatin1String()) + csvCell(row[i]);
        return text + QLatin1String("\r\n");
    case CopyForm::kJson:
        text = first ? QStringLiteral("\n{") : QStringLiteral(",\n{");
        for (qsizetype i = 0; i < row.size(); ++i)
            text += (i > 0 ? QLatin1String(",") : QLatin1String()) + jsonString(head.columns.value(i)) + QLatin1Char(':') + jsonCell(head, i, row[i]);
        return text + QLatin1Char('}');
    case CopyForm::kMarkdown:
        text = QStringLiteral("|");
        for (const QString& cell : row)
            text += QLatin1Char(' ') + markdownCell(cell) + QLatin1String(" |");
        return text + QLatin1Char('\n');
    }
    return text;
}

QString copyTail(CopyForm form) { return form == CopyForm::kJson ? QStringLiteral("\n]\n") : QString(); }

QString copyText(const CopyTable& table, CopyForm form) {
    QString text = copyHead(table, form);
    for (qsizetype i = 0; i < table.rows.size(); ++i)
        text += copyRow(table, table.rows[i], form, i == 0);
    return text + copyTail(form);
}

QString pictureCaption(const Workspace& workspace, const QString& what) {
    QStringList parts;
    if (!what.isEmpty())
        parts << what;
    const TimeRange range = workspace.range();
    if (!range.empty())
        parts << formatDate(range.from, workspace.utc()) + QLatin1Char(' ') + formatRange(range, workspace.utc()) + QLatin1Char(' ') + zoneName(range.from, workspace.utc());
    if (!workspace.filterText().isEmpty())
        parts << workspace.filterText();
    const QString file = QFileInfo(QString::fromStdString(workspace.info().path)).fileName();
    if (!file.isEmpty())
        parts << file;
    return parts.join(QStringLiteral(" · "));
}

QString viewCommand(const Workspace& workspace, const QString& view, const QString& parameter) {
    QString line = QStringLiteral("nightjar render %1 %2 -o %2.png").arg(shellQuoted(QString::fromStdString(workspace.info().path)), view);
    const TimeRange range = workspace.range();
    if (!range.empty())
        line += QStringLiteral(" --range %1..%2").arg(QString::fromStdString(formatRfc3339(range.from, 3)), QString::fromStdString(formatRfc3339(range.to, 3)));
    if (!workspace.filterText().isEmpty())
        line += QStringLiteral(" --filter ") + shellQuoted(workspace.filterText());
    if (!parameter.isEmpty())
        line += QStringLiteral(" --select ") + shellQuoted(parameter);
    return line;
}

}  // namespace nj::ui
