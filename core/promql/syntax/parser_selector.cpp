// Selectors, ranges, subqueries and the modifiers behind them.
#include <cmath>
#include <fmt/format.h>

#include "promql/syntax/parser_state.h"
#include "promql/text/number_text.h"
#include "promql/text/quote.h"

namespace nj::promql {

namespace {

std::optional<Matcher::Type> matcherType(TokenKind kind) {
    switch (kind) {
    case TokenKind::kEqual: return Matcher::Type::kEqual;
    case TokenKind::kNotEqual: return Matcher::Type::kNotEqual;
    case TokenKind::kMatch: return Matcher::Type::kRegex;
    case TokenKind::kNotMatch: return Matcher::Type::kNotRegex;
    default: return std::nullopt;
    }
}

}  // namespace

std::unique_ptr<SelectorExpr> Parser::selector() {
    auto node = std::make_unique<SelectorExpr>();
    node->span = peek().span;
    if (peek().kind == TokenKind::kWord) {
        node->name = take().text;
        node->matchers.push_back({Matcher::Type::kEqual, std::string(kMetricName), node->name});
    }
    if (peek().kind == TokenKind::kLeftBrace)
        readMatchers(*node);
    else if (node->name.empty())
        unexpected(peek(), "selector");
    bool selects = false;
    for (const Matcher& matcher : node->matchers) {
        const auto compiled = CompiledMatcher::compile(matcher);
        if (!compiled.ok())
            fail(node->span, compiled.error().message);
        selects = selects || !compiled->matches(std::string_view());
    }
    if (!selects && !emptySelectorAllowed_)
        fail(node->span, "vector selector must contain at least one non-empty matcher");
    return node;
}

void Parser::readMatchers(SelectorExpr& node) {
    take();   // {
    while (peek().kind != TokenKind::kRightBrace) {
        readMatcher(node);
        if (!takeIf(TokenKind::kComma))
            break;
    }
    node.span.end = expect(TokenKind::kRightBrace, "label matching").span.end;
}

void Parser::readMatcher(SelectorExpr& node) {
    const Token& token = peek();
    std::string label;
    if (token.kind == TokenKind::kString) {
        label = stringLiteral();
        if (peek().kind == TokenKind::kComma || peek().kind == TokenKind::kRightBrace) {   // {"metric.name"}
            if (label.empty())
                fail(token.span, "metric name must not be empty");
            if (!node.name.empty())
                fail(token.span, fmt::format("metric name must not be set twice: {} or {}", quoteText(node.name), quoteText(label)));
            node.name = label;
            node.matchers.push_back({Matcher::Type::kEqual, std::string(kMetricName), label});
            return;
        }
    } else if (token.kind == TokenKind::kWord && isLegacyLabelName(token.text)) {
        label = take().text;
    } else {
        unexpected(token, "label matching, expected identifier or \"}\"");
    }
    const auto type = matcherType(peek().kind);
    if (!type)
        unexpected(peek(), "label matching, expected label matching operator");
    take();
    if (peek().kind != TokenKind::kString)
        unexpected(peek(), "label matching, expected string");
    if (label == kMetricName && !node.name.empty())
        fail(token.span, fmt::format("metric name must not be set twice: {}", quoteText(node.name)));
    node.matchers.push_back({*type, std::move(label), stringLiteral()});
}

std::unique_ptr<SelectorExpr> Parser::wholeSelector() {
    auto node = selector();
    if (peek().kind != TokenKind::kEnd)
        unexpected(peek(), "selector");
    return node;
}

Labels Parser::seriesLabels() {
    const auto node = std::make_unique<SelectorExpr>();
    if (peek().kind == TokenKind::kWord) {
        node->name = take().text;
        node->matchers.push_back({Matcher::Type::kEqual, std::string(kMetricName), node->name});
    }
    if (peek().kind == TokenKind::kLeftBrace)
        readMatchers(*node);
    else if (node->name.empty())
        unexpected(peek(), "series");
    if (peek().kind != TokenKind::kEnd)
        unexpected(peek(), "series");
    Labels labels;
    for (const Matcher& matcher : node->matchers) {
        if (matcher.type != Matcher::Type::kEqual)
            fail({0, 0}, "a series is named with = only");
        labels.push_back({matcher.name, matcher.value});
    }
    normalizeLabels(labels);
    return labels;
}

ExprPtr Parser::withModifiers(ExprPtr node) {
    while (true) {
        if (peek().kind == TokenKind::kLeftBracket) {
            node = bracket(std::move(node));
            continue;
        }
        if (peek().kind == TokenKind::kAt)
            readAt(*node);
        else if (isWord("offset"))
            readOffset(*node);
        else if (isWord("anchored") || isWord("smoothed"))
            readExtension(*node, isWord("anchored"));
        else
            return node;
        node->span.end = tokens_[at_ - 1].span.end;
    }
}

// [5m] and [1h:1m].
ExprPtr Parser::bracket(ExprPtr node) {
    const Nested nested(*this);
    const Span opening = take().span;
    DurationPtr range = duration(1);
    if (peek().kind == TokenKind::kColon) {
        if (node->type != ValueType::kVector && node->type != ValueType::kScalar)
            fail(node->span, fmt::format("subquery is only allowed on instant vector, got {} instead", valueTypeName(node->type)));
        if (node->type == ValueType::kScalar)
            fail(node->span, "subquery is only allowed on instant vector, got scalar instead");
        take();
        auto subquery = std::make_unique<SubqueryExpr>();
        subquery->range = std::move(range);
        if (peek().kind != TokenKind::kRightBracket)
            subquery->step = duration(1);
        subquery->span = {node->span.begin, expect(TokenKind::kRightBracket, "subquery selector").span.end};
        setDepth(*subquery, {node.get()});
        subquery->expr = std::move(node);
        return subquery;
    }
    if (node->kind != ExprKind::kSelector)
        fail(opening, "ranges only allowed for vector selectors");
    auto& selected = as<SelectorExpr>(*node);
    if (selected.offset)
        fail(opening, "no offset modifiers allowed before range");
    if (selected.at.kind != AtModifier::Kind::kNone)
        fail(opening, "no @ modifiers allowed before range");
    auto matrix = std::make_unique<MatrixExpr>();
    matrix->range = std::move(range);
    matrix->span = {node->span.begin, expect(TokenKind::kRightBracket, "matrix selector").span.end};
    node.release();
    matrix->selector.reset(&selected);
    setDepth(*matrix, {matrix->selector.get()});
    return matrix;
}

namespace {

struct Modified {
    AtModifier* at = nullptr;
    DurationPtr* offset = nullptr;
    SelectorExpr* selector = nullptr;
};

Modified modifiedPart(Expr& node) {
    switch (node.kind) {
    case ExprKind::kSelector: return {&as<SelectorExpr>(node).at, &as<SelectorExpr>(node).offset, &as<SelectorExpr>(node)};
    case ExprKind::kMatrix: return modifiedPart(*as<MatrixExpr>(node).selector);
    case ExprKind::kSubquery: return {&as<SubqueryExpr>(node).at, &as<SubqueryExpr>(node).offset, nullptr};
    default: return {};
    }
}

}  // namespace

void Parser::readOffset(Expr& node) {
    const Span span = take().span;
    const Modified part = modifiedPart(node);
    if (part.offset == nullptr)
        fail(span, "offset modifier must be preceded by an instant vector selector or range vector selector or a subquery");
    if (*part.offset)
        fail(span, "offset may not be set multiple times");
    *part.offset = durationUnary(true);
}

void Parser::readAt(Expr& node) {
    const Span span = take().span;
    const Modified part = modifiedPart(node);
    if (part.at == nullptr)
        fail(span, "@ modifier must be preceded by an instant vector selector or range vector selector or a subquery");
    if (part.at->kind != AtModifier::Kind::kNone)
        fail(span, "@ <timestamp> may not be set multiple times");
    if (isWord("start") || isWord("end")) {
        part.at->kind = isWord("start") ? AtModifier::Kind::kStart : AtModifier::Kind::kEnd;
        take();
        expect(TokenKind::kLeftParen, "@");
        expect(TokenKind::kRightParen, "@");
        return;
    }
    double sign = 1;
    while (peek().kind == TokenKind::kMinus || peek().kind == TokenKind::kPlus)
        sign = take().kind == TokenKind::kMinus ? -sign : sign;
    const Span valueSpan = peek().span;
    const double seconds = sign * as<NumberExpr>(*number()).value;
    if (!std::isfinite(seconds) || std::fabs(seconds) > 9.2e9)
        fail(valueSpan, fmt::format("timestamp out of bounds for @ modifier: {}", compactNumber(seconds)));
    part.at->kind = AtModifier::Kind::kTime;
    part.at->time = static_cast<TimeNs>(std::llround(seconds * 1000)) * kMillisecond;
}

void Parser::readExtension(Expr& node, bool anchored) {
    const Span span = take().span;
    SelectorExpr* selected = modifiedPart(node).selector;
    if (selected == nullptr)
        fail(span, fmt::format("{} modifier must be preceded by an instant or range vector selector", anchored ? "anchored" : "smoothed"));
    if (selected->anchored || selected->smoothed)
        fail(span, "anchored and smoothed modifiers cannot be used together or set multiple times");
    (anchored ? selected->anchored : selected->smoothed) = true;
}

}  // namespace nj::promql
