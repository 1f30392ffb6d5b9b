#include "source/promql_selectors.h"

#include <algorithm>

namespace nj::source {
namespace {

constexpr size_t kMaxSelectors = 100;

bool isStart(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == ':'; }
bool isDigit(char c) { return c >= '0' && c <= '9'; }
bool isBlank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

std::string lower(std::string_view text) {
    std::string out(text);
    std::transform(out.begin(), out.end(), out.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    return out;
}

bool takesLabels(const std::string& word) { return word == "by" || word == "without" || word == "on" || word == "ignoring" || word == "group_left" || word == "group_right"; }
bool isOperator(const std::string& word) { return word == "and" || word == "or" || word == "unless" || word == "bool" || word == "offset" || word == "atan2" || word == "inf" || word == "nan"; }

class Scanner {
public:
    explicit Scanner(std::string_view text) : text_(text) {}

    std::vector<std::string> scan() {
        while (at_ < text_.size() && found_.size() < kMaxSelectors) {
            const char c = text_[at_];
            if (c == '"' || c == '\'' || c == '`')
                skipString();
            else if (c == '#')
                at_ = std::min(text_.find('\n', at_), text_.size());
            else if (c == '[')
                skipUntil(']');
            else if (c == '{')
                take({}, takeBraces());
            else if (isDigit(c))
                skipNumber();
            else if (c == '$')
                skipVariable();
            else if (isStart(c))
                takeWord();
            else
                ++at_;
        }
        return std::move(found_);
    }

private:
    void skipString() {
        const char quote = text_[at_++];
        while (at_ < text_.size() && text_[at_] != quote)
            at_ += text_[at_] == '\\' && quote != '`' ? 2 : 1;
        at_ = std::min(at_ + 1, text_.size());
    }
    void skipUntil(char end) {
        while (at_ < text_.size() && text_[at_] != end)
            if (text_[at_] == '"' || text_[at_] == '\'' || text_[at_] == '`')
                skipString();
            else
                ++at_;
        at_ = std::min(at_ + 1, text_.size());
    }
    // Numbers, hexadecimal ones and durations alike.
    void skipNumber() {
        while (at_ < text_.size() && (isStart(text_[at_]) || isDigit(text_[at_]) || text_[at_] == '.'))
            ++at_;
    }
    void skipVariable() {
        ++at_;
        if (at_ < text_.size() && text_[at_] == '{')
            skipUntil('}');
        else
            skipNumber();
    }
    void skipBlanks() {
        while (at_ < text_.size() && isBlank(text_[at_]))
            ++at_;
    }
    std::string_view takeBraces() {
        const size_t start = at_;
        skipUntil('}');
        return text_.substr(start, at_ - start);
    }

    void takeWord() {
        const size_t start = at_;
        while (at_ < text_.size() && (isStart(text_[at_]) || isDigit(text_[at_])))
            ++at_;
        const std::string_view word = text_.substr(start, at_ - start);
        skipBlanks();
        const char next = at_ < text_.size() ? text_[at_] : '\0';
        const std::string small = lower(word);
        if (takesLabels(small)) {
            if (next == '(')
                skipUntil(')');
        } else if (next == '{') {
            take(word, takeBraces());
        } else if (next == '$') {
            skipVariable();   // a name that a dashboard fills in
        } else if (next != '(' && !isOperator(small) && !groupsNext()) {
            take(word, {});
        }
    }

    // "sum by (pod) (…)": what stood before was an aggregation.
    [[nodiscard]] bool groupsNext() const {
        const std::string next = lower(text_.substr(at_, 8));
        for (const std::string_view word : {"by", "without"})
            if (next.starts_with(word) && (next.size() == word.size() || !isStart(next[word.size()])))
                return true;
        return false;
    }

    void take(std::string_view name, std::string_view braces) {
        const bool closed = braces.empty() || braces.ends_with('}');
        std::string selector(name);
        if (closed && braces.find('$') == std::string_view::npos && braces.find("[[") == std::string_view::npos && braces != "{}")
            selector += braces;
        if (!selector.empty() && std::find(found_.begin(), found_.end(), selector) == found_.end())
            found_.push_back(std::move(selector));
    }

    const std::string_view text_;
    size_t at_ = 0;
    std::vector<std::string> found_;
};

}  // namespace

std::vector<std::string> selectorsIn(std::string_view expression) { return Scanner(expression).scan(); }

}  // namespace nj::source
