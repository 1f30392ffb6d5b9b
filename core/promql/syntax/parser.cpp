#include "promql/syntax/parser.h"

#include <algorithm>

#include <fmt/format.h>

#include "promql/syntax/parser_state.h"
#include "promql/text/number_text.h"

namespace nj::promql {

namespace {

struct OperatorInfo {
    BinaryOp op;
    int precedence;
};

constexpr int kPowerPrecedence = 6;

std::optional<OperatorInfo> operatorOf(const Token& token) {
    using enum BinaryOp;
    switch (token.kind) {
    case TokenKind::kWord:
        if (equalsIgnoringCase(token.text, "or"))
            return OperatorInfo{kOr, 1};
        if (equalsIgnoringCase(token.text, "and"))
            return OperatorInfo{kAnd, 2};
        if (equalsIgnoringCase(token.text, "unless"))
            return OperatorInfo{kUnless, 2};
        if (equalsIgnoringCase(token.text, "atan2"))
            return OperatorInfo{kAtan2, 5};
        return std::nullopt;
    case TokenKind::kEqualEqual: return OperatorInfo{kEqual, 3};
    case TokenKind::kNotEqual: return OperatorInfo{kNotEqual, 3};
    case TokenKind::kLess: return OperatorInfo{kLess, 3};
    case TokenKind::kLessEqual: return OperatorInfo{kLessEqual, 3};
    case TokenKind::kGreater: return OperatorInfo{kGreater, 3};
    case TokenKind::kGreaterEqual: return OperatorInfo{kGreaterEqual, 3};
    case TokenKind::kTrimUpper: return OperatorInfo{kTrimUpper, 3};
    case TokenKind::kTrimLower: return OperatorInfo{kTrimLower, 3};
    case TokenKind::kPlus: return OperatorInfo{kAdd, 4};
    case TokenKind::kMinus: return OperatorInfo{kSubtract, 4};
    case TokenKind::kStar: return OperatorInfo{kMultiply, 5};
    case TokenKind::kSlash: return OperatorInfo{kDivide, 5};
    case TokenKind::kPercent: return OperatorInfo{kModulo, 5};
    case TokenKind::kCaret: return OperatorInfo{kPower, kPowerPrecedence};
    default: return std::nullopt;
    }
}

template <typename Parse>
auto guarded(std::string_view text, Parse parse) -> Result<decltype(parse())> {
    if (text.size() > kMaxExpressionLength)
        return makeError(ErrorCode::kLimit, fmt::format("the expression has {} characters, more than the {} that are allowed", text.size(),
                                                        kMaxExpressionLength));
    try {
        return parse();
    } catch (const SyntaxFailure& failure) {
        return makeError(ErrorCode::kInvalidArgument,
                         fmt::format("{}: parse error: {}", lineAndColumn(text, failure.span.begin), failure.message));
    }
}

}  // namespace

Result<ExprPtr> parseExpression(std::string_view text) {
    return guarded(text, [&] { return Parser(text).wholeExpression(); });
}

Result<Labels> parseSeriesLabels(std::string_view text, std::string_view* rest) {
    return guarded(text, [&] {
        // What follows the labels is not PromQL, so that only they are cut into tokens.
        size_t end = 0;
        char quote = '\0';
        int depth = 0;
        for (; end < text.size(); ++end) {
            const char c = text[end];
            if (quote != '\0') {
                if (c == '\\' && quote != '`')
                    ++end;
                else if (c == quote)
                    quote = '\0';
            } else if (c == '"' || c == '\'' || c == '`') {
                quote = c;
            } else if (c == '{') {
                ++depth;
            } else if (c == '}' && --depth <= 0) {
                ++end;
                break;
            } else if (depth == 0 && (c == ' ' || c == '\t')) {
                const size_t next = text.find_first_not_of(" \t", end);
                if (next == std::string_view::npos || text[next] != '{' || (next + 1 < text.size() && text[next + 1] == '{'))
                    break;
            }
        }
        end = std::min(end, text.size());
        if (rest != nullptr)
            *rest = text.substr(end);
        return Parser(text.substr(0, end)).seriesLabels();
    });
}

Result<std::vector<Matcher>> parseSelector(std::string_view text) {
    return guarded(text, [&] { return Parser(text).wholeSelector()->matchers; });
}

bool equalsIgnoringCase(std::string_view text, std::string_view lower) {
    return std::equal(text.begin(), text.end(), lower.begin(), lower.end(),
                      [](char a, char b) { return (a >= 'A' && a <= 'Z' ? static_cast<char>(a - 'A' + 'a') : a) == b; });
}

Parser::Parser(std::string_view text) : text_(text), tokens_(tokenize(text)) {}

Parser::Nested::Nested(Parser& parser) : parser_(parser) {
    if (++parser_.nesting_ > kMaxNesting) {
        --parser_.nesting_;
        parser_.fail(parser_.peek().span, fmt::format("the expression is nested more than {} levels deep", kMaxNesting));
    }
}

const Token& Parser::peek(size_t ahead) const { return tokens_[std::min(at_ + ahead, tokens_.size() - 1)]; }

const Token& Parser::take() {
    const Token& token = peek();
    at_ = std::min(at_ + 1, tokens_.size() - 1);
    return token;
}

bool Parser::takeIf(TokenKind kind) {
    if (peek().kind != kind)
        return false;
    take();
    return true;
}

const Token& Parser::expect(TokenKind kind, std::string_view where) {
    if (peek().kind != kind)
        unexpected(peek(), where);
    return take();
}

bool Parser::isWord(std::string_view word, size_t ahead) const {
    return peek(ahead).kind == TokenKind::kWord && equalsIgnoringCase(peek(ahead).text, word);
}

void Parser::fail(Span span, std::string message) const { throw SyntaxFailure{span, std::move(message)}; }

void Parser::unexpected(const Token& token, std::string_view where) const {
    const std::string what = token.kind == TokenKind::kEnd ? "unexpected end of input" : fmt::format("unexpected \"{}\"", token.text);
    fail(token.span, where.empty() ? what : fmt::format("{} in {}", what, where));
}

void Parser::requireType(const Expr& node, ValueType type, std::string_view where) const {
    if (node.type != type)
        fail(node.span, fmt::format("expected type {} in {}, got {}", valueTypeName(type), where, valueTypeName(node.type)));
}

void Parser::setDepth(Expr& node, std::initializer_list<const Expr*> children) const {
    for (const Expr* child : children)
        if (child != nullptr)
            node.depth = std::max(node.depth, child->depth + 1);
    if (node.depth > kMaxTreeDepth)
        fail(node.span, fmt::format("the expression has more than {} operators in a row", kMaxTreeDepth));
}

ExprPtr Parser::wholeExpression() {
    if (peek().kind == TokenKind::kEnd)
        fail(peek().span, "no expression found in input");
    ExprPtr node = expression(1);
    if (peek().kind != TokenKind::kEnd)
        unexpected(peek(), "");
    return node;
}

ExprPtr Parser::expression(int minPrecedence) {
    ExprPtr left = unary();
    while (const auto info = operatorOf(peek())) {
        if (info->precedence < minPrecedence)
            break;
        const Span opSpan = take().span;
        left = binary(std::move(left), info->op, opSpan, info->precedence);
    }
    return left;
}

ExprPtr Parser::unary() {
    if (peek().kind != TokenKind::kPlus && peek().kind != TokenKind::kMinus)
        return withModifiers(primary());
    const Nested nested(*this);
    const Token& sign = take();
    const bool negative = sign.kind == TokenKind::kMinus;
    ExprPtr operand = expression(kPowerPrecedence);   // binds as * does: -2^2 is -(2^2)
    if (operand->type != ValueType::kScalar && operand->type != ValueType::kVector)
        fail(operand->span, fmt::format("unary expression only allowed on expressions of type scalar or instant vector, got \"{}\"",
                                        valueTypeName(operand->type)));
    if (operand->kind == ExprKind::kNumber) {
        auto& literal = as<NumberExpr>(*operand);
        literal.value = negative ? -literal.value : literal.value;
        literal.span.begin = sign.span.begin;
        return operand;
    }
    auto node = std::make_unique<UnaryExpr>(operand->type);
    node->negative = negative;
    node->span = {sign.span.begin, operand->span.end};
    setDepth(*node, {operand.get()});
    node->expr = std::move(operand);
    return node;
}

ExprPtr Parser::binary(ExprPtr left, BinaryOp op, Span opSpan, int precedence) {
    const Nested nested(*this);
    auto node = std::make_unique<BinaryExpr>(ValueType::kVector);
    node->op = op;
    if (isSetOperation(op))
        node->matching.cardinality = VectorMatching::Cardinality::kManyToMany;
    if (isWord("bool")) {
        if (!isComparison(op))
            fail(peek().span, "bool modifier can only be used on comparison operators");
        take();
        node->returnBool = true;
    }
    const size_t beforeMatching = at_;
    readMatching(*node);
    const bool matchingWritten = at_ != beforeMatching;
    ExprPtr right = expression(op == BinaryOp::kPower ? precedence : precedence + 1);
    node->span = {left->span.begin, right->span.end};
    setDepth(*node, {left.get(), right.get()});
    node->left = std::move(left);
    node->right = std::move(right);
    checkBinary(*node, opSpan, matchingWritten);
    if (node->left->type == ValueType::kScalar && node->right->type == ValueType::kScalar)
        node->type = ValueType::kScalar;
    return node;
}

void Parser::readMatching(BinaryExpr& node) {
    VectorMatching& matching = node.matching;
    const bool on = isWord("on");
    if (!on && !isWord("ignoring"))
        return readFill(node);
    // A metric may be called "on" or "ignoring": the list of labels tells.
    if (peek(1).kind != TokenKind::kLeftParen)
        return;
    take();
    matching.on = on;
    matching.labels = labelList();
    const bool left = isWord("group_left");
    if (left || isWord("group_right")) {
        const Span span = take().span;
        if (isSetOperation(node.op))
            fail(span, fmt::format("no grouping allowed for \"{}\" operation", binaryOpText(node.op)));
        matching.cardinality = left ? VectorMatching::Cardinality::kManyToOne : VectorMatching::Cardinality::kOneToMany;
        if (peek().kind == TokenKind::kLeftParen)
            matching.include = labelList();
        if (matching.on)
            for (const std::string& label : matching.labels)
                if (std::find(matching.include.begin(), matching.include.end(), label) != matching.include.end())
                    fail(span, fmt::format("label \"{}\" must not occur in ON and GROUP clause at once", label));
    }
    readFill(node);
}

// fill(0), fill_left(0) and fill_right(0): the value of the side that has no match.
void Parser::readFill(BinaryExpr& node) {
    while (peek().kind == TokenKind::kWord && peek(1).kind == TokenKind::kLeftParen &&
           (isWord("fill") || isWord("fill_left") || isWord("fill_right"))) {
        const Token& word = take();
        if (isSetOperation(node.op))
            fail(word.span, "filling in missing series not allowed for set operators");
        take();
        double sign = 1;
        if (peek().kind == TokenKind::kMinus || peek().kind == TokenKind::kPlus)
            sign = take().kind == TokenKind::kMinus ? -1 : 1;
        const ExprPtr value = number();
        expect(TokenKind::kRightParen, "fill modifier");
        const double fill = sign * as<NumberExpr>(*value).value;
        if (!equalsIgnoringCase(word.text, "fill_right"))
            node.matching.fillLeft = fill;
        if (!equalsIgnoringCase(word.text, "fill_left"))
            node.matching.fillRight = fill;
    }
}

void Parser::checkBinary(const BinaryExpr& node, Span opSpan, bool matchingWritten) const {
    for (const Expr* side : {node.left.get(), node.right.get()})
        if (side->type != ValueType::kScalar && side->type != ValueType::kVector)
            fail(side->span, "binary expression must contain only scalar and instant vector types");
    const bool scalars = node.left->type == ValueType::kScalar && node.right->type == ValueType::kScalar;
    if (isComparison(node.op) && scalars && !node.returnBool)
        fail(opSpan, "comparisons between scalars must use BOOL modifier");
    if (node.left->type == ValueType::kVector && node.right->type == ValueType::kVector)
        return;
    if (isSetOperation(node.op))
        fail(opSpan, fmt::format("set operator \"{}\" not allowed in binary scalar expression", binaryOpText(node.op)));
    if (matchingWritten)
        fail(node.span, "vector matching only allowed between instant vectors");
    if ((node.op == BinaryOp::kTrimUpper || node.op == BinaryOp::kTrimLower) && scalars)
        fail(opSpan, fmt::format("operator \"{}\" not allowed for Scalar operations", binaryOpText(node.op)));
}

}  // namespace nj::promql
