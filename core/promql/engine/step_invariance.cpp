#include "promql/engine/step_invariance.h"

#include "promql/syntax/function_table.h"

namespace nj::promql {

namespace {

// Functions whose result depends on the step even when their arguments do not.
bool dependsOnStep(FunctionId id, size_t args) {
    using enum FunctionId;
    switch (id) {
    case kTime:
    case kTimestamp:
    case kPredictLinear: return true;
    case kDayOfMonth:
    case kDayOfWeek:
    case kDayOfYear:
    case kDaysInMonth:
    case kHour:
    case kMinute:
    case kMonth:
    case kYear: return args == 0;
    default: return false;
    }
}

bool mark(Expr& expr);

bool markAll(std::vector<ExprPtr>& args) {
    bool all = true;
    for (ExprPtr& arg : args)
        all = mark(*arg) && all;
    return all;
}

bool invariance(Expr& expr) {
    switch (expr.kind) {
    case ExprKind::kNumber:
    case ExprKind::kString: return true;
    case ExprKind::kSelector: return as<SelectorExpr>(expr).at.kind != AtModifier::Kind::kNone;
    case ExprKind::kMatrix: return as<MatrixExpr>(expr).selector->at.kind != AtModifier::Kind::kNone;
    case ExprKind::kSubquery: {
        auto& node = as<SubqueryExpr>(expr);
        mark(*node.expr);
        return node.at.kind != AtModifier::Kind::kNone;
    }
    case ExprKind::kCall: {
        auto& node = as<CallExpr>(expr);
        const bool all = markAll(node.args);
        return all && !dependsOnStep(node.function->id, node.args.size());
    }
    case ExprKind::kAggregate: {
        auto& node = as<AggregateExpr>(expr);
        const bool inner = mark(*node.expr);
        return (!node.parameter || mark(*node.parameter)) && inner;
    }
    case ExprKind::kUnary: return mark(*as<UnaryExpr>(expr).expr);
    case ExprKind::kBinary: {
        auto& node = as<BinaryExpr>(expr);
        const bool left = mark(*node.left);
        return mark(*node.right) && left;
    }
    case ExprKind::kParen: return mark(*as<ParenExpr>(expr).expr);
    }
    return false;
}

bool mark(Expr& expr) {
    expr.stepInvariant = invariance(expr);
    return expr.stepInvariant;
}

}  // namespace

void markStepInvariance(Expr& expr) { mark(expr); }

}  // namespace nj::promql
