// What the lexer makes of an expression's bytes. Plain values; a token points into the text it was read from.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace nj::promql {

// A stretch of the expression, in bytes from its start.
struct Span {
    size_t begin = 0;
    size_t end = 0;
};

enum class TokenKind : unsigned char {
    kEnd,
    kWord,          // identifiers and keywords alike: what a word means depends on where it stands
    kNumber,
    kDuration,
    kString,
    kLeftParen,
    kRightParen,
    kLeftBrace,
    kRightBrace,
    kLeftBracket,
    kRightBracket,
    kComma,
    kColon,
    kAt,
    kEqual,         // =
    kEqualEqual,
    kNotEqual,
    kMatch,         // =~
    kNotMatch,      // !~
    kLess,
    kLessEqual,
    kGreater,
    kGreaterEqual,
    kTrimUpper,     // </
    kTrimLower,     // >/
    kPlus,
    kMinus,
    kStar,
    kSlash,
    kPercent,
    kCaret,
};

struct Token {
    TokenKind kind = TokenKind::kEnd;
    Span span;
    std::string_view text;
};

// "line:column", both from 1, of a byte offset.
std::string lineAndColumn(std::string_view text, size_t offset);

}  // namespace nj::promql
