// Tables as text that other programs read: CSV, JSON, Markdown. One table type for every view, whole or row by row for what is streamed
// into a file. Pure functions, any thread.
#pragma once

#include <QString>
#include <QStringList>
#include <QVector>

#include "state/workspace.h"

namespace nj::ui {

struct CopyTable {
    QString caption;                 // what, range, filter: a line of its own where the form allows it
    QStringList columns;
    QVector<bool> numeric;           // per column: bare in JSON, right-aligned in Markdown; shorter = text
    QVector<QStringList> rows;       // "" = none
};

enum class CopyForm { kCsv, kJson, kMarkdown };
QString copyText(const CopyTable& table, CopyForm form);
// ".csv", ".json", ".md"
QString copyFileEnding(CopyForm form);

// The same in pieces, for files written while rows arrive: head, one line per row (`first` for the first), tail.
QString copyHead(const CopyTable& head, CopyForm form);
QString copyRow(const CopyTable& head, const QStringList& row, CopyForm form, bool first);
QString copyTail(CopyForm form);

// RFC 4180; a text that a spreadsheet would run as a formula is marked by a leading '.
QString csvCell(const QString& text);
// "|" and line breaks escaped, markup shown as it is.
QString markdownCell(const QString& text);

// "what, 2026-03-17 09:30 – 11:50 UTC, service:vllm-a, incident.nightjar"
QString pictureCaption(const Workspace& workspace, const QString& what);
// The view as a command line: range, filter and what it has open. The link of a picture is this command.
QString viewCommand(const Workspace& workspace, const QString& view, const QString& parameter = {});

}  // namespace nj::ui
