#include "promql/syntax/printer.h"

#include <cmath>
#include <fmt/format.h>

#include "promql/syntax/function_table.h"
#include "promql/text/number_text.h"
#include "promql/text/quote.h"

namespace nj::promql {

namespace {

std::string printDuration(const DurationExpr& duration) {
    using enum DurationExpr::Op;
    const auto binary = [&](std::string_view op) {
        return fmt::format("{} {} {}", printDuration(*duration.left), op, printDuration(*duration.right));
    };
    const auto plain = [&]() -> std::string {
        switch (duration.op) {
        case kConstant: {
            const double ms = duration.seconds * 1000;
            if (duration.asDuration && std::fabs(ms) < 9e15 && ms == std::floor(ms))
                return promDurationText(static_cast<DurationNs>(ms) * kMillisecond);
            return plainNumber(duration.seconds);
        }
        case kStep: return "step()";
        case kRange: return "range()";
        case kNegate: return "-" + printDuration(*duration.right);
        case kPlus: return "+" + printDuration(*duration.right);
        case kAdd: return binary("+");
        case kSubtract: return binary("-");
        case kMultiply: return binary("*");
        case kDivide: return binary("/");
        case kModulo: return binary("%");
        case kPower: return binary("^");
        case kMin: return fmt::format("min_of({}, {})", printDuration(*duration.left), printDuration(*duration.right));
        case kMax: return fmt::format("max_of({}, {})", printDuration(*duration.left), printDuration(*duration.right));
        }
        return "";
    };
    return duration.inParens ? "(" + plain() + ")" : plain();
}

std::string printModifiers(const AtModifier& at, const DurationPtr& offset) {
    std::string text;
    switch (at.kind) {
    case AtModifier::Kind::kNone: break;
    case AtModifier::Kind::kTime: text += fmt::format(" @ {:.3f}", static_cast<double>(at.time / kMillisecond) / 1000); break;
    case AtModifier::Kind::kStart: text += " @ start()"; break;
    case AtModifier::Kind::kEnd: text += " @ end()"; break;
    }
    if (offset)
        text += " offset " + printDuration(*offset);
    return text;
}

std::string printSelector(const SelectorExpr& node, const DurationPtr* range) {
    std::string text;
    const bool bareName = isLegacyMetricName(node.name);
    std::string inside;
    const auto add = [&inside](const std::string& part) { inside += (inside.empty() ? "" : ",") + part; };
    if (!node.name.empty() && !bareName)
        add(quoteText(node.name));
    bool nameSkipped = node.name.empty();
    for (const Matcher& matcher : node.matchers) {
        if (!nameSkipped && matcher.name == kMetricName && matcher.type == Matcher::Type::kEqual && matcher.value == node.name) {
            nameSkipped = true;
            continue;
        }
        add(fmt::format("{}{}{}", isLegacyLabelName(matcher.name) ? matcher.name : quoteText(matcher.name), matcherOperator(matcher.type),
                        quoteText(matcher.value)));
    }
    if (bareName)
        text = node.name;
    if (!inside.empty() || !bareName)
        text += "{" + inside + "}";
    if (range != nullptr)
        text += "[" + printDuration(**range) + "]";
    if (node.anchored)
        text += " anchored";
    if (node.smoothed)
        text += " smoothed";
    return text + printModifiers(node.at, node.offset);
}

std::string printLabels(const std::vector<std::string>& labels) {
    std::string text = "(";
    for (const std::string& label : labels)
        text += (text.size() > 1 ? ", " : "") + (isLegacyLabelName(label) ? label : quoteText(label));
    return text + ")";
}

std::string printMatching(const BinaryExpr& node) {
    const VectorMatching& matching = node.matching;
    std::string text = node.returnBool ? " bool" : "";
    const bool grouped =
        matching.cardinality == VectorMatching::Cardinality::kManyToOne || matching.cardinality == VectorMatching::Cardinality::kOneToMany;
    if (matching.on || !matching.labels.empty() || grouped)
        text += (matching.on ? " on " : " ignoring ") + printLabels(matching.labels);
    if (grouped)
        text += (matching.cardinality == VectorMatching::Cardinality::kManyToOne ? " group_left " : " group_right ") +
                printLabels(matching.include);
    if (matching.fillLeft && matching.fillRight && *matching.fillLeft == *matching.fillRight)
        return text + fmt::format(" fill({})", plainNumber(*matching.fillLeft));
    if (matching.fillLeft)
        text += fmt::format(" fill_left({})", plainNumber(*matching.fillLeft));
    if (matching.fillRight)
        text += fmt::format(" fill_right({})", plainNumber(*matching.fillRight));
    return text;
}

std::string printNumber(const NumberExpr& node) {
    const double ms = std::fabs(node.value) * 1000;
    if (node.isDuration && ms == std::floor(ms) && ms < 9e15)
        return promDurationText(static_cast<DurationNs>(node.value * 1000) * kMillisecond);
    if (std::isinf(node.value) && node.value > 0)
        return "Inf";   // a sign before it would bind less than ^ does
    return plainNumber(node.value);
}

}  // namespace

std::string printExpression(const Expr& expr) {
    switch (expr.kind) {
    case ExprKind::kNumber: return printNumber(as<NumberExpr>(expr));
    case ExprKind::kString: return quoteText(as<StringExpr>(expr).value);
    case ExprKind::kSelector: return printSelector(as<SelectorExpr>(expr), nullptr);
    case ExprKind::kMatrix: return printSelector(*as<MatrixExpr>(expr).selector, &as<MatrixExpr>(expr).range);
    case ExprKind::kSubquery: {
        const auto& node = as<SubqueryExpr>(expr);
        return fmt::format("{}[{}:{}]{}", printExpression(*node.expr), printDuration(*node.range),
                           node.step ? printDuration(*node.step) : "", printModifiers(node.at, node.offset));
    }
    case ExprKind::kCall: {
        const auto& node = as<CallExpr>(expr);
        std::string args;
        for (const ExprPtr& arg : node.args)
            args += (args.empty() ? "" : ", ") + printExpression(*arg);
        return fmt::format("{}({})", node.function->name, args);
    }
    case ExprKind::kAggregate: {
        const auto& node = as<AggregateExpr>(expr);
        std::string text(aggregateName(node.op));
        if (node.without)
            text += " without " + printLabels(node.grouping) + " ";
        else if (!node.grouping.empty())
            text += " by " + printLabels(node.grouping) + " ";
        return fmt::format("{}({}{})", text, node.parameter ? printExpression(*node.parameter) + ", " : "", printExpression(*node.expr));
    }
    case ExprKind::kUnary: return (as<UnaryExpr>(expr).negative ? "-" : "+") + printExpression(*as<UnaryExpr>(expr).expr);
    case ExprKind::kBinary: {
        const auto& node = as<BinaryExpr>(expr);
        return fmt::format("{} {}{} {}", printExpression(*node.left), binaryOpText(node.op), printMatching(node),
                           printExpression(*node.right));
    }
    case ExprKind::kParen: return "(" + printExpression(*as<ParenExpr>(expr).expr) + ")";
    }
    return "";
}

}  // namespace nj::promql
