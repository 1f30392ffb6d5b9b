#include "source/prometheus_selector.h"

#include <fmt/format.h>

namespace nj::source {
namespace {

bool isNameStart(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == ':'; }
bool isNamePart(char c) { return isNameStart(c) || (c >= '0' && c <= '9'); }

class SelectorReader {
public:
    explicit SelectorReader(std::string_view text) : text_(text) {}

    Result<std::vector<LabelMatcher>> read() {
        blanks();
        if (at_ < text_.size() && isNameStart(text_[at_]))
            matchers_.push_back({LabelMatcher::Type::kEqual, "__name__", name()});
        blanks();
        if (take('{')) {
            for (blanks(); !take('}'); blanks()) {
                NJ_RETURN_IF_ERROR(matcher());
                blanks();
                if (!take(',') && (at_ >= text_.size() || text_[at_] != '}'))
                    return wrong("',' or '}' is missing");
            }
        } else if (matchers_.empty()) {
            return wrong("a name or '{' is missing");
        }
        blanks();
        if (at_ != text_.size())
            return wrong("nothing may follow a selector");
        if (matchers_.empty())
            return wrong("a selector needs a matcher");
        return std::move(matchers_);
    }

private:
    Error wrong(std::string_view why) const { return makeError(ErrorCode::kInvalidArgument, fmt::format("'{}', character {}: {}", text_, at_ + 1, why)); }
    void blanks() {
        while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\n' || text_[at_] == '\r'))
            ++at_;
    }
    bool take(char c) {
        if (at_ >= text_.size() || text_[at_] != c)
            return false;
        ++at_;
        return true;
    }
    std::string name() {
        const size_t start = at_;
        while (at_ < text_.size() && isNamePart(text_[at_]))
            ++at_;
        return std::string(text_.substr(start, at_ - start));
    }
    Status matcher() {
        const bool quoted = at_ < text_.size() && (text_[at_] == '"' || text_[at_] == '\'' || text_[at_] == '`');
        LabelMatcher matcher;
        if (quoted) {
            NJ_ASSIGN(matcher.name, string());
        } else if (at_ < text_.size() && isNameStart(text_[at_])) {
            matcher.name = name();
        } else {
            return wrong("a label's name is missing");
        }
        blanks();
        const bool not_ = take('!');
        const bool equal = take('=');
        if (!not_ && !equal && quoted) {
            matchers_.push_back({LabelMatcher::Type::kEqual, "__name__", std::move(matcher.name)});
            return {};
        }
        const bool regex = take('~');
        if ((!equal && !not_) || (not_ && equal == regex))
            return wrong("one of = != =~ !~ is missing");
        matcher.type = not_ ? (regex ? LabelMatcher::Type::kNotRegex : LabelMatcher::Type::kNotEqual) : (regex ? LabelMatcher::Type::kRegex : LabelMatcher::Type::kEqual);
        blanks();
        NJ_ASSIGN(matcher.value, string());
        matchers_.push_back(std::move(matcher));
        return {};
    }
    Result<std::string> string() {
        const char quote = at_ < text_.size() ? text_[at_] : '\0';
        if (quote != '"' && quote != '\'' && quote != '`')
            return wrong("a value in quotes is missing");
        std::string out;
        for (++at_; at_ < text_.size() && text_[at_] != quote; ++at_) {
            if (text_[at_] != '\\' || quote == '`') {
                out += text_[at_];
                continue;
            }
            if (++at_ >= text_.size())
                break;
            switch (text_[at_]) {
            case 'n': out += '\n'; break;
            case 't': out += '\t'; break;
            case 'r': out += '\r'; break;
            case '\\': case '"': case '\'': out += text_[at_]; break;
            default: return wrong("an escape that is none: write \\\\ for a backslash");
            }
        }
        if (!take(quote))
            return wrong("a quote is not closed");
        return out;
    }

    std::string_view text_;
    size_t at_ = 0;
    std::vector<LabelMatcher> matchers_;
};

}  // namespace

Result<std::vector<LabelMatcher>> parseSelector(std::string_view text) { return SelectorReader(text).read(); }

}  // namespace nj::source
