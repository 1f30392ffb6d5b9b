// The parser's recursive descent over the tokens of one expression; its parts lie in parser*.cpp. Used by parseExpression only. Throws
// SyntaxFailure.
#pragma once

#include <initializer_list>

#include "promql/syntax/lexer.h"
#include "promql/syntax/parser.h"

namespace nj::promql {

class Parser {
public:
    explicit Parser(std::string_view text);
    ExprPtr wholeExpression();
    std::unique_ptr<SelectorExpr> wholeSelector();
    Labels seriesLabels();
    [[nodiscard]] size_t position() const { return peek().span.begin; }

private:
    // parser.cpp: operators
    ExprPtr expression(int minPrecedence);
    ExprPtr unary();
    ExprPtr binary(ExprPtr left, BinaryOp op, Span opSpan, int precedence);
    void readMatching(BinaryExpr& node);
    void readFill(BinaryExpr& node);
    void checkBinary(const BinaryExpr& node, Span opSpan, bool matchingWritten) const;

    // parser_primary.cpp: literals, calls, aggregations
    ExprPtr primary();
    ExprPtr parenthesized();
    ExprPtr number();
    ExprPtr wordPrimary();
    ExprPtr call(const FunctionSignature& function);
    ExprPtr aggregate(AggregateOp op);
    void checkArguments(const CallExpr& node) const;
    void checkCallDetails(const CallExpr& node) const;
    std::vector<std::string> labelList();
    std::string stringLiteral();

    // parser_selector.cpp: selectors, ranges and their modifiers
    std::unique_ptr<SelectorExpr> selector();
    void readMatchers(SelectorExpr& node);
    void readMatcher(SelectorExpr& node);
    ExprPtr withModifiers(ExprPtr node);
    ExprPtr bracket(ExprPtr node);
    void readOffset(Expr& node);
    void readAt(Expr& node);
    void readExtension(Expr& node, bool anchored);

    // parser_duration.cpp
    DurationPtr duration(int minPrecedence);
    DurationPtr durationUnary(bool offset);
    DurationPtr durationCall(std::string_view word);

    const Token& peek(size_t ahead = 0) const;
    const Token& take();
    bool takeIf(TokenKind kind);
    const Token& expect(TokenKind kind, std::string_view where);
    bool isWord(std::string_view word, size_t ahead = 0) const;   // case does not matter
    [[noreturn]] void fail(Span span, std::string message) const;
    [[noreturn]] void unexpected(const Token& token, std::string_view where) const;
    void requireType(const Expr& node, ValueType type, std::string_view where) const;
    void setDepth(Expr& node, std::initializer_list<const Expr*> children) const;

    class Nested {   // one level of nesting while it lives
    public:
        explicit Nested(Parser& parser);
        ~Nested() { --parser_.nesting_; }
        Nested(const Nested&) = delete;
        Nested& operator=(const Nested&) = delete;

    private:
        Parser& parser_;
    };

    std::string_view text_;
    std::vector<Token> tokens_;
    size_t at_ = 0;
    int nesting_ = 0;
    bool emptySelectorAllowed_ = false;   // in the second argument of info(), which is no selector of series
};

bool equalsIgnoringCase(std::string_view text, std::string_view lower);

}  // namespace nj::promql
