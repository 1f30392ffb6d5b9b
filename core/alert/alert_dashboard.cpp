#include "alert/alert_dashboard.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "promql/syntax/expr_walk.h"
#include "promql/syntax/parser.h"
#include "promql/syntax/printer.h"
#include "promql/text/number_text.h"

namespace nj::alert {
namespace {

using namespace promql;

constexpr int kPanelWidth = dashboard::kGridColumns / 2, kPanelHeight = 8;
constexpr const char* kBelow = "green";   // what a panel has before its first threshold
constexpr const char* kLimitColour = "red";

// The value of an expression of numbers alone.
std::optional<double> constantOf(const Expr& expr) {
    const Expr& inner = withoutParens(expr);
    if (inner.kind == ExprKind::kNumber)
        return as<NumberExpr>(inner).value;
    if (inner.kind == ExprKind::kUnary) {
        const auto& unary = as<UnaryExpr>(inner);
        const auto value = constantOf(*unary.expr);
        return value && unary.negative ? -*value : value;
    }
    if (inner.kind != ExprKind::kBinary)
        return {};
    const auto& binary = as<BinaryExpr>(inner);
    const auto left = constantOf(*binary.left), right = constantOf(*binary.right);
    if (!left || !right)
        return {};
    switch (binary.op) {
    case BinaryOp::kAdd: return *left + *right;
    case BinaryOp::kSubtract: return *left - *right;
    case BinaryOp::kMultiply: return *left * *right;
    case BinaryOp::kDivide: return *left / *right;
    case BinaryOp::kModulo: return std::fmod(*left, *right);
    case BinaryOp::kPower: return std::pow(*left, *right);
    default: return {};
    }
}

// Whether a comparison decides what is left of it: at its root, or at that of what is joined to it.
bool compares(const Expr& expr) {
    const Expr& inner = withoutParens(expr);
    if (inner.kind != ExprKind::kBinary)
        return false;
    const auto& binary = as<BinaryExpr>(inner);
    return isComparison(binary.op) || compares(*binary.left) || compares(*binary.right);
}

// What is compared with the zero it must not be: x of `x > 0`, of `x != 0` and of `0 < x`; null of anything else.
const Expr* aboveZero(const Expr& expr) {
    const Expr& inner = withoutParens(expr);
    if (inner.kind != ExprKind::kBinary)
        return nullptr;
    const auto& binary = as<BinaryExpr>(inner);
    const auto left = constantOf(*binary.left), right = constantOf(*binary.right);
    if (right == 0.0 && (binary.op == BinaryOp::kGreater || binary.op == BinaryOp::kNotEqual))
        return &withoutParens(*binary.left);
    return left == 0.0 && (binary.op == BinaryOp::kLess || binary.op == BinaryOp::kNotEqual) ? &withoutParens(*binary.right) : nullptr;
}

bool dividesBy(const Expr& expr, const std::string& text) {
    bool found = false;
    forEachExpr(expr, [&](const Expr& each) {
        if (!found && each.kind == ExprKind::kBinary && as<BinaryExpr>(each).op == BinaryOp::kDivide)
            forEachExpr(*as<BinaryExpr>(each).right, [&](const Expr& divisor) { found = found || printExpression(divisor) == text; });
    });
    return found;
}

class Watched {
public:
    explicit Watched(dashboard::Panel& panel) : panel_(panel) {}

    void add(const Expr& expr) {
        const Expr& inner = withoutParens(expr);
        if (inner.kind != ExprKind::kBinary || !compares(inner))
            return target(inner);
        const auto& binary = as<BinaryExpr>(inner);
        if (isComparison(binary.op))
            return comparison(binary);
        // `x / y > 0.9 and y > 0` only keeps from dividing by zero: y would take the scale away from what the alert is about.
        if (const Expr* guard = binary.op == BinaryOp::kAnd ? aboveZero(*binary.right) : nullptr; guard != nullptr && dividesBy(*binary.left, printExpression(*guard))) {
            add(*binary.left);
            return target(printExpression(*guard), Draw::kHidden);
        }
        // Of `(x > 5) * on (instance) group_left () info` only what is compared; of a set operation both.
        for (const ExprPtr* side : {&binary.left, &binary.right})
            if (isSetOperation(binary.op) || compares(**side))
                add(**side);
    }
    void target(const Expr& expr) { target(printExpression(expr)); }
    enum class Draw { kShown, kHidden, kLimit };
    void target(std::string text, Draw draw = Draw::kShown) {
        const auto same = std::find_if(panel_.targets.begin(), panel_.targets.end(), [&](const dashboard::Target& other) { return other.expr == text; });
        if (same != panel_.targets.end()) {
            same->limit = same->limit && draw == Draw::kLimit;   // watched too
            return;
        }
        dashboard::Target one;
        for (size_t i = panel_.targets.size() + 1; i > 0; i = (i - 1) / 26)   // A … Z, AA, AB …
            one.refId.insert(one.refId.begin(), static_cast<char>('A' + (i - 1) % 26));
        one.expr = std::move(text);
        one.hidden = draw == Draw::kHidden;
        one.limit = draw == Draw::kLimit;
        panel_.targets.push_back(std::move(one));
    }

private:
    void comparison(const BinaryExpr& binary) {
        const auto left = constantOf(*binary.left), right = constantOf(*binary.right);
        if (left && right)
            return target(binary);
        // Of two sides that vary the right one is the limit: what is left of it passes on. A number before series is one too.
        const bool ordered = !left && !right && binary.op != BinaryOp::kEqual && binary.op != BinaryOp::kNotEqual;
        const bool limitFirst = ordered && binary.left->type == ValueType::kScalar && binary.right->type == ValueType::kVector;
        if (!left)
            target(printExpression(withoutParens(*binary.left)), limitFirst ? Draw::kLimit : Draw::kShown);
        if (!right)
            target(printExpression(withoutParens(*binary.right)), ordered && !limitFirst ? Draw::kLimit : Draw::kShown);
        if (const auto limit = left ? left : right; limit && std::isfinite(*limit))
            threshold(*limit);
    }
    void threshold(double from) {
        auto& all = panel_.thresholds;
        if (all.empty())
            all.push_back({std::nullopt, kBelow});
        const dashboard::Threshold one{from, kLimitColour};
        if (std::find(all.begin(), all.end(), one) == all.end())
            all.insert(std::upper_bound(all.begin() + 1, all.end(), from, [](double a, const dashboard::Threshold& b) { return a < *b.from; }), one);
    }

    dashboard::Panel& panel_;
};

std::string descriptionOf(const Rule& rule) {
    std::string out;
    const auto line = [&](const std::string& text) { out += (out.empty() || text.empty() ? "" : "\n") + text; };
    for (const char* wanted : {"summary", "description"})
        for (const auto& [name, text] : rule.annotations)
            if (name == wanted)
                line(text);
    if (rule.hold > 0)
        line("Fires when it holds for " + promDurationText(rule.hold) + ".");
    if (rule.keepFiring > 0)
        line("Fires for " + promDurationText(rule.keepFiring) + " after it held last.");
    return out;
}

dashboard::Panel panelOf(const Rule& rule) {
    dashboard::Panel panel;
    panel.title = rule.name;
    panel.description = descriptionOf(rule);
    Watched watched(panel);
    const auto parsed = parseExpression(rule.expr);
    if (!parsed.ok())
        watched.target(rule.expr);   // the panel says what is wrong with it
    else if (rule.recording)
        watched.target(**parsed);
    else
        watched.add(**parsed);
    return panel;
}

}  // namespace

dashboard::Dashboard alertDashboard(const RuleSet& rules, std::string_view title) {
    dashboard::Dashboard out;
    out.title = title;
    for (const RuleGroup& group : rules.groups) {
        dashboard::Row row;
        row.title = group.name;
        for (const Rule& rule : group.rules) {
            dashboard::Panel panel = panelOf(rule);
            const int place = static_cast<int>(row.panels.size());
            panel.place = {place % 2 * kPanelWidth, place / 2 * kPanelHeight, kPanelWidth, kPanelHeight};
            row.panels.push_back(std::move(panel));
        }
        out.rows.push_back(std::move(row));
    }
    return out;
}

}  // namespace nj::alert
