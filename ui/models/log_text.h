// What of a log line is marked: the words of the filter found in it. Plain functions, any thread.
#pragma once

#include <QString>
#include <QStringList>
#include <QVector>
#include <utility>

#include "model/filter.h"

namespace nj::ui {

// Words and phrases of the filter that ask for text (not those under a NOT), lower-case, at most 16.
QStringList searchedWords(const Filter& filter);
// [begin, end) of each place one of the words stands in the text, ascending, not overlapping, at most 64. Words are lower-case.
QVector<std::pair<qsizetype, qsizetype>> wordPlaces(const QString& text, const QStringList& words);
// One line for a cell: at most 4 KiB, line breaks and control characters shown as symbols.
QString cellLine(const std::string& body);

}  // namespace nj::ui
