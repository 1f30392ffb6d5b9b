#include "widgets/promql_place.h"

#include <QStringList>

namespace nj::ui {
namespace {

bool isWord(QChar c) { return c.isLetterOrNumber() || c == QLatin1Char('_') || c == QLatin1Char(':'); }

bool takesLabels(const QString& word) {
    static const QStringList kWords = {QStringLiteral("by"), QStringLiteral("without"), QStringLiteral("on"), QStringLiteral("ignoring"), QStringLiteral("group_left"), QStringLiteral("group_right")};
    return kWords.contains(word, Qt::CaseInsensitive);
}

class Scanner {
public:
    Scanner(QStringView text, qsizetype cursor) : text_(text.left(cursor)) {}

    PromqlPlace scan() {
        while (at_ < text_.size()) {
            const QChar c = text_[at_];
            if (c == QLatin1Char('#')) {
                const qsizetype end = text_.indexOf(QLatin1Char('\n'), at_);
                if (end < 0)
                    return {PromqlPlace::Kind::kText, {}, {}, at_ + 1};
                at_ = end + 1;
            } else if (c == QLatin1Char('"') || c == QLatin1Char('\'') || c == QLatin1Char('`')) {
                if (!string(c))
                    return inString();
            } else if (isWord(c)) {
                const qsizetype begin = at_;
                while (at_ < text_.size() && isWord(text_[at_]))
                    ++at_;
                word_ = text_.mid(begin, at_ - begin).toString();
                wordBegin_ = begin;
                if (at_ == text_.size())
                    return in(begin);
                if (braces_ && !operator_)
                    label_ = word_;
            } else {
                sign(c);
                ++at_;
            }
        }
        return in(text_.size());
    }

private:
    void sign(QChar c) {
        if (c == QLatin1Char('{')) {
            braces_ = true;
            operator_ = false;
            metric_ = word_;
            label_.clear();
        } else if (c == QLatin1Char('}')) {
            braces_ = false;
        } else if (c == QLatin1Char(',') && braces_) {
            operator_ = false;
            label_.clear();
        } else if (c == QLatin1Char('=') || c == QLatin1Char('!')) {
            operator_ = operator_ || braces_;
        } else if (c == QLatin1Char('(')) {
            labelList_ = takesLabels(word_);
        } else if (c == QLatin1Char(')')) {
            labelList_ = false;
        }
        if (!c.isSpace())
            word_.clear();
    }

    // Past it; false where it does not end.
    bool string(QChar quote) {
        stringBegin_ = ++at_;
        for (; at_ < text_.size(); ++at_) {
            if (text_[at_] == QLatin1Char('\\') && quote != QLatin1Char('`'))
                ++at_;
            else if (text_[at_] == quote) {
                if (braces_ && (operator_ ? label_ == QLatin1String("__name__") : label_.isEmpty()))   // {"http.server.duration"}
                    metric_ = text_.mid(stringBegin_, at_ - stringBegin_).toString();
                ++at_;
                return true;
            }
        }
        return false;
    }

    PromqlPlace inString() const {
        if (braces_ && operator_ && !label_.isEmpty())
            return {PromqlPlace::Kind::kValue, metric_, label_, stringBegin_};
        return {PromqlPlace::Kind::kText, {}, {}, stringBegin_};
    }
    PromqlPlace in(qsizetype begin) const {
        if (braces_)
            return operator_ ? PromqlPlace{PromqlPlace::Kind::kText, {}, {}, begin} : PromqlPlace{PromqlPlace::Kind::kLabel, metric_, {}, begin};
        return {labelList_ ? PromqlPlace::Kind::kLabel : PromqlPlace::Kind::kWord, {}, {}, begin};
    }

    QStringView text_;
    qsizetype at_ = 0, wordBegin_ = 0, stringBegin_ = 0;
    QString word_, metric_, label_;
    bool braces_ = false, operator_ = false, labelList_ = false;
};

}  // namespace

PromqlPlace promqlPlace(QStringView text, qsizetype cursor) { return Scanner(text, cursor).scan(); }

}  // namespace nj::ui
