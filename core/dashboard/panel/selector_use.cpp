#include "dashboard/panel/selector_use.h"

#include <cmath>
#include <map>

#include "promql/engine.h"
#include "promql/syntax/expr_walk.h"
#include "promql/text/quote.h"

namespace nj::dashboard {
namespace {

using promql::as;
using promql::ExprKind;

constexpr double kLongestSeconds = 3e9;

std::optional<DurationNs> constant(const promql::DurationPtr& duration) {
    if (!duration)
        return 0;
    if (duration->op == promql::DurationExpr::Op::kNegate && duration->right) {
        const auto of = constant(duration->right);
        return of ? std::optional(-*of) : std::nullopt;
    }
    if (duration->op != promql::DurationExpr::Op::kConstant || !(std::abs(duration->seconds) < kLongestSeconds))
        return std::nullopt;
    return static_cast<DurationNs>(duration->seconds * static_cast<double>(kSecond));
}

std::optional<DurationNs> plus(std::optional<DurationNs> a, std::optional<DurationNs> b) { return a && b ? std::optional(*a + *b) : std::nullopt; }

SelectorUse useOf(const promql::SelectorExpr& selector, std::optional<DurationNs> back) {
    SelectorUse use;
    use.back = back;
    use.offset = selector.at.kind == promql::AtModifier::Kind::kNone ? constant(selector.offset) : std::nullopt;
    for (const promql::Matcher& matcher : selector.matchers)
        if (matcher.name == promql::kMetricName && matcher.type == promql::Matcher::Type::kEqual && use.name.empty())
            use.name = matcher.value;
        else
            use.matchers.push_back(matcher);
    return use;
}

}  // namespace

std::string matcherText(const promql::Matcher& matcher) {
    return matcher.name + std::string(promql::matcherOperator(matcher.type)) + promql::quoteText(matcher.value);
}

std::vector<promql::Matcher> SelectorUse::all() const {
    std::vector<promql::Matcher> out;
    if (!name.empty())
        out.push_back({promql::Matcher::Type::kEqual, std::string(promql::kMetricName), name});
    out.insert(out.end(), matchers.begin(), matchers.end());
    return out;
}

std::string SelectorUse::text() const {
    std::string inside;
    for (const promql::Matcher& matcher : matchers)
        if (matcher.type != promql::Matcher::Type::kRegex || matcher.value != ".*")
            inside += (inside.empty() ? "" : ", ") + matcherText(matcher);
    return inside.empty() && !name.empty() ? name : name + "{" + inside + "}";
}

std::vector<SelectorUse> selectorsOf(const promql::Expr& expr) {
    // The outer is visited before what is inside it, so that a selector knows its range when it comes up.
    std::map<const promql::Expr*, std::optional<DurationNs>> back, further;
    std::vector<SelectorUse> out;
    promql::forEachExpr(expr, [&](const promql::Expr& node) {
        if (node.kind == ExprKind::kSubquery) {
            const auto& subquery = as<promql::SubqueryExpr>(node);
            const auto reach = subquery.at.kind == promql::AtModifier::Kind::kNone ? plus(constant(subquery.range), constant(subquery.offset)) : std::nullopt;
            promql::forEachExpr(*subquery.expr, [&](const promql::Expr& inner) { further[&inner] = plus(further.contains(&inner) ? further[&inner] : 0, reach); });
        } else if (node.kind == ExprKind::kMatrix) {
            back[as<promql::MatrixExpr>(node).selector.get()] = constant(as<promql::MatrixExpr>(node).range);
        } else if (node.kind == ExprKind::kSelector) {
            const auto own = back.contains(&node) ? back[&node] : std::optional(promql::EngineOptions().lookback);
            out.push_back(useOf(as<promql::SelectorExpr>(node), plus(own, further.contains(&node) ? further[&node] : 0)));
        }
    });
    return out;
}

}  // namespace nj::dashboard
