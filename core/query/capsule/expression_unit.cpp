#include "query/capsule/expression_unit.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>

#include "promql/syntax/expr_walk.h"
#include "promql/syntax/function_table.h"
#include "promql/syntax/parser.h"

namespace nj::query {
namespace {

using namespace promql;

// A product of powers, times a constant that was multiplied in by hand: {By: 1, s: -1} and 8 are bits per second.
struct Dimension {
    std::map<std::string, int> powers;
    double factor = 1;
    bool share = false;      // a share of one: "ratio", seconds per second
    bool quotient = false;   // what it was made of cancelled out
    bool constant = false;   // a number written in the expression
    bool known = true;
};

Dimension unknown() {
    Dimension out;
    out.known = false;
    return out;
}

Dimension dimensionOf(std::string_view unit) {
    Dimension out;
    if (unit == "ratio") {
        out.share = true;
        return out;
    }
    if (unit.ends_with("/s")) {
        out.powers["s"] = -1;
        unit.remove_suffix(2);
    }
    if (!unit.empty() && unit != "1")
        out.powers[std::string(unit)] += 1;
    std::erase_if(out.powers, [](const auto& power) { return power.second == 0; });
    return out;
}

Dimension product(const Dimension& a, const Dimension& b, int sign) {
    if (!a.known || !b.known)
        return unknown();
    Dimension out = a;
    for (const auto& [unit, power] : b.powers)
        out.powers[unit] += sign * power;
    std::erase_if(out.powers, [](const auto& power) { return power.second == 0; });
    out.factor = sign > 0 ? a.factor * b.factor : a.factor / b.factor;
    out.constant = a.constant && b.constant;
    out.share = (a.share && (b.constant || (sign > 0 ? b.share : !b.share && b.powers.empty()))) || (b.share && a.constant && sign > 0);
    out.quotient = (sign < 0 && !b.constant && out.powers.empty() && !a.constant) || (a.quotient && b.constant) || (b.quotient && a.constant);
    return out;
}

// A share has a unit that 1 - x keeps; what is added to a number keeps its own.
Dimension sum(const Dimension& a, const Dimension& b) {
    if (a.constant)
        return b;
    if (b.constant)
        return a;
    return a.known && b.known && a.powers == b.powers && a.factor == b.factor && a.share == b.share ? a : unknown();
}

Dimension perSecond(Dimension of) {
    if (!of.known)
        return of;
    const bool seconds = of.powers == std::map<std::string, int>{{"s", 1}};
    of.powers["s"] -= 1;
    std::erase_if(of.powers, [](const auto& power) { return power.second == 0; });
    of.share = seconds;   // busy seconds of a second
    return of;
}

std::string nameOf(const SelectorExpr& selector) {
    if (!selector.name.empty())
        return selector.name;
    for (const Matcher& matcher : selector.matchers)
        if (matcher.name == kMetricName && matcher.type == Matcher::Type::kEqual)
            return matcher.value;
    return {};
}

struct Scaled {
    const char* unit;
    double factor;
    const char* becomes;
};
constexpr double kKi = 1024;
constexpr Scaled kScaled[] = {
    {"s", 1e3, "ms"},        {"s", 1e6, "us"},          {"s", 1e9, "ns"},      {"s", 1.0 / 60, "min"},        {"s", 1.0 / 3600, "h"},         {"s", 1.0 / 86400, "d"},
    {"ms", 1e-3, "s"},       {"us", 1e-6, "s"},         {"ns", 1e-9, "s"},     {"By", 8, "bit"},              {"By", 1 / kKi, "KiBy"},        {"By", 1 / kKi / kKi, "MiBy"},
    {"By", 1 / kKi / kKi / kKi, "GiBy"}, {"By", 1e-3, "kB"}, {"By", 1e-6, "MB"}, {"By", 1e-9, "GB"},          {"KiBy", kKi, "By"},            {"MiBy", kKi * kKi, "By"},
    {"MiBy", 1 / kKi, "GiBy"}, {"%", 0.01, "ratio"},    {"W", 1e-3, "kW"},     {"mW", 1e-3, "W"},             {"mJ", 1e-3, "J"},              {"J", 1 / 3.6e6, "kWh"},
    {"Hz", 1e-6, "MHz"},     {"Hz", 1e-9, "GHz"},       {"MHz", 1e6, "Hz"},    {"MHz", 1e-3, "GHz"},
};
// Whoever multiplies by one of these changes the unit, be it to one that is not known here.
constexpr double kConversions[] = {60, 3600, 86400, 100, 1e3, 1e6, 1e9, kKi, kKi * kKi, kKi * kKi * kKi};

bool same(double a, double b) { return std::abs(a - b) <= 1e-9 * std::abs(b); }

std::optional<std::string> scaled(const std::string& unit, double factor) {
    if (same(factor, 1))
        return unit;
    for (const Scaled& known : kScaled)
        if (unit == known.unit && same(factor, known.factor))
            return known.becomes;
    for (const double conversion : kConversions)
        if (same(factor, conversion) || same(factor, 1 / conversion))
            return std::nullopt;
    return unit;   // twice as many seconds are seconds
}

std::string textOf(const Dimension& of) {
    if (!of.known)
        return {};
    if (of.powers.empty()) {
        if ((of.share || of.quotient) && same(of.factor, 100))
            return "%";
        return of.share && scaled("", of.factor) ? "ratio" : "";
    }
    std::map<std::string, int> rest = of.powers;
    const auto seconds = rest.find("s");
    const bool rate = seconds != rest.end() && seconds->second == -1;
    if (rate)
        rest.erase(seconds);
    if (rest.empty())
        return same(of.factor, 60) ? "/min" : same(of.factor, 3600) ? "/h" : scaled("", of.factor) ? "/s" : "";
    if (rest.size() > 1 || rest.begin()->second != 1)
        return {};
    const auto unit = scaled(rest.begin()->first, of.factor);
    return !unit ? std::string() : *unit + (rate ? "/s" : "");
}

class Reader {
public:
    explicit Reader(const UnitOfMetric& unitOfMetric) : unitOfMetric_(unitOfMetric) {}

    Dimension read(const Expr& expr) const {
        switch (expr.kind) {
        case ExprKind::kNumber: {
            Dimension number;
            number.factor = as<NumberExpr>(expr).value;
            number.constant = true;
            return number;
        }
        case ExprKind::kString: return {};
        case ExprKind::kSelector: return ofMetric(nameOf(as<SelectorExpr>(expr)));
        case ExprKind::kMatrix: return read(*as<MatrixExpr>(expr).selector);
        case ExprKind::kSubquery: return read(*as<SubqueryExpr>(expr).expr);
        case ExprKind::kParen: return read(*as<ParenExpr>(expr).expr);
        case ExprKind::kUnary: return read(*as<UnaryExpr>(expr).expr);
        case ExprKind::kAggregate: return ofAggregate(as<AggregateExpr>(expr));
        case ExprKind::kBinary: return ofBinary(as<BinaryExpr>(expr));
        case ExprKind::kCall: return ofCall(as<CallExpr>(expr));
        }
        return unknown();
    }

    // What the histogram within counts the sizes of.
    Dimension ofFamily(const Expr& expr) const {
        std::string name;
        forEachExpr(expr, [&](const Expr& inner) {
            if (inner.kind == ExprKind::kSelector && name.empty())
                name = nameOf(as<SelectorExpr>(inner));
        });
        return name.empty() ? unknown() : dimensionOf(unitOfMetric_(name));
    }

private:
    // Buckets and counts count; their family's unit is what they count the sizes of.
    Dimension ofMetric(const std::string& name) const {
        if (name.empty())
            return unknown();
        return name.ends_with("_bucket") || name.ends_with("_count") ? Dimension() : dimensionOf(unitOfMetric_(name));
    }

    Dimension ofAggregate(const AggregateExpr& node) const {
        switch (node.op) {
        case AggregateOp::kCount:
        case AggregateOp::kGroup:
        case AggregateOp::kCountValues: return {};
        case AggregateOp::kStdvar: return unknown();
        default: return read(*node.expr);
        }
    }

    Dimension ofBinary(const BinaryExpr& node) const {
        const Dimension left = read(*node.left), right = read(*node.right);
        if (isComparison(node.op))
            return node.returnBool ? Dimension() : left.constant ? right : left;
        switch (node.op) {
        case BinaryOp::kAdd:
        case BinaryOp::kSubtract: return left.constant && right.constant ? folded(node, left, right) : sum(left, right);
        case BinaryOp::kMultiply: return product(left, right, 1);
        case BinaryOp::kDivide: return product(left, right, -1);
        case BinaryOp::kPower: return left.constant && right.constant ? folded(node, left, right) : unknown();
        case BinaryOp::kModulo:
        case BinaryOp::kAnd:
        case BinaryOp::kUnless: return left;
        case BinaryOp::kOr: return left.constant ? right : right.constant ? left : sum(left, right);
        default: return unknown();
        }
    }

    // 1024^2, 24 * 3600.
    static Dimension folded(const BinaryExpr& node, Dimension left, const Dimension& right) {
        left.factor = node.op == BinaryOp::kPower ? std::pow(left.factor, right.factor) : node.op == BinaryOp::kAdd ? left.factor + right.factor : left.factor - right.factor;
        return left;
    }

    Dimension ofCall(const CallExpr& node) const {
        using enum FunctionId;
        const auto argument = [&](size_t i) { return i < node.args.size() ? read(*node.args[i]) : Dimension(); };
        switch (node.function->id) {
        case kRate:
        case kIrate:
        case kDeriv: return perSecond(argument(0));
        case kQuantileOverTime: return argument(1);
        case kIncrease: case kDelta: case kIdelta: case kAvgOverTime: case kMinOverTime: case kMaxOverTime: case kSumOverTime: case kLastOverTime: case kFirstOverTime:
        case kStddevOverTime: case kMadOverTime: case kPredictLinear: case kDoubleExponentialSmoothing: case kAbs: case kCeil: case kFloor: case kRound: case kClamp:
        case kClampMax: case kClampMin: case kSort: case kSortDesc: case kSortByLabel: case kSortByLabelDesc: case kLabelJoin: case kLabelReplace: case kInfo: case kScalar:
        case kHistogramSum: return argument(0);
        case kVector: {
            Dimension out = argument(0);
            out.constant = out.constant && out.powers.empty();
            return out;
        }
        case kMaxOf:
        case kMinOf: return sum(argument(0), argument(1));
        case kHistogramQuantile: return node.args.size() > 1 ? ofFamily(*node.args[1]) : unknown();
        case kHistogramQuantiles:
        case kHistogramAvg:
        case kHistogramStddev: return node.args.empty() ? unknown() : ofFamily(*node.args[0]);
        case kHistogramCount: return node.args.empty() ? unknown() : product(argument(0), ofFamily(*node.args[0]), -1);
        case kHistogramFraction: return dimensionOf("ratio");
        case kTime: case kTimestamp: case kStart: case kEnd: case kStep: case kRange: return dimensionOf("s");
        case kCountOverTime: case kChanges: case kResets: case kPresentOverTime: case kAbsentOverTime: case kAbsent: case kSgn: return {};
        default: return unknown();
        }
    }

    const UnitOfMetric& unitOfMetric_;
};

}  // namespace

std::string expressionUnit(const Expr& expr, const UnitOfMetric& unitOfMetric) { return textOf(Reader(unitOfMetric).read(expr)); }

std::string bucketUnit(const Expr& expr, const UnitOfMetric& unitOfMetric) { return textOf(Reader(unitOfMetric).ofFamily(expr)); }

std::string expressionUnit(std::string_view expression, const UnitOfMetric& unitOfMetric) {
    const auto parsed = parseExpression(expression);
    return parsed.ok() ? expressionUnit(**parsed, unitOfMetric) : std::string();
}

}  // namespace nj::query
