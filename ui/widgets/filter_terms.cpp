#include "widgets/filter_terms.h"

#include <algorithm>

namespace nj::ui {

namespace {

bool isJoint(const QString& text) { return text == u"OR" || text == u"AND" || text == u"NOT"; }

bool keyCharacter(QChar c) { return c.isLetterOrNumber() || c == QLatin1Char('.') || c == QLatin1Char('_') || c == QLatin1Char('-') || c == QLatin1Char('/'); }

}  // namespace

QVector<FilterTerm> filterTerms(const QString& text) {
    QVector<FilterTerm> terms;
    FilterTerm term;
    int depth = 0;
    bool quoted = false;
    const auto finish = [&] {
        if (term.text.isEmpty())
            return;
        term.joint = isJoint(term.text);
        terms.push_back(term);
        term = {};
    };
    for (qsizetype i = 0; i < text.size(); ++i) {
        const QChar c = text[i];
        if (!quoted && depth == 0 && c.isSpace()) {
            finish();
            continue;
        }
        if (c == QLatin1Char('"') && (i == 0 || text[i - 1] != QLatin1Char('\\')))
            quoted = !quoted;
        else if (!quoted && (c == QLatin1Char('(') || c == QLatin1Char('[')))
            ++depth;
        else if (!quoted && (c == QLatin1Char(')') || c == QLatin1Char(']')))
            depth = std::max(0, depth - 1);
        if (term.text.isEmpty())
            term.from = i;
        term.text += c;
    }
    finish();
    return terms;
}

QString withoutTerm(const QString& text, qsizetype index) {
    QVector<FilterTerm> terms = filterTerms(text);
    if (index < 0 || index >= terms.size())
        return text;
    terms.remove(index);
    if (index > 0 && terms[index - 1].joint)
        terms.remove(index - 1);
    while (!terms.isEmpty() && terms.first().joint && terms.first().text != u"NOT")
        terms.removeFirst();
    QStringList parts;
    for (const FilterTerm& term : terms)
        parts.append(term.text);
    return parts.join(QLatin1Char(' '));
}

CompletionSpot completionSpot(const QString& text, qsizetype caret) {
    CompletionSpot spot;
    qsizetype from = std::min(caret, text.size());
    while (from > 0 && (keyCharacter(text[from - 1]) || text[from - 1] == QLatin1Char(':') || text[from - 1] == QLatin1Char('*')))
        --from;
    if (from < caret && text[from] == QLatin1Char('-'))
        ++from;
    const QString word = text.mid(from, caret - from);
    const auto colon = word.indexOf(QLatin1Char(':'));
    spot.key = colon < 0 ? QString() : word.left(colon);
    spot.prefix = colon < 0 ? word : word.mid(colon + 1);
    spot.from = colon < 0 ? from : from + colon + 1;
    spot.to = caret;
    return spot;
}

bool looksLikeId(const QString& raw) {
    const QString text = raw.trimmed();
    if (text.size() < 8 || text.size() > 200 || text.contains(QLatin1Char(':')) || text.contains(QLatin1Char('*')))
        return false;
    bool digit = false;
    for (const QChar c : text) {
        if (!keyCharacter(c))
            return false;
        digit = digit || c.isDigit();
    }
    return digit;
}

}  // namespace nj::ui
