#include "models/log_text.h"

#include <algorithm>

#include "base/utf8.h"

namespace nj::ui {
namespace {

constexpr qsizetype kMostWords = 16, kMostPlaces = 64, kMarkedCharacters = 4096;
constexpr size_t kCellBytes = 4096;

void collect(const FilterNode& node, QStringList& words) {
    using Op = FilterNode::Op;
    if (node.op == Op::kNot)
        return;
    const bool text = (node.op == Op::kText || node.op == Op::kSubstring) && (node.field.empty() || node.field == "body");
    if (text || (node.op == Op::kEquals && node.field == "body")) {
        const QString word = QString::fromStdString(node.text).toLower();
        // A wildcard's fixed parts are what can be seen in the text.
        for (const QString& part : word.split(QLatin1Char('*'), Qt::SkipEmptyParts))
            if (words.size() < kMostWords && !words.contains(part))
                words << part;
    }
    for (const FilterNode& child : node.children)
        collect(child, words);
}

}  // namespace

QStringList searchedWords(const Filter& filter) {
    QStringList words;
    collect(filter.root, words);
    return words;
}

QVector<std::pair<qsizetype, qsizetype>> wordPlaces(const QString& text, const QStringList& words) {
    QVector<std::pair<qsizetype, qsizetype>> places;
    const QString lower = text.left(kMarkedCharacters).toLower();
    if (lower.size() != std::min(text.size(), kMarkedCharacters))
        return places;   // a letter whose lower case is longer would shift every mark
    for (const QString& word : words)
        for (qsizetype at = lower.indexOf(word); at >= 0 && places.size() < kMostPlaces; at = lower.indexOf(word, at + word.size()))
            places.push_back({at, at + word.size()});
    std::sort(places.begin(), places.end());
    QVector<std::pair<qsizetype, qsizetype>> apart;
    for (const auto& place : places) {
        if (!apart.isEmpty() && place.first <= apart.back().second)
            apart.back().second = std::max(apart.back().second, place.second);
        else
            apart.push_back(place);
    }
    return apart;
}

QString cellLine(const std::string& body) {
    QString line = QString::fromUtf8(utf8Prefix(body, kCellBytes));
    for (QChar& c : line) {
        const char16_t code = c.unicode();
        if (code == u'\n' || code == u'\r')
            c = QChar(0x23CE);   // ⏎
        else if (code == u'\t')
            c = QLatin1Char(' ');
        else if (code < 0x20 || (code >= 0x7F && code < 0xA0) || (code >= 0x202A && code <= 0x202E) || (code >= 0x2066 && code <= 0x2069))
            c = QChar(0xFFFD);   // control and direction marks cannot play with the row
    }
    return line;
}

}  // namespace nj::ui
