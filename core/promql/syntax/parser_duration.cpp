// Durations in brackets and behind offset: plain ones, and arithmetic on them.
#include <cmath>
#include <fmt/format.h>

#include "promql/syntax/parser_state.h"
#include "promql/text/number_text.h"

namespace nj::promql {

namespace {

struct DurationOperator {
    DurationExpr::Op op;
    int precedence;
};

std::optional<DurationOperator> durationOperator(TokenKind kind) {
    using enum DurationExpr::Op;
    switch (kind) {
    case TokenKind::kPlus: return DurationOperator{kAdd, 1};
    case TokenKind::kMinus: return DurationOperator{kSubtract, 1};
    case TokenKind::kStar: return DurationOperator{kMultiply, 2};
    case TokenKind::kSlash: return DurationOperator{kDivide, 2};
    case TokenKind::kPercent: return DurationOperator{kModulo, 2};
    case TokenKind::kCaret: return DurationOperator{kPower, 3};
    default: return std::nullopt;
    }
}

}  // namespace

DurationPtr Parser::duration(int minPrecedence) {
    DurationPtr left = durationUnary(false);
    while (const auto info = durationOperator(peek().kind)) {
        if (info->precedence < minPrecedence)
            break;
        const Nested nested(*this);
        take();
        auto node = std::make_unique<DurationExpr>();
        node->op = info->op;
        node->left = std::move(left);
        node->right = duration(info->op == DurationExpr::Op::kPower ? info->precedence : info->precedence + 1);
        node->span = {node->left->span.begin, node->right->span.end};
        left = std::move(node);
    }
    return left;
}

// One operand. Behind offset a sign binds to it alone.
DurationPtr Parser::durationUnary(bool offset) {
    const Nested nested(*this);
    const Token& token = peek();
    auto node = std::make_unique<DurationExpr>();
    node->span = token.span;
    switch (token.kind) {
    case TokenKind::kPlus:
    case TokenKind::kMinus:
        take();
        node->op = token.kind == TokenKind::kMinus ? DurationExpr::Op::kNegate : DurationExpr::Op::kPlus;
        node->right = offset ? durationUnary(true) : duration(3);
        node->span.end = node->right->span.end;
        if (node->right->op != DurationExpr::Op::kConstant || node->right->inParens)
            return node;
        if (node->op == DurationExpr::Op::kNegate)
            node->right->seconds = -node->right->seconds;
        node->right->span = node->span;
        return std::move(node->right);
    case TokenKind::kLeftParen: {
        take();
        DurationPtr inner = duration(1);
        inner->inParens = true;
        inner->span = {token.span.begin, expect(TokenKind::kRightParen, "duration").span.end};
        return inner;
    }
    case TokenKind::kDuration:
        node->seconds = static_cast<double>(*parsePromDuration(take().text)) / static_cast<double>(kSecond);
        return node;
    case TokenKind::kNumber: {
        const auto value = parseNumberLiteral(take().text);
        if (!value || !std::isfinite(*value) || std::fabs(*value) > 9.2e9)
            fail(token.span, "duration out of range");
        node->seconds = *value;
        node->asDuration = false;
        return node;
    }
    case TokenKind::kWord: return durationCall(token.text);
    default: unexpected(token, offset ? "offset, expected number or duration" : "subquery or range selector, expected number or duration");
    }
}

// step(), range(), min_of(a, b), max_of(a, b).
DurationPtr Parser::durationCall(std::string_view word) {
    auto node = std::make_unique<DurationExpr>();
    node->span = peek().span;
    const bool least = equalsIgnoringCase(word, "min_of") || equalsIgnoringCase(word, "min");
    const bool two = least || equalsIgnoringCase(word, "max_of") || equalsIgnoringCase(word, "max");
    if (!two && !equalsIgnoringCase(word, "step") && !equalsIgnoringCase(word, "range"))
        unexpected(peek(), "duration");
    take();
    expect(TokenKind::kLeftParen, "duration");
    if (two) {
        node->op = least ? DurationExpr::Op::kMin : DurationExpr::Op::kMax;
        node->left = duration(1);
        expect(TokenKind::kComma, "duration");
        node->right = duration(1);
    } else {
        node->op = equalsIgnoringCase(word, "step") ? DurationExpr::Op::kStep : DurationExpr::Op::kRange;
    }
    node->span.end = expect(TokenKind::kRightParen, "duration").span.end;
    return node;
}

}  // namespace nj::promql
