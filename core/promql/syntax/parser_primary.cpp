// Literals, parentheses, calls and aggregations.
#include <algorithm>
#include <fmt/format.h>
#include <unordered_map>

#include "promql/syntax/function_table.h"
#include "promql/syntax/parser_state.h"
#include "promql/text/number_text.h"
#include "promql/text/quote.h"

namespace nj::promql {

namespace {

std::optional<AggregateOp> aggregateOf(std::string_view word) {
    using enum AggregateOp;
    for (const AggregateOp op :
         {kSum, kAvg, kCount, kMin, kMax, kGroup, kStddev, kStdvar, kTopk, kBottomk, kCountValues, kQuantile, kLimitk, kLimitRatio})
        if (equalsIgnoringCase(word, aggregateName(op)))
            return op;
    return std::nullopt;
}

}  // namespace

ExprPtr Parser::primary() {
    const Token& token = peek();
    switch (token.kind) {
    case TokenKind::kLeftParen: return parenthesized();
    case TokenKind::kNumber:
    case TokenKind::kDuration: return number();
    case TokenKind::kString: {
        auto node = std::make_unique<StringExpr>();
        node->span = token.span;
        node->value = stringLiteral();
        return node;
    }
    case TokenKind::kWord: return wordPrimary();
    case TokenKind::kLeftBrace:
    case TokenKind::kColon: return selector();
    default: unexpected(token, "");
    }
}

ExprPtr Parser::parenthesized() {
    const Nested nested(*this);
    const size_t begin = take().span.begin;
    ExprPtr inner = expression(1);
    const size_t end = expect(TokenKind::kRightParen, "parentheses").span.end;
    auto node = std::make_unique<ParenExpr>(inner->type);
    node->span = {begin, end};
    setDepth(*node, {inner.get()});
    node->expr = std::move(inner);
    return node;
}

ExprPtr Parser::number() {
    const Token& token = take();
    auto node = std::make_unique<NumberExpr>();
    node->span = token.span;
    if (token.kind == TokenKind::kDuration) {
        node->value = static_cast<double>(*parsePromDuration(token.text)) / static_cast<double>(kSecond);
        node->isDuration = true;
        return node;
    }
    const auto value = token.kind == TokenKind::kNumber || token.kind == TokenKind::kWord ? parseNumberLiteral(token.text) : std::nullopt;
    if (!value)
        unexpected(token, "");
    node->value = *value;
    return node;
}

std::string Parser::stringLiteral() {
    const Token& token = expect(TokenKind::kString, "string");
    auto text = unquoteText(token.text);
    if (!text.ok())
        fail(token.span, text.error().message);
    return std::move(text).value();
}

// A word is an aggregation, a call, a number or a metric, as what follows says.
ExprPtr Parser::wordPrimary() {
    const Token& word = peek();
    const bool opens = peek(1).kind == TokenKind::kLeftParen;
    if (const auto op = aggregateOf(word.text); op && (opens || isWord("by", 1) || isWord("without", 1)))
        return aggregate(*op);
    if (opens) {
        const FunctionSignature* function = findFunction(word.text);
        if (function == nullptr)
            fail(word.span, fmt::format("unknown function with name \"{}\"", word.text));
        return call(*function);
    }
    if (isWord("inf") || isWord("nan"))
        return number();
    return selector();
}

ExprPtr Parser::call(const FunctionSignature& function) {
    const Nested nested(*this);
    auto node = std::make_unique<CallExpr>();
    node->function = &function;
    node->type = function.result;
    const size_t begin = take().span.begin;
    take();   // (
    if (peek().kind != TokenKind::kRightParen) {
        do {
            emptySelectorAllowed_ = function.id == FunctionId::kInfo && node->args.size() == 1;
            node->args.push_back(expression(1));
            emptySelectorAllowed_ = false;
            setDepth(*node, {node->args.back().get()});
        } while (takeIf(TokenKind::kComma));
    }
    node->span = {begin, expect(TokenKind::kRightParen, fmt::format("call to function \"{}\"", function.name)).span.end};
    checkArguments(*node);
    checkCallDetails(*node);
    return node;
}

void Parser::checkArguments(const CallExpr& node) const {
    const FunctionSignature& function = *node.function;
    const size_t named = function.arguments.size();
    const size_t given = node.args.size();
    if (function.variadic == 0) {
        if (given != named)
            fail(node.span, fmt::format("expected {} argument(s) in call to \"{}\", got {}", named, function.name, given));
    } else {
        const size_t least = named - 1;
        if (given < least)
            fail(node.span, fmt::format("expected at least {} argument(s) in call to \"{}\", got {}", least, function.name, given));
        const size_t most = least + static_cast<size_t>(std::max(function.variadic, 0));
        if (function.variadic > 0 && given > most)
            fail(node.span, fmt::format("expected at most {} argument(s) in call to \"{}\", got {}", most, function.name, given));
    }
    for (size_t i = 0; i < given; ++i)
        requireType(*node.args[i], function.arguments[std::min(i, named - 1)], fmt::format("call to function \"{}\"", function.name));
}

void Parser::checkCallDetails(const CallExpr& node) const {
    // The second argument of info is no vector but a set of matchers.
    if (node.function->id == FunctionId::kInfo && node.args.size() > 1 &&
        (node.args[1]->kind != ExprKind::kSelector || !as<SelectorExpr>(*node.args[1]).name.empty()))
        fail(node.args[1]->span, "expected label selectors only as second argument of info()");
    for (size_t i = 0; i < node.args.size(); ++i) {
        if (node.args[i]->kind != ExprKind::kSelector || (node.function->id == FunctionId::kInfo && i == 1))
            continue;
        const auto& selected = as<SelectorExpr>(*node.args[i]);
        if (selected.anchored)
            fail(selected.span, "anchored modifier can only be used with range vectors");
    }
}

std::vector<std::string> Parser::labelList() {
    std::vector<std::string> labels;
    expect(TokenKind::kLeftParen, "grouping opts");
    while (peek().kind != TokenKind::kRightParen) {
        const Token& token = peek();
        std::string name;
        if (token.kind == TokenKind::kString) {
            name = stringLiteral();
            if (!isValidLabelName(name))
                fail(token.span, fmt::format("invalid label name for grouping: {}", quoteText(name)));
        } else if (token.kind == TokenKind::kWord && isLegacyLabelName(token.text)) {
            name = take().text;
        } else {
            unexpected(token, "grouping opts, expected label");
        }
        labels.push_back(std::move(name));
        if (!takeIf(TokenKind::kComma))
            break;
    }
    expect(TokenKind::kRightParen, "grouping opts");
    return labels;
}

ExprPtr Parser::aggregate(AggregateOp op) {
    const Nested nested(*this);
    auto node = std::make_unique<AggregateExpr>();
    node->op = op;
    const size_t begin = take().span.begin;
    const auto readGrouping = [&] {
        if (!isWord("by") && !isWord("without"))
            return false;
        node->without = equalsIgnoringCase(take().text, "without");
        node->grouping = labelList();
        return true;
    };
    const bool grouped = readGrouping();
    expect(TokenKind::kLeftParen, "aggregation");
    std::vector<ExprPtr> args;
    if (peek().kind != TokenKind::kRightParen) {
        do {
            args.push_back(expression(1));
        } while (takeIf(TokenKind::kComma));
    }
    size_t end = expect(TokenKind::kRightParen, "aggregation").span.end;
    if (!grouped && readGrouping())
        end = tokens_[at_ - 1].span.end;
    node->span = {begin, end};
    const size_t wanted = takesParameter(op) ? 2 : 1;
    if (args.empty())
        fail(node->span, "no arguments for aggregate expression provided");
    if (args.size() != wanted)
        fail(node->span,
             fmt::format("wrong number of arguments for aggregate expression provided, expected {}, got {}", wanted, args.size()));
    requireType(*args.back(), ValueType::kVector, "aggregation expression");
    if (wanted == 2) {
        requireType(*args[0], op == AggregateOp::kCountValues ? ValueType::kString : ValueType::kScalar, "aggregation parameter");
        node->parameter = std::move(args[0]);
    }
    node->expr = std::move(args.back());
    setDepth(*node, {node->expr.get(), node->parameter.get()});
    return node;
}

}  // namespace nj::promql
