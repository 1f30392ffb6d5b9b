#include "dashboard/label_filters.h"

#include <algorithm>

#include "promql/syntax/expr_walk.h"
#include "promql/syntax/parser.h"
#include "promql/syntax/printer.h"
#include "promql/text/quote.h"

namespace nj::dashboard {
namespace {

std::string_view trimmed(std::string_view text) {
    const size_t begin = text.find_first_not_of(" \t");
    return begin == std::string_view::npos ? std::string_view() : text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

// Of `label="value"`.
std::optional<promql::Matcher> matcherOf(const std::string& filter) {
    auto parsed = promql::parseSelector("{__name__=~\".+\"," + filter + "}");   // a selector needs something that is not ""
    return parsed.ok() && parsed->size() == 2 ? std::optional(std::move(parsed->back())) : std::nullopt;
}

}  // namespace

std::optional<std::string> filterOf(std::string_view typed) {
    const size_t at = typed.find_first_of("=!");
    if (at == std::string_view::npos || at == 0)
        return std::nullopt;
    const bool two = at + 1 < typed.size() && (typed[at + 1] == '~' || (typed[at] == '!' && typed[at + 1] == '='));
    const std::string_view op = typed.substr(at, two ? 2 : 1);
    std::string value(trimmed(typed.substr(at + op.size())));
    if (op == "!")
        return std::nullopt;
    if (value.size() > 1 && (value.front() == '"' || value.front() == '\'') && value.back() == value.front()) {
        const auto text = promql::unquoteText(value);
        if (!text.ok())
            return std::nullopt;
        value = *text;
    }
    std::string text = std::string(trimmed(typed.substr(0, at))) + std::string(op) + promql::quoteText(value);
    return matcherOf(text) ? std::optional(std::move(text)) : std::nullopt;
}

std::string filtered(const std::string& expression, const std::vector<std::string>& filters) {
    std::vector<promql::Matcher> matchers;
    for (const std::string& filter : filters)
        if (auto matcher = matcherOf(filter))
            matchers.push_back(std::move(*matcher));
    if (matchers.empty())
        return expression;
    const auto parsed = promql::parseExpression(expression);
    if (!parsed.ok())
        return expression;
    promql::forEachExpr(**parsed, [&](const promql::Expr& each) {
        if (each.kind != promql::ExprKind::kSelector)
            return;
        auto& selector = const_cast<promql::SelectorExpr&>(promql::as<promql::SelectorExpr>(each));   // of the tree parsed here
        for (const promql::Matcher& matcher : matchers)
            if (std::find(selector.matchers.begin(), selector.matchers.end(), matcher) == selector.matchers.end())
                selector.matchers.push_back(matcher);
    });
    return promql::printExpression(**parsed);
}

}  // namespace nj::dashboard
