#include "promql/syntax/lexer.h"

#include <cctype>
#include <fmt/format.h>

#include "promql/text/number_text.h"

namespace nj::promql {

namespace {

bool isLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool isDigit(char c) { return c >= '0' && c <= '9'; }
bool isBlank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

class Lexer {
public:
    explicit Lexer(std::string_view text) : text_(text) {}

    std::vector<Token> run() {
        for (skipBlanks(); at_ < text_.size(); skipBlanks())
            readToken();
        add(TokenKind::kEnd, 0);
        return std::move(tokens_);
    }

private:
    char peek(size_t ahead = 0) const { return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0'; }

    void add(TokenKind kind, size_t length) {
        tokens_.push_back({kind, {at_, at_ + length}, text_.substr(at_, length)});
        at_ += length;
    }

    [[noreturn]] void fail(size_t length, std::string message) const { throw SyntaxFailure{{at_, at_ + length}, std::move(message)}; }

    void skipBlanks() {
        while (at_ < text_.size()) {
            if (isBlank(text_[at_])) {
                ++at_;
            } else if (text_[at_] == '#') {
                while (at_ < text_.size() && text_[at_] != '\n')
                    ++at_;
            } else {
                return;
            }
        }
    }

    void readToken() {
        const char c = peek();
        if (isDigit(c) || (c == '.' && isDigit(peek(1))))
            return readNumber();
        if (isLetter(c) || (c == ':' && brackets_ == 0 && braces_ == 0))
            return readWord();
        if (c == '"' || c == '\'' || c == '`')
            return readString(c);
        readOperator(c);
    }

    // Digits with unit are a duration, all else that begins with a digit a number.
    void readNumber() {
        size_t length = 0;
        while (isDigit(peek(length)) || isLetter(peek(length)) || peek(length) == '.' ||
               ((peek(length) == '+' || peek(length) == '-') && isExponentSign(length)))
            ++length;
        const std::string_view word = text_.substr(at_, length);
        if (word != "0" && parsePromDuration(word))
            return add(TokenKind::kDuration, length);
        if (parseNumberLiteral(word))
            return add(TokenKind::kNumber, length);
        fail(length, fmt::format("bad number or duration syntax: \"{}\"", word));
    }

    // The sign in 1e+3, but not the one in 0x1e+3.
    bool isExponentSign(size_t length) const {
        if (length < 2 || (peek(length - 1) != 'e' && peek(length - 1) != 'E') || peek(1) == 'x' || peek(1) == 'X')
            return false;
        return isDigit(peek(length + 1));
    }

    void readWord() {
        size_t length = 0;
        while (isLetter(peek(length)) || isDigit(peek(length)) || (peek(length) == ':' && brackets_ == 0 && braces_ == 0))
            ++length;
        add(TokenKind::kWord, length);
    }

    void readString(char quote) {
        size_t length = 1;
        while (true) {
            const char c = peek(length);
            if (at_ + length >= text_.size() || (c == '\n' && quote != '`'))
                fail(length, "unterminated quoted string");
            if (c == quote)
                break;
            length += c == '\\' && quote != '`' && at_ + length + 1 < text_.size() ? 2 : 1;
        }
        add(TokenKind::kString, length + 1);
    }

    void readOperator(char c) {
        const char next = peek(1);
        switch (c) {
        case '(': return add(TokenKind::kLeftParen, 1);
        case ')': return add(TokenKind::kRightParen, 1);
        case '{': ++braces_; return add(TokenKind::kLeftBrace, 1);
        case '}': braces_ -= braces_ > 0; return add(TokenKind::kRightBrace, 1);
        case '[': ++brackets_; return add(TokenKind::kLeftBracket, 1);
        case ']': brackets_ -= brackets_ > 0; return add(TokenKind::kRightBracket, 1);
        case ',': return add(TokenKind::kComma, 1);
        case ':': return add(TokenKind::kColon, 1);
        case '@': return add(TokenKind::kAt, 1);
        case '+': return add(TokenKind::kPlus, 1);
        case '-': return add(TokenKind::kMinus, 1);
        case '*': return add(TokenKind::kStar, 1);
        case '/': return add(TokenKind::kSlash, 1);
        case '%': return add(TokenKind::kPercent, 1);
        case '^': return add(TokenKind::kCaret, 1);
        case '=':
            if (next == '=')
                return add(TokenKind::kEqualEqual, 2);
            return next == '~' ? add(TokenKind::kMatch, 2) : add(TokenKind::kEqual, 1);
        case '!':
            if (next == '=')
                return add(TokenKind::kNotEqual, 2);
            if (next == '~')
                return add(TokenKind::kNotMatch, 2);
            break;
        case '<':
            if (next == '/')
                return add(TokenKind::kTrimUpper, 2);
            return next == '=' ? add(TokenKind::kLessEqual, 2) : add(TokenKind::kLess, 1);
        case '>':
            if (next == '/')
                return add(TokenKind::kTrimLower, 2);
            return next == '=' ? add(TokenKind::kGreaterEqual, 2) : add(TokenKind::kGreater, 1);
        default: break;
        }
        fail(1, std::isprint(static_cast<unsigned char>(c)) != 0 ? fmt::format("unexpected character: '{}'", c)
                                                                 : fmt::format("unexpected byte: 0x{:02x}", static_cast<unsigned char>(c)));
    }

    std::string_view text_;
    size_t at_ = 0;
    int brackets_ = 0;
    int braces_ = 0;
    std::vector<Token> tokens_;
};

}  // namespace

std::vector<Token> tokenize(std::string_view text) { return Lexer(text).run(); }

std::string lineAndColumn(std::string_view text, size_t offset) {
    size_t line = 1;
    size_t lineStart = 0;
    for (size_t i = 0; i < offset && i < text.size(); ++i) {
        if (text[i] == '\n') {
            ++line;
            lineStart = i + 1;
        }
    }
    return fmt::format("{}:{}", line, offset - lineStart + 1);
}

}  // namespace nj::promql
